//! The queue of notices that are read: its bounds, its order, and how each leaves it.

use app::Ctx;
use app::drafting::{
    Begun, ListDrafts, Progress, READ_AT_ONCE, SILENT_MS, Ticket, WAITING_MAX, begin, cancel, list,
    open, progress,
};
use testkit::TestApp;

use crate::{code, sentence};

/// A notice that takes a while: it is refused when its steps are used up.
fn dear() -> Vec<u8> {
    "每月".repeat(100_000).into_bytes()
}

fn entered(ctx: &Ctx, name: &str, bytes: Vec<u8>) -> Ticket {
    match begin(ctx, name, bytes).unwrap() {
        Begun::New(ticket) => ticket,
        Begun::Before => unreachable!("no form was sent twice"),
    }
}

/// So many officers of the office, each with a login of their own.
async fn officers(t: &TestApp, n: usize) -> Vec<Ctx> {
    let mut all = Vec::new();
    for i in 0..n {
        let login = format!("officer{i}");
        t.joins_office(&login, &format!("经办{i}")).await;
        all.push(t.person(&login).ctx().await);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_has_an_order_and_an_end() {
    let t = TestApp::at("2026-10-21").await;
    let all = officers(&t, READ_AT_ONCE + WAITING_MAX + 1).await;
    let mut counts = t.app.readings().counts();
    let (last, inside) = all.split_last().unwrap();
    let mut tickets = Vec::new();
    for ctx in inside {
        tickets.push(entered(ctx, "通知.txt", dear()));
        counts.wait_for(|c| c.running == 1).await.unwrap();
    }
    let full = *counts.borrow();
    assert_eq!((full.running, full.waiting), (READ_AT_ONCE, WAITING_MAX));
    assert_eq!(
        progress(&inside[3]).unwrap(),
        Progress::Waiting {
            name: "通知.txt".to_owned(),
            before: 3
        }
    );
    let why = sentence(open(last, "通知.txt", dear()).await);
    assert_eq!(
        why,
        "正在读取和等候的文件已有 9 个，这一个没有读入。请过几分钟再上传。"
    );
    // One of each person.
    let why = sentence(open(&inside[5], "另一份.txt", dear()).await);
    assert!(why.starts_with("您还有一个文件正在读取"), "{why}");
    // Whoever goes away leaves the queue, and those behind move up.
    drop(tickets.remove(1));
    counts.wait_for(|c| c.given_up == 1).await.unwrap();
    assert_eq!(
        progress(&inside[3]).unwrap(),
        Progress::Waiting {
            name: "通知.txt".to_owned(),
            before: 2
        }
    );
    let done = entered(last, "通知.txt", "每月".into());
    drop((tickets, done));
    let empty = counts.wait_for(|c| c.running + c.waiting == 0);
    empty.await.unwrap();
    assert_eq!(t.app.readings().free(), READ_AT_ONCE);
    let drafts = list(last, ListDrafts::default()).await.unwrap().rows;
    assert!(drafts.is_empty(), "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_cancels_is_told_and_may_send_another_file() {
    let t = TestApp::at("2026-10-21").await;
    let office = t.person("bangong").ctx().await;
    assert_eq!(progress(&office).unwrap(), Progress::None);
    let mut ticket = entered(&office, "通知.txt", dear());
    cancel(&office).unwrap();
    let why = sentence(ticket.ended().await);
    assert_eq!(
        why,
        "已取消读取，没有保存任何内容。要起草的，请重新选择文件。"
    );
    assert_eq!(
        progress(&office).unwrap(),
        Progress::Not {
            name: "通知.txt".to_owned(),
            sentence: why
        }
    );
    let notice = "一、各镇每月检查2次。".as_bytes().to_vec();
    let id = open(&office, "通知.txt", notice).await.unwrap();
    assert_eq!(progress(&office).unwrap(), Progress::Drafted(id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_that_its_page_asks_for_goes_on_and_one_that_nobody_asks_for_ends() {
    let t = TestApp::at("2026-10-21").await;
    let office = t.person("bangong").ctx().await;
    let mut counts = t.app.readings().counts();
    let watch = entered(&office, "通知.txt", dear()).hand_on(office.now);
    counts.wait_for(|c| c.running == 1).await.unwrap();
    // Asked for in time, it goes on.
    t.shift(SILENT_MS - 1_000);
    let later = t.person("bangong").ctx().await;
    assert!(matches!(
        progress(&later).unwrap(),
        Progress::Running { .. }
    ));
    assert!(watch.sweep(later.now + SILENT_MS), "it was asked for");
    // Not asked for any more, it ends.
    watch.sweep(later.now + SILENT_MS + 1);
    counts.wait_for(|c| c.given_up == 1).await.unwrap();
    assert!(!watch.sweep(later.now + SILENT_MS + 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_is_sent_twice_is_read_once() {
    let t = TestApp::at("2026-10-21").await;
    let office = t.person("bangong").ctx().await;
    let first = begin(&office.keyed("key"), "通知.txt", dear()).unwrap();
    assert!(matches!(first, Begun::New(_)));
    let second = begin(&office.keyed("key"), "通知.txt", dear()).unwrap();
    assert!(matches!(second, Begun::Before));
}

#[tokio::test]
async fn a_text_of_nothing_but_times_is_refused_with_its_passage_and_a_town_may_not_read_at_all() {
    let t = TestApp::at("2026-10-21").await;
    let office = t.person("bangong").ctx().await;
    let times = "每月".repeat(4_000).into_bytes();
    let why = sentence(open(&office, "通知.txt", times).await);
    assert!(why.contains("“每月每月"), "{why}");
    let town = t.person("shiqiao.lly").ctx().await;
    assert_eq!(code(open(&town, "通知.txt", dear()).await), "forbidden");
    assert_eq!(code(progress(&town)), "forbidden");
    assert_eq!(code(cancel(&town)), "forbidden");
}
