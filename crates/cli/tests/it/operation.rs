//! Operations of the door from the command line: what they print is what the API answers.

use domain::policy::Action;
use serde_json::{Value, json};
use testkit::{Api, TestApp};

use crate::running::{Ran, bihuan};

/// A county on the day of the clock, for the command has no other, with the settings to reach it.
pub(crate) struct County {
    pub(crate) t: TestApp,
    config: String,
}

impl County {
    /// So many days ago: what a command writes must not be before what was written.
    pub(crate) async fn before(days: u64) -> Self {
        let today = app::ctx::china_day(cli::edge::now_ms());
        let t = TestApp::at(&(today - chrono::Days::new(days)).to_string()).await;
        let path = t.dir().join("bihuan.toml");
        let dir = t.dir().display();
        std::fs::write(
            &path,
            format!("[data]\ndir = \"{dir}\"\ndatabase = \"{}\"\n", t.url()),
        )
        .unwrap();
        Self {
            config: path.display().to_string(),
            t,
        }
    }

    pub(crate) fn runs(&self, arguments: &[&str]) -> Ran {
        let mut all = vec!["--config", &self.config];
        all.extend_from_slice(arguments);
        bihuan(&all)
    }

    /// Runs a command whose words are parted by blanks.
    pub(crate) fn line(&self, words: &str) -> Ran {
        self.runs(&words.split_whitespace().collect::<Vec<_>>())
    }

    /// A command prints the bytes that the API answers.
    pub(crate) async fn prints_as(&self, api: &Api, command: &[&str], login: &str, path: &str) {
        let mut arguments = vec!["--json"];
        arguments.extend(command);
        arguments.extend(["--as", login]);
        let printed = self.runs(&arguments).ok().out;
        let answered = api.get(path).await;
        assert_eq!(printed, format!("{}\n", answered.text), "{path}");
        answered.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_prints_the_bytes_that_the_api_answers() {
    let c = County::before(0).await;
    let scope = [Action::ViewPack, Action::OpenOccasion];
    let api = c.t.api("bangong", &scope).await;
    let first = json!({
        "kind": "national-day", "title": "国庆",
        "from_on": "2026-10-01", "to_on": "2026-10-08",
    });
    let made = api.post("/occasions", &first).await.ok();
    let id = made["occasion"]["id"].as_str().unwrap();
    for (command, path) in [
        (vec!["occasion", "list"], "/occasions".to_owned()),
        (vec!["occasion", "kinds"], "/occasions/kinds".to_owned()),
        (vec!["occasion", "show", id], format!("/occasions/{id}")),
    ] {
        c.prints_as(&api, &command, "bangong", &path).await;
    }
    let none = "occasion_00000000000000000000000000000000";
    let printed = c
        .runs(&["--json", "occasion", "show", none, "--as", "bangong"])
        .ends(1)
        .value();
    let answered = api.get(&format!("/occasions/{none}")).await.json;
    let bare = |mut refusal: Value| {
        refusal["error"]["request_id"] = Value::Null;
        refusal
    };
    assert_eq!(bare(printed), bare(answered));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_occasion_is_opened_and_listed_by_flags_and_by_a_file() {
    let c = County::before(1).await;
    let id = c.runs(&[
        "occasion",
        "open",
        "--kind",
        "national-day",
        "--title",
        "国庆",
        "--from-on",
        "2026-10-01",
        "--to-on",
        "2026-10-08",
        "--as",
        "bangong",
    ]);
    let id = id.ok().out.trim().to_owned();
    assert!(id.starts_with("occasion_"), "{id}");
    let list = c.runs(&["occasion", "list", "--as", "bangong"]).ok().out;
    assert!(list.contains("国庆") && list.contains("over"), "{list}");
    c.runs(&["occasion", "withdraw", &id, "--as", "bangong"])
        .ok();
    let file = c.t.dir().join("occasion.json");
    let body = json!({ "kind": "national-day", "from_on": "2026-10-01", "to_on": "2026-10-07" });
    std::fs::write(&file, body.to_string()).unwrap();
    let file = file.display().to_string();
    let wrong = c
        .runs(&["occasion", "open", "--file", &file, "--as", "bangong"])
        .ends(2);
    assert!(wrong.err.contains("请填写名称"), "{wrong:?}");
    let right = [
        "occasion", "open", "--file", &file, "--title", "国庆", "--as", "bangong",
    ];
    c.runs(&right).ok();
    let refused = c.runs(&right).ends(1);
    assert!(refused.err.contains("日期重叠"), "{refused:?}");
    c.runs(&["occasion", "open", "--colour", "red", "--as", "bangong"])
        .ends(2);
}
