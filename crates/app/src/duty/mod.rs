//! What is owed and where it stands: the desk, the grid, the list and one duty.

mod desk;
mod grid;
mod item;
mod list;
mod show;

pub use desk::{CalendarDay, Desk, DeskMonth, desk};
pub use grid::{Cell, Column, Grid, GridQuery, GridRow, Scope, grid, years};
pub use item::{ClauseRef, DutyKey, Item};
pub use list::{List, ListQuery, list};
pub(crate) use desk::{may_decide, owners_of};
pub(crate) use item::item;
pub use item::anchor;
pub(crate) use show::{find, open_items};
pub use show::{ActSeen, ChoiceSeen, DutyPage, RulingSeen, show};
