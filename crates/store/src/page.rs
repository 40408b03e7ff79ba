//! Pages of long lists: keyset next, counts that stop at a limit.

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
    /// How many there are on all pages.
    pub count: Count,
}

impl<T, K> Page<T, K> {
    /// Cuts a list that was asked for one row more than the page holds.
    pub(crate) fn cut(
        mut items: Vec<T>,
        limit: usize,
        count: Count,
        key: impl Fn(&T) -> K,
    ) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(key) } else { None };
        Self { items, next, count }
    }
}
