//! Packs: what the checker says about good and bad ones, and what is made of the good ones.

use std::path::{Path, PathBuf};

use domain::pack::{Pack, PackFile, Reading, read, read_all, report};

/// A pack that exists for tests, as files.
pub(crate) fn files(name: &str) -> Vec<PackFile> {
    folder(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/packs")
            .join(name),
    )
}

fn folder(path: &Path) -> Vec<PackFile> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let toml = paths
        .iter()
        .filter(|p| p.extension().is_some_and(|e| e == "toml"));
    toml.map(|p| PackFile {
        path: p.file_name().unwrap().to_str().unwrap().to_owned(),
        text: std::fs::read_to_string(p).unwrap(),
    })
    .collect()
}

/// The vocabulary of the test packs.
pub(crate) fn words() -> Pack {
    sound(&files("words"), &[])
}

/// Reads a pack that must have no problem at all, not even a warning.
pub(crate) fn sound(files: &[PackFile], used: &[&Pack]) -> Pack {
    let Reading { pack, problems } = read_all(files, used);
    assert!(problems.is_empty(), "{}", report(&problems, files));
    pack.unwrap()
}

/// The invented county's pack.
pub(crate) fn second_county() -> Pack {
    sound(&files("second-county"), &[&words()])
}

#[test]
fn a_second_county_with_other_habits_reads_without_a_problem() {
    let pack = second_county();
    assert_eq!(pack.id.as_str(), "second-county");
    assert_eq!(pack.clauses[0].id, "preamble");
    assert_eq!(pack.committees[0].leads, ["水务局", "自然资源局"]);
    assert_eq!(pack.duties.len(), 7);
    assert_eq!(pack.forms[0].columns[1].head.len(), 3);
    assert_eq!(read(&files("second-county"), &[&words()]), Ok(pack));
}

#[test]
fn the_packs_that_ship_read_without_an_error() {
    let schemes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemes");
    let common_files = folder(&schemes.join("common"));
    let common =
        read(&common_files, &[]).unwrap_or_else(|p| panic!("{}", report(&p.0, &common_files)));
    let shipped = std::fs::read_dir(&schemes).unwrap();
    // Drafts ship too, for the counties that go on with them.
    let drafts = std::fs::read_dir(schemes.join("drafts")).unwrap();
    for entry in shipped.chain(drafts) {
        let path = entry.unwrap().path();
        if path.join("scheme.toml").exists() && !path.ends_with("common") {
            let files = folder(&path);
            let reading = read_all(&files, &[&common]);
            assert!(
                reading.pack.is_some(),
                "{}",
                report(&reading.problems, &files)
            );
        }
    }
}
