//! Bodies as a list, and the names offered while one is typed.

use app::body::{BodyList, BodyQuery, PAGE, list};
use askama::Template;
use domain::body::BodyKind;
use domain::policy::Action;

use crate::chrome::{Chrome, Pager};
use crate::error::Answer;
use crate::page::Page;
use crate::query::{Asked, address};

/// Names offered while one is typed.
pub(super) const OPTIONS_MAX: usize = 20;

struct Tab {
    label: &'static str,
    href: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "body/list.html")]
struct ListPage {
    chrome: Chrome,
    list: BodyList,
    tabs: Vec<Tab>,
    kind: String,
    text: String,
    closed: bool,
    may_edit: bool,
    pager: Pager,
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let query = BodyQuery {
        kind: asked.read("kind"),
        text: asked.text("q").to_owned(),
        closed: asked.text("closed") == "1",
        skip: asked.skip(),
        limit: PAGE,
    };
    let list = list(&page.ctx, &query).await?;
    page.html(&ListPage {
        chrome: page.chrome().await?,
        tabs: tabs(&query),
        kind: asked.text("kind").to_owned(),
        may_edit: page.may(Action::EditBody) && page.ctx.as_of.is_none(),
        pager: pager_of(&query, &list),
        text: query.text,
        closed: query.closed,
        list,
    })
}

fn pager_of(query: &BodyQuery, list: &BodyList) -> Pager {
    let (skip, shown) = (query.skip, list.lines.len());
    let back = skip.saturating_sub(PAGE);
    Pager {
        text: format!("第 {}—{}，共 {} 个", skip + 1, skip + shown, list.count),
        first: if back > 0 {
            here(query, 0)
        } else {
            String::new()
        },
        previous: if skip > 0 {
            here(query, back)
        } else {
            String::new()
        },
        next: if list.next.is_some() {
            here(query, skip + shown)
        } else {
            String::new()
        },
    }
}

fn here(query: &BodyQuery, skip: usize) -> String {
    let skip = if skip == 0 {
        String::new()
    } else {
        skip.to_string()
    };
    let values = [
        ("kind", query.kind.map_or("", BodyKind::code)),
        ("q", query.text.as_str()),
        ("closed", if query.closed { "1" } else { "" }),
        ("skip", skip.as_str()),
    ];
    address("/bodies", &values)
}

fn tabs(query: &BodyQuery) -> Vec<Tab> {
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
        href: here(
            &BodyQuery {
                kind,
                skip: 0,
                ..query.clone()
            },
            0,
        ),
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
        names: found.into_iter().map(|(_, name)| name).collect(),
    })
}
