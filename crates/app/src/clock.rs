//! A clock that was wrong: the way out for the operator, which leaves a link.

use domain::id::BodyId;
use store::audit::CLOCK_SET_BACK;

use crate::ctx::{Actor, Ctx};
use crate::error::{Error, Result};
use crate::words;

/// A county whose clock was put right.
#[derive(Debug, Clone)]
pub struct SetBack {
    /// The county.
    pub home: BodyId,
    /// What the clock said when something was last written.
    pub was: String,
    /// What it says now.
    pub now: String,
    /// The link that says so.
    pub seq: i64,
}

/// Says that the clock was wrongly ahead and is right now: in every county whose newest link is
/// stamped after now, a link goes back to now, with the reason. Sessions and one-time links end,
/// for their time was counted by the wrong clock.
///
/// For the console only: whoever may set the machine's clock may say that it was wrong.
pub async fn set_back(ctx: &Ctx, operator: &str, reason: &str) -> Result<Vec<SetBack>> {
    if !matches!(ctx.actor, Actor::System { .. }) {
        return Err(Error::SignedOut);
    }
    let reason = crate::act::reason(reason)?;
    let heads = ctx
        .app
        .store
        .read(async |r| store::audit::audit_heads(r).await)
        .await?;
    let mut out = Vec::new();
    for head in heads.into_iter().filter(|head| head.at > ctx.now) {
        let was = words::instant(head.at);
        let mut meta = ctx.meta(head.home, CLOCK_SET_BACK, format!("{was}：{reason}"));
        meta.operator = Some(operator.to_owned());
        let seq = ctx
            .app
            .store
            .write(&meta, async |tx| {
                store::session::sessions_end(tx).await?;
                store::session::tokens_end(tx).await?;
                tx.note();
                Ok::<_, Error>(tx.seq())
            })
            .await?;
        out.push(SetBack {
            home: head.home,
            was,
            now: words::instant(ctx.now),
            seq,
        });
    }
    Ok(out)
}
