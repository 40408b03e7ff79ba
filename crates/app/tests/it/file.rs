//! Evidence files: optional, taken for what they contain, kept with the act.

use app::Ctx;
use app::act::show;
use app::file::{add, download, remove};
use domain::id::ActId;
use testkit::TestApp;

use crate::{beside, code, sentence};

const JPG: &[u8] = b"\xff\xd8\xff\xe0 a picture of the gate";
const PDF: &[u8] = b"%PDF-1.7 a record of the visit";

/// A visit of the first town, and its officer.
async fn visited(t: &TestApp) -> (ActId, Ctx) {
    let officer = t.person("shiqiao.lly");
    let visit = t.visit("shiqiao/head", "yimei", "2026-11-04");
    let id = officer.records(visit).await.unwrap();
    (id, officer.ctx().await)
}

#[tokio::test]
async fn a_picture_is_kept_with_the_act_and_comes_back_as_it_was() {
    let t = TestApp::at("2026-11-05").await;
    let (id, officer) = visited(&t).await;
    let name = "C:\\photos\\..\\现场.JPG";
    add(&officer, id, name, JPG.into()).await.unwrap();
    add(&officer, id, "记录.pdf", PDF.into()).await.unwrap();
    let files = show(&officer, id).await.unwrap().files;
    let seen: Vec<(&str, bool)> = files
        .iter()
        .map(|f| (f.name.as_str(), f.media.starts_with("image/")))
        .collect();
    assert_eq!(seen, [("现场.JPG", true), ("记录.pdf", false)]);
    let back = download(&officer, id, files[0].n).await.unwrap();
    assert_eq!(
        (back.bytes.as_ref(), back.media.as_str()),
        (JPG, "image/jpeg")
    );
    let none = download(&officer, id, 99).await;
    assert_eq!(code(none), "not-found");
}

#[tokio::test]
async fn a_program_named_as_a_picture_is_refused() {
    let t = TestApp::at("2026-11-05").await;
    let (id, officer) = visited(&t).await;
    let program = add(&officer, id, "现场.jpg", b"MZ\x90\0 a program"[..].into()).await;
    assert_eq!(
        beside(program, "file"),
        "“现场.jpg”的内容不是可接收的文件。可以上传：JPG、PNG、WEBP图片，PDF，DOCX、XLSX、WPS、OFD文档。"
    );
    let masked = add(&officer, id, "现场.exe", JPG.into()).await;
    assert!(beside(masked, "file").contains("名称与内容不符"));
    let sound = add(
        &officer,
        id,
        "现场.webp",
        b"RIFF\0\0\0\0WAVEfmt "[..].into(),
    )
    .await;
    assert!(beside(sound, "file").contains("名称与内容不符"));
    let film = b"RIFF\0\0\0\0WEBPVP8 "[..].into();
    add(&officer, id, "现场.webp", film).await.unwrap();
    let empty = add(&officer, id, "现场.jpg", b""[..].into()).await;
    assert_eq!(beside(empty, "file"), "文件是空的，请重新选择。");
    assert_eq!(show(&officer, id).await.unwrap().files.len(), 1);
}

#[tokio::test]
async fn a_file_has_a_size_and_an_act_a_number_of_files() {
    let t = TestApp::at("2026-11-05").await;
    let (id, officer) = visited(&t).await;
    let mut long = JPG.to_vec();
    long.resize(20 * 1024 * 1024 + 1, 0);
    let large = add(&officer, id, "现场.jpg", long.into()).await;
    assert_eq!(sentence(large), "一个附件最多20.0 MB，请减少后再提交。");
    for n in 0..20_u8 {
        let mut one = JPG.to_vec();
        one.push(n);
        add(&officer, id, &format!("{n}.jpg"), one.into())
            .await
            .unwrap();
    }
    let more = add(&officer, id, "现场.jpg", JPG.into()).await;
    assert_eq!(sentence(more), "一条记录的附件最多20个，请减少后再提交。");
}

#[tokio::test]
async fn the_same_file_is_taken_once() {
    let t = TestApp::at("2026-11-05").await;
    let (id, officer) = visited(&t).await;
    add(&officer, id, "现场.jpg", JPG.into()).await.unwrap();
    let again = add(&officer, id, "现场2.jpg", JPG.into()).await;
    assert_eq!(
        beside(again, "file"),
        "这个文件已经上传过（“现场.jpg”），不必再传。"
    );
}

#[tokio::test]
async fn only_who_did_it_adds_and_removes_and_only_who_sees_it_downloads() {
    let t = TestApp::at("2026-11-05").await;
    let office = t.person("bangong");
    let visit = t.visit("gov/deputy", "yimei", "2026-11-04");
    let id = office.records(visit).await.unwrap();
    add(&office.ctx().await, id, "现场.jpg", JPG.into())
        .await
        .unwrap();
    let town = t.person("shiqiao.lly").ctx().await;
    assert!(
        download(&town, id, 1).await.is_ok(),
        "the visited town sees it"
    );
    assert_eq!(
        code(add(&town, id, "记录.pdf", PDF.into()).await),
        "forbidden"
    );
    assert_eq!(code(remove(&town, id, 1).await), "forbidden");
    let other = t.person("qingxi.lly").ctx().await;
    assert_eq!(code(download(&other, id, 1).await), "not-found");
    assert_eq!(
        code(add(&other, id, "记录.pdf", PDF.into()).await),
        "not-found"
    );
    assert_eq!(code(remove(&other, id, 1).await), "not-found");
}

#[tokio::test]
async fn a_removed_file_is_gone_today_and_was_there_before() {
    let t = TestApp::at("2026-11-05").await;
    let (id, officer) = visited(&t).await;
    add(&officer, id, "现场.jpg", JPG.into()).await.unwrap();
    t.set_day("2026-11-06");
    let officer = t.person("shiqiao.lly");
    remove(&officer.ctx().await, id, 1).await.unwrap();
    assert!(
        show(&officer.ctx().await, id)
            .await
            .unwrap()
            .files
            .is_empty()
    );
    assert_eq!(
        code(download(&officer.ctx().await, id, 1).await),
        "not-found"
    );
    assert_eq!(code(remove(&officer.ctx().await, id, 1).await), "not-found");
    let then = officer.as_of("2026-11-05").await;
    assert_eq!(show(&then, id).await.unwrap().files.len(), 1);
    assert_eq!(download(&then, id, 1).await.unwrap().bytes.as_ref(), JPG);
    assert_eq!(code(remove(&then, id, 1).await), "as-of.read-only");
}
