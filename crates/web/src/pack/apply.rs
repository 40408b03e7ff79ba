//! Applying a pack from a day, with the office's choices; first tried, then done.

use app::FieldErrors;
use app::pack::{ApplyForm, ApplyPlan, apply_form, choices_named};
use askama::Template;
use axum::extract::Path;
use domain::id::Slug;
use domain::pack::Choices;
use domain::policy::Action;

use crate::body::BAD_DAY;
use crate::chrome::{Chrome, Crumb};
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

/// What a duty would bring.
struct Brought {
    title: String,
    owners: usize,
    periods: usize,
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
    reason: Field,
    brought: Vec<Brought>,
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
    let question = |c: &app::pack::ChoiceForm| question(c, posted, errors);
    Ok(ApplyPage {
        chrome,
        crumbs: vec![
            Crumb::new("制度", "/packs"),
            Crumb::new(&form.title, format!("/packs/{}", form.id)),
        ],
        errors: summary(errors),
        texts: form.options.iter().map(question).collect(),
        questions: form.answers.iter().map(question).collect(),
        days: days(&form, posted, errors),
        numbers: numbers(&form, posted, errors),
        lists: Vec::new(),
        reason: Field::new("reason", "作出这些选择的理由", posted)
            .kind(FieldKind::Lines)
            .max(500)
            .hint("会显示在每项职责旁，供以后查考。")
            .errors(errors),
        brought: Vec::new(),
        total: 0,
        apply: form,
    })
}

fn question(c: &app::pack::ChoiceForm, posted: &Posted, errors: &FieldErrors) -> Question {
    let options = c.options.iter().map(|o| {
        let places: Vec<String> = o
            .clauses
            .iter()
            .map(|k| match k.summary.as_str() {
                "" => k.text.clone(),
                summary => format!("{}：{summary}", k.text),
            })
            .collect();
        let mut choice = Choice::new(&o.id, &o.title).note(places.join("；"));
        choice.chosen = o.chosen;
        choice
    });
    let field = Field::new(&c.name, &c.title, posted).kind(FieldKind::Radio);
    Question {
        clauses: c.clauses.clone(),
        field: field.options(options.collect(), posted).errors(errors),
    }
}

fn days(form: &ApplyForm, posted: &Posted, errors: &FieldErrors) -> Vec<Field> {
    let day = |name: &str, label: &str, hint: &str| {
        Field::new(name, label, posted)
            .kind(FieldKind::Date)
            .required()
            .or(form.from_on.to_string())
            .hint(hint)
            .errors(errors)
    };
    vec![
        day("from_on", "从哪一天起施行", "从这一天起产生职责。"),
        day(
            "followed_from_on",
            "从哪一天起跟踪",
            "在这之前结束的各期记为“起算前”，不算逾期。",
        ),
    ]
}

fn numbers(form: &ApplyForm, posted: &Posted, errors: &FieldErrors) -> Vec<Field> {
    let number = |name: &str, label: &str, now: Option<u32>, hint: &str| {
        let now = now.map(|n| n.to_string()).unwrap_or_default();
        let field = Field::new(name, label, posted)
            .kind(FieldKind::Number)
            .or(now);
        field.hint(hint).errors(errors)
    };
    let mut out = vec![
        number(
            "lock_after_days",
            "期限过后几天锁定",
            form.lock_after_days,
            "锁定后补记的，须经批准才计入；空着不锁定。",
        ),
        number(
            "answer_days",
            "退回后几天内重新报送",
            form.answer_days,
            "空着按 3 天。",
        ),
    ];
    for (id, title, unit, now) in &form.thresholds {
        let name = format!("thresholds.{id}");
        let now = now.map(|n| n.to_string()).unwrap_or_default();
        let label = format!("{title}（{unit}）");
        out.push(
            Field::new(&name, &label, posted)
                .or(now)
                .max(12)
                .errors(errors),
        );
    }
    out
}

/// Tries the application and shows what would be owed, or makes it.
pub(super) async fn post(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    page.ctx.allow_at_home(Action::ApplyPack)?;
    let id = super::id_of(&id)?;
    let version = posted.text("version").parse().unwrap_or(0);
    let shown = apply_form(&page.ctx, &id, version).await?;
    let errors = match read(&id, version, &shown, posted) {
        Err(errors) => errors,
        Ok(plan) if posted.text("do") == "apply" => {
            match tried(app::pack::apply(&page.ctx, &plan).await)? {
                Ok(_) => return Ok(page.done(&format!("/packs/{id}"), "pack-applied")),
                Err(errors) => errors,
            }
        }
        Ok(plan) => match tried(app::pack::plan(&page.ctx, &plan).await)? {
            Ok(lines) => return preview(page, shown, posted, lines).await,
            Err(errors) => errors,
        },
    };
    let again = apply_page(page, shown, posted, &errors).await?;
    page.refused(&again)
}

async fn preview(
    page: &Page,
    form: ApplyForm,
    posted: &Posted,
    lines: Vec<(String, usize, usize)>,
) -> Answer {
    let mut shown = apply_page(page, form, posted, &FieldErrors::new()).await?;
    shown.total = lines
        .iter()
        .map(|(_, owners, periods)| owners * periods)
        .sum();
    let brought = |(title, owners, periods)| Brought {
        title,
        owners,
        periods,
    };
    shown.brought = lines.into_iter().map(brought).collect();
    page.html(&shown)
}

/// What was typed, as a plan.
fn read(
    id: &Slug,
    version: u32,
    form: &ApplyForm,
    posted: &Posted,
) -> Result<ApplyPlan, FieldErrors> {
    let mut errors = FieldErrors::new();
    let named = posted
        .0
        .iter()
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    let mut choices: Choices = choices_named(&named, posted.text("reason"));
    let whole = "请填写整数天数，或空着。";
    choices.lock_after_days = posted.read("lock_after_days", whole, &mut errors);
    choices.answer_days = posted.read("answer_days", whole, &mut errors);
    for (threshold, ..) in &form.thresholds {
        let name = format!("thresholds.{threshold}");
        let value = posted.read::<f64>(&name, "请填写数字，或空着。", &mut errors);
        if let (Some(value), Ok(threshold)) = (value, threshold.parse()) {
            choices.thresholds.insert(threshold, value);
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
