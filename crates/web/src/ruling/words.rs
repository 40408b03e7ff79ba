//! A request in words: the one place that makes them, for the list, its page and the duty's.

use app::ruling::RulingLine;
use app::words::{ruling_kind, ruling_reason, ruling_state};
use domain::calendar::words::{chinese_date, chinese_day, period_name};
use domain::id::RulingId;

/// A request, ready to show.
pub(crate) struct Told {
    /// Identity.
    pub(crate) id: RulingId,
    /// Version to quote in a decision.
    pub(crate) version: i64,
    /// 豁免, 延期, 补录.
    pub(crate) kind: &'static str,
    /// 待决定…
    pub(crate) state: &'static str,
    /// State's code, for style classes.
    pub(crate) state_code: &'static str,
    /// Title of the duty.
    pub(crate) duty: String,
    /// Who owes.
    pub(crate) owner: String,
    /// Period.
    pub(crate) period: String,
    /// The duty's page.
    pub(crate) path: String,
    /// Reasons.
    pub(crate) reason: String,
    /// Who asked, when.
    pub(crate) asked: String,
    /// 延至 and the date, for an extension.
    pub(crate) wanted: String,
    /// Who decided, when, with which opinion, and what is still to be done.
    pub(crate) decided: String,
    /// The one who looks may decide it.
    pub(crate) may_decide: bool,
    /// The one who looks may withdraw it.
    pub(crate) may_withdraw: bool,
}

/// Puts a request into words.
pub(crate) fn told(line: &RulingLine) -> Told {
    let wanted = line
        .new_due_on
        .map(|on| format!("延至{}", chinese_date(on)));
    let decided = line.decision.as_ref().map(|d| {
        let said = format!("{} {} {}", d.by, chinese_day(d.on), d.opinion);
        let note = Some(&d.note).filter(|note| !note.is_empty());
        let note = note.map(|note| format!("；办理要求：{note}"));
        format!("{}{}", said.trim_end(), note.unwrap_or_default())
    });
    Told {
        id: line.id,
        version: line.version,
        kind: ruling_kind(line.kind),
        state: ruling_state(line.state),
        state_code: line.state.code(),
        duty: line.duty.clone(),
        owner: line.owner.clone(),
        period: period_name(line.key.period),
        path: crate::duty::path(&line.key),
        reason: format!("{}：{}", ruling_reason(line.reason), line.text),
        asked: format!("{} {}", line.asked_by, chinese_day(line.asked_on)),
        wanted: wanted.unwrap_or_default(),
        decided: decided.unwrap_or_default(),
        may_decide: line.may_decide,
        may_withdraw: line.may_withdraw,
    }
}
