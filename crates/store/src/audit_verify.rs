//! Proving a chain: every link against the one before, every audited row against its last link,
//! the end against the head row and the head file.
//!
//! Goes through links and rows in pages and keeps 56 bytes for each row, so that a million links
//! fit into memory. What cannot be proven is said: without a head file a cut tail cannot be seen.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::id::BodyId;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IdenStatic, Iterable,
    PrimaryKeyToColumn, QueryFilter, QueryOrder, QueryResult, QuerySelect,
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::audit::{GENESIS, audit_head_of, link_hash, rows_of};
use crate::canon::Cells;
use crate::conn::unsearched;
use crate::head::{HeadLine, Heads};
use crate::row::{self, Audited, audit, audit_head, row_hash};
use crate::{Read, Result};

/// Links and rows of one page.
const PAGE_ROWS: u64 = 2_000;
/// So many findings are named; the rest are counted.
pub const FINDINGS_MAX: usize = 1_000;
/// So many altered links are tried in each other's places.
const SWAPPED_MAX: usize = 200;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// A row is not what its last link says.
    AlteredRow,
    /// A row that the chain knows is gone.
    RemovedRow,
    /// A row that no link knows.
    UnlinkedRow,
    /// A link is not what its own hash, the next link or the head file says.
    AlteredLink,
    /// One or more links are gone.
    MissingLink,
    /// A link stands in another one's place.
    MovedLink,
    /// The head file knows links that the chain no longer has.
    CutTail,
    /// The head row does not name the last link.
    HeadDiffers,
}

impl FindingKind {
    /// A stable name for output.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlteredRow => "altered-row",
            Self::RemovedRow => "removed-row",
            Self::UnlinkedRow => "unlinked-row",
            Self::AlteredLink => "altered-link",
            Self::MissingLink => "missing-link",
            Self::MovedLink => "moved-link",
            Self::CutTail => "cut-tail",
            Self::HeadDiffers => "head-differs",
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
    /// Whether a head file was there; without it a cut tail cannot be seen.
    pub tail_proven: bool,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, kind: FindingKind, table: &str, key: String, seq: Option<i64>) {
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

/// A row as its last link knows it.
struct Known {
    hash: [u8; 32],
    seq: i64,
}

type Rows = HashMap<[u8; 16], Known>;

/// Sixteen bytes that stand for a row's table and key.
fn short(table: &str, key: &str) -> [u8; 16] {
    let digest = Sha256::digest(format!("{table}\n{key}").as_bytes());
    let mut out = [0; 16];
    out.copy_from_slice(digest.split_at(16).0);
    out
}

fn hash_of(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    hex::decode_to_slice(text, &mut out).ok()?;
    Some(out)
}

/// Proves the chain of a county and every audited row of it.
pub async fn audit_verify(r: &Read, home: BodyId, heads: Option<&Heads>) -> Result<Verdict> {
    let mut walk = Walk {
        verdict: Verdict {
            home,
            links: 0,
            rows: 0,
            findings: Vec::new(),
            more: 0,
            tail_proven: heads.is_some_and(|heads| heads.newest(home).is_some()),
        },
        known: HashMap::new(),
        seq: 0,
        hash: GENESIS.to_owned(),
        bad: Vec::new(),
        heads,
    };
    walk.links(r).await?;
    walk.end(r).await?;
    walk.tables(r).await?;
    walk.gone(r).await?;
    walk.verdict.findings.sort();
    Ok(walk.verdict)
}

/// Every county that has a chain or an audited row, also one whose chain was removed as a whole.
pub async fn audit_homes(r: &Read) -> Result<Vec<BodyId>> {
    let mut homes = BTreeSet::new();
    homes.extend(homes_in::<audit_head::Entity>(r).await?);
    homes.extend(homes_in::<audit::Entity>(r).await?);
    homes.extend(homes_in::<row::body::Entity>(r).await?);
    homes.extend(homes_in::<row::body_span::Entity>(r).await?);
    homes.extend(homes_in::<row::body_link::Entity>(r).await?);
    homes.extend(homes_in::<row::body_alias::Entity>(r).await?);
    homes.extend(homes_in::<row::enterprise::Entity>(r).await?);
    homes.extend(homes_in::<row::post::Entity>(r).await?);
    homes.extend(homes_in::<row::tenure::Entity>(r).await?);
    homes.extend(homes_in::<row::person::Entity>(r).await?);
    homes.extend(homes_in::<row::role_grant::Entity>(r).await?);
    homes.extend(homes_in::<row::reset::Entity>(r).await?);
    homes.extend(homes_in::<row::namesake::Entity>(r).await?);
    homes.extend(homes_in::<row::pack::Entity>(r).await?);
    homes.extend(homes_in::<row::pack_file::Entity>(r).await?);
    homes.extend(homes_in::<row::pack_use::Entity>(r).await?);
    homes.extend(homes_in::<row::draft::Entity>(r).await?);
    homes.extend(homes_in::<row::act::Entity>(r).await?);
    homes.extend(homes_in::<row::act_version::Entity>(r).await?);
    homes.extend(homes_in::<row::ruling::Entity>(r).await?);
    homes.extend(homes_in::<row::seal::Entity>(r).await?);
    homes.extend(homes_in::<row::occasion::Entity>(r).await?);
    homes.extend(homes_in::<row::file_use::Entity>(r).await?);
    homes
        .iter()
        .map(|id| Cells::new("audit_head", id).parse("home", id))
        .collect()
}

async fn homes_in<E: EntityTrait>(r: &Read) -> Result<Vec<String>> {
    let mut out = Vec::new();
    for column in E::Column::iter().filter(|c| c.as_str() == "home") {
        let found: Vec<String> = E::find()
            .select_only()
            .column(column)
            .distinct()
            .into_tuple()
            .all(&r.conn)
            .await?;
        out.extend(found);
    }
    Ok(out)
}

struct Walk<'a> {
    verdict: Verdict,
    known: Rows,
    seq: i64,
    hash: String,
    bad: Vec<audit::Model>,
    heads: Option<&'a Heads>,
}

impl Walk<'_> {
    fn link_key(&self, what: impl std::fmt::Display) -> String {
        format!("{}|{what}", self.verdict.home)
    }

    /// Goes along the chain.
    async fn links(&mut self, r: &Read) -> Result<()> {
        let mut after = i64::MIN;
        loop {
            let page = audit::Entity::find()
                .filter(audit::Column::Home.eq(self.verdict.home.to_string()))
                .filter(audit::Column::Seq.gt(after))
                .order_by_asc(audit::Column::Seq)
                .limit(PAGE_ROWS)
                .all(&r.conn)
                .await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for link in page {
                self.link(link)?;
            }
        }
        self.moved()
    }

    fn link(&mut self, link: audit::Model) -> Result<()> {
        self.verdict.links += 1;
        let expected = self.seq + 1;
        if link.seq != expected {
            let gap = if link.seq - 1 == expected {
                expected.to_string()
            } else {
                format!("{expected}-{}", link.seq - 1)
            };
            let key = self.link_key(gap);
            self.verdict
                .find(FindingKind::MissingLink, "audit", key, Some(expected));
        } else if link.prev != self.hash {
            let key = self.link_key(self.seq);
            self.verdict
                .find(FindingKind::AlteredLink, "audit", key, Some(link.seq));
        }
        let in_file = self
            .heads
            .and_then(|heads| heads.at(self.verdict.home, link.seq));
        let right = link_hash(&link)? == link.hash;
        if !right || in_file.is_some_and(|line| line.hash != link.hash) {
            if right || self.bad.len() >= SWAPPED_MAX {
                let key = self.link_key(link.seq);
                self.verdict
                    .find(FindingKind::AlteredLink, "audit", key, Some(link.seq));
            } else {
                self.bad.push(link.clone());
            }
        }
        // What an altered link says of rows is still the best there is: if that was altered, the
        // row shows as altered too.
        for change in rows_of(&link.rows).unwrap_or_default() {
            if let Some(hash) = hash_of(&change.hash) {
                let known = Known {
                    hash,
                    seq: link.seq,
                };
                self.known.insert(short(&change.table, &change.key), known);
            }
        }
        self.seq = link.seq;
        self.hash = link.hash;
        Ok(())
    }

    /// Tells links that only changed places from altered ones.
    fn moved(&mut self) -> Result<()> {
        let bad = std::mem::take(&mut self.bad);
        for link in &bad {
            let mut moved = false;
            for other in &bad {
                let there = audit::Model {
                    seq: other.seq,
                    ..link.clone()
                };
                moved = moved || (other.seq != link.seq && link_hash(&there)? == link.hash);
            }
            let kind = if moved {
                FindingKind::MovedLink
            } else {
                FindingKind::AlteredLink
            };
            let key = self.link_key(link.seq);
            self.verdict.find(kind, "audit", key, Some(link.seq));
        }
        Ok(())
    }

    /// Holds the end of the chain against the head row and the head file.
    async fn end(&mut self, r: &Read) -> Result<()> {
        let home = self.verdict.home;
        let head = audit_head_of(r, home).await?;
        let matches = |line: &HeadLine| line.seq == self.seq && line.hash == self.hash;
        let agrees = match &head {
            Some(head) => matches(head),
            None => self.seq == 0,
        };
        if !agrees {
            let seq = head.as_ref().map(|head| head.seq);
            let key = home.to_string();
            self.verdict
                .find(FindingKind::HeadDiffers, "audit_head", key, seq);
        }
        if let Some(newest) = self.heads.and_then(|heads| heads.newest(home))
            && newest.seq > self.seq
        {
            let key = self.link_key(format!("{}-{}", self.seq + 1, newest.seq));
            self.verdict
                .find(FindingKind::CutTail, "audit", key, Some(newest.seq));
        }
        Ok(())
    }

    /// Holds every audited table against what the chain knows.
    async fn tables(&mut self, r: &Read) -> Result<()> {
        self.table::<row::body::Entity>(r).await?;
        self.table::<row::body_span::Entity>(r).await?;
        self.table::<row::body_link::Entity>(r).await?;
        self.table::<row::body_alias::Entity>(r).await?;
        self.table::<row::enterprise::Entity>(r).await?;
        self.table::<row::post::Entity>(r).await?;
        self.table::<row::tenure::Entity>(r).await?;
        self.table::<row::person::Entity>(r).await?;
        self.table::<row::role_grant::Entity>(r).await?;
        self.table::<row::reset::Entity>(r).await?;
        self.table::<row::namesake::Entity>(r).await?;
        self.table::<row::pack::Entity>(r).await?;
        self.table::<row::pack_file::Entity>(r).await?;
        self.table::<row::pack_use::Entity>(r).await?;
        self.table::<row::draft::Entity>(r).await?;
        self.table::<row::act::Entity>(r).await?;
        self.table::<row::act_version::Entity>(r).await?;
        self.table::<row::ruling::Entity>(r).await?;
        self.table::<row::seal::Entity>(r).await?;
        self.table::<row::occasion::Entity>(r).await?;
        self.table::<row::file_use::Entity>(r).await
    }

    async fn table<E>(&mut self, r: &Read) -> Result<()>
    where
        E: Audited,
        E::Model: Serialize,
    {
        let keys: Vec<E::Column> = E::PrimaryKey::iter()
            .map(PrimaryKeyToColumn::into_column)
            .collect();
        let mut after: Option<Vec<KeyPart>> = None;
        loop {
            // The way in is the key: through an index of `home` every page would sort all rows.
            let home = unsearched(r.engine(), Expr::col("home"));
            let mut query = Query::select();
            query
                .columns(E::Column::iter())
                .from(E::default().table_ref())
                .and_where(home.eq(self.verdict.home.to_string()))
                .limit(PAGE_ROWS);
            for key in &keys {
                query.order_by(*key, sea_orm::Order::Asc);
            }
            if let Some(after) = &after {
                let columns: Vec<Expr> = keys.iter().map(|key| Expr::col(*key)).collect();
                let values: Vec<Expr> = after.iter().map(KeyPart::value).collect();
                query.and_where(Expr::tuple(columns).gt(Expr::tuple(values)));
            }
            let page = r.conn.query_all(&query).await?;
            let full = page.len() as u64 == PAGE_ROWS;
            for row in page {
                let parts: Vec<KeyPart> = keys.iter().map(|k| KeyPart::read(&row, k)).collect();
                self.row::<E>(&row, &parts);
                after = Some(parts);
            }
            if !full {
                return Ok(());
            }
        }
    }

    fn row<E>(&mut self, row: &QueryResult, parts: &[KeyPart])
    where
        E: Audited,
        E::Model: Serialize,
    {
        self.verdict.rows += 1;
        let key = parts
            .iter()
            .map(KeyPart::text)
            .collect::<Vec<_>>()
            .join("|");
        // A row that does not even read is altered, like one with another hash.
        let hash = E::Model::from_query_result(row, "")
            .ok()
            .and_then(|model| row_hash::<E>(&model).ok())
            .and_then(|hashed| hash_of(&hashed.hash));
        match self.known.remove(&short(E::NAME, &key)) {
            None => self
                .verdict
                .find(FindingKind::UnlinkedRow, E::NAME, key, None),
            Some(known) if hash != Some(known.hash) => {
                self.verdict
                    .find(FindingKind::AlteredRow, E::NAME, key, Some(known.seq));
            }
            Some(_) => {}
        }
    }

    /// What the chain knows and no table has; the links tell its names.
    async fn gone(&mut self, r: &Read) -> Result<()> {
        let mut by_link: BTreeMap<i64, Vec<[u8; 16]>> = BTreeMap::new();
        for (key, known) in self.known.drain() {
            by_link.entry(known.seq).or_default().push(key);
        }
        let home = self.verdict.home.to_string();
        for (seq, keys) in by_link {
            if self.verdict.findings.len() >= FINDINGS_MAX {
                self.verdict.more += keys.len() as u64;
                continue;
            }
            let link = audit::Entity::find_by_id((home.clone(), seq))
                .one(&r.conn)
                .await?;
            let rows = link
                .and_then(|link| rows_of(&link.rows))
                .unwrap_or_default();
            for change in rows {
                if keys.contains(&short(&change.table, &change.key)) {
                    let kind = FindingKind::RemovedRow;
                    self.verdict
                        .find(kind, &change.table, change.key, Some(seq));
                }
            }
        }
        Ok(())
    }
}

/// A part of a row's key, read without trusting the rest of the row.
enum KeyPart {
    Text(String),
    Number(i64),
}

impl KeyPart {
    fn read<C: IdenStatic>(row: &QueryResult, column: &C) -> Self {
        let name = column.as_str();
        row.try_get::<String>("", name)
            .map(Self::Text)
            .or_else(|_| row.try_get::<i64>("", name).map(Self::Number))
            .unwrap_or_else(|_| Self::Text(String::new()))
    }

    fn value(&self) -> Expr {
        match self {
            Self::Text(text) => Expr::val(text.as_str()),
            Self::Number(number) => Expr::val(*number),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.replace('|', "\\|"),
            Self::Number(number) => number.to_string(),
        }
    }
}
