//! What the pack will be called, and from when it holds.

use app::FieldErrors;
use app::drafting::{rename, show};
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
    let shown = show(&page.ctx, id).await?;
    let head = shown.head;
    if !shown.may_edit {
        return Err(PageError(app::Error::refused(
            app::Code::DraftDone,
            "这份起草已导入或已搁置，名称不能改。要修改的，请先点“接着改”或“恢复办理”。",
        )));
    }
    let path = format!("/packs/drafts/{id}");
    let text = |name: &str, value: &str| {
        let field = Field::of("draft.rename", name, posted).or(value);
        field.errors(errors)
    };
    let some = |day: Option<chrono::NaiveDate>| day.map(|d| d.to_string()).unwrap_or_default();
    let day = |name: &str, value: &str| text(name, value).kind(FieldKind::Date);
    let fields = vec![
        text("title", &head.title),
        text("short", &head.short).hint("显示在职责旁边，几个字，例如“三大行动”。"),
        text("issuer", &head.issuer),
        text("number", &head.number),
        day("issued", &some(head.issued)),
        day("from", &head.from.to_string()),
        day("to", &some(head.to)),
        text("pack", &head.pack).hint("小写字母、数字和短横，定了不再改，例如 county-2026-fire。"),
        text("version", &head.version.to_string())
            .kind(FieldKind::Number)
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
    let place = [("id", draft.to_string())];
    let done = match posted.input("draft.rename", &place) {
        Ok(asked) => rename(&page.ctx, asked).await,
        Err(wrong) => Err(wrong),
    };
    let path = format!("/packs/drafts/{draft}/check");
    match tried(done.map_err(super::as_field))? {
        Ok(_) => Ok(page.done(&path, app::Verb::DraftRename)),
        Err(errors) => sheet(page, &id, posted, &errors).await?.answer(page),
    }
}
