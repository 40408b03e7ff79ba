//! Drafts in words and addresses.

use crate::pack::words::place_path;
use app::drafting::{
    Asked, AskedHow, DraftOwed, DraftSeen, ElementRef, ElementSays, ElementSeen, HowOften,
    LooseSeen, OwedBy, PackMade, PlaceSeen, page_of, words,
};
use domain::calendar::words::{cadence_name, chinese_date, cut_off_name, span_name};
use domain::calendar::{Cadence, CutOff};
use domain::id::DraftId;
use domain::listing::PageSize;

use crate::query::address;

/// Elements on a page.
pub(super) const SIZE: PageSize = PageSize::Hundred;

/// A phrase of the text, as a link.
pub(super) struct PhraseTold {
    /// The phrase; for rows and tables 原文.
    pub(super) text: String,
    /// Anchor of its place.
    pub(super) anchor: String,
}

/// An element in words.
pub(super) struct ItemTold {
    /// Its name.
    pub(super) id: String,
    /// 职责, 任务, 时限, 阶段, 常态职责, 报表.
    pub(super) kind: &'static str,
    /// Title.
    pub(super) title: String,
    /// Facts: name and value.
    pub(super) facts: Vec<(&'static str, String)>,
    /// Its phrases.
    pub(super) phrases: Vec<PhraseTold>,
    /// The sentence around it.
    pub(super) sentence: String,
    /// 95; 0 says nothing.
    pub(super) percent: u32,
    /// Less sure than others.
    pub(super) unsure: bool,
    /// Why.
    pub(super) doubts: Vec<String>,
    /// Code of the decision, for style classes.
    pub(super) state: &'static str,
    /// 待核, 采用, 不用, 并入.
    pub(super) state_word: &'static str,
    /// A person corrected it.
    pub(super) corrected: bool,
    /// The element that it was merged into: address and title.
    pub(super) into: Option<(String, String)>,
    /// Those that were merged into it: address and title.
    pub(super) merged: Vec<(String, String)>,
}

/// Puts an element into words.
pub(super) fn item(draft: DraftId, e: ElementSeen) -> ItemTold {
    let facts = facts(&e);
    let led = |to: ElementRef| (path_of(draft, to.n, &to.id), to.title);
    ItemTold {
        kind: words::kind(e.kind),
        facts,
        phrases: e.places.into_iter().map(phrase).collect(),
        percent: if e.corrected { 0 } else { e.sure },
        unsure: e.unsure,
        doubts: e.doubts,
        state: e.state.code(),
        state_word: words::decided(e.state),
        corrected: e.corrected,
        into: e.into.map(led),
        merged: e.merged.into_iter().map(led).collect(),
        id: e.id,
        title: e.title,
        sentence: e.sentence,
    }
}

fn phrase(place: PlaceSeen) -> PhraseTold {
    PhraseTold {
        anchor: place_anchor(&place.element, place.n),
        text: if place.quote.is_empty() {
            "原文".to_owned()
        } else {
            place.quote
        },
    }
}

/// Anchor of a place of an element: its first is `t-<id>`, others follow with a number.
pub(super) fn place_anchor(id: &str, n: usize) -> String {
    if n == 0 {
        format!("t-{id}")
    } else {
        format!("t-{id}-{}", n + 1)
    }
}

/// Where an element stands among all.
pub(super) fn path_of(draft: DraftId, n: usize, id: &str) -> String {
    let key = page_of(n, SIZE).unwrap_or_default();
    let page = address(&format!("/packs/drafts/{draft}"), &[("page", &key)]);
    format!("{page}#e-{id}")
}

/// A timed phrase without an element, in words.
pub(super) struct LooseTold {
    /// Its number among all.
    pub(super) index: usize,
    /// The phrase with its anchor.
    pub(super) phrase: PhraseTold,
    /// The sentence around it.
    pub(super) sentence: String,
    /// Why there is no element.
    pub(super) why: String,
}

/// Puts a phrase without an element into words.
pub(super) fn loose(l: LooseSeen) -> LooseTold {
    LooseTold {
        index: l.n,
        phrase: PhraseTold {
            text: l.quote,
            anchor: format!("t-loose-{}", l.n),
        },
        sentence: l.sentence,
        why: l.why.unwrap_or_else(|| "这个日期无法形成条目".to_owned()),
    }
}

/// The page of a pack that was made; empty where there is none.
pub(super) fn made_path(made: Option<&PackMade>) -> String {
    let path = |m: &PackMade| format!("/packs/{}?version={}", m.pack, m.version);
    made.map(path).unwrap_or_default()
}

/// Who read a notice in, and when.
pub(super) fn opened(line: &DraftSeen) -> String {
    let by = line.opened_by.as_ref().map_or("", |by| by.name.as_str());
    format!("{by} {}", app::words::instant(line.opened_at.ms()))
}

/// Facts of an element: name and value.
fn facts(e: &ElementSeen) -> Vec<(&'static str, String)> {
    let mut out: Vec<(&'static str, String)> = Vec::new();
    if let Some(who) = &e.who {
        out.push(("原文称呼", who.clone()));
    }
    match &e.says {
        ElementSays::Duty {
            owed,
            often,
            due,
            previous,
        } => {
            out.extend(owes(owed));
            let due = due.map(|d| cut_off(d, *often)).unwrap_or_default();
            let previous = if *previous { "，报上一期" } else { "" };
            out.push(("多久一次", format!("{}{due}{previous}", every(*often))));
            out.extend(condition(owed));
        }
        ElementSays::Task { owed, due_on } => {
            out.extend(owes(owed));
            out.push(("期限", format!("{}前", chinese_date(*due_on))));
            out.extend(condition(owed));
        }
        ElementSays::Limit {
            within,
            after,
            case,
        } => {
            out.push(("期限", format!("{after}起{}", span_name(*within))));
            out.push(("办理事项", app::words::case(case).to_owned()));
        }
        ElementSays::Phase { from_on, to_on } => {
            let from = from_on.map_or_else(|| "即日起".to_owned(), chinese_date);
            let to = to_on.map_or_else(|| "不限".to_owned(), chinese_date);
            out.push(("起止", format!("{from}至{to}")));
        }
        ElementSays::Standing { by } => out.extend(by.as_ref().map(bearer)),
        ElementSays::Form { columns, .. } => {
            let heads = columns.iter().filter_map(|c| c.heads.last());
            let heads: Vec<&str> = heads.map(String::as_str).collect();
            let heads = heads.join("、");
            out.push(("栏目", format!("{} 栏：{heads}", columns.len())));
        }
    }
    out.push(("条款", clauses(&e.clauses)));
    out
}

fn clauses(all: &[String]) -> String {
    let word = |clause: &String| match clause.as_str() {
        "preamble" => "引言".to_owned(),
        other => other.to_owned(),
    };
    all.iter().map(word).collect::<Vec<_>>().join("；")
}

/// Who owes, in words; a selector that is more than kinds of body is shown as it is written.
fn bearer(by: &OwedBy) -> (&'static str, String) {
    let names: Vec<&str> = by.owners.iter().map(words::owner).collect();
    let said = by.selector.clone().unwrap_or_else(|| names.join("、"));
    ("承担者", said)
}

/// By whom, which act, and how many.
fn owes(owed: &DraftOwed) -> Vec<(&'static str, String)> {
    let act = words::act(&owed.act, owed.act_title.as_deref());
    let unit = words::unit(&owed.act, owed.unit.as_deref());
    let what = format!("{act}，不少于{}{unit}", owed.at_least);
    let by = owed.by.iter().map(bearer);
    by.chain([("做什么", what)]).collect()
}

fn condition(owed: &DraftOwed) -> Option<(&'static str, String)> {
    owed.when.clone().map(|when| ("条件", when))
}

fn every(often: HowOften) -> String {
    Cadence::new(often.every, often.n).map_or_else(|_| String::new(), cadence_name)
}

fn cut_off(due: CutOff, often: HowOften) -> String {
    format!("，{}", cut_off_name(due, often.every, often.n))
}

/// Something that a pack in force asks already, in words.
pub(super) struct AskedTold {
    /// The element of the draft.
    pub(super) element: ElementRef,
    /// The pack in force, by its short name.
    pub(super) pack: String,
    /// The duty there.
    pub(super) duty: String,
    /// Where it stands.
    pub(super) path: String,
    /// How often or until when there; for a form the names of the columns.
    pub(super) timing: String,
    /// How both relate.
    pub(super) how: &'static str,
    /// How many owe both; for a form how many columns.
    pub(super) owners: usize,
}

/// Puts into words what is asked already.
pub(super) fn asked(a: Asked) -> AskedTold {
    AskedTold {
        path: place_path(&a.pack, a.clause.as_deref()),
        timing: match a.how {
            AskedHow::SameColumns => a.columns.join("、"),
            AskedHow::SameRhythm | AskedHow::OtherRhythm => timing(&a),
        },
        how: words::how(a.how),
        element: a.element,
        pack: a.notice,
        duty: a.title,
        owners: a.owners,
    }
}

fn timing(a: &Asked) -> String {
    let often = a.often.map(every).unwrap_or_default();
    let count = a.at_least.unwrap_or(1);
    let unit = a.unit.as_deref().unwrap_or("次");
    let due = a.often.zip(a.due).map(|(often, due)| cut_off(due, often));
    format!("{often}不少于{count}{unit}{}", due.unwrap_or_default())
}
