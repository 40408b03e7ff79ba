//! Sessions: idle time-out, signing out, one-time links.

use app::session::{FirstAdmin, Link, link, resume, set_password, setup, setup_link};
use app::session::{by_login, change_password, sign_out};
use domain::policy::Role;
use testkit::{PASSWORD, TestApp};

use crate::{beside, code, sentence};

const MINUTE: i64 = 60_000;

async fn tries(t: &TestApp, login: &str, password: &str) -> app::Result<String> {
    crate::sign_in::tries(t, "10.0.0.1", login, password)
        .await
        .map(|s| s.token)
}

/// Whether a token's session still holds.
async fn holds(t: &TestApp, token: &str) -> bool {
    let now = t.nobody();
    resume(&t.app, token, None, now.now, now.today)
        .await
        .unwrap()
        .is_some()
}

#[tokio::test]
async fn a_session_ends_after_thirty_minutes_without_a_request() {
    let t = TestApp::bare("2026-11-05").await;
    let token = tries(&t, "shiqiao.lly", PASSWORD).await.unwrap();
    for _ in 0..3 {
        t.shift(29 * MINUTE);
        assert!(
            holds(&t, &token).await,
            "each request gives thirty minutes more"
        );
    }
    t.shift(30 * MINUTE + 1);
    assert!(!holds(&t, &token).await);
    assert!(
        !holds(&t, "0123456789abcdef").await,
        "a token that nobody has opens nothing"
    );
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_in_any_case() {
    let t = TestApp::bare("2026-11-05").await;
    let token = tries(&t, "shiqiao.lly", PASSWORD).await.unwrap();
    for _ in 0..36 {
        t.shift(20 * MINUTE);
        assert!(holds(&t, &token).await);
    }
    t.shift(1);
    assert!(!holds(&t, &token).await);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_no_other() {
    let t = TestApp::bare("2026-11-05").await;
    let phone = tries(&t, "shiqiao.lly", PASSWORD).await.unwrap();
    let desk = tries(&t, "shiqiao.lly", PASSWORD).await.unwrap();
    sign_out(&t.person("shiqiao.lly").ctx().await, &phone)
        .await
        .unwrap();
    assert!(!holds(&t, &phone).await);
    assert!(holds(&t, &desk).await);
}

#[tokio::test]
async fn a_new_password_ends_the_persons_other_sessions() {
    let t = TestApp::bare("2026-11-05").await;
    let phone = tries(&t, "shiqiao.lly", PASSWORD).await.unwrap();
    let desk = tries(&t, "shiqiao.lly", PASSWORD).await.unwrap();
    let ctx = t.person("shiqiao.lly").ctx().await;
    let wrong = change_password(&ctx, "Buduide-1", "Xinde-2026", "Xinde-2026", &desk).await;
    assert_eq!(beside(wrong, "old"), "原口令不对。");
    let weak = change_password(&ctx, PASSWORD, "aaaaaaaa", "bbbbbbbb", &desk).await;
    assert!(beside(weak, "password").contains("三种"));
    let unlike = change_password(&ctx, PASSWORD, "Xinde-2026", "Xinde-2027", &desk).await;
    assert_eq!(beside(unlike, "again"), "两次填写的口令不一样。");
    change_password(&ctx, PASSWORD, "Xinde-2026", "Xinde-2026", &desk)
        .await
        .unwrap();
    assert!(holds(&t, &desk).await);
    assert!(!holds(&t, &phone).await);
    assert!(tries(&t, "shiqiao.lly", PASSWORD).await.is_err());
    assert!(tries(&t, "shiqiao.lly", "Xinde-2026").await.is_ok());
}

#[tokio::test]
async fn a_one_time_link_works_once() {
    let t = TestApp::bare("2026-11-05").await;
    let admin = t.person("sys").ctx().await;
    let added = app::person::create(&admin, "新来同志", "xinlai")
        .await
        .unwrap();
    let token = added.link.unwrap();
    assert_eq!(
        code(tries(&t, "xinlai", "anything-1A").await),
        "sign-in.wrong"
    );
    let nobody = t.nobody();
    assert!(matches!(link(&nobody, &token).await, Ok(Link::Password(p)) if p.login == "xinlai"));
    let weak = set_password(&nobody, &token, "short", "short").await;
    assert_eq!(beside(weak, "password"), "口令应有8到128个字符。");
    set_password(&nobody, &token, "Xinlai的-2026", "Xinlai的-2026")
        .await
        .unwrap_err();
    set_password(&nobody, &token, "Gonghao-2026", "Gonghao-2026")
        .await
        .unwrap();
    let again = set_password(&nobody, &token, "Gonghao-2027", "Gonghao-2027").await;
    assert_eq!(
        sentence(again),
        "这个链接已使用过，或已超过有效时间。请联系系统管理员重新发放。"
    );
    assert!(tries(&t, "xinlai", "Gonghao-2026").await.is_ok());
    assert_eq!(
        code(setup(&nobody, &token, &three(["a.sys", "b.sec", "c.aud"])).await),
        "link.spent"
    );
}

#[tokio::test]
async fn a_one_time_link_expires_after_a_day() {
    let t = TestApp::bare("2026-11-05").await;
    let admin = t.person("sys").ctx().await;
    let token = app::person::reset(&admin, t.person_id("shiqiao.lly"))
        .await
        .unwrap()
        .link
        .unwrap();
    t.shift(24 * 60 * MINUTE - 1);
    assert!(link(&t.nobody(), &token).await.is_ok());
    t.shift(1);
    let late = set_password(&t.nobody(), &token, "Gonghao-2026", "Gonghao-2026").await;
    assert_eq!(code(late), "link.spent");
    assert!(
        tries(&t, "shiqiao.lly", PASSWORD).await.is_ok(),
        "the old password still holds"
    );
    let officer = t.person("bangong").ctx().await;
    let power = app::person::reset(&officer, t.person_id("shiqiao.lly")).await;
    assert_eq!(code(power), "forbidden");
}

#[tokio::test]
async fn a_newer_link_takes_the_place_of_the_older_one() {
    let t = TestApp::bare("2026-11-05").await;
    let admin = t.person("sys").ctx().await;
    let old = app::person::reset(&admin, t.person_id("shiqiao.lly"))
        .await
        .unwrap()
        .link
        .unwrap();
    let new = app::person::reset(&admin, t.person_id("shiqiao.lly"))
        .await
        .unwrap()
        .link
        .unwrap();
    let nobody = t.nobody();
    set_password(&nobody, &new, "Gonghao-2026", "Gonghao-2026")
        .await
        .unwrap();
    let late = set_password(&nobody, &old, "Gonghao-2027", "Gonghao-2027").await;
    assert_eq!(
        code(late),
        "link.spent",
        "a link sent before must not undo the password"
    );
}

fn three(logins: [&str; 3]) -> [(Role, FirstAdmin); 3] {
    let roles = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];
    let mut i = 0;
    roles.map(|role| {
        let login = logins[i];
        i += 1;
        let admin = FirstAdmin {
            name: format!("管理员{i}"),
            login: login.to_owned(),
            password: "Guanli-2026".to_owned(),
        };
        (role, admin)
    })
}

#[tokio::test]
async fn the_first_three_administrators_are_three_different_people() {
    let t = TestApp::empty("2026-02-14").await;
    let token = setup_link(&t.system()).await.unwrap();
    let nobody = t.nobody();
    assert!(matches!(link(&nobody, &token).await, Ok(Link::Setup(home)) if home == t.home()));
    let same = setup(&nobody, &token, &three(["guanli", "guanli", "guanli"])).await;
    assert_eq!(
        beside(same, "security-admin.login"),
        "三名管理员应是不同的人，用户名不能相同。"
    );
    let mut blank = three(["xitong", "anquan", "shenji"]);
    blank[1].1.password = "anquan".to_owned();
    blank[2].1.name = String::new();
    let wrong = setup(&nobody, &token, &blank).await;
    let app::Error::Invalid(errors) = wrong.unwrap_err() else {
        unreachable!("not a matter of fields")
    };
    assert!(
        !errors.of("security-admin.password").is_empty(),
        "{errors:?}"
    );
    assert!(!errors.of("audit-admin.name").is_empty(), "{errors:?}");

    setup(&nobody, &token, &three(["xitong", "anquan", "shenji"]))
        .await
        .unwrap();
    assert_eq!(code(link(&nobody, &token).await), "link.spent");
    assert_eq!(code(setup_link(&t.system()).await), "setup.done");
    for (login, role) in [
        ("xitong", Role::SystemAdmin),
        ("anquan", Role::SecurityAdmin),
        ("shenji", Role::AuditAdmin),
    ] {
        assert!(tries(&t, login, "Guanli-2026").await.is_ok());
        let who = by_login(&t.app, login, nobody.today).await.unwrap();
        assert!(
            who.grants.len() == 1 && who.grants[0].role == role,
            "{login} has one role"
        );
    }
}

#[tokio::test]
async fn a_county_is_set_up_once_however_many_links_were_printed() {
    let t = TestApp::empty("2026-02-14").await;
    let first = setup_link(&t.system()).await.unwrap();
    let second = setup_link(&t.system()).await.unwrap();
    let nobody = t.nobody();
    let (ours, others) = (
        three(["xitong", "anquan", "shenji"]),
        three(["xitong.2", "anquan.2", "shenji.2"]),
    );
    let (one, two) = tokio::join!(
        setup(&nobody, &first, &ours),
        setup(&nobody, &second, &others)
    );
    assert!(
        one.is_ok() != two.is_ok(),
        "two links opened at once: {one:?}, {two:?}"
    );
    let late = [one, two].into_iter().find(Result::is_err).unwrap();
    assert_eq!(code(late), "link.spent");
    for token in [&first, &second] {
        assert_eq!(code(link(&nobody, token).await), "link.spent");
        let again = setup(&nobody, token, &three(["a.sys", "b.sec", "c.aud"])).await;
        assert_eq!(code(again), "link.spent");
    }
    let home = t.home();
    let people = t
        .app
        .store
        .read(async |r| store::person::people_of(r, home).await)
        .await
        .unwrap();
    assert_eq!(people.len(), 3, "three administrators and no more");
}

#[tokio::test]
async fn a_set_up_link_opens_nothing_once_there_are_people() {
    let t = TestApp::empty("2026-02-14").await;
    let token = setup_link(&t.system()).await.unwrap();
    t.joins("xitong", "管理员", &[(Role::SystemAdmin, t.home())])
        .await;
    let late = setup(&t.nobody(), &token, &three(["a.sys", "b.sec", "c.aud"])).await;
    assert_eq!(
        sentence(late),
        "本辖区已有人员，初始化已经完成，请用已有账号登录。需要新账号的，请联系系统管理员。"
    );
}

#[tokio::test]
async fn a_deactivated_persons_sessions_end() {
    let t = TestApp::bare("2026-11-05").await;
    let token = tries(&t, "shiqiao.lly", PASSWORD).await.unwrap();
    let admin = t.person("sys").ctx().await;
    let mut changed = app::person::show(&admin, t.person_id("shiqiao.lly"))
        .await
        .unwrap()
        .unchanged();
    changed.active = false;
    app::person::change(&admin, changed.clone()).await.unwrap();
    assert!(!holds(&t, &token).await);
    assert_eq!(
        code(tries(&t, "shiqiao.lly", PASSWORD).await),
        "sign-in.wrong"
    );
    let gone = by_login(&t.app, "shiqiao.lly", t.nobody().today).await;
    assert_eq!(
        code(gone),
        "not-found",
        "nor does the command line act for them"
    );
}
