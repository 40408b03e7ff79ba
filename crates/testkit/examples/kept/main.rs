//! Writes a kept database: a small county that the program of this commit made through its own
//! verbs, with at least one row in every table, packed small enough to stand in the repository.
//!
//! `cargo xtask keep` runs it on both engines and puts what it writes under
//! `crates/testkit/kept/COMMIT`. Run it at each change of the schema, before the change, and never
//! again for the same commit: what a later program has to read is what an earlier one really wrote.
//! `testkit::kept` restores it.
//!
//! Ids and clock are seeded, so the story repeats; salts of passwords and one-time secrets are
//! drawn anew, so the bytes do not. A new table gets its step in the story, through the verb that
//! fills it, or in `what_no_verb_writes`; a table without a row, or a column without a value, stops
//! the recipe. Its test tells the story with every run of the tests, so that a verb which changes
//! changes its step here too.
//!
//! Read `story`, then `resets`, then `doors`.
#![expect(
    clippy::print_stdout,
    reason = "a program of its own: its output is what it wrote"
)]

mod doors;
mod resets;
mod story;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use testkit::TestApp;

type Trouble = Box<dyn std::error::Error + Send + Sync>;
type Outcome<T = ()> = Result<T, Trouble>;

/// The largest packed database, in bytes.
const PACKED_BYTES_MAX: usize = 300_000;

/// Where to write, and the server of the second engine.
struct Order {
    into: PathBuf,
    postgres: Option<String>,
    pg_dump: PathBuf,
}

#[tokio::main]
async fn main() -> Outcome {
    let order = order()?;
    on_sqlite(&order.into).await?;
    if let Some(url) = &order.postgres {
        return on_postgres(&order.into, url, &order.pg_dump).await;
    }
    println!("left out: PostgreSQL, for no --postgres names an empty database");
    Ok(())
}

/// Tells the story on SQLite and keeps what it leaves, evidence files included.
async fn on_sqlite(into: &Path) -> Outcome {
    std::fs::create_dir_all(into)?;
    let work = tempfile::tempdir()?;
    let file = work.path().join("bihuan.db");
    let url = format!("sqlite:{}", file.display());
    let t = TestApp::bare_in(Some(&url), story::BEGINS_ON).await;
    story::tell(&t).await?;
    prove(&t, &url, into, "sqlite").await?;
    t.app.store.close().await?;
    copy_files(&t.dir().join("files"), &into.join("files"))?;
    pack(&into.join("sqlite.db.gz"), &vacuumed(&file).await?)
}

/// Tells it on PostgreSQL, in an empty database.
async fn on_postgres(into: &Path, url: &str, pg_dump: &Path) -> Outcome {
    let t = TestApp::bare_in(Some(url), story::BEGINS_ON).await;
    story::tell(&t).await?;
    prove(&t, url, into, "postgres").await?;
    t.app.store.close().await?;
    let sql = dumped(pg_dump, url)?;
    pack(&into.join("postgres.sql.gz"), sql.as_bytes())
}

fn order() -> Outcome<Order> {
    let mut words = std::env::args().skip(1);
    let (mut into, mut postgres, mut pg_dump) = (None, None, PathBuf::from("pg_dump"));
    while let Some(word) = words.next() {
        let value = words.next().ok_or("an option without its value")?;
        match word.as_str() {
            "--into" => into = Some(PathBuf::from(value)),
            "--postgres" => postgres = Some(value),
            "--pg-dump" => pg_dump = PathBuf::from(value),
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    Ok(Order {
        into: into.ok_or("--into names no folder")?,
        postgres,
        pg_dump,
    })
}

/// The chain must be whole, every table must have a row and every column a value before anything
/// is kept.
async fn prove(t: &TestApp, url: &str, into: &Path, engine: &str) -> Outcome {
    let rows = testkit::kept::rows(url).await;
    if let Some((table, _)) = rows.iter().find(|(_, rows)| **rows == 0) {
        return Err(format!("{engine}: {table} has no row; give the story a step for it").into());
    }
    let bare = testkit::kept::columns_without_value(url).await;
    if !bare.is_empty() {
        let bare = bare.join(", ");
        return Err(format!("{engine}: no value in {bare}; give the story a step for it").into());
    }
    let file = t.dir().join("heads.jsonl");
    let heads = store::Heads::read(&file)?;
    let depth = app::audit::Depth { files: true };
    let proven = app::audit::prove(&t.app, t.home(), Some(&heads), depth).await?;
    let (verdict, proof) = (&proven.verdict, app::audit::proof(&proven));
    if !proof.clean {
        return Err(format!("{engine}: {:?}", proof.findings).into());
    }
    std::fs::copy(file, into.join(format!("{engine}.heads.jsonl")))?;
    println!(
        "{engine}: {} links, {} audited rows, chain whole",
        verdict.links, verdict.rows
    );
    Ok(())
}

/// The bytes of a SQLite file that nobody holds any longer, without what was freed in it.
async fn vacuumed(file: &Path) -> Outcome<Vec<u8>> {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await?;
    conn.execute("vacuum").await?;
    conn.close().await?;
    Ok(std::fs::read(file)?)
}

/// A database as SQL text. Lines that begin with a backslash are orders to psql, not SQL.
fn dumped(pg_dump: &Path, url: &str) -> Outcome<String> {
    let out = Command::new(pg_dump)
        .args(["--inserts", "--no-owner", "--no-privileges", "--dbname"])
        .arg(url)
        .output()?;
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned().into());
    }
    let text = String::from_utf8(out.stdout)?;
    let lines = text.lines().filter(|line| !line.starts_with('\\'));
    Ok(lines.flat_map(|line| [line, "\n"]).collect())
}

/// Packs bytes into a file, the same bytes each time.
fn pack(path: &Path, bytes: &[u8]) -> Outcome {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes)?;
    let packed = packer.finish()?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    println!("{name}: {} bytes, packed {}", bytes.len(), packed.len());
    if packed.len() > PACKED_BYTES_MAX {
        return Err(format!("{name} is longer than {PACKED_BYTES_MAX} bytes").into());
    }
    std::fs::write(path, packed)?;
    Ok(())
}

fn copy_files(from: &Path, to: &Path) -> Outcome {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let there = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_files(&entry.path(), &there)?;
        } else {
            std::fs::copy(entry.path(), there)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_recipe_still_tells_its_story_and_keeps_what_it_leaves() {
        let into = tempfile::tempdir().unwrap();
        on_sqlite(into.path()).await.unwrap();
        for name in ["sqlite.db.gz", "sqlite.heads.jsonl", "files"] {
            assert!(into.path().join(name).exists(), "{name}");
        }
    }
}
