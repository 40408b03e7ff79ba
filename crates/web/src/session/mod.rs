//! Signing in and out, passwords, one-time links, the day looked at and the post acted in.

mod as_of;
mod link;
mod password;
mod sign_in;

use app::session::Resumed;

use crate::edge::Edge;
use crate::routes::{Audience, routes};
use crate::state::Web;

/// The cookie of a session.
pub const SESSION_COOKIE: &str = "bihuan_session";
/// The cookie of the day that is looked at.
pub const AS_OF_COOKIE: &str = "bihuan_as_of";
/// The cookie of the post that the person chose to act in.
pub(crate) const POST_COOKIE: &str = "bihuan_post";
/// The cookie that tells a browser in which somebody signed in from strangers.
const DEVICE_COOKIE: &str = "bihuan_device";
/// A browser is told from strangers for so many seconds: half a year.
const DEVICE_SECONDS: i64 = 180 * 86_400;
/// What was just done, for the next page only.
pub(crate) const SAID_COOKIE: &str = "bihuan_said";

routes! {
    GET "/sign-in" "登录" Audience::Anyone => sign_in::form;
    POST "/sign-in" "登录" Audience::Anyone => sign_in::post;
    POST "/sign-out" "退出登录" Audience::SignedIn => sign_in::out;
    GET "/link/{token}" "一次性链接" Audience::Anyone => link::form;
    POST "/link/{token}" "用一次性链接设口令" Audience::Anyone => link::post;
    GET "/password" "修改口令" Audience::SignedIn => password::form;
    POST "/password" "修改口令" Audience::SignedIn => password::post;
    POST "/as-of" "查看某日、回到今天" Audience::SignedIn => as_of::day;
    POST "/session/post" "换一个岗位办理" Audience::SignedIn => as_of::post;
    GET "/assets/{version}/{name}" "样式与脚本" Audience::Anyone => crate::assets::show;
}

/// Who a token belongs to, if its session still holds.
pub(crate) async fn resume(
    web: &Web,
    edge: &Edge,
    token: &str,
    post: Option<&str>,
) -> Result<Option<Resumed>, app::Error> {
    if token.len() != 64 {
        return Ok(None);
    }
    let today = app::ctx::china_day(edge.now);
    let post = post.and_then(|p| p.parse().ok());
    app::session::resume(&web.app, token, post, edge.now, today).await
}

/// A cookie that scripts cannot read and other sites do not send.
pub(crate) fn set_cookie(name: &str, value: &str, seconds: Option<i64>, secure: bool) -> String {
    let age = seconds
        .map(|s| format!("; Max-Age={s}"))
        .unwrap_or_default();
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}")
}

/// Takes a cookie away.
pub(crate) fn clear_cookie(name: &str) -> String {
    format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// What was done, in words; an unknown code says nothing.
pub(crate) fn said(code: &str) -> &'static str {
    match code {
        "recorded" => "已保存。下面写明它计入了哪些职责；照片等可以现在添加，也可以不加。",
        "amended" => "已更正，原来的内容保留在“经过”里。",
        "withdrawn" => "已撤回，不再计入任何职责。",
        "accepted" => "已审核通过。",
        "sent-back" => "已退回，对方会看到您写明的理由和答复期限。",
        "submitted" => "已重新报送，等待审核。",
        "file-added" => "附件已保存。",
        "file-removed" => "附件已移除。",
        "asked" => "申请已提出，等待决定。",
        "decided" => "已决定，申请人会看到您的意见。",
        "ruling-withdrawn" | "reset-withdrawn" => "申请已撤回。",
        "draft-opened" => "文件已读入。请逐条核对右边的条目，可以随时离开，再接着做。",
        "draft-decided" => "已保存。",
        "draft-merged" => "已合并，依据和原文的几处都保留在这一条上。",
        "draft-corrected" => "已更正并采用。",
        "draft-restored" => "已恢复成程序读出的样子，请重新核对。",
        "draft-added" => "已补一条，请填写完整。",
        "draft-named" => "名称已保存。",
        "draft-closed" => "已搁置，需要时可以恢复办理。",
        "draft-reopened" => "已恢复办理。",
        "draft-imported" => "制度已导入。请选定从哪一天起施行。",
        "pack-imported" => "制度已导入，可以施行。",
        "pack-applied" => "制度已施行，职责已按施行日计算。",
        "body-created" => "单位已设立。",
        "body-changed" => "已变更，变更前的情况保留在“沿革”里。",
        "body-merged" => "已合并，原单位的记录计入承接单位。",
        "body-closed" => "单位已撤销，历史仍可查看。",
        "linked" => "关系已建立。",
        "unlinked" => "关系已解除。",
        "post-created" => "岗位已设立。",
        "post-closed" => "岗位已撤销。",
        "handed-over" => "岗位已交接，未办事项随岗位移交。",
        "person-added" => {
            "这名人员已添加。一次性链接只显示一次，没有抄下的，请点“发放一次性链接”重新发放。"
        }
        "person-changed" => "人员信息已保存。",
        "reset-asked" => {
            "申请已提出，等待另一名管理员同意。显示过验证码的，只显示一次；没有抄下的，请撤回后重新提出。"
        }
        "reset-consented" => "已同意。链接只显示一次，没有抄下的，请提出人重新提出。",
        "reset-refused" => "已办理，提出人会看到您的意见。",
        "job-again" => "已排定，一分钟内重新执行。",
        "told" => "已确认知悉。",
        "granted" => "角色已授予。",
        "revoked" => "角色已收回。",
        "occasion-opened" => "重要节点已设定，相应职责已计算。",
        "occasion-withdrawn" => "重要节点已撤销。",
        "password-changed" => "口令已修改，其他设备上的登录已退出。",
        "today" => "已回到今天。",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let cookie = set_cookie("a", "b", None, true);
        assert_eq!(cookie, "a=b; Path=/; HttpOnly; SameSite=Lax; Secure");
    }
}
