//! Noise taken away, with a map back: spaces, bold marks, page marks, half-width punctuation.
//!
//! **Invariant:** every character kept knows its place in the decoded text.

/// A cleaned line and where each of its characters stood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// The text without noise; tabs stand between cells.
    pub(crate) text: String,
    /// For each character of it, its place in the decoded text, in characters.
    pub(crate) at: Vec<u32>,
}

impl Line {
    /// Puts another line behind this one.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.text.push_str(&other.text);
        self.at.append(&mut other.at);
    }

    fn push(&mut self, c: char, at: u32) {
        self.text.push(c);
        self.at.push(at);
    }
}

/// The lines of a text, cleaned; empty ones stay, for they part paragraphs.
pub(crate) fn clean(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    for (at, c) in (0u32..).zip(text.chars()) {
        match c {
            '\n' | '\u{2028}' | '\u{2029}' | '\u{c}' | '\u{b}' => {
                lines.push(clean_line(&line));
                line.clear();
            }
            _ => line.push((c, at)),
        }
    }
    lines.push(clean_line(&line));
    lines
}

fn clean_line(raw: &[(char, u32)]) -> Line {
    let raw = without_marks(without_bookmark(raw));
    let mut line = Line::default();
    let mut table = raw.first().is_some_and(|(c, _)| *c == '|') && raw.len() > 2;
    table &= raw.iter().filter(|(c, _)| *c == '|').count() >= 3;
    let raw = if table { inner_of_row(&raw) } else { &raw };
    let mut space = None;
    for &(c, at) in raw {
        if c == '\t' || table && c == '|' {
            space = None;
            line.push('\t', at);
        } else if is_space(c) {
            space = Some(at);
        } else if !is_invisible(c) {
            let c = plain_form(c);
            // Two numbers that a space parts stay two.
            if let Some(between) = space.take()
                && c.is_ascii_digit()
                && line.text.ends_with(|l: char| l.is_ascii_digit())
            {
                line.push(' ', between);
            }
            line.push(c, at);
        }
    }
    if is_page_mark(&line.text) {
        return Line::default();
    }
    brackets_of_years(&mut line);
    line
}

/// The cells of a row that is written with bars.
fn inner_of_row(raw: &[(char, u32)]) -> &[(char, u32)] {
    let end = raw
        .iter()
        .rposition(|(c, _)| *c == '|')
        .unwrap_or(raw.len());
    if raw.iter().all(|(c, _)| "|-: ".contains(*c)) {
        return &[];
    }
    raw.get(1..end.max(1)).unwrap_or_default()
}

fn is_space(c: char) -> bool {
    c.is_whitespace() && c != '\t'
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' | '\u{2060}'
    ) || c.is_control()
}

/// `[bookmark: _GoBack]`, which some converters leave at the beginning of a line.
fn without_bookmark(raw: &[(char, u32)]) -> &[(char, u32)] {
    let inner = raw.iter().position(|(c, _)| !c.is_whitespace());
    let Some(rest) = inner.and_then(|from| raw.get(from..)) else {
        return raw;
    };
    let opening: String = rest.iter().take(9).map(|(c, _)| *c).collect();
    let end = rest.iter().take(60).position(|(c, _)| *c == ']');
    match end {
        Some(end) if opening == "[bookmark" => &rest[end + 1..],
        _ => raw,
    }
}

/// Bold marks, heading marks, page marks inside of a line: taken out whole.
fn without_marks(raw: &[(char, u32)]) -> Vec<(char, u32)> {
    let mut kept = Vec::with_capacity(raw.len());
    let mut i = 0;
    while i < raw.len() {
        let c = raw[i].0;
        let next = raw.get(i + 1).map(|r| r.0);
        if c == '*' && next == Some('*') || c == '_' && next == Some('_') {
            i += 2;
            continue;
        }
        let bullet = c == '#' || "·●■◆•▪○□\u{f0b7}\u{f06c}".contains(c);
        let dash = c == '-' && next.is_some_and(|n| n == ' ' || n > '\u{2e80}');
        if kept.is_empty() && (bullet || dash && page_mark_at(&raw[i..]).is_none()) {
            i += 1;
            continue;
        }
        if let Some(len) = page_mark_at(&raw[i..]) {
            i += len;
            continue;
        }
        kept.push(raw[i]);
        i += 1;
    }
    kept
}

/// `- 16 -` or `— 3 —` at this place, with its length.
fn page_mark_at(raw: &[(char, u32)]) -> Option<usize> {
    let dash = |c: char| matches!(c, '-' | '—' | '–' | '－' | '―' | '─');
    let at = |i: usize| raw.get(i).map(|r| r.0);
    if !dash(at(0)?) {
        return None;
    }
    let mut i = 1;
    while at(i).is_some_and(is_space) {
        i += 1;
    }
    let spaced = i > 1;
    let digits = raw[i..].iter().take_while(|r| r.0.is_ascii_digit()).count();
    if !(1..=3).contains(&digits) {
        return None;
    }
    i += digits;
    let before = i;
    while at(i).is_some_and(is_space) {
        i += 1;
    }
    (dash(at(i)?) && (spaced || i > before)).then_some(i + 1)
}

/// Full-width digits and letters become plain, half-width punctuation between Chinese full-width.
fn plain_form(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '％' | '＋' => {
            char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
        }
        '，' | ',' | '﹐' => '，',
        '(' => '（',
        ')' => '）',
        ';' => '；',
        ':' => '：',
        '?' => '？',
        '!' => '！',
        '．' => '.',
        '—' | '–' | '－' | '―' | '─' | '‐' | '‑' | '−' | '～' | '〜' | '~' | '﹣' => {
            '-'
        }
        '／' => '/',
        '［' | '﹝' | '【' | '[' => '〔',
        '］' | '﹞' | '】' | ']' => '〕',
        '"' | '＂' | '「' => '“',
        '」' => '”',
        '｡' => '。',
        _ => c,
    }
}

/// The marks of a page alone on their line: `第1页，共4页`, `3/12`, `16`.
fn is_page_mark(text: &str) -> bool {
    let plain: String = text
        .chars()
        .filter(|c| !"-·.()（） ".contains(*c))
        .collect();
    let page = plain.starts_with('第') && plain.contains('页') && plain.chars().count() <= 12;
    let number = !plain.is_empty()
        && plain.chars().all(|c| c.is_ascii_digit())
        && plain.len() <= 3
        && plain.len() < text.len();
    page && !plain.contains('条') || number && text.starts_with('-') || plain == "bookmark：_GoBack"
}

/// A straight quotation mark opens and closes; the second of a pair is made the closing one.
fn brackets_of_years(line: &mut Line) {
    if !line.text.contains('“') || line.text.contains('”') {
        return;
    }
    let mut open = false;
    let text = line.text.chars().map(|c| {
        if c == '“' {
            open = !open;
            if open { '“' } else { '”' }
        } else {
            c
        }
    });
    line.text = text.collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(raw: &str) -> String {
        clean(raw)
            .into_iter()
            .map(|l| l.text)
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn noise_is_taken_out_and_places_are_kept() {
        assert_eq!(
            text_of("每季度 **最后** 一个月的 25"),
            "每季度最后一个月的25"
        );
        assert_eq!(text_of("任务落实- 16 -"), "任务落实");
        assert_eq!(text_of("— 3 —"), "");
        assert_eq!(text_of("２０２４年３月１日—５月"), "2024年3月1日-5月");
        assert_eq!(
            text_of("|序号|任务|\n|---|---|\n|1|甲|"),
            "序号\t任务\n\n1\t甲"
        );
        let line = &clean("a  **每 月**")[0];
        assert_eq!(line.text, "a每月");
        assert_eq!(line.at, [0, 5, 7]);
    }
}
