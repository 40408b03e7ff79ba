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
    POST "/sign-in" "登录" Audience::Anyone => sign_in::post, SessionSignIn, SessionRefused;
    POST "/sign-out" "退出登录" Audience::SignedIn => sign_in::out, SessionSignOut;
    GET "/link/{token}" "一次性链接" Audience::Anyone => link::form;
    POST "/link/{token}" "用一次性链接设口令" Audience::Anyone => link::post, PersonPassword, ResetWrongCode;
    GET "/password" "修改口令" Audience::SignedIn => password::form;
    POST "/password" "修改口令" Audience::SignedIn => password::post, PersonPassword;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let cookie = set_cookie("a", "b", None, true);
        assert_eq!(cookie, "a=b; Path=/; HttpOnly; SameSite=Lax; Secure");
    }
}
