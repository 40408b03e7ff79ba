//! Powers over parts: what others did is theirs to record and to change, who is named sees it, and
//! nothing is learned by asking.

use app::act::{
    ActDraft, ActQuery, Change, acts, amend, draft_of, form, form_of, preview, preview_change,
    record, show, submit_again, withdraw,
};
use app::{Ctx, Error};
use domain::act::{Act, ActEvent, ActState, ActStep, Part, PartRole};
use domain::body::{Link, LinkKind};
use domain::id::{ActId, BodyId, PostId};
use domain::policy::Role;
use testkit::{TestApp, day, draft, key};

use crate::{Z1, Z2, beside, code};

const PDF: &[u8] = b"%PDF-1.7 minutes of the meeting";
const NOT_OWN: &str = "不在您可以代为记录的单位和岗位中，或当天还没有设立。请从列表中选择；";

fn change(id: ActId, version: i64) -> Change {
    Change {
        id,
        version,
        reason: "记错了".to_owned(),
    }
}

fn meeting(parts: &[(&str, String)]) -> ActDraft {
    let fields = [("form", "thematic"), ("topic", "冬季防火")];
    draft("meeting", "2026-11-04", parts, &fields)
}

/// A meeting of the county's office in which the first town took part.
async fn joined(t: &TestApp) -> (ActId, ActDraft) {
    let parts = [
        ("hosted", t.body("office").to_string()),
        ("took-part", t.body("shiqiao/gov").to_string()),
    ];
    let held = meeting(&parts);
    let id = t.person("bangong").records(held.clone()).await.unwrap();
    (id, held)
}

/// What each way of changing an act answers.
async fn tries(ctx: &Ctx, id: ActId, held: &ActDraft) -> Vec<Error> {
    vec![
        amend(ctx, &change(id, 1), held).await.unwrap_err(),
        withdraw(ctx, &change(id, 1)).await.unwrap_err(),
        submit_again(ctx, &change(id, 1), held).await.unwrap_err(),
        draft_of(ctx, id).await.unwrap_err(),
        form_of(ctx, id).await.unwrap_err(),
        preview_change(ctx, id, held).await.unwrap_err(),
        app::file::add(ctx, id, "纪要.pdf", PDF.into())
            .await
            .unwrap_err(),
        app::file::remove(ctx, id, 1).await.unwrap_err(),
    ]
}

#[tokio::test]
async fn who_only_took_part_sees_the_act_and_neither_amends_withdraws_nor_attaches() {
    let t = TestApp::at("2026-11-05").await;
    let (id, held) = joined(&t).await;
    let office = t.person("bangong").ctx().await;
    app::file::add(&office, id, "纪要.pdf", PDF.into())
        .await
        .unwrap();
    let town = t.person("shiqiao.lly").ctx().await;
    for error in tries(&town, id, &held).await {
        assert_eq!(error.code(), "forbidden", "{error:?}");
        assert_eq!(
            error.sentence(),
            "这条记录由县安委办主办，您可以查看，不能更正、撤回、重新报送，也不能增减附件。\
             需要改动的，请该单位办理，或请县安委办代为办理。"
        );
    }
    let page = show(&town, id).await.unwrap();
    assert!(!page.may_amend && !page.may_submit_again && !page.may_judge);
    assert!(app::file::download(&town, id, 1).await.is_ok());
    let listed = acts(&town, ActQuery::default()).await.unwrap().rows;
    assert_eq!(listed.first().map(|l| l.id), Some(id));

    let page = show(&office, id).await.unwrap();
    assert_eq!(
        (page.act.version, page.act.state, page.files.len()),
        (1, ActState::Recorded, 1)
    );
    assert!(page.may_amend, "it is the host's");
    let other = t.person("qingxi.lly").ctx().await;
    for error in tries(&other, id, &held).await {
        assert_eq!(error.code(), "not-found", "who is not in it: {error:?}");
    }
}

#[tokio::test]
async fn an_act_of_ones_own_in_which_anothers_head_led_too_is_the_offices_to_change() {
    let t = TestApp::at("2026-11-05").await;
    let mut both = t.visit("shiqiao/head", "yimei", "2026-11-04");
    let other = t.post("qingxi/head").to_string();
    both.parts.push(("led".to_owned(), other));
    let id = t.person("bangong").records(both.clone()).await.unwrap();
    for login in ["shiqiao.lly", "qingxi.lly"] {
        let ctx = t.person(login).ctx().await;
        assert!(!show(&ctx, id).await.unwrap().may_amend, "{login}");
        for error in tries(&ctx, id, &both).await {
            assert_eq!(error.code(), "forbidden", "{login}: {error:?}");
        }
    }
    let office = t.person("bangong").ctx().await;
    let alone = t.visit("shiqiao/head", "yimei", "2026-11-04");
    amend(&office, &change(id, 1), &alone).await.unwrap();
    let town = t.person("shiqiao.lly").ctx().await;
    amend(&town, &change(id, 2), &alone).await.unwrap();
    let gone = t.person("qingxi.lly").ctx().await;
    assert_eq!(code(show(&gone, id).await), "not-found");
}

#[tokio::test]
async fn a_town_does_not_record_what_the_head_of_another_town_led() {
    let t = TestApp::at("2026-11-05").await;
    let duty = "government-leader-visit";
    let theirs = key(Z2, duty, t.owner("qingxi/head"), "2026-11");
    let office = t.person("bangong");
    let before = office.sees(&theirs).await;
    let officer = t.person("shiqiao.lly");
    let alone = t.visit("qingxi/head", "yimei", "2026-11-04");
    let mut both = t.visit("shiqiao/head", "yimei", "2026-11-04");
    both.parts.extend(alone.parts.clone());
    for stray in [alone, both] {
        let why = beside(officer.records(stray.clone()).await, "p.led");
        assert!(why.contains(NOT_OWN), "{why}");
        assert!(why.ends_with("确由其带队的，请该单位自行记录，或请县安委办代为记录。"));
        let ctx = officer.ctx().await;
        let many = app::act::record_many(&ctx, std::slice::from_ref(&stray)).await;
        assert_eq!(code(many), "invalid");
        let own = t.visit("shiqiao/head", "yimei", "2026-11-03");
        let id = officer.records(own).await.unwrap();
        let moved = amend(&ctx, &change(id, 1), &stray).await;
        assert!(beside(moved, "p.led").contains(NOT_OWN));
    }
    assert_eq!(
        office.sees(&theirs).await,
        before,
        "no duty of theirs is met"
    );
}

#[tokio::test]
async fn who_hosted_and_who_presided_is_said_by_their_own_recorder() {
    let t = TestApp::at("2026-11-05").await;
    let liaison = t.person("yingji.jz");
    let deputy = t.post("gov/deputy").to_string();
    let (coal, chair) = (t.body("coal").to_string(), t.post("coal/chair").to_string());
    let strange = meeting(&[("hosted", coal.clone()), ("presided", deputy)]);
    let why = beside(liaison.records(strange).await, "p.presided");
    assert!(why.contains(NOT_OWN), "{why}");
    let town = meeting(&[("hosted", t.body("shiqiao/gov").to_string())]);
    let why = beside(liaison.records(town).await, "p.hosted");
    assert!(why.contains(NOT_OWN), "{why}");
    let own = meeting(&[("hosted", coal), ("presided", chair)]);
    assert!(liaison.records(own).await.is_ok(), "a committee it leads");
}

#[tokio::test]
async fn whoever_records_for_a_committee_names_any_organ_of_the_county_and_no_hidden_enterprise() {
    let t = TestApp::at("2026-11-05").await;
    let member = Link {
        kind: LinkKind::Member,
        a: t.body("xiaofang"),
        b: t.body("coal"),
        from_on: day("2026-10-01"),
        to_on: None,
    };
    app::body::link(&t.person("bangong").ctx().await, member)
        .await
        .unwrap();
    let held = |joined: &str| {
        meeting(&[
            ("hosted", t.body("coal").to_string()),
            ("took-part", joined.to_owned()),
        ])
    };
    let lead = t.person("yingji.jz");
    let by_id = held(&t.body("xiaofang").to_string());
    for named in [by_id, held("县消防救援大队")] {
        let id = lead.records(named).await.unwrap();
        let page = show(&lead.ctx().await, id).await.unwrap();
        let joined = page
            .act
            .parts
            .iter()
            .find(|p| p.role == PartRole::TookPart)
            .unwrap();
        assert_eq!(joined.name, "县消防救援大队");
    }
    for organ in [t.body("caizheng").to_string(), "县财政局".to_owned()] {
        assert!(
            lead.records(held(&organ)).await.is_ok(),
            "everybody knows it"
        );
    }
    let town = t.person("qingxi.lly");
    let held = |joined: &str| {
        meeting(&[
            ("hosted", t.body("qingxi/gov").to_string()),
            ("took-part", joined.to_owned()),
        ])
    };
    let lead = town;
    for hidden in [t.body("yimei").to_string(), "泽安县没有的单位".to_owned()] {
        let why = beside(lead.records(held(&hidden)).await, "p.took-part");
        let unknown = "没有找到“某某”，或当天还没有设立。请从列表中选择。";
        assert_eq!(why.replace(&hidden, "某某"), unknown);
    }
}

#[tokio::test]
async fn where_nobody_hosted_who_took_part_records_for_itself_only() {
    let t = TestApp::at("2026-11-05").await;
    let course = |who: &str| {
        let parts = [("took-part", t.body(who).to_string())];
        draft("training", "2026-11-04", &parts, &[("kind", "grassroots")])
    };
    let (officer, regulator) = (t.person("shiqiao.lly"), t.person("yingji.jz"));
    let fields = app::act::form(&officer.ctx().await, "training")
        .await
        .unwrap();
    let kinds = &fields.fields.first().unwrap().values;
    let with_kind = |mut d: ActDraft| {
        let first = kinds.first().unwrap().value.to_string();
        d.fields.insert("kind".to_owned(), vec![first]);
        d
    };
    let stray = regulator.records(with_kind(course("yimei"))).await;
    let why = beside(stray, "p.took-part");
    assert!(why.contains("“泽安县一号煤业有限公司”"), "{why}");
    let id = officer.records(with_kind(course("yimei"))).await.unwrap();
    let seen = show(&regulator.ctx().await, id).await.unwrap();
    assert!(!seen.may_amend);
    withdraw(&officer.ctx().await, &change(id, 1))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_return_is_of_one_body_and_blocks_nobody_elses() {
    let t = TestApp::at("2026-10-20").await;
    let mut both = t.monthly("shiqiao/gov", "2026-10", "2026-10-20");
    let second = t.body("qingxi/gov").to_string();
    both.parts.push(("hosted".to_owned(), second));
    let refused = t.person("bangong").records(both.clone()).await;
    assert_eq!(
        beside(refused, "p.hosted"),
        "一份报表由一个单位报送，现选了2个。请只选一个，其他单位另行报送。"
    );
    let forged = t.person("shiqiao.lly").records(both.clone()).await;
    assert!(beside(forged, "p.hosted").contains(NOT_OWN));
    let id = {
        let own = t.monthly("shiqiao/gov", "2026-10", "2026-10-20");
        t.person("shiqiao.lly").records(own).await.unwrap()
    };
    let ctx = t.person("bangong").ctx().await;
    let widened = amend(&ctx, &change(id, 1), &both).await;
    assert!(beside(widened, "p.hosted").contains("由一个单位报送"));
    let own = t.monthly("qingxi/gov", "2026-10", "2026-10-20");
    t.person("qingxi.lly").records(own).await.unwrap();
}

/// A return of two towns, as it was taken before.
async fn of_two_towns(t: &TestApp) -> ActId {
    let ctx = t.system();
    let id = ActId::new(ctx.ids.next(ctx.now));
    let part = |body: &str| Part {
        body: t.body(body),
        post: None,
        role: PartRole::Hosted,
    };
    let act = Act {
        id,
        home: t.home(),
        kind: "return".parse().unwrap(),
        occurred_on: ctx.today,
        period: Some("2026-10".parse().unwrap()),
        form: Some(format!("{Z2}/three-actions-monthly")),
        version: 1,
        withdrawn: false,
        fields: std::collections::BTreeMap::new(),
        parts: vec![part("shiqiao/gov"), part("qingxi/gov")],
        events: vec![ActEvent {
            step: ActStep::Record,
            entered_on: ctx.today,
            answer_by: None,
        }],
    };
    let meta = store::Meta {
        home: t.home(),
        at: ctx.now,
        person: None,
        post: None,
        operator: Some("an earlier program".to_owned()),
        verb: app::Verb::ActRecord.code(),
        subject: id.to_string(),
    };
    let written = t.app.store.write(&meta, async |tx| {
        store::act::act_insert(tx, &act, "").await?;
        Ok::<_, Error>(())
    });
    written.await.unwrap();
    id
}

#[tokio::test]
async fn an_old_return_of_two_towns_stands_in_the_way_of_neither_and_is_the_offices() {
    let t = TestApp::at("2026-10-20").await;
    let id = of_two_towns(&t).await;
    for town in ["shiqiao", "qingxi"] {
        let officer = t.person(&format!("{town}.lly"));
        let own = t.monthly(&format!("{town}/gov"), "2026-10", "2026-10-20");
        let ctx = officer.ctx().await;
        assert_eq!(code(withdraw(&ctx, &change(id, 1)).await), "forbidden");
        let seen = preview(&ctx, &own).await.unwrap();
        assert!(seen.missing.is_empty(), "{:?}", seen.missing);
        officer.records(own.clone()).await.unwrap();
        let twice = preview(&ctx, &own).await;
        assert_eq!(code(twice), "return.twice", "as saving says");
    }
    let office = t.person("bangong").ctx().await;
    withdraw(&office, &change(id, 1)).await.unwrap();
}

#[tokio::test]
async fn the_preview_refuses_what_saving_refuses_and_alike_for_hidden_unknown_and_forbidden() {
    let t = TestApp::at("2026-11-05").await;
    let ctx = t.person("shiqiao.lly").ctx().await;
    let unknown = PostId::new(ctx.ids.next(ctx.now)).to_string();
    let hidden = t.post("qingxi/head").to_string();
    // Seen by the officer, who regulates it, and recorded by others.
    let regulator = t.person("yingji.jz").ctx().await;
    let nobody = BodyId::new(ctx.ids.next(ctx.now)).to_string();
    let said = |who: &str, name: &str, message: String| message.replace(who, name);
    let mut told = Vec::new();
    for (ctx, who, name) in [
        (&ctx, unknown.clone(), unknown),
        (&ctx, hidden.clone(), hidden),
        (&ctx, "没有这个人".to_owned(), "没有这个人".to_owned()),
        (&regulator, nobody.clone(), nobody),
        (
            &regulator,
            t.body("yimei").to_string(),
            "泽安县一号煤业有限公司".to_owned(),
        ),
        (
            &regulator,
            t.body("shiqiao/gov").to_string(),
            t.body("shiqiao/gov").to_string(),
        ),
    ] {
        let visit = draft(
            "inspection",
            "2026-11-04",
            &[("led", who)],
            &[("way", "routine")],
        );
        let looked = preview(ctx, &visit).await.unwrap();
        assert!(looked.meets.is_empty());
        let saved = record(ctx, &visit).await;
        let Err(Error::Invalid(saved)) = saved else {
            unreachable!("{saved:?}")
        };
        assert_eq!(looked.missing, saved, "the preview asks as saving does");
        told.push(said(&name, "某某", saved.of("p.led").join("")));
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");

    let place = |who: String| {
        let head = t.post("shiqiao/head").to_string();
        let parts = [("led", head), ("was-visited", who)];
        draft("inspection", "2026-11-04", &parts, &[("way", "routine")])
    };
    let mut told = Vec::new();
    for who in [BodyId::new(ctx.ids.next(ctx.now)), t.body("jiayou")] {
        let saved = record(&ctx, &place(who.to_string())).await;
        let why = beside(saved, "p.was-visited");
        told.push(said(&who.to_string(), "某某", why));
    }
    assert_eq!(
        told[0], "没有找到“某某”，或当天还没有设立。请从列表中选择。",
        "one that is hidden is named no more than one that does not exist"
    );
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn who_records_nothing_previews_nothing() {
    let t = TestApp::at("2026-11-05").await;
    let visit = t.visit("shiqiao/head", "yimei", "2026-11-04");
    for login in ["shiqiao.zz", "sys", "aud"] {
        let ctx = t.person(login).ctx().await;
        assert_eq!(code(preview(&ctx, &visit).await), "forbidden", "{login}");
        assert_eq!(code(record(&ctx, &visit).await), "forbidden");
        let unknown = draft("picnic", "2026-11-04", &[], &[]);
        assert_eq!(code(preview(&ctx, &unknown).await), "forbidden");
    }
}

#[tokio::test]
async fn neither_the_preview_nor_the_page_tells_the_standing_of_whom_one_may_not_see() {
    let t = TestApp::at("2026-11-05").await;
    let roles = [
        (Role::Liaison, t.body("gov")),
        (Role::Viewer, t.body("shiqiao")),
    ];
    t.joins("fuban", "府办同志", &roles).await;
    let ctx = t.person("fuban").ctx().await;
    let chair = key(Z1, "chair-inspection", t.owner("coal/chair"), "2026-11");
    assert_eq!(code(t.person("fuban").opens(&chair).await), "not-found");
    let visit = t.visit("gov/deputy", "yimei", "2026-11-04");
    let seen = preview(&ctx, &visit).await.unwrap();
    assert!(!seen.meets.is_empty(), "{:?}", seen.missing);
    let of_chair = |m: &app::act::Meets| m.owner_name.contains("煤矿安全专委会");
    assert!(!seen.meets.iter().any(of_chair));
    let id = record(&ctx, &visit).await.unwrap();
    assert_eq!(t.person("bangong").sees(&chair).await, "已完成");
    let page = show(&ctx, id).await.unwrap();
    assert!(!page.meets.iter().any(of_chair));
    assert!(page.more_meets > 0 && page.may_amend);
    let page = show(&t.person("bangong").ctx().await, id).await.unwrap();
    assert!(page.meets.iter().any(of_chair) && page.more_meets == 0);
}

#[tokio::test]
async fn whoever_the_office_named_stays_in_an_act_that_the_host_amends() {
    let t = TestApp::at("2026-11-05").await;
    let mut visit = t.visit("shiqiao/head", "yimei", "2026-11-04");
    let guest = t.body("xiaofang").to_string();
    visit.parts.push(("took-part".to_owned(), guest));
    let id = t.person("bangong").records(visit).await.unwrap();
    let town = t.person("shiqiao.lly").ctx().await;
    let (mut standing, version) = draft_of(&town, id).await.unwrap();
    "2026-11-03".clone_into(&mut standing.occurred_on);
    let seen = preview_change(&town, id, &standing).await.unwrap();
    assert!(seen.missing.is_empty(), "{:?}", seen.missing);
    assert!(!seen.meets.is_empty());
    assert!(
        seen.meets.iter().all(|m| m.have == m.will_have),
        "it counts already"
    );
    amend(&town, &change(id, version), &standing).await.unwrap();
    let page = show(&town, id).await.unwrap();
    assert!(page.act.parts.iter().any(|p| p.name == "县消防救援大队"));
    assert_eq!(page.act.occurred_on, day("2026-11-03"));
}

#[tokio::test]
async fn the_form_offers_for_ones_own_doings_whom_one_records_for() {
    let t = TestApp::at("2026-11-05").await;
    let town = form(&t.person("shiqiao.lly").ctx().await, "inspection")
        .await
        .unwrap();
    assert!(town.leaders.is_empty(), "county leaders are the county's");
    assert!(town.own.iter().all(|p| p.may_record));
    let office = form(&t.person("bangong").ctx().await, "inspection")
        .await
        .unwrap();
    let deputy = t.post("gov/deputy").to_string();
    assert!(office.leaders.iter().any(|p| p.id.to_string() == deputy));
    assert!(office.may_type);
    let bureau = form(&t.person("yingji.jz").ctx().await, "meeting")
        .await
        .unwrap();
    assert!(!bureau.may_type, "nobody but those that are offered");
    let mut both = t.visit("shiqiao/head", "yimei", "2026-11-04");
    both.parts
        .push(("took-part".to_owned(), t.body("xiaofang").to_string()));
    let id = t.person("bangong").records(both).await.unwrap();
    let view = form_of(&t.person("shiqiao.lly").ctx().await, id)
        .await
        .unwrap();
    let names: Vec<&str> = view
        .others
        .iter()
        .map(|other| other.post.title.as_str())
        .collect();
    assert!(names.contains(&"县消防救援大队"), "{names:?}");
}
