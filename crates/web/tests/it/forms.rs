//! Forms: values kept, messages beside fields, nothing done twice.

use testkit::TestApp;

#[tokio::test]
async fn a_visit_with_a_missing_field_keeps_what_was_typed() {
    let t = TestApp::at("2026-11-05").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let post = t.post("shiqiao/head").to_string();
    let reply = browser
        .submit(
            "/acts/new?kind=inspection",
            "/acts",
            &[
                ("kind", "inspection"),
                ("occurred_on", "2026-11-05"),
                ("p.led", &post),
                ("f.problems", "三号门堵塞"),
            ],
        )
        .await;
    assert_eq!(reply.status.as_u16(), 422, "{}", reply.text);
    assert!(reply.text.contains("三号门堵塞"));
    assert!(reply.text.contains("请填写方式"));
}

#[tokio::test]
async fn a_double_click_records_one_visit() {
    let t = TestApp::at("2026-11-05").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let post = t.post("shiqiao/head").to_string();
    let form = browser.get("/acts/new?kind=inspection").await;
    let (csrf, once) = (form.input("csrf").unwrap(), form.input("once").unwrap());
    let fields = [
        ("csrf", csrf.as_str()),
        ("once", once.as_str()),
        ("kind", "inspection"),
        ("occurred_on", "2026-11-05"),
        ("p.led", &post),
        ("f.way", "unannounced"),
    ];
    let first = browser.post("/acts", &fields).await;
    let second = browser.post("/acts", &fields).await;
    assert_eq!(first.status.as_u16(), 303, "{}", first.text);
    assert_eq!(first.location, second.location);
}

#[tokio::test]
async fn an_expired_session_keeps_the_form_and_offers_sign_in() {
    let t = TestApp::at("2026-11-05").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let form = browser.get("/acts/new?kind=inspection").await;
    let csrf = form.input("csrf").unwrap();
    t.shift(31 * 60_000);
    let reply = browser
        .post(
            "/acts",
            &[
                ("csrf", &csrf),
                ("kind", "inspection"),
                ("f.problems", "灭火器过期"),
            ],
        )
        .await;
    assert_eq!(reply.status.as_u16(), 401);
    assert!(reply.text.contains("灭火器过期"));
    assert!(reply.text.contains("登录"));
}

#[tokio::test]
async fn the_office_changes_a_list_where_it_applies_a_pack_and_finds_it_changed_the_next_time() {
    let t = TestApp::at("2026-11-05").await;
    let mut browser = t.browser();
    browser.sign_in("bangong").await;
    let page = "/packs/zezhou-2026-three-actions/apply";
    let world = t.app.world(t.home()).await.unwrap();
    let added = t.body("coal");
    let name = world.structure.name(added, testkit::day("2026-11-05"));
    let fields = |lead| {
        [
            ("version", "1"),
            ("do", "apply"),
            ("from_on", "2026-11-06"),
            ("followed_from_on", "2026-11-06"),
            ("reason", "安委会会议决定"),
            ("unfollowed", "monthly-return"),
            ("list_add.key-sector-leads", lead),
        ]
    };
    let wrong = browser.submit(page, page, &fields("没有的局")).await;
    assert_eq!(wrong.status.as_u16(), 422);
    assert!(wrong.text.contains("没有找到“没有的局”"), "{}", wrong.text);
    let done = browser.submit(page, page, &fields(name)).await;
    assert_eq!(done.status.as_u16(), 303, "{}", done.text);
    let again = browser.get(page).await;
    assert!(again.text.contains(&format!(">{name}</textarea>")));
    let world = t.app.world(t.home()).await.unwrap();
    let (newest, _) = world.book.packs().last().unwrap();
    assert_eq!(newest.choices.list_add["key-sector-leads"], [added]);
    assert!(newest.choices.unfollowed.contains("monthly-return"));
}
