//! 起草: a notice is read in, its text stands beside what was found, and a person decides.

mod check;
mod decide;
mod element;
mod head;
mod list;
mod reading;
mod show;
mod text;
mod words;

use domain::id::DraftId;
use domain::policy::Action;

use crate::error::PageError;
use crate::routes::{Audience, routes};

const DRAFT: Audience = Audience::May(Action::ApplyPack);

routes! {
    GET "/packs/drafts" "起草" DRAFT => list::show;
    POST "/packs/drafts" "读入文件起草" DRAFT => list::post, DraftOpen;
    GET "/packs/drafts/reading" "读取文件的进度" DRAFT => reading::show;
    POST "/packs/drafts/reading/cancel" "取消读取文件" DRAFT => reading::cancel;
    GET "/packs/drafts/{id}" "一份起草" DRAFT => show::show;
    POST "/packs/drafts/{id}/decide" "核对起草条目" DRAFT => decide::post, DraftDecide, DraftMerge;
    POST "/packs/drafts/{id}/add" "增加起草条目" DRAFT => decide::add, DraftTake, DraftAdd;
    POST "/packs/drafts/{id}/close" "搁置、重新拿起起草" DRAFT
        => decide::close, DraftClose, DraftReopen, DraftGoOn;
    GET "/packs/drafts/{id}/elements/{name}" "更正起草条目" DRAFT => element::form;
    POST "/packs/drafts/{id}/elements/{name}" "更正、恢复起草条目" DRAFT
        => element::post, DraftCorrect, DraftRestore;
    GET "/packs/drafts/{id}/head" "填写制度名称" DRAFT => head::form;
    POST "/packs/drafts/{id}/head" "填写制度名称" DRAFT => head::post, DraftRename;
    GET "/packs/drafts/{id}/check" "检查起草" DRAFT => check::show;
    POST "/packs/drafts/{id}/import" "由起草导入制度" DRAFT => check::import, DraftImport;
    GET "/packs/drafts/{id}/files/{name}" "下载起草的制度文件" DRAFT => check::file;
}

/// The id in an address; nonsense is not found.
fn id_of(text: &str) -> Result<DraftId, PageError> {
    text.parse()
        .map_err(|_| PageError(app::Error::NotFound("这份起草")))
}

/// What the rules refuse, beside the form: what was typed stays on the page.
fn as_field(error: app::Error) -> app::Error {
    match error {
        app::Error::Refused { message, .. } => app::FieldErrors::one("", message),
        other => other,
    }
}
