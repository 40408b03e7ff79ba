//! Searching: bodies by their names, and obligations of the month by title or owner, at once.

use chrono::Datelike;
use domain::calendar::{Period, PeriodKind};
use domain::policy::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::body::{BodyLine, ListBodies};
use crate::ctx::Ctx;
use crate::door::operations;
use crate::duty::{Item, ListDuties};
use crate::error::Result;

/// Longest text looked for, in characters.
pub const TEXT_LONGEST: usize = 60;
/// Most results of each sort; their own lists have the others.
pub const SHOWN: usize = 15;

operations! {
    Read "search.all" GET "/search" "搜索单位和本月到期的职责" [ViewBody, ViewStanding]
        SearchAll => (SearchFound) = all;
}

/// What is looked for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchAll {
    /// A part of a name, of a title, or a whole credit code.
    #[schemars(title = "要找的字", length(min = 1, max = TEXT_LONGEST))]
    pub text: String,
}

/// What was found: of each sort what the one who looks may see, nothing where that is nothing.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct SearchFound {
    /// Bodies whose name contains it, at most [`SHOWN`].
    #[schemars(title = "单位")]
    pub bodies: Vec<BodyLine>,
    /// There are more; `body.list` has them.
    pub more_bodies: bool,
    /// Obligations of the month of the day looked at, at most [`SHOWN`].
    #[schemars(title = "职责")]
    pub duties: Vec<Item>,
    /// There are more; `duty.list` has them.
    pub more_duties: bool,
}

/// Looks for a text among bodies and the obligations of the month.
pub async fn all(ctx: &Ctx, asked: SearchAll) -> Result<SearchFound> {
    let who = ctx.who()?;
    let text = asked.text.trim().to_owned();
    let mut found = SearchFound {
        bodies: Vec::new(),
        more_bodies: false,
        duties: Vec::new(),
        more_duties: false,
    };
    if text.is_empty() {
        return Ok(found);
    }
    if who.may_somewhere(Action::ViewBody) {
        let named = ListBodies {
            text: Some(text.clone()),
            ..ListBodies::default()
        };
        let mut bodies = crate::body::list(ctx, named).await?.rows;
        found.more_bodies = bodies.len() > SHOWN;
        bodies.truncate(SHOWN);
        found.bodies = bodies;
    }
    if who.may_somewhere(Action::ViewStanding) {
        let day = ctx.day();
        let of_month = ListDuties {
            year: Some(day.year()),
            month: Some(Period::of(PeriodKind::Month, day)),
            text: Some(text),
            ..ListDuties::default()
        };
        let mut duties = crate::duty::list(ctx, of_month).await?.rows;
        found.more_duties = duties.len() > SHOWN;
        duties.truncate(SHOWN);
        found.duties = duties;
    }
    Ok(found)
}
