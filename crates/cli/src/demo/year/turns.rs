//! Turns of the year: a merger, a hand-over, requests, an amended and a withdrawn record.

use app::ruling::Ask;
use chrono::NaiveDate;
use domain::calendar::Period;
use domain::duty::Key;
use domain::id::{Owner, Slug};
use domain::ruling::{RulingKind, RulingReason};

use super::{OFFICE, OFFICE_HEAD, Year, day, month_of};
use crate::demo::dice::Dice;
use crate::demo::firms::Firm;
use crate::demo::notice::THREE_ACTIONS;
use crate::demo::play::Step;
use crate::outcome::{Fail, Outcome};

/// A request in the making.
struct Request {
    duty: &'static str,
    owner: Owner,
    period: Period,
    kind: RulingKind,
    reason: RulingReason,
    text: &'static str,
    new_due_on: Option<NaiveDate>,
}

impl Request {
    fn ask(self) -> Outcome<Step> {
        let slug = |text: &str| {
            text.parse::<Slug>()
                .map_err(|why| Fail::bug(why.to_string()))
        };
        let key = Key {
            pack: slug(THREE_ACTIONS)?,
            duty: slug(self.duty)?,
            owner: self.owner,
            period: self.period,
        };
        Ok(Step::Ask(Box::new(Ask {
            new_due_on: self.new_due_on,
            ..Ask::of(key, self.kind, self.reason, self.text)
        })))
    }
}

impl Year<'_> {
    pub(super) fn turns(&mut self) -> Outcome<()> {
        self.merger()?;
        self.hand_over()?;
        self.requests()?;
        self.second_thoughts()
    }

    fn merger(&mut self) -> Outcome<()> {
        for town in &self.county.towns {
            let (Some(on), Some(into)) = (town.merged_on, &town.merged_into) else {
                continue;
            };
            let heir = self.county.town(into)?;
            let step = Step::Merge(town.jurisdiction, heir.jurisdiction);
            self.step_at(on, 8 * 60 + 35, OFFICE, "merger", step);
            break;
        }
        Ok(())
    }

    fn hand_over(&mut self) -> Outcome<()> {
        let town = self.county.town("xiaping")?;
        let from = self.county.person("xiaping.zhenzhang")?;
        let to = self.county.person("xiaping.xinren")?;
        let step = Step::HandOver(town.head, from, to);
        self.step_at(day(8, 10), 10 * 60, OFFICE, "hand-over", step);
        Ok(())
    }

    fn requests(&mut self) -> Outcome<()> {
        let head = |id: &str| self.county.town(id).map(|t| Owner::Post(t.head));
        let waiver = |owner, month, reason, text| Request {
            duty: "government-leader-visit",
            owner,
            period: month_of(month),
            kind: RulingKind::Waiver,
            reason,
            text,
            new_due_on: None,
        };
        let merged = "并镇交接，班子集中办理移交，本月未能带队检查。";
        let merged = waiver(head("liuwan")?, 7, RulingReason::Reorganisation, merged).ask()?;
        let excuse = "镇长外出参加培训，本月未能带队检查。";
        let excuse = waiver(head("longquan")?, 6, RulingReason::Other, excuse).ask()?;
        let vacant = "镇长住院，本月由分管副镇长带队检查两次，申请豁免。";
        let vacant = waiver(head("shiqiao")?, 10, RulingReason::Vacancy, vacant).ask()?;
        let flood = Request {
            duty: "monthly-return",
            owner: Owner::Body(self.county.department("shuiwu")?.body),
            period: month_of(7),
            kind: RulingKind::Extension,
            reason: RulingReason::Weather,
            text: "全员防汛值守，申请延期报送。",
            new_due_on: Some(day(7, 31)),
        };
        let flood = flood.ask()?;
        let decided = |yes, text: &str| Step::Decide(yes, text.to_owned());
        self.step_at(day(7, 20), 9 * 60 + 10, "liuwan", "ruling/merged", merged);
        let opinion = "情况属实，同意豁免。";
        self.step_at(
            day(7, 22),
            10 * 60,
            OFFICE_HEAD,
            "ruling/merged",
            decided(true, opinion),
        );
        self.step_at(day(7, 20), 9 * 60 + 20, "shuiwu", "ruling/flood", flood);
        let opinion = "汛情紧急，同意延期。";
        self.step_at(
            day(7, 21),
            9 * 60,
            OFFICE_HEAD,
            "ruling/flood",
            decided(true, opinion),
        );
        self.step_at(day(7, 2), 9 * 60, "longquan", "ruling/excuse", excuse);
        let opinion = "外出培训可另行安排时间，不同意豁免。";
        self.step_at(
            day(7, 6),
            9 * 60,
            OFFICE_HEAD,
            "ruling/excuse",
            decided(false, opinion),
        );
        self.step_at(day(11, 3), 15 * 60, "shiqiao", "ruling/vacant", vacant);
        Ok(())
    }

    /// A visit entered twice is withdrawn; a wrong number is put right.
    fn second_thoughts(&mut self) -> Outcome<()> {
        let at = self.county.towns.iter().position(|t| t.id == "shahe");
        let at = at.ok_or_else(|| Fail::bug("没有沙河镇"))?;
        let town = self.county.town("shahe")?;
        let on = day(5, 14);
        let mut dice = Dice::of("second-thoughts");
        let firms = self.firms_of_town(at, on);
        let seen: Vec<&Firm> = dice.some(&firms, 1).into_iter().copied().collect();
        let twice = self.visit(on, &seen, "leader", &mut dice).led(town.deputy);
        self.step_at(day(5, 15), 9 * 60, "shahe", "twice", Step::Record(twice.0));
        let why = "与前一条重复登记，撤回。".to_owned();
        self.step_at(
            day(5, 15),
            9 * 60 + 12,
            "shahe",
            "twice",
            Step::Withdraw(why),
        );

        let dept = self.county.department("gongan")?;
        let on = day(4, 16);
        let mut dice = Dice::of("wrong-number");
        let all = self.firms_of_field("civil-explosives");
        let seen: Vec<&Firm> = all.into_iter().take(2).collect();
        let first = self
            .visit(on, &seen, "department", &mut dice)
            .hosted(dept.body);
        let mut right = first.clone();
        right
            .0
            .fields
            .insert("found".to_owned(), vec!["5".to_owned()]);
        self.step_at(
            day(4, 17),
            9 * 60,
            "gongan",
            "wrong-number",
            Step::Record(first.0),
        );
        let why = "复核现场记录，补计漏登的问题。".to_owned();
        let step = Step::Amend(why, right.0);
        self.step_at(day(4, 20), 11 * 60, "gongan", "wrong-number", step);
        Ok(())
    }
}
