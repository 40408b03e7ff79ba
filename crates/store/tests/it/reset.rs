//! Requests for people's sign-in: what is written is read, and what is altered is named.

use domain::id::ResetId;
use domain::reset::{Issuer, Namesake, Reset, State, Wanted};
use store::StoreError;
use store::audit_verify::{FindingKind, audit_verify};
use store::namesake::{namesake_insert, namesake_known, namesakes_of};
use store::person::person_insert;
use store::reset::{
    Kind, reset_find, reset_insert, reset_update, resets_of_person, resets_since, resets_untold,
};
use uuid::Uuid;

use crate::support::{NOW, World, is_clean, on_each};

async fn people(w: &World) -> Vec<domain::person::Person> {
    w.county().await;
    let people: Vec<_> = ["li.si", "wang", "zhang"].map(|l| w.person(l)).into();
    w.store
        .write::<_, StoreError, _>(&w.does("person.create"), async |tx| {
            for person in &people {
                person_insert(tx, person, "", "5a17").await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    people
}

fn asked(w: &World, n: u128, people: &[domain::person::Person]) -> Reset {
    Reset {
        id: ResetId::new(Uuid::from_u128(n)),
        home: w.home,
        person: people[0].id,
        wanted: Wanted::Link,
        issuer: Issuer::Person(people[1].id),
        asked_at: NOW,
        reason: "忘记口令".to_owned(),
        state: State::Asked,
        opinion: String::new(),
        code_hash: "c0de".to_owned(),
        wrong_codes: 0,
        used_at: None,
        told_at: None,
        version: 1,
    }
}

async fn keeps(w: &World, all: &[Reset]) {
    w.store
        .write::<_, StoreError, _>(&w.does("reset.ask"), async |tx| {
            for one in all {
                reset_insert(tx, one).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn every_state_wish_and_issuer_is_read_as_it_was_written() {
    on_each(async |w| {
        let people = people(w).await;
        let (by, at) = (people[2].id, NOW + 5);
        let states = [
            State::Asked,
            State::Given { by, at },
            State::Refused { by, at },
            State::Withdrawn { at },
            State::Lapsed { at },
            State::Alone { at },
        ];
        let mut all: Vec<Reset> = (1..)
            .zip(states)
            .map(|(n, state)| Reset {
                state,
                ..asked(w, n, &people)
            })
            .collect();
        all[1].used_at = Some(at);
        all[1].told_at = Some(at);
        all[1].wrong_codes = 3;
        all[3].wanted = Wanted::Enable;
        all[4].wanted = Wanted::Login("li.wu".to_owned());
        all[5].issuer = Issuer::Operator("root".to_owned());
        keeps(w, &all).await;
        w.store
            .read::<_, StoreError, _>(async |r| {
                for one in &all {
                    assert_eq!(reset_find(r, one.id).await?.as_ref(), Some(one));
                }
                let newest: Vec<Reset> = all.iter().rev().cloned().collect();
                assert_eq!(resets_of_person(r, people[0].id).await?, newest);
                assert!(resets_of_person(r, people[1].id).await?.is_empty());
                let of = async |kind, since| resets_since(r, w.home, kind, since).await.unwrap();
                assert_eq!(of(Kind::Asked, NOW).await, all[..1]);
                assert_eq!(of(Kind::ByOperator, NOW).await, all[5..]);
                assert_eq!(of(Kind::Answered, NOW).await, newest[1..5]);
                assert!(of(Kind::Answered, NOW + 1).await.is_empty());
                assert_eq!(resets_untold(r, people[0].id).await?, all[5..]);
                Ok(())
            })
            .await
            .unwrap();
        assert!(is_clean(w).await);
    })
    .await;
}

#[tokio::test]
async fn a_request_is_changed_by_who_saw_its_newest_version() {
    on_each(async |w| {
        let people = people(w).await;
        let one = asked(w, 1, &people);
        keeps(w, std::slice::from_ref(&one)).await;
        let gone = Reset {
            state: State::Withdrawn { at: NOW },
            ..one
        };
        let save = async || {
            w.store
                .write(&w.does("reset.withdraw"), async |tx| {
                    reset_update(tx, &gone).await
                })
                .await
        };
        assert_eq!(save().await.unwrap(), 2);
        let late = save().await;
        assert!(matches!(late, Err(StoreError::Stale { .. })), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn an_altered_request_or_declaration_is_named() {
    on_each(async |w| {
        let people = people(w).await;
        keeps(w, &[asked(w, 1, &people), asked(w, 2, &people)]).await;
        let same = Namesake {
            person: people[0].id,
            other: people[1].id,
            reason: "已核对".to_owned(),
            said_by: people[2].id,
            said_at: NOW,
        };
        w.store
            .write(&w.does("role.grant"), async |tx| {
                namesake_insert(tx, &same).await
            })
            .await
            .unwrap();
        w.store
            .read::<_, StoreError, _>(async |r| {
                let (one, other) = (people[0].id, people[1].id);
                assert!(namesake_known(r, one, other).await?);
                assert!(namesake_known(r, other, one).await?);
                assert!(!namesake_known(r, one, people[2].id).await?);
                assert_eq!(namesakes_of(r, w.home).await?, std::slice::from_ref(&same));
                Ok(())
            })
            .await
            .unwrap();
        assert!(is_clean(w).await);
        let id = ResetId::new(Uuid::from_u128(1));
        for sql in [
            format!("update reset set told_at = 1 where id = '{id}'"),
            format!("delete from reset where id <> '{id}'"),
            "update namesake set reason = ''".to_owned(),
        ] {
            assert_eq!(w.tamper(&sql).await, 1);
        }
        let verdict = w
            .store
            .read(async |r| audit_verify(r, w.home, None).await)
            .await
            .unwrap();
        let mut found: Vec<_> = verdict
            .findings
            .iter()
            .map(|f| (f.kind, f.table.as_str()))
            .collect();
        found.sort_unstable();
        assert_eq!(
            found,
            [
                (FindingKind::AlteredRow, "namesake"),
                (FindingKind::AlteredRow, "reset"),
                (FindingKind::RemovedRow, "reset"),
            ]
        );
    })
    .await;
}
