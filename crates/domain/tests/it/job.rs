//! Jobs: each turn once, never two at a time, given up after so many tries, for all clocks.

use std::collections::BTreeMap;

use domain::id::{BodyId, JobId};
use domain::job::{
    Due, Failure, Job, JobKind, LEASE_MS, Offer, PAUSE_FIRST_MS, PAUSE_MAX_MS, Phase, TRIES_MAX,
    due_jobs, try_again_at,
};
use proptest::prelude::*;
use uuid::Uuid;

/// 2026-11-05 09:30 in China.
const NOW: i64 = 1_793_842_200_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn county(n: u128) -> BodyId {
    BodyId::new(Uuid::from_u128(n))
}

/// A job as the planner makes it.
fn planned(due: Due, now: i64) -> Job {
    Job {
        id: JobId::new(Uuid::from_u128(1)),
        kind: due.kind,
        home: due.home,
        turn: due.turn,
        phase: Phase::Waiting,
        tries: 0,
        try_at: now,
        leased_until: 0,
        started_at: None,
        ended_at: None,
        failure: None,
        did: 0,
        reached: 0,
    }
}

fn a_job() -> Job {
    let due = due_jobs(NOW, &[], &[]).remove(0);
    planned(due, NOW)
}

/// Does what is due and remembers it; says what was done.
fn does(now: i64, counties: &[BodyId], known: &mut Vec<Job>) -> Vec<Due> {
    let due = due_jobs(now, counties, known);
    for turn in &due {
        known.retain(|j| (j.kind, j.home) != (turn.kind, turn.home));
        known.push(Job {
            phase: Phase::Done,
            ..planned(*turn, now)
        });
    }
    due
}

#[test]
fn a_new_installation_has_each_job_once_a_county_and_the_files_once_for_all() {
    let due = due_jobs(NOW, &[county(1), county(2)], &[]);
    let of = |kind| due.iter().filter(|d| d.kind == kind).count();
    assert_eq!(of(JobKind::SweepSessions), 2);
    assert_eq!(of(JobKind::SweepRequests), 2);
    assert_eq!(of(JobKind::CollectFiles), 1);
}

#[test]
fn sessions_are_swept_every_hour_and_the_rest_at_night() {
    let counties = [county(1)];
    let mut known = Vec::new();
    does(NOW, &counties, &mut known);
    assert_eq!(does(NOW + 29 * MINUTE, &counties, &mut known), []);
    let ten = does(NOW + 30 * MINUTE, &counties, &mut known);
    let kinds: Vec<JobKind> = ten.iter().map(|d| d.kind).collect();
    assert_eq!(kinds, [JobKind::SweepSessions]);
    let next: Vec<i64> = known.iter().filter_map(Job::next_at).collect();
    let three = NOW + 17 * HOUR + 30 * MINUTE;
    assert!(next.contains(&three), "03:00 the next morning: {next:?}");
    assert!(next.contains(&(three + 30 * MINUTE)), "{next:?}");
}

#[test]
fn whoever_died_holding_a_job_loses_it_and_after_six_deaths_a_person_looks() {
    let mut job = a_job();
    assert_eq!(job.offer(NOW), Offer::Take);
    for tries in 1..=TRIES_MAX {
        (job.phase, job.tries) = (Phase::Running, tries);
        job.leased_until = NOW + LEASE_MS;
        assert_eq!(job.offer(NOW + LEASE_MS - 1), Offer::Leave);
        let then = if tries < TRIES_MAX {
            Offer::Take
        } else {
            Offer::Bury
        };
        assert_eq!(job.offer(NOW + LEASE_MS), then, "after try {tries}");
    }
    job.phase = Phase::Dead;
    job.failure = Some(Failure::Interrupted);
    for later in [0, DAY, 400 * DAY] {
        assert_eq!(job.offer(NOW + later), Offer::Leave);
        let due = due_jobs(NOW + later, &[], std::slice::from_ref(&job));
        assert!(due.iter().all(|d| d.kind != job.kind || d.home != job.home));
    }
}

#[test]
fn pauses_grow_and_the_tries_outlast_a_night() {
    let pauses: Vec<i64> = (1..TRIES_MAX)
        .filter_map(|tries| try_again_at(tries, 0))
        .collect();
    assert_eq!(pauses.len(), 5);
    assert_eq!(pauses[0], PAUSE_FIRST_MS);
    assert!(pauses.is_sorted_by(|a, b| a < b) && pauses[4] <= PAUSE_MAX_MS);
    assert!(pauses.iter().sum::<i64>() > 10 * HOUR);
    assert_eq!(try_again_at(TRIES_MAX, 0), None);
    assert_eq!(try_again_at(u32::MAX, 0), None);
    assert_eq!(try_again_at(3, i64::MAX), Some(i64::MAX));
}

#[test]
fn instants_of_a_clock_that_was_years_ahead_hold_nothing_up() {
    let year = 365 * DAY;
    let mut job = a_job();
    job.try_at = NOW + year;
    assert_eq!(job.offer(NOW), Offer::Take);
    (job.phase, job.tries, job.leased_until) = (Phase::Running, 1, NOW + year);
    assert_eq!(job.offer(NOW), Offer::Take);
    job.leased_until = NOW + LEASE_MS + 10 * MINUTE;
    assert_eq!(
        job.offer(NOW),
        Offer::Leave,
        "a node that is a little ahead holds it"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_done_is_not_due_at_the_same_instant(now in -DAY..4_000_000_000_000_i64, n in 0_u128..4) {
        let counties: Vec<BodyId> = (0..n).map(county).collect();
        let mut known = Vec::new();
        prop_assert_eq!(does(now, &counties, &mut known).len(), counties.len() * 2 + 1);
        prop_assert_eq!(does(now, &counties, &mut known), vec![]);
    }

    #[test]
    fn each_turn_is_done_once_however_often_and_by_whichever_clock_it_is_looked(
        looks in proptest::collection::vec((0_i64..3 * DAY, -5 * MINUTE..5 * MINUTE), 1..120),
    ) {
        let counties = [county(1), county(2)];
        let mut looks = looks;
        looks.sort_unstable();
        let mut known = Vec::new();
        let mut done: BTreeMap<(JobKind, Option<BodyId>, i64), u32> = BTreeMap::new();
        for (at, apart) in looks {
            // Several nodes look; their clocks differ by minutes.
            for due in does(NOW + at + apart, &counties, &mut known) {
                *done.entry((due.kind, due.home, due.turn)).or_default() += 1;
            }
        }
        prop_assert!(done.values().all(|times| *times == 1), "{:?}", done);
    }

    #[test]
    fn a_turn_is_never_before_its_time_and_never_skipped_by_who_looks_often_enough(
        start in 0_i64..DAY, hours in 1_usize..72,
    ) {
        let mut known = Vec::new();
        let mut turns = Vec::new();
        for minute in 0..hours * 60 {
            let now = NOW + start + i64::try_from(minute).unwrap() * MINUTE;
            for due in does(now, &[county(1)], &mut known) {
                prop_assert!(due.kind.begins(due.turn) <= now);
                prop_assert!(now < due.kind.begins(due.turn + 1));
                if due.kind == JobKind::SweepSessions {
                    turns.push(due.turn);
                }
            }
        }
        prop_assert!(turns.windows(2).all(|pair| pair[1] == pair[0] + 1), "{:?}", turns);
    }

    #[test]
    fn what_is_unfinished_or_given_up_is_not_planned_again(
        later in -400 * DAY..400 * DAY, phase in 0_usize..4,
    ) {
        let phase = Phase::ALL[phase];
        let known: Vec<Job> = due_jobs(NOW, &[county(1)], &[])
            .into_iter()
            .map(|due| Job { phase, ..planned(due, NOW) })
            .collect();
        let due = due_jobs(NOW + later, &[county(1)], &known);
        prop_assert!(phase == Phase::Done || due.is_empty());
        // A clock that was wrong stops nothing for longer than a turn.
        let apart = later.abs() > 2 * DAY;
        prop_assert!(phase != Phase::Done || !apart || due.len() == known.len());
    }
}
