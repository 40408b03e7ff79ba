//! Bodies as a list, and the names offered while one is typed.

use app::body::{BodyLine, ListBodies, OPTIONS_MAX, list};
use askama::Template;
use domain::body::{BodyKind, BodySort};
use domain::policy::Action;

use crate::chrome::{Chrome, Pager};
use crate::error::Answer;
use crate::page::Page;
use crate::query::{Asked, address, counted, turns};

struct Tab {
    label: &'static str,
    href: String,
    chosen: bool,
}

/// A body in words.
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) parent: String,
    pub(crate) code: String,
    pub(crate) closed: bool,
}

impl Line {
    pub(crate) fn of(body: BodyLine) -> Self {
        Self {
            id: body.id.to_string(),
            name: body.name,
            kind: app::words::body_kind(body.kind),
            parent: body.parent.map(|above| above.name).unwrap_or_default(),
            code: body.uscc.unwrap_or(body.division),
            closed: body.closed,
        }
    }
}

#[derive(Template)]
#[template(path = "body/list.html")]
struct ListPage {
    chrome: Chrome,
    lines: Vec<Line>,
    count: String,
    tabs: Vec<Tab>,
    kind: String,
    text: String,
    closed: bool,
    by_name: bool,
    may_edit: bool,
    pager: Pager,
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let (key, size) = asked.turn();
    let query = ListBodies {
        kind: asked.read("kind"),
        text: asked.0.some("q"),
        below: None,
        closed: Some(asked.text("closed") == "1"),
        sort: asked.read("sort"),
        page: key,
        size,
    };
    let found = list(&page.ctx, query.clone()).await?;
    page.html(&ListPage {
        chrome: page.chrome().await?,
        tabs: tabs(&query),
        kind: asked.text("kind").to_owned(),
        may_edit: page.may(Action::EditBody) && page.ctx.as_of.is_none(),
        pager: turns(&asked, &found, "个", |key| here(&query, query.kind, key)),
        count: counted(&found),
        text: query.text.unwrap_or_default(),
        closed: query.closed == Some(true),
        by_name: query.sort == Some(BodySort::Name),
        lines: found.rows.into_iter().map(Line::of).collect(),
    })
}

fn here(query: &ListBodies, kind: Option<BodyKind>, key: &str) -> String {
    let size = query.size.map(|size| size.rows().to_string());
    let values = [
        ("kind", kind.map_or("", BodyKind::code)),
        ("q", query.text.as_deref().unwrap_or_default()),
        ("closed", if query.closed == Some(true) { "1" } else { "" }),
        ("sort", query.sort.map_or("", BodySort::code)),
        ("size", size.as_deref().unwrap_or_default()),
        ("page", key),
    ];
    address("/bodies", &values)
}

fn tabs(query: &ListBodies) -> Vec<Tab> {
    let all = [
        None,
        Some(BodyKind::Jurisdiction),
        Some(BodyKind::Department),
        Some(BodyKind::SpecialCommittee),
        Some(BodyKind::Enterprise),
        Some(BodyKind::VillageCommittee),
        Some(BodyKind::Zone),
    ];
    let tab = |kind: Option<BodyKind>| Tab {
        label: kind.map_or("全部", app::words::body_kind),
        href: here(query, kind, ""),
        chosen: query.kind == kind,
    };
    all.into_iter().map(tab).collect()
}

#[derive(Template)]
#[template(path = "body/options.html")]
struct Options {
    names: Vec<String>,
}

/// Names for the list beside a field: `q`, or the field that is being typed into.
pub(super) async fn options(page: Page, asked: Asked) -> Answer {
    let field = asked.text("field");
    let text = if asked.0.has("q") {
        asked.text("q")
    } else {
        asked.text(field)
    };
    let found = app::body::options(&page.ctx, text, OPTIONS_MAX).await?;
    page.html(&Options {
        names: found.into_iter().map(|body| body.name).collect(),
    })
}
