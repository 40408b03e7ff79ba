//! Bringing the schema of a database to that of this program.
//!
//! **Invariant:** whoever only reads changes nothing: it is told what to run. A SQLite file is
//! copied before its schema is changed; on a server each step is one transaction.

use std::path::{Path, PathBuf};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement};
use sea_orm_migration::MigratorTrait;

use crate::audit::{ADOPT, ZONE_MS, audit_heads};
use crate::conn::Engine;
use crate::migration::Migrator;
use crate::open::Address;
use crate::row::{audit, file, session, token};
use crate::schema::{COPIES_KEPT, Migrated, Schema};
use crate::steps::of;
use crate::{Meta, Result, Store, StoreError, Tx};

/// What stands in the name of a copy, between the name of the database and what it was before.
const COPY_MARK: &str = "before";

impl Store {
    /// How the schema stands; nothing is changed.
    pub async fn schema(&self) -> Result<Schema> {
        let conn = self.readers();
        let found = match self.engine() {
            Engine::Sqlite => "select count(*) from sqlite_master where name = 'seaql_migrations'",
            Engine::Postgres => {
                "select count(*) from information_schema.tables \
                 where table_name = 'seaql_migrations' and table_schema = current_schema()"
            }
        };
        let row = conn
            .query_one_raw(Statement::from_string(conn.get_database_backend(), found))
            .await?;
        let found = row.map(|row| row.try_get_by_index::<i64>(0)).transpose()?;
        if found.unwrap_or(0) == 0 {
            return Ok(Schema::Empty);
        }
        let schema = of(conn).await?;
        if schema == Schema::Current && !self.unadopted().await?.is_empty() {
            return Ok(Schema::Unfinished);
        }
        Ok(schema)
    }

    /// Counties whose newest link is of before links said what they derive.
    async fn unadopted(&self) -> Result<Vec<domain::id::BodyId>> {
        self.read(async |r| {
            let mut out = Vec::new();
            for head in audit_heads(r).await? {
                let link = audit::Entity::find_by_id((head.home.to_string(), head.seq))
                    .one(&r.conn)
                    .await?;
                if link.is_some_and(|link| link.derived.is_empty()) {
                    out.push(head.home);
                }
            }
            Ok::<_, StoreError>(out)
        })
        .await
    }

    /// Brings the schema to this program's: a copy first where a SQLite file holds something, then
    /// the steps, then a link in each chain that takes in what was not named before. The links are
    /// stamped `at`, or as the last ones where those are later; the copy is named by `clock`, both
    /// in milliseconds UTC. A database of a newer program is refused.
    pub async fn migrate(&self, at: i64, clock: i64) -> Result<Migrated> {
        let before = self.schema().await?;
        let mut done = Migrated::default();
        match before {
            Schema::Current => return Ok(done),
            Schema::Newer(_) => return Err(StoreError::Schema(before)),
            Schema::Empty | Schema::Unfinished => {}
            Schema::Older(_) => done.copy = self.copy(clock).await?,
        }
        done.steps = self
            .alone(async |conn| {
                let pending = Migrator::get_pending_migrations(conn).await?.len();
                Migrator::up(conn, None).await?;
                Ok(pending)
            })
            .await?;
        for home in self.unadopted().await? {
            self.adopt(home, at).await?;
            done.adopted += 1;
        }
        if let (Some(copy), Address::File(path)) = (&done.copy, self.address()) {
            thin_out(path, copy)?;
        }
        Ok(done)
    }

    /// Copies a SQLite file as it stands, log included, and waits until the disk has it.
    async fn copy(&self, clock: i64) -> Result<Option<PathBuf>> {
        let Address::File(path) = self.address() else {
            return Ok(None);
        };
        let copy = copy_name(path, clock);
        let failed = |source| StoreError::File {
            path: copy.display().to_string(),
            source,
        };
        let quoted = copy.display().to_string().replace('\'', "''");
        let made = self
            .alone(async |conn| {
                conn.execute_unprepared(&format!("vacuum into '{quoted}'"))
                    .await?;
                Ok(())
            })
            .await;
        let kept = made.and_then(|()| sync(&copy).map_err(failed));
        if let Err(error) = kept {
            // Half a copy is none; the database itself was not touched.
            let _ = std::fs::remove_file(&copy);
            return Err(error);
        }
        Ok(Some(copy))
    }

    /// Writes the link that takes derived rows, sessions, links and files into a chain.
    async fn adopt(&self, home: domain::id::BodyId, at: i64) -> Result<()> {
        let last = self
            .read(async |r| crate::audit::audit_head_of(r, home).await)
            .await?;
        let meta = Meta {
            home,
            // An upgrade is no time to argue about the clock.
            at: last.map_or(at, |head| Ord::max(head.at, at)),
            person: None,
            post: None,
            operator: Some("migrate".to_owned()),
            verb: ADOPT,
            subject: home.to_string(),
        };
        self.write(&meta, async |tx| adopt_rows(tx).await).await
    }
}

async fn adopt_rows(tx: &Tx) -> Result<()> {
    // An earlier program moved rows one by one, and could lose days of a chain of parents.
    crate::body_tree::tree_make(tx).await?;
    let home = tx.home().to_string();
    let sessions = session::Entity::find()
        .filter(session::Column::Home.eq(home.as_str()))
        .order_by_asc(session::Column::Id);
    for row in sessions.all(&tx.conn).await? {
        tx.adopt::<session::Entity>(&row)?;
    }
    let tokens = token::Entity::find()
        .filter(token::Column::Home.eq(home.as_str()))
        .order_by_asc(token::Column::Hash);
    for row in tokens.all(&tx.conn).await? {
        tx.adopt::<token::Entity>(&row)?;
    }
    let files = file::Entity::find()
        .filter(file::Column::Home.eq(home.as_str()))
        .order_by_asc(file::Column::Sha);
    for row in files.all(&tx.conn).await? {
        tx.adopt::<file::Entity>(&row)?;
    }
    tx.note();
    tx.adopts();
    Ok(())
}

/// A name beside the database that is not taken, by the second of the county's clock.
fn copy_name(path: &Path, clock: i64) -> PathBuf {
    let mut seconds = (clock + ZONE_MS) / 1000;
    loop {
        let instant = chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{COPY_MARK}-{}", instant.format("%Y%m%d%H%M%S")));
        let copy = path.with_file_name(name);
        if !copy.exists() {
            return copy;
        }
        seconds += 1;
    }
}

fn sync(path: &Path) -> std::io::Result<()> {
    std::fs::File::open(path)?.sync_all()?;
    match path.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        Some(dir) => std::fs::File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}

/// Removes all but the newest copies of before an upgrade.
fn thin_out(database: &Path, newest: &Path) -> Result<()> {
    let failed = |source| StoreError::File {
        path: newest.display().to_string(),
        source,
    };
    let dir = match database.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        Some(dir) => dir,
        None => Path::new("."),
    };
    let name = database.file_name().unwrap_or_default().to_string_lossy();
    let begin = format!("{name}.{COPY_MARK}-");
    let mut copies: Vec<PathBuf> = std::fs::read_dir(dir)
        .map_err(failed)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            let found = path.file_name().unwrap_or_default().to_string_lossy();
            found
                .strip_prefix(begin.as_str())
                .is_some_and(|stamp| stamp.bytes().all(|b| b.is_ascii_digit()))
        })
        .collect();
    copies.sort();
    let old = copies.len().saturating_sub(COPIES_KEPT);
    for copy in copies.iter().take(old) {
        std::fs::remove_file(copy).map_err(failed)?;
    }
    Ok(())
}
