//! `bihuan pack check DIR…`.

use std::path::PathBuf;

use app::pack::CheckSeen;
use clap::Args;
use domain::pack::{Problem, is_sound, report};
use serde_json::{Value, json};

use super::folder::{Folder, Given, read_given};
use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Exit, Outcome};
use crate::refusal::said;

/// Checks packs.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Folders of packs.
    #[arg(required = true, value_name = "DIR", help = "制度包文件夹")]
    dirs: Vec<PathBuf>,
    /// On whose behalf, with the words that the county imported.
    #[arg(
        long = "as",
        value_name = "LOGIN",
        help = "代谁检查：用户名；按已导入的词汇检查，--json 的输出同接口"
    )]
    login: Option<String>,
}

impl Check {
    /// Prints every problem of every pack; refuses when one is an error.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        if let Some(login) = &self.login {
            return self.run_as(login, place, console).await;
        }
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

    /// The same with the words that the county imported.
    async fn run_as(&self, login: &str, place: &Place, console: Console) -> Outcome {
        let ctx = place.looker(login, console).await?;
        let mut sound = true;
        for dir in &self.dirs {
            let Some(folder) = Folder::open(dir)? else {
                continue;
            };
            let checked = app::pack::check(&ctx, &folder.files).await.map_err(said)?;
            sound &= checked.sound;
            if console.json {
                super::answered(console, "pack.check", &CheckSeen::from(checked))?;
            } else {
                let found = report(&checked.problems, &folder.named());
                console.data(format!("{}\n{}", dir.display(), found.trim_end()));
            }
        }
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
        "severity": p.severity,
        "code": p.code,
        "file": p.file,
        "line": p.line,
        "column": p.column,
        "message": p.message,
        "allowed": p.allowed,
        "nearest": p.nearest,
    })
}
