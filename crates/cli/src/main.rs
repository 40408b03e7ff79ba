//! The one binary, `bihuan`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run(cli::edge::arguments()).into()
}
