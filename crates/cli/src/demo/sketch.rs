//! An act in the making.

use std::fmt::Display;

use app::act::ActDraft;
use chrono::NaiveDate;
use domain::calendar::Period;
use domain::id::{BodyId, PostId};

/// Puts a draft together as a person at the page would.
#[derive(Debug, Clone)]
pub(super) struct Sketch(pub(super) ActDraft);

impl Sketch {
    /// An act of a kind on a day.
    pub(super) fn new(kind: &str, on: NaiveDate) -> Self {
        Self(ActDraft {
            kind: kind.to_owned(),
            occurred_on: on.to_string(),
            ..ActDraft::default()
        })
    }

    fn part(mut self, role: &str, id: impl Display) -> Self {
        self.0.parts.push((role.to_owned(), id.to_string()));
        self
    }

    pub(super) fn hosted(self, body: BodyId) -> Self {
        self.part("hosted", body)
    }

    pub(super) fn led(self, post: PostId) -> Self {
        self.part("led", post)
    }

    pub(super) fn presided(self, post: PostId) -> Self {
        self.part("presided", post)
    }

    pub(super) fn visited(self, body: BodyId) -> Self {
        self.part("was-visited", body)
    }

    pub(super) fn joined(mut self, bodies: impl IntoIterator<Item = BodyId>) -> Self {
        for body in bodies {
            self = self.part("took-part", body);
        }
        self
    }

    pub(super) fn field(mut self, id: &str, value: impl Display) -> Self {
        self.0
            .fields
            .entry(id.to_owned())
            .or_default()
            .push(value.to_string());
        self
    }

    pub(super) fn period(mut self, period: Period) -> Self {
        self.0.period = period.to_string();
        self
    }

    pub(super) fn form(mut self, pack: &str, form: &str) -> Self {
        self.0.form = format!("{pack}/{form}");
        self
    }
}
