//! What can be asked of bodies, and with which inputs.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::body::{BodyKind, Level, Link, LinkKind};
use domain::id::BodyId;
use schemars::JsonSchema;
use serde::Deserialize;

use super::edit::{BodyChange, NAME_LONGEST, NewBody, NewEnterprise};
use super::relate::Related;
use super::show::{BodyFound, BodyLine, BodySeen, ListBodies};
use crate::ctx::Ctx;
use crate::door::{Saved, operations};
use crate::error::Result;
use crate::listed::Listed;

/// Longest division code, in digits.
pub const DIVISION_LONGEST: usize = 12;
/// Longest unified social credit code, in characters.
pub const USCC_LONGEST: usize = 18;
/// Longest industry or telephone, in characters.
pub const INDUSTRY_LONGEST: usize = 40;
/// Longest address, in characters.
pub const ADDRESS_LONGEST: usize = 120;

operations! {
    Read "body.list" GET "/bodies" "单位" [ViewBody]
        ListBodies => ["bodies": BodyLine] = super::show::list;
    Read "body.options" GET "/bodies/options" "单位名称候选" [ViewBody]
        FindBodies => ["bodies": BodyFound] = options_asked;
    Read "body.show" GET "/bodies/{id}" "一个单位" [ViewBody]
        OneBody => {"body": BodySeen} = super::show::show(id);
    Write BodyCreate POST "/bodies"
        CreateBody => {"body": Saved<BodyId>} = create_asked;
    Write BodyChange POST "/bodies/{id}/change"
        ChangeBody => {"body": Saved<BodyId>} = change_asked;
    Write BodyClose POST "/bodies/{id}/close"
        CloseBody => {"body": Saved<BodyId>} = super::edit::close(id, version, on);
    Write BodyMerge POST "/bodies/{id}/merge"
        MergeBody => {"body": Saved<BodyId>} = super::merge::merge(id, into, on);
    Write BodyLink POST "/bodies/{id}/link"
        LinkBodies => {"link": Related} = link_asked;
    Write BodyUnlink POST "/bodies/{id}/unlink"
        UnlinkBodies => {"link": Related} = super::relate::unlink(kind, id, b, on);
}

/// Which body.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneBody {
    /// Which.
    #[schemars(title = "单位编号")]
    pub id: BodyId,
}

/// Names that are looked for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindBodies {
    /// A part of the name.
    #[schemars(title = "名称的几个字", length(max = NAME_LONGEST))]
    pub text: String,
}

/// A body to set up, as it is asked for.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateBody {
    /// Kind.
    #[schemars(title = "类别")]
    pub kind: BodyKind,
    /// Name.
    #[schemars(title = "名称", length(min = 1, max = NAME_LONGEST))]
    pub name: String,
    /// The body above.
    #[schemars(title = "上级单位")]
    pub parent: BodyId,
    /// Level.
    #[schemars(title = "层级")]
    pub level: Level,
    /// Division code.
    #[schemars(title = "区划代码", length(max = DIVISION_LONGEST))]
    pub division: Option<String>,
    /// First day.
    #[schemars(title = "设立日期")]
    pub opened_on: NaiveDate,
    /// 统一社会信用代码 of an enterprise.
    #[schemars(title = "统一社会信用代码（企业填写）", length(max = USCC_LONGEST))]
    pub uscc: Option<String>,
    /// Industry of an enterprise.
    #[schemars(title = "行业（企业填写）", length(max = INDUSTRY_LONGEST))]
    pub industry: Option<String>,
    /// Address of an enterprise.
    #[schemars(title = "地址（企业填写）", length(max = ADDRESS_LONGEST))]
    pub address: Option<String>,
    /// Telephone of an enterprise.
    #[schemars(title = "电话（企业填写）", length(max = INDUSTRY_LONGEST))]
    pub phone: Option<String>,
}

impl From<CreateBody> for NewBody {
    fn from(new: CreateBody) -> Self {
        let division = new.division.unwrap_or_default();
        let enterprise = (new.kind == BodyKind::Enterprise).then(|| NewEnterprise {
            uscc: new.uscc.unwrap_or_default(),
            industry: new.industry.unwrap_or_default(),
            address: new.address.unwrap_or_default(),
            phone: new.phone.unwrap_or_default(),
        });
        Self {
            id: None,
            kind: new.kind,
            name: new.name,
            parent: Some(new.parent),
            level: new.level,
            // After all that have an order of their own, by division code.
            sort_key: format!("9{division}"),
            division,
            opened_on: new.opened_on,
            attrs: BTreeMap::new(),
            enterprise,
        }
    }
}

/// What changes of a body from a day on; what is left out stays.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    /// Which.
    #[schemars(title = "单位编号")]
    pub id: BodyId,
    /// The version that was seen.
    #[schemars(title = "版本")]
    pub version: i64,
    /// From which day on.
    #[schemars(title = "从哪一天起")]
    pub from_on: NaiveDate,
    /// New name.
    #[schemars(title = "名称", length(min = 1, max = NAME_LONGEST))]
    pub name: Option<String>,
    /// New body above.
    #[schemars(title = "上级单位")]
    pub parent: Option<BodyId>,
    /// New division code.
    #[schemars(title = "区划代码", length(max = DIVISION_LONGEST))]
    pub division: Option<String>,
}

/// A body to close.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseBody {
    /// Which.
    #[schemars(title = "单位编号")]
    pub id: BodyId,
    /// The version that was seen.
    #[schemars(title = "版本")]
    pub version: i64,
    /// From which day on.
    #[schemars(title = "从哪一天起不再存在")]
    pub on: NaiveDate,
}

/// A body to merge into another.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// Which.
    #[schemars(title = "单位编号")]
    pub id: BodyId,
    /// Into which.
    #[schemars(title = "并入哪个单位")]
    pub into: BodyId,
    /// From which day on.
    #[schemars(title = "从哪一天起")]
    pub on: NaiveDate,
}

/// Two bodies to relate.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkBodies {
    /// From: the left of the arrow.
    #[schemars(title = "单位编号（箭头左边）")]
    pub id: BodyId,
    /// What relates them.
    #[schemars(title = "什么关系")]
    pub kind: LinkKind,
    /// To: the right of the arrow.
    #[schemars(title = "对方单位（箭头右边）")]
    pub b: BodyId,
    /// From which day on.
    #[schemars(title = "从哪一天起")]
    pub from_on: NaiveDate,
}

/// A relation to end.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnlinkBodies {
    /// From: the left of the arrow.
    #[schemars(title = "单位编号（箭头左边）")]
    pub id: BodyId,
    /// What relates them.
    #[schemars(title = "什么关系")]
    pub kind: LinkKind,
    /// To: the right of the arrow.
    #[schemars(title = "对方单位（箭头右边）")]
    pub b: BodyId,
    /// On which day.
    #[schemars(title = "从哪一天起解除")]
    pub on: NaiveDate,
}

async fn create_asked(ctx: &Ctx, new: CreateBody) -> Result<Saved<BodyId>> {
    super::edit::create(ctx, new.into()).await
}

async fn change_asked(ctx: &Ctx, asked: ChangeBody) -> Result<Saved<BodyId>> {
    let change = BodyChange {
        name: asked.name,
        parent: asked.parent,
        division: asked.division,
        ..BodyChange::default()
    };
    super::edit::change(ctx, asked.id, asked.version, asked.from_on, change).await
}

async fn link_asked(ctx: &Ctx, asked: LinkBodies) -> Result<Related> {
    let link = Link {
        kind: asked.kind,
        a: asked.id,
        b: asked.b,
        from_on: asked.from_on,
        to_on: None,
    };
    super::relate::link(ctx, link).await
}

async fn options_asked(ctx: &Ctx, asked: FindBodies) -> Result<Listed<BodyFound>> {
    super::show::options_listed(ctx, &asked.text).await
}
