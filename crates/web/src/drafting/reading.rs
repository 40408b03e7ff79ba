//! How far the reading of one's own file is; the page asks again by itself, with script or without.

use std::time::Duration;

use app::drafting::{Progress, Ticket, progress};
use askama::Template;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::chrome::{Chrome, Crumb};
use crate::error::Answer;
use crate::page::{Form, Page};

/// The page of one's own reading.
pub(super) const PATH: &str = "/packs/drafts/reading";
/// How often it is looked whether somebody still asks for a reading.
const SWEEP: Duration = Duration::from_secs(5);

#[derive(Template)]
#[template(path = "drafting/reading.html")]
struct ReadingPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    seen: Seen,
}

#[derive(Template)]
#[template(path = "drafting/progress.html")]
struct ProgressPart {
    seen: Seen,
}

/// The progress in words.
struct Seen {
    title: &'static str,
    name: String,
    text: String,
    is_open: bool,
}

fn seen(progress: Progress) -> Result<Seen, domain::id::DraftId> {
    let open = |name: String, title, text| Seen {
        title,
        name,
        text,
        is_open: true,
    };
    let ended = |name: String, title, text| Seen {
        title,
        name,
        text,
        is_open: false,
    };
    Ok(match progress {
        Progress::Drafted(id) => return Err(id),
        // Whoever is read now is the first.
        Progress::Waiting { name, before } => open(
            name,
            "等候读取",
            format!("正在读取，第 {} 位。", before + 1),
        ),
        Progress::Running { name } => open(name, "正在读取", "正在读取，第 1 位。".to_owned()),
        Progress::Not { name, sentence } => ended(name, "没有读入", sentence),
        Progress::None => ended(
            String::new(),
            "没有正在读取的文件",
            "刚才上传过的，请在“起草”中查看；没有列出的，请重新选择文件上传。".to_owned(),
        ),
    })
}

/// The page, or its part that changes; a file that was read leads to its draft.
pub(super) async fn show(page: Page) -> Answer {
    match seen(progress(&page.ctx)?) {
        Err(id) if page.is_part() => Ok(lead_on(&format!("/packs/drafts/{id}"))),
        Err(id) => Ok(page.done(&format!("/packs/drafts/{id}"), app::Verb::DraftOpen)),
        Ok(seen) if page.is_part() && !seen.is_open => Ok(lead_on(PATH)),
        Ok(seen) if page.is_part() => page.html(&ProgressPart { seen }),
        Ok(seen) => {
            let shown = ReadingPage {
                chrome: page.chrome().await?,
                crumbs: vec![
                    Crumb::new("制度", "/packs"),
                    Crumb::new("起草", "/packs/drafts"),
                ],
                seen,
            };
            page.html(&shown)
        }
    }
}

/// Tells htmx to open another page.
fn lead_on(path: &str) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert("hx-redirect", path);
    }
    response
}

/// Ends it.
pub(super) async fn cancel(form: Form) -> Answer {
    app::drafting::cancel(&form.page.ctx)?;
    Ok(form.page.leads(PATH))
}

/// The request waits no longer; the reading ends when its page is not asked for any more.
pub(super) fn hand_on(page: &Page, ticket: Ticket) {
    let (web, watch) = (page.web.clone(), ticket.hand_on(page.ctx.now));
    tokio::spawn(async move {
        while watch.sweep((web.clock)()) {
            tokio::time::sleep(SWEEP).await;
        }
    });
}
