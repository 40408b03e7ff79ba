//! Invented notices with labels that were written by hand before the program read them.

use std::fs;
use std::path::Path;

use draft::LabelLine;

use crate::phrases::said;
use crate::{draft, read};

/// What the notices must reach together, in per cent of the labels.
const FOUND_MIN: usize = 98;
const WHO_MIN: usize = 93;
const CLAUSE_MIN: usize = 97;
const ACT_MIN: usize = 88;

/// A label as the files have it: `quote | clause | who | act | says`.
struct Gold {
    quote: String,
    clause: String,
    who: String,
    act: String,
    says: String,
}

fn gold(text: &str) -> Vec<Gold> {
    text.lines()
        .filter(|l| !l.trim().is_empty())
        .map(|line| {
            let mut fields = line.split('|').map(|f| f.trim().to_owned());
            let mut field = || fields.next().expect("a label has five fields");
            Gold {
                quote: field(),
                clause: field(),
                who: field(),
                act: field(),
                says: field(),
            }
        })
        .collect()
}

fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '（' => '(',
            '）' => ')',
            other => other,
        })
        .collect()
}

#[derive(Default)]
struct Score {
    gold: usize,
    found: usize,
    unwanted: usize,
    who: usize,
    clause: usize,
    act: usize,
    said: Vec<String>,
}

impl Score {
    fn judge(&mut self, name: &str, gold: &[Gold], lines: &mut Vec<LabelLine>) {
        for wanted in gold {
            self.gold += 1;
            let quote = squeezed(&wanted.quote);
            let hit = lines.iter().position(|line| {
                let own = squeezed(&line.quote);
                said(line) == wanted.says
                    && (own.contains(&quote) || quote.contains(&own) || near(&own, &quote))
            });
            let Some(hit) = hit else {
                self.said
                    .push(format!("{name}: missed {} ({})", wanted.quote, wanted.says));
                continue;
            };
            let line = lines.remove(hit);
            self.found += 1;
            let (own, who) = (squeezed(&line.who), squeezed(&wanted.who));
            let same = own == who
                || !own.is_empty() && !who.is_empty() && (own.contains(&who) || who.contains(&own));
            self.who += usize::from(same);
            self.clause += usize::from(squeezed(&line.clause) == squeezed(&wanted.clause));
            self.act += usize::from(line.act == wanted.act);
        }
        self.unwanted += lines.len();
        for line in lines {
            self.said
                .push(format!("{name}: unwanted {} ({})", line.quote, said(line)));
        }
    }
}

/// Whether two quotes share three characters in a row, for they may begin and end differently.
fn near(own: &str, quote: &str) -> bool {
    let chars: Vec<char> = quote.chars().collect();
    chars
        .windows(3)
        .any(|w| own.contains(&w.iter().collect::<String>()))
}

#[test]
fn invented_notices_are_read_as_a_person_reads_them() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notices");
    let mut names: Vec<_> = fs::read_dir(&dir)
        .expect("the notices are there")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".labels").map(str::to_owned))
        .collect();
    names.sort();
    assert!(names.len() >= 15, "only {} notices", names.len());
    let mut score = Score::default();
    for name in &names {
        let source = fs::read(dir.join(format!("{name}.txt"))).expect("the notice is there");
        let source = read(&source).expect("it is text");
        let labels = fs::read_to_string(dir.join(format!("{name}.labels"))).expect("labels");
        let mut lines: Vec<LabelLine> = draft(&source.text)
            .labels
            .iter()
            .map(|l| l.line(""))
            .collect();
        score.judge(name, &gold(&labels), &mut lines);
    }
    let percent = |n: usize| n * 100 / score.found.max(1);
    let told = score.said.join("\n");
    let right = score.found * 200 / (score.gold + score.found + score.unwanted).max(1);
    assert!(right >= FOUND_MIN, "{right} % of the timings:\n{told}");
    assert!(
        percent(score.who) >= WHO_MIN,
        "who: {} %",
        percent(score.who)
    );
    assert!(
        percent(score.clause) >= CLAUSE_MIN,
        "clause: {} %",
        percent(score.clause)
    );
    assert!(
        percent(score.act) >= ACT_MIN,
        "act: {} %",
        percent(score.act)
    );
}
