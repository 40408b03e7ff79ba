//! The code that goes with a link by two, and using one-time links.

use domain::id::ResetId;
use domain::person::Person;
use domain::policy::Action;
use domain::reset::{CODE_CHARS, Reset, State, WRONG_CODES_MAX, Wanted, plain_code};
use sha2::{Digest, Sha256};
use store::{Read, Tx};

use super::told::{Notice, notices_of};
use super::{BY_TWO, decide, has_power, unbacked};
use crate::ctx::Ctx;
use crate::error::{Error, FieldErrors, Result};
use crate::secret::secret;
use crate::session::{Link, link, new_password, set_password, spent};
use crate::verb::Verb;

/// Signs of a code: no 0, O, 1, I that are read for one another.
const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A code of 60 random bits, in groups of four.
pub(super) fn new_code() -> Result<String> {
    let bytes = hex::decode(secret()?).map_err(|e| Error::Internal(Box::new(e)))?;
    let signs = bytes.iter().take(CODE_CHARS).map(|b| {
        let at = usize::from(*b) % SIGNS.len();
        SIGNS.get(at).copied().map_or('2', char::from)
    });
    let mut out = String::new();
    for (i, sign) in signs.enumerate() {
        if i > 0 && i % 4 == 0 {
            out.push('-');
        }
        out.push(sign);
    }
    Ok(out)
}

/// What is kept of a code: its hash with the request's id.
pub(super) fn hash(id: ResetId, code: &str) -> String {
    let text = format!("{id}:{}", plain_code(code));
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// The request whose link is out: the newest that was consented to and not used.
async fn given(r: &Read, person: &Person) -> Result<Reset> {
    let all = store::reset::resets_of_person(r, person.id).await?;
    let is_out = |r: &Reset| {
        matches!(r.state, State::Given { .. }) && r.wanted == Wanted::Link && r.used_at.is_none()
    };
    all.into_iter().find(is_out).ok_or_else(spent)
}

/// Sets a password by a one-time link, of whichever kind, which is thereby used up. Answers with
/// what the person is to be told.
pub async fn use_link(
    ctx: &Ctx,
    token: &str,
    code: &str,
    new: &str,
    again: &str,
) -> Result<Vec<Notice>> {
    let person = match link(ctx, token).await? {
        Link::Password(person) => {
            set_password(ctx, token, new, again).await?;
            person
        }
        Link::ByTwo(person) => {
            set_by_two(ctx, token, &person, code, new, again).await?;
            person
        }
        Link::Setup(_) => return Err(Error::NotFound("这个链接")),
    };
    notices_of(ctx, &person).await
}

async fn set_by_two(
    ctx: &Ctx,
    token: &str,
    person: &Person,
    code: &str,
    new: &str,
    again: &str,
) -> Result<()> {
    if plain_code(code).is_empty() {
        return Err(FieldErrors::one(
            "code",
            "请填写验证码，由提出重置的管理员当面或电话告知。",
        ));
    }
    new_password(new, again, &person.login)?;
    try_code(ctx, token, person, code).await?;
    let password = ctx.app.hash(new).await?;
    ctx.writing(Verb::PersonPassword, person.home, person.id.to_string())
        .by(person.id)
        .run(async |tx| {
            let mut reset = open(tx, ctx, token, person).await?;
            if reset.code_hash != hash(reset.id, code) {
                return Err(spent());
            }
            if store::session::token_take(tx, token, BY_TWO)
                .await?
                .is_none()
            {
                return Err(spent());
            }
            store::person::password_set(tx, person.id, &password, false).await?;
            store::session::tokens_remove(tx, person.id).await?;
            store::session::sessions_remove(tx, person.id, None).await?;
            reset.used_at = Some(tx.at());
            store::reset::reset_update(tx, &reset).await?;
            Ok(())
        })
        .await
}

/// The request of a link that is good, and both administrators behind it still.
async fn open(tx: &Tx, ctx: &Ctx, token: &str, person: &Person) -> Result<Reset> {
    let found = store::session::token_find(tx, token, BY_TWO, tx.at()).await?;
    if found.and_then(|t| t.person) != Some(person.id) {
        return Err(spent());
    }
    let reset = given(tx, person).await?;
    decide::refuse_without_asker(tx, ctx, &reset).await?;
    let State::Given { by, .. } = reset.state else {
        return Err(spent());
    };
    if !has_power(tx, ctx, tx.home(), by, Action::ConsentReset).await? {
        return Err(unbacked());
    }
    if !super::target(tx, person.id).await?.active {
        return Err(spent());
    }
    Ok(reset)
}

/// Holds a typed code against the kept one. Wrong ones are counted in the transaction that looks,
/// so that many at the same moment are no more than the few that are allowed.
async fn try_code(ctx: &Ctx, token: &str, person: &Person, code: &str) -> Result<()> {
    let left = ctx
        .writing(Verb::ResetWrongCode, person.home, person.id.to_string())
        .by(person.id)
        .run(async |tx| {
            let mut reset = open(tx, ctx, token, person).await?;
            if reset.code_hash == hash(reset.id, code) {
                return Ok(None);
            }
            reset.wrong_codes += 1;
            let left = WRONG_CODES_MAX.saturating_sub(reset.wrong_codes);
            if left == 0 {
                store::session::tokens_remove(tx, person.id).await?;
            }
            tx.subject(reset.id.to_string());
            store::reset::reset_update(tx, &reset).await?;
            Ok(Some(left))
        })
        .await?;
    match left {
        None => Ok(()),
        Some(0) => Err(Error::refused(
            crate::Code::ResetCode,
            format!(
                "验证码连续{WRONG_CODES_MAX}次不对，这个链接已作废。请联系系统管理员重新提出。"
            ),
        )),
        Some(left) => Err(FieldErrors::one(
            "code",
            format!("验证码不对，还可以再试{left}次。请向提出重置的管理员核对。"),
        )),
    }
}
