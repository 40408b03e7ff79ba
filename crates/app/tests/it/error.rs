//! What a verb answers besides success: each kind is polite, in Chinese, and tells nothing
//! internal.

use app::{Error, FieldErrors};
use domain::policy::Action;
use store::schema::Schema;
use store::{Fault, StoreError};

/// Every kind that there is; a new one stops the build here.
fn place(error: &Error) -> usize {
    match error {
        Error::NotFound(_) => 0,
        Error::SignedOut => 1,
        Error::Forbidden(_) => 2,
        Error::Invalid(_) => 3,
        Error::Refused { .. } => 4,
        Error::Stale { .. } => 5,
        Error::Limit { .. } => 6,
        Error::Unavailable => 7,
        Error::Internal(_) => 8,
        Error::Down(_) => 9,
        Error::OfOthers { .. } => 10,
        Error::Busy { .. } => 11,
    }
}

/// What a fault of the database is told as.
fn down(fault: Fault) -> Error {
    let source = "disk I/O error at /srv/data".into();
    StoreError::Fault { fault, source }.into()
}

#[expect(clippy::too_many_lines, reason = "one error of every kind")]
fn kinds() -> Vec<Error> {
    let stale = |person| StoreError::Stale {
        table: "act",
        key: "act_0190".to_owned(),
        first: person,
    };
    let first = store::First {
        person: None,
        operator: Some("root".to_owned()),
        at: 1_793_800_000_000,
        seq: 7,
        verb: "act.amend".to_owned(),
    };
    let mut all = vec![
        Error::NotFound("这条记录"),
        Error::SignedOut,
        Error::OfOthers {
            action: Action::AmendAct,
            whose: "泽安县人民政府常务副县长带队、石桥镇人民政府镇长带队".to_owned(),
        },
        FieldErrors::one("name", "请填写名称。"),
        Error::refused(
            app::Code::ActWithdrawn,
            "这条记录已撤回，不能再更正。请另记一条。",
        ),
        stale(None).into(),
        stale(Some(Box::new(first))).into(),
        StoreError::Limit {
            what: "rows in one entry",
            max: 50_000,
        }
        .into(),
        StoreError::Busy.into(),
        down(Fault::Full),
        down(Fault::Disk),
        down(Fault::ReadOnly),
        down(Fault::Away),
        StoreError::Schema(Schema::Newer(vec!["m0099_later".to_owned()])).into(),
        StoreError::HeadsApart {
            home: "body_0190".to_owned(),
            file: 120,
            chain: 100,
        }
        .into(),
        StoreError::ClockBehind {
            now: 1_793_800_000_000,
            last: 1_793_800_660_000,
        }
        .into(),
        StoreError::Corrupt {
            table: "person",
            column: "password_hash",
            id: "person_0190".to_owned(),
        }
        .into(),
        StoreError::Missing {
            table: "body",
            key: "body_0190".to_owned(),
        }
        .into(),
        StoreError::Taken {
            table: "token",
            detail: "UNIQUE constraint failed: token.hash".to_owned(),
        }
        .into(),
        StoreError::Stopped("select * from person".to_owned()).into(),
        Error::Internal("a secret of the house".into()),
        Error::Busy {
            wait_s: 5,
            message: "同时登录的人太多，请5秒后再试。".to_owned(),
        },
    ];
    all.extend(Action::ALL.iter().map(|a| Error::Forbidden(*a)));
    all
}

#[test]
fn every_kind_has_a_polite_chinese_sentence_and_no_internals() {
    let all = kinds();
    for kind in 0..12 {
        assert!(
            all.iter().any(|e| place(e) == kind),
            "kind {kind} is not told"
        );
    }
    for error in &all {
        let said = error.sentence();
        assert!(said.ends_with('。'), "{said}");
        let foreign = said.chars().filter(char::is_ascii_alphabetic).count();
        assert_eq!(foreign, 0, "{said}");
        assert!(!said.contains('_') && !said.contains("::"), "{said}");
        assert!(said.chars().count() <= 120, "{said}");
    }
}

#[test]
fn every_kind_has_a_stable_code() {
    let mut codes: Vec<&str> = kinds().iter().map(Error::code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(
        codes,
        [
            "act.withdrawn",
            "busy",
            "clock.behind",
            "database-away",
            "disk-error",
            "disk-full",
            "forbidden",
            "heads.apart",
            "internal",
            "invalid",
            "limit",
            "not-found",
            "read-only",
            "schema",
            "signed-out",
            "stale",
            "unavailable",
        ]
    );
}

#[test]
fn what_is_logged_does_not_repeat_its_source() {
    let error = Error::Internal("a secret of the house".into());
    assert_eq!(error.to_string(), "internal");
    assert!(std::error::Error::source(&error).is_some());
}
