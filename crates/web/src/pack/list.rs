//! The packs that were imported, and what they ask of each body together.

use app::pack::{Burden, ListBurden, ListPacks, PackLine, burden, list};
use askama::Template;
use domain::id::Slug;
use domain::pack::PackKind;
use domain::policy::Action;

use super::words;
use crate::chrome::{Chrome, Crumb, Pager};
use crate::error::Answer;
use crate::form::Choice;
use crate::page::Page;
use crate::query::{Asked, address, sizes, turns};

struct Row {
    id: Slug,
    short: String,
    title: String,
    number: String,
    in_force: String,
    versions: Vec<u32>,
    duties: usize,
    overdue: usize,
}

fn row(pack: PackLine) -> Row {
    Row {
        id: pack.id,
        short: pack.short,
        title: pack.title,
        number: pack.number.unwrap_or_else(|| "字号未知".to_owned()),
        in_force: words::in_force(pack.in_force),
        versions: pack.versions,
        duties: pack.duties,
        overdue: pack.overdue,
    }
}

#[derive(Template)]
#[template(path = "pack/list.html")]
struct ListPage {
    chrome: Chrome,
    packs: Vec<Row>,
    words: Vec<Row>,
    may_apply: bool,
    pager: Pager,
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let (key, size) = asked.turn();
    let found = list(&page.ctx, ListPacks { page: key, size }).await?;
    let pager = turns(&asked, &found, "个", |key| here("/packs", &asked, key));
    let all = found.rows.into_iter();
    let (words, packs): (Vec<_>, Vec<_>) = all.partition(|p| p.kind == PackKind::Vocabulary);
    page.html(&ListPage {
        chrome: page.chrome().await?,
        packs: packs.into_iter().map(row).collect(),
        words: words.into_iter().map(row).collect(),
        may_apply: page.may(Action::ApplyPack) && page.ctx.as_of.is_none(),
        pager,
    })
}

fn here(path: &str, asked: &Asked, page: &str) -> String {
    address(path, &[("size", asked.text("size")), ("page", page)])
}

#[derive(Template)]
#[template(path = "pack/burden.html")]
struct BurdenPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    rows: Vec<Burden>,
    sizes: Vec<Choice>,
    pager: Pager,
}

/// What all packs in force ask of each body in a year.
pub(super) async fn show_burden(page: Page, asked: Asked) -> Answer {
    let (key, size) = asked.turn();
    let found = burden(&page.ctx, ListBurden { page: key, size }).await?;
    page.html(&BurdenPage {
        chrome: page.chrome().await?,
        crumbs: vec![Crumb::new("制度", "/packs")],
        sizes: sizes(&asked),
        pager: turns(&asked, &found, "个单位", |key| {
            here("/packs/burden", &asked, key)
        }),
        rows: found.rows,
    })
}
