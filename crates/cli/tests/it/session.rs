//! A session at the command line: a visit recorded, put right and withdrawn on behalf of people.

use std::path::Path;

use serde_json::Value;

use crate::running::{Copied, in_demo};

/// Ids of a demo's bodies and posts, looked up as a person would: in the list of duties.
fn owner(demo: &Copied, login: &str, duty: &str, name: &str) -> String {
    let ran = demo.run(&[
        "--json", "duty", "list", "--as", login, "--text", name, "--limit", "500",
    ]);
    let rows = ran.ok().values();
    let found = rows
        .iter()
        .find(|r| r["duty"] == duty && r["owner_name"] == name)
        .unwrap();
    found["owner"].as_str().unwrap().to_owned()
}

/// Ids are long and say nothing to the reader.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("act_0") {
        out.push_str(&rest[..at]);
        out.push_str("act_…");
        rest = &rest[at + 36..];
    }
    out.push_str(rest);
    out
}

#[test]
fn golden_session_of_a_visit() {
    let demo = Copied::new();
    let mayor = owner(
        &demo,
        "shiqiao",
        "government-leader-visit",
        "石桥镇人民政府镇长",
    );
    let led = format!("led={mayor}");
    let mut told = String::new();
    let mut run = |arguments: &[&str], code: i32| {
        let ran = demo.run(arguments);
        let shown: Vec<String> = arguments
            .iter()
            .map(|a| plain(&a.replace(&mayor, "post_…")))
            .collect();
        told.push_str(&format!(
            "$ bihuan {}\n{}{}\n",
            shown.join(" "),
            plain(&ran.out),
            plain(&ran.err)
        ));
        ran.ends(code).out
    };
    let visit = [
        "--field",
        "way=unannounced",
        "--part",
        &led,
        "--as",
        "shiqiao",
    ];
    let preview = [&["act", "record", "inspection", "--preview"][..], &visit].concat();
    run(&preview, 0);
    let id = run(&[&["act", "record", "inspection"][..], &visit].concat(), 0);
    let id = id.trim();
    let wrong = [
        "act",
        "record",
        "inspection",
        "--on",
        "2026-12-24",
        "--part",
        &led,
        "--as",
        "shiqiao",
    ];
    run(&wrong, 2);
    let foreign = [
        "act",
        "record",
        "inspection",
        "--field",
        "way=routine",
        "--part",
        &led,
    ];
    run(&[&foreign[..], &["--as", "qingxi"]].concat(), 1);
    run(
        &[
            "act",
            "amend",
            id,
            "--reason",
            "补记问题",
            "--field",
            "problems=灭火器过期",
            "--as",
            "shiqiao",
        ],
        0,
    );
    let stale = [
        "act",
        "withdraw",
        id,
        "--version",
        "1",
        "--reason",
        "重复",
        "--as",
        "shiqiao",
    ];
    let refused = run(&stale, 1);
    assert_eq!(refused, "");
    run(
        &[
            "act",
            "withdraw",
            id,
            "--reason",
            "与前一条重复",
            "--as",
            "shiqiao",
        ],
        0,
    );
    run(&["act", "show", id, "--as", "nobody"], 1);
    run(&["duty", "list", "--as", "shiqiao", "--state", "late"], 2);

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/session.txt");
    testkit::golden(&path, &told);

    let shown = demo
        .run(&["--json", "act", "show", id, "--as", "shiqiao"])
        .ok()
        .value();
    let steps: Vec<&Value> = shown["act"]["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| &v["step"])
        .collect();
    assert_eq!(steps, ["撤回", "更正", "记录"], "{shown}");
    assert_eq!(shown["act"]["mark"], "已撤回");
    assert_eq!(shown["act"]["meets"], Value::Array(Vec::new()));

    // What the command line did is audited, and the chain holds.
    let proof = demo.run(&["--json", "audit", "verify"]).ok().value();
    assert_eq!(proof["clean"], true);
    assert_eq!(
        demo.run(&["--json", "counted", "check"]).ok().value()["extra"],
        0
    );
}

#[test]
fn a_return_waits_for_the_office_and_is_listed() {
    let ran = in_demo(&["--json", "act", "list", "--waiting", "--as", "anban"]).ok();
    let waiting = ran.values();
    assert_eq!(waiting.len(), 2, "{waiting:?}");
    assert!(waiting.iter().all(|a| a["mark"] == "待审核"));
}

#[test]
fn a_pack_is_imported_again_without_harm_and_applied_by_the_office_only() {
    let demo = Copied::new();
    let folder = "schemes/zezhou-2026-three-actions";
    let again = demo.run(&["pack", "import", folder, "--as", "anban"]).ok();
    assert!(again.out.contains("此前已导入"), "{}", again.out);
    demo.run(&["pack", "import", folder, "--as", "shiqiao"])
        .ends(1);
    let id = "zezhou-2026-three-actions";
    let apply = ["pack", "apply", id, "--from", "2026-02-14", "--as", "anban"];
    let refused = demo.run(&apply).ends(2);
    assert!(refused.err.contains("理由"), "{}", refused.err);

    let file = demo.path().join("choices.toml");
    std::fs::write(
        &file,
        "reason = \"改按月末报送\"\n[options]\nmonthly-return = \"month-end\"\n",
    )
    .unwrap();
    let path = file.to_str().unwrap();
    let from = [
        "pack",
        "apply",
        id,
        "--from",
        "2026-11-01",
        "--choices",
        path,
        "--as",
        "anban",
    ];
    let planned = demo
        .run(&[&["--json"][..], &from, &["--plan"]].concat())
        .ok()
        .values();
    assert!(planned.iter().any(|p| p["owners"] == 38), "{planned:?}");
    assert!(demo.run(&from).ok().out.contains("自2026-11-01起施行"));
    let rows = demo.run(&[
        "--json",
        "duty",
        "list",
        "--as",
        "anban",
        "--text",
        "清溪镇人民政府",
    ]);
    let rows = rows.ok().values();
    assert!(!rows.is_empty());
    std::fs::write(&file, "reson = \"\"\n").unwrap();
    let wrong = demo.run(&from).ends(2);
    assert!(
        wrong.err.contains("reson") && wrong.err.contains("reason"),
        "{}",
        wrong.err
    );
}
