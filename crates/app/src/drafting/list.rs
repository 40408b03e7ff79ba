//! The drafts of a county.

use domain::id::{DraftId, PersonId, Slug};
use domain::instant::Instant;
use domain::listing::PageSize;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::draft::DraftLine;

use super::home_of;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::listed::{Listed, PageAsked};
use crate::named::Named;
use crate::world::World;

/// Longest notice that a page can show, in characters.
pub const TEXT_CHARS_MAX: usize = 200_000;
/// Parts of a key: the identity, which begins with the time.
const KEY_PARTS: usize = 1;

domain::codes! {
    /// Where a draft stands.
    DraftState {
        /// Elements are left that nobody decided on.
        Open = "open",
        /// Everything is decided.
        Decided = "decided",
        /// Nothing that is asked for in time was found.
        Empty = "empty",
        /// A pack was made of it.
        Made = "made",
        /// It was put aside.
        Closed = "closed",
    }
}

/// A version of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PackMade {
    /// Which pack.
    #[schemars(title = "制度代码")]
    pub pack: Slug,
    /// Which version of it.
    #[schemars(title = "版本")]
    pub version: u32,
}

/// A draft as listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DraftSeen {
    /// Identity.
    pub id: DraftId,
    /// Version; each decision makes a new one.
    pub version: i64,
    /// Title of the notice.
    #[schemars(title = "通知")]
    pub title: String,
    /// Name of its file.
    #[schemars(title = "文件名")]
    pub name: String,
    /// Where it stands.
    #[schemars(title = "状态")]
    pub state: DraftState,
    /// How many elements there are.
    #[schemars(title = "条目数")]
    pub elements: u32,
    /// How many of them nobody decided on.
    #[schemars(title = "待核数")]
    pub undecided: u32,
    /// It was put aside.
    pub closed: bool,
    /// The pack that was made of it.
    #[schemars(title = "制度")]
    pub made: Option<PackMade>,
    /// Who read the notice in.
    #[schemars(title = "读入人")]
    pub opened_by: Option<Named<PersonId>>,
    /// When.
    #[schemars(title = "读入时间")]
    pub opened_at: Instant,
    /// When it was last worked on.
    #[schemars(title = "最近核对")]
    pub changed_at: Instant,
}

/// Which drafts.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListDrafts {
    /// Those that were put aside; else those that are worked on.
    #[schemars(title = "已搁置的")]
    pub closed: Option<bool>,
    /// Where it goes on.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// Rows of a page.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

/// The drafts of the county, newest first; those put aside where asked for.
pub async fn list(ctx: &Ctx, asked: ListDrafts) -> Result<Listed<DraftSeen>> {
    let home = home_of(ctx)?;
    let world = ctx.app.world(home).await?;
    let list = ("draft.list", "newest", KEY_PARTS);
    let turn = PageAsked::read(list, asked.page.as_deref(), asked.size)?;
    let closed = asked.closed == Some(true);
    let page = ctx
        .app
        .store
        .read(async |r| store::draft::drafts_page(r, home, closed, &turn.turn()).await)
        .await?;
    Ok(turn.answer(page, |line| seen(&world, &line)))
}

/// A draft as it is listed.
pub(super) fn seen(world: &World, line: &DraftLine) -> DraftSeen {
    let opener = |id| Named::new(id, world.person_name(id));
    DraftSeen {
        id: line.id,
        version: line.version,
        title: line.title.clone(),
        name: line.name.clone(),
        state: state_of(line),
        elements: line.elements,
        undecided: line.undecided,
        closed: line.closed,
        made: line
            .made
            .clone()
            .map(|(pack, version)| PackMade { pack, version }),
        opened_by: line.opened_by.map(opener),
        opened_at: Instant::at(line.opened_at),
        changed_at: Instant::at(line.changed_at),
    }
}

fn state_of(line: &DraftLine) -> DraftState {
    match (line.closed, &line.made, line.undecided) {
        (true, ..) => DraftState::Closed,
        (false, Some(_), _) => DraftState::Made,
        (false, None, _) if line.elements == 0 => DraftState::Empty,
        (false, None, 0) => DraftState::Decided,
        (false, None, _) => DraftState::Open,
    }
}
