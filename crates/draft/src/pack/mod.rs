//! The draft as a pack: TOML that `pack check` accepts and a person corrects.
//!
//! **Invariant:** each element says where it stands in the text and how sure it is; what no element
//! covers is listed, never dropped. Titles are made of who, when and what, not copied.

mod form;
mod owed;
mod toml;

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use domain::calendar::{Cadence, Span};

use crate::Draft;
use crate::label::Label;
use crate::outline::{Role, Table};
use crate::timing::{Day, Timing};
use toml::{Element, quoted};

/// Most clauses and standing duties of a draft; a pack holds 5,000 elements.
const CLAUSES_MAX: usize = 1_500;
const STANDING_MAX: usize = 600;
/// Longest title and summary, in characters, below the pack's own limits.
const TITLE_CHARS: usize = 60;
const SUMMARY_CHARS: usize = 120;
/// Longest name of an owner, in characters.
const WHO_CHARS: usize = 119;
/// Largest count of an element.
const AT_LEAST_MAX: u32 = 1_000;

/// What the notice cannot say of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// The pack's id and folder: a slug.
    pub id: String,
    /// The notice's file name.
    pub source: String,
    /// The day to count from where the notice has no date.
    pub otherwise: NaiveDate,
}

/// A drafted pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Files by name, `scheme.toml` first.
    pub files: Vec<(String, String)>,
    /// Labels that no element covers, by their index in [`Draft::labels`].
    pub uncovered: Vec<usize>,
}

/// The files of a drafted pack.
pub fn pack_files(draft: &Draft, naming: &Naming) -> Vec<(String, String)> {
    pack(draft, naming).files
}

/// Writes a pack from a draft, and says which timed phrases no element covers.
pub fn pack(draft: &Draft, naming: &Naming) -> Packed {
    let writing = Writing {
        draft,
        issued: draft.head.issued.unwrap_or(naming.otherwise),
    };
    let mut uncovered = Vec::new();
    let (mut owed, mut times) = (String::new(), String::new());
    for (index, label) in draft.labels.iter().enumerate() {
        match writing.element(index, label) {
            Some(element)
                if matches!(
                    label.timing,
                    Timing::Recurring { .. } | Timing::Deadline { .. }
                ) =>
            {
                owed.push_str(&element);
            }
            Some(element) => times.push_str(&element),
            None => uncovered.push(index),
        }
    }
    let mut files = vec![("scheme.toml".to_owned(), writing.scheme(naming))];
    let mut add = |name: &str, about: &str, text: String| {
        if !text.is_empty() {
            files.push((name.to_owned(), format!("# {about}\n\n{text}")));
        }
    };
    add(
        "clauses.toml",
        "条款。标题和概括由程序摘取，请改成自己的话。",
        writing.clauses(),
    );
    add(
        "duties.toml",
        "按期的职责和限期的任务。承担者由称呼推断，请逐条核对。",
        owed,
    );
    add("phases.toml", "阶段和时限。", times);
    add("forms.toml", "报表。", form::forms(&draft.outline));
    add(
        "standing.toml",
        "任务清单中没有写明时间的事项。",
        writing.standing(),
    );
    let mut rest = String::new();
    for label in uncovered.iter().filter_map(|i| draft.labels.get(*i)) {
        rest.push_str(&place_of(label));
        rest.push('\n');
    }
    add(
        "uncovered.toml",
        "下列时间要求没有写成条目，请人工处理。",
        rest,
    );
    Packed { files, uncovered }
}

struct Writing<'a> {
    draft: &'a Draft,
    issued: NaiveDate,
}

/// `# 原文第 120 字：“每月”，把握 0.85（责任主体取自标题）`.
fn place_of(label: &Label) -> String {
    let quote: String = label.quote.split_whitespace().collect();
    let doubts = if label.doubts.is_empty() {
        String::new()
    } else {
        format!("（{}）", label.doubts.join("；"))
    };
    format!(
        "# 原文第 {} 字：“{quote}”，把握 {:.2}{doubts}",
        label.at + 1,
        label.sure
    )
}

fn shortened(text: &str, chars: usize) -> String {
    let plain: String = text.split_whitespace().collect::<Vec<_>>().join("");
    if plain.chars().count() <= chars {
        return plain;
    }
    plain.chars().take(chars - 1).chain(['…']).collect()
}

/// The id of a clause: its number, or `preamble`.
fn clause_id(number: &str) -> &str {
    if number.is_empty() {
        "preamble"
    } else {
        number
    }
}

impl Writing<'_> {
    fn scheme(&self, naming: &Naming) -> String {
        let head = &self.draft.head;
        let title = head.title.as_deref().unwrap_or(&naming.source);
        let inner = title
            .split_once('《')
            .and_then(|(_, t)| t.split_once('》'))
            .map(|(t, _)| t);
        let title = shortened(inner.unwrap_or(title), WHO_CHARS);
        let short: String = title
            .chars()
            .filter(|c| !"《》（）、，".contains(*c))
            .take(8)
            .collect();
        let mut out = String::from("# 程序起草，待人工核对。\n\n");
        let mut line = |key: &str, value: String| out.push_str(&format!("{key} = {value}\n"));
        line("id", quoted(&naming.id));
        line("version", "1".to_owned());
        line("kind", quoted("notice"));
        line("title", quoted(&title));
        line("short", quoted(&short));
        line("uses", "[\"common\"]".to_owned());
        if let Some(issuer) = &head.issuer {
            line("issuer", quoted(&shortened(issuer, TITLE_CHARS)));
        }
        if let Some(number) = &head.number {
            line("number", quoted(number));
        }
        if let Some(issued) = head.issued {
            line("issued", issued.to_string());
        }
        line("source", quoted(&shortened(&naming.source, TITLE_CHARS)));
        let from = self
            .days()
            .min()
            .map_or(self.issued, |first| first.min(self.issued));
        let effect = format!("{{ from = {from}, first = \"whole\", last = \"whole\" }}");
        line("effect", effect);
        out
    }

    /// The due days of all tasks.
    fn days(&self) -> impl Iterator<Item = NaiveDate> {
        self.draft.labels.iter().filter_map(|l| match l.timing {
            Timing::Deadline { due, .. } => self.date(due),
            Timing::Recurring { .. } | Timing::Within { .. } | Timing::Window { .. } => None,
        })
    }

    /// A day with the year that the notice leaves out: that of its issue.
    fn date(&self, day: Day) -> Option<NaiveDate> {
        let year = day.year.unwrap_or(self.issued.year());
        (1949..=2100)
            .contains(&year)
            .then(|| NaiveDate::from_ymd_opt(year, day.month, day.day))
            .flatten()
    }

    fn clauses(&self) -> String {
        let cited: BTreeSet<&str> = self
            .draft
            .labels
            .iter()
            .map(|l| l.clause.as_str())
            .collect();
        let mut seen = BTreeSet::new();
        let mut out = String::new();
        let mut add = |number: &str, title: &str, summary: &str| {
            if seen.len() >= CLAUSES_MAX || !seen.insert(number.to_owned()) {
                return;
            }
            let title = if title.trim().is_empty() {
                "（无标题）"
            } else {
                title
            };
            let mut element = Element::new("clause");
            if number.is_empty() {
                element.text("id", "preamble");
            }
            element.text("number", number);
            element.text("title", &shortened(title, TITLE_CHARS));
            let summary = if summary.trim().is_empty() {
                title
            } else {
                summary
            };
            element.text("summary", &shortened(summary, SUMMARY_CHARS));
            out.push_str(&element.done(""));
        };
        for part in &self.draft.outline.parts {
            let number = part.path.join("/");
            let wanted =
                part.role == Role::Body && part.numbered || cited.contains(number.as_str());
            if !wanted || number.is_empty() && !cited.contains("") {
                continue;
            }
            let text = part.text();
            let title = part.heading().unwrap_or(text);
            add(&number, title, text);
        }
        for table in &self.draft.outline.tables {
            let title = if table.title.is_empty() {
                "表格"
            } else {
                &table.title
            };
            add(&format!("表{}", table.n), title, title);
            for (index, row) in table.rows.iter().enumerate() {
                let number = format!("表{}#{}", table.n, row.n.max(1));
                let told = row_text(table, index);
                add(&number, &told, &told);
            }
        }
        out
    }

    fn element(&self, index: usize, label: &Label) -> Option<String> {
        let id = |kind: &str| format!("{kind}-{}", index + 1);
        match &label.timing {
            Timing::Recurring {
                every,
                n,
                at_least,
                due,
            } => {
                let cadence = Cadence::new(*every, *n).ok()?;
                let mut element = Self::owed("duty", &id("duty"), label);
                element.text("every", every.code());
                if *n > 1 {
                    element.raw("n", &n.to_string());
                }
                Self::count(&mut element, *at_least);
                if let Some(due) = due.filter(|d| d.fits_cadence(cadence).is_ok()) {
                    element.text("due", &due.to_string());
                }
                Some(Self::finished(element, label))
            }
            Timing::Deadline { due, at_least } => {
                let due = self.date(*due)?;
                let mut element = Self::owed("task", &id("task"), label);
                Self::count(&mut element, *at_least);
                element.raw("due", &due.to_string());
                Some(Self::finished(element, label))
            }
            Timing::Within { span, after } => Self::limit(&id("limit"), label, span, after),
            Timing::Window { from, to } => self.phase(&id("phase"), label, *from, *to),
        }
    }

    /// What duties and tasks have alike.
    fn owed(kind: &'static str, id: &str, label: &Label) -> Element {
        let mut element = Element::new(kind);
        element.text("id", id);
        element.text("title", &shortened(&owed::title(label), TITLE_CHARS));
        element.text("clause", clause_id(&label.clause));
        element.raw("owed_by", &owed::owed_by(&label.who));
        let act = owed::common_act(label.act);
        element.text("act", act);
        if act != label.act {
            element.text("label", label.act);
        }
        element
    }

    fn count(element: &mut Element, at_least: u32) {
        if at_least > 1 {
            element.raw("at_least", &at_least.min(AT_LEAST_MAX).to_string());
        }
    }

    fn finished(mut element: Element, label: &Label) -> String {
        element.text("who", &shortened(&label.who, WHO_CHARS));
        owed::condition(&mut element, label);
        element.done(&place_of(label))
    }

    fn limit(id: &str, label: &Label, span: &str, after: &str) -> Option<String> {
        span.parse::<Span>().ok()?;
        let mut element = Element::new("limit");
        element.text("id", id);
        element.text("title", &shortened(&owed::title(label), TITLE_CHARS));
        element.text("clause", clause_id(&label.clause));
        let after = shortened(after, TITLE_CHARS);
        let after = if after.is_empty() {
            "起算时点待核"
        } else {
            &after
        };
        element.text("after", after);
        element.text("case", owed::case_of(&label.sentence));
        element.text("step", label.act);
        element.text("within", span);
        element.text("label", label.act);
        element.text("who", &shortened(&label.who, WHO_CHARS));
        Some(element.done(&place_of(label)))
    }

    fn phase(&self, id: &str, label: &Label, from: Option<Day>, to: Option<Day>) -> Option<String> {
        let from = from
            .map(|d| self.date(d))
            .map_or(Some(None), |d| d.map(Some))?;
        let mut to = to
            .map(|d| self.date(d))
            .map_or(Some(None), |d| d.map(Some))?;
        // 11月至3月 without a year runs into the next one.
        if let (Some(first), Some(last)) = (from.or(Some(self.issued)), to)
            && last < first
        {
            to = last.with_year(first.year() + 1).filter(|d| *d >= first);
            to?;
        }
        let mut element = Element::new("phase");
        element.text("id", id);
        element.text("title", &shortened(&owed::title(label), TITLE_CHARS));
        element.text("clause", clause_id(&label.clause));
        if let Some(from) = from {
            element.raw("from", &from.to_string());
        }
        if let Some(to) = to {
            element.raw("to", &to.to_string());
        }
        element.text("label", label.act);
        element.text("who", &shortened(&label.who, WHO_CHARS));
        Some(element.done(&place_of(label)))
    }

    /// Rows of task lists in which nothing is timed.
    fn standing(&self) -> String {
        let timed: BTreeSet<&str> = self
            .draft
            .labels
            .iter()
            .map(|l| l.clause.as_str())
            .collect();
        let mut out = String::new();
        let mut count = 0;
        for table in self.draft.outline.tables.iter().filter(|t| !t.is_form()) {
            let units = table.column(&["责任单位", "责任部门", "牵头", "单位", "部门", "责任"]);
            if units.is_none() {
                continue;
            }
            for (index, row) in table.rows.iter().enumerate() {
                let number = format!("表{}#{}", table.n, row.n.max(1));
                let told = row_text(table, index);
                if timed.contains(number.as_str()) || told.is_empty() || count >= STANDING_MAX {
                    continue;
                }
                count += 1;
                let who = units.map_or("", |c| table.carried(index, c));
                let mut element = Element::new("standing");
                element.text("id", &format!("row-{}-{}", table.n, index + 1));
                element.text("title", &shortened(&told, TITLE_CHARS));
                element.text("clause", &number);
                element.raw("owed_by", &owed::owed_by(who));
                let place = row
                    .cells
                    .iter()
                    .find_map(|c| c.at.first())
                    .map_or(0, |at| at + 1);
                out.push_str(&element.done(&format!("# 原文第 {place} 字")));
            }
        }
        out
    }
}

/// What a row is about: its task column, else its longest cell.
fn row_text(table: &Table, row: usize) -> String {
    let words: [&[&str]; 3] = [
        &["任务", "事项", "项目"],
        &["内容", "措施"],
        &["工作", "要求"],
    ];
    let named = words
        .iter()
        .filter_map(|w| table.column(w))
        .map(|c| table.carried(row, c).to_owned())
        .find(|t| !t.is_empty());
    named.unwrap_or_else(|| {
        let cells = table
            .rows
            .get(row)
            .map(|r| r.cells.as_slice())
            .unwrap_or_default();
        let longest = cells.iter().max_by_key(|c| c.at.len());
        longest
            .map(|c| c.text.trim().to_owned())
            .unwrap_or_default()
    })
}
