//! Proving a chain: links, data rows, derived rows, files and the head file, and what came of it as
//! data.

use domain::id::BodyId;
use domain::policy::Action;
use domain::weigh::Counted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::audit_verify::{FINDINGS_MAX, Finding, FindingKind, Note, Verdict};

use crate::counted::{Astray, astray};
use crate::ctx::{App, Ctx};
use crate::error::{Error, Result};
use crate::verb::Verb;
use crate::write::Kept;

domain::codes! {
    /// What is wrong.
    FindingCode {
        /// A row is not what its last link says.
        AlteredRow = "altered-row",
        /// A row that the chain knows is gone.
        RemovedRow = "removed-row",
        /// A row that no link knows.
        UnlinkedRow = "unlinked-row",
        /// Derived rows are not those that a link opened or closed.
        DerivedRow = "derived-row",
        /// A link is not what its own hash, the next link or the head file says.
        AlteredLink = "altered-link",
        /// One or more links are gone.
        MissingLink = "missing-link",
        /// A link stands in another one's place.
        MovedLink = "moved-link",
        /// A link is stamped before the link before it.
        TimeBack = "time-back",
        /// The end was cut off.
        CutTail = "cut-tail",
        /// The database is of an earlier time than the head file.
        HeadAhead = "head-ahead",
        /// The head row does not name the last link.
        HeadDiffers = "head-differs",
        /// The bytes of an evidence file are gone.
        LostFile = "lost-file",
        /// The bytes of an evidence file are others.
        AlteredFile = "altered-file",
        /// A counted row stands that does not follow from the facts.
        CountedExtra = "counted-extra",
        /// A counted row is missing that follows from the facts.
        CountedMissing = "counted-missing",
        /// Counted rows of an act do not read.
        CountedUnread = "counted-unread",
        /// Lists find an act under others than those who did it.
        PartsAltered = "parts-altered",
        /// A row is about an act that there is not.
        StrayRow = "stray-row",
        /// The index of a pack is not what its files say.
        IndexAltered = "index-altered",
        /// What counts could not be computed, because rows do not read.
        CountedUnchecked = "counted-unchecked",
        /// Indexes of packs could not be computed, because rows do not read.
        IndexUnchecked = "index-unchecked",
        /// Lines of the head file do not read.
        HeadUnread = "head-unread",
        /// The head file says two things of one link.
        HeadTwice = "head-twice",
    }
}

domain::codes! {
    /// What is not wrong, and should be known all the same.
    NoteCode {
        /// The head file's newest line is some links behind the chain.
        HeadBehind = "head-behind",
        /// At this link an operator said that the clock was wrong.
        ClockSetBack = "clock-set-back",
        /// Before this link nothing says when derived rows were opened and closed.
        Adopted = "adopted",
        /// The last upgrade was broken off.
        Unadopted = "unadopted",
        /// That the chain was proven could not be written into it.
        Unrecorded = "unrecorded",
    }
}

impl From<FindingKind> for FindingCode {
    fn from(kind: FindingKind) -> Self {
        match kind {
            FindingKind::AlteredRow => Self::AlteredRow,
            FindingKind::RemovedRow => Self::RemovedRow,
            FindingKind::UnlinkedRow => Self::UnlinkedRow,
            FindingKind::DerivedRow => Self::DerivedRow,
            FindingKind::AlteredLink => Self::AlteredLink,
            FindingKind::MissingLink => Self::MissingLink,
            FindingKind::MovedLink => Self::MovedLink,
            FindingKind::TimeBack => Self::TimeBack,
            FindingKind::CutTail => Self::CutTail,
            FindingKind::HeadAhead => Self::HeadAhead,
            FindingKind::HeadDiffers => Self::HeadDiffers,
            FindingKind::LostFile => Self::LostFile,
            FindingKind::AlteredFile => Self::AlteredFile,
        }
    }
}

/// One thing that is wrong, with its place: a hash covers a row, so that a row is the smallest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProofFinding {
    /// What.
    #[schemars(title = "问题")]
    pub code: FindingCode,
    /// Table.
    #[schemars(title = "表")]
    pub table: Option<String>,
    /// Key of the row; for links the county and the number, or the numbers of a gap.
    #[schemars(title = "主键")]
    pub key: Option<String>,
    /// The link that tells it, where there is one.
    #[schemars(title = "号")]
    pub seq: Option<i64>,
    /// How many lines of the head file do not read.
    #[schemars(title = "行数")]
    pub lines: Option<u64>,
}

impl ProofFinding {
    fn of(code: FindingCode) -> Self {
        Self {
            code,
            table: None,
            key: None,
            seq: None,
            lines: None,
        }
    }

    fn at(code: FindingCode, table: &str, key: impl Into<String>) -> Self {
        Self {
            table: Some(table.to_owned()),
            key: Some(key.into()),
            ..Self::of(code)
        }
    }
}

impl From<&Finding> for ProofFinding {
    fn from(found: &Finding) -> Self {
        Self {
            seq: found.seq,
            ..Self::at(found.kind.into(), &found.table, &found.key)
        }
    }
}

/// What should be known of a proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProofNote {
    /// What.
    #[schemars(title = "说明")]
    pub code: NoteCode,
    /// At which link.
    #[schemars(title = "号")]
    pub seq: Option<i64>,
    /// How many links the head file is behind.
    #[schemars(title = "条数")]
    pub links: Option<i64>,
    /// How far the clock was set back, in milliseconds.
    #[schemars(title = "毫秒")]
    pub by_ms: Option<i64>,
}

impl ProofNote {
    fn of(code: NoteCode) -> Self {
        Self {
            code,
            seq: None,
            links: None,
            by_ms: None,
        }
    }
}

impl From<&Note> for ProofNote {
    fn from(note: &Note) -> Self {
        match *note {
            Note::HeadBehind(links) => Self {
                links: Some(links),
                ..Self::of(NoteCode::HeadBehind)
            },
            Note::ClockSetBack { seq, by_ms } => Self {
                seq: Some(seq),
                by_ms: Some(by_ms),
                ..Self::of(NoteCode::ClockSetBack)
            },
            Note::Adopted(seq) => Self {
                seq: Some(seq),
                ..Self::of(NoteCode::Adopted)
            },
            Note::Unadopted => Self::of(NoteCode::Unadopted),
        }
    }
}

/// What a proof came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Proof {
    /// Nothing is wrong, and nothing was left out.
    #[schemars(title = "核验通过")]
    pub clean: bool,
    /// How many links were looked at.
    #[schemars(title = "审计记录数")]
    pub links: u64,
    /// How many rows were held against them.
    #[schemars(title = "数据行数")]
    pub rows: u64,
    /// How many evidence files were looked at.
    #[schemars(title = "附件数")]
    pub files: u64,
    /// What is wrong, at most some thousands.
    #[schemars(title = "问题")]
    pub findings: Vec<ProofFinding>,
    /// How many more there are.
    #[schemars(title = "未列出的问题数")]
    pub more: u64,
    /// What should be known.
    #[schemars(title = "说明")]
    pub notes: Vec<ProofNote>,
    /// Whether a head file was there; without it a cut tail cannot be seen.
    #[schemars(title = "末尾有库外凭证")]
    pub tail_proven: bool,
}

impl Kept for Proof {
    fn keep(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
    fn again(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// How far a proof goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depth {
    /// Each byte of each evidence file is read; else only that it is there and as long as it was.
    pub files: bool,
}

/// What was proven of a county, and what is wrong.
#[derive(Debug, Clone)]
pub struct Proven {
    /// Links and rows.
    pub verdict: Verdict,
    /// Derived rows; none where they could not be computed.
    pub astray: Option<Astray>,
    /// Versions of packs whose index is not what their files say; none where none could be read.
    pub indexes: Option<Vec<String>>,
    /// Evidence files that were looked at.
    pub files: u64,
}

impl Proven {
    /// Whether nothing is wrong, and nothing was left out.
    pub fn is_clean(&self) -> bool {
        let derived = self.astray.as_ref().is_some_and(|a| a.count() == 0);
        self.verdict.is_clean() && derived && self.indexes.as_ref().is_some_and(Vec::is_empty)
    }
}

/// The head file, as the settings name it.
pub fn heads_of(app: &App) -> Result<Option<store::Heads>> {
    match &app.settings.head_file {
        Some(path) if path.is_file() => Ok(Some(store::Heads::read(path)?)),
        Some(_) | None => Ok(None),
    }
}

/// Proves the county's chain: links, data rows, derived rows, files, the head file. That it was
/// proven, and how it ended, is a link of the chain itself; where none can be written, a note of
/// the proof says so, for then what was found matters most.
pub async fn verify(ctx: &Ctx) -> Result<Proof> {
    if let Some(first) = ctx.begin(Verb::AuditVerify).await? {
        return Ok(first);
    }
    ctx.allow_at_home(Action::ViewAudit)?;
    let home = ctx.who()?.home;
    let heads = heads_of(&ctx.app)?;
    let proven = prove(&ctx.app, home, heads.as_ref(), Depth::default()).await?;
    let mut proof = proof(&proven);
    let strange = heads.as_ref().map(head_findings).unwrap_or_default();
    proof.clean &= strange.is_empty();
    proof.findings.extend(strange);
    let written = ctx.write(Verb::AuditVerify, subject(&proof), async |tx| {
        tx.note();
        Ok(proof.clone())
    });
    match written.await {
        Err(Error::Refused { .. } | Error::Unavailable | Error::Down(_)) => {
            proof.notes.push(ProofNote::of(NoteCode::Unrecorded));
            Ok(proof)
        }
        written => written,
    }
}

/// What the link of a proof is about: how many things are wrong.
fn subject(proof: &Proof) -> String {
    let found = proof.findings.len() as u64 + proof.more;
    format!("findings:{found}")
}

/// Proves a chain, the rows that are derived from what it proves, and the files. Each part looks at
/// one snapshot, so that what is written meanwhile is no finding; versions of packs never change.
/// One proof at a time: it holds two readers and needs a third one.
pub async fn prove(
    app: &App,
    home: BodyId,
    heads: Option<&store::Heads>,
    depth: Depth,
) -> Result<Proven> {
    let _turn = app
        .proving
        .acquire()
        .await
        .map_err(|e| Error::Internal(Box::new(e)))?;
    // On two cores: what is derived is held against the facts while these are held against the
    // chain. Each looks at a snapshot of its own, and neither needs the other's.
    let beside = tokio::spawn(derived_parts(app.clone(), home));
    let proven = app
        .store
        .read(async |r| {
            let mut verdict = store::audit_verify::audit_verify(r, home, heads).await?;
            let files =
                store::audit_verify::evidence_verify(&app.store, r, &mut verdict, depth.files)
                    .await?;
            Ok::<_, Error>((verdict, files))
        })
        .await;
    let (astray, indexes) = beside.await.map_err(|e| Error::Internal(Box::new(e)))?;
    let (verdict, files) = proven?;
    Ok(Proven {
        verdict,
        astray,
        indexes,
        files,
    })
}

/// What is derived against what it follows from. A row that does not read is named by the rows;
/// from it nothing can be computed, and that is said.
async fn derived_parts(app: App, home: BodyId) -> (Option<Astray>, Option<Vec<String>>) {
    let astray = app
        .store
        .read(async |r| derived_rows(&app, r, home).await)
        .await;
    let indexes = app
        .store
        .read(async |r| crate::pack::indexes_astray(&app, r, home).await)
        .await;
    if let Some(error) = astray.as_ref().err().or(indexes.as_ref().err()) {
        tracing::warn!(%error, "what is derived could not be computed");
    }
    (astray.ok(), indexes.ok())
}

async fn derived_rows(app: &App, r: &store::Read, home: BodyId) -> Result<Astray> {
    let world = app.world_at(r, home).await?;
    astray(r, &world).await
}

/// What is derived and is not what the facts say.
fn derived(astray: &Astray) -> impl Iterator<Item = ProofFinding> {
    let counted = |code| {
        move |row: &Counted| ProofFinding::at(code, "counted", format!("{}|{}", row.key, row.act))
    };
    let extra = astray.extra.iter().map(counted(FindingCode::CountedExtra));
    let missing = astray
        .missing
        .iter()
        .map(counted(FindingCode::CountedMissing));
    let parts = |act: &String| ProofFinding::at(FindingCode::PartsAltered, "act_part", act);
    let unread = |act: &String| ProofFinding::at(FindingCode::CountedUnread, "counted", act);
    let stray = |(table, act): &(&str, String)| {
        ProofFinding::at(FindingCode::StrayRow, table, act.as_str())
    };
    extra
        .chain(missing)
        .chain(astray.acts.iter().map(parts))
        .chain(astray.unread.iter().map(unread))
        .chain(astray.strays.iter().map(stray))
}

/// What is strange about the lines of a head file.
pub fn head_findings(heads: &store::Heads) -> Vec<ProofFinding> {
    let mut out = Vec::new();
    if heads.unread() > 0 {
        out.push(ProofFinding {
            lines: Some(heads.unread() as u64),
            ..ProofFinding::of(FindingCode::HeadUnread)
        });
    }
    for line in heads.twice().iter().take(FINDINGS_MAX) {
        out.push(ProofFinding {
            key: Some(line.home.to_string()),
            seq: Some(line.seq),
            ..ProofFinding::of(FindingCode::HeadTwice)
        });
    }
    out
}

/// A proof as data.
pub fn proof(proven: &Proven) -> Proof {
    let verdict = &proven.verdict;
    let mut findings: Vec<ProofFinding> = verdict.findings.iter().map(ProofFinding::from).collect();
    let mut more = verdict.more;
    match &proven.astray {
        Some(astray) => {
            findings.extend(derived(astray));
            more += astray.more;
        }
        None => findings.push(ProofFinding::of(FindingCode::CountedUnchecked)),
    }
    let index = |pack: &String| ProofFinding::at(FindingCode::IndexAltered, "pack_element", pack);
    match &proven.indexes {
        Some(indexes) => findings.extend(indexes.iter().map(index)),
        None => findings.push(ProofFinding::of(FindingCode::IndexUnchecked)),
    }
    Proof {
        clean: proven.is_clean(),
        links: verdict.links,
        rows: verdict.rows,
        files: proven.files,
        findings,
        more,
        notes: verdict.notes.iter().map(ProofNote::from).collect(),
        tail_proven: verdict.tail_proven,
    }
}
