//! Every route of the running router, asked as nobody, as the wrong body, as the wrong role and as
//! the right role. The outcome is a golden table; a new address without a row fails.

use std::fmt::Write as _;
use std::path::Path;

use app::ruling::Ask;
use domain::duty::Key;
use domain::ruling::{RulingKind, RulingReason};
use testkit::{Api, Browser, TestApp, draft, golden};

/// Things that addresses with parameters name.
#[derive(Clone)]
struct Things {
    act: String,
    /// A visit of the one town in which the other took part.
    joined: String,
    /// A visit that the heads of both towns led.
    shared: String,
    returned: String,
    ruling: String,
    body: String,
    post: String,
    person: String,
    reset: String,
    occasion: String,
    grant: String,
    draft: String,
    job: String,
    duty: String,
    token: String,
}

impl Things {
    /// The same with another act.
    fn with_act(&self, act: &str) -> Self {
        Self {
            act: act.to_owned(),
            ..self.clone()
        }
    }
}

/// An act of the first town in which the second stands too, as the office records it.
async fn with_second(t: &TestApp, role: &str, who: String) -> String {
    let parts = [("led", t.post("shiqiao/head").to_string()), (role, who)];
    let visit = draft(
        "inspection",
        "2026-11-04",
        &parts,
        &[("way", "unannounced")],
    );
    let office = t.person("bangong");
    let id = office.records(visit).await.unwrap();
    let minutes = b"%PDF-1.7 minutes"[..].into();
    app::file::add(&office.ctx().await, id, "记录.pdf", minutes)
        .await
        .unwrap();
    id.to_string()
}

const Z2: &str = "zezhou-2026-three-actions";

/// A role that is held, and a reset that was asked for.
async fn accounts(t: &TestApp) -> (String, String) {
    let sec = t.person("sec").ctx().await;
    let grants = app::role::list(&sec, app::role::ListRoles::default()).await;
    let grants = grants.unwrap().rows;
    let person = t.county.people.get("qingxi.lly").unwrap();
    let grant = grants.iter().find(|g| g.person.id == *person).unwrap();
    let sys = t.person("sys").ctx().await;
    let leader = t.person_id("fuxianzhang");
    let wanted = domain::reset::Wanted::Link;
    let reset = app::reset::ask(&sys, leader, wanted, "忘记口令");
    let reset = reset.await.unwrap();
    (grant.id.to_string(), reset.id.to_string())
}

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
    let key = Key::of(Z2, "government-leader-visit", &owner.to_string(), "2026-10").unwrap();
    let (kind, why) = (RulingKind::Waiver, RulingReason::Vacancy);
    let ask = Ask::of(key.clone(), kind, why, "岗位空缺");
    let asked = app::ruling::ask(&officer.ctx().await, &ask).await;
    let ruling = asked.unwrap().id;
    let occasion = app::occasion::NewOccasion {
        kind: "national-day".parse().unwrap(),
        title: "2026年国庆".to_owned(),
        from_on: testkit::day("2026-10-01"),
        to_on: testkit::day("2026-10-07"),
    };
    let occasion = app::occasion::open(&t.person("bangong").ctx().await, occasion)
        .await
        .unwrap();
    let (grant, reset) = accounts(t).await;
    // Somebody who asks for no page here: a reset leads each next page to its notice.
    let other = t.person_id("yingji.jz");
    let notice = "一、各镇每月检查2次。".as_bytes().to_vec();
    let office = t.person("bangong").ctx().await;
    let drafted = app::drafting::open(&office, "通知.txt", notice);
    let drafted = drafted.await.unwrap();
    let token = app::token::NewToken {
        name: "台账同步".to_owned(),
        scope: app::token::powers(office.who().unwrap()),
        ends_on: office.today,
    };
    let token = app::token::make(&office, token).await.unwrap();
    let planned = app::job::work(|| t.system(), "story", 100, &|| false);
    let planned = planned.await.unwrap();
    Things {
        token: token.id.to_string(),
        draft: drafted.to_string(),
        job: planned[0].id.to_string(),
        act: act.to_string(),
        joined: with_second(t, "took-part", t.body("qingxi/gov").to_string()).await,
        shared: with_second(t, "led", t.post("qingxi/head").to_string()).await,
        returned: returned.to_string(),
        ruling: ruling.to_string(),
        body: t.body("shiqiao").to_string(),
        post: t.post("shiqiao/head").to_string(),
        person: other.to_string(),
        reset,
        occasion: occasion.id.to_string(),
        grant,
        duty: format!("/duties/{key}"),
    }
}

fn filled(path: &str, things: &Things) -> String {
    let verbs = ["/judge", "/submit-again", "/accept", "/send-back"];
    let of_return = verbs.iter().any(|verb| path.ends_with(verb));
    let id = if of_return && things.act != things.joined && things.act != things.shared {
        &things.returned
    } else if path.starts_with("/acts/{act}/files") {
        // Acts that two stand in have a file.
        &things.joined
    } else if path.starts_with("/acts") {
        &things.act
    } else if path.starts_with("/rulings") {
        &things.ruling
    } else if path.starts_with("/bodies") {
        &things.body
    } else if path.starts_with("/posts") {
        &things.post
    } else if path.starts_with("/system/people") || path.starts_with("/people") {
        &things.person
    } else if path.starts_with("/system/resets") || path.starts_with("/resets") {
        &things.reset
    } else if path.starts_with("/system/jobs") || path.starts_with("/jobs") {
        &things.job
    } else if path.starts_with("/system/roles") || path.starts_with("/roles") {
        &things.grant
    } else if path.starts_with("/packs/drafts") || path.starts_with("/drafts") {
        &things.draft
    } else if path.starts_with("/occasions") {
        &things.occasion
    } else if path.starts_with("/tokens") {
        &things.token
    } else {
        let known = [
            "/packs/",
            "/duties/",
            "/audit/",
            "/system/audit/",
            "/link/",
            "/assets/",
        ];
        let named = !path.contains('{') || known.iter().any(|noun| path.starts_with(noun));
        assert!(named, "the sweep has no thing for {path}");
        Z2
    };
    let path = match path {
        "/posts/new" => format!("/posts/new?body={}", things.body),
        other => other.to_owned(),
    };
    path.replace("/elements/{name}", "/elements/duty-1")
        .replace("/elements/{element}", "/elements/duty-1")
        .replace("/duties/{pack}/{duty}/{owner}/{period}", &things.duty)
        .replace("{id}", id)
        .replace("{act}", id)
        .replace("/files/{n}", "/files/1")
        .replace("{kind}", "inspection")
        .replace("{file}", "1")
        .replace("{seq}", "1")
        .replace("{token}", "0000")
        .replace("{name}", "scheme.toml")
        .replace("/files/{version}", "/files/1")
        .replace("/versions/{version}", "/versions/1")
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

/// What a form must hold before the verb is asked at all.
fn typed<'a>(path: &str, things: &'a Things) -> Vec<(&'static str, &'a str)> {
    match path {
        "/acts" | "/acts/preview" => vec![("kind", "inspection")],
        "/posts" => vec![("body", &things.body)],
        _ => Vec::new(),
    }
}

/// Routes that let nobody in as the sweep asks them, and where somebody gets in.
const NOBODY: &[(&str, &str)] = &[
    ("/sign-out", "whoever signed out is at the sign-in page"),
    (
        "/assets/{version}/{name}",
        "its names hold a hash; every page of the stories asks for them",
    ),
    (
        "/packs/{id}/apply",
        "POST names a version; pages.rs applies one",
    ),
    (
        "/bodies/{id}/unlink",
        "names a relation; the stories of app take one away",
    ),
];

async fn asked(
    browser: &mut Browser,
    method: &str,
    path: &str,
    typed: &[(&str, &str)],
) -> &'static str {
    let reply = if method == "GET" {
        browser.get(path).await
    } else {
        // The token of the session stands on every page that a signed-in person gets.
        let page = browser.get("/password").await;
        let csrf = page.input("csrf").unwrap_or_default();
        if path.ends_with("/files") {
            browser
                .upload("/password", path, "照片.pdf", b"%PDF-1.7 one")
                .await
        } else {
            let mut all = vec![("csrf", csrf.as_str())];
            all.extend_from_slice(typed);
            browser.post(path, &all).await
        }
    };
    outcome(reply.status.as_u16(), &reply.location)
}

#[tokio::test]
async fn every_route_lets_in_whom_it_says_and_nobody_else() {
    let t = TestApp::at("2026-11-05").await;
    let things = things(&t).await;
    // Acts in which the second town only took part, and in which another's head led as well.
    let joined = things.with_act(&things.joined);
    let shared = things.with_act(&things.shared);
    let personas = [
        ("nobody", "nobody", &things),
        ("qingxi.lly", "qingxi.lly", &things),
        ("took part", "qingxi.lly", &joined),
        ("another's", "qingxi.lly", &shared),
        ("sys", "sys", &things),
        ("sec", "sec", &things),
        ("aud", "aud", &things),
        ("shiqiao.lly", "shiqiao.lly", &things),
        ("bangong", "bangong", &things),
    ];
    let mut table = format!("{:<6}{:<58}", "", "route");
    for (title, ..) in personas {
        let _ = write!(table, "{title:<13}");
    }
    table.push('\n');
    for route in web::all_routes() {
        // Signing out ends the session that the next rows need.
        let fresh = route.path == "/sign-out" || route.path == "/sign-in";
        let _ = write!(table, "{:<6}{:<58}", route.method, route.path);
        for (_, who, things) in personas {
            let path = filled(route.path, things);
            let mut browser = t.browser();
            if who != "nobody" && !fresh {
                let reply = browser.sign_in(who).await;
                assert_eq!(reply.status.as_u16(), 303, "{who} signs in: {}", reply.text);
            }
            let _ = write!(
                table,
                "{:<13}",
                asked(
                    &mut browser,
                    route.method,
                    &path,
                    &typed(route.path, things)
                )
                .await
            );
        }
        let row = table.lines().last().unwrap_or_default();
        let known = NOBODY.iter().any(|(path, _)| *path == route.path);
        let lets_in = row
            .split_whitespace()
            .skip(2)
            .any(|outcome| outcome == "in");
        assert!(lets_in || known, "nobody gets in at {row}");
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
                joined: String::new(),
                shared: String::new(),
                returned: String::new(),
                ruling: String::new(),
                body: t.home().to_string(),
                post: String::new(),
                person: String::new(),
                reset: String::new(),
                occasion: String::new(),
                grant: String::new(),
                draft: String::new(),
                job: String::new(),
                duty: "/duties/a/b/c/d".to_owned(),
                token: String::new(),
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

/// A program of somebody with every power that a token of theirs can have.
async fn program(t: &TestApp, who: &str) -> Api {
    if who == "nobody" {
        return Api::new(t.pages(), "");
    }
    let ctx = t.person(who).ctx().await;
    t.api(who, &app::token::powers(ctx.who().unwrap())).await
}

#[tokio::test]
async fn every_operation_lets_in_whom_it_says_and_nobody_else() {
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
    let mut programs = Vec::new();
    for who in personas {
        programs.push(program(&t, who).await);
    }
    let mut table = format!("{:<6}{:<48}", "", "operation");
    for who in personas {
        let _ = write!(table, "{who:<13}");
    }
    table.push('\n');
    for operation in app::door::all() {
        let method = operation.method.name();
        let _ = write!(table, "{method:<6}{:<48}", operation.path);
        let mut anybody = false;
        for api in &programs {
            let path = filled(operation.path, &things);
            let answer = if operation.writes() {
                api.post(&path, &serde_json::json!({})).await
            } else {
                api.get(&path).await
            };
            let outcome = outcome(answer.status.as_u16(), "");
            // A token makes no token: its person is let in by the page.
            anybody |= outcome == "in" || answer.code() == "token.session";
            let _ = write!(table, "{outcome:<13}");
        }
        assert!(anybody, "nobody gets in at {}", operation.name);
        table.push('\n');
    }
    assert!(!table.contains("BROKEN"), "{table}");
    golden(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/sweep-api.txt"),
        &table,
    );
}
