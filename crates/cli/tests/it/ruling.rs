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
    let api = c.t.api("bangong", &[Action::ViewStanding]).await;
    let key = owed(&c);
    let about = format!(
        "--pack {} --duty {} --owner {} --period {} --reason weather --text 防汛",
        key[0], key[1], key[2], key[3]
    );
    let ask = |kind: &str, once: &str| {
        let rest = format!("--kind {kind} --once {once} --as shiqiao.lly");
        c.line(&format!("--json ruling ask {about} {rest}"))
    };
    let made = ask("waiver", "key-1").ok().value();
    assert_eq!(ask("waiver", "key-1").ok().value(), made, "asked once");
    let twice = ask("waiver", "key-2").ends(1).value();
    assert_eq!(twice["error"]["code"], "ruling.twice");
    let dateless = ask("extension", "key-3").ends(2).value();
    let told = &dateless["error"]["fields"]["new_due_on"][0];
    assert!(told.is_string(), "{dateless}");
    let id = made["ruling"]["id"].as_str().unwrap();
    let path = format!("/rulings/{id}");

    let decide = format!("ruling decide {id} --version 1 --approve --opinion 同意");
    let own = c.line(&format!("{decide} --as shiqiao.zz")).ends(1);
    assert!(own.err.contains("不能自己决定"), "{own:?}");
    let (open, show) = (["ruling", "list", "--waiting"], ["ruling", "show", id]);
    c.prints_as(&api, &open, "bangong", "/rulings?waiting=true")
        .await;
    c.prints_as(&api, &show, "bangong", &path).await;
    let yes = format!("--json {decide} --as bangong");
    let decided = c.line(&yes).ok().value();
    assert_eq!(decided["ruling"]["version"], 2);
    let again = c.line(&yes).ends(1).value();
    assert_eq!(again["error"]["code"], "ruling.decided");
    c.prints_as(&api, &show, "bangong", &path).await;
    let sorted = ["ruling", "list", "--sort", "oldest", "--size", "100"];
    c.prints_as(&api, &sorted, "bangong", "/rulings?sort=oldest&size=100")
        .await;
    let shown = c.line("ruling list --as bangong").ok().out;
    assert!(
        shown.contains("approved") && shown.contains("防汛"),
        "{shown}"
    );
}
