//! One pass over a text: phrases found, weighed and resolved to timings.

use chrono::{Datelike, NaiveDate};
use domain::calendar::{CutOff, PeriodKind};
use winnow::Parser;

use super::cadence::{Cadence, date_of};
use super::count;
use super::guard::{self, Around};
use super::name;
use super::phrase::{Phrase, may_begin, phrase};
use super::point::{LAST, Point, PointKind};
use super::span::Span;
use super::stage;
use super::standing::Standing;
use super::told;
use super::{Day, Timing};
use crate::budget::Budget;

/// Where a text stands.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Setting {
    /// The day of issue, for the length of February.
    pub(crate) issued: Option<NaiveDate>,
    /// What kind of cell it is.
    pub(crate) cell: CellKind,
}

/// Kinds of text that read a bare period differently.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum CellKind {
    /// A paragraph, or a cell that tells.
    #[default]
    Text,
    /// A cell of a column of dates by which something is done.
    Limit,
    /// A cell of a column of times at which something is done.
    Time,
}

/// A timed phrase and what it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// Where the quote begins, in bytes.
    pub(crate) start: usize,
    /// Where the phrase proper ends, in bytes.
    pub(crate) phrase_end: usize,
    /// Where the quote ends, in bytes.
    pub(crate) end: usize,
    /// When.
    pub(crate) timing: Timing,
    /// How sure, from 0 to 1.
    pub(crate) sure: f32,
    /// Why it is less than sure.
    pub(crate) doubt: Option<&'static str>,
}

/// Longest stretch of a sentence that is looked at before and after a phrase, in bytes.
pub(super) const AROUND_BYTES: usize = 600;
/// Longest phrase, in bytes; the grammar is not shown more, so that it cannot look further.
const PHRASE_BYTES_MAX: usize = 600;
/// What trying the grammar at a place costs, in steps: it has some two hundred ways to begin.
const TRY_STEPS: usize = 240;
/// How often the words around a phrase are walked to weigh it.
const WEIGH_PASSES: usize = 3;

pub(super) struct Scan<'a> {
    pub(super) text: &'a str,
    setting: Setting,
    pub(super) found: Vec<Found>,
    /// The cadence that the sentence spoke of last.
    pub(super) last: Option<Cadence>,
}

/// All timed obligations of a text, in its order.
pub(crate) fn scan(text: &str, setting: Setting, budget: &Budget) -> Vec<Found> {
    let mut scan = Scan {
        text,
        setting,
        found: Vec::new(),
        last: None,
    };
    let mut at = 0;
    let mut sentence = 0;
    while let Some(c) = text[at..].chars().next() {
        let next = at + c.len_utf8();
        if !budget.spend(1) {
            return scan.found;
        }
        match c {
            // What stands in the title of a document is not asked for here.
            '《' => {
                budget.spend(TITLE_BYTES_MAX / 3);
                at = title_end(text, next).unwrap_or(next);
                continue;
            }
            '。' | '！' | '？' => {
                scan.inherit(sentence, at);
                scan.last = None;
                sentence = next;
            }
            _ if may_begin(c) => {
                budget.spend(TRY_STEPS);
                let near = &text[at..floor(text, at + PHRASE_BYTES_MAX)];
                let mut rest = near;
                if let Ok(phrase) = phrase.parse_next(&mut rest) {
                    let end = (at + near.len() - rest.len()).max(next);
                    budget.spend(WEIGH_PASSES * (AROUND_BYTES + end - at));
                    at = scan.weigh(phrase, at, end, sentence);
                    continue;
                }
                // A number that begins no phrase is passed over whole.
                let after = after_number(text, at, next);
                budget.spend(after - at);
                at = after;
                continue;
            }
            _ => {}
        }
        at = next;
    }
    scan.inherit(sentence, text.len());
    scan.found.sort_by_key(|f| f.start);
    scan.found
}

/// Longest title in 《》, in bytes.
const TITLE_BYTES_MAX: usize = 400;

/// Where a title that was opened ends; titles that never end are no titles.
fn title_end(text: &str, from: usize) -> Option<usize> {
    let reach = floor(text, from + TITLE_BYTES_MAX);
    text[from..reach]
        .find('》')
        .map(|i| from + i + '》'.len_utf8())
}

/// A number that begins no phrase is passed over whole: 2024 is not 024.
fn after_number(text: &str, at: usize, next: usize) -> usize {
    let digits = text[at..]
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len() - at);
    if digits == 0 { next } else { at + digits }
}

/// The nearest boundary of a character at or before a byte.
pub(super) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl<'a> Scan<'a> {
    fn around(&self, start: usize, end: usize, sentence: usize) -> Around<'a> {
        let from = floor(self.text, start.saturating_sub(AROUND_BYTES)).max(sentence);
        let to = floor(self.text, end + AROUND_BYTES).max(end);
        let after = &self.text[end..to];
        Around {
            before: &self.text[from..start],
            phrase: &self.text[start..end],
            after: after.split(['。', '！', '？']).next().unwrap_or(after),
        }
    }

    /// Keeps a phrase if it asks for something; says where to go on.
    fn weigh(&mut self, phrase: Phrase, start: usize, end: usize, sentence: usize) -> usize {
        let around = self.around(start, end, sentence);
        match phrase {
            Phrase::Range(from, to) => self.range(&around, (start, end), from, to),
            Phrase::Every(every, cuts) => self.every(&around, (start, end), every, &cuts),
            Phrase::Standing(standing) => {
                return self.standing(&around, (start, end), standing);
            }
            Phrase::Before(points) => self.before(&around, (start, end), &points),
            Phrase::Since(at) => self.since(&around, (start, end), at),
            Phrase::FromNow => self.open_from_now(&around, (start, end)),
            Phrase::Period(at) => self.period(&around, (start, end), at),
            Phrase::Periods(points) => {
                let year = points.first().and_then(|p| p.year);
                for at in points {
                    let at = Point {
                        year: at.year.or(year),
                        ..at
                    };
                    self.period(&around, (start, end), at);
                }
            }
            Phrase::Inside(span) => self.inside(&around, (start, end), span),
            Phrase::NotOver(span) => {
                if guard::is_limit(&around) {
                    self.within(&around, (start, end), span, 0.8);
                }
            }
            Phrase::Length(span) => {
                if guard::is_set_limit(&around) {
                    self.within(&around, (start, end), span, 0.8);
                }
            }
            Phrase::Same(span) => {
                if guard::is_done_then(&around) {
                    self.within(&around, (start, end), span, 0.85);
                }
            }
            Phrase::DaysThen(span) => {
                if guard::is_days_then(&around) {
                    self.within(&around, (start, end), span, 0.7);
                }
            }
            Phrase::DayBefore(days) => self.day_before(&around, (start, end), &days),
        }
        end
    }

    pub(super) fn keep(&mut self, place: (usize, usize), end: usize, timing: Timing, sure: f32) {
        self.found.push(Found {
            start: place.0,
            phrase_end: place.1,
            end,
            timing,
            sure,
            doubt: None,
        });
    }

    pub(super) fn doubt(&mut self, why: &'static str) {
        if let Some(last) = self.found.last_mut() {
            last.doubt = Some(why);
        }
    }

    fn day(&self, year: Option<i32>, (month, day): (u32, u32)) -> Day {
        let of_year = year.or_else(|| self.setting.issued.map(|d| d.year()));
        Day {
            year,
            month,
            day: if day == LAST {
                days_in(of_year, month)
            } else {
                day
            },
        }
    }

    fn range(
        &mut self,
        around: &Around<'_>,
        place: (usize, usize),
        from: Option<Point>,
        to: Option<Point>,
    ) {
        let years_of_title = from.is_some_and(|p| p.kind == PointKind::Year)
            && (name::is_title_of(around)
                || !around.after.starts_with(['，', '）', '每', '在'])
                    && !around.before.ends_with(['为', '：']));
        // 旺季（12月至次年2月）says which time is meant, not that something is due.
        let in_season = ["季（", "期（", "期间（"]
            .iter()
            .any(|w| around.before.ends_with(w));
        if years_of_title
            || in_season
            || name::is_season(around)
            || told::is_forecast(around)
            || guard::is_validity(around)
            || told::is_told(around)
        {
            return;
        }
        let later = |a: (u32, u32), b: (u32, u32)| a.0 > b.0;
        let from_year = from.and_then(|p| {
            let to = to?;
            p.year.or_else(|| {
                let year = to.year?;
                Some(if later(p.first, to.last) {
                    year - 1
                } else {
                    year
                })
            })
        });
        let to_year = to.and_then(|p| {
            p.year.or_else(|| {
                let from = from?;
                let year = from.year?;
                Some(if later(from.first, p.last) {
                    year + 1
                } else {
                    year
                })
            })
        });
        let timing = Timing::Window {
            from: from.map(|p| self.day(from_year, p.first)),
            to: to.map(|p| self.day(to_year, p.last)),
        };
        self.keep(place, place.1, timing, 0.95);
    }

    fn every(
        &mut self,
        around: &Around<'_>,
        place: (usize, usize),
        every: Cadence,
        cuts: &[CutOff],
    ) {
        // 每年3月至12月每月巡查: the season says when, the later word how often.
        let season = name::is_season(around) || cuts.is_empty() && name::is_season_of(around);
        if name::is_name(around) {
            // 每月汇总表于次月3日前报送: the name still says how often.
            self.last = Some(every);
            return;
        }
        if season
            || guard::is_left_undone(around)
            || cuts.is_empty() && name::is_rate(around)
            || name::is_watch(around)
        {
            return;
        }
        self.recurring(around, place, every, cuts, None, 0.95);
    }

    pub(super) fn recurring(
        &mut self,
        around: &Around<'_>,
        place: (usize, usize),
        every: Cadence,
        cuts: &[CutOff],
        count: Option<u32>,
        sure: f32,
    ) {
        self.last = Some(every);
        let found = count::how_many(around.after);
        // 6月底前、12月底前分两次拨付: each date has one of the parts.
        let found = found.filter(|c| !(c.in_parts && cuts.len() > 1));
        let (at_least, end) = match (count, found) {
            (Some(n), _) => (n, place.1),
            (None, Some(count)) => (count.n, place.1 + count.end),
            (None, None) => (1, floor(self.text, place.1 + verb_reach(around))),
        };
        let due: Vec<Option<CutOff>> = if cuts.is_empty() {
            vec![None]
        } else {
            cuts.iter().copied().map(Some).collect()
        };
        for due in due {
            let timing = Timing::Recurring {
                every: every.every,
                n: every.n,
                at_least,
                due,
            };
            self.keep(place, end, timing, sure);
        }
    }

    fn standing(&mut self, around: &Around<'_>, place: (usize, usize), said: Standing) -> usize {
        // 月调度 may follow a word; what is no cadence here may be another phrase further on.
        if !name::may_stand(around) || name::is_name(around) {
            let first = around.phrase.chars().next().map_or(1, char::len_utf8);
            return after_number(self.text, place.0, place.0 + first);
        }
        let explained = said
            .every
            .is_some_and(|c| name::is_told_later(around, c.every));
        if said.cuts.is_empty() && name::is_rate(around)
            || explained
            || guard::is_left_undone(around)
        {
            return place.1;
        }
        let named = around.before.is_empty() && self.text[place.1..].starts_with('。');
        if name::is_compound(around.phrase) && named {
            return place.1;
        }
        if let (
            Some(Cadence {
                every: PeriodKind::Year,
                ..
            }),
            [CutOff::Date { month, day, .. }],
        ) = (said.every, said.cuts.as_slice())
            && guard::names_year(around)
        {
            // 2024年11月底前…，次年3月底前…: a date after the one that was said.
            let due = Day {
                year: None,
                month: u32::from(*month),
                day: u32::from(*day),
            };
            self.keep(place, place.1, Timing::Deadline { due, at_least: 1 }, 0.7);
            return place.1;
        }
        let every = said.every.or(self.last).unwrap_or(Cadence {
            every: PeriodKind::Month,
            n: 1,
        });
        if around.phrase.starts_with('次') && around.before.ends_with("每") {
            return place.1;
        }
        self.recurring(around, place, every, &said.cuts, said.count, 0.8);
        self.doubt("频次没有写“每”");
        place.1
    }

    fn before(&mut self, around: &Around<'_>, place: (usize, usize), points: &[Point]) {
        // 每半年（6月底、12月底前）: the cadence says it already.
        if around.before.ends_with('（') && guard::tail(around.before, 5).contains('每') {
            return;
        }
        let counted = around.before.ends_with("截至")
            && !around.phrase.ends_with('前')
            && !told::is_done_by(around)
            || around.before.ends_with("截止目前")
            || told::is_of_year_end(around)
            || guard::is_counted_within(around);
        if told::is_told(around)
            || guard::is_validity(around)
            || told::is_before_past(around)
            || counted
        {
            return;
        }
        let count = count::how_many(around.after)
            .filter(|c| !c.of_acts || c.n > 1 || c.at_least)
            .filter(|c| !(c.in_parts && points.len() > 1));
        let at_least = count.map_or(1, |c| c.n);
        let end = count.map_or(place.1, |c| place.1 + c.end);
        let year = points.first().and_then(|p| p.year);
        if points.iter().all(|p| p.year.is_none()) && self.of_each_year(around, place.0) {
            let cuts: Vec<CutOff> = points.iter().filter_map(|p| date_of(*p, false)).collect();
            let every = Cadence::of(PeriodKind::Year);
            self.recurring(around, place, every, &cuts, None, 0.8);
            self.doubt("频次从前一句承接");
            return;
        }
        for at in points {
            let due = self.day(at.year.or(year), at.last);
            self.keep(place, end, Timing::Deadline { due, at_least }, 0.95);
        }
    }

    fn since(&mut self, around: &Around<'_>, place: (usize, usize), at: Point) {
        let sentence = around.after.split('；').next().unwrap_or_default();
        let recurs = guard::says_cadence(sentence);
        let led = around.phrase.starts_with(['自', '从'])
            || around.before.ends_with(['自', '从'])
            || around.opens_clause();
        if recurs
            || !led
            || guard::is_past(around)
            || guard::is_validity(around)
            || told::is_told(around)
        {
            return;
        }
        let from = self.day(at.year, at.first);
        self.keep(
            place,
            place.1,
            Timing::Window {
                from: Some(from),
                to: None,
            },
            0.7,
        );
        self.doubt("只写了开始，没有写结束");
    }

    fn open_from_now(&mut self, around: &Around<'_>, place: (usize, usize)) {
        // 即日起…每季度挂牌: the cadence is what is asked for.
        let sentence = around.after.split('；').next().unwrap_or_default();
        let plain = around.phrase.starts_with("即日起") && !guard::says_cadence(sentence);
        if !plain || guard::is_validity(around) {
            return;
        }
        let none = Timing::Window {
            from: None,
            to: None,
        };
        self.keep(place, place.1, none, 0.6);
        self.doubt("只写了即日起，没有写结束");
    }

    fn period(&mut self, around: &Around<'_>, place: (usize, usize), at: Point) {
        let whole = around.before.is_empty() && around.after.is_empty();
        let due = |scan: &Self| Timing::Deadline {
            due: scan.day(at.year, at.last),
            at_least: 1,
        };
        match self.setting.cell {
            CellKind::Limit if whole => return self.keep(place, place.1, due(self), 0.9),
            CellKind::Time if whole && matches!(at.kind, PointKind::End | PointKind::Day) => {
                return self.keep(place, place.1, due(self), 0.8);
            }
            CellKind::Time if whole => {}
            CellKind::Text | CellKind::Time | CellKind::Limit => {
                if told::is_cut_off(around) {
                    return self.keep(place, place.1, due(self), 0.9);
                }
                if at.kind == PointKind::End {
                    if told::is_goal(around) {
                        self.keep(place, place.1, due(self), 0.75);
                    }
                    return;
                }
                let day = at.kind == PointKind::Day;
                if name::is_named_day(around)
                    || !stage::is_phase(around, day)
                    || guard::is_validity(around)
                    || told::is_told(around)
                {
                    return;
                }
            }
        }
        let timing = Timing::Window {
            from: Some(self.day(at.year, at.first)),
            to: Some(self.day(at.year, at.last)),
        };
        self.keep(place, place.1, timing, 0.7);
        self.doubt("只写了时段");
    }

    fn inside(&mut self, around: &Around<'_>, place: (usize, usize), span: Span) {
        if guard::is_condition(around) || guard::is_duration(around) {
            return;
        }
        self.within(around, place, span, 0.9);
    }

    fn within(&mut self, around: &Around<'_>, place: (usize, usize), span: Span, sure: f32) {
        let Span { n, unit } = span;
        let timing = Timing::Within {
            span: format!("{n}{unit}"),
            after: told::event_of(around),
        };
        self.keep(place, place.1, timing, sure);
    }
}

/// Days of a month; February of an unknown year has 28.
fn days_in(year: Option<i32>, month: u32) -> u32 {
    match month {
        2 if year.is_some_and(|y| NaiveDate::from_ymd_opt(y, 2, 29).is_some()) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// How much of the clause a quote takes to show what is done, in bytes.
fn verb_reach(around: &Around<'_>) -> usize {
    let clause = around.clause_after();
    let clause = clause.split(['、', '”', '）']).next().unwrap_or(clause);
    clause
        .char_indices()
        .nth(4)
        .map_or(clause.len(), |(i, _)| i)
}
