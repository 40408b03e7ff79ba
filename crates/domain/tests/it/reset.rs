//! Requests for a person's sign-in: every state, step and part against the golden file.

use std::path::Path;

use domain::reset::{Part, Step, table};

use crate::county::person;

#[test]
fn what_becomes_of_a_request_is_what_the_golden_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/reset.txt");
    let table = table(person(1));
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is told by hand to write its file anew"
    )]
    let bless = std::env::var("BIHUAN_BLESS").is_ok_and(|v| v == "1");
    if bless {
        std::fs::write(&path, &table).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        table, golden,
        "where the change is meant, run again with BIHUAN_BLESS=1"
    );
    assert_eq!(
        golden.lines().count(),
        6 * Step::ALL.len() * Part::ALL.len()
    );
    let given: Vec<&str> = golden.lines().filter(|l| l.ends_with("-> given")).collect();
    assert_eq!(
        given,
        ["asked      consent   another  -> given"],
        "one way only"
    );
}
