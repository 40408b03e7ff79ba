//! One duty of one owner in one period: why, until when, what counted, what is missing.

use app::duty::{ActSeen, DutyPage, show as duty_page};
use askama::Template;
use chrono::Datelike;
use domain::calendar::words::chinese_day;

use super::{KeyPath, key_of, words};
use crate::chrome::{Chrome, Crumb};
use crate::error::Answer;
use crate::page::Page;
use crate::query::address;
use crate::ruling::{Told, told};

/// An act that was looked at, in words.
struct ActLine {
    id: String,
    day: String,
    title: String,
    note: String,
    counts: bool,
}

#[derive(Template)]
#[template(path = "duty/show.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    page: DutyPage,
    why: Vec<String>,
    due_steps: Vec<String>,
    acts: Vec<ActLine>,
    rulings: Vec<Told>,
    record_href: String,
    record_label: String,
    grid_href: String,
}

/// The page of a duty; the grid takes its middle part beside itself.
pub(super) async fn show(page: Page, at: KeyPath) -> Answer {
    let key = key_of(&at)?;
    let found = duty_page(&page.ctx, &key).await?;
    let chrome = page.chrome().await?;
    let (record_href, record_label) = record(&found, chrome.is_as_of);
    let year = key.period.first_day().year().to_string();
    let code = format!("{}/{}", key.pack, key.duty);
    page.html(&ShowPage {
        chrome,
        crumbs: vec![Crumb::new("职责", "/duties")],
        rulings: found.rulings.iter().map(told).collect(),
        why: words::why(&found),
        due_steps: words::due_steps(&found),
        acts: found.acts.iter().map(act_line).collect(),
        page: found,
        record_href,
        record_label,
        grid_href: address(
            "/duties",
            &[("duty", &code), ("year", &year), ("who", "all")],
        ),
    })
}

fn act_line(act: &ActSeen) -> ActLine {
    let waits = if act.provisional {
        "待审核，暂计"
    } else {
        ""
    };
    let why = act.why_not.as_ref().map(words::why_not);
    ActLine {
        id: act.id.to_string(),
        day: chinese_day(act.occurred_on),
        title: act.title.clone(),
        note: why.unwrap_or_else(|| waits.to_owned()),
        counts: act.counts,
    }
}

/// Where to record what is missing, with the kind, period and form filled in.
fn record(found: &DutyPage, is_as_of: bool) -> (String, String) {
    let Some(kind) = found
        .item
        .act_kind
        .as_ref()
        .filter(|_| found.may_record && !is_as_of)
    else {
        return (String::new(), String::new());
    };
    let period = found.item.key.period.to_string();
    let form = found
        .item
        .form
        .as_ref()
        .map(|f| format!("{}/{f}", found.item.key.pack));
    let values = [
        ("kind", kind.as_str()),
        ("period", period.as_str()),
        ("form", form.as_deref().unwrap_or_default()),
    ];
    let label = if form.is_some() {
        "去报送"
    } else {
        "补记一次"
    };
    (address("/acts/new", &values), label.to_owned())
}
