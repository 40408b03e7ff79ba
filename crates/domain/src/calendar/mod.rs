//! Calendar 日历: periods, cadences, cut-offs and working days, all on civil dates.
//!
//! **Invariant:** nothing here reads a clock; a date beyond the working calendar's
//! `covered_until` is provisional, never guessed. Basis: DATE-1, FORM-3, FORM-7.

mod cadence;
mod cutoff;
mod due;
mod period;
mod span;
mod workdays;

pub use cadence::{BadCadence, Cadence};
pub use cutoff::{BadCutOff, CutOff};
pub use due::{Due, HolidayRule};
pub use period::{BadPeriod, Period, PeriodKind};
pub use span::{BadSpan, Span};
pub use workdays::WorkCalendar;
