//! What is owed and where it stands: the desk, the grid, the list and one duty.

mod cells;
mod desk;
mod grid;
mod item;
mod list;
mod show;

pub(crate) use desk::owners_of;
pub use desk::{CalendarDay, Desk, DeskMonth, SentBack, desk};
pub use grid::{
    Cell, Column, DutyChoice, Grid, GridQuery, GridRow, ROWS_MAX, Scope, duty_choices, grid, years,
};
pub use item::anchor;
pub(crate) use item::item;
pub use item::{ClauseRef, Item};
pub use list::{EXPORT_MAX, List, ListQuery, PAGE, list};
pub use show::{ActSeen, ChoiceSeen, DutyPage, show};
pub(crate) use show::{bears_on, find, open_items};
