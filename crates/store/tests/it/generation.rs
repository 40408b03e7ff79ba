//! The generation of a county's structure, by which caches know that they are old.

use store::StoreError;
use store::generation::{changed_since, generation, head_seq};

use crate::support::on_each;

/// Verbs that a cache of the structure is read anew after.
const STRUCTURE: [&str; 2] = ["home.create", "body.insert"];

#[tokio::test]
async fn a_change_of_structure_makes_a_generation_and_an_act_does_not() {
    on_each(async |w| {
        let numbers = async || {
            w.store
                .read::<_, StoreError, _>(async |r| {
                    Ok((
                        generation(r, w.home, &STRUCTURE).await?,
                        head_seq(r, w.home).await?,
                    ))
                })
                .await
                .unwrap()
        };
        assert_eq!(numbers().await, (0, 0));
        w.county().await;
        let town = w.town("东川镇").await;
        assert_eq!(numbers().await, (2, 2));
        w.record(&w.act(town.id, "2026-03-01")).await;
        assert_eq!(numbers().await, (2, 3));
        let changed = async |seq| {
            w.store
                .read(async |r| changed_since(r, w.home, &STRUCTURE, seq).await)
                .await
                .unwrap()
        };
        assert!(changed(1).await);
        assert!(!changed(2).await, "an act is no change");
        w.town("西河镇").await;
        assert!(changed(2).await);
        assert_eq!(numbers().await, (4, 4));
    })
    .await;
}
