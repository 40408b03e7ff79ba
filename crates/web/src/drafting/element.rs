//! One element as a form.

use app::FieldErrors;
use app::drafting::{ElementForm, ElementKind, correct, element_form, restore, words};
use askama::Template;
use axum::extract::Path;
use domain::calendar::PeriodKind;
use domain::pack::RowKind;

use super::as_field;
use super::words::{ItemTold, item, path_of};
use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::form::{Choice, Field, FieldKind, Posted, Wrong, summary};
use crate::page::{Form, Page};
use crate::sheet::tried;

/// Fields that only some kinds of element have.
struct Group {
    /// Codes of these kinds, as style classes: `for-duty for-task`.
    class: &'static str,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "drafting/element.html")]
struct ElementPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    errors: Vec<Wrong>,
    action: String,
    back: String,
    item: ItemTold,
    /// What the form was made from.
    now: String,
    /// What was typed over, which may be another state.
    seal: String,
    may_edit: bool,
    common: Vec<Field>,
    groups: Vec<Group>,
}

/// The form.
pub(super) async fn form(page: Page, Path((id, name)): Path<(String, String)>) -> Answer {
    let shown = element_page(&page, (&id, &name), &Posted::default(), &FieldErrors::new()).await?;
    page.html(&shown)
}

async fn element_page(
    page: &Page,
    (id, name): (&str, &str),
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<ElementPage, PageError> {
    let id = super::id_of(id)?;
    let form = element_form(&page.ctx, id, name).await?;
    let mut chrome = page.chrome().await?;
    chrome.failed = !errors.is_empty();
    let path = format!("/packs/drafts/{id}");
    let filling = Filling {
        form: &form,
        posted,
        errors,
    };
    Ok(ElementPage {
        chrome,
        crumbs: vec![
            Crumb::new("制度", "/packs"),
            Crumb::new("起草", "/packs/drafts"),
            Crumb::new(&form.draft, &path),
        ],
        errors: summary(errors),
        action: format!("{path}/elements/{name}"),
        back: path_of(id, form.item.n, name),
        // What was typed belongs to the state that it was typed over.
        seal: (posted.some("seal")).unwrap_or_else(|| form.typed.seal.clone()),
        common: filling.common(),
        groups: filling.groups(),
        now: form.typed.seal,
        may_edit: form.may_edit,
        item: item(id, form.item),
    })
}

struct Filling<'a> {
    form: &'a ElementForm,
    posted: &'a Posted,
    errors: &'a FieldErrors,
}

/// Periods of a duty, in the order in which they are offered.
const PERIODS: [(PeriodKind, &str); 7] = [
    (PeriodKind::Day, "每日"),
    (PeriodKind::Week, "每周"),
    (PeriodKind::TenDays, "每旬"),
    (PeriodKind::Month, "每月"),
    (PeriodKind::Quarter, "每季度"),
    (PeriodKind::HalfYear, "每半年"),
    (PeriodKind::Year, "每年"),
];
/// What a row of a form is.
const ROWS: [(RowKind, &str); 3] = [
    (RowKind::Period, "每期一行"),
    (RowKind::Body, "每个单位一行"),
    (RowKind::Item, "每项一行"),
];

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

fn joined(all: Option<&Vec<String>>, by: &str) -> String {
    all.map(|all| all.join(by)).unwrap_or_default()
}

impl Filling<'_> {
    /// A field with what is known of it by the row of the verb.
    fn text(&self, name: &str, value: impl Into<String>) -> Field {
        let field = Field::of("draft.correct", name, self.posted).or(value);
        field.errors(self.errors)
    }

    fn one_of<'c>(
        &self,
        name: &str,
        value: impl Into<String>,
        all: impl IntoIterator<Item = (&'c str, &'c str)>,
    ) -> Field {
        let value = value.into();
        let none = value.is_empty().then(|| Choice::new("", "请选择"));
        let options = all.into_iter().map(|(code, word)| Choice::new(code, word));
        let options = none.into_iter().chain(options).collect();
        let field = self.text(name, value).kind(FieldKind::Select);
        field.options(options, self.posted)
    }

    fn common(&self) -> Vec<Field> {
        let t = &self.form.typed;
        let kinds = ElementKind::ALL.iter().map(|k| (k.code(), words::kind(*k)));
        vec![
            self.one_of("kind", t.kind.code(), kinds),
            self.text("title", &t.title)
                .hint("用自己的话写明谁、多久、做什么，各单位看到的就是它。"),
            self.text("clauses", joined(t.clauses.as_ref(), " "))
                .hint("照原文的编号，几条之间空一格，例如 三/（八） 表1#2。"),
        ]
    }

    fn groups(&self) -> Vec<Group> {
        let group = |class, fields| Group { class, fields };
        let due = text(self.form.typed.due);
        vec![
            group("for-duty for-task for-standing", self.owner()),
            group(
                "for-duty for-task for-standing for-limit for-phase",
                vec![self.text("who", text(self.form.typed.who.as_ref()))],
            ),
            group("for-duty for-task", self.act()),
            group("for-duty", self.duty()),
            group("for-task", vec![self.day("due", due)]),
            group("for-limit", self.limit()),
            group("for-limit for-phase", vec![self.label()]),
            group("for-phase", self.phase()),
            group("for-form", self.table()),
        ]
    }

    fn day(&self, name: &str, value: String) -> Field {
        self.text(name, value).kind(FieldKind::Date)
    }

    /// One thing that is so or not.
    fn tick(&self, name: &str, word: &str, now: Option<bool>) -> Field {
        let mut choice = Choice::new("1", word);
        choice.chosen = now == Some(true);
        let field = Field::of("draft.correct", name, self.posted).kind(FieldKind::Ticks);
        field.options(vec![choice], self.posted)
    }

    fn owner(&self) -> Vec<Field> {
        let t = &self.form.typed;
        let chosen = t.owners.as_deref().unwrap_or_default();
        let owners = self.form.choices.owners.iter().map(|owner| {
            let mut choice = Choice::new(&owner.code, words::owner(owner));
            choice.chosen = chosen.contains(&owner.code);
            choice
        });
        let ticks = Field::of("draft.correct", "owners", self.posted).kind(FieldKind::Ticks);
        vec![
            ticks
                .options(owners.collect(), self.posted)
                .hint("可以选几类；单个的单位写在下面。")
                .errors(self.errors),
            self.text("named", "")
                .kind(FieldKind::Lines)
                .hint("可以不填。每行一个，例如 县住建局。施行时按本县的单位核对。"),
            self.text("selector", text(t.selector.as_ref())).hint(
                "可以不填。照制度包的写法，如 { list = \"reporting-units\" }；填了就以它为准。",
            ),
        ]
    }

    fn act(&self) -> Vec<Field> {
        let t = &self.form.typed;
        let acts = self.form.choices.acts.iter();
        let acts = acts.map(|a| (a.code.as_str(), words::act(&a.code, a.title.as_deref())));
        vec![
            self.one_of("act", text(t.act.as_ref()), acts)
                .hint("哪一种履职记录算数。"),
            self.text("at_least", text(t.at_least))
                .kind(FieldKind::Number),
            self.text("when", text(t.when.as_ref()))
                .hint("可以不填。原文附带的条件，如“遇重大节日”，原样保留。"),
        ]
    }

    fn duty(&self) -> Vec<Field> {
        let t = &self.form.typed;
        let periods = PERIODS.map(|(kind, word)| (kind.code(), word));
        vec![
            self.one_of("every", text(t.every), periods),
            self.text("n", text(t.n))
                .kind(FieldKind::Number)
                .hint("一般是 1；“每两个月”是每月、每 2 期。"),
            self.text("cut_off", text(t.cut_off.as_ref())).hint(
                "空着就是每期最后一天。可以写：25日、次月5日、季末月25日、季首月10日、12月31日。",
            ),
            self.tick("previous", "报上一期的情况", t.previous),
        ]
    }

    fn limit(&self) -> Vec<Field> {
        let t = &self.form.typed;
        let cases = self.form.choices.cases.iter();
        let cases = cases.map(|code| (code.as_str(), app::words::case(code)));
        vec![
            self.text("after", text(t.after.as_ref())),
            self.text("within", text(t.within.as_ref()))
                .hint("可以写：当日、次日、30日、3个工作日、2周、1个月、24小时。"),
            self.one_of("case", text(t.case.as_ref()), cases),
        ]
    }

    fn label(&self) -> Field {
        let labels = self.form.choices.labels.iter();
        let labels = labels.map(|code| (code.as_str(), words::label(code)));
        self.one_of("label", text(self.form.typed.label.as_ref()), labels)
    }

    fn phase(&self) -> Vec<Field> {
        let t = &self.form.typed;
        vec![
            self.day("from", text(t.from))
                .hint("可以不填，就是即日起。"),
            self.day("to", text(t.to)).hint("可以不填，就是不限。"),
        ]
    }

    fn table(&self) -> Vec<Field> {
        let t = &self.form.typed;
        let rows = ROWS.map(|(kind, word)| (kind.code(), word));
        vec![
            self.one_of("rows", text(t.rows), rows),
            self.tick("total", "末尾有合计行", t.total),
            self.text("columns", joined(t.columns.as_ref(), "\n"))
                .kind(FieldKind::Lines)
                .hint(
                    "每行一栏，分组在前、用“／”隔开，单位放在括号里，例如 检查／检查矿山（座）。",
                ),
        ]
    }
}

/// Corrects the element, or restores it to what the program read.
pub(super) async fn post(Path((id, name)): Path<(String, String)>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let draft = super::id_of(&id)?;
    let back = format!("/packs/drafts/{draft}#e-{name}");
    if posted.text("do") == "restore" {
        return match tried(
            restore(&page.ctx, draft, &name, posted.text("seal"))
                .await
                .map_err(as_field),
        )? {
            Ok(_) => Ok(page.done(&back, app::Verb::DraftRestore)),
            Err(errors) => again(page, (&id, &name), posted, &errors).await,
        };
    }
    let place = [("id", draft.to_string()), ("element", name.clone())];
    let done = match posted.input("draft.correct", &place) {
        Ok(asked) => correct(&page.ctx, asked).await,
        Err(wrong) => Err(wrong),
    };
    match tried(done.map_err(as_field))? {
        Ok(_) => Ok(page.done(&back, app::Verb::DraftCorrect)),
        Err(errors) => again(page, (&id, &name), posted, &errors).await,
    }
}

async fn again(page: &Page, at: (&str, &str), posted: &Posted, errors: &FieldErrors) -> Answer {
    let shown = element_page(page, at, posted, errors).await?;
    page.refused(&shown)
}
