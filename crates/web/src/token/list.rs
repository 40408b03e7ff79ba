//! The tokens of the one who is signed in.

use app::door::Nothing;
use app::token::{TokenSeen, list};
use askama::Template;
use domain::calendar::words::chinese_date;
use domain::token::TokenState;

use crate::chrome::Chrome;
use crate::error::Answer;
use crate::page::Page;

/// A token in words.
struct Line {
    id: String,
    name: String,
    scope: String,
    ends_on: String,
    used_on: String,
    state: &'static str,
    holds: bool,
}

#[derive(Template)]
#[template(path = "token/list.html")]
struct ListPage {
    chrome: Chrome,
    all: Vec<Line>,
}

/// The list.
pub(super) async fn show(page: Page) -> Answer {
    let found = list(&page.ctx, Nothing {}).await?;
    page.html(&ListPage {
        chrome: page.chrome().await?,
        all: found.rows.into_iter().map(line).collect(),
    })
}

fn line(t: TokenSeen) -> Line {
    let scope: Vec<&str> = t.scope.iter().map(|a| app::words::action(*a)).collect();
    Line {
        id: t.id.to_string(),
        name: t.name,
        scope: scope.join("、"),
        ends_on: chinese_date(t.ends_on),
        used_on: t
            .used_on
            .map_or_else(|| "没有用过".to_owned(), chinese_date),
        state: match t.state {
            TokenState::Holding => "有效",
            TokenState::Expired => "已过期",
            TokenState::Revoked => "已停用",
        },
        holds: t.state == TokenState::Holding,
    }
}
