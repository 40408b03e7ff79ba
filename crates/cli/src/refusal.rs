//! What a verb answers, as the command line says it.

use app::Error;

use crate::outcome::{Exit, Fail};

/// A verb's error with its exit code and the way out.
pub(crate) fn said(error: Error) -> Fail {
    let exit = match &error {
        Error::Invalid(_) => Exit::Usage,
        Error::NotFound(_)
        | Error::SignedOut
        | Error::Forbidden(_)
        | Error::OfOthers { .. }
        | Error::Refused { .. }
        | Error::Stale { .. }
        | Error::Limit { .. } => Exit::Refused,
        Error::Busy { .. } | Error::Unavailable | Error::Down(_) => Exit::Unavailable,
        Error::Internal(_) => Exit::Bug,
    };
    let hint = match &error {
        Error::Invalid(_) => "改好后再执行一次；没有写入任何内容。".to_owned(),
        Error::Stale { .. } => "请重新查看最新的一版，再用 --version 写明它。".to_owned(),
        Error::Internal(source) => chain(source.as_ref()),
        Error::Refused { code, .. } => way_out(code.code()).to_owned(),
        _ => String::new(),
    };
    Fail {
        exit,
        code: error.code(),
        message: error.sentence(),
        hint,
        printed: None,
    }
}

/// What an operator can run.
pub(crate) const fn way_out(code: &str) -> &'static str {
    match code.as_bytes() {
        b"clock.behind" => {
            "时钟若曾快于实际时间、现已校准：bihuan clock accept --reason 说明原因。"
        }
        b"heads.apart" => {
            "先用 bihuan audit verify 核对；确是恢复了较早备份的：bihuan audit accept-heads --reason 说明原因。"
        }
        b"heads.foreign" => {
            "先用 bihuan audit verify 核对是哪个辖区；文件放错的，放回本辖区的链头文件。"
        }
        b"heads.missing" => {
            "从别处保存的副本找回链头文件；确实没有的：bihuan audit verify 核对后，bihuan audit accept-heads --reason 说明原因。"
        }
        b"schema" => {
            "新装的先执行 bihuan setup；较早版本的执行 bihuan migrate（SQLite 自动备份，PostgreSQL 请先自行备份）。"
        }
        _ => "",
    }
}

/// The whole chain of causes: at the command line the operator is the one who can use it.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut out = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        out.push('：');
        out.push_str(&source.to_string());
        next = source.source();
    }
    out
}
