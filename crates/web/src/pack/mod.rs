//! 制度: packs, their clauses beside duties and standing, importing and applying them.

mod apply;
mod import;
mod list;
mod show;
pub(crate) mod words;

use domain::id::Slug;
use domain::policy::Action;

use crate::error::PageError;
use crate::routes::{Audience, routes};

const SEE: Audience = Audience::May(Action::ViewPack);
const APPLY: Audience = Audience::May(Action::ApplyPack);

routes! {
    GET "/packs" "制度" SEE => list::show;
    GET "/packs/burden" "各单位的负担" SEE => list::show_burden;
    GET "/packs/import" "导入制度" APPLY => import::form;
    POST "/packs/import" "检查、导入制度" APPLY => import::post, PackImport;
    GET "/packs/{id}" "一个制度" SEE => show::show;
    GET "/packs/{id}/files/{version}/{name}" "下载制度文件" SEE => show::file;
    GET "/packs/{id}/apply" "施行制度" APPLY => apply::form;
    POST "/packs/{id}/apply" "试算、施行制度" APPLY => apply::post, PackApply;
}

/// The id in an address; nonsense is not found.
fn id_of(text: &str) -> Result<Slug, PageError> {
    text.parse()
        .map_err(|_| PageError(app::Error::NotFound("这个制度")))
}
