//! Duties 职责 in force: packs as applied, compiled into what is owed in which period.
//!
//! **Invariant:** obligations are computed, never stored: an [`Obligation`] is a key (pack, duty,
//! owner, period) with its dates. The version in force at a period's start governs the period.
//! Basis: DUTY-1, data-model Semantics.

mod key;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{Days, NaiveDate};

use crate::calendar::{Due, HolidayRule, Period, WorkCalendar, due_once, due_recurring};
use crate::id::{BodyId, Owner, PackUseId, Slug};
use crate::occasion::Occasion;
use crate::pack::{Choices, DutyDecl, DutyRule, DutyTiming, Edge, Effect, Governs, Pack};
use crate::structure::{Lists, Structure};

pub use key::{BadKey, Key};

/// A pack applied to a county from a day, with the office's choices.
#[derive(Debug, Clone, PartialEq)]
pub struct PackUse {
    /// Identity.
    pub id: PackUseId,
    /// The county.
    pub home: BodyId,
    /// The pack.
    pub pack: Slug,
    /// Its version.
    pub version: u32,
    /// First day on which this version is in force here.
    pub from_on: NaiveDate,
    /// First day on which it no longer is.
    pub to_on: Option<NaiveDate>,
    /// Periods that end before this day are *before records*, never overdue.
    pub followed_from_on: NaiveDate,
    /// What the office chose where the text leaves it open.
    pub choices: Choices,
}

/// One version of a duty as in force.
#[derive(Debug)]
pub struct Duty {
    /// The application it comes from.
    pub in_use: Arc<PackUse>,
    /// The pack's effect and edges.
    pub effect: Effect,
    /// The element.
    pub decl: DutyDecl,
    /// The effective rule, after the choice between texts.
    pub rule: DutyRule,
    /// The clauses of the effective rule: common ones first, then those of the chosen text.
    pub clauses: Vec<String>,
    /// Lists by id.
    pub lists: Arc<Lists>,
    /// What a due date on a day off does.
    pub holiday: HolidayRule,
    /// One who chairs several committees owes once.
    pub several_chairs_once: bool,
    /// Whether standing is kept for it.
    pub followed: bool,
}

/// A duty through its versions, oldest first.
#[derive(Debug, Clone)]
pub struct DutyLine {
    /// Pack.
    pub pack: Slug,
    /// The pack's short name.
    pub short: String,
    /// Duty.
    pub id: Slug,
    /// Versions by the day they came into force.
    pub versions: Vec<Arc<Duty>>,
}

/// Everything that is owed in a county by notices: packs in force, calendar, occasions.
#[derive(Debug, Clone)]
pub struct Book {
    lines: Vec<DutyLine>,
    index: HashMap<(Slug, Slug), usize>,
    by_act: HashMap<Slug, Vec<usize>>,
    packs: Vec<(Arc<PackUse>, Arc<Pack>)>,
    calendar: Arc<WorkCalendar>,
    occasions: Vec<Occasion>,
}

/// An obligation: one owner's duty in one period. Computed, never stored.
#[derive(Debug, Clone)]
pub struct Obligation {
    /// The duty, in the version that governs the period.
    pub duty: Arc<Duty>,
    /// Who owes.
    pub owner: Owner,
    /// In which period.
    pub period: Period,
    /// Until when, with its explanation.
    pub due: Due,
}

impl Obligation {
    /// Its key.
    pub fn key(&self, line: &DutyLine) -> Key {
        Key {
            pack: line.pack.clone(),
            duty: line.id.clone(),
            owner: self.owner,
            period: self.period,
        }
    }
}

impl Book {
    /// Compiles the packs in force. `used` finds the vocabulary packs by id.
    pub fn new(
        mut packs: Vec<(Arc<PackUse>, Arc<Pack>)>,
        used: &BTreeMap<Slug, Arc<Pack>>,
        calendar: Arc<WorkCalendar>,
        mut occasions: Vec<Occasion>,
    ) -> Self {
        packs.sort_by(|a, b| (a.0.from_on, &a.0.pack).cmp(&(b.0.from_on, &b.0.pack)));
        occasions.retain(|o| !o.withdrawn);
        let mut lines: Vec<DutyLine> = Vec::new();
        let mut index = HashMap::new();
        for (in_use, pack) in &packs {
            let lists = Arc::new(lists_of(pack, used, &in_use.choices));
            for decl in &pack.duties {
                let duty = Arc::new(compile(in_use, pack, decl, &lists));
                let key = (pack.id.clone(), decl.id.clone());
                let at = *index.entry(key).or_insert_with(|| {
                    lines.push(DutyLine {
                        pack: pack.id.clone(),
                        short: pack.short.clone(),
                        id: decl.id.clone(),
                        versions: Vec::new(),
                    });
                    lines.len() - 1
                });
                if let Some(line) = lines.get_mut(at) {
                    line.versions.push(duty);
                }
            }
        }
        let by_act = by_act(&lines);
        Self {
            lines,
            index,
            by_act,
            packs,
            calendar,
            occasions,
        }
    }

    /// The same packs with other occasions.
    #[must_use]
    pub fn with_occasions(&self, mut occasions: Vec<Occasion>) -> Self {
        occasions.retain(|o| !o.withdrawn);
        Self {
            occasions,
            ..self.clone()
        }
    }

    /// All duties, in the order of the packs and their texts.
    pub fn lines(&self) -> &[DutyLine] {
        &self.lines
    }

    /// One duty.
    pub fn line(&self, pack: &Slug, duty: &Slug) -> Option<&DutyLine> {
        self.index
            .get(&(pack.clone(), duty.clone()))
            .and_then(|i| self.lines.get(*i))
    }

    /// The duties of which some version counts acts of a kind, in the order of all duties.
    pub fn lines_counting(&self, act: &Slug) -> impl Iterator<Item = &DutyLine> {
        let places = self.by_act.get(act).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(|i| self.lines.get(*i))
    }

    /// The packs in force, oldest application first.
    pub fn packs(&self) -> &[(Arc<PackUse>, Arc<Pack>)] {
        &self.packs
    }

    /// The days to answer a return that was sent back, where the office chose them; `form` is
    /// `pack/form`.
    pub fn answer_days(&self, form: &str) -> Option<u32> {
        let (pack, _) = form.split_once('/')?;
        let mut newest_first = self.packs.iter().rev();
        let (in_use, _) = newest_first.find(|(_, p)| p.id == *pack)?;
        in_use.choices.answer_days
    }

    /// The working calendar.
    pub fn calendar(&self) -> &Arc<WorkCalendar> {
        &self.calendar
    }

    /// Occasions that were opened.
    pub fn occasions(&self) -> &[Occasion] {
        &self.occasions
    }

    /// The periods in which a duty is owed and that overlap the days asked for, oldest first.
    pub fn periods(&self, line: &DutyLine, from: NaiveDate, to: NaiveDate) -> Vec<Period> {
        let mut out = Vec::new();
        for (i, duty) in line.versions.iter().enumerate() {
            match &duty.rule.timing {
                DutyTiming::Recurring { cadence, .. } => {
                    // A period that reaches beyond the days in force is one period all the same.
                    let start = from.max(cadence.period_of(duty.first_day()).first_day());
                    let last = duty
                        .last_day()
                        .map(|last| cadence.period_of(last).last_day());
                    let end = last.map_or(to, |last| to.min(last));
                    if start > end {
                        continue;
                    }
                    let continued = line.is_continued(i);
                    let mine = cadence
                        .periods(start, end)
                        .filter(|p| line.governing(*p) == Some(i) && duty.owes_edge(*p, continued));
                    out.extend(mine);
                }
                // A task goes on under a later version; only the first one begins it.
                DutyTiming::Once { .. } if line.continues_task(i) => {}
                DutyTiming::Once { .. } => {
                    let Some(period) = duty.once() else { continue };
                    let touches = period.first_day() <= to && period.last_day() >= from;
                    if touches && line.governing(period) == Some(i) {
                        out.push(period);
                    }
                }
                DutyTiming::Occasion { kinds } => {
                    out.extend(self.occasion_periods(duty, kinds, from, to));
                }
            }
        }
        out.sort();
        out.dedup();
        out
    }

    fn occasion_periods(
        &self,
        duty: &Duty,
        kinds: &[Slug],
        from: NaiveDate,
        to: NaiveDate,
    ) -> Vec<Period> {
        self.occasions
            .iter()
            .filter(|o| kinds.contains(&o.kind) && o.from_on <= to && o.to_on >= from)
            .filter(|o| duty.in_force_on(o.from_on))
            .map(Occasion::period)
            .collect()
    }

    /// The obligation of an owner in a period, if the duty is owed in that period at all.
    pub fn obligation(&self, line: &DutyLine, owner: Owner, period: Period) -> Option<Obligation> {
        let duty = line.versions.get(line.governing(period)?)?.clone();
        let due = duty.due(period, &self.calendar);
        Some(Obligation {
            duty,
            owner,
            period,
            due,
        })
    }

    /// Who owes a duty in a period: those selected at the cut-off, or today while it lies ahead.
    pub fn owners(
        &self,
        line: &DutyLine,
        period: Period,
        structure: &Structure,
        today: NaiveDate,
    ) -> Vec<Owner> {
        let Some(duty) = line.governing(period).and_then(|i| line.versions.get(i)) else {
            return Vec::new();
        };
        let on = duty.due(period, &self.calendar).on.min(today);
        structure.owners(&duty.rule.owed_by, &duty.lists, on)
    }
}

impl DutyLine {
    /// The version that governs a period: the one in force at its start, or the one that comes
    /// into force within a period at whose start none was (the first, or after a break).
    pub fn governing(&self, period: Period) -> Option<usize> {
        let start = period.first_day();
        let Some(at) = self
            .versions
            .iter()
            .rposition(|d| d.in_use.from_on <= start)
        else {
            return (!self.versions.is_empty()).then_some(0);
        };
        if self
            .versions
            .get(at)?
            .in_use
            .to_on
            .is_none_or(|to| start < to)
        {
            return Some(at);
        }
        let next = self.versions.get(at + 1)?;
        (next.in_use.from_on <= period.last_day()).then_some(at + 1)
    }

    /// Whether a later version takes over on the very day on which this one ends.
    fn is_continued(&self, at: usize) -> bool {
        let from = self.versions.get(at + 1).map(|next| next.in_use.from_on);
        from.is_some() && from == self.versions.get(at).and_then(|d| d.in_use.to_on)
    }

    /// Whether a version takes a task over from the one before it.
    fn continues_task(&self, at: usize) -> bool {
        let before = at.checked_sub(1);
        before.is_some_and(|b| {
            let task = self.versions.get(b).and_then(|d| d.once());
            task.is_some() && self.is_continued(b)
        })
    }

    /// The newest version.
    pub fn newest(&self) -> Option<&Arc<Duty>> {
        self.versions.last()
    }
}

impl Duty {
    /// First day on which it is owed here.
    pub fn first_day(&self) -> NaiveDate {
        self.effect
            .from
            .map_or(self.in_use.from_on, |from| from.max(self.in_use.from_on))
    }

    /// Last day, included; `None` is open.
    pub fn last_day(&self) -> Option<NaiveDate> {
        let ended = self
            .in_use
            .to_on
            .and_then(|to| to.checked_sub_days(Days::new(1)));
        match (self.effect.to, ended) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Whether it is in force on a day.
    pub fn in_force_on(&self, on: NaiveDate) -> bool {
        self.first_day() <= on && self.last_day().is_none_or(|last| on <= last)
    }

    /// The one period of a one-off duty.
    pub fn once(&self) -> Option<Period> {
        match &self.rule.timing {
            DutyTiming::Once { from, due } => {
                let start = from.unwrap_or_else(|| self.first_day());
                Some(Period::span(start.min(*due), *due))
            }
            DutyTiming::Recurring { .. } | DutyTiming::Occasion { .. } => None,
        }
    }

    /// Until when the obligation of a period is due.
    pub fn due(&self, period: Period, calendar: &WorkCalendar) -> Due {
        match &self.rule.timing {
            DutyTiming::Recurring {
                due,
                covers_previous,
                cadence: _,
            } => {
                let due_of = |p| due_recurring(p, *due, self.holiday, calendar);
                if *covers_previous {
                    // Owed is the report on a period; it is handed in during the one after it.
                    due_of(period.next()).answering(period)
                } else {
                    due_of(period)
                }
            }
            DutyTiming::Once { due, .. } => due_once(*due, self.holiday, calendar),
            DutyTiming::Occasion { .. } => {
                due_once(period.last_day(), HolidayRule::Unchanged, calendar)
            }
        }
    }

    /// The last day on which an act may be entered for a period, where the office set a lock.
    pub fn locked_on(&self, due: NaiveDate) -> Option<NaiveDate> {
        let days = self.in_use.choices.lock_after_days?;
        due.checked_add_days(Days::new(u64::from(days)))
    }

    /// Whether a period at the edge of the effect is owed. Where a later version takes over, the
    /// end of this one is no edge: the period it governs runs on.
    fn owes_edge(&self, period: Period, continued: bool) -> bool {
        let first = self.first_day();
        let cut_first = period.first_day() < first;
        let last = if continued {
            self.effect.to
        } else {
            self.last_day()
        };
        let cut_last = last.is_some_and(|last| period.last_day() > last);
        let inside = period.overlap_days(first, last.unwrap_or(NaiveDate::MAX));
        let half = inside * 2 >= period.days();
        let owed = |edge: Edge| match edge {
            Edge::Whole => true,
            Edge::Half => half,
            Edge::None => false,
        };
        (!cut_first || owed(self.effect.first)) && (!cut_last || owed(self.effect.last))
    }

    /// Whether it is owed by occasion.
    pub fn by_occasion(&self) -> bool {
        matches!(self.rule.timing, DutyTiming::Occasion { .. })
    }
}

fn by_act(lines: &[DutyLine]) -> HashMap<Slug, Vec<usize>> {
    let mut out: HashMap<Slug, Vec<usize>> = HashMap::new();
    for (i, line) in lines.iter().enumerate() {
        for act in line.versions.iter().flat_map(|d| &d.rule.what.acts) {
            let places = out.entry(act.clone()).or_default();
            if places.last() != Some(&i) {
                places.push(i);
            }
        }
    }
    out
}

fn compile(in_use: &Arc<PackUse>, pack: &Pack, decl: &DutyDecl, lists: &Arc<Lists>) -> Duty {
    let (rule, clauses) = decl.rule_under(&in_use.choices);
    let answer = |governs: Governs| {
        pack.choices.iter().find(|c| c.governs == governs).map(|c| {
            in_use
                .choices
                .answers
                .get(&c.id)
                .unwrap_or(&c.default)
                .clone()
        })
    };
    let holiday = answer(Governs::OnHoliday)
        .and_then(|a| a.as_str().parse().ok())
        .unwrap_or(HolidayRule::Unchanged);
    Duty {
        in_use: in_use.clone(),
        effect: pack.effect.clone(),
        rule: rule.clone(),
        clauses,
        lists: lists.clone(),
        holiday,
        several_chairs_once: answer(Governs::SeveralChairs).is_some_and(|a| a == "once"),
        followed: decl.followed && !in_use.choices.unfollowed.contains(&decl.id),
        decl: decl.clone(),
    }
}

fn lists_of(pack: &Pack, used: &BTreeMap<Slug, Arc<Pack>>, choices: &Choices) -> Lists {
    let mut lists = Lists::default();
    let theirs = pack
        .uses
        .iter()
        .filter_map(|id| used.get(id))
        .flat_map(|p| &p.lists);
    for list in theirs.chain(&pack.lists) {
        lists.insert(
            list.id.clone(),
            list.members.clone(),
            choices.list_add.get(&list.id).cloned().unwrap_or_default(),
            choices
                .list_remove
                .get(&list.id)
                .cloned()
                .unwrap_or_default(),
        );
    }
    lists
}
