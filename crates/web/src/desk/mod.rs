//! 工作台.

mod show;

use crate::routes::{Audience, routes};

routes! {
    GET "/" "首页" Audience::SignedIn => show::home;
    GET "/desk" "工作台" Audience::SignedIn => show::show;
}
