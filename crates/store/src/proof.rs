//! By what a change of each column is named: the whole of it, as a table.
//!
//! **Invariant:** every table and column of the schema stands here. *Bookkeeping* is not proven: it
//! says what somebody with the database's password would gain, and no fact, figure or power
//! depends on it.

use std::fmt::Write as _;

use sea_orm::{EntityTrait, IdenStatic, Iterable};

use crate::row::{self, Audited, audited_tables};

/// By what a change of a column is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The hash of the row in its last link.
    RowHash,
    /// The same; the value enters it as a salted hash, so that it can be erased.
    SaltedHash,
    /// The hash of the link itself and the next link's.
    LinkHash,
    /// The last link of the chain.
    LastLink,
    /// The hash over derived rows in the links that opened and closed it; what is open equals a
    /// computation from nothing besides.
    DerivedHash,
    /// Its computation from rows that are proven.
    Computed(&'static str),
    /// Nothing: what an attacker would gain.
    Bookkeeping(&'static str),
}

impl By {
    /// As printed.
    pub fn said(self) -> String {
        match self {
            Self::RowHash => "row hash in its last link".to_owned(),
            Self::SaltedHash => "row hash in its last link (salted)".to_owned(),
            Self::LinkHash => "its own hash, the next link, the head file".to_owned(),
            Self::LastLink => "the last link".to_owned(),
            Self::DerivedHash => "hash of derived rows in its links, and computed anew".to_owned(),
            Self::Computed(from) => format!("computed from {from}"),
            Self::Bookkeeping(gain) => format!("NOT PROVEN, bookkeeping: {gain}"),
        }
    }

    /// Whether a change is named at all.
    pub const fn is_proven(self) -> bool {
        !matches!(self, Self::Bookkeeping(_))
    }
}

/// A column and by what its change is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnProof {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// By what.
    pub by: By,
}

fn each<E: EntityTrait>(by: impl Fn(&'static str) -> By) -> Vec<ColumnProof> {
    let table = E::default().as_str();
    E::Column::iter()
        .map(|column| ColumnProof {
            table,
            column: column.as_str(),
            by: by(column.as_str()),
        })
        .collect()
}

fn audited<E: Audited>() -> Vec<ColumnProof> {
    each::<E>(|column| match (E::NAME, column) {
        ("person", "name") => By::SaltedHash,
        _ => By::RowHash,
    })
}

/// Every column of the schema, by table.
pub fn proofs() -> Vec<ColumnProof> {
    let mut out = Vec::new();
    macro_rules! all {
        ($($table:ident,)+) => {
            $(out.extend(audited::<row::$table::Entity>());)+
        };
    }
    audited_tables!(all);
    out.extend(each::<row::audit::Entity>(|_| By::LinkHash));
    out.extend(each::<row::audit_head::Entity>(|_| By::LastLink));
    out.extend(each::<row::counted::Entity>(|_| By::DerivedHash));
    out.extend(each::<row::act_part::Entity>(|_| {
        By::Computed("all versions of the act")
    }));
    out.extend(each::<row::body_tree::Entity>(|_| {
        By::Computed("the spans of bodies")
    }));
    out.extend(each::<row::pack_element::Entity>(|_| {
        By::Computed("the files of the pack")
    }));
    out.extend(each::<row::job::Entity>(|_| {
        By::Bookkeeping(
            "a sweep would come early, late or not; each row that one removes is linked",
        )
    }));
    for column in ["id", "at"] {
        out.push(ColumnProof {
            table: "pulse",
            column,
            by: By::Bookkeeping("nothing: it is written to learn whether writing works"),
        });
    }
    for column in ["version", "applied_at"] {
        out.push(ColumnProof {
            table: "seaql_migrations",
            column,
            by: By::Bookkeeping("the program refuses to write, or asks for an upgrade that fails"),
        });
    }
    out.sort_by_key(|proof| proof.table);
    out
}

/// The table as text, for the golden file.
pub fn listing() -> String {
    let mut out = String::new();
    for proof in proofs() {
        let name = format!("{}.{}", proof.table, proof.column);
        let _ = writeln!(out, "{name:<32}{}", proof.by.said());
    }
    out
}
