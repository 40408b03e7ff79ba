//! One-time links: setting a password, or naming the first three administrators.

use app::session::{FirstAdmin, Link};
use app::{Actor, Ctx, FieldErrors};
use askama::Template;
use axum::body::Body;
use axum::extract::{Extension, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::policy::Role;

use crate::edge::{Bare, Edge};
use crate::error::{Answer, PageError};
use crate::form::{Field, Posted, Wrong, summary};
use crate::page::{ctx_of, read_form, render};
use crate::reset::words::Told;
use crate::state::Web;

/// The three administrators, who share no power over the same thing.
const THREE: [Role; 3] = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];

struct AdminFields {
    title: &'static str,
    duty: &'static str,
    fields: Vec<Field>,
    password: Field,
}

#[derive(Template)]
#[template(path = "session/link.html")]
struct LinkPage {
    bare: Bare,
    title: &'static str,
    name: String,
    errors: Vec<Wrong>,
    code: Option<Field>,
    password: Option<Field>,
    again: Option<Field>,
    admins: Vec<AdminFields>,
}

/// A password was set by a link that others had given: who, when, with whose consent.
#[derive(Template)]
#[template(path = "session/link_used.html")]
struct UsedPage {
    bare: Bare,
    name: String,
    notices: Vec<Told>,
}

impl LinkPage {
    fn new(edge: &Edge, link: &Link, posted: &Posted, errors: &FieldErrors) -> Self {
        let secret = |name: &str, label: &str| {
            let empty = Posted::default();
            let field = Field::new(name, label, &empty).required().max(128);
            field.autocomplete("new-password").errors(errors)
        };
        let mut page = Self {
            bare: Bare::new(edge, ""),
            title: "设置口令",
            name: String::new(),
            errors: summary(errors),
            code: None,
            password: None,
            again: None,
            admins: Vec::new(),
        };
        match link {
            Link::Password(person) | Link::ByTwo(person) => {
                if matches!(link, Link::ByTwo(_)) {
                    let field = Field::new("code", "验证码", &Posted::default());
                    let hint = "12位字母和数字，由提出重置的管理员当面或电话告知。";
                    page.code = Some(field.required().max(20).hint(hint).errors(errors));
                }
                page.name = format!("{}（{}）", person.name, person.login);
                page.password = Some(secret("password", "新口令"));
                page.again = Some(secret("again", "再填一次新口令"));
            }
            Link::Setup(_) => {
                page.title = "设立三名管理员";
                page.admins = THREE
                    .iter()
                    .map(|r| admin_fields(*r, posted, errors))
                    .collect();
            }
        }
        page
    }
}

fn admin_fields(role: Role, posted: &Posted, errors: &FieldErrors) -> AdminFields {
    let name = |part: &str| format!("{}.{part}", role.code());
    let field = |part: &str, label: &str, max| {
        Field::new(&name(part), label, posted)
            .required()
            .max(max)
            .errors(errors)
    };
    let empty = Posted::default();
    AdminFields {
        title: app::words::role(role),
        duty: match role {
            Role::SystemAdmin => "管单位、岗位和人员，不看业务记录。",
            Role::SecurityAdmin => "管角色：谁在哪个单位有什么权限。",
            Role::AuditAdmin => "看审计记录，核验是否被改动。",
            Role::Office | Role::Leader | Role::Liaison | Role::Viewer => "",
        },
        fields: vec![field("name", "姓名", 40), field("login", "用户名", 40)],
        password: Field::new(&name("password"), "口令", &empty)
            .required()
            .max(128)
            .autocomplete("new-password")
            .errors(errors),
    }
}

/// The form of the link, as long as it is good.
pub(super) async fn form(
    State(web): State<Web>,
    Extension(edge): Extension<Edge>,
    Path(token): Path<String>,
) -> Answer {
    let ctx = ctx_of(&web, &edge, Actor::Anonymous, None);
    let link = app::session::link(&ctx, &token).await?;
    let page = LinkPage::new(&edge, &link, &Posted::default(), &FieldErrors::new());
    Ok(Html(render(&page)?).into_response())
}

/// Uses the link up.
pub(super) async fn post(
    State(web): State<Web>,
    Extension(edge): Extension<Edge>,
    Path(token): Path<String>,
    request: Request<Body>,
) -> Result<Response, Response> {
    let posted = read_form(request.into_body()).await?;
    let ctx = ctx_of(&web, &edge, Actor::Anonymous, None);
    used(&ctx, &edge, &token, &posted)
        .await
        .map_err(IntoResponse::into_response)
}

async fn used(ctx: &Ctx, edge: &Edge, token: &str, posted: &Posted) -> Answer {
    let link = app::session::link(ctx, token).await?;
    let done = match &link {
        Link::Password(_) | Link::ByTwo(_) => {
            let (new, again) = (posted.text("password"), posted.text("again"));
            app::reset::use_link(ctx, token, posted.text("code"), new, again).await
        }
        Link::Setup(_) => {
            let three = THREE.map(|role| (role, admin(role, posted)));
            let set_up = app::session::setup(ctx, token, &three).await;
            set_up.map(|()| Vec::new())
        }
    };
    match done {
        Ok(notices) if notices.is_empty() => Ok(Redirect::to("/sign-in").into_response()),
        // The link is used up: this page cannot be asked for a second time.
        Ok(notices) => {
            let page = UsedPage {
                bare: Bare::new(edge, ""),
                name: LinkPage::new(edge, &link, posted, &FieldErrors::new()).name,
                notices: notices.into_iter().map(Told::of).collect(),
            };
            Ok(Html(render(&page)?).into_response())
        }
        Err(app::Error::Invalid(errors)) => {
            let page = LinkPage::new(edge, &link, posted, &errors);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(render(&page)?)).into_response())
        }
        Err(other) => Err(PageError(other)),
    }
}

fn admin(role: Role, posted: &Posted) -> FirstAdmin {
    let of = |part: &str| posted.text(&format!("{}.{part}", role.code())).to_owned();
    FirstAdmin {
        name: of("name"),
        login: of("login"),
        password: of("password"),
    }
}
