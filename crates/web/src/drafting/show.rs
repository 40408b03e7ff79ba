//! A draft: the text with its marks on the left, the elements on the right.

use app::drafting::{Counts, DraftPage, Only, show as draft_page};
use askama::Template;
use axum::extract::Path;
use domain::id::DraftId;

use crate::chrome::{Chrome, Crumb, Pager};
use crate::error::{Answer, PageError};
use crate::form::{Choice, Wrong};
use crate::page::Page;
use crate::query::{Asked, address};

#[derive(Template)]
#[template(path = "drafting/show.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    errors: Vec<Wrong>,
    page: DraftPage,
    only: String,
    filters: Vec<(String, Choice)>,
    pager: Pager,
    typed: String,
}

/// The page.
pub(super) async fn show(page: Page, Path(id): Path<String>, asked: Asked) -> Answer {
    let shown = show_page(&page, &id, &asked, Vec::new()).await?;
    page.html(&shown)
}

/// The page once more, with what was refused on it.
pub(super) async fn again(page: &Page, id: &str, asked: &Asked, errors: Vec<Wrong>) -> Answer {
    let shown = show_page(page, id, asked, errors).await?;
    page.refused(&shown)
}

/// The ways to see fewer elements, each with its address and how many it shows.
pub(super) fn filters(id: DraftId, counts: Counts, only: &str) -> Vec<(String, Choice)> {
    let path = format!("/packs/drafts/{id}");
    let filters = [
        ("", "全部", counts.all),
        ("open", "待核", counts.open),
        ("accepted", "采用", counts.accepted),
        ("gone", "不用、并入", counts.gone),
        ("unsure", "把握不足九成", counts.unsure),
    ];
    let filters = filters.into_iter().map(|(value, label, n)| {
        let mut choice = Choice::new(value, format!("{label} {n}"));
        choice.chosen = value == only;
        (address(&path, &[("only", value)]), choice)
    });
    filters.collect()
}

async fn show_page(
    page: &Page,
    id: &str,
    asked: &Asked,
    errors: Vec<Wrong>,
) -> Result<ShowPage, PageError> {
    let only = asked.text("only").to_owned();
    let number = asked.read("page").unwrap_or(1);
    let found = draft_page(&page.ctx, super::id_of(id)?, Only::read(&only), number).await?;
    let path = format!("/packs/drafts/{}", found.id);
    let mut chrome = page.chrome().await?;
    chrome.failed = !errors.is_empty();
    let at = |n: usize| {
        let n = if n > 1 { n.to_string() } else { String::new() };
        format!("{}#items", address(&path, &[("only", &only), ("page", &n)]))
    };
    let (now, pages) = found.page;
    Ok(ShowPage {
        chrome,
        crumbs: vec![
            Crumb::new("制度", "/packs"),
            Crumb::new("起草", "/packs/drafts"),
        ],
        errors,
        filters: filters(found.id, found.counts, &only),
        pager: Pager {
            text: format!("第 {now} 页，共 {pages} 页，{} 条", found.found),
            first: String::new(),
            previous: if now > 1 { at(now - 1) } else { String::new() },
            next: if now < pages {
                at(now + 1)
            } else {
                String::new()
            },
        },
        typed: asked.text("phrase").to_owned(),
        page: found,
        only,
    })
}
