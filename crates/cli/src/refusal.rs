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
        | Error::Refused { .. }
        | Error::Stale { .. }
        | Error::Limit { .. } => Exit::Refused,
        Error::Busy { .. } | Error::Unavailable => Exit::Unavailable,
        Error::Internal(_) => Exit::Bug,
    };
    let hint = match &error {
        Error::Invalid(_) => "改好后再执行一次；没有写入任何内容。".to_owned(),
        Error::Stale { .. } => "请重新查看最新的一版，再用 --version 写明它。".to_owned(),
        Error::Internal(source) => chain(source.as_ref()),
        _ => String::new(),
    };
    Fail {
        exit,
        code: error.code(),
        message: error.sentence(),
        hint,
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
