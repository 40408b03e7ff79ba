//! What a verb can answer besides success: twelve kinds and no more.

use std::collections::BTreeMap;

use domain::id::PersonId;
use domain::listing::ForeignKey;
use domain::policy::Action;
use schemars::JsonSchema;
use serde::Serialize;

use crate::code::Code;

/// Result of a verb.
pub type Result<T> = std::result::Result<T, Error>;

/// Messages beside fields, by field name; the empty name is the whole form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct FieldErrors(pub BTreeMap<String, Vec<String>>);

impl FieldErrors {
    /// No message yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a message beside a field.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0
            .entry(field.to_owned())
            .or_default()
            .push(message.into());
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `Ok` without messages, else the error.
    pub fn into_result(self) -> Result<()> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self))
        }
    }

    /// One message beside one field.
    pub fn one(field: &str, message: impl Into<String>) -> Error {
        let mut errors = Self::new();
        errors.add(field, message);
        Error::Invalid(errors)
    }

    /// The messages of a field.
    pub fn of(&self, field: &str) -> &[String] {
        self.0.get(field).map_or(&[], Vec::as_slice)
    }
}

/// Why a verb did not happen. `code` is stable; the sentence is for the user, in Chinese.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or the actor may not see it.
    #[error("not found: {0}")]
    NotFound(&'static str),
    /// Nobody is signed in.
    #[error("signed out")]
    SignedOut,
    /// Seen, but not allowed.
    #[error("forbidden: {0}")]
    Forbidden(Action),
    /// Seen, but others did it: only their recorder may do that to it.
    #[error("forbidden: {action} of {whose}")]
    OfOthers {
        /// What was wanted.
        action: Action,
        /// Who did what, in Chinese: 县安委办主办.
        whose: String,
    },
    /// Fields are wrong.
    #[error("invalid fields")]
    Invalid(FieldErrors),
    /// The rules refuse: a stable code and the sentence with the way out.
    #[error("refused: {code}")]
    Refused {
        /// Stable code.
        code: Code,
        /// What is wrong, what is allowed, what to do.
        message: String,
    },
    /// Somebody else was first.
    #[error("stale: {by} at {at}")]
    Stale {
        /// Who, where the trail tells it.
        person: Option<PersonId>,
        /// Who, in words.
        by: String,
        /// When, as shown.
        at: String,
    },
    /// A limit was passed.
    #[error("limit: {what} {max}")]
    Limit {
        /// What is limited, in Chinese.
        what: &'static str,
        /// The limit with its unit.
        max: String,
    },
    /// Too much at once from one place: when it may be tried again.
    #[error("busy for {wait_s} s")]
    Busy {
        /// After so many seconds.
        wait_s: u64,
        /// What is too much, what to do.
        message: String,
    },
    /// The database cannot be reached or is too busy.
    #[error("unavailable")]
    Unavailable,
    /// What the database stands on does not hold: a disk, a file system, a server.
    #[error("down: {0:?}")]
    Down(store::Fault),
    /// A fault of ours.
    #[error("internal")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Refuses with a code and a sentence.
    pub fn refused(code: Code, message: impl Into<String>) -> Self {
        Self::Refused {
            code,
            message: message.into(),
        }
    }

    /// Puts a name to who was first.
    #[must_use]
    pub fn named(mut self, world: &crate::world::World) -> Self {
        if let Self::Stale {
            person: Some(id),
            by,
            ..
        } = &mut self
        {
            world.person_name(*id).clone_into(by);
        }
        self
    }

    /// The stable code.
    pub fn kind(&self) -> Code {
        match self {
            Self::NotFound(_) => Code::NotFound,
            Self::SignedOut => Code::SignedOut,
            Self::Forbidden(_) | Self::OfOthers { .. } => Code::Forbidden,
            Self::Invalid(_) => Code::Invalid,
            Self::Refused { code, .. } => *code,
            Self::Stale { .. } => Code::Stale,
            Self::Limit { .. } => Code::Limit,
            Self::Busy { .. } => Code::Busy,
            Self::Unavailable => Code::Unavailable,
            Self::Down(fault) => Code::from(*fault),
            Self::Internal(_) => Code::Internal,
        }
    }

    /// The stable code as text.
    pub fn code(&self) -> &'static str {
        self.kind().code()
    }

    /// The sentence for the user; never anything internal.
    pub fn sentence(&self) -> String {
        match self {
            Self::NotFound(what) => {
                format!("没有找到{what}，可能已撤销，或不在您的查看范围内。")
            }
            Self::SignedOut => "您还没有登录，或已因长时间未操作退出。请重新登录。".to_owned(),
            Self::Forbidden(action) => format!(
                "您的角色不能{}。需要办理的，请与本县安委办或系统管理员联系。",
                crate::words::action(*action)
            ),
            Self::OfOthers { whose, .. } => format!(
                "这条记录由{whose}，您可以查看，不能更正、撤回、重新报送，也不能增减附件。需要改动的，请该单位办理，或请县安委办代为办理。"
            ),
            Self::Invalid(errors) => {
                let all: Vec<String> = errors.0.values().flatten().cloned().collect();
                all.join(" ")
            }
            Self::Refused { message, .. } | Self::Busy { message, .. } => message.clone(),
            Self::Stale { by, at, .. } => format!(
                "{by}已于{at}先行修改。您填写的内容仍保留在页面上，请核对最新内容后再提交。"
            ),
            Self::Limit { what, max } => format!("{what}最多{max}，请减少后再提交。"),
            Self::Unavailable => "系统繁忙，您填写的内容没有丢失，请稍候再次提交。".to_owned(),
            Self::Down(fault) => format!(
                "{}您填写的内容没有丢失，恢复后请再次提交；提交前请先查看是否已经保存。",
                crate::words::fault(*fault)
            ),
            Self::Internal(_) => {
                "系统出错，已记录。请稍后再试；仍不行的，请把页面上的编号告诉系统管理员。"
                    .to_owned()
            }
        }
    }
}

impl From<store::StoreError> for Error {
    fn from(error: store::StoreError) -> Self {
        match error {
            store::StoreError::Stale { first, .. } => Self::Stale {
                person: first.as_ref().and_then(|f| f.person),
                by: "另一位同志".to_owned(),
                at: first.map_or_else(|| "刚才".to_owned(), |f| crate::words::instant(f.at)),
            },
            store::StoreError::Limit { max, .. } => Self::Limit {
                what: "一次办理",
                max: format!("{max}条"),
            },
            store::StoreError::ClockBehind { now, last } => Self::refused(
                Code::ClockBehind,
                format!(
                    "服务器时钟（{}）比最近一次记录（{}）慢了10分钟以上，暂不能写入，已有内容没有丢失。请系统管理员校准时钟；时钟此前快了、现已校准的，在服务器上确认后即可写入。",
                    crate::words::instant(now),
                    crate::words::instant(last)
                ),
            ),
            store::StoreError::PageKey => foreign_key(),
            store::StoreError::Missing { .. } => Self::NotFound("这一项"),
            store::StoreError::Busy => Self::Unavailable,
            store::StoreError::Fault { fault, source } => {
                tracing::error!(?fault, %source, "the database cannot work");
                Self::Down(fault)
            }
            store::StoreError::Schema(schema) => Self::refused(
                Code::Schema,
                format!("{}已有内容没有丢失。", crate::words::schema(&schema)),
            ),
            store::StoreError::HeadsApart { chain: 0, .. } => Self::refused(
                Code::HeadsForeign,
                "库外链头文件里有本数据库没有的辖区：文件可能属于别处，数据库也可能已被清空，暂不写入。请由操作员核实，放回本辖区的文件或用备份恢复。",
            ),
            store::StoreError::HeadsApart { file: 0, .. } => Self::refused(
                Code::HeadsMissing,
                "库外链头文件缺失，或没有本辖区的记录，数据库末尾没有凭证，暂不写入。请由操作员从备份找回该文件，或核实后说明原因确认。",
            ),
            store::StoreError::HeadsApart { file, chain, .. } => Self::refused(
                Code::HeadsApart,
                format!(
                    "库外链头文件与数据库不符：文件中记到第{file}号，数据库里是第{chain}号。数据库可能被换成了较早的备份，暂不写入。请由操作员核实后恢复，或说明原因后确认。"
                ),
            ),
            other => Self::Internal(Box::new(other)),
        }
    }
}

/// What is said of a key that no page of this list gave.
pub(crate) fn foreign_key() -> Error {
    Error::refused(
        Code::PageKey,
        "翻页标记不属于这个列表，或排序已经改变。请从第一页重新查看。",
    )
}

impl From<ForeignKey> for Error {
    fn from(_: ForeignKey) -> Self {
        foreign_key()
    }
}
