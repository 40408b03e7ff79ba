//! A draft as a whole: what it will be called, its elements, the text with the places of each.

use std::sync::Arc;

use ::draft::{Item, Work};
use domain::id::DraftId;
use domain::listing::{Cursor, PageSize};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::element::{ElementSeen, ElementState, Only, PlaceSeen, places, seen, state};
use super::head::HeadSeen;
use super::list::DraftSeen;
use super::{Loaded, load};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::listed::{Listed, PageAsked};
use crate::world::World;

/// Longest name of an element, in characters.
pub(super) const ELEMENT_LONGEST: usize = 80;
/// The list of elements and its order, as keys of its pages name them.
const ELEMENTS: (&str, &str, usize) = ("draft.elements", "text", 1);

/// How many elements stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftCounts {
    /// All.
    pub all: usize,
    /// Nobody decided on them.
    pub open: usize,
    /// Accepted.
    pub accepted: usize,
    /// Dropped or merged into another.
    pub gone: usize,
    /// Less sure.
    pub unsure: usize,
    /// Timed phrases without an element.
    pub loose: usize,
}

/// A timed phrase without an element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LooseSeen {
    /// Its number among all.
    #[schemars(title = "序号")]
    pub n: usize,
    /// First character of the text, from 0.
    pub at: usize,
    /// How many characters.
    pub chars: usize,
    /// The phrase.
    #[schemars(title = "原文")]
    pub quote: String,
    /// The sentence around it.
    pub sentence: String,
    /// Why there is no element, as the draft says it; none where its dates make none.
    pub why: Option<String>,
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftPage {
    /// As it is listed.
    pub line: DraftSeen,
    /// What the pack will be called.
    pub head: HeadSeen,
    /// How many elements stand where.
    pub counts: DraftCounts,
    /// Timed phrases without an element.
    pub loose: Vec<LooseSeen>,
    /// What was left out for its number, as the draft says it.
    pub notes: Vec<String>,
    /// It can be worked on by the one who looks.
    pub may_edit: bool,
}

/// A marked place of the text: of an element, or of a phrase without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftMark {
    /// The element.
    pub element: Option<String>,
    /// The place of the element among all elements, from 0.
    pub among: Option<usize>,
    /// The number of this place among those of the element, from 0; of the phrase among all.
    pub n: usize,
    /// What was decided on the element.
    pub state: Option<ElementState>,
    /// First character, from 0.
    pub at: usize,
    /// How many characters.
    pub chars: usize,
}

/// The text of a notice with its marked places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftText {
    /// The decoded text; cells of a table are parted by tabs.
    #[schemars(title = "原文")]
    pub text: String,
    /// Marked places, elements in their order, phrases without one behind them.
    pub marks: Vec<DraftMark>,
}

/// Which draft.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneDraft {
    /// Which.
    #[schemars(title = "起草编号")]
    pub id: DraftId,
}

/// Which elements of a draft.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListElements {
    /// Which draft.
    #[schemars(title = "起草编号")]
    pub id: DraftId,
    /// Only these.
    #[schemars(title = "哪一类")]
    pub only: Option<Only>,
    /// Where it goes on.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// Rows of a page.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

impl ListElements {
    /// The first page of all of them.
    pub fn all(id: DraftId) -> Self {
        Self {
            id,
            only: None,
            page: None,
            size: None,
        }
    }
}

/// A draft that was read once, to be shown in parts.
pub struct Opened {
    now: Loaded,
    world: Arc<World>,
    may_edit: bool,
}

/// Opens a draft to be shown.
pub async fn opened(ctx: &Ctx, id: DraftId) -> Result<Opened> {
    let now = load(ctx, id).await?;
    let world = ctx.app.world(now.row.line.home).await?;
    let line = &now.row.line;
    Ok(Opened {
        may_edit: ctx.as_of.is_none() && !line.closed && line.made.is_none(),
        now,
        world,
    })
}

impl Opened {
    /// As it stands, without its text and its elements.
    pub fn page(&self) -> DraftPage {
        let work = &self.now.work;
        DraftPage {
            line: super::list::seen(&self.world, &self.now.row.line),
            head: HeadSeen::of(work),
            counts: counts(work),
            loose: loose(work),
            notes: work.notes.clone(),
            may_edit: self.may_edit,
        }
    }

    /// A page of its elements, in the order of the text.
    pub fn elements(&self, asked: &ListElements) -> Result<Listed<ElementSeen>> {
        let turn = PageAsked::read(ELEMENTS, asked.page.as_deref(), asked.size)?;
        let only = asked.only.unwrap_or(Only::All);
        let work = &self.now.work;
        let wanted: Vec<(usize, &Item)> = work
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| only.has(item))
            .collect();
        let page = turn.cut(wanted, |(n, _)| key(*n));
        Ok(page.map(|(n, item)| seen(&self.world, work, n, item)))
    }

    /// One element.
    pub fn element(&self, name: &str) -> Result<ElementSeen> {
        let (n, item) = self.found(name)?;
        Ok(seen(&self.world, &self.now.work, n, item))
    }

    fn found(&self, name: &str) -> Result<(usize, &Item)> {
        let mut items = self.now.work.items.iter().enumerate();
        let found = items.find(|(_, item)| item.element.id == name);
        found.ok_or(Error::NotFound("这个条目"))
    }

    /// The text with its marked places.
    pub fn text(&self) -> DraftText {
        DraftText {
            text: self.now.row.text.clone(),
            marks: marks(&self.now.work),
        }
    }

    pub(super) const fn work(&self) -> &Work {
        &self.now.work
    }

    pub(super) fn world(&self) -> &World {
        &self.world
    }

    pub(super) const fn may_edit(&self) -> bool {
        self.may_edit
    }
}

/// A draft.
pub async fn show(ctx: &Ctx, id: DraftId) -> Result<DraftPage> {
    Ok(opened(ctx, id).await?.page())
}

/// A page of the elements of a draft.
pub async fn elements(ctx: &Ctx, asked: ListElements) -> Result<Listed<ElementSeen>> {
    opened(ctx, asked.id).await?.elements(&asked)
}

/// The text of a draft.
pub async fn text(ctx: &Ctx, id: DraftId) -> Result<DraftText> {
    Ok(opened(ctx, id).await?.text())
}

/// A key sorts as the elements stand.
fn key(n: usize) -> Vec<String> {
    vec![format!("{n:06}")]
}

/// The key of the page of all elements that one stands on; none is the first page.
pub fn page_of(n: usize, size: PageSize) -> Option<String> {
    let before = (n / size.rows() * size.rows()).checked_sub(1)?;
    let (list, sort, _) = ELEMENTS;
    Some(Cursor::new(list, sort, false, key(before)).to_string())
}

/// One file of the pack as it would be imported.
pub async fn file(ctx: &Ctx, id: DraftId, name: &str) -> Result<String> {
    let now = load(ctx, id).await?;
    let files = now.work.files().into_iter();
    let mut found = files.filter(|(path, _)| path == name).map(|(_, text)| text);
    found.next().ok_or(Error::NotFound("这个文件"))
}

fn counts(work: &Work) -> DraftCounts {
    let of = |only: Only| work.items.iter().filter(|i| only.has(i)).count();
    DraftCounts {
        all: work.items.len(),
        open: of(Only::Open),
        accepted: of(Only::Accepted),
        gone: of(Only::Gone),
        unsure: of(Only::Unsure),
        loose: work.loose.iter().filter(|l| l.taken.is_none()).count(),
    }
}

/// The marks of a text: every element, then every phrase without one.
fn marks(work: &Work) -> Vec<DraftMark> {
    let mut out = Vec::new();
    for (among, item) in work.items.iter().enumerate() {
        let of = |place: PlaceSeen| DraftMark {
            element: Some(place.element),
            among: Some(among),
            n: place.n,
            state: Some(state(&item.state)),
            at: place.at,
            chars: place.chars,
        };
        out.extend(places(&item.element).map(of));
    }
    out.extend(loose(work).into_iter().map(|l| DraftMark {
        element: None,
        among: None,
        n: l.n,
        state: None,
        at: l.at,
        chars: l.chars,
    }));
    out
}

fn loose(work: &Work) -> Vec<LooseSeen> {
    let all = work.loose.iter().enumerate();
    let open = all.filter(|(_, l)| l.taken.is_none());
    open.map(|(n, l)| LooseSeen {
        n,
        at: l.place.at,
        chars: l.place.chars,
        quote: l.place.quote.clone(),
        sentence: l.sentence.clone(),
        why: Some(l.why.clone()).filter(|why| !why.is_empty()),
    })
    .collect()
}
