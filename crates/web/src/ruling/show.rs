//! One request and the decision on it.

use app::FieldErrors;
use app::ruling::{DecideRuling, show as ruling_line};
use askama::Template;
use axum::extract::Path;
use domain::id::RulingId;

use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::form::{Field, FieldKind, Posted, Wrong, summary};
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
        fields: fields(posted, errors),
    })
}

fn fields(posted: &Posted, errors: &FieldErrors) -> Vec<Field> {
    let lines = |name| {
        let field = Field::of("ruling.decide", name, posted).kind(FieldKind::Lines);
        field.errors(errors)
    };
    vec![
        lines("opinion").hint("不同意的，请写明原因；申请人会看到。"),
        lines("note").hint("同意后仍要办理的事项，例如恢复通行后补查；没有的不填。"),
    ]
}

/// Approves or refuses.
pub(super) async fn decide(Path(id): Path<String>, form: Form) -> Answer {
    let id = id_of(&id)?;
    let (page, posted) = (&form.page, &form.posted);
    let asked = DecideRuling {
        id,
        version: posted.text("version").parse().unwrap_or(0),
        approve: posted.text("do") == "approve",
        opinion: posted.some("opinion"),
        note: posted.some("note"),
    };
    match tried(app::ruling::decide(&page.ctx, asked).await)? {
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
