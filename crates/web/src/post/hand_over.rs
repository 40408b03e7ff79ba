//! Handing a post over: from a day on somebody else holds it, and what is open goes along.

use app::FieldErrors;
use app::post::{PostSeen, open_items, show as post_page};
use axum::extract::Path;

use crate::body::BAD_DAY;
use crate::error::{Answer, PageError};
use crate::form::{Choice, Field, FieldKind, Posted};
use crate::page::{Form, Page};
use crate::sheet::{Sheet, tried};

/// The form, with what is open on the post.
pub(super) async fn form(page: Page, Path(id): Path<String>) -> Answer {
    page.ctx.writable()?;
    let post = post_page(&page.ctx, super::id_of(&id)?).await?;
    sheet(&page, &post, &Posted::default(), &FieldErrors::new())
        .await?
        .answer(&page)
}

async fn sheet(
    page: &Page,
    post: &PostSeen,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<Sheet, PageError> {
    let vacant = Choice::new("-", "（暂时空缺）");
    let people = post
        .people
        .iter()
        .map(|p| Choice::new(p.id.to_string(), format!("{}（{}）", p.name, p.login)));
    let people = std::iter::once(Choice::new("", "请选择")).chain(people);
    let field = |name: &str| Field::of("post.hand-over", name, posted);
    let fields = vec![
        field("to")
            .kind(FieldKind::Select)
            .required()
            .options(people.chain(std::iter::once(vacant)).collect(), posted)
            .errors(errors),
        field("on")
            .kind(FieldKind::Date)
            .or(page.ctx.today.to_string())
            .errors(errors),
    ];
    let items = open_items(&page.ctx, post.id).await?;
    let items = items.iter().map(|i| {
        (
            format!(
                "{}（{}，{}）",
                i.title,
                crate::duty::words::period(&i.key),
                crate::duty::words::word(i)
            ),
            crate::duty::path(&i.key),
        )
    });
    let path = format!("/posts/{}", post.id);
    let holder = post.holder.as_ref();
    let holder = holder.map_or("空缺", |holder| holder.name.as_str());
    let hidden = if post.sees_items {
        ""
    } else {
        "（您的角色不查看业务事项，这里不列。）"
    };
    let sheet = Sheet::new(
        page,
        &format!("交接：{}", post.title),
        &format!("{path}/hand-over"),
    )
    .await?;
    let from = post
        .holder
        .as_ref()
        .map(|holder| holder.id.to_string())
        .unwrap_or_default();
    Ok(sheet
        .crumb(post.body.name.clone(), format!("/bodies/{}", post.body.id))
        .crumb(post.title.clone(), path)
        .lead(format!(
            "现任：{holder}。职责由岗位承担，未办事项随岗位移交，一件不落。{hidden}"
        ))
        .hide("from", from)
        .fields(fields)
        .listed("随岗位移交的未办事项", items.collect())
        .errors(errors)
        .save("交接"))
}

/// Hands it over.
pub(super) async fn post(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let id = super::id_of(&id)?;
    let mut errors = FieldErrors::new();
    let on = posted.must("on", BAD_DAY, &mut errors);
    let vacant = posted.text("to") == "-";
    let to = if vacant {
        None
    } else {
        posted.must("to", "请选择接任人。", &mut errors)
    };
    let from = posted.text("from").parse().ok();
    let done = match on.filter(|_| errors.is_empty()) {
        Some(on) => tried(app::post::hand_over(&page.ctx, id, from, to, on).await)?,
        None => Err(errors),
    };
    match done {
        Ok(_) => Ok(page.done(&format!("/posts/{id}"), app::Verb::PostHandOver)),
        Err(errors) => {
            let found = post_page(&page.ctx, id).await?;
            sheet(page, &found, posted, &errors).await?.answer(page)
        }
    }
}
