//! Acts as a list, and as a table to save.

use app::Listed;
use app::act::{ActLine, ActQuery, acts, acts_to_save, words};
use askama::Template;
use domain::act::ActSort;
use domain::calendar::words::chinese_date;
use domain::listing::PageSize;
use domain::policy::Action;

use super::row::{ActRow, row};
use crate::chrome::{Chrome, Pager};
use crate::error::{Answer, PageError};
use crate::form::Choice;
use crate::page::Page;
use crate::query::{Asked, address, choices, counted, csv, turns};

/// Rows of an export.
const EXPORT_MAX: usize = 5_000;

#[derive(Template)]
#[template(path = "act/list.html")]
struct ListPage {
    chrome: Chrome,
    acts: Vec<ActRow>,
    count: String,
    body: String,
    body_name: String,
    kinds: Vec<Choice>,
    sorts: Vec<Choice>,
    sizes: Vec<Choice>,
    from: String,
    to: String,
    text: String,
    waiting: bool,
    may_record: bool,
    csv: String,
    pager: Pager,
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let query = query_of(&page, &asked);
    let found = acts(&page.ctx, query.clone()).await?;
    let shown = ListPage::new(&page, &asked, query, found).await?;
    page.html(&shown)
}

impl ListPage {
    async fn new(
        page: &Page,
        asked: &Asked,
        query: ActQuery,
        found: Listed<ActLine>,
    ) -> Result<Self, PageError> {
        let world = page.ctx.app.world(page.who()?.home).await?;
        let kinds = world
            .act_kinds()
            .into_iter()
            .map(|k| (k.id.to_string(), k.title.clone()));
        let any = [(String::new(), "全部".to_owned())];
        let name = |b| world.structure.name(b, page.ctx.day()).to_owned();
        let sorts = ActSort::ALL.iter().map(|sort| (sort.code(), order(*sort)));
        let sizes =
            PageSize::ALL.map(|size| (size.rows().to_string(), format!("{}条", size.rows())));
        let sort = query.sort.unwrap_or(ActSort::Newest).code();
        let size = query.size.unwrap_or_default().rows().to_string();
        Ok(Self {
            chrome: page.chrome().await?,
            body: asked.text("body").to_owned(),
            body_name: query.body.map(name).unwrap_or_default(),
            kinds: choices(any.into_iter().chain(kinds), asked.text("kind")),
            sorts: choices(sorts, sort),
            sizes: choices(sizes, &size),
            from: asked.text("from").to_owned(),
            to: asked.text("to").to_owned(),
            text: query.text.unwrap_or_default(),
            waiting: query.waiting,
            may_record: page.may(Action::RecordAct) && page.ctx.as_of.is_none(),
            csv: here("/acts.csv", asked, ""),
            count: counted(&found),
            pager: turns(asked, &found, "条", |key| here("/acts", asked, key)),
            acts: found.rows.iter().map(row).collect(),
        })
    }
}

const fn order(sort: ActSort) -> &'static str {
    match sort {
        ActSort::Newest => "最近的在前",
        ActSort::Oldest => "最早的在前",
    }
}

/// The same list as a table to save.
pub(super) async fn export(page: Page, asked: Asked) -> Answer {
    let query = ActQuery {
        page: None,
        ..query_of(&page, &asked)
    };
    let found = acts_to_save(&page.ctx, query, EXPORT_MAX).await?;
    let rows = found.rows.iter().map(|a| {
        vec![
            chinese_date(a.occurred_on),
            words::kind(a).to_owned(),
            words::headline(a),
            words::did(a),
            words::mark(a.state).to_owned(),
        ]
    });
    let text = csv(&["日期", "种类", "内容", "由谁", "状态"], rows);
    Ok(Page::csv("acts.csv", text))
}

fn query_of(page: &Page, asked: &Asked) -> ActQuery {
    let (key, size) = asked.turn();
    ActQuery {
        kind: asked.read("kind"),
        body: asked.read("body"),
        from: asked.read("from"),
        to: asked.read("to"),
        waiting: asked.text("waiting") == "1" && page.may(Action::ViewAct),
        text: asked.0.some("q"),
        sort: asked.read("sort"),
        page: key,
        size,
    }
}

fn here(path: &str, asked: &Asked, page: &str) -> String {
    let of = |name| asked.text(name);
    let values = [
        ("kind", of("kind")),
        ("body", of("body")),
        ("from", of("from")),
        ("to", of("to")),
        ("waiting", of("waiting")),
        ("q", of("q")),
        ("sort", of("sort")),
        ("size", of("size")),
        ("page", page),
    ];
    address(path, &values)
}
