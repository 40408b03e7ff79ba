//! Changing an act: amended, submitted again, withdrawn, accepted, sent back. Each is a new
//! version with its reason.

use app::FieldErrors;
use app::act::{ActDraft, Change, draft_of, form_of};
use axum::extract::Path;
use domain::id::ActId;

use super::draft::{draft, fields, typed};
use super::new::NewPage;
use super::show::{id_of, show_page};
use crate::chrome::Crumb;
use crate::error::{Answer, PageError};
use crate::form::{Field, FieldKind, Posted};
use crate::page::{Form, Page};
use crate::query::Asked;
use crate::sheet::tried;

/// The form with what stands in the act now.
pub(super) async fn form(page: Page, Path(id): Path<String>, asked: Asked) -> Answer {
    page.ctx.writable()?;
    let id = id_of(&id)?;
    let (saved, version) = draft_of(&page.ctx, id).await?;
    let mut posted = typed(&page.ctx, &saved).await?;
    if asked.text("again") == "1" {
        posted.0.push(("again".to_owned(), "1".to_owned()));
    }
    let shown = change_page(&page, id, version, &posted, &FieldErrors::new()).await?;
    page.html(&shown)
}

async fn change_page(
    page: &Page,
    id: ActId,
    version: i64,
    posted: &Posted,
    errors: &FieldErrors,
) -> Result<NewPage, PageError> {
    let view = form_of(&page.ctx, id).await?;
    let again = posted.text("again") == "1";
    let (title, lead) = if again {
        (
            "重新报送",
            "按退回的意见改好后重新报送，原来的一版保留在“经过”里。",
        )
    } else {
        (
            "更正记录",
            "原来的内容保留在“经过”里，计入哪些职责随之重算。",
        )
    };
    let reason = Field::new(
        "reason",
        if again {
            "改了什么"
        } else {
            "更正的理由"
        },
        posted,
    )
    .kind(FieldKind::Lines)
    .required_if(!again)
    .max(500)
    .errors(errors);
    let path = if again { "submit-again" } else { "amend" };
    let action = format!("/acts/{id}/{path}");
    let parts = fields(&view, posted, errors);
    let crumbs = vec![
        Crumb::new("履职记录", "/acts"),
        Crumb::new("这条记录", format!("/acts/{id}")),
    ];
    Ok(
        NewPage::new(page.chrome().await?, &view.title, &action, parts)
            .at(crumbs, view.kind.as_str())
            .changing(title, lead, (id, version), reason)
            .errors(errors),
    )
}

/// What was quoted in a change.
fn change(id: ActId, posted: &Posted, reason: &str) -> Change {
    let version = posted.text("version").parse().unwrap_or(0);
    Change {
        id,
        version,
        reason: posted.text(reason).to_owned(),
    }
}

/// Which verb a changed draft goes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Amend,
    SubmitAgain,
}

/// Amends the act.
pub(super) async fn amend(path: Path<String>, form: Form) -> Answer {
    changed(path, form, Verb::Amend).await
}

/// Answers a return that was sent back.
pub(super) async fn submit_again(path: Path<String>, form: Form) -> Answer {
    changed(path, form, Verb::SubmitAgain).await
}

async fn changed(Path(id): Path<String>, form: Form, verb: Verb) -> Answer {
    let id = id_of(&id)?;
    let (page, mut posted) = (form.page, form.posted);
    let draft: ActDraft = draft(&page.ctx, &posted).await?;
    let change = change(id, &posted, "reason");
    let done = match verb {
        Verb::Amend => app::act::amend(&page.ctx, &change, &draft).await,
        Verb::SubmitAgain => app::act::submit_again(&page.ctx, &change, &draft).await,
    };
    let said = if verb == Verb::Amend {
        app::Verb::ActAmend
    } else {
        app::Verb::ActSubmitAgain
    };
    let (done, change) = match done {
        // Somebody was first: what was typed stays, beside the version that stands now.
        Err(first @ app::Error::Stale { .. }) => {
            let (_, version) = draft_of(&page.ctx, id).await?;
            let told = Err(FieldErrors::one("reason", first.sentence()));
            (told, Change { version, ..change })
        }
        other => (other, change),
    };
    match tried(done)? {
        Ok(_) => Ok(page.done(&format!("/acts/{id}"), said)),
        Err(errors) => {
            if verb == Verb::SubmitAgain {
                posted.0.push(("again".to_owned(), "1".to_owned()));
            }
            let shown = change_page(&page, id, change.version, &posted, &errors).await?;
            page.refused(&shown)
        }
    }
}

/// Withdraws the act.
pub(super) async fn withdraw(Path(id): Path<String>, form: Form) -> Answer {
    let id = id_of(&id)?;
    let done = app::act::withdraw(&form.page.ctx, &change(id, &form.posted, "reason")).await;
    answered(&form, id, done, app::Verb::ActWithdraw).await
}

/// Accepts a return or sends it back.
pub(super) async fn judge(Path(id): Path<String>, form: Form) -> Answer {
    let id = id_of(&id)?;
    let change = change(id, &form.posted, "opinion");
    let ctx = &form.page.ctx;
    if form.posted.text("do") == "send-back" {
        let done = app::act::send_back(ctx, &change)
            .await
            .map_err(beside_opinion);
        answered(&form, id, done, app::Verb::ActSendBack).await
    } else {
        let done = app::act::accept(ctx, &change).await.map_err(beside_opinion);
        answered(&form, id, done, app::Verb::ActAccept).await
    }
}

/// The verb speaks of the reason; on this form the field is the opinion.
fn beside_opinion(error: app::Error) -> app::Error {
    let app::Error::Invalid(FieldErrors(mut all)) = error else {
        return error;
    };
    if let Some(found) = all.remove("reason") {
        all.insert("opinion".to_owned(), found);
    }
    app::Error::Invalid(FieldErrors(all))
}

async fn answered<T>(form: &Form, id: ActId, done: app::Result<T>, said: app::Verb) -> Answer {
    match tried(done)? {
        Ok(_) => Ok(form.page.done(&format!("/acts/{id}"), said)),
        Err(errors) => {
            let shown = show_page(&form.page, id, &form.posted, &errors).await?;
            form.page.refused(&shown)
        }
    }
}
