//! One duty of one owner in one period: standing, why, what counted and what did not, what is
//! missing.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use domain::act::Act;
use domain::calendar::words::{chinese_date, chinese_day, period_name};
use domain::duty::{DutyLine, Key, Obligation};
use domain::extension::Extensions;
use domain::id::{ActId, Owner};
use domain::pack::{DutyTiming, How};
use domain::policy::Action;
use domain::ruling::{State, Wanted};
use domain::standing::State as Stands;
use domain::weigh::{Locks, Weight, WhyNot, weigh};

use super::item::{ClauseRef, Item, clause_refs, item};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::facts::Facts;
use crate::ruling::RulingLine;
use crate::words;
use crate::world::{NOW, World};

/// Days around the period in which acts are looked at, so that one on the wrong side is explained.
const AROUND_DAYS: u64 = 31;

/// An act that was looked at for the obligation.
#[derive(Debug, Clone)]
pub struct ActSeen {
    /// The act.
    pub id: ActId,
    /// Its day, as shown.
    pub day: String,
    /// Kind and what it is about.
    pub title: String,
    /// Whether it counts.
    pub counts: bool,
    /// Why not, or a mark such as 待审核.
    pub note: String,
}

/// The page of one duty.
#[derive(Debug, Clone)]
pub struct DutyPage {
    /// The obligation.
    pub item: Item,
    /// 为什么: what is asked, in sentences.
    pub why: Vec<String>,
    /// 期限怎么来的: how the date came about, in sentences.
    pub due_steps: Vec<String>,
    /// Acts that count, and acts that were looked at and do not.
    pub acts: Vec<ActSeen>,
    /// 还差什么; empty when nothing is missing.
    pub missing: String,
    /// Rulings, newest first.
    pub rulings: Vec<RulingLine>,
    /// The choice between texts that the office made, with both places.
    pub choice: Option<ChoiceSeen>,
    /// Same duty, the period before and after, where owed.
    pub previous: Option<Key>,
    /// The next period.
    pub next: Option<Key>,
    /// The person may record an act for it.
    pub may_record: bool,
    /// The person may ask for a ruling.
    pub may_ask: bool,
}

/// Texts that contradict each other and what was chosen.
#[derive(Debug, Clone)]
pub struct ChoiceSeen {
    /// Each text: title, clauses, whether it was chosen.
    pub texts: Vec<(String, Vec<ClauseRef>, bool)>,
    /// Why.
    pub reason: String,
}

/// The page of a duty.
pub async fn show(ctx: &Ctx, key: &Key) -> Result<DutyPage> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    let (at, obligation) = find(&world, key, ctx.day())?;
    let body = world
        .structure
        .body_of(key.owner)
        .ok_or(Error::NotFound("这项职责"))?;
    let seen_by = (Action::ViewStanding, "这项职责");
    ctx.allow_on(&world.structure, Action::ViewStanding, body, seen_by)?;
    let facts = ctx.app.facts(ctx, &world, key.period.first_day()).await?;
    let line = world
        .book
        .lines()
        .get(at)
        .ok_or(Error::NotFound("这项职责"))?;
    let shown = item(&world, line, &obligation, &facts);
    let counted = facts.counting(&world.book, line, &obligation);
    let acts = acts_near(ctx, &world, &obligation, &counted).await?;
    let seen = weigh_all(&world, line, &obligation, (&acts, &counted), &facts);
    let periods = neighbours(&world, at, &obligation, facts.day);
    let at_period = |p: domain::calendar::Period| key.in_period(p);
    let may = |action| who.may(&world.structure, action, body, ctx.today) && ctx.as_of.is_none();
    Ok(DutyPage {
        why: why(&world, &obligation),
        due_steps: due_steps(&obligation, &shown, &facts, key),
        missing: missing(&shown),
        acts: seen,
        rulings: rulings(ctx, &world, key, &facts),
        choice: choice(&world, at, &obligation),
        previous: periods.0.map(at_period),
        next: periods.1.map(at_period),
        may_record: may(Action::RecordAct) && !shown.is_done(),
        may_ask: may(Action::AskRuling) && !shown.is_done(),
        item: shown,
    })
}

/// The obligation that a key names, if it is owed as seen on a day.
pub(crate) fn find(world: &World, key: &Key, day: NaiveDate) -> Result<(usize, Obligation)> {
    let none = || Error::NotFound("这项职责");
    let at = world
        .book
        .lines()
        .iter()
        .position(|l| l.pack == key.pack && l.id == key.duty)
        .ok_or_else(none)?;
    let line = world.book.lines().get(at).ok_or_else(none)?;
    let owed = world
        .book
        .periods(line, key.period.first_day(), key.period.last_day());
    if !owed.contains(&key.period) {
        return Err(none());
    }
    let obligation = world
        .obligation(at, key.owner, key.period)
        .filter(|o| selects(world, o, day))
        .ok_or_else(none)?;
    Ok((at, obligation))
}

/// Whether the owner of an obligation owes it: settled at the cut-off, as it stands until then.
fn selects(world: &World, obligation: &Obligation, day: NaiveDate) -> bool {
    let duty = &obligation.duty;
    let on = obligation.due.on.min(day);
    let (sel, lists) = (&duty.rule.owed_by, &duty.lists);
    world.structure.selects(sel, lists, obligation.owner, on)
}

/// Whether an act could ever count for an obligation: its owner has a part in an act of the kind.
pub(crate) fn bears_on(world: &World, obligation: &Obligation, act: &Act) -> bool {
    let corrected = BTreeSet::from([act.id]);
    let locks = Locks {
        due_on: obligation.due.on,
        locked_on: None,
        corrected: &corrected,
        extensions: &Extensions::default(),
    };
    let (duty, owner) = (&obligation.duty, obligation.owner);
    let weight = weigh(
        duty,
        owner,
        obligation.period,
        act,
        &world.structure,
        &locks,
    );
    weight != Weight::Unrelated
}

/// The acts of the owner around the period, and all that count wherever they were done.
async fn acts_near(
    ctx: &Ctx,
    world: &World,
    obligation: &Obligation,
    counted: &[ActId],
) -> Result<Vec<Act>> {
    let owners = world
        .structure
        .with_predecessors(obligation.owner, obligation.due.on);
    let bodies: BTreeSet<_> = owners
        .iter()
        .filter_map(|o| world.structure.body_of(*o))
        .collect();
    let first = obligation.period.first_day();
    let last = obligation.period.last_day();
    let from = first
        .checked_sub_days(Days::new(AROUND_DAYS))
        .unwrap_or(first);
    let to = last
        .checked_add_days(Days::new(AROUND_DAYS))
        .unwrap_or(last);
    let kinds = obligation.duty.rule.what.acts.clone();
    let bodies: Vec<_> = bodies.into_iter().collect();
    let filter = store::act::ActFilter {
        kinds,
        bodies: Some(bodies),
        from: Some(from),
        to: Some(to.min(ctx.day())),
        withdrawn_too: true,
        as_of: ctx.as_of_seq(world.home).await?,
        ..store::act::ActFilter::default()
    };
    let as_of = filter.as_of.unwrap_or(NOW);
    let mut acts = ctx
        .app
        .store
        .read(async |r| {
            let mut near = store::act::acts_of(r, world.home, &filter).await?;
            let known: BTreeSet<ActId> = near.iter().map(|a| a.id).collect();
            let far: Vec<ActId> = counted
                .iter()
                .filter(|id| !known.contains(id))
                .copied()
                .collect();
            if !far.is_empty() {
                near.extend(store::act::acts_by_ids(r, &far, as_of).await?);
            }
            Ok::<_, Error>(near)
        })
        .await?;
    acts.sort_by_key(|act| (act.occurred_on, act.id));
    Ok(acts)
}

fn weigh_all(
    world: &World,
    line: &DutyLine,
    obligation: &Obligation,
    (acts, counted): (&[Act], &[ActId]),
    facts: &Facts,
) -> Vec<ActSeen> {
    let duty = &obligation.duty;
    let key = &obligation.key(line);
    let corrected: BTreeSet<ActId> = acts
        .iter()
        .map(|a| a.id)
        .filter(|a| facts.rulings.corrects(key, *a))
        .collect();
    let extensions = Extensions::of(facts.rulings.of(key));
    let locks = Locks {
        due_on: obligation.due.on,
        locked_on: duty.locked_on(extensions.due_on(obligation.due.on)),
        corrected: &corrected,
        extensions: &extensions,
    };
    let mut out: Vec<(NaiveDate, ActSeen)> = Vec::new();
    for act in acts {
        let weight = weigh(duty, key.owner, key.period, act, &world.structure, &locks);
        let (counts, note) = match weight {
            Weight::Unrelated => continue,
            Weight::Counts { .. } if !counted.contains(&act.id) => {
                (false, taken(world, key, act, facts))
            }
            Weight::Counts {
                provisional: false, ..
            } => (true, String::new()),
            Weight::Counts {
                provisional: true, ..
            } => (true, "待审核，暂计".to_owned()),
            Weight::Not(WhyNot::Outside { on }) if far(on, key) => continue,
            Weight::Not(why) => (false, why_not(world, &why, facts.day)),
        };
        let seen = ActSeen {
            id: act.id,
            day: chinese_day(act.occurred_on),
            title: crate::act::headline(world, act),
            counts,
            note,
        };
        out.push((act.occurred_on, seen));
    }
    out.sort_by_key(|(on, seen)| (!seen.counts, *on));
    out.into_iter().map(|(_, seen)| seen).collect()
}

/// An act of another period belongs to that one and need not be explained here, unless it only
/// just missed.
fn far(on: NaiveDate, key: &Key) -> bool {
    let gap = if on < key.period.first_day() {
        (key.period.first_day() - on).num_days()
    } else {
        (on - key.period.last_day()).num_days()
    };
    gap > 7
}

/// Why an act that could count does not: another period of the duty takes it.
fn taken(world: &World, key: &Key, act: &Act, facts: &Facts) -> String {
    let mut rows = world.count(act, &facts.rulings);
    rows.retain(|row| {
        (&row.key.pack, &row.key.duty, row.key.owner) == (&key.pack, &key.duty, key.owner)
    });
    let taken = facts.takes(&world.book, rows);
    taken.first().map_or_else(
        || "不计入本期".to_owned(),
        |row| {
            let period = row.key.period;
            why_not(world, &WhyNot::TakenBy { period }, facts.day)
        },
    )
}

/// Why an act does not count, in a sentence.
pub(crate) fn why_not(world: &World, why: &WhyNot, on: NaiveDate) -> String {
    match why {
        WhyNot::Withdrawn => "已撤回，不计".to_owned(),
        WhyNot::OtherForm => "报的是另一张表，不计".to_owned(),
        WhyNot::OtherPeriod { named } => format!("所报为{}，不计入本期", period_name(*named)),
        WhyNot::Outside { on } => format!("{}不在本期内，不计", chinese_day(*on)),
        WhyNot::WrongRole { has } => {
            let roles: Vec<&str> = has.iter().map(|r| words::part_role(*r)).collect();
            format!("在这条记录里是“{}”，本条不计这种角色", roles.join("、"))
        }
        WhyNot::WrongField { field, has } => {
            let shown = crate::act::value_title(world, field, has);
            if shown.is_empty() {
                "本条要求的内容没有填，不计".to_owned()
            } else {
                format!("“{shown}”不是本条要求的种类，不计")
            }
        }
        WhyNot::TakenBy { period } => {
            format!("已计入{}，一次履职只计一期", period_name(*period))
        }
        WhyNot::NotPresided => "不是由本条要求的人主持或带队，不计".to_owned(),
        WhyNot::NotTogether { missing } => {
            let names: Vec<String> = missing.iter().map(|o| world.owner_name(*o, on)).collect();
            format!("本条要求共同开展，还缺{}", names.join("、"))
        }
        WhyNot::SentBack {
            answer_by: Some(by),
        } => {
            format!("已退回，请于{}前重新报送", chinese_day(*by))
        }
        WhyNot::SentBack { answer_by: None } => "已退回，尚未重新报送".to_owned(),
        WhyNot::AfterLock {
            locked_on,
            recorded_on,
        } => format!(
            "{}录入，已过{}的锁定日；如确已按期开展，可申请补录",
            chinese_day(*recorded_on),
            chinese_day(*locked_on)
        ),
    }
}

fn why(world: &World, obligation: &Obligation) -> Vec<String> {
    let duty = &obligation.duty;
    let rule = &duty.rule;
    let kinds: Vec<String> = rule
        .what
        .acts
        .iter()
        .filter_map(|k| world.act_kind(k.as_str()).map(|a| a.title.clone()))
        .collect();
    let unit = rule
        .what
        .acts
        .first()
        .and_then(|k| world.act_kind(k.as_str()))
        .map_or("次", |k| k.unit.as_str());
    let span = words::days(obligation.period.first_day(), obligation.period.last_day());
    let mut out = vec![format!(
        "{span}应有{}不少于{}{unit}。",
        kinds.join("或"),
        rule.at_least
    )];
    if !rule.what.roles.is_empty() {
        let roles: Vec<&str> = rule
            .what
            .roles
            .iter()
            .map(|r| words::part_role(*r))
            .collect();
        let name = world.owner_name(obligation.owner, obligation.period.last_day());
        out.push(format!("{name}在其中须为：{}。", roles.join("或")));
    }
    for (field, allowed) in &rule.what.fields {
        let titles: Vec<String> = allowed
            .iter()
            .map(|v| crate::act::value_title(world, field, v))
            .collect();
        let title = crate::act::field_title(world, &rule.what.acts, field);
        out.push(format!("{title}须为：{}。", titles.join("或")));
    }
    if !rule.what.presided_by.is_empty() {
        let kinds = rule
            .what
            .presided_by
            .iter()
            .map(|k| crate::post::kind_title(world, k));
        out.push(format!(
            "须由{}主持或带队。",
            kinds.collect::<Vec<_>>().join("或")
        ));
    }
    match rule.owed_by.how {
        How::Each => {}
        How::Any => out.push("同组单位中任何一个开展，各单位都计。".to_owned()),
        How::Jointly => out.push("须同组单位共同开展，缺一不计。".to_owned()),
    }
    if let Some(when) = &duty.decl.when {
        out.push(format!("适用情形：{when}。"));
    }
    out
}

fn due_steps(obligation: &Obligation, item: &Item, facts: &Facts, key: &Key) -> Vec<String> {
    let mut steps = obligation.due.explain();
    for ruling in facts.rulings.of(key) {
        if let (State::Approved(_), Wanted::Extension { new_due_on: to }) =
            (&ruling.state, ruling.wanted)
        {
            steps.push(format!(
                "经同意延期至{}（{}）；原期限{}",
                chinese_date(to),
                words::ruling_reason(ruling.reason),
                chinese_date(obligation.due.on)
            ));
        }
    }
    if item.standing.late_before_extension > 0 {
        steps.push(format!(
            "延期是逾期后提出的，此前逾期的{}天仍记录在案",
            item.standing.late_before_extension
        ));
    }
    let last_on = item.standing.due_on.max(obligation.due.on);
    if let Some(locked) = obligation.duty.locked_on(last_on) {
        steps.push(format!(
            "{}后锁定，再录入的须经批准补录才计入",
            chinese_date(locked)
        ));
    }
    if matches!(obligation.duty.rule.timing, DutyTiming::Occasion { .. }) {
        steps.push("按重要节点开展，不单独计逾期".to_owned());
    }
    steps
}

fn missing(item: &Item) -> String {
    let s = &item.standing;
    match s.state {
        Stands::Open | Stands::Overdue if s.have < s.need => {
            format!("还差{}{}。", s.need - s.have, item.unit)
        }
        Stands::BeforeRecords => "本期早于起算日，不计逾期。".to_owned(),
        Stands::NotYetOpen => "本期还没有开始。".to_owned(),
        Stands::Open | Stands::Overdue | Stands::Met | Stands::MetLate | Stands::Waived => {
            String::new()
        }
    }
}

/// The rulings on an obligation, newest first.
fn rulings(ctx: &Ctx, world: &World, key: &Key, facts: &Facts) -> Vec<RulingLine> {
    let oldest_first = facts.rulings.of(key).iter();
    let newest_first = oldest_first.rev();
    newest_first
        .map(|r| crate::ruling::line(ctx, world, r))
        .collect()
}

fn choice(world: &World, at: usize, obligation: &Obligation) -> Option<ChoiceSeen> {
    let line = world.book.lines().get(at)?;
    let duty = &obligation.duty;
    if duty.decl.options.is_empty() {
        return None;
    }
    let chosen = duty.in_use.choices.options.get(&duty.decl.id);
    let first = duty.decl.options.first().map(|o| &o.id);
    let texts = duty
        .decl
        .options
        .iter()
        .map(|o| {
            let is = chosen.or(first) == Some(&o.id);
            (o.title.clone(), clause_refs(world, line, &o.clauses), is)
        })
        .collect();
    Some(ChoiceSeen {
        texts,
        reason: duty.in_use.choices.reason.clone(),
    })
}

fn neighbours(
    world: &World,
    at: usize,
    obligation: &Obligation,
    day: NaiveDate,
) -> (
    Option<domain::calendar::Period>,
    Option<domain::calendar::Period>,
) {
    let Some(line) = world.book.lines().get(at) else {
        return (None, None);
    };
    let period = obligation.period;
    let around = Days::new(400);
    let from = period
        .first_day()
        .checked_sub_days(around)
        .unwrap_or(period.first_day());
    let to = period
        .last_day()
        .checked_add_days(around)
        .unwrap_or(period.last_day());
    let owed = |p: &domain::calendar::Period| {
        let other = world.obligation(at, obligation.owner, *p);
        other.is_some_and(|o| selects(world, &o, day))
    };
    let mut all = world.book.periods(line, from, to);
    all.retain(owed);
    let here = all.iter().position(|p| *p == period);
    let before = here
        .and_then(|i| i.checked_sub(1))
        .and_then(|i| all.get(i))
        .copied();
    let after = here.and_then(|i| all.get(i + 1)).copied();
    (before, after)
}

/// Used where only the owner matters, such as the list of a post's open items at a hand-over.
pub(crate) fn open_items(world: &World, facts: &Facts, owner: Owner) -> Vec<Item> {
    let back = facts
        .day
        .checked_sub_days(Days::new(400))
        .unwrap_or(facts.day);
    super::item::items_of(world, facts, &[owner], back, facts.day)
        .into_iter()
        .filter(|i| matches!(i.standing.state, Stands::Open | Stands::Overdue))
        .collect()
}
