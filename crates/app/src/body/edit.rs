//! Setting up and changing bodies; what was before stays for the days before.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::body::{Attrs, Body, BodyKind, Division, Level, Link, Span};
use domain::calendar::words::chinese_date;
use domain::id::{BodyId, PostId};
use domain::policy::Action;
use domain::uscc::Uscc;
use store::enterprise::Enterprise;

use crate::counted::{Changed, as_found, recount_changed};
use crate::ctx::{Actor, Ctx};
use crate::door::Saved;
use crate::error::{Error, FieldErrors, Result};
use crate::verb::Verb;
use crate::words;
use crate::world::World;

/// Longest name, in characters.
pub const NAME_LONGEST: usize = 80;
/// Bodies set up in one operation.
pub const BATCH_MAX: usize = 2_000;

/// A body to set up.
#[derive(Debug, Clone)]
pub struct NewBody {
    /// Its id where the caller made one, for links in the same batch.
    pub id: Option<BodyId>,
    /// Kind.
    pub kind: BodyKind,
    /// Name.
    pub name: String,
    /// The body above; none for the county itself.
    pub parent: Option<BodyId>,
    /// Division code, or empty.
    pub division: String,
    /// Level.
    pub level: Level,
    /// Order in lists.
    pub sort_key: String,
    /// First day.
    pub opened_on: NaiveDate,
    /// Attributes.
    pub attrs: Attrs,
    /// The enterprise's file.
    pub enterprise: Option<NewEnterprise>,
}

/// The basic file of an enterprise.
#[derive(Debug, Clone, Default)]
pub struct NewEnterprise {
    /// 统一社会信用代码, or empty.
    pub uscc: String,
    /// Industry code, or empty.
    pub industry: String,
    /// Address.
    pub address: String,
    /// Telephone.
    pub phone: String,
}

/// Sets up the county that the installation acts in: its jurisdiction body, whose chain begins
/// here.
pub async fn create_home(ctx: &Ctx, name: &str, division: &str, on: NaiveDate) -> Result<BodyId> {
    let Actor::System { home: id, .. } = ctx.actor else {
        return Err(Error::Forbidden(Action::EditBody));
    };
    let body = Body {
        id,
        home: id,
        kind: BodyKind::Jurisdiction,
        opened_on: on,
        closed_on: None,
        sort_key: "000".to_owned(),
        spans: vec![Span {
            from_on: on,
            to_on: None,
            parent: None,
            name: name.to_owned(),
            division: division.to_owned(),
            level: Level::County,
            attrs: BTreeMap::new(),
        }],
        version: 1,
    };
    ctx.write(Verb::HomeCreate, id.to_string(), async |tx| {
        store::body::body_insert(tx, &body).await?;
        Ok(id)
    })
    .await
}

/// Sets up one body.
pub async fn create(ctx: &Ctx, new: NewBody) -> Result<Saved<BodyId>> {
    let made = create_many(ctx, vec![new], Vec::new()).await?;
    let first = made.first().copied().ok_or(Error::NotFound("这个单位"))?;
    Ok(Saved::first(first))
}

/// Sets up many bodies and their relations in one operation, such as an import.
pub async fn create_many(ctx: &Ctx, new: Vec<NewBody>, links: Vec<Link>) -> Result<Vec<BodyId>> {
    if let Some(first) = ctx.begin(Verb::BodyCreate).await? {
        return Ok(first);
    }
    if new.len() > BATCH_MAX {
        return Err(Error::Limit {
            what: "一次设立的单位",
            max: format!("{BATCH_MAX}个"),
        });
    }
    let home = ctx.home()?;
    let world = ctx.app.world(home).await?;
    check_places(ctx, &world, &new, &links)?;
    let mut errors = FieldErrors::new();
    let mut bodies = Vec::with_capacity(new.len());
    let mut files = Vec::new();
    for one in new {
        check_new(ctx, &world, &one, &mut errors);
        let (body, file) = built(ctx, home, one);
        bodies.push(body);
        files.extend(file);
    }
    errors.into_result()?;
    let ids: Vec<BodyId> = bodies.iter().map(|b| b.id).collect();
    let subject = ids.first().map(ToString::to_string).unwrap_or_default();
    // A relation between two that stand already is read with them.
    let mut changed = ids.clone();
    changed.extend(links.iter().filter(|l| !ids.contains(&l.a)).map(|l| l.b));
    ctx.write(Verb::BodyCreate, subject, async |tx| {
        let before = as_found(tx, &ctx.app, &world).await?;
        for body in &bodies {
            store::body::body_insert(tx, body).await?;
        }
        for file in &files {
            store::enterprise::enterprise_insert(tx, file).await?;
        }
        store::body::links_insert(tx, home, &links).await?;
        // One acts for its whole group, or all together: what was done may count for whoever
        // joined, or no longer be the whole group's.
        recount_changed(tx, &ctx.app, &before, Changed::Bodies(&changed)).await?;
        Ok(ids.clone())
    })
    .await
    .map_err(taken_uscc)
}

/// Every body stands under one that exists, or that was set up before it in the same batch, and
/// the actor may edit what is touched.
fn check_places(ctx: &Ctx, world: &World, new: &[NewBody], links: &[Link]) -> Result<()> {
    let mut batch = BTreeSet::new();
    let mut errors = FieldErrors::new();
    for one in new {
        match one.parent {
            None => errors.add("parent", "请选择上级单位。"),
            // Covered by the power over the one above it.
            Some(parent) if batch.contains(&parent) => {}
            Some(parent) => match ctx.allow(&world.structure, Action::EditBody, parent) {
                Ok(()) if world.structure.body(parent).is_some() => {}
                // One that may not be seen is answered as one that does not exist.
                Ok(()) | Err(Error::NotFound(_)) => {
                    errors.add("parent", "没有找到上级单位，请从列表中选择。");
                }
                Err(other) => return Err(other),
            },
        }
        batch.extend(one.id);
    }
    let ends = links.iter().flat_map(|l| [l.a, l.b]);
    for end in ends.filter(|id| !batch.contains(id)) {
        ctx.allow(&world.structure, Action::EditBody, end)?;
    }
    errors.into_result()
}

fn taken_uscc(error: Error) -> Error {
    if let Error::Internal(source) = &error
        && let Some(store::StoreError::Taken {
            table: "enterprise",
            ..
        }) = source.downcast_ref::<store::StoreError>()
    {
        return FieldErrors::one(
            "uscc",
            "这个统一社会信用代码已经登记过。请在单位列表中按代码查找，核对是否为同一家。",
        );
    }
    error
}

fn check_new(ctx: &Ctx, world: &World, new: &NewBody, errors: &mut FieldErrors) {
    check_name(&new.name, errors);
    if !new.division.is_empty() && new.division.parse::<Division>().is_err() {
        errors.add(
            "division",
            "区划代码应为6位（县）、9位（镇）或12位（村）数字。",
        );
    }
    if new.opened_on > ctx.today {
        errors.add(
            "opened_on",
            format!("设立日期最晚为今天（{}）。", chinese_date(ctx.today)),
        );
    }
    if let Some(parent) = new.parent.and_then(|p| world.structure.body(p))
        && !parent.exists_on(new.opened_on)
    {
        errors.add("opened_on", "上级单位在这一天还没有设立，或已经撤销。");
    }
    if let Some(file) = &new.enterprise
        && !file.uscc.is_empty()
        && let Err(bad) = file.uscc.parse::<Uscc>()
    {
        errors.add("uscc", bad.in_words());
    }
}

fn check_name(name: &str, errors: &mut FieldErrors) {
    let length = name.trim().chars().count();
    if length == 0 {
        errors.add("name", "请填写名称。");
    } else if length > NAME_LONGEST {
        errors.add(
            "name",
            format!("名称最多{NAME_LONGEST}字，现有{length}字。"),
        );
    }
    if let Some(unseen) = words::unseen(name.trim()) {
        errors.add("name", unseen);
    }
}

fn built(ctx: &Ctx, home: BodyId, new: NewBody) -> (Body, Option<Enterprise>) {
    let id = new.id.unwrap_or_else(|| BodyId::new(ctx.ids.next(ctx.now)));
    let file = new.enterprise.map(|f| Enterprise {
        body: id,
        home,
        uscc: Some(f.uscc.trim().to_uppercase()).filter(|u| !u.is_empty()),
        industry: f.industry.trim().to_owned(),
        address: f.address.trim().to_owned(),
        phone: f.phone.trim().to_owned(),
        version: 1,
    });
    let body = Body {
        id,
        home,
        kind: new.kind,
        opened_on: new.opened_on,
        closed_on: None,
        sort_key: new.sort_key,
        spans: vec![Span {
            from_on: new.opened_on,
            to_on: None,
            parent: new.parent,
            name: new.name.trim().to_owned(),
            division: new.division,
            level: new.level,
            attrs: new.attrs,
        }],
        version: 1,
    };
    (body, file)
}

/// What changes from a day on; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct BodyChange {
    /// New name.
    pub name: Option<String>,
    /// New body above.
    pub parent: Option<BodyId>,
    /// New division code.
    pub division: Option<String>,
    /// Attributes that change.
    pub attrs: Attrs,
}

/// Changes a body from a day on: a new span; what was before stays for the days before.
pub async fn change(
    ctx: &Ctx,
    id: BodyId,
    version: i64,
    from_on: NaiveDate,
    change: BodyChange,
) -> Result<Saved<BodyId>> {
    if let Some(first) = ctx.begin(Verb::BodyChange).await? {
        return Ok(first);
    }
    let home = ctx.home()?;
    let world = ctx.app.world(home).await?;
    ctx.allow(&world.structure, Action::EditBody, id)?;
    let body = world
        .structure
        .body(id)
        .ok_or(Error::NotFound("这个单位"))?;
    let mut errors = FieldErrors::new();
    if let Some(name) = &change.name {
        check_name(name, &mut errors);
    }
    if from_on > ctx.today {
        errors.add(
            "from_on",
            format!("生效日期最晚为今天（{}）。", chinese_date(ctx.today)),
        );
    }
    if body.spans.last().is_some_and(|s| from_on < s.from_on) {
        errors.add("from_on", "生效日期不能早于上一次变更。");
    }
    if let Some(parent) = change.parent {
        ctx.allow(&world.structure, Action::EditBody, parent)?;
        if world.structure.is_within(parent, id, from_on) {
            errors.add("parent", "上级单位不能是它自己，也不能是它的下级。");
        }
    }
    errors.into_result()?;
    let last = body.span_on(from_on).ok_or(Error::NotFound("这个单位"))?;
    let mut attrs = last.attrs.clone();
    attrs.extend(change.attrs);
    let span = Span {
        from_on,
        to_on: None,
        parent: change.parent.or(last.parent),
        name: change
            .name
            .map_or_else(|| last.name.clone(), |n| n.trim().to_owned()),
        division: change.division.unwrap_or_else(|| last.division.clone()),
        level: last.level,
        attrs,
    };
    ctx.write(Verb::BodyChange, id.to_string(), async |tx| {
        let before = as_found(tx, &ctx.app, &world).await?;
        let version = store::body::body_span_add(tx, id, version, &span).await?;
        // Who owes follows from attributes.
        recount_changed(tx, &ctx.app, &before, Changed::Bodies(&[id])).await?;
        Ok(Saved::at(id, version))
    })
    .await
}

/// Closes a body from a day on. Its history stays; it owes nothing whose cut-off lies later.
pub async fn close(ctx: &Ctx, id: BodyId, version: i64, on: NaiveDate) -> Result<Saved<BodyId>> {
    if let Some(first) = ctx.begin(Verb::BodyClose).await? {
        return Ok(first);
    }
    let home = ctx.home()?;
    let world = ctx.app.world(home).await?;
    ctx.allow(&world.structure, Action::EditBody, id)?;
    if id == home {
        return Err(Error::refused(crate::Code::BodyHome, "本辖区不能撤销。"));
    }
    let body = world
        .structure
        .body(id)
        .filter(|b| b.closed_on.is_none())
        .ok_or(Error::NotFound("这个单位"))?;
    check_end(ctx, [body], on, "撤销")?;
    check_later(&world, id, on)?;
    let below = world.structure.children(id, on);
    if let Some(first) = below.first() {
        let name = world.structure.name(first.id, on).to_owned();
        return Err(Error::refused(
            crate::Code::BodyHasChildren,
            format!(
                "它还有{}个下级单位（{name}等）。请先移到别的单位，或先撤销它们。",
                below.len()
            ),
        ));
    }
    let posts: Vec<PostId> = world.structure.posts_of(id, on).map(|p| p.id).collect();
    ctx.write(Verb::BodyClose, id.to_string(), async |tx| {
        let before = as_found(tx, &ctx.app, &world).await?;
        let version = store::body::body_close(tx, id, version, on).await?;
        for post in &posts {
            store::post::post_close(tx, *post, on).await?;
        }
        recount_changed(tx, &ctx.app, &before, Changed::Bodies(&[id])).await?;
        Ok(Saved::at(id, version))
    })
    .await
}

/// A body ends after its last change and not in the future.
pub(super) fn check_end<'a>(
    ctx: &Ctx,
    bodies: impl IntoIterator<Item = &'a Body>,
    on: NaiveDate,
    word: &str,
) -> Result<()> {
    if on > ctx.today {
        let today = chinese_date(ctx.today);
        return Err(FieldErrors::one(
            "on",
            format!("{word}日期最晚为今天（{today}）。"),
        ));
    }
    let changed = bodies.into_iter().filter_map(|b| b.spans.last());
    match changed.map(|s| s.from_on).max() {
        Some(last) if on <= last => Err(FieldErrors::one(
            "on",
            format!("{word}日期应晚于最近一次变更（{}）。", chinese_date(last)),
        )),
        Some(_) | None => Ok(()),
    }
}

/// What was set up under a body after a day keeps it from ending on that day.
pub(super) fn check_later(world: &World, id: BodyId, on: NaiveDate) -> Result<()> {
    let s = &world.structure;
    let begins = |b: &Body| {
        let under = |span: &Span| span.parent == Some(id) && span.from_on > on;
        b.spans.iter().find(|span| under(span)).cloned()
    };
    let body = s.bodies().iter().find_map(begins);
    let post = s.posts().iter().find(|p| p.body == id && p.from_on > on);
    let later = body
        .map(|span| (span.name, span.from_on))
        .or_else(|| post.map(|p| (p.title.clone(), p.from_on)));
    let Some((name, from_on)) = later else {
        return Ok(());
    };
    Err(FieldErrors::one(
        "on",
        format!(
            "{}起它还设立了{name}，日期应在这之后。",
            chinese_date(from_on)
        ),
    ))
}
