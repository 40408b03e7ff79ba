//! 重要节点: festivals and sensitive times, opened by the office with their days.

mod list;
mod open;

use domain::policy::Action;

use crate::routes::{Audience, routes};

const OPEN: Audience = Audience::May(Action::OpenOccasion);

routes! {
    GET "/occasions" "重要节点" Audience::May(Action::ViewPack) => list::show;
    GET "/occasions/new" "设定重要节点" OPEN => open::form;
    POST "/occasions" "设定重要节点" OPEN => open::post, OccasionOpen;
    POST "/occasions/{id}/withdraw" "撤销重要节点" OPEN => open::withdraw, OccasionWithdraw;
}
