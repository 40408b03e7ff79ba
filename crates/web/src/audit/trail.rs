//! The trail, newest first.

use app::audit::{ListLinks, Proof, known, trail};
use askama::Template;

use super::words::{ProofTold, Told, proven, told};
use crate::chrome::{Chrome, Pager};
use crate::error::{Answer, PageError};
use crate::form::Choice;
use crate::page::Page;
use crate::query::{Asked, address, choices, sizes, turns};

/// Verbs to filter by: those of a noun together.
const NOUNS: [(&str, &str); 16] = [
    ("", "全部"),
    ("act.", "履职记录"),
    ("ruling.", "裁定申请"),
    ("pack.", "制度"),
    ("draft.", "起草"),
    ("occasion.", "重要节点"),
    ("body.", "单位"),
    ("post.", "岗位"),
    ("person.", "人员"),
    ("reset.", "重置"),
    ("role.", "角色"),
    ("session.", "登录"),
    ("token.", "接口令牌"),
    ("file.", "附件"),
    ("job.", "后台任务"),
    ("audit.", "审计"),
];

#[derive(Template)]
#[template(path = "audit/trail.html")]
pub(super) struct TrailPage {
    chrome: Chrome,
    links: Vec<Told>,
    people: Vec<Choice>,
    verbs: Vec<Choice>,
    sizes: Vec<Choice>,
    day: String,
    subject: String,
    pager: Pager,
    proof: Option<ProofTold>,
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
    let query = ListLinks {
        person: asked.read("person"),
        verb: asked.0.some("verb"),
        subject: asked.0.some("subject"),
        day: asked.read("day"),
        page: asked.0.some("page"),
        size: asked.size(),
    };
    let trail = trail(&page.ctx, query).await?;
    let people = known(&page.ctx).await?.into_iter();
    let people = people.map(|p| (p.id.to_string(), format!("{}（{}）", p.name, p.login)));
    let any = [(String::new(), "全部".to_owned())];
    let at = |key: &str| {
        let of = |name| asked.text(name);
        let values = [
            ("person", of("person")),
            ("verb", of("verb")),
            ("subject", of("subject")),
            ("day", of("day")),
            ("size", of("size")),
            ("page", key),
        ];
        address("/system/audit", &values)
    };
    Ok(TrailPage {
        chrome: page.chrome().await?,
        people: choices(any.into_iter().chain(people), asked.text("person")),
        verbs: choices(NOUNS, asked.text("verb")),
        sizes: sizes(asked),
        day: asked.text("day").to_owned(),
        subject: asked.text("subject").to_owned(),
        pager: turns(asked, &trail, "条", at),
        links: trail.rows.iter().map(told).collect(),
        proof: proof.as_ref().map(proven),
    })
}
