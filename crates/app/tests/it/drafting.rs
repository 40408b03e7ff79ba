//! Drafting: a notice is read in, a person decides on what was found, and a pack is made of it.

use app::Ctx;
use app::audit::ListLinks;
use app::drafting::{
    AskedHow, Decision, DraftSeen, DraftState, ElementSeen, ListDrafts, ListElements, Only,
    RenameDraft, TEXT_CHARS_MAX, accept_rest, add, check, close, correct, decide, element_form,
    elements, file, import, list, merge, open, opened as draft, rename, reopen, restore, show,
    take,
};
use app::duty::{Scope, ShowGrid};
use app::pack::ApplyPlan;
use domain::body::{BodyKind, Level};
use domain::calendar::PeriodKind;
use domain::id::DraftId;
use domain::pack::Choices;
use testkit::{TestApp, day};

use crate::{beside, code, sentence};

const NOTICE: &str = "泽安县安全生产委员会办公室文件\n泽安安办发〔2026〕9号\n关于加强仓库冬季防火工作的通知\n各乡镇人民政府，县直有关部门：\n一、检查\n（一）各乡镇人民政府每月至少检查仓库2次。\n（二）各乡镇人民政府每季度组织1次安全专题学习。\n二、报送\n各乡镇人民政府于每月25日前报送检查情况，12月20日前报送全年总结。\n三、整改\n发现重大隐患的，仓库企业应当在收到整改通知后10个工作日内报送整改方案。高危企业每半年组织1次应急演练。\n泽安县安全生产委员会办公室\n2026年10月20日\n";

async fn opened(ctx: &Ctx) -> DraftId {
    open(ctx, "通知.txt", NOTICE.as_bytes().to_vec())
        .await
        .unwrap()
}

/// Some of the elements.
async fn only(ctx: &Ctx, id: DraftId, only: Only) -> Vec<ElementSeen> {
    let asked = ListElements {
        only: Some(only),
        ..ListElements::all(id)
    };
    elements(ctx, asked).await.unwrap().rows
}

/// The drafts that are worked on, or those put aside.
async fn listed(ctx: &Ctx, closed: bool) -> app::Result<Vec<DraftSeen>> {
    let asked = ListDrafts {
        closed: Some(closed),
        ..ListDrafts::default()
    };
    Ok(list(ctx, asked).await?.rows)
}

/// The id of the element that stands at a phrase.
async fn at(ctx: &Ctx, id: DraftId, quote: &str) -> String {
    let all = only(ctx, id, Only::All).await;
    let says = |e: &&ElementSeen| e.places.iter().any(|p| p.quote.contains(quote));
    all.iter().find(says).unwrap().id.clone()
}

fn named(id: DraftId) -> RenameDraft {
    RenameDraft {
        id,
        pack: "zean-2026-depots".parse().unwrap(),
        version: 1,
        title: "仓库冬季防火".to_owned(),
        short: "仓库防火".to_owned(),
        issuer: Some("泽安县安委办".to_owned()),
        number: Some("泽安安办发〔2026〕9号".to_owned()),
        issued: Some(day("2026-10-20")),
        from: day("2026-10-20"),
        to: Some(day("2027-03-31")),
    }
}

#[tokio::test]
async fn from_a_notice_to_what_each_town_owes() {
    let t = TestApp::at("2026-10-21").await;
    let office = t.person("bangong").ctx().await;
    let id = opened(&office).await;

    // The text stands with its marks, each with an element beside it.
    let read = draft(&office, id).await.unwrap();
    let page = read.page();
    assert_eq!(page.head.number, "泽安安办发〔2026〕9号");
    assert_eq!(page.counts.all, 6, "{page:?}");
    assert_eq!(
        (page.counts.open, page.counts.loose, page.line.state),
        (6, 0, DraftState::Open)
    );
    let text = read.text();
    let chars: Vec<char> = text.text.chars().collect();
    assert_eq!(text.marks.len(), 6);
    for mark in &text.marks {
        let said: String = chars[mark.at..mark.at + mark.chars].iter().collect();
        let element = read.element(mark.element.as_deref().unwrap()).unwrap();
        assert_eq!(element.places[mark.n].quote, said);
    }

    // Not before somebody looked at each.
    assert_eq!(
        sentence(import(&office, id).await),
        "还有 6 条没有核对。请逐条采用或不用，再导入。"
    );

    let month = decided(&office, id).await;
    is_weighed(&office, id).await;
    is_owed(&office, id, &month).await;
}

/// One is corrected, one is dropped, the rest accepted; then the pack is named.
async fn decided(office: &Ctx, id: DraftId) -> String {
    let month = at(office, id, "每月25日前").await;
    let form = element_form(office, id, &month).await.unwrap();
    let mut typed = form.typed.clone();
    typed.title = "月度防火情况".to_owned();
    typed.cut_off = Some("day 28".to_owned());
    let saved = correct(office, typed.clone()).await.unwrap();
    assert_eq!(saved.version, 2);
    let late = correct(office, typed).await;
    assert_eq!(
        code(late),
        "draft.changed",
        "the form was made from another state"
    );
    let study = at(office, id, "每季度").await;
    let dropped = decide(office, id, &[study], Decision::Drop).await.unwrap();
    assert_eq!((dropped.changed, dropped.version), (1, 3));
    let rest = accept_rest(office, id, 0).await.unwrap();
    assert_eq!((rest.changed, rest.left), (4, 0));
    rename(office, named(id)).await.unwrap();

    month
}

/// It is checked before anything happens: mistakes, what is asked already, the burden.
async fn is_weighed(office: &Ctx, id: DraftId) {
    let checked = check(office, id).await.unwrap();
    assert!(checked.sound, "{:?}", checked.found);
    let towns = checked
        .burden
        .iter()
        .find(|b| (b.level, b.kind) == (Some(Level::Town), Some(BodyKind::Government)))
        .unwrap();
    assert_eq!((towns.bodies, towns.more), (2, 6 * 2 + 6 + 1), "{towns:?}");
    assert!(towns.now > 0);
    let asked: Vec<(&str, &str, AskedHow)> = checked
        .asked
        .iter()
        .map(|a| (a.element.title.as_str(), a.title.as_str(), a.how))
        .collect();
    let expected = (
        "高危企业每半年演练",
        "高危行业企业每半年应急实战化演练",
        AskedHow::SameRhythm,
    );
    assert_eq!(asked, [expected]);
}

/// Imported once, applied, and on the grid.
async fn is_owed(office: &Ctx, id: DraftId, month: &str) {
    let made = import(office, id).await.unwrap();
    assert_eq!(
        (made.id.as_str(), made.version, made.known),
        ("zean-2026-depots", 1, false)
    );
    assert!(
        import(office, id).await.unwrap().known,
        "twice is the same pack"
    );
    let plan = ApplyPlan {
        id: made.id.clone(),
        version: 1,
        from_on: day("2026-10-21"),
        followed_from_on: day("2026-10-21"),
        choices: Choices::default(),
    };
    app::pack::apply(office, &plan).await.unwrap();
    let query = ShowGrid {
        pack: Some(made.id.clone()),
        duty: Some(month.parse().unwrap()),
        year: Some(2026),
        scope: Some(Scope::All),
        ..ShowGrid::default()
    };
    let grid = app::duty::grid(office, query).await.unwrap();
    assert_eq!(grid.rows.len(), 2, "two towns owe it");
    let line = show(office, id).await.unwrap().line;
    assert_eq!(line.state, DraftState::Made);
    assert_eq!(line.made.unwrap().pack.as_str(), "zean-2026-depots");
}

#[tokio::test]
async fn each_decision_can_be_taken_back_and_stands_in_the_trail() {
    let t = TestApp::at("2026-10-21").await;
    let office = t.person("bangong").ctx().await;
    let id = opened(&office).await;
    let month = at(&office, id, "每月至少").await;
    let study = at(&office, id, "每季度").await;
    let dated = at(&office, id, "12月20日前").await;
    let both = [month.clone(), study.clone()];
    assert_eq!(code(merge(&office, id, &both).await), "draft.differ");
    let form = element_form(&office, id, &study).await.unwrap();
    let mut alike = form.typed.clone();
    alike.every = Some(PeriodKind::Month);
    alike.act = Some("inspection".to_owned());
    correct(&office, alike).await.unwrap();
    assert_eq!(merge(&office, id, &both).await.unwrap().id, month);
    assert_eq!(
        code(merge(&office, id, &[month.clone(), dated]).await),
        "draft.kinds"
    );
    assert_eq!(code(merge(&office, id, &both).await), "draft.merged");
    let gone = only(&office, id, Only::Gone).await;
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].into.as_ref().unwrap().id, month);
    decide(&office, id, &[study], Decision::Reopen)
        .await
        .unwrap();
    assert_eq!(only(&office, id, Only::Gone).await, []);

    corrected_and_restored(&office, id, &month).await;
    added_and_put_aside(&office, id).await;
    let every = ListLinks {
        size: Some(domain::listing::PageSize::ThreeHundred),
        ..ListLinks::default()
    };
    let trail = app::audit::trail(&t.person("aud").ctx().await, every)
        .await
        .unwrap();
    for verb in [
        "读入文件起草",
        "合并起草条目",
        "核对起草条目",
        "更正起草条目",
        "恢复起草条目",
        "增加起草条目",
        "搁置起草",
    ] {
        assert!(
            trail.rows.iter().any(|l| app::words::verb(&l.verb) == verb),
            "no {verb} in the trail"
        );
    }
}

async fn corrected_and_restored(office: &Ctx, id: DraftId, month: &str) {
    let form = element_form(office, id, month).await.unwrap();
    let mut typed = form.typed.clone();
    typed.at_least = Some(1001);
    typed.act = Some("dancing".to_owned());
    let wrong = correct(office, typed.clone()).await;
    assert_eq!(beside(wrong, "act"), "请从列表中选择履职种类。");
    typed.act = Some("inspection".to_owned());
    let wrong = correct(office, typed.clone()).await;
    assert_eq!(beside(wrong, "at_least"), "请填写 1 至 1000 的整数。");
    typed.at_least = Some(3);
    correct(office, typed).await.unwrap();
    let now = element_form(office, id, month).await.unwrap();
    assert!(now.item.corrected);
    let late = restore(office, id, month, &form.typed.seal).await;
    assert_eq!(code(late), "draft.changed");
    restore(office, id, month, &now.typed.seal).await.unwrap();
    assert_eq!(
        element_form(office, id, month).await.unwrap().typed,
        form.typed
    );
}

/// A phrase that the program did not mark; then the draft is put aside and taken up again.
async fn added_and_put_aside(office: &Ctx, id: DraftId) {
    let added = add(&office.keyed("k"), id, "县直 有关部门", 0)
        .await
        .unwrap();
    let again = add(&office.keyed("k"), id, "县直 有关部门", 0)
        .await
        .unwrap();
    assert_eq!(again, added, "sent twice is once");
    let seen = element_form(office, id, &added.id).await.unwrap().item;
    assert_eq!(seen.places[0].quote, "县直有关部门");
    let wrong = add(office, id, "原文没有的话", 0).await;
    assert_eq!(
        beside(wrong, "phrase"),
        "原文中没有这段文字。请照原文填写，不要改动。"
    );
    assert_eq!(
        code(take(office, id, 0).await),
        "not-found",
        "nothing is loose"
    );

    close(office, id).await.unwrap();
    assert_eq!(
        code(decide(office, id, &[added.id], Decision::Drop).await),
        "draft.closed"
    );
    assert_eq!(listed(office, false).await.unwrap(), []);
    let aside = listed(office, true).await.unwrap();
    assert_eq!(aside[0].state, DraftState::Closed);
    reopen(office, id).await.unwrap();
    let line = &listed(office, false).await.unwrap()[0];
    assert_eq!((line.elements, line.undecided), (7, 7));
}

#[tokio::test]
async fn what_cannot_be_read_or_named_is_refused() {
    let t = TestApp::at("2026-10-21").await;
    let office = t.person("bangong").ctx().await;
    let wrong = open(
        &office,
        "旧.doc",
        vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
    )
    .await;
    assert!(beside(wrong, "file").contains(".docx"));
    let long = "每月检查。\n".repeat(TEXT_CHARS_MAX / 6 + 1);
    let wrong = open(&office, "长.txt", long.into_bytes()).await;
    assert!(beside(wrong, "file").contains("最多起草 200000 字"));

    let keyed = office.keyed("form-1");
    let bytes = || NOTICE.as_bytes().to_vec();
    let id = open(&keyed, "通知.txt", bytes()).await.unwrap();
    assert_eq!(
        open(&keyed, "通知.txt", bytes()).await.unwrap(),
        id,
        "sent twice is once"
    );

    let wrong = RenameDraft {
        title: " ".to_owned(),
        from: day("1800-01-01"),
        to: Some(day("1799-12-31")),
        ..named(id)
    };
    let app::Error::Invalid(errors) = rename(&office, wrong).await.unwrap_err() else {
        unreachable!("not a matter of fields");
    };
    assert_eq!(errors.0.keys().collect::<Vec<_>>(), ["from", "title", "to"]);
    assert!(
        file(&office, id, "duties.toml")
            .await
            .unwrap()
            .contains("[[duty]]")
    );
    assert_eq!(code(file(&office, id, "../scheme.toml").await), "not-found");

    let then = Ctx {
        as_of: Some(day("2026-10-20")),
        ..office.clone()
    };
    assert_eq!(code(accept_rest(&then, id, 0).await), "as-of.read-only");
    assert_eq!(show(&office, id).await.unwrap().counts.open, 6);
}

#[tokio::test]
async fn only_who_applies_packs_sees_drafts() {
    let t = TestApp::at("2026-10-21").await;
    let id = opened(&t.person("bangong").ctx().await).await;
    for login in ["shiqiao.lly", "sys", "aud"] {
        let other = t.person(login).ctx().await;
        assert_eq!(code(show(&other, id).await), "forbidden", "{login}");
        assert_eq!(code(listed(&other, false).await), "forbidden", "{login}");
        assert_eq!(code(import(&other, id).await), "forbidden", "{login}");
        assert_eq!(
            code(open(&other, "a.txt", NOTICE.as_bytes().to_vec()).await),
            "forbidden",
            "{login}"
        );
        assert_eq!(code(close(&other, id).await), "forbidden", "{login}");
    }
}

#[tokio::test]
async fn two_who_decide_at_once_both_count() {
    let t = TestApp::at("2026-10-21").await;
    let office = t.person("bangong").ctx().await;
    let id = opened(&office).await;
    let all = only(&office, id, Only::All).await;
    let ids: Vec<String> = all.iter().map(|i| i.id.clone()).collect();
    let one = |n: usize| {
        let (office, id, element) = (office.clone(), id, ids[n].clone());
        async move {
            let done = decide(&office, id, &[element], Decision::Accept).await;
            done.unwrap().changed
        }
    };
    let all = tokio::join!(one(0), one(1), one(2), one(3), one(4), one(5));
    assert_eq!(all, (1, 1, 1, 1, 1, 1));
    let page = show(&office, id).await.unwrap();
    assert_eq!(
        (page.counts.accepted, page.line.state),
        (6, DraftState::Decided)
    );
    let before = t.app.store.queries();
    let read = draft(&office, id).await.unwrap();
    let seen = read.elements(&ListElements::all(id)).unwrap();
    assert_eq!((read.text().marks.len(), seen.rows.len()), (6, 6));
    let asked = t.app.store.queries() - before;
    assert!(asked <= 6, "{asked} queries for one draft");
}
