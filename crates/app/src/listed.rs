//! A page of a list.

use std::cmp::Ordering;

use domain::listing::{Cursor, PageSize};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Page, RowKey, Turn};

use crate::error::Result;

pub(crate) use crate::error::foreign_key;

/// How many rows there are on all pages; counting stops at a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Count {
    /// So many.
    pub rows: u64,
    /// Counting did not stop before the end.
    pub exact: bool,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// The rows, in the order of the list.
    pub rows: Vec<T>,
    /// The key of the next page.
    pub next: Option<String>,
    /// The key of the page before.
    pub previous: Option<String>,
    /// How many rows there are on all pages.
    pub count: Count,
}

impl<T> Listed<T> {
    /// The same page of other rows.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Listed<U> {
        Listed {
            rows: self.rows.into_iter().map(each).collect(),
            next: self.next,
            previous: self.previous,
            count: self.count,
        }
    }
}

impl From<store::Count> for Count {
    fn from(count: store::Count) -> Self {
        match count {
            store::Count::Exactly(rows) => Self { rows, exact: true },
            store::Count::More => Self {
                rows: store::COUNT_MAX,
                exact: false,
            },
        }
    }
}

/// Which page of a list is asked for, and how the keys of its neighbours are written.
#[derive(Debug, Clone)]
pub(crate) struct PageAsked {
    list: &'static str,
    sort: &'static str,
    cursor: Option<Cursor>,
    rows: usize,
}

impl PageAsked {
    /// Reads what was asked: `list` is the operation, `sort` the named order, `parts` what its rows
    /// are sorted by, counted.
    pub(crate) fn read(
        (list, sort, parts): (&'static str, &'static str, usize),
        page: Option<&str>,
        size: Option<PageSize>,
    ) -> Result<Self> {
        let cursor = match page.filter(|page| !page.is_empty()) {
            Some(page) => Some(Cursor::parse(page, list, sort, parts)?),
            None => None,
        };
        Ok(Self {
            list,
            sort,
            cursor,
            rows: size.unwrap_or_default().rows(),
        })
    }

    /// More rows than a page shows, for a table to save.
    #[must_use]
    pub(crate) fn of_rows(mut self, rows: usize) -> Self {
        self.rows = rows;
        self
    }

    /// As the store is asked.
    pub(crate) fn turn(&self) -> Turn<'_> {
        Turn {
            cursor: self.cursor.as_ref(),
            rows: self.rows,
        }
    }

    /// The answer of a page that the store found.
    pub(crate) fn answer<T, U>(
        &self,
        page: Page<T, RowKey>,
        each: impl FnMut(T) -> U,
    ) -> Listed<U> {
        let key = |back, key| Cursor::new(self.list, self.sort, back, key).to_string();
        Listed {
            rows: page.items.into_iter().map(each).collect(),
            next: page.next.map(|at| key(false, at)),
            previous: page.previous.map(|at| key(true, at)),
            count: page.count.into(),
        }
    }

    /// The page of a list that is held in memory whole, in ascending order of its keys. The text of
    /// a key must sort as the list does.
    pub(crate) fn cut<T>(&self, all: Vec<T>, key: impl Fn(&T) -> RowKey) -> Listed<T> {
        self.cut_in(Ordering::Less, all, key)
    }

    /// The same of a list in ascending (`Less`) or descending (`Greater`) order of its keys.
    pub(crate) fn cut_in<T>(
        &self,
        order: Ordering,
        all: Vec<T>,
        key: impl Fn(&T) -> RowKey,
    ) -> Listed<T> {
        let total = all.len() as u64;
        let count = if total > store::COUNT_MAX {
            store::Count::More
        } else {
            store::Count::Exactly(total)
        };
        let (from, to) = match &self.cursor {
            None => (0, self.rows),
            Some(at) if at.back => {
                let to = all.partition_point(|row| key(row).cmp(&at.key) == order);
                (to.saturating_sub(self.rows), to)
            }
            Some(at) => {
                let beyond = order.reverse();
                let from = all.partition_point(|row| key(row).cmp(&at.key) != beyond);
                (from, from.saturating_add(self.rows))
            }
        };
        let to = to.min(all.len());
        let more = to < all.len();
        let items: Vec<T> = all.into_iter().take(to).skip(from).collect();
        let page = Page {
            next: items.last().filter(|_| more).map(&key),
            previous: items.first().filter(|_| from > 0).map(&key),
            items,
            count,
        };
        self.answer(page, |row| row)
    }
}
