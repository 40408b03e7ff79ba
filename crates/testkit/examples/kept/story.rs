//! Ten months of a county in which everything happened once.

use app::act::{ActDraft, Change};
use app::body::{BodyChange, NewBody, NewEnterprise};
use app::drafting::{Decision, ListElements, RenameDraft};
use app::occasion::NewOccasion;
use app::pack::ApplyPlan;
use app::ruling::Ask;
use app::{Ctx, Verb};
use domain::body::{Attrs, BodyKind, Level, Link, LinkKind};
use domain::duty::Key;
use domain::id::{ActId, BodyId, DraftId};
use domain::pack::Choices;
use domain::policy::Role;
use domain::ruling::{RulingKind, RulingReason};
use store::{Meta, StoreError};
use testkit::{PASSWORD, TestApp, day, key};

use crate::{Outcome, doors, resets};

/// The first day; the county itself was set up on 5 January.
pub(crate) const BEGINS_ON: &str = "2026-02-14";

const COMMITTEES: &str = "zezhou-2026-committees";
const ACTIONS: &str = "zezhou-2026-three-actions";

const PICTURE: &[u8] = b"\xff\xd8\xff\xe0 a picture of the gate";
const PAPER: &[u8] = b"%PDF-1.7 a record of the visit";

const NOTICE: &str = "泽安县安全生产委员会办公室文件\n泽安安办发〔2026〕9号\n关于加强仓库冬季防火工作的通知\n各乡镇人民政府，县直有关部门：\n一、检查\n（一）各乡镇人民政府每月至少检查仓库2次。\n（二）各乡镇人民政府每季度组织1次安全专题学习。\n二、报送\n各乡镇人民政府于每月25日前报送检查情况，12月20日前报送全年总结。\n泽安县安全生产委员会办公室\n2026年10月20日\n";

/// Tells the whole story in a county without packs.
pub(crate) async fn tell(t: &TestApp) -> Outcome {
    notices_apply(t).await;
    people_come(t).await?;
    people_change(t).await?;
    doors::clock(t).await?;
    visits(t).await?;
    returns(t).await?;
    occasions(t).await?;
    rulings(t).await?;
    bodies_change(t).await?;
    what_no_verb_writes(t).await?;
    resets::by_two(t).await?;
    resets::namesakes(t).await?;
    resets::without_two(t).await?;
    drafting(t).await?;
    doors::tokens(t).await?;
    doors::sessions(t).await?;
    resets::waiting(t).await?;
    doors::operator(t).await?;
    doors::chores(t).await
}

async fn notices_apply(t: &TestApp) {
    t.import("common").await;
    for id in [COMMITTEES, ACTIONS] {
        t.import(id).await;
        t.apply(id, 1, BEGINS_ON, Choices::default()).await;
    }
}

/// Two are added by the system administrator: one uses the link, the other one's link stays open.
async fn people_come(t: &TestApp) -> Outcome {
    t.set_day("2026-02-16");
    let (system, security) = (t.person("sys").ctx().await, t.person("sec").ctx().await);
    let page = at_page(&system, "page-xinlai");
    let new = app::person::create(&page, "新来同志", "xinlai").await?;
    let link = new.link.ok_or("a new person has a link")?;
    app::session::set_password(&t.nobody(), &link, PASSWORD, PASSWORD).await?;
    app::person::create(&system, "未到同志", "weidao").await?;
    app::role::grant(&security, new.id, Role::Viewer, t.body("shiqiao")).await?;
    t.set_day("2026-02-20");
    let security = t.person("sec").ctx().await;
    let given = app::role::list(&security, app::role::ListRoles::default()).await?;
    let given = given.rows.iter().find(|g| g.person.id == new.id);
    app::role::revoke(&security, given.ok_or("a role was given")?.id).await?;
    Ok(())
}

/// One gets another name and is then erased, as the law lets a person ask.
async fn people_change(t: &TestApp) -> Outcome {
    t.set_day("2026-02-24");
    let id = t.joins("diaoli", "调离同志", &[]).await;
    let system = t.person("sys").ctx().await;
    let mut person = app::person::show(&system, id).await?.unchanged();
    "调离老同志".clone_into(&mut person.name);
    app::person::change(&system, person).await?;
    let version = app::person::show(&system, id).await?.version;
    let meta = under(&system, Verb::PersonChange, id.to_string())?;
    t.app
        .store
        .write::<_, StoreError, _>(&meta, async |tx| {
            store::person::person_erase(tx, id, version).await
        })
        .await?;
    Ok(())
}

/// One visit with two files of which one is taken away, one amended, one withdrawn.
async fn visits(t: &TestApp) -> Outcome {
    t.set_day("2026-03-05");
    let town = t.person("shiqiao.lly");
    let first = t.visit("shiqiao/head", "yimei", "2026-03-05");
    let ctx = town.ctx().await;
    let kept = app::act::record(&at_page(&ctx, "page-visit"), &first).await?;
    app::file::add(&ctx, kept, "现场.jpg", PICTURE.into()).await?;
    app::file::add(&ctx, kept, "记录.pdf", PAPER.into()).await?;
    t.set_day("2026-03-06");
    app::file::remove(&town.ctx().await, kept, 2).await?;

    t.set_day("2026-03-10");
    let second = t.visit("shiqiao/head", "zhuanchang", "2026-03-09");
    let second = town.records(second).await?;
    t.set_day("2026-03-12");
    let other = t.visit("shiqiao/deputy", "zhuanchang", "2026-03-08");
    let why = change(second, 1, "带队领导和日期填错");
    app::act::amend(&town.ctx().await, &why, &other).await?;

    t.set_day("2026-03-18");
    let other = t.person("qingxi.lly");
    let third = t.visit("qingxi/head", "jiayou", "2026-03-17");
    let third = other.records(third).await?;
    app::act::withdraw(&other.ctx().await, &change(third, 1, "当天未成行")).await?;
    let fourth = t.visit("qingxi/head", "jiayou", "2026-03-18");
    other.records(fourth).await?;
    Ok(())
}

fn change(id: ActId, version: i64, reason: &str) -> Change {
    Change {
        id,
        version,
        reason: reason.to_owned(),
    }
}

/// One return is accepted, one stays sent back, one is sent back and handed in again.
async fn returns(t: &TestApp) -> Outcome {
    t.set_day("2026-03-20");
    let (ours, theirs) = (t.person("shiqiao.lly"), t.person("qingxi.lly"));
    let office = t.person("bangong");
    let march = |body| t.monthly(body, "2026-03", "2026-03-20");
    let accepted = ours.records(march("shiqiao/gov")).await?;
    let back = theirs.records(march("qingxi/gov")).await?;
    t.set_day("2026-03-23");
    app::act::accept(&office.ctx().await, &change(accepted, 1, "")).await?;
    app::act::send_back(&office.ctx().await, &change(back, 1, "数字不平")).await?;

    t.set_day("2026-04-20");
    let april: ActDraft = t.monthly("shiqiao/gov", "2026-04", "2026-04-20");
    let again = ours.records(april).await?;
    app::act::send_back(&office.ctx().await, &change(again, 1, "漏填一栏")).await?;
    t.set_day("2026-04-21");
    let april = t.monthly("shiqiao/gov", "2026-04", "2026-04-21");
    app::act::submit_again(&ours.ctx().await, &change(again, 2, ""), &april).await?;
    Ok(())
}

async fn occasions(t: &TestApp) -> Outcome {
    t.set_day("2026-04-27");
    let office = t.person("bangong").ctx().await;
    let occasion = |kind: &str, title: &str, from, to| -> Outcome<NewOccasion> {
        Ok(NewOccasion {
            kind: kind.parse()?,
            title: title.to_owned(),
            from_on: day(from),
            to_on: day(to),
        })
    };
    let may = occasion("labour-day", "2026年五一", "2026-05-01", "2026-05-05")?;
    app::occasion::open(&office, may).await?;
    let mistaken = occasion("sensitive-period", "误设", "2026-05-10", "2026-05-12")?;
    let mistaken = app::occasion::open(&office, mistaken).await?;
    app::occasion::withdraw(&office, mistaken.id).await?;
    Ok(())
}

/// One request is approved, one refused, one taken back, one waits; a late act counts by a ruling.
async fn rulings(t: &TestApp) -> Outcome {
    t.set_day("2026-05-06");
    let town = t.person("shiqiao.lly").ctx().await;
    let office = t.person("bangong").ctx().await;
    let visit = |who, month| key(ACTIONS, "government-leader-visit", t.owner(who), month);
    let other = t.person("qingxi.lly").ctx().await;
    let april = visit("qingxi/head", "2026-04");
    let waived = app::ruling::ask(&other, &waiver(april)).await?;
    app::ruling::decide(
        &office,
        app::ruling::DecideRuling {
            note: Some("恢复通行后补查".to_owned()),
            ..app::ruling::DecideRuling::of(waived.id, 1, true, "同意")
        },
    )
    .await?;

    let late = t.visit("shiqiao/head", "yimei", "2026-04-28");
    let late = app::act::record(&town, &late).await?;
    let counts = Ask {
        kind: RulingKind::Correction,
        act: Some(late),
        ..waiver(visit("shiqiao/head", "2026-04"))
    };
    let counts = app::ruling::ask(&town, &counts).await?;
    app::ruling::decide(
        &office,
        app::ruling::DecideRuling::of(counts.id, 1, true, "情况属实"),
    )
    .await?;

    let may = || visit("shiqiao/head", "2026-05");
    let later = Ask {
        kind: RulingKind::Extension,
        new_due_on: Some(day("2026-06-15")),
        ..waiver(may())
    };
    let later = app::ruling::ask(&town, &later).await?;
    app::ruling::decide(
        &office,
        app::ruling::DecideRuling::of(later.id, 1, false, "时间充足，请按期完成"),
    )
    .await?;
    let taken_back = app::ruling::ask(&town, &waiver(may())).await?;
    app::ruling::withdraw(&town, taken_back.id, 1).await?;
    app::ruling::ask(&town, &waiver(may())).await?;
    Ok(())
}

fn waiver(key: Key) -> Ask {
    let (kind, why) = (RulingKind::Waiver, RulingReason::Weather);
    Ask::of(key, kind, why, "防汛应急响应期间未能下乡")
}

/// A rename, a move to another parent, a hand-over, relations, a merger of two towns, a closing.
async fn bodies_change(t: &TestApp) -> Outcome {
    t.set_day("2026-06-10");
    let office = t.person("bangong").ctx().await;
    let works = t.body("zhuanchang");
    let renamed = BodyChange {
        name: Some("泽安县新宏达建材有限公司".to_owned()),
        division: Some("999025100".to_owned()),
        ..BodyChange::default()
    };
    app::body::change(&office, works, 1, day("2026-06-01"), renamed).await?;
    let moved = BodyChange {
        parent: Some(t.body("qingxi")),
        ..BodyChange::default()
    };
    app::body::change(&office, works, 2, day("2026-06-10"), moved).await?;
    let depot = vec![depot(t.body("shiqiao"))];
    app::body::create_many(&office, depot, Vec::new()).await?;
    let (money, coal) = (t.body("caizheng"), t.body("coal"));
    let kind = LinkKind::Leads;
    app::body::link(&office, leads(money, coal)).await?;
    t.set_day("2026-06-12");
    let office = t.person("bangong").ctx().await;
    app::body::unlink(&office, kind, money, coal, day("2026-06-12")).await?;

    let roles = [(Role::Leader, t.home())];
    let new = t.joins("xinren", "新任同志", &roles).await;
    let (post, old) = (t.post("gov/deputy"), t.person_id("fuxianzhang"));
    let on = day("2026-06-12");
    app::post::hand_over(&office, post, Some(old), Some(new), on).await?;

    t.set_day("2026-07-01");
    let office = t.person("bangong").ctx().await;
    let (gone, heir) = (t.body("qingxi"), t.body("shiqiao"));
    app::body::merge(&office, gone, heir, day("2026-07-01")).await?;
    t.set_day("2026-07-15");
    let office = t.person("bangong").ctx().await;
    let station = t.body("jiayou");
    let version = app::body::show(&office, station).await?.version;
    app::body::close(&office, station, version, day("2026-07-15")).await?;
    Ok(())
}

/// An enterprise of which everything is known.
fn depot(town: BodyId) -> NewBody {
    NewBody {
        id: None,
        kind: BodyKind::Enterprise,
        name: "泽安县安达仓储有限公司".to_owned(),
        parent: Some(town),
        division: "999025100".to_owned(),
        level: Level::Town,
        sort_key: "0900".to_owned(),
        opened_on: day("2026-06-10"),
        attrs: Attrs::new(),
        enterprise: Some(NewEnterprise {
            uscc: String::new(),
            industry: "5990".to_owned(),
            address: "石桥镇环镇路8号".to_owned(),
            phone: "0350-0000000".to_owned(),
        }),
    }
}

fn leads(a: BodyId, b: BodyId) -> Link {
    Link {
        kind: LinkKind::Leads,
        a,
        b,
        from_on: day("2026-06-10"),
        to_on: None,
    }
}

/// The link of a row that no verb writes, under the one that stands nearest.
fn under(ctx: &Ctx, verb: Verb, subject: String) -> Outcome<Meta> {
    let who = ctx.who()?;
    Ok(Meta {
        home: who.home,
        at: ctx.now,
        person: Some(who.person),
        post: who.post,
        operator: None,
        verb: verb.code(),
        subject,
    })
}

/// The same at a page that has a key.
pub(crate) fn at_page(ctx: &Ctx, key: &str) -> Ctx {
    Ctx {
        once: Some(key.to_owned()),
        ..ctx.clone()
    }
}

/// Another name of a body, a locked period, a one-time link that was used and stays: the program
/// writes none of these yet, or clears it away at once. The store's own functions do, under the
/// name of the verb that stands nearest.
async fn what_no_verb_writes(t: &TestApp) -> Outcome {
    t.set_day("2026-09-01");
    let office = t.person("bangong").ctx().await;
    let (home, pit) = (t.home(), t.body("yimei"));
    let store = &t.app.store;
    let meta = under(&office, Verb::BodyChange, pit.to_string())?;
    store
        .write::<_, StoreError, _>(&meta, async |tx| {
            store::body::alias_insert(tx, home, "泽安一号煤业", pit).await
        })
        .await?;
    let meta = under(&office, Verb::PackApply, ACTIONS.to_owned())?;
    let (pack, march) = (ACTIONS.parse()?, "2026-03".parse()?);
    store
        .write::<_, StoreError, _>(&meta, async |tx| {
            store::seal::seal_insert(tx, &pack, march).await
        })
        .await?;
    let system = t.person("sys").ctx().await;
    let liaison = t.person_id("shiqiao.lly");
    let secret = app::person::reset(&system, liaison).await?;
    let secret = secret.link.ok_or("a link is shown once")?;
    let meta = under(&system, Verb::PersonPassword, liaison.to_string())?;
    store
        .write::<_, StoreError, _>(&meta, async |tx| {
            tx.note();
            store::session::token_take(tx, &secret, "password").await
        })
        .await?
        .ok_or("the link is good")?;
    Ok(())
}

/// One notice becomes a pack in force, one lies half done, one is put aside.
async fn drafting(t: &TestApp) -> Outcome {
    t.set_day("2026-10-21");
    let office = t.person("bangong").ctx().await;
    let read = async |name: &str| -> Outcome<DraftId> {
        Ok(app::drafting::open(&office, name, NOTICE.as_bytes()).await?)
    };
    let id = read("通知.txt").await?;
    let all = app::drafting::elements(&office, ListElements::all(id)).await?;
    let study = all
        .rows
        .iter()
        .find(|item| item.places.iter().any(|p| p.quote.contains("每季度")));
    let study = study.ok_or("the notice asks for studies")?.id.clone();
    app::drafting::decide(&office, id, &[study], Decision::Drop).await?;
    app::drafting::accept_rest(&office, id, 0).await?;
    app::drafting::rename(&office, named(id)?).await?;
    let made = app::drafting::import(&office, id).await?;
    let plan = ApplyPlan {
        id: made.id,
        version: made.version,
        from_on: day("2026-10-21"),
        followed_from_on: day("2026-10-21"),
        choices: Choices::default(),
    };
    app::pack::apply(&office, &plan).await?;
    let half = read("通知二.txt").await?;
    let all = app::drafting::elements(&office, ListElements::all(half)).await?;
    let first = all.rows.first().ok_or("the notice asks for something")?;
    let first = [first.id.clone()];
    app::drafting::decide(&office, half, &first, Decision::Accept).await?;
    let aside = read("通知三.txt").await?;
    app::drafting::close(&office, aside).await?;
    Ok(())
}

fn named(id: DraftId) -> Outcome<RenameDraft> {
    Ok(RenameDraft {
        id,
        pack: "zean-2026-depots".parse()?,
        version: 1,
        title: "仓库冬季防火".to_owned(),
        short: "仓库防火".to_owned(),
        issuer: Some("泽安县安委办".to_owned()),
        number: Some("泽安安办发〔2026〕9号".to_owned()),
        issued: Some(day("2026-10-20")),
        from: day("2026-10-20"),
        to: Some(day("2027-03-31")),
    })
}
