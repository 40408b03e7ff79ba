//! 工作台: what is mine, what is late, what do I do now.

use chrono::{Datelike, Days, Months, NaiveDate};
use domain::act::{Act, Judged};
use domain::calendar::DayKind;
use domain::calendar::words::chinese_day;
use domain::id::{BodyId, Owner};
use domain::policy::Action;
use domain::standing::State;

use super::item::{Item, items_of};
use crate::ctx::{Ctx, Who};
use crate::error::Result;
use crate::world::World;

/// Days back that overdue items are looked for.
const BACK_DAYS: u64 = 400;
/// Days ahead that items of coming periods are shown.
const AHEAD_DAYS: u64 = 45;
/// Done items shown on the desk.
const DONE_MAX: usize = 8;

/// One day of the month calendar.
#[derive(Debug, Clone)]
pub struct CalendarDay {
    /// The day.
    pub on: NaiveDate,
    /// Day of the month.
    pub number: u32,
    /// It belongs to the month shown.
    pub in_month: bool,
    /// It is the day that is looked at.
    pub is_today: bool,
    /// A weekend or holiday.
    pub is_off: bool,
    /// 春节, 调休上班, or empty.
    pub note: String,
    /// Items due on it.
    pub due: Vec<Item>,
}

/// A month with its weeks, Monday first.
#[derive(Debug, Clone)]
pub struct DeskMonth {
    /// 2026年11月.
    pub title: String,
    /// `2026-11`.
    pub code: String,
    /// `2026-10`.
    pub previous: String,
    /// `2026-12`.
    pub next: String,
    /// Weeks of seven days.
    pub weeks: Vec<Vec<CalendarDay>>,
}

/// A return that was sent back.
#[derive(Debug, Clone)]
pub struct SentBack {
    /// Which table, of which period.
    pub title: String,
    /// Its page.
    pub path: String,
    /// 请于…前重新报送.
    pub until: String,
}

/// The desk.
#[derive(Debug, Clone)]
pub struct Desk {
    /// The body acted for.
    pub body_name: String,
    /// What waits, by date; overdue first.
    pub open: Vec<Item>,
    /// Recently done.
    pub done: Vec<Item>,
    /// How many wait.
    pub open_count: usize,
    /// How many of those are overdue.
    pub overdue_count: usize,
    /// Due within seven days.
    pub soon_count: usize,
    /// Done this month.
    pub done_count: usize,
    /// Requests that wait for this person's decision.
    pub to_decide: usize,
    /// Returns that wait for acceptance by this person.
    pub to_judge: usize,
    /// Returns that came back and wait to be submitted again.
    pub sent_back: Vec<SentBack>,
    /// The month calendar.
    pub month: DeskMonth,
    /// Whether the person may record acts.
    pub may_record: bool,
}

/// The owners whose duties a person answers for.
pub(crate) fn owners_of(world: &World, who: &Who, on: NaiveDate) -> Vec<Owner> {
    who.decider().owners(&world.structure, on)
}

/// The desk of the person, with the month calendar around `month` (any day of it).
pub async fn desk(ctx: &Ctx, month: Option<NaiveDate>) -> Result<Desk> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    let day = ctx.day();
    let from = day.checked_sub_days(Days::new(BACK_DAYS)).unwrap_or(day);
    let to = day.checked_add_days(Days::new(AHEAD_DAYS)).unwrap_or(day);
    let facts = ctx.app.facts(ctx, &world, from).await?;
    let mut owners = owners_of(&world, who, day);
    // Administrators act for the county and see no business of it.
    let sees = |b| who.may(&world.structure, Action::ViewStanding, b, ctx.today);
    owners.retain(|o| world.structure.body_of(*o).is_some_and(sees));
    let shown = month.unwrap_or(day);
    let (first, last) = month_days(shown);
    let items = items_of(&world, &facts, &owners, from.min(first), to.max(last));
    let to_decide = decidable(ctx, &world).await?;
    let returns = if who.may_somewhere(Action::JudgeReturn) || who.may_somewhere(Action::RecordAct)
    {
        crate::act::recent_returns(ctx, &world).await?
    } else {
        std::sync::Arc::default()
    };
    let to_judge = to_judge(ctx, &world, &returns)?;

    let open: Vec<Item> = items
        .iter()
        .filter(|i| match i.standing.state {
            State::Overdue => true,
            State::Open => !i.by_occasion || i.due_on >= day,
            _ => false,
        })
        .cloned()
        .collect();
    let in_month = |i: &&Item| {
        matches!(i.standing.state, State::Met | State::MetLate)
            && i.standing
                .met_on
                .is_some_and(|d| (d.year(), d.month()) == (day.year(), day.month()))
    };
    let mut done: Vec<Item> = items.iter().filter(in_month).cloned().collect();
    done.sort_by_key(|i| std::cmp::Reverse(i.standing.met_on));
    let done_count = done.len();
    done.truncate(DONE_MAX);
    let soon = day.checked_add_days(Days::new(7)).unwrap_or(day);
    Ok(Desk {
        body_name: world.structure.name(who.body, day).to_owned(),
        open_count: open.len(),
        overdue_count: open.iter().filter(|i| i.is_overdue()).count(),
        soon_count: open
            .iter()
            .filter(|i| !i.is_overdue() && i.due_on <= soon)
            .count(),
        done_count,
        to_decide,
        to_judge,
        sent_back: sent_back(&world, who, day, &returns),
        month: month_of(&world, shown, day, &items),
        may_record: ctx.as_of.is_none()
            && who.may(&world.structure, Action::RecordAct, who.body, ctx.today),
        open,
        done,
    })
}

fn month_days(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = day.with_day(1).unwrap_or(day);
    let last = first
        .checked_add_months(Months::new(1))
        .and_then(|next| next.pred_opt())
        .unwrap_or(day);
    (first, last)
}

fn month_of(world: &World, shown: NaiveDate, today: NaiveDate, items: &[Item]) -> DeskMonth {
    let (first, last) = month_days(shown);
    let lead = u64::from(first.weekday().num_days_from_monday());
    let start = first.checked_sub_days(Days::new(lead)).unwrap_or(first);
    let mut weeks = Vec::new();
    let mut at = start;
    while at <= last {
        let mut week = Vec::with_capacity(7);
        for _ in 0..7 {
            week.push(calendar_day(world, at, shown, today, items));
            at = at.succ_opt().unwrap_or(at);
        }
        weeks.push(week);
    }
    let code = |d: NaiveDate| d.format("%Y-%m").to_string();
    let previous = first.checked_sub_months(Months::new(1)).unwrap_or(first);
    let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
    DeskMonth {
        title: format!("{}年{}月", first.year(), first.month()),
        code: code(first),
        previous: code(previous),
        next: code(next),
        weeks,
    }
}

fn calendar_day(
    world: &World,
    on: NaiveDate,
    shown: NaiveDate,
    today: NaiveDate,
    items: &[Item],
) -> CalendarDay {
    let (is_off, note) = match world.book.calendar().kind_of(on) {
        DayKind::Holiday(holiday) => (true, holiday.name.clone()),
        DayKind::MakeUp(holiday) => (false, format!("{}调休上班", holiday.name)),
        DayKind::Weekend => (true, String::new()),
        DayKind::Working => (false, String::new()),
        DayKind::Uncovered { .. } => (on.weekday().num_days_from_monday() >= 5, String::new()),
    };
    let due = items.iter().filter(|i| {
        i.due_on == on && !matches!(i.standing.state, State::Waived | State::BeforeRecords)
    });
    CalendarDay {
        on,
        number: on.day(),
        in_month: (on.year(), on.month()) == (shown.year(), shown.month()),
        is_today: on == today,
        is_off,
        note,
        due: due.cloned().collect(),
    }
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
            title: crate::act::headline(world, act),
            path: format!("/acts/{}", act.id),
            until: answer_by.map_or_else(
                || "请重新报送".to_owned(),
                |by| format!("请于{}前重新报送", chinese_day(by)),
            ),
        });
    }
    out
}
