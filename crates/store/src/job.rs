//! Jobs: what the program does by itself, and who holds which.
//!
//! **Invariant:** a job is taken by one statement that asks for the row as it was read, so of
//! several nodes one gets it. **Invariant:** whoever lost the lease changes nothing more: a step
//! asks for it in the transaction that does the work.

use domain::id::{BodyId, JobId};
use domain::job::{Due, Failure, Job, LEASE_MS, Phase};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ColumnTrait, EntityName, EntityTrait, Iterable, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, UpdateMany,
};

use crate::canon::Cells;
use crate::row::job;
use crate::{Read, Result, Store, Tx};

/// At most so many jobs are looked at: three kinds for every county of a province and more.
pub const JOBS_MAX: u64 = 10_000;
/// Where a county stands that a job is not of: a key cannot be null.
const NO_HOME: &str = "";

/// The right to do a job, for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Which job.
    pub id: JobId,
    /// Who holds it: a name that no other process has.
    pub holder: String,
    /// Which try: the same process may lose it and take it again.
    pub tries: u32,
}

/// What a step of a job came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// How many things it cleared.
    pub did: u64,
    /// How far the job has come; none where nothing is left to do.
    pub reached: Option<u32>,
}

fn home_text(home: Option<BodyId>) -> String {
    home.map_or_else(|| NO_HOME.to_owned(), |home| home.to_string())
}

fn number<T: TryFrom<i64>>(cells: &Cells<'_>, column: &'static str, found: i64) -> Result<T> {
    T::try_from(found).map_err(|_| cells.corrupt(column))
}

fn job_of(row: &job::Model) -> Result<Job> {
    let cells = Cells::new("job", &row.id);
    let home = Some(row.home.as_str()).filter(|home| *home != NO_HOME);
    let failure = Some(row.failure.as_str()).filter(|code| !code.is_empty());
    Ok(Job {
        id: cells.parse("id", &row.id)?,
        kind: cells.parse("kind", &row.kind)?,
        home: cells.maybe("home", home)?,
        turn: row.turn,
        phase: cells.parse("phase", &row.phase)?,
        tries: number(&cells, "tries", row.tries)?,
        try_at: row.try_at,
        leased_until: row.leased_until,
        started_at: row.started_at,
        ended_at: row.ended_at,
        failure: cells.maybe("failure", failure)?,
        did: number(&cells, "did", row.did)?,
        reached: number(&cells, "reached", row.reached)?,
    })
}

/// All jobs, at most [`JOBS_MAX`], by county and kind.
pub async fn jobs_all(r: &Read) -> Result<Vec<Job>> {
    let rows = job::Entity::find()
        .order_by_asc(job::Column::Home)
        .order_by_asc(job::Column::Kind)
        .limit(JOBS_MAX)
        .all(&r.conn)
        .await?;
    rows.iter().map(job_of).collect()
}

/// The jobs of a county and those of the whole installation, by kind.
pub async fn jobs_of(r: &Read, home: BodyId) -> Result<Vec<Job>> {
    let rows = job::Entity::find()
        .filter(job::Column::Home.is_in([home.to_string(), NO_HOME.to_owned()]))
        .order_by_asc(job::Column::Kind)
        .limit(JOBS_MAX)
        .all(&r.conn)
        .await?;
    rows.iter().map(job_of).collect()
}

/// A job.
pub async fn job_find(r: &Read, id: JobId) -> Result<Option<Job>> {
    let row = job::Entity::find_by_id(id.to_string()).one(&r.conn).await?;
    row.as_ref().map(job_of).transpose()
}

/// Changes a job that its holder still has.
fn held(lease: &Lease) -> UpdateMany<job::Entity> {
    job::Entity::update_many()
        .filter(job::Column::Id.eq(lease.id.to_string()))
        .filter(job::Column::Phase.eq(Phase::Running.code()))
        .filter(job::Column::Holder.eq(lease.holder.as_str()))
        .filter(job::Column::Tries.eq(i64::from(lease.tries)))
}

/// Changes a job that nobody touched since it was read.
fn as_read(seen: &Job) -> UpdateMany<job::Entity> {
    job::Entity::update_many()
        .filter(job::Column::Id.eq(seen.id.to_string()))
        .filter(job::Column::Phase.eq(seen.phase.code()))
        .filter(job::Column::Tries.eq(i64::from(seen.tries)))
        .filter(job::Column::TryAt.eq(seen.try_at))
        .filter(job::Column::LeasedUntil.eq(seen.leased_until))
}

fn set(
    update: UpdateMany<job::Entity>,
    column: job::Column,
    value: impl Into<sea_orm::Value>,
) -> UpdateMany<job::Entity> {
    update.col_expr(column, Expr::value(value))
}

/// Gives the lease up in a phase.
fn ended(update: UpdateMany<job::Entity>, phase: Phase, now: i64) -> UpdateMany<job::Entity> {
    let update = set(update, job::Column::Phase, phase.code());
    let update = set(update, job::Column::Holder, "");
    let update = set(update, job::Column::LeasedUntil, 0_i64);
    set(update, job::Column::EndedAt, Some(now))
}

/// What a held job becomes by a step.
fn stepped(lease: &Lease, step: Step, now: i64) -> UpdateMany<job::Entity> {
    let did = i64::try_from(step.did).unwrap_or(i64::MAX);
    let did = Expr::col(job::Column::Did).add(did);
    let update = held(lease).col_expr(job::Column::Did, did);
    if let Some(reached) = step.reached {
        let update = set(update, job::Column::Reached, i64::from(reached));
        set(update, job::Column::LeasedUntil, now + LEASE_MS)
    } else {
        let update = set(update, job::Column::Failure, "");
        ended(update, Phase::Done, now)
    }
}

/// Notes what a step came to, in the transaction that did it; `now` is the clock. Tells whether
/// the lease still held: where it did not, nothing of the transaction may stay.
pub async fn job_step(tx: &Tx, lease: &Lease, step: Step, now: i64) -> Result<bool> {
    let done = stepped(lease, step, now).exec(&tx.conn).await?;
    Ok(done.rows_affected == 1)
}

/// Lets a job that was given up wait again, from now on. Tells whether it was given up still.
pub async fn job_revive(tx: &Tx, id: JobId, now: i64) -> Result<bool> {
    let update = job::Entity::update_many()
        .filter(job::Column::Id.eq(id.to_string()))
        .filter(job::Column::Phase.eq(Phase::Dead.code()));
    let update = set(update, job::Column::Phase, Phase::Waiting.code());
    let update = set(update, job::Column::Tries, 0_i64);
    let update = set(update, job::Column::TryAt, now);
    Ok(update.exec(&tx.conn).await?.rows_affected == 1)
}

impl Store {
    /// Plans a turn that has come, under this id where there is no such job yet. Tells whether it
    /// was planned: another node may have been first.
    pub async fn job_plan(&self, id: JobId, due: &Due, now: i64) -> Result<bool> {
        let row = [
            id.to_string().into(),
            due.kind.code().into(),
            home_text(due.home).into(),
            due.turn.into(),
            Phase::Waiting.code().into(),
            0_i64.into(),
            now.into(),
            "".into(),
            0_i64.into(),
            None::<i64>.into(),
            None::<i64>.into(),
            "".into(),
            0_i64.into(),
            0_i64.into(),
        ];
        let mut conflict = OnConflict::columns([job::Column::Home, job::Column::Kind]);
        match due.after {
            None => conflict.do_nothing(),
            Some(after) => conflict
                .update_columns([
                    job::Column::Turn,
                    job::Column::Phase,
                    job::Column::Tries,
                    job::Column::TryAt,
                    job::Column::Did,
                    job::Column::Reached,
                ])
                .action_and_where(
                    Expr::col((job::Entity, job::Column::Phase)).eq(Phase::Done.code()),
                )
                .action_and_where(Expr::col((job::Entity, job::Column::Turn)).eq(after)),
        };
        let mut insert = Query::insert();
        insert
            .into_table(job::Entity.table_ref())
            .columns(job::Column::iter())
            .values(row.map(Expr::value::<sea_orm::Value>))
            .map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?
            .on_conflict(conflict);
        Ok(self.keep_book(now, &insert).await? == 1)
    }

    /// Takes a job as it was read. None where another node was first.
    pub async fn job_claim(&self, seen: &Job, holder: &str, now: i64) -> Result<Option<Lease>> {
        let lease = Lease {
            id: seen.id,
            holder: holder.to_owned(),
            tries: seen.tries + 1,
        };
        let update = set(as_read(seen), job::Column::Phase, Phase::Running.code());
        let update = set(update, job::Column::Holder, holder);
        let update = set(update, job::Column::Tries, i64::from(lease.tries));
        let update = set(update, job::Column::LeasedUntil, now + LEASE_MS);
        let update = set(update, job::Column::StartedAt, Some(now));
        let taken = self.keep_book(now, &update.into_query()).await? == 1;
        Ok(taken.then_some(lease))
    }

    /// Gives up a job whose holders did not come back, as it was read.
    pub async fn job_bury(&self, seen: &Job, now: i64) -> Result<bool> {
        let update = ended(as_read(seen), Phase::Dead, now);
        let update = set(update, job::Column::Failure, Failure::Interrupted.code());
        Ok(self.keep_book(now, &update.into_query()).await? == 1)
    }

    /// Notes what a step came to that no transaction did. Tells whether the lease still holds.
    pub async fn job_step(&self, lease: &Lease, step: Step, now: i64) -> Result<bool> {
        let update = stepped(lease, step, now);
        Ok(self.keep_book(now, &update.into_query()).await? == 1)
    }

    /// Notes that a try failed: it is tried again at an instant, or given up.
    pub async fn job_fail(
        &self,
        lease: &Lease,
        why: Failure,
        again_at: Option<i64>,
        now: i64,
    ) -> Result<bool> {
        let phase = again_at.map_or(Phase::Dead, |_| Phase::Waiting);
        let update = ended(held(lease), phase, now);
        let update = set(update, job::Column::Failure, why.code());
        let update = set(update, job::Column::TryAt, again_at.unwrap_or(now));
        Ok(self.keep_book(now, &update.into_query()).await? == 1)
    }

    /// Gives a job back in the middle, for whoever looks next; that is no failed try.
    pub async fn job_release(&self, lease: &Lease, now: i64) -> Result<bool> {
        let update = set(held(lease), job::Column::Phase, Phase::Waiting.code());
        let update = set(update, job::Column::Holder, "");
        let update = set(update, job::Column::LeasedUntil, 0_i64);
        let update = set(update, job::Column::TryAt, now);
        let update = set(update, job::Column::Tries, i64::from(lease.tries) - 1);
        Ok(self.keep_book(now, &update.into_query()).await? == 1)
    }
}
