//! Names are what they seem: no character in them that nobody sees or that turns the line.

use app::body::BodyChange;
use app::drafting::RenameDraft;
use app::occasion::NewOccasion;
use testkit::{TestApp, day, new};

use crate::beside;

const SAYS: &str = "个字是看不见或改变文字方向的字符（U+202E），名称里不能有，请删去后重新填写。";

/// Each place in a name, and the sentence about it.
const NAMES: [(&str, usize); 3] = [
    ("\u{202e}三张", 1),
    ("张\u{202e}三", 2),
    ("张三\u{202e}", 3),
];

#[tokio::test]
async fn a_person_is_named_and_signs_in_with_what_is_seen() {
    let t = TestApp::bare("2026-11-05").await;
    let admin = t.person("sys").ctx().await;
    for (name, at) in NAMES {
        let wrong = app::person::create(&admin, name, "xinlai").await;
        assert_eq!(beside(wrong, "name"), format!("第{at}{SAYS}"));
    }
    let twin = app::person::create(&admin, "新来同志", "xin\u{200b}lai").await;
    assert_eq!(
        beside(twin, "login"),
        "第4个字是看不见或改变文字方向的字符（U+200B），名称里不能有，请删去后重新填写。"
    );
    let mut known = app::person::show(&admin, t.person_id("shiqiao.lly"))
        .await
        .unwrap()
        .unchanged();
    known.name.push('\u{e0041}');
    let changed = app::person::change(&admin, known.clone()).await;
    assert!(beside(changed, "name").contains("U+E0041"));
}

#[tokio::test]
async fn bodies_posts_and_occasions_are_named_with_what_is_seen() {
    let t = TestApp::at("2026-06-10").await;
    let office = t.person("bangong").ctx().await;
    for (name, at) in NAMES {
        let says = format!("第{at}{SAYS}");
        let body = new::firm(name, t.body("shiqiao"), "2026-06-01");
        let made = app::body::create(&office, body).await;
        assert_eq!(beside(made, "name"), says);
        let renamed = BodyChange {
            name: Some(name.to_owned()),
            ..BodyChange::default()
        };
        let on = day("2026-06-10");
        let changed = app::body::change(&office, t.body("zhuanchang"), 1, on, renamed).await;
        assert_eq!(beside(changed, "name"), says);
        let post = new::post(t.body("shiqiao"), "head", name, "2026-06-01");
        let made = app::post::create(&office, post).await;
        assert_eq!(beside(made, "title"), says);
        let occasion = NewOccasion {
            title: name.to_owned(),
            ..new::national_day()
        };
        let opened = app::occasion::open(&office, occasion).await;
        assert_eq!(beside(opened, "title"), says);
    }
}

#[tokio::test]
async fn files_are_what_their_names_say() {
    let t = TestApp::at("2026-11-05").await;
    let officer = t.person("shiqiao.lly");
    let visit = t.visit("shiqiao/head", "yimei", "2026-11-04");
    let id = officer.records(visit).await.unwrap();
    let ctx = officer.ctx().await;
    let picture: &[u8] = b"\xff\xd8\xff\xe0 a picture of the gate";
    let turned = "C:\\tmp\\现场\u{202e}gpj.exe.jpg";
    let added = app::file::add(&ctx, id, turned, picture.into()).await;
    assert_eq!(
        beside(added, "file"),
        "文件名“现场\u{202e}gpj.exe.jpg”的第3个字是看不见或改变文字方向的字符（U+202E），请改名后再上传。"
    );
    let office = t.person("bangong").ctx().await;
    let notice = "各乡镇人民政府每月至少检查仓库2次。".as_bytes();
    let draft = app::drafting::open(&office, "通\u{feff}知.txt", notice.to_vec()).await;
    assert!(beside(draft, "file").contains("第2个字"));
}

#[tokio::test]
async fn a_draft_is_named_with_what_is_seen() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    let notice = "各乡镇人民政府每月至少检查仓库2次。".as_bytes();
    let id = app::drafting::open(&office, "通知.txt", notice.to_vec())
        .await
        .unwrap();
    let head = |title: &str, number: &str| RenameDraft {
        id,
        pack: "zean-2026-depots".parse().unwrap(),
        version: 1,
        title: title.to_owned(),
        short: "防火".to_owned(),
        issuer: None,
        number: Some(number.to_owned()),
        issued: Some(testkit::day("2026-10-20")),
        from: testkit::day("2026-10-20"),
        to: None,
    };
    let named = app::drafting::rename(&office, head("仓库\u{2067}防火", "")).await;
    assert!(beside(named, "title").contains("U+2067"));
    let named = app::drafting::rename(&office, head("仓库防火", "〔2026〕\u{ad}9号")).await;
    assert!(beside(named, "number").contains("U+00AD"));
}
