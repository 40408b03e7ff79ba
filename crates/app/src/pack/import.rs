//! Reading a pack from files: checked as a whole, then kept as an immutable version.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::id::{BodyId, Slug};
use domain::pack::{Pack, PackFile, PackKind, Problem, Reading, Severity, is_sound, read_all};
use domain::policy::Action;
use schemars::JsonSchema;
use serde::Serialize;

use crate::counted::{recount_home, recount_words};
use crate::ctx::{App, Ctx};
use crate::drafting::DraftRead;
use crate::error::{Error, FieldErrors, Result};
use crate::verb::Verb;
use crate::write::Kept;

/// What the checker found in files.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Title, where it could be read.
    pub title: String,
    /// Id and version, where they could be read.
    pub id: Option<(Slug, u32)>,
    /// Every problem, in the order of files and places.
    pub problems: Vec<Problem>,
    /// It may be imported.
    pub sound: bool,
}

impl Checked {
    /// How many mistakes.
    pub fn mistakes(&self) -> usize {
        self.problems.len() - self.warnings()
    }

    /// How many warnings.
    pub fn warnings(&self) -> usize {
        let is_warning = |p: &&Problem| p.severity == Severity::Warning;
        self.problems.iter().filter(is_warning).count()
    }
}

/// A version that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackImported")]
pub struct Imported {
    /// Pack.
    #[schemars(title = "制度代码")]
    pub id: Slug,
    /// Version.
    #[schemars(title = "版本")]
    pub version: u32,
    /// The same bytes had been imported before; nothing was written.
    #[schemars(title = "此前已导入过")]
    pub known: bool,
}

/// The name of a file, whatever folder it was read from: a pack is one folder.
pub(super) fn name_of(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

impl App {
    /// The newest version of every pack that a set of files uses.
    async fn used_by(&self, files: &[PackFile]) -> Result<Vec<Arc<Pack>>> {
        let mut out = Vec::new();
        for id in domain::pack::uses_of(files) {
            let newest = self
                .store
                .read(async |r| store::pack::pack_newest(r, &id).await)
                .await?;
            if let Some(row) = newest {
                out.push(self.pack(&row.id, row.version).await?);
            }
        }
        Ok(out)
    }
}

/// Checks files as a pack: every mistake at once, nothing is written. For those who import.
pub async fn check(ctx: &Ctx, files: &[PackFile]) -> Result<Checked> {
    ctx.allow_at_home(Action::ApplyPack)?;
    let (_, checked) = read(ctx, &named(files)?).await?;
    Ok(checked)
}

/// Reads files as a pack, with every problem.
pub(crate) async fn reading(ctx: &Ctx, files: &[PackFile]) -> Result<Reading> {
    let used = ctx.app.used_by(files).await?;
    let refs: Vec<&Pack> = used.iter().map(AsRef::as_ref).collect();
    Ok(read_all(files, &refs))
}

async fn read(ctx: &Ctx, files: &[PackFile]) -> Result<(Option<Pack>, Checked)> {
    let reading = reading(ctx, files).await?;
    let title = reading.pack.as_ref().map(|p| p.title.clone());
    let checked = Checked {
        title: title.unwrap_or_default(),
        id: reading.pack.as_ref().map(|p| (p.id.clone(), p.version)),
        sound: is_sound(&reading.problems) && reading.pack.is_some(),
        problems: reading.problems,
    };
    Ok((reading.pack, checked))
}

/// Files by their names, of which none may stand twice.
fn named(files: &[PackFile]) -> Result<Vec<PackFile>> {
    let mut out: Vec<PackFile> = Vec::with_capacity(files.len());
    for file in files {
        let name = name_of(&file.path);
        if out.iter().any(|f| f.path == name) {
            let twice = format!("有两个文件都叫“{name}”。制度包是一个文件夹，请去掉或改名后再试。");
            return Err(FieldErrors::one("files", twice));
        }
        out.push(PackFile {
            path: name.to_owned(),
            text: file.text.clone(),
        });
    }
    Ok(out)
}

/// A problem with the lines that it is about.
pub fn picture(p: &Problem, files: &[PackFile]) -> String {
    let source = files
        .iter()
        .find(|f| name_of(&f.path) == name_of(&p.file))
        .map_or("", |f| f.text.as_str());
    p.picture(source)
}

/// Keeps files as a version of a pack. A version is immutable: other bytes under a number that
/// exists are refused.
pub async fn import(ctx: &Ctx, files: &[PackFile]) -> Result<Imported> {
    import_of(ctx, files, None).await
}

/// The same of a draft: that it was made into the pack stands or falls with the import.
pub(crate) async fn import_of(
    ctx: &Ctx,
    files: &[PackFile],
    draft: Option<DraftRead>,
) -> Result<Imported> {
    if let Some(first) = ctx.begin(Verb::PackImport).await? {
        return Ok(first);
    }
    ctx.allow_at_home(Action::ApplyPack)?;
    let home = ctx.home()?;
    let files = &named(files)?;
    let (pack, checked) = read(ctx, files).await?;
    let Some(pack) = pack.filter(|_| checked.sound) else {
        return Err(Error::refused(
            crate::Code::PackMistakes,
            format!(
                "这个制度包有{}处错误，没有导入。请按下面指出的位置修改后再导入。",
                checked.mistakes()
            ),
        ));
    };
    let rows: Vec<store::pack::PackFile> = files
        .iter()
        .map(|f| store::pack::PackFile {
            path: f.path.clone(),
            text: f.text.clone(),
        })
        .collect();
    if pack.kind == PackKind::Vocabulary {
        refuse_lost_words(ctx, &pack).await?;
    }
    let elements = elements(&pack);
    let subject = format!("{}@{}", pack.id, pack.version);
    let wrote = &AtomicBool::new(false);
    let imported = ctx
        .write(Verb::PackImport, subject, async |tx| {
            // Asked in the transaction that writes, so that a double click imports it once.
            let kept = store::pack::pack_files(tx, &pack.id, pack.version).await?;
            let known = !kept.is_empty() && same_or_taken(&pack, &kept, &rows)?;
            if !known {
                store::pack::pack_insert(tx, &pack.id, pack.version, &pack.title, &rows, &elements)
                    .await?;
                wrote.store(true, Ordering::Relaxed);
            }
            let imported = Imported {
                id: pack.id.clone(),
                version: pack.version,
                known,
            };
            if let Some(draft) = draft {
                let made = (&imported.id, imported.version);
                crate::drafting::made(tx, home, draft, made).await?;
            }
            Ok::<_, Error>(imported)
        })
        .await?;
    if wrote.load(Ordering::Relaxed) && pack.kind == PackKind::Vocabulary {
        Box::pin(recount_users(ctx, home, &pack)).await?;
    }
    Ok(imported)
}

/// Lists and kinds of act of the words in use hold at once, in every county that uses them: who
/// owes may differ.
async fn recount_users(ctx: &Ctx, home: BodyId, words: &Pack) -> Result<()> {
    recount_home(ctx, home, &mut |_| ()).await?;
    let heads = ctx
        .app
        .store
        .read(async |r| store::audit::audit_heads(r).await)
        .await?;
    for other in heads.iter().map(|head| head.home).filter(|h| *h != home) {
        let world = ctx.app.world(other).await?;
        let mut packs = world.book.packs().iter();
        if packs.any(|(_, pack)| pack.uses.contains(&words.id)) {
            let subject = format!("{}@{}", words.id, words.version);
            recount_words(ctx, other, subject).await?;
        }
    }
    Ok(())
}

impl Kept for Imported {
    fn keep(&self) -> String {
        let known = if self.known { KNOWN } else { "" };
        format!("{}@{}{known}", self.id, self.version)
    }
    fn again(text: &str) -> Option<Self> {
        let (id, version) = text.split_once('@')?;
        let known = version.strip_suffix(KNOWN);
        Some(Self {
            id: id.parse().ok()?,
            version: known.unwrap_or(version).parse().ok()?,
            known: known.is_some(),
        })
    }
}

/// Stands behind the version, where an import wrote nothing.
const KNOWN: &str = " known";

/// The same bytes under a number that exists are known already; other bytes are refused. What was
/// kept with the folder that it was read from is compared by the names of its files.
fn same_or_taken(
    pack: &Pack,
    kept: &[store::pack::PackFile],
    rows: &[store::pack::PackFile],
) -> Result<bool> {
    let by_name = |f: &store::pack::PackFile| store::pack::PackFile {
        path: name_of(&f.path).to_owned(),
        text: f.text.clone(),
    };
    let kept: Vec<_> = kept.iter().map(by_name).collect();
    if store::pack::pack_sha(&kept) == store::pack::pack_sha(rows) {
        return Ok(true);
    }
    Err(Error::refused(
        crate::Code::PackVersionTaken,
        format!(
            "{}第{}版已经导入过，内容不同。版本一经导入不能改动，请把版本（version）改为更大的数。",
            pack.id, pack.version
        ),
    ))
}

/// Words that packs in the store use are not taken away from them: they could not be read again.
async fn refuse_lost_words(ctx: &Ctx, new: &Pack) -> Result<()> {
    let packs = ctx
        .app
        .store
        .read(async |r| store::pack::packs_list(r).await)
        .await?;
    let versions = packs.iter().map(|row| (row.id.clone(), row.version));
    let newest: BTreeMap<Slug, u32> = versions.fold(BTreeMap::new(), |mut all, (id, version)| {
        let held = all.entry(id).or_insert(version);
        *held = version.max(*held);
        all
    });
    for row in packs {
        let files = ctx
            .app
            .store
            .read(async |r| store::pack::pack_files(r, &row.id, row.version).await)
            .await?;
        let files: Vec<PackFile> = files
            .into_iter()
            .map(|f| PackFile {
                path: f.path,
                text: f.text,
            })
            .collect();
        let uses = domain::pack::uses_of(&files);
        if !uses.contains(&new.id) {
            continue;
        }
        let mut others = Vec::new();
        for id in uses.iter().filter(|id| **id != new.id) {
            let version = newest.get(id).copied().unwrap_or_default();
            others.push(ctx.app.pack(id, version).await?);
        }
        let used = others.iter().map(AsRef::as_ref).chain([new]);
        if let Err(problems) = domain::pack::read(&files, &used.collect::<Vec<_>>()) {
            let first = problems.0.first().map(|p| p.message.clone());
            return Err(Error::refused(
                crate::Code::PackWordsInUse,
                format!(
                    "{}第{}版还在使用其中的词，换成这一版后它将读不出（{}等{}处）。请保留这些词。",
                    row.id,
                    row.version,
                    first.unwrap_or_default(),
                    problems.0.len()
                ),
            ));
        }
    }
    Ok(())
}

/// Versions of packs of a county whose index is not what their files say.
pub(crate) async fn indexes_astray(
    app: &App,
    r: &store::Read,
    home: BodyId,
) -> Result<Vec<String>> {
    let mut out = Vec::new();
    let packs = store::pack::packs_list(r).await?;
    for row in packs.into_iter().filter(|row| row.home == home) {
        let name = format!("{}|{}", row.id, row.version);
        let kept = store::pack::pack_elements(r, &row.id, row.version).await;
        let wanted = app.pack(&row.id, row.version).await;
        match (kept, wanted) {
            (Ok(kept), Ok(pack)) if kept == elements(&pack) => {}
            (Ok(_) | Err(_), Ok(_) | Err(_)) => out.push(name),
        }
    }
    Ok(out)
}

/// The index of elements, so that a clause's elements are found without reading the pack.
fn elements(pack: &Pack) -> Vec<store::pack::PackElement> {
    let one = |kind: &str, id: &Slug, title: &str, clauses: &[String]| store::pack::PackElement {
        kind: kind.to_owned(),
        element: id.to_string(),
        title: title.to_owned(),
        clauses: clauses.to_vec(),
    };
    let mut out = Vec::new();
    for d in &pack.duties {
        out.push(one(
            if d.task { "task" } else { "duty" },
            &d.id,
            &d.title,
            &d.clauses,
        ));
    }
    out.extend(
        pack.standing
            .iter()
            .map(|e| one("standing", &e.id, &e.title, &e.clauses)),
    );
    out.extend(
        pack.phases
            .iter()
            .map(|e| one("phase", &e.id, &e.title, &e.clauses)),
    );
    out.extend(
        pack.limits
            .iter()
            .map(|e| one("limit", &e.id, &e.title, &e.clauses)),
    );
    out.extend(
        pack.forms
            .iter()
            .map(|e| one("form", &e.id, &e.title, &e.clauses)),
    );
    out.extend(
        pack.rules
            .iter()
            .map(|e| one("rule", &e.id, &e.title, &e.clauses)),
    );
    out.extend(pack.acts.iter().map(|e| one("act", &e.id, &e.title, &[])));
    out
}
