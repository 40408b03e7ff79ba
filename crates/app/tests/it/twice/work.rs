//! Second clicks on the work of a day: acts and their files, returns, requests, occasions, tokens,
//! sessions and jobs.

use app::act::{Change, accept, amend, record, send_back, submit_again, withdraw};
use app::ruling::{Ask, DecideRuling};
use app::session::{Visitor, change_password, sign_in, sign_out};
use app::token::{NewToken, TokenMade};
use domain::duty::Key;
use domain::id::ActId;
use domain::policy::Action;
use domain::ruling::{RulingKind, RulingReason};
use testkit::{PASSWORD, new};

use super::Clicks;
use crate::Z2;
use crate::job::{given_up, mends_files};

fn change(id: ActId, version: i64) -> Change {
    Change {
        id,
        version,
        reason: "已核对".to_owned(),
    }
}

/// A visit is recorded, amended, gets a file and loses it, and is withdrawn.
pub(super) async fn acts(clicks: &Clicks<'_>) {
    let t = clicks.t;
    let town = &t.person("shiqiao.lly").ctx().await;
    let visit = t.visit("shiqiao/head", "zhuanchang", "2026-11-04");
    let id = clicks
        .twice(town, Clone::clone, async |ctx| record(ctx, &visit).await)
        .await;
    clicks
        .twice(town, Clone::clone, async |ctx| {
            amend(ctx, &change(id, 1), &visit).await
        })
        .await;
    clicks
        .twice(town, Clone::clone, async |ctx| {
            let paper = b"%PDF-1.7 minutes"[..].into();
            app::file::add(ctx, id, "记录.pdf", paper).await
        })
        .await;
    clicks
        .twice(town, Clone::clone, async |ctx| {
            app::file::remove(ctx, id, 1).await
        })
        .await;
    clicks
        .twice(town, Clone::clone, async |ctx| {
            withdraw(ctx, &change(id, 2)).await
        })
        .await;
}

/// A return is sent back, handed in again and accepted.
pub(super) async fn returns(clicks: &Clicks<'_>) {
    let t = clicks.t;
    let (town, office) = (t.person("shiqiao.lly"), t.person("bangong"));
    let monthly = t.monthly("shiqiao/gov", "2026-10", "2026-11-05");
    let id = town.records(monthly.clone()).await.unwrap();
    let (town, office) = (&town.ctx().await, &office.ctx().await);
    clicks
        .twice(office, Clone::clone, async |ctx| {
            send_back(ctx, &change(id, 1)).await
        })
        .await;
    clicks
        .twice(town, Clone::clone, async |ctx| {
            submit_again(ctx, &change(id, 2), &monthly).await
        })
        .await;
    clicks
        .twice(office, Clone::clone, async |ctx| {
            accept(ctx, &change(id, 3)).await
        })
        .await;
}

/// One request is decided, another one taken back.
pub(super) async fn rulings(clicks: &Clicks<'_>) {
    let t = clicks.t;
    let town = &t.person("shiqiao.lly").ctx().await;
    let office = &t.person("bangong").ctx().await;
    let head = t.post("shiqiao/head").to_string();
    let ask = |period: &str| {
        let key = Key::of(Z2, "government-leader-visit", &head, period).unwrap();
        Ask::of(key, RulingKind::Waiver, RulingReason::Vacancy, "岗位空缺")
    };
    let first = ask("2026-09");
    let asked = clicks
        .twice(town, Clone::clone, async |ctx| {
            app::ruling::ask(ctx, &first).await
        })
        .await;
    let word = DecideRuling::of(asked.id, asked.version, true, "同意");
    clicks
        .twice(office, Clone::clone, async |ctx| {
            app::ruling::decide(ctx, word.clone()).await
        })
        .await;
    let other = app::ruling::ask(town, &ask("2026-08")).await.unwrap();
    clicks
        .twice(town, Clone::clone, async |ctx| {
            app::ruling::withdraw(ctx, other.id, other.version).await
        })
        .await;
}

pub(super) async fn occasions(clicks: &Clicks<'_>) {
    let office = &clicks.t.person("bangong").ctx().await;
    let made = clicks
        .twice(office, Clone::clone, async |ctx| {
            app::occasion::open(ctx, new::national_day()).await
        })
        .await;
    clicks
        .twice(office, Clone::clone, async |ctx| {
            app::occasion::withdraw(ctx, made.id).await
        })
        .await;
}

/// What is shown once is not shown twice.
pub(super) async fn tokens(clicks: &Clicks<'_>) {
    let office = &clicks.t.person("bangong").ctx().await;
    let plain = |made: &TokenMade| made.id;
    let made = clicks
        .twice(office, plain, async |ctx| {
            let new = NewToken {
                name: "台账同步".to_owned(),
                scope: vec![Action::ViewBody],
                ends_on: ctx.today,
            };
            app::token::make(ctx, new).await
        })
        .await;
    assert!(made.secret.is_some());
    clicks
        .twice(office, Clone::clone, async |ctx| {
            app::token::revoke(ctx, made.id).await
        })
        .await;
}

/// A password is changed, and the session ends.
pub(super) async fn sessions(clicks: &Clicks<'_>) {
    let t = clicks.t;
    let visitor = Visitor {
        address: None,
        agent: String::new(),
        device: None,
    };
    let opened = sign_in(&t.nobody(), "yingji.jz", PASSWORD, &visitor).await;
    let token = opened.unwrap().token;
    let own = &t.person("yingji.jz").ctx().await;
    clicks
        .twice(own, Clone::clone, async |ctx| {
            let new = "Xin-kouling-2026";
            change_password(ctx, PASSWORD, new, new, &token).await
        })
        .await;
    clicks
        .twice(own, Clone::clone, async |ctx| sign_out(ctx, &token).await)
        .await;
}

/// A job that was given up is run again.
pub(super) async fn jobs(clicks: &Clicks<'_>) {
    let t = clicks.t;
    let id = given_up(t).await;
    mends_files(t);
    let sys = &t.person("sys").ctx().await;
    clicks
        .twice(sys, Clone::clone, async |ctx| {
            app::job::run_again(ctx, id).await
        })
        .await;
    let aud = &t.person("aud").ctx().await;
    let proof = clicks
        .twice(aud, Clone::clone, async |ctx| app::audit::verify(ctx).await)
        .await;
    assert!(proof.links > 0);
}
