//! The acts that a change touches are found, by day, by the period that they name, and by body.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::act::Act;
use domain::id::{ActId, BodyId};
use domain::touched::{Spot, Touched};
use store::StoreError;
use store::touched::{act_ids, act_ids_since, act_ids_touched};

use crate::support::{World, day, on_each};

fn spot(from: &str, to: &str, bodies: Option<&[BodyId]>) -> Spot {
    Spot {
        kinds: BTreeSet::from(["inspection".parse().unwrap()]),
        from: day(from),
        to: day(to),
        bodies: bodies.map(|all| all.iter().copied().collect()),
    }
}

/// Acts of two towns, each on three days; one names the period before it, one the one after.
async fn recorded(w: &World, towns: [BodyId; 2]) -> Vec<Act> {
    let mut acts = Vec::new();
    for town in towns {
        for on in ["2026-03-31", "2026-04-01", "2026-12-30"] {
            acts.push(w.act(town, on));
        }
        let mut named = w.act(town, "2026-12-31");
        named.period = Some("2025-11".parse().unwrap());
        let mut next = w.act(town, "2025-12-31");
        next.period = Some("2026-W01".parse().unwrap());
        let mut study = w.act(town, "2026-04-01");
        study.kind = "study".parse().unwrap();
        acts.extend([named, next, study]);
    }
    for act in &acts {
        w.store
            .write::<_, StoreError, _>(&w.does("act.record"), async |tx| {
                store::act::act_insert(tx, act, "").await
            })
            .await
            .unwrap();
    }
    acts
}

#[tokio::test]
async fn every_act_that_a_spot_covers_is_found_and_only_years_are_rounded() {
    on_each(async |w| {
        w.county().await;
        let towns = [w.town("东川镇").await.id, w.town("西川镇").await.id];
        let acts = recorded(w, towns).await;
        let whole = Spot {
            from: NaiveDate::MIN,
            to: NaiveDate::MAX,
            ..spot("2026-01-01", "2026-01-01", None)
        };
        let spots = [
            spot("2026-04-01", "2026-04-01", None),
            spot("2026-04-01", "2026-12-31", None),
            spot("2025-11-01", "2025-11-30", None),
            spot("2025-12-29", "2026-01-04", None),
            spot("2026-04-01", "2026-04-30", Some(&towns[..1])),
            spot("2025-11-01", "2025-11-30", Some(&towns[1..])),
            Spot {
                to: NaiveDate::MAX,
                ..spot("2026-04-01", "2026-04-01", None)
            },
            whole,
        ];
        for spot in spots {
            let covered = |act: &&Act| spot.covers(act);
            let covered: BTreeSet<ActId> = acts.iter().filter(covered).map(|a| a.id).collect();
            // A period that is named is searched by the year in which it may begin.
            let may = |act: &&Act| {
                let named = act.period.is_some() && act.kind.as_str() == "inspection";
                let stands = |all: &BTreeSet<BodyId>| all.contains(&act.parts[0].body);
                spot.covers(act) || (named && spot.bodies.as_ref().is_none_or(stands))
            };
            let may: BTreeSet<ActId> = acts.iter().filter(may).map(|a| a.id).collect();
            let touched = Touched::of([spot.clone()]);
            let found = w
                .store
                .read(async |r| act_ids_touched(r, w.home, &touched).await)
                .await
                .unwrap();
            assert!(found.is_superset(&covered), "{spot:?}");
            assert!(found.is_subset(&may), "{spot:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn acts_of_which_a_version_came_after_a_link_are_named() {
    on_each(async |w| {
        w.county().await;
        let towns = [w.town("东川镇").await.id, w.town("西川镇").await.id];
        let acts = recorded(w, towns).await;
        w.store
            .read::<_, StoreError, _>(async |r| {
                let head = store::generation::head_seq(r, w.home).await?;
                let last = act_ids_since(r, w.home, head - 1).await?;
                assert_eq!(last, BTreeSet::from([acts.last().unwrap().id]));
                assert_eq!(act_ids(r, w.home).await?.len(), acts.len());
                assert!(act_ids_since(r, w.home, head).await?.is_empty());
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}
