//! Pages of long lists: by key forward and back, counts that stop at a limit.

use domain::listing::{Cursor, ForeignKey};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{Order, Value};

use crate::{Result, StoreError};

/// Counting stops here; beyond it a list says "1000+".
pub const COUNT_MAX: u64 = 1000;

/// How many rows a filter finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// So many.
    Exactly(u64),
    /// More than [`COUNT_MAX`].
    More,
}

impl Count {
    /// From a count that was stopped at one above the limit.
    pub(crate) const fn of(found: u64) -> Self {
        if found > COUNT_MAX {
            Self::More
        } else {
            Self::Exactly(found)
        }
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(n) => write!(f, "{n}"),
            Self::More => write!(f, "{COUNT_MAX}+"),
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, K> {
    /// The rows, in the order of the list.
    pub items: Vec<T>,
    /// The key to ask the next page with; `None` on the last page.
    pub next: Option<K>,
    /// The key to ask the page before with; `None` on the first page.
    pub previous: Option<K>,
    /// How many there are on all pages.
    pub count: Count,
}

impl<T, K> Page<T, K> {
    /// The same page with what its rows stand for.
    pub(crate) fn of<U>(self, items: Vec<U>) -> Page<U, K> {
        Page {
            items,
            next: self.next,
            previous: self.previous,
            count: self.count,
        }
    }
}

/// What a row is sorted by, in the order of the list, its identity last: the parts of a [`Cursor`].
pub type RowKey = Vec<String>;

/// Which page of a list is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Turn<'a> {
    /// Where it begins; `None` is the first page.
    pub cursor: Option<&'a Cursor>,
    /// How many rows it holds.
    pub rows: usize,
}

impl Turn<'_> {
    /// The first page.
    pub const fn first(rows: usize) -> Self {
        Self { cursor: None, rows }
    }

    fn is_back(&self) -> bool {
        self.cursor.is_some_and(|cursor| cursor.back)
    }
}

struct Column {
    place: Expr,
    descends: bool,
    is_number: bool,
}

/// The order of a list: its columns with their directions, the identity last.
///
/// An index must have just these columns behind those that the list is filtered by.
#[derive(Default)]
pub(crate) struct Keyset(Vec<Column>);

impl Keyset {
    /// No column yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Behind the others, a text.
    pub(crate) fn text(self, place: impl Into<Expr>, order: Order) -> Self {
        self.by(place.into(), &order, false)
    }

    /// Behind the others, a whole number.
    pub(crate) fn number(self, place: impl Into<Expr>, order: Order) -> Self {
        self.by(place.into(), &order, true)
    }

    fn by(mut self, place: Expr, order: &Order, is_number: bool) -> Self {
        self.0.push(Column {
            place,
            descends: *order == Order::Desc,
            is_number,
        });
        self
    }

    /// Narrows a query to a page, and to one row more by which it is known whether there is
    /// another.
    pub(crate) fn narrow(&self, query: &mut SelectStatement, turn: &Turn<'_>) -> Result<()> {
        let back = turn.is_back();
        if let Some(cursor) = turn.cursor {
            query.and_where(self.beyond(cursor)?);
        }
        for column in &self.0 {
            let order = if column.descends == back {
                Order::Asc
            } else {
                Order::Desc
            };
            query.order_by_expr(column.place.clone(), order);
        }
        query.limit(turn.rows as u64 + 1);
        Ok(())
    }

    /// The rows behind a key, in the direction in which it leads.
    fn beyond(&self, cursor: &Cursor) -> Result<Expr> {
        if cursor.key.len() != self.0.len() {
            return Err(ForeignKey.into());
        }
        let values = self.0.iter().zip(&cursor.key).map(|(column, part)| {
            let number = || part.parse::<i64>().map_err(|_| ForeignKey);
            Ok(if column.is_number {
                Value::from(number()?)
            } else {
                Value::from(part.as_str())
            })
        });
        let values: Vec<Value> = values.collect::<std::result::Result<_, ForeignKey>>()?;
        let descends = |column: &Column| column.descends != cursor.back;
        let first = self.0.first().is_some_and(descends);
        if self.0.iter().all(|column| descends(column) == first) {
            // One comparison of rows, which both engines answer from an index.
            let places = Expr::tuple(self.0.iter().map(|column| column.place.clone()));
            let key = Expr::tuple(values.into_iter().map(Expr::val));
            return Ok(if first {
                places.lt(key)
            } else {
                places.gt(key)
            });
        }
        // `a` beyond, or `a` the same and `b` beyond, from the last column to the first.
        let mut beyond = Expr::val(1).eq(0);
        for (column, value) in self.0.iter().zip(values).rev() {
            let (place, value) = (column.place.clone(), Expr::val(value));
            let further = if descends(column) {
                place.clone().lt(value.clone())
            } else {
                place.clone().gt(value.clone())
            };
            beyond = further.or(place.eq(value).and(beyond));
        }
        Ok(beyond)
    }

    /// The page of the rows that a narrowed query found.
    pub(crate) fn cut<T>(
        mut rows: Vec<T>,
        turn: &Turn<'_>,
        count: Count,
        key: impl Fn(&T) -> RowKey,
    ) -> Page<T, RowKey> {
        let more = rows.len() > turn.rows;
        rows.truncate(turn.rows);
        let back = turn.is_back();
        if back {
            rows.reverse();
        }
        // Where one came from there is more, too.
        let came = turn.cursor.is_some();
        let (before, after) = if back { (more, came) } else { (came, more) };
        Page {
            next: rows.last().filter(|_| after).map(&key),
            previous: rows.first().filter(|_| before).map(&key),
            items: rows,
            count,
        }
    }
}

impl From<ForeignKey> for StoreError {
    fn from(_: ForeignKey) -> Self {
        Self::PageKey
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(rows: &[u8], size: usize) -> Vec<Vec<u8>> {
        let key = |n: &u8| vec![n.to_string()];
        let found = |turn: &Turn<'_>| {
            let at = turn.cursor.map(|c| c.key[0].parse::<u8>().unwrap());
            let mut all: Vec<u8> = match (at, turn.is_back()) {
                (None, _) => rows.to_vec(),
                (Some(at), false) => rows.iter().copied().filter(|n| *n > at).collect(),
                (Some(at), true) => rows.iter().rev().copied().filter(|n| *n < at).collect(),
            };
            all.truncate(size + 1);
            Keyset::cut(all, turn, Count::Exactly(0), key)
        };
        let cursor = |back, key| Cursor::new("numbers", "up", back, key);
        let mut out = Vec::new();
        let mut page = found(&Turn::first(size));
        assert_eq!(page.previous, None);
        out.push(page.items.clone());
        while let Some(next) = page.next.take() {
            let at = cursor(false, next);
            page = found(&Turn {
                cursor: Some(&at),
                rows: size,
            });
            out.push(page.items.clone());
        }
        // And the same way back.
        for expected in out.iter().rev().skip(1) {
            let at = cursor(true, page.previous.take().unwrap());
            page = found(&Turn {
                cursor: Some(&at),
                rows: size,
            });
            assert_eq!(&page.items, expected);
        }
        assert_eq!(page.previous, None);
        out
    }

    #[test]
    fn pages_lead_to_the_end_and_back_over_the_same_rows() {
        let rows: Vec<u8> = (0..7).collect();
        for size in 1..9 {
            assert_eq!(pages(&rows, size).concat(), rows, "{size}");
        }
    }
}
