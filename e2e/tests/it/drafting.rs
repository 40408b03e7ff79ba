//! A Word file becomes what each town owes: read in, corrected, checked, applied, on the grid.

use testkit::TestApp;

use crate::chrome::{Window, journey};
use crate::word::depots;

const PHONE: (u32, u32) = (360, 740);
const DESKTOP: (u32, u32) = (1280, 1000);

async fn upload(w: &Window, dir: &std::path::Path) {
    let file = dir.join("通知.docx");
    std::fs::write(&file, depots()).unwrap();
    w.open("/packs").await;
    w.press("从文件起草").await;
    w.is_well_made().await;
    w.type_in("#file", &file.display().to_string()).await;
    w.press("读入并起草").await;
    w.sees("文件已读入").await;
    w.is_well_made().await;
}

/// Text and elements lead to each other.
async fn elements_and_text(w: &Window) {
    w.click("a.hit[data-mark='t-duty-3']").await;
    assert_eq!(w.focused().await, "e-duty-3");
    assert!(w.holds(".hit.lit[data-mark='t-duty-3']").await);
    w.click("#e-duty-1 a.phrase").await;
    assert_eq!(w.focused().await, "t-duty-1");
}

/// Accepts the first, drops the last task, ticks two and merges them, by keyboard.
async fn by_keyboard(w: &Window) {
    w.click("#e-duty-1 h3").await;
    w.keys("a").await;
    w.sees("采用 1").await;
    assert!(w.holds("#e-duty-1.i-accepted").await);
    assert!(w.holds("#t-duty-1.k-accepted").await);
    assert_eq!(w.focused().await, "e-duty-2", "on to the next");
    w.click("#e-task-6 h3").await;
    w.keys("d").await;
    w.sees("不用、并入 1").await;
    w.click("#e-duty-1 h3").await;
    w.keys("xjx").await;
    w.press("合并").await;
    w.sees("已合并").await;
    w.sees("并入这一条的").await;
    w.is_well_made().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_file_is_corrected_and_applied_until_towns_owe_it() {
    let t = TestApp::at("2026-11-05").await;
    let dir = tempfile::tempdir().unwrap();
    journey(&t, DESKTOP.0, DESKTOP.1, async |w| {
        w.sign_in("bangong").await;
        upload(&w, dir.path()).await;
        // Word's own numbers and the merged cell were read.
        for seen in ["一/（一）", "二/（一）", "表1#2", "建立仓库台账", "共 6 条"]
        {
            w.sees(seen).await;
        }

        elements_and_text(&w).await;
        by_keyboard(&w).await;

        // One is corrected.
        w.click("#e-duty-3 h3").await;
        w.keys("e").await;
        w.sees("更正条目").await;
        w.is_well_made().await;
        w.set("#cut_off", "day 40").await;
        w.press("保存并采用").await;
        w.sees("请写作 25日").await;
        w.is_well_made().await;
        w.set("#title", "月度防火检查情况").await;
        w.set("#cut_off", "28日").await;
        w.press("保存并采用").await;
        w.sees("已更正并采用").await;
        w.click("details.sure summary").await;
        w.press("确认采用其余").await;
        w.sees("待核 0").await;

        // Named, checked, imported.
        w.press("下一步：填写名称").await;
        w.is_well_made().await;
        w.set("#pack", "zean-2026-depots").await;
        w.set("#short", "仓库防火").await;
        w.press("保存").await;
        w.sees("会增加多少").await;
        w.sees("乡镇政府").await;
        w.is_well_made().await;
        w.press("导入，去施行").await;
        w.sees("制度已导入").await;

        // Applied from its day, and on the grid.
        w.set("#from_on", "2026-11-05").await;
        w.set("#followed_from_on", "2026-11-05").await;
        w.press("先算一算").await;
        w.sees("项次").await;
        w.press("施行").await;
        w.sees("制度已施行").await;
        let month = "/duties?duty=zean-2026-depots/duty-3&year=2026";
        w.open(month).await;
        w.sees("月度防火检查情况").await;
        w.sees("石桥镇").await;
        assert!(
            w.holds("a.cell[href*='zean-2026-depots/duty-3'][href*='2026-11']")
                .await
        );
        w.is_well_made().await;
        w.open("/duties?duty=zean-2026-depots/task-5&year=2026")
            .await;
        w.sees("石桥镇").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_worked_on_with_a_phone() {
    let t = TestApp::at("2026-11-05").await;
    let dir = tempfile::tempdir().unwrap();
    journey(&t, PHONE.0, PHONE.1, async |w| {
        w.sign_in("bangong").await;
        upload(&w, dir.path()).await;
        w.click("#e-duty-1 button[data-key='accept']").await;
        w.sees("采用 1").await;
        w.click("#e-duty-2 a[data-key='edit']").await;
        w.sees("更正条目").await;
        w.is_well_made().await;
    })
    .await;
}
