//! Adding a person, and the one-time link by which the person sets a password.

use app::FieldErrors;
use askama::Template;
use axum::extract::Path;

use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::form::{Field, Posted};
use crate::page::{Form, Page};
use crate::sheet::{Sheet, tried};

#[derive(Template)]
#[template(path = "person/link.html")]
struct LinkPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    link: String,
    hours: i64,
}

/// The form.
pub(super) async fn form(page: Page) -> Answer {
    page.ctx.writable()?;
    sheet(&page, &Posted::default(), &FieldErrors::new())
        .await?
        .answer(&page)
}

async fn sheet(page: &Page, posted: &Posted, errors: &FieldErrors) -> Result<Sheet, PageError> {
    let field = |name: &str| Field::of("person.create", name, posted);
    let fields = vec![
        field("name").errors(errors),
        field("login")
            .hint("3 到 40 个小写字母、数字，可以有点、横线和下划线，例如 shiqiao.lly。")
            .errors(errors),
    ];
    let sheet = Sheet::new(page, "添加人员", "/system/people").await?;
    Ok(sheet
        .crumb("人员", "/system/people")
        .lead("添加后得到一个一次性链接，交给本人设置口令。角色由安全管理员授予，岗位在岗位页面上交接。")
        .fields(fields)
        .errors(errors)
        .save("添加"))
}

/// Adds the person and shows the link once. A second click comes after that one time: it leads to
/// the page where a new link is made.
pub(super) async fn post(form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let (name, login) = (posted.text("name"), posted.text("login"));
    match tried(app::person::create(&page.ctx, name, login).await)? {
        Ok(added) => {
            let id = added.id.to_string();
            match added.link {
                Some(link) => show_link(page, &id, name, &link).await,
                None => Ok(page.done(&format!("/system/people/{id}"), app::Verb::PersonCreate)),
            }
        }
        Err(errors) => sheet(page, posted, &errors).await?.answer(page),
    }
}

/// A new link for somebody who forgot the password.
pub(super) async fn reset(Path(id): Path<String>, form: Form) -> Answer {
    let shown = app::person::reset(&form.page.ctx, super::id_of(&id)?).await?;
    match shown.link {
        Some(link) => show_link(&form.page, &id, "这名人员", &link).await,
        None => Ok(form
            .page
            .done(&format!("/system/people/{id}"), app::Verb::PersonReset)),
    }
}

/// The link stands on this page only: it is kept as a hash.
async fn show_link(page: &Page, id: &str, name: &str, link: &str) -> Answer {
    page.html(&LinkPage {
        chrome: page.chrome().await?,
        crumbs: vec![
            Crumb::new("人员", "/system/people"),
            Crumb::new(name, format!("/system/people/{id}")),
        ],
        link: format!("/link/{link}"),
        hours: domain::person::LINK_HOURS,
    })
}
