//! What can be asked of packs, and with which inputs.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::id::{BodyId, PackUseId, Slug};
use domain::pack::{
    CHOICE_DAYS_MAX, Choices, FILE_BYTES_MAX, FILES_MAX, LIST_CHANGES_MAX, PackFile, Problem,
    REASON_MAX, Severity,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::apply::{ApplyPlan, Planned};
use super::form::ApplyForm;
use super::import::{Checked, Imported};
use super::list::{Burden, ListBurden, ListPacks, PackLine};
use super::show::PackPage;
use crate::ctx::Ctx;
use crate::door::{Saved, operations};
use crate::error::{FieldErrors, Result};
use crate::listed::{Count, Listed};

/// Largest body with the files of a pack that the API takes, in bytes. Larger packs, of up to 64
/// files of 1 MB, go by the page.
pub const FILES_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Longest name of a file, in characters.
const NAME_LONGEST: usize = 120;

operations! {
    Read "pack.list" GET "/packs" "制度" [ViewPack]
        ListPacks => ["packs": PackLine] = super::list::list;
    Read "pack.burden" GET "/packs/burden" "各单位一年应办多少" [ViewPack]
        ListBurden => ["bodies": Burden] = super::list::burden;
    Read "pack.show" GET "/packs/{id}" "一个制度：条款、职责和完成情况" [ViewPack]
        OnePack => {"pack": PackPage} = show_asked;
    Read "pack.files" GET "/packs/{id}/versions/{version}/files" "一个制度版本的文件" [ViewPack]
        OneVersion => ["files": PackText] = files_asked;
    Read "pack.form" GET "/packs/{id}/versions/{version}/form" "施行时须由办公室选定的内容" [ApplyPack]
        OneVersion => {"form": ApplyForm} = form_asked;
    Write "pack.check" POST "/packs/check" "检查制度包，不导入" [ApplyPack]
        PackFiles => {"check": CheckSeen} = check_asked up to FILES_BODY_BYTES_MAX;
    Write PackImport POST "/packs"
        PackFiles => {"pack": Imported} = import_asked up to FILES_BODY_BYTES_MAX;
    Write "pack.plan" POST "/packs/{id}/plan" "试算施行后会产生哪些职责" [ApplyPack]
        ApplyPack => {"plan": Planned} = plan_asked;
    Write PackApply POST "/packs/{id}/apply"
        ApplyPack => {"application": Saved<PackUseId>} = apply_asked;
}

/// Which pack.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnePack {
    /// Which.
    #[schemars(title = "制度代码")]
    pub id: Slug,
    /// Which version; the one in force, or the newest, where none is named.
    #[schemars(title = "版本，默认现行版本")]
    pub version: Option<u32>,
}

/// Which version of a pack.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneVersion {
    /// Which pack.
    #[schemars(title = "制度代码")]
    pub id: Slug,
    /// Which version.
    #[schemars(title = "版本")]
    pub version: u32,
}

/// A file of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackText {
    /// Name, without folders.
    #[schemars(title = "文件名", length(min = 1, max = NAME_LONGEST))]
    pub name: String,
    /// Its text, byte for byte.
    #[schemars(title = "内容", length(max = FILE_BYTES_MAX))]
    pub text: String,
}

/// The files of a pack.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackFiles {
    /// All of them.
    #[schemars(title = "制度包的全部文件", length(min = 1, max = FILES_MAX))]
    pub files: Vec<PackText>,
}

/// A mistake, or something to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackProblem")]
pub struct ProblemSeen {
    /// How bad it is.
    #[schemars(title = "轻重")]
    pub severity: Severity,
    /// A stable name of the kind of mistake.
    pub code: String,
    /// The file.
    #[schemars(title = "文件")]
    pub file: String,
    /// Line, from 1.
    #[schemars(title = "行")]
    pub line: usize,
    /// Column, from 1, in characters.
    #[schemars(title = "列")]
    pub column: usize,
    /// What the checker says of it.
    #[schemars(title = "问题")]
    pub message: String,
    /// What may stand there.
    pub allowed: Option<String>,
    /// The nearest known word.
    pub nearest: Option<String>,
}

/// What the checker found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackCheck")]
pub struct CheckSeen {
    /// The pack, where it could be read.
    pub id: Option<Slug>,
    /// Its version.
    pub version: Option<u32>,
    /// Its title.
    pub title: Option<String>,
    /// It may be imported.
    pub sound: bool,
    /// How many mistakes.
    pub mistakes: usize,
    /// How many warnings.
    pub warnings: usize,
    /// Each of them, in the order of files and places.
    pub problems: Vec<ProblemSeen>,
}

impl From<&Problem> for ProblemSeen {
    fn from(p: &Problem) -> Self {
        Self {
            severity: p.severity,
            code: p.code.to_owned(),
            file: p.file.clone(),
            line: p.line,
            column: p.column,
            message: p.message.clone(),
            allowed: p.allowed.clone(),
            nearest: p.nearest.clone(),
        }
    }
}

impl From<Checked> for CheckSeen {
    fn from(checked: Checked) -> Self {
        let (mistakes, warnings) = (checked.mistakes(), checked.warnings());
        let title = checked.id.is_some().then_some(checked.title);
        let (id, version) = checked.id.unzip();
        Self {
            id,
            version,
            title,
            sound: checked.sound,
            mistakes,
            warnings,
            problems: checked.problems.iter().map(ProblemSeen::from).collect(),
        }
    }
}

impl From<PackText> for PackFile {
    fn from(file: PackText) -> Self {
        Self {
            path: file.name,
            text: file.text,
        }
    }
}

impl From<PackFile> for PackText {
    fn from(file: PackFile) -> Self {
        Self {
            name: file.path,
            text: file.text,
        }
    }
}

/// A pack to apply, with what the office chose.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyPack {
    /// Which.
    #[schemars(title = "制度代码")]
    pub id: Slug,
    /// Which version.
    #[schemars(title = "版本")]
    pub version: u32,
    /// First day of force here.
    #[schemars(title = "从哪一天起施行")]
    pub from_on: NaiveDate,
    /// Periods that end before it are before records; the first day of force otherwise.
    #[schemars(title = "从哪一天起跟踪，默认施行之日")]
    pub followed_from_on: Option<NaiveDate>,
    /// For a duty with several texts, the one that is followed.
    #[schemars(title = "几处文字不一致的职责按哪一处：职责=写法")]
    pub options: Option<BTreeMap<String, Slug>>,
    /// Answers to open questions.
    #[schemars(title = "文中没有写明的怎么办：问题=答案")]
    pub answers: Option<BTreeMap<String, Slug>>,
    /// Bodies added to lists.
    #[schemars(title = "名单增加的单位：名单=单位编号")]
    pub list_add: Option<BTreeMap<String, Vec<BodyId>>>,
    /// Bodies taken from lists.
    #[schemars(title = "名单不列入的单位：名单=单位编号")]
    pub list_remove: Option<BTreeMap<String, Vec<BodyId>>>,
    /// Numbers for words without a number.
    #[schemars(title = "阈值：阈值=数字")]
    pub thresholds: Option<BTreeMap<String, f64>>,
    /// Days after the cut-off until a period takes no more entries.
    #[schemars(title = "期限过后几天锁定", range(min = 0, max = CHOICE_DAYS_MAX))]
    pub lock_after_days: Option<u32>,
    /// Days within which a return that was sent back is answered.
    #[schemars(title = "退回后几天内重新报送", range(min = 1, max = CHOICE_DAYS_MAX))]
    pub answer_days: Option<u32>,
    /// Duties that are shown without standing.
    #[schemars(title = "只列出、不跟踪的职责", length(max = LIST_CHANGES_MAX))]
    pub unfollowed: Option<Vec<Slug>>,
    /// Why.
    #[schemars(title = "作出这些选择的理由", length(max = REASON_MAX))]
    pub reason: Option<String>,
}

/// A map with the codes that a pack may use as names; others are told beside their field.
fn coded<T>(
    field: &str,
    given: Option<BTreeMap<String, T>>,
    errors: &mut FieldErrors,
) -> BTreeMap<Slug, T> {
    let mut out = BTreeMap::new();
    for (name, value) in given.into_iter().flatten() {
        match name.parse::<Slug>() {
            Ok(code) => {
                out.insert(code, value);
            }
            Err(_) => errors.add(field, "代码只含小写字母、数字和短横，请对照制度填写。"),
        }
    }
    out
}

impl ApplyPack {
    /// As the verb takes it.
    fn plan(self) -> Result<ApplyPlan> {
        let mut errors = FieldErrors::new();
        let choices = Choices {
            options: coded("options", self.options, &mut errors),
            answers: coded("answers", self.answers, &mut errors),
            list_add: coded("list_add", self.list_add, &mut errors),
            list_remove: coded("list_remove", self.list_remove, &mut errors),
            thresholds: coded("thresholds", self.thresholds, &mut errors),
            lock_after_days: self.lock_after_days,
            answer_days: self.answer_days,
            unfollowed: self.unfollowed.into_iter().flatten().collect(),
            reason: self.reason.unwrap_or_default(),
        };
        errors.into_result()?;
        Ok(ApplyPlan {
            id: self.id,
            version: self.version,
            from_on: self.from_on,
            followed_from_on: self.followed_from_on.unwrap_or(self.from_on),
            choices,
        })
    }
}

fn read(files: PackFiles) -> Vec<PackFile> {
    files.files.into_iter().map(PackFile::from).collect()
}

async fn show_asked(ctx: &Ctx, asked: OnePack) -> Result<PackPage> {
    super::show::show(ctx, &asked.id, asked.version).await
}

async fn files_asked(ctx: &Ctx, asked: OneVersion) -> Result<Listed<PackText>> {
    let files = super::show::files(ctx, &asked.id, asked.version).await?;
    let rows: Vec<PackText> = files.into_iter().map(PackText::from).collect();
    let count = Count {
        rows: rows.len() as u64,
        exact: true,
    };
    Ok(Listed {
        rows,
        next: None,
        previous: None,
        count,
    })
}

async fn form_asked(ctx: &Ctx, asked: OneVersion) -> Result<ApplyForm> {
    super::form::apply_form(ctx, &asked.id, asked.version).await
}

async fn check_asked(ctx: &Ctx, files: PackFiles) -> Result<CheckSeen> {
    let checked = super::import::check(ctx, &read(files)).await?;
    Ok(checked.into())
}

async fn import_asked(ctx: &Ctx, files: PackFiles) -> Result<Imported> {
    super::import::import(ctx, &read(files)).await
}

async fn plan_asked(ctx: &Ctx, asked: ApplyPack) -> Result<Planned> {
    super::apply::plan(ctx, &asked.plan()?).await
}

async fn apply_asked(ctx: &Ctx, asked: ApplyPack) -> Result<Saved<PackUseId>> {
    super::apply::apply(ctx, &asked.plan()?).await
}
