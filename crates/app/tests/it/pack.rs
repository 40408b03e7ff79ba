//! Packs: imported or refused as a whole, applied with the office's choices, followed by versions.

use app::audit::ListLinks;
use app::pack::{ApplyPlan, ListPacks, apply, apply_form, check, import, list, picture, plan};
use domain::pack::{Choices, PackFile};
use testkit::{TestApp, day, key, shipped};

use crate::{Z1, Z2, beside, code, sentence};

/// The files of a shipped pack with one text in place of another.
fn with(id: &str, changes: &[(&str, &str, &str)]) -> Vec<PackFile> {
    let mut files = shipped(id);
    for (path, old, new) in changes {
        let file = files.iter_mut().find(|f| f.path == *path).unwrap();
        assert!(file.text.contains(old), "{path} has no {old}");
        file.text = file.text.replacen(old, new, 1);
    }
    files
}

fn plan_of(version: u32, from: &str, choices: Choices) -> ApplyPlan {
    ApplyPlan {
        id: Z2.parse().unwrap(),
        version,
        from_on: day(from),
        followed_from_on: day("2026-03-01"),
        choices: Choices {
            reason: "按县安委办2026年第3次会议意见".to_owned(),
            ..choices
        },
    }
}

fn month_end() -> Choices {
    let options = [(
        "monthly-return".parse().unwrap(),
        "month-end".parse().unwrap(),
    )];
    Choices {
        options: options.into(),
        ..Choices::default()
    }
}

#[tokio::test]
async fn an_import_with_mistakes_writes_nothing_and_says_all_of_them() {
    let t = TestApp::bare("2026-02-14").await;
    t.import("common").await;
    let wrong = with(
        Z2,
        &[
            ("duties.toml", "every = \"quarter\"", "every = \"quater\""),
            ("duties.toml", "act = \"study\"", "act = \"studdy\""),
            ("scheme.toml", "issued = 2026-02-14", "isued = 2026-02-14"),
        ],
    );
    let office = t.person("bangong").ctx().await;
    let links = || async {
        app::audit::trail(&t.person("aud").ctx().await, ListLinks::default())
            .await
            .unwrap()
            .count
    };
    let before = links().await;
    let answer = sentence(import(&office, &wrong).await);
    assert_eq!(
        answer,
        "这个制度包有3处错误，没有导入。请按下面指出的位置修改后再导入。"
    );
    let checked = check(&office, &wrong).await.unwrap();
    assert!(!checked.sound);
    let pictures = checked.problems.iter().map(|p| picture(p, &wrong));
    let said = pictures.collect::<Vec<String>>().join("\n");
    for word in ["quater", "quarter", "studdy", "study", "isued", "issued"] {
        assert!(said.contains(word), "nobody said {word}:\n{said}");
    }
    let packs = list(&office, ListPacks::default()).await.unwrap();
    assert_eq!(packs.rows.len(), 1, "only the vocabulary stands");
    assert_eq!(links().await, before, "the trail has no new link");
    assert!(import(&office, &shipped(Z2)).await.is_ok());
}

#[tokio::test]
async fn a_version_is_immutable() {
    let t = TestApp::at("2026-03-02").await;
    let office = t.person("bangong").ctx().await;
    let same = import(&office, &shipped(Z2)).await.unwrap();
    assert!(
        same.known,
        "the same bytes are known and nothing is written"
    );
    let other = with(Z2, &[("duties.toml", "at_least = 10", "at_least = 9")]);
    assert_eq!(
        sentence(import(&office, &other).await),
        "zezhou-2026-three-actions第1版已经导入过，内容不同。版本一经导入不能改动，请把版本（version）改为更大的数。"
    );
    let kept = app::pack::files(&office, &Z2.parse().unwrap(), 1)
        .await
        .unwrap();
    let text = |files: &[PackFile]| -> Vec<(String, String)> {
        files
            .iter()
            .map(|f| (f.path.clone(), f.text.clone()))
            .collect()
    };
    assert_eq!(
        text(&kept),
        text(&shipped(Z2)),
        "export gives the same bytes back"
    );
}

#[tokio::test]
async fn a_pack_is_known_by_the_names_of_its_files_whatever_folder_they_came_from() {
    let t = TestApp::bare("2026-02-14").await;
    t.import("common").await;
    let office = t.person("bangong").ctx().await;
    let under = |folder: &str| -> Vec<PackFile> {
        let files = shipped(Z2).into_iter().map(|f| PackFile {
            path: format!("{folder}/{}", f.path),
            text: f.text,
        });
        files.collect()
    };
    assert!(!import(&office, &under("one")).await.unwrap().known);
    assert!(import(&office, &under("C:\\two")).await.unwrap().known);
    assert!(import(&office, &shipped(Z2)).await.unwrap().known);
    let kept = app::pack::files(&office, &Z2.parse().unwrap(), 1).await;
    let names =
        |files: Vec<PackFile>| -> Vec<String> { files.into_iter().map(|f| f.path).collect() };
    assert_eq!(names(kept.unwrap()), names(shipped(Z2)));
    let mut twice = shipped(Z2);
    twice.extend(under("one"));
    let told = beside(import(&office, &twice).await, "files");
    assert!(told.contains("都叫"), "{told}");
}

#[tokio::test]
async fn the_burden_names_bodies_that_may_be_seen_and_the_most_burdened_first() {
    let t = TestApp::at("2026-11-05").await;
    let of = async |login: &str| {
        let ctx = t.person(login).ctx().await;
        let asked = app::pack::ListBurden::default();
        app::pack::burden(&ctx, asked).await.unwrap()
    };
    let all = of("bangong").await;
    assert!(all.rows.windows(2).all(|w| w[0].asked >= w[1].asked));
    let town = of("shiqiao.lly").await;
    assert!(!town.rows.is_empty() && town.count.rows < all.count.rows);
    for row in &town.rows {
        assert!(all.rows.contains(row), "{row:?}");
        assert!(!row.body.name.contains("清溪"), "{row:?}");
    }
}

#[tokio::test]
async fn only_the_office_imports_and_applies() {
    let t = TestApp::bare("2026-02-14").await;
    t.import("common").await;
    t.import(Z2).await;
    for login in ["shiqiao.lly", "fuxianzhang", "sys", "sec", "aud"] {
        let ctx = t.person(login).ctx().await;
        assert_eq!(
            code(import(&ctx, &shipped(Z1)).await),
            "forbidden",
            "{login}"
        );
        let plan = plan_of(1, "2026-02-14", Choices::default());
        assert_eq!(code(apply(&ctx, &plan).await), "forbidden", "{login}");
        assert_eq!(
            code(check(&ctx, &shipped(Z1)).await),
            "forbidden",
            "{login}"
        );
    }
    assert_eq!(code(import(&t.nobody(), &shipped(Z1)).await), "signed-out");
}

#[tokio::test]
async fn the_office_chooses_between_two_texts_and_both_places_stay_visible() {
    let t = TestApp::bare("2026-02-14").await;
    t.import("common").await;
    t.import(Z2).await;
    let office = t.person("bangong").ctx().await;
    let form = apply_form(&office, &Z2.parse().unwrap(), 1).await.unwrap();
    let question = form
        .options
        .iter()
        .find(|o| o.id == *"monthly-return")
        .unwrap();
    let texts: Vec<(&str, bool)> = question
        .options
        .iter()
        .map(|o| (o.title.as_str(), o.chosen))
        .collect();
    assert_eq!(
        texts,
        [("每月22日前（正文）", true), ("每月末（表下备注）", false)]
    );

    let chosen = plan_of(1, "2026-02-14", month_end());
    let planned = plan(&office, &chosen).await.unwrap();
    assert!(
        planned
            .duties
            .iter()
            .any(|d| d.title.contains("工作清单") && d.owners == 5)
    );
    let sum: usize = planned.duties.iter().map(|d| d.owners * d.periods).sum();
    assert_eq!(planned.total, sum);
    apply(&office, &chosen).await.unwrap();

    t.set_day("2026-10-24");
    let october = key(Z2, "monthly-return", t.owner("shiqiao/gov"), "2026-10");
    let page = t.person("shiqiao.lly").opens(&october).await.unwrap();
    assert_eq!(testkit::standing(&page.item), "剩7天");
    assert_eq!(page.item.due_on, testkit::day("2026-10-31"));
    let choice = page.choice.unwrap();
    assert_eq!(choice.reason, "按县安委办2026年第3次会议意见");
    let places: Vec<(&str, bool)> = choice
        .texts
        .iter()
        .map(|t| (t.clauses.first().unwrap().number.as_str(), t.chosen))
        .collect();
    assert_eq!(places, [("四/（一）", false), ("附件2/备注/1", true)]);
}

#[tokio::test]
async fn an_application_says_every_mistake_beside_its_field() {
    let t = TestApp::bare("2026-02-14").await;
    t.import("common").await;
    t.import(Z2).await;
    let office = t.person("bangong").ctx().await;
    let unknown = Choices {
        options: [("monthly-return".parse().unwrap(), "day-25".parse().unwrap())].into(),
        ..Choices::default()
    };
    let mut wrong = plan_of(1, "2026-02-01", unknown);
    wrong.choices.reason = " ".to_owned();
    let answer = apply(&office, &wrong).await;
    let app::Error::Invalid(errors) = answer.unwrap_err() else {
        unreachable!("not a matter of fields")
    };
    assert!(
        errors.of("reason").join("").contains("请写明"),
        "{errors:?}"
    );
    assert!(
        errors
            .of("from_on")
            .join("")
            .contains("不能早于制度的生效日期2026年2月14日")
    );
    assert_eq!(errors.of("reason").len(), 1, "once is enough: {errors:?}");
    let option = errors.of("options.monthly-return").join("");
    assert!(
        option.contains("day-22") && option.contains("month-end"),
        "{errors:?}"
    );
}

#[tokio::test]
async fn past_periods_keep_their_version() {
    let t = TestApp::at("2026-06-20").await;
    let office = t.person("bangong");
    let second = with(
        Z2,
        &[
            ("scheme.toml", "version = 1", "version = 2"),
            (
                "duties.toml",
                "every = \"month\"\ndue = \"day 22\"\nwho = \"各镇人民政府、各相关县直部门\"",
                "every = \"month\"\ndue = \"day 25\"\nwho = \"各镇人民政府、各相关县直部门\"",
            ),
        ],
    );
    let made = import(&office.ctx().await, &second).await.unwrap();
    assert_eq!((made.version, made.known), (2, false));
    let early = apply(
        &office.ctx().await,
        &plan_of(2, "2026-02-14", Choices::default()),
    )
    .await;
    assert!(beside(early, "from_on").contains("现行版本自2026年2月14日施行"));
    apply(
        &office.ctx().await,
        &plan_of(2, "2026-07-01", Choices::default()),
    )
    .await
    .unwrap();

    let ledger = |period| key(Z2, "ledger-return", t.owner("shiqiao/gov"), period);
    for (period, due) in [
        ("2026-05", "2026-05-22"),
        ("2026-06", "2026-06-22"),
        ("2026-07", "2026-07-25"),
    ] {
        let page = office.opens(&ledger(period)).await.unwrap();
        assert_eq!(page.item.due_on, testkit::day(due), "{period}");
    }
    let page = app::pack::show(&office.ctx().await, &Z2.parse().unwrap(), None)
        .await
        .unwrap();
    assert_eq!(page.version, 1, "until July the first version is in force");
    t.set_day("2026-07-02");
    let page = app::pack::show(&office.ctx().await, &Z2.parse().unwrap(), None)
        .await
        .unwrap();
    assert_eq!(page.version, 2);
    let june = app::pack::show(
        &office.as_of("2026-06-30").await,
        &Z2.parse().unwrap(),
        None,
    )
    .await;
    assert_eq!(june.unwrap().version, 1);
}

#[tokio::test]
async fn nothing_is_guessed_beyond_the_calendar() {
    let t = TestApp::bare("2026-02-14").await;
    t.import("common").await;
    t.import(Z1).await;
    let holiday = [(
        "on-holiday".parse().unwrap(),
        "next-working-day".parse().unwrap(),
    )];
    let choices = Choices {
        answers: holiday.into(),
        ..Choices::default()
    };
    t.apply(Z1, 1, "2026-02-14", choices).await;
    t.set_day("2026-11-05");
    let office = t.person("bangong");
    let report = |period| key(Z1, "quarter-report", t.owner("coal"), period);
    assert_eq!(office.sees(&report("2026-Q4")).await, "剩50天");
    assert_eq!(office.sees(&report("2027-Q1")).await, "未到期（暂）");
    let page = office.opens(&report("2027-Q1")).await.unwrap();
    let steps = domain::calendar::words::explain(&page.due.steps).join("\n");
    assert!(steps.contains("2027"), "{steps}");
}

#[tokio::test]
async fn acts_from_before_the_application_count_for_its_duties() {
    let t = TestApp::bare("2026-03-20").await;
    t.import("common").await;
    for pack in [Z1, Z2] {
        t.import(pack).await;
    }
    // Kinds of act come with the vocabulary, so that facts can be recorded before any notice.
    let officer = t.person("shiqiao.lly");
    officer
        .records(t.visit("shiqiao/head", "yimei", "2026-03-19"))
        .await
        .unwrap();
    t.set_day("2026-03-25");
    t.apply(Z2, 1, "2026-02-14", Choices::default()).await;
    let march = key(
        Z2,
        "government-leader-visit",
        t.owner("shiqiao/head"),
        "2026-03",
    );
    assert_eq!(officer.sees(&march).await, "已完成");
    let february = key(
        Z2,
        "government-leader-visit",
        t.owner("shiqiao/head"),
        "2026-02",
    );
    assert_eq!(officer.sees(&february).await, "起算前");
}

#[tokio::test]
async fn a_double_click_applies_a_version_once() {
    let t = TestApp::at("2026-07-01").await;
    let office = t.person("bangong").ctx().await;
    let plan = plan_of(1, "2026-07-01", month_end());
    let mut at_once = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let (office, plan) = (office.clone(), plan.clone());
        at_once.spawn(async move { apply(&office, &plan).await });
    }
    let done = at_once.join_all().await;
    assert_eq!(done.iter().filter(|r| r.is_ok()).count(), 1);
    let world = t.app.world(t.home()).await.unwrap();
    let open =
        |(u, _): &&(std::sync::Arc<domain::duty::PackUse>, _)| u.pack == *Z2 && u.to_on.is_none();
    assert_eq!(world.book.packs().iter().filter(open).count(), 1);
}

#[tokio::test]
async fn words_in_use_are_not_taken_away_by_a_newer_version_of_them() {
    let t = TestApp::at("2026-07-01").await;
    let office = t.person("bangong").ctx().await;
    let gone = with(
        "common",
        &[
            ("scheme.toml", "version = 1", "version = 2"),
            ("acts.toml", "id = \"inspection\"", "id = \"inspections\""),
        ],
    );
    assert_eq!(code(import(&office, &gone).await), "pack.words-in-use");
    let kept = with("common", &[("scheme.toml", "version = 1", "version = 2")]);
    import(&office, &kept).await.unwrap();
    let head = key(
        Z2,
        "government-leader-visit",
        t.owner("shiqiao/head"),
        "2026-07",
    );
    assert_eq!(t.person("bangong").sees(&head).await, "剩30天");
}
