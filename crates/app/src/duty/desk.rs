//! 工作台: what is mine, what is late, what do I do now.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate};
use domain::act::{Act, Judged};
use domain::calendar::{DayKind, Period, PeriodKind};
use domain::id::{ActId, BodyId, Owner};
use domain::policy::Action;
use domain::standing::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::item::Item;
use super::owed::{Owed, ahead, back, owed_by};
use crate::ctx::{Ctx, Who};
use crate::door::operations;
use crate::error::Result;
use crate::world::World;

/// Days to come that are soon.
const SOON_DAYS: u64 = 7;
/// Items that wait shown on the desk; the list shows all.
pub const OPEN_MAX: usize = 40;
/// Done items shown on the desk.
const DONE_MAX: usize = 8;

operations! {
    Read "desk.show" GET "/desk" "工作台：等我办的事项和本月日历" []
        ShowDesk => {"desk": Desk} = show;
}

/// Which desk.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowDesk {
    /// The month of the calendar; the running one where none is said.
    #[schemars(title = "日历的月份")]
    pub month: Option<Period>,
}

domain::codes! {
    /// What a day of the calendar is.
    CalendarKind {
        /// 工作日.
        Working = "working",
        /// 周末.
        Weekend = "weekend",
        /// 法定假日.
        Holiday = "holiday",
        /// 调休上班.
        MakeUp = "make-up",
    }
}

/// One day of the month calendar.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CalendarDay {
    /// The day.
    pub on: NaiveDate,
    /// What it is.
    pub kind: CalendarKind,
    /// The holiday that it belongs to, or that it makes up for.
    pub holiday: Option<String>,
    /// Items due on it.
    pub due: Vec<Item>,
}

/// A return that was sent back.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SentBack {
    /// The return.
    pub id: ActId,
    /// Which table, of which period.
    pub title: String,
    /// The last day to hand it in again, where one was set.
    pub answer_by: Option<NaiveDate>,
}

/// The desk.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Desk {
    /// The body acted for.
    pub body: BodyId,
    /// Its name.
    pub body_name: String,
    /// What waits, by date, so that what is overdue comes first; not more than a desk holds.
    pub open: Vec<Item>,
    /// Recently done.
    pub done: Vec<Item>,
    /// How many wait.
    pub open_count: usize,
    /// How many of those are overdue.
    pub overdue_count: usize,
    /// For how many days the oldest of them is.
    pub overdue_days: Option<i64>,
    /// Due within seven days.
    pub soon_count: usize,
    /// Done this month.
    pub done_count: usize,
    /// How many of those were done late.
    pub done_late_count: usize,
    /// How many wait that an act of a kind can be recorded for.
    pub open_by_kind: BTreeMap<String, usize>,
    /// Requests that wait for this person's decision.
    pub to_decide: usize,
    /// Returns that wait for acceptance by this person.
    pub to_judge: usize,
    /// Returns that came back and wait to be submitted again.
    pub sent_back: Vec<SentBack>,
    /// The day that is looked at.
    pub today: NaiveDate,
    /// The month of the calendar.
    pub month: Period,
    /// Its weeks, whole, Monday first.
    pub days: Vec<CalendarDay>,
    /// Whether the person may record acts.
    pub may_record: bool,
}

/// The owners whose duties a person answers for.
pub(crate) fn owners_of(world: &World, who: &Who, on: NaiveDate) -> Vec<Owner> {
    who.decider().owners(&world.structure, on)
}

/// The desk of the person.
pub async fn show(ctx: &Ctx, asked: ShowDesk) -> Result<Desk> {
    desk(ctx, asked.month.map(|m| m.first_day())).await
}

/// The desk of the person, with the month calendar around `month` (any day of it).
pub async fn desk(ctx: &Ctx, month: Option<NaiveDate>) -> Result<Desk> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    let day = ctx.day();
    let (first, last) = month_days(month.unwrap_or(day));
    let span = (back(day).min(first), ahead(day).max(last));
    let facts = ctx.app.facts(ctx, &world, span.0).await?;
    let mut owners = owners_of(&world, who, day);
    // Administrators act for the county and see no business of it.
    let sees = |b| who.may(&world.structure, Action::ViewStanding, b, ctx.today);
    owners.retain(|o| world.structure.body_of(*o).is_some_and(sees));
    let owed = owed_by(&world, &facts, &owners, span);
    let to_decide = decidable(ctx, &world).await?;
    let returns = if who.may_somewhere(Action::JudgeReturn) || who.may_somewhere(Action::RecordAct)
    {
        crate::act::recent_returns(ctx, &world).await?
    } else {
        std::sync::Arc::default()
    };
    let piles = Piles::of(&world, &owed, day);
    let say = |all: &[&Owed]| all.iter().filter_map(|o| o.item(&world, day)).collect();
    let some = |all: &[&Owed], most: usize| say(all.get(..most.min(all.len())).unwrap_or(all));
    Ok(Desk {
        body: who.body,
        body_name: world.structure.name(who.body, day).to_owned(),
        open: some(&piles.open, OPEN_MAX),
        done: some(&piles.done, DONE_MAX),
        open_count: piles.open.len(),
        overdue_count: piles.overdue().count(),
        overdue_days: piles.overdue().map(|o| o.standing.days).max(),
        soon_count: piles.soon(day),
        done_count: piles.done.len(),
        done_late_count: piles.done_late(),
        open_by_kind: piles.by_kind(&world),
        to_decide,
        to_judge: to_judge(ctx, &world, &returns)?,
        sent_back: sent_back(&world, who, day, &returns),
        today: day,
        month: Period::of(PeriodKind::Month, first),
        days: calendar(&world, (first, last), &owed, day),
        may_record: ctx.as_of.is_none()
            && who.may(&world.structure, Action::RecordAct, who.body, ctx.today),
    })
}

/// What lies on a desk: what waits, by date; what was done this month, the newest first.
struct Piles<'a> {
    open: Vec<&'a Owed>,
    done: Vec<&'a Owed>,
}

impl<'a> Piles<'a> {
    fn of(world: &World, owed: &'a [Owed], day: NaiveDate) -> Self {
        let waits = |o: &&Owed| match o.standing.state {
            State::Overdue => true,
            State::Open => !o.is_by_occasion(world) || o.standing.due_on >= day,
            State::NotYetOpen
            | State::Met
            | State::MetLate
            | State::Waived
            | State::BeforeRecords => false,
        };
        let this_month = |on: NaiveDate| (on.year(), on.month()) == (day.year(), day.month());
        let is_done = |o: &&Owed| {
            matches!(o.standing.state, State::Met | State::MetLate)
                && o.standing.met_on.is_some_and(this_month)
        };
        let mut done: Vec<&Owed> = owed.iter().filter(is_done).collect();
        done.sort_by_key(|o| std::cmp::Reverse(o.standing.met_on));
        Self {
            open: owed.iter().filter(waits).collect(),
            done,
        }
    }

    fn overdue(&self) -> impl Iterator<Item = &Owed> {
        let open = self.open.iter().copied();
        open.filter(|o| o.standing.state == State::Overdue)
    }

    fn soon(&self, day: NaiveDate) -> usize {
        let soon = day.checked_add_days(Days::new(SOON_DAYS)).unwrap_or(day);
        let is_soon = |o: &&&Owed| o.standing.state != State::Overdue && o.standing.due_on <= soon;
        self.open.iter().filter(is_soon).count()
    }

    fn done_late(&self) -> usize {
        let is_late = |o: &&&Owed| o.standing.state == State::MetLate;
        self.done.iter().filter(is_late).count()
    }

    fn by_kind(&self, world: &World) -> BTreeMap<String, usize> {
        let mut out = BTreeMap::new();
        for kind in self.open.iter().filter_map(|o| o.kind(world)) {
            *out.entry(kind.to_string()).or_default() += 1;
        }
        out
    }
}

fn month_days(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = day.with_day(1).unwrap_or(day);
    let last = first
        .checked_add_months(Months::new(1))
        .and_then(|next| next.pred_opt())
        .unwrap_or(day);
    (first, last)
}

/// The whole weeks of a month, with what falls due on each day.
fn calendar(
    world: &World,
    (first, last): (NaiveDate, NaiveDate),
    owed: &[Owed],
    today: NaiveDate,
) -> Vec<CalendarDay> {
    let lead = u64::from(first.weekday().num_days_from_monday());
    let start = first.checked_sub_days(Days::new(lead)).unwrap_or(first);
    let trail = u64::from(6 - last.weekday().num_days_from_monday());
    let end = last.checked_add_days(Days::new(trail)).unwrap_or(last);
    let days = start.iter_days().take_while(|on| *on <= end);
    let day = |on: NaiveDate| {
        let (kind, holiday) = match world.book.calendar().kind_of(on) {
            DayKind::Holiday(holiday) => (CalendarKind::Holiday, Some(holiday.name.clone())),
            DayKind::MakeUp(holiday) => (CalendarKind::MakeUp, Some(holiday.name.clone())),
            DayKind::Weekend | DayKind::Uncovered { weekend: true } => {
                (CalendarKind::Weekend, None)
            }
            DayKind::Working | DayKind::Uncovered { weekend: false } => {
                (CalendarKind::Working, None)
            }
        };
        let asks = |o: &&Owed| {
            o.standing.due_on == on
                && !matches!(o.standing.state, State::Waived | State::BeforeRecords)
        };
        let due = owed.iter().filter(asks);
        CalendarDay {
            on,
            kind,
            holiday,
            due: due.filter_map(|o| o.item(world, today)).collect(),
        }
    };
    days.map(day).collect()
}

async fn decidable(ctx: &Ctx, world: &World) -> Result<usize> {
    let who = ctx.who()?;
    let rulings = ctx.app.rulings_seen(ctx, world.home).await?;
    Ok(rulings
        .all()
        .filter(|r| crate::ruling::may_decide(world, who, r, ctx.today))
        .count())
}

fn to_judge(ctx: &Ctx, world: &World, returns: &[Act]) -> Result<usize> {
    let who = ctx.who()?;
    let own = world.structure.answers_for(who.body, ctx.today);
    let mine = |body: BodyId| {
        !own.contains(&body) && who.may(&world.structure, Action::JudgeReturn, body, ctx.today)
    };
    let waiting = returns
        .iter()
        .filter(|a| matches!(a.judged(), Judged::Waiting(_)));
    Ok(waiting
        .filter(|a| a.parts.iter().all(|p| mine(p.body)))
        .count())
}

/// What came back to the bodies that a person answers for.
fn sent_back(world: &World, who: &Who, day: NaiveDate, returns: &[Act]) -> Vec<SentBack> {
    let own = world.structure.answers_for(who.body, day);
    let mine = |a: &&Act| a.parts.iter().any(|p| own.contains(&p.body));
    let mut out = Vec::new();
    for act in returns.iter().filter(|a| !a.withdrawn).filter(mine) {
        let Judged::SentBack { answer_by, .. } = act.judged() else {
            continue;
        };
        out.push(SentBack {
            id: act.id,
            title: crate::act::headline(world, act),
            answer_by,
        });
    }
    out
}
