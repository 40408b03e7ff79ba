//! The audit trail: read, filtered, proven.

use chrono::NaiveDate;
use domain::id::{BodyId, PersonId};
use domain::instant::Instant;
use domain::listing::PageSize;
use domain::policy::Action;
use domain::weigh::Counted;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::audit::{AuditEntry, AuditFilter};
use store::audit_verify::{FINDINGS_MAX, Finding, FindingKind, Note, Verdict};

use crate::counted::{Astray, astray};
use crate::ctx::{App, Ctx};
use crate::door::operations;
use crate::error::{Error, Result};
use crate::listed::{Listed, PageAsked};
use crate::verb::Verb;
use crate::words;
use crate::world::World;

/// Longest subject or verb looked for, in characters.
const FILTER_LONGEST: usize = 80;
/// Parts of a key: the number of the link.
const KEY_PARTS: usize = 1;

operations! {
    Read "audit.list" GET "/audit" "审计记录" [ViewAudit]
        ListLinks => ["links": LinkSeen] = trail;
    Read "audit.link" GET "/audit/{seq}" "一条审计记录和它封存的数据行" [ViewAudit]
        OneLink => {"link": LinkPage} = link(seq);
}

/// A link of the chain.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "AuditLink")]
pub struct LinkSeen {
    /// Number.
    #[schemars(title = "号")]
    pub seq: i64,
    /// When.
    #[schemars(title = "时间")]
    pub at: Instant,
    /// Who acted.
    pub person: Option<PersonId>,
    /// The name of who acted.
    #[schemars(title = "谁")]
    pub by: Option<String>,
    /// The system's user name, where it was done at the server; the token, where a program did it.
    #[schemars(title = "操作员")]
    pub operator: Option<String>,
    /// A program of the person did it, with a token.
    pub by_program: bool,
    /// What, as the trail names it.
    #[schemars(title = "做了什么")]
    pub verb: String,
    /// To what.
    #[schemars(title = "对象")]
    pub subject: String,
    /// How many rows changed.
    #[schemars(title = "行数")]
    pub rows: usize,
    /// Its hash.
    #[schemars(title = "校验码")]
    pub hash: String,
}

/// Which links to list, newest first.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListLinks {
    /// Only what this person did.
    #[schemars(title = "人员编号")]
    pub person: Option<PersonId>,
    /// Only this verb, or those of a noun: `act.`.
    #[schemars(title = "做了什么", length(max = FILTER_LONGEST))]
    pub verb: Option<String>,
    /// Only this subject.
    #[schemars(title = "对象编号", length(max = FILTER_LONGEST))]
    pub subject: Option<String>,
    /// Only this day.
    #[schemars(title = "哪一天")]
    pub day: Option<NaiveDate>,
    /// Where the page begins.
    #[schemars(title = "接着哪一页")]
    pub page: Option<String>,
    /// How many rows it holds.
    #[schemars(title = "每页行数")]
    pub size: Option<PageSize>,
}

/// Which link.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneLink {
    /// Its number.
    #[schemars(title = "号", range(min = 1))]
    pub seq: i64,
}

/// A page of the trail.
pub async fn trail(ctx: &Ctx, asked: ListLinks) -> Result<Listed<LinkSeen>> {
    ctx.allow_at_home(Action::ViewAudit)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let list = ("audit.list", "newest", KEY_PARTS);
    let turn = PageAsked::read(list, asked.page.as_deref(), asked.size)?;
    let filter = AuditFilter {
        person: asked.person,
        verb: asked.verb.filter(|v| !v.is_empty()),
        subject: asked.subject.filter(|s| !s.is_empty()),
        day: asked.day,
    };
    let page = ctx
        .app
        .store
        .read(async |r| store::audit::audit_page(r, home, &filter, &turn.turn()).await)
        .await?;
    Ok(turn.answer(page, |link| seen(&world, &link)))
}

/// Somebody whose links can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The user name.
    pub login: String,
}

/// Those whose links can be asked for, by name.
pub async fn known(ctx: &Ctx) -> Result<Vec<Known>> {
    ctx.allow_at_home(Action::ViewAudit)?;
    let world = ctx.app.world(ctx.who()?.home).await?;
    let people = world.people.values().map(|p| Known {
        id: p.id,
        name: p.name.clone(),
        login: p.login.clone(),
    });
    let mut people: Vec<Known> = people.collect();
    people.sort_by(|a, b| (&a.name, &a.login).cmp(&(&b.name, &b.login)));
    Ok(people)
}

fn is_program(operator: &str) -> bool {
    operator.starts_with(crate::ctx::TOKEN_MARK)
}

fn seen(world: &World, link: &AuditEntry) -> LinkSeen {
    LinkSeen {
        seq: link.seq,
        at: Instant::at(link.at),
        person: link.person,
        by: link.person.map(|p| world.person_name(p).to_owned()),
        operator: link.operator.clone(),
        by_program: link.operator.as_deref().is_some_and(is_program),
        verb: link.verb.clone(),
        subject: link.subject.clone(),
        rows: link.rows.len(),
        hash: link.hash.clone(),
    }
}

/// A row that a link seals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "AuditRow")]
pub struct RowSeen {
    /// Its table.
    pub table: String,
    /// Its key.
    pub key: String,
    /// Its version.
    pub version: i64,
    /// The hash of the row.
    pub hash: String,
}

/// One link with its rows.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "AuditLinkPage")]
pub struct LinkPage {
    /// The link.
    pub link: LinkSeen,
    /// The hash of the link before.
    pub prev: String,
    /// Rows.
    pub rows: Vec<RowSeen>,
}

/// One link.
pub async fn link(ctx: &Ctx, seq: i64) -> Result<LinkPage> {
    ctx.allow_at_home(Action::ViewAudit)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let found = ctx
        .app
        .store
        .read(async |r| store::audit::audit_find(r, home, seq).await)
        .await?;
    let found = found.ok_or(Error::NotFound("这条审计记录"))?;
    Ok(LinkPage {
        link: seen(&world, &found),
        prev: found.prev.clone(),
        rows: found
            .rows
            .into_iter()
            .map(|r| RowSeen {
                table: r.table,
                key: r.key,
                version: r.version,
                hash: r.hash,
            })
            .collect(),
    })
}

/// What a proof came to, in words.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Nothing was found.
    pub clean: bool,
    /// 核对了…
    pub summary: String,
    /// A line a finding.
    pub findings: Vec<String>,
    /// What is no finding and should be known.
    pub notes: Vec<String>,
    /// What could not be proven.
    pub unproven: Option<String>,
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

/// Proves the county's chain: links, data rows, derived rows, files, the head file.
pub async fn verify(ctx: &Ctx) -> Result<Proof> {
    ctx.allow_at_home(Action::ViewAudit)?;
    let home = ctx.who()?.home;
    let heads = heads_of(&ctx.app)?;
    let proven = prove(&ctx.app, home, heads.as_ref(), Depth::default()).await?;
    let mut proof = proof(&proven);
    let strange = heads.as_ref().map(head_lines).unwrap_or_default();
    proof.clean &= strange.is_empty();
    proof.findings.extend(strange);
    Ok(proof)
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

fn derived(astray: &Astray) -> impl Iterator<Item = String> {
    let counted = |word: &'static str| {
        move |row: &Counted| {
            let (key, act) = (&row.key, row.act);
            format!("计入情况{word}：counted {key}|{act}")
        }
    };
    let extra = astray.extra.iter().map(counted("未经系统写入"));
    let missing = astray.missing.iter().map(counted("被删除"));
    let parts = |act: &String| format!("记录的参与单位索引被改动：act_part {act}");
    let unread = |act: &String| format!("计入情况无法读取：counted {act}");
    let stray = |(table, act): &(&str, String)| format!("所指的记录不存在：{table} {act}");
    extra
        .chain(missing)
        .chain(astray.acts.iter().map(parts))
        .chain(astray.unread.iter().map(unread))
        .chain(astray.strays.iter().map(stray))
}

/// What is strange about the lines of a head file.
pub fn head_lines(heads: &store::Heads) -> Vec<String> {
    let mut out = Vec::new();
    if heads.unread() > 0 {
        out.push(format!("链头文件有{}行无法读取", heads.unread()));
    }
    for line in heads.twice().iter().take(FINDINGS_MAX) {
        out.push(format!(
            "链头文件对同一条记录有两种说法：{} 第{}号",
            line.home, line.seq
        ));
    }
    out
}

/// A proof in words.
pub fn proof(proven: &Proven) -> Proof {
    let verdict = &proven.verdict;
    let mut findings: Vec<String> = verdict.findings.iter().map(finding_line).collect();
    let mut more = verdict.more;
    match &proven.astray {
        Some(astray) => {
            findings.extend(derived(astray));
            more += astray.more;
        }
        None => findings.push("有数据无法读取，计入情况没有核对".to_owned()),
    }
    let index = |pack: &String| format!("制度条目索引被改动：pack_element {pack}");
    match &proven.indexes {
        Some(indexes) => findings.extend(indexes.iter().map(index)),
        None => findings.push("有数据无法读取，制度条目没有核对".to_owned()),
    }
    let clean = proven.is_clean();
    let left_out = if more > 0 {
        format!("，另有{more}处未列出")
    } else {
        String::new()
    };
    let result = if clean {
        "没有发现改动、缺失或调换".to_owned()
    } else {
        format!("发现{}处问题{left_out}", findings.len())
    };
    Proof {
        clean,
        summary: format!(
            "核对了{}条审计记录、{}行数据、{}个附件，{result}。",
            verdict.links, verdict.rows, proven.files
        ),
        findings,
        notes: verdict.notes.iter().map(note).collect(),
        unproven: (!verdict.tail_proven).then(|| {
            "没有库外的链头文件，末尾若被整段截去将无从发现。请在配置中设置链头文件。".to_owned()
        }),
    }
}

/// One finding in words.
pub fn finding_line(f: &Finding) -> String {
    let seq = f
        .seq
        .map(|n| format!("（第{n}号记录）"))
        .unwrap_or_default();
    format!("{}：{} {}{seq}", finding(f.kind), f.table, f.key)
}

fn note(note: &Note) -> String {
    match note {
        Note::HeadBehind(links) => {
            format!("链头文件比数据库少{links}条，末尾这几条还没有库外的凭证")
        }
        Note::ClockSetBack { seq, by_ms } => format!(
            "第{seq}号记录起，时钟由操作员改回（此前快了{}）",
            words::span_ms(*by_ms)
        ),
        Note::Adopted(seq) => {
            format!("第{seq}号记录之前的计入情况，由该次升级按当时的样子纳入，更早的变化不能证明")
        }
        Note::Unadopted => "上次升级没有做完，请执行 bihuan migrate".to_owned(),
    }
}

/// A kind of finding.
pub const fn finding(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::AlteredRow => "数据被改动",
        FindingKind::RemovedRow => "数据被删除",
        FindingKind::UnlinkedRow => "数据未经系统写入",
        FindingKind::DerivedRow => "推算数据与审计记录不一致",
        FindingKind::AlteredLink => "审计记录被改动",
        FindingKind::MissingLink => "审计记录缺失",
        FindingKind::MovedLink => "审计记录被调换",
        FindingKind::TimeBack => "审计记录的时间倒退",
        FindingKind::CutTail => "审计记录末尾被截去",
        FindingKind::HeadAhead => "数据库比链头文件旧",
        FindingKind::HeadDiffers => "链头与末条不一致",
        FindingKind::LostFile => "附件文件丢失",
        FindingKind::AlteredFile => "附件文件被改动",
    }
}

/// What was accepted.
#[derive(Debug, Clone)]
pub struct AcceptedHeads {
    /// The counties of the database.
    pub counties: Vec<BodyId>,
    /// Where the old file is.
    pub set_aside: Option<std::path::PathBuf>,
}

/// After a restore: the head file is set aside, a new one begins with what the database has, and
/// each chain gets a link that says by whom and why, and which numbers are gone.
///
/// For the console only.
pub async fn accept_heads(ctx: &Ctx, reason: &str) -> Result<AcceptedHeads> {
    ctx.at_console()?;
    let reason = crate::act::reason(reason)?;
    let apart = ctx.app.store.heads_apart().await?;
    if apart.is_empty() {
        return Err(Error::refused(
            crate::Code::HeadsTogether,
            "链头文件与数据库相符，无须确认。",
        ));
    }
    let heads = ctx
        .app
        .store
        .read(async |r| store::audit::audit_heads(r).await)
        .await?;
    // Every county that the file knows otherwise stands in every link: one may be gone as a whole.
    let lost: Vec<String> = apart
        .iter()
        .map(|a| format!("{} {}→{}", a.home, a.file, a.chain))
        .collect();
    let subject = format!("{reason}（{}）", lost.join("，"));
    let mut counties = Vec::new();
    for head in heads {
        ctx.writing(Verb::AuditAcceptHeads, head.home, subject.clone())
            .not_before(head.at)
            .run(async |tx| {
                tx.note();
                Ok(())
            })
            .await?;
        counties.push(head.home);
    }
    // Last: where it is not reached, the file still differs and all of it is done again.
    let set_aside = ctx.app.store.begin_heads(ctx.now).await?;
    Ok(AcceptedHeads {
        counties,
        set_aside,
    })
}
