//! A sheet: a page that is one form. Most changes are made on one.

use app::FieldErrors;
use askama::Template;

use crate::chrome::{Chrome, Crumb};
use crate::error::{Answer, PageError};
use crate::form::{Field, Wrong, summary};
use crate::page::Page;

/// A page that is one form.
#[derive(Template)]
#[template(path = "sheet.html")]
pub(crate) struct Sheet {
    chrome: Chrome,
    crumbs: Vec<Crumb>,
    title: String,
    lead: String,
    errors: Vec<Wrong>,
    failed: bool,
    action: String,
    hidden: Vec<(String, String)>,
    fields: Vec<Field>,
    save: String,
    red: bool,
    listed_title: String,
    listed: Vec<(String, String)>,
}

impl Sheet {
    /// An empty sheet that posts to an address.
    pub(crate) async fn new(page: &Page, title: &str, action: &str) -> Result<Self, PageError> {
        Ok(Self {
            chrome: page.chrome().await?,
            crumbs: Vec::new(),
            title: title.to_owned(),
            lead: String::new(),
            errors: Vec::new(),
            failed: false,
            action: action.to_owned(),
            hidden: Vec::new(),
            fields: Vec::new(),
            save: "保存".to_owned(),
            red: false,
            listed_title: String::new(),
            listed: Vec::new(),
        })
    }

    /// The way here.
    pub(crate) fn crumb(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.crumbs.push(Crumb::new(label, href));
        self
    }

    /// A sentence below the title.
    pub(crate) fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = lead.into();
        self
    }

    /// A value that goes along unseen.
    pub(crate) fn hide(mut self, name: &str, value: impl Into<String>) -> Self {
        self.hidden.push((name.to_owned(), value.into()));
        self
    }

    /// The fields.
    pub(crate) fn fields(mut self, fields: Vec<Field>) -> Self {
        self.fields = fields;
        self
    }

    /// The word on the button.
    pub(crate) fn save(mut self, word: &str) -> Self {
        word.clone_into(&mut self.save);
        self
    }

    /// Marks what cannot be taken back lightly.
    pub(crate) fn red(mut self) -> Self {
        self.red = true;
        self
    }

    /// Things that are affected, each with an address.
    pub(crate) fn listed(mut self, title: &str, listed: Vec<(String, String)>) -> Self {
        title.clone_into(&mut self.listed_title);
        self.listed = listed;
        self
    }

    /// The messages of a refused form.
    pub(crate) fn errors(mut self, errors: &FieldErrors) -> Self {
        self.failed = !errors.is_empty();
        self.chrome.failed = self.failed;
        self.errors = summary(errors);
        self
    }

    /// The sheet as an answer: 200, or 422 where it was refused.
    pub(crate) fn answer(self, page: &Page) -> Answer {
        if self.failed {
            page.refused(&self)
        } else {
            page.html(&self)
        }
    }
}

/// Sorts the answer of a verb: messages beside fields lead back to the form, all else to a page.
pub(crate) fn tried<T>(result: app::Result<T>) -> Result<Result<T, FieldErrors>, PageError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(app::Error::Invalid(errors)) => Ok(Err(errors)),
        Err(other) => Err(PageError(other)),
    }
}
