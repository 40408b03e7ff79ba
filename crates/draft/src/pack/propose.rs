//! From what was read to the elements of a pack: one for each timed phrase, form and untimed task.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use domain::calendar::{Cadence, Span};

use super::element::{Clause, Element, Loose, Owed, PackHead, Place, What, clause_id};
use super::owner::{Owners, is_open, lists_of};
use super::title::{last_day, short_of};
use super::work::{Item, State, Work};
use super::write::shortened;
use super::{Naming, form, owed, passed};
use crate::Draft;
use crate::budget::Budget;
use crate::label::Label;
use crate::outline::{Columns, Role};
use crate::text::Line;
use crate::timing::{Day, Timing};

/// Most elements, clauses and standing duties of a draft; a pack holds 5,000 elements.
const ELEMENTS_MAX: usize = 2_000;
const CLAUSES_MAX: usize = 1_500;
const STANDING_MAX: usize = 600;
/// Longest title and summary, in characters, below the pack's own limits.
const TITLE_CHARS: usize = 60;
const SUMMARY_CHARS: usize = 120;
/// Longest title of a notice, in characters.
const NOTICE_CHARS: usize = 119;
/// A cell up to so many characters says when and not what.
const BARE_CHARS: usize = 16;
/// Largest count of an element.
const AT_LEAST_MAX: u32 = 1_000;

/// The elements of a draft, none of them decided yet.
pub(super) fn propose(draft: &Draft, naming: &Naming, budget: &Budget) -> Work {
    let issued = draft.head.issued.unwrap_or(naming.otherwise);
    let tables = draft.outline.tables.iter();
    let mut proposing = Proposing {
        draft,
        issued,
        owners: Owners::of(&draft.outline),
        columns: tables.map(Columns::of).collect(),
        longest: Cell::new(None),
        budget,
    };
    let mut notes = Vec::new();
    let clauses = proposing.clauses(&mut notes);
    let mut elements = Vec::new();
    let mut loose = Vec::new();
    // What no draft can hold is counted, and not made.
    let mut more = 0;
    for (index, label) in draft.labels.iter().enumerate() {
        budget.at(label.at);
        if !budget.spend(ELEMENT_STEPS) {
            break;
        }
        match proposing.what(label) {
            Some(_) if elements.len() >= ELEMENTS_MAX => more += 1,
            Some(what) => elements.push(proposing.element(index, label, what)),
            None => loose.push(left_over(label)),
        }
    }
    elements.extend(form::forms(&draft.outline));
    elements.extend(proposing.standing(&mut notes));
    if elements.len() + more > ELEMENTS_MAX {
        more += elements.len().saturating_sub(ELEMENTS_MAX);
        elements.truncate(ELEMENTS_MAX);
        notes.push(format!(
            "条目最多 {ELEMENTS_MAX} 条，其余 {more} 条没有列出。请分成几个文件起草。"
        ));
    }
    let (passed, more) = passed::over(draft, budget);
    if more > 0 {
        notes.push(format!(
            "没有写成条目的时间字样只列出 {} 处，另有 {more} 处没有列出，请通读原文。",
            passed.len()
        ));
    }
    loose.extend(passed);
    loose.sort_by_key(|l| l.place.at);
    // Those of one number, in their order: each element asks for its own.
    let mut by_number: BTreeMap<&str, Vec<&Clause>> = BTreeMap::new();
    for clause in &clauses {
        let same = by_number.entry(clause_id(&clause.number)).or_default();
        same.push(clause);
    }
    for element in &mut elements {
        let at = element.places.first().map_or(0, |p| p.at);
        for clause in &mut element.clauses {
            let same = by_number.get(clause.as_str());
            *clause = there(same.map(Vec::as_slice).unwrap_or_default(), clause, at);
        }
    }
    Work {
        head: proposing.head(naming),
        clauses,
        items: items(elements),
        loose,
        notes,
        lists: proposing.owners.into_lists(),
    }
}

/// How far behind the other half of a row's statement may stand, in elements.
const NEAR: usize = 12;

/// Elements as items. What a table says twice in one row, in its text and in its column of dates,
/// is one from the beginning.
fn items(elements: Vec<Element>) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for element in elements {
        let table = element.clauses.iter().all(|c| c.starts_with('表'));
        let same = |i: &&Item| {
            i.state == State::Open
                && i.element.clauses == element.clauses
                && i.element.what == element.what
        };
        let twin = if table {
            items.iter().rev().take(NEAR).find(same)
        } else {
            None
        };
        let state = twin.map_or(State::Open, |t| State::Into(t.element.id.clone()));
        items.push(Item {
            element,
            state,
            before: None,
        });
    }
    items
}

/// Which of the clauses with one number, in the order of the text, a place stands in.
fn there(same: &[&Clause], id: &str, at: usize) -> String {
    let after = same.partition_point(|c| c.at <= at);
    let found = after.checked_sub(1).and_then(|last| same.get(last));
    found.map_or_else(|| id.to_owned(), |c| c.id.clone())
}

/// The place of a label's phrase.
fn place_of(label: &Label) -> Place {
    Place {
        at: label.at,
        chars: label.quote.chars().count(),
        quote: label.quote.split_whitespace().collect(),
    }
}

/// The place of a whole line or cell.
fn place_of_line(line: &Line) -> Option<Place> {
    let (first, last) = (*line.at.first()?, *line.at.last()?);
    Some(Place {
        at: first as usize,
        chars: (last - first) as usize + 1,
        quote: String::new(),
    })
}

fn left_over(label: &Label) -> Loose {
    Loose {
        place: place_of(label),
        clause: clause_id(&label.clause).to_owned(),
        who: label.who.clone(),
        sentence: label.sentence.clone(),
        why: String::new(),
        taken: None,
    }
}

struct Proposing<'a> {
    draft: &'a Draft,
    issued: NaiveDate,
    owners: Owners,
    /// Of the tables, in their order.
    columns: Vec<Columns>,
    /// The row that was asked for last, by its table and place, and its longest cell.
    longest: Cell<Option<((usize, usize), usize)>>,
    budget: &'a Budget,
}

/// What an element costs beside its characters, in steps.
const ELEMENT_STEPS: usize = 300;
/// Longest text of a row that is taken into an element, in characters.
const TOLD_CHARS: usize = 400;

impl Proposing<'_> {
    fn head(&self, naming: &Naming) -> PackHead {
        let head = &self.draft.head;
        let title = head.title.as_deref().unwrap_or(&naming.source);
        let inner = title
            .split_once('《')
            .and_then(|(_, t)| t.split_once('》'))
            .map(|(t, _)| t);
        let title = shortened(inner.unwrap_or(title), NOTICE_CHARS);
        let first = self.days().min();
        PackHead {
            id: naming.id.clone(),
            version: 1,
            short: short_of(&title),
            to: last_day(&title),
            title,
            issuer: shortened(head.issuer.as_deref().unwrap_or_default(), TITLE_CHARS),
            number: head.number.clone().unwrap_or_default(),
            issued: head.issued,
            from: first.map_or(self.issued, |first| first.min(self.issued)),
            source: shortened(&naming.source, TITLE_CHARS),
        }
    }

    fn owed_of(&mut self, label: &Label, at_least: u32) -> Owed {
        Owed {
            by: self.owners.owed_by(&label.who),
            act: owed::act_of(label).to_owned(),
            at_least: at_least.clamp(1, AT_LEAST_MAX),
            when: owed::condition(label).to_owned(),
        }
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

    fn clauses(&self, notes: &mut Vec<String>) -> Vec<Clause> {
        let labels = self.draft.labels.iter();
        let cited: BTreeSet<&str> = labels.map(|l| l.clause.as_str()).collect();
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let mut out = Vec::new();
        let mut more = 0;
        let mut add = |number: &str, again: bool, title: &str, summary: &str, at: Option<u32>| {
            let times = seen.entry(number.to_owned()).or_insert(0_u32);
            if *times > 0 && !again {
                return;
            }
            *times += 1;
            if out.len() >= CLAUSES_MAX {
                more += 1;
                return;
            }
            let title = some_or(title, "（无标题）");
            let id = clause_id(number);
            out.push(Clause {
                id: match *times {
                    1 => id.to_owned(),
                    n => format!("{id}~{n}"),
                },
                number: number.to_owned(),
                title: shortened(title, TITLE_CHARS),
                summary: shortened(some_or(summary, title), SUMMARY_CHARS),
                at: at.unwrap_or_default() as usize,
            });
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
            // A number that a text has twice is two clauses; a paragraph without one goes on.
            let last = part.path.last().map(String::as_str);
            let again = part.numbered && !number.is_empty() && last.is_some();
            add(&number, again, title, text, part.line.at.first().copied());
        }
        for (place, table) in self.draft.outline.tables.iter().enumerate() {
            let title = some_or(&table.title, "表格");
            let number = format!("表{}", table.n);
            add(&number, false, title, title, Some(table.at));
            for (index, row) in table.rows.iter().enumerate() {
                let number = format!("表{}#{}", table.n, row.n.max(1));
                if !self.budget.spend(ELEMENT_STEPS) {
                    break;
                }
                let (told, at) = self.told_by(place, index);
                let title = told.split('：').next().unwrap_or_default();
                add(
                    &number,
                    false,
                    title,
                    &told,
                    at.and_then(|l| l.at.first().copied()),
                );
            }
        }
        if more > 0 {
            notes.push(format!(
                "条款最多 {CLAUSES_MAX} 条，其余 {more} 条没有列出。请分成几个文件起草。"
            ));
        }
        out
    }

    /// What a label asks for; nothing where a pack cannot say it.
    fn what(&mut self, label: &Label) -> Option<What> {
        Some(match &label.timing {
            Timing::Recurring {
                every,
                n,
                at_least,
                due,
            } => {
                let every = Cadence::new(*every, *n).ok()?;
                What::Duty {
                    owed: self.owed_of(label, *at_least),
                    previous: is_of_period_before(label),
                    every,
                    due: due.filter(|d| d.fits_cadence(every).is_ok()),
                }
            }
            Timing::Deadline { due, at_least } => What::Task {
                owed: self.owed_of(label, *at_least),
                due: self.date(*due)?,
            },
            Timing::Within { span, after } => limit(label, span, after)?,
            Timing::Window { from, to } => self.phase(*from, *to)?,
        })
    }

    fn element(&self, index: usize, label: &Label, what: What) -> Element {
        // A date in a column of a task list: the row says what is to be done.
        let row = self
            .row_of(label)
            .filter(|told| !label.sentence.contains(told));
        let bare = row.filter(|_| label.sentence.chars().count() <= BARE_CHARS);
        let title = bare.clone().unwrap_or_else(|| owed::title(label));
        weighed(Element {
            id: format!("{}-{}", what.kind(), index + 1),
            title: shortened(&title, TITLE_CHARS),
            clauses: vec![clause_id(&label.clause).to_owned()],
            who: label.who.clone(),
            label: label.act.to_owned(),
            what,
            places: vec![place_of(label)],
            sentence: match bare {
                Some(told) => format!("{told}（{}）", label.sentence),
                None => label.sentence.clone(),
            },
            sure: label.sure,
            doubts: label.doubts.iter().map(|d| (*d).to_owned()).collect(),
        })
    }

    /// What the table row of a label is about.
    fn row_of(&self, label: &Label) -> Option<String> {
        let (table, row) = label.clause.strip_prefix('表')?.split_once('#')?;
        let (n, row): (usize, usize) = (table.parse().ok()?, row.parse().ok()?);
        let place = n.checked_sub(1)?;
        let table = self.draft.outline.tables.get(place)?;
        // Their numbers rise.
        let after = table.rows.partition_point(|r| r.n.max(1) <= row);
        let index = after.checked_sub(1)?;
        (table.rows.get(index)?.n.max(1) == row).then_some(())?;
        Some(self.told_by(place, index).0)
            .filter(|told| !told.is_empty() && !label.sentence.contains(told))
    }

    /// What a row is about: its task, with what is to be done where another column says it; else
    /// its longest cell. With the cell where it stands in the row itself and not above it.
    fn told_by(&self, table: usize, row: usize) -> (String, Option<&Line>) {
        let Some((table, columns)) = self
            .draft
            .outline
            .tables
            .get(table)
            .zip(self.columns.get(table))
        else {
            return (String::new(), None);
        };
        let own = |column: usize| {
            let cell = table.rows.get(row)?.cells.get(column);
            cell.filter(|c| !c.text.trim().is_empty())
        };
        let told = |c: &usize| columns.carried(table, row, *c);
        let mut about = columns.about().iter().filter(|c| !told(c).is_empty());
        let Some(task) = about.next() else {
            let cells = table.rows.get(row).map(|r| r.cells.as_slice());
            let cells = cells.unwrap_or_default();
            let longest = cells.get(self.longest(cells, (table.n, row)));
            return (cut(longest.map_or("", |c| c.text.trim())), longest);
        };
        match about.find(|c| own(**c).is_some() && cut(told(c)) != cut(told(task))) {
            Some(content) => {
                let both = format!("{}：{}", cut(told(task)), cut(told(content)));
                (both, own(*content))
            }
            None => (cut(told(task)), own(*task)),
        }
    }

    /// The longest cell of a row; kept, for each phrase of a row asks.
    fn longest(&self, cells: &[Line], row: (usize, usize)) -> usize {
        if let Some((known, place)) = self.longest.get()
            && known == row
        {
            return place;
        }
        self.budget.spend(cells.len());
        let longest = cells.iter().enumerate().max_by_key(|(_, c)| c.at.len());
        let place = longest.map_or(0, |(place, _)| place);
        self.longest.set(Some((row, place)));
        place
    }

    fn phase(&self, from: Option<Day>, to: Option<Day>) -> Option<What> {
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
        Some(What::Phase { from, to })
    }

    /// Rows of task lists in which nothing is timed.
    fn standing(&mut self, notes: &mut Vec<String>) -> Vec<Element> {
        let labels = self.draft.labels.iter();
        let timed: BTreeSet<&str> = labels.map(|l| l.clause.as_str()).collect();
        let mut out = Vec::new();
        let mut more = 0;
        for (place, table) in self.draft.outline.tables.iter().enumerate() {
            let Some(units) = self.columns[place].owner().filter(|_| !table.is_form()) else {
                continue;
            };
            for (index, row) in table.rows.iter().enumerate() {
                let number = format!("表{}#{}", table.n, row.n.max(1));
                if !self.budget.spend(ELEMENT_STEPS) || timed.contains(number.as_str()) {
                    continue;
                }
                let (told, cell) = self.told_by(place, index);
                let line = cell.or_else(|| row.cells.iter().find(|c| !c.at.is_empty()));
                let places = line.and_then(place_of_line).into_iter().collect();
                if told.is_empty() {
                    continue;
                }
                if out.len() >= STANDING_MAX {
                    more += 1;
                    continue;
                }
                let who = self.columns[place].carried(table, index, units);
                out.push(Element {
                    id: format!("row-{}-{}", table.n, index + 1),
                    title: shortened(&told, TITLE_CHARS),
                    clauses: vec![number],
                    who: who.to_owned(),
                    label: String::new(),
                    what: What::Standing {
                        by: self.owners.owed_by(who),
                    },
                    places,
                    sentence: told,
                    sure: 0.6,
                    doubts: vec!["任务清单中没有写明时间".to_owned()],
                });
            }
        }
        if more > 0 {
            notes.push(format!(
                "没有写明时间的事项最多列 {STANDING_MAX} 项，其余 {more} 项没有列出。请分成几个文件起草。"
            ));
        }
        out
    }
}

/// How sure an element is, by who owes it too: nobody who was made out, or one body of many.
fn weighed(mut element: Element) -> Element {
    if element.what.owed().is_none() {
        return element;
    }
    let by = element.what.by();
    let (less, doubt) = if is_open(by) {
        (0.3, "没有认出承担者，请选择")
    } else if lists_of(by).iter().any(|l| l.starts_with("named-")) {
        (0.1, "文中指明的单位在施行时填入")
    } else {
        return element;
    };
    element.sure = ((element.sure - less).max(0.1) * 100.0).round() / 100.0;
    element.doubts.retain(|d| d != "没有找到责任主体");
    element.doubts.push(doubt.to_owned());
    element
}

fn some_or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.trim().is_empty() {
        otherwise
    } else {
        text
    }
}

/// 报送上月情况: what a report is about ended before its period began.
fn is_of_period_before(label: &Label) -> bool {
    let before = [
        "上月",
        "上个月",
        "上季度",
        "上一季度",
        "上一月",
        "上周",
        "上年度",
        "上一年",
    ];
    label.act == "report" && before.iter().any(|w| label.sentence.contains(w))
}

fn limit(label: &Label, span: &str, after: &str) -> Option<What> {
    let within: Span = span.parse().ok()?;
    // 并在收到后: what joins the event to the sentence is no part of it.
    let joins = ['并', '且', '应', '须', '要', '在', '于', '自', '从'];
    let after = after
        .trim_start_matches(joins)
        .trim_end_matches(['后', '起', '须', '应', '在']);
    let after = shortened(after.trim_end_matches("之日"), TITLE_CHARS);
    Some(What::Limit {
        within,
        after: if after.is_empty() {
            "起算时点待核".to_owned()
        } else {
            after
        },
        case: owed::case_of(&label.sentence).to_owned(),
    })
}

/// As much of a text as an element holds.
fn cut(text: &str) -> String {
    text.chars().take(TOLD_CHARS).collect()
}
