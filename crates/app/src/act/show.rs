//! One act with all its versions, as of the day looked at.

use chrono::NaiveDate;
use domain::act::{Act, ActStep, FieldValue, Judged, Part, Step};
use domain::calendar::Period;
use domain::calendar::words::{chinese_date, period_name};
use domain::id::{ActId, BodyId, Slug};
use domain::pack::FieldKind;
use domain::policy::Action;

use super::list::{headline, mark};
use super::power;
use super::record::{obligation, oldest};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::words;
use crate::world::{NOW, World};

/// A field as shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldSeen {
    /// Title.
    pub title: String,
    /// Value in words.
    pub value: String,
}

/// A part as shown.
#[derive(Debug, Clone)]
pub struct PartSeen {
    /// 带队, 主持…
    pub role: &'static str,
    /// Body, with the post.
    pub name: String,
    /// The body, for its page.
    pub body: BodyId,
}

/// A version as shown.
#[derive(Debug, Clone)]
pub struct VersionSeen {
    /// Number.
    pub version: i64,
    /// 记录, 更正…
    pub step: &'static str,
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
    /// Why.
    pub reason: String,
    /// What changed against the version before: 方式：例行 → 四不两直.
    pub changes: Vec<String>,
}

/// The page of an act.
#[derive(Debug, Clone)]
pub struct ActPage {
    /// The act.
    pub id: ActId,
    /// Version to quote in a change.
    pub version: i64,
    /// Kind.
    pub kind: String,
    /// Title.
    pub headline: String,
    /// Day.
    pub day: String,
    /// Period, or empty.
    pub period: String,
    /// 待审核, 已撤回…
    pub mark: &'static str,
    /// Fields.
    pub fields: Vec<FieldSeen>,
    /// Parts.
    pub parts: Vec<PartSeen>,
    /// What it counts for, of what the person may see.
    pub meets: Vec<super::Meets>,
    /// For how many more it counts, of others whose standing the person may not see.
    pub more_meets: usize,
    /// Versions, newest first.
    pub versions: Vec<VersionSeen>,
    /// Files: id, name, size as shown.
    pub files: Vec<crate::file::FileSeen>,
    /// Last day to answer, when sent back.
    pub answer_by: Option<String>,
    /// May be amended or withdrawn.
    pub may_amend: bool,
    /// May be accepted or sent back.
    pub may_judge: bool,
    /// May be submitted again.
    pub may_submit_again: bool,
}

/// A part in words: body, or body and post.
pub(crate) fn part_name(world: &World, part: &Part, on: NaiveDate) -> String {
    let body = world.structure.name(part.body, on);
    let post = part.post.and_then(|p| world.structure.post(p));
    post.map_or_else(|| body.to_owned(), |p| format!("{body}{}", p.title))
}

/// The title of a value in any list that a field of this name uses; the text itself otherwise.
pub fn value_title(world: &World, field: &Slug, value: &str) -> String {
    for kind in world.act_kinds() {
        let decl = kind.fields.iter().find(|f| f.id == *field);
        if let Some(FieldKind::Choice(list) | FieldKind::Choices(list)) = decl.map(|d| &d.kind)
            && let Some((_, title)) = world.values(list).iter().find(|(id, _)| id == value)
        {
            return title.clone();
        }
    }
    value.to_owned()
}

/// The title of a field in one of some kinds.
pub fn field_title(world: &World, kinds: &[Slug], field: &Slug) -> String {
    kinds
        .iter()
        .filter_map(|k| world.act_kind(k.as_str()))
        .flat_map(|k| &k.fields)
        .find(|f| f.id == *field)
        .map_or_else(|| field.to_string(), |f| f.title.clone())
}

fn shown(world: &World, field: &Slug, value: &FieldValue) -> String {
    match value {
        FieldValue::Flag(flag) => (if *flag { "是" } else { "否" }).to_owned(),
        FieldValue::Number(n) => n.to_string(),
        FieldValue::Text(text) => value_title(world, field, text),
        FieldValue::Many(all) => {
            let titles: Vec<String> = all.iter().map(|v| value_title(world, field, v)).collect();
            titles.join("、")
        }
    }
}

/// The page of an act.
pub async fn show(ctx: &Ctx, id: ActId) -> Result<ActPage> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    let history = ctx
        .app
        .store
        .read(async |r| store::act::act_find(r, id).await)
        .await?;
    let seq = ctx.as_of_seq(who.home).await?.unwrap_or(NOW);
    let history = history
        .filter(|h| h.act.home == who.home)
        .and_then(|h| known_by(h, seq))
        .ok_or(Error::NotFound("这条记录"))?;
    let act = &history.act;
    power::visible(ctx, &world, act)?;
    let on = act.occurred_on;
    let (meets, more_meets) = counted_for(ctx, &world, act, seq).await?;
    let files = crate::file::files_of(ctx, &id.to_string()).await?;
    let judged = act.judged();
    let may = |action| ctx.as_of.is_none() && power::may(ctx, &world, action, act);
    let own = who.decider().is_own(&world.structure, act, ctx.today);
    let takes = |step| act.take(step).is_ok();
    Ok(ActPage {
        id,
        version: act.version,
        kind: act.kind.to_string(),
        headline: headline(&world, act),
        day: chinese_date(on),
        period: act.period.map(period_name).unwrap_or_default(),
        mark: mark(act),
        fields: fields_seen(&world, act),
        parts: parts_seen(&world, act),
        meets,
        more_meets,
        versions: versions(&world, &history),
        files,
        answer_by: match judged {
            Judged::SentBack { answer_by, .. } => answer_by.map(chinese_date),
            Judged::Waiting(_) | Judged::Accepted(_) => None,
        },
        may_amend: takes(Step::Amend) && may(Action::AmendAct),
        may_judge: takes(Step::Accept) && !own && may(Action::JudgeReturn),
        may_submit_again: takes(Step::SubmitAgain { on: ctx.today }) && may(Action::RecordAct),
    })
}

fn fields_seen(world: &World, act: &Act) -> Vec<FieldSeen> {
    let decls = world
        .act_kind(act.kind.as_str())
        .map_or(&[][..], |k| k.fields.as_slice());
    decls
        .iter()
        .filter_map(|d| {
            act.fields.get(&d.id).map(|v| FieldSeen {
                title: d.title.clone(),
                value: shown(world, &d.id, v),
            })
        })
        .collect()
}

fn parts_seen(world: &World, act: &Act) -> Vec<PartSeen> {
    act.parts
        .iter()
        .map(|p| PartSeen {
            role: words::part_role(p.role),
            name: part_name(world, p, act.occurred_on),
            body: p.body,
        })
        .collect()
}

/// What was known of an act by a link of the chain: nothing before it was recorded, no version
/// that came later.
fn known_by(mut history: store::act::ActHistory, seq: i64) -> Option<store::act::ActHistory> {
    history.versions.retain(|v| v.seq <= seq);
    let last = history.versions.last()?;
    let events: Vec<_> = history.versions.iter().map(|v| v.event.clone()).collect();
    history.act = Act {
        occurred_on: last.occurred_on,
        period: last.period,
        version: last.version,
        withdrawn: events.iter().any(|e| e.step == ActStep::Withdraw),
        fields: last.fields.clone(),
        parts: last.parts.clone(),
        events,
        ..history.act
    };
    Some(history)
}

/// What an act counts for, as far as the person may see the standing, and how much more there is.
async fn counted_for(
    ctx: &Ctx,
    world: &World,
    act: &Act,
    seq: i64,
) -> Result<(Vec<super::Meets>, usize)> {
    let mut rows = ctx
        .app
        .store
        .read(async |r| store::counted::counted_of_act(r, act.id, seq).await)
        .await?;
    let facts = ctx.app.facts(ctx, world, oldest(ctx, &rows)).await?;
    rows = facts.takes(&world.book, rows);
    let all = rows.len();
    rows.retain(|row| super::record::standing_seen(ctx, world, row));
    let more = all - rows.len();
    let found = rows.iter().filter_map(|row| {
        let (line, ob) = obligation(world, &row.key)?;
        let shown = crate::duty::item(world, line, &ob, &facts);
        Some(super::Meets {
            title: shown.title.clone(),
            clauses: shown.clauses.clone(),
            owner_name: shown.owner_name.clone(),
            period_name: domain::calendar::words::period_name(row.key.period),
            before: shown.share(),
            after: shown.share(),
            turns_met: false,
            met_before: shown.is_done(),
            key: row.key.clone(),
        })
    });
    Ok((found.collect(), more))
}

fn versions(world: &World, history: &store::act::ActHistory) -> Vec<VersionSeen> {
    let mut out = Vec::new();
    for (i, v) in history.versions.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|j| history.versions.get(j));
        out.push(VersionSeen {
            version: v.version,
            step: words::act_step(v.event.step),
            by: v
                .person
                .map_or_else(|| "系统".to_owned(), |p| world.person_name(p).to_owned()),
            at: words::instant(v.at),
            reason: v.reason.clone(),
            changes: before
                .map(|b| changes(world, history, b, v))
                .unwrap_or_default(),
        });
    }
    out.reverse();
    out
}

fn changes(
    world: &World,
    history: &store::act::ActHistory,
    old: &store::act::ActVersion,
    new: &store::act::ActVersion,
) -> Vec<String> {
    let decls = world
        .act_kind(history.act.kind.as_str())
        .map_or(&[][..], |k| k.fields.as_slice());
    let mut out = Vec::new();
    if old.occurred_on != new.occurred_on {
        let (before, after) = (chinese_date(old.occurred_on), chinese_date(new.occurred_on));
        out.push(format!("日期：{before} → {after}"));
    }
    if old.period != new.period {
        let name = |p: Option<Period>| p.map_or_else(|| "（空）".to_owned(), period_name);
        out.push(format!(
            "所报期：{} → {}",
            name(old.period),
            name(new.period)
        ));
    }
    for decl in decls {
        let before = old.fields.get(&decl.id).map(|v| shown(world, &decl.id, v));
        let after = new.fields.get(&decl.id).map(|v| shown(world, &decl.id, v));
        if before != after {
            let word = |v: Option<String>| v.unwrap_or_else(|| "（空）".to_owned());
            out.push(format!(
                "{}：{} → {}",
                decl.title,
                word(before),
                word(after)
            ));
        }
    }
    let names = |v: &store::act::ActVersion| -> Vec<String> {
        v.parts
            .iter()
            .map(|p| {
                let name = part_name(world, p, history.act.occurred_on);
                format!("{}{name}", words::part_role(p.role))
            })
            .collect()
    };
    let (before, after) = (names(old), names(new));
    out.extend(
        after
            .iter()
            .filter(|n| !before.contains(n))
            .map(|n| format!("增加：{n}")),
    );
    out.extend(
        before
            .iter()
            .filter(|n| !after.contains(n))
            .map(|n| format!("去掉：{n}")),
    );
    out
}
