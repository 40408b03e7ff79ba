//! 人员 and 权限: people, their sign-in and their roles.

mod list;
mod new;
mod roles;
mod show;

use domain::id::PersonId;
use domain::policy::Action;

use crate::error::PageError;
use crate::routes::{Audience, routes};

const EDIT: Audience = Audience::May(Action::EditPerson);
const EITHER: Audience = Audience::Either(Action::EditPerson, Action::GrantRole);
const GRANT: Audience = Audience::May(Action::GrantRole);

routes! {
    GET "/system/people" "人员" EITHER => list::show;
    GET "/system/people/new" "添加人员" EDIT => new::form;
    POST "/system/people" "添加人员" EDIT => new::post, PersonCreate;
    GET "/system/people/{id}" "一名人员" EITHER => show::show;
    POST "/system/people/{id}/change" "变更人员" EDIT => show::change, PersonChange;
    POST "/system/people/{id}/reset" "发放一次性链接" EDIT => new::reset, PersonReset;
    GET "/system/people/{id}/grant" "授予角色" GRANT => roles::form;
    POST "/system/people/{id}/grant" "授予角色" GRANT => roles::grant, RoleGrant;
    POST "/system/roles/{id}/revoke" "收回角色" GRANT => roles::revoke, RoleRevoke;
    GET "/system/roles" "权限" GRANT => roles::show;
}

/// The id in an address; nonsense is not found.
fn id_of(text: &str) -> Result<PersonId, PageError> {
    text.parse()
        .map_err(|_| PageError(app::Error::NotFound("这个人员")))
}
