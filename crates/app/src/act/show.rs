//! One act with all its versions, and the form for recording one.

use chrono::NaiveDate;
use domain::act::{Act, FieldValue, Judged, Part, PartRole};
use domain::body::BodyKind;
use domain::calendar::PeriodKind;
use domain::calendar::words::{chinese_date, period_name};
use domain::id::{ActId, BodyId, Slug};
use domain::pack::{ActKindDecl, DutyTiming, FieldKind};
use domain::policy::Action;

use super::draft::ActDraft;
use super::list::{form_title, headline, mark};
use crate::ctx::{Actor, Ctx};
use crate::duty::owners_of;
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
    /// What it counts for.
    pub meets: Vec<super::Meets>,
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

/// Refuses an act of which the person may see no part: it is then not found.
pub(crate) fn visible(ctx: &Ctx, world: &World, act: &Act) -> Result<()> {
    match &ctx.actor {
        Actor::System { .. } => Ok(()),
        Actor::Anonymous => Err(Error::SignedOut),
        Actor::Person(who) | Actor::Operator { who, .. } => {
            let seen = act
                .parts
                .iter()
                .any(|p| who.may(&world.structure, Action::ViewAct, p.body, ctx.today));
            if seen {
                Ok(())
            } else {
                Err(Error::NotFound("这条记录"))
            }
        }
    }
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
    let world = ctx.app.world(who.home).await?;
    let history = ctx
        .app
        .store
        .read(async |r| store::act::act_find(r, id).await)
        .await?;
    let history = history
        .filter(|h| h.act.home == who.home)
        .ok_or(Error::NotFound("这条记录"))?;
    let act = &history.act;
    visible(ctx, &world, act)?;
    let on = act.occurred_on;
    let meets = counted_for(ctx, &world, act).await?;
    let files = crate::file::files_of(ctx, &id.to_string()).await?;
    let judged = act.judged();
    let did = |action| {
        ctx.as_of.is_none()
            && act
                .parts
                .iter()
                .filter(|p| p.role != PartRole::WasVisited)
                .any(|p| who.may(&world.structure, action, p.body, ctx.today))
    };
    let own = act.parts.first().is_some_and(|p| {
        world
            .structure
            .answers_for(who.body, ctx.today)
            .contains(&p.body)
    });
    let waiting = act.form.is_some() && !act.withdrawn && matches!(judged, Judged::Waiting(_));
    let sent_back = !act.withdrawn && matches!(judged, Judged::SentBack { .. });
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
        versions: versions(&world, &history),
        files,
        answer_by: match judged {
            Judged::SentBack { answer_by } => answer_by.map(chinese_date),
            Judged::Waiting(_) | Judged::Accepted(_) => None,
        },
        may_amend: !act.withdrawn && did(Action::AmendAct),
        may_judge: waiting && !own && did(Action::JudgeReturn),
        may_submit_again: sent_back && did(Action::RecordAct),
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

async fn counted_for(ctx: &Ctx, world: &World, act: &Act) -> Result<Vec<super::Meets>> {
    let rows = ctx
        .app
        .store
        .read(async |r| store::counted::counted_of_act(r, act.id, NOW).await)
        .await?;
    let oldest = rows
        .iter()
        .map(|r| r.period.first_day())
        .min()
        .unwrap_or(ctx.day());
    let facts = ctx.app.facts(ctx, world, oldest).await?;
    let found = rows.iter().filter_map(|row| {
        let at = world
            .book
            .lines()
            .iter()
            .position(|l| l.pack == row.pack && l.id == row.duty)?;
        let line = world.book.lines().get(at)?;
        let ob = world.obligation(at, row.owner, row.period)?;
        let shown = crate::duty::item(world, line, &ob, &facts);
        Some(super::Meets {
            title: shown.title.clone(),
            clauses: shown.clauses.clone(),
            owner_name: shown.owner_name.clone(),
            period_name: shown.period_name.clone(),
            before: shown.share(),
            after: shown.share(),
            turns_met: false,
            met_before: shown.is_done(),
            path: shown.key.path(),
        })
    });
    Ok(found.collect())
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

/// A field of the form.
#[derive(Debug, Clone)]
pub struct FormField {
    /// Name in the form: `f.way`.
    pub name: String,
    /// Title.
    pub title: String,
    /// `text`, `lines`, `number`, `date`, `flag`, `choice`, `choices`.
    pub kind: &'static str,
    /// Must be filled.
    pub required: bool,
    /// Hint.
    pub hint: String,
    /// Longest text, or 0.
    pub longest: u32,
    /// Values to choose from: id and title.
    pub values: Vec<(String, String)>,
}

/// A post or body offered in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormPost {
    /// Id of the post or body.
    pub id: String,
    /// As shown: 镇长, 石桥镇党委书记.
    pub title: String,
    /// It is the post that the person acts in, or the body acted for.
    pub is_mine: bool,
}

/// A kind to choose.
#[derive(Debug, Clone)]
pub struct FormKind {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// How many open duties of the person count it.
    pub open: usize,
}

/// The form for recording an act of a kind.
#[derive(Debug, Clone)]
pub struct FormView {
    /// Kind.
    pub kind: String,
    /// Title.
    pub title: String,
    /// Roles in the kind's order: code, word, whether a place is searched (受检, 参加).
    pub roles: Vec<(String, &'static str)>,
    /// Posts and bodies of the person's own body offered as choices, for doing roles.
    pub own: Vec<FormPost>,
    /// County leaders offered beside them, for visits from above.
    pub leaders: Vec<FormPost>,
    /// Fields.
    pub fields: Vec<FormField>,
    /// Periods to choose from, where the kind asks for one: code and name.
    pub periods: Vec<(String, String)>,
    /// Forms to choose from: `pack/form` and title.
    pub forms: Vec<(String, String)>,
    /// The latest day allowed: today.
    pub today: NaiveDate,
}

/// The kinds that can be recorded, those with open duties first.
pub async fn kinds(ctx: &Ctx) -> Result<Vec<FormKind>> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let desk = crate::duty::desk(ctx, None).await?;
    let mut out: Vec<FormKind> = world
        .act_kinds()
        .into_iter()
        .map(|k| FormKind {
            id: k.id.to_string(),
            title: k.title.clone(),
            open: desk
                .open
                .iter()
                .filter(|i| i.act_kind.as_ref() == Some(&k.id))
                .count(),
        })
        .collect();
    out.sort_by_key(|k| std::cmp::Reverse(k.open));
    Ok(out)
}

/// The form for a kind.
pub async fn form(ctx: &Ctx, kind: &str) -> Result<FormView> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let decl = world.act_kind(kind).ok_or(Error::NotFound("这种记录"))?;
    let on = ctx.today;
    let roles = decl
        .roles
        .iter()
        .map(|r| (r.code().to_owned(), words::part_role(*r)))
        .collect();
    Ok(FormView {
        kind: decl.id.to_string(),
        title: decl.title.clone(),
        roles,
        own: own_posts(&world, who, on),
        leaders: leaders(&world, on),
        fields: decl.fields.iter().map(|f| form_field(&world, f)).collect(),
        periods: if decl.for_period {
            periods(&world, decl, on)
        } else {
            Vec::new()
        },
        forms: if decl.judged {
            forms(&world)
        } else {
            Vec::new()
        },
        today: on,
    })
}

fn own_posts(world: &World, who: &crate::ctx::Who, on: NaiveDate) -> Vec<FormPost> {
    let mut out = Vec::new();
    for owner in owners_of(world, who, on) {
        let title = world.owner_name(owner, on);
        let is_mine = match owner {
            domain::id::Owner::Body(b) => b == who.body,
            domain::id::Owner::Post(p) => Some(p) == who.post,
        };
        out.push((
            owner,
            FormPost {
                id: owner.to_string(),
                title,
                is_mine,
            },
        ));
    }
    let key = |o: domain::id::Owner| {
        world
            .structure
            .body_of(o)
            .and_then(|b| world.structure.body(b))
            .map(|b| b.sort_key.clone())
    };
    out.sort_by_cached_key(|(o, p)| (key(*o), p.id.clone()));
    out.into_iter().map(|(_, p)| p).collect()
}

fn leaders(world: &World, on: NaiveDate) -> Vec<FormPost> {
    let county = |b: BodyId| {
        world
            .structure
            .body(b)
            .is_some_and(|x| matches!(x.kind, BodyKind::Government | BodyKind::PartyCommittee))
            && world.structure.parent(b, on) == Some(world.home)
    };
    world
        .structure
        .posts()
        .iter()
        .filter(|p| p.exists_on(on) && county(p.body) && p.kind != *"liaison" && p.kind != *"staff")
        .map(|p| FormPost {
            id: p.id.to_string(),
            title: format!("{}{}", world.structure.name(p.body, on), p.title),
            is_mine: false,
        })
        .collect()
}

fn form_field(world: &World, decl: &domain::pack::FieldDecl) -> FormField {
    let (kind, longest, list) = match &decl.kind {
        FieldKind::Text { longest } => ("text", *longest, None),
        FieldKind::Lines { longest } => ("lines", *longest, None),
        FieldKind::Number { .. } => ("number", 0, None),
        FieldKind::Date => ("date", 0, None),
        FieldKind::Flag => ("flag", 0, None),
        FieldKind::Choice(list) => ("choice", 0, Some(list)),
        FieldKind::Choices(list) => ("choices", 0, Some(list)),
    };
    let values = list.map_or_else(Vec::new, |l| {
        world
            .values(l)
            .iter()
            .map(|(id, title)| (id.to_string(), title.clone()))
            .collect()
    });
    FormField {
        name: format!("f.{}", decl.id),
        title: decl.title.clone(),
        kind,
        required: decl.required,
        hint: decl.hint.clone(),
        longest,
        values,
    }
}

/// The periods that duties of this kind ask for, newest first, so that none is typed by hand.
fn periods(world: &World, decl: &ActKindDecl, on: NaiveDate) -> Vec<(String, String)> {
    let mut kinds: Vec<PeriodKind> = Vec::new();
    for line in world.book.lines() {
        for duty in &line.versions {
            if let DutyTiming::Recurring { cadence, .. } = &duty.rule.timing
                && duty.rule.what.acts.contains(&decl.id)
                && !kinds.contains(&cadence.every())
            {
                kinds.push(cadence.every());
            }
        }
    }
    let mut out = Vec::new();
    for kind in kinds {
        let mut period = domain::calendar::Period::of(kind, on);
        for _ in 0..6 {
            out.push((period.to_string(), period_name(period)));
            period = period.previous();
        }
    }
    out
}

fn forms(world: &World) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for (_, pack) in world.book.packs() {
        for form in &pack.forms {
            let code = format!("{}/{}", pack.id, form.id);
            if !out.iter().any(|(c, _)| *c == code) {
                out.push((code.clone(), form_title(world, &code)));
            }
        }
    }
    out
}

/// An act as a draft, for the page that amends it.
pub async fn draft_of(ctx: &Ctx, id: ActId) -> Result<(ActDraft, i64)> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let act = ctx
        .app
        .store
        .read(async |r| store::act::act_find(r, id).await)
        .await?;
    let act = act
        .map(|h| h.act)
        .filter(|a| a.home == who.home)
        .ok_or(Error::NotFound("这条记录"))?;
    visible(ctx, &world, &act)?;
    let typed = |v: &FieldValue| match v {
        FieldValue::Flag(flag) => vec![flag.to_string()],
        FieldValue::Number(n) => vec![n.to_string()],
        FieldValue::Text(text) => vec![text.clone()],
        FieldValue::Many(all) => all.clone(),
    };
    let who_did = |p: &Part| {
        p.post
            .map_or_else(|| p.body.to_string(), |id| id.to_string())
    };
    let draft = ActDraft {
        kind: act.kind.to_string(),
        occurred_on: act.occurred_on.to_string(),
        period: act.period.map(|p| p.to_string()).unwrap_or_default(),
        form: act.form.clone().unwrap_or_default(),
        fields: act
            .fields
            .iter()
            .map(|(k, v)| (k.to_string(), typed(v)))
            .collect(),
        parts: act
            .parts
            .iter()
            .map(|p| (p.role.code().to_owned(), who_did(p)))
            .collect(),
    };
    Ok((draft, act.version))
}
