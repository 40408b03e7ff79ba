//! One obligation with its standing, as lists and pages are given it.

use chrono::NaiveDate;
use domain::duty::{DutyLine, Key, Obligation};
use domain::id::{Owner, Slug};
use domain::standing::{Standing, State};
use schemars::JsonSchema;
use serde::Serialize;

use super::owed::Owed;
use crate::facts::Facts;
use crate::world::World;

/// A clause of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClauseRef {
    /// The pack that holds the notice.
    pub pack: Slug,
    /// Short name of the notice: 三大行动.
    pub notice: String,
    /// The clause, as the pack names it.
    pub clause: String,
    /// Its number in the notice: 一/（二）/2; empty is the introduction.
    pub number: String,
    /// Our own one-line summary.
    pub summary: String,
}

/// An obligation with its standing.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "DutyItem")]
pub struct Item {
    /// Its key.
    pub key: Key,
    /// Title of the duty.
    #[schemars(title = "事项")]
    pub title: String,
    /// Short name of the notice.
    #[schemars(title = "制度")]
    pub notice: String,
    /// Clauses that ask for it.
    pub clauses: Vec<ClauseRef>,
    /// Who owes, as named on the day.
    #[schemars(title = "责任主体")]
    pub owner_name: String,
    /// First day of the period.
    pub opens_on: NaiveDate,
    /// Last day, extension included.
    #[schemars(title = "期限")]
    pub due_on: NaiveDate,
    /// Standing.
    pub standing: Standing,
    /// Unit of the count: 次.
    pub unit: String,
    /// The kind of act to record for it, if one can be recorded by hand.
    pub act_kind: Option<Slug>,
    /// The form to submit for it.
    pub form: Option<Slug>,
    /// Owed by occasion, never overdue by itself.
    pub by_occasion: bool,
}

impl Item {
    /// Whether nothing more is to be done.
    pub fn is_done(&self) -> bool {
        matches!(
            self.standing.state,
            State::Met | State::MetLate | State::Waived | State::BeforeRecords
        )
    }

    /// Whether it is overdue.
    pub fn is_overdue(&self) -> bool {
        self.standing.state == State::Overdue
    }

    /// The state's code, for style classes.
    pub fn state_code(&self) -> &'static str {
        self.standing.state.code()
    }

    /// How many of how many: 3/10.
    pub fn share(&self) -> String {
        format!(
            "{}/{}",
            self.standing.have.min(self.standing.need),
            self.standing.need
        )
    }
}

/// The clauses of a duty in force, with their places.
pub(crate) fn clause_refs(world: &World, line: &DutyLine, clauses: &[String]) -> Vec<ClauseRef> {
    let pack = world
        .book
        .packs()
        .iter()
        .rev()
        .find(|(_, p)| p.id == line.pack)
        .map(|(_, p)| p);
    clauses
        .iter()
        .map(|id| {
            let clause = pack.and_then(|p| p.clause(id));
            let number = clause.map_or(id.as_str(), |c| c.number.as_str());
            ClauseRef {
                pack: line.pack.clone(),
                notice: line.short.clone(),
                clause: id.clone(),
                number: number.to_owned(),
                summary: clause.map(|c| c.summary.clone()).unwrap_or_default(),
            }
        })
        .collect()
}

/// An obligation as it stands.
pub(crate) fn item(world: &World, line: &DutyLine, obligation: &Obligation, facts: &Facts) -> Item {
    let standing = world.standing(line, obligation, facts);
    told(world, line, obligation, standing, facts.day)
}

/// An obligation whose standing is known.
pub(super) fn told(
    world: &World,
    line: &DutyLine,
    obligation: &Obligation,
    standing: Standing,
    day: NaiveDate,
) -> Item {
    let duty = &obligation.duty;
    let kind = duty.rule.what.acts.first().cloned();
    let unit = kind
        .as_ref()
        .and_then(|k| world.act_kind(k.as_str()))
        .map_or_else(|| "次".to_owned(), |k| k.unit.clone());
    Item {
        key: obligation.key(line),
        title: duty.decl.title.clone(),
        notice: line.short.clone(),
        clauses: clause_refs(world, line, &duty.clauses),
        owner_name: world.owner_name(obligation.owner, day),
        opens_on: obligation.period.first_day(),
        due_on: standing.due_on,
        standing,
        unit,
        act_kind: kind,
        form: duty.rule.what.form.clone(),
        by_occasion: duty.by_occasion(),
    }
}

/// The obligations of one owner that wait, of periods that overlap the days asked for; the desk
/// and a hand-over show them.
pub(crate) fn open_items(world: &World, facts: &Facts, owner: Owner) -> Vec<Item> {
    let span = (super::owed::back(facts.day), facts.day);
    let owed = super::owed::owed_by(world, facts, &[owner], span);
    let waits = |o: &&Owed| matches!(o.standing.state, State::Open | State::Overdue);
    let found = owed.iter().filter(waits);
    found.filter_map(|o| o.item(world, facts.day)).collect()
}

impl Owed {
    /// In words that people typed, for a page that shows it.
    pub(crate) fn item(&self, world: &World, day: NaiveDate) -> Option<Item> {
        let line = world.book.lines().get(self.at)?;
        let obligation = world.obligation(self.at, self.owner, self.period)?;
        let standing = self.standing.clone();
        Some(told(world, line, &obligation, standing, day))
    }
}
