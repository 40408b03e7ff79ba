//! One journey a task.

use testkit::{TestApp, draft};

use crate::chrome::journey;

const PHONE: (u32, u32) = (360, 740);
const DESKTOP: (u32, u32) = (1280, 1000);
const Z2: &str = "zezhou-2026-three-actions";

#[tokio::test(flavor = "multi_thread")]
async fn a_town_officer_records_a_visit_in_a_minute_on_a_phone() {
    let t = TestApp::at("2026-11-05").await;
    let head = t.post("shiqiao/head");
    journey(&t, PHONE.0, PHONE.1, async |w| {
        w.open("/sign-in").await;
        w.is_well_made().await;
        w.sign_in("shiqiao.lly").await;
        w.is_well_made().await;
        w.sees("三大行动").await;
        w.open("/acts/new?kind=inspection").await;
        w.is_well_made().await;
        w.set("input[name='p.was-visited']", "泽安县一号煤业有限公司").await;
        w.click(&format!("input[name='p.led'][value='{head}'] + label, label:has(input[name='p.led'][value='{head}'])")).await;
        w.click("input[name='f.way'][value='unannounced'] + label, label:has(input[name='f.way'][value='unannounced'])").await;
        w.sees("会同时计入").await;
        w.press("保存").await;
        w.sees("一号煤业").await;
        w.is_well_made().await;
        w.open(&format!("/duties/{Z2}/government-leader-visit/{head}/2026-11")).await;
        w.sees("已完成").await;
        w.is_well_made().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_opens_a_late_cell_and_reads_why() {
    let t = TestApp::at("2026-11-05").await;
    let by_deputy = draft(
        "inspection",
        "2026-10-14",
        &[
            ("led", t.post("shiqiao/deputy").to_string()),
            ("took-part", t.post("shiqiao/head").to_string()),
        ],
        &[("way", "unannounced")],
    );
    t.person("shiqiao.lly").records(by_deputy).await.unwrap();
    journey(&t, DESKTOP.0, DESKTOP.1, async |w| {
        w.sign_in("bangong").await;
        w.is_well_made().await;
        w.open(&format!(
            "/duties?duty={Z2}/government-leader-visit&year=2026&who=towns"
        ))
        .await;
        w.sees("石桥镇").await;
        w.is_well_made().await;
        w.click("a.cell.s-overdue[href*='2026-10']").await;
        w.sees("为什么").await;
        w.sees("期限").await;
        let head = t.post("shiqiao/head");
        w.open(&format!(
            "/duties/{Z2}/government-leader-visit/{head}/2026-10"
        ))
        .await;
        w.sees("逾期5天").await;
        w.sees("还差1次").await;
        w.sees("本条不计这种角色").await;
        w.is_well_made().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_applies_a_notice_and_chooses_between_two_texts() {
    let t = TestApp::bare("2026-11-05").await;
    t.import("common").await;
    t.import(Z2).await;
    journey(&t, DESKTOP.0, DESKTOP.1, async |w| {
        w.sign_in("bangong").await;
        w.open(&format!("/packs/{Z2}/apply?version=1")).await;
        w.sees("几处文字不一致").await;
        w.is_well_made().await;
        w.press("每月末").await;
        w.type_in(
            "textarea[name=reason], input[name=reason]",
            "按表注执行，便于当月数据齐全",
        )
        .await;
        w.press("先算一算").await;
        w.sees("项次").await;
        w.press("施行").await;
        w.sees("起在本县施行").await;
        w.is_well_made().await;
        let gov = t.body("shiqiao/gov");
        w.open(&format!("/duties/{Z2}/monthly-return/{gov}/2026-11"))
            .await;
        w.sees("11月30日").await;
        w.sees("便于当月数据齐全").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_hands_a_post_over_with_what_is_open() {
    let t = TestApp::at("2026-11-05").await;
    let post = t.post("shiqiao/head");
    journey(&t, DESKTOP.0, DESKTOP.1, async |w| {
        w.sign_in("bangong").await;
        w.open(&format!("/posts/{post}/hand-over")).await;
        w.is_well_made().await;
        let person = t.county.people.get("qingxi.zz").unwrap();
        w.set("select[name=to]", &person.to_string()).await;
        w.set("input[name=on]", "2026-11-05").await;
        w.press("交接").await;
        w.sees("至今").await;
        w.sees("2026年11月5日").await;
        w.is_well_made().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_office_looks_at_march_and_cannot_write_in_it() {
    let t = TestApp::at("2026-11-05").await;
    journey(&t, DESKTOP.0, DESKTOP.1, async |w| {
        w.sign_in("bangong").await;
        w.click("details.drop > summary").await;
        w.set("form[action='/as-of'] input[name=day]", "2026-03-20")
            .await;
        w.click("form[action='/as-of'] button[type=submit]").await;
        w.sees("回到今天").await;
        w.sees("2026年3月20日").await;
        w.is_well_made().await;
        w.open("/duties?year=2026&who=towns").await;
        w.sees("回到今天").await;
        w.open("/acts/new?kind=inspection").await;
        w.sees("只能看").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_tap_opens_lies_in_the_window() {
    let t = TestApp::at("2026-11-05").await;
    let day = (
        "details.drop:not(.who) > summary",
        "details.drop:not(.who) > .drop-sheet",
    );
    let who = ("details.who > summary", "details.who > .drop-sheet");
    let menu = ("details.menu > summary", "details.menu > .menu-sheet");
    let lying = (PHONE.1, PHONE.0);
    let tablet = (768, 1024);
    for (width, height) in [PHONE, lying, tablet, DESKTOP] {
        let narrow = width < 992;
        journey(&t, width, height, async |w| {
            w.sign_in("shiqiao.lly").await;
            // A page that scrolls and one that does not reach the window's end.
            for page in ["/desk", "/password"] {
                let taps = [Some(day), Some(who), narrow.then_some(menu)];
                for (tap, opens) in taps.into_iter().flatten() {
                    w.open(page).await;
                    w.tap_opens(tap, opens).await;
                    w.fits().await;
                }
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_room_is_accessible_at_both_widths() {
    let t = TestApp::at("2026-11-05").await;
    for (width, height) in [DESKTOP, PHONE] {
        journey(&t, width, height, async |w| {
            w.sign_in("bangong").await;
            for room in [
                "/desk",
                "/packs",
                "/packs/zezhou-2026-three-actions",
                "/duties",
                "/duties?view=list",
                "/occasions",
                "/acts",
                "/acts/new",
                "/rulings",
                "/bodies",
                "/bodies/new",
                "/search?q=石桥",
            ] {
                w.open(room).await;
                w.is_well_made().await;
            }
        })
        .await;
        journey(&t, width, height, async |w| {
            w.sign_in("sys").await;
            w.open("/system/people").await;
            w.is_well_made().await;
        })
        .await;
        journey(&t, width, height, async |w| {
            w.sign_in("aud").await;
            w.open("/system/audit").await;
            w.is_well_made().await;
        })
        .await;
    }
}
