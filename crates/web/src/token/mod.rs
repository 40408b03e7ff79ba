//! 我的接口令牌: tokens of programs that act for the one who is signed in.

mod list;
mod make;

use crate::routes::{Audience, routes};

routes! {
    GET "/tokens" "我的接口令牌" Audience::SignedIn => list::show;
    GET "/tokens/new" "办理接口令牌" Audience::SignedIn => make::form;
    POST "/tokens" "办理接口令牌" Audience::SignedIn => make::post, TokenMake;
    POST "/tokens/{id}/revoke" "停用接口令牌" Audience::SignedIn => make::revoke, TokenRevoke;
}
