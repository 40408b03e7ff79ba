//! One duty of one owner in one period: why, until when, what counted, what is missing.

use app::duty::{DutyPage, show as duty_page};
use askama::Template;
use chrono::Datelike;

use super::{KeyPath, key_of};
use crate::chrome::{Chrome, Crumb};
use crate::error::Answer;
use crate::page::Page;
use crate::query::address;
use crate::ruling::{Told, told};

#[derive(Template)]
#[template(path = "duty/show.html")]
struct ShowPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    page: DutyPage,
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
        page: found,
        record_href,
        record_label,
        grid_href: address(
            "/duties",
            &[("duty", &code), ("year", &year), ("who", "all")],
        ),
    })
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
