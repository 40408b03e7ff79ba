//! What the pack will be called, and from when it holds.

use app::FieldErrors;
use app::drafting::{HeadForm, SHORT_MAX, head, rename};
use axum::extract::Path;

use crate::error::{Answer, PageError};
use crate::form::{Field, FieldKind, Posted};
use crate::page::{Form, Page};
use crate::sheet::{Sheet, tried};

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
    let id = super::id_of(id)?;
    let (head, may_edit) = head(&page.ctx, id).await?;
    if !may_edit {
        return Err(PageError(app::Error::refused(
            app::Code::DraftDone,
            "这份起草已导入或已搁置，名称不能改。要修改的，请先点“接着改”或“恢复办理”。",
        )));
    }
    let path = format!("/packs/drafts/{id}");
    let text = |name: &str, label: &str, value: &str| {
        Field::new(name, label, posted).or(value).errors(errors)
    };
    let day = |name: &str, label: &str, value: &str| text(name, label, value).kind(FieldKind::Date);
    let fields = vec![
        text("title", "标题", &head.title).required().max(119),
        text("short", "简称", &head.short)
            .required()
            .max(SHORT_MAX)
            .hint("显示在职责旁边，几个字，例如“三大行动”。"),
        text("issuer", "发文机关", &head.issuer).max(60),
        text("number", "发文字号", &head.number).max(60),
        day("issued", "印发日期", &head.issued),
        day("from", "从哪一天起生效", &head.from).required(),
        day("to", "到哪一天失效（可空）", &head.to),
        text("id", "编号", &head.id)
            .required()
            .max(64)
            .hint("小写字母、数字和短横，定了不再改，例如 county-2026-fire。"),
        text("version", "版本", &head.version)
            .kind(FieldKind::Number)
            .required()
            .hint("第一次是 1；同一编号改了再导入，用更大的数。"),
    ];
    let sheet = Sheet::new(page, "填写制度名称", &format!("{path}/head")).await?;
    Ok(sheet
        .crumb("制度", "/packs")
        .crumb("起草", "/packs/drafts")
        .crumb(&head.title, &path)
        .lead("程序从文件开头读出的，请核对。")
        .fields(fields)
        .errors(errors))
}

/// Names it.
pub(super) async fn post(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let draft = super::id_of(&id)?;
    let text = |name: &str| posted.text(name).to_owned();
    let typed = HeadForm {
        id: text("id"),
        version: text("version"),
        title: text("title"),
        short: text("short"),
        issuer: text("issuer"),
        number: text("number"),
        issued: text("issued"),
        from: text("from"),
        to: text("to"),
    };
    let done = rename(&page.ctx, draft, &typed).await;
    let path = format!("/packs/drafts/{draft}/check");
    match tried(done.map_err(super::as_field))? {
        Ok(()) => Ok(page.done(&path, app::Verb::DraftRename)),
        Err(errors) => sheet(page, &id, posted, &errors).await?.answer(page),
    }
}
