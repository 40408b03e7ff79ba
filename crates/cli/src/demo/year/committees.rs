//! The nineteen committees: meetings, consultations, reports; what leaders see in their fields.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::id::BodyId;

use super::{OFFICE, Year, day, quarter_of};
use crate::demo::county::Committee;
use crate::demo::dice::Dice;
use crate::demo::firms::Firm;
use crate::demo::notice;
use crate::demo::sketch::Sketch;
use crate::outcome::{Fail, Outcome};

/// Quarters in which a committee holds no plenary: (committee, quarter).
const NO_PLENARY: [(&str, u32); 2] = [("fireworks", 2), ("self-built-houses", 3)];
/// Quarters in which the deputy presides, which does not count for the chair.
const DEPUTY_PRESIDES: [(&str, u32); 2] = [("catering-lodging", 3), ("elderly-care", 2)];
/// Quarters whose report comes late or never: (committee, quarter, day or 0).
const REPORT_LATE: [(&str, u32, u32); 3] = [
    ("hazardous-chemicals", 2, 29),
    ("agriculture", 3, 0),
    ("culture-tourism", 1, 31),
];

impl Year<'_> {
    pub(super) fn committees(&mut self) -> Outcome<()> {
        for at in 0..self.county.committees.len() {
            let Some(committee) = self.county.committees.get(at) else {
                continue;
            };
            let lead = self.county.departments.get(committee.lead);
            let lead = lead.ok_or_else(|| Fail::bug("没有牵头部门"))?.id.clone();
            for quarter in 1..=4 {
                self.plenary(committee, &lead, quarter)?;
                self.consultation(committee, &lead, quarter)?;
                self.reports(committee, &lead, quarter);
            }
            self.chair_matter(committee, &lead);
            for opened in notice::OTHERS {
                self.occasion(committee, &lead, opened)?;
            }
        }
        self.leaders_in_the_field()?;
        self.joint_enforcement()
    }

    /// The bodies that sit in a committee: the lead and the members.
    fn sitting(&self, committee: &Committee) -> Vec<BodyId> {
        let places = std::iter::once(&committee.lead).chain(&committee.members);
        places
            .filter_map(|p| self.county.departments.get(*p))
            .map(|d| d.body)
            .collect()
    }

    fn plenary(&mut self, committee: &Committee, lead: &str, quarter: u32) -> Outcome<()> {
        let key = format!("plenary/{}/{quarter}", committee.id);
        let mut dice = Dice::of(&key);
        let (low, high) = if quarter == 1 { (9, 30) } else { (3, 28) };
        let month = if quarter == 1 {
            3
        } else {
            quarter * 3 - 2 + dice.between(0, 2)
        };
        let on = self.in_month(month, low, high, &mut dice);
        let mark = (committee.id.as_str(), quarter);
        let chair = if DEPUTY_PRESIDES.contains(&mark) {
            committee.deputy_chair
        } else {
            committee.chair
        };
        // Where no plenary was held, the chair at least met the lead on one matter.
        let form = if NO_PLENARY.contains(&mark) {
            "thematic"
        } else {
            "plenary"
        };
        if form == "thematic" && committee.id == "self-built-houses" {
            return Ok(());
        }
        let sketch = Sketch::new("meeting", on)
            .hosted(committee.body)
            .presided(chair)
            .joined(self.sitting(committee))
            .field("form", form)
            .field("topic", self.topic(&committee.sector))
            .field(
                "decisions",
                "通报形势，明确下一步重点\n问题清单由成员单位分头办理",
            );
        self.act(on, lead, &key, sketch);
        Ok(())
    }

    /// One consultation: the committee's and its lead department's at once.
    fn consultation(&mut self, committee: &Committee, lead: &str, quarter: u32) -> Outcome<()> {
        let key = format!("consult/{}/{quarter}", committee.id);
        let mut dice = Dice::of(&key);
        let on = self.in_month((quarter * 3 - 1).max(3), 3, 27, &mut dice);
        if (committee.id == "pipelines" && quarter == 2) || dice.percent(4) {
            return Ok(());
        }
        let sketch = self.consulted(committee, on)?;
        let sketch = sketch.field(
            "topic",
            format!("{}季度会商", self.topic(&committee.sector)),
        );
        self.act(on, lead, &key, sketch);
        Ok(())
    }

    fn consulted(&self, committee: &Committee, on: NaiveDate) -> Outcome<Sketch> {
        let dept = self.county.departments.get(committee.lead);
        let dept = dept.ok_or_else(|| Fail::bug("没有牵头部门"))?;
        let members = self
            .sitting(committee)
            .into_iter()
            .filter(|b| *b != dept.body);
        let mut sketch = Sketch::new("consultation", on)
            .hosted(committee.body)
            .hosted(dept.body)
            .presided(committee.deputy_chair)
            .joined(members);
        if let Some(field) = self.texts.fields.get(&committee.sector) {
            let risks: Vec<&str> = field.problems.iter().take(2).map(String::as_str).collect();
            sketch = sketch.field("risks", risks.join("\n"));
        }
        Ok(sketch.field("measures", "盯住薄弱环节开展抽查\n结果报县安委办"))
    }

    fn reports(&mut self, committee: &Committee, lead: &str, quarter: u32) {
        let mut dice = Dice::of(&format!("reports/{}/{quarter}", committee.id));
        let month = quarter * 3;
        let late = REPORT_LATE
            .iter()
            .find(|(id, q, _)| *id == committee.id && *q == quarter)
            .map(|l| l.2);
        let on = match late {
            Some(0) => None,
            Some(late) => Some(day(month, late)),
            None => Some(self.in_month(month, 17, 25, &mut dice)),
        };
        if let Some(on) = on {
            let report = Sketch::new("report", on)
                .hosted(committee.body)
                .period(quarter_of(quarter))
                .field("kind", "quarter")
                .field(
                    "summary",
                    "专项整治、执法检查、隐患排查治理、打击非法违法四类情况见正文",
                );
            self.act(
                on,
                lead,
                &format!("report/{}/{quarter}", committee.id),
                report,
            );
        }
        if !dice.percent(6) {
            let on = self.in_month(month, 12, 24, &mut dice);
            let notice = Sketch::new("notice", on)
                .hosted(committee.body)
                .field("kind", "situation")
                .field(
                    "topic",
                    format!("{}形势通报", self.topic(&committee.sector)),
                );
            self.act(
                on,
                lead,
                &format!("notice/{}/{quarter}", committee.id),
                notice,
            );
        }
    }

    fn chair_matter(&mut self, committee: &Committee, lead: &str) {
        let mut dice = Dice::of(&format!("chair-matter/{}", committee.id));
        if !dice.percent(60) {
            return;
        }
        let on = self.in_month(dice.between(5, 10), 4, 27, &mut dice);
        let sketch = Sketch::new("task", on)
            .hosted(committee.body)
            .led(committee.chair)
            .field("kind", "chair-matter")
            .field("field", "sector")
            .field(
                "solved",
                format!("协调解决{}中的一件难事", self.topic(&committee.sector)),
            );
        self.act(on, lead, &format!("chair-matter/{}", committee.id), sketch);
    }

    /// A consultation for an occasion.
    fn occasion(
        &mut self,
        committee: &Committee,
        lead: &str,
        opened: notice::Opened,
    ) -> Outcome<()> {
        let key = format!("occasion/{}/{}", committee.id, opened.0);
        let mut dice = Dice::of(&key);
        if dice.percent(if opened.0 == "sensitive-period" {
            55
        } else {
            12
        }) {
            return Ok(());
        }
        let on = self.before_holiday(opened, &mut dice);
        let topic = format!("{}：{}", opened.1, self.topic(&committee.sector));
        let sketch = self.consulted(committee, on)?.field("topic", topic);
        self.act(on, lead, &key, sketch);
        Ok(())
    }

    /// A working day inside an occasion.
    fn before_holiday(&self, opened: notice::Opened, dice: &mut Dice) -> NaiveDate {
        let (_, month, first) = opened.2;
        self.working_from(day(month, first + dice.between(0, 2)))
    }

    /// Deputy county heads visit the fields of their committees each month.
    fn leaders_in_the_field(&mut self) -> Outcome<()> {
        let mut fields: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for committee in &self.county.committees {
            fields
                .entry(&committee.chaired_by)
                .or_default()
                .push(&committee.sector);
        }
        for (leader, sectors) in fields {
            let post = self.county.leader(leader)?;
            for month in 2..=11 {
                for (n, some) in sectors.chunks(4).enumerate() {
                    let key = format!("field/{leader}/{month}/{n}");
                    let mut dice = Dice::of(&key);
                    if (month == 2 && n > 0) || (month == 11 && dice.percent(70)) {
                        continue;
                    }
                    let on = match month {
                        2 => self.in_month(2, 24, 27, &mut dice),
                        11 => self.in_month(11, 2, 5, &mut dice),
                        _ => self.in_month(month, 2, 27, &mut dice),
                    };
                    // Now and then one field is left out; its chair then lacks the month.
                    let mut seen: Vec<&Firm> = Vec::new();
                    for sector in some {
                        let all = self.firms_of_field(sector);
                        if !dice.percent(7) {
                            seen.extend(dice.pick(&all).copied());
                        }
                    }
                    let sketch = self.visit(on, &seen, "leader", &mut dice).led(post);
                    self.act(on, OFFICE, &key, sketch);
                }
            }
        }
        Ok(())
    }

    /// Lead departments enforce jointly at occasions; one record serves all committees they lead.
    fn joint_enforcement(&mut self) -> Outcome<()> {
        for (at, dept) in self.county.departments.iter().enumerate() {
            let led: Vec<&Committee> = self
                .county
                .committees
                .iter()
                .filter(|c| c.lead == at)
                .collect();
            let Some(first) = led.first() else { continue };
            let (id, body, deputy) = (dept.id.clone(), dept.body, dept.deputy);
            let (sector, members) = (first.sector.clone(), self.sitting(first));
            for opened in notice::OTHERS {
                let key = format!("enforce/{id}/{}", opened.0);
                let mut dice = Dice::of(&key);
                if dice.percent(if opened.0 == "sensitive-period" {
                    60
                } else {
                    15
                }) {
                    continue;
                }
                let on = self.before_holiday(opened, &mut dice);
                let all = self.firms_of_field(&sector);
                let seen: Vec<&Firm> = dice.some(&all, 3).into_iter().copied().collect();
                let mut sketch = Sketch::new("enforcement", on)
                    .hosted(body)
                    .led(deputy)
                    .joined(members.iter().copied().filter(|b| *b != body))
                    .field("topic", format!("{}：{}", opened.1, self.topic(&sector)))
                    .field("visited", seen.len());
                for firm in &seen {
                    sketch = sketch.visited(firm.body);
                }
                let sketch = self.findings_only(sketch, &seen, &mut dice);
                let recorder = self.recorder(dept, &seen);
                self.act(on, recorder, &key, sketch);
            }
        }
        Ok(())
    }

    /// What an enforcement found; its kind has no field for requirements.
    fn findings_only(&self, sketch: Sketch, firms: &[&Firm], dice: &mut Dice) -> Sketch {
        let mut found = Vec::new();
        for firm in firms {
            if let Some(field) = self.texts.fields.get(&firm.sector) {
                found.extend(dice.pick(&field.problems).cloned());
            }
        }
        if found.is_empty() {
            return sketch;
        }
        sketch
            .field("problems", found.join("\n"))
            .field("found", found.len())
    }
}
