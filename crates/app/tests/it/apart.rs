//! Nobody comes to two of the three administrators' powers: by an account whose password another
//! knows, by a role taken and given on one day, by a post, by a second sign-in name.

use app::door::Nothing;
use app::person::{change, create, show};
use app::reset::{ListResets, ask, by_operator, consent, list, namesakes};
use app::role::{grant, grant_namesake, revoke};
use app::session::{link, resume, set_password, sign_in};
use domain::id::PersonId;
use domain::policy::{Action, Role};
use domain::reset::Wanted;
use testkit::{PASSWORD, TestApp};

use crate::reset::{HOUR, NEW, asks, disable, gives, is_clean, opens, signs_in};
use crate::{beside, code, roles, sentence};

#[tokio::test]
async fn an_account_that_comes_to_great_powers_forgets_how_it_was_signed_in_to() {
    let t = TestApp::bare("2026-11-05").await;
    let sys = t.person("sys").ctx().await;
    // The system administrator uses the link of a new account himself, and keeps a second one.
    let added = create(&sys, "王主任", "wang").await.unwrap();
    set_password(&t.nobody(), &added.link.unwrap(), NEW, NEW)
        .await
        .unwrap();
    assert!(signs_in(&t, "wang", NEW).await);
    let kept = app::person::reset(&sys, added.id)
        .await
        .unwrap()
        .link
        .unwrap();
    let signed = sign_in(&t.nobody(), "wang", NEW, &app::session::Visitor::default()).await;
    let token = signed.unwrap().token;

    let sec = t.person("sec").ctx().await;
    grant(&sec, added.id, Role::Office, t.home()).await.unwrap();
    assert!(!signs_in(&t, "wang", NEW).await, "the password is gone");
    assert_eq!(code(link(&t.nobody(), &kept).await), "link.spent");
    let now = t.nobody();
    let resumed = resume(&t.app, &token, None, now.now, now.today).await;
    assert!(resumed.unwrap().is_none(), "and the session");
    assert_eq!(
        code(app::person::reset(&sys, added.id).await),
        "reset.consent"
    );
    let asked = ask(&sys, added.id, Wanted::Link, "新任").await;
    let asked = asked.unwrap();
    let given = gives(&t, "aud", asked.id).await.unwrap();
    opens(&t, &given, &asked.code.unwrap()).await.unwrap();
    // A second role changes nothing: the account was guarded already.
    grant(&sec, added.id, Role::Leader, t.home()).await.unwrap();
    assert!(signs_in(&t, "wang", NEW).await);
    assert!(is_clean(&t).await);
}

#[tokio::test]
async fn a_role_that_opens_little_leaves_the_password() {
    let t = TestApp::bare("2026-11-05").await;
    let sec = t.person("sec").ctx().await;
    let person = t.person_id("shiqiao.lly");
    grant(&sec, person, Role::Viewer, t.body("qingxi"))
        .await
        .unwrap();
    assert!(signs_in(&t, "shiqiao.lly", PASSWORD).await);
}

#[tokio::test]
async fn a_role_that_was_taken_back_for_an_hour_guards_until_the_day_is_over() {
    let t = TestApp::bare("2026-11-05").await;
    let sec = t.person("sec").ctx().await;
    let person = t.person_id("bangong");
    let all = roles(&sec).await.unwrap();
    let office = all.iter().find(|g| g.person.id == person).unwrap().id;
    revoke(&sec, office).await.unwrap();
    let sys = t.person("sys").ctx().await;
    assert_eq!(
        code(app::person::reset(&sys, person).await),
        "reset.consent"
    );
    // Given back on the same day, the account begins anew: nobody knows what was done in between.
    grant(&sec, person, Role::Office, t.home()).await.unwrap();
    assert!(!signs_in(&t, "bangong", PASSWORD).await);
    t.set_day("2026-11-06");
    let sec = t.person("sec").ctx().await;
    let all = roles(&sec).await.unwrap();
    let office = all.iter().find(|g| g.person.id == person).unwrap().id;
    revoke(&sec, office).await.unwrap();
    t.set_day("2026-11-07");
    let sys = t.person("sys").ctx().await;
    let known = app::person::reset(&sys, person)
        .await
        .unwrap()
        .link
        .unwrap();
    set_password(&t.nobody(), &known, NEW, NEW).await.unwrap();
    let sec = t.person("sec").ctx().await;
    grant(&sec, person, Role::Office, t.home()).await.unwrap();
    assert!(
        !signs_in(&t, "bangong", NEW).await,
        "a reset between two terms gives nobody the second one"
    );
}

#[tokio::test]
async fn nobody_holds_two_of_the_three_powers_on_one_day_or_after_the_other() {
    let t = TestApp::bare("2026-11-05").await;
    let home = t.home();
    t.joins("sec.2", "安小二", &[(Role::SecurityAdmin, home)])
        .await;
    let aud = t.person_id("aud");
    let sec = t.person("sec").ctx().await;
    let all = roles(&sec).await.unwrap();
    let auditor = all.iter().find(|g| g.person.id == aud).unwrap().id;
    revoke(&sec, auditor).await.unwrap();
    for role in [Role::SystemAdmin, Role::SecurityAdmin, Role::Office] {
        let given = grant(&sec, aud, role, home).await;
        assert_eq!(
            sentence(given),
            "三员分立：原有的角色今天才收回，同一天不能再担任另一种。请从明天起授予，或换一个人。",
            "{role}"
        );
    }
    // What he holds open from this morning counts for nothing.
    let (id, _) = asks(&t, "sec").await.unwrap();
    assert_eq!(code(gives(&t, "aud", id).await), "forbidden");
    assert!(grant(&sec, aud, Role::AuditAdmin, home).await.is_ok());

    t.set_day("2026-11-06");
    let sec = t.person("sec").ctx().await;
    let all = roles(&sec).await.unwrap();
    let auditor = all.iter().find(|g| g.person.id == aud).unwrap().id;
    revoke(&sec, auditor).await.unwrap();
    t.set_day("2026-11-07");
    let sec = t.person("sec").ctx().await;
    grant(&sec, aud, Role::SystemAdmin, home).await.unwrap();
    let who = app::session::by_login(&t.app, "aud", t.nobody().today)
        .await
        .unwrap();
    assert_eq!(who.grants.len(), 1, "one after the other, never both");
    assert!(!who.may_at_home(Action::ViewAudit));
}

#[tokio::test]
async fn a_request_survives_no_change_of_office() {
    let t = TestApp::bare("2026-11-05").await;
    let home = t.home();
    t.joins("sys.2", "系小二", &[(Role::SystemAdmin, home)])
        .await;
    t.set_day("2026-11-06");
    let (id, _) = asks(&t, "bangong").await.unwrap();
    let sec = t.person("sec").ctx().await;
    let all = roles(&sec).await.unwrap();
    let sys = t.person_id("sys");
    let of_sys = all.iter().find(|g| g.person.id == sys).unwrap().id;
    revoke(&sec, of_sys).await.unwrap();
    t.shift(23 * HOUR);
    let sec = t.person("sec").ctx().await;
    grant(&sec, sys, Role::AuditAdmin, home).await.unwrap();
    assert_eq!(
        code(gives(&t, "sys", id).await),
        "reset.own",
        "an auditor now, he does not consent to what he asked for"
    );
    assert_eq!(code(gives(&t, "sec", id).await), "reset.unbacked");
}

#[tokio::test]
async fn a_post_gives_no_administrators_role() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong").ctx().await;
    let powers = [
        Action::EditPerson,
        Action::ConsentReset,
        Action::GrantRole,
        Action::ViewAudit,
    ];
    let post = t.post("office/head");
    let (from, to) = (t.person_id("bangong"), t.person_id("shiqiao.lly"));
    let on = office.today;
    app::post::hand_over(&office, post, Some(from), Some(to), on)
        .await
        .unwrap();
    let ctx = t.person("shiqiao.lly").ctx().await;
    let who = ctx.who().unwrap();
    assert!(who.grants.iter().all(|g| g.role == Role::Liaison));
    for action in powers {
        assert!(!who.may_somewhere(action), "{action}");
    }
    assert_eq!(code(list(&ctx, ListResets::default()).await), "forbidden");
    // Nor does an administrator come to business by one: the county's first post is no role.
    let (from, to) = (t.person_id("shiqiao.lly"), t.person_id("sys"));
    t.set_day("2026-11-06");
    let office = t.person("bangong").ctx().await;
    app::post::hand_over(&office, post, Some(from), Some(to), office.today)
        .await
        .unwrap();
    let ctx = t.person("sys").ctx().await;
    for action in [Action::RecordAct, Action::DecideRuling, Action::ApplyPack] {
        assert!(!ctx.who().unwrap().may_somewhere(action), "{action}");
    }
}

async fn of_name(t: &TestApp, login: &str, name: &str) -> PersonId {
    let sys = t.person("sys").ctx().await;
    create(&sys, name, login).await.unwrap().id
}

#[tokio::test]
async fn one_person_with_two_sign_in_names_is_given_one_power() {
    let t = TestApp::bare("2026-11-05").await;
    let home = t.home();
    let second = of_name(&t, "sys.b", "系 小统").await;
    let sec = t.person("sec").ctx().await;
    // Another power, the same one (who would ask and consent), and business.
    for role in [
        Role::AuditAdmin,
        Role::SystemAdmin,
        Role::Office,
        Role::Viewer,
    ] {
        let given = grant(&sec, second, role, home).await;
        assert!(
            beside(given, "distinct").contains("系小统（sys）同名，担任系统管理员"),
            "{role}"
        );
    }
    // And the other way round: an administrator's role for somebody of business.
    let office = of_name(&t, "bangong.b", "安小办").await;
    let given = grant(&sec, office, Role::AuditAdmin, home).await;
    assert!(beside(given, "distinct").contains("安小办（bangong）同名，担任安委办"));
    assert!(
        grant(&sec, office, Role::Viewer, home).await.is_ok(),
        "business goes together"
    );

    let why = "一为县局系统小统，一为乡镇同名同志，已核对身份证件";
    grant_namesake(&sec, second, Role::AuditAdmin, home, why)
        .await
        .unwrap();
    let aud = t.person("aud").ctx().await;
    let seen = namesakes(&aud, Nothing {}).await.unwrap().rows;
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].reason, why);
    assert_eq!(
        (seen[0].person.login.as_str(), seen[0].other.login.as_str()),
        ("sys.b", "sys")
    );
    let aud = t.person("aud").ctx().await;
    let trail = app::audit::trail(&aud, app::audit::ListLinks::default()).await;
    let newest = trail.unwrap().rows[0].seq;
    let rows = app::audit::link(&aud, newest).await.unwrap().rows;
    assert!(
        rows.iter().any(|row| row.table == "namesake"),
        "the reason stands in the link: {rows:?}"
    );
    assert!(is_clean(&t).await);
}

#[tokio::test]
async fn nobody_takes_an_administrators_name_after_the_role_was_given() {
    let t = TestApp::bare("2026-11-05").await;
    let sys = t.person("sys").ctx().await;
    let mut officer = show(&sys, t.person_id("shiqiao.lly"))
        .await
        .unwrap()
        .unchanged();
    officer.name = "安小全".to_owned();
    let renamed = change(&sys, officer.clone()).await;
    assert!(beside(renamed, "name").contains("安小全（sec）同名"));
    // Nor comes a disabled account back beside its other one, by two or by the operator.
    disable(&t, "sys", "bangong").await;
    let second = of_name(&t, "an.xb", "安小办").await;
    let sec = t.person("sec").ctx().await;
    grant(&sec, second, Role::AuditAdmin, t.home())
        .await
        .unwrap();
    let asked = ask(&sys, t.person_id("bangong"), Wanted::Enable, "回来上班").await;
    let back = consent(&sec, asked.unwrap().id).await;
    assert!(beside(back, "name").contains("安小办（an.xb）同名，担任审计管理员"));
    let back = by_operator(&t.console(), "bangong", "回来上班", true).await;
    assert!(beside(back, "name").contains("安小办（an.xb）同名"));
}

#[tokio::test]
async fn the_first_three_administrators_bear_three_names() {
    let t = TestApp::empty("2026-02-14").await;
    let token = app::session::setup_link(&t.system()).await.unwrap();
    let one = |login: &str| app::session::FirstAdmin {
        name: "张三".to_owned(),
        login: login.to_owned(),
        password: "Guanli-2026".to_owned(),
    };
    let three = [
        (Role::SystemAdmin, one("xitong")),
        (Role::SecurityAdmin, one("anquan")),
        (Role::AuditAdmin, one("shenji")),
    ];
    let same = app::session::setup(&t.nobody(), &token, &three).await;
    assert!(beside(same, "security-admin.name").contains("三名管理员应是不同的人"));
}
