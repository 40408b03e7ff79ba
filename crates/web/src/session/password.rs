//! Changing one's own password.

use app::FieldErrors;
use askama::Template;

use crate::chrome::Chrome;
use crate::error::{Answer, PageError};
use crate::form::{Field, Posted, Wrong, summary};
use crate::page::{Form, Page};

#[derive(Template)]
#[template(path = "session/password.html")]
struct PasswordPage {
    chrome: Chrome,
    must_change: bool,
    errors: Vec<Wrong>,
    old: Field,
    password: Field,
    again: Field,
}

impl PasswordPage {
    async fn new(page: &Page, errors: &FieldErrors) -> Result<Self, PageError> {
        let field = |name: &str, label: &str, token: &str| {
            let empty = Posted::default();
            Field::new(name, label, &empty)
                .required()
                .max(128)
                .autocomplete(token)
                .errors(errors)
        };
        let mut chrome = page.chrome().await?;
        chrome.failed = !errors.is_empty();
        Ok(Self {
            chrome,
            must_change: page.must_change,
            errors: summary(errors),
            old: field("old", "原口令", "current-password"),
            password: field("password", "新口令", "new-password")
                .hint("8 到 128 个字符，包含大写字母、小写字母、数字、符号中的三种，不含用户名。"),
            again: field("again", "再填一次新口令", "new-password"),
        })
    }
}

/// The form.
pub(super) async fn form(page: Page) -> Answer {
    let shown = PasswordPage::new(&page, &FieldErrors::new()).await?;
    page.html(&shown)
}

/// Changes it; other sessions of the person end.
pub(super) async fn post(form: Form) -> Answer {
    let (page, typed) = (form.page, form.posted);
    let (old, new, again) = (
        typed.text("old"),
        typed.text("password"),
        typed.text("again"),
    );
    match app::session::change_password(&page.ctx, old, new, again, &page.token).await {
        Ok(()) => Ok(page.done("/desk", app::Verb::PersonPassword)),
        Err(app::Error::Invalid(errors)) => {
            let shown = PasswordPage::new(&page, &errors).await?;
            page.refused(&shown)
        }
        Err(other) => Err(PageError(other)),
    }
}
