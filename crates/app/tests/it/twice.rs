//! A second click: every writing verb of bodies, posts, people, roles, resets and requests answers
//! it with the first result, and leaves one link.

use std::collections::BTreeMap;

use app::body::{BodyChange, NewBody};
use app::post::NewPost;
use app::{Ctx, Result};
use domain::body::{BodyKind, Level, Link, LinkKind};
use domain::id::{BodyId, ResetId};
use domain::policy::Role;
use domain::reset::Wanted;
use domain::ruling::{RulingKind, RulingReason};
use testkit::{TestApp, day, key};

use crate::Z2;

/// Does it twice under one key; both answers are the same and the second wrote nothing. What is
/// shown once is left out of them by `plain`.
async fn twice<T, P>(
    t: &TestApp,
    ctx: &Ctx,
    plain: impl Fn(&T) -> P,
    verb: impl AsyncFn(&Ctx) -> Result<T>,
) -> T
where
    P: PartialEq + std::fmt::Debug,
{
    let key = format!("page-{}", ctx.ids.next(ctx.now).simple());
    let ctx = ctx.keyed(&key);
    let before = links(t).await;
    let first = verb(&ctx).await.unwrap();
    let after = links(t).await;
    assert_eq!(after, before + 1, "one link");
    let second = verb(&ctx).await.unwrap();
    assert_eq!(plain(&first), plain(&second));
    assert_eq!(links(t).await, after, "the second click wrote nothing");
    first
}

/// How many links the county has.
async fn links(t: &TestApp) -> i64 {
    let aud = t.person("aud").ctx().await;
    let trail = app::audit::trail(&aud, app::audit::ListLinks::default()).await;
    trail.unwrap().rows[0].seq
}

fn firm(name: &str, parent: BodyId) -> NewBody {
    NewBody {
        id: None,
        kind: BodyKind::Enterprise,
        name: name.to_owned(),
        parent: Some(parent),
        division: String::new(),
        level: Level::Town,
        sort_key: "9".to_owned(),
        opened_on: day("2026-03-01"),
        attrs: BTreeMap::new(),
        enterprise: None,
    }
}

#[tokio::test]
async fn a_second_click_on_bodies_and_posts_answers_the_first_result() {
    let t = TestApp::at("2026-11-05").await;
    let office = &t.person("bangong").ctx().await;
    let town = t.body("shiqiao");
    let made = twice(&t, office, Clone::clone, async |ctx| {
        app::body::create(ctx, firm("新设企业", town)).await
    })
    .await;
    let on = day("2026-10-01");
    let changed = twice(&t, office, Clone::clone, async |ctx| {
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
    twice(&t, office, Clone::clone, async |ctx| {
        app::body::link(ctx, link.clone()).await
    })
    .await;
    twice(&t, office, Clone::clone, async |ctx| {
        app::body::unlink(ctx, link.kind, link.a, link.b, day("2026-11-05")).await
    })
    .await;
    twice(&t, office, Clone::clone, async |ctx| {
        app::body::close(ctx, made.id, 2, day("2026-11-05")).await
    })
    .await;

    let post = twice(&t, office, Clone::clone, async |ctx| {
        let new = NewPost {
            id: None,
            body: t.body("shiqiao/gov"),
            kind: "deputy".parse().unwrap(),
            title: "副镇长".to_owned(),
            ex_officio: None,
            from_on: day("2026-11-01"),
            sort_key: "9".to_owned(),
            holder: None,
        };
        app::post::create(ctx, new).await
    })
    .await;
    let holder = t.person_id("shiqiao.zz");
    let over = twice(&t, office, Clone::clone, async |ctx| {
        app::post::hand_over(ctx, post.id, None, Some(holder), day("2026-11-05")).await
    })
    .await;
    assert_eq!(over.holder, Some(holder));
    twice(&t, office, Clone::clone, async |ctx| {
        app::body::merge(ctx, t.body("qingxi"), town, day("2026-11-05")).await
    })
    .await;
}

#[tokio::test]
async fn a_second_click_on_requests_answers_the_first_result() {
    let t = TestApp::at("2026-11-05").await;
    let (town, office) = (t.person("shiqiao.lly"), t.person("bangong"));
    let (town, office) = (&town.ctx().await, &office.ctx().await);
    let october = key(Z2, "monthly-return", t.owner("shiqiao/gov"), "2026-10");
    let (kind, why) = (RulingKind::Waiver, RulingReason::Weather);
    let wanted = app::ruling::Ask::of(october, kind, why, "防汛");
    for decides in [false, true] {
        let asked = twice(&t, town, Clone::clone, async |ctx| {
            app::ruling::ask(ctx, &wanted).await
        })
        .await;
        assert_eq!(asked.version, 1);
        let answered = if decides {
            twice(&t, office, Clone::clone, async |ctx| {
                app::ruling::decide(
                    ctx,
                    app::ruling::DecideRuling::of(asked.id, 1, true, "同意"),
                )
                .await
            })
            .await
        } else {
            twice(&t, town, Clone::clone, async |ctx| {
                app::ruling::withdraw(ctx, asked.id, 1).await
            })
            .await
        };
        assert_eq!((answered.id, answered.version), (asked.id, 2));
    }
}

#[tokio::test]
async fn a_second_click_on_people_and_roles_answers_the_first_result_without_its_secret() {
    let t = TestApp::bare("2026-11-05").await;
    let sys = &t.person("sys").ctx().await;
    let sec = &t.person("sec").ctx().await;
    let added = twice(
        &t,
        sys,
        |added: &app::person::Added| (added.id, added.version),
        async |ctx| app::person::create(ctx, "新来同志", "xinlai").await,
    )
    .await;
    assert!(added.link.is_some());
    let seen = app::person::show(sys, added.id).await.unwrap();
    let mut change = seen.unchanged();
    change.name = "更名同志".to_owned();
    twice(&t, sys, Clone::clone, async |ctx| {
        app::person::change(ctx, change.clone()).await
    })
    .await;
    let again = twice(
        &t,
        sys,
        |given: &app::person::LinkGiven| given.id,
        async |ctx| app::person::reset(ctx, added.id).await,
    )
    .await;
    assert!(again.link.is_some() && again.link != added.link);
    let given = twice(&t, sec, Clone::clone, async |ctx| {
        app::role::grant(ctx, added.id, Role::Viewer, t.body("shiqiao")).await
    })
    .await;
    twice(&t, sec, Clone::clone, async |ctx| {
        app::role::revoke(ctx, given.id).await
    })
    .await;
}

#[tokio::test]
async fn a_second_click_on_resets_answers_the_first_result_without_its_secret() {
    let t = TestApp::bare("2026-11-05").await;
    let sys = &t.person("sys").ctx().await;
    let aud = &t.person("aud").ctx().await;
    let asks = async |login: &str| -> ResetId {
        let asked = twice(
            &t,
            sys,
            |asked: &app::reset::Asked| (asked.id, asked.version),
            async |ctx| app::reset::ask(ctx, t.person_id(login), Wanted::Link, "忘记口令").await,
        );
        asked.await.id
    };
    let id = asks("sec").await;
    let done = twice(
        &t,
        aud,
        |done: &app::reset::Consented| (done.person, done.name.clone()),
        async |ctx| app::reset::consent(ctx, id).await,
    )
    .await;
    assert!(done.link.is_some());
    let id = asks("bangong").await;
    twice(&t, aud, Clone::clone, async |ctx| {
        app::reset::refuse(ctx, id, "未经核实").await
    })
    .await;
    let id = asks("fuxianzhang").await;
    twice(&t, sys, Clone::clone, async |ctx| {
        app::reset::withdraw(ctx, id).await
    })
    .await;
    let told = &t.person("sec").ctx().await;
    let seen = app::reset::notices(told).await.unwrap();
    let read: Vec<ResetId> = seen.iter().map(|n| n.id).collect();
    let said = twice(&t, told, Clone::clone, async |ctx| {
        app::reset::acknowledge(ctx, &read).await
    })
    .await;
    assert_eq!(said.told, read.len());
}
