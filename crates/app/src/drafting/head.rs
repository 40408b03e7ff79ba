//! What the pack of a draft will be called, and from when it holds.

use ::draft::Work;
use chrono::{Datelike, NaiveDate};
use domain::id::{DraftId, Slug};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::change;
use crate::ctx::Ctx;
use crate::door::Saved;
use crate::error::{FieldErrors, Result};
use crate::verb::Verb;
use crate::words;

/// Longest title of a notice, in characters.
const TITLE_LONGEST: usize = 119;
/// Longest short name, in characters; a pack takes no longer one.
const SHORT_LONGEST: usize = 8;
/// Longest issuer and number, in characters.
const LINE_LONGEST: usize = 60;
/// Largest version of a pack.
const VERSION_MAX: u32 = 10_000;
/// Years of a notice.
const YEARS: std::ops::RangeInclusive<i32> = 1949..=2100;

/// The head of a pack to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DraftHead")]
pub struct HeadSeen {
    /// The pack's id; one that was found in the notice may be none yet.
    #[schemars(title = "编号")]
    pub pack: String,
    /// Version.
    #[schemars(title = "版本")]
    pub version: u32,
    /// Title.
    #[schemars(title = "标题")]
    pub title: String,
    /// Short name.
    #[schemars(title = "简称")]
    pub short: String,
    /// Issuer; empty where the notice does not say.
    #[schemars(title = "发文机关")]
    pub issuer: String,
    /// 发文字号; empty where the notice does not say.
    #[schemars(title = "发文字号")]
    pub number: String,
    /// Day of issue.
    #[schemars(title = "印发日期")]
    pub issued: Option<NaiveDate>,
    /// First day of effect.
    #[schemars(title = "从哪一天起生效")]
    pub from: NaiveDate,
    /// Last day of effect.
    #[schemars(title = "到哪一天失效")]
    pub to: Option<NaiveDate>,
}

impl HeadSeen {
    pub(super) fn of(work: &Work) -> Self {
        let head = &work.head;
        Self {
            pack: head.id.clone(),
            version: head.version,
            title: head.title.clone(),
            short: head.short.clone(),
            issuer: head.issuer.clone(),
            number: head.number.clone(),
            issued: head.issued,
            from: head.from,
            to: head.to,
        }
    }
}

/// A name for the pack to be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RenameDraft {
    /// Which draft.
    #[schemars(title = "起草编号")]
    pub id: DraftId,
    /// The pack's id.
    #[schemars(title = "编号")]
    pub pack: Slug,
    /// Version.
    #[schemars(title = "版本", range(min = 1, max = VERSION_MAX))]
    pub version: u32,
    /// Title.
    #[schemars(title = "标题", length(min = 1, max = TITLE_LONGEST))]
    pub title: String,
    /// Short name.
    #[schemars(title = "简称", length(min = 1, max = SHORT_LONGEST))]
    pub short: String,
    /// Issuer.
    #[schemars(title = "发文机关", length(max = LINE_LONGEST))]
    pub issuer: Option<String>,
    /// 发文字号.
    #[schemars(title = "发文字号", length(max = LINE_LONGEST))]
    pub number: Option<String>,
    /// Day of issue.
    #[schemars(title = "印发日期")]
    pub issued: Option<NaiveDate>,
    /// First day of effect.
    #[schemars(title = "从哪一天起生效")]
    pub from: NaiveDate,
    /// Last day of effect.
    #[schemars(title = "到哪一天失效")]
    pub to: Option<NaiveDate>,
}

impl RenameDraft {
    /// What the schema of the input cannot say.
    fn check(&self) -> Result<()> {
        let mut errors = FieldErrors::new();
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        for (field, text, must) in [
            ("title", self.title.clone(), true),
            ("short", self.short.clone(), true),
            ("issuer", optional(&self.issuer), false),
            ("number", optional(&self.number), false),
        ] {
            if must && text.trim().is_empty() {
                errors.add(field, "不能为空。");
            }
            if let Some(unseen) = words::unseen(text.trim()) {
                errors.add(field, unseen);
            }
        }
        for (field, day) in [
            ("issued", self.issued),
            ("from", Some(self.from)),
            ("to", self.to),
        ] {
            if day.is_some_and(|day| !YEARS.contains(&day.year())) {
                errors.add(field, "请填写 1949 年至 2100 年的日期，如 2026-06-30。");
            }
        }
        if self.to.is_some_and(|to| to < self.from) {
            errors.add("to", "失效日期不能早于生效日期。");
        }
        errors.into_result()
    }
}

/// Names the pack to be.
pub async fn rename(ctx: &Ctx, asked: RenameDraft) -> Result<Saved<DraftId>> {
    asked.check()?;
    let trimmed = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_owned();
    let rename = |work: &mut Work| {
        let head = &mut work.head;
        head.id = asked.pack.to_string();
        head.version = asked.version;
        head.title = asked.title.trim().to_owned();
        head.short = asked.short.trim().to_owned();
        head.issuer = trimmed(&asked.issuer);
        head.number = trimmed(&asked.number);
        (head.issued, head.from, head.to) = (asked.issued, asked.from, asked.to);
        Ok(())
    };
    let saved = |(), version| Saved::at(asked.id, version);
    change(ctx, asked.id, Verb::DraftRename, rename, saved).await
}
