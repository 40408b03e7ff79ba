//! 重置审批: asking for a reset, the second administrator's word, and telling whom it concerned.

mod ask;
mod list;
mod show;
mod told;
pub(crate) mod words;

use domain::id::ResetId;
use domain::policy::Action;

use crate::error::PageError;
use crate::routes::{Audience, routes};

const EDIT: Audience = Audience::May(Action::EditPerson);
const CONSENT: Audience = Audience::May(Action::ConsentReset);

pub(crate) use list::{by_operator, waiting};

/// Where a person is told what others did to the account.
pub(crate) const TOLD: &str = "/told";

routes! {
    GET "/system/people/{id}/ask" "提出重置" EDIT => ask::form;
    POST "/system/people/{id}/ask" "提出重置" EDIT => ask::post, ResetAsk;
    GET "/system/resets" "重置审批" CONSENT => list::show;
    GET "/system/resets/{id}" "一份重置申请" CONSENT => show::show;
    POST "/system/resets/{id}/decide" "同意或不同意重置" CONSENT => show::decide, ResetConsent, ResetRefuse;
    POST "/system/resets/{id}/withdraw" "撤回重置申请" EDIT => show::withdraw, ResetWithdraw;
    GET "/told" "账号变动告知" Audience::SignedIn => told::show;
    POST "/told" "确认已知悉账号变动" Audience::SignedIn => told::post, ResetTold;
}

/// The id in an address; nonsense is not found.
fn id_of(text: &str) -> Result<ResetId, PageError> {
    text.parse()
        .map_err(|_| PageError(app::Error::NotFound("这份申请")))
}
