//! `bihuan pack apply ID --from DATE --choices FILE --as LOGIN`.

use std::path::PathBuf;

use app::pack::ApplyPlan;
use chrono::NaiveDate;
use clap::Args;
use domain::id::Slug;
use domain::pack::{Choices, FILE_BYTES_MAX};

use crate::console::Console;
use crate::open::Place;
use crate::outcome::{Exit, Fail, Outcome};
use crate::refusal::said;

/// Applies a pack.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// The pack.
    #[arg(value_name = "ID", help = "已导入制度的编号")]
    id: String,
    /// Its version; the newest one otherwise.
    #[arg(long, value_name = "N", help = "版本，默认最新一版")]
    version: Option<u32>,
    /// First day of force.
    #[arg(long, value_name = "DATE", help = "施行日期，例如 2026-02-14")]
    from: NaiveDate,
    /// Periods that end before it are before records; the first day of force otherwise.
    #[arg(long, value_name = "DATE", help = "自哪天起计算履职情况，默认施行日期")]
    followed_from: Option<NaiveDate>,
    /// A TOML file with the choices and their reason.
    #[arg(
        long,
        value_name = "FILE",
        help = "选择和理由（TOML）：reason、[options]、[answers] 等"
    )]
    choices: Option<PathBuf>,
    /// Only says what it would bring.
    #[arg(long, help = "只列出将产生的职责，不施行")]
    plan: bool,
    /// On whose behalf.
    #[arg(long = "as", value_name = "LOGIN", help = "代谁办理：用户名")]
    login: String,
}

impl Apply {
    /// Applies the pack, or says what it would bring.
    pub(crate) async fn run(self, place: &Place, console: Console) -> Outcome {
        let choices = self.read_choices()?;
        let id: Slug = self
            .id
            .parse()
            .map_err(|_| Fail::usage(format!("编号“{}”不对", self.id)))?;
        let ctx = place.operator(&self.login, console).await?;
        let version = match self.version {
            Some(version) => version,
            None => super::import::imported(place, &self.id).await?.version,
        };
        let apply = ApplyPlan {
            id,
            version,
            from_on: self.from,
            followed_from_on: self.followed_from.unwrap_or(self.from),
            choices,
        };
        if self.plan {
            let planned = app::pack::plan(&ctx, &apply).await.map_err(said)?;
            if console.json {
                super::answered(console, "pack.plan", &planned)?;
                return Ok(Exit::Done);
            }
            for duty in &planned.duties {
                let (title, owners, periods) = (&duty.title, duty.owners, duty.periods);
                console.data(format!("{title}\t{owners}个责任主体\t本年{periods}期"));
            }
            return Ok(Exit::Done);
        }
        let done = app::pack::apply(&ctx, &apply).await.map_err(said)?;
        if console.json {
            super::answered(console, "pack.apply", &done)?;
        } else {
            console.data(format!("{} 第{version}版自{}起施行。", self.id, self.from));
        }
        Ok(Exit::Done)
    }

    fn read_choices(&self) -> Outcome<Choices> {
        let Some(path) = &self.choices else {
            return Ok(Choices::default());
        };
        let text = crate::bounded::text(path, FILE_BYTES_MAX)?;
        let known = toml::Table::try_from(Choices::default()).unwrap_or_default();
        let table: toml::Table = text
            .parse()
            .map_err(|why| Fail::usage(format!("“{}”有误：{why}", path.display())))?;
        let may = ["lock_after_days", "answer_days"];
        let names: Vec<&str> = known.keys().map(String::as_str).chain(may).collect();
        if let Some(bad) = table.keys().find(|k| !names.contains(&k.as_str())) {
            let message = format!("“{}”里没有“{bad}”这一项", path.display());
            return Err(Fail::usage(message).hint(format!("可以写：{}", names.join("、"))));
        }
        toml::from_str(&text).map_err(|why| Fail::usage(format!("“{}”有误：{why}", path.display())))
    }
}
