//! One person: name, sign-in, posts and roles.

use app::FieldErrors;
use app::person::{ChangePerson, PersonSeen, show as person_page};
use askama::Template;
use axum::extract::Path;
use domain::id::PersonId;

use super::roles::Held;
use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::form::{Choice, Field, FieldKind, Posted, Wrong, summary};
use crate::page::{Form, Page};
use crate::reset::words::Request;
use crate::sheet::tried;

#[derive(Template)]
#[template(path = "person/show.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    errors: Vec<Wrong>,
    grants: Vec<Held>,
    resets: Vec<Request>,
    found: PersonSeen,
    name: Field,
    login: Field,
    active: Field,
}

/// The page of a person.
pub(super) async fn show(page: Page, Path(id): Path<String>) -> Answer {
    let none = FieldErrors::new();
    let shown = show_page(&page, super::id_of(&id)?, &Posted::default(), &none).await?;
    page.html(&shown)
}

async fn show_page(
    page: &Page,
    id: PersonId,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<ShowPage, PageError> {
    let mut found = person_page(&page.ctx, id).await?;
    let grants = std::mem::take(&mut found.grants);
    let resets = std::mem::take(&mut found.resets);
    let mut chrome = page.chrome().await?;
    chrome.failed = !errors.is_empty();
    let mut yes = Choice::new("1", "可以登录");
    yes.chosen = found.active;
    let field = |name: &str| Field::of("person.change", name, posted);
    Ok(ShowPage {
        chrome,
        crumbs: vec![Crumb::new("人员", "/system/people")],
        errors: summary(errors),
        grants: grants.into_iter().map(Held::of).collect(),
        resets: resets.into_iter().map(Request::of).collect(),
        name: field("name").or(&found.name).errors(errors),
        login: field("login").or(&found.login).errors(errors),
        active: Field::new("active", "账号", posted)
            .kind(FieldKind::Ticks)
            .options(vec![yes], posted)
            .hint("去掉后不能登录，已有记录和审计不受影响。")
            .errors(errors),
        found,
    })
}

/// Changes name, sign-in name, or whether the person may sign in.
pub(super) async fn change(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let id = super::id_of(&id)?;
    let changed = ChangePerson {
        id,
        name: posted.text("name").to_owned(),
        login: posted.text("login").to_owned(),
        active: posted.text("active") == "1",
        version: posted.text("version").parse().unwrap_or(0),
    };
    match tried(app::person::change(&page.ctx, changed).await)? {
        Ok(_) => Ok(page.done(&format!("/system/people/{id}"), app::Verb::PersonChange)),
        Err(errors) => {
            let shown = show_page(page, id, posted, &errors).await?;
            page.refused(&shown)
        }
    }
}
