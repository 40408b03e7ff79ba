//! Asking for the reset of a guarded account.

use app::FieldErrors;
use app::person::show as person_page;
use askama::Template;
use axum::extract::Path;
use domain::id::PersonId;
use domain::reset::{CONSENT_HOURS, Wanted};

use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::form::{Field, FieldKind, Posted};
use crate::page::{Form, Page};
use crate::query::Asked;
use crate::sheet::{Sheet, tried};

#[derive(Template)]
#[template(path = "reset/code.html")]
struct CodePage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    name: String,
    path: String,
    code: String,
    hours: i64,
}

fn person_of(text: &str) -> Result<PersonId, PageError> {
    text.parse()
        .map_err(|_| PageError(app::Error::NotFound("这个人员")))
}

/// What is wanted, by its code and the name typed; nonsense is a link.
fn wanted(code: &str, login: &str) -> Wanted {
    match code {
        "enable" => Wanted::Enable,
        "login" => Wanted::Login(login.to_owned()),
        _ => Wanted::Link,
    }
}

/// The form.
pub(super) async fn form(page: Page, Path(id): Path<String>, asked: Asked) -> Answer {
    page.ctx.writable()?;
    let what = wanted(asked.text("what"), "");
    let none = FieldErrors::new();
    sheet(&page, person_of(&id)?, &what, &Posted::default(), &none)
        .await?
        .answer(&page)
}

async fn sheet(
    page: &Page,
    id: PersonId,
    what: &Wanted,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<Sheet, PageError> {
    let person = person_page(&page.ctx, id).await?;
    let (title, then) = match what {
        Wanted::Link => (
            "提出发放一次性链接",
            "提出后给您一个验证码，链接由同意的管理员得到；两样分别交给本人，合用才能设置口令。",
        ),
        Wanted::Enable => ("提出启用账号", "同意后账号即可登录。"),
        Wanted::Login(_) => ("提出变更用户名", "同意后立即改用新的用户名登录。"),
    };
    let mut fields = Vec::new();
    if matches!(what, Wanted::Login(_)) {
        let login = Field::of("reset.ask", "login", posted).or(&person.login);
        fields.push(login.required().errors(errors));
    }
    let reason = Field::of("reset.ask", "reason", posted).kind(FieldKind::Lines);
    fields.push(reason.hint("审批的管理员和本人都会看到。").errors(errors));
    let path = format!("/system/people/{id}");
    let sheet = Sheet::new(page, title, &format!("{path}/ask")).await?;
    Ok(sheet
        .crumb("人员", "/system/people")
        .crumb(person.name.clone(), path)
        .lead(format!(
            "{}担任管理员、安委办或领导角色，须由另一名管理员在{CONSENT_HOURS}小时内同意。{then}",
            person.name
        ))
        .hide("what", what.code())
        .fields(fields)
        .errors(errors)
        .save("提出"))
}

/// Asks, and shows the code once. A second click comes after that one time: it leads to the
/// request.
pub(super) async fn post(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let person = person_of(&id)?;
    let what = wanted(posted.text("what"), posted.text("login"));
    let reason = posted.text("reason");
    let asked = app::reset::ask(&page.ctx, person, what.clone(), reason).await;
    match tried(asked)? {
        Ok(asked) => show_code(page, person, asked).await,
        Err(errors) => sheet(page, person, &what, posted, &errors)
            .await?
            .answer(page),
    }
}

/// The code stands on this page only: it is kept as a hash.
async fn show_code(page: &Page, person: PersonId, asked: app::reset::Asked) -> Answer {
    let path = format!("/system/resets/{}", asked.id);
    let Some(code) = asked.code else {
        return Ok(page.done(&path, app::Verb::ResetAsk));
    };
    page.html(&CodePage {
        chrome: page.chrome().await?,
        crumbs: vec![Crumb::new("重置审批", "/system/resets")],
        name: person_page(&page.ctx, person).await?.name,
        path,
        code,
        hours: CONSENT_HOURS,
    })
}
