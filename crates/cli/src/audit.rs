//! `bihuan audit verify` proves the chains, the data rows, the files and the tail; `accept-heads`
//! is the way out where database and head file do not go together.

use std::path::PathBuf;

use app::App;
use app::audit::{Depth, ProofFinding, Proven, head_findings, proof, prove, words};
use clap::{Args, Subcommand};
use domain::id::BodyId;
use serde_json::json;
use store::Heads;
use store::audit_verify::FindingKind;

use crate::console::Console;
use crate::open::{Place, Purpose, context};
use crate::outcome::{Exit, Fail, Outcome};
use crate::refusal::said;

/// What can be done with the audit trail.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Verifies every chain.
    #[command(about = "核对审计链：指出被改动、删除、插入、调换的行，丢失的附件和被截去的末尾")]
    Verify(Verify),
    /// Begins the head file anew after a restore.
    #[command(about = "恢复备份后确认链头文件：旧文件另存，新文件从数据库现状开始，并留下记录")]
    AcceptHeads(AcceptHeads),
}

impl AuditCommand {
    /// Runs it.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        match self {
            Self::Verify(command) => command.run(place, console).await,
            Self::AcceptHeads(command) => command.run(place, console).await,
        }
    }
}

/// Verifies every chain of the database.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The head file, where it is kept elsewhere.
    #[arg(long, value_name = "FILE", help = "库外的链头文件，默认用配置里的")]
    head_file: Option<PathBuf>,
    /// Reads every byte of every evidence file.
    #[arg(
        long,
        help = "逐字节核对附件文件；不加时只核对文件是否存在、大小是否一致"
    )]
    files: bool,
}

impl Verify {
    async fn run(self, place: &Place, console: Console) -> Outcome {
        let app = place.existing(Purpose::Read, console).await?;
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
        let counties = app
            .store
            .read(async |r| store::audit_verify::audit_homes(r, heads.as_ref()).await)
            .await
            .map_err(|why| said(why.into()))?;
        let strays = counties.strays.iter().map(ProofFinding::from);
        let mut strange: Vec<ProofFinding> = strays.collect();
        strange.extend(heads.as_ref().map(head_findings).unwrap_or_default());
        let mut strange: Vec<String> = strange.iter().map(words::finding).collect();
        if counties.homes.is_empty() {
            strange.push("数据库和链头文件里都没有辖区：数据库是空的，或已被清空".to_owned());
        }
        let mut clean = strange.is_empty();
        tell(console, &strange);
        let depth = Depth { files: self.files };
        for home in counties.homes {
            let proven = prove(&app, home, heads.as_ref(), depth)
                .await
                .map_err(said)?;
            clean &= proven.is_clean();
            if proven.verdict.links > 0 && !proven.verdict.tail_proven {
                clean = false;
                tell(
                    console,
                    &[format!(
                        "链头文件缺失，或没有这个辖区的记录：{home} 的末尾没有库外的凭证"
                    )],
                );
            }
            show(&app, home, &proven, console).await?;
        }
        Ok(if clean { Exit::Done } else { Exit::Refused })
    }
}

/// Findings that belong to no county.
fn tell(console: Console, strange: &[String]) {
    if strange.is_empty() {
        return;
    }
    if console.json {
        console.value(&json!({ "clean": false, "findings": strange }));
    } else {
        for line in strange {
            console.data(line);
        }
    }
}

async fn show(app: &App, home: BodyId, proven: &Proven, console: Console) -> Outcome<()> {
    let proof = proof(proven);
    let findings: Vec<String> = proof.findings.iter().map(words::finding).collect();
    let notes: Vec<String> = proof.notes.iter().map(words::note).collect();
    let head = app
        .store
        .read(async |r| store::audit::audit_head_of(r, home).await)
        .await
        .map_err(|why| said(why.into()))?;
    let verdict = &proven.verdict;
    if console.json {
        let kinds: Vec<&str> = verdict.findings.iter().map(|f| f.kind.code()).collect();
        console.value(&json!({
            "home": home.to_string(),
            "clean": proof.clean,
            "links": verdict.links,
            "rows": verdict.rows,
            "files": proven.files,
            "findings": findings,
            "kinds": kinds,
            "notes": notes,
            "tail_proven": verdict.tail_proven,
            "head": head.map(|h| h.hash),
        }));
        return Ok(());
    }
    console.data(words::summary(&proof));
    for line in &findings {
        console.data(format!("  {line}"));
    }
    for line in &notes {
        console.talk(format!("说明：{line}。"));
    }
    if !proof.tail_proven {
        console.talk(words::unproven(&proof));
    }
    let ahead = |kind| matches!(kind, FindingKind::HeadAhead | FindingKind::CutTail);
    if verdict.findings.iter().any(|f| ahead(f.kind)) {
        console.talk(
            "提示：如确是恢复了较早的备份，请核实缺少的记录后执行 bihuan audit accept-heads --reason 说明原因；否则请从备份恢复数据库。",
        );
    }
    Ok(())
}

/// Begins the head file anew.
#[derive(Debug, Args)]
pub(crate) struct AcceptHeads {
    /// Why the database is behind its head file.
    #[arg(
        long,
        value_name = "TEXT",
        help = "原因，例如 磁盘损坏，恢复到11月20日的备份"
    )]
    reason: String,
}

impl AcceptHeads {
    async fn run(self, place: &Place, console: Console) -> Outcome {
        place.must_exist()?;
        let app = place.unchecked().await?;
        let ctx = context(app, crate::open::console(), place.upgrade_instant());
        let done = app::audit::accept_heads(&ctx, &self.reason)
            .await
            .map_err(said)?;
        if console.json {
            console.value(&json!({
                "counties": done.counties.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "set_aside": done.set_aside.as_ref().map(|p| p.display().to_string()),
            }));
        } else {
            console.data(format!("已确认{}个辖区的链头。", done.counties.len()));
        }
        if let Some(path) = &done.set_aside {
            console.talk(format!(
                "原链头文件另存为“{}”，请妥善保管。",
                path.display()
            ));
        }
        Ok(Exit::Done)
    }
}
