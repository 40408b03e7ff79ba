//! The occasions of the county.

use app::occasion::{Occasions, list};
use askama::Template;
use domain::calendar::words::chinese_date;

use crate::chrome::Chrome;
use crate::error::Answer;
use crate::page::Page;
use crate::query::address;

/// A holiday to come that can be opened with one click on its days.
struct Suggested {
    href: String,
    label: String,
}

#[derive(Template)]
#[template(path = "occasion/list.html")]
struct ListPage {
    chrome: Chrome,
    found: Occasions,
    suggested: Vec<Suggested>,
}

/// The list.
pub(super) async fn show(page: Page) -> Answer {
    let found = list(&page.ctx).await?;
    let suggested = found.suggested.iter().map(|(kind, title, from, to)| {
        let (from_on, to_on) = (from.to_string(), to.to_string());
        let values = [
            ("kind", kind.as_str()),
            ("title", title),
            ("from_on", &from_on),
            ("to_on", &to_on),
        ];
        Suggested {
            href: address("/occasions/new", &values),
            label: format!("{title}（{}—{}）", chinese_date(*from), chinese_date(*to)),
        }
    });
    let suggested = suggested.collect();
    page.html(&ListPage {
        chrome: page.chrome().await?,
        suggested,
        found,
    })
}
