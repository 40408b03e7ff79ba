//! `bihuan pack check DIR…`.

use std::path::PathBuf;

use clap::Args;
use domain::pack::{Problem, Severity, is_sound, report};
use serde_json::{Value, json};

use super::folder::{Given, read_given};
use crate::console::Console;
use crate::outcome::{Exit, Outcome};

/// Checks packs.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Folders of packs.
    #[arg(required = true, value_name = "DIR", help = "制度包文件夹")]
    dirs: Vec<PathBuf>,
}

impl Check {
    /// Prints every problem of every pack; refuses when one is an error.
    pub(crate) fn run(self, console: Console) -> Outcome {
        let given = read_given(&self.dirs)?;
        for one in &given {
            if console.json {
                console.value(&as_json(one));
            } else {
                console.data(as_text(one));
            }
        }
        let sound = given.iter().all(|g| is_sound(&g.problems));
        Ok(if sound { Exit::Done } else { Exit::Refused })
    }
}

fn as_text(given: &Given) -> String {
    let title = given
        .pack
        .as_ref()
        .map_or_else(String::new, |p| format!("《{}》第{}版", p.title, p.version));
    let found = report(&given.problems, &given.folder.files);
    format!(
        "{}{title}\n{}",
        given.folder.path.display(),
        found.trim_end()
    )
}

fn as_json(given: &Given) -> Value {
    json!({
        "folder": given.folder.path.display().to_string(),
        "pack": given.pack.as_ref().map(|p| p.id.as_str()),
        "version": given.pack.as_ref().map(|p| p.version),
        "sound": is_sound(&given.problems),
        "problems": given.problems.iter().map(problem).collect::<Vec<_>>(),
    })
}

fn problem(p: &Problem) -> Value {
    json!({
        "severity": match p.severity { Severity::Error => "error", Severity::Warning => "warning" },
        "code": p.code,
        "file": p.file,
        "line": p.line,
        "column": p.column,
        "message": p.message,
        "allowed": p.allowed,
        "nearest": p.nearest,
    })
}
