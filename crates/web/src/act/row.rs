//! Acts and what they count for, in words and with their addresses.

use app::act::{ActLine, Meets, words};
use domain::calendar::words::{chinese_date, period_name};

/// An act as a row of a list.
pub(crate) struct ActRow {
    pub(crate) href: String,
    pub(crate) day: String,
    pub(crate) kind: String,
    pub(crate) headline: String,
    pub(crate) did: String,
    pub(crate) mark: &'static str,
}

/// An act as a row of a list.
pub(crate) fn row(line: &ActLine) -> ActRow {
    ActRow {
        href: format!("/acts/{}", line.id),
        day: chinese_date(line.occurred_on),
        kind: words::kind(line).to_owned(),
        headline: words::headline(line),
        did: words::did(line),
        mark: words::mark(line.state),
    }
}

/// A duty that an act counts for.
pub(super) struct MeetsRow {
    pub(super) href: String,
    pub(super) title: String,
    /// 石桥镇人民政府 · 2026年10月.
    pub(super) whose: String,
    /// 0/1 → 1/1.
    pub(super) moved: String,
    /// 1/1.
    pub(super) share: String,
    pub(super) met_before: bool,
    pub(super) clauses: Vec<app::duty::ClauseRef>,
}

/// A duty that an act counts for.
pub(super) fn meets_row(meets: Meets) -> MeetsRow {
    MeetsRow {
        href: crate::duty::path(&meets.key),
        whose: format!("{} · {}", meets.owner_name, period_name(meets.key.period)),
        moved: words::moved(&meets),
        share: words::share(meets.have, meets.need),
        met_before: meets.met_before,
        title: meets.title,
        clauses: meets.clauses,
    }
}
