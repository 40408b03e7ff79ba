//! A second click: every verb that writes answers it with the first result and leaves one link, or
//! says here why it cannot. A new verb fails without its story.

mod notices;
mod work;

use std::collections::BTreeSet;
use std::sync::Mutex;

use app::body::{BodyChange, NewBody};
use app::{Ctx, Result, Verb};
use domain::body::{Link, LinkKind};
use domain::id::{BodyId, ResetId};
use domain::policy::Role;
use domain::reset::Wanted;
use testkit::{TestApp, day, new};

/// Verbs that no second click can ask for, and why.
const NONE: &[(Verb, &str)] = &[
    (
        Verb::HomeCreate,
        "the installation sets up a county without a page",
    ),
    (
        Verb::ResetOperator,
        "the operator's console has no page and no key",
    ),
    (
        Verb::ClockSetBack,
        "the operator's console has no page and no key",
    ),
    (
        Verb::CountedRebuild,
        "the operator's console has no page and no key",
    ),
    (
        Verb::AuditAcceptHeads,
        "the operator's console has no page and no key",
    ),
    (
        Verb::ResetWrongCode,
        "whoever comes with a link is nobody yet; a code tried twice is two tries",
    ),
    (
        Verb::SessionSignIn,
        "whoever signs in is nobody yet; each sign-in is a session of its own",
    ),
    (
        Verb::SessionRefused,
        "whoever is refused is nobody; each try counts",
    ),
    (Verb::SessionTouch, "the program notes it beside a page"),
    (Verb::TokenUse, "the program notes it beside an answer"),
    (
        Verb::SessionSweep,
        "a job of the program, which a lease keeps from being done twice",
    ),
    (
        Verb::RequestSweep,
        "a job of the program, which a lease keeps from being done twice",
    ),
    (Verb::AuditAdopt, "the program does it at an upgrade"),
    (
        Verb::DraftImport,
        "a form's words: its link is that of the pack that is imported",
    ),
];

/// People who click twice, and the verbs that were done so.
struct Clicks<'a> {
    t: &'a TestApp,
    done: Mutex<BTreeSet<&'static str>>,
}

impl<'a> Clicks<'a> {
    fn at(t: &'a TestApp) -> Self {
        Self {
            t,
            done: Mutex::default(),
        }
    }

    /// Does it twice under one key; both answers are the same and the second wrote nothing. What is
    /// shown once is left out of them by `plain`.
    async fn twice<T, P>(
        &self,
        ctx: &Ctx,
        plain: impl Fn(&T) -> P,
        verb: impl AsyncFn(&Ctx) -> Result<T>,
    ) -> T
    where
        P: PartialEq + std::fmt::Debug,
    {
        let key = format!("page-{}", ctx.ids.next(ctx.now).simple());
        let ctx = ctx.keyed(&key);
        let (before, _) = self.last().await;
        let first = verb(&ctx).await.unwrap();
        let (after, done) = self.last().await;
        assert_eq!(after, before + 1, "one link, not those up to {done}");
        let second = verb(&ctx)
            .await
            .map_err(|why| format!("{done}: {why:?}"))
            .unwrap();
        assert_eq!(plain(&first), plain(&second), "{done}");
        let (still, _) = self.last().await;
        assert_eq!(still, after, "the second click on {done} wrote nothing");
        let done = Verb::of(&done).unwrap().code();
        self.done.lock().unwrap().insert(done);
        first
    }

    /// The number of the county's last link, and what was done.
    async fn last(&self) -> (i64, String) {
        self.t.app.settled().await;
        let aud = self.t.person("aud").ctx().await;
        let trail = app::audit::trail(&aud, app::audit::ListLinks::default()).await;
        let last = trail.unwrap().rows.remove(0);
        (last.seq, last.verb)
    }

    fn verbs(self) -> BTreeSet<&'static str> {
        self.done.into_inner().unwrap()
    }
}

#[tokio::test]
async fn every_verb_answers_a_second_click_with_the_first_result_or_says_why_not() {
    let t = TestApp::at("2026-11-05").await;
    let clicks = Clicks::at(&t);
    notices::drafts(&clicks).await;
    notices::packs(&clicks).await;
    work::acts(&clicks).await;
    work::returns(&clicks).await;
    work::rulings(&clicks).await;
    work::occasions(&clicks).await;
    bodies_and_posts(&clicks).await;
    let mut done = clicks.verbs();

    let t = TestApp::bare("2026-11-05").await;
    let clicks = Clicks::at(&t);
    people_and_roles(&clicks).await;
    resets(&clicks).await;
    work::tokens(&clicks).await;
    work::sessions(&clicks).await;
    work::jobs(&clicks).await;
    done.extend(clicks.verbs());

    let excused = |verb: &Verb| NONE.iter().any(|(none, _)| none == verb);
    let missing = |verb: &&Verb| !done.contains(verb.code()) && !excused(verb);
    let missing: Vec<&str> = Verb::ALL.iter().filter(missing).map(|v| v.code()).collect();
    assert!(missing.is_empty(), "no second click on {missing:?}");
    let both = Verb::ALL
        .iter()
        .filter(|v| excused(v) && done.contains(v.code()));
    let both: Vec<&str> = both.map(|v| v.code()).collect();
    assert!(both.is_empty(), "answered after all: {both:?}");
}

fn firm(name: &str, parent: BodyId) -> NewBody {
    new::firm(name, parent, "2026-03-01")
}

async fn bodies_and_posts(clicks: &Clicks<'_>) {
    let t = clicks.t;
    let office = &t.person("bangong").ctx().await;
    let town = t.body("shiqiao");
    let made = clicks
        .twice(office, Clone::clone, async |ctx| {
            app::body::create(ctx, firm("新设企业", town)).await
        })
        .await;
    let on = day("2026-10-01");
    let changed = clicks
        .twice(office, Clone::clone, async |ctx| {
            let change = BodyChange {
                name: Some("更名企业".to_owned()),
                ..BodyChange::default()
            };
            app::body::change(ctx, made.id, 1, on, change).await
        })
        .await;
    assert_eq!(changed.version, 2);
    let link = Link {
        kind: LinkKind::Regulates,
        a: t.body("yingji"),
        b: made.id,
        from_on: on,
        to_on: None,
    };
    clicks
        .twice(office, Clone::clone, async |ctx| {
            app::body::link(ctx, link.clone()).await
        })
        .await;
    clicks
        .twice(office, Clone::clone, async |ctx| {
            app::body::unlink(ctx, link.kind, link.a, link.b, day("2026-11-05")).await
        })
        .await;
    clicks
        .twice(office, Clone::clone, async |ctx| {
            app::body::close(ctx, made.id, 2, day("2026-11-05")).await
        })
        .await;

    let post = clicks
        .twice(office, Clone::clone, async |ctx| {
            let deputy = new::post(t.body("shiqiao/gov"), "deputy", "副镇长", "2026-11-01");
            app::post::create(ctx, deputy).await
        })
        .await;
    let holder = t.person_id("shiqiao.zz");
    let over = clicks
        .twice(office, Clone::clone, async |ctx| {
            app::post::hand_over(ctx, post.id, None, Some(holder), day("2026-11-05")).await
        })
        .await;
    assert_eq!(over.holder, Some(holder));
    clicks
        .twice(office, Clone::clone, async |ctx| {
            app::body::merge(ctx, t.body("qingxi"), town, day("2026-11-05")).await
        })
        .await;
}

async fn people_and_roles(clicks: &Clicks<'_>) {
    let t = clicks.t;
    let sys = &t.person("sys").ctx().await;
    let sec = &t.person("sec").ctx().await;
    let added = clicks
        .twice(
            sys,
            |added: &app::person::Added| (added.id, added.version),
            async |ctx| app::person::create(ctx, "新来同志", "xinlai").await,
        )
        .await;
    assert!(added.link.is_some());
    let seen = app::person::show(sys, added.id).await.unwrap();
    let mut change = seen.unchanged();
    change.name = "更名同志".to_owned();
    clicks
        .twice(sys, Clone::clone, async |ctx| {
            app::person::change(ctx, change.clone()).await
        })
        .await;
    let again = clicks
        .twice(
            sys,
            |given: &app::person::LinkGiven| given.id,
            async |ctx| app::person::reset(ctx, added.id).await,
        )
        .await;
    assert!(again.link.is_some() && again.link != added.link);
    let given = clicks
        .twice(sec, Clone::clone, async |ctx| {
            app::role::grant(ctx, added.id, Role::Viewer, t.body("shiqiao")).await
        })
        .await;
    clicks
        .twice(sec, Clone::clone, async |ctx| {
            app::role::revoke(ctx, given.id).await
        })
        .await;
}

async fn resets(clicks: &Clicks<'_>) {
    let t = clicks.t;
    let sys = &t.person("sys").ctx().await;
    let aud = &t.person("aud").ctx().await;
    let asks = async |login: &str| -> ResetId {
        let asked = clicks.twice(
            sys,
            |asked: &app::reset::Asked| (asked.id, asked.version),
            async |ctx| app::reset::ask(ctx, t.person_id(login), Wanted::Link, "忘记口令").await,
        );
        asked.await.id
    };
    let id = asks("sec").await;
    let done = clicks
        .twice(
            aud,
            |done: &app::reset::Consented| (done.person, done.name.clone()),
            async |ctx| app::reset::consent(ctx, id).await,
        )
        .await;
    assert!(done.link.is_some());
    let id = asks("bangong").await;
    clicks
        .twice(aud, Clone::clone, async |ctx| {
            app::reset::refuse(ctx, id, "未经核实").await
        })
        .await;
    let id = asks("fuxianzhang").await;
    clicks
        .twice(sys, Clone::clone, async |ctx| {
            app::reset::withdraw(ctx, id).await
        })
        .await;
    let told = &t.person("sec").ctx().await;
    let seen = app::reset::notices(told).await.unwrap();
    let read: Vec<ResetId> = seen.iter().map(|n| n.id).collect();
    let said = clicks
        .twice(told, Clone::clone, async |ctx| {
            app::reset::acknowledge(ctx, &read).await
        })
        .await;
    assert_eq!(said.told, read.len());
}
