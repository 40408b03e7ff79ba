//! A draft while a person works on it: each element accepted, corrected, dropped or merged.
//!
//! **Invariant:** nothing is lost: what was dropped can be taken back, what was merged can be
//! parted, what was corrected can be restored to what the program read.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::correct::{Correction, Wrong, corrected};
use super::element::{Clause, Element, Loose, Owed, PackHead, Place, What};
use super::owner::{NamedList, OPEN_OWNER, Owners, is_open, lists_of};
use super::write;

/// What a person decided on an element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "element", rename_all = "kebab-case")]
pub enum State {
    /// 待核: nothing yet.
    Open,
    /// 采用.
    Accepted,
    /// 不用.
    Dropped,
    /// 并入 another, by its id.
    Into(String),
}

impl State {
    /// For style classes and forms.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Dropped => "dropped",
            Self::Into(_) => "into",
        }
    }

    /// 待核, 采用, 不用, 并入.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Open => "待核",
            Self::Accepted => "采用",
            Self::Dropped => "不用",
            Self::Into(_) => "并入",
        }
    }
}

impl Element {
    /// Whether all is filled in that an obligation needs: who owes it, and what a person added.
    pub fn is_complete(&self) -> bool {
        let owed = self.what.owed().is_some();
        self.sure > 0.0 && !(owed && is_open(self.what.by()))
    }
}

/// An element with what was decided on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// As it is now.
    pub element: Element,
    /// What was decided.
    pub state: State,
    /// As the program read it, where it was corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<Element>>,
}

/// A draft while a person works on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// Head of the pack to be.
    pub head: PackHead,
    /// Clauses in the order of the text.
    pub clauses: Vec<Clause>,
    /// Elements, those with a time first, in the order of the text.
    pub items: Vec<Item>,
    /// Timed phrases that no element covers.
    pub loose: Vec<Loose>,
    /// What was left out for its number, as sentences for a person.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Bodies that the text names one by one.
    #[serde(default)]
    pub lists: Vec<NamedList>,
}

/// An element with the clauses and places of others.
fn joined(element: &Element, others: &[&Element]) -> Element {
    let mut whole = element.clone();
    for other in others {
        for clause in &other.clauses {
            if !whole.clauses.contains(clause) {
                whole.clauses.push(clause.clone());
            }
        }
        whole.places.extend(other.places.iter().cloned());
    }
    whole
}

/// Why something cannot be done to a draft.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unworkable {
    /// There is no such element or phrase.
    #[error("没有这个条目，可能已有变动。请刷新页面后再试。")]
    Unknown,
    /// Fewer than two elements to merge.
    #[error("合并至少要选两个条目。")]
    One,
    /// Elements of several kinds.
    #[error("只有同类的条目才能合并。请先把它们改成同一类。")]
    Kinds,
    /// Elements with different owners, times or acts.
    #[error(
        "承担者、时间要求或要做的事不同，不能合并，以免少了一项。确属一件事的，请先更正成一致。"
    )]
    Differ,
    /// Who owes it, or when, is not filled in.
    #[error("这一条还没有填写完整（承担者、期限）。请点“更正”填写后保存。")]
    Incomplete,
    /// Others stand in it.
    #[error("有别的条目并入了这一条。请先把它们拆开，再恢复原样。")]
    Host,
    /// It was decided otherwise meanwhile.
    #[error("这一条刚刚已被改为“{0}”。页面已更新，请核对后再定。")]
    Decided(&'static str),
    /// It stands in another element now.
    #[error("这个条目已并入另一条。请先拆开。")]
    Merged,
    /// Fields are wrong.
    #[error("有几处填写不对。")]
    Wrong(Vec<Wrong>),
}

impl Work {
    /// The element of an id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|i| i.element.id == id)
    }

    fn item_mut(&mut self, id: &str) -> Result<&mut Item, Unworkable> {
        let found = self.items.iter_mut().find(|i| i.element.id == id);
        found.ok_or(Unworkable::Unknown)
    }

    /// How many elements nobody decided on.
    pub fn open(&self) -> usize {
        let open = self.items.iter().filter(|i| i.state == State::Open);
        open.count()
    }

    /// What goes into the pack: open and accepted elements, with the places and clauses of those
    /// that were merged into them. What a person added is there once it is filled in.
    pub fn kept(&self) -> impl Iterator<Item = Element> {
        let kept = |i: &&Item| match i.state {
            State::Accepted => true,
            State::Open => i.element.sure > 0.0,
            State::Dropped | State::Into(_) => false,
        };
        let mut merged: HashMap<&str, Vec<&Element>> = HashMap::new();
        for item in &self.items {
            if let State::Into(to) = &item.state {
                merged.entry(to).or_default().push(&item.element);
            }
        }
        let items = self.items.iter().filter(kept);
        items.map(move |i| {
            let others = merged.get(i.element.id.as_str()).map(Vec::as_slice);
            joined(&i.element, others.unwrap_or_default())
        })
    }

    /// An element with the places and clauses of those that were merged into it.
    pub fn whole(&self, item: &Item) -> Element {
        let others: Vec<&Element> = self.merged_into(&item.element.id).collect();
        joined(&item.element, &others)
    }

    /// The elements that were merged into one.
    pub fn merged_into<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Element> {
        let here = move |i: &&Item| matches!(&i.state, State::Into(to) if to == id);
        self.items.iter().filter(here).map(|i| &i.element)
    }

    /// Decides on one element, as whoever decides saw it.
    ///
    /// # Errors
    /// [`Unworkable::Decided`] where it was decided otherwise meanwhile, [`Unworkable::Incomplete`]
    /// where it cannot be accepted yet.
    pub fn decide_one(&mut self, id: &str, seen: &str, state: &State) -> Result<(), Unworkable> {
        let item = self.item(id).ok_or(Unworkable::Unknown)?;
        if item.state.code() != seen && item.state != *state {
            return Err(Unworkable::Decided(item.state.word()));
        }
        if *state == State::Accepted && !item.element.is_complete() {
            return Err(Unworkable::Incomplete);
        }
        self.decide(&[id.to_owned()], state)?;
        Ok(())
    }

    /// Accepts elements, drops them or takes that back. Those that stand in another one are left
    /// as they are, except that [`State::Open`] parts them; those that are not filled in are not
    /// accepted. Returns how many changed.
    ///
    /// # Errors
    /// [`Unworkable::Unknown`] for an id that is not there; then nothing changes.
    pub fn decide(&mut self, ids: &[String], state: &State) -> Result<usize, Unworkable> {
        let wanted: HashSet<&str> = ids.iter().map(String::as_str).collect();
        let known = self
            .items
            .iter()
            .filter(|i| wanted.contains(i.element.id.as_str()));
        if known.count() != wanted.len() || matches!(state, State::Into(_)) {
            return Err(Unworkable::Unknown);
        }
        let mut changed = 0;
        for item in &mut self.items {
            let merged = matches!(item.state, State::Into(_)) && *state != State::Open;
            let lacks = *state == State::Accepted && !item.element.is_complete();
            if wanted.contains(item.element.id.as_str())
                && item.state != *state
                && !merged
                && !lacks
            {
                item.state = state.clone();
                changed += 1;
            }
        }
        Ok(changed)
    }

    /// Accepts what nobody decided on and is at least so sure. Returns how many, and how many are
    /// left open for they are not filled in.
    pub fn accept_rest(&mut self, at_least: f32) -> (usize, usize) {
        let open = self.items.iter_mut().filter(|i| i.state == State::Open);
        let sure = open.filter(|i| i.element.sure >= at_least);
        let (mut accepted, mut left) = (0, 0);
        for item in sure {
            if item.element.is_complete() {
                item.state = State::Accepted;
                accepted += 1;
            } else {
                left += 1;
            }
        }
        (accepted, left)
    }

    /// Merges elements that say the same: the first of them, in the order of the text, stays and
    /// takes the places and clauses of the others.
    ///
    /// # Errors
    /// Where there are fewer than two, of several kinds, or one stands in another already.
    pub fn merge(&mut self, ids: &[String]) -> Result<String, Unworkable> {
        if ids.iter().any(|id| self.item(id).is_none()) {
            return Err(Unworkable::Unknown);
        }
        let chosen: Vec<&Item> = self
            .items
            .iter()
            .filter(|i| ids.contains(&i.element.id))
            .collect();
        let [first, others @ ..] = chosen.as_slice() else {
            return Err(Unworkable::One);
        };
        if others.is_empty() {
            return Err(Unworkable::One);
        }
        if chosen.iter().any(|i| matches!(i.state, State::Into(_))) {
            return Err(Unworkable::Merged);
        }
        let kind = first.element.what.kind();
        if others.iter().any(|i| i.element.what.kind() != kind) {
            return Err(Unworkable::Kinds);
        }
        // Limits and phases have no act; what is done in them is their label.
        let alike = |i: &&Item| {
            i.element.label == first.element.label && i.element.what.is_alike(&first.element.what)
        };
        if !others.iter().all(alike) {
            return Err(Unworkable::Differ);
        }
        let into = first.element.id.clone();
        for item in &mut self.items {
            // What was merged into one of the others goes with it.
            let with_it = matches!(&item.state, State::Into(to) if ids.contains(to));
            if item.element.id == into {
                if item.state == State::Dropped {
                    item.state = State::Open;
                }
            } else if ids.contains(&item.element.id) || with_it {
                item.state = State::Into(into.clone());
            }
        }
        Ok(into)
    }

    /// Corrects an element, which accepts it.
    ///
    /// # Errors
    /// [`Unworkable::Wrong`] with the fields that are wrong; then nothing changes.
    pub fn correct(&mut self, id: &str, correction: &Correction) -> Result<(), Unworkable> {
        let item = self.item(id).ok_or(Unworkable::Unknown)?;
        if matches!(item.state, State::Into(_)) {
            return Err(Unworkable::Merged);
        }
        let mut owners = Owners::with(self.lists.clone());
        let now = corrected(&item.element, correction, &self.clauses, &mut owners);
        let now = now.map_err(Unworkable::Wrong)?;
        self.lists = owners.into_lists();
        let item = self.item_mut(id)?;
        let before = std::mem::replace(&mut item.element, now);
        if item.before.is_none() && before != item.element {
            item.before = Some(Box::new(before));
        }
        item.state = State::Accepted;
        Ok(())
    }

    /// Takes a correction back: the element is as the program read it, and open.
    ///
    /// # Errors
    /// [`Unworkable::Unknown`] where it was not corrected, [`Unworkable::Host`] while others
    /// stand in it.
    pub fn restore(&mut self, id: &str) -> Result<(), Unworkable> {
        if self.merged_into(id).next().is_some() {
            return Err(Unworkable::Host);
        }
        let item = self.item_mut(id)?;
        let before = item.before.take().ok_or(Unworkable::Unknown)?;
        item.element = *before;
        item.state = State::Open;
        Ok(())
    }

    /// Makes an element of a phrase that none covers, for a person to correct. Returns its id.
    ///
    /// # Errors
    /// [`Unworkable::Unknown`] where there is no such phrase, or it was taken already.
    pub fn take(&mut self, index: usize) -> Result<String, Unworkable> {
        let loose = self.loose.get(index).filter(|l| l.taken.is_none());
        let loose = loose.ok_or(Unworkable::Unknown)?.clone();
        let id = self.add(loose.place, &loose.who, &loose.sentence);
        self.loose[index].taken = Some(id.clone());
        Ok(id)
    }

    /// Adds an element for a place that the program did not mark. Returns its id.
    pub fn add(&mut self, place: Place, who: &str, sentence: &str) -> String {
        let n = 1 + self
            .items
            .iter()
            .filter(|i| i.element.id.starts_with("added-"))
            .count();
        let id = format!("added-{n}");
        let clause = self.clause_at(place.at).map(|c| c.id.clone());
        let element = Element {
            id: id.clone(),
            title: format!("{who}任务"),
            clauses: clause.into_iter().collect(),
            who: who.to_owned(),
            label: "task".to_owned(),
            what: What::Task {
                owed: Owed {
                    by: Owners::default().owed_by(""),
                    act: super::element::OWN_ACT.to_owned(),
                    at_least: 1,
                    when: String::new(),
                },
                due: self.head.from,
            },
            places: vec![place],
            sentence: sentence.to_owned(),
            sure: 0.0,
            doubts: vec!["人工增加，请填写完整".to_owned()],
        };
        self.items.push(Item {
            element,
            state: State::Open,
            before: None,
        });
        id
    }

    /// The clause that a place of the text stands in.
    pub fn clause_at(&self, at: usize) -> Option<&Clause> {
        let before = self.clauses.iter().filter(|c| c.at <= at);
        before.max_by_key(|c| c.at)
    }

    /// The lists that something in the pack is owed by: the open owners, and bodies that are named;
    /// each with the clauses that use it.
    pub fn lists_used(&self) -> Vec<(NamedList, Vec<String>)> {
        let mut users: HashMap<String, BTreeSet<String>> = HashMap::new();
        for element in self.kept() {
            for list in lists_of(element.what.by()) {
                let clauses = users.entry(list).or_default();
                clauses.extend(element.clauses.iter().cloned());
            }
        }
        let open = NamedList {
            id: OPEN_OWNER.to_owned(),
            title: "承担者待定".to_owned(),
        };
        let all = [open].into_iter().chain(self.lists.iter().cloned());
        let used = all.filter_map(|list| {
            let clauses = users.remove(&list.id)?;
            Some((list, clauses.into_iter().collect()))
        });
        used.collect()
    }

    /// The files of the pack, `scheme.toml` first.
    pub fn files(&self) -> Vec<(String, String)> {
        write::files(self)
    }
}
