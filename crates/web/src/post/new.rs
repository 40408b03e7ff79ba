//! Setting up a post.

use app::FieldErrors;
use app::post::{LAST, NewPost};
use domain::id::BodyId;

use crate::body::BAD_DAY;
use crate::error::{Answer, PageError};
use crate::form::{Choice, Field, FieldKind, Posted};
use crate::page::{Form, Page};
use crate::query::Asked;
use crate::sheet::{Sheet, tried};

/// The form for the body that the address names.
pub(super) async fn form(page: Page, asked: Asked) -> Answer {
    page.ctx.writable()?;
    let body = crate::body::id_of(asked.text("body"))?;
    sheet(&page, body, &Posted::default(), &FieldErrors::new())
        .await?
        .answer(&page)
}

async fn sheet(
    page: &Page,
    body: BodyId,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<Sheet, PageError> {
    let world = page.ctx.app.world(page.who()?.home).await?;
    let name = world.structure.name(body, page.ctx.today).to_owned();
    let kinds = app::post::kinds(&world);
    let kinds = kinds
        .iter()
        .map(|k| Choice::new(k.kind.as_str(), &k.title))
        .collect();
    let field = |name: &str| Field::of("post.create", name, posted);
    let fields = vec![
        field("kind")
            .kind(FieldKind::Select)
            .options(kinds, posted)
            .hint("制度按类别确定由哪些岗位承担职责。")
            .errors(errors),
        field("title")
            .hint("例如 镇长、分管副镇长。")
            .errors(errors),
        field("from_on")
            .kind(FieldKind::Date)
            .or(page.ctx.today.to_string())
            .errors(errors),
    ];
    let sheet = Sheet::new(page, "设立岗位", "/posts").await?;
    Ok(sheet
        .crumb("单位", "/bodies")
        .crumb(name, format!("/bodies/{body}"))
        .lead("设立后，在岗位页面上把它交给任职的人。")
        .hide("body", body.to_string())
        .fields(fields)
        .errors(errors)
        .save("设立"))
}

/// Sets it up.
pub(super) async fn post(form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let body = crate::body::id_of(posted.text("body"))?;
    let done = match read(posted, body) {
        Ok(new) => tried(app::post::create(&page.ctx, new).await)?,
        Err(errors) => Err(errors),
    };
    match done {
        Ok(made) => Ok(page.done(&format!("/posts/{}", made.id), app::Verb::PostCreate)),
        Err(errors) => sheet(page, body, posted, &errors).await?.answer(page),
    }
}

fn read(posted: &Posted, body: BodyId) -> Result<NewPost, FieldErrors> {
    let mut errors = FieldErrors::new();
    let kind = posted.must("kind", "请选择类别。", &mut errors);
    let from_on = posted.must("from_on", BAD_DAY, &mut errors);
    let (Some(kind), Some(from_on)) = (kind, from_on) else {
        return Err(errors);
    };
    Ok(NewPost {
        id: None,
        body,
        kind,
        title: posted.text("title").to_owned(),
        ex_officio: None,
        from_on,
        sort_key: LAST.to_owned(),
        holder: None,
    })
}
