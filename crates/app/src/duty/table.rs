//! What a grid is asked for, and what it is made of.

use chrono::NaiveDate;
use domain::body::{BodyKind, Level};
use domain::calendar::Period;
use domain::duty::Key;
use domain::id::{BodyId, Owner, Slug};
use domain::listing::PageSize;
use domain::standing::{Standing, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::world::World;

/// Longest text looked for, in characters.
pub(super) const TEXT_LONGEST: usize = 60;

domain::codes! {
    /// Whose rows the grid shows.
    Scope {
        /// 各镇: towns, their organs and posts.
        Towns = "towns",
        /// 部门.
        Departments = "departments",
        /// 专委会.
        Committees = "committees",
        /// 县级: party committee, government, safety committee and office.
        County = "county",
        /// 企业.
        Enterprises = "enterprises",
        /// 全部.
        All = "all",
    }
}

impl Scope {
    /// Whether the duties of a body belong to these rows on a day.
    pub(crate) fn shows(self, world: &World, body: BodyId, on: NaiveDate) -> bool {
        let Some(known) = world.structure.body(body) else {
            return false;
        };
        let Some(level) = world.structure.level(body, on) else {
            return false;
        };
        match self {
            Self::All => true,
            Self::Towns => level == Level::Town && known.kind != BodyKind::Enterprise,
            Self::Departments => known.kind == BodyKind::Department,
            Self::Committees => known.kind == BodyKind::SpecialCommittee,
            Self::Enterprises => known.kind == BodyKind::Enterprise,
            Self::County => {
                level == Level::County
                    && matches!(
                        known.kind,
                        BodyKind::PartyCommittee
                            | BodyKind::Government
                            | BodyKind::SafetyCommittee
                            | BodyKind::SafetyOffice
                    )
            }
        }
    }
}

domain::codes! {
    /// The order of the rows of a grid.
    GridSort {
        /// The order of the bodies.
        Body = "body",
        /// By what is overdue, most first.
        Overdue = "overdue",
    }
}

/// What to show.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowGrid {
    /// The pack of the one duty that is shown; all together where none is said.
    #[schemars(title = "制度代码")]
    pub pack: Option<Slug>,
    /// The one duty.
    #[schemars(title = "职责代码")]
    pub duty: Option<Slug>,
    /// Year; the one of the day looked at.
    #[schemars(title = "年度", range(min = 1900, max = 2199))]
    pub year: Option<i32>,
    /// Whose rows; the towns' where it is not said.
    #[schemars(title = "谁的")]
    pub scope: Option<Scope>,
    /// Only rows with something overdue.
    #[schemars(title = "只看欠的")]
    pub late_only: Option<bool>,
    /// Only rows whose name contains it.
    #[schemars(title = "单位名称含有的字", length(max = TEXT_LONGEST))]
    pub text: Option<String>,
    /// In which order.
    #[schemars(title = "排序")]
    pub sort: Option<GridSort>,
    /// Where the page begins.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// How many rows it holds.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

impl ShowGrid {
    /// The one duty that is shown.
    pub(super) fn one(&self) -> Option<(&Slug, &Slug)> {
        self.pack.as_ref().zip(self.duty.as_ref())
    }
}

/// A column: the duty's own period, or the month that obligations fall due in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "GridColumn")]
pub struct Column {
    /// The period.
    pub period: Period,
    /// It holds the day that is looked at.
    pub is_now: bool,
}

/// A cell: how what is owed there stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "GridCell")]
pub struct Cell {
    /// The state, the worst one where several obligations stand in the cell; `None` is not owed.
    pub state: Option<State>,
    /// How many obligations.
    pub owed: u32,
    /// Met in time.
    pub in_time: u32,
    /// Met late.
    pub late: u32,
    /// Overdue.
    pub overdue: u32,
    /// Open.
    pub open: u32,
    /// Waived.
    pub waived: u32,
    /// The obligation, where it is one only.
    pub key: Option<Key>,
    /// Its standing.
    pub standing: Option<Standing>,
    /// A date or an acceptance is not settled.
    pub provisional: bool,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct GridRow {
    /// Name as shown.
    pub name: String,
    /// The body.
    pub body: BodyId,
    /// Who owes, where one duty is shown.
    pub owner: Option<Owner>,
    /// One cell a column.
    pub cells: Vec<Cell>,
    /// Met in time.
    pub in_time: u32,
    /// Fallen due: met, met late, overdue.
    pub fallen_due: u32,
    /// Overdue now.
    pub overdue: u32,
}

impl GridRow {
    /// The share met in time, in whole percent; `None` before anything fell due.
    pub fn percent(&self) -> Option<u32> {
        (self.fallen_due > 0).then(|| self.in_time * 100 / self.fallen_due)
    }
}
