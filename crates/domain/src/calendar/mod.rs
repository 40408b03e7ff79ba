//! Calendar 日历: periods, cadences, cut-offs and working days, all on civil dates.
//!
//! **Invariant:** nothing here reads a clock; a date beyond the working calendar's
//! `covered_until` is provisional, never guessed. Basis: DATE-1, FORM-3, FORM-7.

mod cadence;
mod cutoff;
mod due;
pub mod mistakes;
mod period;
mod span;
pub mod words;
mod workdays;

pub use cadence::{BadCadence, Cadence};
pub use cutoff::{BadCutOff, CutOff, MonthPick, NextUnit};
pub use due::{DayOff, Due, HolidayRule, Skipped, Step, due_once, due_recurring, lock_day};
pub use period::{BadPeriod, Period, PeriodKind};
pub use span::{BadSpan, Span, SpanUnit};
pub use workdays::{BadCalendar, CalendarYear, DayKind, Holiday, WorkCalendar};
