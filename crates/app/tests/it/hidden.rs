//! What may not be seen answers as what does not exist, whatever became of it: nothing is learned
//! by asking for it by its id.

use app::Ctx;
use domain::id::{ActId, BodyId, GrantId, PostId, RulingId};
use domain::policy::Role;
use testkit::{TestApp, day, key};

use crate::{Z2, beside, code, sentence};

#[tokio::test]
async fn a_hidden_request_answers_as_an_unknown_one_whatever_became_of_it() {
    let t = TestApp::at("2026-11-05").await;
    let ask = app::ruling::Ask::of(
        key(Z2, "monthly-return", t.owner("shiqiao/gov"), "2026-09"),
        domain::ruling::RulingKind::Waiver,
        domain::ruling::RulingReason::Other,
        "确有困难",
    );
    let town = t.person("shiqiao.lly").ctx().await;
    let id = app::ruling::ask(&town, &ask).await.unwrap().id;
    let unknown = RulingId::new(town.ids.next(town.now));
    let clerk = t.person("qingxi.lly").ctx().await;
    let head = t.person("qingxi.zz").ctx().await;
    let answers = async |id: RulingId| {
        [
            sentence(app::ruling::withdraw(&clerk, id, 1).await),
            sentence(
                app::ruling::decide(&head, app::ruling::DecideRuling::of(id, 1, true, "")).await,
            ),
            sentence(app::ruling::show(&clerk, id).await),
        ]
    };
    let none = answers(unknown).await;
    assert!(
        none.iter().all(|s| s.starts_with("没有找到这份申请")),
        "{none:?}"
    );
    assert_eq!(answers(id).await, none, "while it waits");
    let office = t.person("bangong").ctx().await;
    app::ruling::decide(
        &office,
        app::ruling::DecideRuling::of(id, 1, false, "理由不足"),
    )
    .await
    .unwrap();
    assert_eq!(answers(id).await, none, "when it was decided");
    let again = app::ruling::decide(&office, app::ruling::DecideRuling::of(id, 2, true, "")).await;
    assert_eq!(code(again), "ruling.decided", "who sees it is told");
    let seen = app::ruling::withdraw(&t.person("shiqiao.zz").ctx().await, id, 2).await;
    assert_eq!(code(seen), "ruling.not-asker");
}

/// An officer whose office is that of one town, and who sees nothing of the other.
async fn town_office(t: &TestApp) -> Ctx {
    let roles = [(Role::Office, t.body("shiqiao"))];
    t.joins("zhen.an", "镇安办", &roles).await;
    t.person("zhen.an").ctx().await
}

#[tokio::test]
async fn a_hidden_post_or_body_answers_as_one_that_does_not_exist() {
    let t = TestApp::at("2026-11-05").await;
    let office = town_office(&t).await;
    let new = || office.ids.next(office.now);

    let (hidden, unknown) = (t.post("qingxi/head"), PostId::new(new()));
    let hand_over = async |id| {
        let today = office.today;
        sentence(app::post::hand_over(&office, id, None, None, today).await)
    };
    assert_eq!(hand_over(hidden).await, hand_over(unknown).await);
    let page = async |id| sentence(app::post::show(&office, id).await);
    assert_eq!(page(hidden).await, page(unknown).await);
    let chair = async |id| {
        let post = app::post::NewPost {
            id: None,
            body: t.body("shiqiao/gov"),
            kind: "chair".parse().unwrap(),
            title: "主任".to_owned(),
            ex_officio: Some(id),
            from_on: office.today,
            sort_key: "9000".to_owned(),
            holder: None,
        };
        beside(app::post::create(&office, post).await, "ex_officio")
    };
    assert_eq!(chair(hidden).await, chair(unknown).await);

    let below = async |parent| {
        let body = app::body::NewBody {
            id: None,
            kind: domain::body::BodyKind::Department,
            name: "新设单位".to_owned(),
            parent: Some(parent),
            division: String::new(),
            level: domain::body::Level::Town,
            sort_key: "9000".to_owned(),
            opened_on: day("2026-11-05"),
            attrs: domain::body::Attrs::new(),
            enterprise: None,
        };
        beside(app::body::create(&office, body).await, "parent")
    };
    let nowhere = BodyId::new(new());
    assert_eq!(below(t.body("qingxi")).await, below(nowhere).await);
}

#[tokio::test]
async fn a_hidden_role_act_or_duty_answers_as_one_that_does_not_exist() {
    let t = TestApp::at("2026-11-05").await;
    let office = town_office(&t).await;
    let new = || office.ids.next(office.now);
    let roles = [(Role::SecurityAdmin, t.body("shiqiao"))];
    t.joins("zhen.quan", "镇安全", &roles).await;
    let security = t.person("zhen.quan").ctx().await;

    let all = crate::roles(&t.person("sec").ctx().await).await.unwrap();
    let theirs = t.person_id("qingxi.lly");
    let grant = all.iter().find(|g| g.person.id == theirs).unwrap().id;
    let nothing = GrantId::new(new());
    let revoke = async |ctx: &Ctx, id| sentence(app::role::revoke(ctx, id).await);
    assert_eq!(
        revoke(&security, grant).await,
        revoke(&security, nothing).await
    );
    assert_eq!(revoke(&office, grant).await, revoke(&office, nothing).await);

    let visit = t.visit("qingxi/head", "jiayou", "2026-11-04");
    let act = t.person("qingxi.lly").records(visit).await.unwrap();
    let none = ActId::new(new());
    let file = async |id| sentence(app::file::download(&office, id, 1).await);
    assert_eq!(file(act).await, file(none).await);

    let duty = |owner, duty| key(Z2, duty, owner, "2026-10");
    let owed = duty(t.owner("qingxi/head"), "government-leader-visit");
    let not_owed = duty(t.owner("qingxi/head"), "no-such-duty");
    let opens = async |key| sentence(app::duty::show(&office, key).await);
    assert_eq!(opens(&owed).await, opens(&not_owed).await);
    let ask = async |key: &domain::duty::Key| {
        let ask = app::ruling::Ask::of(
            key.clone(),
            domain::ruling::RulingKind::Waiver,
            domain::ruling::RulingReason::Other,
            "试",
        );
        sentence(app::ruling::ask(&office, &ask).await)
    };
    assert_eq!(ask(&owed).await, ask(&not_owed).await);
}
