//! The audit trail: read, filtered, proven.

mod proof;
pub mod words;

use chrono::NaiveDate;
use domain::id::{BodyId, PersonId};
use domain::instant::Instant;
use domain::listing::PageSize;
use domain::policy::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::audit::{AuditEntry, AuditFilter};

use crate::ctx::Ctx;
use crate::door::{Nothing, operations};
use crate::error::{Error, Result};
use crate::listed::{Listed, PageAsked};
use crate::verb::Verb;
use crate::world::World;

pub use proof::{
    Depth, FindingCode, NoteCode, Proof, ProofFinding, ProofNote, Proven, head_findings, heads_of,
    proof, prove, verify,
};

/// Longest subject or verb looked for, in characters.
const FILTER_LONGEST: usize = 80;
/// Parts of a key: the number of the link.
const KEY_PARTS: usize = 1;

operations! {
    Read "audit.list" GET "/audit" "审计记录" [ViewAudit]
        ListLinks => ["links": LinkSeen] = trail;
    Read "audit.link" GET "/audit/{seq}" "一条审计记录和它封存的数据行" [ViewAudit]
        OneLink => {"link": LinkPage} = link(seq);
    Write AuditVerify POST "/audit/verify"
        Nothing => {"proof": Proof} = verify_asked;
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

async fn verify_asked(ctx: &Ctx, _: Nothing) -> Result<Proof> {
    verify(ctx).await
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
