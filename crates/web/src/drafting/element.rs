//! One element as a form.

use app::FieldErrors;
use app::drafting::{Correction, ElementForm, correct, element_form, restore};
use askama::Template;
use axum::extract::Path;

use super::as_field;
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
    form: ElementForm,
    seal: String,
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
        back: format!("{path}#e-{name}"),
        // What was typed belongs to the state that it was typed over.
        seal: posted.some("seal").unwrap_or_else(|| form.seal.clone()),
        common: filling.common(),
        groups: filling.groups(),
        form,
    })
}

struct Filling<'a> {
    form: &'a ElementForm,
    posted: &'a Posted,
    errors: &'a FieldErrors,
}

impl Filling<'_> {
    fn text(&self, name: &str, label: &str, value: &str) -> Field {
        let field = Field::new(name, label, self.posted).or(value);
        field.errors(self.errors)
    }

    fn one_of(&self, name: &str, label: &str, value: &str, all: &[(String, String)]) -> Field {
        let options = all.iter().map(|(code, word)| Choice::new(code, word));
        let none = [Choice::new("", "请选择")];
        let options = if value.is_empty() {
            none.into_iter().chain(options).collect()
        } else {
            options.collect()
        };
        let field = self.text(name, label, value).kind(FieldKind::Select);
        field.options(options, self.posted)
    }

    fn common(&self) -> Vec<Field> {
        let t = &self.form.typed;
        vec![
            self.one_of("kind", "类别", &t.kind, &self.form.choices.kinds),
            self.text("title", "名称", &t.title)
                .required()
                .max(60)
                .hint("用自己的话写明谁、多久、做什么，各单位看到的就是它。"),
            self.text("clauses", "依据的条款", &t.clauses)
                .hint("照原文的编号，几条之间空一格，例如 三/（八） 表1#2。"),
        ]
    }

    fn groups(&self) -> Vec<Group> {
        let group = |class, fields| Group { class, fields };
        vec![
            group("for-duty for-task for-standing", self.owner()),
            group(
                "for-duty for-task for-standing for-limit for-phase",
                vec![self.who()],
            ),
            group("for-duty for-task", self.act()),
            group("for-duty", self.duty()),
            group(
                "for-task",
                vec![self.day("due", "哪一天以前", &self.form.typed.due)],
            ),
            group("for-limit", self.limit()),
            group("for-limit for-phase", vec![self.label()]),
            group("for-phase", self.phase()),
            group("for-form", self.table()),
        ]
    }

    fn day(&self, name: &str, label: &str, value: &str) -> Field {
        self.text(name, label, value).kind(FieldKind::Date)
    }

    /// One thing that is so or not.
    fn tick(&self, name: &str, label: &str, word: &str, now: bool) -> Field {
        let mut choice = Choice::new("1", word);
        choice.chosen = now;
        let field = Field::new(name, label, self.posted).kind(FieldKind::Ticks);
        field.options(vec![choice], self.posted)
    }

    fn owner(&self) -> Vec<Field> {
        let t = &self.form.typed;
        let owners = self.form.choices.owners.iter().map(|(code, name)| {
            let mut choice = Choice::new(code, name);
            choice.chosen = t.owners.contains(code);
            choice
        });
        let ticks = Field::new("owners", "由谁承担", self.posted).kind(FieldKind::Ticks);
        vec![
            ticks
                .options(owners.collect(), self.posted)
                .hint("可以选几类；单个的单位写在下面。")
                .errors(self.errors),
            self.text("named", "文中指明的单位（可空）", "")
                .kind(FieldKind::Lines)
                .hint("每行一个，例如 县住建局。施行时按本县的单位核对。"),
            self.text("selector", "更细的写法（可空）", &t.selector)
                .max(300)
                .hint("照制度包的写法，如 { list = \"reporting-units\" }；填了就以它为准。"),
        ]
    }

    fn who(&self) -> Field {
        let t = &self.form.typed;
        self.text("who", "原文的称呼", &t.who).max(119)
    }

    fn act(&self) -> Vec<Field> {
        let t = &self.form.typed;
        vec![
            self.one_of("act", "做什么", &t.act, &self.form.choices.acts)
                .hint("哪一种履职记录算数。"),
            self.text("at_least", "至少几次（项）", &t.at_least)
                .kind(FieldKind::Number),
            self.text("when", "条件（可空）", &t.when)
                .max(119)
                .hint("原文附带的条件，如“遇重大节日”，原样保留。"),
        ]
    }

    fn duty(&self) -> Vec<Field> {
        let t = &self.form.typed;
        let periods = [
            ("day", "每日"),
            ("week", "每周"),
            ("ten-days", "每旬"),
            ("month", "每月"),
            ("quarter", "每季度"),
            ("half-year", "每半年"),
            ("year", "每年"),
        ]
        .map(|(code, word)| (code.to_owned(), word.to_owned()));
        vec![
            self.one_of("every", "多久一次", &t.every, &periods),
            self.text("n", "每几期", &t.n)
                .kind(FieldKind::Number)
                .hint("一般是 1；“每两个月”是每月、每 2 期。"),
            self.text("cut_off", "期限（可空）", &t.cut_off).max(60).hint(
                "空着就是每期最后一天。可以写：25日、次月5日、季末月25日、季首月10日、12月31日。",
            ),
            self.tick("previous", "报的是哪一期", "报上一期的情况", t.previous),
        ]
    }

    fn limit(&self) -> Vec<Field> {
        let t = &self.form.typed;
        vec![
            self.text("after", "从什么事起算", &t.after).max(60),
            self.text("within", "多久以内", &t.within)
                .max(12)
                .hint("可以写：当日、次日、30日、3个工作日、2周、1个月、24小时。"),
            self.one_of("case", "办理的事项", &t.case, &self.form.choices.cases),
        ]
    }

    fn label(&self) -> Field {
        let t = &self.form.typed;
        self.one_of("label", "做什么", &t.label, &self.form.choices.labels)
    }

    fn phase(&self) -> Vec<Field> {
        let t = &self.form.typed;
        vec![
            self.day("from", "开始（可空，即日起）", &t.from),
            self.day("to", "结束（可空，不限）", &t.to),
        ]
    }

    fn table(&self) -> Vec<Field> {
        let t = &self.form.typed;
        let rows = [
            ("period", "每期一行"),
            ("body", "每个单位一行"),
            ("item", "每项一行"),
        ]
        .map(|(code, word)| (code.to_owned(), word.to_owned()));
        vec![
            self.one_of("rows", "每行是什么", &t.rows, &rows),
            self.tick("total", "合计", "末尾有合计行", t.total),
            self.text("columns", "栏目", &t.columns)
                .kind(FieldKind::Lines)
                .hint(
                    "每行一栏，分组在前、用“／”隔开，单位放在括号里，例如 检查／检查矿山（座）。",
                ),
        ]
    }
}

fn typed(posted: &Posted) -> Correction {
    let text = |name: &str| posted.text(name).to_owned();
    Correction {
        kind: text("kind"),
        title: text("title"),
        clauses: text("clauses"),
        owners: posted.many("owners"),
        named: text("named"),
        selector: text("selector"),
        who: text("who"),
        act: text("act"),
        label: text("label"),
        at_least: text("at_least"),
        when: text("when"),
        every: text("every"),
        n: text("n"),
        cut_off: text("cut_off"),
        previous: posted.has("previous"),
        due: text("due"),
        within: text("within"),
        after: text("after"),
        case: text("case"),
        from: text("from"),
        to: text("to"),
        rows: text("rows"),
        total: posted.has("total"),
        columns: text("columns"),
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
            Ok(()) => Ok(page.done(&back, app::Verb::DraftRestore)),
            Err(errors) => again(page, (&id, &name), posted, &errors).await,
        };
    }
    let done = correct(&page.ctx, draft, &name, &typed(posted), posted.text("seal")).await;
    let errors = match tried(done.map_err(as_field))? {
        Ok(()) => return Ok(page.done(&back, app::Verb::DraftCorrect)),
        Err(errors) => errors,
    };
    again(page, (&id, &name), posted, &errors).await
}

async fn again(page: &Page, at: (&str, &str), posted: &Posted, errors: &FieldErrors) -> Answer {
    let shown = element_page(page, at, posted, errors).await?;
    page.refused(&shown)
}
