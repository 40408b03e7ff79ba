//! An element of a draft as data: who owes what, how often or until when, where the text says it.

use ::draft::{
    Element, ElementKind, Item, LIST_CODE, NamedList, OWN_ACT, Owed, State, What, Work,
    owner_codes_of,
};
use chrono::NaiveDate;
use domain::calendar::{Cadence, CutOff, PeriodKind, Span};
use domain::pack::RowKind;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::world::World;

/// Below this, an element is looked at with more care, and is not accepted with all of its like;
/// in hundredths.
pub const SURE: u32 = 90;

domain::codes! {
    /// What was decided on an element.
    ElementState {
        /// Nothing yet.
        Open = "open",
        /// It goes into the pack.
        Accepted = "accepted",
        /// It does not.
        Dropped = "dropped",
        /// It stands in another one.
        Into = "into",
    }
}

domain::codes! {
    /// Which elements are shown.
    Only {
        /// All.
        All = "all",
        /// Nobody decided on them.
        Open = "open",
        /// Accepted ones.
        Accepted = "accepted",
        /// Dropped ones, and those merged into another.
        Gone = "gone",
        /// Those that the program is less sure of.
        Unsure = "unsure",
    }
}

impl Only {
    pub(super) fn has(self, item: &Item) -> bool {
        match self {
            Self::All => true,
            Self::Open => item.state == State::Open,
            Self::Accepted => item.state == State::Accepted,
            Self::Gone => matches!(item.state, State::Dropped | State::Into(_)),
            Self::Unsure => is_unsure(&item.element),
        }
    }
}

/// Hundredths as a share.
pub(super) fn share(hundredths: u32) -> f32 {
    f32::from(u8::try_from(hundredths.min(100)).unwrap_or(100)) / 100.0
}

fn is_unsure(element: &Element) -> bool {
    element.sure < share(SURE)
}

/// An element beside its title and its place among all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ElementRef {
    /// Its name within the draft.
    pub id: String,
    /// Title.
    #[schemars(title = "名称")]
    pub title: String,
    /// Its place among all, from 0.
    pub n: usize,
}

/// A kind of owner, or a body that the text names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OwnerSeen {
    /// Its code, as corrections take it.
    pub code: String,
    /// The name of a body that the text names.
    #[schemars(title = "名称")]
    pub title: Option<String>,
}

/// Who owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OwedBy {
    /// Kinds of owner and named bodies.
    pub owners: Vec<OwnerSeen>,
    /// A selector in the pack format, where it says more than that.
    pub selector: Option<String>,
}

/// What is to be done, by whom, how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftOwed {
    /// By whom; none where nobody was found.
    pub by: Option<OwedBy>,
    /// The kind of act, or `own` for the notice's own tasks.
    pub act: String,
    /// Its title, where a pack in force knows the kind.
    pub act_title: Option<String>,
    /// What is counted of it, where a pack in force knows the kind.
    pub unit: Option<String>,
    /// At least so many.
    pub at_least: u32,
    /// A condition in the words of the text.
    pub when: Option<String>,
}

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HowOften {
    /// The period.
    pub every: PeriodKind,
    /// Every so many of them.
    pub n: u32,
}

impl From<Cadence> for HowOften {
    fn from(cadence: Cadence) -> Self {
        Self {
            every: cadence.every(),
            n: cadence.n(),
        }
    }
}

/// A column of a drafted form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftColumn {
    /// Its heads, the group above it first.
    pub heads: Vec<String>,
    /// Unit of a count.
    pub unit: Option<String>,
}

/// What an element says.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum ElementSays {
    /// Owed in each period.
    Duty {
        /// Who and what.
        owed: DraftOwed,
        /// How often.
        often: HowOften,
        /// Until when in each period, where the text says it.
        due: Option<CutOff>,
        /// What is handed in is about the period before.
        previous: bool,
    },
    /// Owed once.
    Task {
        /// Who and what.
        owed: DraftOwed,
        /// Last day.
        due_on: NaiveDate,
    },
    /// A step of a case.
    Limit {
        /// The span.
        within: Span,
        /// The event that it runs from.
        after: String,
        /// The kind of case, by its code.
        case: String,
    },
    /// A phase.
    Phase {
        /// First day; none is from the beginning.
        from_on: Option<NaiveDate>,
        /// Last day; none is open.
        to_on: Option<NaiveDate>,
    },
    /// Owed all the time.
    Standing {
        /// By whom; none where nobody was found.
        by: Option<OwedBy>,
    },
    /// A table to be filled in.
    Form {
        /// What a row is.
        rows: RowKind,
        /// A row of sums stands at its end.
        total: bool,
        /// Columns from left to right.
        columns: Vec<DraftColumn>,
    },
}

/// A place of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlaceSeen {
    /// The element that it was found for, whatever was merged since.
    pub element: String,
    /// Its number among the places of that element, from 0.
    pub n: usize,
    /// First character of the text, from 0.
    pub at: usize,
    /// How many characters.
    pub chars: usize,
    /// The phrase, without its blanks; empty for rows and tables.
    pub quote: String,
}

/// An element of a draft.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ElementSeen {
    /// Its name within the draft.
    pub id: String,
    /// Its place among all, from 0.
    pub n: usize,
    /// What it becomes.
    #[schemars(title = "类别")]
    pub kind: ElementKind,
    /// Title.
    #[schemars(title = "名称")]
    pub title: String,
    /// What was decided on it.
    #[schemars(title = "核对")]
    pub state: ElementState,
    /// The element that it was merged into.
    pub into: Option<ElementRef>,
    /// Those that were merged into it.
    pub merged: Vec<ElementRef>,
    /// The clauses that it rests on; `preamble` stands before the first number.
    #[schemars(title = "条款")]
    pub clauses: Vec<String>,
    /// Who owes it, in the words of the text.
    #[schemars(title = "原文称呼")]
    pub who: Option<String>,
    /// What it says.
    pub says: ElementSays,
    /// Where the text says it.
    pub places: Vec<PlaceSeen>,
    /// The sentence around it.
    #[schemars(title = "原文")]
    pub sentence: String,
    /// How sure the program is, in hundredths.
    #[schemars(title = "把握")]
    pub sure: u32,
    /// Less sure than others.
    pub unsure: bool,
    /// Why, as the draft says it.
    pub doubts: Vec<String>,
    /// A person corrected it.
    pub corrected: bool,
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// Who owes, by a selector; one that is more than kinds of body is shown as it is written.
fn owed_by(by: &str, lists: &[NamedList]) -> Option<OwedBy> {
    if by.is_empty() {
        return None;
    }
    let title = |code: &str| {
        let list = code.strip_prefix(LIST_CODE)?;
        let known = lists.iter().find(|l| l.id == list);
        known.map(|l| l.title.clone())
    };
    Some(match owner_codes_of(by) {
        Some(codes) => OwedBy {
            owners: codes
                .into_iter()
                .map(|code| OwnerSeen {
                    title: title(&code),
                    code,
                })
                .collect(),
            selector: None,
        },
        None => OwedBy {
            owners: Vec::new(),
            selector: Some(by.to_owned()),
        },
    })
}

fn owed(world: &World, lists: &[NamedList], owed: &Owed) -> DraftOwed {
    let kind = world.act_kind(&owed.act).filter(|_| owed.act != OWN_ACT);
    DraftOwed {
        by: owed_by(&owed.by, lists),
        act: owed.act.clone(),
        act_title: kind.map(|k| k.title.clone()),
        unit: kind.map(|k| k.unit.clone()),
        at_least: owed.at_least,
        when: some(&owed.when),
    }
}

fn says(world: &World, lists: &[NamedList], what: &What) -> ElementSays {
    match what {
        What::Duty {
            owed: owes,
            every,
            due,
            previous,
        } => ElementSays::Duty {
            owed: owed(world, lists, owes),
            often: (*every).into(),
            due: *due,
            previous: *previous,
        },
        What::Task { owed: owes, due } => ElementSays::Task {
            owed: owed(world, lists, owes),
            due_on: *due,
        },
        What::Limit {
            within,
            after,
            case,
        } => ElementSays::Limit {
            within: *within,
            after: after.clone(),
            case: case.clone(),
        },
        What::Phase { from, to } => ElementSays::Phase {
            from_on: *from,
            to_on: *to,
        },
        What::Standing { by } => ElementSays::Standing {
            by: owed_by(by, lists),
        },
        What::Form {
            rows,
            total,
            columns,
        } => ElementSays::Form {
            rows: *rows,
            total: *total,
            columns: columns
                .iter()
                .map(|c| DraftColumn {
                    heads: c.heads.clone(),
                    unit: c.unit.clone(),
                })
                .collect(),
        },
    }
}

/// An element by its name, beside its title.
pub(super) fn reference(work: &Work, id: &str) -> Option<ElementRef> {
    let mut items = work.items.iter().enumerate();
    let (n, item) = items.find(|(_, i)| i.element.id == id)?;
    Some(ElementRef {
        id: id.to_owned(),
        title: item.element.title.clone(),
        n,
    })
}

/// The places of an element, by its own name.
pub(super) fn places(element: &Element) -> impl Iterator<Item = PlaceSeen> {
    let places = element.places.iter().enumerate();
    places.map(|(n, place)| PlaceSeen {
        element: element.id.clone(),
        n,
        at: place.at,
        chars: place.chars,
        quote: place.quote.clone(),
    })
}

/// An element as it is shown, with the clauses and places of those that were merged into it.
pub(super) fn seen(world: &World, work: &Work, n: usize, item: &Item) -> ElementSeen {
    let e = &work.whole(item);
    let own = [&item.element].into_iter().chain(work.merged_into(&e.id));
    let merged = work.merged_into(&e.id);
    ElementSeen {
        id: e.id.clone(),
        n,
        kind: e.what.kind(),
        title: e.title.clone(),
        state: state(&item.state),
        into: match &item.state {
            State::Into(to) => reference(work, to),
            State::Open | State::Accepted | State::Dropped => None,
        },
        merged: merged.filter_map(|m| reference(work, &m.id)).collect(),
        clauses: e.clauses.clone(),
        who: some(&e.who),
        says: says(world, &work.lists, &e.what),
        places: own.flat_map(places).collect(),
        sentence: e.sentence.clone(),
        sure: hundredths(e.sure),
        unsure: is_unsure(e),
        doubts: e.doubts.clone(),
        corrected: item.before.is_some(),
    }
}

/// What an element is now, as a short text: a form that was made from another state is refused.
pub(super) fn seal_of(work: &Work, element: &str) -> String {
    let item = work.item(element);
    let text = serde_json::to_string(&item).unwrap_or_default();
    hex::encode(Sha256::digest(text.as_bytes()))
        .chars()
        .take(16)
        .collect()
}

pub(super) const fn state(state: &State) -> ElementState {
    match state {
        State::Open => ElementState::Open,
        State::Accepted => ElementState::Accepted,
        State::Dropped => ElementState::Dropped,
        State::Into(_) => ElementState::Into,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to 0–100 before"
)]
fn hundredths(sure: f32) -> u32 {
    (sure.clamp(0.0, 1.0) * 100.0).round() as u32
}
