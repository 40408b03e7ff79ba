//! One act: what happened, what it counts for, its versions and files.

use app::FieldErrors;
use app::act::{ActPage, show as act_page};
use askama::Template;
use axum::extract::Path;
use domain::id::ActId;

use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::form::{Field, FieldKind, Posted, Wrong, summary};
use crate::page::Page;

struct FileRow {
    href: String,
    remove: String,
    name: String,
    note: String,
}

#[derive(Template)]
#[template(path = "act/show.html")]
pub(super) struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    act: ActPage,
    files: Vec<FileRow>,
    errors: Vec<Wrong>,
    opinion: Field,
    reason: Field,
    upload_hint: String,
    upload_accept: String,
    /// Why it counts for nothing.
    uncounted: &'static str,
}

/// The id in an address; nonsense is not found.
pub(super) fn id_of(text: &str) -> Result<ActId, PageError> {
    text.parse()
        .map_err(|_| PageError(app::Error::NotFound("这条记录")))
}

/// The page of an act.
pub(super) async fn show(page: Page, Path(id): Path<String>) -> Answer {
    let shown = show_page(&page, id_of(&id)?, &Posted::default(), &FieldErrors::new()).await?;
    page.html(&shown)
}

/// The page with the messages of a form on it.
pub(super) async fn show_page(
    page: &Page,
    id: ActId,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<ShowPage, PageError> {
    let act = act_page(&page.ctx, id).await?;
    let settings = &page.ctx.app.settings;
    let files = act.files.iter().map(|f| FileRow {
        href: format!("/acts/{id}/files/{}", f.n),
        remove: format!("/acts/{id}/files/{}/remove", f.n),
        name: f.name.clone(),
        note: f.size.clone(),
    });
    let lines = |name: &str, label: &str| {
        Field::new(name, label, posted)
            .kind(FieldKind::Lines)
            .max(500)
            .errors(errors)
    };
    let mut chrome = page.chrome().await?;
    chrome.failed = !errors.is_empty();
    Ok(ShowPage {
        chrome,
        crumbs: vec![Crumb::new("履职记录", "/acts")],
        files: files.collect(),
        errors: summary(errors),
        opinion: lines("opinion", "意见").hint("退回的，请写明要改什么；对方须在期限内重新报送。"),
        reason: lines("reason", "撤回的理由").required(),
        upload_hint: format!(
            "照片、文档，每个不超过 {} MB，最多 {} 个。照片可不拍。",
            settings.upload_max / 1_048_576,
            settings.files_max
        ),
        upload_accept: app::file::endings(),
        uncounted: match act.mark {
            "已撤回" => "记录已撤回，不计入任何职责。",
            "已退回" => "报送已退回。重新报送后计入；请看“经过”里退回的意见。",
            _ if act.more_meets > 0 => "它计入其他单位的职责，不在您的查看范围内。",
            _ => {
                "这条记录没有计入任何职责：日期、角色、方式与要求不符，或录入时已经锁定。\
                 职责的页面上写明了不计的原因。"
            }
        },
        act,
    })
}
