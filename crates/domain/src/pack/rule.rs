//! Conditions of rules: small CEL expressions over named facts, checked before they ever run.
//!
//! **Invariant:** a condition that passed `check` is short and flat, names only known facts and
//! thresholds, calls only known functions, loops over nothing and answers yes or no. A rule whose
//! thresholds are not all set is not run at all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::{Context, Env, Program, Value};

use super::decode::cut;
use super::describe::{WordList, body_kinds, joined, levels};
use super::node::Node;
use super::problem::{Place, Sink};

/// Longest condition, in bytes: much longer ones could exhaust the stack when they run.
pub const RULE_BYTES_MAX: usize = 2_000;
/// Deepest nesting of a condition's expression.
pub const RULE_DEPTH_MAX: usize = 48;
/// Deepest nesting of brackets in a condition's text, and most `?`: built without optimisation the
/// compiler takes about 150 KiB of stack for each of them.
pub const RULE_NESTING_MAX: usize = 6;
/// Most operators, brackets and marks in a condition.
const RULE_MARKS_MAX: usize = 160;

/// What a rule looks at, with the facts that its condition may name.
#[derive(Debug)]
pub struct Subject {
    /// The word in `over`.
    pub name: &'static str,
    /// Facts by name.
    pub facts: &'static [(&'static str, FactTy)],
}

/// The type of a fact.
#[derive(Debug, Clone, Copy)]
pub enum FactTy {
    /// A whole number.
    Count,
    /// A number with a fraction.
    Number,
    /// Yes or no.
    Flag,
    /// A free code.
    Text,
    /// One of a closed list of codes.
    Code(WordList),
}

/// A fact of a subject, as a rule sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// A whole number.
    Count(i64),
    /// A number with a fraction.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A code.
    Text(String),
}

use FactTy::{Code, Count, Flag, Number, Text};

/// The subjects that rules may look at.
pub static SUBJECTS: &[Subject] = &[
    Subject {
        name: "standing",
        facts: &[
            ("overdue", Count),
            ("met", Count),
            ("met_late", Count),
            ("owed", Count),
            ("overdue_days", Count),
        ],
    },
    Subject {
        name: "body",
        facts: &[
            ("kind", Code(body_kinds)),
            ("level", Code(levels)),
            ("yellow_cards", Count),
            ("red_cards", Count),
            ("accidents", Count),
            ("consecutive_accidents", Count),
            ("larger_accidents", Count),
            ("influential_accidents", Count),
            ("prominent_hazards", Count),
            ("slow_tasks", Count),
            ("lacking_duties", Count),
        ],
    },
    Subject {
        name: "hazard",
        facts: &[
            ("major", Flag),
            ("source", Text),
            ("days_open", Count),
            ("days_overdue", Count),
            ("times_found", Count),
        ],
    },
    Subject {
        name: "accident",
        facts: &[
            ("deaths", Count),
            ("injuries", Count),
            ("loss_wan", Number),
            ("grade", Text),
            ("influential", Flag),
        ],
    },
];

/// Functions that a condition may call, beside operators.
const FUNCTIONS: &[&str] = &[
    "size",
    "startsWith",
    "endsWith",
    "contains",
    "int",
    "double",
    "string",
];

/// The map of thresholds in conditions.
const THRESHOLDS: &str = "thresholds";

/// Whether a condition holds; `None` when one of its thresholds is not set, or when it fails.
pub fn holds(
    when: &str,
    facts: &BTreeMap<&str, Fact>,
    thresholds: &BTreeMap<String, f64>,
) -> Option<bool> {
    let program = compiled(when).ok()?;
    let mut found = Found::default();
    found.walk(program.expression(), 0);
    let unset = |(name, _): &(&str, u64)| !thresholds.contains_key(*name);
    if found.too_deep || found.loops.is_some() || found.thresholds.iter().any(unset) {
        return None;
    }
    match run(&program, facts, thresholds) {
        Ok(Value::Bool(yes)) => Some(yes),
        _ => None,
    }
}

/// The name of a threshold in conditions: hyphens become underscores.
pub fn variable(threshold: &str) -> String {
    threshold.replace('-', "_")
}

fn environment() -> &'static Arc<Env> {
    static ENV: OnceLock<Arc<Env>> = OnceLock::new();
    ENV.get_or_init(|| Arc::new(Env::stdlib()))
}

/// Whether a text is flat enough for the compiler, which needs a lot of stack for each bracket.
///
/// Backslashes, triple quotes and comments are refused, so that quotes can be told from brackets
/// without doubt; a bracket inside quotes never closes one outside.
fn is_tame(when: &str) -> bool {
    let is_mark = |c: &char| c.is_ascii_punctuation() && !"_'\",.".contains(*c);
    let marks = when.chars().filter(is_mark).count();
    let dots = when.matches('.').count();
    let choices = when.matches('?').count();
    if marks > RULE_MARKS_MAX || dots > RULE_MARKS_MAX || choices > RULE_NESTING_MAX {
        return false;
    }
    if ["\\", "//", "'''", "\"\"\""]
        .iter()
        .any(|odd| when.contains(odd))
    {
        return false;
    }
    let (mut quote, mut depth) = (None, 0_usize);
    for c in when.chars() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (_, Some(open)) if c == open => quote = None,
            ('(' | '[' | '{', _) => depth += 1,
            (')' | ']' | '}', None) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > RULE_NESTING_MAX {
            return false;
        }
    }
    true
}

/// Compiles, after the cheap limits that keep the compiler itself safe.
fn compiled(when: &str) -> Result<Program, Fault> {
    if when.len() > RULE_BYTES_MAX {
        return Err(Fault::Long);
    }
    if !is_tame(when) {
        return Err(Fault::Complex);
    }
    environment().compile(when).map_err(|errors| {
        let first = errors.errors.first();
        Fault::Syntax(first.map_or((1, 0, String::new()), |e| {
            (
                usize::try_from(e.pos.0).unwrap_or(1),
                usize::try_from(e.pos.1).unwrap_or(0),
                e.msg.clone(),
            )
        }))
    })
}

/// Why a condition does not compile.
enum Fault {
    Long,
    Complex,
    /// Line and column from 1, and the compiler's message.
    Syntax((usize, usize, String)),
}

fn run(
    program: &Program,
    facts: &BTreeMap<&str, Fact>,
    thresholds: &BTreeMap<String, f64>,
) -> Result<Value, cel::ExecutionError> {
    let mut context = Context::with_env(environment().clone());
    for (name, fact) in facts {
        match fact {
            Fact::Count(n) => context.add_variable_from_value(*name, *n),
            Fact::Number(n) => context.add_variable_from_value(*name, *n),
            Fact::Flag(yes) => context.add_variable_from_value(*name, *yes),
            Fact::Text(text) => context.add_variable_from_value(*name, text.clone()),
        }
    }
    let map: std::collections::HashMap<String, f64> =
        thresholds.iter().map(|(k, v)| (k.clone(), *v)).collect();
    context.add_variable_from_value(THRESHOLDS, map);
    program.execute(&context)
}

/// What stands in an expression.
#[derive(Default)]
struct Found<'e> {
    variables: Vec<(&'e str, u64)>,
    thresholds: Vec<(&'e str, u64)>,
    functions: Vec<(&'e str, u64)>,
    /// Facts with the texts that they are compared with.
    compared: Vec<(&'e str, &'e str, u64)>,
    /// `thresholds` without a name behind it, or something selected from a plain fact.
    odd: Option<u64>,
    loops: Option<u64>,
    too_deep: bool,
}

impl<'e> Found<'e> {
    fn walk(&mut self, node: &'e IdedExpr, depth: usize) {
        if depth > RULE_DEPTH_MAX {
            self.too_deep = true;
            return;
        }
        match &node.expr {
            Expr::Ident(name) if name == THRESHOLDS => self.odd = Some(node.id),
            Expr::Ident(name) => self.variables.push((name, node.id)),
            Expr::Select(select) => match &select.operand.expr {
                Expr::Ident(name) if name == THRESHOLDS => {
                    self.thresholds.push((&select.field, node.id));
                }
                _ => {
                    self.odd = Some(node.id);
                    self.walk(&select.operand, depth + 1);
                }
            },
            Expr::Call(call) => {
                self.functions.push((&call.func_name, node.id));
                self.compare(call);
                let target = call.target.as_deref();
                target
                    .into_iter()
                    .chain(&call.args)
                    .for_each(|a| self.walk(a, depth + 1));
            }
            Expr::List(list) => list.elements.iter().for_each(|e| self.walk(e, depth + 1)),
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.walk(&entry.key, depth + 1);
                        self.walk(&entry.value, depth + 1);
                    }
                }
            }
            Expr::Comprehension(_) | Expr::Struct(_) => self.loops = Some(node.id),
            Expr::Literal(_) | Expr::Unspecified => {}
        }
    }
}

impl<'e> Found<'e> {
    /// Notes `kind == "zone"` and `kind in ["zone", "team"]`, whichever way round.
    fn compare(&mut self, call: &'e CallExpr) {
        let [left, right] = &call.args[..] else {
            return;
        };
        let (fact, other) = match (&left.expr, &right.expr) {
            (Expr::Ident(fact), _) => (fact, right),
            (_, Expr::Ident(fact)) => (fact, left),
            _ => return,
        };
        let texts = match (call.func_name.as_str(), &other.expr) {
            (operators::EQUALS | operators::NOT_EQUALS, _) => std::slice::from_ref(other),
            (operators::IN, Expr::List(list)) => &list.elements[..],
            _ => return,
        };
        for text in texts {
            if let Expr::Literal(LiteralValue::String(word)) = &text.expr {
                self.compared.push((fact, word.inner(), text.id));
            }
        }
    }
}

/// Checks the condition of a `[[rule]]`.
pub(super) fn check(node: &Node, thresholds: &BTreeSet<String>, sink: &mut Sink<'_>) {
    let (Some(when), Some(over)) = (node.text("when"), node.text("over")) else {
        return;
    };
    let Some(subject) = SUBJECTS.iter().find(|s| s.name == over) else {
        return;
    };
    let whole = node.place_of("when");
    let inside = Inside::new(when, whole, sink);
    let program = match compiled(when) {
        Ok(program) => program,
        Err(fault) => return faulty(&fault, &inside, sink),
    };
    let mut found = Found::default();
    found.walk(program.expression(), 0);
    if found.too_deep {
        return faulty(&Fault::Complex, &inside, sink);
    }
    let at = |id: u64| inside.node(&program, id);
    let mut sound = names_known(&found, subject, thresholds, &at, sink);
    if let Some(id) = found.loops {
        sink.error(
            "pack.rule-loop",
            at(id),
            "条件里不能用 all、exists、map、filter 一类的循环",
        )
        .allow("比较、&&、||、!、in、?:");
        sound = false;
    }
    if let Some(id) = found.odd {
        sink.error("pack.rule-select", at(id), "点号只能用在 thresholds 后面")
            .allow("thresholds.<阈值>");
        sound = false;
    }
    if sound {
        samples(&program, subject, thresholds, whole, sink);
    }
}

fn faulty(fault: &Fault, inside: &Inside<'_>, sink: &mut Sink<'_>) {
    match fault {
        Fault::Long => {
            let message = format!("条件有 {} 个字节", inside.text.len());
            let problem = sink.error("pack.rule-too-long", inside.whole, message);
            problem.allow(&format!("不超过 {RULE_BYTES_MAX} 个字节"));
        }
        Fault::Complex => {
            let message = "条件太复杂，请拆成几条规则";
            let problem = sink.error("pack.rule-too-complex", inside.whole, message);
            problem.allow(&format!(
                "括号最多 {RULE_NESTING_MAX} 层，不用注释、反斜杠和三引号"
            ));
        }
        Fault::Syntax((line, column, message)) => {
            let place = inside.line_column(*line, *column);
            let text = if message.contains("token recognition") {
                "条件里有不认识的符号"
            } else if message.contains("<EOF>") && message.contains("mismatched") {
                "条件没有写完，或前面多了内容"
            } else {
                "条件的写法有误"
            };
            sink.error("pack.rule-syntax", place, text)
                .allow("比较（== != < <= > >=）、&&、||、!、in，文字加引号");
        }
    }
}

fn names_known(
    found: &Found<'_>,
    subject: &Subject,
    thresholds: &BTreeSet<String>,
    at: &impl Fn(u64) -> Place,
    sink: &mut Sink<'_>,
) -> bool {
    let facts = || subject.facts.iter().map(|(name, _)| *name);
    let mut sound = true;
    for (name, id) in &found.variables {
        if !facts().any(|f| f == *name) {
            sound = false;
            let message = format!(
                "over = \"{}\" 的条件里没有“{}”这个量",
                subject.name,
                cut(name)
            );
            let allowed = joined(facts().chain(std::iter::once("thresholds.<阈值>")));
            sink.error("pack.rule-variable", at(*id), message)
                .allow(&allowed)
                .near(name, facts());
        }
    }
    for (name, id) in &found.thresholds {
        if !thresholds.contains(*name) {
            sound = false;
            let known = || thresholds.iter().map(String::as_str);
            let message = format!("没有“{}”这个阈值", cut(name));
            // The node's place is its dot: the name stands behind it.
            let dot = at(*id);
            let place = Place {
                start: dot.end,
                end: dot.end + name.len(),
                ..dot
            };
            sink.error("pack.rule-threshold", place, message)
                .allow(&joined(known()))
                .near(name, known());
        }
    }
    for (name, word, id) in &found.compared {
        let fact = subject.facts.iter().find(|(fact, _)| fact == name);
        let Some((_, FactTy::Code(words))) = fact else {
            continue;
        };
        if !words().contains(word) {
            sound = false;
            let message = format!("“{name}”不会是“{}”", cut(word));
            sink.error("pack.rule-word", at(*id), message)
                .allow(&joined(words().into_iter()))
                .near(word, words());
        }
    }
    for (name, id) in &found.functions {
        let is_operator = !name.chars().all(char::is_alphanumeric);
        if !is_operator && !FUNCTIONS.contains(name) {
            sound = false;
            let message = format!("条件里不能用“{}”", cut(name));
            sink.error("pack.rule-function", at(*id), message)
                .allow(&joined(FUNCTIONS.iter().copied()))
                .near(name, FUNCTIONS.iter().copied());
        }
    }
    sound
}

/// Runs the condition on a subject of nothing and on one of everything: both must say yes or no.
fn samples(
    program: &Program,
    subject: &Subject,
    thresholds: &BTreeSet<String>,
    place: Place,
    sink: &mut Sink<'_>,
) {
    for (count, number, flag, text) in [(0, 0.0, false, ""), (7, 7.5, true, "town")] {
        let facts = subject.facts.iter().map(|(name, ty)| {
            let fact = match ty {
                FactTy::Count => Fact::Count(count),
                FactTy::Number => Fact::Number(number),
                FactTy::Flag => Fact::Flag(flag),
                FactTy::Text | FactTy::Code(_) => Fact::Text(text.to_owned()),
            };
            (*name, fact)
        });
        let set = thresholds
            .iter()
            .map(|name| (name.clone(), number))
            .collect();
        let problem = match run(program, &facts.collect(), &set) {
            Ok(Value::Bool(_)) => continue,
            Ok(_) => sink.error("pack.rule-not-yes-or-no", place, "条件的结果不是是或否"),
            Err(_) => sink.error(
                "pack.rule-fails",
                place,
                "条件试算不出结果：数、文字、是否之间不能相比，也不能除以零",
            ),
        };
        let typed = subject.facts.iter().map(|(name, ty)| match ty {
            FactTy::Count | FactTy::Number => format!("{name}（数）"),
            FactTy::Flag => format!("{name}（是否）"),
            FactTy::Text | FactTy::Code(_) => format!("{name}（文字）"),
        });
        let allowed = typed.collect::<Vec<_>>().join("、");
        problem.allow(&format!("结果为是或否的比较；可用的量有 {allowed}"));
        return;
    }
}

/// The condition's text inside its file.
struct Inside<'w> {
    text: &'w str,
    whole: Place,
    /// The byte in the file where the text begins; `None` where escapes shift it.
    start: Option<usize>,
}

impl<'w> Inside<'w> {
    fn new(text: &'w str, whole: Place, sink: &Sink<'_>) -> Self {
        let raw = sink
            .sources
            .get(whole.file)
            .and_then(|s| s.text.get(whole.start..whole.end));
        let start = raw
            .and_then(|raw| raw.find(text))
            .map(|at| whole.start + at);
        Self { text, whole, start }
    }

    fn at(&self, from: usize, to: usize) -> Place {
        let from = self.text.floor_char_boundary(from.min(self.text.len()));
        let to = self
            .text
            .ceil_char_boundary(to.clamp(from, self.text.len()));
        match self.start {
            Some(start) => Place {
                start: start + from,
                end: start + to,
                ..self.whole
            },
            None => self.whole,
        }
    }

    /// A place that the compiler gave as a line and characters, both from 1.
    fn line_column(&self, line: usize, column: usize) -> Place {
        let before: usize = self
            .text
            .split_inclusive('\n')
            .take(line.max(1) - 1)
            .map(str::len)
            .sum();
        let rest = self.text.get(before..).unwrap_or_default();
        let start = before
            + rest
                .chars()
                .take(column.saturating_sub(1))
                .map(char::len_utf8)
                .sum::<usize>();
        let width = self
            .text
            .get(start..)
            .and_then(|t| t.chars().next())
            .map_or(0, char::len_utf8);
        self.at(start, start + width)
    }

    /// The place of a node of the compiled condition, which counts bytes.
    fn node(&self, program: &Program, id: u64) -> Place {
        let Some((start, stop)) = program.source_info().offset_for(id) else {
            return self.whole;
        };
        let byte = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
        self.at(byte(start), byte(stop).saturating_add(1))
    }
}
