//! A draft as a page: the text with its marks, the elements beside it, one element as a form.

use ::draft::{Correction, Item, Kind, LIST_CODE, OWN_ACT, OWNER_KINDS, State, Work};
use domain::id::DraftId;
use domain::pack::LABELS;
use store::draft::DraftLine;

use super::facts::{OWN_WORD, facts};
use super::open::state_of;
use super::text::{Hit, Marked, TextLine, lines};
use super::work::seal_of;
use super::{HeadForm, load};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::words;
use crate::world::World;

/// Elements on a page.
pub const ITEMS_PAGE: usize = 100;
/// Below this, an element is looked at with more care, and is not accepted with all of its like.
pub const SURE: f32 = 0.9;

/// Which elements are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Only {
    /// All.
    #[default]
    All,
    /// Nobody decided on them.
    Open,
    /// Accepted ones.
    Accepted,
    /// Dropped ones, and those merged into another.
    Gone,
    /// Those that the program is less sure of.
    Unsure,
}

impl Only {
    /// The value of an address.
    pub fn read(text: &str) -> Self {
        match text {
            "open" => Self::Open,
            "accepted" => Self::Accepted,
            "gone" => Self::Gone,
            "unsure" => Self::Unsure,
            _ => Self::All,
        }
    }

    fn has(self, item: &Item) -> bool {
        match self {
            Self::All => true,
            Self::Open => item.state == State::Open,
            Self::Accepted => item.state == State::Accepted,
            Self::Gone => matches!(item.state, State::Dropped | State::Into(_)),
            Self::Unsure => item.element.sure < SURE,
        }
    }
}

/// How many elements stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
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

/// A phrase of the text, as a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseSeen {
    /// The phrase; for rows and tables 原文.
    pub text: String,
    /// Anchor of its place.
    pub anchor: String,
}

/// An element as shown.
#[derive(Debug, Clone)]
pub struct ItemSeen {
    /// Id.
    pub id: String,
    /// 职责, 任务, 时限, 阶段, 常态职责, 报表.
    pub kind: &'static str,
    /// Title.
    pub title: String,
    /// Facts: name and value.
    pub facts: Vec<(&'static str, String)>,
    /// Its phrases.
    pub phrases: Vec<PhraseSeen>,
    /// The sentence around it.
    pub sentence: String,
    /// 95.
    pub percent: u32,
    /// Less sure than others.
    pub unsure: bool,
    /// Why.
    pub doubts: Vec<String>,
    /// Code of the decision, for style classes: open, accepted, dropped, into.
    pub state: &'static str,
    /// 待核, 采用, 不用, 并入.
    pub state_word: &'static str,
    /// A person corrected it.
    pub corrected: bool,
    /// The element that it was merged into: where it stands, and its title.
    pub into: Option<(String, String)>,
    /// Those that were merged into it: where each stands, and its title.
    pub merged: Vec<(String, String)>,
}

/// A timed phrase without an element, as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooseSeen {
    /// Its number among all.
    pub index: usize,
    /// The phrase with its anchor.
    pub phrase: PhraseSeen,
    /// The sentence around it.
    pub sentence: String,
    /// Why there is no element.
    pub why: String,
}

/// A draft as a page.
#[derive(Debug, Clone)]
pub struct DraftPage {
    /// Identity.
    pub id: DraftId,
    /// What the pack will be called.
    pub head: HeadForm,
    /// Name of the file.
    pub name: String,
    /// Who read it in, when.
    pub opened: String,
    /// Where it stands, in a word.
    pub state: &'static str,
    /// It was put aside.
    pub closed: bool,
    /// The pack that was made of it, as a path; empty where there is none.
    pub made: String,
    /// The text with its marks.
    pub text: Vec<TextLine>,
    /// The elements asked for, at most [`ITEMS_PAGE`].
    pub items: Vec<ItemSeen>,
    /// Phrases without an element.
    pub loose: Vec<LooseSeen>,
    /// How many stand where.
    pub counts: Counts,
    /// How many of the elements asked for there are.
    pub found: usize,
    /// The page of them that is shown, from 1, and how many there are.
    pub page: (usize, usize),
    /// What was left out for its number.
    pub notes: Vec<String>,
    /// It can be worked on by the one who looks.
    pub may_edit: bool,
}

/// The page of a draft.
pub async fn show(ctx: &Ctx, id: DraftId, only: Only, page: usize) -> Result<DraftPage> {
    let now = load(ctx, id).await?;
    let line = &now.row.line;
    let world = ctx.app.world(line.home).await?;
    let work = &now.work;
    let wanted: Vec<&Item> = work.items.iter().filter(|i| only.has(i)).collect();
    let pages = wanted.len().div_ceil(ITEMS_PAGE).max(1);
    let page = page.clamp(1, pages);
    let shown = wanted.iter().skip((page - 1) * ITEMS_PAGE).take(ITEMS_PAGE);
    let shown: Vec<&Item> = shown.copied().collect();
    let opener = line.opened_by.map(|p| world.person_name(p).to_owned());
    Ok(DraftPage {
        id,
        head: head_of(work),
        name: line.name.clone(),
        opened: format!(
            "{} {}",
            opener.unwrap_or_default(),
            words::instant(line.opened_at)
        ),
        state: state_of(line),
        closed: line.closed,
        made: made_path(line),
        text: lines(&now.row.text, marks(work, &shown)),
        items: shown.iter().map(|i| seen(&world, work, i)).collect(),
        loose: loose(work),
        counts: counts(work),
        found: wanted.len(),
        page: (page, pages),
        notes: work.notes.clone(),
        may_edit: may_edit(ctx, line),
    })
}

/// One element, for whoever decided on it beside the page.
#[derive(Debug, Clone)]
pub struct CardSeen {
    /// The element.
    pub item: ItemSeen,
    /// How many stand where now.
    pub counts: Counts,
    /// It can be worked on by the one who looks.
    pub may_edit: bool,
}

/// One element as shown, without the page around it.
pub async fn card(ctx: &Ctx, id: DraftId, element: &str) -> Result<CardSeen> {
    let now = load(ctx, id).await?;
    let world = ctx.app.world(now.row.line.home).await?;
    let item = now.work.item(element).ok_or(Error::NotFound("这个条目"))?;
    Ok(CardSeen {
        item: seen(&world, &now.work, item),
        counts: counts(&now.work),
        may_edit: may_edit(ctx, &now.row.line),
    })
}

/// What the pack of a draft will be called, and whether that can be changed.
pub async fn head(ctx: &Ctx, id: DraftId) -> Result<(HeadForm, bool)> {
    let now = load(ctx, id).await?;
    Ok((head_of(&now.work), may_edit(ctx, &now.row.line)))
}

fn may_edit(ctx: &Ctx, line: &DraftLine) -> bool {
    ctx.as_of.is_none() && !line.closed && line.made.is_none()
}

fn made_path(line: &DraftLine) -> String {
    let made = line.made.as_ref();
    made.map(|(id, version)| format!("/packs/{id}?version={version}"))
        .unwrap_or_default()
}

fn head_of(work: &Work) -> HeadForm {
    let head = &work.head;
    let day = |d: Option<chrono::NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
    HeadForm {
        id: head.id.clone(),
        version: head.version.to_string(),
        title: head.title.clone(),
        short: head.short.clone(),
        issuer: head.issuer.clone(),
        number: head.number.clone(),
        issued: day(head.issued),
        from: head.from.to_string(),
        to: day(head.to),
    }
}

fn counts(work: &Work) -> Counts {
    let of = |only: Only| work.items.iter().filter(|i| only.has(i)).count();
    Counts {
        all: work.items.len(),
        open: of(Only::Open),
        accepted: of(Only::Accepted),
        gone: of(Only::Gone),
        unsure: of(Only::Unsure),
        loose: work.loose.iter().filter(|l| l.taken.is_none()).count(),
    }
}

/// Anchor of a place of an element: its first is `t-<id>`, others follow with a number.
fn place_anchor(id: &str, n: usize) -> String {
    if n == 0 {
        format!("t-{id}")
    } else {
        format!("t-{id}-{}", n + 1)
    }
}

/// Where an element stands among all.
fn path_of(work: &Work, id: &str) -> String {
    let index = work.items.iter().position(|i| i.element.id == id);
    format!("?page={}#e-{id}", index.unwrap_or(0) / ITEMS_PAGE + 1)
}

/// The marks of a text: every element, whether it stands on the page or not.
fn marks(work: &Work, shown: &[&Item]) -> Vec<Marked> {
    let mut out = Vec::new();
    for (index, item) in work.items.iter().enumerate() {
        let element = &item.element;
        let here = shown.iter().any(|i| i.element.id == element.id);
        let path = if here {
            format!("#e-{}", element.id)
        } else {
            format!("?page={}#e-{}", index / ITEMS_PAGE + 1, element.id)
        };
        for (n, place) in element.places.iter().enumerate() {
            out.push(Marked {
                at: place.at,
                chars: place.chars,
                hit: Hit {
                    id: place_anchor(&element.id, n),
                    class: item.state.code(),
                    first: false,
                    path: path.clone(),
                },
            });
        }
    }
    let open = work
        .loose
        .iter()
        .enumerate()
        .filter(|(_, l)| l.taken.is_none());
    for (index, loose) in open {
        out.push(Marked {
            at: loose.place.at,
            chars: loose.place.chars,
            hit: Hit {
                id: format!("t-loose-{index}"),
                class: "loose",
                first: false,
                path: format!("#loose-{index}"),
            },
        });
    }
    out
}

fn loose(work: &Work) -> Vec<LooseSeen> {
    let open = work
        .loose
        .iter()
        .enumerate()
        .filter(|(_, l)| l.taken.is_none());
    open.map(|(index, l)| LooseSeen {
        index,
        phrase: PhraseSeen {
            text: l.place.quote.clone(),
            anchor: format!("t-loose-{index}"),
        },
        sentence: l.sentence.clone(),
        why: if l.why.is_empty() {
            "这个日期无法形成条目".to_owned()
        } else {
            l.why.clone()
        },
    })
    .collect()
}

/// A kind of element, in a word.
pub(super) fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Duty => "职责",
        Kind::Task => "任务",
        Kind::Limit => "时限",
        Kind::Phase => "阶段",
        Kind::Standing => "常态职责",
        Kind::Form => "报表",
    }
}

fn seen(world: &World, work: &Work, item: &Item) -> ItemSeen {
    let e = &work.whole(item);
    let (state, state_word) = (item.state.code(), item.state.word());
    let title_of = |id: &str| work.item(id).map(|i| i.element.title.clone());
    // A place keeps the anchor of the element that it was found for, whatever was merged since.
    let own = [&item.element].into_iter().chain(work.merged_into(&e.id));
    let phrases = own.flat_map(|o| o.places.iter().enumerate().map(|(n, p)| (&o.id, n, p)));
    let phrases = phrases.map(|(id, n, place)| PhraseSeen {
        text: if place.quote.is_empty() {
            "原文".to_owned()
        } else {
            place.quote.clone()
        },
        anchor: place_anchor(id, n),
    });
    let merged = work.merged_into(&e.id);
    ItemSeen {
        id: e.id.clone(),
        kind: kind_word(e.what.kind()),
        title: e.title.clone(),
        facts: facts(world, &work.lists, e),
        phrases: phrases.collect(),
        sentence: e.sentence.clone(),
        percent: if item.before.is_some() {
            0
        } else {
            percent(e.sure)
        },
        unsure: e.sure < SURE,
        doubts: e.doubts.clone(),
        state,
        state_word,
        corrected: item.before.is_some(),
        into: match &item.state {
            State::Into(to) => title_of(to).map(|title| (path_of(work, to), title)),
            State::Open | State::Accepted | State::Dropped => None,
        },
        merged: merged
            .map(|m| (path_of(work, &m.id), m.title.clone()))
            .collect(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0–100 before"
)]
fn percent(sure: f32) -> u32 {
    (sure.clamp(0.0, 1.0) * 100.0).round() as u32
}

/// What the form of an element offers.
#[derive(Debug, Clone)]
pub struct FormChoices {
    /// Kinds of element: code and word.
    pub kinds: Vec<(String, String)>,
    /// Kinds of owner: code and name.
    pub owners: Vec<(String, String)>,
    /// Kinds of act: id and title.
    pub acts: Vec<(String, String)>,
    /// Words for what is done: code and word.
    pub labels: Vec<(String, String)>,
    /// Kinds of case: code and word.
    pub cases: Vec<(String, String)>,
}

/// One element as a form.
#[derive(Debug, Clone)]
pub struct ElementForm {
    /// The draft's title.
    pub draft: String,
    /// As it stands.
    pub item: ItemSeen,
    /// As it would be typed.
    pub typed: Correction,
    /// What may be chosen.
    pub choices: FormChoices,
    /// What the form was made from, to be sent back with it.
    pub seal: String,
    /// It can be worked on.
    pub may_edit: bool,
}

/// The form of an element.
pub async fn element_form(ctx: &Ctx, id: DraftId, element: &str) -> Result<ElementForm> {
    let now = load(ctx, id).await?;
    let world = ctx.app.world(now.row.line.home).await?;
    let item = now.work.item(element).ok_or(Error::NotFound("这个条目"))?;
    let pairs = |all: &mut dyn Iterator<Item = (&str, &str)>| {
        all.map(|(code, word)| (code.to_owned(), word.to_owned()))
            .collect::<Vec<_>>()
    };
    let kinds = world.act_kinds();
    let lists = now.work.lists.iter();
    let named = lists.map(|l| (format!("{LIST_CODE}{}", l.id), l.title.clone()));
    let merged = matches!(item.state, State::Into(_));
    Ok(ElementForm {
        draft: now.work.head.title.clone(),
        typed: Correction::of(&item.element),
        choices: FormChoices {
            kinds: pairs(&mut Kind::ALL.iter().map(|k| (k.code(), kind_word(*k)))),
            owners: pairs(&mut OWNER_KINDS.iter().map(|k| (k.code, k.name)))
                .into_iter()
                .chain(named)
                .collect(),
            acts: pairs(
                &mut kinds
                    .iter()
                    .map(|k| (k.id.as_str(), k.title.as_str()))
                    .chain([(OWN_ACT, OWN_WORD)]),
            ),
            labels: pairs(&mut LABELS.iter().map(|l| (*l, ::draft::word_of(l)))),
            cases: pairs(&mut domain::pack::CASES.iter().map(|c| (*c, words::case(c)))),
        },
        seal: seal_of(&now.work, element),
        may_edit: may_edit(ctx, &now.row.line) && !merged,
        item: seen(&world, &now.work, item),
    })
}

/// One file of the pack as it would be imported.
pub async fn file(ctx: &Ctx, id: DraftId, name: &str) -> Result<String> {
    let now = load(ctx, id).await?;
    let files = now.work.files().into_iter();
    let mut found = files.filter(|(path, _)| path == name).map(|(_, text)| text);
    found.next().ok_or(Error::NotFound("这个文件"))
}
