//! 裁定申请: what was asked, and deciding it.

mod list;
mod show;
mod words;

use domain::policy::Action;

use crate::routes::{Audience, routes};

pub(crate) use words::{Told, told};

const SEE: Audience = Audience::May(Action::ViewStanding);

routes! {
    GET "/rulings" "裁定申请" SEE => list::show;
    GET "/rulings.csv" "导出裁定申请" SEE => list::export;
    GET "/rulings/{id}" "一份申请" SEE => show::show;
    POST "/rulings/{id}/decide" "决定申请" Audience::May(Action::DecideRuling)
        => show::decide, RulingDecide;
    POST "/rulings/{id}/withdraw" "撤回申请" Audience::May(Action::AskRuling)
        => show::withdraw, RulingWithdraw;
}
