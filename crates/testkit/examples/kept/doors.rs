//! Who signs in and who fails to, what comes from the command line, and what is done now and then.

use app::job::work;
use app::session::{Visitor, resume, sign_in, sign_out};
use app::token::NewToken;
use app::{Actor, Ctx};
use domain::job::{Failure, try_again_at};
use domain::policy::Action;
use testkit::{PASSWORD, TestApp, draft};

use crate::Outcome;
use crate::story::at_page;

/// Milliseconds after which the use of a session is written.
const LONG_USED_MS: i64 = 6 * 60_000;
/// Steps that are enough for every job of the day.
const STEPS: u32 = 100;

/// A clock runs two days ahead while somebody signs in; the operator puts it right.
pub(crate) async fn clock(t: &TestApp) -> Outcome {
    t.set_day("2026-02-27");
    sign_in(&t.nobody(), "yingji.jz", PASSWORD, &visitor()).await?;
    t.set_day("2026-02-25");
    let done = app::clock::set_back(&t.console(), "停电后时钟快了两天，已校准").await?;
    if done.len() == 1 {
        Ok(())
    } else {
        Err("the clock was ahead of the county's last link".into())
    }
}

/// A program has a token and comes with it; another one's was taken back.
pub(crate) async fn tokens(t: &TestApp) -> Outcome {
    let office = t.person("bangong").ctx().await;
    let new = |name: &str| NewToken {
        name: name.to_owned(),
        scope: vec![Action::ViewPack],
        ends_on: office.today,
    };
    let used = app::token::make(&office, new("台账同步")).await?;
    app::token::enter(&t.nobody(), &used.secret.unwrap_or_default()).await?;
    t.app.settled().await;
    let gone = app::token::make(&office, new("停用的程序")).await?;
    app::token::revoke(&office, gone.id).await?;
    Ok(())
}

/// One session stays and is used, one ends, a wrong password opens none, a password is changed.
pub(crate) async fn sessions(t: &TestApp) -> Outcome {
    t.set_day("2026-10-26");
    let stays = sign_in(&t.nobody(), "bangong", PASSWORD, &visitor()).await?;
    let wrong = sign_in(&t.nobody(), "shiqiao.lly", "Cuowu-2026", &visitor()).await;
    t.app.settled().await;
    if wrong.is_ok() {
        return Err("a wrong password signs nobody in".into());
    }
    let ends = sign_in(&t.nobody(), "sec", PASSWORD, &visitor()).await?;
    sign_out(&t.person("sec").ctx().await, &ends.token).await?;
    let own = sign_in(&t.nobody(), "yingji.jz", PASSWORD, &visitor()).await?;
    let ctx = t.person("yingji.jz").ctx().await;
    app::session::change_password(&ctx, PASSWORD, PASSWORD, PASSWORD, &own.token).await?;
    t.shift(LONG_USED_MS);
    let now = t.nobody();
    let used = resume(&t.app, &stays.token, None, now.now, now.today).await?;
    t.app.settled().await;
    used.map(|_| ()).ok_or_else(|| "a session holds".into())
}

/// A meeting that the office's head reported by telephone, from the command line.
pub(crate) async fn operator(t: &TestApp) -> Outcome {
    let office = t.person("bangong").ctx().await;
    let operator = Ctx {
        actor: Actor::Operator {
            os_user: "yunwei".to_owned(),
            who: office.who()?.clone(),
        },
        ..office
    };
    let host = t.body("office").to_string();
    let fields = [("form", "department"), ("topic", "冬季防火部署")];
    let meeting = draft("meeting", "2026-10-26", &[("hosted", host)], &fields);
    app::act::record(&at_page(&operator, "page-meeting"), &meeting).await?;
    Ok(())
}

/// What has run out is cleared, what counts is reckoned anew, a write is tried.
pub(crate) async fn chores(t: &TestApp) -> Outcome {
    let ran = work(|| t.system(), "node-1", STEPS, &|| false).await?;
    if ran.iter().all(|ran| ran.did == 0) {
        return Err("a session of September and requests of former days have run out".into());
    }
    let system = t.system();
    app::counted::recount_home(&system, t.home(), &mut |_| ()).await?;
    unfinished(t).await?;
    if t.app.store.probe(system.now).await {
        Ok(())
    } else {
        Err("a try to write failed".into())
    }
}

/// On the next day one node began a job and never came back, and another one's disk was full.
async fn unfinished(t: &TestApp) -> Outcome {
    t.set_day("2026-10-27");
    let now = t.system().now;
    // Without a step, work is only planned.
    work(|| t.system(), "node-1", 0, &|| false).await?;
    let store = &t.app.store;
    let jobs = store.read(async |r| store::job::jobs_all(r).await).await?;
    let [begun, failed, ..] = jobs.as_slice() else {
        return Err("a county has jobs".into());
    };
    let claimed = store.job_claim(begun, "node-1", now).await?;
    let lease = store.job_claim(failed, "node-2", now).await?;
    let (Some(_), Some(lease)) = (claimed, lease) else {
        return Err("both jobs are due".into());
    };
    let again = try_again_at(lease.tries, now);
    store
        .job_fail(&lease, Failure::DiskFull, again, now)
        .await?;
    Ok(())
}

/// Somebody at a browser of the office.
pub(crate) fn visitor() -> Visitor {
    Visitor {
        address: "192.0.2.7".parse().ok(),
        agent: "Mozilla/5.0 (X11; Linux x86_64)".to_owned(),
        device: None,
    }
}
