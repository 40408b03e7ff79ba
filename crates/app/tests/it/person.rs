//! People and their powers: three administrators apart, nobody grants to himself.

use app::person::{ListPeople, change, create, list, show};
use app::post::NewPost;
use app::role::{grant, revoke};
use domain::policy::Role;
use testkit::{TestApp, day, key, new};

use crate::{Z2, beside, code, roles, sentence};

const APART: &str = "三员分立：系统、安全、审计管理员须由不同的人担任，也不兼办业务。请先收回原有角色，或换一个人。";

/// People by a part of their name or sign-in name.
fn named(text: &str) -> ListPeople {
    ListPeople {
        text: Some(text.to_owned()),
        ..ListPeople::default()
    }
}

#[tokio::test]
async fn the_three_administrators_stay_apart() {
    let t = TestApp::bare("2026-11-05").await;
    let security = t.person("sec").ctx().await;
    let home = t.home();
    for (login, role) in [
        ("sys", Role::SecurityAdmin),
        ("sys", Role::AuditAdmin),
        ("aud", Role::SystemAdmin),
        ("sys", Role::Office),
        ("bangong", Role::AuditAdmin),
        ("shiqiao.lly", Role::SystemAdmin),
    ] {
        let given = grant(&security, t.person_id(login), role, home).await;
        assert_eq!(sentence(given), APART, "{login} as {}", role.code());
    }
    let given = grant(&security, t.person_id("bangong"), Role::Leader, home).await;
    assert!(given.is_ok(), "business roles go together");
}

#[tokio::test]
async fn nobody_grants_to_himself_or_takes_from_himself() {
    let t = TestApp::bare("2026-11-05").await;
    let security = t.person("sec").ctx().await;
    let own = grant(&security, t.person_id("sec"), Role::Office, t.home()).await;
    assert_eq!(
        sentence(own),
        "不能给自己授予角色，请由另一名安全管理员办理。"
    );
    let all = roles(&security).await.unwrap();
    let mine = all
        .iter()
        .find(|g| g.person.id == t.person_id("sec"))
        .unwrap();
    assert_eq!(code(revoke(&security, mine.id).await), "grant.self");
}

#[tokio::test]
async fn only_the_security_administrator_grants() {
    let t = TestApp::bare("2026-11-05").await;
    for login in ["sys", "aud", "bangong", "fuxianzhang", "shiqiao.lly"] {
        let ctx = t.person(login).ctx().await;
        let given = grant(
            &ctx,
            t.person_id("qingxi.lly"),
            Role::Viewer,
            t.body("qingxi"),
        )
        .await;
        let refused = code(given);
        assert!(
            refused == "forbidden" || refused == "not-found",
            "{login}: {refused}"
        );
    }
    let sec = t.person("sec").ctx().await;
    assert_eq!(
        code(create(&sec, "某人", "mouren").await),
        "forbidden",
        "and prepares nobody"
    );
}

#[tokio::test]
async fn a_role_holds_from_the_day_it_was_given_until_it_is_taken() {
    let t = TestApp::at("2026-11-05").await;
    let security = t.person("sec").ctx().await;
    let (person, town) = (t.person_id("shiqiao.lly"), t.body("qingxi"));
    let october = key(Z2, "monthly-return", t.owner("qingxi/gov"), "2026-10");
    let officer = t.person("shiqiao.lly");
    assert!(officer.opens(&october).await.is_err());
    grant(&security, person, Role::Viewer, town).await.unwrap();
    assert!(officer.opens(&october).await.is_ok());
    let twice = grant(&security, person, Role::Viewer, town).await;
    assert_eq!(sentence(twice), "联络同志已有这个角色。");
    let given = roles(&security).await.unwrap();
    let viewer = given
        .iter()
        .find(|g| g.person.id == person && g.role == Role::Viewer)
        .unwrap();
    revoke(&security, viewer.id).await.unwrap();
    assert!(officer.opens(&october).await.is_err());
}

/// The roles that a person was ever given, from the rows.
async fn given_to(t: &TestApp, login: &str) -> Vec<domain::person::Grant> {
    let person = t.person_id(login);
    t.app
        .store
        .read(async |r| store::grant::grants_of_person(r, person).await)
        .await
        .unwrap()
}

#[tokio::test]
async fn two_security_administrators_at_once_keep_the_three_offices_apart() {
    let t = TestApp::bare("2026-11-05").await;
    let home = t.home();
    t.joins("sec.2", "安小二", &[(Role::SecurityAdmin, home)])
        .await;
    let newcomer = t.joins("xinren", "新来同志", &[]).await;
    let (one, two) = (t.person("sec").ctx().await, t.person("sec.2").ctx().await);
    // Both have the page of the roles before them.
    for security in [&one, &two] {
        let all = roles(security).await.unwrap();
        assert!(all.iter().all(|g| g.person.id != newcomer));
    }
    let (first, second) = tokio::join!(
        grant(&one, newcomer, Role::SystemAdmin, home),
        grant(&two, newcomer, Role::AuditAdmin, home)
    );
    assert!(
        first.is_ok() != second.is_ok(),
        "one of two: {first:?}, {second:?}"
    );
    let late = [first, second].into_iter().find(Result::is_err).unwrap();
    assert_eq!(sentence(late), APART);
}

#[tokio::test]
async fn a_role_is_given_once_by_a_double_click() {
    let t = TestApp::bare("2026-11-05").await;
    let security = t.person("sec").ctx().await;
    let (person, town) = (t.person_id("shiqiao.lly"), t.body("qingxi"));
    let before = given_to(&t, "shiqiao.lly").await.len();
    let (first, second) = tokio::join!(
        grant(&security, person, Role::Viewer, town),
        grant(&security, person, Role::Viewer, town)
    );
    assert!(
        first.is_ok() != second.is_ok(),
        "one of two: {first:?}, {second:?}"
    );
    let late = [first, second].into_iter().find(Result::is_err).unwrap();
    assert_eq!(code(late), "grant.twice");
    assert_eq!(given_to(&t, "shiqiao.lly").await.len(), before + 1);
}

#[tokio::test]
async fn the_day_on_which_a_role_was_taken_back_stays() {
    let t = TestApp::bare("2026-11-05").await;
    let (person, town) = (t.person_id("shiqiao.lly"), t.body("qingxi"));
    let security = t.person("sec").ctx().await;
    grant(&security, person, Role::Viewer, town).await.unwrap();
    let all = roles(&security).await.unwrap();
    let viewer = all
        .iter()
        .find(|g| g.person.id == person && g.role == Role::Viewer)
        .unwrap();
    t.set_day("2026-11-09");
    revoke(&t.person("sec").ctx().await, viewer.id)
        .await
        .unwrap();
    t.set_day("2026-11-20");
    let again = revoke(&t.person("sec").ctx().await, viewer.id).await;
    assert_eq!(
        sentence(again),
        "这个角色已于2026年11月9日收回，无须再办。请刷新页面查看最新情况。"
    );
    let ended: Vec<_> = given_to(&t, "shiqiao.lly")
        .await
        .iter()
        .filter_map(|g| g.to_on)
        .collect();
    assert_eq!(ended, [day("2026-11-09")]);
}

#[tokio::test]
async fn a_deactivated_person_is_given_nothing() {
    let t = TestApp::bare("2026-11-05").await;
    let admin = t.person("sys").ctx().await;
    let mut changed = show(&admin, t.person_id("shiqiao.lly"))
        .await
        .unwrap()
        .unchanged();
    changed.active = false;
    change(&admin, changed.clone()).await.unwrap();
    let security = t.person("sec").ctx().await;
    let given = grant(&security, changed.id, Role::Viewer, t.body("qingxi")).await;
    assert_eq!(
        sentence(given),
        "联络同志的账号已停用，不能授予角色。请先由系统管理员启用。"
    );
}

#[tokio::test]
async fn a_role_on_a_town_gives_no_power_over_the_county() {
    let t = TestApp::at("2026-11-05").await;
    t.joins("zhenban", "镇安小办", &[(Role::Office, t.body("shiqiao"))])
        .await;
    t.joins(
        "zhensys",
        "镇系小统",
        &[(Role::SystemAdmin, t.body("shiqiao"))],
    )
    .await;
    t.joins(
        "zhenaud",
        "镇审小计",
        &[(Role::AuditAdmin, t.body("shiqiao"))],
    )
    .await;
    let office = t.person("zhenban").ctx().await;
    let files = testkit::shipped(Z2);
    assert_eq!(code(app::pack::import(&office, &files).await), "forbidden");
    assert!(
        app::pack::list(&office, app::pack::ListPacks::default())
            .await
            .is_ok(),
        "the packs that govern it are seen"
    );
    let admin = t.person("zhensys").ctx().await;
    assert_eq!(code(create(&admin, "某人", "mouren").await), "forbidden");
    assert_eq!(
        code(app::person::reset(&admin, t.person_id("bangong")).await),
        "forbidden"
    );
    let auditor = t.person("zhenaud").ctx().await;
    assert_eq!(code(app::audit::verify(&auditor).await), "forbidden");
}

#[tokio::test]
async fn a_sign_in_name_is_taken_once_and_plain() {
    let t = TestApp::bare("2026-11-05").await;
    let admin = t.person("sys").ctx().await;
    let taken = create(&admin, "另一人", "shiqiao.lly").await;
    assert_eq!(beside(taken, "login"), "这个用户名已有人使用，请换一个。");
    let odd = create(&admin, "", "张三").await;
    let app::Error::Invalid(errors) = odd.unwrap_err() else {
        unreachable!("not a matter of fields")
    };
    assert!(
        !errors.of("name").is_empty() && !errors.of("login").is_empty(),
        "{errors:?}"
    );
    assert!(
        errors.of("login").join("").contains("shiqiao.lly"),
        "with an example"
    );
}

#[tokio::test]
async fn a_double_click_adds_a_person_once() {
    let t = TestApp::bare("2026-11-05").await;
    let admin = t.person("sys").ctx().await;
    let first = create(&admin.keyed("page-1"), "新来同志", "xinlai")
        .await
        .unwrap();
    assert!(first.link.is_some());
    let second = create(&admin.keyed("page-1"), "新来同志", "xinlai")
        .await
        .unwrap();
    assert_eq!((second.id, second.link), (first.id, None));
    assert_eq!(list(&admin, named("xinlai")).await.unwrap().rows.len(), 1);
    let again = create(&admin.keyed("page-2"), "新来同志", "xinlai").await;
    assert_eq!(
        beside(again, "login"),
        "这个用户名已有人使用，请换一个。",
        "another page is another person"
    );
}

#[tokio::test]
async fn an_administrator_does_not_lock_himself_out() {
    let t = TestApp::bare("2026-11-05").await;
    let admin = t.person("sys").ctx().await;
    let mut own = show(&admin, t.person_id("sys")).await.unwrap().unchanged();
    own.active = false;
    assert_eq!(
        beside(change(&admin, own.clone()).await, "active"),
        "不能停用自己的账号。"
    );
    let mut other = show(&admin, t.person_id("shiqiao.lly"))
        .await
        .unwrap()
        .unchanged();
    other.name = "改了名".to_owned();
    change(&admin, other.clone()).await.unwrap();
    assert_eq!(
        code(change(&admin, other.clone()).await),
        "stale",
        "the version was read before"
    );
}

#[tokio::test]
async fn administrators_see_people_and_no_business() {
    let t = TestApp::at("2026-11-05").await;
    let admin = t.person("sys").ctx().await;
    assert_eq!(list(&admin, named("石桥")).await.unwrap().rows.len(), 0);
    assert_eq!(list(&admin, named("shiqiao")).await.unwrap().rows.len(), 2);
    let october = key(Z2, "monthly-return", t.owner("qingxi/gov"), "2026-10");
    for login in ["sys", "sec", "aud"] {
        assert_eq!(
            code(t.person(login).opens(&october).await),
            "not-found",
            "{login}"
        );
    }
    let officer = t.person("shiqiao.lly").ctx().await;
    assert_eq!(code(list(&officer, named("")).await), "forbidden");
    let trail = app::audit::trail(&officer, app::audit::ListLinks::default()).await;
    assert_eq!(code(trail), "forbidden");
}

#[tokio::test]
async fn a_post_is_set_up_in_a_body_that_stands() {
    let t = TestApp::bare("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    let post = |title: &str, from: &str| NewPost {
        sort_key: "9999".to_owned(),
        ..new::post(t.body("shiqiao/gov"), "deputy-head", title, from)
    };
    let early = app::post::create(&office, post("副镇长", "2025-01-01")).await;
    assert!(beside(early, "from_on").contains("还没有设立"));
    let blank = app::post::create(&office, post(" ", "2026-11-05")).await;
    assert!(beside(blank, "title").contains("最多40字"));
    let mut chained = post("副镇长", "2026-11-05");
    chained.ex_officio = Some(t.post("coal/chair"));
    let chained = app::post::create(&office, chained).await;
    assert!(beside(chained, "ex_officio").contains("不能是兼任的岗位"));
    let new = post("副镇长", "2026-11-05");
    let first = app::post::create(&office.keyed("page-1"), new.clone()).await;
    let second = app::post::create(&office.keyed("page-1"), new.clone()).await;
    assert_eq!(first.unwrap(), second.unwrap(), "a double click");
    assert!(
        app::post::create(&office.keyed("page-2"), new)
            .await
            .is_ok()
    );
    let officer = t.person("shiqiao.lly").ctx().await;
    assert_eq!(
        code(app::post::create(&officer, post("副镇长", "2026-11-05")).await),
        "forbidden"
    );
}
