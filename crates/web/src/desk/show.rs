//! What is mine, what is late, what do I do now.

use app::duty::{CalendarDay, CalendarKind, Desk, SentBack, ShowDesk, show_desk};
use askama::Template;
use axum::response::{IntoResponse, Redirect};
use chrono::{Datelike, Months, NaiveDate};
use domain::calendar::words::chinese_day;
use domain::policy::Action;
use domain::standing::State;

use crate::chrome::Chrome;
use crate::duty::words::word;
use crate::error::{Answer, PageError};
use crate::page::Page;
use crate::query::{Asked, address};
use crate::reset::words::Request;

/// One day of the calendar, with what falls due.
struct Day {
    class: String,
    number: u32,
    is_today: bool,
    note: String,
    marks: Vec<DayMark>,
}

struct DayMark {
    tone: &'static str,
    href: String,
    title: String,
    text: String,
}

/// The month of the calendar with its neighbours.
struct MonthSeen {
    title: String,
    previous: String,
    next: String,
}

#[derive(Template)]
#[template(path = "desk/show.html")]
struct DeskPage {
    chrome: Chrome,
    desk: Desk,
    month: MonthSeen,
    lead: String,
    weeks: Vec<Vec<Day>>,
    overdue_href: String,
    overdue_note: String,
    done_href: String,
    done_note: String,
    all_href: String,
    more: usize,
    business: bool,
}

/// Where those begin who have no business of their own.
const OWN_ROOMS: [(Action, &str); 3] = [
    (Action::EditPerson, "/system/people"),
    (Action::GrantRole, "/system/roles"),
    (Action::ViewAudit, "/system/audit"),
];

#[derive(Template)]
#[template(path = "desk/admin.html")]
struct AdminPage {
    chrome: Chrome,
    waiting: Vec<Request>,
    by_operator: Vec<Request>,
    rooms: Vec<(&'static str, &'static str)>,
    days: i64,
}

/// The desk of an administrator for whom something stands there: a reset that waits, a link that
/// the operator gave. Without either there is nothing to show.
async fn admin_desk(page: &Page) -> Result<Option<AdminPage>, PageError> {
    let at_home = page.who()?.may_at_home(Action::ConsentReset);
    if !at_home {
        return Ok(None);
    }
    let waiting = crate::reset::waiting(&page.ctx).await?;
    let by_operator = crate::reset::by_operator(&page.ctx).await?;
    if waiting.is_empty() && by_operator.is_empty() {
        return Ok(None);
    }
    let chrome = page.chrome().await?;
    let system = chrome.nav.iter().flat_map(|g| &g.items);
    let rooms = system
        .filter(|r| r.href.starts_with("/system/"))
        .map(|r| (r.label, r.href))
        .collect();
    Ok(Some(AdminPage {
        waiting,
        by_operator,
        rooms,
        days: domain::reset::OPERATOR_SHOWN_DAYS,
        chrome,
    }))
}

/// Leads to the first page of the person.
pub(super) async fn home(_: Page) -> Redirect {
    Redirect::to("/desk")
}

/// The desk; those without business are led to their own room.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let business = page.may(Action::ViewStanding);
    if !business && let Some(shown) = admin_desk(&page).await? {
        return page.html(&shown);
    }
    if let Some((_, to)) = OWN_ROOMS.iter().find(|(a, _)| !business && page.may(*a)) {
        return Ok(Redirect::to(to).into_response());
    }
    let month = asked.read("month");
    let desk = show_desk(&page.ctx, ShowDesk { month }).await?;
    let mut chrome = page.chrome().await?;
    chrome.wait("/desk", desk.open_count);
    chrome.wait("/rulings", desk.to_decide);
    page.html(&DeskPage::new(chrome, desk, business))
}

impl DeskPage {
    fn new(chrome: Chrome, desk: Desk, business: bool) -> Self {
        let (year, body) = (desk.today.year().to_string(), desk.body.to_string());
        let list = |state: &str| {
            let values = [
                ("view", "list"),
                ("year", year.as_str()),
                ("body", body.as_str()),
                ("state", state),
            ];
            address("/duties", &values)
        };
        Self {
            lead: lead(&desk),
            month: month(&desk),
            weeks: desk
                .days
                .chunks(7)
                .map(|week| week.iter().map(|day| day_seen(&desk, day)).collect())
                .collect(),
            overdue_href: list("overdue"),
            overdue_note: desk.overdue_days.map_or_else(
                || "没有逾期事项".to_owned(),
                |n| format!("最早的已逾期 {n} 天"),
            ),
            // Done this month, whatever month it was due in: the list goes by the due day.
            done_href: "#done".to_owned(),
            done_note: done_note(desk.done_count, desk.done_late_count),
            all_href: list(""),
            more: desk.open_count.saturating_sub(desk.open.len()),
            chrome,
            desk,
            business,
        }
    }
}

fn month(desk: &Desk) -> MonthSeen {
    let first = desk.month.first_day();
    let code = |on: Option<NaiveDate>| on.unwrap_or(first).format("%Y-%m").to_string();
    MonthSeen {
        title: format!("{}年{}月", first.year(), first.month()),
        previous: code(first.checked_sub_months(Months::new(1))),
        next: code(first.checked_add_months(Months::new(1))),
    }
}

/// Until when a return that came back is to be handed in.
fn back(sent: &SentBack) -> String {
    sent.answer_by.map_or_else(
        || "请重新报送".to_owned(),
        |by| format!("请于{}前重新报送", chinese_day(by)),
    )
}

fn done_note(done: usize, late: usize) -> String {
    match (done, late) {
        (0, _) => "本月还没有完成的事项".to_owned(),
        (_, 0) => "均按期".to_owned(),
        (_, late) => format!("其中迟完成 {late} 项"),
    }
}

fn lead(desk: &Desk) -> String {
    match (desk.open_count, desk.overdue_count) {
        (0, _) => format!("{}眼下没有要办的事项。", desk.body_name),
        (open, 0) => format!("{}还有 {open} 项要办，没有逾期。", desk.body_name),
        (open, late) => format!(
            "{}还有 {open} 项要办，其中 {late} 项已逾期。",
            desk.body_name
        ),
    }
}

fn day_seen(desk: &Desk, day: &CalendarDay) -> Day {
    let is_today = day.on == desk.today;
    let (off, of_holiday) = match day.kind {
        CalendarKind::Working => (false, ""),
        CalendarKind::Weekend => (true, ""),
        CalendarKind::Holiday => (true, "rest"),
        CalendarKind::MakeUp => (false, "work"),
    };
    let classes = [
        (!desk.month.contains(day.on), "other"),
        (off, "off"),
        (is_today, "today"),
        (!of_holiday.is_empty(), of_holiday),
    ];
    let class: Vec<&str> = classes
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, c)| *c)
        .collect();
    let holiday = day.holiday.clone().unwrap_or_default();
    Day {
        class: class.join(" "),
        number: day.on.day(),
        is_today,
        note: if day.kind == CalendarKind::MakeUp {
            format!("{holiday}调休上班")
        } else {
            holiday
        },
        marks: marks(day),
    }
}

/// One mark a day: how many items fall due, in the tone of the worst.
fn marks(day: &CalendarDay) -> Vec<DayMark> {
    let Some(first) = day.due.first() else {
        return Vec::new();
    };
    let any = |state: State| day.due.iter().any(|i| i.standing.state == state);
    let (tone, sign) = if any(State::Overdue) {
        ("s-overdue", "欠")
    } else if day.due.iter().all(app::duty::Item::is_done) {
        ("s-met", "✓")
    } else {
        ("s-open", "")
    };
    let titles: Vec<String> = day
        .due
        .iter()
        .map(|i| format!("{}：{}（{}）", i.owner_name, i.title, word(i)))
        .collect();
    let month = day.on.format("%Y-%m").to_string();
    let year = day.on.year().to_string();
    let href = if day.due.len() == 1 {
        crate::duty::path(&first.key)
    } else {
        address(
            "/duties",
            &[("view", "list"), ("year", &year), ("month", &month)],
        )
    };
    vec![DayMark {
        tone,
        href,
        title: titles.join("\n"),
        text: format!("{sign}{}项", day.due.len()),
    }]
}
