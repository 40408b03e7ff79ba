//! Applying a pack from a day, with the office's choices; first tried, then done.

use std::collections::BTreeMap;

use app::FieldErrors;
use app::pack::{ApplyForm, ApplyPlan, ChoiceForm, Planned, PlannedDuty, apply_form};
use askama::Template;
use axum::extract::Path;
use domain::id::Slug;
use domain::pack::Choices;
use domain::policy::Action;

use crate::body::BAD_DAY;
use crate::chrome::{Chrome, Crumb};
use crate::duty::words::place;
use crate::error::{Answer, PageError};
use crate::form::{Choice, Field, FieldKind, Posted, Wrong, summary};
use crate::page::{Form, Page};
use crate::query::Asked;
use crate::sheet::tried;

/// One question with its answers, each with its places in the text.
struct Question {
    clauses: Vec<app::duty::ClauseRef>,
    field: Field,
}

#[derive(Template)]
#[template(path = "pack/apply.html")]
struct ApplyPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    errors: Vec<Wrong>,
    apply: ApplyForm,
    texts: Vec<Question>,
    questions: Vec<Question>,
    days: Vec<Field>,
    numbers: Vec<Field>,
    lists: Vec<Field>,
    unfollowed: Field,
    /// The lists are changed already, or wrong: they are not folded away.
    lists_open: bool,
    reason: Field,
    brought: Vec<PlannedDuty>,
    total: usize,
}

/// The form.
pub(super) async fn form(page: Page, Path(id): Path<String>, asked: Asked) -> Answer {
    page.ctx.writable()?;
    let id = super::id_of(&id)?;
    let version = match asked.read("version") {
        Some(version) => version,
        None => app::pack::show(&page.ctx, &id, None).await?.version,
    };
    let form = apply_form(&page.ctx, &id, version).await?;
    let shown = apply_page(&page, form, &Posted::default(), &FieldErrors::new()).await?;
    page.html(&shown)
}

async fn apply_page(
    page: &Page,
    form: ApplyForm,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<ApplyPage, PageError> {
    let mut chrome = page.chrome().await?;
    chrome.failed = !errors.is_empty();
    let texts = form
        .options
        .iter()
        .map(|c| question("options", c, posted, errors));
    let questions = form
        .answers
        .iter()
        .map(|c| question("answers", c, posted, errors));
    let (texts, questions) = (texts.collect(), questions.collect());
    let lists = lists(&form, posted, errors);
    let unfollowed = unfollowed(&form, posted, errors);
    Ok(ApplyPage {
        chrome,
        crumbs: vec![
            Crumb::new("制度", "/packs"),
            Crumb::new(&form.title, format!("/packs/{}", form.id)),
        ],
        errors: summary(errors),
        texts,
        questions,
        days: days(&form, posted, errors),
        numbers: numbers(&form, posted, errors),
        lists_open: lists
            .iter()
            .any(|f| !f.value.is_empty() || !f.errors.is_empty())
            || unfollowed.options.iter().any(|o| o.chosen),
        lists,
        unfollowed,
        reason: Field::of("pack.apply", "reason", posted)
            .kind(FieldKind::Lines)
            .hint("会显示在每项职责旁，供以后查考。")
            .errors(errors),
        brought: Vec::new(),
        total: 0,
        apply: form,
    })
}

fn question(map: &str, c: &ChoiceForm, posted: &Posted, errors: &FieldErrors) -> Question {
    let options = c.options.iter().map(|o| {
        let places: Vec<String> = o
            .clauses
            .iter()
            .map(|k| match k.summary.as_str() {
                "" => place(k).to_owned(),
                summary => format!("{}：{summary}", place(k)),
            })
            .collect();
        let mut choice = Choice::new(o.id.as_str(), &o.title).note(places.join("；"));
        choice.chosen = o.chosen;
        choice
    });
    let name = format!("{map}.{}", c.id);
    let field = Field::new(&name, &c.title, posted).kind(FieldKind::Radio);
    Question {
        clauses: c.clauses.clone(),
        field: field.options(options.collect(), posted).errors(errors),
    }
}

fn days(form: &ApplyForm, posted: &Posted, errors: &FieldErrors) -> Vec<Field> {
    let day = |name: &str, proposed: chrono::NaiveDate, hint: &str| {
        Field::of("pack.apply", name, posted)
            .kind(FieldKind::Date)
            .required()
            .or(proposed.to_string())
            .hint(hint)
            .errors(errors)
    };
    vec![
        day("from_on", form.from_on, "从这一天起产生职责。"),
        day(
            "followed_from_on",
            form.followed_from_on,
            "在这之前结束的各期记为“起算前”，不算逾期。",
        ),
    ]
}

fn numbers(form: &ApplyForm, posted: &Posted, errors: &FieldErrors) -> Vec<Field> {
    let number = |name: &str, now: Option<u32>, hint: &str| {
        let now = now.map(|n| n.to_string()).unwrap_or_default();
        let field = Field::of("pack.apply", name, posted)
            .kind(FieldKind::Number)
            .or(now);
        field.hint(hint).errors(errors)
    };
    let mut out = vec![
        number(
            "lock_after_days",
            form.lock_after_days,
            "锁定后补记的，须经批准才计入；空着不锁定。",
        ),
        number("answer_days", form.answer_days, "空着按 3 天。"),
    ];
    for t in &form.thresholds {
        let name = format!("thresholds.{}", t.id);
        let now = t.value.map(|n| n.to_string()).unwrap_or_default();
        let label = format!("{}（{}）", t.title, t.unit);
        out.push(
            Field::new(&name, &label, posted)
                .or(now)
                .max(12)
                .errors(errors),
        );
    }
    out
}

/// Who is added to a list or taken off it.
fn lists(form: &ApplyForm, posted: &Posted, errors: &FieldErrors) -> Vec<Field> {
    let mut out = Vec::new();
    for list in &form.lists {
        for (name, word, now) in [
            ("list_add", "增加", &list.added),
            ("list_remove", "不列入", &list.removed),
        ] {
            let label = format!("{}：{word}的单位", list.title);
            let field = Field::new(&format!("{name}.{}", list.id), &label, posted);
            let now: Vec<&str> = now.iter().map(|b| b.name.as_str()).collect();
            let field = field.kind(FieldKind::Lines).or(now.join("\n"));
            out.push(field.hint("每行一个单位的全称。").errors(errors));
        }
    }
    out
}

/// Which duties are not followed.
fn unfollowed(form: &ApplyForm, posted: &Posted, errors: &FieldErrors) -> Field {
    let duties = form.duties.iter().map(|duty| {
        let mut choice = Choice::new(duty.id.as_str(), &duty.title);
        choice.chosen = !duty.followed;
        choice
    });
    let field = Field::of("pack.apply", "unfollowed", posted);
    let field = field
        .kind(FieldKind::Ticks)
        .options(duties.collect(), posted);
    field
        .hint("勾选的仍与条款一起显示，但不计算完成情况。")
        .errors(errors)
}

/// Bodies that were typed for the lists.
async fn read_lists(
    page: &Page,
    form: &ApplyForm,
    posted: &Posted,
    choices: &mut Choices,
) -> Result<FieldErrors, PageError> {
    let mut errors = FieldErrors::new();
    for list in &form.lists {
        for (name, into) in [
            ("list_add", &mut choices.list_add),
            ("list_remove", &mut choices.list_remove),
        ] {
            let field = format!("{name}.{}", list.id);
            let mut bodies = Vec::new();
            for found in app::body::by_names(&page.ctx, posted.text(&field)).await? {
                match found {
                    Ok(body) => bodies.push(body),
                    Err(typed) => errors.add(
                        &field,
                        format!(
                            "没有找到“{typed}”，或有几个同名的单位。请写现在的全称，每行一个。"
                        ),
                    ),
                }
            }
            if !bodies.is_empty() {
                into.insert(list.id.clone(), bodies);
            }
        }
    }
    for duty in posted.many("unfollowed") {
        choices.unfollowed.extend(duty.parse::<Slug>().ok());
    }
    Ok(errors)
}

/// Tries the application and shows what would be owed, or makes it.
pub(super) async fn post(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    page.ctx.allow_at_home(Action::ApplyPack)?;
    let id = super::id_of(&id)?;
    let version = posted.text("version").parse().unwrap_or(0);
    let shown = apply_form(&page.ctx, &id, version).await?;
    let mut choices = Choices::default();
    let wrong = read_lists(page, &shown, posted, &mut choices).await?;
    let errors = match read(&id, version, &shown, posted, (choices, wrong)) {
        Err(errors) => errors,
        Ok(plan) if posted.text("do") == "apply" => {
            match tried(app::pack::apply(&page.ctx, &plan).await)? {
                Ok(_) => return Ok(page.done(&format!("/packs/{id}"), app::Verb::PackApply)),
                Err(errors) => errors,
            }
        }
        Ok(plan) => match tried(app::pack::plan(&page.ctx, &plan).await)? {
            Ok(planned) => return preview(page, shown, posted, planned).await,
            Err(errors) => errors,
        },
    };
    let again = apply_page(page, shown, posted, &errors).await?;
    page.refused(&again)
}

async fn preview(page: &Page, form: ApplyForm, posted: &Posted, planned: Planned) -> Answer {
    let shown = apply_page(page, form, posted, &FieldErrors::new()).await?;
    page.html(&ApplyPage {
        total: planned.total,
        brought: planned.duties,
        ..shown
    })
}

/// What was typed, as a plan.
fn read(
    id: &Slug,
    version: u32,
    form: &ApplyForm,
    posted: &Posted,
    (lists, mut errors): (Choices, FieldErrors),
) -> Result<ApplyPlan, FieldErrors> {
    let mut choices = Choices {
        options: chosen("options", posted),
        answers: chosen("answers", posted),
        reason: posted.text("reason").to_owned(),
        ..lists
    };
    let whole = "请填写整数天数，或空着。";
    choices.lock_after_days = posted.read("lock_after_days", whole, &mut errors);
    choices.answer_days = posted.read("answer_days", whole, &mut errors);
    for threshold in &form.thresholds {
        let name = format!("thresholds.{}", threshold.id);
        let value = posted.read::<f64>(&name, "请填写数字，或空着。", &mut errors);
        if let Some(value) = value {
            choices.thresholds.insert(threshold.id.clone(), value);
        }
    }
    let from_on = posted.must("from_on", BAD_DAY, &mut errors);
    let followed = posted.must("followed_from_on", BAD_DAY, &mut errors);
    match (from_on, followed) {
        (Some(from_on), Some(followed_from_on)) if errors.is_empty() => Ok(ApplyPlan {
            id: id.clone(),
            version,
            from_on,
            followed_from_on,
            choices,
        }),
        _ => Err(errors),
    }
}

/// What was chosen under names such as `options.monthly-return`.
fn chosen(map: &str, posted: &Posted) -> BTreeMap<Slug, Slug> {
    let of = |(name, value): &(String, String)| {
        let id = name.strip_prefix(map)?.strip_prefix('.')?;
        Some((id.parse().ok()?, value.trim().parse().ok()?))
    };
    posted.0.iter().filter_map(of).collect()
}
