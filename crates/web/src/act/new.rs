//! Recording an act: choose the kind, fill in five things, see what it meets, save.

use app::act::{FormKind, Preview, form as form_view, kinds};
use app::{Ctx, FieldErrors};
use askama::Template;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::id::ActId;

use super::draft::{Fields, draft, fields};
use super::row::{MeetsRow, meets_row};
use super::show::id_of;
use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::form::{Field, Posted, Wrong, summary};
use crate::page::{Form, Page};
use crate::query::Asked;
use crate::sheet::tried;

#[derive(Template)]
#[template(path = "act/kinds.html")]
struct KindsPage {
    chrome: Chrome,
    kinds: Vec<FormKind>,
}

/// What a draft would meet, in words.
pub(super) struct PreviewSeen {
    title: String,
    note: String,
    meets: Vec<MeetsRow>,
}

#[derive(Template)]
#[template(path = "act/new.html")]
pub(super) struct NewPage {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    title: String,
    lead: String,
    errors: Vec<Wrong>,
    action: String,
    kind: String,
    version: i64,
    /// The act that is changed, or empty.
    act: String,
    place: Option<Field>,
    doers: Vec<Field>,
    main: Vec<Field>,
    whens: Vec<Field>,
    more: Vec<Field>,
    more_open: bool,
    reason: Option<Field>,
    preview: PreviewSeen,
    save_label: &'static str,
}

#[derive(Template)]
#[template(path = "act/preview.html")]
struct PreviewPart {
    preview: PreviewSeen,
}

/// The kinds, or the form of the kind that the address names.
pub(super) async fn form(page: Page, asked: Asked) -> Answer {
    page.ctx.writable()?;
    if asked.text("kind").is_empty() {
        let kinds = kinds(&page.ctx).await?.kinds;
        return page.html(&KindsPage {
            chrome: page.chrome().await?,
            kinds,
        });
    }
    let shown = new_page(&page, &asked.0, &FieldErrors::new(), Preview::default()).await?;
    page.html(&shown)
}

async fn new_page(
    page: &Page,
    posted: &Posted,
    errors: &FieldErrors,
    preview: Preview,
) -> Result<NewPage, PageError> {
    let view = form_view(&page.ctx, posted.text("kind")).await?;
    let parts = fields(&view, posted, errors);
    let mut shown = NewPage::new(page.chrome().await?, &view.title, "/acts", parts);
    shown.kind = view.kind.to_string();
    shown.crumbs = vec![
        Crumb::new("履职记录", "/acts"),
        Crumb::new("换一种", "/acts/new"),
    ];
    shown.errors = summary(errors);
    shown.preview = seen(preview);
    shown.chrome.failed = !errors.is_empty();
    Ok(shown)
}

impl NewPage {
    pub(super) fn new(chrome: Chrome, title: &str, action: &str, parts: Fields) -> Self {
        let filled = |f: &Field| !f.value.is_empty() || !f.errors.is_empty();
        Self {
            chrome,
            crumbs: Vec::new(),
            title: format!("记一次{title}"),
            lead: String::new(),
            errors: Vec::new(),
            action: action.to_owned(),
            kind: String::new(),
            version: 0,
            act: String::new(),
            more_open: parts.more.iter().any(filled),
            place: parts.place,
            doers: parts.doers,
            main: parts.main,
            whens: parts.whens,
            more: parts.more,
            reason: None,
            preview: seen(Preview::default()),
            save_label: "保存",
        }
    }

    /// Turns the form for a new act into one that changes an act.
    pub(super) fn changing(
        mut self,
        title: &str,
        lead: &str,
        (act, version): (ActId, i64),
        reason: Field,
    ) -> Self {
        self.act = act.to_string();
        title.clone_into(&mut self.title);
        lead.clone_into(&mut self.lead);
        self.version = version;
        self.reason = Some(reason);
        self
    }

    /// The way here and the kind.
    pub(super) fn at(mut self, crumbs: Vec<Crumb>, kind: &str) -> Self {
        self.crumbs = crumbs;
        kind.clone_into(&mut self.kind);
        self
    }

    /// The messages of a refused form.
    pub(super) fn errors(mut self, errors: &FieldErrors) -> Self {
        self.errors = summary(errors);
        self.chrome.failed = !errors.is_empty();
        self
    }
}

fn seen(preview: Preview) -> PreviewSeen {
    let count = preview.meets.len();
    let (title, note) = if count == 0 {
        (
            "还看不出会满足哪些职责".to_owned(),
            refused_parts(&preview.missing).unwrap_or_else(|| {
                "填好上面几项，这里会写明它同时满足哪些职责、依据哪一条。".to_owned()
            }),
        )
    } else {
        (
            format!("这一条记录会同时计入 {count} 项职责"),
            String::new(),
        )
    };
    PreviewSeen {
        title,
        note,
        meets: preview.meets.into_iter().map(meets_row).collect(),
    }
}

/// What is wrong with those who were named, where anything is: it is not found out only on saving.
fn refused_parts(missing: &FieldErrors) -> Option<String> {
    let parts = missing
        .0
        .iter()
        .filter(|(field, _)| field.starts_with("p."));
    let all: Vec<&str> = parts.flat_map(|(_, m)| m).map(String::as_str).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// Saves, or only looks at what would be met.
pub(super) async fn post(form: Form) -> Answer {
    let (page, posted) = (&form.page, &form.posted);
    let draft = draft(&page.ctx, posted).await?;
    if posted.has("look") {
        let preview = app::act::preview(&page.ctx, &draft).await?;
        let missing = preview.missing.clone();
        let shown = new_page(page, posted, &missing, preview).await?;
        return page.html(&shown);
    }
    match tried(app::act::record(&page.ctx, &draft).await)? {
        Ok(id) => Ok(page.done(&format!("/acts/{id}"), app::Verb::ActRecord)),
        Err(errors) => {
            let shown = new_page(page, posted, &errors, Preview::default()).await?;
            page.refused(&shown)
        }
    }
}

/// The part of the form that says what would be met, while it is filled in.
pub(super) async fn preview(form: Form) -> Answer {
    let part = previewed(&form.page.ctx, &form.posted).await?;
    if !form.page.is_part() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    form.page.html(&PreviewPart { preview: part })
}

async fn previewed(ctx: &Ctx, posted: &Posted) -> Result<PreviewSeen, PageError> {
    let draft = draft(ctx, posted).await?;
    let looked = match posted.text("act") {
        "" => app::act::preview(ctx, &draft).await,
        act => app::act::preview_change(ctx, id_of(act)?, &draft).await,
    };
    match looked {
        Ok(preview) => Ok(seen(preview)),
        // What saving would refuse is said while the form is filled in.
        Err(app::Error::Refused { message, .. }) => Ok(PreviewSeen {
            title: "现在还不能保存".to_owned(),
            note: message,
            meets: Vec::new(),
        }),
        Err(other) => Err(other.into()),
    }
}
