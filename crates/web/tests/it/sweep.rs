//! Every route of the running router, asked as nobody, as the wrong body, as the wrong role and as
//! the right role. The outcome is a golden table; a new address without a row fails.

use std::fmt::Write as _;
use std::path::Path;

use app::duty::DutyKey;
use app::ruling::Ask;
use domain::ruling::{RulingKind, RulingReason};
use testkit::{Browser, TestApp, draft, golden};

/// Things that addresses with parameters name.
struct Things {
    act: String,
    returned: String,
    ruling: String,
    body: String,
    post: String,
    person: String,
    reset: String,
    occasion: String,
    grant: String,
    draft: String,
    duty: String,
}

const Z2: &str = "zezhou-2026-three-actions";

async fn things(t: &TestApp) -> Things {
    let visit = draft(
        "inspection",
        "2026-11-04",
        &[("led", t.post("shiqiao/head").to_string())],
        &[("way", "unannounced")],
    );
    let officer = t.person("shiqiao.lly");
    let act = officer.records(visit).await.unwrap();
    let mut monthly = draft(
        "return",
        "2026-11-05",
        &[("hosted", t.body("shiqiao/gov").to_string())],
        &[],
    );
    "2026-10".clone_into(&mut monthly.period);
    monthly.form = format!("{Z2}/three-actions-monthly");
    let returned = officer.records(monthly).await.unwrap();
    let owner = domain::id::Owner::Post(t.post("shiqiao/head"));
    let key = DutyKey::parse(Z2, "government-leader-visit", &owner.to_string(), "2026-10").unwrap();
    let ask = Ask {
        key: key.clone(),
        kind: RulingKind::Waiver,
        reason: RulingReason::Vacancy,
        text: "岗位空缺".to_owned(),
        new_due_on: None,
        act: None,
    };
    let ruling = app::ruling::ask(&officer.ctx().await, &ask).await.unwrap();
    let occasion = app::occasion::NewOccasion {
        kind: "national-day".parse().unwrap(),
        title: "2026年国庆".to_owned(),
        from_on: testkit::day("2026-10-01"),
        to_on: testkit::day("2026-10-07"),
    };
    let occasion = app::occasion::open(&t.person("bangong").ctx().await, None, occasion)
        .await
        .unwrap();
    let grants = app::person::roles(&t.person("sec").ctx().await)
        .await
        .unwrap();
    let person = t.county.people.get("qingxi.lly").unwrap();
    let grant = grants.iter().find(|g| g.person == *person).unwrap();
    // Somebody who asks for no page here: a reset leads each next page to its notice.
    let other = t.person_id("yingji.jz");
    let sys = t.person("sys").ctx().await;
    let leader = t.person_id("fuxianzhang");
    let wanted = domain::reset::Wanted::Link;
    let reset = app::reset::ask(&sys, leader, wanted, "忘记口令", None);
    let reset = reset.await.unwrap();
    let notice = "一、各镇每月检查2次。".as_bytes().to_vec();
    let office = t.person("bangong").ctx().await;
    let drafted = app::drafting::open(&office, "通知.txt", notice, None);
    let drafted = drafted.await.unwrap();
    Things {
        draft: drafted.to_string(),
        act: act.to_string(),
        returned: returned.to_string(),
        ruling: ruling.to_string(),
        body: t.body("shiqiao").to_string(),
        post: t.post("shiqiao/head").to_string(),
        person: other.to_string(),
        reset: reset.id.to_string(),
        occasion: occasion.to_string(),
        grant: grant.id.to_string(),
        duty: key.path(),
    }
}

fn filled(path: &str, things: &Things) -> String {
    let id = if path.contains("/judge") || path.contains("submit-again") {
        &things.returned
    } else if path.starts_with("/acts") {
        &things.act
    } else if path.starts_with("/rulings") {
        &things.ruling
    } else if path.starts_with("/bodies") {
        &things.body
    } else if path.starts_with("/posts") {
        &things.post
    } else if path.starts_with("/system/people") {
        &things.person
    } else if path.starts_with("/system/resets") {
        &things.reset
    } else if path.starts_with("/system/roles") {
        &things.grant
    } else if path.starts_with("/packs/drafts") {
        &things.draft
    } else if path.starts_with("/occasions") {
        &things.occasion
    } else {
        Z2
    };
    path.replace("/elements/{name}", "/elements/duty-1")
        .replace("/duties/{pack}/{duty}/{owner}/{period}", &things.duty)
        .replace("{id}", id)
        .replace("{file}", "1")
        .replace("{seq}", "1")
        .replace("{token}", "0000")
        .replace("{name}", "scheme.toml")
        .replace("/files/{version}", "/files/1")
        .replace("{version}", "0")
}

/// What a status means for the sweep; a redirect to sign-in is a refusal too.
fn outcome(status: u16, location: &str) -> &'static str {
    match status {
        303 | 302 if location.starts_with("/sign-in") => "sign-in",
        // Let through, or let through and told what is wrong with the form.
        200..=399 | 400 | 409 | 413 | 422 => "in",
        401 => "sign-in",
        403 => "refused",
        404 => "unseen",
        _ => "BROKEN",
    }
}

async fn asked(browser: &mut Browser, method: &str, path: &str) -> &'static str {
    let reply = if method == "GET" {
        browser.get(path).await
    } else {
        // The token of the session stands on every page that a signed-in person gets.
        let page = browser.get("/password").await;
        let csrf = page.input("csrf").unwrap_or_default();
        browser.post(path, &[("csrf", &csrf)]).await
    };
    outcome(reply.status.as_u16(), &reply.location)
}

#[tokio::test]
async fn every_route_lets_in_whom_it_says_and_nobody_else() {
    let t = TestApp::at("2026-11-05").await;
    let things = things(&t).await;
    let personas = [
        "nobody",
        "qingxi.lly",
        "sys",
        "sec",
        "aud",
        "shiqiao.lly",
        "bangong",
    ];
    let mut table = format!("{:<6}{:<58}", "", "route");
    for who in personas {
        let _ = write!(table, "{who:<13}");
    }
    table.push('\n');
    for route in web::all_routes() {
        // Signing out ends the session that the next rows need.
        let fresh = route.path == "/sign-out" || route.path == "/sign-in";
        let path = filled(route.path, &things);
        let _ = write!(table, "{:<6}{:<58}", route.method, route.path);
        for who in personas {
            let mut browser = t.browser();
            if who != "nobody" && !fresh {
                let reply = browser.sign_in(who).await;
                assert_eq!(reply.status.as_u16(), 303, "{who} signs in: {}", reply.text);
            }
            let _ = write!(
                table,
                "{:<13}",
                asked(&mut browser, route.method, &path).await
            );
        }
        table.push('\n');
    }
    assert!(!table.contains("BROKEN"), "{table}");
    golden(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sweep.txt"),
        &table,
    );
    golden(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/routes.txt"),
        &web::listing(),
    );
}

#[tokio::test]
async fn a_post_without_the_sessions_token_does_nothing() {
    let t = TestApp::at("2026-11-05").await;
    let mut browser = t.browser();
    browser.sign_in("bangong").await;
    for route in
        web::all_routes().filter(|r| r.method == "POST" && r.audience != web::Audience::Anyone)
    {
        let path = filled(
            route.path,
            &Things {
                act: t.home().to_string(),
                returned: String::new(),
                ruling: String::new(),
                body: t.home().to_string(),
                post: String::new(),
                person: String::new(),
                reset: String::new(),
                occasion: String::new(),
                grant: String::new(),
                draft: String::new(),
                duty: "/duties/a/b/c/d".to_owned(),
            },
        );
        let reply = browser.post(&path, &[("csrf", "wrong")]).await;
        assert!(
            matches!(reply.status.as_u16(), 403 | 400 | 404 | 409),
            "{} {} answers {}",
            route.method,
            route.path,
            reply.status
        );
    }
}

#[tokio::test]
async fn pages_carry_strict_headers() {
    let t = TestApp::at("2026-11-05").await;
    let mut browser = t.browser();
    browser.sign_in("bangong").await;
    let desk = browser.get("/desk").await;
    let policy = desk
        .headers
        .get("content-security-policy")
        .unwrap()
        .to_str()
        .unwrap();
    assert!(policy.contains("default-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    assert!(!policy.contains("unsafe-eval"), "{policy}");
    assert_eq!(
        desk.headers.get("x-content-type-options").unwrap(),
        "nosniff"
    );
    assert_eq!(desk.headers.get("cache-control").unwrap(), "no-store");
    assert!(!desk.text.contains(" style=\""), "inline style on the desk");
}
