//! A session at the command line: a visit recorded, put right and withdrawn on behalf of people.

use std::path::Path;

use serde_json::Value;

use crate::running::{Copied, in_demo};

/// Ids of a demo's bodies and posts, looked up as a person would: in the list of duties.
fn owner(demo: &Copied, login: &str, duty: &str, name: &str) -> String {
    let rows = crate::running::duties(|all| demo.run(all), &["--as", login, "--text", name]);
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

/// A session: every command line with what it said.
struct Session {
    demo: Copied,
    mayor: String,
    act: String,
    told: String,
}

impl Session {
    /// Runs a line, in which MAYOR and ACT stand for ids, and keeps what was said.
    #[track_caller]
    fn runs(&mut self, line: &str, code: i32) -> String {
        let typed = line.replace("MAYOR", &self.mayor).replace("ACT", &self.act);
        let arguments: Vec<&str> = typed.split(' ').collect();
        let ran = self.demo.run(&arguments);
        let said = plain(&format!("{}{}", ran.out, ran.err)).replace(&self.mayor, "post_…");
        let line = line.replace("MAYOR", "post_…").replace("ACT", "act_…");
        self.told.push_str(&format!("$ bihuan {line}\n{said}\n"));
        ran.ends(code).out.trim().to_owned()
    }
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
    let mut s = Session {
        demo,
        mayor,
        act: String::new(),
        told: String::new(),
    };
    let visit = "inspection --field way=unannounced --part led=MAYOR --as shiqiao";
    s.runs(&format!("act record {visit} --preview"), 0);
    s.act = s.runs(&format!("act record {visit}"), 0);
    s.runs(
        "act record inspection --on 2026-12-24 --part led=MAYOR --as shiqiao",
        2,
    );
    s.runs(
        "act record inspection --field way=routine --part led=MAYOR --as qingxi",
        2,
    );
    s.runs(
        "act amend ACT --reason 补记问题 --field problems=灭火器过期 --as shiqiao",
        0,
    );
    let refused = s.runs("act withdraw ACT --version 1 --reason 重复 --as shiqiao", 1);
    assert_eq!(refused, "", "a refusal is talk, not data");
    s.runs("act withdraw ACT --reason 与前一条重复 --as shiqiao", 0);
    s.runs("act show ACT --as nobody", 1);
    s.runs("duty list --as shiqiao --state late", 2);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/session.txt");
    testkit::golden(&path, &s.told);

    let shown = s
        .demo
        .run(&["--json", "act", "show", &s.act, "--as", "shiqiao"])
        .ok()
        .value();
    let versions = shown["versions"].as_array().unwrap();
    let steps: Vec<&Value> = versions.iter().map(|v| &v["step"]).collect();
    assert_eq!(steps, ["withdraw", "reword", "record"], "{shown}");
    assert_eq!(shown["act"]["state"], "withdrawn");
    assert_eq!(shown["meets"], Value::Array(Vec::new()));

    // What the command line did is audited, and the chain holds.
    let proof = s.demo.run(&["--json", "audit", "verify"]).ok().value();
    assert_eq!(proof["clean"], true);
    assert_eq!(
        s.demo.run(&["--json", "counted", "check"]).ok().value()["extra"],
        0
    );
}

#[test]
fn a_return_waits_for_the_office_and_is_listed() {
    let ran = in_demo(&["--json", "act", "list", "--waiting", "--as", "anban"]).ok();
    let found = ran.value();
    let waiting = found["acts"].as_array().unwrap();
    assert_eq!(waiting.len(), 2, "{waiting:?}");
    assert!(waiting.iter().all(|a| a["state"] == "waiting"));
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
        .value();
    let mut duties = planned["plan"]["duties"].as_array().unwrap().iter();
    assert!(duties.any(|d| d["owners"] == 38), "{planned}");
    assert!(demo.run(&from).ok().out.contains("自2026-11-01起施行"));
    let asked = ["--as", "anban", "--text", "清溪镇人民政府"];
    let rows = crate::running::duties(|all| demo.run(all), &asked);
    assert!(!rows.is_empty());
    std::fs::write(&file, "reson = \"\"\n").unwrap();
    let wrong = demo.run(&from).ends(2);
    assert!(
        wrong.err.contains("reson") && wrong.err.contains("reason"),
        "{}",
        wrong.err
    );
}
