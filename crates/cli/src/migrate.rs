//! `bihuan migrate`: brings a database to this program's schema.

use clap::Args;
use serde_json::json;
use store::schema::Schema;

use crate::console::Console;
use crate::open::{Place, Purpose, upgrade};
use crate::outcome::{Exit, Fail, Outcome};
use crate::refusal::said;

/// Brings a database to this program's schema.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Only says what is missing.
    #[arg(long, help = "只看还差哪些步骤，不改动")]
    check: bool,
}

impl Migrate {
    /// Runs the steps that are missing.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        place.must_exist()?;
        let purpose = if self.check {
            Purpose::Read
        } else {
            Purpose::Write
        };
        let store = place.store(purpose).await?;
        let schema = store.schema().await.map_err(|why| said(why.into()))?;
        if let Schema::Newer(_) = schema {
            return Err(Fail::refused("schema", app::words::schema(&schema)));
        }
        if self.check || schema == Schema::Current {
            if console.json {
                console.value(&json!({ "current": schema == Schema::Current, "steps": 0 }));
            } else {
                console.data(app::words::schema(&schema));
            }
            let current = schema == Schema::Current;
            return Ok(if current { Exit::Done } else { Exit::Refused });
        }
        let done = upgrade(&store, place.upgrade_instant(), place.now, console).await?;
        if console.json {
            console.value(&json!({
                "current": true, "steps": done.steps, "adopted": done.adopted,
                "copy": done.copy.as_ref().map(|path| path.display().to_string()),
            }));
        } else {
            console.data(format!("升级完成：{}步。", done.steps));
        }
        store
            .close()
            .await
            .map_err(|why| said(why.into()))
            .map(|()| Exit::Done)
    }
}
