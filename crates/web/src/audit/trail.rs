//! The trail, newest first.

use app::audit::{AuditQuery, Proof, Trail, trail};
use askama::Template;

use crate::chrome::{Chrome, Pager};
use crate::error::{Answer, PageError};
use crate::form::Choice;
use crate::page::Page;
use crate::query::{Asked, address, choices};

/// Verbs to filter by: those of a noun together.
const NOUNS: [(&str, &str); 13] = [
    ("", "全部"),
    ("act.", "履职记录"),
    ("ruling.", "裁定申请"),
    ("pack.", "制度"),
    ("occasion.", "重要节点"),
    ("body.", "单位"),
    ("post.", "岗位"),
    ("person.", "人员"),
    ("reset.", "重置"),
    ("role.", "角色"),
    ("session.", "登录"),
    ("file.", "附件"),
    ("job.", "后台任务"),
];

#[derive(Template)]
#[template(path = "audit/trail.html")]
pub(super) struct TrailPage {
    chrome: Chrome,
    trail: Trail,
    people: Vec<Choice>,
    verbs: Vec<Choice>,
    day: String,
    subject: String,
    pager: Pager,
    proof: Option<Proof>,
}

/// The trail.
pub(super) async fn show(page: Page, asked: Asked) -> Answer {
    let shown = trail_page(&page, &asked, None).await?;
    page.html(&shown)
}

/// The trail, with a proof above it where one was asked for.
pub(super) async fn trail_page(
    page: &Page,
    asked: &Asked,
    proof: Option<Proof>,
) -> Result<TrailPage, PageError> {
    let query = AuditQuery {
        person: asked.read("person"),
        verb: asked.0.some("verb"),
        subject: asked.0.some("subject"),
        day: asked.read("day"),
        after: asked.read("after"),
    };
    let trail = trail(&page.ctx, &query).await?;
    let any = [(String::new(), "全部".to_owned())];
    let people = trail
        .people
        .iter()
        .map(|(id, name)| (id.to_string(), name.clone()));
    let at = |after: &str| {
        let of = |name| asked.text(name);
        let values = [
            ("person", of("person")),
            ("verb", of("verb")),
            ("subject", of("subject")),
            ("day", of("day")),
            ("after", after),
        ];
        address("/system/audit", &values)
    };
    Ok(TrailPage {
        chrome: page.chrome().await?,
        people: choices(any.into_iter().chain(people), asked.text("person")),
        verbs: choices(NOUNS, asked.text("verb")),
        day: asked.text("day").to_owned(),
        subject: asked.text("subject").to_owned(),
        pager: Pager {
            text: format!("本页 {} 条，共 {} 条", trail.links.len(), trail.count),
            first: if query.after.is_some() {
                at("")
            } else {
                String::new()
            },
            previous: String::new(),
            next: trail.next.map(|n| at(&n.to_string())).unwrap_or_default(),
        },
        trail,
        proof,
    })
}
