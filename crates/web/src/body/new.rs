//! Setting up a body.

use app::FieldErrors;
use app::body::CreateBody;
use domain::body::{BodyKind, Level};
use domain::id::BodyId;

use super::{BAD_DAY, finder, named, unknown};
use crate::error::{Answer, PageError};
use crate::form::{Choice, Field, FieldKind, Posted};
use crate::page::{Form, Page};
use crate::query::Asked;
use crate::sheet::{Sheet, tried};

/// The form; `parent` in the address is filled in.
pub(super) async fn form(page: Page, asked: Asked) -> Answer {
    page.ctx.writable()?;
    sheet(&page, &asked.0, &FieldErrors::new())
        .await?
        .answer(&page)
}

async fn sheet(page: &Page, posted: &Posted, errors: &FieldErrors) -> Result<Sheet, PageError> {
    let world = page.ctx.app.world(page.who()?.home).await?;
    let mut posted = posted.clone();
    if let Ok(id) = posted.text("parent").parse::<BodyId>() {
        let name = world.structure.name(id, page.ctx.today).to_owned();
        posted.0.retain(|(n, _)| n != "parent");
        posted.0.push(("parent".to_owned(), name));
    }
    let kinds = BodyKind::ALL
        .iter()
        .map(|k| Choice::new(k.code(), app::words::body_kind(*k)));
    let levels = Level::ALL
        .iter()
        .map(|l| Choice::new(l.code(), app::words::level(*l)));
    let field = |name: &str| Field::of("body.create", name, &posted).errors(errors);
    let list = |name: &str, all: Vec<Choice>| {
        let field = field(name).kind(FieldKind::Select);
        field.options(all, &posted)
    };
    let fields = vec![
        list("kind", kinds.collect()),
        field("name"),
        finder(field("parent")),
        list("level", levels.collect()),
        field("division").hint("行政区填 6、9 或 12 位；其他可不填。"),
        field("opened_on")
            .kind(FieldKind::Date)
            .or(page.ctx.today.to_string()),
        field("uscc"),
        field("industry"),
        field("address"),
        field("phone"),
    ];
    let sheet = Sheet::new(page, "设立单位", "/bodies").await?;
    Ok(sheet
        .crumb("单位", "/bodies")
        .fields(fields)
        .errors(errors)
        .save("设立"))
}

/// Sets it up.
pub(super) async fn post(form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let mut errors = FieldErrors::new();
    let new = read(page, posted, &mut errors).await?;
    let done = match new.filter(|_| errors.is_empty()) {
        Some(new) => tried(app::body::create(&page.ctx, new.into()).await)?,
        None => Err(errors),
    };
    match done {
        Ok(made) => Ok(page.done(&format!("/bodies/{}", made.id), app::Verb::BodyCreate)),
        Err(errors) => sheet(page, posted, &errors).await?.answer(page),
    }
}

async fn read(
    page: &Page,
    posted: &Posted,
    errors: &mut FieldErrors,
) -> Result<Option<CreateBody>, PageError> {
    let parent = named(page, posted.text("parent")).await?;
    if parent.is_none() {
        errors.add("parent", unknown(posted.text("parent")));
    }
    let kind = posted.must("kind", "请选择类别。", errors);
    let level = posted.must("level", "请选择层级。", errors);
    let opened_on = posted.must("opened_on", BAD_DAY, errors);
    let (Some(kind), Some(level), Some(opened_on), Some(parent)) = (kind, level, opened_on, parent)
    else {
        return Ok(None);
    };
    Ok(Some(CreateBody {
        kind,
        name: posted.text("name").to_owned(),
        parent,
        level,
        division: posted.some("division"),
        opened_on,
        uscc: posted.some("uscc"),
        industry: posted.some("industry"),
        address: posted.some("address"),
        phone: posted.some("phone"),
    }))
}
