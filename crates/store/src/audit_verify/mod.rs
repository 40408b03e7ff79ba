//! Proving a chain: every link against the one before, every audited row against its last link,
//! every derived row against what it follows from, the end against the head row and the head file.
//!
//! Goes through links and rows as they come and keeps 36 bytes for each row that a link names, so
//! that a million acts fit into memory. What cannot be proven is said: without a head file a cut
//! tail cannot be seen. `proof` says of every column by what a change of it is named.
//!
//! **Invariant:** a row that does not read is named, and hides no other.

mod acts;
mod derived;
mod evidence;
mod known;
mod links;
mod rows;
mod tree;

pub use acts::{ActProof, acts_proof_step, counted_strays};
pub use evidence::evidence_verify;

use std::collections::BTreeSet;

use domain::id::BodyId;
use sea_orm::sea_query::Query;
use sea_orm::{ConnectionTrait, EntityTrait, IdenStatic, Iterable};

use crate::head::Heads;
use crate::row::{self, audited_tables};
use crate::{Read, Result};

use self::known::Known;

/// Links of one page: few, for the link of an import names thousands of rows.
const PAGE_LINKS: u64 = 100;
/// So many findings are named; the rest are counted.
pub const FINDINGS_MAX: usize = 1_000;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// A row is not what its last link says.
    AlteredRow,
    /// A row that the chain knows is gone.
    RemovedRow,
    /// A row that no link knows.
    UnlinkedRow,
    /// Derived rows are not those that a link opened or closed, or that follow from the facts.
    DerivedRow,
    /// A link is not what its own hash, the next link or the head file says.
    AlteredLink,
    /// One or more links are gone.
    MissingLink,
    /// A link stands in another one's place.
    MovedLink,
    /// A link is stamped before the link before it, and no operator said that the clock was wrong.
    TimeBack,
    /// The head file knows links that the chain no longer has, and the database still holds what
    /// they wrote: the end was cut off.
    CutTail,
    /// The head file knows links that the database knows nothing of: it is of an earlier time.
    HeadAhead,
    /// The head row does not name the last link.
    HeadDiffers,
    /// The bytes of an evidence file are gone.
    LostFile,
    /// The bytes of an evidence file are others.
    AlteredFile,
}

impl FindingKind {
    /// A stable name for output.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlteredRow => "altered-row",
            Self::RemovedRow => "removed-row",
            Self::UnlinkedRow => "unlinked-row",
            Self::DerivedRow => "derived-row",
            Self::AlteredLink => "altered-link",
            Self::MissingLink => "missing-link",
            Self::MovedLink => "moved-link",
            Self::TimeBack => "time-back",
            Self::CutTail => "cut-tail",
            Self::HeadAhead => "head-ahead",
            Self::HeadDiffers => "head-differs",
            Self::LostFile => "lost-file",
            Self::AlteredFile => "altered-file",
        }
    }
}

/// One thing that is wrong, with its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// Table.
    pub table: String,
    /// Key of the row; for links the county and the number, or the numbers of a gap.
    pub key: String,
    /// The link that tells it, where there is one.
    pub seq: Option<i64>,
}

/// What is not wrong, and should be known all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// The head file's newest line is so many links behind the chain.
    HeadBehind(i64),
    /// At this link an operator said that the clock was wrong; the link before is stamped so many
    /// milliseconds later.
    ClockSetBack {
        /// The link.
        seq: i64,
        /// How far the clock went back.
        by_ms: i64,
    },
    /// Before this link nothing says when derived rows were opened and closed: they were taken in
    /// here as they stood.
    Adopted(i64),
    /// Links of before say nothing of derived rows, and none has taken them in: the upgrade was
    /// broken off.
    Unadopted,
}

/// What was proven, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The county.
    pub home: BodyId,
    /// How many links were looked at.
    pub links: u64,
    /// How many rows were held against them.
    pub rows: u64,
    /// What is wrong, at most [`FINDINGS_MAX`].
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub more: u64,
    /// What should be known.
    pub notes: Vec<Note>,
    /// Whether a head file was there; without it a cut tail cannot be seen.
    pub tail_proven: bool,
}

impl Verdict {
    /// Nothing was looked at yet.
    fn new(home: BodyId, heads: Option<&Heads>) -> Self {
        Self {
            home,
            links: 0,
            rows: 0,
            findings: Vec::new(),
            more: 0,
            notes: Vec::new(),
            tail_proven: heads.is_some_and(|heads| heads.newest(home).is_some()),
        }
    }

    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// Adds what is wrong.
    pub fn find(&mut self, kind: FindingKind, table: &str, key: String, seq: Option<i64>) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding {
                kind,
                table: table.to_owned(),
                key,
                seq,
            });
        } else {
            self.more += 1;
        }
    }
}

/// Proves the chain of a county, every audited row of it, and the rows that follow from spans and
/// counted rows at links that there are. What acts count for is the caller's: [`acts_proof_step`].
pub async fn audit_verify(r: &Read, home: BodyId, heads: Option<&Heads>) -> Result<Verdict> {
    let mut verdict = Verdict::new(home, heads);
    let mut known = Known::default();
    let end = links::walk(r, heads, &mut verdict, &mut known).await?;
    known.settle();
    rows::tables(r, &mut verdict, &mut known).await?;
    rows::gone(r, &mut verdict, &known).await?;
    drop(known);
    derived::outside(r, &mut verdict, end.seq).await?;
    tree::verify(r, &mut verdict).await?;
    links::tail(heads, &mut verdict, &end);
    verdict.findings.sort();
    Ok(verdict)
}

/// The counties that there are to prove.
#[derive(Debug, Clone, Default)]
pub struct Counties {
    /// Those that have a chain, an audited row, or a line in the head file: also one whose chain
    /// was removed as a whole.
    pub homes: Vec<BodyId>,
    /// Rows that say no county that there could be: they belong to nobody's chain.
    pub strays: Vec<Finding>,
}

/// Every county that there is to prove.
pub async fn audit_homes(r: &Read, heads: Option<&Heads>) -> Result<Counties> {
    let mut found: Vec<(&str, String)> = Vec::new();
    macro_rules! each {
        ($($table:ident,)+) => {
            $(found.extend(homes_in::<row::$table::Entity>(r).await?);)+
        };
    }
    each!(audit_head, audit, counted,);
    audited_tables!(each);
    let mut homes: BTreeSet<BodyId> = heads.iter().flat_map(|heads| heads.homes()).collect();
    let mut out = Counties::default();
    for (table, home) in found {
        if let Ok(home) = home.parse() {
            homes.insert(home);
        } else {
            out.strays.push(Finding {
                kind: FindingKind::UnlinkedRow,
                table: table.to_owned(),
                key: format!("home={home}"),
                seq: None,
            });
        }
    }
    out.homes = homes.into_iter().collect();
    Ok(out)
}

/// The counties that the rows of a table say; what is empty or null too.
async fn homes_in<E: EntityTrait>(r: &Read) -> Result<Vec<(&'static str, String)>> {
    let mut out = Vec::new();
    let table = E::default().as_str();
    for column in E::Column::iter().filter(|c| c.as_str() == "home") {
        let mut query = Query::select();
        query
            .column(column)
            .distinct()
            .from(E::default().table_ref());
        for row in r.conn.query_all(&query).await? {
            // What is no text is no county.
            let home = row.try_get::<Option<String>>("", "home");
            out.push((table, home.ok().flatten().unwrap_or_default()));
        }
    }
    Ok(out)
}
