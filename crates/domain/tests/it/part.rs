//! Parts of an act: which need the recorder's power, who stands for the host, who is a party.

use domain::act::{Part, PartRole};
use domain::part::{Doing, needs_power};
use domain::policy::{Action, Relation, Role, allows};
use domain::structure::Structure;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::county::{County, attrs, day};

const ON: &str = "2026-03-02";

/// Two towns with their heads, a mine, and a committee whose chair is held by the county's deputy.
fn county() -> (County, Structure) {
    let mut c = County::default();
    c.add_body("county", "jurisdiction", "county");
    c.add_under("county", "government", "government", "county");
    for (town, head) in [("north", "north head"), ("south", "south head")] {
        c.add_under("county", town, "jurisdiction", "town");
        c.add_post(head, town, "head");
    }
    c.add_under("north", "mine", "enterprise", "town").spans[0].attrs = attrs(&["sectors=coal"]);
    c.add_under("county", "bureau", "department", "county");
    c.add_under("county", "committee", "special-committee", "county")
        .spans[0]
        .attrs = attrs(&["sector=coal"]);
    c.add_link("leads", "bureau", "committee");
    c.add_post("deputy", "government", "deputy-head");
    let deputy = c.post("deputy");
    c.add_post("chair", "committee", "chair").ex_officio = Some(deputy);
    let structure = c.structure();
    (c, structure)
}

fn parts(c: &County, all: &[&str]) -> Vec<Part> {
    all.iter().map(|p| c.part(p)).collect()
}

fn doing(parts: &[Part], is_return: bool) -> Doing<'_> {
    Doing {
        parts,
        is_return,
        on: day(ON),
    }
}

#[test]
fn to_host_to_preside_and_to_lead_are_doings_of_ones_own_and_every_part_of_a_return_is() {
    let table: Vec<(&str, bool, bool)> = PartRole::ALL
        .iter()
        .map(|r| (r.code(), needs_power(*r, false), needs_power(*r, true)))
        .collect();
    assert_eq!(
        table,
        [
            ("presided", true, true),
            ("led", true, true),
            ("hosted", true, true),
            ("took-part", false, true),
            ("was-visited", false, true),
        ]
    );
}

#[test]
fn the_host_is_who_hosted_else_who_presided_else_who_led_else_who_took_part() {
    let (c, _) = county();
    for (all, is_return, host) in [
        (
            vec![
                "north led",
                "south took-part",
                "committee hosted",
                "deputy presided",
            ],
            false,
            vec!["committee hosted"],
        ),
        (
            vec!["north led", "deputy presided"],
            false,
            vec!["deputy presided"],
        ),
        (
            vec!["north head led", "south head led", "mine was-visited"],
            false,
            vec!["north head led", "south head led"],
        ),
        (
            vec!["north took-part", "mine was-visited"],
            false,
            vec!["north took-part"],
        ),
        (vec!["north took-part"], true, vec!["north took-part"]),
        (vec!["mine was-visited"], false, vec![]),
    ] {
        let all = parts(&c, &all);
        let hosts: Vec<Part> = doing(&all, is_return).hosts().copied().collect();
        assert_eq!(hosts, parts(&c, &host), "{all:?}");
    }
}

#[test]
fn a_chair_that_follows_from_the_place_visited_is_nobodys_word_and_one_that_was_typed_is() {
    let (c, s) = county();
    let visit = parts(&c, &["deputy led", "chair led", "mine was-visited"]);
    assert_eq!(
        doing(&visit, false).own_doings(&s),
        parts(&c, &["deputy led"])
    );
    let elsewhere = parts(&c, &["deputy led", "chair led", "south was-visited"]);
    assert_eq!(
        doing(&elsewhere, false).own_doings(&s),
        parts(&c, &["deputy led", "chair led"])
    );
    let alone = parts(&c, &["chair led", "mine was-visited"]);
    assert_eq!(
        doing(&alone, false).own_doings(&s),
        parts(&c, &["chair led"])
    );
}

#[test]
fn who_is_only_named_is_a_party_and_who_did_it_is_not() {
    let (c, s) = county();
    let relations = |all: &[&str], actor: &str| {
        let all = parts(&c, all);
        doing(&all, false)
            .thing(&s)
            .relations(&s, c.body(actor), day(ON))
    };
    let visit = ["south led", "north took-part", "mine was-visited"];
    assert!(relations(&visit, "south").contains(&Relation::Own));
    assert!(!relations(&visit, "south").contains(&Relation::Party));
    assert!(relations(&visit, "north").contains(&Relation::Party));
    assert!(!relations(&visit, "north").contains(&Relation::Own));
    assert!(relations(&visit, "mine").contains(&Relation::Party));
    assert!(relations(&visit, "county").contains(&Relation::Below));
    assert!(!relations(&visit, "bureau").contains(&Relation::Party));
}

/// Somebody's role on a body.
fn grants() -> impl Strategy<Value = Vec<(Role, &'static str)>> {
    let bodies = ["county", "north", "south", "mine", "bureau", "committee"];
    let one = (select(Role::ALL.to_vec()), select(bodies.to_vec()));
    prop::collection::vec(one, 1..4)
}

/// Some parts, each of some body or post in some role.
fn some_parts() -> impl Strategy<Value = Vec<String>> {
    let who = [
        "north",
        "south",
        "mine",
        "committee",
        "deputy",
        "chair",
        "north head",
        "south head",
    ];
    let all: Vec<String> = who
        .iter()
        .flat_map(|w| PartRole::ALL.iter().map(move |r| format!("{w} {r}")))
        .collect();
    subsequence(all, 1..7)
}

proptest! {
    #[test]
    fn whoever_may_amend_has_the_power_over_every_part_that_counts_and_over_the_host(
        grants in grants(), all in some_parts(), is_return in any::<bool>(),
    ) {
        let (c, s) = county();
        let all: Vec<Part> = all.iter().map(|p| c.part(p)).collect();
        let act = doing(&all, is_return);
        let power = |action| {
            let (c, s, grants) = (&c, &s, &grants);
            move |body| grants.iter().any(|(role, on)| {
                let relations = s.relations(c.body(on), body, day(ON));
                relations.iter().any(|r| allows(*role, action, *r))
            })
        };
        let amends = act.lacking(&s, power(Action::AmendAct)).is_some_and(|l| l.is_empty());
        let has = power(Action::AmendAct);
        // A chair counts by the office of whoever led there.
        let behind = |p: &Part| {
            let leader = p.post.and_then(|id| s.post(id)).and_then(|post| post.ex_officio);
            let leader = leader.and_then(|id| s.post(id)).filter(|_| act.is_by_office(p, &s));
            leader.map_or(p.body, |l| l.body)
        };
        let counting = |p: &&Part| is_return
            || matches!(p.role, PartRole::Hosted | PartRole::Presided | PartRole::Led);
        if amends {
            prop_assert!(all.iter().filter(counting).all(|p| has(behind(p))), "{all:?}");
            prop_assert!(act.hosts().count() > 0);
            prop_assert!(act.hosts().all(|p| has(behind(p))), "{all:?}");
            let view = grants.iter().any(|(role, on)| {
                let relations = act.thing(&s).relations(&s, c.body(on), day(ON));
                relations.iter().any(|r| allows(*role, Action::ViewAct, *r))
            });
            prop_assert!(view, "nobody changes what may not be seen: {all:?}");
        }
    }
}
