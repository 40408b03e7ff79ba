//! What is read of a body before it is refused, and how many are read at one time. The bodies count
//! what was pulled of them; nothing here looks at a clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use futures::StreamExt;
use futures::stream;
use testkit::{Browser, Reply, TestApp, shipped};
use tokio::sync::oneshot;

/// Bytes of a chunk of these bodies.
const CHUNK: usize = 64 * 1024;
/// What was read whole before: a text part of 170 MB.
const HUGE: usize = 170 << 20;
/// Longest form, in bytes; a program that took more would have to say so here.
const FORM: usize = 256 * 1024;

const MULTIPART: (&str, &str) = ("content-type", "multipart/form-data; boundary=part");
const URLENCODED: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A body that begins with `head`, goes on for so many bytes, and counts what was pulled of it.
fn counted(head: String, bytes: usize) -> (Arc<AtomicUsize>, Body) {
    let pulled = Arc::new(AtomicUsize::new(0));
    let counter = pulled.clone();
    let first = stream::once(async move { Bytes::from(head) });
    let rest = stream::repeat(Bytes::from(vec![b'7'; CHUNK])).take(bytes / CHUNK);
    let body = first.chain(rest).map(move |chunk| {
        counter.fetch_add(chunk.len(), Ordering::Relaxed);
        Ok::<_, std::io::Error>(chunk)
    });
    (pulled, Body::from_stream(body))
}

/// The head of a part with a text.
fn field(name: &str) -> String {
    format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n")
}

/// The head of a part with a file.
fn file(name: &str) -> String {
    format!("--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n")
}

async fn office(t: &TestApp) -> (Browser, String) {
    let mut browser = t.browser();
    browser.sign_in("bangong").await;
    let csrf = browser.get("/packs/drafts").await.input("csrf").unwrap();
    (browser, csrf)
}

/// Sends a long body; what was answered, and how much of it was pulled.
async fn sent(browser: &mut Browser, path: &str, head: String, bytes: usize) -> (Reply, usize) {
    let (pulled, body) = counted(head, bytes);
    let reply = browser.post_body(path, &[MULTIPART], body).await;
    (reply, pulled.load(Ordering::Relaxed))
}

#[tokio::test]
async fn a_text_part_of_170_megabytes_is_refused_at_its_limit() {
    let t = TestApp::at("2026-11-05").await;
    let (mut browser, csrf) = office(&t).await;
    let head = format!("{}{csrf}\r\n{}", field("csrf"), field("once"));
    let (reply, pulled) = sent(&mut browser, "/packs/drafts", head, HUGE).await;
    assert_eq!(reply.status.as_u16(), 413, "{}", reply.text);
    assert!(reply.text.contains("每项 64 KB"), "{}", reply.text);
    assert!(
        pulled <= 64 * 1024 + 2 * CHUNK,
        "{pulled} bytes were pulled"
    );
}

#[tokio::test]
async fn many_short_texts_are_refused_at_their_number_and_at_their_sum() {
    let t = TestApp::at("2026-11-05").await;
    let (mut browser, csrf) = office(&t).await;
    let token = format!("{}{csrf}\r\n", field("csrf"));
    let many = format!("{}x\r\n", field("a")).repeat(101);
    let (reply, _) = sent(&mut browser, "/packs/drafts", format!("{token}{many}"), 0).await;
    assert_eq!(reply.status.as_u16(), 413, "{}", reply.text);
    assert!(reply.text.contains("100 项"), "{}", reply.text);
    let long = format!("{}{}\r\n", field("a"), "x".repeat(60_000)).repeat(5);
    let (reply, _) = sent(&mut browser, "/packs/drafts", format!("{token}{long}"), 0).await;
    assert_eq!(reply.status.as_u16(), 413, "{}", reply.text);
    assert!(reply.text.contains("共 256 KB"), "{}", reply.text);
}

#[tokio::test]
async fn the_head_of_a_part_that_never_ends_is_left() {
    let t = TestApp::at("2026-11-05").await;
    let (mut browser, csrf) = office(&t).await;
    let head = format!("{}{csrf}\r\n--part\r\nX-Long: ", field("csrf"));
    let (reply, pulled) = sent(&mut browser, "/packs/drafts", head, HUGE).await;
    assert_eq!(reply.status.as_u16(), 409, "{}", reply.text);
    assert!(reply.text.contains("没有保存"), "{}", reply.text);
    assert!(pulled <= 3 * CHUNK, "{pulled} bytes were pulled");
}

#[tokio::test]
async fn of_a_strangers_upload_nothing_is_read() {
    let t = TestApp::at("2026-11-05").await;
    for path in ["/packs/drafts", "/packs/import", "/acts/act_1/files"] {
        let (reply, pulled) = sent(&mut t.browser(), path, file("a.txt"), HUGE).await;
        assert_eq!((reply.status.as_u16(), pulled), (401, 0), "{path}");
    }
    // Nor of somebody's whose role does not need the address.
    let mut town = t.browser();
    town.sign_in("shiqiao.lly").await;
    for path in ["/packs/drafts", "/packs/import"] {
        let (reply, pulled) = sent(&mut town, path, file("a.txt"), HUGE).await;
        assert_eq!((reply.status.as_u16(), pulled), (403, 0), "{path}");
    }
    let (pulled, body) = counted("name=".to_owned(), FORM / 2);
    let reply = town.post_body("/bodies", &[URLENCODED], body).await;
    assert_eq!(
        (reply.status.as_u16(), pulled.load(Ordering::Relaxed)),
        (403, 0)
    );
}

#[tokio::test]
async fn with_a_wrong_token_nothing_behind_it_is_read() {
    let t = TestApp::at("2026-11-05").await;
    let (mut browser, csrf) = office(&t).await;
    let wrong = format!("{}{}\r\n{}", field("csrf"), "0".repeat(64), file("a.txt"));
    let (reply, pulled) = sent(&mut browser, "/packs/drafts", wrong, HUGE).await;
    assert_eq!(reply.status.as_u16(), 403, "{}", reply.text);
    assert!(reply.text.contains("重新选择文件"), "{}", reply.text);
    assert!(pulled <= 2 * CHUNK, "{pulled} bytes were pulled");
    // A token behind the file comes too late.
    let late = format!(
        "{}每月\r\n{}{csrf}\r\n--part--\r\n",
        file("a.txt"),
        field("csrf")
    );
    let (reply, _) = sent(&mut browser, "/packs/drafts", late, 0).await;
    assert_eq!(reply.status.as_u16(), 403, "{}", reply.text);
    // In a header it is looked at before the body.
    let (pulled, body) = counted(file("a.txt"), HUGE);
    let headers = [MULTIPART, ("x-csrf-token", "wrong")];
    let reply = browser.post_body("/packs/drafts", &headers, body).await;
    assert_eq!(
        (reply.status.as_u16(), pulled.load(Ordering::Relaxed)),
        (403, 0)
    );
}

#[tokio::test]
async fn a_body_that_says_it_is_too_long_is_not_read() {
    let t = TestApp::at("2026-11-05").await;
    let (mut browser, csrf) = office(&t).await;
    let cases = [
        // One notice of 20 MB, 64 files of a pack, twenty attachments; what is typed beside.
        ("/packs/drafts", (20 << 20) + FORM + 1, MULTIPART),
        ("/packs/import", (64 << 20) + FORM + 1, MULTIPART),
        ("/acts/act_1/files", 20 * (20 << 20) + FORM + 1, MULTIPART),
        ("/acts", FORM + 1, URLENCODED),
        ("/acts/preview", FORM + 1, URLENCODED),
        ("/packs/drafts/draft_1/decide", FORM + 1, URLENCODED),
    ];
    for (path, length, kind) in cases {
        let (pulled, body) = counted(format!("csrf={csrf}"), HUGE);
        let length = length.to_string();
        let headers = [kind, ("content-length", length.as_str())];
        let reply = browser.post_body(path, &headers, body).await;
        assert_eq!(reply.status.as_u16(), 413, "{path}: {}", reply.text);
        assert_eq!(pulled.load(Ordering::Relaxed), 0, "{path}");
    }
}

#[tokio::test]
async fn a_form_that_does_not_say_how_long_it_is_is_left_at_its_limit() {
    let t = TestApp::at("2026-11-05").await;
    let (mut browser, csrf) = office(&t).await;
    for path in ["/acts", "/sign-in", "/link/0000"] {
        let (pulled, body) = counted(format!("csrf={csrf}&reason="), HUGE);
        let reply = browser.post_body(path, &[URLENCODED], body).await;
        let pulled = pulled.load(Ordering::Relaxed);
        assert_eq!(reply.status.as_u16(), 413, "{path}: {}", reply.text);
        assert!(pulled <= FORM + 2 * CHUNK, "{path}: {pulled} bytes");
    }
    let many = format!("csrf={csrf}{}", "&a=".repeat(10_001));
    let reply = browser
        .post_body("/acts", &[URLENCODED], Body::from(many))
        .await;
    assert_eq!(reply.status.as_u16(), 413, "{}", reply.text);
}

#[tokio::test]
async fn a_file_is_refused_at_the_limit_of_its_address() {
    let t = TestApp::at("2026-11-05").await;
    let (mut browser, csrf) = office(&t).await;
    let head = format!("{}{csrf}\r\n{}", field("csrf"), file("scheme.toml"));
    let (reply, pulled) = sent(&mut browser, "/packs/import", head, 8 << 20).await;
    assert_eq!(reply.status.as_u16(), 413, "{}", reply.text);
    assert!(
        reply.text.contains("一个制度文件最多1.0 MB"),
        "{}",
        reply.text
    );
    assert!(
        pulled <= (1 << 20) + 2 * CHUNK,
        "{pulled} bytes were pulled"
    );
}

#[tokio::test]
async fn a_shipped_pack_of_eleven_files_is_imported_as_one() {
    let t = TestApp::bare("2026-11-05").await;
    t.import("common").await;
    let files = shipped("zezhou-2026-three-actions");
    let (mut browser, csrf) = office(&t).await;
    let mut body = format!("{}{csrf}\r\n{}import\r\n", field("csrf"), field("do"));
    for one in &files {
        let name = one.path.rsplit('/').next().unwrap();
        body.push_str(&format!("{}{}\r\n", file(name), one.text));
    }
    body.push_str("--part--\r\n");
    let (reply, _) = sent(&mut browser, "/packs/import", body, 0).await;
    assert_eq!(reply.status.as_u16(), 303, "{}", reply.text);
    assert!(files.len() > 9, "only {} files", files.len());
}

#[tokio::test]
async fn one_person_uploads_one_thing_at_a_time_and_is_told_when_to_come_again() {
    let t = TestApp::at("2026-11-05").await;
    let router = t.pages();
    let mut first = Browser::new(router.clone());
    let mut second = Browser::new(router);
    first.sign_in("bangong").await;
    second.sign_in("bangong").await;
    // The first upload began, and its body never comes.
    let (began, has_begun) = oneshot::channel();
    let mut began = Some(began);
    let body = Body::from_stream(stream::poll_fn(move |_| {
        let _ = began.take().map(|b| b.send(()));
        std::task::Poll::<Option<Result<Bytes, std::io::Error>>>::Pending
    }));
    let stalled =
        tokio::spawn(async move { first.post_body("/packs/drafts", &[MULTIPART], body).await });
    has_begun.await.unwrap();
    let upload = second.upload("/packs/drafts", "/packs/drafts", "a.txt", "每月".as_bytes());
    let reply = upload.await;
    assert_eq!(reply.status.as_u16(), 503, "{}", reply.text);
    assert!(
        reply.text.contains("还有一次上传没有传完"),
        "{}",
        reply.text
    );
    assert_eq!(reply.headers["retry-after"], "30");
    // Whoever goes away makes room.
    stalled.abort();
    assert!(stalled.await.is_err());
    let notice = "一、各镇每月检查2次。".as_bytes();
    let upload = second.upload("/packs/drafts", "/packs/drafts", "a.txt", notice);
    assert_eq!(upload.await.status.as_u16(), 303);
}

/// A notice that takes a while: it is refused when its steps are used up.
fn dear() -> Vec<u8> {
    "每月".repeat(100_000).into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_abandoned_notices_leave_nothing_behind_and_other_pages_open() {
    let t = TestApp::at("2026-11-05").await;
    let mut counts = t.app.readings().counts();
    for n in 1..=20 {
        let (mut browser, _) = office(&t).await;
        let upload = tokio::spawn(async move {
            let page = "/packs/drafts";
            browser.upload(page, page, "通知.txt", &dear()).await
        });
        counts.wait_for(|c| c.running == 1).await.unwrap();
        // While it is read the desk opens.
        if n == 1 {
            let desk = office(&t).await.0.get("/desk").await;
            assert_eq!(desk.status.as_u16(), 200);
        }
        upload.abort();
        assert!(upload.await.is_err());
        let ended = counts.wait_for(|c| c.given_up == n).await.unwrap();
        assert_eq!((ended.running, ended.waiting), (0, 0));
    }
    assert_eq!(t.app.readings().free(), app::drafting::READ_AT_ONCE);
    let (mut browser, _) = office(&t).await;
    let drafts = browser.get("/packs/drafts").await;
    assert!(drafts.text.contains("没有起草"), "{}", drafts.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_reading_shows_how_far_it_is_and_can_be_cancelled() {
    let t = TestApp::at("2026-11-05").await;
    let (mut browser, _) = office(&t).await;
    let none = browser.get("/packs/drafts/reading").await;
    assert!(none.text.contains("没有正在读取的文件"), "{}", none.text);
    let page = "/packs/drafts";
    let sent = browser.upload(page, page, "通知.txt", &dear()).await;
    assert_eq!(sent.status.as_u16(), 303, "{}", sent.text);
    assert_eq!(sent.location, "/packs/drafts/reading");
    let progress = browser.get(&sent.location).await;
    assert!(
        progress.text.contains("正在读取，第 1 位"),
        "{}",
        progress.text
    );
    assert!(
        progress
            .text
            .contains("<noscript><meta http-equiv=\"refresh\""),
        "without script it is asked again"
    );
    // Another of one's own waits for this one.
    let more = browser.upload(page, page, "第二份.txt", "每月".as_bytes());
    let more = more.await;
    assert_eq!(more.status.as_u16(), 422, "{}", more.text);
    assert!(more.text.contains("还有一个文件正在读取"), "{}", more.text);
    let cancel = "/packs/drafts/reading/cancel";
    let cancelled = browser.submit("/packs/drafts/reading", cancel, &[]).await;
    assert_eq!(cancelled.status.as_u16(), 303);
    let mut counts = t.app.readings().counts();
    counts.wait_for(|c| c.given_up == 1).await.unwrap();
    let after = browser.get(&cancelled.location).await;
    assert!(
        after.text.contains("已取消读取，没有保存任何内容"),
        "{}",
        after.text
    );
}
