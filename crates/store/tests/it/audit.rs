//! The chain: its links, its clock, and that every change made past the store is named.

use domain::body::Body;
use domain::id::BodyId;
use domain::person::Grant;
use domain::policy::Role;
use domain::ruling::{Ruling, RulingReason, State, Wanted};
use store::audit::{AuditFilter, audit_find, audit_heads, audit_page, seq_at_end_of};
use store::audit_verify::{FindingKind, Note, Verdict, audit_homes, audit_verify};
use store::grant::grant_insert;
use store::person::person_insert;
use store::ruling::ruling_insert;
use store::{Heads, Meta, StoreError, Turn};

use crate::support::{NOW, World, day, on_each};

/// A county with a row in each of the tables that are tampered with.
async fn filled(w: &World) -> Body {
    w.county().await;
    let town = w.town("东川镇").await;
    for n in 1..=5 {
        w.record(&w.act(town.id, &format!("2026-03-0{n}"))).await;
    }
    let person = w.person("zhang");
    let grant = Grant {
        id: w.grant_id(),
        person: person.id,
        role: Role::Liaison,
        body: town.id,
        from_on: day("2026-01-01"),
        to_on: None,
    };
    let ruling = ruling(w, &town, person.id);
    w.store
        .write::<_, StoreError, _>(&w.does("person.insert"), async |tx| {
            person_insert(tx, &person, "", "5a17").await?;
            grant_insert(tx, &grant).await?;
            ruling_insert(tx, &ruling).await
        })
        .await
        .unwrap();
    town
}

fn ruling(w: &World, town: &Body, asked_by: domain::id::PersonId) -> Ruling {
    Ruling {
        id: w.ruling_id(),
        home: w.home,
        key: domain::duty::Key {
            pack: "three-actions".parse().unwrap(),
            duty: "monthly-study".parse().unwrap(),
            owner: domain::id::Owner::Body(town.id),
            period: "2026-03".parse().unwrap(),
        },
        wanted: Wanted::Waiver,
        state: State::Asked,
        reason: RulingReason::Weather,
        text: "连日暴雨".to_owned(),
        asked_by,
        asked_on: day("2026-03-02"),
        version: 1,
    }
}

async fn verdict(w: &World, heads: bool) -> Verdict {
    let heads = heads.then(|| Heads::read(&w.heads()).unwrap());
    w.store
        .read(async |r| audit_verify(r, w.home, heads.as_ref()).await)
        .await
        .unwrap()
}

fn named(verdict: &Verdict) -> Vec<(FindingKind, &str)> {
    verdict
        .findings
        .iter()
        .map(|f| (f.kind, f.table.as_str()))
        .collect()
}

#[tokio::test]
async fn an_untouched_chain_is_clean_and_says_what_it_cannot_see() {
    on_each(async |w| {
        filled(w).await;
        let with = verdict(w, true).await;
        assert!(with.is_clean(), "{:?}", with.findings);
        assert!(with.tail_proven);
        assert_eq!(with.links, 8);
        assert_eq!(with.rows, 2 + 2 + 5 + 5 + 3);
        let without = verdict(w, false).await;
        assert!(without.is_clean());
        assert!(
            !without.tail_proven,
            "without a head file a cut tail cannot be seen"
        );
    })
    .await;
}

#[tokio::test]
async fn a_row_altered_past_the_store_is_named() {
    on_each(async |w| {
        filled(w).await;
        for (table, change) in [
            (
                "act",
                "update act set kind = 'meeting' where occurred_on = '2026-03-02'",
            ),
            (
                "act_version",
                "update act_version set fields = '{}' where seq = 4",
            ),
            (
                "body_span",
                "update body_span set name = '东川街道' where parent is not null",
            ),
            ("ruling", "update ruling set state = 'approved'"),
            ("role_grant", "update role_grant set role = 'office'"),
        ] {
            assert_eq!(w.tamper(change).await, 1, "{change}");
            let found = verdict(w, true).await;
            let last = found.findings.last().unwrap();
            assert!(
                found
                    .findings
                    .iter()
                    .any(|f| f.kind == FindingKind::AlteredRow
                        && f.table == table
                        && f.seq.is_some()
                        && !f.key.is_empty()),
                "{last:?}"
            );
        }
        assert_eq!(verdict(w, true).await.findings.len(), 5, "and nothing else");
    })
    .await;
}

#[tokio::test]
async fn a_row_removed_past_the_store_is_named_with_its_link() {
    on_each(async |w| {
        filled(w).await;
        for (table, change) in [
            ("act", "delete from act where occurred_on = '2026-03-02'"),
            ("act_version", "delete from act_version where seq = 4"),
            (
                "body_span",
                "delete from body_span where parent is not null",
            ),
            ("ruling", "delete from ruling"),
            ("role_grant", "delete from role_grant"),
        ] {
            assert_eq!(w.tamper(change).await, 1, "{change}");
            let found = verdict(w, true).await;
            assert!(
                named(&found).contains(&(FindingKind::RemovedRow, table)),
                "{found:?}"
            );
        }
        let all = verdict(w, true).await;
        assert!(
            named(&all).contains(&(FindingKind::DerivedRow, "body_tree")),
            "the closure follows from the span that is gone"
        );
        assert_eq!(all.findings.len(), 6);
    })
    .await;
}

#[tokio::test]
async fn a_row_inserted_past_the_store_is_named() {
    on_each(async |w| {
        filled(w).await;
        for (table, key, columns, (column, value)) in [
            (
                "act",
                "id",
                "home, kind, occurred_on, period, form, withdrawn, version",
                ("occurred_on", "'2026-02-02'"),
            ),
            (
                "act_version",
                "act",
                "version, home, step, entered_on, answer_by, occurred_on, period, fields, parts, \
                 reason, at, person, post, seq",
                ("version", "9"),
            ),
            (
                "body_span",
                "body",
                "from_on, to_on, home, parent, name, division, level, attrs, version",
                ("from_on", "'2026-02-02'"),
            ),
            (
                "ruling",
                "id",
                "home, pack, duty, owner, period, kind, state, new_due_on, act, reason, text, \
                 asked_by, asked_on, asked_seq, decided_by, decided_on, decided_seq, opinion, \
                 version",
                ("opinion", "opinion"),
            ),
            (
                "role_grant",
                "id",
                "home, person, role, body, from_on, to_on, version",
                ("role", "role"),
            ),
        ] {
            let keep = matches!(table, "act_version" | "body_span");
            let new = if keep {
                key.to_owned()
            } else {
                format!("replace({key}, '_0', '_f')")
            };
            let said = columns.replacen(column, value, 1);
            let change = format!(
                "insert into {table} ({key}, {columns}) select {new}, {said} from {table} \
                 where {key} = (select min({key}) from {table})"
            );
            assert_eq!(w.tamper(&change).await, 1, "{change}");
            let found = verdict(w, true).await;
            assert!(
                named(&found).contains(&(FindingKind::UnlinkedRow, table)),
                "{found:?}"
            );
        }
        assert_eq!(verdict(w, true).await.findings.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_changed_link_is_named() {
    on_each(async |w| {
        filled(w).await;
        w.tamper(
            "update audit set person = 'person_00000000000000000000000000000009' where seq = 4",
        )
        .await;
        let found = verdict(w, false).await;
        assert_eq!(named(&found), [(FindingKind::AlteredLink, "audit")]);
        assert_eq!(found.findings[0].seq, Some(4));
    })
    .await;
}

#[tokio::test]
async fn a_removed_link_is_named() {
    on_each(async |w| {
        filled(w).await;
        w.tamper("delete from audit where seq = 4").await;
        let found = verdict(w, false).await;
        assert!(
            named(&found).contains(&(FindingKind::MissingLink, "audit")),
            "{found:?}"
        );
        let gap = found
            .findings
            .iter()
            .find(|f| f.kind == FindingKind::MissingLink)
            .unwrap();
        assert_eq!(gap.key, format!("{}|4", w.home));
    })
    .await;
}

#[tokio::test]
async fn links_that_changed_places_are_named() {
    on_each(async |w| {
        filled(w).await;
        for change in [
            "update audit set seq = 1000 where seq = 4",
            "update audit set seq = 4 where seq = 6",
            "update audit set seq = 6 where seq = 1000",
        ] {
            w.tamper(change).await;
        }
        let found = verdict(w, false).await;
        let moved: Vec<_> = found
            .findings
            .iter()
            .filter(|f| f.kind == FindingKind::MovedLink)
            .map(|f| f.seq)
            .collect();
        assert_eq!(moved, [Some(4), Some(6)], "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn an_end_that_is_gone_without_a_trace_is_seen_with_the_head_file_alone() {
    on_each(async |w| {
        filled(w).await;
        // The last two links go with everything they did, and the head row is put right: as in a
        // copy of last week.
        for change in [
            "delete from act where occurred_on = '2026-03-05'",
            "delete from act_version where seq >= 7",
            "delete from ruling",
            "delete from role_grant",
            "delete from person",
            "delete from audit where seq >= 7",
            "update audit_head set seq = 6, hash = (select hash from audit where seq = 6)",
            "update audit_head set at = (select at from audit where seq = 6)",
        ] {
            w.tamper(change).await;
        }
        assert!(
            verdict(w, false).await.is_clean(),
            "nothing inside the database shows it"
        );
        let found = verdict(w, true).await;
        assert_eq!(named(&found), [(FindingKind::HeadAhead, "audit")]);
        assert_eq!(found.findings[0].key, format!("{}|7-8", w.home));
    })
    .await;
}

#[tokio::test]
async fn an_end_that_was_cut_off_under_what_it_wrote_is_told_apart() {
    on_each(async |w| {
        filled(w).await;
        for change in [
            "delete from audit where seq >= 7",
            "update audit_head set seq = 6, hash = (select hash from audit where seq = 6)",
            "update audit_head set at = (select at from audit where seq = 6)",
        ] {
            w.tamper(change).await;
        }
        let found = verdict(w, true).await;
        assert!(named(&found).contains(&(FindingKind::CutTail, "audit")));
        assert!(named(&found).contains(&(FindingKind::UnlinkedRow, "ruling")));
    })
    .await;
}

#[tokio::test]
async fn a_head_file_that_is_behind_is_no_finding_and_is_said() {
    on_each(async |w| {
        filled(w).await;
        let lines = std::fs::read_to_string(w.heads()).unwrap();
        let kept: Vec<&str> = lines.lines().take(5).collect();
        std::fs::write(w.heads(), kept.join("\n") + "\n").unwrap();
        let found = verdict(w, true).await;
        assert!(found.is_clean(), "{:?}", found.findings);
        assert_eq!(found.notes, [Note::HeadBehind(3)]);
    })
    .await;
}

#[tokio::test]
async fn a_link_that_the_head_file_knows_otherwise_is_named() {
    on_each(async |w| {
        filled(w).await;
        // As after a chain that was computed anew from the fourth link on: whole in itself.
        let lines = std::fs::read_to_string(w.heads()).unwrap();
        let fourth = Heads::read(&w.heads())
            .unwrap()
            .at(w.home, 4)
            .unwrap()
            .hash
            .clone();
        std::fs::write(w.heads(), lines.replace(&fourth, &"0".repeat(64))).unwrap();
        let found = verdict(w, true).await;
        assert_eq!(named(&found), [(FindingKind::AlteredLink, "audit")]);
        assert_eq!(found.findings[0].seq, Some(4));
    })
    .await;
}

#[tokio::test]
async fn a_head_row_that_was_moved_is_named() {
    on_each(async |w| {
        filled(w).await;
        w.tamper("update audit_head set seq = seq - 1").await;
        let found = verdict(w, true).await;
        assert_eq!(named(&found), [(FindingKind::HeadDiffers, "audit_head")]);
    })
    .await;
}

#[tokio::test]
async fn a_row_given_to_another_county_is_found_in_both() {
    on_each(async |w| {
        filled(w).await;
        let other = w.body_id();
        w.tamper(&format!("update ruling set home = '{other}'"))
            .await;
        let found = verdict(w, true).await;
        assert_eq!(named(&found), [(FindingKind::RemovedRow, "ruling")]);
        let (homes, there) = w
            .store
            .read::<_, StoreError, _>(async |r| {
                Ok((
                    audit_homes(r, None).await?,
                    audit_verify(r, other, None).await?,
                ))
            })
            .await
            .unwrap();
        assert!(homes.homes.contains(&other));
        assert_eq!(named(&there), [(FindingKind::UnlinkedRow, "ruling")]);
    })
    .await;
}

#[tokio::test]
async fn the_same_story_has_the_same_heads_on_both_engines() {
    let heads = std::sync::Mutex::new(Vec::new());
    on_each(async |w| {
        filled(w).await;
        let found = w.store.read(async |r| audit_heads(r).await).await.unwrap();
        assert_eq!(found.len(), 1);
        heads.lock().unwrap().push(found);
    })
    .await;
    let heads = heads.into_inner().unwrap();
    assert!(heads.iter().all(|h| *h == heads[0]), "{heads:?}");
}

#[tokio::test]
async fn a_clock_set_back_a_little_is_stamped_forward_and_a_lot_is_refused() {
    on_each(async |w| {
        w.county().await;
        let minute = 60_000;
        let meta = Meta {
            at: NOW - 9 * minute,
            ..w.does("body.insert")
        };
        let at = w
            .store
            .write::<_, StoreError, _>(&meta, async |tx| {
                tx.note();
                Ok(tx.at())
            })
            .await
            .unwrap();
        assert_eq!(at, NOW);
        let meta = Meta {
            at: NOW - 11 * minute,
            ..w.does("body.insert")
        };
        let refused = w
            .store
            .write::<_, StoreError, _>(&meta, async |_| Ok(()))
            .await;
        let Err(StoreError::ClockBehind { now, last }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!((now, last), (NOW - 11 * minute, NOW));
    })
    .await;
}

#[tokio::test]
async fn a_write_that_changes_nothing_leaves_no_link_unless_it_asks_for_one() {
    on_each(async |w| {
        w.county().await;
        let seq = async || w.store.read(async |r| audit_heads(r).await).await.unwrap()[0].seq;
        w.store
            .write::<_, StoreError, _>(&w.does("look"), async |_| Ok(()))
            .await
            .unwrap();
        assert_eq!(seq().await, 1);
        w.store
            .write::<_, StoreError, _>(&w.does("sign-in.refused"), async |tx| {
                tx.subject("zhang");
                tx.note();
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(seq().await, 2);
        let entry = w
            .store
            .read(async |r| audit_find(r, w.home, 2).await)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (entry.verb.as_str(), entry.rows.len()),
            ("sign-in.refused", 0)
        );
        assert!(verdict(w, true).await.is_clean());
    })
    .await;
}

#[tokio::test]
async fn a_row_of_another_county_is_refused() {
    on_each(async |w| {
        w.county().await;
        let mut act = w.act(w.home, "2026-03-01");
        act.home = w.body_id();
        let refused = w
            .store
            .write(&w.does("act.record"), async |tx| {
                store::act::act_insert(tx, &act, "").await
            })
            .await;
        assert!(
            matches!(refused, Err(StoreError::Foreign { table: "act", .. })),
            "{refused:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_trail_is_read_newest_first_and_filtered() {
    on_each(async |w| {
        let town = filled(w).await;
        w.store
            .read::<_, StoreError, _>(async |r| {
                let all = AuditFilter::default();
                let first = audit_page(r, w.home, &all, &Turn::first(3)).await?;
                let seqs: Vec<_> = first.items.iter().map(|e| e.seq).collect();
                assert_eq!(seqs, [8, 7, 6]);
                assert_eq!(first.next, Some(vec!["6".to_owned()]));
                let verb = Some("act.".to_owned());
                let acts = AuditFilter {
                    verb,
                    ..AuditFilter::default()
                };
                assert_eq!(
                    audit_page(r, w.home, &acts, &Turn::first(10))
                        .await?
                        .items
                        .len(),
                    5
                );
                let today = AuditFilter {
                    day: Some(day("2026-03-02")),
                    ..all.clone()
                };
                assert_eq!(
                    audit_page(r, w.home, &today, &Turn::first(10))
                        .await?
                        .items
                        .len(),
                    8
                );
                let yesterday = AuditFilter {
                    day: Some(day("2026-03-01")),
                    ..all
                };
                assert!(
                    audit_page(r, w.home, &yesterday, &Turn::first(10))
                        .await?
                        .items
                        .is_empty()
                );
                assert_eq!(seq_at_end_of(r, w.home, day("2026-03-02")).await?, 8);
                assert_eq!(seq_at_end_of(r, w.home, day("2026-03-01")).await?, 0);
                let link = audit_find(r, w.home, 2).await?.unwrap();
                assert!(link.rows.iter().any(|row| row.key == town.id.to_string()));
                let nobody: BodyId = w.body_id();
                assert!(audit_find(r, nobody, 1).await?.is_none());
                Ok(())
            })
            .await
            .unwrap();
    })
    .await;
}
