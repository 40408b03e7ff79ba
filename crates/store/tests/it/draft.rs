//! Drafts of packs: opened, worked on, put aside, listed without their texts.

use domain::id::DraftId;
use domain::listing::Cursor;
use store::draft::{DraftLine, DraftRow, draft_find, draft_insert, draft_update, drafts_page};
use store::{StoreError, Turn};

use crate::support::{World, is_clean, on_each};

fn notice(w: &World, name: &str) -> DraftRow {
    DraftRow {
        line: DraftLine {
            id: w.draft_id(),
            home: w.home,
            name: name.to_owned(),
            title: "关于冬季防火的通知".to_owned(),
            undecided: 3,
            elements: 3,
            closed: false,
            made: None,
            opened_by: Some(w.person_id()),
            opened_at: 0,
            changed_at: 0,
            version: 0,
        },
        text: "一、每月检查一次。\n".to_owned(),
        work: "{}".to_owned(),
    }
}

async fn opened(w: &World, name: &str) -> DraftRow {
    let new = notice(w, name);
    w.store
        .write::<_, StoreError, _>(&w.does("draft.open"), async |tx| {
            draft_insert(tx, &new).await
        })
        .await
        .unwrap();
    found(w, new.line.id).await
}

async fn found(w: &World, id: DraftId) -> DraftRow {
    let row = w
        .store
        .read::<_, StoreError, _>(async |r| draft_find(r, w.home, id).await)
        .await
        .unwrap();
    row.unwrap()
}

async fn changed(w: &World, row: &DraftRow) -> Result<i64, StoreError> {
    w.store
        .write(&w.does("draft.decide"), async |tx| {
            draft_update(tx, row).await
        })
        .await
}

#[tokio::test]
async fn work_is_kept_and_the_text_of_the_notice_never_changes() {
    on_each(async |w| {
        w.county().await;
        let first = opened(w, "通知.docx").await;
        assert_eq!(
            (first.line.version, first.text.as_str()),
            (1, "一、每月检查一次。\n")
        );
        let mut next = first.clone();
        next.line.undecided = 1;
        next.line.made = Some(("winter-fire".parse().unwrap(), 2));
        next.work = r#"{"items":[]}"#.to_owned();
        next.text = "别的".to_owned();
        next.line.name = "别的.docx".to_owned();
        assert_eq!(changed(w, &next).await.unwrap(), 2);
        let now = found(w, first.line.id).await;
        assert_eq!(now.text, first.text);
        assert_eq!(now.line.name, "通知.docx");
        assert_eq!(
            (now.line.undecided, now.line.made),
            (1, next.line.made.clone())
        );
        assert_eq!(now.work, next.work);
        let stale = changed(w, &next).await;
        assert!(matches!(stale, Err(StoreError::Stale { .. })), "{stale:?}");
        assert!(is_clean(w).await);
        let altered = w
            .tamper("update draft set text = '一、每年检查一次。'")
            .await;
        assert_eq!(altered, 1);
        assert!(!is_clean(w).await, "a text that was altered is found");
    })
    .await;
}

#[tokio::test]
async fn a_list_goes_on_where_it_ended_and_those_put_aside_stand_apart() {
    on_each(async |w| {
        w.county().await;
        let mut all = Vec::new();
        for name in ["1.txt", "2.txt", "3.txt", "4.txt"] {
            all.push(opened(w, name).await);
        }
        let mut aside = all[0].clone();
        aside.line.closed = true;
        changed(w, &aside).await.unwrap();
        let list = async |closed, at: Option<Cursor>, rows| {
            let turn = Turn {
                cursor: at.as_ref(),
                rows,
            };
            w.store
                .read::<_, StoreError, _>(async |r| drafts_page(r, w.home, closed, &turn).await)
                .await
                .unwrap()
        };
        let names =
            |lines: &[DraftLine]| -> Vec<String> { lines.iter().map(|l| l.name.clone()).collect() };
        let at = |back, key: Option<Vec<String>>| {
            Some(Cursor::new("draft.list", "newest", back, key.unwrap()))
        };
        let first = list(false, None, 2).await;
        assert_eq!(names(&first.items), ["4.txt", "3.txt"]);
        let second = list(false, at(false, first.next), 2).await;
        assert_eq!(names(&second.items), ["2.txt"]);
        assert_eq!(second.next, None);
        let back = list(false, at(true, second.previous), 2).await;
        assert_eq!(names(&back.items), ["4.txt", "3.txt"]);
        assert_eq!(names(&list(true, None, 9).await.items), ["1.txt"]);
    })
    .await;
}
