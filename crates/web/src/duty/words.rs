//! Obligations in words and addresses: the one place that makes them for pages.

use app::duty::{Asked, Cell, ClauseRef, DutyPage, Item, NotCounted, WhyNotSeen};
use app::words;
use chrono::{Datelike, NaiveDate};
use domain::calendar::words::{chinese_date, chinese_day, chinese_weekday, explain, period_name};
use domain::calendar::{Period, PeriodKind};
use domain::duty::Key;
use domain::pack::How;
use domain::standing::State;

use crate::pack::words::place_path;

/// The period of an obligation.
pub(crate) fn period(key: &Key) -> String {
    period_name(key.period)
}

/// The last day as shown: 11月22日 周日.
pub(crate) fn due(item: &Item) -> String {
    let on = item.due_on;
    format!("{} {}", chinese_day(on), chinese_weekday(on))
}

/// The standing in words: 逾期5天.
pub(crate) fn word(item: &Item) -> String {
    words::standing(&item.standing)
}

/// The sign beside the colour.
pub(crate) fn sign(item: &Item) -> &'static str {
    words::state_sign(item.standing.state)
}

/// A clause as shown: 三大行动 一/（二）/2.
pub(crate) fn clause(clause: &ClauseRef) -> String {
    format!("{} {}", clause.notice, place(clause))
}

/// The place of a clause in its notice.
pub(crate) fn place(clause: &ClauseRef) -> &str {
    if clause.number.is_empty() {
        "引言"
    } else {
        &clause.number
    }
}

/// The place of a clause on the page of its pack.
pub(crate) fn clause_path(clause: &ClauseRef) -> String {
    place_path(&clause.pack, Some(&clause.clause))
}

/// 还差什么; empty when nothing is missing.
pub(crate) fn missing(item: &Item) -> String {
    let s = &item.standing;
    match s.state {
        State::Open | State::Overdue if s.have < s.need => {
            format!("还差{}{}。", s.need - s.have, item.unit)
        }
        State::BeforeRecords => "本期早于起算日，不计逾期。".to_owned(),
        State::NotYetOpen => "本期还没有开始。".to_owned(),
        State::Open | State::Overdue | State::Met | State::MetLate | State::Waived => String::new(),
    }
}

/// 为什么: what is asked, in sentences.
pub(crate) fn why(page: &DutyPage) -> Vec<String> {
    let asked: &Asked = &page.asked;
    let mut out = vec![format!(
        "{}应有{}不少于{}{}。",
        words::days(asked.from_on, asked.to_on),
        asked.kinds.join("或"),
        asked.at_least,
        asked.unit
    )];
    if !asked.roles.is_empty() {
        let roles: Vec<&str> = asked.roles.iter().map(|r| words::part_role(*r)).collect();
        let name = &page.item.owner_name;
        out.push(format!("{name}在其中须为：{}。", roles.join("或")));
    }
    for field in &asked.fields {
        out.push(format!(
            "{}须为：{}。",
            field.title,
            field.values.join("或")
        ));
    }
    if !asked.presided_by.is_empty() {
        out.push(format!("须由{}主持或带队。", asked.presided_by.join("或")));
    }
    match asked.how {
        How::Each => {}
        How::Any => out.push("同组单位中任何一个开展，各单位都计。".to_owned()),
        How::Jointly => out.push("须同组单位共同开展，缺一不计。".to_owned()),
    }
    if let Some(when) = &asked.when {
        out.push(format!("适用情形：{when}。"));
    }
    out
}

/// 期限怎么来的: how the date came about, in sentences.
pub(crate) fn due_steps(page: &DutyPage) -> Vec<String> {
    let due = &page.due;
    let mut steps = explain(&due.steps);
    for extension in &due.extensions {
        steps.push(format!(
            "经同意延期至{}（{}）；原期限{}",
            chinese_date(extension.to),
            words::ruling_reason(extension.reason),
            chinese_date(due.on)
        ));
    }
    let late = page.item.standing.late_before_extension;
    if late > 0 {
        steps.push(format!("延期是逾期后提出的，此前逾期的{late}天仍记录在案"));
    }
    if let Some(locked) = due.locked_on {
        steps.push(format!(
            "{}后锁定，再录入的须经批准补录才计入",
            chinese_date(locked)
        ));
    }
    if page.item.by_occasion {
        steps.push("按重要节点开展，不单独计逾期".to_owned());
    }
    steps
}

/// Why an act does not count, in a sentence.
pub(crate) fn why_not(why: &WhyNotSeen) -> String {
    let day = |on: Option<NaiveDate>| on.map(chinese_day).unwrap_or_default();
    let period = || why.period.map(period_name).unwrap_or_default();
    match why.reason {
        NotCounted::Withdrawn => "已撤回，不计".to_owned(),
        NotCounted::OtherForm => "报的是另一张表，不计".to_owned(),
        NotCounted::OtherPeriod => format!("所报为{}，不计入本期", period()),
        NotCounted::Outside => format!("{}不在本期内，不计", day(why.on)),
        NotCounted::WrongRole => {
            let roles: Vec<&str> = why.roles.iter().map(|r| words::part_role(*r)).collect();
            format!("在这条记录里是“{}”，本条不计这种角色", roles.join("、"))
        }
        NotCounted::WrongField => match why.field.as_ref().filter(|f| !f.has.is_empty()) {
            Some(field) => format!("“{}”不是本条要求的种类，不计", field.has),
            None => "本条要求的内容没有填，不计".to_owned(),
        },
        NotCounted::TakenBy => format!("已计入{}，一次履职只计一期", period()),
        NotCounted::NotPresided => "不是由本条要求的人主持或带队，不计".to_owned(),
        NotCounted::NotTogether => {
            format!("本条要求共同开展，还缺{}", why.missing.join("、"))
        }
        NotCounted::SentBack if why.until.is_some() => {
            format!("已退回，请于{}前重新报送", day(why.until))
        }
        NotCounted::SentBack => "已退回，尚未重新报送".to_owned(),
        NotCounted::AfterLock => format!(
            "{}录入，已过{}的锁定日；如确已按期开展，可申请补录",
            day(why.on),
            day(why.until)
        ),
        NotCounted::Other => "不计入本期".to_owned(),
    }
}

/// The column of a grid: 3月, 1季度.
pub(super) fn column(period: Period) -> String {
    let first = period.first_day();
    match period.kind() {
        PeriodKind::Month => format!("{}月", first.month()),
        PeriodKind::Quarter => format!("{}季度", (first.month0()) / 3 + 1),
        PeriodKind::HalfYear => (if first.month() < 7 {
            "上半年"
        } else {
            "下半年"
        })
        .to_owned(),
        PeriodKind::Year => "全年".to_owned(),
        PeriodKind::Span => words::days(first, period.last_day()),
        PeriodKind::Day | PeriodKind::Week | PeriodKind::TenDays => period_name(period),
    }
}

/// The sign of a cell. A count has a mark of its state beside it, so that colour never says it
/// alone.
pub(super) fn cell_sign(cell: &Cell) -> String {
    let Some(state) = cell.state else {
        return String::new();
    };
    if let Some(standing) = &cell.standing {
        return if state == State::Open {
            format!("{}/{}", standing.have.min(standing.need), standing.need)
        } else {
            words::state_sign(state).to_owned()
        };
    }
    let share = || {
        let done = cell.in_time + cell.late + cell.waived;
        format!("{done}/{}", cell.owed)
    };
    match state {
        State::NotYetOpen | State::BeforeRecords => "·".to_owned(),
        State::Overdue => format!("欠{}", cell.overdue),
        State::Open => share(),
        State::Met => format!("✓{}", share()),
        State::MetLate => format!("迟{}", share()),
        State::Waived => format!("免{}", share()),
    }
}

/// A cell for the reader of the page: 逾期5天, or how many of several are done.
pub(super) fn cell_word(cell: &Cell) -> String {
    if let Some(standing) = &cell.standing {
        return words::standing(standing);
    }
    format!(
        "{}项：按期{}，迟{}，逾期{}，进行中{}，豁免{}",
        cell.owed, cell.in_time, cell.late, cell.overdue, cell.open, cell.waived
    )
}
