//! A writer to be killed and to be failed: records acts, prints what came of each, and checks later
//! that nothing acknowledged is lost.
//!
//! `soak_writer --url URL --heads FILE` writes until it is killed; with `--check ACKS` it looks for
//! every acknowledged act and proves the chain instead. `cargo xtask soak` drives it.

mod writer;

use std::path::PathBuf;

use domain::id::ActId;
use store::{Store, StoreConfig};

use writer::Trouble;

struct Order {
    url: String,
    heads: PathBuf,
    check: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<(), Trouble> {
    let order = order()?;
    let mut config = StoreConfig::new(&order.url);
    config.head_file = Some(order.heads.clone());
    let store = Store::open(&config).await?;
    let Some(acks) = &order.check else {
        return writer::write(&store).await;
    };
    let text = std::fs::read_to_string(acks)?;
    let ids: Vec<ActId> = text.lines().map(str::parse).collect::<Result<_, _>>()?;
    writer::check(&store, &order.heads, &ids).await
}

fn order() -> Result<Order, Trouble> {
    let mut words = std::env::args().skip(1);
    let (mut url, mut heads, mut check) = (None, None, None);
    while let Some(word) = words.next() {
        let value = words.next();
        match word.as_str() {
            "--url" => url = value,
            "--heads" => heads = value.map(PathBuf::from),
            "--check" => check = value.map(PathBuf::from),
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    Ok(Order {
        url: url.ok_or("--url is missing")?,
        heads: heads.ok_or("--heads is missing")?,
        check,
    })
}
