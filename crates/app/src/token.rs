//! Tokens of programs that act for somebody: made and taken back by their person, asked for at the
//! door of the API.
//!
//! **Invariant:** a secret is shown once and kept as its hash. **Invariant:** whoever comes with a
//! token is its person, cut by its scope: every power question answers right by itself.

use chrono::NaiveDate;
use domain::id::TokenId;
use domain::instant::Instant;
use domain::policy::Action;
use domain::token::{DAYS_MAX, HELD_MAX, NAME_LONGEST, Token, TokenState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::code::Code;
use crate::ctx::{Actor, Ctx, Scope, Who};
use crate::door::{Nothing, Saved, operations};
use crate::error::{Error, FieldErrors, Result};
use crate::listed::{Count, Listed};
use crate::session::secret;
use crate::verb::Verb;
use crate::words;
use crate::write::Kept;

/// What every secret begins with, so that it is known for what it is wherever it turns up.
pub const PREFIX: &str = "bihuan_";

operations! {
    Read "token.list" GET "/tokens" "我的接口令牌" []
        Nothing => ["tokens": TokenSeen] = list;
    Write TokenMake POST "/tokens"
        NewToken => {"token": TokenMade} = make;
    Write TokenRevoke POST "/tokens/{id}/revoke"
        OneToken => {"token": Saved<TokenId>} = revoke(id);
}

/// A token to make.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What its person calls it.
    #[schemars(title = "名称", length(min = 1, max = NAME_LONGEST))]
    pub name: String,
    /// What it may be used for.
    #[schemars(title = "权限范围", length(min = 1, max = 50))]
    pub scope: Vec<Action>,
    /// Last day.
    #[schemars(title = "有效期至")]
    pub ends_on: NaiveDate,
}

/// Which token.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneToken {
    /// Which.
    #[schemars(title = "令牌编号")]
    pub id: TokenId,
}

/// A token that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TokenMade {
    /// Identity.
    pub id: TokenId,
    /// Version, for the next change.
    pub version: i64,
    /// Shown this once; nothing for a second request of the same key.
    #[schemars(title = "令牌")]
    pub secret: Option<String>,
}

/// A token as its person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TokenSeen {
    /// Identity.
    pub id: TokenId,
    /// Version, for the next change.
    pub version: i64,
    /// Name.
    #[schemars(title = "名称")]
    pub name: String,
    /// What it may be used for.
    #[schemars(title = "权限范围")]
    pub scope: Vec<Action>,
    /// How it stands today.
    #[schemars(title = "状态")]
    pub state: TokenState,
    /// When it was made.
    #[schemars(title = "办理时间")]
    pub made_at: Instant,
    /// Last day.
    #[schemars(title = "有效期至")]
    pub ends_on: NaiveDate,
    /// When it was taken back.
    #[schemars(title = "停用时间")]
    pub revoked_at: Option<Instant>,
    /// Last day of use.
    #[schemars(title = "最近使用")]
    pub used_on: Option<NaiveDate>,
}

/// The powers that a token of this person may be given.
pub fn powers(who: &Who) -> Vec<Action> {
    let all = Action::ALL.iter().copied();
    all.filter(|action| who.may_somewhere(*action)).collect()
}

/// Makes a token. Whoever came with one makes none: it would outlive its own last day.
pub async fn make(ctx: &Ctx, new: NewToken) -> Result<TokenMade> {
    if let Some(first) = ctx.begin(Verb::TokenMake).await? {
        return Ok(first);
    }
    let who = ctx.who()?;
    if who.scope.is_some() {
        return Err(Error::refused(
            Code::TokenSession,
            "令牌不能用来办理新的令牌。请本人登录系统，在“我的接口令牌”页面办理。",
        ));
    }
    check(ctx, who, &new)?;
    let secret = format!("{PREFIX}{}", secret()?);
    let token = Token {
        id: TokenId::new(ctx.ids.next(ctx.now)),
        home: who.home,
        person: who.person,
        name: new.name.trim().to_owned(),
        scope: sorted(new.scope),
        made_at: ctx.now,
        ends_on: new.ends_on,
        revoked_at: None,
        used_on: None,
        version: 1,
    };
    ctx.write(Verb::TokenMake, token.id.to_string(), async |tx| {
        refuse_many(ctx, tx, who).await?;
        store::api_token::api_token_insert(tx, &token, &secret).await?;
        Ok(TokenMade {
            id: token.id,
            version: 1,
            secret: Some(secret.clone()),
        })
    })
    .await
}

impl Kept for TokenMade {
    fn keep(&self) -> String {
        self.id.to_string()
    }
    fn again(text: &str) -> Option<Self> {
        Some(Self {
            id: text.parse().ok()?,
            version: 1,
            secret: None,
        })
    }
}

fn sorted(mut scope: Vec<Action>) -> Vec<Action> {
    scope.sort_unstable();
    scope.dedup();
    scope
}

fn check(ctx: &Ctx, who: &Who, new: &NewToken) -> Result<()> {
    let mut errors = FieldErrors::new();
    let length = new.name.trim().chars().count();
    if length == 0 || length > NAME_LONGEST {
        errors.add(
            "name",
            format!("请填写名称，最多{NAME_LONGEST}字，例如使用它的程序。"),
        );
    }
    if let Some(unseen) = words::unseen(new.name.trim()) {
        errors.add("name", unseen);
    }
    if new.scope.is_empty() {
        errors.add("scope", "请至少选一项权限。");
    }
    for action in new.scope.iter().filter(|a| !who.may_somewhere(**a)) {
        errors.add(
            "scope",
            format!("您没有“{}”的权限，不能交给令牌。", words::action(*action)),
        );
    }
    let days = (new.ends_on - ctx.today).num_days();
    if days < 0 {
        errors.add("ends_on", "有效期不能早于今天。");
    } else if days > DAYS_MAX {
        errors.add("ends_on", format!("令牌最长{DAYS_MAX}天，到期可以另办。"));
    }
    errors.into_result()
}

/// Asked in the transaction that writes, so that a double click makes no more either.
async fn refuse_many(ctx: &Ctx, tx: &store::Tx, who: &Who) -> Result<()> {
    let held = store::api_token::api_tokens_of(tx, who.person).await?;
    let holding = held
        .iter()
        .filter(|t| t.state(ctx.today) == TokenState::Holding);
    if holding.count() < HELD_MAX {
        return Ok(());
    }
    Err(Error::refused(
        Code::TokenMany,
        format!("有效的令牌已有{HELD_MAX}个，请先停用不再使用的。"),
    ))
}

/// Takes a token back; programs that use it are refused from the next request on.
pub async fn revoke(ctx: &Ctx, id: TokenId) -> Result<Saved<TokenId>> {
    if let Some(first) = ctx.begin(Verb::TokenRevoke).await? {
        return Ok(first);
    }
    let who = ctx.who()?;
    ctx.write(Verb::TokenRevoke, id.to_string(), async |tx| {
        let found = store::api_token::api_token_find(tx, id).await?;
        let token = found
            .filter(|t| t.person == who.person && t.home == who.home)
            .ok_or(Error::NotFound("这个令牌"))?;
        if token.revoked_at.is_some() {
            return Err(Error::refused(Code::TokenEnded, "这个令牌已经停用。"));
        }
        let changed = Token {
            revoked_at: Some(ctx.now),
            ..token
        };
        let version = store::api_token::api_token_update(tx, &changed).await?;
        Ok(Saved::at(id, version))
    })
    .await
}

/// The tokens of the one who looks, newest first.
pub async fn list(ctx: &Ctx, _: Nothing) -> Result<Listed<TokenSeen>> {
    let who = ctx.who()?;
    let person = who.person;
    let tokens = ctx
        .app
        .store
        .read(async |r| store::api_token::api_tokens_of(r, person).await)
        .await?;
    let rows: Vec<TokenSeen> = tokens.into_iter().map(|t| seen(ctx, t)).collect();
    let count = Count {
        rows: rows.len() as u64,
        exact: true,
    };
    Ok(Listed {
        rows,
        next: None,
        previous: None,
        count,
    })
}

fn seen(ctx: &Ctx, t: Token) -> TokenSeen {
    TokenSeen {
        id: t.id,
        version: t.version,
        state: t.state(ctx.today),
        name: t.name,
        scope: t.scope,
        made_at: Instant::at(t.made_at),
        ends_on: t.ends_on,
        revoked_at: t.revoked_at.map(Instant::at),
        used_on: t.used_on,
    }
}

/// Who a secret lets in, with the powers that its token has of the person's.
pub async fn enter(ctx: &Ctx, secret: &str) -> Result<Who> {
    let app = &ctx.app;
    let found = app
        .store
        .read(async |r| {
            let Some(token) = store::api_token::api_token_by_secret(r, secret).await? else {
                return Ok::<_, Error>(None);
            };
            let person = store::person::person_find(r, token.person).await?;
            let grants = store::grant::grants_of_person(r, token.person).await?;
            Ok(person.map(|p| (token, p, grants)))
        })
        .await?;
    let (token, person, grants) = found.ok_or_else(|| {
        Error::refused(
            Code::TokenUnknown,
            "没有这个令牌，可能抄漏或抄错了。请核对；找不到原文的，在“我的接口令牌”页面另办一个。",
        )
    })?;
    refuse_ended(ctx, &token, person.active)?;
    let counted = app.brakes.token(ctx.now, token.id);
    counted.map_err(|wait_ms| {
        let wait_s = crate::sign_in::wait_s(wait_ms);
        Error::Busy {
            wait_s,
            message: format!(
                "这个令牌的请求太密，请{}后再试，并放慢些。",
                words::wait(wait_s)
            ),
        }
    })?;
    let scope = Scope {
        name: token.name.clone(),
        actions: token.scope.clone(),
    };
    if token.used_on != Some(ctx.today) {
        note_use(ctx, token);
    }
    let mut who = crate::session::who_of(app, person, grants, None, ctx.today).await?;
    who.scope = Some(scope);
    Ok(who)
}

fn refuse_ended(ctx: &Ctx, token: &Token, active: bool) -> Result<()> {
    let name = &token.name;
    let (code, message) = match token.state(ctx.today) {
        TokenState::Revoked => (
            Code::TokenRevoked,
            format!("令牌“{name}”已停用。请本人在“我的接口令牌”页面另办一个。"),
        ),
        TokenState::Expired => (
            Code::TokenExpired,
            format!(
                "令牌“{name}”有效期到{}为止，已经过期。请本人在“我的接口令牌”页面另办一个。",
                domain::calendar::words::chinese_date(token.ends_on)
            ),
        ),
        TokenState::Holding if !active => (
            Code::TokenDisabled,
            format!("令牌“{name}”所属的账号已停用。需要继续使用的，请联系系统管理员。"),
        ),
        TokenState::Holding => return Ok(()),
    };
    Err(Error::refused(code, message))
}

/// Notes the day of a token's use, once a day, in a task of its own: no request waits for it or
/// fails by it. Of many at the same moment the first is written; the others find it stale.
fn note_use(ctx: &Ctx, token: Token) {
    let Some(permit) = ctx.app.brakes.room_for_link() else {
        return;
    };
    let system = Ctx {
        actor: Actor::System {
            name: "token",
            home: token.home,
        },
        ..ctx.clone()
    };
    tokio::spawn(async move {
        let _permit = permit;
        let used = Token {
            used_on: Some(system.today),
            ..token
        };
        let writing = system.writing(Verb::TokenUse, used.home, used.id.to_string());
        let written = writing.run(async |tx| {
            store::api_token::api_token_update(tx, &used).await?;
            Ok(())
        });
        let written = written.await;
        if let Err(error) = written {
            tracing::debug!(%error, "the use of a token was not written");
        }
    });
}
