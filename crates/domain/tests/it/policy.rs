//! Powers: the whole table against its golden file, and what must never be allowed, as sentences.

use std::path::Path;

use domain::act::Part;
use domain::body::LinkKind;
use domain::part::Doing;
use domain::policy::{Action, NotDecider, Relation, Role, Stake, allows, decides, table};
use domain::structure::Structure;
use domain::thing::Thing;

use crate::county::{County, day};

/// What is business: everything that is neither the body's page nor powers nor the trail.
const BUSINESS: &[Action] = &[
    Action::ViewStanding,
    Action::ViewAct,
    Action::RecordAct,
    Action::AmendAct,
    Action::JudgeReturn,
    Action::AskRuling,
    Action::DecideRuling,
    Action::ViewPack,
    Action::ApplyPack,
    Action::OpenOccasion,
];

const ADMINISTRATORS: &[Role] = &[Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];

/// What changes something.
const WRITES: &[Action] = &[
    Action::RecordAct,
    Action::AmendAct,
    Action::JudgeReturn,
    Action::AskRuling,
    Action::DecideRuling,
    Action::ApplyPack,
    Action::OpenOccasion,
    Action::EditBody,
    Action::EditPost,
    Action::EditPerson,
    Action::ConsentReset,
    Action::GrantRole,
    Action::RunJob,
];

fn allowed_anywhere(role: Role, action: Action) -> bool {
    Relation::ALL.iter().any(|r| allows(role, action, *r))
}

/// Compares with a golden file, or writes it where the test is told to.
pub(crate) fn golden(name: &str, table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is told by hand to write its file anew"
    )]
    let bless = std::env::var("BIHUAN_BLESS").is_ok_and(|v| v == "1");
    if bless {
        std::fs::write(&path, table).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        table, kept,
        "where the change is meant, run again with BIHUAN_BLESS=1"
    );
}

#[test]
fn who_may_do_what_where_is_what_the_golden_table_says() {
    golden("policy.txt", &table());
    let stakes = 8;
    let rows = Role::ALL.len() * (Action::ALL.len() + stakes);
    assert_eq!(table().lines().count(), rows);
}

#[test]
fn the_three_administrators_see_no_business() {
    for role in ADMINISTRATORS {
        for action in BUSINESS {
            assert!(!allowed_anywhere(*role, *action), "{role} {action}");
        }
    }
}

#[test]
fn no_two_administrators_share_a_power_and_no_role_of_business_has_one_of_theirs() {
    let powers = [Action::EditPerson, Action::GrantRole, Action::ViewAudit];
    for action in powers {
        let holders: Vec<Role> = Role::ALL
            .iter()
            .copied()
            .filter(|r| allowed_anywhere(*r, action))
            .collect();
        assert_eq!(holders.len(), 1, "{action}: {holders:?}");
        assert!(ADMINISTRATORS.contains(&holders[0]), "{action}");
    }
}

#[test]
fn the_three_administrators_and_nobody_else_have_the_second_word_on_a_reset() {
    for role in Role::ALL {
        for relation in Relation::ALL {
            assert_eq!(
                allows(*role, Action::ConsentReset, *relation),
                ADMINISTRATORS.contains(role)
                    && matches!(relation, Relation::Own | Relation::Below),
                "{role} {relation}"
            );
        }
    }
}

#[test]
fn one_person_holds_one_administrators_role_or_business() {
    for one in Role::ALL {
        for other in Role::ALL {
            let apart =
                one != other && (ADMINISTRATORS.contains(one) || ADMINISTRATORS.contains(other));
            assert_eq!(one.goes_with(*other), !apart, "{one} {other}");
        }
        assert_eq!(one.is_administrator(), ADMINISTRATORS.contains(one));
        assert!(one.is_guarded() || matches!(one, Role::Liaison | Role::Viewer));
    }
}

#[test]
fn nobody_decides_a_request_of_his_own_whatever_his_roles() {
    let below = [Relation::Below];
    for bits in 0..4_u8 {
        let stake = Stake {
            asked_it: bits & 1 > 0,
            owes_it: bits & 2 > 0,
            setter_owes: false,
        };
        let own = stake.asked_it || stake.owes_it;
        assert_eq!(decides(Role::ALL, &below, stake).is_err(), own, "{stake:?}");
    }
    assert_eq!(
        decides(Role::ALL, &[Relation::Territory], Stake::default()),
        Err(NotDecider::NoPower),
        "seeing is not deciding"
    );
    for role in Role::ALL.iter().filter(|r| **r != Role::Office) {
        let both = allowed_anywhere(*role, Action::AskRuling)
            && allowed_anywhere(*role, Action::DecideRuling);
        assert!(
            !both,
            "only the office asks for itself and decides for others, not {role}"
        );
    }
}

#[test]
fn what_the_office_owes_a_leader_of_the_county_decides() {
    let below = [Relation::Below];
    let stake = Stake {
        setter_owes: true,
        ..Stake::default()
    };
    assert_eq!(
        decides(&[Role::Office], &below, stake),
        Err(NotDecider::SetterOwes)
    );
    assert_eq!(
        decides(&[Role::Office, Role::Leader], &below, stake),
        Ok(())
    );
}

#[test]
fn a_liaison_officer_judges_no_return_and_decides_no_request() {
    for action in [Action::JudgeReturn, Action::DecideRuling, Action::ApplyPack] {
        assert!(!allowed_anywhere(Role::Liaison, action), "{action}");
    }
    assert!(allows(Role::Liaison, Action::RecordAct, Relation::Own));
}

#[test]
fn who_only_looks_changes_nothing() {
    for action in WRITES {
        assert!(!allowed_anywhere(Role::Viewer, *action), "{action}");
    }
}

#[test]
fn nobody_writes_above_beside_or_outside_the_own_body() {
    let outside = Relation::ALL
        .iter()
        .filter(|r| !matches!(r, Relation::Own | Relation::Below));
    for relation in outside {
        for role in Role::ALL {
            for action in WRITES {
                assert!(
                    !allows(*role, *action, *relation),
                    "{role} {action} {relation}"
                );
            }
        }
    }
}

#[test]
fn who_is_named_in_an_act_sees_that_act_and_nothing_else() {
    let business = [Role::Office, Role::Leader, Role::Liaison, Role::Viewer];
    for role in Role::ALL {
        let sees = allows(*role, Action::ViewAct, Relation::Party);
        assert_eq!(sees, business.contains(role), "{role}");
        let all = Action::ALL.iter();
        for action in all.filter(|a| !matches!(a, Action::ViewAct | Action::ViewPack)) {
            assert!(!allows(*role, *action, Relation::Party), "{role} {action}");
        }
    }
}

#[test]
fn who_is_accused_by_a_thing_does_not_see_it_for_that() {
    for role in Role::ALL {
        for action in Action::ALL.iter().filter(|a| **a != Action::ViewPack) {
            assert!(
                !allows(*role, *action, Relation::Accused),
                "{role} {action}"
            );
        }
    }
}

// --- the same in a county ----------------------------------------------------------------------

const DAY: &str = "2026-03-02";

/// A county with two towns, a regulated enterprise, and a committee with lead and member.
fn county() -> (County, Structure) {
    let mut c = County::default();
    c.add_body("county", "jurisdiction", "county");
    for town in ["north", "south"] {
        c.add_under("county", town, "jurisdiction", "town");
    }
    c.add_under("north", "mine", "enterprise", "town");
    c.add_under("south", "mill", "enterprise", "town");
    for bureau in ["energy bureau", "fire brigade", "culture bureau"] {
        c.add_under("county", bureau, "department", "county");
    }
    c.add_under("county", "coal committee", "special-committee", "county");
    c.add_link("regulates", "energy bureau", "mine");
    c.add_link("leads", "energy bureau", "coal committee");
    c.add_link("member", "fire brigade", "coal committee");
    c.add_link("territory", "south", "mine").from_on = day("2026-05-01");
    let structure = c.structure();
    (c, structure)
}

/// How the role's body stands to an act: a word for it, whose role it is, who did what, and whether
/// it is a return.
const STANDS: &[(&str, &str, &[&str], bool)] = &[
    ("host", "north", &["north hosted", "south took-part"], false),
    ("above-the-host", "county", &["north hosted"], false),
    (
        "lead-department",
        "energy bureau",
        &["coal committee hosted", "fire brigade took-part"],
        false,
    ),
    (
        "took-part-only",
        "north",
        &["south hosted", "north took-part"],
        false,
    ),
    (
        "took-part-with-nobody",
        "north",
        &["north took-part"],
        false,
    ),
    (
        "visited-only",
        "north",
        &["county led", "mine was-visited"],
        false,
    ),
    (
        "regulates-the-visited",
        "energy bureau",
        &["county led", "mine was-visited"],
        false,
    ),
    (
        "another's-part",
        "north",
        &["north hosted", "south led"],
        false,
    ),
    (
        "another's-head-presided",
        "north",
        &["north hosted", "county presided"],
        false,
    ),
    ("own-return", "north", &["north hosted"], true),
    (
        "named-in-a-return",
        "north",
        &["south hosted", "north took-part"],
        true,
    ),
    (
        "not-in-it",
        "north",
        &["south hosted", "mill was-visited"],
        false,
    ),
];

/// What each role may do to an act, one line a role and a standing.
fn acts_table() -> String {
    let (c, structure) = county();
    let actions = [
        Action::ViewAct,
        Action::RecordAct,
        Action::AmendAct,
        Action::JudgeReturn,
    ];
    let mut out = String::new();
    for role in Role::ALL {
        for (word, actor, parts, is_return) in STANDS {
            let parts: Vec<Part> = parts.iter().map(|p| c.part(p)).collect();
            let doing = Doing {
                parts: &parts,
                is_return: *is_return,
                on: day(DAY),
            };
            let actor = c.body(actor);
            let may = |action: &Action| {
                let power = |body| {
                    let relations = structure.relations(actor, body, day(DAY));
                    relations.iter().any(|r| allows(*role, *action, *r))
                };
                if *action == Action::ViewAct {
                    let relations = doing
                        .thing(&structure)
                        .relations(&structure, actor, day(DAY));
                    relations.iter().any(|r| allows(*role, *action, *r))
                } else {
                    doing
                        .lacking(&structure, power)
                        .is_some_and(|lacking| lacking.is_empty())
                }
            };
            let yes: Vec<&str> = actions
                .iter()
                .filter(|a| may(a))
                .map(|a| a.code())
                .collect();
            let cell = if yes.is_empty() {
                "-".to_owned()
            } else {
                yes.join(" ")
            };
            out.push_str(&format!("{:<15}{word:<25}{cell}\n", role.code()));
        }
    }
    out
}

#[test]
fn what_may_be_done_to_an_act_is_what_the_golden_table_says() {
    let table = acts_table();
    golden("act-powers.txt", &table);
    let liaison = |word: &str| {
        let line = table
            .lines()
            .find(|l| l.starts_with("liaison ") && l.contains(&format!(" {word} ")));
        line.unwrap().split_whitespace().skip(2).collect::<Vec<_>>()
    };
    assert_eq!(liaison("took-part-only"), ["view-act"]);
    assert_eq!(liaison("another's-part"), ["view-act"]);
    assert_eq!(liaison("host"), ["view-act", "record-act", "amend-act"]);
    assert_eq!(liaison("not-in-it"), ["-"]);
}

fn may(role: Role, on_body: &str, action: Action, thing: &str, on: &str) -> bool {
    let (c, structure) = county();
    let relations = structure.relations(c.body(on_body), c.body(thing), day(on));
    relations.iter().any(|r| allows(role, action, *r))
}

#[test]
fn a_sibling_town_sees_nothing() {
    for role in [Role::Liaison, Role::Leader, Role::Viewer] {
        for action in [Action::ViewBody, Action::ViewStanding, Action::ViewAct] {
            assert!(!may(role, "north", action, "south", DAY), "{role} {action}");
            assert!(!may(role, "north", action, "mill", DAY), "{role} {action}");
            assert!(may(role, "north", action, "mine", DAY), "{role} {action}");
        }
    }
}

#[test]
fn a_regulator_sees_its_enterprise_and_writes_nothing_for_it() {
    let liaison = |action, thing| may(Role::Liaison, "energy bureau", action, thing, DAY);
    assert!(liaison(Action::ViewStanding, "mine"));
    assert!(!liaison(Action::ViewStanding, "mill"));
    assert!(!liaison(Action::RecordAct, "mine"));
    assert!(!may(
        Role::Liaison,
        "mine",
        Action::ViewStanding,
        "energy bureau",
        DAY
    ));
}

#[test]
fn the_office_of_a_committee_stands_in_its_lead_department() {
    let record = |from| {
        may(
            Role::Liaison,
            from,
            Action::RecordAct,
            "coal committee",
            DAY,
        )
    };
    assert!(record("energy bureau"));
    assert!(!record("fire brigade"), "a member sees the committee only");
    let sees = |from| {
        may(
            Role::Liaison,
            from,
            Action::ViewStanding,
            "coal committee",
            DAY,
        )
    };
    assert!(sees("fire brigade"));
    assert!(!sees("culture bureau"));
}

#[test]
fn territory_is_seen_from_the_day_on_which_it_became_so() {
    let sees = |on| may(Role::Liaison, "south", Action::ViewStanding, "mine", on);
    assert!(!sees("2026-04-30"));
    assert!(sees("2026-05-01"));
}

#[test]
fn the_office_works_in_its_county_and_an_enterprise_sees_no_more_than_itself() {
    assert!(may(
        Role::Office,
        "county",
        Action::JudgeReturn,
        "mill",
        DAY
    ));
    assert!(!may(
        Role::Viewer,
        "mill",
        Action::ViewStanding,
        "south",
        DAY
    ));
    assert!(may(Role::Viewer, "mill", Action::ViewStanding, "mill", DAY));
}

#[test]
fn relations_are_named_strongest_first_and_each_once() {
    let (c, structure) = county();
    let relations = |a: &str, b: &str| structure.relations(c.body(a), c.body(b), day(DAY));
    assert_eq!(
        relations("energy bureau", "coal committee"),
        [Relation::Own, Relation::Committee]
    );
    assert_eq!(
        relations("fire brigade", "coal committee"),
        [Relation::Sibling, Relation::Committee]
    );
    assert_eq!(relations("mine", "county"), [Relation::Above]);
    assert_eq!(relations("mill", "mine"), [Relation::None]);
    assert_eq!(
        structure.relations_of(c.body("mine"), day(DAY))[0].kind,
        LinkKind::Regulates
    );
}

#[test]
fn whoever_is_accused_is_kept_out_with_all_below_and_nobody_else_is() {
    let (c, structure) = county();
    let tip = Thing::of([c.body("county")])
        .naming([c.body("north")])
        .accusing([c.body("north")]);
    let stands = |a: &str| tip.relations(&structure, c.body(a), day(DAY));
    assert_eq!(stands("north"), [Relation::Accused], "named as well");
    assert_eq!(stands("mine"), [Relation::Accused], "below it");
    assert!(stands("county").contains(&Relation::Own));
    assert!(!stands("south").contains(&Relation::Accused));
}
