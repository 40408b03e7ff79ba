//! What proving comes to: what is wrong with its place, and what is to be known all the same.

use domain::id::BodyId;

use crate::head::Heads;

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
    pub(super) fn new(home: BodyId, heads: Option<&Heads>) -> Self {
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
