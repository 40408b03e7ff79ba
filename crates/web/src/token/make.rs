//! Making a token, which is shown once, and taking one back.

use app::FieldErrors;
use app::token::NewToken;
use askama::Template;
use axum::extract::Path;
use chrono::Days;
use domain::policy::Action;
use domain::token::DAYS_MAX;

use crate::chrome::Chrome;
use crate::error::{Answer, PageError};
use crate::form::{Choice, Field, FieldKind, Posted};
use crate::page::{Form, Page};
use crate::sheet::{Sheet, tried};

/// Days that a new token is offered for.
const DAYS_OFFERED: u64 = 90;

#[derive(Template)]
#[template(path = "token/made.html")]
struct MadePage {
    chrome: Chrome,
    name: String,
    secret: String,
}

/// The form.
pub(super) async fn form(page: Page) -> Answer {
    page.ctx.writable()?;
    let sheet = sheet(&page, &Posted::default(), &FieldErrors::new()).await?;
    sheet.answer(&page)
}

async fn sheet(page: &Page, posted: &Posted, errors: &FieldErrors) -> Result<Sheet, PageError> {
    let field = |name: &str| Field::of("token.make", name, posted);
    let powers = app::token::powers(page.who()?);
    let powers = powers
        .iter()
        .map(|a| Choice::new(a.code(), app::words::action(*a)));
    let offered = page.ctx.today + Days::new(DAYS_OFFERED);
    let fields = vec![
        field("name")
            .hint("写使用它的程序，例如 台账同步。")
            .errors(errors),
        field("scope")
            .kind(FieldKind::Ticks)
            .options(powers.collect(), posted)
            .hint("只列您自己有的权限。查看也是权限：要办理的，一般也要能查看。")
            .errors(errors),
        field("ends_on")
            .kind(FieldKind::Date)
            .or(offered.to_string())
            .hint(format!("最长{DAYS_MAX}天，含当天。"))
            .errors(errors),
    ];
    let sheet = Sheet::new(page, "办理接口令牌", "/tokens").await?;
    Ok(sheet
        .crumb("我的接口令牌", "/tokens")
        .lead("拿到令牌的程序以您的名义办理，留痕写您的姓名和令牌名称。令牌只显示一次。")
        .fields(fields)
        .errors(errors))
}

/// Makes it and shows it, once.
pub(super) async fn post(form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let mut errors = FieldErrors::new();
    let ends_on = posted.must("ends_on", "请填写日期，例如2026-11-05。", &mut errors);
    let scope = posted.many("scope");
    let scope: Vec<Action> = scope.iter().filter_map(|code| code.parse().ok()).collect();
    let name = posted.text("name").to_owned();
    let new = |ends_on| NewToken {
        name: name.clone(),
        scope,
        ends_on,
    };
    let done = match ends_on.map(new) {
        Some(new) => tried(app::token::make(&page.ctx, new).await)?,
        None => Err(errors),
    };
    match done {
        Ok(made) => page.html(&MadePage {
            chrome: page.chrome().await?,
            name,
            secret: made.secret.unwrap_or_default(),
        }),
        Err(errors) => sheet(page, posted, &errors).await?.answer(page),
    }
}

/// Takes it back.
pub(super) async fn revoke(Path(id): Path<String>, form: Form) -> Answer {
    let id = id
        .parse()
        .map_err(|_| PageError(app::Error::NotFound("这个令牌")))?;
    app::token::revoke(&form.page.ctx, id).await?;
    Ok(form.page.done("/tokens", app::Verb::TokenRevoke))
}
