//! What a change does not touch counts afterwards for what it counted before: for all small
//! counties, acts and rulings, and changes of every kind that the program makes.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::body::Link;
use domain::duty::{Book, Key, PackUse};
use domain::id::PackUseId;
use domain::occasion::Occasion;
use domain::pack::{Choices, Pack};
use domain::touched::{Touched, by_book, by_extension, by_structure};
use domain::weigh::{NoRulings, count_act};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use crate::county::{County, attrs, day, home, parse};
use crate::properties::{CALENDAR, PACK, WORDS, World, choices, days, occasion, worlds};

/// What somebody does to the bodies of a county; numbers are taken modulo what there is.
#[derive(Debug, Clone)]
enum Step {
    Open(&'static str, &'static str, bool),
    OpenRelated(&'static str, &'static str, usize),
    Close(usize),
    Merge(usize, usize),
    Change(usize, bool),
    Rename(usize),
    Relate(&'static str, usize, usize),
    Unrelate(usize),
    Post(usize, &'static str, Option<usize>),
    ClosePost(usize),
}

fn steps() -> impl Strategy<Value = Step> {
    let kind = || select(&["government", "department", "special-committee"][..]);
    let link = || select(&["leads", "leads", "member", "successor"][..]);
    let post = select(&["chair", "chair", "village-head"][..]);
    let level = select(&["county", "town"][..]);
    let any_of = || 0..20_usize;
    prop_oneof![
        (kind(), level, any::<bool>()).prop_map(|(k, l, m)| Step::Open(k, l, m)),
        (kind(), link(), any_of()).prop_map(|(k, l, to)| Step::OpenRelated(k, l, to)),
        any_of().prop_map(Step::Close),
        (any_of(), any_of()).prop_map(|(a, b)| Step::Merge(a, b)),
        (any_of(), any::<bool>()).prop_map(|(b, m)| Step::Change(b, m)),
        any_of().prop_map(Step::Rename),
        (link(), any_of(), any_of()).prop_map(|(k, a, b)| Step::Relate(k, a, b)),
        any_of().prop_map(Step::Unrelate),
        (any_of(), post, prop::option::of(any_of())).prop_map(|(b, k, o)| Step::Post(b, k, o)),
        any_of().prop_map(Step::ClosePost),
    ]
}

/// Takes a step from a day on, be it long past.
fn take(c: &mut County, step: &Step, on: NaiveDate) {
    let many = c.bodies.len();
    match step {
        Step::Open(kind, level, member) => {
            open(c, kind, level, on).spans[0].attrs =
                attrs(if *member { &["member_unit"] } else { &[] });
        }
        Step::OpenRelated(kind, link, other) => {
            open(c, kind, "town", on);
            relate(c, link, many, other % many, on);
        }
        Step::Close(at) => close(c, at % many, on),
        Step::Merge(a, b) => {
            let (heir, gone) = (Ord::max(a % many, b % many), Ord::min(a % many, b % many));
            if heir != gone {
                close(c, gone, on);
                relate(c, "successor", heir, gone, on);
            }
        }
        Step::Change(at, member) => {
            let mut span = c.bodies[at % many].spans[0].clone();
            (span.from_on, span.attrs) = (on, attrs(if *member { &["member_unit"] } else { &[] }));
            add_span(c, at % many, span);
        }
        Step::Rename(at) => {
            let mut span = c.bodies[at % many].spans[0].clone();
            (span.from_on, span.name) = (on, "新名称".to_owned());
            add_span(c, at % many, span);
        }
        Step::Relate(kind, a, b) => relate(c, kind, a % many, b % many, on),
        Step::Unrelate(at) => {
            let links = c.links.len().max(1);
            if let Some(link) = c.links.get_mut(at % links) {
                link.to_on = Some(on.max(link.from_on));
            }
        }
        Step::Post(body, kind, office) => {
            let name = format!("post {}", c.posts.len());
            let body = format!("body {}", body % many);
            let office = office.map(|at| c.posts[at % c.posts.len()].id);
            let post = c.add_post(&name, &body, kind);
            (post.from_on, post.ex_officio) = (on, office);
        }
        Step::ClosePost(at) => {
            let posts = c.posts.len();
            c.posts[at % posts].to_on = Some(on);
        }
    }
}

fn open<'a>(
    c: &'a mut County,
    kind: &str,
    level: &str,
    on: NaiveDate,
) -> &'a mut domain::body::Body {
    let name = format!("body {}", c.bodies.len());
    let body = c.add_body(&name, kind, level);
    (body.opened_on, body.spans[0].from_on) = (on, on);
    body
}

fn close(c: &mut County, at: usize, on: NaiveDate) {
    let body = &mut c.bodies[at];
    body.closed_on = Some(on.max(body.opened_on));
    let id = body.id;
    for post in c.posts.iter_mut().filter(|p| p.body == id) {
        post.to_on = Some(on.max(post.from_on));
    }
}

fn add_span(c: &mut County, at: usize, span: domain::body::Span) {
    let spans = &mut c.bodies[at].spans;
    spans.retain(|s| s.from_on < span.from_on);
    spans.push(span);
}

fn relate(c: &mut County, kind: &str, a: usize, b: usize, on: NaiveDate) {
    // A merger runs from an older body to a younger one, as in life.
    let (a, b) = if kind == "successor" {
        (a.max(b), a.min(b))
    } else {
        (a, b)
    };
    let new = Link {
        kind: parse(kind),
        a: c.bodies[a].id,
        b: c.bodies[b].id,
        from_on: on,
        to_on: None,
    };
    let key = |l: &Link| (l.kind, l.a, l.b, l.from_on);
    if a != b && c.links.iter().all(|l| key(l) != key(&new)) {
        c.links.push(new);
    }
}

/// Fails where an act that is said not to be touched counts for something else.
fn holds(
    world: &World,
    touched: &Touched,
    (before, after): (&Counting<'_>, &Counting<'_>),
) -> Result<(), TestCaseError> {
    for act in world.acts.iter().filter(|act| !touched.covers(act)) {
        let rows = |c: &Counting<'_>| count_act(c.0, c.1, act, c.2);
        prop_assert_eq!(rows(before), rows(after), "{:?} outside {:?}", act, touched);
    }
    Ok(())
}

/// What an act is counted by.
struct Counting<'a>(
    &'a Book,
    &'a domain::structure::Structure,
    &'a dyn domain::weigh::Bearings,
);

/// A pack in force from a day, in a use of its own.
fn in_use(
    n: u128,
    from: NaiveDate,
    to: Option<NaiveDate>,
    choices: Choices,
) -> (Arc<PackUse>, Arc<Pack>) {
    let pack = Pack {
        version: u32::try_from(n).unwrap(),
        ..PACK.clone()
    };
    let in_use = PackUse {
        id: PackUseId::new(Uuid::from_u128(n)),
        home: home(),
        pack: pack.id.clone(),
        version: pack.version,
        from_on: from,
        to_on: to,
        followed_from_on: from,
        choices,
    };
    (Arc::new(in_use), Arc::new(pack))
}

fn book_of(uses: Vec<(Arc<PackUse>, Arc<Pack>)>, occasions: Vec<Occasion>) -> Book {
    let used = BTreeMap::from([(WORDS.id.clone(), WORDS.clone())]);
    Book::new(uses, &used, CALENDAR.clone(), occasions)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_a_change_of_bodies_does_not_touch_counts_for_the_same(
        world in worlds(4..20),
        steps in prop::collection::vec((steps(), days()), 1..4),
    ) {
        let mut county = world.county.clone();
        for (step, on) in &steps {
            take(&mut county, step, *on);
        }
        let after = county.structure();
        for (from, to) in [(&world.structure, &after), (&after, &world.structure)] {
            let touched = by_structure(&world.book, from, to, &world.said);
            holds(&world, &touched, (
                &Counting(&world.book, from, &world.said),
                &Counting(&world.book, to, &world.said),
            ))?;
        }
    }

    #[test]
    fn what_a_pack_applied_does_not_touch_counts_for_the_same(
        world in worlds(4..20),
        (from, again) in (days(), days()),
        (first, second) in (choices(), choices()),
    ) {
        let (from, again) = (from.min(again), from.max(again));
        let none = book_of(Vec::new(), vec![occasion()]);
        let once = book_of(vec![in_use(1, from, None, first.clone())], vec![occasion()]);
        let mut books = vec![none, once];
        if from < again {
            let old = in_use(1, from, Some(again), first);
            books.push(book_of(vec![old, in_use(2, again, None, second)], vec![occasion()]));
        }
        for pair in books.windows(2) {
            let touched = by_book(&pair[0], &pair[1], &world.said);
            holds(&world, &touched, (
                &Counting(&pair[0], &world.structure, &world.said),
                &Counting(&pair[1], &world.structure, &world.said),
            ))?;
        }
    }

    #[test]
    fn what_an_occasion_does_not_touch_counts_for_the_same(
        world in worlds(4..20), (from, to) in (days(), days()),
    ) {
        let new = Occasion {
            id: domain::id::OccasionId::new(Uuid::from_u128(2)),
            from_on: from.min(to),
            to_on: from.max(to),
            ..occasion()
        };
        let with = world.book.with_occasions(vec![occasion(), new]);
        let without = world.book.with_occasions(Vec::new());
        for (before, after) in [(&world.book, &with), (&with, &world.book), (&world.book, &without)] {
            let touched = by_book(before, after, &world.said);
            holds(&world, &touched, (
                &Counting(before, &world.structure, &world.said),
                &Counting(after, &world.structure, &world.said),
            ))?;
        }
    }

    #[test]
    fn what_an_extension_does_not_touch_counts_for_the_same(world in worlds(4..20)) {
        let mut said = crate::properties::Said {
            corrected: world.said.corrected.clone(),
            ..Default::default()
        };
        for ((duty, owner, period), by) in &world.said.extended {
            let before = crate::properties::Said {
                extended: said.extended.clone(),
                corrected: said.corrected.clone(),
            };
            said.extended.insert((duty.clone(), *owner, *period), by.clone());
            let key = Key {
                pack: PACK.id.clone(),
                duty: duty.clone(),
                owner: *owner,
                period: *period,
            };
            let touched = by_extension(&world.book, &key);
            holds(&world, &touched, (
                &Counting(&world.book, &world.structure, &before),
                &Counting(&world.book, &world.structure, &said),
            ))?;
        }
    }
}

/// A county of the year's first day in which nothing is left to chance.
fn small() -> (County, Book) {
    let mut c = County::default();
    c.add_body("北镇政府", "government", "town");
    c.add_body("南镇政府", "government", "town");
    c.add_body("应急局", "department", "county");
    let uses = vec![in_use(1, day("2026-02-10"), None, Choices::default())];
    (c, book_of(uses, vec![occasion()]))
}

#[test]
fn a_body_that_nobody_asks_anything_of_touches_nothing() {
    let (mut c, book) = small();
    let before = c.structure();
    c.add_body("机械厂", "enterprise", "town");
    assert!(by_structure(&book, &before, &c.structure(), &NoRulings).is_nothing());
}

#[test]
fn another_name_or_another_place_touches_nothing() {
    let (mut c, book) = small();
    let before = c.structure();
    let parent = c.body("北镇政府");
    c.bodies[2].spans[0].parent = Some(parent);
    c.bodies[1].spans[0].name = "南坡镇政府".to_owned();
    assert!(by_structure(&book, &before, &c.structure(), &NoRulings).is_nothing());
}

#[test]
fn a_department_that_closes_touches_its_own_acts_of_its_last_periods_only() {
    let (mut c, book) = small();
    let before = c.structure();
    c.bodies[2].closed_on = Some(day("2026-08-15"));
    let touched = by_structure(&book, &before, &c.structure(), &NoRulings);
    let covers = |kind: &str, on: &str, who: &str| touched.covers(&c.act(1, kind, on, &[who]));
    assert!(covers("inspection", "2026-08-03", "应急局 led"));
    assert!(!covers("inspection", "2026-07-03", "应急局 led"));
    assert!(!covers("inspection", "2026-08-03", "北镇政府 led"));
    assert!(!covers("drill", "2026-08-03", "应急局 led"));
}

#[test]
fn a_festival_touches_the_inspections_of_its_days() {
    let (c, book) = small();
    let none = book.with_occasions(Vec::new());
    let touched = by_book(&none, &book, &NoRulings);
    let covers = |kind: &str, on: &str| touched.covers(&c.act(1, kind, on, &["应急局 led"]));
    assert!(covers("inspection", "2026-02-12"));
    assert!(!covers("inspection", "2026-02-11"));
    assert!(!covers("study", "2026-02-12"));
}

#[test]
fn everything_covers_whatever_some_duty_counts() {
    let (c, book) = small();
    let touched = Touched::everything(&book);
    assert!(touched.covers(&c.act(1, "study", "1999-01-01", &["应急局 led"])));
    assert!(!touched.covers(&c.act(1, "drill", "2026-05-01", &["应急局 led"])));
}
