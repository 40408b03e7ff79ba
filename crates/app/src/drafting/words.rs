//! Codes of drafts in Chinese, for the page and the command line.

use ::draft::{ElementKind, OWN_ACT, OWNER_KINDS};

use super::{AskedHow, DraftState, ElementState, OwnerSeen};

/// A kind of element.
pub const fn kind(kind: ElementKind) -> &'static str {
    match kind {
        ElementKind::Duty => "职责",
        ElementKind::Task => "任务",
        ElementKind::Limit => "时限",
        ElementKind::Phase => "阶段",
        ElementKind::Standing => "常态职责",
        ElementKind::Form => "报表",
    }
}

/// What was decided on an element.
pub const fn decided(state: ElementState) -> &'static str {
    match state {
        ElementState::Open => "待核",
        ElementState::Accepted => "采用",
        ElementState::Dropped => "不用",
        ElementState::Into => "并入",
    }
}

/// Where a draft stands.
pub const fn state(state: DraftState) -> &'static str {
    match state {
        DraftState::Open => "核对中",
        DraftState::Decided => "已核完",
        DraftState::Empty => "没有找到要求",
        DraftState::Made => "已导入",
        DraftState::Closed => "已搁置",
    }
}

/// How what is drafted relates to what is asked already.
pub const fn how(how: AskedHow) -> &'static str {
    match how {
        AskedHow::SameRhythm => "同类履职，频次相同",
        AskedHow::OtherRhythm => "同类履职，频次不同",
        AskedHow::SameColumns => "报表中已有同名的栏目",
    }
}

/// A kind of owner, or a body that the text names.
pub fn owner(owner: &OwnerSeen) -> &str {
    let kind = OWNER_KINDS.iter().find(|k| k.code == owner.code);
    match (&owner.title, kind) {
        (Some(title), _) => title,
        (None, Some(kind)) => kind.name,
        (None, None) => "待定",
    }
}

/// The title of a kind of act; the notice's own tasks have none.
pub fn act<'a>(code: &'a str, title: Option<&'a str>) -> &'a str {
    match title {
        Some(title) => title,
        None if code == OWN_ACT => "本通知的专项任务",
        None => code,
    }
}

/// What is counted of a kind of act.
pub fn unit<'a>(code: &str, unit: Option<&'a str>) -> &'a str {
    unit.unwrap_or(if code == OWN_ACT { "项" } else { "次" })
}

/// A word for what is done.
pub fn label(code: &str) -> &'static str {
    ::draft::word_of(code)
}
