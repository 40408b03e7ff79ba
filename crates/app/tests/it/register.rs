//! Lists by key: bodies, people, roles, posts and resets, forward and back, and nothing in them
//! that may not be opened.

use app::Ctx;
use app::body::{ListBodies, NewBody, create_many};
use app::person::ListPeople;
use app::post::{ListPosts, NewPost};
use app::reset::ListResets;
use app::role::ListRoles;
use domain::body::{BodyKind, BodySort, Link, LinkKind};
use domain::id::BodyId;
use domain::listing::PageSize;
use domain::person::{GrantSort, PeopleSort};
use domain::policy::Role;
use testkit::{TestApp, day, new};

use crate::code;

const EVERYBODY: [&str; 10] = [
    "bangong",
    "fuxianzhang",
    "yingji.jz",
    "shiqiao.lly",
    "shiqiao.zz",
    "qingxi.lly",
    "qingxi.zz",
    "sys",
    "sec",
    "aud",
];

fn firm(name: &str, parent: BodyId) -> NewBody {
    NewBody {
        sort_key: "9".to_owned(),
        ..new::firm(name, parent, "2026-03-01")
    }
}

/// All rows of a list, page by page, after the way back was walked over the same rows.
async fn whole<T, F>(asked: F) -> Vec<T>
where
    T: Clone + PartialEq + std::fmt::Debug,
    F: AsyncFn(Option<String>) -> app::Listed<T>,
{
    let mut pages = vec![asked(None).await];
    assert_eq!(pages[0].previous, None);
    while let Some(next) = pages.last().unwrap().next.clone() {
        pages.push(asked(Some(next)).await);
    }
    for pair in pages.windows(2).rev() {
        let back = asked(pair[1].previous.clone()).await;
        assert_eq!(back.rows, pair[0].rows, "the same page on the way back");
        assert_eq!(back.count, pair[0].count);
    }
    let count = pages[0].count;
    let rows: Vec<T> = pages.into_iter().flat_map(|page| page.rows).collect();
    assert_eq!(count.rows, rows.len() as u64);
    rows
}

async fn bodies(ctx: &Ctx, asked: &ListBodies) -> Vec<app::body::BodyLine> {
    whole(async |page| {
        let asked = ListBodies {
            page,
            ..asked.clone()
        };
        app::body::list(ctx, asked).await.unwrap()
    })
    .await
}

#[tokio::test]
async fn the_register_of_bodies_turns_forward_and_back_in_both_orders() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    let town = t.body("shiqiao");
    let new = (0..70).map(|n| firm(&format!("新设企业{:02}", n * 37 % 70), town));
    create_many(&office, new.collect(), Vec::new())
        .await
        .unwrap();
    let asked = |sort, kind| ListBodies {
        sort: Some(sort),
        kind,
        ..ListBodies::default()
    };
    let firms = bodies(&office, &asked(BodySort::Name, Some(BodyKind::Enterprise))).await;
    assert_eq!(firms.len(), 73);
    assert!(firms.is_sorted_by_key(|b| b.name.clone()));
    let all = bodies(&office, &asked(BodySort::Register, None)).await;
    assert_eq!(all.first().map(|b| b.name.as_str()), Some("泽安县"));
    let named = ListBodies {
        text: Some("新设企业1".to_owned()),
        below: Some(town),
        ..ListBodies::default()
    };
    assert_eq!(bodies(&office, &named).await.len(), 10);

    let first = app::body::list(&office, asked(BodySort::Name, None))
        .await
        .unwrap();
    let foreign = ListBodies {
        page: first.next,
        ..asked(BodySort::Register, None)
    };
    assert_eq!(
        code(app::body::list(&office, foreign).await),
        "page.key",
        "a key belongs to its order"
    );
    let other = ListBodies {
        below: Some(t.body("qingxi")),
        ..ListBodies::default()
    };
    let officer = t.person("shiqiao.lly").ctx().await;
    assert_eq!(
        code(app::body::list(&officer, other).await),
        "not-found",
        "nor by a body that may not be seen"
    );
}

/// What a body is to be, by chance: its place, what it is related to, whether it is closed again.
type Chance = (usize, usize, usize, bool);

/// A county with bodies and relations by chance; what each one lists may be opened, and what may be
/// opened is listed.
async fn listed_is_allowed(chances: &[Chance]) {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    let known: Vec<BodyId> = t.county.bodies.values().copied().collect();
    let at = |n: usize| known[n % known.len()];
    let (mut new, mut links) = (Vec::new(), Vec::new());
    for (n, (place, kind, end, _)) in chances.iter().enumerate() {
        let id = BodyId::new(office.ids.next(office.now));
        new.push(NewBody {
            id: Some(id),
            ..firm(&format!("机缘企业{n}"), at(*place))
        });
        let kind = LinkKind::ALL[kind % LinkKind::ALL.len()];
        let (a, b) = if end % 2 == 0 {
            (at(*end), id)
        } else {
            (id, at(*end))
        };
        links.push(Link {
            kind,
            a,
            b,
            from_on: day("2026-03-02"),
            to_on: None,
        });
    }
    let made = create_many(&office, new, links).await.unwrap();
    for (id, (.., closes)) in made.iter().zip(chances) {
        if *closes {
            app::body::close(&office, *id, 1, day("2026-11-01"))
                .await
                .unwrap();
        }
    }
    for login in EVERYBODY {
        let ctx = t.person(login).ctx().await;
        for sort in BodySort::ALL {
            let asked = ListBodies {
                closed: Some(true),
                sort: Some(*sort),
                size: Some(PageSize::Thirty),
                ..ListBodies::default()
            };
            let listed: Vec<BodyId> = bodies(&ctx, &asked).await.iter().map(|b| b.id).collect();
            for id in known.iter().chain(&made) {
                let opens = app::body::show(&ctx, *id).await.is_ok();
                assert_eq!(listed.contains(id), opens, "{login}, {sort}, {id}");
            }
            let standing = ListBodies {
                closed: None,
                ..asked
            };
            for body in bodies(&ctx, &standing).await {
                assert!(listed.contains(&body.id) && !body.closed, "{login}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_listed_may_be_opened_and_what_may_be_opened_is_listed() {
    // Three counties by chance; the seed is fixed, so that a failure comes again.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 40).unwrap()
    };
    for _ in 0..3 {
        let chances: Vec<Chance> = (0..12)
            .map(|_| (next(), next(), next(), next() % 4 == 0))
            .collect();
        listed_is_allowed(&chances).await;
    }
}

#[tokio::test]
async fn people_roles_and_posts_turn_their_pages() {
    let t = TestApp::at("2026-11-05").await;
    for n in 0..40 {
        let login = format!("ren.{n:02}");
        let roles = [(Role::Viewer, t.body("shiqiao"))];
        t.joins(&login, &format!("同志{:02}", n * 13 % 40), &roles)
            .await;
    }
    let sec = t.person("sec").ctx().await;
    for sort in PeopleSort::ALL {
        let people = whole(async |page| {
            let asked = ListPeople {
                text: Some("ren.".to_owned()),
                sort: Some(*sort),
                page,
                ..ListPeople::default()
            };
            app::person::list(&sec, asked).await.unwrap()
        })
        .await;
        assert_eq!(people.len(), 40);
        let key = |p: &app::person::PersonLine| match sort {
            PeopleSort::Login => p.login.clone(),
            PeopleSort::Name => p.name.clone(),
        };
        assert!(people.is_sorted_by_key(key), "{sort}");
        assert!(people.iter().all(|p| p.roles[0].role == Role::Viewer));
    }
    for sort in GrantSort::ALL {
        let grants = whole(async |page| {
            let asked = ListRoles {
                role: Some(Role::Viewer),
                sort: Some(*sort),
                page,
                ..ListRoles::default()
            };
            app::role::list(&sec, asked).await.unwrap()
        })
        .await;
        assert_eq!(grants.len(), 40, "{sort}");
    }
    let office = t.person("bangong").ctx().await;
    let body = t.body("yimei");
    let post = |n: usize| NewPost {
        sort_key: format!("{n:03}"),
        ..new::post(body, "principal", &format!("岗位{n}"), "2026-11-01")
    };
    let before = app::body::show(&office, body).await.unwrap().posts.len();
    app::post::create_many(&office, (0..65).map(post).collect())
        .await
        .unwrap();
    let posts = whole(async |page| {
        let asked = ListPosts {
            body,
            page,
            size: None,
        };
        app::post::list(&office, asked).await.unwrap()
    })
    .await;
    assert_eq!(posts.len(), before + 65);
    let asked = ListPosts {
        body: t.body("qingxi/gov"),
        page: None,
        size: None,
    };
    let officer = t.person("shiqiao.lly").ctx().await;
    assert_eq!(code(app::post::list(&officer, asked).await), "not-found");
}

#[tokio::test]
async fn links_that_were_given_turn_their_pages() {
    let t = TestApp::bare("2026-11-05").await;
    let sys = t.person("sys").ctx().await;
    for _ in 0..65 {
        app::person::reset(&sys, t.person_id("shiqiao.lly"))
            .await
            .unwrap();
    }
    let aud = t.person("aud").ctx().await;
    let given = whole(async |page| {
        let asked = ListResets {
            person: Some(t.person_id("shiqiao.lly")),
            page,
            ..ListResets::default()
        };
        app::reset::list(&aud, asked).await.unwrap()
    })
    .await;
    assert_eq!(given.len(), 65);
    let officer = t.person("shiqiao.lly").ctx().await;
    let refused = app::reset::list(&officer, ListResets::default()).await;
    assert_eq!(code(refused), "forbidden");
}
