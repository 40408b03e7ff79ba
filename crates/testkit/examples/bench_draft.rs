//! Measures drafting: 20,000 characters of dense notices from decoded text to labels, ten times as
//! many for the growth, and from labels to the files of a pack. Dense: every paragraph of the
//! invented notices is timed, several times as often as in a real one.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use draft::{Budget, Draft, Naming, Stop, draft, propose};
use testkit::measure::{Figure, Times};
use testkit::{day, root};

/// What issue 3 promises: so many characters in so many milliseconds.
const CHARS: usize = 20_000;
const TARGET_MS: f64 = 50.0;
/// How much longer the long text is.
const LONGER: usize = 10;
/// Runs that are timed, after some that are not.
const WARM: usize = 5;
const TIMED: usize = 60;

fn main() -> Result<(), Box<dyn Error>> {
    let notices = notices(&root().join("crates/draft/tests/notices"))?;
    let short = repeated(&notices, CHARS);
    let long = repeated(&notices, CHARS * LONGER);
    let baseline = timed(|| naive(&short));
    let within = |text: &str| Budget::of(text, &Stop::new());
    let drafting = timed(|| draft(&short, &within(&short)));
    let longer = timed(|| draft(&long, &within(&long)));
    let read: Draft = draft(&short, &within(&short))?;
    let naming = Naming {
        id: "bench".to_owned(),
        source: "bench.txt".to_owned(),
        otherwise: day("2026-01-05"),
    };
    let writing = timed(|| propose(&read, &naming, &within(&short)).map(|work| work.files()));
    let ms = |name: &str, times: &Times, target, baseline| {
        let figure = Figure {
            name,
            value: times.percentile(95),
            unit: "ms",
            target,
            baseline,
        };
        figure.say()
    };
    let labels = read.labels.len();
    let name = format!("drafting {CHARS} dense characters, {labels} timed phrases, p95");
    let held = Some(baseline.percentile(95));
    ms(&name, &drafting, Some(TARGET_MS), held)?;
    let name = format!("the same for {LONGER} times the text");
    let grown = drafting.percentile(50) * 10.0;
    ms(&name, &longer, None, Some(grown))?;
    ms("elements and files of its pack", &writing, None, held)?;
    ms(
        "every date word found in it, without reading",
        &baseline,
        None,
        None,
    )?;
    Ok(())
}

/// The invented notices, one after the other.
fn notices(dir: &Path) -> Result<String, Box<dyn Error>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "txt") {
            paths.push(path);
        }
    }
    paths.sort();
    let texts = paths.iter().map(std::fs::read_to_string);
    Ok(texts.collect::<Result<Vec<_>, _>>()?.join("\n"))
}

fn repeated(text: &str, chars: usize) -> String {
    text.chars().cycle().take(chars).collect()
}

fn timed<T>(run: impl Fn() -> T) -> Times {
    let mut times = Times::default();
    for at in 0..WARM + TIMED {
        let from = Instant::now();
        black_box(run());
        if at >= WARM {
            times.add(from.elapsed());
        }
    }
    times
}

/// The simplest thing that looks at every character: where words of dates stand.
fn naive(text: &str) -> Vec<usize> {
    let words = ["每", "月", "日", "年", "季度", "周", "内", "前"];
    let mut found: Vec<usize> = words
        .iter()
        .flat_map(|w| text.match_indices(w).map(|(at, _)| at))
        .collect();
    found.sort_unstable();
    found
}
