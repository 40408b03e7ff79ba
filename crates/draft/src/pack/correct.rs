//! A correction as it is typed, read into an element; every field that is wrong is named at once.

use std::str::FromStr;

use chrono::NaiveDate;
use domain::calendar::{Cadence, CutOff, PeriodKind, Span};
use domain::pack::{CASES, LABELS, RowKind};

use super::element::{Clause, Column, Element, ElementKind, Owed, What};
use super::form::{COLUMNS_MAX, column_of};
use super::owner::{LIST_CODE, NAMED_MAX, Owners, is_open, selector_of};

/// Longest title, in characters.
pub(super) const TITLE_MAX: usize = 60;
/// Longest name of an owner and longest condition, in characters.
const TEXT_MAX: usize = 119;

/// A field that is wrong, and how it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Its name, as in [`Correction`].
    pub field: &'static str,
    /// What is wrong and what is allowed, in Chinese.
    pub message: String,
}

/// An element as a person types it: all text, and only what its kind needs is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correction {
    /// The kind, by its code.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Clauses, parted by blanks, commas or lines.
    pub clauses: String,
    /// Kinds of owner, by their codes.
    pub owners: Vec<String>,
    /// Bodies that are named one by one, one a line.
    pub named: String,
    /// A selector in the pack format; goes before the kinds where it is not empty.
    pub selector: String,
    /// Who, in the words of the text.
    pub who: String,
    /// The kind of act, by its id.
    pub act: String,
    /// The word for what is done, for limits and phases.
    pub label: String,
    /// At least so many.
    pub at_least: String,
    /// The condition.
    pub when: String,
    /// The period of a duty, by its code.
    pub every: String,
    /// Every so many periods.
    pub n: String,
    /// The cut-off of a duty, in the pack format.
    pub cut_off: String,
    /// Whether what is handed in is about the period before.
    pub previous: bool,
    /// The last day of a task.
    pub due: String,
    /// The span of a limit, in the pack format.
    pub within: String,
    /// The event that it runs from.
    pub after: String,
    /// The kind of case.
    pub case: String,
    /// First day of a phase.
    pub from: String,
    /// Last day of a phase.
    pub to: String,
    /// What a row of a form is, by its code.
    pub rows: String,
    /// Whether a form has a 合计 row.
    pub total: bool,
    /// Columns, one a line: groups and name parted by `／`, the unit in brackets.
    pub columns: String,
}

impl Correction {
    /// An element as it would be typed.
    pub fn of(element: &Element) -> Self {
        let mut out = Self {
            kind: element.what.kind().code().to_owned(),
            title: element.title.clone(),
            clauses: element.clauses.join(" "),
            who: element.who.clone(),
            label: element.label.clone(),
            at_least: "1".to_owned(),
            n: "1".to_owned(),
            ..Self::default()
        };
        out.owner(element.what.by());
        if let Some(owed) = element.what.owed() {
            out.act.clone_from(&owed.act);
            out.at_least = owed.at_least.to_string();
            out.when.clone_from(&owed.when);
        }
        let text = |day: &Option<NaiveDate>| day.map(|d| d.to_string()).unwrap_or_default();
        match &element.what {
            What::Duty {
                every,
                due,
                previous,
                ..
            } => {
                out.previous = *previous;
                out.every = every.every().code().to_owned();
                out.n = every.n().to_string();
                out.cut_off = due.map(cut_off_words).unwrap_or_default();
            }
            What::Task { due, .. } => out.due = due.to_string(),
            What::Limit {
                within,
                after,
                case,
            } => {
                out.within = span_words(*within);
                out.after.clone_from(after);
                out.case.clone_from(case);
            }
            What::Phase { from, to } => (out.from, out.to) = (text(from), text(to)),
            What::Standing { .. } => {}
            What::Form {
                rows,
                total,
                columns,
            } => {
                out.rows = rows.code().to_owned();
                out.total = *total;
                out.columns = columns.iter().map(line_of).collect::<Vec<_>>().join("\n");
            }
        }
        out
    }

    fn owner(&mut self, by: &str) {
        if is_open(by) {
            return;
        }
        match super::owner::owner_codes_of(by) {
            Some(codes) => self.owners = codes,
            None => by.clone_into(&mut self.selector),
        }
    }
}

/// A column as a line: 检查／检查矿山（座）.
fn line_of(column: &Column) -> String {
    let unit = column.unit.as_ref().map(|u| format!("（{u}）"));
    format!("{}{}", column.heads.join("／"), unit.unwrap_or_default())
}

/// Reads a correction of an element.
pub(super) fn corrected(
    old: &Element,
    typed: &Correction,
    clauses: &[Clause],
    owners: &mut Owners,
) -> Result<Element, Vec<Wrong>> {
    let mut reading = Typed {
        fields: typed,
        owners,
        wrong: Vec::new(),
    };
    let title = reading.line("title", &typed.title, TITLE_MAX, true);
    let who = reading.line("who", &typed.who, TEXT_MAX, false);
    let places = reading.clauses(clauses);
    let what = reading.what(old);
    let label = reading.label(old, what.as_ref());
    let Some(what) = what.filter(|_| reading.wrong.is_empty()) else {
        return Err(reading.wrong);
    };
    Ok(Element {
        id: old.id.clone(),
        title,
        clauses: places,
        who,
        label,
        what,
        places: old.places.clone(),
        sentence: old.sentence.clone(),
        sure: 1.0,
        doubts: Vec::new(),
    })
}

struct Typed<'a> {
    fields: &'a Correction,
    owners: &'a mut Owners,
    wrong: Vec<Wrong>,
}

impl Typed<'_> {
    fn is_wrong(&mut self, field: &'static str, message: impl Into<String>) {
        let message = message.into();
        self.wrong.push(Wrong { field, message });
    }

    fn line(&mut self, field: &'static str, text: &str, max: usize, must: bool) -> String {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let chars = text.chars().count();
        if must && chars == 0 {
            self.is_wrong(field, format!("请填写，最多 {max} 字。"));
        } else if chars > max {
            self.is_wrong(field, format!("有 {chars} 字，最多 {max} 字，请缩短。"));
        }
        text
    }

    fn clauses(&mut self, known: &[Clause]) -> Vec<String> {
        let parts = self
            .fields
            .clauses
            .split([' ', '\n', '\r', '，', ',', '；']);
        let typed: Vec<String> = parts
            .map(str::trim)
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
            .collect();
        for clause in &typed {
            if !known.iter().any(|k| k.id == *clause) {
                let near: Vec<&str> = known
                    .iter()
                    .map(|k| k.id.as_str())
                    .filter(|k| k.starts_with(clause.as_str()) || clause.starts_with(k))
                    .take(3)
                    .collect();
                let near = if near.is_empty() {
                    String::new()
                } else {
                    format!("是不是 {}？", near.join("、"))
                };
                self.is_wrong(
                    "clauses",
                    format!("没有“{clause}”这一条款。{near}请照条款的编号填写。"),
                );
            }
        }
        typed
    }

    fn read<T: FromStr>(&mut self, field: &'static str, text: &str, message: &str) -> Option<T> {
        let value = text.trim().parse().ok();
        if value.is_none() {
            self.is_wrong(field, message);
        }
        value
    }

    fn day(&mut self, field: &'static str, text: &str) -> Option<NaiveDate> {
        let day: Option<NaiveDate> = self.read(field, text, "请填写日期，如 2026-06-30。");
        let fits = |d: &NaiveDate| (1949..=2100).contains(&chrono::Datelike::year(d));
        if day.is_some_and(|d| !fits(&d)) {
            self.is_wrong(field, "年份须在 1949 至 2100 之间。");
        }
        day.filter(fits)
    }

    fn some_day(&mut self, field: &'static str, text: &str) -> Option<NaiveDate> {
        if text.trim().is_empty() {
            return None;
        }
        self.day(field, text)
    }

    fn what(&mut self, old: &Element) -> Option<What> {
        let kind: ElementKind = self.read("kind", &self.fields.kind, "请选择类别。")?;
        match kind {
            ElementKind::Duty => self.duty(),
            ElementKind::Task => {
                let owed = self.owed();
                let due = self.day("due", &self.fields.due);
                Some(What::Task {
                    owed: owed?,
                    due: due?,
                })
            }
            ElementKind::Limit => self.limit(),
            ElementKind::Phase => {
                let from = self.some_day("from", &self.fields.from);
                let to = self.some_day("to", &self.fields.to);
                if from.is_some_and(|f| to.is_some_and(|t| t < f)) {
                    self.is_wrong("to", "结束日期不能早于开始日期。");
                }
                Some(What::Phase { from, to })
            }
            ElementKind::Standing => self.selector().map(|by| What::Standing { by }),
            ElementKind::Form => self.form(old),
        }
    }

    fn duty(&mut self) -> Option<What> {
        let owed = self.owed();
        let every: Option<PeriodKind> = self.read("every", &self.fields.every, "请选择多久一次。");
        let n = self.read("n", &self.fields.n, "请填写 1 至 60 的整数。");
        let cadence = every
            .zip(n)
            .and_then(|(every, n)| Cadence::new(every, n).ok());
        if cadence.is_none() && every.is_some() && n.is_some() {
            self.is_wrong("n", "请填写 1 至 60 的整数。");
        }
        let due = self.cut_off(cadence);
        Some(What::Duty {
            owed: owed?,
            every: cadence?,
            due,
            previous: self.fields.previous,
        })
    }

    fn cut_off(&mut self, cadence: Option<Cadence>) -> Option<CutOff> {
        if self.fields.cut_off.trim().is_empty() {
            return None;
        }
        let due: CutOff = self.read(
            "cut_off",
            &cut_off_of(&self.fields.cut_off),
            "请写作 25日、次月5日、季末月25日、最后一天、12月31日 之类，或空着。",
        )?;
        if cadence.is_some_and(|c| due.fits_cadence(c).is_err()) {
            self.is_wrong("cut_off", "这个期限与周期不相合，请改期限或周期。");
        }
        Some(due)
    }

    fn limit(&mut self) -> Option<What> {
        let message = "请写作 当日、30日、3个工作日、2周、1个月、24小时 之类。";
        let within: Option<Span> = self.read("within", &span_of(&self.fields.within), message);
        let after = self.line("after", &self.fields.after, TITLE_MAX, true);
        let case = self.fields.case.trim().to_owned();
        if !CASES.contains(&case.as_str()) {
            self.is_wrong("case", "请选择办理的事项。");
        }
        Some(What::Limit {
            within: within?,
            after,
            case,
        })
    }

    fn form(&mut self, old: &Element) -> Option<What> {
        let rows: Option<RowKind> = self.read("rows", &self.fields.rows, "请选择每行是什么。");
        let before: &[Column] = match &old.what {
            What::Form { columns, .. } => columns,
            _ => &[],
        };
        let lines = self.fields.columns.lines().map(str::trim);
        let lines: Vec<&str> = lines.filter(|l| !l.is_empty()).collect();
        if lines.is_empty() || lines.len() > COLUMNS_MAX {
            self.is_wrong(
                "columns",
                format!("请填写 1 至 {COLUMNS_MAX} 列，每行一列。"),
            );
            return None;
        }
        let mut columns: Vec<Column> = Vec::new();
        for line in lines {
            let heads: Vec<String> = line
                .split(['／', '/'])
                .map(|h| h.trim().to_owned())
                .filter(|h| !h.is_empty())
                .collect();
            if heads.is_empty() || heads.iter().any(|h| h.chars().count() > TITLE_MAX) {
                let message = format!("“{line}”不能作列名，每级最多 {TITLE_MAX} 字。");
                self.is_wrong("columns", message);
                continue;
            }
            // A column keeps its id as long as its heads stay, whatever its place.
            let mut column = column_of(String::new(), &heads);
            let same = before.iter().find(|c| c.heads == column.heads);
            let known = same.filter(|c| columns.iter().all(|o| o.id != c.id));
            column.id = known.map_or_else(|| free_id(before, &columns), |c| c.id.clone());
            columns.push(column);
        }
        Some(What::Form {
            rows: rows?,
            total: self.fields.total,
            columns,
        })
    }

    fn owed(&mut self) -> Option<Owed> {
        let by = self.selector();
        let act = self.line("act", &self.fields.act, TITLE_MAX, true);
        let message = "请填写 1 至 1000 的整数。";
        let at_least: Option<u32> = self.read("at_least", &self.fields.at_least, message);
        if at_least.is_some_and(|n| !(1..=1000).contains(&n)) {
            self.is_wrong("at_least", message);
        }
        let when = self.line("when", &self.fields.when, TEXT_MAX, false);
        Some(Owed {
            by: by?,
            act,
            at_least: at_least?,
            when,
        })
    }

    fn selector(&mut self) -> Option<String> {
        let typed = self.fields.selector.split_whitespace().collect::<Vec<_>>();
        let typed = typed.join(" ");
        if !typed.is_empty() {
            let table = typed.parse::<toml_edit::Value>().ok();
            if table.is_some_and(|v| v.is_inline_table()) {
                return Some(typed);
            }
            self.is_wrong(
                "selector",
                "请照制度包的写法，如 { list = \"reporting-units\" }，或空着。",
            );
            return None;
        }
        let mut codes = self.fields.owners.clone();
        codes.retain(|c| match c.strip_prefix(LIST_CODE) {
            Some(id) => self.owners.has(id),
            None => true,
        });
        let names: Vec<String> = self
            .fields
            .named
            .lines()
            .map(|l| l.trim().to_owned())
            .collect();
        for name in names.iter().filter(|n| !n.is_empty()) {
            if name.chars().count() > TITLE_MAX {
                self.is_wrong("named", format!("每行一个单位，最多 {TITLE_MAX} 字。"));
                continue;
            }
            let code = self.owners.named(name);
            if self.owners.is_full() {
                self.is_wrong("named", format!("一份起草最多列 {NAMED_MAX} 个单位。"));
                break;
            }
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let by = selector_of(&codes);
        if by.is_empty() {
            self.is_wrong("owners", "请选择由谁承担，至少一类。");
            return None;
        }
        Some(by)
    }

    /// The word for what is done: typed for limits and phases, else that of the act.
    fn label(&mut self, old: &Element, what: Option<&What>) -> String {
        match what {
            Some(What::Limit { .. } | What::Phase { .. }) => {
                if !LABELS.contains(&self.fields.label.as_str()) {
                    self.is_wrong("label", "请选择做什么。");
                }
                self.fields.label.clone()
            }
            Some(What::Duty { owed, .. } | What::Task { owed, .. }) => {
                // exam counts as an evaluation: a word that says more than the act stays with it.
                let same = old.what.owed().is_some_and(|o| o.act == owed.act);
                let known = LABELS.contains(&owed.act.as_str());
                match (same, known) {
                    (true, _) => old.label.clone(),
                    (false, true) => owed.act.clone(),
                    (false, false) => "other".to_owned(),
                }
            }
            Some(What::Standing { .. } | What::Form { .. }) | None => String::new(),
        }
    }
}

/// A span in the pack format, whether it was typed so or in Chinese: 3个工作日内 is 3wd.
fn span_of(typed: &str) -> String {
    let plain: String = typed.split_whitespace().collect();
    let plain = plain.trim_end_matches('内').trim_end_matches(['以', '之']);
    match plain {
        "当日" | "当天" => return "0d".to_owned(),
        "次日" | "第二天" => return "1d".to_owned(),
        "当月" => return "0m".to_owned(),
        _ => {}
    }
    let units = [
        ("个工作日", "wd"),
        ("工作日", "wd"),
        ("小时", "h"),
        ("日", "d"),
        ("天", "d"),
        ("周", "w"),
        ("个月", "m"),
        ("月", "m"),
        ("年", "y"),
    ];
    let found = units
        .iter()
        .find_map(|(word, unit)| Some((plain.strip_suffix(word)?, unit)));
    match found {
        Some((n, unit)) if n.chars().all(|c| c.is_ascii_digit()) => format!("{n}{unit}"),
        _ => plain.to_owned(),
    }
}

/// A span as a person types it.
fn span_words(span: Span) -> String {
    domain::calendar::words::span_name(span)
        .trim_end_matches('内')
        .to_owned()
}

/// A cut-off in the pack format, whether it was typed so or in Chinese: 次月5日 is day 5 of next
/// month.
fn cut_off_of(typed: &str) -> String {
    let plain = typed.trim();
    if ["最后一天", "最后一日", "月底", "月末", "期末"].contains(&plain) {
        return "last day".to_owned();
    }
    let Some(rest) = plain
        .strip_suffix('日')
        .or_else(|| plain.strip_suffix('号'))
    else {
        return plain.to_owned();
    };
    let number = |text: &str| text.parse::<u32>().ok();
    let groups: [(&[&str], &str); 4] = [
        (&["次月", "下月", "下个月"], " of next month"),
        (&["季末月", "末月", "最后一个月"], " of last month"),
        (&["季首月", "首月", "第一个月"], " of first month"),
        (&["每月", "当月", "本月", ""], ""),
    ];
    for (words, of) in groups {
        let day = words.iter().find_map(|w| number(rest.strip_prefix(w)?));
        if let Some(day) = day {
            return format!("day {day}{of}");
        }
    }
    match rest.split_once('月').map(|(m, d)| (number(m), number(d))) {
        Some((Some(month), Some(day))) => format!("{month:02}-{day:02}"),
        _ => plain.to_owned(),
    }
}

/// A cut-off as a person types it; the rarer ones as packs write them.
fn cut_off_words(due: CutOff) -> String {
    let code = due.to_string();
    let words = match code
        .strip_prefix("day ")
        .map(|rest| rest.split_once(" of "))
    {
        Some(Some((day, "next month"))) => format!("次月{day}日"),
        Some(Some((day, "last month"))) => format!("末月{day}日"),
        Some(Some((day, "first month"))) => format!("首月{day}日"),
        Some(None) => format!("{}日", &code["day ".len()..]),
        _ if code == "last day" => "最后一天".to_owned(),
        _ => code.clone(),
    };
    if cut_off_of(&words) == code {
        words
    } else {
        code
    }
}

/// A column id that nothing has.
fn free_id(before: &[Column], now: &[Column]) -> String {
    let taken = |id: &str| before.iter().chain(now).any(|c| c.id == id);
    let ids = (1..).map(|n| format!("c{n}"));
    ids.into_iter().find(|id| !taken(id)).unwrap_or_default()
}
