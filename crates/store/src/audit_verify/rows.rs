//! Every audited row against its last link, and every row that a link knows and no table has.

use std::collections::{BTreeMap, HashSet};

use futures::TryStreamExt;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ColumnType, EntityTrait, FromQueryResult, IdenStatic, Iterable,
    PrimaryKeyToColumn, QueryResult,
};
use serde::Serialize;

use super::known::{Known, Said, hash_of, short};
use super::{FINDINGS_MAX, FindingKind, Verdict};
use crate::audit::rows_of;
use crate::conn::unsearched;
use crate::row::{self, Audited, audit, audited_tables, row_hash};
use crate::{Read, Result};

/// Holds every audited table against what the chain knows.
pub(super) async fn tables(r: &Read, verdict: &mut Verdict, known: &mut Known) -> Result<()> {
    macro_rules! each {
        ($($table:ident,)+) => {
            $(table::<row::$table::Entity>(r, verdict, known).await?;)+
        };
    }
    audited_tables!(each);
    Ok(())
}

async fn table<E>(r: &Read, verdict: &mut Verdict, known: &mut Known) -> Result<()>
where
    E: Audited,
    E::Model: Serialize,
{
    let keys: Vec<E::Column> = E::PrimaryKey::iter()
        .map(PrimaryKeyToColumn::into_column)
        .collect();
    // The whole table is gone through as it lies: through an index of `home` each row would be
    // looked up.
    let home = unsearched(r.engine(), Expr::col("home"));
    let mut query = Query::select();
    query
        .columns(E::Column::iter())
        .from(E::default().table_ref())
        .and_where(home.eq(verdict.home.to_string()));
    // Asked of each row: which columns it has is asked once.
    let flags: Vec<E::Column> = E::Column::iter()
        .filter(|column| *column.def().get_column_type() == ColumnType::Boolean)
        .collect();
    let mut rows = r.conn.rows(&query).await?;
    while let Some(row) = rows.try_next().await? {
        let parts: Vec<String> = keys.iter().map(|key| key_part(&row, key)).collect();
        one::<E>(verdict, known, &row, parts.join("|"), &flags);
    }
    Ok(())
}

fn one<E>(
    verdict: &mut Verdict,
    known: &mut Known,
    row: &QueryResult,
    key: String,
    flags: &[E::Column],
) where
    E: Audited,
    E::Model: Serialize,
{
    verdict.rows += 1;
    // A row that does not even read is altered, like one with another hash.
    let hash = E::Model::from_query_result(row, "")
        .ok()
        .filter(|_| are_flags(row, flags))
        .and_then(|model| row_hash::<E>(&model).ok())
        .and_then(|hashed| hash_of(&hashed.hash));
    match known.meet(short(E::NAME, &key)) {
        Said::Unknown => verdict.find(FindingKind::UnlinkedRow, E::NAME, key, None),
        Said::Gone(seq) => verdict.find(FindingKind::UnlinkedRow, E::NAME, key, Some(seq)),
        Said::Stands(said, seq) if hash != Some(said) => {
            verdict.find(FindingKind::AlteredRow, E::NAME, key, Some(seq));
        }
        Said::Stands(..) => {}
    }
}

/// Whether every yes or no of a row is one: SQLite keeps any number there and reads all but zero
/// as yes.
fn are_flags<C: IdenStatic>(row: &QueryResult, flags: &[C]) -> bool {
    flags
        .iter()
        .filter_map(|column| row.try_get::<i64>("", column.as_str()).ok())
        .all(|number| number == 0 || number == 1)
}

/// A part of a row's key, read without trusting the rest of the row.
fn key_part<C: IdenStatic>(row: &QueryResult, column: &C) -> String {
    let name = column.as_str();
    row.try_get::<String>("", name)
        .map(|text| text.replace('|', "\\|"))
        .or_else(|_| row.try_get::<i64>("", name).map(|n| n.to_string()))
        .unwrap_or_default()
}

/// What the chain knows and no table has; the links tell its names.
pub(super) async fn gone(r: &Read, verdict: &mut Verdict, known: &Known) -> Result<()> {
    let mut by_link: BTreeMap<i64, HashSet<[u8; 16]>> = BTreeMap::new();
    for (seq, key) in known.missed() {
        by_link.entry(seq).or_default().insert(key);
    }
    let home = verdict.home.to_string();
    for (seq, keys) in by_link {
        if verdict.findings.len() >= FINDINGS_MAX {
            verdict.more += keys.len() as u64;
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
                verdict.find(kind, &change.table, change.key, Some(seq));
            }
        }
    }
    Ok(())
}
