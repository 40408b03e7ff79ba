//! Second clicks on what is done with notices: drafts of packs, packs and their application.

use app::drafting::{
    Decision, ElementName, ElementSeen, ListElements, RenameDraft, accept_rest, add, close,
    correct, decide, element_form, elements, go_on, import, merge, open, rename, reopen, restore,
    take,
};
use app::pack::ApplyPlan;
use domain::calendar::PeriodKind;
use domain::pack::Choices;
use testkit::day;

use super::Clicks;
use crate::Z2;

const NOTICE: &str = "泽安安办发〔2026〕9号\n关于加强仓库冬季防火工作的通知\n\
                      各乡镇人民政府，县直有关部门：\n一、检查\n\
                      （一）各乡镇人民政府每月至少检查仓库2次。\n\
                      （二）各乡镇人民政府每季度组织1次安全专题学习，每学期开展2次演练。\n\
                      二、报送\n各乡镇人民政府于每月25日前报送检查情况。\n";

/// A draft from the file to the pack, and what comes after it.
pub(super) async fn drafts(clicks: &Clicks<'_>) {
    let office = &clicks.t.person("bangong").ctx().await;
    let opened = async |ctx: &app::Ctx| {
        let notice = NOTICE.as_bytes().to_vec();
        open(ctx, "通知.txt", notice).await
    };
    let id = clicks.twice(office, Clone::clone, opened).await;
    let items = elements(office, ListElements::all(id)).await.unwrap().rows;
    let found = |quote: &str| {
        let said = |i: &&ElementSeen| i.places.iter().any(|p| p.quote.contains(quote));
        items.iter().find(said).unwrap().id.clone()
    };
    let (month, study) = (found("每月至少"), found("每季度"));
    let dropped = [study.clone()];
    clicks
        .twice(office, Clone::clone, async |ctx| {
            decide(ctx, id, &dropped, Decision::Drop).await
        })
        .await;
    reopens(office, id, &dropped).await;
    let alike = async || {
        let mut alike = element_form(office, id, &study).await.unwrap().typed;
        alike.every = Some(PeriodKind::Month);
        alike.act = Some("inspection".to_owned());
        alike
    };
    let typed = alike().await;
    clicks
        .twice(office, Clone::clone, async |ctx| {
            correct(ctx, typed.clone()).await
        })
        .await;
    let seal = alike().await.seal;
    clicks
        .twice(office, Clone::clone, async |ctx| {
            restore(ctx, id, &study, &seal).await
        })
        .await;
    correct(office, alike().await).await.unwrap();
    let both = [month, study];
    clicks
        .twice(
            office,
            |kept: &ElementName| kept.id.clone(),
            async |ctx| merge(ctx, id, &both).await,
        )
        .await;
    accept_rest(office, id, 0).await.unwrap();
    made(clicks, office, id).await;
    more(clicks, office, opened(office).await.unwrap()).await;
}

/// What was dropped is decided on anew.
async fn reopens(office: &app::Ctx, id: domain::id::DraftId, elements: &[String]) {
    let again = decide(office, id, elements, Decision::Reopen).await;
    assert_eq!(again.unwrap().changed, 1);
}

/// It gets its name, becomes a pack, and is gone on with.
async fn made(clicks: &Clicks<'_>, office: &app::Ctx, id: domain::id::DraftId) {
    let head = RenameDraft {
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
    };
    clicks
        .twice(office, Clone::clone, async |ctx| {
            rename(ctx, head.clone()).await
        })
        .await;
    clicks
        .twice(office, Clone::clone, async |ctx| import(ctx, id).await)
        .await;
    clicks
        .twice(office, Clone::clone, async |ctx| go_on(ctx, id).await)
        .await;
}

/// A phrase that was passed over, one that nobody marked; it is put aside and taken up again.
async fn more(clicks: &Clicks<'_>, office: &app::Ctx, id: domain::id::DraftId) {
    let plain = |element: &ElementName| element.id.clone();
    clicks
        .twice(office, plain, async |ctx| take(ctx, id, 0).await)
        .await;
    clicks
        .twice(office, plain, async |ctx| {
            add(ctx, id, "县直有关部门", 0).await
        })
        .await;
    clicks
        .twice(office, Clone::clone, async |ctx| close(ctx, id).await)
        .await;
    clicks
        .twice(office, Clone::clone, async |ctx| reopen(ctx, id).await)
        .await;
}

/// A notice that is known is imported again, and applied anew from a later day.
pub(super) async fn packs(clicks: &Clicks<'_>) {
    let office = &clicks.t.person("bangong").ctx().await;
    let files = testkit::shipped(Z2);
    let kept = clicks
        .twice(office, Clone::clone, async |ctx| {
            app::pack::import(ctx, &files).await
        })
        .await;
    assert!(kept.known);
    let plan = ApplyPlan {
        id: Z2.parse().unwrap(),
        version: 1,
        from_on: day("2026-11-06"),
        followed_from_on: day("2026-11-06"),
        choices: Choices {
            reason: "安委会会议决定".to_owned(),
            ..Choices::default()
        },
    };
    clicks
        .twice(office, Clone::clone, async |ctx| {
            app::pack::apply(ctx, &plan).await
        })
        .await;
}
