//! 单位: the list, one page a body, and every change to it.

mod change;
pub(crate) mod list;
mod new;
mod relation;
mod show;
mod words;

use domain::id::BodyId;
use domain::policy::Action;

use crate::error::PageError;
use crate::form::{Field, FieldKind};
use crate::page::Page;
use crate::routes::{Audience, routes};

const SEE: Audience = Audience::May(Action::ViewBody);
const EDIT: Audience = Audience::May(Action::EditBody);

routes! {
    GET "/bodies" "单位" SEE => list::show;
    GET "/bodies/options" "单位名称候选" SEE => list::options;
    GET "/bodies/new" "设立单位" EDIT => new::form;
    POST "/bodies" "设立单位" EDIT => new::post, BodyCreate;
    GET "/bodies/{id}" "一个单位" SEE => show::show;
    GET "/bodies/{id}/change" "更名、移转" EDIT => change::form;
    POST "/bodies/{id}/change" "更名、移转" EDIT => change::post, BodyChange;
    GET "/bodies/{id}/close" "撤销单位" EDIT => change::close_form;
    POST "/bodies/{id}/close" "撤销单位" EDIT => change::close, BodyClose;
    GET "/bodies/{id}/merge" "合并单位" EDIT => change::merge_form;
    POST "/bodies/{id}/merge" "合并单位" EDIT => change::merge, BodyMerge;
    GET "/bodies/{id}/link" "建立关系" EDIT => relation::form;
    POST "/bodies/{id}/link" "建立关系" EDIT => relation::post, BodyLink;
    POST "/bodies/{id}/unlink" "解除关系" EDIT => relation::end, BodyUnlink;
}

/// What a date that does not read is answered with.
pub(crate) const BAD_DAY: &str = "请填写日期，例如2026-11-05。";

/// The id in an address; nonsense is not found.
pub(crate) fn id_of(text: &str) -> Result<BodyId, PageError> {
    text.parse()
        .map_err(|_| PageError(app::Error::NotFound("这个单位")))
}

/// The body that was typed by its name.
pub(crate) async fn named(page: &Page, text: &str) -> Result<Option<BodyId>, PageError> {
    if let Ok(id) = text.parse() {
        return Ok(Some(id));
    }
    if text.is_empty() {
        return Ok(None);
    }
    let found = app::body::options(&page.ctx, text, app::body::OPTIONS_MAX).await?;
    let exact = found.iter().find(|body| body.name == text);
    let only = found.first().filter(|_| found.len() == 1);
    Ok(exact.or(only).map(|body| body.id))
}

/// Makes a field one in which a body is typed by its name: the id that the operation takes is
/// found by it.
pub(crate) fn finder(field: Field) -> Field {
    field
        .kind(FieldKind::Finder)
        .max(app::body::NAME_LONGEST)
        .hint("输入名称的几个字，从列表中选。")
}

/// Says beside a field that no body has the name that was typed.
pub(crate) fn unknown(text: &str) -> String {
    if text.is_empty() {
        "请填写单位名称，从列表中选。".to_owned()
    } else {
        format!("没有找到“{text}”，或有几个单位名称都含这几个字。请从列表中选择。")
    }
}
