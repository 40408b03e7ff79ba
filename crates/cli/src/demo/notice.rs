//! The two notices: imported and applied with the office's choices, and the year's occasions.

use std::collections::BTreeMap;

use app::occasion::NewOccasion;
use app::pack::ApplyPlan;
use app::{Ctx, occasion, pack};
use chrono::NaiveDate;
use domain::id::{BodyId, Slug};
use domain::pack::{Choices, Pack, PackFile};

use super::county::County;
use crate::outcome::{Fail, Outcome};
use crate::pack::shipped_packs;
use crate::refusal::said;

/// 专委会实质化运行.
pub(super) const COMMITTEES: &str = "zezhou-2026-committees";
/// 三大行动.
pub(super) const THREE_ACTIONS: &str = "zezhou-2026-three-actions";
/// Periods that end before this day are before records.
const FOLLOWED_FROM: (i32, u32, u32) = (2026, 3, 1);

/// The files of a pack that ships.
pub(super) fn files(id: &str) -> Outcome<Vec<PackFile>> {
    let found = shipped_packs()
        .find(|(known, _)| *known == id)
        .map(|(_, files)| files);
    found.ok_or_else(|| Fail::bug(format!("没有制度包 {id}")))
}

/// The notice that sets up the committees, read before anything stands in the database.
pub(super) fn committees_pack() -> Outcome<Pack> {
    let common = domain::pack::read_all(&files("common")?, &[]).pack;
    let used: Vec<&Pack> = common.iter().collect();
    let read = domain::pack::read_all(&files(COMMITTEES)?, &used).pack;
    read.ok_or_else(|| Fail::bug("随程序的制度包有错误"))
}

/// Imports a pack.
pub(super) async fn import(ctx: &Ctx, id: &str) -> Outcome<()> {
    pack::import(ctx, &files(id)?).await.map_err(said)?;
    Ok(())
}

/// Applies one of the two notices from its own day.
pub(super) async fn apply(ctx: &Ctx, county: &County, id: &str) -> Outcome<()> {
    let from_on = ctx.today;
    let (year, month, day) = FOLLOWED_FROM;
    let followed = NaiveDate::from_ymd_opt(year, month, day).unwrap_or(from_on);
    let choices = match id {
        THREE_ACTIONS => three_actions(county)?,
        _ => committees()?,
    };
    let plan = ApplyPlan {
        id: slug(id)?,
        version: 1,
        from_on,
        followed_from_on: followed,
        choices,
    };
    pack::apply(ctx, &plan).await.map_err(said)?;
    Ok(())
}

fn slug(text: &str) -> Outcome<Slug> {
    text.parse().map_err(|why| Fail::bug(format!("{why}")))
}

fn named<V: Clone>(all: &[(&str, V)]) -> Outcome<BTreeMap<Slug, V>> {
    all.iter()
        .map(|(id, value)| Ok((slug(id)?, value.clone())))
        .collect()
}

fn committees() -> Outcome<Choices> {
    Ok(Choices {
        answers: named(&[
            ("several-chairs", slug("per-committee")?),
            ("on-holiday", slug("unchanged")?),
            ("summary-date", slug("quarter-end")?),
        ])?,
        thresholds: named(&[("lacking-duties", 3.0), ("cards-before-red", 2.0)])?,
        answer_days: Some(5),
        reason: "经县安委会专题会议研究：各专委会分别履职、分别计次；日期均按文件原定，不作顺延。"
            .to_owned(),
        ..Choices::default()
    })
}

fn three_actions(county: &County) -> Outcome<Choices> {
    // Six fields have no committee; these departments look after them.
    let more: Vec<BodyId> = ["ziran", "huanjing", "linye", "shuiwu"]
        .into_iter()
        .map(|id| county.department(id).map(|d| d.body))
        .collect::<Outcome<_>>()?;
    Ok(Choices {
        options: named(&[
            ("monthly-return", slug("day-22")?),
            ("subject-supervision", slug("regulators")?),
            ("subject-report", slug("regulators")?),
        ])?,
        answers: named(&[
            ("several-chairs", slug("per-committee")?),
            ("on-holiday", slug("unchanged")?),
            ("return-window", slug("day-23-to-22")?),
            ("first-row", slug("february")?),
            ("town-led-visits", slug("town-head")?),
        ])?,
        list_add: named(&[("key-sector-leads", more)])?,
        thresholds: named(&[("overdue-duties", 2.0), ("grave-duties", 6.0)])?,
        lock_after_days: Some(30),
        answer_days: Some(3),
        reason: "正文与表下备注日期不一，从正文取每月22日；无专委会的领域由主管部门牵头；镇级带队检查以镇长为准。"
            .to_owned(),
        ..Choices::default()
    })
}

/// Occasions in the order in which the office opens them: kind, title, first and last day.
pub(super) const SPRING: Opened = ("spring-festival", "2026年春节", (2026, 2, 9), (2026, 2, 23));

/// The rest of the year's occasions, opened together in March.
pub(super) const OTHERS: [Opened; 4] = [
    (
        "sensitive-period",
        "2026年清明节森林防火重点时段",
        (2026, 4, 1),
        (2026, 4, 6),
    ),
    ("labour-day", "2026年五一", (2026, 4, 27), (2026, 5, 5)),
    ("mid-autumn", "2026年中秋", (2026, 9, 21), (2026, 9, 27)),
    ("national-day", "2026年国庆", (2026, 9, 28), (2026, 10, 7)),
];

/// Kind, title, first and last day.
pub(super) type Opened = (&'static str, &'static str, (i32, u32, u32), (i32, u32, u32));

/// Opens an occasion; the office looks at a week before the holiday too.
pub(super) async fn open(ctx: &Ctx, opened: Opened) -> Outcome<()> {
    let (kind, title, from, to) = opened;
    let day = |(y, m, d)| NaiveDate::from_ymd_opt(y, m, d).ok_or_else(|| Fail::bug("日期"));
    let new = NewOccasion {
        kind: slug(kind)?,
        title: title.to_owned(),
        from_on: day(from)?,
        to_on: day(to)?,
    };
    occasion::open(ctx, new).await.map_err(said)?;
    Ok(())
}
