//! Drafts, searching and jobs from the command line: what is printed is what the API answers, and
//! `bihuan draft FILE` still reads a file by itself.

use domain::policy::Action;
use serde_json::{Value, json};

use crate::operation::County;
use crate::running::Ran;

/// A notice as base64: towns inspect each month and study each quarter, enterprises drill each half
/// of a year.
const NOTICE: &str = "5LiA44CB5qOA5p+lCu+8iOS4gO+8ieWQhOS5oemVh+S6uuawkeaUv+W6nOavj+aciOiHs+WwkeajgOafpeS7\
    k+W6kzLmrKHjgIIK77yI5LqM77yJ5ZCE5Lmh6ZWH5Lq65rCR5pS/5bqc5q+P5a2j5bqm57uE57uHMeasoeWu\
    ieWFqOS4k+mimOWtpuS5oOOAggrkuozjgIHmvJTnu4MK6auY5Y2x5LyB5Lia5q+P5Y2K5bm057uE57uHMeas\
    oeW6lOaApea8lOe7g+OAggo=";

/// Runs a command whose words are parted by blanks.
fn line(c: &County, words: &str) -> Ran {
    c.runs(&words.split_whitespace().collect::<Vec<_>>())
}

/// Writes an input into a file of the county's folder.
fn file(c: &County, name: &str, input: &Value) -> String {
    let path = c.t.dir().join(name);
    std::fs::write(&path, input.to_string()).unwrap();
    path.display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_drafted_by_commands_and_printed_as_the_api_answers() {
    let c = County::before(1).await;
    let api = c.t.api("bangong", &[Action::ApplyPack]).await;
    let notice = file(
        &c,
        "n.json",
        &json!({ "name": "通知.txt", "content": NOTICE }),
    );
    let open = format!("draft open --file {notice} --once open-1 --as bangong");
    let id = line(&c, &open).ok().out.trim().to_owned();
    assert_eq!(line(&c, &open).ok().out.trim(), id, "read once");
    let path = |rest: &str| format!("/drafts/{id}{rest}");
    for (command, rest) in [
        (vec!["show", &id], ""),
        (vec!["text", &id], "/text"),
        (vec!["elements", &id], "/elements"),
        (
            vec!["elements", &id, "--only", "open"],
            "/elements?only=open",
        ),
        (vec!["element", &id, "duty-1"], "/elements/duty-1"),
        (vec!["check", &id], "/check"),
        (vec!["file", &id, "scheme.toml"], "/files/scheme.toml"),
    ] {
        let command = [vec!["draft"], command].concat();
        c.prints_as(&api, &command, "bangong", &path(rest)).await;
    }
    c.prints_as(&api, &["draft", "list"], "bangong", "/drafts")
        .await;

    let early = format!("--json draft import {id} --as bangong");
    let refused = line(&c, &early).ends(1).value();
    assert_eq!(refused["error"]["code"], "draft.open");
    let shown = line(
        &c,
        &format!("--json draft element {id} duty-1 --as bangong"),
    );
    let seal = shown.ok().value()["element"]["typed"]["seal"].clone();
    let typed = format!(
        "--seal {} --kind duty --title 每月查仓库",
        seal.as_str().unwrap()
    );
    let timed =
        "--owners town --act inspection --at-least 2 --every month --n 1 --clauses 一/（一）";
    let correct = format!("draft correct {id} duty-1 {typed} {timed} --cut-off 25日 --as bangong");
    line(&c, &correct).ok();
    let late = line(&c, &correct).ends(1);
    assert!(late.err.contains("刚刚被改动过"), "{late:?}");
    let drop = format!("draft decide {id} --decision drop --elements duty-2 --as bangong");
    line(&c, &drop).ok();
    let rest = format!("--json draft decide {id} --decision accept --as bangong");
    let done = line(&c, &rest).ok().value();
    assert_eq!(done["draft"]["changed"], json!(1));
    let head = "--pack zean-2026-depots --version 1 --title 仓库防火 --short 防火";
    let rename = format!("draft rename {id} {head} --as bangong --from");
    assert!(
        line(&c, &format!("{rename} 昨天"))
            .ends(2)
            .err
            .contains("应是日期")
    );
    line(&c, &format!("{rename} 2026-10-21")).ok();
    let import = format!("--json draft import {id} --once make-1 --as bangong");
    let made = line(&c, &import).ok().value();
    assert_eq!(
        made,
        json!({ "pack": { "pack": "zean-2026-depots", "version": 1 } })
    );
    assert_eq!(line(&c, &import).ok().value(), made, "imported once");
    line(&c, &format!("draft close {id} --as shiqiao.lly")).ends(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_drafted_as_before_whatever_the_commands_beside_it_are_called() {
    let c = County::before(0).await;
    let read = c.t.dir().join("list");
    std::fs::write(&read, "一、各镇每月检查2次。").unwrap();
    let read = read.display().to_string();
    assert!(line(&c, &format!("draft {read}")).ok().out.contains("每月"));
    c.runs(&["draft"]).ends(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_and_the_jobs_are_printed_as_the_api_answers() {
    let c = County::before(0).await;
    let scope = [Action::ViewBody, Action::ViewStanding];
    let api = c.t.api("shiqiao.lly", &scope).await;
    let command = ["search", "all", "--text", "石桥"];
    let path = "/search?text=%E7%9F%B3%E6%A1%A5";
    c.prints_as(&api, &command, "shiqiao.lly", path).await;
    let found = line(&c, "search all --text 石桥 --as shiqiao.lly").ok().out;
    assert!(found.contains("石桥镇"), "{found}");

    app::job::work(|| c.t.system(), "a", 100, &|| false)
        .await
        .unwrap();
    let api = c.t.api("sys", &[Action::ViewJob]).await;
    c.prints_as(&api, &["job", "list"], "sys", "/jobs").await;
    let all = line(&c, "--json job list --as sys").ok().value();
    let id = all["jobs"][0]["id"].as_str().unwrap();
    let again = line(&c, &format!("--json job run {id} --as sys")).ends(1);
    assert_eq!(again.value()["error"]["code"], "job.not-dead");
    let refused = line(&c, "--json job list --as bangong").ends(1).value();
    assert_eq!(refused["error"]["code"], "forbidden");
    let proof = line(&c, "--json audit verify").ok().value();
    assert_eq!(proof["clean"], json!(true), "the operator's own command");
}
