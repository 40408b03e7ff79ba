//! The people of the county.

use app::person::{ListPeople, PersonLine, RoleHeld, list};
use askama::Template;
use domain::person::PeopleSort;
use domain::policy::Action;

use crate::chrome::{Chrome, Pager};
use crate::error::Answer;
use crate::page::Page;
use crate::query::{Asked, address, turns};

/// A person in words.
struct Line {
    id: String,
    name: String,
    login: String,
    posts: String,
    roles: String,
    active: bool,
}

#[derive(Template)]
#[template(path = "person/list.html")]
struct ListPage {
    chrome: Chrome,
    people: Vec<Line>,
    text: String,
    by_name: bool,
    may_edit: bool,
    pager: Pager,
}

fn line(person: PersonLine) -> Line {
    let role = |held: &RoleHeld| format!("{}（{}）", app::words::role(held.role), held.body.name);
    let roles: Vec<String> = person.roles.iter().map(role).collect();
    let posts: Vec<&str> = person.posts.iter().map(|post| post.name.as_str()).collect();
    Line {
        id: person.id.to_string(),
        posts: posts.join("、"),
        roles: roles.join("、"),
        name: person.name,
        login: person.login,
        active: person.active,
    }
}

/// The list.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let (key, size) = asked.turn();
    let query = ListPeople {
        text: asked.0.some("q"),
        active: None,
        sort: asked.read("sort"),
        page: key,
        size,
    };
    let found = list(&page.ctx, query.clone()).await?;
    page.html(&ListPage {
        chrome: page.chrome().await?,
        pager: turns(&asked, &found, "人", |key| here(&query, key)),
        may_edit: page.may(Action::EditPerson) && page.ctx.as_of.is_none(),
        by_name: query.sort == Some(PeopleSort::Name),
        text: query.text.unwrap_or_default(),
        people: found.rows.into_iter().map(line).collect(),
    })
}

fn here(query: &ListPeople, key: &str) -> String {
    let size = query.size.map(|size| size.rows().to_string());
    let values = [
        ("q", query.text.as_deref().unwrap_or_default()),
        ("sort", query.sort.map_or("", PeopleSort::code)),
        ("size", size.as_deref().unwrap_or_default()),
        ("page", key),
    ];
    address("/system/people", &values)
}
