//! Stable codes of everything that a verb or a door can refuse with, each with its class, from
//! which the status of an answer and the exit of a command follow.
//!
//! **Invariant:** a code that was given out keeps its meaning; programs of others go by it.

use std::fmt;

/// What kind of refusal a code is; the status of an answer follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// What was sent cannot be read: 400.
    Unreadable,
    /// Nobody is known to ask: 401.
    SignedOut,
    /// Known, but not allowed: 403.
    Forbidden,
    /// Not there, or not to be seen: 404.
    Unseen,
    /// The address has no such method: 405.
    Method,
    /// What was sent did not arrive whole: 408.
    BrokenOff,
    /// The rules refuse, or somebody was first: 409.
    Refused,
    /// A named limit was passed: 413.
    Limit,
    /// Sent in a form that is not taken: 415.
    MediaType,
    /// Fields are wrong: 422.
    Invalid,
    /// Too much at once: 429.
    Busy,
    /// A fault of ours: 500.
    Fault,
    /// Not to be had now: 503.
    Unavailable,
}

impl Class {
    /// Every class, in the order of the statuses.
    pub const ALL: &'static [Self] = &[
        Self::Unreadable,
        Self::SignedOut,
        Self::Forbidden,
        Self::Unseen,
        Self::Method,
        Self::BrokenOff,
        Self::Refused,
        Self::Limit,
        Self::MediaType,
        Self::Invalid,
        Self::Busy,
        Self::Fault,
        Self::Unavailable,
    ];

    /// The status of an answer.
    pub const fn status(self) -> u16 {
        match self {
            Self::Unreadable => 400,
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::Unseen => 404,
            Self::Method => 405,
            Self::BrokenOff => 408,
            Self::Refused => 409,
            Self::Limit => 413,
            Self::MediaType => 415,
            Self::Invalid => 422,
            Self::Busy => 429,
            Self::Fault => 500,
            Self::Unavailable => 503,
        }
    }
}

/// Declares the codes: variant, code, class.
macro_rules! table {
    ($($variant:ident $code:literal $class:ident;)+) => {
        /// A stable code of a refusal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $code, "`")] $variant,)+
        }

        impl Code {
            /// Every code, in the order of the alphabet.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as it stands in answers.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// What kind of refusal it is.
            pub const fn class(self) -> Class {
                match self { $(Self::$variant => Class::$class),+ }
            }
        }
    };
}

table! {
    ActStep "act.step" Refused;
    ActWithdrawn "act.withdrawn" Refused;
    AsOfReadOnly "as-of.read-only" Refused;
    BodyHasChildren "body.has-children" Refused;
    BodyHome "body.home" Refused;
    BodyLink "body.link" Refused;
    Busy "busy" Busy;
    ClockBehind "clock.behind" Refused;
    CountedOvertaken "counted.overtaken" Refused;
    DatabaseAway "database-away" Unavailable;
    DiskError "disk-error" Unavailable;
    DiskFull "disk-full" Unavailable;
    DraftChanged "draft.changed" Refused;
    DraftClosed "draft.closed" Refused;
    DraftDecided "draft.decided" Refused;
    DraftDiffer "draft.differ" Refused;
    DraftDone "draft.done" Refused;
    DraftForeign "draft.foreign" Refused;
    DraftHost "draft.host" Refused;
    DraftIncomplete "draft.incomplete" Refused;
    DraftKinds "draft.kinds" Refused;
    DraftLeft "draft.left" Refused;
    DraftMade "draft.made" Refused;
    DraftMerged "draft.merged" Refused;
    DraftNoneChosen "draft.none-chosen" Refused;
    DraftOne "draft.one" Refused;
    DraftOpen "draft.open" Refused;
    FileAltered "file.altered" Refused;
    FileLost "file.lost" Refused;
    Forbidden "forbidden" Forbidden;
    FormBrokenOff "form.broken-off" BrokenOff;
    FormForeign "form.foreign" Forbidden;
    FormToken "form.token" Forbidden;
    FormUnreadable "form.unreadable" Unreadable;
    GrantClosed "grant.closed" Refused;
    GrantInactive "grant.inactive" Refused;
    GrantSameDay "grant.same-day" Refused;
    GrantSelf "grant.self" Refused;
    GrantSeparate "grant.separate" Refused;
    GrantTwice "grant.twice" Refused;
    HeadsApart "heads.apart" Refused;
    HeadsForeign "heads.foreign" Refused;
    HeadsMissing "heads.missing" Refused;
    HeadsTogether "heads.together" Refused;
    Internal "internal" Fault;
    Invalid "invalid" Invalid;
    JobLost "job.lost" Refused;
    JobNotDead "job.not-dead" Refused;
    JsonBrokenOff "json.broken-off" BrokenOff;
    JsonDeep "json.deep" Unreadable;
    JsonMediaType "json.media-type" MediaType;
    JsonUnreadable "json.unreadable" Unreadable;
    Limit "limit" Limit;
    LinkSpent "link.spent" Refused;
    LinkTwice "link.twice" Refused;
    ListKey "list.key" Refused;
    MergeKind "merge.kind" Refused;
    Method "method" Method;
    NotFound "not-found" Unseen;
    OccasionTwice "occasion.twice" Refused;
    PackAppliedMeanwhile "pack.applied-meanwhile" Refused;
    PackMistakes "pack.mistakes" Refused;
    PackVersionTaken "pack.version-taken" Refused;
    PackWordsInUse "pack.words-in-use" Refused;
    PageKey "page.key" Unreadable;
    PostByOffice "post.by-office" Refused;
    PostChanged "post.changed" Refused;
    PostClosed "post.closed" Refused;
    ReadOnly "read-only" Unavailable;
    ResetActive "reset.active" Refused;
    ResetAlone "reset.alone" Refused;
    ResetCode "reset.code" Refused;
    ResetConsent "reset.consent" Refused;
    ResetConsole "reset.console" Refused;
    ResetConsoleOpen "reset.console-open" Refused;
    ResetGiven "reset.given" Refused;
    ResetInactive "reset.inactive" Refused;
    ResetLapsed "reset.lapsed" Refused;
    ResetNobody "reset.nobody" Refused;
    ResetNotAsked "reset.not-asked" Refused;
    ResetNotAsker "reset.not-asker" Refused;
    ResetOneself "reset.oneself" Refused;
    ResetOwn "reset.own" Refused;
    ResetRefused "reset.refused" Refused;
    ResetToken "reset.token" Refused;
    ResetTwice "reset.twice" Refused;
    ResetUnbacked "reset.unbacked" Refused;
    ResetWithdrawn "reset.withdrawn" Refused;
    ReturnLocked "return.locked" Refused;
    ReturnNotSentBack "return.not-sent-back" Refused;
    ReturnNotWaiting "return.not-waiting" Refused;
    ReturnOwn "return.own" Refused;
    ReturnTwice "return.twice" Refused;
    RulingDecided "ruling.decided" Refused;
    RulingNotAsker "ruling.not-asker" Refused;
    RulingOwn "ruling.own" Refused;
    RulingTwice "ruling.twice" Refused;
    Schema "schema" Refused;
    SetupDone "setup.done" Refused;
    SignInWrong "sign-in.wrong" Refused;
    SignedOut "signed-out" SignedOut;
    Stale "stale" Refused;
    TokenDisabled "token.disabled" SignedOut;
    TokenEnded "token.ended" Refused;
    TokenExpired "token.expired" SignedOut;
    TokenMany "token.many" Refused;
    TokenMissing "token.missing" SignedOut;
    TokenRevoked "token.revoked" SignedOut;
    TokenScope "token.scope" Forbidden;
    TokenSession "token.session" Forbidden;
    TokenUnknown "token.unknown" SignedOut;
    Unavailable "unavailable" Unavailable;
    UploadBroken "upload.broken" Refused;
    UploadBusy "upload.busy" Unavailable;
    UploadUnreadable "upload.unreadable" Refused;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl From<store::Fault> for Code {
    fn from(fault: store::Fault) -> Self {
        match fault {
            store::Fault::Full => Self::DiskFull,
            store::Fault::Disk => Self::DiskError,
            store::Fault::ReadOnly => Self::ReadOnly,
            store::Fault::Away => Self::DatabaseAway,
        }
    }
}

/// The listing for the golden file, one line a code.
pub fn listing() -> String {
    let line = |code: &Code| format!("{} {:<24}{:?}\n", code.class().status(), code, code.class());
    Code::ALL.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_twice_and_they_are_sorted() {
        let codes: Vec<&str> = Code::ALL.iter().map(|c| c.code()).collect();
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(codes, sorted);
    }
}
