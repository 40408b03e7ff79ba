//! Pages: what they show, and the headers they come with.

use axum::http::StatusCode;
use testkit::TestApp;

#[tokio::test]
async fn every_page_comes_with_a_strict_policy_and_is_not_kept() {
    let t = TestApp::bare("2026-03-02").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let page = browser.get("/desk").await;
    let header = |name: &str| page.headers[name].to_str().unwrap().to_owned();
    let policy = header("content-security-policy");
    for part in [
        "default-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("referrer-policy"), "same-origin");
    assert_eq!(header("cache-control"), "no-store");
    for inline in [" style=\"", "<style", " onclick=", "javascript:"] {
        assert!(!page.text.contains(inline), "{inline} stands in the page");
    }
}

#[tokio::test]
async fn assets_are_kept_for_good_under_their_version() {
    let t = TestApp::bare("2026-03-02").await;
    let mut browser = t.browser();
    let page = browser.get("/sign-in").await;
    let at = page.text.find("/assets/").unwrap();
    let path = page.text[at..].split('"').next().unwrap();
    let asset = browser.get(path).await;
    assert_eq!(asset.status, StatusCode::OK);
    assert!(
        asset.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    assert_eq!(
        browser.get("/assets/old/none.css").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_missing_page_says_so_in_chinese_with_a_number_and_a_way_on() {
    let t = TestApp::bare("2026-03-02").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let page = browser.get("/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let number = page.headers["x-request-id"].to_str().unwrap();
    assert!(page.text.contains(number) && page.text.contains("回到工作台"));
    let wrong = browser.get("/acts/act_nonsense").await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_cell_of_the_grid_explains_itself() {
    let t = TestApp::at("2026-04-10").await;
    let mut browser = t.browser();
    browser.sign_in("bangong").await;
    let duty = "zezhou-2026-three-actions/government-leader-visit";
    let grid = browser.get(&format!("/duties?duty={duty}&who=all")).await;
    let head = t.post("shiqiao/head");
    let cell = format!("/duties/{duty}/{head}/2026-03");
    assert!(
        grid.text.contains(&cell),
        "the cell is a link of its own, without script"
    );
    let page = browser.get(&cell).await;
    for part in ["为什么", "期限怎么来的", "看到的记录", "依据", "逾期10天"] {
        assert!(page.text.contains(part), "{part}");
    }
}

#[tokio::test]
async fn a_list_is_saved_as_a_table_that_spreadsheets_open() {
    let t = TestApp::at("2026-04-10").await;
    let mut browser = t.browser();
    browser.sign_in("bangong").await;
    let table = browser.get("/duties.csv?year=2026&state=overdue").await;
    assert!(
        table.headers["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/csv")
    );
    assert!(table.text.starts_with("\u{feff}\"事项\""));
    assert!(table.text.lines().count() > 3);
}

#[tokio::test]
async fn the_pages_of_every_noun_open_for_the_office() {
    let t = TestApp::at("2026-04-10").await;
    let mut browser = t.browser();
    browser.sign_in("bangong").await;
    let town = t.body("shiqiao");
    let head = t.post("shiqiao/head");
    let paths = [
        "/desk?month=2026-02".to_owned(),
        "/packs".to_owned(),
        "/packs/zezhou-2026-three-actions".to_owned(),
        "/packs/zezhou-2026-three-actions/apply".to_owned(),
        "/packs/import".to_owned(),
        "/packs/common".to_owned(),
        "/packs/burden".to_owned(),
        "/duties".to_owned(),
        "/duties?view=list&late=1".to_owned(),
        "/occasions".to_owned(),
        "/occasions/new".to_owned(),
        "/acts".to_owned(),
        "/acts/new".to_owned(),
        "/acts/new?kind=meeting".to_owned(),
        "/acts/new?kind=return".to_owned(),
        "/rulings?waiting=1".to_owned(),
        "/bodies?kind=enterprise".to_owned(),
        "/bodies/new".to_owned(),
        format!("/bodies/{town}"),
        format!("/bodies/{town}/change"),
        format!("/bodies/{town}/merge"),
        format!("/bodies/{town}/close"),
        format!("/bodies/{town}/link"),
        format!("/posts/new?body={town}"),
        format!("/posts/{head}"),
        "/search?q=%E7%9F%B3%E6%A1%A5".to_owned(),
        "/password".to_owned(),
    ];
    for path in paths {
        let page = browser.get(&path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(
            page.text.contains("<main id=\"main\""),
            "{path} has its frame"
        );
        assert!(
            !page.text.contains(" style=\""),
            "{path} has an inline style"
        );
    }
}

#[tokio::test]
async fn the_three_administrators_begin_in_their_own_rooms() {
    let t = TestApp::bare("2026-03-02").await;
    for (login, room, not) in [
        ("sys", "/system/people", "/system/roles"),
        ("sec", "/system/roles", "/system/audit"),
        ("aud", "/system/audit", "/system/people"),
    ] {
        let mut browser = t.browser();
        browser.sign_in(login).await;
        assert_eq!(browser.get("/desk").await.location, room);
        assert_eq!(browser.get(room).await.status, StatusCode::OK, "{login}");
        assert_eq!(
            browser.get(not).await.status,
            StatusCode::FORBIDDEN,
            "{login} {not}"
        );
    }
}

#[tokio::test]
async fn the_audit_administrator_proves_the_trail() {
    let t = TestApp::at("2026-03-10").await;
    let mut browser = t.browser();
    browser.sign_in("aud").await;
    let proof = browser
        .submit("/system/audit", "/system/audit/verify", &[])
        .await;
    assert_eq!(proof.status, StatusCode::OK);
    assert!(proof.text.contains("核验通过"), "a fresh county is clean");
    assert_eq!(browser.get("/system/audit/1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_person_is_added_with_a_link_that_sets_the_password_once() {
    let t = TestApp::bare("2026-03-02").await;
    let mut sys = t.browser();
    sys.sign_in("sys").await;
    let fields = [("name", "新同志"), ("login", "xin.tz")];
    let page = sys
        .submit("/system/people/new", "/system/people", &fields)
        .await;
    assert_eq!(page.status, StatusCode::OK, "the link is shown once");
    let at = page.text.find("/link/").unwrap();
    let link = page.text[at..].split('"').next().unwrap().to_owned();

    let mut new = t.browser();
    assert!(new.get(&link).await.text.contains("新同志"));
    let weak = new
        .post(&link, &[("password", "short"), ("again", "short")])
        .await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [
        ("password", testkit::PASSWORD),
        ("again", testkit::PASSWORD),
    ];
    assert_eq!(new.post(&link, &fields).await.location, "/sign-in");
    assert_eq!(
        new.get(&link).await.status,
        StatusCode::CONFLICT,
        "it is used up"
    );
    assert_eq!(new.sign_in("xin.tz").await.location, "/desk");
}

#[tokio::test]
async fn a_link_lost_by_a_double_click_is_made_anew_on_the_page_of_the_person() {
    let t = TestApp::bare("2026-03-02").await;
    let mut sys = t.browser();
    sys.sign_in("sys").await;
    let form = sys.get("/system/people/new").await;
    let (csrf, once) = (form.input("csrf").unwrap(), form.input("once").unwrap());
    let fields = [
        ("csrf", csrf.as_str()),
        ("once", &once),
        ("name", "新同志"),
        ("login", "xin.tz"),
    ];
    let first = sys.post("/system/people", &fields).await;
    assert!(first.text.contains("/link/"));
    let second = sys.post("/system/people", &fields).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER);
    let page = sys.get(&second.location).await;
    assert!(page.text.contains("新同志") && page.text.contains("发放一次性链接"));
    assert!(
        page.text.contains(
            "这名人员已添加。一次性链接只显示一次，没有抄下的，请点“发放一次性链接”重新发放。"
        ),
        "it says what to do"
    );
    let reset = format!("{}/reset", second.location);
    let again = sys.submit(&second.location, &reset, &[]).await;
    assert!(again.text.contains("/link/"));
}
