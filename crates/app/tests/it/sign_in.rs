//! Signing in: guessing is braked where it comes from, no name is locked, and nothing is told.

use app::session::{SignedIn, Visitor, change_password, set_password, sign_in};
use testkit::{PASSWORD, TestApp};

use crate::{beside, code, sentence};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const WRONG: &str = "Buduide-1";
const REFUSED: &str = "用户名或口令不对。连续5次不对的，15分钟内在这里填对也不能登录，请稍后再试；忘记口令请联系系统管理员。";

fn visitor(address: &str, device: Option<&str>) -> Visitor {
    Visitor {
        address: address.parse().ok(),
        agent: "a phone".to_owned(),
        device: device.map(str::to_owned),
    }
}

/// Somebody at an address tries to sign in, in a browser that nobody has used before.
pub(crate) async fn tries(
    t: &TestApp,
    address: &str,
    login: &str,
    password: &str,
) -> app::Result<SignedIn> {
    sign_in(&t.nobody(), login, password, &visitor(address, None)).await
}

/// Links of the county's chain, when everything is written.
async fn links(t: &TestApp) -> i64 {
    t.app.settled().await;
    let home = t.home();
    let head = t
        .app
        .store
        .read(async |r| store::audit::audit_head_of(r, home).await);
    head.await.unwrap().unwrap().seq
}

#[tokio::test]
async fn whoever_guesses_at_a_name_keeps_its_owner_out_nowhere_else() {
    let t = TestApp::bare("2026-11-05").await;
    for _ in 0..12 {
        let guess = tries(&t, "203.0.113.9", "shiqiao.lly", WRONG).await;
        assert_eq!(sentence(guess), REFUSED);
    }
    let lucky = tries(&t, "203.0.113.9", "shiqiao.lly", PASSWORD).await;
    assert_eq!(sentence(lucky), REFUSED, "the place is braked");
    assert!(
        tries(&t, "10.0.0.1", "shiqiao.lly", PASSWORD).await.is_ok(),
        "the owner signs in as ever"
    );
    assert!(
        tries(&t, "203.0.113.9", "qingxi.lly", PASSWORD)
            .await
            .is_ok(),
        "others behind that address too"
    );
    t.shift(3 * MINUTE);
    let owner = tries(&t, "203.0.113.9", "shiqiao.lly", PASSWORD).await;
    assert!(owner.is_ok(), "and there after a while");
}

#[tokio::test]
async fn a_right_password_forgets_the_wrong_ones_and_time_gives_new_tries() {
    let t = TestApp::bare("2026-11-05").await;
    let at = "10.0.0.1";
    for _ in 0..3 {
        for _ in 0..4 {
            assert!(tries(&t, at, "shiqiao.lly", WRONG).await.is_err());
        }
        tries(&t, at, "shiqiao.lly", PASSWORD).await.unwrap();
    }
    for _ in 0..5 {
        assert!(tries(&t, at, "shiqiao.lly", WRONG).await.is_err());
    }
    assert!(tries(&t, at, "shiqiao.lly", PASSWORD).await.is_err());
    t.shift(15 * MINUTE);
    for _ in 0..4 {
        assert!(tries(&t, at, "shiqiao.lly", WRONG).await.is_err());
    }
    assert!(tries(&t, at, "shiqiao.lly", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn many_guesses_at_the_same_moment_are_no_more_than_five() {
    let t = TestApp::bare("2026-11-05").await;
    let before = links(&t).await;
    let mut running = Vec::new();
    for _ in 0..20 {
        let ctx = t.nobody();
        running.push(tokio::spawn(async move {
            let at = visitor("203.0.113.9", None);
            sign_in(&ctx, "shiqiao.lly", WRONG, &at).await
        }));
    }
    for one in running {
        assert_eq!(sentence(one.await.unwrap()), REFUSED);
    }
    assert_eq!(
        links(&t).await - before,
        5,
        "those that were braked leave none"
    );
    let right = tries(&t, "203.0.113.9", "shiqiao.lly", PASSWORD).await;
    assert_eq!(sentence(right), REFUSED);
}

#[tokio::test]
async fn of_ipv6_a_whole_network_is_one_place() {
    let t = TestApp::bare("2026-11-05").await;
    for n in 1..=5 {
        let at = format!("2001:db8:1:2::{n}");
        assert!(tries(&t, &at, "shiqiao.lly", WRONG).await.is_err());
    }
    let same = tries(&t, "2001:db8:1:2:ffff::1", "shiqiao.lly", PASSWORD).await;
    assert_eq!(code(same), "sign-in.wrong");
    assert!(
        tries(&t, "2001:db8:1:3::1", "shiqiao.lly", PASSWORD)
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn an_office_of_two_hundred_signs_in_within_five_minutes_from_one_address() {
    let t = TestApp::bare("2026-11-05").await;
    for n in 0..200 {
        let login = ["shiqiao.lly", "qingxi.lly", "bangong"][n % 3];
        let signed = tries(&t, "10.0.0.1", login, PASSWORD).await;
        assert!(signed.is_ok(), "{n}: {signed:?}");
        t.shift(1_500);
    }
}

#[tokio::test]
async fn two_hundred_wrong_ones_within_five_minutes_from_one_address_do_not_pass() {
    let t = TestApp::bare("2026-11-05").await;
    let before = t.app.hashes();
    let mut busy = 0;
    for n in 0..200 {
        // A name each: one word tried at everybody's name.
        let login = format!("somebody.{n}");
        let tried = tries(&t, "203.0.113.9", &login, WRONG).await;
        match tried.unwrap_err() {
            app::Error::Busy { wait_s, message } => {
                assert!((1..=15).contains(&wait_s), "{wait_s}");
                assert!(message.contains("这个网络地址"), "{message}");
                busy += 1;
            }
            other => assert_eq!(other.sentence(), REFUSED),
        }
        // 298.5 seconds in all.
        t.shift(if n < 199 { 1_500 } else { 0 });
    }
    assert_eq!(t.app.hashes() - before, 200 - busy);
    assert!(
        busy >= 120,
        "60 at once and 20 more in five minutes: {busy}"
    );
    let name = tries(&t, "203.0.113.9", "shiqiao.lly", PASSWORD).await;
    assert_eq!(code(name), "busy", "the address, whatever the name");
    assert!(tries(&t, "10.0.0.1", "shiqiao.lly", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn guessing_at_one_name_from_everywhere_is_braked_and_its_owner_goes_on() {
    let t = TestApp::bare("2026-11-05").await;
    let own = tries(&t, "10.0.0.1", "shiqiao.lly", PASSWORD).await;
    let device = own.unwrap().device;
    for n in 1..=40 {
        let at = format!("198.51.100.{n}");
        assert!(tries(&t, &at, "shiqiao.lly", WRONG).await.is_err());
    }
    let stranger = tries(&t, "192.0.2.1", "shiqiao.lly", PASSWORD).await;
    assert_eq!(
        sentence(stranger),
        REFUSED,
        "the thirty for strangers are used up"
    );
    let (nobody, own) = (t.nobody(), visitor("192.0.2.1", Some(&device)));
    assert!(
        sign_in(&nobody, "shiqiao.lly", PASSWORD, &own)
            .await
            .is_ok(),
        "on the computer where the owner was signed in, wherever it is"
    );
    t.shift(2 * MINUTE);
    assert!(
        tries(&t, "192.0.2.2", "shiqiao.lly", PASSWORD)
            .await
            .is_ok(),
        "nor for ever elsewhere"
    );
}

#[tokio::test]
async fn a_colleague_behind_the_same_address_does_not_keep_the_owner_out() {
    let t = TestApp::bare("2026-11-05").await;
    let office = "10.0.0.1";
    let device = tries(&t, office, "shiqiao.lly", PASSWORD)
        .await
        .unwrap()
        .device;
    for n in 0..100 {
        // At the owner's name, and at others until the address itself is braked.
        let login = ["shiqiao.lly", "somebody"][n % 2];
        assert!(tries(&t, office, login, WRONG).await.is_err());
    }
    let (nobody, own) = (t.nobody(), visitor(office, Some(&device)));
    assert!(
        sign_in(&nobody, "shiqiao.lly", PASSWORD, &own)
            .await
            .is_ok()
    );
    let other = sign_in(&nobody, "qingxi.lly", PASSWORD, &own).await;
    assert_eq!(code(other), "busy", "the computer is known for one name");
    for _ in 0..5 {
        assert!(sign_in(&nobody, "shiqiao.lly", WRONG, &own).await.is_err());
    }
    let at_it = sign_in(&nobody, "shiqiao.lly", PASSWORD, &own).await;
    assert_eq!(sentence(at_it), REFUSED, "guessing at it is braked alike");
    let made_up = visitor(office, Some(&"0".repeat(device.len())));
    let made_up = sign_in(&nobody, "shiqiao.lly", PASSWORD, &made_up).await;
    assert_eq!(code(made_up), "busy");
}

#[tokio::test]
async fn every_kind_of_name_costs_one_hash_and_is_answered_alike() {
    let t = TestApp::bare("2026-11-05").await;
    let admin = t.person("sys").ctx().await;
    app::person::create(&admin, "新来同志", "no.password")
        .await
        .unwrap();
    let mut gone = app::person::show(&admin, t.person_id("qingxi.lly"))
        .await
        .unwrap()
        .unchanged();
    gone.active = false;
    app::person::change(&admin, gone.clone()).await.unwrap();
    for _ in 0..5 {
        assert!(tries(&t, "10.0.0.9", "bangong", WRONG).await.is_err());
    }
    let names = [
        ("known", "shiqiao.lly", WRONG),
        ("unknown", "nobody.here", WRONG),
        ("braked", "bangong", WRONG),
        ("braked, right", "bangong", PASSWORD),
        ("disabled", "qingxi.lly", WRONG),
        ("disabled, right", "qingxi.lly", PASSWORD),
        ("without a password", "no.password", WRONG),
    ];
    for (kind, login, password) in names {
        let before = t.app.hashes();
        let answer = tries(&t, "10.0.0.9", login, password).await;
        assert_eq!(t.app.hashes() - before, 1, "{kind}");
        assert_eq!(sentence(answer), REFUSED, "{kind}");
    }
    let long = tries(&t, "10.0.0.9", "shiqiao.lly", &"x".repeat(10_000)).await;
    assert_eq!(sentence(long), REFUSED);
    assert_eq!(
        sentence(tries(&t, "10.0.0.9", "", "").await),
        REFUSED,
        "nothing is a wrong password too"
    );
    assert!(
        tries(&t, "10.0.0.9", "  Shiqiao.LLY ", PASSWORD)
            .await
            .is_ok(),
        "case and blanks do not matter"
    );
}

#[tokio::test]
async fn guessing_does_not_flood_the_chain() {
    let t = TestApp::bare("2026-11-05").await;
    let before = links(&t).await;
    for n in 0..60 {
        let at = format!("198.51.{}.{}", n / 5, n % 5 + 1);
        assert!(tries(&t, &at, "shiqiao.lly", WRONG).await.is_err());
        assert!(tries(&t, &at, "nobody.here", WRONG).await.is_err());
    }
    assert_eq!(
        links(&t).await - before,
        30,
        "one for each guess that was looked at"
    );
}

#[tokio::test]
async fn the_old_password_cannot_be_guessed_by_who_found_a_computer_open() {
    let t = TestApp::bare("2026-11-05").await;
    let open = tries(&t, "10.0.0.1", "shiqiao.lly", PASSWORD)
        .await
        .unwrap();
    let ctx = async || t.person("shiqiao.lly").ctx().await;
    let change = async |old: &str| {
        let new = "Xinde-2026";
        change_password(&ctx().await, old, new, new, &open.token).await
    };
    for _ in 0..5 {
        assert_eq!(beside(change(WRONG).await, "old"), "原口令不对。");
    }
    let before = t.app.hashes();
    assert_eq!(
        beside(change(PASSWORD).await, "old"),
        "原口令连续多次不对，请3分钟后再试。"
    );
    assert_eq!(t.app.hashes(), before, "no more guesses are worked out");
    assert!(
        tries(&t, "10.0.0.1", "shiqiao.lly", PASSWORD).await.is_ok(),
        "the owner signs in"
    );
    t.shift(3 * MINUTE);
    change(PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_new_password_is_a_new_beginning() {
    let t = TestApp::bare("2026-11-05").await;
    for _ in 0..6 {
        assert!(tries(&t, "10.0.0.1", "shiqiao.lly", WRONG).await.is_err());
    }
    let admin = t.person("sys").ctx().await;
    let link = app::person::reset(&admin, t.person_id("shiqiao.lly"))
        .await
        .unwrap()
        .link
        .unwrap();
    set_password(&t.nobody(), &link, "Xinde-2026", "Xinde-2026")
        .await
        .unwrap();
    assert!(
        tries(&t, "10.0.0.1", "shiqiao.lly", "Xinde-2026")
            .await
            .is_ok()
    );
}
