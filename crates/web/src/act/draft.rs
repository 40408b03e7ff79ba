//! The fields of an act's form, and the draft that was typed into them.

use app::act::{ActDraft, FormField, FormPost, FormView};
use app::{Ctx, FieldErrors};
use domain::calendar::words::period_name;

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
    let visit = view.roles.iter().any(|(code, _)| code == "was-visited");
    for (at, (code, word)) in view.roles.iter().enumerate() {
        let name = format!("p.{code}");
        match code.as_str() {
            "was-visited" => {
                out.place = Some(place(&name, posted, errors));
                out.more.push(others(code, "同时还去了", posted, errors));
            }
            "led" | "presided" => {
                let label = format!("由谁{word}");
                let field = who(view, code, &label, true, posted, errors);
                out.doers.push(field.required_if(at == 0));
                out.more.extend(county(view, code, word, posted));
                if view.may_type {
                    let label = format!("其他{word}岗位");
                    out.more.push(others(code, &label, posted, errors));
                }
            }
            _ => {
                let label = format!("{word}单位、岗位");
                let field = who(view, code, &label, false, posted, errors);
                if at == 0 {
                    out.doers.push(field.required());
                } else {
                    out.more.push(field);
                }
                // Who took part may be named by anybody, who hosted by its own recorder only.
                if code == "took-part" || view.may_type {
                    let label = format!("其他{word}单位");
                    out.more.push(others(code, &label, posted, errors));
                }
            }
        }
    }
    // A visit asks for five things; whoever wants to say more unfolds the rest.
    let mut optional_shown = false;
    for f in &view.fields {
        let field = field(f, posted, errors);
        let first_lines = f.kind == "lines" && !optional_shown;
        if !visit || f.required || first_lines {
            optional_shown = optional_shown || first_lines;
            out.main.push(field);
        } else {
            out.more.push(field);
        }
    }
    out
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
fn others(code: &str, label: &str, posted: &Posted, errors: &FieldErrors) -> Field {
    Field::new(&format!("p.{code}{OTHERS}"), label, posted)
        .kind(FieldKind::Lines)
        .hint("每行一个单位或岗位的全称，例如“石桥镇人民政府”“石桥镇人民政府镇长”。")
        .errors(errors)
}

/// Posts of one's own as chips.
fn who(
    view: &FormView,
    code: &str,
    label: &str,
    posts_only: bool,
    posted: &Posted,
    errors: &FieldErrors,
) -> Field {
    let is_post = |p: &&FormPost| !posts_only || p.id.starts_with("post_");
    let may_do = |p: &&FormPost| code == "took-part" || p.may_record;
    let more = view.others.iter().filter(|(role, _)| role == code);
    let all = view.own.iter().chain(more.map(|(_, post)| post));
    let options = all.filter(is_post).filter(may_do).map(chip).collect();
    Field::new(&format!("p.{code}"), label, posted)
        .kind(FieldKind::Ticks)
        .options(options, posted)
        .errors(errors)
}

/// The county's leaders, folded away: they come along now and then. The name tells the role, and
/// [`COUNTY`] keeps the two groups of chips apart.
fn county(view: &FormView, code: &str, word: &str, posted: &Posted) -> Option<Field> {
    let others: Vec<Choice> = view
        .leaders
        .iter()
        .filter(|p| !view.own.iter().any(|o| o.id == p.id))
        .map(chip)
        .collect();
    if others.is_empty() {
        return None;
    }
    let name = format!("p.{code}{COUNTY}");
    let field = Field::new(&name, &format!("县领导{word}的，请选是哪位"), posted);
    Some(field.kind(FieldKind::Ticks).options(others, posted))
}

/// Ends the name of the field with the county's leaders.
const COUNTY: &str = ".county";
/// Ends the name of the field with other bodies, one a line.
const OTHERS: &str = ".others";

fn chip(post: &FormPost) -> Choice {
    let me = if post.is_mine { "（我）" } else { "" };
    Choice::new(&post.id, format!("{}{me}", post.title))
}

fn whens(view: &FormView, posted: &Posted, errors: &FieldErrors) -> Vec<Field> {
    let mut out = Vec::new();
    if view.asks_day || !errors.of("occurred_on").is_empty() {
        let day = Field::new("occurred_on", "哪一天", posted).kind(FieldKind::Date);
        let day = day.required().or(view.today.to_string());
        out.push(day.errors(errors));
    }
    let list = |name: &str, label: &str, all: &[(String, String)]| {
        let options = all
            .iter()
            .map(|(id, title)| Choice::new(id, title))
            .collect();
        let field = Field::new(name, label, posted)
            .kind(FieldKind::Select)
            .required();
        field.options(options, posted).errors(errors)
    };
    if !view.periods.is_empty() {
        let mut periods = view.periods.clone();
        // A duty of long ago leads here with its own period, which the list no longer offers.
        let asked = posted.text("period");
        if !asked.is_empty() && !periods.iter().any(|(code, _)| code == asked) {
            let name = asked.parse().map_or_else(|_| asked.to_owned(), period_name);
            periods.insert(0, (asked.to_owned(), name));
        }
        out.push(list("period", "所报时段", &periods));
    }
    if !view.forms.is_empty() {
        out.push(list("form", "哪张表", &view.forms));
    }
    out
}

fn field(f: &FormField, posted: &Posted, errors: &FieldErrors) -> Field {
    let kind = match f.kind {
        "lines" => FieldKind::Lines,
        "number" => FieldKind::Number,
        "date" => FieldKind::Date,
        "flag" | "choices" => FieldKind::Ticks,
        "choice" if f.values.len() > CHIPS_MAX => FieldKind::Select,
        "choice" => FieldKind::Radio,
        _ => FieldKind::Text,
    };
    let mut options: Vec<Choice> = f.values.iter().map(|(id, t)| Choice::new(id, t)).collect();
    if kind == FieldKind::Select && !f.required {
        options.insert(0, Choice::new("", "（不填）"));
    }
    if f.kind == "flag" {
        options.push(Choice::new("true", "是"));
    }
    Field::new(&f.name, &f.title, posted)
        .kind(kind)
        .required_if(f.required)
        .max(usize::try_from(f.longest).unwrap_or(0))
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
