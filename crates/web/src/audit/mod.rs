//! 审计: the trail, one link, and the proof that nothing was altered.

mod link;
mod trail;
mod verify;
mod words;

use domain::policy::Action;

use crate::routes::{Audience, routes};

const SEE: Audience = Audience::May(Action::ViewAudit);

routes! {
    GET "/system/audit" "审计" SEE => trail::show;
    POST "/system/audit/verify" "核验审计链" SEE => verify::post, AuditVerify;
    GET "/system/audit/{seq}" "一条审计记录" SEE => link::show;
}
