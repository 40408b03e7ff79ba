//! Searching by programs: what is found may be opened, and nothing else is found.

use domain::policy::Action;
use serde_json::json;
use testkit::TestApp;

const SEES: &[Action] = &[Action::ViewBody, Action::ViewStanding];

#[tokio::test]
async fn what_a_program_finds_its_person_may_open() {
    let t = TestApp::at("2026-11-05").await;
    for login in ["bangong", "shiqiao.lly", "qingxi.lly"] {
        let api = t.api(login, SEES).await;
        let found = api.get("/search?text=%E7%9F%B3%E6%A1%A5").await.ok();
        let (bodies, duties) = (found["bodies"].as_array(), found["duties"].as_array());
        let (bodies, duties) = (bodies.unwrap(), duties.unwrap());
        assert!(bodies.len() <= 15 && duties.len() <= 15, "{login}");
        assert_eq!(bodies.is_empty(), login == "qingxi.lly", "{login}");
        assert_eq!(duties.is_empty(), login == "qingxi.lly", "{login}");
        for body in bodies {
            let id = body["id"].as_str().unwrap();
            api.get(&format!("/bodies/{id}")).await.ok();
        }
        for duty in duties {
            let key = duty["key"].as_str().unwrap();
            let one = api.get(&format!("/duties/{key}")).await.ok();
            assert_eq!(one["duty"]["item"], *duty, "{login} {key}");
        }
    }
}

#[tokio::test]
async fn a_program_finds_what_its_token_is_for() {
    let t = TestApp::at("2026-11-05").await;
    let bodies = t.api("bangong", &[Action::ViewBody]).await;
    let found = bodies.get("/search?text=%E7%9F%B3%E6%A1%A5").await.ok();
    assert_ne!(found["bodies"], json!([]));
    assert_eq!(
        (&found["duties"], &found["more_duties"]),
        (&json!([]), &json!(false))
    );
    let none = t.api("bangong", &[Action::ViewPack]).await;
    assert_eq!(none.get("/search?text=a").await.code(), "token.scope");
    for wrong in ["", "?text=", "?text=a&size=30"] {
        let answer = bodies.get(&format!("/search{wrong}")).await;
        assert_eq!(answer.code(), "invalid", "{wrong}");
    }
    let long = format!("/search?text={}", "x".repeat(61));
    assert_eq!(bodies.get(&long).await.code(), "invalid");
}
