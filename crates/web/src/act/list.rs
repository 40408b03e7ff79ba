//! Acts as a list, and as a table to save.

use app::act::{ActQuery, Acts, acts};
use askama::Template;
use domain::policy::Action;

use crate::chrome::{Chrome, Pager};
use crate::error::{Answer, PageError};
use crate::form::Choice;
use crate::page::Page;
use crate::query::{Asked, address, choices, csv};

/// Rows of an export.
const EXPORT_MAX: usize = 5_000;

#[derive(Template)]
#[template(path = "act/list.html")]
struct ListPage {
    chrome: Chrome,
    acts: Acts,
    body: String,
    body_name: String,
    kinds: Vec<Choice>,
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
    let query = query_of(&page, &asked, 0);
    let found = acts(&page.ctx, &query).await?;
    let shown = ListPage::new(&page, &asked, query, found).await?;
    page.html(&shown)
}

impl ListPage {
    async fn new(
        page: &Page,
        asked: &Asked,
        query: ActQuery,
        found: Acts,
    ) -> Result<Self, PageError> {
        let world = page.ctx.app.world(page.who()?.home).await?;
        let kinds = world
            .act_kinds()
            .into_iter()
            .map(|k| (k.id.to_string(), k.title.clone()));
        let any = [(String::new(), "全部".to_owned())];
        let name = |b| world.structure.name(b, page.ctx.day()).to_owned();
        let next = found.next.as_deref().map(|n| here("/acts", asked, n));
        let again = query.after.is_some();
        Ok(Self {
            chrome: page.chrome().await?,
            body: asked.text("body").to_owned(),
            body_name: query.body.map(name).unwrap_or_default(),
            kinds: choices(any.into_iter().chain(kinds), asked.text("kind")),
            from: asked.text("from").to_owned(),
            to: asked.text("to").to_owned(),
            text: query.text,
            waiting: query.waiting,
            may_record: page.may(Action::RecordAct) && page.ctx.as_of.is_none(),
            csv: here("/acts.csv", asked, ""),
            pager: Pager {
                text: format!("本页 {} 条，共 {} 条", found.lines.len(), found.count),
                first: if again {
                    here("/acts", asked, "")
                } else {
                    String::new()
                },
                previous: String::new(),
                next: next.unwrap_or_default(),
            },
            acts: found,
        })
    }
}

/// The same list as a table to save.
pub(super) async fn export(page: Page, asked: Asked) -> Answer {
    let query = ActQuery {
        after: None,
        ..query_of(&page, &asked, EXPORT_MAX)
    };
    let found = acts(&page.ctx, &query).await?;
    let rows = found.lines.iter().map(|a| {
        let mark = a.mark.to_owned();
        vec![
            a.day.clone(),
            a.kind.clone(),
            a.headline.clone(),
            a.did.clone(),
            mark,
        ]
    });
    let text = csv(&["日期", "种类", "内容", "由谁", "状态"], rows);
    Ok(Page::csv("acts.csv", text))
}

fn query_of(page: &Page, asked: &Asked, limit: usize) -> ActQuery {
    ActQuery {
        kind: asked.0.some("kind"),
        body: asked.read("body"),
        from: asked.read("from"),
        to: asked.read("to"),
        waiting: asked.text("waiting") == "1" && page.may(Action::ViewAct),
        text: asked.text("q").to_owned(),
        after: asked.0.some("after"),
        limit,
    }
}

fn here(path: &str, asked: &Asked, after: &str) -> String {
    let of = |name| asked.text(name);
    let values = [
        ("kind", of("kind")),
        ("body", of("body")),
        ("from", of("from")),
        ("to", of("to")),
        ("waiting", of("waiting")),
        ("q", of("q")),
        ("after", after),
    ];
    address(path, &values)
}
