//! What is mine, what is late, what do I do now.

use app::duty::{CalendarDay, Desk, desk};
use askama::Template;
use axum::response::{IntoResponse, Redirect};
use chrono::{Datelike, NaiveDate};
use domain::policy::Action;
use domain::standing::State;

use crate::chrome::Chrome;
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

#[derive(Template)]
#[template(path = "desk/show.html")]
struct DeskPage {
    chrome: Chrome,
    desk: Desk,
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

/// Items shown on the desk; the list shows all.
const SHOWN: usize = 40;

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
    let month = format!("{}-01", asked.text("month"))
        .parse::<NaiveDate>()
        .ok();
    let desk = desk(&page.ctx, month).await?;
    let mut chrome = page.chrome().await?;
    chrome.wait("/desk", desk.open_count);
    chrome.wait("/rulings", desk.to_decide);
    let day = page.ctx.day();
    let body = page.who()?.body.to_string();
    page.html(&DeskPage::new(chrome, desk, business, day, &body))
}

impl DeskPage {
    fn new(chrome: Chrome, mut desk: Desk, business: bool, day: NaiveDate, body: &str) -> Self {
        let list = |state: &str| {
            let year = day.year().to_string();
            let values = [
                ("view", "list"),
                ("year", year.as_str()),
                ("body", body),
                ("state", state),
            ];
            address("/duties", &values)
        };
        let more = desk.open.len().saturating_sub(SHOWN);
        let oldest = desk
            .open
            .iter()
            .filter(|i| i.is_overdue())
            .map(|i| i.standing.days)
            .max();
        let late = desk
            .done
            .iter()
            .filter(|i| i.standing.state == State::MetLate)
            .count();
        desk.open.truncate(SHOWN);
        Self {
            lead: lead(&desk),
            weeks: desk
                .month
                .weeks
                .iter()
                .map(|w| w.iter().map(day_seen).collect())
                .collect(),
            overdue_href: list("overdue"),
            overdue_note: oldest.map_or_else(
                || "没有逾期事项".to_owned(),
                |n| format!("最早的已逾期 {n} 天"),
            ),
            // Done this month, whatever month it was due in: the list goes by the due day.
            done_href: "#done".to_owned(),
            done_note: done_note(desk.done_count, late),
            all_href: list(""),
            more,
            chrome,
            desk,
            business,
        }
    }
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

fn day_seen(day: &CalendarDay) -> Day {
    let mut class = Vec::new();
    if !day.in_month {
        class.push("other");
    }
    if day.is_off {
        class.push("off");
    }
    if day.is_today {
        class.push("today");
    }
    match (day.note.is_empty(), day.is_off) {
        (true, _) => {}
        (false, true) => class.push("rest"),
        (false, false) => class.push("work"),
    }
    Day {
        class: class.join(" "),
        number: day.number,
        is_today: day.is_today,
        note: day.note.clone(),
        marks: marks(day),
    }
}

/// One mark a day: how many items fall due, in the tone of the worst.
fn marks(day: &CalendarDay) -> Vec<DayMark> {
    let Some(first) = day.due.first() else {
        return Vec::new();
    };
    let any = |state: State| day.due.iter().any(|i| i.standing.state == state);
    let (tone, word) = if any(State::Overdue) {
        ("s-overdue", "欠")
    } else if day.due.iter().all(app::duty::Item::is_done) {
        ("s-met", "✓")
    } else {
        ("s-open", "")
    };
    let titles: Vec<String> = day
        .due
        .iter()
        .map(|i| format!("{}：{}（{}）", i.owner_name, i.title, i.word))
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
        text: format!("{word}{}项", day.due.len()),
    }]
}
