//! The fields of an act's form, and the draft that was typed into them.

use app::act::{ActDraft, Asks, FormField, FormPost, FormView};
use app::words::part_role;
use app::{Ctx, FieldErrors};
use domain::act::PartRole;
use domain::calendar::Period;
use domain::calendar::words::period_name;
use domain::id::Owner;

use crate::error::PageError;
use crate::form::{Choice, Field, FieldKind, Posted};

/// Names offered while a body is typed.
pub(super) const OPTIONS_MAX: usize = 20;

/// Values shown as chips; longer lists fold.
const CHIPS_MAX: usize = 12;

/// The fields of a form, in the groups that the page shows.
pub(super) struct Fields {
    /// Where it took place.
    pub(super) place: Option<Field>,
    /// Who did it.
    pub(super) doers: Vec<Field>,
    /// What most people fill in.
    pub(super) main: Vec<Field>,
    /// Day, period, form.
    pub(super) whens: Vec<Field>,
    /// What may stay empty, folded away.
    pub(super) more: Vec<Field>,
}

/// The fields of a kind with what was typed.
pub(super) fn fields(view: &FormView, posted: &Posted, errors: &FieldErrors) -> Fields {
    let mut out = Fields {
        place: None,
        doers: Vec::new(),
        main: Vec::new(),
        whens: whens(view, posted, errors),
        more: Vec::new(),
    };
    let visit = view.roles.contains(&PartRole::WasVisited);
    for (at, role) in view.roles.iter().copied().enumerate() {
        doing(&mut out, view, (at, role), posted, errors);
    }
    // A visit asks for five things; whoever wants to say more unfolds the rest.
    let mut optional_shown = false;
    for f in &view.fields {
        let field = field(f, posted, errors);
        let first_lines = f.asks == Asks::Lines && !optional_shown;
        if !visit || f.required || first_lines {
            optional_shown = optional_shown || first_lines;
            out.main.push(field);
        } else {
            out.more.push(field);
        }
    }
    out
}

/// The fields of one role.
fn doing(
    out: &mut Fields,
    view: &FormView,
    (at, role): (usize, PartRole),
    posted: &Posted,
    errors: &FieldErrors,
) {
    let word = part_role(role);
    match role {
        PartRole::WasVisited => {
            out.place = Some(place(&format!("p.{role}"), posted, errors));
            out.more.push(others(role, "同时还去了", posted, errors));
        }
        PartRole::Led | PartRole::Presided => {
            let label = format!("由谁{word}");
            let field = who(view, role, &label, true, posted, errors);
            out.doers.push(field.required_if(at == 0));
            out.more.extend(county(view, role, posted));
            if view.may_type {
                let label = format!("其他{word}岗位");
                out.more.push(others(role, &label, posted, errors));
            }
        }
        PartRole::Hosted | PartRole::TookPart => {
            let label = format!("{word}单位、岗位");
            let field = who(view, role, &label, false, posted, errors);
            if at == 0 {
                out.doers.push(field.required());
            } else {
                out.more.push(field);
            }
            // Who took part may be named by anybody, who hosted by its own recorder only.
            if role == PartRole::TookPart || view.may_type {
                let label = format!("其他{word}单位");
                out.more.push(others(role, &label, posted, errors));
            }
        }
    }
}

fn place(name: &str, posted: &Posted, errors: &FieldErrors) -> Field {
    Field::new(name, "去了哪里", posted)
        .kind(FieldKind::Finder)
        .required()
        .max(80)
        .hint("输入单位名称的几个字，从列表中选。")
        .errors(errors)
}

/// Bodies of the county beside one's own, by their names.
fn others(role: PartRole, label: &str, posted: &Posted, errors: &FieldErrors) -> Field {
    Field::new(&format!("p.{role}{OTHERS}"), label, posted)
        .kind(FieldKind::Lines)
        .hint("每行一个单位或岗位的全称，例如“石桥镇人民政府”“石桥镇人民政府镇长”。")
        .errors(errors)
}

/// Posts of one's own as chips.
fn who(
    view: &FormView,
    role: PartRole,
    label: &str,
    posts_only: bool,
    posted: &Posted,
    errors: &FieldErrors,
) -> Field {
    let is_post = |p: &&FormPost| !posts_only || matches!(p.id, Owner::Post(_));
    let may_do = |p: &&FormPost| role == PartRole::TookPart || p.may_record;
    let more = view.others.iter().filter(|other| other.role == role);
    let all = view.own.iter().chain(more.map(|other| &other.post));
    let options = all.filter(is_post).filter(may_do).map(chip).collect();
    Field::new(&format!("p.{role}"), label, posted)
        .kind(FieldKind::Ticks)
        .options(options, posted)
        .errors(errors)
}

/// The county's leaders, folded away: they come along now and then. The name tells the role, and
/// [`COUNTY`] keeps the two groups of chips apart.
fn county(view: &FormView, role: PartRole, posted: &Posted) -> Option<Field> {
    let others: Vec<Choice> = view
        .leaders
        .iter()
        .filter(|p| !view.own.iter().any(|o| o.id == p.id))
        .map(chip)
        .collect();
    if others.is_empty() {
        return None;
    }
    let name = format!("p.{role}{COUNTY}");
    let label = format!("县领导{}的，请选是哪位", part_role(role));
    let field = Field::new(&name, &label, posted);
    Some(field.kind(FieldKind::Ticks).options(others, posted))
}

/// Ends the name of the field with the county's leaders.
const COUNTY: &str = ".county";
/// Ends the name of the field with other bodies, one a line.
const OTHERS: &str = ".others";

fn chip(post: &FormPost) -> Choice {
    let me = if post.is_mine { "（我）" } else { "" };
    Choice::new(post.id.to_string(), format!("{}{me}", post.title))
}

fn whens(view: &FormView, posted: &Posted, errors: &FieldErrors) -> Vec<Field> {
    let mut out = Vec::new();
    if view.asks_day || !errors.of("occurred_on").is_empty() {
        let day = Field::new("occurred_on", "哪一天", posted).kind(FieldKind::Date);
        let day = day.required().or(view.today.to_string());
        out.push(day.errors(errors));
    }
    let list = |name: &str, label: &str, options: Vec<Choice>| {
        let field = Field::new(name, label, posted)
            .kind(FieldKind::Select)
            .required();
        field.options(options, posted).errors(errors)
    };
    if !view.periods.is_empty() {
        let named = |p: &Period| Choice::new(p.to_string(), period_name(*p));
        let mut periods: Vec<Choice> = view.periods.iter().map(named).collect();
        // A duty of long ago leads here with its own period, which the list no longer offers.
        let asked = posted.text("period");
        if !asked.is_empty() && periods.iter().all(|known| known.value != asked) {
            let name = asked.parse().map_or_else(|_| asked.to_owned(), period_name);
            periods.insert(0, Choice::new(asked, name));
        }
        out.push(list("period", "所报时段", periods));
    }
    if !view.forms.is_empty() {
        let forms = view.forms.iter().map(|f| Choice::new(&f.form, &f.title));
        out.push(list("form", "哪张表", forms.collect()));
    }
    out
}

fn field(f: &FormField, posted: &Posted, errors: &FieldErrors) -> Field {
    let kind = match f.asks {
        Asks::Text => FieldKind::Text,
        Asks::Lines => FieldKind::Lines,
        Asks::Number => FieldKind::Number,
        Asks::Date => FieldKind::Date,
        Asks::Flag | Asks::Choices => FieldKind::Ticks,
        Asks::Choice if f.values.len() > CHIPS_MAX => FieldKind::Select,
        Asks::Choice => FieldKind::Radio,
    };
    let values = f.values.iter();
    let mut options: Vec<Choice> = values
        .map(|v| Choice::new(v.value.as_str(), &v.title))
        .collect();
    if kind == FieldKind::Select && !f.required {
        options.insert(0, Choice::new("", "（不填）"));
    }
    if f.asks == Asks::Flag {
        options.push(Choice::new("true", "是"));
    }
    let longest = f.longest.and_then(|longest| usize::try_from(longest).ok());
    Field::new(&format!("f.{}", f.field), &f.title, posted)
        .kind(kind)
        .required_if(f.required)
        .max(longest.unwrap_or(0))
        .hint(&f.hint)
        .options(options, posted)
        .errors(errors)
}

/// What was typed, with the names of bodies found in the list.
pub(super) async fn draft(ctx: &Ctx, posted: &Posted) -> Result<ActDraft, PageError> {
    let mut draft = ActDraft {
        kind: posted.text("kind").to_owned(),
        // A return is not asked for its day: it is handed in today.
        occurred_on: if posted.has("form") && !posted.has("occurred_on") {
            ctx.today.to_string()
        } else {
            posted.text("occurred_on").to_owned()
        },
        period: posted.text("period").to_owned(),
        form: posted.text("form").to_owned(),
        ..ActDraft::default()
    };
    for (name, value) in &posted.0 {
        if let Some(field) = name.strip_prefix("f.") {
            draft
                .fields
                .entry(field.to_owned())
                .or_default()
                .push(value.clone());
        } else if let Some(role) = name.strip_prefix("p.") {
            let (role, others) = match role.strip_suffix(OTHERS) {
                Some(role) => (role, true),
                None => (role.strip_suffix(COUNTY).unwrap_or(role), false),
            };
            let lines = value.lines().filter(|l| !others || !l.trim().is_empty());
            for line in lines {
                let part = (role.to_owned(), named(ctx, line.trim()).await?);
                draft.parts.push(part);
            }
        }
    }
    Ok(draft)
}

/// The id of a body that was typed by its name, or by a part of it that no other has. What is not
/// found stays as typed: the verb knows posts and members of committees by their full names, and
/// says beside the field what it does not find.
async fn named(ctx: &Ctx, text: &str) -> Result<String, PageError> {
    if text.is_empty() || text.starts_with("body_") || text.starts_with("post_") {
        return Ok(text.to_owned());
    }
    let found = app::body::options(ctx, text, OPTIONS_MAX).await?;
    let exact = found.iter().find(|body| body.name == text);
    let only = found.first().filter(|_| found.len() == 1);
    Ok(exact
        .or(only)
        .map_or_else(|| text.to_owned(), |body| body.id.to_string()))
}

/// A draft of a saved act, as if it had been typed.
pub(super) async fn typed(ctx: &Ctx, draft: &ActDraft) -> Result<Posted, PageError> {
    let mut out = vec![
        ("kind".to_owned(), draft.kind.clone()),
        ("occurred_on".to_owned(), draft.occurred_on.clone()),
        ("period".to_owned(), draft.period.clone()),
        ("form".to_owned(), draft.form.clone()),
        // A form that was sent before: chips that were not chosen stay so.
        ("csrf".to_owned(), String::new()),
    ];
    for (field, values) in &draft.fields {
        out.extend(values.iter().map(|v| (format!("f.{field}"), v.clone())));
    }
    let world = ctx.app.world(ctx.who()?.home).await?;
    let mut places = Vec::new();
    for (role, who) in &draft.parts {
        if let Some(place) = who.parse().ok().filter(|_| role == "was-visited") {
            places.push(world.structure.name(place, ctx.today));
            continue;
        }
        // Each group of chips marks those that it offers.
        out.push((format!("p.{role}{COUNTY}"), who.clone()));
        out.push((format!("p.{role}"), who.clone()));
    }
    if let Some((first, others)) = places.split_first() {
        out.push(("p.was-visited".to_owned(), (*first).to_owned()));
        out.push((format!("p.was-visited{OTHERS}"), others.join("\n")));
    }
    Ok(Posted(out))
}
