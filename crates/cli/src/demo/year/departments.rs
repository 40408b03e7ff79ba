//! The departments: their heads' visits, meetings and studies; supervision of the leading firms.

use super::{OFFICE, Year, day, half_of, quarter_of, whole_year};
use crate::demo::county::Department;
use crate::demo::dice::Dice;
use crate::demo::firms::Firm;
use crate::demo::sketch::Sketch;
use crate::outcome::Outcome;

/// Months in which the head of a department does not get out: (department, month).
const NO_VISIT: [(&str, u32); 4] = [("caizheng", 8), ("renshe", 5), ("shangwu", 9), ("sifa", 10)];
/// Quarters in which a department holds no meeting.
const NO_MEETING: [(&str, u32); 1] = [("shangwu", 2)];

impl Year<'_> {
    pub(super) fn departments(&mut self) -> Outcome<()> {
        for at in 0..self.county.departments.len() {
            let Some(dept) = self.county.departments.get(at) else {
                continue;
            };
            for month in 2..=11 {
                self.department_visits(at, dept, month);
            }
            self.meetings(dept);
            self.once_a_year(dept);
            self.leading_firms(at, dept);
            self.key_sector_lead(at, dept);
        }
        Ok(())
    }

    fn department_visits(&mut self, at: usize, dept: &Department, month: u32) {
        let key = format!("visit/{}/{month}", dept.id);
        let mut dice = Dice::of(&key);
        let early = (month == 2 && dice.percent(70)) || (month == 11 && dice.percent(75));
        let mine: Vec<&Firm> = self
            .county
            .firms
            .iter()
            .filter(|f| f.regulator == at)
            .collect();
        // Who regulates nobody goes along to firms of the towns.
        let all = if mine.is_empty() {
            self.county.firms.iter().collect()
        } else {
            mine
        };
        if !early && !NO_VISIT.contains(&(dept.id.as_str(), month)) {
            let on = match month {
                2 => self.in_month(2, 24, 27, &mut dice),
                11 => self.in_month(11, 2, 5, &mut dice),
                _ => self.in_month(month, 2, 28, &mut dice),
            };
            let count = 1 + dice.below(2);
            let seen: Vec<&Firm> = dice.some(&all, count).into_iter().copied().collect();
            let mut sketch = self
                .visit(on, &seen, "department", &mut dice)
                .led(dept.head);
            // The head who is a deputy county head at the same time leads in both posts.
            if let Some(by) = dept.by {
                sketch = sketch.led(by);
            }
            // What a deputy county head led is entered by the county office.
            let recorder = match dept.by {
                None => self.recorder(dept, &seen),
                Some(_) => OFFICE,
            };
            self.act(on, recorder, &key, sketch);
        }
        let key = format!("check/{}/{month}", dept.id);
        let mut dice = Dice::of(&key);
        if dept.regulator && (3..=10).contains(&month) && dice.percent(70) {
            let on = self.in_month(month, 4, 27, &mut dice);
            let count = 2 + dice.below(3);
            let seen: Vec<&Firm> = dice.some(&all, count).into_iter().copied().collect();
            let sketch = self
                .visit(on, &seen, "department", &mut dice)
                .hosted(dept.body);
            let recorder = self.recorder(dept, &seen);
            self.act(on, recorder, &key, sketch);
        }
    }

    /// Who enters a department's visit: its own liaison, and the county office where it went to
    /// firms that others regulate, which the liaison does not see.
    pub(super) fn recorder<'d>(&self, dept: &'d Department, seen: &[&Firm]) -> &'d str {
        let own = |f: &&Firm| {
            let regulator = self.county.departments.get(f.regulator);
            regulator.is_some_and(|r| r.id == dept.id)
        };
        if seen.iter().all(own) {
            &dept.id
        } else {
            OFFICE
        }
    }

    fn meetings(&mut self, dept: &Department) {
        let mut dice = Dice::of(&format!("meetings/{}", dept.id));
        for quarter in 1..=4 {
            let month = (quarter * 3 - 2 + dice.between(0, 2)).max(3);
            let on = self.in_month(month, 3, 26, &mut dice);
            if NO_MEETING.contains(&(dept.id.as_str(), quarter)) {
                continue;
            }
            let topic = dice.pick(&self.texts.department.meeting);
            let sketch = Sketch::new("meeting", on)
                .hosted(dept.body)
                .presided(dept.head)
                .field("form", "department")
                .field("topic", topic.map_or("安全生产例会", String::as_str));
            self.act(
                on,
                &dept.id,
                &format!("meeting/{}/{quarter}", dept.id),
                sketch,
            );
        }
        for half in 1..=2 {
            let month = if half == 1 {
                dice.between(3, 6)
            } else {
                dice.between(8, 12)
            };
            let on = self.in_month(month, 5, 25, &mut dice);
            let topic = dice.pick(&self.texts.department.study);
            let sketch = Sketch::new("study", on)
                .hosted(dept.body)
                .presided(dept.head)
                .field("form", "collective")
                .field("topic", topic.map_or("安全生产", String::as_str));
            self.act(on, &dept.id, &format!("study/{}/{half}", dept.id), sketch);
        }
    }

    fn once_a_year(&mut self, dept: &Department) {
        let mut dice = Dice::of(&format!("once/{}", dept.id));
        let late = matches!(dept.id.as_str(), "renshe" | "shangwu");
        let on = if late {
            day(3, 4)
        } else {
            self.in_month(2, 24, 28, &mut dice)
        };
        let back = Sketch::new("review", on)
            .hosted(dept.body)
            .field("kind", "look-back")
            .field("reviewed", dice.between(8, 90))
            .field("carried", dice.between(0, 6));
        self.act(on, &dept.id, &format!("look-back/{}", dept.id), back);
        if dice.percent(50) {
            let on = self.in_month(dice.between(6, 10), 8, 26, &mut dice);
            let done = Sketch::new("rectify", on)
                .hosted(dept.body)
                .field("scope", "legacy")
                .field("matter", "2024年以来上级反馈的遗留问题全部整治")
                .field("count", dice.between(1, 12));
            self.act(on, &dept.id, &format!("legacy/{}", dept.id), done);
        }
        if dept.regulator {
            let on = self.in_month(3, 9, 27, &mut dice);
            let plan = Sketch::new("plan", on)
                .hosted(dept.body)
                .field("kind", "enforcement")
                .field("name", "2026年度安全生产执法检查计划");
            self.act(on, &dept.id, &format!("plan/{}", dept.id), plan);
        }
    }

    /// 主体企业 are supervised each half-year, and their principals report once a year.
    fn leading_firms(&mut self, at: usize, dept: &Department) {
        let firms: Vec<Firm> = self
            .county
            .firms
            .iter()
            .filter(|f| f.subject && f.regulator == at)
            .cloned()
            .collect();
        if firms.is_empty() {
            return;
        }
        let mut dice = Dice::of(&format!("leading/{}", dept.id));
        for half in 1..=2 {
            let month = if half == 1 {
                dice.between(4, 6)
            } else {
                dice.between(9, 11)
            };
            let on = self.in_month(month, 6, 26, &mut dice);
            let mut sketch = Sketch::new("supervision", on)
                .hosted(dept.body)
                .field("kind", "special")
                .field(
                    "requirements",
                    "主要负责人带头落实核心安全责任，问题限期整改",
                );
            for firm in &firms {
                sketch = sketch.visited(firm.body);
            }
            let key = format!("special/{}/{}", dept.id, half_of(half));
            self.act(on, &dept.id, &key, sketch);
        }
        if dice.percent(60) {
            let on = self.in_month(dice.between(9, 10), 8, 26, &mut dice);
            let sketch = Sketch::new("report", on)
                .hosted(dept.body)
                .joined(firms.iter().map(|f| f.body))
                .period(whole_year())
                .field("kind", "performance-account")
                .field(
                    "summary",
                    "主体企业主要负责人逐一汇报安全履职情况，已当面提出意见",
                );
            self.act(on, &dept.id, &format!("account/{}", dept.id), sketch);
        }
    }

    /// Leads of key fields without a committee consult on their own; all write a risk report.
    fn key_sector_lead(&mut self, at: usize, dept: &Department) {
        let leads = self.county.committees.iter().any(|c| c.lead == at);
        let alone = matches!(dept.id.as_str(), "ziran" | "huanjing" | "linye" | "shuiwu");
        if !leads && !alone {
            return;
        }
        for quarter in 1..=4 {
            let mut dice = Dice::of(&format!("lead/{}/{quarter}", dept.id));
            let on = self.in_month((quarter * 3 - 1).max(3), 4, 26, &mut dice);
            if alone && !(dept.id == "linye" && quarter == 3) {
                let sketch = Sketch::new("consultation", on)
                    .hosted(dept.body)
                    .presided(dept.head)
                    .field("topic", "本领域季度风险联合会商")
                    .field("measures", "压实巡查责任\n完善预警和响应");
                self.act(
                    on,
                    &dept.id,
                    &format!("consult/{}/{quarter}", dept.id),
                    sketch,
                );
            }
            if dept.id == "wenlv" && quarter == 2 {
                continue;
            }
            let on = self.in_month(quarter * 3, 8, 27, &mut dice);
            let sketch = Sketch::new("report", on)
                .hosted(dept.body)
                .period(quarter_of(quarter))
                .field("kind", "risk-analysis")
                .field("summary", "本季度风险总体可控，突出风险和防控措施见正文");
            self.act(on, &dept.id, &format!("risk/{}/{quarter}", dept.id), sketch);
        }
    }
}
