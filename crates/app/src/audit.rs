//! The audit trail: read, filtered, proven.

use chrono::NaiveDate;
use domain::id::{ActId, BodyId, PersonId};
use domain::policy::Action;
use domain::weigh::Counted;
use store::audit::{AuditEntry, AuditFilter};
use store::audit_verify::{FINDINGS_MAX, FindingKind, Verdict};

use crate::counted::{Astray, astray};
use crate::ctx::{App, Ctx};
use crate::error::{Error, Result};
use crate::words;
use crate::world::World;

/// Rows a page.
pub const PAGE: usize = 50;

/// A link as shown.
#[derive(Debug, Clone)]
pub struct LinkSeen {
    /// Number.
    pub seq: i64,
    /// When.
    pub at: String,
    /// Who.
    pub by: String,
    /// What.
    pub verb: &'static str,
    /// To what, with its page where it has one.
    pub subject: String,
    /// The page of the subject, or empty.
    pub path: String,
    /// How many rows changed.
    pub rows: usize,
    /// The first characters of its hash.
    pub hash: String,
}

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Only what this person did.
    pub person: Option<PersonId>,
    /// Only this verb, or those of a noun: `act.`.
    pub verb: Option<String>,
    /// Only this subject.
    pub subject: Option<String>,
    /// Only this day.
    pub day: Option<NaiveDate>,
    /// The number after which the page begins.
    pub after: Option<i64>,
}

/// A page of the trail.
#[derive(Debug, Clone)]
pub struct Trail {
    /// Links, newest first.
    pub links: Vec<LinkSeen>,
    /// Number to ask the next page with.
    pub next: Option<i64>,
    /// How many: a number, or 1000+.
    pub count: String,
    /// People who can be chosen as a filter.
    pub people: Vec<(PersonId, String)>,
}

/// A page of the trail.
pub async fn trail(ctx: &Ctx, query: &AuditQuery) -> Result<Trail> {
    ctx.allow_at_home(Action::ViewAudit)?;
    let home = ctx.who()?.home;
    let world = ctx.app.world(home).await?;
    let filter = AuditFilter {
        person: query.person,
        verb: query.verb.clone().filter(|v| !v.is_empty()),
        subject: query.subject.clone().filter(|s| !s.is_empty()),
        day: query.day,
    };
    let page = ctx
        .app
        .store
        .read(async |r| store::audit::audit_page(r, home, &filter, query.after, PAGE).await)
        .await?;
    let mut people: Vec<(PersonId, String)> = world
        .people
        .values()
        .map(|p| (p.id, format!("{}（{}）", p.name, p.login)))
        .collect();
    people.sort_by(|a, b| a.1.cmp(&b.1));
    Ok(Trail {
        links: page.items.iter().map(|l| seen(&world, l)).collect(),
        next: page.next,
        count: page.count.to_string(),
        people,
    })
}

fn seen(world: &World, link: &AuditEntry) -> LinkSeen {
    let person = link.person.map(|p| world.person_name(p).to_owned());
    let by = match (person, &link.operator) {
        (Some(name), Some(operator)) => format!("{name}（由{operator}在命令行代办）"),
        (Some(name), None) => name,
        (None, Some(operator)) => format!("系统（{operator}）"),
        (None, None) => "系统".to_owned(),
    };
    let path = match link.subject.split_once('_').map(|(prefix, _)| prefix) {
        Some("act") => format!("/acts/{}", link.subject),
        Some("body") => format!("/bodies/{}", link.subject),
        Some("post") => format!("/posts/{}", link.subject),
        Some("person") => format!("/system/people/{}", link.subject),
        Some("reset") => format!("/system/resets/{}", link.subject),
        Some("ruling") => format!("/rulings/{}", link.subject),
        Some(_) | None => String::new(),
    };
    LinkSeen {
        seq: link.seq,
        at: words::instant(link.at),
        by,
        verb: words::verb(&link.verb),
        subject: link.subject.clone(),
        path,
        rows: link.rows.len(),
        hash: link.hash.chars().take(12).collect(),
    }
}

/// One link with its rows.
#[derive(Debug, Clone)]
pub struct LinkPage {
    /// The link.
    pub link: LinkSeen,
    /// Its whole hash.
    pub hash: String,
    /// The hash of the link before.
    pub prev: String,
    /// Rows: table, key, version, hash.
    pub rows: Vec<(String, String, i64, String)>,
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
        hash: found.hash.clone(),
        prev: found.prev.clone(),
        rows: found
            .rows
            .iter()
            .map(|r| (r.table.clone(), r.key.clone(), r.version, r.hash.clone()))
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
    /// What could not be proven.
    pub unproven: Option<String>,
}

/// Proves the county's chain: links, data rows, the head file.
pub async fn verify(ctx: &Ctx) -> Result<Proof> {
    ctx.allow_at_home(Action::ViewAudit)?;
    let home = ctx.who()?.home;
    let heads = match &ctx.app.settings.head_file {
        Some(path) => Some(store::Heads::read(path)?),
        None => None,
    };
    Ok(prove(&ctx.app, home, heads.as_ref()).await?.1)
}

/// Proves a chain and the rows that are derived from what it proves.
pub async fn prove(
    app: &App,
    home: BodyId,
    heads: Option<&store::Heads>,
) -> Result<(Verdict, Proof)> {
    let verdict = app
        .store
        .read(async |r| store::audit_verify::audit_verify(r, home, heads).await)
        .await?;
    let astray = match derived_rows(app, home).await {
        Ok(astray) => astray,
        // A row that does not read is named by the verdict; nothing can be computed from it.
        Err(_) if !verdict.is_clean() => Astray::default(),
        Err(other) => return Err(other),
    };
    let proof = proof(&verdict, &astray);
    Ok((verdict, proof))
}

async fn derived_rows(app: &App, home: BodyId) -> Result<Astray> {
    let world = app.world(home).await?;
    app.store.read(async |r| astray(r, &world).await).await
}

fn derived(astray: &Astray) -> impl Iterator<Item = String> {
    let counted = |word: &'static str| {
        move |row: &Counted| {
            let Counted {
                pack,
                duty,
                owner,
                period,
                act,
                ..
            } = row;
            format!("计入情况{word}：counted {pack}/{duty}|{owner}|{period}|{act}")
        }
    };
    let extra = astray.extra.iter().map(counted("未经系统写入"));
    let missing = astray.missing.iter().map(counted("被删除"));
    let parts = |act: &ActId| format!("记录的参与单位索引被改动：act_part {act}");
    extra.chain(missing).chain(astray.acts.iter().map(parts))
}

/// A verdict in words.
fn proof(verdict: &Verdict, astray: &Astray) -> Proof {
    let mut findings: Vec<String> = verdict
        .findings
        .iter()
        .map(|f| {
            let seq = f
                .seq
                .map(|n| format!("（第{n}号记录）"))
                .unwrap_or_default();
            format!("{}：{} {}{seq}", finding(f.kind), f.table, f.key)
        })
        .collect();
    let more = if verdict.more > 0 {
        format!("，另有{}处未列出", verdict.more)
    } else {
        String::new()
    };
    let clean = verdict.is_clean() && *astray == Astray::default();
    let all = verdict.findings.len() + astray.extra.len() + astray.missing.len();
    let result = if clean {
        "没有发现改动、缺失或调换".to_owned()
    } else {
        format!("发现{}处问题{more}", all + astray.acts.len())
    };
    findings.extend(derived(astray).take(FINDINGS_MAX));
    Proof {
        clean,
        summary: format!(
            "核对了{}条审计记录、{}行数据，{result}。",
            verdict.links, verdict.rows
        ),
        findings,
        unproven: (!verdict.tail_proven).then(|| {
            "没有库外的链头文件，末尾若被整段截去将无从发现。请在配置中设置链头文件。".to_owned()
        }),
    }
}

/// A kind of finding.
pub const fn finding(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::AlteredRow => "数据被改动",
        FindingKind::RemovedRow => "数据被删除",
        FindingKind::UnlinkedRow => "数据未经系统写入",
        FindingKind::AlteredLink => "审计记录被改动",
        FindingKind::MissingLink => "审计记录缺失",
        FindingKind::MovedLink => "审计记录被调换",
        FindingKind::CutTail => "审计记录末尾被截去",
        FindingKind::HeadDiffers => "链头与末条不一致",
    }
}
