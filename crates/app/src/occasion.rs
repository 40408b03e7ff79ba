//! Occasions: the office opens a festival or sensitive time, and its duties are owed in it.

use chrono::NaiveDate;
use domain::id::{OccasionId, Slug};
use domain::occasion::{Occasion, OccasionState};
use domain::policy::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::counted::{Changed, as_found, recount_changed};
use crate::ctx::Ctx;
use crate::door::{Nothing, Saved, operations};
use crate::error::{Error, FieldErrors, Result};
use crate::listed::{Count, Listed};
use crate::verb::Verb;
use crate::words;
use crate::world::{NOW, World};

/// Longest occasion, in days.
pub const DAYS_MAX: i64 = 120;
/// Longest title, in characters.
pub const TITLE_LONGEST: usize = 40;

operations! {
    Read "occasion.list" GET "/occasions" "重要节点" [ViewPack]
        ListOccasions => ["occasions": OccasionSeen] = list;
    Read "occasion.kinds" GET "/occasions/kinds" "可设定的节点类别和即将到来的假日" [ViewPack]
        Nothing => {"kinds": OccasionKinds} = kinds;
    Read "occasion.show" GET "/occasions/{id}" "一个重要节点" [ViewPack]
        OneOccasion => {"occasion": OccasionSeen} = show(id);
    Write OccasionOpen POST "/occasions"
        NewOccasion => {"occasion": Saved<OccasionId>} = open;
    Write OccasionWithdraw POST "/occasions/{id}/withdraw"
        OneOccasion => {"occasion": Saved<OccasionId>} = withdraw(id);
}

/// An occasion to open.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOccasion {
    /// Kind.
    #[schemars(title = "类别")]
    pub kind: Slug,
    /// Title.
    #[schemars(title = "名称", length(min = 1, max = TITLE_LONGEST))]
    pub title: String,
    /// First day.
    #[schemars(title = "开始")]
    pub from_on: NaiveDate,
    /// Last day, included.
    #[schemars(title = "结束")]
    pub to_on: NaiveDate,
}

/// Which occasion.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneOccasion {
    /// Which.
    #[schemars(title = "节点编号")]
    pub id: OccasionId,
}

/// Opens an occasion.
pub async fn open(ctx: &Ctx, new: NewOccasion) -> Result<Saved<OccasionId>> {
    if let Some(first) = ctx.begin(Verb::OccasionOpen).await? {
        return Ok(first);
    }
    let home = ctx.home()?;
    let world = ctx.app.world(home).await?;
    ctx.allow_at_home(Action::OpenOccasion)?;
    let mut errors = FieldErrors::new();
    let length = new.title.trim().chars().count();
    if length == 0 || length > TITLE_LONGEST {
        errors.add(
            "title",
            format!("请填写名称，最多{TITLE_LONGEST}字，例如2026年国庆。"),
        );
    }
    if let Some(unseen) = words::unseen(new.title.trim()) {
        errors.add("title", unseen);
    }
    let days = (new.to_on - new.from_on).num_days() + 1;
    if days < 1 {
        errors.add("to_on", "结束日期不能早于开始日期。");
    } else if days > DAYS_MAX {
        errors.add("to_on", format!("一个节点最长{DAYS_MAX}天。"));
    }
    let known = world
        .book
        .packs()
        .iter()
        .flat_map(|(_, p)| &p.occasions)
        .any(|o| o.id == new.kind);
    if !known {
        errors.add("kind", "请从列表中选择节点类别。");
    }
    errors.into_result()?;
    let occasion = Occasion {
        id: OccasionId::new(ctx.ids.next(ctx.now)),
        home,
        kind: new.kind,
        title: new.title.trim().to_owned(),
        from_on: new.from_on,
        to_on: new.to_on,
        withdrawn: false,
        version: 1,
    };
    ctx.write(Verb::OccasionOpen, occasion.id.to_string(), async |tx| {
        refuse_second(tx, &occasion).await?;
        let before = as_found(tx, &ctx.app, &world).await?;
        store::occasion::occasion_insert(tx, &occasion).await?;
        // Acts recorded before the occasion was opened may fall into it.
        recount_changed(tx, &ctx.app, &before, Changed::Occasions).await?;
        Ok(Saved::first(occasion.id))
    })
    .await
}

/// One occasion of a kind at a time. Asked in the transaction that writes, so that a double click
/// opens one.
async fn refuse_second(tx: &store::Tx, new: &Occasion) -> Result<()> {
    let all = store::occasion::occasions_of(tx, new.home, NOW).await?;
    let meets = |o: &&Occasion| {
        !o.withdrawn && o.kind == new.kind && o.from_on <= new.to_on && new.from_on <= o.to_on
    };
    match all.iter().find(meets) {
        None => Ok(()),
        Some(open) => Err(Error::refused(
            crate::Code::OccasionTwice,
            format!(
                "同类节点“{}”（{}）已经设定，日期重叠。要改日期的，请先撤销那一个。",
                open.title,
                words::days(open.from_on, open.to_on)
            ),
        )),
    }
}

/// Withdraws an occasion that was opened by mistake: its duties are owed no more.
pub async fn withdraw(ctx: &Ctx, id: OccasionId) -> Result<Saved<OccasionId>> {
    if let Some(first) = ctx.begin(Verb::OccasionWithdraw).await? {
        return Ok(first);
    }
    let home = ctx.home()?;
    let world = ctx.app.world(home).await?;
    ctx.allow_at_home(Action::OpenOccasion)?;
    let found = ctx
        .app
        .store
        .read(async |r| store::occasion::occasion_find(r, id).await)
        .await?;
    let occasion = found
        .filter(|o| o.home == home && !o.withdrawn)
        .ok_or(Error::NotFound("这个节点"))?;
    let changed = Occasion {
        withdrawn: true,
        ..occasion
    };
    ctx.write(Verb::OccasionWithdraw, id.to_string(), async |tx| {
        let before = as_found(tx, &ctx.app, &world).await?;
        let version = store::occasion::occasion_update(tx, &changed).await?;
        recount_changed(tx, &ctx.app, &before, Changed::Occasions).await?;
        Ok(Saved::at(id, version))
    })
    .await
}

/// An occasion as it stands on the day looked at.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct OccasionSeen {
    /// Identity.
    pub id: OccasionId,
    /// Version, for the next change.
    pub version: i64,
    /// Title.
    #[schemars(title = "名称")]
    pub title: String,
    /// Kind, as packs name it.
    #[schemars(title = "类别")]
    pub kind: Slug,
    /// The kind's title, where a pack in force still has it.
    #[schemars(title = "类别名称")]
    pub kind_title: Option<String>,
    /// First day.
    #[schemars(title = "开始")]
    pub from_on: NaiveDate,
    /// Last day, included.
    #[schemars(title = "结束")]
    pub to_on: NaiveDate,
    /// How it stands.
    #[schemars(title = "状态")]
    pub state: OccasionState,
}

/// A kind that can be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OccasionKind {
    /// As packs name it.
    #[schemars(title = "类别")]
    pub kind: Slug,
    /// Title.
    #[schemars(title = "名称")]
    pub title: String,
}

/// A holiday of the calendar that is not over, as it could be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Suggested {
    /// Kind.
    #[schemars(title = "类别")]
    pub kind: Slug,
    /// The kind's title.
    #[schemars(title = "类别名称")]
    pub title: String,
    /// First day.
    #[schemars(title = "开始")]
    pub from_on: NaiveDate,
    /// Last day, included.
    #[schemars(title = "结束")]
    pub to_on: NaiveDate,
}

/// What can be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OccasionKinds {
    /// Kinds of the packs in force.
    pub all: Vec<OccasionKind>,
    /// Holidays to come.
    pub suggested: Vec<Suggested>,
    /// May be opened by the one who looks.
    pub may_open: bool,
}

/// Which occasions.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ListOccasions {}

/// The occasions of the county, newest first.
pub async fn list(ctx: &Ctx, _asked: ListOccasions) -> Result<Listed<OccasionSeen>> {
    let world = ctx.app.world_seen(ctx, ctx.who()?.home).await?;
    ctx.allow_at_home(Action::ViewPack)?;
    let mut rows: Vec<OccasionSeen> = world
        .book
        .occasions()
        .iter()
        .map(|o| seen(ctx, &world, o))
        .collect();
    rows.sort_by_key(|o| std::cmp::Reverse((o.from_on, o.id)));
    let count = Count {
        rows: rows.len() as u64,
        exact: true,
    };
    Ok(Listed {
        rows,
        next: None,
        previous: None,
        count,
    })
}

/// One occasion.
pub async fn show(ctx: &Ctx, id: OccasionId) -> Result<OccasionSeen> {
    let world = ctx.app.world_seen(ctx, ctx.who()?.home).await?;
    ctx.allow_at_home(Action::ViewPack)?;
    let found = world.book.occasions().iter().find(|o| o.id == id);
    found
        .map(|o| seen(ctx, &world, o))
        .ok_or(Error::NotFound("这个节点"))
}

fn seen(ctx: &Ctx, world: &World, o: &Occasion) -> OccasionSeen {
    let kinds = world.book.packs().iter().flat_map(|(_, p)| &p.occasions);
    OccasionSeen {
        id: o.id,
        version: o.version,
        title: o.title.clone(),
        kind: o.kind.clone(),
        kind_title: kinds
            .into_iter()
            .find(|k| k.id == o.kind)
            .map(|k| k.title.clone()),
        from_on: o.from_on,
        to_on: o.to_on,
        state: o.state(ctx.day()),
    }
}

/// What can be opened: the kinds of the packs in force, each once, and the holidays to come.
pub async fn kinds(ctx: &Ctx, _: Nothing) -> Result<OccasionKinds> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    ctx.allow_at_home(Action::ViewPack)?;
    let (day, year) = (ctx.day(), chrono::Datelike::year(&ctx.day()));
    let mut all: Vec<OccasionKind> = Vec::new();
    let mut suggested = Vec::new();
    for kind in world.book.packs().iter().flat_map(|(_, p)| &p.occasions) {
        if all.iter().any(|k| k.kind == kind.id) {
            continue;
        }
        all.push(OccasionKind {
            kind: kind.id.clone(),
            title: kind.title.clone(),
        });
        let Some(holiday) = &kind.holiday else {
            continue;
        };
        let days = [year, year + 1].into_iter();
        let days = days.filter_map(|year| ctx.app.calendar.holiday(year, holiday.as_str()));
        suggested.extend(days.filter(|h| h.to >= day).map(|h| Suggested {
            kind: kind.id.clone(),
            title: kind.title.clone(),
            from_on: h.from,
            to_on: h.to,
        }));
    }
    let may_open =
        ctx.as_of.is_none() && who.may(&world.structure, Action::OpenOccasion, who.home, ctx.today);
    Ok(OccasionKinds {
        all,
        suggested,
        may_open,
    })
}
