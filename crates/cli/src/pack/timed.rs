//! `bihuan pack timed DIR…`: what the notices demand in time, from the rules that run.

use std::path::PathBuf;

use clap::Args;
use domain::pack::{PackKind, TimedLine, Timing, report, timed};

use super::folder::read_given;
use crate::console::Console;
use crate::outcome::{Exit, Fail, Outcome};

/// Prints timed elements.
#[derive(Debug, Args)]
pub(crate) struct Timed {
    /// Folders of packs; vocabulary packs and other files print nothing.
    #[arg(
        required = true,
        value_name = "DIR",
        help = "制度包文件夹；通用词汇和其他文件不输出"
    )]
    dirs: Vec<PathBuf>,
}

impl Timed {
    /// One line for each timed element and clause.
    pub(crate) fn run(self, console: Console) -> Outcome {
        for given in read_given(&self.dirs)? {
            let Some(pack) = &given.pack else {
                console.talk(report(&given.problems, &given.folder.files));
                return Err(Fail::refused(
                    "pack.broken",
                    format!("“{}”有错误", given.folder.path.display()),
                )
                .hint("请先用 bihuan pack check 改好。"));
            };
            if pack.kind == PackKind::Vocabulary {
                continue;
            }
            for line in timed(pack) {
                if console.json {
                    console.value(&line);
                } else {
                    console.data(as_text(&line));
                }
            }
        }
        Ok(Exit::Done)
    }
}

fn as_text(line: &TimedLine) -> String {
    let count = line
        .at_least
        .filter(|n| *n > 1)
        .map(|n| format!("，至少{n}"))
        .unwrap_or_default();
    let due = line
        .due
        .as_ref()
        .map(|d| format!("，截止 {d}"))
        .unwrap_or_default();
    let when = match line.timing {
        Timing::Recurring => {
            let every = line.every.as_deref().unwrap_or_default();
            let n = line.n.map(|n| format!("{n} ")).unwrap_or_default();
            format!("每 {n}{every}{count}{due}")
        }
        Timing::Deadline => format!("限期{due}{count}"),
        Timing::Within => format!(
            "{}后 {}",
            line.after.as_deref().unwrap_or_default(),
            line.within.as_deref().unwrap_or_default()
        ),
        Timing::Window => line.window.map_or_else(String::new, |w| {
            let day = |d: Option<chrono::NaiveDate>| d.map_or("…".to_owned(), |d| d.to_string());
            format!("{} 至 {}", day(w.from), day(w.to))
        }),
    };
    format!("{}\t{}\t{}\t{when}", line.clause, line.who, line.act)
}
