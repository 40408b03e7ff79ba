//! 职责: the grid, the list, one duty.

mod ask;
mod grid;
mod list;
mod show;
pub(crate) mod words;

use axum::extract::Path;
use domain::duty::Key;
use domain::id::Slug;
use domain::policy::Action;

use crate::error::PageError;
use crate::query::Asked;
use crate::routes::{Audience, routes};

const SEE: Audience = Audience::May(Action::ViewStanding);
const ASK: Audience = Audience::May(Action::AskRuling);

routes! {
    GET "/duties" "职责：表格与清单" SEE => grid::show;
    GET "/duties.csv" "导出职责清单" SEE => list::export;
    GET "/duties/{pack}/{duty}/{owner}/{period}" "一项职责" SEE => show::show;
    GET "/duties/{pack}/{duty}/{owner}/{period}/ask" "申请豁免、延期、补录" ASK => ask::form;
    POST "/duties/{pack}/{duty}/{owner}/{period}/ask" "提出申请" ASK => ask::post, RulingAsk;
}

/// The page of an obligation.
pub(crate) fn path(key: &Key) -> String {
    format!("/duties/{key}")
}

/// The four parts of an address.
type KeyPath = Path<(String, String, String, String)>;

/// The obligation that an address names.
fn key_of(Path((pack, duty, owner, period)): &KeyPath) -> Result<Key, PageError> {
    Key::of(pack, duty, owner, period).map_err(|_| PageError(app::Error::NotFound("这项职责")))
}

/// The duty that an address names as `pack/duty`.
fn duty_asked(asked: &Asked) -> (Option<Slug>, Option<Slug>) {
    let both = asked.text("duty").split_once('/');
    let both = both.and_then(|(pack, duty)| Some((pack.parse().ok()?, duty.parse().ok()?)));
    both.unzip()
}

/// A duty to choose from a list.
struct DutyOption {
    code: String,
    title: String,
    chosen: bool,
}

/// Duties of one notice, for the list that folds.
struct Notice {
    title: String,
    duties: Vec<DutyOption>,
}

/// Duties to choose from, by notice.
fn notices(all: Vec<app::duty::DutyChoice>, asked: &Asked) -> Vec<Notice> {
    let mut out: Vec<Notice> = Vec::new();
    for duty in all {
        let code = format!("{}/{}", duty.pack, duty.duty);
        let option = DutyOption {
            chosen: asked.text("duty") == code,
            title: duty.title,
            code,
        };
        match out.iter_mut().find(|n| n.title == duty.notice) {
            Some(notice) => notice.duties.push(option),
            None => out.push(Notice {
                title: duty.notice,
                duties: vec![option],
            }),
        }
    }
    out
}
