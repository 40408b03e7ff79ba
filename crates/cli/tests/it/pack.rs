//! Packs at the command line.

use std::path::Path;

use serde_json::Value;

use crate::running::{bihuan, root};

const Z1: &str = "schemes/zezhou-2026-committees";
const Z2: &str = "schemes/zezhou-2026-three-actions";

#[test]
fn the_shipped_packs_are_sound() {
    let ran = bihuan(&["--json", "pack", "check", "schemes/common", Z1, Z2]).ok();
    for pack in ran.values() {
        assert_eq!(pack["sound"], true, "{pack}");
        assert_eq!(pack["problems"], Value::Array(Vec::new()), "{pack}");
    }
}

#[test]
fn timed_elements_come_line_by_line_and_a_vocabulary_has_none() {
    let z1 = bihuan(&["pack", "timed", Z1, "--json"]).ok().values();
    let z2 = bihuan(&["pack", "timed", Z2, "--json"]).ok().values();
    assert_eq!((z1.len(), z2.len()), (13, 44));
    assert!(
        z1.iter()
            .all(|line| line["doc"] == "000_2908de8cfd444f42.txt")
    );
    assert!(
        bihuan(&["pack", "timed", "schemes/common", "--json"])
            .ok()
            .out
            .is_empty()
    );
    let all = bihuan(&[
        "pack",
        "timed",
        "README.md",
        "schemes/common",
        Z1,
        Z2,
        "--json",
    ])
    .ok();
    assert_eq!(all.values().len(), z1.len() + z2.len());
}

#[test]
fn a_pack_with_mistakes_is_refused_with_all_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("zezhou-2026-committees");
    std::fs::create_dir(&to).unwrap();
    for entry in std::fs::read_dir(root().join(Z1)).unwrap() {
        let from = entry.unwrap().path();
        std::fs::copy(&from, to.join(from.file_name().unwrap())).unwrap();
    }
    let duties = std::fs::read_to_string(to.join("duties.toml")).unwrap();
    let broken = duties
        .replacen("every = \"quarter\"", "evry = \"quarter\"", 1)
        .replacen("due = \"12-31\"", "due = \"13-31\"", 1);
    assert_ne!(duties, broken);
    std::fs::write(to.join("duties.toml"), broken).unwrap();
    let path = to.to_str().unwrap();

    let ran = bihuan(&["--json", "pack", "check", path]).ends(1).value();
    let problems = ran["problems"].as_array().unwrap();
    assert!(problems.len() >= 2, "{ran}");
    let unknown = problems
        .iter()
        .find(|p| p["code"] == "pack.unknown-key")
        .unwrap();
    assert!(
        unknown["nearest"].as_str().unwrap().contains("every"),
        "{unknown}"
    );
    assert!(unknown["line"].as_u64().unwrap() > 1);

    let ran = bihuan(&["pack", "check", path]).ends(1);
    assert!(
        ran.out.contains("duties.toml") && ran.out.contains("处错误"),
        "{}",
        ran.out
    );
    let ran = bihuan(&["pack", "timed", path]).ends(1);
    assert!(
        ran.out.is_empty() && ran.err.contains("pack check"),
        "{ran:?}"
    );
}

#[test]
fn a_pack_is_shown_clause_by_clause() {
    let ran = bihuan(&["pack", "show", Z2]).ok();
    assert!(ran.out.starts_with("全县安全生产责任大落实"), "{}", ran.out);
    assert!(ran.out.contains("一/（二）/3") && ran.out.contains("government-leader-visit"));
    let shown = bihuan(&["--json", "pack", "show", Z2]).ok().value();
    let asked = shown["pack"]["asked"].as_array().unwrap();
    let texts: Vec<&Value> = asked
        .iter()
        .filter(|a| a["id"] == "monthly-return")
        .collect();
    assert_eq!(texts.len(), 2, "both texts of the return are shown");
}

#[test]
fn what_the_program_prints_about_packs_is_what_the_documents_hold() {
    let schema = bihuan(&["pack", "schema"]).ok().out;
    assert!(serde_json::from_str::<Value>(&schema).unwrap().is_object());
    assert_eq!(schema, kept("docs/pack-schema.json"));
    assert_eq!(
        bihuan(&["pack", "reference"]).ok().out,
        kept("docs/pack-reference.md")
    );
}

fn kept(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn a_wrong_path_is_a_mistake_of_the_command_line() {
    let ran = bihuan(&["pack", "check", "schemes/nowhere"]).ends(2);
    assert!(ran.err.contains("没有找到“schemes/nowhere”"), "{}", ran.err);
    let ran = bihuan(&["pack", "check", "README.md"]).ends(2);
    assert!(ran.err.contains("没有制度包"), "{}", ran.err);
    assert!(Path::new(&root()).is_dir());
    bihuan(&["pack", "chekc"]).ends(2);
}
