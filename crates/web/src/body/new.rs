//! Setting up a body.

use std::collections::BTreeMap;

use app::FieldErrors;
use app::body::{NAME_LONGEST, NewBody, NewEnterprise};
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
    let field = |name: &str, label: &str| Field::new(name, label, &posted);
    let list = |name: &str, label: &str, all: Vec<Choice>| {
        let field = field(name, label).kind(FieldKind::Select).required();
        field.options(all, &posted).errors(errors)
    };
    let fields = vec![
        list("kind", "类别", kinds.collect()),
        field("name", "名称")
            .required()
            .max(NAME_LONGEST)
            .errors(errors),
        finder("parent", "上级单位", &posted)
            .required()
            .errors(errors),
        list("level", "层级", levels.collect()),
        field("division", "区划代码")
            .max(12)
            .hint("行政区填 6、9 或 12 位；其他可不填。")
            .errors(errors),
        field("opened_on", "设立日期")
            .kind(FieldKind::Date)
            .required()
            .or(page.ctx.today.to_string())
            .errors(errors),
        field("uscc", "统一社会信用代码（企业填写）")
            .max(18)
            .errors(errors),
        field("industry", "行业（企业填写）").max(40).errors(errors),
        field("address", "地址（企业填写）").max(120).errors(errors),
        field("phone", "电话（企业填写）").max(40).errors(errors),
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
        Some(new) => tried(app::body::create(&page.ctx, new).await)?,
        None => Err(errors),
    };
    match done {
        Ok(id) => Ok(page.done(&format!("/bodies/{id}"), app::Verb::BodyCreate)),
        Err(errors) => sheet(page, posted, &errors).await?.answer(page),
    }
}

async fn read(
    page: &Page,
    posted: &Posted,
    errors: &mut FieldErrors,
) -> Result<Option<NewBody>, PageError> {
    let text = |name: &str| posted.text(name).to_owned();
    let parent = named(page, posted.text("parent")).await?;
    if parent.is_none() {
        errors.add("parent", unknown(posted.text("parent")));
    }
    let kind = posted.must("kind", "请选择类别。", errors);
    let level = posted.must("level", "请选择层级。", errors);
    let opened_on = posted.must("opened_on", BAD_DAY, errors);
    let (Some(kind), Some(level), Some(opened_on)) = (kind, level, opened_on) else {
        return Ok(None);
    };
    let enterprise = (kind == BodyKind::Enterprise).then(|| NewEnterprise {
        uscc: text("uscc"),
        industry: text("industry"),
        address: text("address"),
        phone: text("phone"),
    });
    Ok(Some(NewBody {
        id: None,
        kind,
        name: text("name"),
        parent,
        division: text("division"),
        level,
        // After all that have an order of their own, by division code.
        sort_key: format!("9{}", posted.text("division")),
        opened_on,
        attrs: BTreeMap::new(),
        enterprise,
    }))
}
