//! A draft: the text with its marks on the left, the elements on the right.

use app::drafting::{
    DraftCounts, DraftMark, DraftText, ElementSeen, ListElements, Only, opened, words,
};
use askama::Template;
use axum::extract::Path;
use domain::id::DraftId;

use super::text::{Hit, Marked, TextLine, lines};
use super::words::{ItemTold, LooseTold, SIZE, item, loose, made_path, path_of, place_anchor};
use crate::chrome::{Chrome, Crumb, Pager};
use crate::error::{Answer, PageError};
use crate::form::{Choice, Wrong};
use crate::page::Page;
use crate::query::{Asked, address, turns};

/// A draft in words.
struct Told {
    id: DraftId,
    title: String,
    name: String,
    opened: String,
    state: &'static str,
    closed: bool,
    /// The page of the pack that was made of it; empty where there is none.
    made: String,
    text: Vec<TextLine>,
    items: Vec<ItemTold>,
    loose: Vec<LooseTold>,
    counts: DraftCounts,
    notes: Vec<String>,
    may_edit: bool,
}

#[derive(Template)]
#[template(path = "drafting/show.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    errors: Vec<Wrong>,
    page: Told,
    only: String,
    /// The key of the page of elements.
    key: String,
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
pub(super) fn filters(id: DraftId, counts: DraftCounts, only: &str) -> Vec<(String, Choice)> {
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

/// The text cut at its marks; those whose element stands on the page lead to it there.
fn marked(draft: DraftId, text: &DraftText, shown: &[ElementSeen]) -> Vec<TextLine> {
    let mark = |m: &DraftMark| Marked {
        at: m.at,
        chars: m.chars,
        hit: match (&m.element, m.state) {
            (Some(id), Some(state)) => Hit {
                id: place_anchor(id, m.n),
                class: state.code(),
                first: false,
                path: if shown.iter().any(|e| e.id == *id) {
                    format!("#e-{id}")
                } else {
                    path_of(draft, m.among.unwrap_or(0), id)
                },
            },
            (Some(_) | None, _) => Hit {
                id: format!("t-loose-{}", m.n),
                class: "loose",
                first: false,
                path: format!("#loose-{}", m.n),
            },
        },
    };
    lines(&text.text, text.marks.iter().map(mark).collect())
}

async fn show_page(
    page: &Page,
    id: &str,
    asked: &Asked,
    errors: Vec<Wrong>,
) -> Result<ShowPage, PageError> {
    let id = super::id_of(id)?;
    let only: Option<Only> = asked.read("only");
    let only = only.map_or("", Only::code).to_owned();
    let draft = opened(&page.ctx, id).await?;
    let found = draft.elements(&ListElements {
        only: asked.read("only"),
        page: asked.0.some("page"),
        size: Some(SIZE),
        ..ListElements::all(id)
    })?;
    let text = marked(id, &draft.text(), &found.rows);
    let (path, shown) = (format!("/packs/drafts/{id}"), draft.page());
    let mut chrome = page.chrome().await?;
    chrome.failed = !errors.is_empty();
    let at = |key: &str| {
        let here = address(&path, &[("only", &only), ("page", key)]);
        format!("{here}#items")
    };
    Ok(ShowPage {
        chrome,
        crumbs: vec![
            Crumb::new("制度", "/packs"),
            Crumb::new("起草", "/packs/drafts"),
        ],
        errors,
        filters: filters(id, shown.counts, &only),
        pager: turns(asked, &found, "条", at),
        typed: asked.text("phrase").to_owned(),
        key: asked.text("page").to_owned(),
        page: Told {
            id,
            title: shown.head.title,
            opened: super::words::opened(&shown.line),
            state: words::state(shown.line.state),
            closed: shown.line.closed,
            made: made_path(shown.line.made.as_ref()),
            name: shown.line.name,
            text,
            items: found.rows.into_iter().map(|e| item(id, e)).collect(),
            loose: shown.loose.into_iter().map(loose).collect(),
            counts: shown.counts,
            notes: shown.notes,
            may_edit: shown.may_edit,
        },
        only,
    })
}
