//! An act as lists give it, and the names of what stands in it.

use chrono::NaiveDate;
use domain::act::{Act, ActState, FieldValue, Part, PartRole};
use domain::calendar::Period;
use domain::id::{ActId, BodyId, PostId, Slug};
use domain::pack::FieldKind;
use schemars::JsonSchema;
use serde::Serialize;

use crate::world::World;

/// What somebody did in an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActPart {
    /// In which role.
    #[schemars(title = "角色")]
    pub role: PartRole,
    /// The body.
    #[schemars(title = "单位编号")]
    pub body: BodyId,
    /// The post of it that somebody acted in.
    #[schemars(title = "岗位编号")]
    pub post: Option<PostId>,
    /// Body and post, as they were called on the day.
    #[schemars(title = "名称")]
    pub name: String,
    /// A chair that stands in the act only because its holder led.
    #[schemars(title = "因任职计入")]
    pub by_office: bool,
}

/// An act in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActLine {
    /// Identity.
    #[schemars(title = "编号")]
    pub id: ActId,
    /// Version, for the next change.
    #[schemars(title = "版本")]
    pub version: i64,
    /// The day it happened.
    #[schemars(title = "日期")]
    pub occurred_on: NaiveDate,
    /// Kind, as packs name it.
    #[schemars(title = "种类")]
    pub kind: Slug,
    /// The kind's title, where a pack in force still has it.
    #[schemars(title = "种类名称")]
    pub kind_title: Option<String>,
    /// The period it answers for.
    #[schemars(title = "所报时段")]
    pub period: Option<Period>,
    /// The form of a return, `pack/form`.
    #[schemars(title = "报表")]
    pub form: Option<String>,
    /// Its title, where a pack in force still has it.
    #[schemars(title = "报表名称")]
    pub form_title: Option<String>,
    /// What it was about, as somebody typed or chose.
    #[schemars(title = "主题")]
    pub topic: Option<String>,
    /// How it stands.
    #[schemars(title = "状态")]
    pub state: ActState,
    /// Who did what.
    #[schemars(title = "由谁")]
    pub parts: Vec<ActPart>,
}

/// An act as one line.
pub(crate) fn line(world: &World, act: &Act) -> ActLine {
    ActLine {
        id: act.id,
        version: act.version,
        occurred_on: act.occurred_on,
        kind: act.kind.clone(),
        kind_title: world.act_kind(act.kind.as_str()).map(|k| k.title.clone()),
        period: act.period,
        form: act.form.clone(),
        form_title: act.form.as_deref().and_then(|f| form_title(world, f)),
        topic: topic(world, act),
        state: act.state().code(),
        parts: parts_seen(world, act, &act.parts, act.occurred_on),
    }
}

/// Parts of an act, as they were called on a day.
pub(super) fn parts_seen(
    world: &World,
    act: &Act,
    parts: &[domain::act::Part],
    on: NaiveDate,
) -> Vec<ActPart> {
    let seen = |p: &domain::act::Part| ActPart {
        role: p.role,
        body: p.body,
        post: p.post,
        name: part_name(world, p, on),
        by_office: by_office(world, act, p.post),
    };
    parts.iter().map(seen).collect()
}

/// A chair that stands in the act only because its holder led.
fn by_office(world: &World, act: &Act, post: Option<PostId>) -> bool {
    post.and_then(|p| world.structure.post(p))
        .and_then(|p| p.ex_officio)
        .is_some_and(|behind| act.parts.iter().any(|other| other.post == Some(behind)))
}

/// What an act was about: the first of the fields that say it.
fn topic(world: &World, act: &Act) -> Option<String> {
    ["topic", "title", "content", "form", "kind", "way"]
        .iter()
        .find_map(|id| {
            let (field, value) = act.fields.iter().find(|(k, _)| *k == id)?;
            match value {
                FieldValue::Text(text) => Some(value_title(world, field, text)),
                FieldValue::Flag(_) | FieldValue::Number(_) | FieldValue::Many(_) => None,
            }
        })
}

/// The title of a form, `pack/form`.
pub(crate) fn form_title(world: &World, form: &str) -> Option<String> {
    let (pack, id) = form.split_once('/')?;
    let packs = world.book.packs().iter().filter(|(_, p)| p.id == *pack);
    let mut forms = packs.flat_map(|(_, p)| &p.forms);
    forms.find(|f| f.id == *id).map(|f| f.title.clone())
}

/// A part in words: body, or body and post.
pub(crate) fn part_name(world: &World, part: &Part, on: NaiveDate) -> String {
    let body = world.structure.name(part.body, on);
    let post = part.post.and_then(|p| world.structure.post(p));
    post.map_or_else(|| body.to_owned(), |p| format!("{body}{}", p.title))
}

/// The title of a value in any list that a field of this name uses; the text itself otherwise.
pub(crate) fn value_title(world: &World, field: &Slug, value: &str) -> String {
    for kind in world.act_kinds() {
        let decl = kind.fields.iter().find(|f| f.id == *field);
        if let Some(FieldKind::Choice(list) | FieldKind::Choices(list)) = decl.map(|d| &d.kind)
            && let Some((_, title)) = world.values(list).iter().find(|(id, _)| id == value)
        {
            return title.clone();
        }
    }
    value.to_owned()
}

/// The title of a field in one of some kinds.
pub(crate) fn field_title(world: &World, kinds: &[Slug], field: &Slug) -> String {
    kinds
        .iter()
        .filter_map(|k| world.act_kind(k.as_str()))
        .flat_map(|k| &k.fields)
        .find(|f| f.id == *field)
        .map_or_else(|| field.to_string(), |f| f.title.clone())
}
