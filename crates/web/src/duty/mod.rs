//! 职责: the grid, the list, one duty.

mod ask;
mod grid;
mod list;
mod show;

use axum::extract::Path;
use domain::duty::Key;
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
    POST "/duties/{pack}/{duty}/{owner}/{period}/ask" "提出申请" ASK => ask::post;
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
fn duty_asked(asked: &Asked) -> Option<(domain::id::Slug, domain::id::Slug)> {
    let (pack, duty) = asked.text("duty").split_once('/')?;
    Some((pack.parse().ok()?, duty.parse().ok()?))
}

/// The duties in force that standing is kept for.
fn choices_of(
    world: &app::world::World,
    chosen: Option<&(domain::id::Slug, domain::id::Slug)>,
) -> Vec<app::duty::DutyChoice> {
    let lines = world.book.lines().iter();
    let followed = lines.filter_map(|l| l.newest().filter(|d| d.followed).map(|d| (l, d)));
    followed
        .map(|(line, duty)| app::duty::DutyChoice {
            code: format!("{}/{}", line.pack, line.id),
            title: duty.decl.title.clone(),
            notice: line.short.clone(),
            chosen: chosen.is_some_and(|(p, d)| line.pack == *p && line.id == *d),
        })
        .collect()
}

/// Duties of one notice, for the list that folds.
struct Notice {
    title: String,
    duties: Vec<app::duty::DutyChoice>,
}

/// Duties to choose from, by notice.
fn notices(all: Vec<app::duty::DutyChoice>) -> Vec<Notice> {
    let mut out: Vec<Notice> = Vec::new();
    for duty in all {
        match out.iter_mut().find(|n| n.title == duty.notice) {
            Some(notice) => notice.duties.push(duty),
            None => out.push(Notice {
                title: duty.notice.clone(),
                duties: vec![duty],
            }),
        }
    }
    out
}
