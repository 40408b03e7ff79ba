//! The county itself: monthly meetings, the leaders' visits, the office's own duties.

use super::{OFFICE, Year, day, quarter_of};
use crate::demo::data::Organ;
use crate::demo::dice::Dice;
use crate::demo::firms::Firm;
use crate::demo::notice;
use crate::demo::play::Step;
use crate::demo::sketch::Sketch;
use crate::outcome::Outcome;

impl Year<'_> {
    pub(super) fn county_office(&mut self) -> Outcome<()> {
        self.dispatch_meetings()?;
        self.head_of_county()?;
        self.standing_members()?;
        self.office_duties()?;
        self.lists_and_matters()
    }

    /// One meeting a month meets what both notices ask for.
    fn dispatch_meetings(&mut self) -> Outcome<()> {
        let committee = self.county.organ(Organ::SafetyCommittee)?;
        let chair = self.county.leader("anwei-zhuren")?;
        for month in 3..=10 {
            let mut dice = Dice::of(&format!("dispatch/{month}"));
            let on = self.in_month(month, 5, 20, &mut dice);
            let texts = &self.texts.county.dispatch;
            let topic = dice.pick(texts).map_or("安全生产调度", String::as_str);
            let sketch = Sketch::new("meeting", on)
                .hosted(committee)
                .presided(chair)
                .joined(self.county.departments.iter().map(|d| d.body))
                .field("form", "monthly")
                .field("topic", topic)
                .field("decisions", "各专委会逐一报告运行情况\n滞后单位限期补齐");
            self.act(on, OFFICE, &format!("dispatch/{month}"), sketch);
        }
        Ok(())
    }

    fn head_of_county(&mut self) -> Outcome<()> {
        let head = self.county.leader("xianzhang")?;
        for month in 2..=10 {
            let key = format!("head-of-county/{month}");
            let mut dice = Dice::of(&key);
            let low = if month == 2 { 24 } else { 2 };
            let on = self.in_month(month, low, 27, &mut dice);
            let all: Vec<&Firm> = self.county.firms.iter().filter(|f| f.high_hazard).collect();
            let seen: Vec<&Firm> = dice.some(&all, 2).into_iter().copied().collect();
            let sketch = self.visit(on, &seen, "leader", &mut dice).led(head);
            self.act(on, OFFICE, &key, sketch);
        }
        Ok(())
    }

    /// 包联督导 of the standing members of the party committee at occasions.
    fn standing_members(&mut self) -> Outcome<()> {
        let members = ["changwu", "zuzhi", "xuanchuan", "zhengfa", "tongzhan"];
        for opened in notice::OTHERS.iter().chain([&notice::SPRING]) {
            for (n, member) in members.iter().enumerate() {
                let key = format!("contract/{member}/{}", opened.0);
                let mut dice = Dice::of(&key);
                if dice.percent(if opened.0 == "sensitive-period" {
                    65
                } else {
                    14
                }) {
                    continue;
                }
                let post = self.county.leader(&format!("changwei-{member}"))?;
                let (_, month, first) = opened.2;
                // 春节 is recorded afterwards: the notices came in the middle of it.
                let late = opened.0 == notice::SPRING.0;
                let on = if late {
                    day(2, 14)
                } else {
                    self.working_from(day(month, first + dice.between(0, 2)))
                };
                let firms = self.firms_of_town((n * 3 + 1) % self.county.towns.len(), on);
                let seen: Vec<&Firm> = dice.some(&firms, 2).into_iter().copied().collect();
                let mut sketch = Sketch::new("inspection", on)
                    .field("way", "contract")
                    .field("led", "leader");
                for firm in &seen {
                    sketch = sketch.visited(firm.body);
                }
                let sketch = self.findings(sketch, &seen, &mut dice).led(post);
                if late {
                    self.step(day(2, 25), OFFICE, &key, Step::Record(sketch.0));
                } else {
                    self.act(on, OFFICE, &key, sketch);
                }
            }
        }
        Ok(())
    }

    fn office_duties(&mut self) -> Outcome<()> {
        let office = self.county.organ(Organ::SafetyOffice)?;
        // The third summary came after the holiday.
        let summaries = [(1, day(3, 30)), (2, day(6, 30)), (3, day(10, 9))];
        for (quarter, on) in summaries {
            let sketch = Sketch::new("report", on)
                .hosted(office)
                .period(quarter_of(quarter))
                .field("kind", "quarter-summary")
                .field("summary", "十九个专委会运行情况汇总，已报县委、县政府");
            self.act(on, OFFICE, &format!("summary/{quarter}"), sketch);
        }
        for (month, towns) in [
            (3, [0, 4, 8]),
            (5, [1, 6, 11]),
            (8, [0, 9, 14]),
            (10, [2, 5, 12]),
        ] {
            let mut dice = Dice::of(&format!("tour/{month}"));
            let on = self.in_month(month, 10, 26, &mut dice);
            let mut sketch = Sketch::new("supervision", on)
                .hosted(office)
                .field("kind", "tour")
                .field("problems", "个别镇带队检查不落实\n台账登记不及时")
                .field("requirements", "问题单位十日内报整改情况");
            for town in towns {
                if let Some(town) = self.county.towns.get(town) {
                    sketch = sketch.visited(town.government);
                }
            }
            self.act(on, OFFICE, &format!("tour/{month}"), sketch);
        }
        Ok(())
    }

    fn lists_and_matters(&mut self) -> Outcome<()> {
        let party = self.county.organ(Organ::Party)?;
        let government = self.county.organ(Organ::Government)?;
        let on = day(3, 20);
        let lists = Sketch::new("list", on)
            .hosted(party)
            .hosted(government)
            .field("kind", "two-lists")
            .field("name", "县级党政领导干部职责清单和年度重点工作任务清单");
        self.act(on, OFFICE, "two-lists/county", lists);
        for (n, on) in [day(4, 22), day(9, 16)].into_iter().enumerate() {
            let study = Sketch::new("study", on)
                .hosted(party)
                .field("form", "theory-group")
                .field(
                    "topic",
                    self.texts
                        .town
                        .study
                        .get(n)
                        .map_or("安全生产", String::as_str),
                );
            self.act(on, OFFICE, &format!("theory/county/{n}"), study);
        }
        let matters = [
            (4, "为基层执法人员统一配备执法装备"),
            (5, "建成县级应急指挥信息平台"),
            (6, "落实老旧电梯更新补助资金"),
            (6, "改造三处事故多发路口"),
            (7, "完成城区老化燃气管网更新年度任务"),
            (8, "为养老机构统一安装独立式感烟报警器"),
            (9, "为小微企业购买专家体检服务"),
            (10, "补齐乡镇消防站车辆"),
        ];
        for (n, (month, text)) in matters.into_iter().enumerate() {
            let mut dice = Dice::of(&format!("matter/county/{n}"));
            let on = self.in_month(month, 5, 26, &mut dice);
            let sketch = Sketch::new("task", on)
                .hosted(government)
                .field("kind", "practical-matter")
                .field("field", "sector")
                .field("solved", text);
            self.act(on, OFFICE, &format!("matter/county/{n}"), sketch);
        }
        Ok(())
    }
}
