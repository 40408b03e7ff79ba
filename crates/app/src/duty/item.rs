//! One obligation as pages show it.

use chrono::NaiveDate;
use domain::calendar::words::{chinese_day, chinese_weekday, period_name};
use domain::duty::{DutyLine, Key, Obligation};
use domain::id::{Owner, Slug};
use domain::standing::{Standing, State};

use crate::facts::Facts;
use crate::words;
use crate::world::World;

/// A clause with the address of its place in the pack.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ClauseRef {
    /// Short name of the notice and the clause: 三大行动 一/（二）/2.
    pub text: String,
    /// The path of the clause on the pack's page.
    #[serde(skip)]
    pub path: String,
    /// Our own one-line summary.
    pub summary: String,
}

/// An obligation with its standing, ready to show.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its key.
    pub key: Key,
    /// Title of the duty.
    pub title: String,
    /// Short name of the notice.
    pub notice: String,
    /// Clauses that ask for it.
    pub clauses: Vec<ClauseRef>,
    /// Who owes, as named on the day.
    pub owner_name: String,
    /// The period in Chinese.
    pub period_name: String,
    /// First day of the period.
    pub opens_on: NaiveDate,
    /// Last day, extension included.
    pub due_on: NaiveDate,
    /// The last day as shown: 11月22日 周日.
    pub due_text: String,
    /// Standing.
    pub standing: Standing,
    /// The standing in words: 逾期5天.
    pub word: String,
    /// The sign beside the colour.
    pub sign: &'static str,
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
            let shown = if number.is_empty() { "引言" } else { number };
            ClauseRef {
                text: format!("{} {shown}", line.short),
                path: format!("/packs/{}#{}", line.pack, anchor(id)),
                summary: clause.map(|c| c.summary.clone()).unwrap_or_default(),
            }
        })
        .collect()
}

/// The anchor of a clause: its id without blanks and slashes.
pub fn anchor(clause: &str) -> String {
    let kept: String = clause
        .chars()
        .map(|c| if c == '/' || c == ' ' { '-' } else { c })
        .collect();
    format!("c-{kept}")
}

/// Puts an obligation and its standing into words.
pub(crate) fn item(world: &World, line: &DutyLine, obligation: &Obligation, facts: &Facts) -> Item {
    let standing = world.standing(line, obligation, facts);
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
        owner_name: world.owner_name(obligation.owner, facts.day),
        period_name: period_name(obligation.period),
        opens_on: obligation.period.first_day(),
        due_on: standing.due_on,
        due_text: format!(
            "{} {}",
            chinese_day(standing.due_on),
            chinese_weekday(standing.due_on)
        ),
        word: words::standing(&standing),
        sign: words::state_sign(standing.state),
        standing,
        unit,
        act_kind: kind,
        form: duty.rule.what.form.clone(),
        by_occasion: duty.by_occasion(),
    }
}

/// The obligations of some owners whose periods overlap the days asked for.
pub(crate) fn items_of(
    world: &World,
    facts: &Facts,
    owners: &[Owner],
    from: NaiveDate,
    to: NaiveDate,
) -> Vec<Item> {
    let mut out = Vec::new();
    for (at, line) in world.book.lines().iter().enumerate() {
        if !line.versions.iter().any(|d| d.followed) {
            continue;
        }
        for period in world.book.periods(line, from, to) {
            let Some(due) = world.due(at, period) else {
                continue;
            };
            let on = due.on.min(facts.day);
            for owner in owners {
                let Some(ob) = world.obligation(at, *owner, period) else {
                    continue;
                };
                if !ob.duty.followed {
                    continue;
                }
                let selected =
                    world
                        .structure
                        .selects(&ob.duty.rule.owed_by, &ob.duty.lists, *owner, on);
                if selected {
                    out.push(item(world, line, &ob, facts));
                }
            }
        }
    }
    out.sort_by(|a, b| {
        (a.due_on, &a.title, &a.owner_name).cmp(&(b.due_on, &b.title, &b.owner_name))
    });
    out
}
