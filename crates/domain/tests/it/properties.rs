//! Counting, for all small counties, acts and rulings.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use chrono::{Days, NaiveDate};
use domain::act::{Act, ActEvent, ActStep, FieldValue};
use domain::calendar::{Period, WorkCalendar};
use domain::duty::{Book, DutyLine};
use domain::extension::{Extensions, Window};
use domain::id::{ActId, OccasionId, Owner, Slug};
use domain::occasion::Occasion;
use domain::pack::{Choices, Pack};
use domain::share::{Claim, share, sharing};
use domain::standing::CountedOn;
use domain::structure::Structure;
use domain::weigh::{Bearing, Bearings, Counted, Locks, NoRulings, Weight, count_act, weigh};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use crate::county::{County, act_id, applied, attrs, day, home, parse};
use crate::pack::{files, sound, words};

pub(crate) static WORDS: LazyLock<Arc<Pack>> = LazyLock::new(|| Arc::new(words()));
pub(crate) static PACK: LazyLock<Pack> = LazyLock::new(|| sound(&files("every-demand"), &[&WORDS]));
pub(crate) static CALENDAR: LazyLock<Arc<WorkCalendar>> =
    LazyLock::new(|| Arc::new(WorkCalendar::shipped()));

/// What the rulings of a small world say, by duty, owner and period.
#[derive(Debug, Default)]
pub(crate) struct Said {
    pub(crate) extended: BTreeMap<(Slug, Owner, Period), Extensions>,
    pub(crate) corrected: BTreeSet<ActId>,
}

impl Bearings for Said {
    fn bearing(&self, line: &DutyLine, owner: Owner, period: Period, act: ActId) -> Bearing {
        Bearing {
            corrected: self.corrected.contains(&act),
            extensions: self
                .extended
                .get(&(line.id.clone(), owner, period))
                .cloned()
                .unwrap_or_default(),
        }
    }

    fn extended(&self, line: &DutyLine) -> Vec<Period> {
        let of_line = self.extended.keys().filter(|(duty, ..)| *duty == line.id);
        of_line.map(|(.., period)| *period).collect()
    }
}

/// A small county with a book, acts and rulings.
pub(crate) struct World {
    pub(crate) county: County,
    pub(crate) structure: Structure,
    pub(crate) book: Book,
    pub(crate) acts: Vec<Act>,
    pub(crate) said: Said,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bodies = self
            .county
            .bodies
            .iter()
            .map(|b| (b.kind, b.opened_on, b.closed_on));
        f.debug_struct("World")
            .field("bodies", &bodies.collect::<Vec<_>>())
            .field("links", &self.structure.links())
            .field("posts", &self.structure.posts())
            .field("acts", &self.acts)
            .field("said", &self.said)
            .finish_non_exhaustive()
    }
}

impl World {
    fn rows(&self, acts: &[Act]) -> BTreeSet<Counted> {
        let rows = acts
            .iter()
            .flat_map(|a| count_act(&self.book, &self.structure, a, &self.said));
        rows.collect()
    }

    /// What an owner's periods of a duty that share acts with one ask for and are offered.
    fn claims(
        &self,
        rows: &BTreeSet<Counted>,
        line: &DutyLine,
        owner: Owner,
        period: Period,
    ) -> Vec<Claim> {
        let of_owner = |(duty, who, _): &(Slug, Owner, Period)| (duty, *who) == (&line.id, owner);
        let mine = self.said.extended.iter().filter(|(key, _)| of_owner(key));
        let extended: BTreeMap<Period, Extensions> =
            mine.map(|((.., p), e)| (*p, e.clone())).collect();
        let claim = |period| {
            let obligation = self.book.obligation(line, owner, period).unwrap();
            let none = Extensions::default();
            let extensions = extended.get(&period).unwrap_or(&none);
            let offered = rows.iter().filter(|r| r.key == obligation.key(line));
            Claim {
                period,
                need: obligation.duty.rule.at_least,
                due_on: extensions.due_on(obligation.due.on),
                offered: offered
                    .map(|r| {
                        let (on, provisional) = (r.on, r.provisional);
                        (r.act, CountedOn { on, provisional })
                    })
                    .collect(),
            }
        };
        let periods = sharing(&self.book, line, period, &extended);
        periods.into_iter().map(claim).collect()
    }

    /// Every period in which something is owed in the year, with its line.
    fn periods(&self) -> impl Iterator<Item = (&DutyLine, Period)> {
        let (from, to) = (day("2026-01-01"), day("2026-12-31"));
        let lines = self.book.lines().iter();
        lines.flat_map(move |l| {
            self.book
                .periods(l, from, to)
                .into_iter()
                .map(move |p| (l, p))
        })
    }
}

// --- what worlds are made of --------------------------------------------------------------------

pub(crate) fn days() -> impl Strategy<Value = NaiveDate> {
    (0..365_u64).prop_map(|n| day("2026-01-01") + Days::new(n))
}

/// Mostly nothing, sometimes a day of the year.
fn seldom() -> impl Strategy<Value = Option<NaiveDate>> {
    prop_oneof![3 => Just(None), 1 => days().prop_map(Some)]
}

/// Kind, level, opened, closed, member.
type BodySeed = (
    &'static str,
    &'static str,
    Option<NaiveDate>,
    Option<NaiveDate>,
    bool,
);

fn body_seeds() -> impl Strategy<Value = Vec<BodySeed>> {
    const KINDS: &[&str] = &[
        "government",
        "government",
        "department",
        "special-committee",
    ];
    let seed = (
        select(KINDS),
        select(&["county", "town"][..]),
        seldom(),
        seldom(),
        any::<bool>(),
    );
    prop::collection::vec(seed, 3..8)
}

/// Body, kind, held by the office of another post.
type PostSeed = (usize, &'static str, Option<usize>);

fn post_seeds() -> impl Strategy<Value = Vec<PostSeed>> {
    let kind = select(&["chair", "chair", "village-head"][..]);
    prop::collection::vec((0..8_usize, kind, prop::option::of(0..6_usize)), 1..6)
}

/// Kind, from, to, first day.
type LinkSeed = (&'static str, usize, usize, Option<NaiveDate>);

fn link_seeds() -> impl Strategy<Value = Vec<LinkSeed>> {
    let kind = select(&["leads", "leads", "successor", "member"][..]);
    prop::collection::vec((kind, 0..8_usize, 0..8_usize, seldom()), 0..6)
}

/// Puts a county together; numbers are taken modulo what there is.
fn county(bodies: Vec<BodySeed>, posts: Vec<PostSeed>, links: Vec<LinkSeed>) -> County {
    let mut c = County::default();
    let many = bodies.len();
    for (n, (kind, level, opened, closed, member)) in bodies.into_iter().enumerate() {
        let body = c.add_body(&format!("body {n}"), kind, level);
        body.opened_on = opened.unwrap_or(body.opened_on);
        body.closed_on = closed.map(|on| on.max(body.opened_on));
        body.spans[0].attrs = attrs(if member { &["member_unit"] } else { &[] });
    }
    for (n, (body, kind, office)) in posts.into_iter().enumerate() {
        let office = office
            .filter(|at| *at < n)
            .map(|at| c.post(&format!("post {at}")));
        c.add_post(&format!("post {n}"), &format!("body {}", body % many), kind)
            .ex_officio = office;
    }
    for (kind, a, b, from) in links {
        let (a, b) = (a % many, b % many);
        // A merger runs from an older body to a younger one, as in life.
        let (a, b) = if kind == "successor" {
            (a.max(b), a.min(b))
        } else {
            (a, b)
        };
        if a != b {
            let link = c.add_link(kind, &format!("body {a}"), &format!("body {b}"));
            link.from_on = from.unwrap_or(link.from_on);
        }
    }
    c
}

/// What an act is made of, before it is known who there is.
#[derive(Debug, Clone)]
struct ActSeed {
    kind: &'static str,
    on: NaiveDate,
    parts: Vec<(usize, bool, &'static str)>,
    plenary: bool,
    at_night: bool,
    months: Option<i64>,
    entered: u64,
    steps: Vec<(ActStep, u64)>,
    withdrawn: bool,
}

fn act_seeds(many: std::ops::Range<usize>) -> impl Strategy<Value = Vec<ActSeed>> {
    const ROLES: &[&str] = &[
        "presided",
        "led",
        "hosted",
        "hosted",
        "took-part",
        "was-visited",
    ];
    let kind = select(&["meeting", "inspection", "study", "return"][..]);
    let part = (0..8_usize, any::<bool>(), select(ROLES));
    let step = select(
        &[
            ActStep::Amend,
            ActStep::Accept,
            ActStep::SendBack,
            ActStep::SubmitAgain,
        ][..],
    );
    let seed = (
        (kind, days(), prop::collection::vec(part, 1..5)),
        (any::<bool>(), any::<bool>(), prop::option::of(-1..2_i64)),
        (
            0..40_u64,
            prop::collection::vec((step, 0..20_u64), 0..4),
            prop::bool::weighted(0.1),
        ),
    );
    let seed = seed.prop_map(|(what, with, then)| ActSeed {
        kind: what.0,
        on: what.1,
        parts: what.2,
        plenary: with.0,
        at_night: with.1,
        months: with.2,
        entered: then.0,
        steps: then.1,
        withdrawn: then.2,
    });
    prop::collection::vec(seed, many)
}

fn act(c: &County, n: usize, seed: &ActSeed) -> Act {
    let parts = seed.parts.iter().map(|(who, as_post, role)| {
        if *as_post {
            format!("post {} {role}", who % c.posts.len())
        } else {
            format!("body {} {role}", who % c.bodies.len())
        }
    });
    let mut act = c.act(n, seed.kind, &seed.on.to_string(), &[]);
    act.parts = parts.map(|p| c.part(&p)).collect();
    let flag = FieldValue::Flag(seed.at_night);
    let form = if seed.plenary { "plenary" } else { "thematic" };
    act.fields = [
        (parse("at-night"), flag),
        (parse("form"), FieldValue::Text(form.to_owned())),
    ]
    .into();
    act.withdrawn = seed.withdrawn;
    let mut on = seed.on + Days::new(seed.entered);
    act.events[0].entered_on = on;
    if seed.kind == "return" {
        act.form = Some("every-demand/monthly".to_owned());
        for (step, days) in &seed.steps {
            on = on + Days::new(*days);
            act.events.push(ActEvent {
                step: *step,
                entered_on: on,
                answer_by: Some(on),
            });
        }
    }
    let month = Period::of(domain::calendar::PeriodKind::Month, seed.on);
    act.period = seed
        .months
        .filter(|_| seed.kind != "inspection")
        .map(|by| match by {
            -1 => month.previous(),
            0 => month,
            _ => month.next(),
        });
    act
}

pub(crate) fn choices() -> impl Strategy<Value = Choices> {
    let answer = select(&["per-committee", "once"][..]);
    (answer, prop::option::of(0..30_u32)).prop_map(|(answer, lock_after_days)| Choices {
        answers: [(parse("several-chairs"), parse(answer))].into(),
        lock_after_days,
        reason: "为试验".to_owned(),
        ..Choices::default()
    })
}

pub(crate) fn occasion() -> Occasion {
    Occasion {
        id: OccasionId::new(Uuid::from_u128(1)),
        home: home(),
        kind: parse("spring-festival"),
        title: "春节".to_owned(),
        from_on: day("2026-02-12"),
        to_on: day("2026-02-24"),
        withdrawn: false,
        version: 1,
    }
}

pub(crate) fn book(choices: Choices) -> Book {
    let used = BTreeMap::from([(WORDS.id.clone(), WORDS.clone())]);
    let packs = vec![applied(PACK.clone(), day("2026-02-10"), choices)];
    Book::new(packs, &used, CALENDAR.clone(), vec![occasion()])
}

/// Which duty, owner, period, how many days more; and acts that are corrected.
type RulingSeeds = (Vec<(usize, usize, usize, u64)>, Vec<usize>);

fn ruling_seeds() -> impl Strategy<Value = RulingSeeds> {
    let extension = (0..100_usize, 0..100_usize, 0..100_usize, 0..60_u64);
    (
        prop::collection::vec(extension, 0..4),
        prop::collection::vec(0..10_usize, 0..3),
    )
}

fn said(book: &Book, structure: &Structure, (extensions, corrections): RulingSeeds) -> Said {
    let mut out = Said::default();
    out.corrected.extend(corrections.into_iter().map(act_id));
    for (duty, owner, period, days) in extensions {
        let line = &book.lines()[duty % book.lines().len()];
        let periods = book.periods(line, day("2026-01-01"), day("2026-12-31"));
        let Some(period) = periods.get(period % periods.len().max(1)) else {
            continue;
        };
        let owners = book.owners(line, *period, structure, day("2027-06-30"));
        let Some(owner) = owners.get(owner % owners.len().max(1)) else {
            continue;
        };
        let window = Window {
            asked_on: period.last_day() + Days::new(days % 9) - Days::new(4),
            to: period.last_day() + Days::new(days),
        };
        let key = (line.id.clone(), *owner, *period);
        out.extended.insert(key, [window].into_iter().collect());
    }
    out
}

pub(crate) fn worlds(acts: std::ops::Range<usize>) -> impl Strategy<Value = World> {
    let county = (body_seeds(), post_seeds(), link_seeds())
        .prop_map(|(bodies, posts, links)| county(bodies, posts, links));
    (county, choices(), act_seeds(acts), ruling_seeds()).prop_map(|(c, choices, acts, rulings)| {
        let structure = c.structure();
        let book = book(choices);
        let acts = acts
            .iter()
            .enumerate()
            .map(|(n, seed)| act(&c, n, seed))
            .collect();
        let said = said(&book, &structure, rulings);
        World {
            county: c,
            structure,
            book,
            acts,
            said,
        }
    })
}

// --- counting -----------------------------------------------------------------------------------

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn counting_finds_an_act_for_an_obligation_exactly_where_weighing_says_it_counts(
        world in worlds(1..6),
    ) {
        let far = day("2027-06-30");
        for (line, period) in world.periods() {
            for owner in world.book.owners(line, period, &world.structure, far) {
                let obligation = world.book.obligation(line, owner, period).unwrap();
                for act in &world.acts {
                    let bearing = world.said.bearing(line, owner, period, act.id);
                    let due_on = bearing.extensions.due_on(obligation.due.on);
                    let locks = Locks {
                        due_on: obligation.due.on,
                        locked_on: obligation.duty.locked_on(due_on),
                        corrected: &world.said.corrected,
                        extensions: &bearing.extensions,
                    };
                    let weight = weigh(
                        &obligation.duty, owner, period, act, &world.structure, &locks,
                    );
                    let rows = count_act(&world.book, &world.structure, act, &world.said);
                    let row = rows.iter().find(|r| {
                        (&r.key.duty, r.key.owner, r.key.period) == (&line.id, owner, period)
                    });
                    let counted = row.map(|r| (r.on, r.provisional));
                    let weighed = match weight {
                        Weight::Counts { on, provisional } => Some((on, provisional)),
                        Weight::Not(_) | Weight::Unrelated => None,
                    };
                    prop_assert_eq!(
                        counted, weighed,
                        "{} of {} in {}: {:?}", line.id, world.county.name_of(owner), period, act
                    );
                }
            }
        }
    }

    #[test]
    fn a_rebuild_is_the_same_in_whatever_order_things_were_recorded(
        world in worlds(2..8), turn in 1..8_usize,
    ) {
        let mut acts = world.acts.clone();
        acts.reverse();
        let by = turn % acts.len();
        acts.rotate_left(by);
        prop_assert_eq!(world.rows(&acts), world.rows(&world.acts));
        let mut c = world.county.clone();
        c.bodies.reverse();
        c.posts.reverse();
        c.links.reverse();
        let structure = c.structure();
        for act in &acts {
            let rows = count_act(&world.book, &structure, act, &world.said);
            prop_assert_eq!(rows, count_act(&world.book, &world.structure, act, &world.said));
        }
    }

    #[test]
    fn an_act_of_strangers_changes_nothing(mut world in worlds(1..6)) {
        let before = world.rows(&world.acts);
        let mut strange = world.acts[0].clone();
        strange.id = act_id(1_000);
        for part in &mut strange.parts {
            (part.body, part.post) = (home(), None);
        }
        world.acts.push(strange);
        prop_assert_eq!(world.rows(&world.acts), before);
    }

    #[test]
    fn an_act_of_a_kind_that_nobody_owes_changes_nothing(mut world in worlds(1..6)) {
        let mut other = world.acts[0].clone();
        other.kind = parse("drill");
        other.withdrawn = false;
        world.acts = vec![other];
        prop_assert!(world.rows(&world.acts).is_empty());
    }

    #[test]
    fn withdrawing_an_act_takes_away_exactly_its_rows(mut world in worlds(1..6), at in 0..6_usize) {
        let before = world.rows(&world.acts);
        let at = at % world.acts.len();
        let id = world.acts[at].id;
        world.acts[at].withdrawn = true;
        let left: BTreeSet<Counted> = before.into_iter().filter(|r| r.act != id).collect();
        prop_assert_eq!(world.rows(&world.acts), left);
    }

    #[test]
    fn who_has_a_row_owes_the_period_or_was_selected_on_the_day_of_the_act(world in worlds(1..6)) {
        for row in world.rows(&world.acts) {
            let line = world.book.line(&row.key.pack, &row.key.duty).unwrap();
            let act = world.acts.iter().find(|a| a.id == row.act).unwrap();
            let periods = world.book.periods(line, row.key.period.first_day(), row.key.period.last_day());
            prop_assert!(periods.contains(&row.key.period), "{} is owed in {}", row.key.duty, row.key.period);
            let far = day("2027-06-30");
            let owners = world.book.owners(line, row.key.period, &world.structure, far);
            let duty = &world.book.obligation(line, row.key.owner, row.key.period).unwrap().duty;
            let sel = &duty.rule.owed_by;
            let selected =
                || world.structure.selects(sel, &duty.lists, row.key.owner, act.occurred_on);
            prop_assert!(owners.contains(&row.key.owner) || selected(), "{row:?}");
        }
    }

    #[test]
    fn without_a_lock_or_a_ruling_the_day_of_entry_changes_no_row(
        world in worlds(1..6), days in 0..300_u64,
    ) {
        let book = book(Choices::default());
        for act in world.acts.iter().filter(|a| a.form.is_none()) {
            let mut later = act.clone();
            later.events[0].entered_on = act.occurred_on + Days::new(days);
            let rows = |act| count_act(&book, &world.structure, act, &NoRulings);
            prop_assert_eq!(rows(&later), rows(act));
        }
    }

    #[test]
    fn every_act_that_can_count_counts_for_one_period_of_a_duty_and_owner(
        world in worlds(2..10),
    ) {
        let rows = world.rows(&world.acts);
        let mut taken: BTreeMap<(Slug, Owner, ActId), BTreeSet<Period>> = BTreeMap::new();
        for row in &rows {
            let line = world.book.line(&row.key.pack, &row.key.duty).unwrap();
            let shares = share(&world.claims(&rows, line, row.key.owner, row.key.period));
            // Whichever of its periods one looks from, the shares are the same.
            for period in shares.keys() {
                let again = share(&world.claims(&rows, line, row.key.owner, *period));
                prop_assert_eq!(&again, &shares);
            }
            for (period, hits) in shares {
                for (act, _) in hits {
                    let key = (row.key.duty.clone(), row.key.owner, act);
                    taken.entry(key).or_default().insert(period);
                }
            }
        }
        for row in &rows {
            let periods = &taken[&(row.key.duty.clone(), row.key.owner, row.act)];
            prop_assert_eq!(periods.len(), 1, "{:?} of {:?}", periods, row);
        }
    }

    #[test]
    fn an_approved_extension_only_adds_rows(world in worlds(1..6)) {
        let unlocked = book(Choices::default());
        for act in &world.acts {
            let rows = |ruled: &dyn Bearings| -> BTreeSet<Counted> {
                count_act(&unlocked, &world.structure, act, ruled).into_iter().collect()
            };
            prop_assert!(rows(&world.said).is_superset(&rows(&NoRulings)));
        }
    }

    #[test]
    fn the_key_of_an_obligation_reads_back_from_its_text(world in worlds(1..2)) {
        for (line, period) in world.periods() {
            prop_assert_eq!(period.to_string().parse::<Period>().unwrap(), period);
            prop_assert_eq!(line.id.to_string().parse::<Slug>().unwrap(), line.id.clone());
            for owner in world.book.owners(line, period, &world.structure, day("2027-06-30")) {
                prop_assert_eq!(owner.to_string().parse::<Owner>().unwrap(), owner);
            }
        }
    }
}
