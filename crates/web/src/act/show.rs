//! One act: what happened, what it counts for, its versions and files.

use app::FieldErrors;
use app::act::{ActPage, ActVersionSeen, show as act_page, words};
use app::words::{act_step, instant, part_role};
use askama::Template;
use axum::extract::Path;
use domain::act::ActState;
use domain::calendar::words::{chinese_date, period_name};
use domain::id::ActId;

use super::row::{ActRow, MeetsRow, meets_row, row};
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

struct PartRow {
    role: &'static str,
    href: String,
    name: String,
}

struct FieldRow {
    title: String,
    value: String,
}

struct VersionRow {
    version: i64,
    step: &'static str,
    by: String,
    at: String,
    reason: String,
    changes: Vec<String>,
}

#[derive(Template)]
#[template(path = "act/show.html")]
pub(super) struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    /// Ends every address of this act.
    act: String,
    version: i64,
    head: ActRow,
    period: String,
    answer_by: Option<String>,
    parts: Vec<PartRow>,
    fields: Vec<FieldRow>,
    meets: Vec<MeetsRow>,
    versions: Vec<VersionRow>,
    may_amend: bool,
    may_judge: bool,
    may_submit_again: bool,
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
    let found = act_page(&page.ctx, id).await?;
    let lines = |name: &str, label: &str| {
        Field::new(name, label, posted)
            .kind(FieldKind::Lines)
            .max(500)
            .errors(errors)
    };
    let mut chrome = page.chrome().await?;
    chrome.failed = !errors.is_empty();
    let settings = &page.ctx.app.settings;
    let act = &found.act;
    Ok(ShowPage {
        chrome,
        crumbs: vec![Crumb::new("履职记录", "/acts")],
        errors: summary(errors),
        opinion: lines("opinion", "意见").hint("退回的，请写明要改什么；对方须在期限内重新报送。"),
        reason: lines("reason", "撤回的理由").required(),
        upload_hint: format!(
            "照片、文档，每个不超过 {} MB，最多 {} 个。照片可不拍。",
            settings.upload_max / 1_048_576,
            settings.files_max
        ),
        upload_accept: app::file::endings(),
        uncounted: uncounted(&found),
        act: id.to_string(),
        version: act.version,
        head: row(act),
        period: act.period.map(period_name).unwrap_or_default(),
        answer_by: found.answer_by.map(chinese_date),
        parts: parts(&found),
        fields: fields(&found),
        versions: versions(&found.versions),
        files: files(id, &found),
        may_amend: found.may_amend,
        may_judge: found.may_judge,
        may_submit_again: found.may_submit_again,
        meets: found.meets.into_iter().map(meets_row).collect(),
    })
}

/// Why it counts for nothing.
const fn uncounted(found: &ActPage) -> &'static str {
    match found.act.state {
        ActState::Withdrawn => "记录已撤回，不计入任何职责。",
        ActState::SentBack => "报送已退回。重新报送后计入；请看“经过”里退回的意见。",
        ActState::Recorded | ActState::Waiting | ActState::Accepted if found.more_meets > 0 => {
            "它计入其他单位的职责，不在您的查看范围内。"
        }
        ActState::Recorded | ActState::Waiting | ActState::Accepted => {
            "这条记录没有计入任何职责：日期、角色、方式与要求不符，或录入时已经锁定。\
             职责的页面上写明了不计的原因。"
        }
    }
}

fn parts(found: &ActPage) -> Vec<PartRow> {
    let row = |p: &app::act::ActPart| PartRow {
        role: part_role(p.role),
        href: format!("/bodies/{}", p.body),
        name: p.name.clone(),
    };
    found.act.parts.iter().map(row).collect()
}

fn fields(found: &ActPage) -> Vec<FieldRow> {
    let row = |f: &app::act::ActField| FieldRow {
        title: f.title.clone(),
        value: words::value(f),
    };
    found.fields.iter().map(row).collect()
}

/// Versions, newest first, each with what it changed against the one before.
fn versions(all: &[ActVersionSeen]) -> Vec<VersionRow> {
    let before = all.iter().skip(1).map(Some).chain([None]);
    let row = |(v, before): (&ActVersionSeen, Option<&ActVersionSeen>)| VersionRow {
        version: v.version,
        step: act_step(v.step),
        by: v.person_name.clone().unwrap_or_else(|| "系统".to_owned()),
        at: instant(v.at.ms()),
        reason: v.reason.clone(),
        changes: before.map(|b| words::changes(b, v)).unwrap_or_default(),
    };
    all.iter().zip(before).map(row).collect()
}

fn files(id: ActId, found: &ActPage) -> Vec<FileRow> {
    let row = |f: &app::file::FileSeen| FileRow {
        href: format!("/acts/{id}/files/{}", f.n),
        remove: format!("/acts/{id}/files/{}/remove", f.n),
        name: f.name.clone(),
        note: app::file::size(f.bytes),
    };
    found.files.iter().map(row).collect()
}
