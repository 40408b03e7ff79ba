//! The drafts of the county, and reading a notice in.

use std::time::Duration;

use app::FieldErrors;
use app::drafting::{Begun, DraftSeen, ListDrafts, Progress, Ticket, begin, list, progress, words};
use askama::Template;

use crate::chrome::{Chrome, Crumb, Pager};
use crate::error::{Answer, PageError};
use crate::form::{Posted, Wrong, summary};
use crate::page::Page;
use crate::query::{Asked, address, turns};
use crate::sheet::tried;
use crate::upload::Upload;

use super::reading;
use super::words::{made_path, opened};

/// A draft in words.
struct Row {
    id: domain::id::DraftId,
    title: String,
    name: String,
    /// 12 条，待核 3 条.
    left: String,
    state: &'static str,
    /// The page of the pack that was made of it; empty where there is none.
    made: String,
    opened: String,
    changed: String,
}

fn row(line: DraftSeen) -> Row {
    Row {
        id: line.id,
        left: match line.undecided {
            0 if line.elements == 0 => "没有条目".to_owned(),
            0 => format!("{} 条，已核完", line.elements),
            n => format!("{} 条，待核 {n} 条", line.elements),
        },
        state: words::state(line.state),
        made: made_path(line.made.as_ref()),
        opened: opened(&line),
        changed: app::words::instant(line.changed_at.ms()),
        title: line.title,
        name: line.name,
    }
}

#[derive(Template)]
#[template(path = "drafting/list.html")]
struct ListPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    errors: Vec<Wrong>,
    drafts: Vec<Row>,
    closed: bool,
    may_open: bool,
    /// A file of one's own is still being read.
    reading: bool,
    pager: Pager,
}

async fn list_page(
    page: &Page,
    asked: &Asked,
    errors: &FieldErrors,
) -> Result<ListPage, PageError> {
    let closed = asked.text("closed") == "1";
    let flag = if closed { "1" } else { "" };
    let (key, size) = asked.turn();
    let query = ListDrafts {
        closed: Some(closed),
        page: key,
        size,
    };
    let found = list(&page.ctx, query).await?;
    let own = progress(&page.ctx)?;
    let mut chrome = page.chrome().await?;
    chrome.failed = !errors.is_empty();
    let at = |key: &str| {
        let values = [
            ("closed", flag),
            ("size", asked.text("size")),
            ("page", key),
        ];
        address("/packs/drafts", &values)
    };
    Ok(ListPage {
        chrome,
        crumbs: vec![Crumb::new("制度", "/packs")],
        errors: summary(errors),
        closed,
        may_open: page.ctx.as_of.is_none(),
        reading: matches!(own, Progress::Waiting { .. } | Progress::Running { .. }),
        pager: turns(asked, &found, "份", at),
        drafts: found.rows.into_iter().map(row).collect(),
    })
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let shown = list_page(&page, &asked, &FieldErrors::new()).await?;
    page.html(&shown)
}

/// How long the request that sends a notice waits for it before a page of its own tells how far
/// it is: nearly every notice is read by then.
const WAIT: Duration = Duration::from_secs(3);

/// Reads a notice in.
pub(super) async fn post(upload: Upload) -> Answer {
    let Upload {
        page,
        posted,
        files,
        taken,
    } = upload;
    let Some(file) = files.into_iter().next() else {
        return again(&page, posted, &one("请选择一个文件。")).await;
    };
    let begun = begin(&page.ctx, &file.name, file.bytes);
    // From here on the queue bounds what is kept.
    drop(taken);
    match tried(begun)? {
        Ok(Begun::New(ticket)) => waited(&page, posted, ticket).await,
        Ok(Begun::Before) => Ok(page.leads(reading::PATH)),
        Err(errors) => again(&page, posted, &errors).await,
    }
}

/// The draft, or what is wrong with the file; after a while, the page of its progress.
async fn waited(page: &Page, posted: Posted, mut ticket: Ticket) -> Answer {
    let Ok(read) = tokio::time::timeout(WAIT, ticket.ended()).await else {
        reading::hand_on(page, ticket);
        return Ok(page.leads(reading::PATH));
    };
    match tried(read)? {
        Ok(id) => Ok(page.done(&format!("/packs/drafts/{id}"), app::Verb::DraftOpen)),
        Err(errors) => again(page, posted, &errors).await,
    }
}

async fn again(page: &Page, posted: Posted, errors: &FieldErrors) -> Answer {
    let shown = list_page(page, &Asked(posted), errors).await?;
    page.refused(&shown)
}

fn one(message: &str) -> FieldErrors {
    let mut errors = FieldErrors::new();
    errors.add("file", message);
    errors
}
