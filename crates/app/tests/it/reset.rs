//! Resets by two: nobody alone comes to sign in with another's great powers, and nobody comes to
//! two of the three administrators' powers.

use app::person::{change, create, show};
use app::reset::{
    ListResets, Notice, ResetSeen, acknowledge, ask, by_operator, consent, list, notices, refuse,
    use_link, withdraw,
};
use app::role::revoke;
use app::session::{link, resume, set_password, sign_in};
use domain::id::{PersonId, ResetId};
use domain::policy::Role;
use domain::reset::{LinkUse, ResetGroup, Stage, Want, Wanted};
use testkit::{PASSWORD, TestApp};

use crate::{beside, code, roles, sentence};

pub(crate) const HOUR: i64 = 3_600_000;
pub(crate) const NEW: &str = "Chongzhi-2026";

/// The system administrator asks for a link; the code comes back.
pub(crate) async fn asks(t: &TestApp, login: &str) -> app::Result<(ResetId, String)> {
    let sys = t.person("sys").ctx().await;
    let asked = ask(&sys, t.person_id(login), Wanted::Link, "忘记口令").await?;
    Ok((asked.id, asked.code.unwrap()))
}

/// An administrator consents; the link comes back.
pub(crate) async fn gives(t: &TestApp, login: &str, id: ResetId) -> app::Result<String> {
    let ctx = t.person(login).ctx().await;
    Ok(consent(&ctx, id).await?.link.unwrap())
}

/// The requests of a group in the last thirty days, as an administrator sees them.
pub(crate) async fn of_group(ctx: &app::Ctx, group: ResetGroup) -> Vec<ResetSeen> {
    let asked = ListResets {
        group: Some(group),
        since: ctx.today.checked_sub_days(chrono::Days::new(30)),
        ..ListResets::default()
    };
    list(ctx, asked).await.unwrap().rows
}

/// Who did it: the administrator, the operator, who consented.
fn said_by(notice: &Notice) -> (Option<&str>, Option<&str>, Option<&str>) {
    fn name<I>(person: Option<&app::Named<I>>) -> Option<&str> {
        person.map(|person| person.name.as_str())
    }
    (
        name(notice.by.as_ref()),
        notice.operator.as_deref(),
        name(notice.consented_by.as_ref()),
    )
}

pub(crate) async fn opens(t: &TestApp, link: &str, code: &str) -> app::Result<Vec<Notice>> {
    use_link(&t.nobody(), link, code, NEW, NEW).await
}

pub(crate) async fn signs_in(t: &TestApp, login: &str, password: &str) -> bool {
    sign_in(
        &t.nobody(),
        login,
        password,
        &app::session::Visitor::default(),
    )
    .await
    .is_ok()
}

pub(crate) async fn disable(t: &TestApp, by: &str, login: &str) {
    let ctx = t.person(by).ctx().await;
    let mut person = show(&ctx, t.person_id(login)).await.unwrap().unchanged();
    person.active = false;
    change(&ctx, person.clone()).await.unwrap();
}

/// Nothing was written past the chain.
pub(crate) async fn is_clean(t: &TestApp) -> bool {
    let aud = t.person("aud").ctx().await;
    app::audit::verify(&aud).await.unwrap().clean
}

async fn verbs(t: &TestApp) -> Vec<&'static str> {
    let aud = t.person("aud").ctx().await;
    let trail = app::audit::trail(&aud, app::audit::ListLinks::default()).await;
    let links = trail.unwrap().rows.into_iter();
    links.map(|l| app::words::verb(&l.verb)).collect()
}

/// A one-time link that an administrator gives alone.
async fn new_link(sys: &app::Ctx, person: PersonId) -> String {
    let given = app::person::reset(sys, person).await.unwrap();
    given.link.unwrap()
}

#[tokio::test]
async fn the_system_administrator_resets_no_administrator_no_office_and_no_leader_alone() {
    let t = TestApp::bare("2026-11-05").await;
    let sys = t.person("sys").ctx().await;
    for login in ["sys", "sec", "aud", "bangong", "fuxianzhang"] {
        let alone = app::person::reset(&sys, t.person_id(login)).await;
        assert_eq!(code(alone), "reset.consent", "{login}");
    }
    let officer = t.person_id("shiqiao.lly");
    assert!(app::person::reset(&sys, officer).await.is_ok());
    let needless = ask(&sys, officer, Wanted::Link, "忘记口令").await;
    assert_eq!(code(needless), "reset.alone");
}

#[tokio::test]
async fn a_town_office_is_guarded_like_the_countys() {
    let t = TestApp::bare("2026-11-05").await;
    let town = t.body("shiqiao");
    let person = t
        .joins("zhenban", "镇安小办", &[(Role::Office, town)])
        .await;
    let sys = t.person("sys").ctx().await;
    assert_eq!(
        code(app::person::reset(&sys, person).await),
        "reset.consent"
    );
}

#[tokio::test]
async fn two_administrators_reset_a_third_and_neither_alone_can_sign_in() {
    let t = TestApp::bare("2026-11-05").await;
    let (id, code_) = asks(&t, "sec").await.unwrap();
    let given = gives(&t, "aud", id).await.unwrap();

    // Who consented has the link and no code; who asked has the code and no link.
    let alone = use_link(&t.nobody(), &given, "", NEW, NEW).await;
    assert!(beside(alone, "code").contains("提出重置的管理员"));
    let as_plain = set_password(&t.nobody(), &given, NEW, NEW).await;
    assert_eq!(code(as_plain), "not-found", "nor by the way without a code");
    assert_eq!(code(link(&t.nobody(), &code_).await), "link.spent");
    assert!(
        signs_in(&t, "sec", PASSWORD).await,
        "nothing has changed yet"
    );

    let told = opens(&t, &given, &code_.to_lowercase()).await.unwrap();
    assert_eq!(
        (said_by(&told[0]), told[0].wanted),
        ((Some("系小统"), None, Some("审小计")), Want::Link)
    );
    assert_eq!(
        told[0].used_at.unwrap().to_string(),
        "2026-11-05T01:30:00.000Z"
    );
    assert!(signs_in(&t, "sec", NEW).await);
    assert!(!signs_in(&t, "sec", PASSWORD).await);
    assert_eq!(code(opens(&t, &given, &code_).await), "link.spent", "once");
    let seen = verbs(&t).await;
    assert!(seen.contains(&"提出重置") && seen.contains(&"同意重置"));
    assert!(is_clean(&t).await);
}

#[tokio::test]
async fn five_wrong_codes_end_the_link_however_many_are_tried_at_once() {
    let t = TestApp::bare("2026-11-05").await;
    let (id, right) = asks(&t, "sec").await.unwrap();
    let given = gives(&t, "aud", id).await.unwrap();
    let first = opens(&t, &given, "AAAA-AAAA-AAAA").await;
    assert_eq!(
        beside(first, "code"),
        "验证码不对，还可以再试4次。请向提出重置的管理员核对。"
    );
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let (ctx, link) = (t.nobody(), given.clone());
            tokio::spawn(async move { use_link(&ctx, &link, "BBBB-BBBB-BBBB", NEW, NEW).await })
        })
        .collect();
    let mut said = Vec::new();
    for one in tries {
        said.push(code(one.await.unwrap()));
    }
    said.sort_unstable();
    assert_eq!(said.iter().filter(|c| **c == "invalid").count(), 3);
    assert_eq!(said.iter().filter(|c| **c == "reset.code").count(), 1);
    assert_eq!(said.iter().filter(|c| **c == "link.spent").count(), 4);
    assert_eq!(code(opens(&t, &given, &right).await), "link.spent");
    assert!(signs_in(&t, "sec", PASSWORD).await);
    let seen = of_group(&t.person("sys").ctx().await, ResetGroup::Answered).await;
    assert_eq!(seen[0].link, Some(LinkUse::Ended));
    assert!(is_clean(&t).await);
}

#[tokio::test]
async fn a_request_that_nobody_answers_within_a_day_has_lapsed() {
    let t = TestApp::bare("2026-11-05").await;
    let (id, _) = asks(&t, "sec").await.unwrap();
    t.shift(24 * HOUR - 1);
    assert_eq!(code(asks(&t, "sec").await), "reset.twice", "it still waits");
    t.shift(1);
    assert_eq!(
        sentence(gives(&t, "aud", id).await),
        "这份申请在24小时内无人办理，已于2026年11月6日 09:30过期。仍需要的，请重新提出。"
    );
    let aud = t.person("aud").ctx().await;
    assert_eq!(code(refuse(&aud, id, "太晚").await), "reset.lapsed");
    let sys = t.person("sys").ctx().await;
    assert_eq!(code(withdraw(&sys, id).await), "reset.lapsed");
    let seen = of_group(&aud, ResetGroup::Answered).await;
    assert_eq!(seen[0].stage, Stage::Lapsed);
    assert!(asks(&t, "sec").await.is_ok(), "and is asked for anew");
}

#[tokio::test]
async fn who_asked_does_not_consent_and_whose_account_it_is_only_refuses() {
    let t = TestApp::bare("2026-11-05").await;
    let (id, _) = asks(&t, "sec").await.unwrap();
    assert_eq!(code(gives(&t, "sys", id).await), "reset.own");
    assert_eq!(code(gives(&t, "sec", id).await), "reset.oneself");
    for login in ["bangong", "fuxianzhang", "shiqiao.lly"] {
        assert_eq!(code(gives(&t, login, id).await), "forbidden", "{login}");
    }
    let sec = t.person("sec").ctx().await;
    assert_eq!(
        beside(refuse(&sec, id, " ").await, "opinion"),
        "不同意的，请写明原因。"
    );
    refuse(&sec, id, "我没有要求").await.unwrap();
    assert_eq!(code(gives(&t, "aud", id).await), "reset.refused");
    let seen = of_group(&sec, ResetGroup::Answered).await;
    let by = seen[0].answered_by.as_ref().map(|by| by.name.as_str());
    assert_eq!(
        (seen[0].stage, by, seen[0].opinion.as_str()),
        (Stage::Refused, Some("安小全"), "我没有要求")
    );
}

#[tokio::test]
async fn who_asked_takes_it_back_and_nobody_else() {
    let t = TestApp::bare("2026-11-05").await;
    t.joins("sys.2", "系小二", &[(Role::SystemAdmin, t.home())])
        .await;
    let (id, _) = asks(&t, "sec").await.unwrap();
    let other = t.person("sys.2").ctx().await;
    assert_eq!(code(withdraw(&other, id).await), "reset.not-asker");
    let aud = t.person("aud").ctx().await;
    assert_eq!(code(withdraw(&aud, id).await), "forbidden");
    withdraw(&t.person("sys").ctx().await, id).await.unwrap();
    assert_eq!(code(gives(&t, "aud", id).await), "reset.withdrawn");
}

#[tokio::test]
async fn two_consents_at_once_give_one_link() {
    let t = TestApp::bare("2026-11-05").await;
    let (id, right) = asks(&t, "bangong").await.unwrap();
    let (one, two) = (t.person("sec").ctx().await, t.person("aud").ctx().await);
    let (first, second) = tokio::join!(consent(&one, id), consent(&two, id));
    assert!(
        first.is_ok() != second.is_ok(),
        "one of two: {first:?}, {second:?}"
    );
    let given = first.as_ref().or(second.as_ref()).unwrap().link.clone();
    let late = [first, second].into_iter().find(Result::is_err).unwrap();
    assert_eq!(code(late), "reset.given");
    assert!(opens(&t, &given.unwrap(), &right).await.is_ok());
}

#[tokio::test]
async fn consent_and_refusal_at_once_are_one_of_both() {
    let t = TestApp::bare("2026-11-05").await;
    let (id, _) = asks(&t, "bangong").await.unwrap();
    let (one, two) = (t.person("sec").ctx().await, t.person("aud").ctx().await);
    let (yes, no) = tokio::join!(consent(&one, id), refuse(&two, id, "未经核实"));
    assert!(yes.is_ok() != no.is_ok(), "{yes:?}, {no:?}");
    let late = yes.map(|_| ()).err().or(no.err()).unwrap();
    assert!(matches!(late.code(), "reset.given" | "reset.refused"));
}

#[tokio::test]
async fn a_double_click_asks_once_and_consents_once() {
    let t = TestApp::bare("2026-11-05").await;
    let sys = t.person("sys").ctx().await;
    let sec = t.person_id("sec");
    let first = ask(&sys.keyed("page-1"), sec, Wanted::Link, "忘记口令").await;
    let second = ask(&sys.keyed("page-1"), sec, Wanted::Link, "忘记口令").await;
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!((second.id, second.code), (first.id, None));
    let aud = t.person("aud").ctx().await;
    let yes = consent(&aud.keyed("page-2"), first.id).await.unwrap();
    let again = consent(&aud.keyed("page-2"), first.id).await.unwrap();
    assert!(yes.link.is_some() && again.link.is_none(), "shown once");
    assert!(
        opens(&t, &yes.link.unwrap(), &first.code.unwrap())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_disabled_administrator_neither_asks_nor_consents() {
    let t = TestApp::bare("2026-11-05").await;
    t.joins("sys.2", "系小二", &[(Role::SystemAdmin, t.home())])
        .await;
    // Both have their pages before them when they are disabled.
    let (sys, aud) = (t.person("sys").ctx().await, t.person("aud").ctx().await);
    let (id, _) = asks(&t, "bangong").await.unwrap();
    disable(&t, "sys", "aud").await;
    assert_eq!(code(consent(&aud, id).await), "forbidden");
    assert_eq!(code(refuse(&aud, id, "不行").await), "forbidden");
    disable(&t, "sys.2", "sys").await;
    let late = ask(&sys, t.person_id("fuxianzhang"), Wanted::Link, "忘记").await;
    assert_eq!(code(late), "forbidden");
    assert_eq!(
        code(gives(&t, "sec", id).await),
        "reset.unbacked",
        "what he asked for counts for nothing"
    );
}

#[tokio::test]
async fn the_link_of_a_consent_counts_for_nothing_once_one_of_both_is_gone() {
    let t = TestApp::bare("2026-11-05").await;
    let (id, right) = asks(&t, "bangong").await.unwrap();
    let given = gives(&t, "aud", id).await.unwrap();
    disable(&t, "sys", "aud").await;
    assert_eq!(code(opens(&t, &given, &right).await), "reset.unbacked");
    assert!(signs_in(&t, "bangong", PASSWORD).await);

    let (id, right) = asks(&t, "fuxianzhang").await.unwrap();
    let given = gives(&t, "sec", id).await.unwrap();
    let sec_2 = t
        .joins("sec.2", "安小二", &[(Role::SecurityAdmin, t.home())])
        .await;
    let ctx = t.person("sec.2").ctx().await;
    let all = roles(&ctx).await.unwrap();
    let of_sys = all
        .iter()
        .find(|g| g.role == domain::policy::Role::SystemAdmin)
        .unwrap()
        .id;
    revoke(&ctx, of_sys).await.unwrap();
    assert_eq!(
        code(opens(&t, &given, &right).await),
        "reset.unbacked",
        "who asked is no administrator any more"
    );
    assert_ne!(sec_2, t.person_id("sec"));
}

#[tokio::test]
async fn a_reset_while_the_others_are_disabled_goes_by_the_operator_only() {
    let t = TestApp::bare("2026-11-05").await;
    disable(&t, "sys", "sec").await;
    disable(&t, "sys", "aud").await;
    assert_eq!(
        sentence(asks(&t, "bangong").await),
        "除提出人和本人外，没有其他在用的管理员可以同意。请由服务器运维人员在控制台执行 bihuan person reset bangong --reason 原因。"
    );
    let sys = t.person("sys").ctx().await;
    let back = ask(&sys, t.person_id("aud"), Wanted::Enable, "误停用").await;
    assert_eq!(code(back), "reset.nobody");

    let console = t.console();
    let closed = by_operator(&console, "aud", "县安委会批准", false).await;
    assert!(sentence(closed).contains("--enable"));
    let given = by_operator(&console, "aud", "县安委会批准", true)
        .await
        .unwrap();
    let told = opens(&t, &given, "").await.unwrap();
    assert_eq!(said_by(&told[0]), (None, Some("operator"), None));
    assert_eq!(told[0].reason, "县安委会批准");
    assert!(signs_in(&t, "aud", NEW).await);
    let (id, _) = asks(&t, "bangong").await.unwrap();
    assert!(gives(&t, "aud", id).await.is_ok(), "two are there again");
    assert!(verbs(&t).await.contains(&"在控制台发放一次性链接"));
    assert!(is_clean(&t).await);
}

#[tokio::test]
async fn what_the_operator_did_stands_before_every_administrator_for_thirty_days() {
    let t = TestApp::bare("2026-11-05").await;
    by_operator(&t.console(), "sec", "两人均出差", false)
        .await
        .unwrap();
    t.shift(30 * 24 * HOUR);
    for login in ["sys", "sec", "aud"] {
        let seen = of_group(&t.person(login).ctx().await, ResetGroup::Console).await;
        assert_eq!(seen.len(), 1, "{login}");
        assert_eq!(seen[0].operator.as_deref(), Some("operator"));
        assert_eq!(seen[0].reason, "两人均出差");
    }
    t.shift(24 * HOUR);
    let seen = of_group(&t.person("aud").ctx().await, ResetGroup::Console).await;
    assert!(seen.is_empty());
}

#[tokio::test]
async fn many_ordinary_links_push_nothing_out_of_sight() {
    let t = TestApp::bare("2026-11-05").await;
    by_operator(&t.console(), "sec", "两人均出差", false)
        .await
        .unwrap();
    let (id, _) = asks(&t, "bangong").await.unwrap();
    t.shift(1_000);
    let sys = t.person("sys").ctx().await;
    let officer = t.person_id("shiqiao.lly");
    for _ in 0..=store::reset::RESETS_MAX {
        new_link(&sys, officer).await;
    }
    let aud = t.person("aud").ctx().await;
    assert_eq!(of_group(&aud, ResetGroup::Console).await.len(), 1);
    assert_eq!(of_group(&aud, ResetGroup::Waiting).await[0].id, id);
}

#[tokio::test]
async fn the_operators_way_is_no_page_and_no_persons_on_the_command_line() {
    let t = TestApp::bare("2026-11-05").await;
    for login in ["sys", "sec", "aud", "bangong"] {
        let ctx = t.person(login).ctx().await;
        let tried = by_operator(&ctx, "aud", "因为", false).await;
        assert_eq!(code(tried), "signed-out", "{login}");
    }
    let (id, _) = asks(&t, "sec").await.unwrap();
    let on_behalf = |ctx: app::Ctx| {
        let who = ctx.who().unwrap().clone();
        let os_user = "root".to_owned();
        app::Ctx {
            actor: app::Actor::Operator { os_user, who },
            ..ctx
        }
    };
    let aud = on_behalf(t.person("aud").ctx().await);
    assert_eq!(code(consent(&aud, id).await), "reset.console");
    let sys = on_behalf(t.person("sys").ctx().await);
    let tried = ask(&sys, t.person_id("aud"), Wanted::Link, "忘记").await;
    assert_eq!(code(tried), "reset.console");
    let blank = by_operator(&t.console(), "aud", " ", false).await;
    assert_eq!(beside(blank, "reason"), "请写明原因。");
}

#[tokio::test]
async fn a_guarded_account_is_opened_again_by_two() {
    let t = TestApp::bare("2026-11-05").await;
    disable(&t, "sys", "bangong").await;
    let sys = t.person("sys").ctx().await;
    let person = t.person_id("bangong");
    let mut changed = show(&sys, person).await.unwrap().unchanged();
    changed.active = true;
    let alone = change(&sys, changed.clone()).await;
    assert!(beside(alone, "active").contains("须经另一名管理员同意"));
    let closed = ask(&sys, person, Wanted::Link, "忘记口令").await;
    assert_eq!(code(closed), "reset.inactive", "no link before it is open");
    let asked = ask(&sys, person, Wanted::Enable, "误停用").await;
    let id = asked.unwrap().id;
    let done = consent(&t.person("sec").ctx().await, id).await;
    assert!(done.unwrap().link.is_none());
    assert!(signs_in(&t, "bangong", PASSWORD).await);
    let open = ask(&sys, person, Wanted::Enable, "再来").await;
    assert_eq!(code(open), "reset.active");
    let ordinary = t.person_id("shiqiao.lly");
    disable(&t, "sys", "shiqiao.lly").await;
    let mut changed = show(&sys, ordinary).await.unwrap().unchanged();
    changed.active = true;
    assert!(change(&sys, changed.clone()).await.is_ok(), "others by one");
}

#[tokio::test]
async fn a_guarded_account_gets_another_sign_in_name_by_two() {
    let t = TestApp::bare("2026-11-05").await;
    let sys = t.person("sys").ctx().await;
    let sec = t.person_id("sec");
    let mut changed = show(&sys, sec).await.unwrap().unchanged();
    changed.login = "sec.old".to_owned();
    let alone = change(&sys, changed.clone()).await;
    assert!(beside(alone, "login").contains("须经另一名管理员同意"));
    let to = |login: &str| Wanted::Login(login.to_owned());
    let odd = ask(&sys, sec, to("安全"), "改名").await;
    assert!(beside(odd, "login").contains("3到40个"));
    let taken = ask(&sys, sec, to("aud"), "改名").await;
    assert!(beside(taken, "login").contains("已有人使用"));
    let asked = ask(&sys, sec, to("anquan"), "按统一规则").await.unwrap();
    // Somebody takes the name before the consent.
    create(&sys, "某人", "anquan").await.unwrap();
    let aud = t.person("aud").ctx().await;
    let late = consent(&aud, asked.id).await;
    assert!(beside(late, "login").contains("已有人使用"));
    withdraw(&sys, asked.id).await.unwrap();
    let asked = ask(&sys, sec, to("anquan.1"), "按统一规则").await.unwrap();
    consent(&aud, asked.id).await.unwrap();
    assert!(signs_in(&t, "anquan.1", PASSWORD).await);
    assert!(!signs_in(&t, "sec", PASSWORD).await);
    let mut named = show(&sys, sec).await.unwrap().unchanged();
    named.name = "安小全（县应急局）".to_owned();
    let refused = change(&sys, named.clone()).await;
    assert!(
        beside(refused, "name").contains("收回角色"),
        "nor the name by one"
    );
}

/// Whether what was asked of a signed-in person waits to be told.
async fn waits(t: &TestApp, token: &str) -> bool {
    let now = t.nobody();
    let resumed = resume(&t.app, token, None, now.now, now.today).await;
    resumed.unwrap().unwrap().untold
}

#[tokio::test]
async fn the_person_is_told_at_the_next_sign_in_and_says_so() {
    let t = TestApp::bare("2026-11-05").await;
    let enter = async |login: &str, password: &str| {
        let signed = sign_in(
            &t.nobody(),
            login,
            password,
            &app::session::Visitor::default(),
        )
        .await;
        signed.unwrap().token
    };
    // Of a link by one as well, and of one that nobody used.
    let sys = t.person("sys").ctx().await;
    new_link(&sys, t.person_id("shiqiao.lly")).await;
    let token = enter("shiqiao.lly", PASSWORD).await;
    assert!(waits(&t, &token).await);
    let ctx = t.person("shiqiao.lly").ctx().await;
    let seen = notices(&ctx).await.unwrap();
    assert_eq!(said_by(&seen[0]), (Some("系小统"), None, None));
    assert_eq!((seen[0].wanted, seen[0].used_at), (Want::Link, None));
    // What comes between the page and the click is told next.
    t.shift(HOUR / 10);
    new_link(&t.person("sys").ctx().await, t.person_id("shiqiao.lly")).await;
    let read: Vec<_> = seen.iter().map(|n| n.id).collect();
    let ctx = t.person("shiqiao.lly").ctx().await;
    acknowledge(&ctx, &read).await.unwrap();
    assert!(waits(&t, &token).await);
    let seen = notices(&ctx).await.unwrap();
    assert_eq!(
        seen.iter().map(|n| n.is_told).collect::<Vec<_>>(),
        [false, true]
    );
    // Nobody acknowledges for another.
    acknowledge(&t.person("qingxi.lly").ctx().await, &[seen[0].id])
        .await
        .unwrap();
    assert!(waits(&t, &token).await);
    acknowledge(&ctx, &[seen[0].id]).await.unwrap();
    assert!(!waits(&t, &token).await);
    assert!(verbs(&t).await.contains(&"确认已知悉账号变动"));
    assert!(is_clean(&t).await);
}

#[tokio::test]
async fn a_new_link_ends_the_earlier_ones_at_once() {
    let t = TestApp::bare("2026-11-05").await;
    let sys = t.person("sys").ctx().await;
    let nobody = t.nobody();
    // A new account's first link ends with the second.
    let added = create(&sys, "新来同志", "xinlai").await.unwrap();
    let first = added.link.unwrap();
    let second = new_link(&sys, added.id).await;
    assert_eq!(code(link(&nobody, &first).await), "link.spent");
    // So does any link with the operator's.
    let third = by_operator(&t.console(), "xinlai", "系统管理员病假", false)
        .await
        .unwrap();
    assert_eq!(code(link(&nobody, &second).await), "link.spent");
    assert!(link(&nobody, &third).await.is_ok());
    // And a link by two, by two and by the operator.
    let (id, code_1) = asks(&t, "sec").await.unwrap();
    let one = gives(&t, "aud", id).await.unwrap();
    // The newest is the one that counts: they are not of one instant.
    t.shift(1);
    let (id, code_2) = asks(&t, "sec").await.unwrap();
    assert!(link(&nobody, &one).await.is_ok(), "asking ends nothing");
    let two = gives(&t, "aud", id).await.unwrap();
    assert_eq!(code(link(&nobody, &one).await), "link.spent");
    assert_eq!(
        code(use_link(&nobody, &two, &code_1, NEW, NEW).await),
        "invalid",
        "each link has its own code"
    );
    let last = by_operator(&t.console(), "sec", "两人均出差", false).await;
    assert_eq!(code(opens(&t, &two, &code_2).await), "link.spent");
    assert!(opens(&t, &last.unwrap(), "").await.is_ok());
    // A disabled account's link ends with it.
    let officer = new_link(&sys, t.person_id("qingxi.lly")).await;
    disable(&t, "sys", "qingxi.lly").await;
    assert_eq!(code(link(&nobody, &officer).await), "link.spent");
}

#[tokio::test]
async fn a_new_set_up_link_ends_the_earlier_one() {
    let t = TestApp::empty("2026-02-14").await;
    let first = app::session::setup_link(&t.system()).await.unwrap();
    let second = app::session::setup_link(&t.system()).await.unwrap();
    assert_eq!(code(link(&t.nobody(), &first).await), "link.spent");
    assert!(link(&t.nobody(), &second).await.is_ok());
}
