//! Recording, asking, deciding and handing over, as people do it at the pages.

use axum::http::StatusCode;
use testkit::TestApp;

fn visit<'a>(head: &'a str, place: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("kind", "inspection"),
        ("occurred_on", "2026-03-10"),
        ("p.led", head),
        ("p.was-visited", place),
        ("f.way", "unannounced"),
    ]
}

#[tokio::test]
async fn a_visit_is_recorded_with_five_inputs_and_says_what_it_counts_for() {
    let t = TestApp::at("2026-03-10").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let head = t.post("shiqiao/head").to_string();
    let form = "/acts/new?kind=inspection";
    let saved = browser
        .submit(form, "/acts", &visit(&head, "泽安县宏达建材有限公司"))
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let page = browser.get(&saved.location).await;
    assert!(page.text.contains("已保存"));
    assert!(page.text.contains("检查：泽安县宏达建材有限公司"));
    assert!(
        page.text.contains("政府领导每月到分管行业"),
        "it names the duty it counts for"
    );
    let again = browser.get(&saved.location).await;
    assert!(!again.text.contains("已保存"), "what was done is said once");
}

#[tokio::test]
async fn a_wrong_field_is_named_beside_it_and_everything_typed_comes_back() {
    let t = TestApp::at("2026-03-10").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let head = t.post("shiqiao/head").to_string();
    let mut fields = visit(&head, "没有这家企业");
    fields.push(("f.problems", "配电箱未上锁"));
    let refused = browser
        .submit("/acts/new?kind=inspection", "/acts", &fields)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("href=\"#p.was-visited\""),
        "the summary leads to the field"
    );
    assert!(refused.text.contains("aria-invalid=\"true\""));
    assert!(refused.text.contains("没有找到“没有这家企业”") || refused.text.contains("没有找到&#"));
    assert!(refused.text.contains("配电箱未上锁"));
    assert!(
        refused.text.contains("有误："),
        "the title says so to those who listen"
    );
}

#[tokio::test]
async fn the_preview_says_before_saving_what_would_be_met() {
    let t = TestApp::at("2026-03-10").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let head = t.post("shiqiao/head").to_string();
    let mut fields = visit(&head, "泽安县宏达建材有限公司");
    fields.push(("look", "1"));
    let looked = browser
        .submit("/acts/new?kind=inspection", "/acts", &fields)
        .await;
    assert_eq!(looked.status, StatusCode::OK);
    assert!(looked.text.contains("这一条记录会同时计入"));
    assert!(
        browser
            .get("/acts")
            .await
            .text
            .contains("没有符合条件的记录"),
        "nothing was saved"
    );
}

#[tokio::test]
async fn a_form_without_the_sessions_token_does_nothing() {
    let t = TestApp::at("2026-03-10").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let head = t.post("shiqiao/head").to_string();
    let refused = browser
        .post("/acts", &visit(&head, "泽安县宏达建材有限公司"))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        browser
            .get("/acts")
            .await
            .text
            .contains("没有符合条件的记录")
    );
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused_with_the_limit() {
    let t = TestApp::at("2026-03-10").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let long = "长".repeat(100_000);
    let refused = browser.post("/acts", &[("f.problems", &long)]).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.text.contains("256 KB"));
}

#[tokio::test]
async fn a_request_for_a_waiver_is_decided_by_the_office_and_not_by_who_owes() {
    let t = TestApp::at("2026-04-10").await;
    let head = t.post("shiqiao/head");
    let duty = format!("/duties/zezhou-2026-three-actions/government-leader-visit/{head}/2026-03");
    let mut town = t.browser();
    town.sign_in("shiqiao.lly").await;
    let ask = format!("{duty}/ask");
    let missing = town.submit(&ask, &ask, &[("kind", "waiver")]).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [
        ("kind", "waiver"),
        ("reason", "vacancy"),
        ("text", "镇长空缺，已交接"),
    ];
    let asked = town.submit(&ask, &ask, &fields).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    assert!(
        !town
            .get(&asked.location)
            .await
            .text
            .contains("value=\"approve\"")
    );

    let mut office = t.browser();
    office.sign_in("bangong").await;
    let page = office.get(&asked.location).await;
    assert!(page.text.contains("value=\"approve\""));
    let version = page.input("version").unwrap();
    let decide = format!("{}/decide", asked.location);
    let fields = [
        ("version", version.as_str()),
        ("do", "approve"),
        ("opinion", "同意"),
    ];
    let decided = office.submit(&asked.location, &decide, &fields).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER);
    assert!(town.get(&duty).await.text.contains("豁免"));
}

#[tokio::test]
async fn a_post_is_handed_over_with_what_is_open_on_it() {
    let t = TestApp::at("2026-04-10").await;
    let head = t.post("shiqiao/head");
    let mut office = t.browser();
    office.sign_in("bangong").await;
    let path = format!("/posts/{head}/hand-over");
    let form = office.get(&path).await;
    assert!(
        form.text.contains("政府领导每月到分管行业"),
        "open items are listed"
    );
    let from = t.county.people["shiqiao.zz"].to_string();
    let to = t.county.people["shiqiao.lly"].to_string();
    let fields = [("from", from.as_str()), ("to", &to), ("on", "2026-04-10")];
    let done = office.submit(&path, &path, &fields).await;
    assert_eq!(done.location, format!("/posts/{head}"));
    let page = office.get(&done.location).await;
    assert!(
        page.text.contains("现任 联络同志"),
        "the new holder stands at the top"
    );
}

#[tokio::test]
async fn the_office_amends_a_visit_to_two_places_and_everybody_in_it_stays() {
    let t = TestApp::at("2026-03-10").await;
    let mut officer = t.browser();
    officer.sign_in("shiqiao.lly").await;
    let head = t.post("shiqiao/head").to_string();
    let mut fields = visit(&head, "泽安县宏达建材有限公司");
    let other = "泽安县一号煤业有限公司";
    fields.push(("p.was-visited.others", other));
    fields.push(("p.took-part.others", "中共石桥镇委员会"));
    let saved = officer
        .submit("/acts/new?kind=inspection", "/acts", &fields)
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let act = saved.location.split('?').next().unwrap().to_owned();

    let mut office = t.browser();
    office.sign_in("bangong").await;
    let form = office.get(&format!("{act}/amend")).await;
    assert!(form.text.contains(&format!(">{other}</textarea>")));
    let party = t.body("shiqiao/party").to_string();
    let sent = [
        ("version", "1"),
        ("kind", "inspection"),
        ("occurred_on", "2026-03-09"),
        ("p.led", &head),
        ("p.was-visited", "泽安县宏达建材有限公司"),
        ("p.was-visited.others", other),
        ("p.took-part", &party),
        ("f.way", "unannounced"),
        ("reason", "日期记错了"),
    ];
    for (name, value) in sent
        .iter()
        .filter(|(n, _)| *n == "p.led" || *n == "p.took-part")
    {
        let chip = format!("name=\"{name}\" value=\"{value}\" checked");
        assert!(form.text.contains(&chip), "{chip}\n{}", form.text);
    }
    let done = office
        .submit(&format!("{act}/amend"), &format!("{act}/amend"), &sent)
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = office.get(&act).await;
    for who in [other, "中共石桥镇委员会", "镇长", "3月9日"] {
        assert!(page.text.contains(who), "{who}");
    }
}

#[tokio::test]
async fn a_photo_of_a_telephone_is_kept_and_one_beyond_the_limit_is_refused_politely() {
    let t = TestApp::at("2026-03-10").await;
    let mut officer = t.browser();
    officer.sign_in("shiqiao.lly").await;
    let head = t.post("shiqiao/head").to_string();
    let saved = officer
        .submit(
            "/acts/new?kind=inspection",
            "/acts",
            &visit(&head, "泽安县宏达建材有限公司"),
        )
        .await;
    let act = saved.location.split('?').next().unwrap().to_owned();
    let photo = |megabytes: usize| {
        let mut bytes = vec![7_u8; megabytes * 1024 * 1024];
        bytes[..4].copy_from_slice(&[0xFF, 0xD8, 0xFF, 0xE0]);
        bytes
    };
    let files = format!("{act}/files");
    let kept = officer.upload(&act, &files, "现场.jpg", &photo(5)).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    assert!(officer.get(&act).await.text.contains("现场.jpg"));
    let refused = officer.upload(&act, &files, "视频.jpg", &photo(40)).await;
    assert!(refused.text.contains("20.0 MB"), "{}", refused.text);
}

/// A meeting of the county's office with the first town, and its address.
async fn joined(t: &TestApp) -> String {
    let parts = [
        ("hosted", t.body("office").to_string()),
        ("took-part", t.body("shiqiao/gov").to_string()),
    ];
    let fields = [("form", "thematic"), ("topic", "春季防火")];
    let meeting = testkit::draft("meeting", "2026-03-09", &parts, &fields);
    let id = t.person("bangong").records(meeting).await.unwrap();
    format!("/acts/{id}")
}

#[tokio::test]
async fn who_only_took_part_looks_at_the_act_and_is_told_whose_it_is() {
    let t = TestApp::at("2026-03-10").await;
    let act = joined(&t).await;
    let mut town = t.browser();
    town.sign_in("shiqiao.lly").await;
    let page = town.get(&act).await;
    assert_eq!(page.status, StatusCode::OK);
    for button in ["/amend", "/withdraw", "/files\""] {
        assert!(!page.text.contains(&format!("{act}{button}")), "{button}");
    }
    let reason = [("version", "1"), ("reason", "撤掉")];
    for verb in ["withdraw", "amend", "submit-again", "files/1/remove"] {
        let refused = town
            .submit("/password", &format!("{act}/{verb}"), &reason)
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{verb}");
        assert!(refused.text.contains("县安委办主办"), "{}", refused.text);
    }
    let form = town.get(&format!("{act}/amend")).await;
    assert_eq!(form.status, StatusCode::FORBIDDEN);
    let added = town
        .upload(
            "/password",
            &format!("{act}/files"),
            "纪要.pdf",
            b"%PDF-1.7",
        )
        .await;
    assert_eq!(added.status, StatusCode::FORBIDDEN);
    let page = town.get(&act).await;
    assert!(!page.text.contains("已撤回") && !page.text.contains("纪要.pdf"));
}

#[tokio::test]
async fn what_anothers_head_led_is_refused_beside_the_field_with_who_records_it() {
    let t = TestApp::at("2026-03-10").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let form = browser.get("/acts/new?kind=inspection").await;
    assert!(!form.text.contains("县领导带队的"), "nor is one offered");
    let unknown = "post_01900000-0000-7000-8000-000000000000".to_owned();
    let mut told = Vec::new();
    for who in [t.post("qingxi/head").to_string(), unknown] {
        let fields = visit(&who, "泽安县宏达建材有限公司");
        let refused = browser
            .submit("/acts/new?kind=inspection", "/acts", &fields)
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains("href=\"#p.led\""));
        assert!(refused.text.contains("请县安委办代为记录"));
        let mut fields = fields;
        fields.push(("look", "1"));
        let looked = browser
            .submit("/acts/new?kind=inspection", "/acts", &fields)
            .await;
        assert!(!looked.text.contains("这一条记录会同时计入"));
        let at = looked.text.find("id=\"meets\"").unwrap();
        let part = looked.text[at..].split("</section>").next().unwrap();
        assert!(part.contains("请县安委办代为记录"), "{part}");
        told.push((looked.status, part.replace(&who, "某某")));
    }
    assert_eq!(told[0], told[1], "hidden and unknown alike");
}

#[tokio::test]
async fn the_office_records_a_visit_of_a_towns_head_by_the_name_of_the_post() {
    let t = TestApp::at("2026-03-10").await;
    let mut office = t.browser();
    office.sign_in("bangong").await;
    let place = "泽安县宏达建材有限公司";
    let fields: Vec<(&str, &str)> = visit("石桥镇人民政府镇长", place)
        .into_iter()
        .map(|(name, value)| match name {
            "p.led" => ("p.led.others", value),
            _ => (name, value),
        })
        .collect();
    let saved = office
        .submit("/acts/new?kind=inspection", "/acts", &fields)
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = office.get(&saved.location).await;
    assert!(page.text.contains("石桥镇人民政府镇长"));
}

#[tokio::test]
async fn a_return_of_two_bodies_is_refused_beside_the_field() {
    let t = TestApp::at("2026-03-10").await;
    let mut office = t.browser();
    office.sign_in("bangong").await;
    let (one, two) = (
        t.body("shiqiao/gov").to_string(),
        t.body("qingxi/gov").to_string(),
    );
    let fields = [
        ("kind", "return"),
        ("period", "2026-03"),
        ("form", "zezhou-2026-three-actions/three-actions-monthly"),
        ("p.hosted", one.as_str()),
        ("p.hosted", two.as_str()),
    ];
    let refused = office
        .submit("/acts/new?kind=return", "/acts", &fields)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("一份报表由一个单位报送，现选了2个"));
}

#[tokio::test]
async fn a_hidden_request_answers_404_as_an_unknown_one_does() {
    let t = TestApp::at("2026-04-10").await;
    let head = t.post("shiqiao/head");
    let duty = format!("/duties/zezhou-2026-three-actions/government-leader-visit/{head}/2026-03");
    let mut town = t.browser();
    town.sign_in("shiqiao.lly").await;
    let ask = format!("{duty}/ask");
    let fields = [("kind", "waiver"), ("reason", "vacancy"), ("text", "空缺")];
    let asked = town.submit(&ask, &ask, &fields).await;
    let hidden = asked.location.split('?').next().unwrap().to_owned();
    let unknown = "/rulings/ruling_01900000-0000-7000-8000-000000000000".to_owned();
    for (login, verb) in [("qingxi.lly", "withdraw"), ("qingxi.zz", "decide")] {
        let mut browser = t.browser();
        browser.sign_in(login).await;
        for path in [&hidden, &unknown] {
            let fields = [("version", "1"), ("do", "approve")];
            let reply = browser
                .submit("/password", &format!("{path}/{verb}"), &fields)
                .await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{login} {path}");
            assert!(reply.text.contains("没有找到这份申请"), "{}", reply.text);
        }
    }
    let mut mate = t.browser();
    mate.sign_in("shiqiao.zz").await;
    let reply = mate.get(&hidden).await;
    assert_eq!(reply.status, StatusCode::OK, "whom it concerns sees it");
}

#[tokio::test]
async fn a_text_that_turns_the_line_is_shown_as_it_is_and_goes_back_as_it_was() {
    let t = TestApp::at("2026-03-10").await;
    let mut browser = t.browser();
    browser.sign_in("shiqiao.lly").await;
    let head = t.post("shiqiao/head").to_string();
    let mut fields = visit(&head, "泽安县宏达建材有限公司");
    fields.push(("f.problems", "配电箱\u{202e}未上锁"));
    let saved = browser
        .submit("/acts/new?kind=inspection", "/acts", &fields)
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let page = browser.get(&saved.location).await.text;
    assert!(page.contains("配电箱⟦U+202E⟧未上锁"), "{page}");
    assert!(!page.contains('\u{202e}'), "nowhere is it let through");
    let amend = browser.get(&format!("{}/amend", saved.location)).await.text;
    assert!(amend.contains("配电箱\u{202e}未上锁"), "the field holds it");
}
