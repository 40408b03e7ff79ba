//! Merging a body into another of its kind: a town into its neighbour, with all that stands below.

use chrono::NaiveDate;
use domain::body::{Body, BodyKind, Link, LinkKind, Span};
use domain::id::{BodyId, PostId};
use domain::policy::Action;

use super::edit::{check_end, check_later};
use crate::counted::{Changed, as_found, recount_changed};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::verb::Verb;
use crate::world::World;

/// Merges `old` into `into` from a day on: every organ of the old town is closed and linked to its
/// successor, so that its acts count for the successor and its history stays readable. Enterprises
/// and other bodies on its territory move under the new one.
pub async fn merge(ctx: &Ctx, old: BodyId, into: BodyId, on: NaiveDate) -> Result<()> {
    if let Some(first) = ctx.begin(Verb::BodyMerge).await? {
        return Ok(first);
    }
    let home = ctx.home()?;
    let world = ctx.app.world(home).await?;
    ctx.allow(&world.structure, Action::EditBody, old)?;
    ctx.allow(&world.structure, Action::EditBody, into)?;
    let plan = merge_plan(&world, old, into, on)?;
    let touched = plan.pairs.iter().map(|(gone, _)| gone);
    check_end(
        ctx,
        touched.chain(plan.moved.iter().map(|(b, _)| b)),
        on,
        "合并",
    )?;
    for (gone, _) in &plan.pairs {
        check_later(&world, gone.id, on)?;
    }
    let links = territory_moves(&world, old, into, on);
    let mut changed: Vec<BodyId> = plan.moved.iter().map(|(body, _)| body.id).collect();
    changed.extend(plan.pairs.iter().map(|(gone, _)| gone.id));
    changed.extend(links.iter().map(|(b, _)| *b));
    ctx.write(Verb::BodyMerge, old.to_string(), async |tx| {
        let before = as_found(tx, &ctx.app, &world).await?;
        for (body, span) in &plan.moved {
            store::body::body_span_add(tx, body.id, body.version, span).await?;
        }
        for (gone, heir) in &plan.pairs {
            store::body::body_close(tx, gone.id, gone.version, on).await?;
            let link = Link {
                kind: LinkKind::Successor,
                a: *heir,
                b: gone.id,
                from_on: on,
                to_on: None,
            };
            store::body::link_insert(tx, home, &link).await?;
        }
        for (b, new) in &links {
            store::body::link_close(tx, LinkKind::Territory, old, *b, on).await?;
            store::body::link_insert(tx, home, new).await?;
        }
        for post in &plan.posts {
            store::post::post_close(tx, *post, on).await?;
        }
        // What the old ones did counts for their successors from now on.
        recount_changed(tx, &ctx.app, &before, Changed::Bodies(&changed)).await?;
        Ok(())
    })
    .await
}

struct MergePlan {
    /// Bodies that close, with their heirs; organs first, the jurisdiction last.
    pairs: Vec<(Body, BodyId)>,
    moved: Vec<(Body, Span)>,
    posts: Vec<PostId>,
}

fn merge_plan(world: &World, old: BodyId, into: BodyId, on: NaiveDate) -> Result<MergePlan> {
    let s = &world.structure;
    let gone = s
        .body(old)
        .filter(|b| b.exists_on(on))
        .ok_or(Error::NotFound("被合并的单位"))?;
    let heir = s
        .body(into)
        .filter(|b| b.exists_on(on))
        .ok_or(Error::NotFound("承接单位"))?;
    if old == into || gone.kind != heir.kind {
        return Err(Error::refused(
            crate::Code::MergeKind,
            "只能把同类的两个单位合并，且不能是同一个。",
        ));
    }
    let mut plan = MergePlan {
        pairs: Vec::new(),
        moved: Vec::new(),
        posts: Vec::new(),
    };
    for child in s.children(old, on) {
        let same = s
            .children(into, on)
            .into_iter()
            .find(|c| c.kind == child.kind);
        let organ = matches!(child.kind, BodyKind::PartyCommittee | BodyKind::Government);
        match same.filter(|_| organ) {
            Some(heir) => {
                plan.posts.extend(s.posts_of(child.id, on).map(|p| p.id));
                plan.pairs.push((child.clone(), heir.id));
                let below = s.children(child.id, on);
                plan.moved
                    .extend(below.into_iter().filter_map(|b| moved(b, heir.id, on)));
            }
            None => plan.moved.extend(moved(child, into, on)),
        }
    }
    plan.posts.extend(s.posts_of(old, on).map(|p| p.id));
    plan.pairs.push((gone.clone(), into));
    Ok(plan)
}

/// A body under another one from a day on.
fn moved(body: &Body, parent: BodyId, on: NaiveDate) -> Option<(Body, Span)> {
    let span = Span {
        from_on: on,
        to_on: None,
        parent: Some(parent),
        ..body.span_on(on)?.clone()
    };
    Some((body.clone(), span))
}

fn territory_moves(world: &World, old: BodyId, into: BodyId, on: NaiveDate) -> Vec<(BodyId, Link)> {
    world
        .structure
        .relations_of(old, on)
        .into_iter()
        .filter(|l| l.kind == LinkKind::Territory && l.a == old)
        .map(|l| {
            let new = Link {
                kind: LinkKind::Territory,
                a: into,
                b: l.b,
                from_on: on,
                to_on: None,
            };
            (l.b, new)
        })
        .collect()
}
