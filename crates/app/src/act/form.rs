//! The form for recording an act of a kind, and an act as a draft for the form that amends it.

use chrono::NaiveDate;
use domain::act::{Act, FieldValue, Part};
use domain::body::BodyKind;
use domain::calendar::words::period_name;
use domain::calendar::{Period, PeriodKind};
use domain::id::{ActId, BodyId, Owner};
use domain::pack::{ActKindDecl, DutyTiming, FieldKind};
use domain::part::Doing;
use domain::policy::Action;

use super::draft::ActDraft;
use super::list::form_title;
use super::power;
use super::record::amendable;
use crate::ctx::Ctx;
use crate::duty::owners_of;
use crate::error::{Error, Result};
use crate::words;
use crate::world::World;

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
    /// The person may record what it hosted, presided or led; else it may only be named as one that
    /// took part.
    pub may_record: bool,
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
    /// County leaders offered beside them, for visits from above; those whose acts the person
    /// records.
    pub leaders: Vec<FormPost>,
    /// The person records for more bodies than are offered: they may be typed by name.
    pub may_type: bool,
    /// Who stands in the act that is being changed and is not offered otherwise: role's code and
    /// post or body.
    pub others: Vec<(String, FormPost)>,
    /// Fields.
    pub fields: Vec<FormField>,
    /// Periods to choose from, where the kind asks for one: code and name.
    pub periods: Vec<(String, String)>,
    /// Forms to choose from: `pack/form` and title.
    pub forms: Vec<(String, String)>,
    /// The latest day allowed: today.
    pub today: NaiveDate,
    /// Whether the day is asked for. A return is handed in on the day on which it is typed; only
    /// whoever receives returns enters one that came in earlier on paper.
    pub asks_day: bool,
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
            open: desk.open_by_kind.get(k.id.as_str()).copied().unwrap_or(0),
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
    let own = own_posts(ctx, &world, who);
    Ok(FormView {
        may_type: reaches_further(ctx, &world, &own),
        kind: decl.id.to_string(),
        title: decl.title.clone(),
        roles,
        own,
        leaders: leaders(ctx, &world),
        others: Vec::new(),
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
        asks_day: !decl.judged || who.may_somewhere(Action::JudgeReturn),
    })
}

/// The form with which an act is changed: whoever stands in it already stays offered, also to
/// somebody of another body.
pub async fn form_of(ctx: &Ctx, id: ActId) -> Result<FormView> {
    let (draft, _) = draft_of(ctx, id).await?;
    let mut view = form(ctx, &draft.kind).await?;
    let world = ctx.app.world(ctx.who()?.home).await?;
    for (role, id) in draft.parts {
        let named_only = matches!(role.as_str(), "took-part" | "was-visited");
        let offers = |p: &FormPost| p.id == id && (p.may_record || named_only);
        let known = view.own.iter().chain(&view.leaders).any(offers);
        let Some(owner) = id.parse().ok().filter(|_| !known) else {
            continue;
        };
        let post = FormPost {
            title: world.owner_name(owner, ctx.today),
            id,
            is_mine: false,
            may_record: true,
        };
        view.others.push((role, post));
    }
    Ok(view)
}

fn own_posts(ctx: &Ctx, world: &World, who: &crate::ctx::Who) -> Vec<FormPost> {
    let on = ctx.today;
    let mut out = Vec::new();
    for owner in owners_of(world, who, on) {
        let title = world.owner_name(owner, on);
        let is_mine = match owner {
            Owner::Body(b) => b == who.body,
            Owner::Post(p) => Some(p) == who.post,
        };
        out.push((
            owner,
            FormPost {
                id: owner.to_string(),
                title,
                is_mine,
                may_record: records(ctx, world, owner),
            },
        ));
    }
    let key = |o: Owner| {
        world
            .structure
            .body_of(o)
            .and_then(|b| world.structure.body(b))
            .map(|b| b.sort_key.clone())
    };
    out.sort_by_cached_key(|(o, p)| (key(*o), p.id.clone()));
    shortened(world, out.into_iter().map(|(_, p)| p).collect())
}

/// On a phone a post's title is enough where no other post offered has the same.
fn shortened(world: &World, mut posts: Vec<FormPost>) -> Vec<FormPost> {
    let title = |p: &FormPost| {
        let id = p.id.parse::<domain::id::PostId>().ok()?;
        world.structure.post(id).map(|post| post.title.clone())
    };
    let titles: Vec<Option<String>> = posts.iter().map(title).collect();
    for (post, short) in posts.iter_mut().zip(&titles) {
        let alone = titles.iter().filter(|t| *t == short).count() == 1;
        if let Some(short) = short.as_ref().filter(|_| alone) {
            post.title.clone_from(short);
        }
    }
    posts
}

/// Whether the person may record what somebody hosted, presided or led.
fn records(ctx: &Ctx, world: &World, owner: Owner) -> bool {
    let body = world.structure.body_of(owner);
    body.is_some_and(|b| power::has(ctx, world, Action::RecordAct, b))
}

/// Whether the person records for a body that is not offered.
fn reaches_further(ctx: &Ctx, world: &World, own: &[FormPost]) -> bool {
    let mut others = world.structure.bodies().iter().filter(|b| {
        let id = b.id.to_string();
        b.exists_on(ctx.today) && own.iter().all(|p| p.id != id)
    });
    others.any(|b| power::has(ctx, world, Action::RecordAct, b.id))
}

fn leaders(ctx: &Ctx, world: &World) -> Vec<FormPost> {
    let on = ctx.today;
    let county = |b: BodyId| {
        world
            .structure
            .body(b)
            .is_some_and(|x| matches!(x.kind, BodyKind::Government | BodyKind::PartyCommittee))
            && world.structure.parent(b, on) == Some(world.home)
    };
    let all = world
        .structure
        .posts()
        .iter()
        .filter(|p| p.exists_on(on) && county(p.body) && p.kind != *"liaison" && p.kind != *"staff")
        .filter(|p| records(ctx, world, Owner::Post(p.id)))
        .map(|p| FormPost {
            id: p.id.to_string(),
            title: format!("{}{}", world.structure.name(p.body, on), p.title),
            is_mine: false,
            may_record: true,
        })
        .collect();
    shortened(world, all)
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
        let mut period = Period::of(kind, on);
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

/// Who did what, as it was typed: chairs held by office are found anew.
pub(super) fn typed_parts(world: &World, act: &Act) -> Vec<(String, String)> {
    let doing = Doing::from(act);
    let who = |p: &Part| {
        p.post
            .map_or_else(|| p.body.to_string(), |id| id.to_string())
    };
    let typed = |p: &&Part| !doing.is_by_office(p, &world.structure);
    act.parts
        .iter()
        .filter(typed)
        .map(|p| (p.role.code().to_owned(), who(p)))
        .collect()
}

/// An act as a draft, for whoever may change it.
pub async fn draft_of(ctx: &Ctx, id: ActId) -> Result<(ActDraft, i64)> {
    let (world, act) = amendable(ctx, id).await?;
    let typed = |v: &FieldValue| match v {
        FieldValue::Flag(flag) => vec![flag.to_string()],
        FieldValue::Number(n) => vec![n.to_string()],
        FieldValue::Text(text) => vec![text.clone()],
        FieldValue::Many(all) => all.clone(),
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
        parts: typed_parts(&world, &act),
    };
    Ok((draft, act.version))
}
