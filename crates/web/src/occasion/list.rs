//! The occasions of the county.

use app::Listed;
use app::occasion::{ListOccasions, OccasionKinds, OccasionSeen, kinds, list};
use askama::Template;
use chrono::{Datelike, NaiveDate};
use domain::calendar::words::chinese_date;
use domain::occasion::OccasionState;

use crate::chrome::Chrome;
use crate::error::Answer;
use crate::page::Page;
use crate::query::address;

/// A holiday to come that can be opened with one click on its days.
struct Suggested {
    href: String,
    label: String,
}

/// An occasion in words.
struct Line {
    id: String,
    title: String,
    kind: String,
    days: String,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "occasion/list.html")]
struct ListPage {
    chrome: Chrome,
    may_open: bool,
    all: Vec<Line>,
    suggested: Vec<Suggested>,
}

/// The list.
pub(super) async fn show(page: Page) -> Answer {
    let found = list(&page.ctx, ListOccasions::default()).await?;
    let kinds = kinds(&page.ctx, app::door::Nothing {}).await?;
    page.html(&ListPage {
        chrome: page.chrome().await?,
        may_open: kinds.may_open,
        suggested: suggested(&kinds),
        all: lines(found),
    })
}

fn suggested(kinds: &OccasionKinds) -> Vec<Suggested> {
    let all = kinds.suggested.iter().map(|s| {
        let title = format!("{}年{}", s.from_on.year(), s.title);
        let (from_on, to_on) = (s.from_on.to_string(), s.to_on.to_string());
        let values = [
            ("kind", s.kind.as_str()),
            ("title", &title),
            ("from_on", &from_on),
            ("to_on", &to_on),
        ];
        let days = |on: NaiveDate| chinese_date(on);
        Suggested {
            href: address("/occasions/new", &values),
            label: format!("{title}（{}—{}）", days(s.from_on), days(s.to_on)),
        }
    });
    all.collect()
}

fn lines(found: Listed<OccasionSeen>) -> Vec<Line> {
    let line = |o: OccasionSeen| Line {
        id: o.id.to_string(),
        kind: o.kind_title.unwrap_or_else(|| o.kind.to_string()),
        days: app::words::days(o.from_on, o.to_on),
        state: match o.state {
            OccasionState::Coming => "未开始",
            OccasionState::Running => "进行中",
            OccasionState::Over => "已结束",
        },
        title: o.title,
    };
    found.rows.into_iter().map(line).collect()
}
