//! Packs of a county at the command line: what is printed is what the API answers.

use domain::policy::Action;
use serde_json::{Value, json};

use crate::operation::County;
use crate::running::{bihuan, root};

const PACK: &str = "zezhou-2026-three-actions";
const OFFICE: &[Action] = &[Action::ViewPack, Action::ApplyPack, Action::ViewStanding];

/// The files of a folder as the API takes them.
fn files(folder: &std::path::Path) -> Value {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let name = path.file_name().unwrap().to_str().unwrap();
            all.push(json!({ "name": name, "text": std::fs::read_to_string(&path).unwrap() }));
        }
    }
    all.sort_by_key(|f| f["name"].to_string());
    json!({ "files": all })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_packs_of_a_county_are_printed_as_the_api_answers() {
    let c = County::before(0).await;
    let api = c.t.api("bangong", OFFICE).await;
    let of = |rest: &str| format!("/packs/{PACK}{rest}");
    for (command, path) in [
        (vec!["pack", "list"], "/packs".to_owned()),
        (
            vec!["pack", "burden", "--size", "100"],
            "/packs/burden?size=100".to_owned(),
        ),
        (vec!["pack", "show", PACK], of("")),
        (
            vec!["pack", "show", PACK, "--version", "1"],
            of("?version=1"),
        ),
        (vec!["pack", "files", PACK, "1"], of("/versions/1/files")),
        (vec!["pack", "form", PACK, "1"], of("/versions/1/form")),
    ] {
        c.prints_as(&api, &command, "bangong", &path).await;
    }
    let town = c
        .runs(&["pack", "form", PACK, "1", "--as", "shiqiao.lly"])
        .ends(1);
    assert!(town.err.contains("您的角色"), "{town:?}");
    let words = c.runs(&["pack", "show", PACK, "--as", "shiqiao.lly"]).ok();
    assert!(
        words.out.contains("government-leader-visit"),
        "{}",
        words.out
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_is_tried_and_applied_as_by_the_api() {
    let c = County::before(1).await;
    let api = c.t.api("bangong", OFFICE).await;
    let of = |rest: &str| format!("/packs/{PACK}{rest}");
    let from = (c.t.system().today + chrono::Days::new(2)).to_string();
    let plan = [
        "--json",
        "pack",
        "plan",
        PACK,
        "--version",
        "1",
        "--from-on",
        &from,
        "--reason",
        "试算",
        "--options",
        "monthly-return=month-end",
        "--lock-after-days",
        "5",
        "--as",
        "bangong",
    ];
    let body = json!({
        "version": 1, "from_on": from, "reason": "试算", "lock_after_days": 5,
        "options": { "monthly-return": "month-end" },
    });
    let answered = api.post(&of("/plan"), &body).await;
    assert_eq!(c.runs(&plan).ok().out, format!("{}\n", answered.text));
    let choices = c.t.dir().join("choices.toml");
    std::fs::write(
        &choices,
        "reason = \"试算\"\nlock_after_days = 5\n[options]\nmonthly-return = \"month-end\"\n",
    )
    .unwrap();
    let choices = choices.to_str().unwrap();
    let apply = |more: &[&str]| {
        let mut all = vec![
            "--json",
            "pack",
            "apply",
            PACK,
            "--from",
            &from,
            "--choices",
            choices,
        ];
        all.extend(["--as", "bangong"]);
        all.extend(more);
        c.runs(&all)
    };
    assert_eq!(apply(&["--plan"]).ok().out, format!("{}\n", answered.text));
    let done = apply(&[]).ok().value();
    assert_eq!(done["application"]["version"], 1, "{done}");
    apply(&[]).ends(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_checked_and_imported_as_a_body_of_the_api_is() {
    let c = County::before(1).await;
    let api = c.t.api("bangong", OFFICE).await;
    let shipped = root().join("schemes").join(PACK);
    let broken = c.t.dir().join("broken");
    std::fs::create_dir(&broken).unwrap();
    for file in files(&shipped)["files"].as_array().unwrap() {
        let text = file["text"].as_str().unwrap();
        let text = text.replace("version = 1", "version = 2");
        let text = text.replacen("every = \"quarter\"", "evry = \"quarter\"", 1);
        std::fs::write(broken.join(file["name"].as_str().unwrap()), text).unwrap();
    }
    for (folder, code) in [(&shipped, 0), (&broken, 1)] {
        let path = folder.to_str().unwrap();
        let check = ["--json", "pack", "check", path, "--as", "bangong"];
        let printed = c.runs(&check).ends(code).out;
        let answered = api.post("/packs/check", &files(folder)).await;
        assert_eq!(printed, format!("{}\n", answered.text));
    }
    let answered = api.post("/packs", &files(&shipped)).await;
    let path = shipped.to_str().unwrap();
    let import = ["--json", "pack", "import", path, "--as", "bangong"];
    let printed = c.runs(&import).ok().out;
    let known = format!("{}\n", answered.text);
    assert_eq!(printed, known, "known by the names of its files");
    let path = broken.to_str().unwrap();
    let refused = c.runs(&["pack", "import", path, "--as", "bangong"]).ends(1);
    assert!(
        refused.err.contains("evry") && refused.err.contains("没有导入"),
        "{refused:?}"
    );
    bihuan(&["pack", "check", path]).ends(1);
}
