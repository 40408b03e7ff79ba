//! Relating bodies from a day on, and ending a relation.

use chrono::NaiveDate;
use domain::body::{Link, LinkKind};
use domain::id::BodyId;
use domain::policy::Action;
use schemars::JsonSchema;
use serde::Serialize;

use crate::counted::{Changed, as_found, recount_changed};
use crate::ctx::Ctx;
use crate::error::{Error, FieldErrors, Result};
use crate::verb::Verb;
use crate::write::Kept;

/// A relation that was made or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Related {
    /// What relates them.
    #[schemars(title = "关系")]
    pub kind: LinkKind,
    /// From.
    #[schemars(title = "单位")]
    pub a: BodyId,
    /// To.
    #[schemars(title = "对方单位")]
    pub b: BodyId,
}

impl Kept for Related {
    fn keep(&self) -> String {
        format!("{} {} {}", self.kind, self.a, self.b)
    }
    fn again(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        Some(Self {
            kind: parts.next()?.parse().ok()?,
            a: parts.next()?.parse().ok()?,
            b: parts.next()?.parse().ok()?,
        })
    }
}

/// Relates two bodies from a day on.
pub async fn link(ctx: &Ctx, link: Link) -> Result<Related> {
    if let Some(first) = ctx.begin(Verb::BodyLink).await? {
        return Ok(first);
    }
    let home = ctx.home()?;
    let world = ctx.app.world(home).await?;
    ctx.allow(&world.structure, Action::EditBody, link.a)?;
    ctx.allow(&world.structure, Action::EditBody, link.b)?;
    if link.a == link.b {
        return Err(FieldErrors::one("b", "请选择另一个单位。"));
    }
    if world
        .structure
        .linked_from(link.a, link.kind, link.from_on)
        .contains(&link.b)
    {
        return Err(Error::refused(
            crate::Code::LinkTwice,
            "这两个单位已有这种关系。",
        ));
    }
    ctx.write(Verb::BodyLink, link.a.to_string(), async |tx| {
        let before = as_found(tx, &ctx.app, &world).await?;
        store::body::link_insert(tx, home, &link).await?;
        recount_changed(tx, &ctx.app, &before, Changed::Bodies(&[link.b])).await?;
        Ok(Related {
            kind: link.kind,
            a: link.a,
            b: link.b,
        })
    })
    .await
}

/// Ends a relation on a day.
pub async fn unlink(
    ctx: &Ctx,
    kind: LinkKind,
    a: BodyId,
    b: BodyId,
    on: NaiveDate,
) -> Result<Related> {
    if let Some(first) = ctx.begin(Verb::BodyUnlink).await? {
        return Ok(first);
    }
    let home = ctx.home()?;
    let world = ctx.app.world(home).await?;
    ctx.allow(&world.structure, Action::EditBody, a)?;
    let held = world.structure.relations_of(a, on);
    if !held.iter().any(|l| l.kind == kind && l.a == a && l.b == b) {
        return Err(Error::NotFound("这种关系"));
    }
    ctx.write(Verb::BodyUnlink, a.to_string(), async |tx| {
        let before = as_found(tx, &ctx.app, &world).await?;
        store::body::link_close(tx, kind, a, b, on).await?;
        recount_changed(tx, &ctx.app, &before, Changed::Bodies(&[b])).await?;
        Ok(Related { kind, a, b })
    })
    .await
}
