//! What was typed for an act, parsed once against its kind's declaration.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use domain::act::{FieldValue, Fields, Part, PartRole};
use domain::body::Body;
use domain::calendar::Period;
use domain::calendar::words::{chinese_date, period_name};
use domain::id::{Owner, Slug};
use domain::pack::{ActKindDecl, FieldDecl, FieldKind};
use domain::part::Doing;
use domain::post::Post;

use super::power::Names;
use crate::ctx::Ctx;
use crate::error::{Error, FieldErrors, Result};
use crate::words;
use crate::world::World;

/// Most bodies and posts in one act.
pub const PARTS_MAX: usize = 80;
/// Oldest day that can be entered, in days before today.
pub const OLDEST_DAYS: u64 = 1100;

/// An act as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActDraft {
    /// Kind.
    pub kind: String,
    /// Day, `YYYY-MM-DD`.
    pub occurred_on: String,
    /// Period that it answers for, where the kind asks for one.
    pub period: String,
    /// `pack/form`, for a return.
    pub form: String,
    /// Field values as typed; several for several choices.
    pub fields: BTreeMap<String, Vec<String>>,
    /// Who did what: role code and the id of a body or post.
    pub parts: Vec<(String, String)>,
}

/// A value as it is typed into a form.
pub(super) fn typed(value: &FieldValue) -> Vec<String> {
    match value {
        FieldValue::Flag(flag) => vec![flag.to_string()],
        FieldValue::Number(n) => vec![n.to_string()],
        FieldValue::Text(text) => vec![text.clone()],
        FieldValue::Many(all) => all.clone(),
    }
}

/// A draft that passed.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    /// Kind.
    pub kind: Slug,
    /// Day.
    pub occurred_on: NaiveDate,
    /// Period.
    pub period: Option<Period>,
    /// Form.
    pub form: Option<String>,
    /// Fields.
    pub fields: Fields,
    /// Parts, with the chairs that a visit's leader holds by office.
    pub parts: Vec<Part>,
}

/// Parses a draft; every mistake at once, beside its field, whom the actor may not name included.
/// `standing` are the parts of the act that is changed.
pub(super) fn check(
    ctx: &Ctx,
    world: &World,
    draft: &ActDraft,
    standing: &[Part],
) -> Result<Checked> {
    let today = ctx.today;
    let kind = world
        .act_kind(&draft.kind)
        .ok_or(Error::NotFound("这种记录"))?;
    let mut errors = FieldErrors::new();
    let occurred_on = day(&draft.occurred_on, today, &mut errors);
    let period = period(kind, &draft.period, today, &mut errors);
    let form = form(world, kind, &draft.form, &mut errors);
    let mut fields = Fields::new();
    for decl in &kind.fields {
        let typed = draft
            .fields
            .get(decl.id.as_str())
            .map_or(&[][..], Vec::as_slice);
        if let Some(value) = field(world, decl, typed, &mut errors) {
            fields.insert(decl.id.clone(), value);
        }
    }
    let on = occurred_on.unwrap_or(today);
    let names = Names::new(ctx, world, standing);
    let parts = parts(world, kind, draft, on, names, &mut errors);
    errors.into_result()?;
    let Some(occurred_on) = occurred_on else {
        return Err(Error::NotFound("这一天"));
    };
    Ok(Checked {
        kind: kind.id.clone(),
        occurred_on,
        period,
        form,
        fields,
        parts,
    })
}

fn day(text: &str, today: NaiveDate, errors: &mut FieldErrors) -> Option<NaiveDate> {
    let Ok(on) = text.trim().parse::<NaiveDate>() else {
        errors.add("occurred_on", "请填写日期，例如2026-11-05。");
        return None;
    };
    let oldest = today
        .checked_sub_days(Days::new(OLDEST_DAYS))
        .unwrap_or(today);
    if on > today {
        errors.add(
            "occurred_on",
            format!(
                "还没有发生的事不能记录，日期最晚为今天（{}）。",
                chinese_date(today)
            ),
        );
        return None;
    }
    if on < oldest {
        errors.add(
            "occurred_on",
            format!("日期最早为{}。", chinese_date(oldest)),
        );
        return None;
    }
    Some(on)
}

fn period(
    kind: &ActKindDecl,
    text: &str,
    today: NaiveDate,
    errors: &mut FieldErrors,
) -> Option<Period> {
    if !kind.for_period {
        return None;
    }
    if let Ok(period) = text.trim().parse::<Period>() {
        if period.first_day() <= today {
            return Some(period);
        }
        let name = period_name(period);
        errors.add("period", format!("{name}还没有开始，不能报送。"));
        return None;
    }
    errors.add("period", "请选择所报的是哪一期，例如2026年10月。");
    None
}

fn form(world: &World, kind: &ActKindDecl, text: &str, errors: &mut FieldErrors) -> Option<String> {
    if !kind.judged {
        return None;
    }
    let known = text.split_once('/').is_some_and(|(pack, form)| {
        world
            .book
            .packs()
            .iter()
            .any(|(_, p)| p.id == *pack && p.forms.iter().any(|f| f.id == *form))
    });
    if known {
        return Some(text.to_owned());
    }
    errors.add("form", "请选择要报送的表。");
    None
}

fn field(
    world: &World,
    decl: &FieldDecl,
    typed: &[String],
    errors: &mut FieldErrors,
) -> Option<FieldValue> {
    let name = format!("f.{}", decl.id);
    let filled: Vec<&str> = typed
        .iter()
        .map(|t| t.trim())
        .filter(|t| !t.is_empty())
        .collect();
    let Some(first) = filled.first().copied() else {
        if decl.required {
            errors.add(&name, format!("请填写{}。", decl.title));
        }
        return None;
    };
    match &decl.kind {
        FieldKind::Text { longest } | FieldKind::Lines { longest } => {
            let text = first.replace("\r\n", "\n");
            let length = text.chars().count();
            if length > usize::try_from(*longest).unwrap_or(usize::MAX) {
                errors.add(
                    &name,
                    format!("{}最多{longest}字，现有{length}字。", decl.title),
                );
                return None;
            }
            Some(FieldValue::Text(text))
        }
        FieldKind::Number { min, max } => match first.parse::<i64>() {
            Ok(n) if (*min..=*max).contains(&n) => Some(FieldValue::Number(n)),
            Ok(_) | Err(_) => {
                errors.add(&name, format!("{}请填{min}到{max}之间的整数。", decl.title));
                None
            }
        },
        FieldKind::Date => {
            let on = first.parse::<NaiveDate>().ok();
            if on.is_none() {
                errors.add(&name, format!("{}请填日期，例如2026-11-05。", decl.title));
            }
            on.map(|on| FieldValue::Text(on.to_string()))
        }
        FieldKind::Flag => Some(FieldValue::Flag(matches!(
            first,
            "true" | "on" | "1" | "yes"
        ))),
        FieldKind::Choice(list) | FieldKind::Choices(list) => {
            let known = world.values(list);
            let bad = filled
                .iter()
                .find(|v| !known.iter().any(|(id, _)| id == **v));
            if let Some(bad) = bad {
                let titles: Vec<&str> = known.iter().map(|(_, t)| t.as_str()).collect();
                errors.add(
                    &name,
                    format!("{}没有“{bad}”，可选：{}。", decl.title, titles.join("、")),
                );
                return None;
            }
            if matches!(decl.kind, FieldKind::Choice(_)) {
                Some(FieldValue::Text(first.to_owned()))
            } else {
                Some(FieldValue::Many(
                    filled.iter().map(|v| (*v).to_owned()).collect(),
                ))
            }
        }
    }
}

/// The parts that were typed and that the actor may name.
fn named(
    world: &World,
    kind: &ActKindDecl,
    draft: &ActDraft,
    on: NaiveDate,
    names: Names<'_>,
    errors: &mut FieldErrors,
) -> BTreeSet<Part> {
    let mut typed: Vec<(PartRole, &str)> = Vec::new();
    for (role, who) in draft.parts.iter().filter(|(_, who)| !who.trim().is_empty()) {
        if let Some(role) = role.parse().ok().filter(|r| kind.roles.contains(r)) {
            typed.push((role, who.trim()));
        } else {
            let all: Vec<&str> = kind.roles.iter().map(|r| words::part_role(*r)).collect();
            let message = format!("{}的角色只有：{}。", kind.title, all.join("、"));
            errors.add("parts", message);
        }
    }
    let mut found: Vec<(Part, &str)> = Vec::new();
    let mut refused: Vec<(PartRole, String)> = Vec::new();
    for (role, who) in typed {
        let mut meant = meant(world, who, role, on);
        meant.retain(|p| names.may_name(p, kind.judged));
        match meant.as_slice() {
            [one] => found.push((*one, who)),
            // Two of one name are none: which one is meant cannot be told.
            [] | [_, _, ..] => refused.push((role, names.refusal(who, role, kind.judged))),
        }
    }
    let parts: Vec<Part> = found.iter().map(|(p, _)| *p).collect();
    if refused.is_empty() {
        let doing = Doing {
            parts: &parts,
            is_return: kind.judged,
            on,
        };
        // Who took part records for itself where nobody is named who hosted, presided or led.
        let lacking = names.lacking(doing);
        let of_others = found.iter().filter(|(p, _)| lacking.contains(p));
        refused.extend(of_others.map(|(p, who)| (p.role, names.not_own(who, p.role))));
    }
    one_owner(kind, &parts, errors);
    for (role, message) in refused {
        errors.add(&format!("p.{}", role.code()), message);
    }
    parts.into_iter().collect()
}

fn parts(
    world: &World,
    kind: &ActKindDecl,
    draft: &ActDraft,
    on: NaiveDate,
    names: Names<'_>,
    errors: &mut FieldErrors,
) -> Vec<Part> {
    let mut out = named(world, kind, draft, on, names, errors);
    add_chairs(world, on, &mut out);
    if out.len() > PARTS_MAX {
        errors.add(
            "parts",
            format!("一条记录最多{PARTS_MAX}个单位和岗位，现有{}个。", out.len()),
        );
    }
    let acted = out.iter().any(|p| p.role != PartRole::WasVisited);
    let typed = |code: &str| {
        draft
            .parts
            .iter()
            .any(|(r, who)| r == code && !who.trim().is_empty())
    };
    // Somebody who was typed and not found is complained of already.
    let meant = kind
        .roles
        .iter()
        .any(|r| *r != PartRole::WasVisited && typed(r.code()));
    if !acted && !meant {
        let first = kind.roles.first().map_or("主办", |r| words::part_role(*r));
        let field = kind
            .roles
            .first()
            .map_or("parts".to_owned(), |r| format!("p.{}", r.code()));
        errors.add(&field, format!("请选择由谁{first}。"));
    }
    out.into_iter().collect()
}

/// A return is handed in by one body, or by one post: it is judged and sent back as one.
fn one_owner(kind: &ActKindDecl, parts: &[Part], errors: &mut FieldErrors) {
    let owners: BTreeSet<_> = parts.iter().map(|p| (p.body, p.post)).collect();
    if kind.judged && owners.len() > 1 {
        let role = kind.roles.first().map_or("hosted", |r| r.code());
        errors.add(
            &format!("p.{role}"),
            format!(
                "一份{}由一个单位报送，现选了{}个。请只选一个，其他单位另行报送。",
                kind.title,
                owners.len()
            ),
        );
    }
}

/// Who may be meant by what was typed: the body or post of an id, or those of a full name, such as
/// 石桥镇人民政府镇长, that existed on the day.
fn meant(world: &World, who: &str, role: PartRole, on: NaiveDate) -> Vec<Part> {
    let structure = &world.structure;
    let of_body = |b: &Body| Part {
        body: b.id,
        post: None,
        role,
    };
    let of_post = |p: &Post| Part {
        body: p.body,
        post: Some(p.id),
        role,
    };
    match who.parse::<Owner>() {
        Ok(Owner::Body(id)) => {
            let body = structure.body(id).filter(|b| b.exists_on(on));
            body.map(of_body).into_iter().collect()
        }
        Ok(Owner::Post(id)) => {
            let post = structure.post(id).filter(|p| p.exists_on(on));
            post.map(of_post).into_iter().collect()
        }
        Err(_) => {
            let bodies = structure.bodies().iter();
            let bodies = bodies.filter(|b| b.exists_on(on) && structure.name(b.id, on) == who);
            let is_it = |p: &&Post| {
                let of = who.strip_suffix(p.title.as_str());
                p.exists_on(on) && of == Some(structure.name(p.body, on))
            };
            let posts = structure.posts().iter().filter(is_it);
            bodies.map(of_body).chain(posts.map(of_post)).collect()
        }
    }
}

/// Whoever leads a visit also leads it as chair of the committees whose field was visited.
fn add_chairs(world: &World, on: NaiveDate, parts: &mut BTreeSet<Part>) {
    let visited: Vec<_> = parts
        .iter()
        .filter(|p| p.role == PartRole::WasVisited)
        .map(|p| p.body)
        .collect();
    let leaders: Vec<_> = parts
        .iter()
        .filter(|p| p.role == PartRole::Led)
        .filter_map(|p| p.post)
        .collect();
    for leader in leaders {
        for place in &visited {
            for chair in world.structure.chairs_for_visit(leader, *place, on) {
                parts.insert(Part {
                    body: chair.body,
                    post: Some(chair.id),
                    role: PartRole::Led,
                });
            }
        }
    }
}
