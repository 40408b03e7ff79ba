//! The first three administrators of a county, by the one link that an empty one has.

use std::sync::Arc;

use domain::id::{BodyId, PersonId};
use domain::person::LINK_HOURS;
use domain::policy::Role;
use store::session::OneTime;

use super::link::{Link, link, spent};
use super::{HOUR_MS, new_password};
use crate::ctx::{Actor, Ctx};
use crate::error::{Error, FieldErrors, Result};
use crate::secret::secret;
use crate::verb::Verb;

/// The first one-time link of an empty county; whoever opens it names the three administrators.
pub async fn setup_link(ctx: &Ctx) -> Result<String> {
    let home = ctx.home()?;
    let people = ctx
        .app
        .store
        .read(async |r| store::person::people_of(r, home).await)
        .await?;
    if !people.is_empty() {
        return Err(Error::refused(
            crate::Code::SetupDone,
            "本辖区已有人员，不再发放初始化链接。",
        ));
    }
    let token = secret()?;
    let one = OneTime {
        purpose: "setup".to_owned(),
        person: None,
        home: Some(home),
        expires_at: ctx.now + LINK_HOURS * HOUR_MS,
    };
    ctx.writing(Verb::PersonReset, home, home.to_string())
        .run(async |tx| {
            // One link at a time: whoever kept an earlier one sets nothing up.
            store::session::setup_tokens_remove(tx, home).await?;
            store::session::token_insert(tx, &token, &one).await?;
            tx.note();
            Ok(())
        })
        .await?;
    Ok(token)
}

/// One of the three administrators as typed.
#[derive(Debug, Clone, Default)]
pub struct FirstAdmin {
    /// Name.
    pub name: String,
    /// Sign-in name.
    pub login: String,
    /// Password.
    pub password: String,
}

/// Creates the three administrators, three different people (三员分立), and uses the link up.
pub async fn setup(ctx: &Ctx, token: &str, three: &[(Role, FirstAdmin); 3]) -> Result<()> {
    let Link::Setup(home) = link(ctx, token).await? else {
        return Err(Error::NotFound("这个链接"));
    };
    check_three(three)?;
    let mut made = Vec::new();
    for (role, admin) in three {
        let id = PersonId::new(ctx.ids.next(ctx.now));
        let hash = ctx.app.hash(&admin.password).await?;
        made.push((
            crate::person::built(ctx, home, id, &admin.name, &admin.login),
            hash,
            *role,
        ));
    }
    let made = Arc::new(made);
    let system = Ctx {
        actor: Actor::System {
            name: "setup",
            home,
        },
        ..ctx.clone()
    };
    system
        .writing(Verb::PersonCreate, home, home.to_string())
        .run(async |tx| {
            if store::session::token_take(tx, token, "setup")
                .await?
                .is_none()
            {
                return Err(spent());
            }
            refuse_second_setup(tx, home).await?;
            // Each run of the command prints a link; one is used, and the others end with it.
            store::session::setup_tokens_remove(tx, home).await?;
            for (person, hash, role) in made.iter() {
                store::person::person_insert(tx, person, hash, &secret()?).await?;
                let grant = crate::person::grant_for(ctx, person.id, *role, home, ctx.today);
                store::grant::grant_insert(tx, &grant).await?;
            }
            Ok(())
        })
        .await
}

/// Three different people, each with a name, a sign-in name and a password that holds.
fn check_three(three: &[(Role, FirstAdmin); 3]) -> Result<()> {
    let mut errors = FieldErrors::new();
    for (i, (role, admin)) in three.iter().enumerate() {
        crate::person::check_person(&admin.name, &admin.login, role.code(), &mut errors);
        if let Err(Error::Invalid(found)) =
            new_password(&admin.password, &admin.password, &admin.login)
        {
            for message in found.of("password") {
                errors.add(&format!("{}.password", role.code()), message.clone());
            }
        }
        if three
            .iter()
            .take(i)
            .any(|(_, other)| other.login == admin.login)
        {
            errors.add(
                &format!("{}.login", role.code()),
                "三名管理员应是不同的人，用户名不能相同。",
            );
        }
        let name = domain::reset::plain_name(&admin.name);
        let mut before = three.iter().take(i);
        if !name.is_empty() && before.any(|(_, o)| domain::reset::plain_name(&o.name) == name) {
            errors.add(
                &format!("{}.name", role.code()),
                "三名管理员应是不同的人。确系同名的，请在姓名后注明单位以便区分。",
            );
        }
    }
    errors.into_result()
}

/// A county is set up once. Asked in the transaction that writes: a link may have been printed, or
/// opened, before there was anybody.
async fn refuse_second_setup(tx: &store::Tx, home: BodyId) -> Result<()> {
    if store::person::people_of(tx, home).await?.is_empty() {
        return Ok(());
    }
    Err(Error::refused(
        crate::Code::SetupDone,
        "本辖区已有人员，初始化已经完成，请用已有账号登录。需要新账号的，请联系系统管理员。",
    ))
}
