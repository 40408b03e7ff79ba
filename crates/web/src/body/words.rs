//! A body in words.

use app::body::{AttrSeen, BodySeen, EnterpriseSeen, LinkSeen, SpanSeen};
use app::post::PostHeld;
use domain::body::AttrValue;
use domain::calendar::words::chinese_date;

/// A line of a body's history.
pub(super) struct Span {
    pub(super) days: String,
    pub(super) name: String,
    pub(super) parent: String,
    pub(super) attrs: Vec<String>,
}

/// A relation.
pub(super) struct Link {
    pub(super) word: &'static str,
    pub(super) kind: &'static str,
    pub(super) a: String,
    pub(super) b: String,
    pub(super) other: String,
    pub(super) name: String,
    pub(super) since: String,
    pub(super) forward: bool,
}

/// A post with its holder.
pub(super) struct Post {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) holder: String,
    pub(super) by_office: String,
}

/// A line of an enterprise's file.
pub(super) struct Fact {
    pub(super) title: &'static str,
    pub(super) value: String,
}

/// Since when it is there, and until when it was.
pub(super) fn life(body: &BodySeen) -> String {
    let opened = chinese_date(body.opened_on);
    match body.closed_on {
        None => format!("{opened}设立"),
        Some(on) => format!("{opened}设立，{}撤销", chinese_date(on)),
    }
}

/// The file of an enterprise, without what is empty.
pub(super) fn file(file: EnterpriseSeen) -> Vec<Fact> {
    let code = file.uscc.unwrap_or_else(|| "未登记".to_owned());
    let all = [
        ("统一社会信用代码", code),
        ("行业代码", file.industry),
        ("地址", file.address),
        ("电话", file.phone),
    ];
    let facts = all.into_iter().map(|(title, value)| Fact { title, value });
    facts.filter(|fact| !fact.value.is_empty()).collect()
}

/// A line of the history.
pub(super) fn span(span: SpanSeen) -> Span {
    let until = span.to_on.map_or_else(|| "今".to_owned(), chinese_date);
    Span {
        days: format!("{}至{until}", chinese_date(span.from_on)),
        name: span.name,
        parent: span.parent.map(|above| above.name).unwrap_or_default(),
        attrs: span.attrs.iter().filter_map(attr).collect(),
    }
}

fn attr(attr: &AttrSeen) -> Option<String> {
    let titles = attr.titles.join("、");
    match (attr.name.as_str(), &attr.value) {
        (_, AttrValue::Flag(false)) => None,
        ("high_hazard", AttrValue::Flag(true)) => Some("高危行业".to_owned()),
        ("above_scale", AttrValue::Flag(true)) => Some("规模以上".to_owned()),
        ("subject", AttrValue::Flag(true)) => Some("主体企业".to_owned()),
        ("regulator", AttrValue::Flag(true)) => Some("负有安全监管职责".to_owned()),
        ("member_unit", AttrValue::Flag(true)) => Some("安委会成员单位".to_owned()),
        ("sector", AttrValue::Text(_)) => Some(format!("领域：{titles}")),
        ("sectors", AttrValue::Many(_)) => Some(format!("行业领域：{titles}")),
        (name, AttrValue::Flag(true)) => Some(name.to_owned()),
        (name, AttrValue::Number(n)) => Some(format!("{name}：{n}")),
        (name, AttrValue::Text(text)) => Some(format!("{name}：{text}")),
        (name, AttrValue::Many(all)) => Some(format!("{name}：{}", all.join("、"))),
    }
}

/// A relation.
pub(super) fn link(link: LinkSeen) -> Link {
    Link {
        word: app::words::link(link.kind),
        kind: link.kind.code(),
        a: link.a.to_string(),
        b: link.b.to_string(),
        other: link.other.id.to_string(),
        name: link.other.name,
        since: chinese_date(link.from_on),
        forward: link.forward,
    }
}

/// A post with its holder.
pub(super) fn post(post: PostHeld) -> Post {
    let vacant = || "空缺".to_owned();
    Post {
        id: post.id.to_string(),
        title: post.title,
        holder: post.holder.map_or_else(vacant, |holder| holder.name),
        by_office: post.by_office.map(|office| office.name).unwrap_or_default(),
    }
}
