//! What is owed and where it stands: the desk, the grid, the list and one duty.

mod cells;
mod desk;
mod found;
mod grid;
mod item;
mod list;
mod owed;
mod show;
mod table;
mod why;
mod year;

use crate::door::operations;

pub(crate) use desk::OPERATIONS as DESK_OPERATIONS;
pub(crate) use desk::owners_of;
pub use desk::{
    CalendarDay, CalendarKind, Desk, OPEN_MAX, SentBack, ShowDesk, desk, show as show_desk,
};
pub(crate) use found::{bears_on, find};
pub use grid::{DutyChoice, Grid, duty_choices, grid, years};
pub use item::{ClauseRef, Item};
pub(crate) use item::{item, open_items};
pub use list::{DutySort, EXPORT_MAX, ListDuties, export, list};
pub(crate) use owed::Held;
pub use show::{
    ActSeen, Asked, ChoiceSeen, DueSeen, DutyPage, ExtensionSeen, FieldAsked, OneDuty, TextSeen,
    one, show,
};
pub use table::{Cell, Column, GridRow, GridSort, Scope, ShowGrid};
pub use why::{FieldHas, NotCounted, WhyNotSeen};

operations! {
    Read "duty.list" GET "/duties" "职责和完成情况" [ViewStanding]
        ListDuties => ["duties": Item] = list;
    Read "duty.grid" GET "/duties/grid" "职责表格：各单位各期" [ViewStanding]
        ShowGrid => {"grid": Grid} = grid;
    Read "duty.show" GET "/duties/{pack}/{duty}/{owner}/{period}" "一项职责：缘由、期限、计入的记录" [ViewStanding]
        OneDuty => {"duty": DutyPage} = one;
}
