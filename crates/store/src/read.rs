//! The handle that looks, and what every look needs: counting to a limit, texts that contain one,
//! many ids in few statements.

use domain::id::BodyId;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic, Iterable, ModelTrait, PrimaryKeyToColumn,
};

use crate::conn::{Conn, Engine};
use crate::error::on_write;
use crate::{COUNT_MAX, Count, Result};

/// How many ids go into one statement.
pub(crate) const IDS_AT_ONCE: usize = 500;

/// At most so many rows in one insert statement.
const INSERT_ROWS_MAX: usize = 500;
/// At most so many values in one statement (SQLite allows 32,766).
const INSERT_VALUES_MAX: usize = 30_000;

/// A snapshot of the database.
pub struct Read {
    pub(crate) conn: Conn,
    engine: Engine,
    /// What a transaction that writes knows of its county without asking.
    pub(crate) known: Option<Known>,
}

/// What stands in a transaction before its row of the head is written, which is at its end.
pub(crate) struct Known {
    /// The county.
    pub(crate) home: BodyId,
    /// The number of the last link, those of this transaction included.
    pub(crate) head: i64,
}

impl Read {
    pub(crate) fn new(conn: Conn, engine: Engine) -> Self {
        Self {
            conn,
            engine,
            known: None,
        }
    }

    /// The same where something is known without asking.
    pub(crate) fn knowing(self, known: Known) -> Self {
        Self {
            known: Some(known),
            ..self
        }
    }

    /// What is known of a county without asking.
    pub(crate) fn known(&self, home: BodyId) -> Option<&Known> {
        self.known.as_ref().filter(|known| known.home == home)
    }

    /// Which database it is.
    pub fn engine(&self) -> Engine {
        self.engine
    }
}

impl Read {
    /// Inserts rows that no link names: derived tables and the chain itself.
    pub(crate) async fn put_many<E: EntityTrait>(&self, models: &[E::Model]) -> Result<()>
    where
        E::Model: ModelTrait<Entity = E>,
    {
        let table = table_name::<E>();
        let columns: Vec<E::Column> = E::Column::iter().collect();
        let at_once = (INSERT_VALUES_MAX / columns.len().max(1)).min(INSERT_ROWS_MAX);
        for chunk in models.chunks(at_once) {
            let mut query = Query::insert();
            query
                .into_table(E::default().table_ref())
                .columns(columns.iter().copied());
            for model in chunk {
                let values = columns.iter().map(|c| Expr::value(model.get(*c)));
                query
                    .values(values)
                    .map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?;
            }
            self.conn
                .execute(&query)
                .await
                .map_err(|error| on_write(table, error))?;
        }
        Ok(())
    }

    /// Updates a row by its key, and by the version it must still have.
    pub(crate) async fn change<E: EntityTrait>(
        &self,
        model: &E::Model,
        version: Option<i64>,
    ) -> Result<u64>
    where
        E::Model: ModelTrait<Entity = E>,
    {
        let keys: Vec<E::Column> = E::PrimaryKey::iter()
            .map(PrimaryKeyToColumn::into_column)
            .collect();
        let is_key = |c: &E::Column| keys.iter().any(|k| k.as_str() == c.as_str());
        let mut query = Query::update();
        query.table(E::default().table_ref());
        for column in E::Column::iter().filter(|c| !is_key(c)) {
            query.value(column, model.get(column));
        }
        for key in &keys {
            query.and_where(key.eq(model.get(*key)));
        }
        if let Some(version) = version {
            for column in E::Column::iter().filter(|c| c.as_str() == "version" && !is_key(c)) {
                query.and_where(column.eq(version));
            }
        }
        let table = table_name::<E>();
        let done = self
            .conn
            .execute(&query)
            .await
            .map_err(|error| on_write(table, error))?;
        Ok(done.rows_affected())
    }
}

/// The table's name, for messages.
fn table_name<E: EntityTrait>() -> &'static str {
    E::default().as_str()
}

/// `column contains text`, with the text taken as it stands.
pub(crate) fn contains(column: Expr, text: &str) -> Expr {
    let text = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    let like = sea_orm::sea_query::LikeExpr::new(format!("%{text}%")).escape('\\');
    column.like(like)
}

/// Counts what a query finds, up to one above the limit.
pub(crate) async fn count_of(r: &Read, query: &SelectStatement) -> Result<Count> {
    let mut inner = query.clone();
    inner
        .clear_selects()
        .clear_order_by()
        .expr(Expr::val(1))
        .limit(COUNT_MAX + 1);
    let query = Query::select()
        .expr_as(Expr::cust("count(*)"), "n")
        .from_subquery(inner, "found")
        .to_owned();
    let row = r.conn.query_one(&query).await?;
    let found: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
    Ok(Count::of(found.unsigned_abs()))
}
