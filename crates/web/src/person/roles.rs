//! Who has which role where; giving and taking roles.

use app::FieldErrors;
use app::person::{GrantSeen, roles, show as person_page};
use askama::Template;
use axum::extract::Path;
use domain::id::PersonId;
use domain::policy::Role;

use crate::body::{finder, named, unknown};
use crate::chrome::Chrome;
use crate::error::{Answer, PageError};
use crate::form::{Choice, Field, FieldKind, Posted};
use crate::page::{Form, Page};
use crate::sheet::{Sheet, tried};

#[derive(Template)]
#[template(path = "person/roles.html")]
struct RolesPage {
    chrome: Chrome,
    grants: Vec<GrantSeen>,
}

/// All roles in force.
pub(super) async fn show(page: Page) -> Answer {
    let grants = roles(&page.ctx).await?;
    page.html(&RolesPage {
        chrome: page.chrome().await?,
        grants,
    })
}

/// The form for giving a role.
pub(super) async fn form(page: Page, Path(id): Path<String>) -> Answer {
    page.ctx.writable()?;
    let id = super::id_of(&id)?;
    sheet(&page, id, &Posted::default(), &FieldErrors::new())
        .await?
        .answer(&page)
}

async fn sheet(
    page: &Page,
    id: PersonId,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<Sheet, PageError> {
    let person = person_page(&page.ctx, id).await?.person;
    let all = Role::ALL
        .iter()
        .map(|r| Choice::new(r.code(), app::words::role(*r)));
    let mut fields = vec![
        Field::new("role", "角色", posted)
            .kind(FieldKind::Radio)
            .required()
            .options(all.collect(), posted)
            .errors(errors),
        finder("body", "在哪个单位", posted)
            .required()
            .errors(errors),
    ];
    // Asked for only where somebody bears the same name.
    if posted.has("distinct") || !errors.of("distinct").is_empty() {
        let distinct = Field::new("distinct", "为什么是两个人", posted).kind(FieldKind::Lines);
        let max = domain::reset::REASON_LONGEST;
        fields.push(distinct.required().max(max).errors(errors));
    }
    let path = format!("/system/people/{id}");
    let sheet = Sheet::new(page, "授予角色", &format!("{path}/grant")).await?;
    Ok(sheet
        .crumb("权限", "/system/roles")
        .crumb(person.name.clone(), path)
        .lead(format!(
            "授予 {}。角色在所选单位及其下级有效，即日起算。首次授予管理员、安委办或领导角色的，该账号原有口令和登录同时失效，由两名管理员重新发放链接。",
            person.name
        ))
        .fields(fields)
        .errors(errors)
        .save("授予"))
}

/// Gives the role.
pub(super) async fn grant(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let id = super::id_of(&id)?;
    let mut errors = FieldErrors::new();
    let role = posted.must("role", "请选择角色。", &mut errors);
    let body = named(page, posted.text("body")).await?;
    if body.is_none() {
        errors.add("body", unknown(posted.text("body")));
    }
    let done = match (role, body) {
        (Some(role), Some(body)) => {
            let why = posted.text("distinct");
            tried(app::person::grant_namesake(&page.ctx, id, role, body, why).await)?
        }
        _ => Err(errors),
    };
    match done {
        Ok(()) => Ok(page.done(&format!("/system/people/{id}"), app::Verb::RoleGrant)),
        Err(errors) => sheet(page, id, posted, &errors).await?.answer(page),
    }
}

/// Takes a role back.
pub(super) async fn revoke(Path(id): Path<String>, form: Form) -> Answer {
    let id = id
        .parse()
        .map_err(|_| PageError(app::Error::NotFound("这项授权")))?;
    app::person::revoke(&form.page.ctx, id).await?;
    Ok(form.page.done("/system/roles", app::Verb::RoleRevoke))
}
