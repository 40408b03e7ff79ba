//! What is wrong in a pack: the place, what is allowed there and the nearest known word.
//!
//! **Invariant:** a problem's span lies inside its file's text and on character borders, so that
//! every problem can be pictured.

use std::fmt;
use std::ops::Range;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};

use super::PackFile;
use crate::body::codes;

/// Most problems that one reading reports.
pub const PROBLEMS_MAX: usize = 500;

/// Widest line of text in a picture, in columns of a terminal.
const PICTURE_COLUMNS: usize = 88;

codes! {
    /// How bad a problem is.
    Severity {
        /// The pack cannot be used.
        Error = "error",
        /// The pack can be used; somebody should look.
        Warning = "warning",
    }
}

/// One mistake in a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// A stable name of the kind of mistake, such as `pack.unknown-key`.
    pub code: &'static str,
    /// The file's path as it was given.
    pub file: String,
    /// The bytes it is about.
    pub span: Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
    /// What is wrong, in Chinese.
    pub message: String,
    /// What may stand there: “可以写：…”.
    pub allowed: Option<String>,
    /// The nearest known word: “是不是想写 …？”.
    pub nearest: Option<String>,
    /// The other place that it collides with.
    pub also: Option<OtherPlace>,
}

/// A second place that belongs to a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherPlace {
    /// The file's path.
    pub file: String,
    /// The bytes.
    pub span: Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1, in characters.
    pub column: usize,
}

/// All problems of one reading, in the order of files and places; at least one is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors = self
            .0
            .iter()
            .filter(|p| p.severity == Severity::Error)
            .count();
        write!(f, "{errors} errors in the pack")
    }
}

impl std::error::Error for Problems {}

impl Problem {
    /// The place with a picture of its lines, without colour.
    pub fn picture(&self, source: &str) -> String {
        let shown = Shown {
            problem: self,
            source: Counted {
                name: &self.file,
                text: source,
            },
        };
        let mut out = String::new();
        let drawn = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
            .with_wrap_lines(false)
            .with_links(false)
            .with_context_lines(1)
            .without_cause_chain()
            .render_report(&mut out, &shown);
        if drawn.is_err() {
            out = format!(
                "{}:{}:{} {}\n",
                self.file, self.line, self.column, self.message
            );
        }
        out
    }

    /// What is allowed and what was probably meant, on one line; empty when nothing is known.
    pub fn hint(&self) -> String {
        let parts = [self.nearest.as_deref(), self.allowed.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// Says what may stand there.
    pub(super) fn allow(&mut self, words: &str) -> &mut Self {
        if !words.is_empty() {
            self.allowed = Some(format!("可以写：{words}"));
        }
        self
    }

    /// Says which of the known words was probably meant.
    pub(super) fn near<'a>(
        &mut self,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> &mut Self {
        if let Some(found) = super::nearest::nearest(word, known) {
            self.meant(found);
        }
        self
    }

    /// Says what was probably meant.
    pub(super) fn meant(&mut self, text: &str) -> &mut Self {
        self.nearest = Some(format!("是不是想写 {text}？"));
        self
    }
}

/// All problems with their pictures, and how many there are: what the command line prints.
pub fn report(problems: &[Problem], files: &[PackFile]) -> String {
    let mut out = String::new();
    for problem in problems {
        let text = files
            .iter()
            .find(|f| f.path == problem.file)
            .map_or("", |f| f.text.as_str());
        out.push_str(&problem.picture(text));
        out.push('\n');
    }
    let errors = problems
        .iter()
        .filter(|p| p.severity == Severity::Error)
        .count();
    let warnings = problems.len() - errors;
    let counted = match (errors, warnings) {
        (0, 0) => "没有发现问题。\n".to_owned(),
        (0, w) => format!("没有错误，{w} 处提醒。\n"),
        (e, 0) => format!("{e} 处错误。\n"),
        (e, w) => format!("{e} 处错误，{w} 处提醒。\n"),
    };
    out.push_str(&counted);
    out
}

/// Breaks long text behind 、 and blanks, never inside a word such as `safety-office`.
fn wrapped(text: &str) -> String {
    let columns = |part: &str| -> usize {
        part.chars()
            .map(|c| if c >= '\u{2e80}' { 2 } else { 1 })
            .sum()
    };
    let (mut out, mut line) = (String::new(), 0);
    for part in text.split_inclusive(['、', ' ', '；', '，']) {
        let width = columns(part);
        if line > 0 && line + width > PICTURE_COLUMNS {
            out.push('\n');
            line = 0;
        }
        out.push_str(part);
        line += width;
    }
    out
}

/// A problem as miette draws it.
#[derive(Debug)]
struct Shown<'a> {
    problem: &'a Problem,
    source: Counted<'a>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&wrapped(&self.problem.message))
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn code<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        Some(Box::new(self.problem.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.problem.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        let hint = self.problem.hint();
        if hint.is_empty() {
            None
        } else {
            Some(Box::new(wrapped(&hint)))
        }
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let problem = self.problem;
        let here =
            LabeledSpan::new_primary_with_span(Some("这里".to_owned()), problem.span.clone());
        let also = problem
            .also
            .iter()
            .filter(|o| o.file == problem.file)
            .map(|other| {
                LabeledSpan::new_with_span(Some("已经在这里".to_owned()), other.span.clone())
            });
        Some(Box::new(std::iter::once(here).chain(also)))
    }
}

/// A file's text whose columns are counted in characters; miette counts bytes.
#[derive(Debug)]
struct Counted<'a> {
    name: &'a str,
    text: &'a str,
}

impl SourceCode for Counted<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let found = self.text.read_span(span, before, after)?;
        let start = found.span().offset();
        let line = self
            .text
            .get(..start)
            .map_or("", |t| t.rsplit('\n').next().unwrap_or(t));
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.to_owned(),
            found.data(),
            *found.span(),
            found.line(),
            line.chars().count(),
            found.line_count(),
        )))
    }
}

/// Bytes of one of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Place {
    /// Index of the file.
    pub(super) file: usize,
    /// First byte.
    pub(super) start: usize,
    /// Byte behind the last.
    pub(super) end: usize,
}

impl Place {
    /// A place in a file.
    pub(super) fn new(file: usize, span: &Range<usize>) -> Self {
        Self {
            file,
            start: span.start,
            end: span.end,
        }
    }
}

/// A value with its place.
#[derive(Debug, Clone)]
pub(super) struct Spot<T> {
    /// What stands there.
    pub(super) value: T,
    /// Where.
    pub(super) place: Place,
}

/// A file with the beginnings of its lines.
pub(super) struct Source<'a> {
    /// The file's path.
    pub(super) path: &'a str,
    /// Its text.
    pub(super) text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Source<'a> {
    /// Indexes a file.
    pub(super) fn new(path: &'a str, text: &'a str) -> Self {
        let breaks = text
            .bytes()
            .enumerate()
            .filter(|(_, b)| *b == b'\n')
            .map(|(at, _)| at + 1);
        Self {
            path,
            text,
            lines: std::iter::once(0).chain(breaks).collect(),
        }
    }

    /// Line and column of a byte, both from 1, the column in characters.
    pub(super) fn line_column(&self, at: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= at).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let column = self
            .text
            .get(start..at)
            .map_or(0, |before| before.chars().count());
        (line, column + 1)
    }

    /// The span, moved onto character borders inside the text.
    fn fitted(&self, start: usize, end: usize) -> Range<usize> {
        let start = self.text.floor_char_boundary(start.min(self.text.len()));
        let end = self
            .text
            .ceil_char_boundary(end.clamp(start, self.text.len()));
        start..end
    }
}

/// Where problems are collected.
pub(super) struct Sink<'a> {
    /// The files, by index.
    pub(super) sources: &'a [Source<'a>],
    problems: Vec<Problem>,
}

impl<'a> Sink<'a> {
    /// An empty collection over these files.
    pub(super) fn new(sources: &'a [Source<'a>]) -> Self {
        Self {
            sources,
            problems: Vec::new(),
        }
    }

    /// Adds an error.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
    ) -> &mut Problem {
        self.add(Severity::Error, code, place, message.into())
    }

    /// Adds a warning.
    pub(super) fn warn(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
    ) -> &mut Problem {
        self.add(Severity::Warning, code, place, message.into())
    }

    /// Adds an error that collides with another place.
    pub(super) fn collision(
        &mut self,
        code: &'static str,
        place: Place,
        other: Place,
        message: &str,
    ) -> &mut Problem {
        let also = self.other(other);
        let message = format!("{message}（另一处在 {} 第 {} 行）", also.file, also.line);
        let problem = self.add(Severity::Error, code, place, message);
        problem.also = Some(also);
        problem
    }

    /// A place as a second place of a problem.
    fn other(&self, place: Place) -> OtherPlace {
        match self.sources.get(place.file) {
            None => OtherPlace {
                file: String::new(),
                span: 0..0,
                line: 1,
                column: 1,
            },
            Some(source) => {
                let span = source.fitted(place.start, place.end);
                let (line, column) = source.line_column(span.start);
                OtherPlace {
                    file: source.path.to_owned(),
                    span,
                    line,
                    column,
                }
            }
        }
    }

    fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: Place,
        message: String,
    ) -> &mut Problem {
        let OtherPlace {
            file,
            span,
            line,
            column,
        } = self.other(place);
        let file = if file.is_empty() {
            super::SCHEME_FILE.to_owned()
        } else {
            file
        };
        let (allowed, nearest, also) = (None, None, None);
        let problem = Problem {
            severity,
            code,
            file,
            span,
            line,
            column,
            message,
            allowed,
            nearest,
            also,
        };
        self.problems.push(problem);
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    /// The problems in the order of files and places, each once, at most [`PROBLEMS_MAX`].
    pub(super) fn finish(mut self) -> Vec<Problem> {
        let syntax = |p: &Problem| p.code == "pack.syntax";
        let broken: std::collections::BTreeSet<(String, usize)> = self
            .problems
            .iter()
            .filter(|p| syntax(p))
            .map(|p| (p.file.clone(), p.line))
            .collect();
        // What a line with broken syntax seems to say is not worth a second message.
        self.problems
            .retain(|p| syntax(p) || !broken.contains(&(p.file.clone(), p.line)));
        let order = |file: &str| self.sources.iter().position(|s| s.path == file);
        self.problems
            .sort_by_key(|p| (order(&p.file), p.span.start, p.severity));
        self.problems.dedup_by(|b, a| {
            (a.code, &a.file, &a.span, &a.message) == (b.code, &b.file, &b.span, &b.message)
        });
        self.problems.truncate(PROBLEMS_MAX);
        self.problems
    }

    /// Whether an error was added.
    pub(super) fn has_errors(&self) -> bool {
        self.problems.iter().any(|p| p.severity == Severity::Error)
    }
}
