//! A clock that was wrong: the way out for the operator, which leaves a link.

use domain::id::BodyId;

use crate::ctx::Ctx;
use crate::error::Result;
use crate::verb::Verb;
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
pub async fn set_back(ctx: &Ctx, reason: &str) -> Result<Vec<SetBack>> {
    ctx.at_console()?;
    let reason = crate::act::reason(reason)?;
    let heads = ctx
        .app
        .store
        .read(async |r| store::audit::audit_heads(r).await)
        .await?;
    let mut out = Vec::new();
    for head in heads.into_iter().filter(|head| head.at > ctx.now) {
        let was = words::instant(head.at);
        let subject = format!("{was}：{reason}");
        let seq = ctx
            .writing(Verb::ClockSetBack, head.home, subject)
            .run(async |tx| {
                store::session::sessions_end(tx).await?;
                store::session::tokens_end(tx).await?;
                tx.note();
                Ok(tx.seq())
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
