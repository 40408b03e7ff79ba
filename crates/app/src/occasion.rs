//! Occasions: the office opens a festival or sensitive time, and its duties are owed in it.

use chrono::NaiveDate;
use domain::id::{OccasionId, Slug};
use domain::occasion::Occasion;
use domain::policy::Action;

use crate::counted::recount_all;
use crate::ctx::Ctx;
use crate::error::{Error, FieldErrors, Result};
use crate::verb::Verb;
use crate::words;
use crate::world::NOW;

/// Longest occasion, in days.
pub const DAYS_MAX: i64 = 120;
/// Longest title, in characters.
pub const TITLE_LONGEST: usize = 40;

/// An occasion to open.
#[derive(Debug, Clone)]
pub struct NewOccasion {
    /// Kind.
    pub kind: Slug,
    /// Title.
    pub title: String,
    /// First day.
    pub from_on: NaiveDate,
    /// Last day, included.
    pub to_on: NaiveDate,
}

/// Opens an occasion.
pub async fn open(ctx: &Ctx, new: NewOccasion) -> Result<OccasionId> {
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
        store::occasion::occasion_insert(tx, &occasion).await?;
        // Acts recorded before the occasion was opened may fall into it.
        recount_all(tx, &ctx.app).await?;
        Ok(occasion.id)
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
            "occasion.twice",
            format!(
                "同类节点“{}”（{}）已经设定，日期重叠。要改日期的，请先撤销那一个。",
                open.title,
                words::days(open.from_on, open.to_on)
            ),
        )),
    }
}

/// Withdraws an occasion that was opened by mistake: its duties are owed no more.
pub async fn withdraw(ctx: &Ctx, id: OccasionId) -> Result<()> {
    if let Some(first) = ctx.begin(Verb::OccasionWithdraw).await? {
        return Ok(first);
    }
    let home = ctx.home()?;
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
        store::occasion::occasion_update(tx, &changed).await?;
        recount_all(tx, &ctx.app).await?;
        Ok(())
    })
    .await
}

/// An occasion as shown.
#[derive(Debug, Clone)]
pub struct OccasionSeen {
    /// Identity.
    pub id: OccasionId,
    /// Title.
    pub title: String,
    /// Kind in words.
    pub kind: String,
    /// Days.
    pub days: String,
    /// 未开始, 进行中, 已结束.
    pub state: &'static str,
    /// First day.
    pub from_on: NaiveDate,
}

/// The occasions of the county, newest first, and the kinds that can be opened.
#[derive(Debug, Clone)]
pub struct Occasions {
    /// Occasions.
    pub all: Vec<OccasionSeen>,
    /// Kinds: id and title.
    pub kinds: Vec<(String, String)>,
    /// Suggested days of the calendar's holidays to come: kind, title, first and last day.
    pub suggested: Vec<(String, String, NaiveDate, NaiveDate)>,
    /// May be opened by the one who looks.
    pub may_open: bool,
}

/// The occasions of the county.
pub async fn list(ctx: &Ctx) -> Result<Occasions> {
    let who = ctx.who()?;
    let world = ctx.app.world_seen(ctx, who.home).await?;
    ctx.allow_at_home(Action::ViewPack)?;
    let day = ctx.day();
    let mut kinds: Vec<(String, String)> = Vec::new();
    let mut suggested = Vec::new();
    for kind in world.book.packs().iter().flat_map(|(_, p)| &p.occasions) {
        if kinds.iter().any(|(id, _)| id == kind.id.as_str()) {
            continue;
        }
        kinds.push((kind.id.to_string(), kind.title.clone()));
        let year = chrono::Datelike::year(&day);
        for year in [year, year + 1] {
            let holiday = kind.holiday.as_ref();
            let holiday = holiday.and_then(|h| ctx.app.calendar.holiday(year, h.as_str()));
            if let Some(h) = holiday.filter(|h| h.to >= day) {
                let title = format!("{year}年{}", kind.title);
                suggested.push((kind.id.to_string(), title, h.from, h.to));
            }
        }
    }
    let mut all: Vec<OccasionSeen> = world
        .book
        .occasions()
        .iter()
        .map(|o| OccasionSeen {
            id: o.id,
            title: o.title.clone(),
            kind: kinds
                .iter()
                .find(|(id, _)| id == o.kind.as_str())
                .map_or_else(|| o.kind.to_string(), |(_, t)| t.clone()),
            days: words::days(o.from_on, o.to_on),
            state: if day < o.from_on {
                "未开始"
            } else if day <= o.to_on {
                "进行中"
            } else {
                "已结束"
            },
            from_on: o.from_on,
        })
        .collect();
    all.sort_by_key(|o| std::cmp::Reverse(o.from_on));
    let may_open =
        ctx.as_of.is_none() && who.may(&world.structure, Action::OpenOccasion, who.home, ctx.today);
    Ok(Occasions {
        all,
        kinds,
        suggested,
        may_open,
    })
}
