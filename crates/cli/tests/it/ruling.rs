//! A waiver from the command line: asked for, decided, and printed as the API answers.

use domain::policy::Action;
use serde_json::Value;

use crate::operation::County;

/// What the town is late with, or is to do: the parts of its key.
fn owed(c: &County) -> Vec<String> {
    let list = [
        "--json",
        "duty",
        "list",
        "--sort",
        "due",
        "--as",
        "shiqiao.lly",
    ];
    let listed = c.runs(&list).ok().value();
    let open = |d: &&Value| {
        let state = &d["standing"]["state"];
        (state == "open" || state == "overdue") && d["key"].as_str().unwrap().contains("/body_")
    };
    let duty = listed["duties"].as_array().unwrap().iter().find(open);
    let key = duty.unwrap()["key"].as_str().unwrap();
    key.split('/').map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiver_is_asked_for_and_decided_by_flags_and_printed_as_the_api_answers() {
    let c = County::before(1).await;
    let key = owed(&c);
    let ask = |kind: &str, once: &str| {
        let fixed = [
            "--json",
            "ruling",
            "ask",
            "--pack",
            &key[0],
            "--duty",
            &key[1],
            "--owner",
            &key[2],
            "--period",
            &key[3],
            "--kind",
            kind,
            "--reason",
            "weather",
            "--text",
            "防汛",
            "--once",
            once,
            "--as",
            "shiqiao.lly",
        ];
        c.runs(&fixed)
    };
    let made = ask("waiver", "key-1").ok().value();
    assert_eq!(ask("waiver", "key-1").ok().value(), made, "asked once");
    let twice = ask("waiver", "key-2").ends(1).value();
    assert_eq!(twice["error"]["code"], "ruling.twice");
    let dateless = ask("extension", "key-3").ends(2).value();
    assert!(
        dateless["error"]["fields"]["new_due_on"][0].is_string(),
        "{dateless}"
    );
    let id = made["ruling"]["id"].as_str().unwrap();
    let path = format!("/rulings/{id}");

    let own = [
        "ruling",
        "decide",
        id,
        "--version",
        "1",
        "--approve",
        "--as",
        "shiqiao.zz",
    ];
    let own = c.runs(&own).ends(1);
    assert!(own.err.contains("不能自己决定"), "{own:?}");
    let api = c.t.api("bangong", &[Action::ViewStanding]).await;
    c.prints_as(
        &api,
        &["ruling", "list", "--waiting"],
        "bangong",
        "/rulings?waiting=true",
    )
    .await;
    c.prints_as(&api, &["ruling", "show", id], "bangong", &path)
        .await;
    let yes = [
        "--json",
        "ruling",
        "decide",
        id,
        "--version",
        "1",
        "--approve",
        "--opinion",
        "同意",
        "--as",
        "bangong",
    ];
    let decided = c.runs(&yes).ok().value();
    assert_eq!(decided["ruling"]["version"], 2);
    assert_eq!(
        c.runs(&yes).ends(1).value()["error"]["code"],
        "ruling.decided"
    );
    c.prints_as(&api, &["ruling", "show", id], "bangong", &path)
        .await;
    let sorted = ["ruling", "list", "--sort", "oldest", "--size", "100"];
    c.prints_as(&api, &sorted, "bangong", "/rulings?sort=oldest&size=100")
        .await;
    let shown = c.runs(&["ruling", "list", "--as", "bangong"]).ok().out;
    assert!(
        shown.contains("approved") && shown.contains("防汛"),
        "{shown}"
    );
}
