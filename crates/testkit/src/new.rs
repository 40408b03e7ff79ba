//! What people set up, with what does not matter to a story filled in: a field that comes later is
//! filled in here and breaks no test. What matters is said with `..`:
//! `NewBody { uscc, ..new::firm("某厂", town, "2026-06-01") }`.
#![expect(clippy::unwrap_used, reason = "a story with a wrong word fails")]

use app::body::NewBody;
use app::occasion::NewOccasion;
use app::post::NewPost;
use chrono::NaiveDate;
use domain::body::{Attrs, BodyKind, Level};
use domain::duty::Key;
use domain::id::{BodyId, PersonId, RulingId};
use domain::ruling::{Ruling, RulingReason, State, Wanted};

use crate::world::day;

/// An enterprise in a town, last in its register.
pub fn firm(name: &str, town: BodyId, opened_on: &str) -> NewBody {
    NewBody {
        id: None,
        kind: BodyKind::Enterprise,
        name: name.to_owned(),
        parent: Some(town),
        division: String::new(),
        level: Level::Town,
        sort_key: "9000".to_owned(),
        opened_on: day(opened_on),
        attrs: Attrs::new(),
        enterprise: None,
    }
}

/// A post of a body that nobody holds yet, last in its list.
pub fn post(body: BodyId, kind: &str, title: &str, from_on: &str) -> NewPost {
    NewPost {
        id: None,
        body,
        kind: kind.parse().unwrap(),
        title: title.to_owned(),
        ex_officio: None,
        from_on: day(from_on),
        sort_key: "9000".to_owned(),
        holder: None,
    }
}

/// An occasion from a day to a day.
pub fn occasion(kind: &str, title: &str, from_on: &str, to_on: &str) -> NewOccasion {
    NewOccasion {
        kind: kind.parse().unwrap(),
        title: title.to_owned(),
        from_on: day(from_on),
        to_on: day(to_on),
    }
}

/// The National Day of 2026, with its days off.
pub fn national_day() -> NewOccasion {
    occasion("national-day", "2026年国庆", "2026-10-01", "2026-10-08")
}

/// A request as somebody asks it on a day, because of the weather.
pub fn ruling(
    (id, home): (RulingId, BodyId),
    key: Key,
    wanted: Wanted,
    (asked_by, asked_on): (PersonId, NaiveDate),
) -> Ruling {
    Ruling {
        id,
        home,
        key,
        wanted,
        state: State::Asked,
        reason: RulingReason::Weather,
        text: "连续强降雨，道路中断，暂缓开展".to_owned(),
        asked_by,
        asked_on,
        version: 1,
    }
}
