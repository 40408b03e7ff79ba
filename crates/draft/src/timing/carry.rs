//! Phrases that take their cadence from what the sentence said before: 25日前, 至少两次.

use domain::calendar::{CutOff, PeriodKind};

use super::Timing;
use super::cadence::Cadence;
use super::count;
use super::guard::Around;
use super::scan::{AROUND_BYTES, Scan, floor};

impl Scan<'_> {
    /// 每年3月底前…，12月底前…: the later date comes again each year like the one before it.
    pub(super) fn of_each_year(&self, around: &Around<'_>, start: usize) -> bool {
        let sentence = start - around.before.len();
        self.found.last().is_some_and(|f| {
            f.start >= sentence
                && matches!(
                    f.timing,
                    Timing::Recurring {
                        every: PeriodKind::Year,
                        n: 1,
                        due: Some(CutOff::Date { .. }),
                        ..
                    }
                )
        })
    }

    pub(super) fn day_before(&mut self, around: &Around<'_>, place: (usize, usize), days: &[u32]) {
        let Some(every) = self.last else {
            return;
        };
        let cuts: Vec<CutOff> = days
            .iter()
            .filter_map(|d| u8::try_from(*d).ok())
            .map(CutOff::Day)
            .collect();
        // 每月…于25日前: the same obligation, whose cut-off comes later in its clause.
        let near = self.found.last_mut().filter(|f| {
            let between = self.text.get(f.phrase_end..place.0).unwrap_or("，");
            between.chars().take(15).count() <= 14 && !between.contains(['，', '；', '。'])
        });
        if let (Some(found), [cut]) = (near, cuts.as_slice())
            && let Timing::Recurring { due, .. } = &mut found.timing
            && due.is_none()
        {
            *due = Some(*cut);
            found.end = found.end.max(place.1);
            return;
        }
        self.recurring(around, place, every, &cuts, None, 0.8);
    }

    /// 每月专题研究一次，主要负责人至少深入一线一次: the later count keeps the sentence's cadence.
    pub(super) fn inherit(&mut self, start: usize, end: usize) {
        // Those of the sentences before stand before all of this one's.
        let mut own = self.found.iter().rev().take_while(|f| f.start >= start);
        let Some((every, from)) = own.find_map(|f| match f.timing {
            Timing::Recurring { every, n, .. } => Some((Cadence { every, n }, f.end)),
            _ => None,
        }) else {
            return;
        };
        let rest = &self.text
            [from.min(end)..floor(self.text, (from + AROUND_BYTES).min(end)).max(from.min(end))];
        let mut at = from;
        for clause in rest.split_inclusive(['，', '；']) {
            let begin = at;
            at += clause.len();
            if begin == from {
                continue;
            }
            if clause.contains("；") && begin == from || timed_otherwise(clause) {
                return;
            }
            let words = ["至少", "不少于", "不得少于", "不应少于"];
            let Some(word) = words.iter().find_map(|w| clause.find(w)) else {
                continue;
            };
            let Some(count) = count::first(&clause[word..]).filter(|c| c.of_acts) else {
                continue;
            };
            // The clause of the count names who owes it; else it belongs to what was said.
            if word == 0 {
                continue;
            }
            let timing = Timing::Recurring {
                every: every.every,
                n: every.n,
                at_least: count.n,
                due: None,
            };
            let place = (begin + word, begin + word + count.end);
            self.keep(place, place.1, timing, 0.6);
            self.doubt("频次从前一句承接");
            return;
        }
    }
}

fn timed_otherwise(clause: &str) -> bool {
    ["每", "年", "月", "日", "季", "周"]
        .iter()
        .any(|w| clause.contains(w))
}
