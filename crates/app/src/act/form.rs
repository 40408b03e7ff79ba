//! The form for recording an act of a kind, and an act as a draft for the form that amends it.

use chrono::NaiveDate;
use domain::act::{Act, Part, PartRole};
use domain::body::BodyKind;
use domain::calendar::{Period, PeriodKind};
use domain::id::{ActId, BodyId, Owner, Slug};
use domain::pack::{ActKindDecl, DutyTiming, FieldKind};
use domain::part::Doing;
use domain::policy::Action;
use schemars::JsonSchema;
use serde::Serialize;

use super::draft::{ActDraft, typed};
use super::line::form_title;
use super::power;
use super::record::amendable;
use crate::ctx::Ctx;
use crate::duty::owners_of;
use crate::error::{Error, Result};
use crate::world::World;

domain::codes! {
    /// What is asked for in a field.
    Asks {
        /// A line of text.
        Text = "text",
        /// Several lines.
        Lines = "lines",
        /// A whole number.
        Number = "number",
        /// A day.
        Date = "date",
        /// Yes or no.
        Flag = "flag",
        /// One value of a list.
        Choice = "choice",
        /// Several values of a list.
        Choices = "choices",
    }
}

/// A value to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FormValue {
    /// As packs name it.
    #[schemars(title = "代码")]
    pub value: Slug,
    /// Title.
    #[schemars(title = "名称")]
    pub title: String,
}

/// A field of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FormField {
    /// As packs name it.
    #[schemars(title = "字段")]
    pub field: Slug,
    /// Title.
    #[schemars(title = "名称")]
    pub title: String,
    /// What is asked for.
    #[schemars(title = "填写方式")]
    pub asks: Asks,
    /// Must be filled.
    #[schemars(title = "必填")]
    pub required: bool,
    /// Hint of the pack.
    #[schemars(title = "提示")]
    pub hint: String,
    /// Longest text, in characters.
    #[schemars(title = "最多字数")]
    pub longest: Option<u32>,
    /// Smallest number.
    #[schemars(title = "最小")]
    pub min: Option<i64>,
    /// Largest number.
    #[schemars(title = "最大")]
    pub max: Option<i64>,
    /// Values to choose from.
    #[schemars(title = "可选")]
    pub values: Vec<FormValue>,
}

/// A post or body offered in the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FormPost {
    /// The post or body.
    #[schemars(title = "编号")]
    pub id: Owner,
    /// Name, as short as tells it from the others offered: 镇长, 石桥镇党委书记.
    #[schemars(title = "名称")]
    pub title: String,
    /// It is the post that the person acts in, or the body acted for.
    #[schemars(title = "本人")]
    pub is_mine: bool,
    /// The person may record what it hosted, presided or led; else it may only be named as one that
    /// took part.
    #[schemars(title = "可代为记录")]
    pub may_record: bool,
}

/// Who stands in the act that is changed and is not offered otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FormOther {
    /// In which role.
    #[schemars(title = "角色")]
    pub role: PartRole,
    /// Who.
    #[schemars(title = "单位、岗位")]
    pub post: FormPost,
}

/// A form that can be handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FormReturn {
    /// `pack/form`.
    #[schemars(title = "报表")]
    pub form: String,
    /// Title.
    #[schemars(title = "名称")]
    pub title: String,
}

/// A kind to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FormKind {
    /// As packs name it.
    #[schemars(title = "种类")]
    pub kind: Slug,
    /// Title.
    #[schemars(title = "名称")]
    pub title: String,
    /// How many open duties of the person count it.
    #[schemars(title = "在等的职责数")]
    pub open: u64,
}

/// The kinds to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FormKinds {
    /// All of them, those with open duties first.
    #[schemars(title = "种类")]
    pub kinds: Vec<FormKind>,
}

/// What may be said of an act of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FormView {
    /// Kind.
    #[schemars(title = "种类")]
    pub kind: Slug,
    /// Title.
    #[schemars(title = "名称")]
    pub title: String,
    /// Roles in the kind's order.
    #[schemars(title = "角色")]
    pub roles: Vec<PartRole>,
    /// Posts and bodies of the person's own body offered as choices, for doing roles.
    #[schemars(title = "本单位的单位、岗位")]
    pub own: Vec<FormPost>,
    /// County leaders offered beside them, for visits from above; those whose acts the person
    /// records.
    #[schemars(title = "县领导")]
    pub leaders: Vec<FormPost>,
    /// The person records for more bodies than are offered: they may be typed by name.
    #[schemars(title = "可填其他单位")]
    pub may_type: bool,
    /// Who stands in the act that is being changed and is not offered otherwise.
    #[schemars(title = "原已填写")]
    pub others: Vec<FormOther>,
    /// Fields.
    #[schemars(title = "字段")]
    pub fields: Vec<FormField>,
    /// Periods to choose from, where the kind asks for one.
    #[schemars(title = "时段")]
    pub periods: Vec<Period>,
    /// Forms to choose from.
    #[schemars(title = "报表")]
    pub forms: Vec<FormReturn>,
    /// The latest day allowed: today.
    #[schemars(title = "最晚日期")]
    pub today: NaiveDate,
    /// Whether the day is asked for. A return is handed in on the day on which it is typed; only
    /// whoever receives returns enters one that came in earlier on paper.
    #[schemars(title = "可填日期")]
    pub asks_day: bool,
}

/// The kinds that can be recorded, those with open duties first.
pub async fn kinds(ctx: &Ctx) -> Result<FormKinds> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let desk = crate::duty::desk(ctx, None).await?;
    let mut out: Vec<FormKind> = world
        .act_kinds()
        .into_iter()
        .map(|k| FormKind {
            kind: k.id.clone(),
            title: k.title.clone(),
            open: desk.open_by_kind.get(k.id.as_str()).copied().unwrap_or(0) as u64,
        })
        .collect();
    out.sort_by_key(|k| std::cmp::Reverse(k.open));
    Ok(FormKinds { kinds: out })
}

/// The form for a kind.
pub async fn form(ctx: &Ctx, kind: &str) -> Result<FormView> {
    let who = ctx.who()?;
    let world = ctx.app.world(who.home).await?;
    let decl = world.act_kind(kind).ok_or(Error::NotFound("这种记录"))?;
    let on = ctx.today;
    let own = own_posts(ctx, &world, who);
    Ok(FormView {
        may_type: reaches_further(ctx, &world, &own),
        kind: decl.id.clone(),
        title: decl.title.clone(),
        roles: decl.roles.clone(),
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
        let (Ok(role), Ok(id)) = (role.parse::<PartRole>(), id.parse::<Owner>()) else {
            continue;
        };
        let named_only = matches!(role, PartRole::TookPart | PartRole::WasVisited);
        let offers = |p: &FormPost| p.id == id && (p.may_record || named_only);
        if view.own.iter().chain(&view.leaders).any(offers) {
            continue;
        }
        let post = FormPost {
            title: world.owner_name(id, ctx.today),
            id,
            is_mine: false,
            may_record: true,
        };
        view.others.push(FormOther { role, post });
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
                id: owner,
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
    out.sort_by_cached_key(|(o, p)| (key(*o), p.id.to_string()));
    shortened(world, out.into_iter().map(|(_, p)| p).collect())
}

/// On a phone a post's title is enough where no other post offered has the same.
fn shortened(world: &World, mut posts: Vec<FormPost>) -> Vec<FormPost> {
    let title = |p: &FormPost| match p.id {
        Owner::Post(id) => world.structure.post(id).map(|post| post.title.clone()),
        Owner::Body(_) => None,
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
    let mut others = world
        .structure
        .bodies()
        .iter()
        .filter(|b| b.exists_on(ctx.today) && own.iter().all(|p| p.id != Owner::Body(b.id)));
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
            id: Owner::Post(p.id),
            title: format!("{}{}", world.structure.name(p.body, on), p.title),
            is_mine: false,
            may_record: true,
        })
        .collect();
    shortened(world, all)
}

fn form_field(world: &World, decl: &domain::pack::FieldDecl) -> FormField {
    let (mut longest, mut min, mut max) = (None, None, None);
    let (asks, list) = match &decl.kind {
        FieldKind::Text { longest: most } => {
            longest = Some(*most);
            (Asks::Text, None)
        }
        FieldKind::Lines { longest: most } => {
            longest = Some(*most);
            (Asks::Lines, None)
        }
        FieldKind::Number {
            min: least,
            max: most,
        } => {
            (min, max) = (Some(*least), Some(*most));
            (Asks::Number, None)
        }
        FieldKind::Date => (Asks::Date, None),
        FieldKind::Flag => (Asks::Flag, None),
        FieldKind::Choice(list) => (Asks::Choice, Some(list)),
        FieldKind::Choices(list) => (Asks::Choices, Some(list)),
    };
    let values = list.map_or(&[][..], |list| world.values(list));
    let value = |(value, title): &(Slug, String)| FormValue {
        value: value.clone(),
        title: title.clone(),
    };
    FormField {
        field: decl.id.clone(),
        title: decl.title.clone(),
        asks,
        required: decl.required,
        hint: decl.hint.clone(),
        longest,
        min,
        max,
        values: values.iter().map(value).collect(),
    }
}

/// The periods that duties of this kind ask for, newest first, so that none is typed by hand.
fn periods(world: &World, decl: &ActKindDecl, on: NaiveDate) -> Vec<Period> {
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
            out.push(period);
            period = period.previous();
        }
    }
    out
}

fn forms(world: &World) -> Vec<FormReturn> {
    let mut out: Vec<FormReturn> = Vec::new();
    for (_, pack) in world.book.packs() {
        for form in &pack.forms {
            let code = format!("{}/{}", pack.id, form.id);
            if out.iter().all(|known| known.form != code) {
                out.push(FormReturn {
                    title: form_title(world, &code).unwrap_or_else(|| code.clone()),
                    form: code,
                });
            }
        }
    }
    out
}

/// Who did what, as it was typed: chairs held by office are found anew.
fn typed_parts(world: &World, act: &Act) -> Vec<(String, String)> {
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

/// An act as it stands, as it would be typed.
pub(super) fn drafted(world: &World, act: &Act) -> ActDraft {
    ActDraft {
        kind: act.kind.to_string(),
        occurred_on: act.occurred_on.to_string(),
        period: act.period.map(|p| p.to_string()).unwrap_or_default(),
        form: act.form.clone().unwrap_or_default(),
        fields: act
            .fields
            .iter()
            .map(|(k, v)| (k.to_string(), typed(v)))
            .collect(),
        parts: typed_parts(world, act),
    }
}

/// An act as a draft, for whoever may change it.
pub async fn draft_of(ctx: &Ctx, id: ActId) -> Result<(ActDraft, i64)> {
    let (world, act) = amendable(ctx, id).await?;
    Ok((drafted(&world, &act), act.version))
}
