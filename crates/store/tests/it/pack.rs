//! Packs, occasions, seals, files, double clicks, enterprises.

use bytes::Bytes;
use domain::body::BodyKind;
use domain::duty::PackUse;
use domain::id::{OccasionId, PackUseId, Slug};
use domain::occasion::Occasion;
use domain::pack::Choices;
use store::StoreError;
use store::client_request::{request_find, request_keep, requests_sweep};
use store::enterprise::{
    Enterprise, enterprise_by_uscc, enterprise_find, enterprise_insert, enterprise_update,
    enterprises_by_bodies,
};
use store::file::{file_use_close, file_use_insert, files_of};
use store::occasion::{occasion_find, occasion_insert, occasion_update, occasions_of};
use store::pack::{
    PackElement, PackFile, pack_elements, pack_files, pack_insert, pack_newest, pack_use_close,
    pack_use_insert, pack_use_open, pack_uses_of, packs_list,
};
use store::seal::{seal_find, seal_insert, seals_of};
use uuid::Uuid;

use crate::support::{NOW, NOWADAYS, World, day, is_clean, last_link, on_each};

fn files() -> Vec<PackFile> {
    let file = |path: &str, text: &str| PackFile {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    vec![file("duties.toml", "# 一\n"), file("pack.toml", "id = 1\n")]
}

/// Imports two versions of a pack.
async fn imported(w: &World) -> (Slug, Vec<PackElement>) {
    let id: Slug = "three-actions".parse().unwrap();
    let elements = vec![PackElement {
        kind: "duty".to_owned(),
        element: "study".to_owned(),
        title: "学习".to_owned(),
        clauses: vec!["一.1".to_owned()],
    }];
    w.store
        .write::<_, StoreError, _>(&w.does("pack.import"), async |tx| {
            pack_insert(tx, &id, 1, "三大行动", &files(), &elements).await?;
            pack_insert(tx, &id, 2, "三大行动", &files(), &elements).await
        })
        .await
        .unwrap();
    (id, elements)
}

#[tokio::test]
async fn a_pack_comes_back_file_by_file_and_no_version_is_written_twice() {
    on_each(async |w| {
        w.county().await;
        let (id, elements) = imported(w).await;
        w.store
            .read::<_, StoreError, _>(async |r| {
                assert_eq!(pack_files(r, &id, 1).await?, files());
                assert!(pack_files(r, &id, 3).await?.is_empty());
                assert_eq!(pack_elements(r, &id, 1).await?, elements);
                assert_eq!(packs_list(r).await?.len(), 2);
                assert_eq!(pack_newest(r, &id).await?.unwrap().version, 2);
                Ok(())
            })
            .await
            .unwrap();
        let again = w
            .store
            .write(&w.does("pack.import"), async |tx| {
                pack_insert(tx, &id, 2, "三大行动", &files(), &[]).await
            })
            .await;
        assert!(
            matches!(again, Err(StoreError::Taken { table: "pack", .. })),
            "{again:?}"
        );
        assert!(is_clean(w).await);
    })
    .await;
}

#[tokio::test]
async fn a_pack_is_applied_with_choices_changed_and_ended() {
    on_each(async |w| {
        w.county().await;
        let (id, _) = imported(w).await;
        let applied = PackUse {
            id: PackUseId::new(Uuid::from_u128(77)),
            home: w.home,
            pack: id.clone(),
            version: 1,
            from_on: day("2026-01-01"),
            to_on: None,
            followed_from_on: day("2026-03-01"),
            choices: Choices {
                lock_after_days: Some(5),
                ..Choices::default()
            },
        };
        w.store
            .write(&w.does("pack.apply"), async |tx| {
                pack_use_insert(tx, &applied, "县安委办决定").await
            })
            .await
            .unwrap();
        let open = w
            .store
            .read(async |r| pack_use_open(r, w.home, &id).await)
            .await
            .unwrap();
        let open = open.unwrap();
        assert_eq!(open.pack_use, applied);
        assert_eq!((open.reason.as_str(), open.version), ("县安委办决定", 1));
        w.store
            .write(&w.does("pack.end"), async |tx| {
                pack_use_close(tx, applied.id, day("2027-01-01")).await
            })
            .await
            .unwrap();
        let uses = w
            .store
            .read(async |r| pack_uses_of(r, w.home).await)
            .await
            .unwrap();
        assert_eq!(uses[0].pack_use.to_on, Some(day("2027-01-01")));
        assert!(is_clean(w).await);
    })
    .await;
}

#[tokio::test]
async fn an_occasion_is_withdrawn_and_still_stood_before() {
    on_each(async |w| {
        w.county().await;
        let mut festival = Occasion {
            id: OccasionId::new(Uuid::from_u128(5)),
            home: w.home,
            kind: "spring-festival".parse().unwrap(),
            title: "2026年春节".to_owned(),
            from_on: day("2026-02-15"),
            to_on: day("2026-02-23"),
            withdrawn: false,
            version: 1,
        };
        w.store
            .write(&w.does("occasion.open"), async |tx| {
                occasion_insert(tx, &festival).await
            })
            .await
            .unwrap();
        let before = last_link(w).await;
        festival.withdrawn = true;
        w.store
            .write(&w.does("occasion.withdraw"), async |tx| {
                occasion_update(tx, &festival).await
            })
            .await
            .unwrap();
        w.store
            .read::<_, StoreError, _>(async |r| {
                assert!(occasion_find(r, festival.id).await?.unwrap().withdrawn);
                assert!(!occasions_of(r, w.home, before).await?[0].withdrawn);
                assert!(occasions_of(r, w.home, before - 1).await?.is_empty());
                Ok(())
            })
            .await
            .unwrap();
        let late = w
            .store
            .write(&w.does("occasion.withdraw"), async |tx| {
                occasion_update(tx, &festival).await
            })
            .await;
        assert!(matches!(late, Err(StoreError::Stale { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_period_is_sealed_once_as_of_the_link_before() {
    on_each(async |w| {
        w.county().await;
        let (pack, period) = ("three-actions".parse().unwrap(), "2026-03".parse().unwrap());
        let before = last_link(w).await;
        let seal = async || {
            w.store
                .write(&w.does("period.seal"), async |tx| {
                    seal_insert(tx, &pack, period).await
                })
                .await
        };
        seal().await.unwrap();
        assert!(matches!(
            seal().await,
            Err(StoreError::Taken { table: "seal", .. })
        ));
        w.store
            .read::<_, StoreError, _>(async |r| {
                let found = seal_find(r, w.home, &pack, period).await?.unwrap();
                assert_eq!((found.seq, found.sealed_at), (before, NOW));
                assert_eq!(seals_of(r, w.home).await?, [found]);
                let next = "2026-04".parse().unwrap();
                assert!(seal_find(r, w.home, &pack, next).await?.is_none());
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_file_is_kept_once_under_its_hash_with_what_it_is_evidence_of() {
    on_each(async |w| {
        w.county().await;
        let photo = Bytes::from_static(b"photo");
        let sha = w.store.file_put(photo.clone()).await.unwrap();
        assert_eq!(w.store.file_put(photo.clone()).await.unwrap(), sha);
        let n = w
            .store
            .write::<_, StoreError, _>(&w.does("file.attach"), async |tx| {
                file_use_insert(tx, "act_1", &sha, 5, "image/jpeg", "现场.jpg").await?;
                file_use_insert(tx, "act_1", &sha, 5, "image/jpeg", "现场2.jpg").await
            })
            .await
            .unwrap();
        assert_eq!(n, 2);
        let before = last_link(w).await;
        w.store
            .write(&w.does("file.detach"), async |tx| {
                file_use_close(tx, "act_1", 1).await
            })
            .await
            .unwrap();
        let of = async |as_of| {
            let subjects = ["act_1".to_owned()];
            let found = w
                .store
                .read(async |r| files_of(r, &subjects, as_of).await)
                .await;
            found
                .unwrap()
                .into_iter()
                .map(|file| file.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(NOWADAYS).await, ["现场2.jpg"]);
        assert_eq!(of(before).await, ["现场.jpg", "现场2.jpg"]);
        assert_eq!(w.store.file_get(&sha).await.unwrap(), Some(photo));
        let path = w
            .dir
            .path()
            .join("files")
            .join(&sha[..2])
            .join(&sha[2..4])
            .join(&sha);
        std::fs::write(path, b"phony").unwrap();
        let altered = w.store.file_get(&sha).await;
        assert!(matches!(
            altered,
            Err(StoreError::Corrupt { table: "file", .. })
        ));
    })
    .await;
}

#[tokio::test]
async fn a_double_click_gets_the_first_result() {
    on_each(async |w| {
        w.county().await;
        let (me, you) = (w.person_id(), w.person_id());
        let click = async |person| {
            w.store
                .write::<_, StoreError, _>(&w.does("act.record"), async |tx| {
                    if let Some(result) = request_find(tx, "key-1", person, "act.record").await? {
                        return Ok(result);
                    }
                    let result = format!("act_{}", tx.seq());
                    tx.note();
                    request_keep(tx, "key-1", person, "act.record", &result).await?;
                    Ok(result)
                })
                .await
        };
        let first = click(me).await.unwrap();
        assert_eq!(click(me).await.unwrap(), first);
        assert!(matches!(click(you).await, Err(StoreError::Taken { .. })));
        let swept = w
            .store
            .write(&w.does("sweep"), async |tx| {
                requests_sweep(tx, NOW + 1).await
            })
            .await
            .unwrap();
        assert_eq!(swept, 1);
    })
    .await;
}

#[tokio::test]
async fn an_enterprise_is_found_by_its_credit_code() {
    on_each(async |w| {
        w.county().await;
        let works = w.body(BodyKind::Enterprise, "爆竹厂", Some(w.home));
        let mut file = Enterprise {
            body: works.id,
            home: w.home,
            uscc: Some("91999001MA0000001X".to_owned()),
            industry: "2672".to_owned(),
            address: "东川镇".to_owned(),
            phone: String::new(),
            version: 1,
        };
        w.store
            .write::<_, StoreError, _>(&w.does("enterprise.insert"), async |tx| {
                store::body::body_insert(tx, &works).await?;
                enterprise_insert(tx, &file).await
            })
            .await
            .unwrap();
        file.phone = "0350-1".to_owned();
        w.store
            .write(&w.does("enterprise.update"), async |tx| {
                enterprise_update(tx, &file).await
            })
            .await
            .map(|version| file.version = version)
            .unwrap();
        w.store
            .read::<_, StoreError, _>(async |r| {
                let found = enterprise_by_uscc(r, "91999001MA0000001X").await?;
                assert_eq!(found.as_ref(), Some(&file));
                assert_eq!(enterprise_find(r, works.id).await?, found);
                assert_eq!(
                    enterprises_by_bodies(r, &[works.id, w.home]).await?.len(),
                    1
                );
                assert!(enterprise_by_uscc(r, "").await?.is_none());
                Ok(())
            })
            .await
            .unwrap();
        assert!(is_clean(w).await);
    })
    .await;
}
