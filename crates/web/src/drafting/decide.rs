//! Decisions on elements: one by its own button, or several that are ticked.

use app::drafting::{
    Decided, Decision, DraftCounts, SURE, accept_rest, add as add_phrase, close as put_aside,
    decide, decide_one, go_on, merge, opened, reopen, take,
};
use askama::Template;
use axum::extract::Path;
use axum::response::{Html, IntoResponse};
use domain::id::DraftId;

use super::words::{ItemTold, item};
use crate::error::{Answer, PageError};
use crate::form::{Choice, Posted, Wrong, summary};
use crate::page::{Form, Page, render};
use crate::query::{Asked, address};
use crate::sheet::tried;

/// A card with the counts above all cards, for whoever has script.
#[derive(Template)]
#[template(path = "drafting/card.html")]
struct Card {
    id: DraftId,
    item: ItemTold,
    counts: DraftCounts,
    filters: Vec<(String, Choice)>,
    may_edit: bool,
    warning: String,
}

/// Where a draft's page goes on after a decision: the same filter, page and element.
fn back(id: DraftId, posted: &Posted, anchor: &str) -> String {
    let values = [("only", posted.text("only")), ("page", posted.text("page"))];
    let path = address(&format!("/packs/drafts/{id}"), &values);
    format!("{path}#{anchor}")
}

/// Decides on one element, on those ticked, or on the rest.
pub(super) async fn post(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let draft = super::id_of(&id)?;
    if posted.has("one") {
        return one(page, draft, posted).await;
    }
    match several(page, draft, posted).await {
        Ok((anchor, said)) => Ok(page.done(&back(draft, posted, &anchor), said)),
        Err(app::Error::Refused { message, .. }) => refused(page, &id, posted, message).await,
        Err(other) => Err(PageError(other)),
    }
}

/// Decides on those ticked or on the rest; where the page goes on, and what was done.
async fn several(page: &Page, id: DraftId, posted: &Posted) -> app::Result<(String, app::Verb)> {
    let chosen = posted.many("e");
    match (posted.text("do"), posted.text("do").parse().ok()) {
        ("merge", _) => {
            let kept = merge(&page.ctx, id, &chosen).await?;
            return Ok((format!("e-{}", kept.id), app::Verb::DraftMerge));
        }
        ("accept-rest", _) => told(accept_rest(&page.ctx, id, 0).await?)?,
        ("accept-sure", _) => told(accept_rest(&page.ctx, id, SURE).await?)?,
        (_, Some(what)) if !chosen.is_empty() => {
            told(decide(&page.ctx, id, &chosen, what).await?)?;
        }
        _ => {
            return Err(app::Error::refused(
                app::Code::DraftNoneChosen,
                "请先勾选条目，再点上面的按钮。",
            ));
        }
    }
    Ok(("items".to_owned(), app::Verb::DraftDecide))
}

/// Elements that were left, for they are not filled in, are told of.
fn told(Decided { changed, left, .. }: Decided) -> app::Result<()> {
    if left == 0 {
        return Ok(());
    }
    Err(app::Error::refused(
        app::Code::DraftLeft,
        format!(
            "采用了 {changed} 条；有 {left} 条没有填写完整（多是承担者），仍待核，请点“更正”填写。"
        ),
    ))
}

async fn refused(page: &Page, id: &str, posted: &Posted, message: String) -> Answer {
    let wrong = Wrong {
        anchor: "items".to_owned(),
        message,
    };
    super::show::again(page, id, &Asked(posted.clone()), vec![wrong]).await
}

/// One element, by the button on its card: what is decided, the state that the card showed, its
/// id. Somebody who was first is named by what the element is now.
async fn one(page: &Page, id: DraftId, posted: &Posted) -> Answer {
    let unknown = || PageError(app::Error::NotFound("这个条目"));
    let mut parts = posted.text("one").splitn(3, ':');
    let mut part = || parts.next().ok_or_else(unknown);
    let what: Decision = part()?.parse().map_err(|_| unknown())?;
    let seen = part()?.parse().map_err(|_| unknown())?;
    let element = part()?;
    let warning = match decide_one(&page.ctx, id, element, seen, what).await {
        Ok(_) => String::new(),
        Err(app::Error::Refused { message, .. }) => message,
        Err(other) => return Err(PageError(other)),
    };
    if !page.is_part() {
        return if warning.is_empty() {
            Ok(page.leads(&back(id, posted, &format!("e-{element}"))))
        } else {
            refused(page, &id.to_string(), posted, warning).await
        };
    }
    let draft = opened(&page.ctx, id).await?;
    let (shown, found) = (draft.page(), draft.element(element)?);
    let card = Card {
        id,
        item: item(id, found),
        counts: shown.counts,
        filters: super::show::filters(id, shown.counts, posted.text("only")),
        may_edit: shown.may_edit,
        warning,
    };
    Ok(Html(render(&card)?).into_response())
}

/// Makes an element of a phrase: one that the program left over, or one that a person picked.
pub(super) async fn add(Path(id): Path<String>, form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let draft = super::id_of(&id)?;
    let ctx = &page.ctx;
    let made = if let Ok(index) = posted.text("loose").parse() {
        take(ctx, draft, index).await
    } else {
        let near = posted.text("near").parse().unwrap_or(0);
        add_phrase(ctx, draft, posted.text("phrase"), near).await
    };
    match tried(made.map_err(super::as_field))? {
        Ok(element) => {
            let path = format!("/packs/drafts/{draft}/elements/{}", element.id);
            Ok(page.done(&path, app::Verb::DraftAdd))
        }
        Err(errors) => {
            let asked = Asked(posted.clone());
            super::show::again(page, &id, &asked, summary(&errors)).await
        }
    }
}

/// Puts a draft aside, takes it up again, or goes on with one that was imported.
pub(super) async fn close(Path(id): Path<String>, form: Form) -> Answer {
    let page = &form.page;
    let draft = super::id_of(&id)?;
    let here = format!("/packs/drafts/{draft}");
    match form.posted.text("do") {
        "reopen" => {
            reopen(&page.ctx, draft).await?;
            Ok(page.done(&here, app::Verb::DraftReopen))
        }
        "go-on" => {
            go_on(&page.ctx, draft).await?;
            Ok(page.done(&here, app::Verb::DraftGoOn))
        }
        _ => {
            put_aside(&page.ctx, draft).await?;
            Ok(page.done("/packs/drafts", app::Verb::DraftClose))
        }
    }
}
