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
mod verdict;

pub use acts::{ActProof, acts_proof_step, counted_strays};
pub use evidence::evidence_verify;
pub use verdict::{FINDINGS_MAX, Finding, FindingKind, Note, Verdict};

use std::collections::BTreeSet;

use domain::id::BodyId;
use sea_orm::sea_query::Query;
use sea_orm::{ConnectionTrait, EntityTrait, IdenStatic, Iterable};

use crate::head::Heads;
use crate::row::{self, audited_tables};
use crate::{Read, Result};

use self::known::Known;

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
