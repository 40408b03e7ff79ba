//! 履职记录: the list, the form, one act.

mod change;
mod draft;
mod file;
mod list;
mod new;
pub(crate) mod row;
mod show;

use domain::policy::Action;

use crate::routes::{Audience, routes};

const SEE: Audience = Audience::May(Action::ViewAct);
const RECORD: Audience = Audience::May(Action::RecordAct);
const AMEND: Audience = Audience::May(Action::AmendAct);
const JUDGE: Audience = Audience::May(Action::JudgeReturn);

routes! {
    GET "/acts" "履职记录" SEE => list::show;
    GET "/acts.csv" "导出履职记录" SEE => list::export;
    GET "/acts/new" "记一次履职" RECORD => new::form;
    POST "/acts" "保存一次履职" RECORD => new::post, ActRecord;
    POST "/acts/preview" "看会满足哪些职责" RECORD => new::preview;
    GET "/acts/{id}" "一条记录" SEE => show::show;
    GET "/acts/{id}/amend" "更正记录" AMEND => change::form;
    POST "/acts/{id}/amend" "更正记录" AMEND => change::amend, ActAmend;
    POST "/acts/{id}/submit-again" "重新报送" RECORD => change::submit_again, ActSubmitAgain;
    POST "/acts/{id}/withdraw" "撤回记录" AMEND => change::withdraw, ActWithdraw;
    POST "/acts/{id}/judge" "审核报送" JUDGE => change::judge, ActAccept, ActSendBack;
    POST "/acts/{id}/files" "添加附件" AMEND => file::add, FileAdd;
    POST "/acts/{id}/files/{file}/remove" "移除附件" AMEND => file::remove, FileRemove;
    GET "/acts/{id}/files/{file}" "下载附件" SEE => file::get;
}
