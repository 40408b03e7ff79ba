//! How the program is, for whoever watches it and for the pages.

use std::time::Duration;

use crate::ctx::App;
use crate::words;

/// A database that does not answer within this time is away.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// Whether the database answers a question.
pub async fn answers(app: &App) -> bool {
    let asked = app.store.read(async |r| store::audit::audit_heads(r).await);
    let asked = tokio::time::timeout(ANSWER_WITHIN, asked).await;
    asked.is_ok_and(|answer| answer.is_ok())
}

/// What every page says while something does not work: why nothing can be saved, or that the
/// file outside the database is behind.
pub fn said(app: &App) -> Option<String> {
    let health = app.store.health();
    if let Some((fault, since)) = health.writing {
        let since = words::instant(since);
        return Some(format!("自{since}起，{}", words::fault(fault)));
    }
    health.head_file.map(|_| {
        "库外的链头文件写不进去，记录照常保存，但末尾暂无凭证。请通知系统管理员检查该文件所在的磁盘和权限。"
            .to_owned()
    })
}
