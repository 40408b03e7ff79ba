//! The table of phrases that a domain person reads and extends.

use draft::LabelLine;
use toml::Value;

use crate::draft;

/// What a label says, as the table writes it.
pub(crate) fn said(line: &LabelLine) -> String {
    let many = line
        .at_least
        .filter(|n| *n > 1)
        .map(|n| format!(" {n}x"))
        .unwrap_or_default();
    match line.timing {
        "recurring" => {
            let n = line.n.map(|n| format!("{n} ")).unwrap_or_default();
            let due = line.due.as_ref().map(|d| format!(" by {d}"));
            let every = line.every.as_deref().unwrap_or_default();
            format!("every {n}{every}{many}{}", due.unwrap_or_default())
        }
        "deadline" => format!("by {}{many}", line.due.as_deref().unwrap_or_default()),
        "within" => format!("within {}", line.within.as_deref().unwrap_or_default()),
        _ => {
            let window = line.window.as_ref();
            let from = window.and_then(|w| w.from.as_deref()).unwrap_or("now");
            match window.and_then(|w| w.to.as_deref()) {
                Some(to) => format!("from {from} to {to}"),
                None => format!("from {from} on"),
            }
        }
    }
}

fn wrong(text: &str, wanted: &Value) -> Option<String> {
    let lines: Vec<LabelLine> = draft(&format!("一、总则\n（一）{text}。"))
        .labels
        .iter()
        .map(|l| l.line(""))
        .collect();
    let got: Vec<String> = lines.iter().map(said).collect();
    let got = got.join(" | ");
    let field = |name: &str| wanted.get(name).and_then(Value::as_str);
    let says = wanted
        .as_str()
        .or_else(|| field("says"))
        .unwrap_or_default();
    if got != says {
        return Some(format!("{text}\n    wanted {says:?}\n    got    {got:?}"));
    }
    let first = lines.first()?;
    for (name, has) in [("who", first.who.as_str()), ("act", first.act)] {
        if let Some(wanted) = field(name)
            && wanted != has
        {
            return Some(format!("{text}\n    {name} {wanted:?}, got {has:?}"));
        }
    }
    None
}

#[test]
fn every_phrase_of_the_table_says_what_the_table_says() {
    let table: toml::Table = include_str!("../phrases.toml")
        .parse()
        .expect("the table is TOML");
    let mut count = 0;
    let mut all = Vec::new();
    for (section, phrases) in &table {
        for (text, wanted) in phrases.as_table().expect("a section holds phrases") {
            count += 1;
            all.extend(wrong(text, wanted).map(|w| format!("[{section}] {w}")));
        }
    }
    assert!(count >= 300, "the table has only {count} phrases");
    assert!(
        all.is_empty(),
        "{} of {count}:\n{}",
        all.len(),
        all.join("\n")
    );
}
