//! Renaming, moving, merging and closing a body, each from a day on.

use app::FieldErrors;
use app::body::{BodyChange, BodySeen, show as body_page};
use axum::extract::Path;

use super::{BAD_DAY, finder, id_of, named, unknown};
use crate::error::{Answer, PageError};
use crate::form::{Field, FieldKind, Posted};
use crate::page::{Form, Page};
use crate::sheet::{Sheet, tried};

async fn sheet_for(
    page: &Page,
    id: &str,
    title: &str,
    verb: &str,
) -> Result<(Sheet, BodySeen), PageError> {
    page.ctx.writable()?;
    let body = body_page(&page.ctx, id_of(id)?).await?;
    if !body.may_edit {
        return Err(PageError(app::Error::Forbidden(
            domain::policy::Action::EditBody,
        )));
    }
    let path = format!("/bodies/{id}");
    let sheet = Sheet::new(
        page,
        &format!("{title}：{}", body.name),
        &format!("{path}/{verb}"),
    )
    .await?;
    let sheet = sheet
        .crumb("单位", "/bodies")
        .crumb(body.name.clone(), path)
        .hide("version", body.version.to_string());
    Ok((sheet, body))
}

fn day(field: Field, page: &Page, errors: &FieldErrors) -> Field {
    field
        .kind(FieldKind::Date)
        .or(page.ctx.today.to_string())
        .errors(errors)
}

/// The form for a new name, a new body above or a new division code.
pub(super) async fn form(page: Page, Path(id): Path<String>) -> Answer {
    change_sheet(&page, &id, &Posted::default(), &FieldErrors::new())
        .await?
        .answer(&page)
}

async fn change_sheet(
    page: &Page,
    id: &str,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<Sheet, PageError> {
    let (sheet, body) = sheet_for(page, id, "更名、移转", "change").await?;
    let above = body
        .path
        .last()
        .map(|above| above.name.clone())
        .unwrap_or_default();
    let field = |name: &str| Field::of("body.change", name, posted);
    let fields = vec![
        field("name").or(body.name).required().errors(errors),
        finder(field("parent")).or(above).errors(errors),
        field("division").or(body.division).errors(errors),
        day(field("from_on"), page, errors),
    ];
    Ok(sheet
        .lead("变更前的情况留作沿革，以前各期仍按当时的情况计算。")
        .fields(fields)
        .errors(errors))
}

/// Changes it.
pub(super) async fn post(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let body = body_page(&page.ctx, id_of(&id)?).await?;
    let mut errors = FieldErrors::new();
    let from_on = posted.must("from_on", BAD_DAY, &mut errors);
    let change = read(page, posted, &body, &mut errors).await?;
    let version = posted.text("version").parse().unwrap_or(0);
    let done = match from_on.filter(|_| errors.is_empty()) {
        Some(on) => tried(app::body::change(&page.ctx, body.id, version, on, change).await)?,
        None => Err(errors),
    };
    match done {
        Ok(_) => Ok(page.done(&format!("/bodies/{id}"), app::Verb::BodyChange)),
        Err(errors) => change_sheet(page, &id, posted, &errors).await?.answer(page),
    }
}

/// What differs from how the body stands now.
async fn read(
    page: &Page,
    posted: &Posted,
    body: &BodySeen,
    errors: &mut FieldErrors,
) -> Result<BodyChange, PageError> {
    let parent = named(page, posted.text("parent")).await?;
    if parent.is_none() && !posted.text("parent").is_empty() {
        errors.add("parent", unknown(posted.text("parent")));
    }
    let above = body.path.last().map(|above| above.id);
    Ok(BodyChange {
        name: posted.some("name").filter(|n| *n != body.name),
        parent: parent.filter(|p| Some(*p) != above),
        division: posted.some("division").filter(|d| *d != body.division),
        ..BodyChange::default()
    })
}

/// The form for closing.
pub(super) async fn close_form(page: Page, Path(id): Path<String>) -> Answer {
    close_sheet(&page, &id, &Posted::default(), &FieldErrors::new())
        .await?
        .answer(&page)
}

async fn close_sheet(
    page: &Page,
    id: &str,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<Sheet, PageError> {
    let (sheet, _) = sheet_for(page, id, "撤销单位", "close").await?;
    let fields = vec![day(Field::of("body.close", "on", posted), page, errors)];
    Ok(sheet
        .lead("撤销后不再产生职责，历史记录仍可查看。与别的单位合并的，请用“合并”，记录才会计入承接单位。")
        .fields(fields)
        .errors(errors)
        .save("撤销")
        .red())
}

/// Closes it.
pub(super) async fn close(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let mut errors = FieldErrors::new();
    let version = posted.text("version").parse().unwrap_or(0);
    let done = match posted.must("on", BAD_DAY, &mut errors) {
        Some(on) => tried(app::body::close(&page.ctx, id_of(&id)?, version, on).await)?,
        None => Err(errors),
    };
    match done {
        Ok(_) => Ok(page.done(&format!("/bodies/{id}"), app::Verb::BodyClose)),
        Err(errors) => close_sheet(page, &id, posted, &errors).await?.answer(page),
    }
}

/// The form for merging.
pub(super) async fn merge_form(page: Page, Path(id): Path<String>) -> Answer {
    merge_sheet(&page, &id, &Posted::default(), &FieldErrors::new())
        .await?
        .answer(&page)
}

async fn merge_sheet(
    page: &Page,
    id: &str,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<Sheet, PageError> {
    let (sheet, _) = sheet_for(page, id, "并入其他单位", "merge").await?;
    let field = |name: &str| Field::of("body.merge", name, posted);
    let fields = vec![
        finder(field("into")).errors(errors),
        day(field("on"), page, errors),
    ];
    Ok(sheet
        .lead("合并后原单位撤销，它的记录计入承接单位，下级单位和属地企业一并划转，历史仍可查看。")
        .fields(fields)
        .errors(errors)
        .save("合并")
        .red())
}

/// Merges it into another.
pub(super) async fn merge(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let mut errors = FieldErrors::new();
    let into = named(page, posted.text("into")).await?;
    if into.is_none() {
        errors.add("into", unknown(posted.text("into")));
    }
    let on = posted.must("on", BAD_DAY, &mut errors);
    let done = match (into, on) {
        (Some(into), Some(on)) => {
            tried(app::body::merge(&page.ctx, id_of(&id)?, into, on).await)?.map(|_| into)
        }
        _ => Err(errors),
    };
    match done {
        Ok(into) => Ok(page.done(&format!("/bodies/{into}"), app::Verb::BodyMerge)),
        Err(errors) => merge_sheet(page, &id, posted, &errors).await?.answer(page),
    }
}
