//! Packs in words and addresses: the one place that makes them for pages.

use app::pack::{ClauseSeen, Counts, DutySays, ElementSeen, InForce, PackPage, Says, Tally, words};
use domain::calendar::words::{chinese_date, span_name};
use domain::id::Slug;

/// An element, ready to show.
pub(crate) struct Element {
    /// 职责, 任务, 常态职责, 阶段, 时限, 表, 规则…
    pub(crate) kind: &'static str,
    /// Title.
    pub(crate) title: String,
    /// When, in words: 每月不少于1次，22日前.
    pub(crate) timing: String,
    /// List of the duty, where standing is kept.
    pub(crate) path: String,
    /// Obligations of this year.
    pub(crate) standing: Option<Tally>,
    /// 不计履职状态…, 两处规定不一致….
    pub(crate) note: &'static str,
}

/// A clause with what stands beside it.
pub(crate) struct Clause {
    /// Anchor on the page.
    pub(crate) anchor: String,
    /// Number as printed.
    pub(crate) number: String,
    /// Depth in the tree, from 0.
    pub(crate) depth: usize,
    /// Title.
    pub(crate) title: String,
    /// Our own one-line summary.
    pub(crate) summary: String,
    /// Elements that cite it.
    pub(crate) elements: Vec<Element>,
}

/// The anchor of a clause: its id without blanks and slashes.
fn anchor(clause: &str) -> String {
    let kept: String = clause
        .chars()
        .map(|c| if c == '/' || c == ' ' { '-' } else { c })
        .collect();
    format!("c-{kept}")
}

/// The place of a clause on the page of its pack.
pub(crate) fn place_path(pack: &Slug, clause: Option<&str>) -> String {
    let anchor = clause.map(|clause| format!("#{}", anchor(clause)));
    format!("/packs/{pack}{}", anchor.unwrap_or_default())
}

/// A clause with the elements that cite it.
pub(super) fn clause(pack: &PackPage, clause: &ClauseSeen) -> Clause {
    let cited = pack.elements.iter();
    let cited = cited.filter(|e| e.clauses.contains(&clause.id));
    Clause {
        anchor: anchor(&clause.id),
        number: if clause.number.is_empty() {
            "引言".to_owned()
        } else {
            clause.number.clone()
        },
        depth: clause.number.matches('/').count(),
        title: clause.title.clone(),
        summary: clause.summary.clone(),
        elements: cited.map(|e| element(&pack.id, e)).collect(),
    }
}

/// An element of a pack.
pub(super) fn element(pack: &Slug, e: &ElementSeen) -> Element {
    let (kind, timing) = says(&e.says);
    let duty = duty_of(&e.says);
    let kept = duty.filter(|duty| duty.standing.is_some());
    Element {
        kind,
        title: e.title.clone(),
        timing,
        path: kept.map_or_else(String::new, |_| format!("/duties?duty={pack}/{}", e.id)),
        standing: duty.and_then(|duty| duty.standing),
        note: duty.map_or("", note),
    }
}

const fn duty_of(says: &Says) -> Option<&DutySays> {
    match says {
        Says::Duty { duty } | Says::Task { duty } => Some(duty),
        Says::Standing { .. }
        | Says::Phase { .. }
        | Says::Limit { .. }
        | Says::Form { .. }
        | Says::Rule { .. }
        | Says::Occasion {}
        | Says::Target { .. }
        | Says::Committee { .. }
        | Says::Act { .. } => None,
    }
}

fn note(duty: &DutySays) -> &'static str {
    if !duty.followed {
        "不计履职状态，检查时查看"
    } else if duty.texts > 0 {
        "两处规定不一致，由办公室选定"
    } else {
        ""
    }
}

/// What kind of element it is, and what it says.
fn says(says: &Says) -> (&'static str, String) {
    match says {
        Says::Duty { duty } => ("职责", words::demand(&duty.demand)),
        Says::Task { duty } => ("任务", words::demand(&duty.demand)),
        Says::Standing { office_may_time } => {
            let timing = if *office_may_time {
                "常态，办公室可定周期"
            } else {
                "常态"
            };
            ("常态职责", timing.to_owned())
        }
        Says::Phase { from_on, to_on } => {
            let from = from_on.map_or_else(|| "即日起".to_owned(), chinese_date);
            let to = to_on.map(|to| format!("至{}", chinese_date(to)));
            ("阶段", from + &to.unwrap_or_default())
        }
        Says::Limit { after, within } => ("时限", format!("{after}后{}", span_name(*within))),
        Says::Form { columns } => ("表", format!("{columns}栏")),
        Says::Rule { when } => ("规则", when.clone()),
        Says::Occasion {} => ("节点", String::new()),
        Says::Target { value, against } => {
            let value = value.map_or_else(String::new, |v| v.to_string());
            ("目标", value + against.as_deref().unwrap_or_default())
        }
        Says::Committee { leads } => ("专委会", leads.join("、")),
        Says::Act { unit } => ("记录种类", unit.clone()),
    }
}

/// Facts of the notice: title and value.
pub(super) fn facts(pack: &PackPage) -> Vec<(&'static str, String)> {
    let unknown = || "未知".to_owned();
    let effect = match (pack.effect_from, pack.effect_to) {
        (Some(from), Some(to)) => format!("{}至{}", chinese_date(from), chinese_date(to)),
        (Some(from), None) => format!("{}起", chinese_date(from)),
        (None, _) => String::new(),
    };
    let issued = pack.issued_on.map_or_else(unknown, chinese_date);
    let all = [
        ("发文机关", pack.issuer.clone().unwrap_or_else(unknown)),
        ("发文字号", pack.number.clone().unwrap_or_else(unknown)),
        ("印发日期", issued),
        ("有效期", effect),
    ];
    all.into_iter().filter(|(_, v)| !v.is_empty()).collect()
}

/// How many elements of each kind there are, none left out that has any.
pub(super) fn counts(counts: &Counts) -> Vec<(&'static str, usize)> {
    let all = [
        ("条款", counts.clauses),
        ("职责", counts.duties),
        ("任务", counts.tasks),
        ("常态职责", counts.standing),
        ("阶段", counts.phases),
        ("时限", counts.limits),
        ("表", counts.forms),
        ("规则", counts.rules),
        ("领域", counts.sectors),
    ];
    all.into_iter().filter(|(_, n)| *n > 0).collect()
}

/// 第1版，自2026年2月14日施行; empty where it is not applied.
pub(super) fn in_force(in_force: Option<InForce>) -> String {
    in_force.map_or_else(String::new, |u| {
        format!("第{}版，自{}施行", u.version, chinese_date(u.from_on))
    })
}

/// The same of the county, at the head of the pack's page.
pub(super) fn in_force_here(in_force: Option<InForce>) -> String {
    in_force.map_or_else(
        || "还没有在本县施行".to_owned(),
        |u| format!("第{}版自{}起在本县施行", u.version, chinese_date(u.from_on)),
    )
}
