//! What waits, what the operator did, what was answered.

use app::Ctx;
use app::door::Nothing;
use app::reset::{ListResets, list, namesakes};
use askama::Template;
use chrono::Days;
use domain::listing::PageSize;
use domain::reset::{CONSENT_HOURS, OPERATOR_SHOWN_DAYS, ResetGroup};

use super::words::{Request, TwoPeople};
use crate::chrome::{Chrome, Pager};
use crate::error::{Answer, PageError};
use crate::page::Page;
use crate::query::{Asked, address, turns};

#[derive(Template)]
#[template(path = "reset/list.html")]
struct ListPage {
    chrome: Chrome,
    waiting: Vec<Request>,
    by_operator: Vec<Request>,
    recent: Vec<Request>,
    namesakes: Vec<TwoPeople>,
    pager: Pager,
    days: i64,
    hours: i64,
}

fn lately(ctx: &Ctx, group: ResetGroup) -> ListResets {
    let back = Days::new(OPERATOR_SHOWN_DAYS.unsigned_abs());
    ListResets {
        group: Some(group),
        since: ctx.today.checked_sub_days(back),
        size: Some(PageSize::ThreeHundred),
        ..ListResets::default()
    }
}

/// Those that wait, oldest first.
pub(crate) async fn waiting(ctx: &Ctx) -> Result<Vec<Request>, PageError> {
    let found = list(ctx, lately(ctx, ResetGroup::Waiting)).await?.rows;
    Ok(found.into_iter().rev().map(Request::of).collect())
}

/// What the operator did in the last days.
pub(crate) async fn by_operator(ctx: &Ctx) -> Result<Vec<Request>, PageError> {
    let found = list(ctx, lately(ctx, ResetGroup::Console)).await?.rows;
    Ok(found.into_iter().map(Request::of).collect())
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let (key, size) = asked.turn();
    let recent = ListResets {
        page: key,
        size,
        ..lately(&page.ctx, ResetGroup::Answered)
    };
    let recent = list(&page.ctx, recent).await?;
    let names = namesakes(&page.ctx, Nothing {}).await?.rows;
    let size = size.map(|size| size.rows().to_string()).unwrap_or_default();
    let here = |key: &str| address("/system/resets", &[("size", &size), ("page", key)]);
    page.html(&ListPage {
        chrome: page.chrome().await?,
        waiting: waiting(&page.ctx).await?,
        by_operator: by_operator(&page.ctx).await?,
        pager: turns(&asked, &recent, "份", here),
        recent: recent.rows.into_iter().map(Request::of).collect(),
        namesakes: names.into_iter().map(TwoPeople::of).collect(),
        days: OPERATOR_SHOWN_DAYS,
        hours: CONSENT_HOURS,
    })
}
