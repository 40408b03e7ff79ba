//! `bihuan pack schema`.

use clap::Args;
use domain::pack::json_schema;

use crate::console::Console;
use crate::outcome::{Exit, Fail, Outcome};

/// Prints the JSON Schema.
#[derive(Debug, Args)]
pub(crate) struct Schema {}

impl Schema {
    /// The schema, indented so that it can be read.
    pub(crate) fn run(self, console: Console) -> Outcome {
        let schema = json_schema();
        let text = serde_json::to_string_pretty(&schema)
            .map_err(|why| Fail::bug(format!("无法输出格式：{why}")))?;
        console.data(text);
        Ok(Exit::Done)
    }
}
