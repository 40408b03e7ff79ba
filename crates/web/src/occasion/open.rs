//! Opening an occasion with its days, and taking one back that was opened by mistake.

use app::FieldErrors;
use app::door::Nothing;
use app::occasion::{DAYS_MAX, NewOccasion, kinds};
use axum::extract::Path;

use crate::error::{Answer, PageError};
use crate::form::{Choice, Field, FieldKind, Posted};
use crate::page::{Form, Page};
use crate::query::Asked;
use crate::sheet::{Sheet, tried};

/// The form; a suggested holiday comes with its days.
pub(super) async fn form(page: Page, asked: Asked) -> Answer {
    page.ctx.writable()?;
    sheet(&page, &asked.0, &FieldErrors::new())
        .await?
        .answer(&page)
}

async fn sheet(page: &Page, posted: &Posted, errors: &FieldErrors) -> Result<Sheet, PageError> {
    let kinds = kinds(&page.ctx, Nothing {}).await?.all;
    let kinds = kinds
        .iter()
        .map(|k| Choice::new(k.kind.as_str(), &k.title))
        .collect();
    let field = |name: &str| Field::of("occasion.open", name, posted);
    let days = format!("含首尾两天，一个节点最长 {DAYS_MAX} 天。");
    let fields = vec![
        field("kind")
            .kind(FieldKind::Select)
            .options(kinds, posted)
            .errors(errors),
        field("title").hint("例如 2026年国庆。").errors(errors),
        field("from_on").kind(FieldKind::Date).errors(errors),
        field("to_on")
            .kind(FieldKind::Date)
            .hint(days)
            .errors(errors),
    ];
    let sheet = Sheet::new(page, "设定重要节点", "/occasions").await?;
    Ok(sheet
        .crumb("重要节点", "/occasions")
        .lead("设定后，制度中要求“重要节点期间”做的事随即列入有关单位、岗位的职责。")
        .fields(fields)
        .errors(errors))
}

/// Opens it.
pub(super) async fn post(form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let mut errors = FieldErrors::new();
    let bad_day = "请填写日期，例如2026-11-05。";
    let kind = posted.must("kind", "请从列表中选择节点类别。", &mut errors);
    let from_on = posted.must("from_on", bad_day, &mut errors);
    let to_on = posted.must("to_on", bad_day, &mut errors);
    let done = match (kind, from_on, to_on) {
        (Some(kind), Some(from_on), Some(to_on)) => {
            let title = posted.text("title").to_owned();
            let new = NewOccasion {
                kind,
                title,
                from_on,
                to_on,
            };
            tried(app::occasion::open(&page.ctx, new).await)?
        }
        _ => Err(errors),
    };
    match done {
        Ok(_) => Ok(page.done("/occasions", app::Verb::OccasionOpen)),
        Err(errors) => sheet(page, posted, &errors).await?.answer(page),
    }
}

/// Withdraws it: its duties are owed no more.
pub(super) async fn withdraw(Path(id): Path<String>, form: Form) -> Answer {
    let id = id
        .parse()
        .map_err(|_| PageError(app::Error::NotFound("这个节点")))?;
    app::occasion::withdraw(&form.page.ctx, id).await?;
    Ok(form.page.done("/occasions", app::Verb::OccasionWithdraw))
}
