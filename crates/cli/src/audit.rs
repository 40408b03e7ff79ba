//! `bihuan audit verify`: proves the chains, the data rows and the tail.

use std::path::PathBuf;

use app::audit::prove;
use clap::{Args, Subcommand};
use serde_json::json;
use store::Heads;

use crate::console::Console;
use crate::open::{Place, homes};
use crate::outcome::{Exit, Fail, Outcome};
use crate::refusal::said;

/// What can be done with the audit trail.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Verifies every chain.
    #[command(about = "核对审计链：指出被改动、删除、插入、调换的行和被截去的末尾")]
    Verify(Verify),
}

impl AuditCommand {
    /// Runs it.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        match self {
            Self::Verify(command) => command.run(place, console).await,
        }
    }
}

/// Verifies every chain of the database.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The head file, where it is kept elsewhere.
    #[arg(long, value_name = "FILE", help = "库外的链头文件，默认用配置里的")]
    head_file: Option<PathBuf>,
}

impl Verify {
    async fn run(self, place: &Place, console: Console) -> Outcome {
        let app = place.existing().await?;
        let path = match &self.head_file {
            Some(path) => Some(path.clone()),
            None => Some(place.config.head_file()).filter(|p| p.is_file()),
        };
        let heads = match &path {
            Some(path) => Some(Heads::read(path).map_err(|why| {
                Fail::unavailable(format!("读不出链头文件“{}”：{why}", path.display()))
            })?),
            None => None,
        };
        let mut clean = true;
        for home in homes(&app).await? {
            let (verdict, proven) = prove(&app, home, heads.as_ref()).await.map_err(said)?;
            let head = app
                .store
                .read(async |r| store::audit::audit_head_of(r, home).await)
                .await
                .map_err(|why| said(why.into()))?;
            clean &= proven.clean;
            if console.json {
                console.value(&json!({
                    "home": home.to_string(),
                    "clean": proven.clean,
                    "links": verdict.links,
                    "rows": verdict.rows,
                    "findings": proven.findings,
                    "tail_proven": verdict.tail_proven,
                    "head": head.map(|h| h.hash),
                }));
                continue;
            }
            console.data(&proven.summary);
            proven
                .findings
                .iter()
                .for_each(|line| console.data(format!("  {line}")));
            if let Some(unproven) = &proven.unproven {
                console.talk(unproven);
            }
        }
        Ok(if clean { Exit::Done } else { Exit::Refused })
    }
}
