//! The one place that sends statements: counts them and notices when PostgreSQL asks for a re-run.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use futures::{Stream, StreamExt};

use sea_orm::sea_query::{BinOper, Expr, ExprTrait};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    StatementBuilder, StreamTrait,
};
use sea_orm_migration::async_trait::async_trait;

use crate::error::{Fault, asks_again, fault};

/// Which database is behind the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one writer.
    Sqlite,
    /// A server, several nodes.
    Postgres,
}

/// A text column that SQLite must not search by: it keeps no statistics and takes a column that
/// all rows of a county share, such as `home`, for a narrow way in. PostgreSQL knows better.
pub(crate) fn unsearched(engine: Engine, column: Expr) -> Expr {
    match engine {
        Engine::Sqlite => column.binary(BinOper::Custom("||"), Expr::val("")),
        Engine::Postgres => column,
    }
}

/// Rows as they come.
pub(crate) type Rows<'a> = Pin<Box<dyn Stream<Item = Result<QueryResult, DbErr>> + Send + 'a>>;

/// A transaction whose statements are counted.
pub(crate) struct Conn {
    inner: DatabaseTransaction,
    statements: Arc<AtomicU64>,
    again: AtomicBool,
    fault: OnceLock<Fault>,
    plans: Option<Mutex<Vec<String>>>,
}

impl Conn {
    pub(crate) fn new(inner: DatabaseTransaction, statements: Arc<AtomicU64>) -> Self {
        Self {
            inner,
            statements,
            again: AtomicBool::new(false),
            fault: OnceLock::new(),
            plans: None,
        }
    }

    /// Has the engine tell of each query how it finds the rows. On PostgreSQL it goes by an index
    /// wherever one serves, however small the table is: what is left are scans and sorts that no
    /// index can spare.
    pub(crate) async fn explaining(mut self) -> Result<Self, DbErr> {
        if self.get_database_backend() == DbBackend::Postgres {
            for off in ["enable_seqscan", "enable_sort", "enable_bitmapscan"] {
                let sql = format!("set local {off} = off");
                self.inner.execute_unprepared(&sql).await?;
            }
        }
        self.plans = Some(Mutex::default());
        Ok(self)
    }

    /// What the engine told, a query after the other.
    pub(crate) fn plans(&self) -> Vec<String> {
        let Some(plans) = &self.plans else {
            return Vec::new();
        };
        let held = plans.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    async fn explain(&self, stmt: &Statement) -> Result<(), DbErr> {
        let Some(plans) = &self.plans else {
            return Ok(());
        };
        let (words, column) = match stmt.db_backend {
            DbBackend::Postgres => ("explain (costs off) ", "QUERY PLAN"),
            _ => ("explain query plan ", "detail"),
        };
        let asked = Statement {
            sql: format!("{words}{}", stmt.sql),
            ..stmt.clone()
        };
        let rows = self.inner.query_all_raw(asked).await?;
        let lines: Vec<String> = rows
            .iter()
            .map(|row| row.try_get("", column))
            .collect::<Result<_, _>>()?;
        let mut held = plans.lock().unwrap_or_else(PoisonError::into_inner);
        held.push(lines.join("\n"));
        Ok(())
    }

    /// The fault that a statement met, if any: the engine may have undone everything before it, so
    /// nothing of this transaction may be committed, whatever its caller made of the error.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.fault.get().copied()
    }

    /// The rows of a query as they come, without holding all of them.
    pub(crate) async fn rows<'a, S: StatementBuilder + Sync>(
        &'a self,
        query: &S,
    ) -> Result<Rows<'a>, DbErr> {
        self.count();
        Ok(self.look(self.inner.stream(query).await)?.boxed())
    }

    /// Whether a statement failed in a way that a re-run can mend.
    pub(crate) fn asks_again(&self) -> bool {
        self.again.load(Ordering::Relaxed)
    }

    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        self.inner.commit().await
    }

    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        self.inner.rollback().await
    }

    fn count(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    fn look<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        if let Err(error) = &result {
            if asks_again(error) {
                self.again.store(true, Ordering::Relaxed);
            } else if let Some(fault) = fault(error) {
                let _ = self.fault.set(fault);
            }
        }
        result
    }
}

#[async_trait]
impl ConnectionTrait for Conn {
    fn get_database_backend(&self) -> DbBackend {
        ConnectionTrait::get_database_backend(&self.inner)
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.count();
        self.look(self.inner.execute_raw(stmt).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.count();
        self.look(self.inner.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.count();
        self.explain(&stmt).await?;
        self.look(self.inner.query_one_raw(stmt).await)
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.count();
        self.explain(&stmt).await?;
        self.look(self.inner.query_all_raw(stmt).await)
    }
}
