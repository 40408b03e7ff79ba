//! `bihuan pack reference`.

use clap::Args;
use domain::pack::reference;
use serde_json::json;

use crate::console::Console;
use crate::outcome::{Exit, Outcome};

/// Prints the reference page.
#[derive(Debug, Args)]
pub(crate) struct Reference {}

impl Reference {
    /// The page, in Markdown.
    pub(crate) fn run(self, console: Console) -> Outcome {
        if console.json {
            console.value(&json!({ "markdown": reference() }));
        } else {
            console.data(reference().trim_end());
        }
        Ok(Exit::Done)
    }
}
