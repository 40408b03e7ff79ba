//! Posts 岗位 and the people who hold them, from one day to another.
//!
//! **Invariant:** a duty is owed by the post; when it changes hands everything open goes along
//! (ORG-4). Nobody's leaving orphans an item.

use chrono::NaiveDate;

use crate::id::{BodyId, PersonId, PostId, Slug};

/// A post in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Identity.
    pub id: PostId,
    /// The body it belongs to.
    pub body: BodyId,
    /// Kind, such as `principal`, `chair`, `liaison`.
    pub kind: Slug,
    /// Title as said, such as 镇长.
    pub title: String,
    /// The post that holds this one by office: the deputy county head who chairs a committee.
    pub ex_officio: Option<PostId>,
    /// First day.
    pub from_on: NaiveDate,
    /// First day on which it no longer exists.
    pub to_on: Option<NaiveDate>,
    /// Explicit order in lists.
    pub sort_key: String,
}

impl Post {
    /// Whether the post exists on a day.
    pub fn exists_on(&self, on: NaiveDate) -> bool {
        self.from_on <= on && self.to_on.is_none_or(|to| on < to)
    }

    /// The post that stands behind this one: itself, or the one that holds it by office.
    pub fn behind(&self) -> PostId {
        self.ex_officio.unwrap_or(self.id)
    }
}

/// Who held a post when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenure {
    /// The post.
    pub post: PostId,
    /// The person.
    pub person: PersonId,
    /// First day.
    pub from_on: NaiveDate,
    /// First day on which the person no longer holds it.
    pub to_on: Option<NaiveDate>,
}

impl Tenure {
    /// Whether the person holds the post on a day.
    pub fn holds_on(&self, on: NaiveDate) -> bool {
        self.from_on <= on && self.to_on.is_none_or(|to| on < to)
    }
}
