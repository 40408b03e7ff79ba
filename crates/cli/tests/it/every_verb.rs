//! Every verb by the page, the API and the command line: which addresses and which command, or why
//! there is none. Golden, and counted.

use std::fmt::Write as _;
use std::path::Path;

use app::Verb;
use app::door::{Operation, all};
use app::verb::Power;

use crate::running::bihuan;

/// Why a verb that somebody signed in may do has not all three doors.
const EXCEPTIONS: &[(Verb, &str)] = &[
    (
        Verb::PersonPassword,
        "of the session: a password is typed at a page and goes into no program",
    ),
    (
        Verb::SessionSignOut,
        "of the session: it ends what a cookie opened",
    ),
];

/// Operations that have their row and are refused to tokens or to the operator, with their codes.
const AT_A_PAGE: &[(Verb, &str)] = &[
    (Verb::TokenMake, "token.session: a token makes no token"),
    (
        Verb::ResetAsk,
        "reset.token: by two, at their pages (ADR 0013)",
    ),
    (
        Verb::ResetConsent,
        "reset.token: by two, at their pages (ADR 0013)",
    ),
    (
        Verb::ResetRefuse,
        "reset.token: by two, at their pages (ADR 0013)",
    ),
    (
        Verb::ResetWithdraw,
        "reset.token: by two, at their pages (ADR 0013)",
    ),
    (
        Verb::ResetTold,
        "reset.token: whoever is told says so himself",
    ),
];

/// Operations that write under no verb: they look, or end what was not recorded.
const NO_VERB: &[(&str, &str)] = &[
    (
        "act.preview",
        "shows what an act would count for, and writes nothing",
    ),
    (
        "draft.cancel",
        "ends a reading in memory, of which nothing was written",
    ),
    ("pack.check", "looks at files and keeps none of them"),
    (
        "pack.plan",
        "shows what applying would add, and writes nothing",
    ),
];

fn reason(of: &[(Verb, &'static str)], verb: Verb) -> Option<&'static str> {
    let found = of.iter().find(|(known, _)| *known == verb);
    found.map(|(_, why)| *why)
}

fn operation(verb: Verb) -> Option<&'static Operation> {
    all().find(|operation| operation.writes() && operation.name == verb.code())
}

/// The addresses of the pages where a verb is done.
fn pages(verb: Verb) -> Vec<&'static str> {
    let routes = web::all_routes().filter(|route| route.verbs.contains(&verb));
    routes.map(|route| route.path).collect()
}

/// Whether the verb is somebody's who signed in, and who else does it.
const fn others(power: Power) -> Option<&'static str> {
    match power {
        Power::May(_) | Power::Oneself => None,
        Power::Door => Some("at the door: signing in, one-time links"),
        Power::Console => Some("the operator's at the server, with a command of its own"),
        Power::Program => Some("the program's own: set-up, jobs, upgrades"),
    }
}

#[test]
fn golden_three_doors_of_every_verb() {
    let (mut out, mut whole, mut due, mut excepted) = (String::new(), 0, 0, 0);
    for verb in Verb::ALL.iter().copied() {
        let _ = write!(out, "{:<20}", verb.code());
        let pages = pages(verb);
        if let Some(why) = others(verb.row().power) {
            let _ = writeln!(out, "{why}");
            assert!(operation(verb).is_none(), "{} has a row", verb.code());
            continue;
        }
        due += 1;
        let Some(row) = operation(verb) else {
            let why = reason(EXCEPTIONS, verb);
            let why = why.unwrap_or_else(|| panic!("{} has one door", verb.code()));
            excepted += 1;
            let _ = writeln!(out, "POST {:<46}{why}", pages.join(", "));
            continue;
        };
        assert!(!pages.is_empty(), "{} has no page", verb.code());
        let command = format!("bihuan {} {}", row.noun(), row.verb());
        bihuan(&[row.noun(), row.verb(), "--help"]).ok();
        whole += 1;
        let path = format!("/api/v1{}", row.path);
        let _ = write!(out, "POST {:<46}POST {path:<52}{command}", pages.join(", "));
        match reason(AT_A_PAGE, verb) {
            Some(why) => {
                let _ = writeln!(out, "   ({why})");
            }
            None => out.push('\n'),
        }
    }
    let _ = writeln!(
        out,
        "\nverbs of people with three doors: {whole} of {due}; at the page only, with the reason: \
         {excepted} of {due}"
    );
    assert_eq!(whole + excepted, due);
    let reads = all().filter(|operation| !operation.writes()).count();
    let _ = writeln!(
        out,
        "lists and things to look at, by API and command line: {reads}"
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/three-doors.txt");
    testkit::golden(&path, &out);
}

#[test]
fn a_form_that_is_sent_does_a_verb_or_says_why_not() {
    const LOOKS: &[&str] = &[
        "/acts/preview",
        "/as-of",
        "/session/post",
        "/packs/drafts/reading/cancel",
    ];
    for route in web::all_routes() {
        let does = !route.verbs.is_empty();
        let writes = route.method == "POST" && !LOOKS.contains(&route.path);
        assert_eq!(does, writes, "{} {}", route.method, route.path);
    }
    for operation in all().filter(|operation| operation.writes()) {
        let is_verb = Verb::of(operation.name).is_some();
        let known = NO_VERB.iter().any(|(name, _)| *name == operation.name);
        assert!(is_verb != known, "{}", operation.name);
    }
}
