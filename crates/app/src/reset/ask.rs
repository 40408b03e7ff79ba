//! Asking for a reset, and taking the request back.

use domain::id::{PersonId, ResetId};
use domain::person::{Person, login_ok};
use domain::policy::Action;
use domain::reset::{Issuer, REASON_LONGEST, Reset, State, Step, Want, Wanted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Tx;

use super::{at_a_page, check_text, consenters, is_guarded, must_have_power, refusal, target};
use crate::ctx::Ctx;
use crate::door::Saved;
use crate::error::{Error, FieldErrors, Result};
use crate::person::LOGIN_LONGEST;
use crate::verb::Verb;
use crate::write::Kept;

/// A reset to ask for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskReset {
    /// For whose account.
    #[schemars(title = "人员编号")]
    pub person: PersonId,
    /// What is wanted.
    #[schemars(title = "申请")]
    pub wanted: Want,
    /// The sign-in name that is wanted, where that is.
    #[schemars(title = "新的用户名", length(max = LOGIN_LONGEST))]
    pub login: Option<String>,
    /// Why.
    #[schemars(title = "原因", length(min = 1, max = REASON_LONGEST))]
    pub reason: String,
}

/// The same, as it was asked for.
pub(super) async fn asked(ctx: &Ctx, new: AskReset) -> Result<Asked> {
    let wanted = match new.wanted {
        Want::Link => Wanted::Link,
        Want::Enable => Wanted::Enable,
        Want::Login => Wanted::Login(new.login.unwrap_or_default()),
    };
    ask(ctx, new.person, wanted, &new.reason).await
}

/// A request that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Asked {
    /// Which.
    pub id: ResetId,
    /// Version of the request.
    pub version: i64,
    /// The code that goes with the link; shown to who asked, this once. None where no link was
    /// asked for, or where an earlier click asked.
    #[schemars(title = "验证码，只显示这一次", extend("x-shown-once" = true))]
    pub code: Option<String>,
}

impl Kept for Asked {
    fn keep(&self) -> String {
        self.id.to_string()
    }
    fn again(text: &str) -> Option<Self> {
        Some(Self {
            id: text.parse().ok()?,
            version: 1,
            code: None,
        })
    }
}

/// Asks for a reset of a guarded account.
pub async fn ask(ctx: &Ctx, person: PersonId, wanted: Wanted, reason: &str) -> Result<Asked> {
    if let Some(first) = ctx.begin(Verb::ResetAsk).await? {
        return Ok(first);
    }
    let who = at_a_page(ctx)?;
    ctx.allow_at_home(Action::EditPerson)?;
    check_text("reason", reason, "请写明原因。")?;
    if let Wanted::Login(login) = &wanted
        && !login_ok(login)
    {
        return Err(FieldErrors::one("login", crate::person::LOGIN_RULE));
    }
    let id = ResetId::new(ctx.ids.next(ctx.now));
    let code = match wanted {
        Wanted::Link => Some(super::code::new_code()?),
        Wanted::Enable | Wanted::Login(_) => None,
    };
    let reset = Reset {
        id,
        home: who.home,
        person,
        wanted,
        issuer: Issuer::Person(who.person),
        asked_at: ctx.now,
        reason: reason.trim().to_owned(),
        state: State::Asked,
        opinion: String::new(),
        code_hash: code
            .as_deref()
            .map_or_else(String::new, |code| super::code::hash(id, code)),
        wrong_codes: 0,
        used_at: None,
        told_at: None,
        version: 1,
    };
    ctx.write(Verb::ResetAsk, id.to_string(), async |tx| {
        must_have_power(tx, ctx, who, Action::EditPerson).await?;
        let person = target(tx, person).await?;
        refuse_ask(ctx, tx, &reset, &person).await?;
        let reset = Reset {
            asked_at: tx.at(),
            ..reset.clone()
        };
        store::reset::reset_insert(tx, &reset).await?;
        Ok(Asked {
            id,
            version: 1,
            code: code.clone(),
        })
    })
    .await
}

/// Whether it can be asked for, and whether anybody could answer.
async fn refuse_ask(ctx: &Ctx, tx: &Tx, new: &Reset, person: &Person) -> Result<()> {
    if !is_guarded(tx, person.id, ctx.today).await? {
        return Err(Error::refused(
            crate::Code::ResetAlone,
            format!(
                "{}不担任管理员、安委办或领导角色，不需要审批，请在其人员页面直接办理。",
                person.name
            ),
        ));
    }
    match &new.wanted {
        Wanted::Link if !person.active => {
            return Err(Error::refused(
                crate::Code::ResetInactive,
                format!("{}的账号已停用，请先提出启用账号。", person.name),
            ));
        }
        Wanted::Enable if person.active => {
            return Err(Error::refused(
                crate::Code::ResetActive,
                format!("{}的账号没有停用，无须启用。", person.name),
            ));
        }
        Wanted::Login(login) => refuse_login(tx, person, login).await?,
        Wanted::Link | Wanted::Enable => {}
    }
    let all = store::reset::resets_of_person(tx, person.id).await?;
    let waits =
        |r: &Reset| r.wanted.code() == new.wanted.code() && r.state_at(tx.at()) == State::Asked;
    if all.iter().any(waits) {
        return Err(Error::refused(
            crate::Code::ResetTwice,
            format!(
                "{}已有一份同样的申请待审批，请等待结果，或先撤回那一份。",
                person.name
            ),
        ));
    }
    let others = consenters(tx, ctx).await?;
    let asker = match &new.issuer {
        Issuer::Person(id) => Some(*id),
        Issuer::Operator(_) => None,
    };
    if others
        .iter()
        .all(|id| Some(*id) == asker || *id == person.id)
    {
        return Err(Error::refused(
            crate::Code::ResetNobody,
            format!(
                "除提出人和本人外，没有其他在用的管理员可以同意。请由服务器运维人员在控制台执行 bihuan person reset {} --reason 原因。",
                person.login
            ),
        ));
    }
    Ok(())
}

async fn refuse_login(tx: &Tx, person: &Person, login: &str) -> Result<()> {
    if person.login == login {
        return Err(FieldErrors::one("login", "与现在的用户名相同。"));
    }
    if store::person::person_by_login(tx, login).await?.is_some() {
        return Err(FieldErrors::one("login", crate::person::LOGIN_TAKEN));
    }
    Ok(())
}

/// Takes a request back that was not answered yet; by who asked.
pub async fn withdraw(ctx: &Ctx, id: ResetId) -> Result<Saved<ResetId>> {
    if let Some(first) = ctx.begin(Verb::ResetWithdraw).await? {
        return Ok(first);
    }
    let who = at_a_page(ctx)?;
    ctx.allow_at_home(Action::EditPerson)?;
    ctx.write(Verb::ResetWithdraw, id.to_string(), async |tx| {
        let reset = super::decide::found(tx, id).await?;
        must_have_power(tx, ctx, who, Action::EditPerson).await?;
        let state = reset
            .next(Step::Withdraw, who.person, tx.at())
            .map_err(|why| refusal(why, &reset))?;
        let version = store::reset::reset_update(tx, &Reset { state, ..reset }).await?;
        Ok(Saved::at(id, version))
    })
    .await
}
