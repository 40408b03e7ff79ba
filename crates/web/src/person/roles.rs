//! Who has which role where; giving and taking roles.

use app::FieldErrors;
use app::person::show as person_page;
use app::role::{GrantSeen, ListRoles, list};
use askama::Template;
use axum::extract::Path;
use domain::calendar::words::chinese_date;
use domain::id::PersonId;
use domain::person::GrantSort;
use domain::policy::Role;

use crate::body::{finder, named, unknown};
use crate::chrome::{Chrome, Pager};
use crate::error::{Answer, PageError};
use crate::form::{Choice, Field, FieldKind, Posted};
use crate::page::{Form, Page};
use crate::query::{Asked, address, turns};
use crate::sheet::{Sheet, tried};

/// A role that somebody holds, in words.
pub(super) struct Held {
    pub(super) id: String,
    pub(super) person: String,
    pub(super) name: String,
    pub(super) role: &'static str,
    pub(super) body: String,
    pub(super) since: String,
}

impl Held {
    pub(super) fn of(grant: GrantSeen) -> Self {
        Self {
            id: grant.id.to_string(),
            person: grant.person.id.to_string(),
            name: grant.person.name,
            role: app::words::role(grant.role),
            body: grant.body.name,
            since: chinese_date(grant.from_on),
        }
    }
}

#[derive(Template)]
#[template(path = "person/roles.html")]
struct RolesPage {
    chrome: Chrome,
    grants: Vec<Held>,
    newest: bool,
    pager: Pager,
}

/// All roles in force.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let (key, size) = asked.turn();
    let query = ListRoles {
        sort: asked.read("sort"),
        page: key,
        size,
        ..ListRoles::default()
    };
    let found = list(&page.ctx, query.clone()).await?;
    page.html(&RolesPage {
        chrome: page.chrome().await?,
        newest: query.sort == Some(GrantSort::Newest),
        pager: turns(&asked, &found, "项", |key| here(&query, key)),
        grants: found.rows.into_iter().map(Held::of).collect(),
    })
}

fn here(query: &ListRoles, key: &str) -> String {
    let size = query.size.map(|size| size.rows().to_string());
    let values = [
        ("sort", query.sort.map_or("", GrantSort::code)),
        ("size", size.as_deref().unwrap_or_default()),
        ("page", key),
    ];
    address("/system/roles", &values)
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
    let person = person_page(&page.ctx, id).await?;
    let all = Role::ALL
        .iter()
        .map(|r| Choice::new(r.code(), app::words::role(*r)));
    let field = |name: &str| Field::of("role.grant", name, posted);
    let mut fields = vec![
        field("role")
            .kind(FieldKind::Radio)
            .options(all.collect(), posted)
            .errors(errors),
        finder(field("body")).errors(errors),
    ];
    // Asked for only where somebody bears the same name.
    if posted.has("distinct") || !errors.of("distinct").is_empty() {
        let distinct = field("distinct").kind(FieldKind::Lines);
        fields.push(distinct.required().errors(errors));
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
            tried(app::role::grant_namesake(&page.ctx, id, role, body, why).await)?
        }
        _ => Err(errors),
    };
    match done {
        Ok(_) => Ok(page.done(&format!("/system/people/{id}"), app::Verb::RoleGrant)),
        Err(errors) => sheet(page, id, posted, &errors).await?.answer(page),
    }
}

/// Takes a role back.
pub(super) async fn revoke(Path(id): Path<String>, form: Form) -> Answer {
    let id = id
        .parse()
        .map_err(|_| PageError(app::Error::NotFound("这项授权")))?;
    app::role::revoke(&form.page.ctx, id).await?;
    Ok(form.page.done("/system/roles", app::Verb::RoleRevoke))
}
