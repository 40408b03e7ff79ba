//! Along the chain: each link against its hash, the one before, its clock, and the derived rows
//! that it opened and closed; the end against the head row and the head file.

use domain::id::BodyId;
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityName, EntityTrait, FromQueryResult, Iterable, Order,
};

use super::known::{Known, hash_of, short};
use super::{FindingKind, Note, Verdict};
use crate::audit::{ADOPT, rows_of};
use crate::derived::{End, adopted, digests, said};
use crate::head::Heads;
use crate::link::{CLOCK_SET_BACK, GENESIS, GONE, link_hash};
use crate::row::{audit, audit_head};
use crate::{Read, Result};

/// Links of one page: few, for the link of an import names thousands of rows.
const PAGE_LINKS: u64 = 100;

/// So many altered links are tried in each other's places.
const SWAPPED_MAX: usize = 200;

/// The end of a chain.
#[derive(Debug, Clone)]
pub(super) struct ChainEnd {
    /// Number of the last link.
    pub(super) seq: i64,
    /// The head row names another one.
    differs: bool,
}

struct Walk<'a> {
    verdict: &'a mut Verdict,
    known: &'a mut Known,
    heads: Option<&'a Heads>,
    seq: i64,
    hash: String,
    at: i64,
    bad: Vec<audit::Model>,
    /// A link said what it derives: all after it do.
    derives: bool,
}

/// Goes along the chain.
pub(super) async fn walk(
    r: &Read,
    heads: Option<&Heads>,
    verdict: &mut Verdict,
    known: &mut Known,
) -> Result<ChainEnd> {
    let home = verdict.home;
    let mut walk = Walk {
        verdict,
        known,
        heads,
        seq: 0,
        hash: GENESIS.to_owned(),
        at: i64::MIN,
        bad: Vec::new(),
        derives: false,
    };
    let mut after = i64::MIN;
    loop {
        let page = walk.page(r, after).await?;
        let (Some(first), Some(last)) = (page.first(), page.last()) else {
            break;
        };
        after = last.seq;
        walk.derived(r, home, (first.seq, last.seq), &page).await?;
        for link in page {
            walk.link(link)?;
        }
    }
    walk.moved()?;
    if walk.seq > 0 && !walk.derives {
        walk.verdict.notes.push(Note::Unadopted);
    }
    walk.end(r).await
}

impl Walk<'_> {
    /// The next links. One that does not read is named, and hides no other.
    async fn page(&mut self, r: &Read, after: i64) -> Result<Vec<audit::Model>> {
        let mut query = Query::select();
        query
            .columns(audit::Column::iter())
            .from(audit::Entity.table_ref())
            .and_where(audit::Column::Home.eq(self.verdict.home.to_string()))
            .and_where(audit::Column::Seq.gt(after))
            .order_by(audit::Column::Seq, Order::Asc)
            .limit(PAGE_LINKS);
        let mut out = Vec::new();
        for row in r.conn.query_all(&query).await? {
            if let Ok(link) = audit::Model::from_query_result(&row, "") {
                out.push(link);
                continue;
            }
            let seq = row.try_get::<i64>("", "seq").ok();
            let key = self.key(seq.map_or_else(|| "?".to_owned(), |seq| seq.to_string()));
            self.verdict
                .find(FindingKind::AlteredLink, "audit", key, seq);
        }
        Ok(out)
    }

    fn key(&self, what: impl std::fmt::Display) -> String {
        format!("{}|{what}", self.verdict.home)
    }

    /// Holds what links say of derived rows against those that stand.
    async fn derived(
        &mut self,
        r: &Read,
        home: BodyId,
        (first, last): (i64, i64),
        page: &[audit::Model],
    ) -> Result<()> {
        let opened = digests(r, home, End::Opened, first, last).await?;
        let closed = digests(r, home, End::Closed, first, last).await?;
        for link in page {
            if link.derived.is_empty() {
                if self.derives {
                    self.differs(link.seq);
                }
                continue;
            }
            self.derives = true;
            let found = if link.verb == ADOPT && link.derived != GONE {
                self.verdict.notes.push(Note::Adopted(link.seq));
                adopted(r, home, link.seq).await?
            } else {
                said(opened.get(&link.seq), closed.get(&link.seq))
            };
            if found != link.derived {
                self.differs(link.seq);
            }
        }
        // Rows of links that do not exist are as good as inserted by hand.
        if self.derives {
            let numbers = opened.keys().chain(closed.keys());
            let strays: Vec<i64> = numbers
                .filter(|seq| page.binary_search_by_key(*seq, |link| link.seq).is_err())
                .copied()
                .collect();
            for seq in strays {
                self.differs(seq);
            }
        }
        Ok(())
    }

    fn differs(&mut self, seq: i64) {
        let key = self.key(seq);
        self.verdict
            .find(FindingKind::DerivedRow, "counted", key, Some(seq));
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
            let key = self.key(gap);
            self.verdict
                .find(FindingKind::MissingLink, "audit", key, Some(expected));
        } else if link.prev != self.hash {
            let key = self.key(self.seq);
            self.verdict
                .find(FindingKind::AlteredLink, "audit", key, Some(link.seq));
        }
        self.clock(&link);
        let in_file = self
            .heads
            .and_then(|heads| heads.at(self.verdict.home, link.seq));
        let right = link_hash(&link)? == link.hash;
        if !right || in_file.is_some_and(|line| line.hash != link.hash) {
            if right || self.bad.len() >= SWAPPED_MAX {
                let key = self.key(link.seq);
                self.verdict
                    .find(FindingKind::AlteredLink, "audit", key, Some(link.seq));
            } else {
                self.bad.push(link.clone());
            }
        }
        // What an altered link says of rows is still the best there is: if that was altered, the
        // row shows as altered too.
        for change in rows_of(&link.rows).unwrap_or_default() {
            let hash = hash_of(&change.hash);
            if hash.is_some() || change.hash == GONE {
                self.known
                    .say(short(&change.table, &change.key), link.seq, hash);
            }
        }
        self.seq = link.seq;
        self.hash = link.hash;
        self.at = link.at;
        Ok(())
    }

    /// Time goes forward from link to link, unless an operator said that the clock was wrong.
    fn clock(&mut self, link: &audit::Model) {
        if link.at >= self.at {
            return;
        }
        if link.verb == CLOCK_SET_BACK {
            self.verdict.notes.push(Note::ClockSetBack {
                seq: link.seq,
                by_ms: self.at - link.at,
            });
            return;
        }
        let key = self.key(link.seq);
        self.verdict
            .find(FindingKind::TimeBack, "audit", key, Some(link.seq));
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
            let key = self.key(link.seq);
            self.verdict.find(kind, "audit", key, Some(link.seq));
        }
        Ok(())
    }

    /// Holds the end of the chain against the head row, its instant included: it says from when on
    /// something may be written.
    async fn end(self, r: &Read) -> Result<ChainEnd> {
        let home = self.verdict.home;
        let head = audit_head::Entity::find_by_id(home.to_string())
            .one(&r.conn)
            .await;
        // A head row that does not read names no link.
        let unread = head.is_err();
        let head = head.ok().flatten();
        let agrees = match &head {
            _ if unread => false,
            Some(head) => head.seq == self.seq && head.hash == self.hash && head.at == self.at,
            None => self.seq == 0,
        };
        if !agrees {
            let seq = head.as_ref().map(|head| head.seq);
            let key = home.to_string();
            self.verdict
                .find(FindingKind::HeadDiffers, "audit_head", key, seq);
        }
        Ok(ChainEnd {
            seq: self.seq,
            differs: !agrees,
        })
    }
}

/// Holds the end against the head file, when all else is known: links that only the file knows
/// were cut off if the database still holds what they wrote; else the whole of it is of an earlier
/// time.
pub(super) fn tail(heads: Option<&Heads>, verdict: &mut Verdict, end: &ChainEnd) {
    let Some(newest) = heads.and_then(|heads| heads.newest(verdict.home)) else {
        return;
    };
    if newest.seq <= end.seq {
        if newest.seq < end.seq {
            verdict.notes.push(Note::HeadBehind(end.seq - newest.seq));
        }
        return;
    }
    let remains = verdict.findings.iter().any(|finding| {
        matches!(
            finding.kind,
            FindingKind::AlteredRow | FindingKind::UnlinkedRow | FindingKind::DerivedRow
        )
    });
    let kind = if end.differs || remains {
        FindingKind::CutTail
    } else {
        FindingKind::HeadAhead
    };
    let key = format!("{}|{}-{}", verdict.home, end.seq + 1, newest.seq);
    verdict.find(kind, "audit", key, Some(newest.seq));
}
