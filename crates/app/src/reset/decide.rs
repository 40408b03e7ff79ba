//! The second administrator's word: consent, which does it in the same transaction, or refusal.

use domain::id::{PersonId, ResetId};
use domain::person::{LINK_HOURS, Person};
use domain::policy::Action;
use domain::reset::{Issuer, REASON_LONGEST, Reset, Step, Wanted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;
use store::session::OneTime;

use super::{
    BY_TWO, HOUR_MS, at_a_page, check_text, has_power, must_have_power, refusal, target, unbacked,
};
use crate::ctx::Ctx;
use crate::door::Saved;
use crate::error::{Error, Result};
use crate::secret::secret;
use crate::verb::Verb;
use crate::write::Kept;

/// A refusal with its reason.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefuseReset {
    /// Which request.
    #[schemars(title = "申请编号")]
    pub id: ResetId,
    /// Why.
    #[schemars(title = "意见", length(min = 1, max = REASON_LONGEST))]
    pub opinion: String,
}

/// The same, as it was asked for.
pub(super) async fn refused(ctx: &Ctx, asked: RefuseReset) -> Result<Saved<ResetId>> {
    refuse(ctx, asked.id, &asked.opinion).await
}

/// What a consent came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Consented {
    /// Whose account.
    pub person: PersonId,
    /// Name.
    pub name: String,
    /// The one-time link; shown to who consented, this once. None where no link was asked for, or
    /// where an earlier click consented.
    #[schemars(title = "一次性链接，只显示这一次", extend("x-shown-once" = true))]
    pub link: Option<String>,
}

/// The request of the county that is written to.
pub(super) async fn found(tx: &Tx, id: ResetId) -> Result<Reset> {
    let reset = store::reset::reset_find(tx, id).await?;
    reset
        .filter(|r| r.home == tx.home())
        .ok_or(Error::NotFound("这份申请"))
}

impl Kept for Consented {
    fn keep(&self) -> String {
        format!("{} {}", self.person, self.name)
    }
    fn again(text: &str) -> Option<Self> {
        let (person, name) = text.split_once(' ')?;
        Some(Self {
            person: person.parse().ok()?,
            name: name.to_owned(),
            link: None,
        })
    }
}

/// Consents, and does what was asked.
pub async fn consent(ctx: &Ctx, id: ResetId) -> Result<Consented> {
    if let Some(first) = ctx.begin(Verb::ResetConsent).await? {
        return Ok(first);
    }
    let who = at_a_page(ctx)?;
    ctx.allow_at_home(Action::ConsentReset)?;
    let token = secret()?;
    ctx.write(Verb::ResetConsent, id.to_string(), async |tx| {
        let reset = found(tx, id).await?;
        let person = target(tx, reset.person).await?;
        let mut done = Consented {
            person: person.id,
            name: person.name.clone(),
            link: None,
        };
        must_have_power(tx, ctx, who, Action::ConsentReset).await?;
        let state = reset
            .next(Step::Consent, who.person, tx.at())
            .map_err(|why| refusal(why, &reset))?;
        refuse_without_asker(tx, ctx, &reset).await?;
        if carry_out(ctx, tx, &reset.wanted, person, &token).await? {
            done.link = Some(token.clone());
        }
        store::reset::reset_update(tx, &Reset { state, ..reset }).await?;
        Ok(done)
    })
    .await
    .map_err(crate::person::taken_login)
}

/// Who asked still stands behind it: an administrator who was disabled since asks for nothing.
pub(super) async fn refuse_without_asker(tx: &Tx, ctx: &Ctx, reset: &Reset) -> Result<()> {
    let stands = match &reset.issuer {
        Issuer::Person(asker) => has_power(tx, ctx, tx.home(), *asker, Action::EditPerson).await?,
        Issuer::Operator(_) => true,
    };
    if stands { Ok(()) } else { Err(unbacked()) }
}

/// Does what was asked; true where the link was kept.
async fn carry_out(
    ctx: &Ctx,
    tx: &Tx,
    wanted: &Wanted,
    mut person: Person,
    token: &str,
) -> Result<bool> {
    match wanted {
        Wanted::Link => {
            if !person.active {
                return Err(Error::refused(
                    crate::Code::ResetInactive,
                    format!("{}的账号已停用，请先提出启用账号。", person.name),
                ));
            }
            let one = OneTime {
                purpose: BY_TWO.to_owned(),
                person: Some(person.id),
                home: Some(person.home),
                expires_at: tx.at() + LINK_HOURS * HOUR_MS,
            };
            super::issue::put_link(tx, token, &one).await?;
            Ok(true)
        }
        Wanted::Enable => {
            person.active = true;
            let roles = super::roles_on(tx, person.id, ctx.today).await?;
            crate::namesake::refuse(ctx, tx, &person, &roles).await?;
            store::person::person_update(tx, &person).await?;
            Ok(false)
        }
        Wanted::Login(login) => {
            person.login.clone_from(login);
            store::person::person_update(tx, &person).await?;
            Ok(false)
        }
    }
}

/// Refuses, with why; the person whose account it is may do that too.
pub async fn refuse(ctx: &Ctx, id: ResetId, opinion: &str) -> Result<Saved<ResetId>> {
    if let Some(first) = ctx.begin(Verb::ResetRefuse).await? {
        return Ok(first);
    }
    let who = at_a_page(ctx)?;
    ctx.allow_at_home(Action::ConsentReset)?;
    check_text("opinion", opinion, "不同意的，请写明原因。")?;
    ctx.write(Verb::ResetRefuse, id.to_string(), async |tx| {
        let reset = found(tx, id).await?;
        must_have_power(tx, ctx, who, Action::ConsentReset).await?;
        let state = reset
            .next(Step::Refuse, who.person, tx.at())
            .map_err(|why| refusal(why, &reset))?;
        let changed = Reset {
            state,
            opinion: opinion.trim().to_owned(),
            ..reset
        };
        let version = store::reset::reset_update(tx, &changed).await?;
        Ok(Saved::at(id, version))
    })
    .await
}
