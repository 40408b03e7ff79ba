//! Reading a pack from files: checked as a whole, then kept as an immutable version.

use std::sync::Arc;

use domain::id::{BodyId, Slug};
use domain::pack::{Pack, PackFile, Problem, Severity, is_sound, read_all};
use domain::policy::Action;

use crate::ctx::{App, Ctx};
use crate::error::{Error, Result};

/// What the checker says.
#[derive(Debug, Clone)]
pub struct Checked {
    /// Title, where it could be read.
    pub title: String,
    /// Id and version, where they could be read.
    pub id: Option<(Slug, u32)>,
    /// How many mistakes.
    pub mistakes: usize,
    /// How many warnings.
    pub warnings: usize,
    /// Every problem with its picture, ready to print.
    pub pictures: Vec<String>,
    /// It may be imported.
    pub sound: bool,
}

/// A version that was kept.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Pack.
    pub id: Slug,
    /// Version.
    pub version: u32,
    /// The same bytes had been imported before; nothing was written.
    pub known: bool,
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

/// Checks files as a pack: every mistake at once, nothing is written.
pub async fn check(ctx: &Ctx, files: &[PackFile]) -> Result<Checked> {
    ctx.allow_at_home(Action::ViewPack)?;
    let (_, checked) = read(ctx, files).await?;
    Ok(checked)
}

async fn read(ctx: &Ctx, files: &[PackFile]) -> Result<(Option<Pack>, Checked)> {
    let used = ctx.app.used_by(files).await?;
    let refs: Vec<&Pack> = used.iter().map(AsRef::as_ref).collect();
    let reading = read_all(files, &refs);
    let sound = is_sound(&reading.problems) && reading.pack.is_some();
    let picture = |p: &Problem| {
        let source = files
            .iter()
            .find(|f| f.path == p.file)
            .map_or("", |f| f.text.as_str());
        p.picture(source)
    };
    let warnings = reading
        .problems
        .iter()
        .filter(|p| p.severity == Severity::Warning)
        .count();
    let checked = Checked {
        title: reading
            .pack
            .as_ref()
            .map(|p| p.title.clone())
            .unwrap_or_default(),
        id: reading.pack.as_ref().map(|p| (p.id.clone(), p.version)),
        mistakes: reading.problems.len() - warnings,
        warnings,
        pictures: reading.problems.iter().map(picture).collect(),
        sound,
    };
    Ok((reading.pack, checked))
}

/// Keeps files as a version of a pack. A version is immutable: other bytes under a number that
/// exists are refused.
pub async fn import(ctx: &Ctx, files: &[PackFile]) -> Result<Imported> {
    let home = ctx.who()?.home;
    import_in(ctx, home, files).await
}

/// The same in a county that the caller names.
pub async fn import_in(ctx: &Ctx, home: BodyId, files: &[PackFile]) -> Result<Imported> {
    ctx.writable()?;
    ctx.allow_at_home(Action::ApplyPack)?;
    let (pack, checked) = read(ctx, files).await?;
    let Some(pack) = pack.filter(|_| checked.sound) else {
        return Err(Error::refused(
            "pack.mistakes",
            format!(
                "这个制度包有{}处错误，没有导入。请按下面指出的位置修改后再导入。",
                checked.mistakes
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
    let kept = ctx
        .app
        .store
        .read(async |r| store::pack::pack_files(r, &pack.id, pack.version).await)
        .await?;
    if !kept.is_empty() {
        let same = store::pack::pack_sha(&kept) == store::pack::pack_sha(&rows);
        if same {
            return Ok(Imported {
                id: pack.id,
                version: pack.version,
                known: true,
            });
        }
        return Err(Error::refused(
            "pack.version-taken",
            format!(
                "{}第{}版已经导入过，内容不同。版本一经导入不能改动，请把 version 改为更大的数。",
                pack.id, pack.version
            ),
        ));
    }
    let elements = elements(&pack);
    let meta = ctx.meta(home, "pack.import", format!("{}@{}", pack.id, pack.version));
    ctx.app
        .store
        .write(&meta, async |tx| {
            store::pack::pack_insert(tx, &pack.id, pack.version, &pack.title, &rows, &elements)
                .await?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(Imported {
        id: pack.id,
        version: pack.version,
        known: false,
    })
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
