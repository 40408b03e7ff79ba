//! The towns: their heads' visits, studies, lists, practical matters. 石桥镇 lags.

use chrono::NaiveDate;

use super::{Year, day};
use crate::demo::county::Town;
use crate::demo::data::Pace;
use crate::demo::dice::Dice;
use crate::demo::firms::Firm;
use crate::demo::sketch::Sketch;

/// Months in which the head of a town does not get out: (town, month).
const NO_VISIT: [(&str, u32); 8] = [
    ("shiqiao", 4),
    ("shiqiao", 7),
    ("shiqiao", 10),
    ("baima", 9),
    ("qingya", 9),
    ("longquan", 6),
    // Waived: the towns are being merged.
    ("liuwan", 7),
    // The post changes hands in the middle of the month; the new head visits.
    ("xiaping", 13),
];
/// Months in which only the deputy of 石桥镇 leads, which does not count.
const DEPUTY_LEADS: [(u32, u32, &str); 3] = [
    (4, 16, "catering-lodging"),
    (10, 14, "metallurgy-trade"),
    (10, 27, "hazardous-chemicals"),
];

impl Year<'_> {
    pub(super) fn towns(&mut self) {
        for at in 0..self.county.towns.len() {
            let Some(town) = self.county.towns.get(at) else {
                continue;
            };
            for month in 2..=11 {
                if exists(town, day(month, 28)) {
                    self.head_visit(at, town, month);
                    self.deputy_visit(at, town, month);
                }
            }
            self.lists_and_studies(town);
            self.matters(town);
            self.deputy_alone(at, town);
        }
    }

    fn head_visit(&mut self, at: usize, town: &Town, month: u32) {
        let key = format!("visit/{}/{month}", town.id);
        let mut dice = Dice::of(&key);
        let skipped = NO_VISIT.contains(&(town.id.as_str(), month));
        // In February some had begun; in November few have been out by the fifth.
        let early = (month == 2 && dice.percent(60)) || (month == 11 && dice.percent(70));
        if skipped || early {
            return;
        }
        let on = match month {
            2 => self.in_month(2, 24, 27, &mut dice),
            8 if town.id == "xiaping" => self.in_month(8, 17, 28, &mut dice),
            11 => self.in_month(11, 2, 5, &mut dice),
            _ => self.in_month(month, 3, 27, &mut dice),
        };
        let firms = self.firms_of_town(at, on);
        let count = 1 + dice.below(3);
        let seen: Vec<&Firm> = dice.some(&firms, count).into_iter().copied().collect();
        let sketch = self.visit(on, &seen, "leader", &mut dice).led(town.head);
        self.act(on, &town.id, &key, sketch);
    }

    /// The deputy is out too; it is recorded, and counts for nobody's monthly visit.
    fn deputy_visit(&mut self, at: usize, town: &Town, month: u32) {
        let key = format!("deputy-visit/{}/{month}", town.id);
        let mut dice = Dice::of(&key);
        if !(3..=10).contains(&month) || !dice.percent(45) || town.pace == Pace::Lagging {
            return;
        }
        let on = self.in_month(month, 5, 26, &mut dice);
        let firms = self.firms_of_town(at, on);
        let seen: Vec<&Firm> = dice.some(&firms, 2).into_iter().copied().collect();
        let sketch = self.visit(on, &seen, "leader", &mut dice).led(town.deputy);
        self.act(on, &town.id, &key, sketch.hosted(town.government));
    }

    fn deputy_alone(&mut self, at: usize, town: &Town) {
        if town.pace != Pace::Lagging {
            return;
        }
        for (month, on, sector) in DEPUTY_LEADS {
            let on = day(month, on);
            let key = format!("deputy-alone/{}/{on}", town.id);
            let mut dice = Dice::of(&key);
            let firms = self.firms_of_town(at, on);
            let first = firms.iter().find(|f| f.sector == sector).or(firms.first());
            let seen: Vec<&Firm> = first.into_iter().copied().collect();
            let sketch = self.visit(on, &seen, "leader", &mut dice).led(town.deputy);
            self.act(on, &town.id, &key, sketch);
        }
    }

    fn lists_and_studies(&mut self, town: &Town) {
        let mut dice = Dice::of(&format!("lists/{}", town.id));
        let lists_on = match town.pace {
            Pace::Steady => self.in_month(3, 9, 30, &mut dice),
            Pace::Slow => self.in_month(3, 25, 31, &mut dice),
            Pace::Lagging => day(4, 9),
        };
        let lists = Sketch::new("list", lists_on)
            .hosted(town.party)
            .hosted(town.government)
            .field("kind", "two-lists")
            .field(
                "name",
                format!("{}党政领导干部职责清单和年度任务清单", town.name),
            );
        self.act(lists_on, &town.id, &format!("two-lists/{}", town.id), lists);

        let back_on = if town.pace == Pace::Slow {
            day(3, 6)
        } else {
            self.in_month(2, 24, 28, &mut dice)
        };
        let back = Sketch::new("review", back_on)
            .hosted(town.government)
            .field("kind", "look-back")
            .field("reviewed", dice.between(18, 66))
            .field("carried", dice.between(0, 4));
        self.act(back_on, &town.id, &format!("look-back/{}", town.id), back);

        for (n, (from, to)) in [(3, 5), (8, 11)].into_iter().enumerate() {
            let on = self.in_month(dice.between(from, to), 3, 27, &mut dice);
            if !exists(town, on) || (n == 1 && town.pace == Pace::Lagging) {
                continue;
            }
            let topic = self
                .texts
                .town
                .study
                .get(n)
                .map_or("安全生产", String::as_str);
            let study = Sketch::new("study", on)
                .hosted(town.party)
                .field("form", "theory-group")
                .field("topic", topic);
            self.act(on, &town.id, &format!("theory/{}/{n}", town.id), study);
        }
        if dice.percent(55) && town.merged_on.is_none() && town.pace != Pace::Lagging {
            let on = self.in_month(dice.between(6, 10), 8, 26, &mut dice);
            let done = Sketch::new("rectify", on)
                .hosted(town.government)
                .field("scope", "legacy")
                .field("matter", "2024年以来上级反馈的遗留问题全部整治")
                .field("count", dice.between(3, 15));
            self.act(on, &town.id, &format!("legacy/{}", town.id), done);
        }
        if dice.percent(70) {
            let on = self.in_month(dice.between(4, 6), 8, 26, &mut dice);
            let subject = dice
                .pick(&self.texts.town.drill)
                .map_or("应急演练", String::as_str);
            let drill = Sketch::new("drill", on)
                .hosted(town.government)
                .field("kind", "combat")
                .field("topic", subject)
                .field("people", dice.between(30, 160));
            self.act(on, &town.id, &format!("drill/{}", town.id), drill);
        }
    }

    /// 办实事: ten in the year; most towns have seven to nine by November.
    fn matters(&mut self, town: &Town) {
        let mut dice = Dice::of(&format!("matters/{}", town.id));
        let count = match town.pace {
            Pace::Steady => dice.between(7, 10),
            Pace::Slow => dice.between(5, 7),
            Pace::Lagging => 3,
        };
        let fields = [
            "enforcers",
            "equipment",
            "sector",
            "funds",
            "cadres",
            "informatics",
        ];
        for n in 0..count {
            let on = self.in_month(3 + n * 8 / count, 4, 27, &mut dice);
            let index = usize::try_from(n).unwrap_or(0);
            let all = &self.texts.town.matter;
            let text = all.get((index * 3 + dice.below(2)) % all.len().max(1));
            let field = fields
                .get(index % fields.len())
                .copied()
                .unwrap_or("sector");
            if !exists(town, on) {
                continue;
            }
            let sketch = Sketch::new("task", on)
                .hosted(town.government)
                .field("kind", "practical-matter")
                .field("field", field)
                .field("solved", text.map_or("解决一件实事", String::as_str));
            self.act(on, &town.id, &format!("matter/{}/{n}", town.id), sketch);
        }
    }
}

/// Whether a town still exists on a day.
pub(super) fn exists(town: &Town, on: NaiveDate) -> bool {
    town.merged_on.is_none_or(|gone| on < gone)
}
