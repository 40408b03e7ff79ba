//! One request, and the second administrator's word on it.

use app::FieldErrors;
use app::reset::show as reset_seen;
use askama::Template;
use axum::extract::Path;
use domain::id::ResetId;
use domain::person::LINK_HOURS;

use super::words::Request;
use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::form::{Field, FieldKind, Posted, Wrong, summary};
use crate::page::{Form, Page};
use crate::sheet::tried;

#[derive(Template)]
#[template(path = "reset/show.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    errors: Vec<Wrong>,
    reset: Request,
    opinion: Field,
}

#[derive(Template)]
#[template(path = "reset/link.html")]
struct LinkPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    name: String,
    link: String,
    hours: i64,
}

fn crumbs() -> Vec<Crumb> {
    vec![Crumb::new("重置审批", "/system/resets")]
}

/// The page of a request.
pub(super) async fn show(page: Page, Path(id): Path<String>) -> Answer {
    let none = FieldErrors::new();
    let shown = show_page(&page, super::id_of(&id)?, &Posted::default(), &none).await?;
    page.html(&shown)
}

async fn show_page(
    page: &Page,
    id: ResetId,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<ShowPage, PageError> {
    let mut chrome = page.chrome().await?;
    chrome.failed = !errors.is_empty();
    Ok(ShowPage {
        chrome,
        crumbs: crumbs(),
        errors: summary(errors),
        reset: Request::of(reset_seen(&page.ctx, id).await?),
        opinion: Field::of("reset.refuse", "opinion", posted)
            .kind(FieldKind::Lines)
            .required_if(false)
            .hint("不同意的，请写明原因。")
            .errors(errors),
    })
}

/// Consents or refuses; the link of a consent stands on this one page only.
pub(super) async fn decide(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let id = super::id_of(&id)?;
    let path = format!("/system/resets/{id}");
    if posted.text("do") == "consent" {
        let done = app::reset::consent(&page.ctx, id).await;
        return match tried(done)? {
            Ok(done) => match done.link {
                Some(link) => show_link(page, done.name, &link).await,
                None => Ok(page.done(&path, app::Verb::ResetConsent)),
            },
            Err(errors) => again(page, id, posted, &errors).await,
        };
    }
    match tried(app::reset::refuse(&page.ctx, id, posted.text("opinion")).await)? {
        Ok(_) => Ok(page.done(&path, app::Verb::ResetRefuse)),
        Err(errors) => again(page, id, posted, &errors).await,
    }
}

async fn again(page: &Page, id: ResetId, posted: &Posted, errors: &FieldErrors) -> Answer {
    let shown = show_page(page, id, posted, errors).await?;
    page.refused(&shown)
}

async fn show_link(page: &Page, name: String, link: &str) -> Answer {
    page.html(&LinkPage {
        chrome: page.chrome().await?,
        crumbs: crumbs(),
        name,
        link: format!("/link/{link}"),
        hours: LINK_HOURS,
    })
}

/// Takes the request back.
pub(super) async fn withdraw(Path(id): Path<String>, form: Form) -> Answer {
    let id = super::id_of(&id)?;
    app::reset::withdraw(&form.page.ctx, id).await?;
    let path = format!("/system/resets/{id}");
    Ok(form.page.done(&path, app::Verb::ResetWithdraw))
}
