//! Relating two bodies from a day on, and ending a relation.

use app::FieldErrors;
use axum::extract::Path;
use domain::body::{Link, LinkKind};
use domain::id::BodyId;

use super::{BAD_DAY, finder, id_of, named, unknown};
use crate::error::{Answer, PageError};
use crate::form::{Choice, Field, FieldKind, Posted};
use crate::page::{Form, Page};
use crate::sheet::{Sheet, tried};

/// How the relation reads from the body whose page it is.
const WAYS: [(LinkKind, &str); 6] = [
    (LinkKind::Regulates, "直接监管（部门 → 企业）"),
    (LinkKind::Leads, "牵头（部门 → 专委会）"),
    (LinkKind::Enforces, "执法（部门 → 专委会）"),
    (LinkKind::Member, "是成员单位（单位 → 专委会）"),
    (LinkKind::KeyEnterprise, "是重点企业（企业 → 专委会）"),
    (LinkKind::Territory, "属地（乡镇 → 企业）"),
];

/// The form.
pub(super) async fn form(page: Page, Path(id): Path<String>) -> Answer {
    page.ctx.writable()?;
    sheet(&page, &id, &Posted::default(), &FieldErrors::new())
        .await?
        .answer(&page)
}

async fn sheet(
    page: &Page,
    id: &str,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<Sheet, PageError> {
    let body = app::body::show(&page.ctx, id_of(id)?).await?;
    let ways = WAYS
        .iter()
        .map(|(k, word)| Choice::new(k.code(), *word))
        .collect();
    let field = |name: &str| Field::of("body.link", name, posted);
    let fields = vec![
        field("kind")
            .kind(FieldKind::Select)
            .options(ways, posted)
            .errors(errors),
        finder(field("b")).errors(errors),
        field("from_on")
            .kind(FieldKind::Date)
            .or(page.ctx.today.to_string())
            .errors(errors),
    ];
    let path = format!("/bodies/{id}");
    let sheet = Sheet::new(page, "建立关系", &format!("{path}/link")).await?;
    let lead = format!(
        "{}在箭头左边。要从另一边建立，请到那个单位的页面。",
        body.name
    );
    Ok(sheet
        .crumb("单位", "/bodies")
        .crumb(body.name, path)
        .lead(lead)
        .fields(fields)
        .errors(errors)
        .save("建立"))
}

/// Relates them.
pub(super) async fn post(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let mut errors = FieldErrors::new();
    let done = match read(page, posted, id_of(&id)?, &mut errors).await? {
        Some(link) => tried(app::body::link(&page.ctx, link).await)?,
        None => Err(errors),
    };
    match done {
        Ok(_) => Ok(page.done(&format!("/bodies/{id}"), app::Verb::BodyLink)),
        Err(errors) => sheet(page, &id, posted, &errors).await?.answer(page),
    }
}

async fn read(
    page: &Page,
    posted: &Posted,
    a: BodyId,
    errors: &mut FieldErrors,
) -> Result<Option<Link>, PageError> {
    let b = named(page, posted.text("b")).await?;
    if b.is_none() {
        errors.add("b", unknown(posted.text("b")));
    }
    let kind = posted.must("kind", "请选择关系。", errors);
    let from_on = posted.must("from_on", BAD_DAY, errors);
    let (Some(kind), Some(b), Some(from_on)) = (kind, b, from_on) else {
        return Ok(None);
    };
    Ok(Some(Link {
        kind,
        a,
        b,
        from_on,
        to_on: None,
    }))
}

/// Ends a relation today.
pub(super) async fn end(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let unknown = || PageError(app::Error::NotFound("这种关系"));
    let kind = posted.text("kind").parse().map_err(|_| unknown())?;
    let a = posted.text("a").parse().map_err(|_| unknown())?;
    let b = posted.text("b").parse().map_err(|_| unknown())?;
    app::body::unlink(&page.ctx, kind, a, b, page.ctx.today).await?;
    Ok(page.done(&format!("/bodies/{id}"), app::Verb::BodyUnlink))
}
