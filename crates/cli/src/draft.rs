//! `bihuan draft FILE…`: drafts packs from notices; `--json` prints what they ask for in time.

use std::path::{Path, PathBuf};

use chrono::DateTime;
use clap::Args;
use domain::calendar::words::chinese_date;
use draft::{BYTES_MAX, Budget, Draft, Label, Naming, Packed, ReadError, Stop};

use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Exit, Fail, Outcome};

/// Drafts packs.
#[derive(Debug, Args)]
pub(crate) struct DraftCommand {
    /// Notices.
    #[arg(
        required = true,
        value_name = "FILE",
        help = "文件：.docx、有文字的 .pdf，或 UTF-8、GB18030 的 .txt"
    )]
    files: Vec<PathBuf>,
    /// Folder into which the pack is written.
    #[arg(
        long,
        value_name = "DIR",
        help = "把起草的制度包写进这个文件夹（须不存在或为空），只能有一个文件"
    )]
    out: Option<PathBuf>,
}

impl DraftCommand {
    /// Reads each notice; prints its timed obligations or writes its pack.
    pub(crate) fn run(self, place: &Place, console: Console) -> Outcome {
        if self.out.is_some() && self.files.len() > 1 {
            return Err(Fail::usage("写成制度包时只能有一个文件").hint("请分开运行。"));
        }
        for path in &self.files {
            let (drafted, budget) = read(path)?;
            let doc = name_of(path);
            if let Some(dir) = &self.out {
                let packed = |naming: &Naming| draft::pack(&drafted, naming, &budget);
                write(packed, drafted.labels.len(), &doc, dir, place, console)?;
            } else if console.json {
                for label in &drafted.labels {
                    console.value(&label.line(&doc));
                }
            } else {
                show(&drafted, &doc, console);
            }
        }
        Ok(Exit::Done)
    }
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

fn read(path: &Path) -> Outcome<(Draft, Budget)> {
    let refused = |why: ReadError| Fail::usage(format!("{}：{why}", path.display()));
    let bytes = crate::bounded::read(path, BYTES_MAX)?;
    // Whoever waits no longer ends the whole process.
    let stop = Stop::new();
    let source = draft::read(&bytes, &stop).map_err(refused)?;
    let budget = Budget::of(&source.text, &stop);
    let drafted = draft::draft(&source.text, &budget).map_err(refused)?;
    Ok((drafted, budget))
}

/// A notice for people: its head, then a line for each timed phrase.
fn show(drafted: &Draft, doc: &str, console: Console) {
    let head = &drafted.head;
    console.data(head.title.as_deref().unwrap_or(doc));
    let issued = head.issued.map(chinese_date);
    for (name, value) in [
        ("文号", head.number.as_ref()),
        ("发文", head.issuer.as_ref()),
        ("主送", head.addressees.as_ref()),
        ("日期", issued.as_ref()),
    ] {
        if let Some(value) = value {
            console.data(format!("{name}：{value}"));
        }
    }
    for label in &drafted.labels {
        console.data(line_of(label));
    }
    console.talk(format!("共 {} 处时间要求。", drafted.labels.len()));
}

fn line_of(label: &Label) -> String {
    let quote: String = label.quote.split_whitespace().collect();
    let doubts = if label.doubts.is_empty() {
        String::new()
    } else {
        format!("（{}）", label.doubts.join("；"))
    };
    let who = if label.who.is_empty() {
        "—"
    } else {
        &label.who
    };
    format!(
        "{}\t{who}\t{quote}\t{}\t{:.0}%{doubts}",
        label.clause,
        label.act,
        label.sure * 100.0
    )
}

fn write(
    packed: impl Fn(&Naming) -> Result<Packed, ReadError>,
    found: usize,
    doc: &str,
    dir: &Path,
    place: &Place,
    console: Console,
) -> Outcome<()> {
    let failed = |why: std::io::Error| {
        Fail::unavailable(format!("写不进“{}”：{why}", dir.display())).hint("请检查路径和权限。")
    };
    std::fs::create_dir_all(dir).map_err(failed)?;
    if std::fs::read_dir(dir).map_err(failed)?.next().is_some() {
        return Err(Fail::usage(format!("“{}”里已有文件", dir.display()))
            .hint("请换一个新的文件夹，以免盖掉已核对的内容。"));
    }
    let id = name_of(dir);
    if id.parse::<domain::id::Slug>().is_err() {
        return Err(Fail::usage(format!("“{id}”不能作制度包的 id"))
            .hint("文件夹名请用小写字母、数字和短横，如 county-2026-fire。"));
    }
    let today = DateTime::from_timestamp_millis(place.now)
        .ok_or_else(|| Fail::bug("现在的时刻不成日期"))?
        .date_naive();
    let naming = Naming {
        id,
        source: doc.to_owned(),
        otherwise: today,
    };
    let packed = packed(&naming).map_err(|why| Fail::usage(format!("{doc}：{why}")))?;
    let Packed { files, uncovered } = packed;
    for (name, text) in &files {
        std::fs::write(dir.join(name), text).map_err(failed)?;
        console.talk(format!("写出 {}", dir.join(name).display()));
    }
    let rest = uncovered.len();
    console.talk(format!(
        "{found} 处时间要求，{rest} 处未写成条目。请逐条核对，再运行 bihuan pack check。"
    ));
    Ok(())
}
