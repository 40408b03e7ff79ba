//! One request and the decision on it.

use app::FieldErrors;
use app::ruling::show as ruling_line;
use askama::Template;
use axum::extract::Path;
use domain::id::RulingId;

use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::form::{Field, Posted, Wrong, summary};
use crate::page::{Form, Page};
use crate::ruling::{Told, told};
use crate::sheet::tried;

#[derive(Template)]
#[template(path = "ruling/show.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    errors: Vec<Wrong>,
    ruling: Told,
    fields: Vec<Field>,
}

fn id_of(text: &str) -> Result<RulingId, PageError> {
    text.parse()
        .map_err(|_| PageError(app::Error::NotFound("这份申请")))
}

/// The page of a request.
pub(super) async fn show(page: Page, Path(id): Path<String>) -> Answer {
    let none = FieldErrors::new();
    let shown = show_page(&page, id_of(&id)?, &Posted::default(), &none).await?;
    page.html(&shown)
}

async fn show_page(
    page: &Page,
    id: RulingId,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<ShowPage, PageError> {
    let mut chrome = page.chrome().await?;
    chrome.failed = !errors.is_empty();
    Ok(ShowPage {
        chrome,
        crumbs: vec![Crumb::new("裁定申请", "/rulings")],
        errors: summary(errors),
        ruling: told(&ruling_line(&page.ctx, id).await?),
        fields: Field::lines_of("ruling.decide", posted)
            .into_iter()
            .map(|field| field.errors(errors))
            .collect(),
    })
}

/// Approves or refuses.
pub(super) async fn decide(Path(id): Path<String>, form: Form) -> Answer {
    let id = id_of(&id)?;
    let (page, posted) = (&form.page, &form.posted);
    let place = [
        ("id", id.to_string()),
        ("version", posted.text("version").to_owned()),
        ("approve", (posted.text("do") == "approve").to_string()),
    ];
    let done = match posted.input("ruling.decide", &place) {
        Ok(asked) => app::ruling::decide(&page.ctx, asked).await,
        Err(wrong) => Err(wrong),
    };
    match tried(done)? {
        Ok(_) => Ok(page.done(&format!("/rulings/{id}"), app::Verb::RulingDecide)),
        Err(errors) => {
            let shown = show_page(page, id, posted, &errors).await?;
            page.refused(&shown)
        }
    }
}

/// Takes the request back.
pub(super) async fn withdraw(Path(id): Path<String>, form: Form) -> Answer {
    let id = id_of(&id)?;
    let version = form.posted.text("version").parse().unwrap_or(0);
    app::ruling::withdraw(&form.page.ctx, id, version).await?;
    Ok(form
        .page
        .done(&format!("/rulings/{id}"), app::Verb::RulingWithdraw))
}
