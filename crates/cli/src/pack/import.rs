//! `bihuan pack import DIR --as LOGIN`.

use std::path::PathBuf;

use clap::Args;
use domain::id::Slug;
use domain::pack::Pack;

use super::folder::Folder;
use crate::console::Console;
use crate::open::{Place, Purpose};
use crate::outcome::{Exit, Fail, Outcome};
use crate::refusal::said;

/// Imports a pack.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// Its folder.
    #[arg(value_name = "DIR", help = "制度包文件夹")]
    dir: PathBuf,
    /// On whose behalf.
    #[arg(long = "as", value_name = "LOGIN", help = "代谁办理：用户名")]
    login: String,
}

impl Import {
    /// Imports the pack.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let folder = Folder::open(&self.dir)?
            .ok_or_else(|| Fail::usage(format!("“{}”不是制度包", self.dir.display())))?;
        let ctx = place.operator(&self.login, console).await?;
        let checked = app::pack::check(&ctx, &folder.files).await.map_err(said)?;
        if !checked.sound {
            let pictures = checked.problems.iter();
            let pictures = pictures.map(|p| app::pack::picture(p, &folder.files));
            pictures.for_each(|picture| console.talk(picture));
        }
        let done = app::pack::import(&ctx, &folder.files).await.map_err(said)?;
        if console.json {
            super::answered(console, "pack.import", &done)?;
        } else if done.known {
            console.data(format!(
                "{} 第{}版此前已导入，内容相同。",
                done.id, done.version
            ));
        } else {
            console.data(format!("{} 第{}版已导入。", done.id, done.version));
        }
        Ok(Exit::Done)
    }
}

/// The newest imported version of a pack.
pub(super) async fn imported(place: &Place, id: &str) -> Outcome<Pack> {
    let missing = || {
        Fail::refused(
            "not-found",
            format!("没有文件夹“{id}”，也没有导入过这个制度"),
        )
        .hint("请给出文件夹，或先用 bihuan pack import 导入。")
    };
    let slug: Slug = id.parse().map_err(|_| missing())?;
    let console = Console { json: false };
    let app = place.existing(Purpose::Read, console).await?;
    let found = app
        .store
        .read(async |r| store::pack::pack_newest(r, &slug).await)
        .await;
    let row = found.map_err(|why| said(why.into()))?.ok_or_else(missing)?;
    let pack = app.pack(&row.id, row.version).await.map_err(said)?;
    Ok(pack.as_ref().clone())
}
