//! The structure of a county on any day: who holds which post, what a selector takes, what a
//! merger does, and who acts for whom.

use domain::body::{AttrValue, LinkKind};
use domain::id::Owner;
use domain::pack::{How, Selector, SelectorBase};
use domain::structure::{Lists, Structure};

use crate::county::{County, attrs, day, parse, person};

fn of_kind(kind: &str) -> Selector {
    Selector {
        base: SelectorBase::Kinds(vec![parse(kind)]),
        levels: Vec::new(),
        attrs: attrs(&[]),
        without: attrs(&[]),
        post: None,
        how: How::Each,
    }
}

fn any_of(parts: Vec<Selector>) -> Selector {
    Selector {
        base: SelectorBase::AnyOf(parts),
        ..of_kind("team")
    }
}

fn linked(kind: LinkKind, of: Selector) -> Selector {
    Selector {
        base: SelectorBase::Linked {
            link: kind,
            of: Box::new(of),
        },
        ..of_kind("team")
    }
}

fn with_post(sel: Selector, kind: &str) -> Selector {
    Selector {
        post: Some(parse(kind)),
        ..sel
    }
}

/// The names of those whom a selector selects, in list order; asked one by one it says the same.
fn taken(c: &County, sel: &Selector, on: &str) -> Vec<String> {
    let structure = c.structure();
    let owners = structure.owners(sel, &Lists::default(), day(on));
    let bodies = c.bodies.iter().map(|b| Owner::Body(b.id));
    for owner in bodies.chain(c.posts.iter().map(|p| Owner::Post(p.id))) {
        let asked = structure.selects(sel, &Lists::default(), owner, day(on));
        assert_eq!(asked, owners.contains(&owner), "{}", c.name_of(owner));
    }
    owners.iter().map(|o| c.name_of(*o).to_owned()).collect()
}

/// The groups that an owner stands in, by name.
fn groups(c: &County, structure: &Structure, sel: &Selector, who: &str) -> Vec<Vec<String>> {
    let found = structure.groups(sel, &Lists::default(), c.owner(who), day("2026-03-02"));
    let names = |group: Vec<Owner>| group.iter().map(|o| c.name_of(*o).to_owned()).collect();
    found.into_iter().map(names).collect()
}

#[test]
fn a_post_is_held_from_its_first_day_until_the_day_before_the_last() {
    let mut c = County::default();
    c.add_body("town", "government", "town");
    c.add_post("mayor", "town", "head");
    c.add_tenure("mayor", 1, "2024-01-01", Some("2026-03-01"));
    c.add_tenure("mayor", 2, "2026-03-05", None);
    let s = c.structure();
    let holder = |on| s.holder(c.post("mayor"), day(on));
    assert_eq!(holder("2023-12-31"), None);
    assert_eq!(holder("2026-02-28"), Some(person(1)));
    assert_eq!(holder("2026-03-01"), None, "vacant between two");
    assert_eq!(holder("2026-03-05"), Some(person(2)));
    let held = s
        .tenures_of(c.post("mayor"))
        .iter()
        .map(|t| t.person)
        .collect::<Vec<_>>();
    assert_eq!(held, [person(1), person(2)]);
}

#[test]
fn who_holds_an_office_holds_the_chairs_that_go_with_it() {
    let mut c = County::default();
    c.add_body("government", "government", "county");
    c.add_body("coal", "special-committee", "county");
    c.add_body("fire", "special-committee", "county");
    c.add_post("deputy", "government", "deputy-head");
    let office = c.post("deputy");
    c.add_post("coal chair", "coal", "chair").ex_officio = Some(office);
    c.add_post("fire chair", "fire", "chair").ex_officio = Some(office);
    c.add_post("fire deputy", "fire", "deputy-chair");
    c.add_tenure("deputy", 1, "2025-01-01", Some("2026-01-01"));
    c.add_tenure("deputy", 2, "2026-01-01", None);
    c.add_tenure("fire deputy", 2, "2026-01-01", None);
    let s = c.structure();
    let held = |who, on| -> Vec<String> {
        let posts = s.posts_held(person(who), day(on));
        posts.iter().map(|p| p.title.clone()).collect()
    };
    assert_eq!(
        held(1, "2025-06-01"),
        ["deputy", "coal chair", "fire chair"]
    );
    assert!(
        held(1, "2026-06-01").is_empty(),
        "all of it went along to the successor"
    );
    assert_eq!(
        held(2, "2026-06-01"),
        ["deputy", "coal chair", "fire chair", "fire deputy"]
    );
    assert_eq!(
        s.holder(c.post("fire chair"), day("2026-06-01")),
        Some(person(2))
    );
}

#[test]
fn a_chair_given_away_by_name_is_not_held_by_office() {
    let mut c = County::default();
    c.add_body("government", "government", "county");
    c.add_body("coal", "special-committee", "county");
    c.add_post("deputy", "government", "deputy-head");
    let office = c.post("deputy");
    c.add_post("coal chair", "coal", "chair").ex_officio = Some(office);
    c.add_tenure("deputy", 1, "2025-01-01", None);
    c.add_tenure("coal chair", 2, "2026-01-01", None);
    let s = c.structure();
    assert_eq!(
        s.holder(c.post("coal chair"), day("2026-06-01")),
        Some(person(2))
    );
    assert_eq!(s.posts_held(person(1), day("2026-06-01")).len(), 1);
}

#[test]
fn a_body_that_moves_stands_under_the_old_town_in_the_figures_of_march() {
    let mut c = County::default();
    c.add_body("north", "jurisdiction", "town");
    c.add_body("south", "jurisdiction", "town");
    let south = c.body("south");
    let mill = c.add_under("north", "mill", "enterprise", "town");
    let mut moved = mill.spans[0].clone();
    mill.spans[0].to_on = Some(day("2026-04-01"));
    moved.from_on = day("2026-04-01");
    moved.parent = Some(south);
    mill.spans.push(moved);
    let s = c.structure();
    let below = |town: &str, on| s.children(c.body(town), day(on)).len();
    assert_eq!(
        (below("north", "2026-03-31"), below("south", "2026-03-31")),
        (1, 0)
    );
    assert_eq!(
        (below("north", "2026-04-01"), below("south", "2026-04-01")),
        (0, 1)
    );
    assert!(s.is_within(c.body("mill"), c.body("north"), day("2026-03-31")));
    assert!(!s.is_within(c.body("mill"), c.body("north"), day("2026-04-01")));
}

#[test]
fn a_loop_in_the_tree_ends_the_walk_and_not_the_program() {
    let mut c = County::default();
    c.add_body("one", "jurisdiction", "town");
    c.add_under("one", "two", "jurisdiction", "town");
    let two = c.body("two");
    c.bodies[0].spans[0].parent = Some(two);
    let s = c.structure();
    assert_eq!(s.above(c.body("one"), day("2026-03-02")).len(), 2);
    c.add_link("successor", "one", "two");
    c.add_link("successor", "two", "one");
    let (s, today) = (c.structure(), day("2026-11-05"));
    assert_eq!(s.predecessors(c.body("one"), today), [c.body("two")]);
    assert_eq!(s.with_successors(c.owner("one"), today), [c.owner("two")]);
}

#[test]
fn mergers_of_mergers_reach_back_to_every_old_town_and_its_posts() {
    let mut c = County::default();
    for town in ["a", "b", "ab", "abc"] {
        c.add_body(town, "government", "town");
        c.add_post(&format!("head of {town}"), town, "head");
        c.add_post(&format!("deputy of {town}"), town, "deputy-head");
    }
    for (new, old) in [("ab", "a"), ("ab", "b"), ("abc", "ab")] {
        c.add_link("successor", new, old);
    }
    let (s, today) = (c.structure(), day("2026-11-05"));
    let names = |owners: Vec<Owner>| -> Vec<String> {
        let mut all: Vec<String> = owners.iter().map(|o| c.name_of(*o).to_owned()).collect();
        all.sort();
        all
    };
    assert_eq!(
        names(s.with_predecessors(c.owner("abc"), today)),
        ["a", "ab", "abc", "b"]
    );
    assert_eq!(
        names(s.owners_before(c.owner("head of abc"), today)),
        ["head of a", "head of ab", "head of b"]
    );
    assert_eq!(
        names(s.with_successors(c.owner("deputy of b"), today)),
        ["deputy of ab", "deputy of abc"]
    );
}

#[test]
fn what_narrows_a_union_holds_for_each_of_its_parts() {
    let mut c = County::default();
    c.add_body("county government", "government", "county");
    c.add_body("town government", "government", "town");
    c.add_body("bureau", "department", "county");
    c.add_post("county head", "county government", "head");
    c.add_post("town head", "town government", "head");
    c.add_post("bureau head", "bureau", "head");
    c.bodies[2].spans[0].attrs = attrs(&["regulator"]);
    let bodies = any_of(vec![of_kind("government"), of_kind("department")]);
    let on = "2026-03-02";
    assert_eq!(
        taken(&c, &bodies, on),
        ["county government", "town government", "bureau"]
    );
    let county = Selector {
        levels: vec![parse("county")],
        ..bodies.clone()
    };
    assert_eq!(taken(&c, &county, on), ["county government", "bureau"]);
    let regulators = Selector {
        attrs: attrs(&["regulator"]),
        ..bodies.clone()
    };
    assert_eq!(taken(&c, &regulators, on), ["bureau"]);
    let others = Selector {
        without: attrs(&["regulator"]),
        ..bodies
    };
    assert_eq!(
        taken(&c, &others, on),
        ["county government", "town government"]
    );
    let heads = any_of(vec![
        with_post(of_kind("government"), "head"),
        with_post(of_kind("department"), "head"),
    ]);
    let of_county = Selector {
        levels: vec![parse("county")],
        ..heads
    };
    assert_eq!(taken(&c, &of_county, on), ["county head", "bureau head"]);
}

#[test]
fn an_attribute_with_several_values_is_met_by_each_and_a_missing_flag_is_no() {
    let mut c = County::default();
    let many = AttrValue::Many(vec!["coal".to_owned(), "gas".to_owned()]);
    c.add_body("mine", "enterprise", "town").spans[0]
        .attrs
        .insert("sectors".to_owned(), many);
    c.add_body("mill", "enterprise", "town");
    let on = "2026-03-02";
    let coal = Selector {
        attrs: attrs(&["sectors=coal"]),
        ..of_kind("enterprise")
    };
    assert_eq!(taken(&c, &coal, on), ["mine"]);
    let no = AttrValue::Flag(false);
    let plain = Selector {
        attrs: [("high_hazard".to_owned(), no)].into(),
        ..of_kind("enterprise")
    };
    assert_eq!(taken(&c, &plain, on), ["mine", "mill"]);
}

#[test]
fn the_office_adds_to_a_list_and_takes_from_it() {
    let mut c = County::default();
    for body in ["bureau", "brigade", "school"] {
        c.add_body(body, "department", "county");
    }
    c.add_body("closed bureau", "department", "county")
        .closed_on = Some(day("2026-01-01"));
    c.add_body("mill", "enterprise", "town");
    let mut lists = Lists::default();
    let (added, removed) = (c.body("mill"), c.body("school"));
    lists.insert(
        parse("units"),
        of_kind("department"),
        vec![added],
        vec![removed],
    );
    let sel = Selector {
        base: SelectorBase::List(parse("units")),
        ..of_kind("team")
    };
    let structure = c.structure();
    let names = |sel: &Selector| -> Vec<String> {
        let owners = structure.owners(sel, &lists, day("2026-03-02"));
        owners.iter().map(|o| c.name_of(*o).to_owned()).collect()
    };
    assert_eq!(names(&sel), ["bureau", "brigade", "mill"]);
    let of_county = Selector {
        levels: vec![parse("county")],
        ..sel
    };
    assert_eq!(names(&of_county), ["bureau", "brigade"]);
}

#[test]
fn groups_are_committees_where_committees_are_meant_and_else_all() {
    let mut c = County::default();
    for bureau in ["energy", "safety", "brigade"] {
        c.add_body(bureau, "department", "county");
    }
    for (committee, lead) in [("coal", "energy"), ("fire", "brigade")] {
        c.add_body(committee, "special-committee", "county");
        c.add_link("leads", lead, committee);
        c.add_link("leads", "safety", committee);
        c.add_post(&format!("{committee} chair"), committee, "chair");
        c.add_post(&format!("{committee} deputy"), committee, "deputy-chair");
    }
    let s = c.structure();
    let any = |sel: Selector| Selector {
        how: How::Any,
        ..sel
    };
    let leads = any(linked(LinkKind::Leads, of_kind("special-committee")));
    assert_eq!(groups(&c, &s, &leads, "energy"), [["energy", "safety"]]);
    assert_eq!(
        groups(&c, &s, &leads, "safety"),
        [["energy", "safety"], ["safety", "brigade"]]
    );
    let roles = any(any_of(vec![
        with_post(of_kind("special-committee"), "chair"),
        with_post(of_kind("special-committee"), "deputy-chair"),
    ]));
    assert_eq!(
        groups(&c, &s, &roles, "coal deputy"),
        [["coal chair", "coal deputy"]]
    );
    let bureaus = any(of_kind("department"));
    assert_eq!(
        groups(&c, &s, &bureaus, "brigade"),
        [["energy", "safety", "brigade"]]
    );
    assert_eq!(
        groups(&c, &s, &of_kind("department"), "brigade"),
        [["brigade"]]
    );
}

#[test]
fn whoever_leads_a_visit_leads_it_for_the_committees_of_that_field() {
    let mut c = County::default();
    c.add_body("government", "government", "county");
    c.add_post("deputy", "government", "deputy-head");
    let office = c.post("deputy");
    for (committee, field) in [("coal", "sector=coal"), ("fire", "sector=fire")] {
        c.add_body(committee, "special-committee", "county").spans[0].attrs = attrs(&[field]);
        c.add_post(&format!("{committee} chair"), committee, "chair")
            .ex_officio = Some(office);
    }
    let fields = AttrValue::Many(vec!["coal".to_owned(), "gas".to_owned()]);
    c.add_body("mine", "enterprise", "town").spans[0]
        .attrs
        .insert("sectors".to_owned(), fields);
    c.add_body("mill", "enterprise", "town");
    let s = c.structure();
    let chairs = |visited: &str| -> Vec<String> {
        let found = s.chairs_for_visit(office, c.body(visited), day("2026-03-02"));
        found.iter().map(|p| p.title.clone()).collect()
    };
    assert_eq!(chairs("mine"), ["coal chair"]);
    assert!(chairs("mill").is_empty());
}

#[test]
fn who_answers_for_whom_follows_the_tree_and_the_committees() {
    let mut c = County::default();
    c.add_body("county", "jurisdiction", "county");
    c.add_under("county", "town", "jurisdiction", "town");
    c.add_under("county", "office", "safety-office", "county");
    c.add_under("county", "council", "safety-committee", "county");
    c.add_under("county", "county government", "government", "county");
    c.add_under("county", "county party", "party-committee", "county");
    c.add_under("town", "town government", "government", "town");
    c.add_under("town", "town party", "party-committee", "town");
    c.add_under("county", "bureau", "department", "county");
    c.add_under("county", "coal", "special-committee", "county");
    c.add_under("town", "mill", "enterprise", "town");
    c.add_under("mill", "furnace", "workshop", "town");
    c.add_link("leads", "bureau", "coal").to_on = Some(day("2026-06-01"));
    let s = c.structure();
    let answers = |who: &str, on| -> Vec<String> {
        let found = s.answers_for(c.body(who), day(on));
        found
            .iter()
            .map(|b| c.name_of(Owner::Body(*b)).to_owned())
            .collect()
    };
    let on = "2026-03-02";
    assert_eq!(
        answers("town", on),
        ["town", "town government", "town party"]
    );
    assert_eq!(answers("town party", on), ["town party", "town government"]);
    assert_eq!(answers("county party", on), ["county party"]);
    assert_eq!(answers("office", on), ["office", "council"]);
    assert_eq!(answers("bureau", on), ["bureau", "coal"]);
    assert_eq!(answers("bureau", "2026-06-01"), ["bureau"]);
    assert_eq!(answers("mill", on), ["mill", "furnace"]);
    assert_eq!(answers("furnace", on), ["furnace"]);
}
