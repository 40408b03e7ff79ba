//! People, posts, roles, sessions and one-time links.

use domain::body::BodyKind;
use domain::id::{PostId, SessionId};
use domain::listing::Cursor;
use domain::person::Grant;
use domain::person::PeopleSort;
use domain::policy::Role;
use domain::post::{Post, Tenure};
use store::audit_verify::audit_verify;
use store::grant::{grant_close, grant_insert, grants_of_home, grants_of_person};
use store::person::{
    PeopleFilter, password_set, people_of, people_page, person_by_login, person_erase, person_find,
    person_insert, person_sign_in, person_update,
};
use store::post::{
    post_close, post_find, posts_insert, posts_of, tenure_close, tenure_insert, tenures_of,
    tenures_of_post,
};
use store::session::{
    OneTime, Session, session_find, session_insert, session_remove, sessions_of, sessions_remove,
    sessions_sweep, sessions_touch, token_find, token_insert, token_take,
};
use store::{Meta, StoreError, Turn};
use uuid::Uuid;

use crate::support::{NOW, World, day, is_clean, on_each};

async fn people(w: &World, logins: &[&str]) -> Vec<domain::person::Person> {
    let people: Vec<_> = logins.iter().map(|login| w.person(login)).collect();
    w.store
        .write::<_, StoreError, _>(&w.does("person.insert"), async |tx| {
            for person in &people {
                person_insert(tx, person, "$argon2id$old", "5a17").await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    people
}

#[tokio::test]
async fn a_person_is_found_by_name_and_by_login_and_changes_with_its_version() {
    on_each(async |w| {
        w.county().await;
        let all = people(w, &["li.si", "wang", "zhang"]).await;
        let mut zhang = all[2].clone();
        zhang.active = false;
        zhang.name = "章三".to_owned();
        zhang.version = w
            .store
            .write(&w.does("person.update"), async |tx| {
                person_update(tx, &zhang).await
            })
            .await
            .unwrap();
        w.store
            .read::<_, StoreError, _>(async |r| {
                assert_eq!(person_find(r, zhang.id).await?, Some(zhang.clone()));
                assert_eq!(person_by_login(r, "zhang").await?.unwrap().person, zhang);
                assert!(person_by_login(r, "zhan").await?.is_none());
                assert_eq!(people_of(r, w.home).await?.len(), 3);
                let whole = PeopleFilter::default();
                for sort in PeopleSort::ALL {
                    let page = |turn| people_page(r, w.home, &whole, *sort, turn);
                    let two = Turn::first(2);
                    let first = page(&two).await?;
                    let key = first.next.unwrap();
                    let cursor = Cursor::new("people", sort.code(), false, key);
                    let turn = Turn {
                        cursor: Some(&cursor),
                        rows: 2,
                    };
                    let next = page(&turn).await?;
                    assert_eq!((next.items.len(), next.next), (1, None));
                    let back = Cursor::new("people", sort.code(), true, next.previous.unwrap());
                    let turn = Turn {
                        cursor: Some(&back),
                        rows: 2,
                    };
                    assert_eq!(page(&turn).await?.items, first.items, "{sort}");
                }
                let named = PeopleFilter {
                    text: Some("章".to_owned()),
                    ..PeopleFilter::default()
                };
                let turn = Turn::first(2);
                let found = people_page(r, w.home, &named, PeopleSort::Login, &turn).await?;
                assert_eq!(found.items, [zhang.clone()]);
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_password_that_is_set_is_a_link_and_nothing_else() {
    on_each(async |w| {
        w.county().await;
        let zhang = people(w, &["zhang"]).await.remove(0);
        w.store
            .write::<_, StoreError, _>(&w.does("password.set"), async |tx| {
                password_set(tx, zhang.id, "$argon2id$new", true).await
            })
            .await
            .unwrap();
        let now = w
            .store
            .read(async |r| person_sign_in(r, zhang.id).await)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(now.password_hash, "$argon2id$new");
        assert!(now.person.must_change);
        let links = w
            .store
            .read(async |r| audit_verify(r, w.home, None).await)
            .await
            .unwrap();
        assert_eq!(links.links, 3, "county, person, password");
        assert!(links.is_clean());
    })
    .await;
}

#[tokio::test]
async fn a_person_is_erased_by_a_link_and_never_past_the_store() {
    on_each(async |w| {
        w.county().await;
        let zhang = people(w, &["zhang"]).await.remove(0);
        w.store
            .write(&w.does("person.erase"), async |tx| {
                person_erase(tx, zhang.id, 1).await
            })
            .await
            .unwrap();
        let gone = w
            .store
            .read(async |r| person_sign_in(r, zhang.id).await)
            .await
            .unwrap();
        let gone = gone.unwrap();
        assert_eq!(
            (gone.person.name.as_str(), gone.password_hash.as_str()),
            ("", "")
        );
        assert!(!gone.person.active);
        assert!(is_clean(w).await);
        let li = people(w, &["li.si"]).await.remove(0);
        w.tamper(&format!(
            "update person set name = '' where id = '{}'",
            li.id
        ))
        .await;
        let found = w
            .store
            .read(async |r| audit_verify(r, w.home, None).await)
            .await
            .unwrap();
        assert_eq!(
            found.findings.len(),
            1,
            "a name that somebody blanked is an altered row"
        );
    })
    .await;
}

#[tokio::test]
async fn posts_change_hands_and_end() {
    on_each(async |w| {
        w.county().await;
        let town = w.town("东川镇").await;
        let all = people(w, &["li.si", "wang"]).await;
        let mayor = post(w, town.id, "principal", "镇长");
        let chair = Post {
            ex_officio: Some(mayor.id),
            ..post(w, w.home, "chair", "主任")
        };
        let held = Tenure {
            post: mayor.id,
            person: all[0].id,
            from_on: day("2026-01-01"),
            to_on: None,
        };
        w.store
            .write::<_, StoreError, _>(&w.does("post.insert"), async |tx| {
                posts_insert(tx, &[mayor.clone(), chair.clone()]).await?;
                tenure_insert(tx, &held).await?;
                tenure_close(tx, mayor.id, all[0].id, day("2026-05-01")).await?;
                let next = Tenure {
                    person: all[1].id,
                    from_on: day("2026-05-01"),
                    ..held
                };
                tenure_insert(tx, &next).await?;
                post_close(tx, mayor.id, day("2026-09-01")).await
            })
            .await
            .unwrap();
        w.store
            .read::<_, StoreError, _>(async |r| {
                let found = post_find(r, chair.id).await?.unwrap();
                assert_eq!(found, chair);
                assert_eq!(posts_of(r, w.home).await?.len(), 2);
                let tenures = tenures_of(r, w.home).await?;
                let at = |n: usize, on| {
                    let mine = tenures.iter().filter(|t| t.person == all[n].id);
                    mine.filter(|t| t.holds_on(day(on))).count()
                };
                assert_eq!((at(0, "2026-04-30"), at(0, "2026-05-01")), (1, 0));
                assert_eq!((at(1, "2026-04-30"), at(1, "2026-05-01")), (0, 1));
                assert_eq!(
                    at(1, "2026-09-01"),
                    0,
                    "the post ended, and the tenure with it"
                );
                assert_eq!(tenures[1].to_on, Some(day("2026-09-01")));
                assert_eq!(tenures_of_post(r, mayor.id).await?, tenures);
                assert!(tenures_of_post(r, chair.id).await?.is_empty());
                assert!(audit_verify(r, w.home, None).await?.is_clean());
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}

fn post(w: &World, body: domain::id::BodyId, kind: &str, title: &str) -> Post {
    let id: PostId = w.post_id();
    Post {
        id,
        body,
        kind: kind.parse().unwrap(),
        title: title.to_owned(),
        ex_officio: None,
        from_on: day("2026-01-01"),
        to_on: None,
        sort_key: id.to_string(),
    }
}

#[tokio::test]
async fn roles_are_given_and_taken() {
    on_each(async |w| {
        w.county().await;
        let town = w.body(BodyKind::Jurisdiction, "东川镇", Some(w.home));
        let zhang = people(w, &["zhang"]).await.remove(0);
        let grant = Grant {
            id: w.grant_id(),
            person: zhang.id,
            role: Role::Liaison,
            body: town.id,
            from_on: day("2026-01-01"),
            to_on: None,
        };
        w.store
            .write::<_, StoreError, _>(&w.does("grant.insert"), async |tx| {
                store::body::body_insert(tx, &town).await?;
                grant_insert(tx, &grant).await
            })
            .await
            .unwrap();
        let mine = async || {
            w.store
                .read(async |r| grants_of_person(r, zhang.id).await)
                .await
                .unwrap()
        };
        assert_eq!(mine().await, std::slice::from_ref(&grant));
        w.store
            .write(&w.does("grant.close"), async |tx| {
                grant_close(tx, grant.id, day("2026-06-01")).await
            })
            .await
            .unwrap();
        let later = w
            .store
            .write(&w.does("grant.close"), async |tx| {
                grant_close(tx, grant.id, day("2026-07-01")).await
            })
            .await;
        assert!(
            matches!(later, Err(StoreError::Missing { .. })),
            "what was taken away is not taken away again"
        );
        assert_eq!(mine().await[0].to_on, Some(day("2026-06-01")));
        let all = w
            .store
            .read(async |r| grants_of_home(r, w.home).await)
            .await
            .unwrap();
        assert_eq!(all, mine().await);
    })
    .await;
}

#[tokio::test]
async fn a_session_is_found_by_its_token_until_it_ends() {
    on_each(async |w| {
        w.county().await;
        let zhang = people(w, &["zhang"]).await.remove(0);
        let session = |n: u128| Session {
            id: SessionId::new(Uuid::from_u128(n)),
            person: zhang.id,
            created_at: NOW + i64::try_from(n).unwrap(),
            seen_at: NOW,
            address: "10.0.0.8".to_owned(),
            agent: "手机".to_owned(),
        };
        w.store
            .write::<_, StoreError, _>(&w.does("sign-in"), async |tx| {
                for n in 1..=3 {
                    session_insert(tx, &session(n), &format!("secret-{n}")).await?;
                }
                sessions_touch(tx, &[(session(1).id, NOW + 60_000)]).await?;
                session_remove(tx, session(2).id).await
            })
            .await
            .unwrap();
        let found = async |token: &str| {
            w.store
                .read(async |r| session_find(r, token).await)
                .await
                .unwrap()
        };
        assert_eq!(found("secret-1").await.unwrap().seen_at, NOW + 60_000);
        assert_eq!(found("secret-2").await, None);
        assert_eq!(found("secret-3").await, Some(session(3)));
        let mine = w
            .store
            .read(async |r| sessions_of(r, zhang.id).await)
            .await
            .unwrap();
        assert_eq!(
            mine.iter().map(|s| s.id).collect::<Vec<_>>(),
            [session(3).id, session(1).id]
        );
        let ended = w
            .store
            .write::<_, StoreError, _>(&w.does("sign-out"), async |tx| {
                let others = sessions_remove(tx, zhang.id, Some(session(1).id)).await?;
                Ok((others, sessions_sweep(tx, NOW + 60_001).await?))
            })
            .await
            .unwrap();
        assert_eq!(ended, (1, 1));
        assert_eq!(found("secret-1").await, None);
    })
    .await;
}

#[tokio::test]
async fn a_one_time_link_works_once_for_its_purpose_and_in_time() {
    on_each(async |w| {
        w.county().await;
        let link = OneTime {
            purpose: "setup".to_owned(),
            person: None,
            home: Some(w.home),
            expires_at: NOW + 1000,
        };
        w.store
            .write(&w.does("setup"), async |tx| {
                token_insert(tx, "secret", &link).await
            })
            .await
            .unwrap();
        let look = async |secret: &str, purpose: &str, at| {
            w.store
                .read(async |r| token_find(r, secret, purpose, at).await)
                .await
                .unwrap()
        };
        assert_eq!(look("secret", "setup", NOW).await, Some(link.clone()));
        assert_eq!(look("secret", "password", NOW).await, None);
        assert_eq!(look("other", "setup", NOW).await, None);
        assert_eq!(look("secret", "setup", NOW + 1000).await, None);
        let take = async |at| {
            let meta = Meta {
                at,
                ..w.does("setup")
            };
            w.store
                .write(&meta, async |tx| token_take(tx, "secret", "setup").await)
                .await
                .unwrap()
        };
        assert_eq!(take(NOW).await, Some(link.clone()));
        assert_eq!(take(NOW).await, None, "it was used");
    })
    .await;
}
