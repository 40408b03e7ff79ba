//! One-time links: what one is for, and the password that is set by it.

use domain::id::BodyId;
use domain::person::Person;

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::reset::link_person;
use crate::verb::Verb;

use super::new_password;

/// What a one-time link is for.
#[derive(Debug, Clone)]
pub enum Link {
    /// Setting the password of this person.
    Password(Box<Person>),
    /// The same with the code that goes with a link given by two administrators.
    ByTwo(Box<Person>),
    /// Creating the first three administrators.
    Setup(BodyId),
}

/// Looks at a one-time link without using it up.
pub async fn link(ctx: &Ctx, token: &str) -> Result<Link> {
    let now = ctx.now;
    let found = ctx
        .app
        .store
        .read(async |r| {
            let person = link_person(r, token, "password", now).await?;
            let of_two = link_person(r, token, crate::reset::BY_TWO, now).await?;
            let setup = store::session::token_find(r, token, "setup", now).await?;
            Ok::<_, Error>((person, of_two, setup.and_then(|t| t.home)))
        })
        .await?;
    match found {
        (Some(person), ..) => Ok(Link::Password(Box::new(person))),
        (None, Some(person), _) => Ok(Link::ByTwo(Box::new(person))),
        (None, None, Some(home)) => Ok(Link::Setup(home)),
        (None, None, None) => Err(spent()),
    }
}

pub(crate) fn spent() -> Error {
    Error::refused(
        crate::Code::LinkSpent,
        "这个链接已使用过，或已超过有效时间。请联系系统管理员重新发放。",
    )
}

/// Sets a password by a one-time link, which is thereby used up.
pub async fn set_password(ctx: &Ctx, token: &str, new: &str, again: &str) -> Result<()> {
    let Link::Password(person) = link(ctx, token).await? else {
        return Err(Error::NotFound("这个链接"));
    };
    new_password(new, again, &person.login)?;
    let hash = ctx.app.hash(new).await?;
    ctx.writing(Verb::PersonPassword, person.home, person.id.to_string())
        .by(person.id)
        .run(async |tx| {
            if store::session::token_take(tx, token, "password")
                .await?
                .is_none()
            {
                return Err(spent());
            }
            crate::reset::note_used(tx, &person).await?;
            store::person::password_set(tx, person.id, &hash, false).await?;
            // A link sent before must not undo the password that was just set.
            store::session::tokens_remove(tx, person.id).await?;
            store::session::sessions_remove(tx, person.id, None).await?;
            Ok(())
        })
        .await
}
