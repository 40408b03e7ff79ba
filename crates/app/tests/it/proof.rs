//! What verify proves: each column of each table altered past the program, a row removed, inserted
//! and moved, in a county of some eighty links that an earlier program began.

use std::collections::BTreeMap;

use app::audit::{Depth, ProofFinding, proof, prove, words};
use app::{Actor, App, Ctx, Ids, Settings};
use domain::calendar::WorkCalendar;
use domain::id::BodyId;
use domain::policy::Role;
use domain::reset::Wanted;
use store::proof::{ColumnProof, proofs};
use store::{Heads, Store};
use testkit::kept::{self, Restored};

/// A kept county brought up to this program, in which somebody went on working.
struct County {
    app: App,
    home: BodyId,
    restored: Restored,
}

impl County {
    async fn upgraded() -> Self {
        let kept = kept::of("22decb2");
        let restored = kept.in_story().await;
        let store = Store::open(&restored.config()).await.unwrap();
        store.migrate(0, 0).await.unwrap();
        let settings = Settings {
            data_dir: restored.files.clone(),
            head_file: Some(restored.heads.clone()),
            upload_max: 1024 * 1024,
            files_max: 9,
            demo_day: None,
        };
        let app = App::new(store, WorkCalendar::shipped(), settings);
        let found = app
            .store
            .read(async |r| store::audit::audit_heads(r).await)
            .await
            .unwrap();
        let county = Self {
            home: found[0].home,
            app,
            restored,
        };
        county.goes_on(found[0].at).await;
        county
    }

    /// A town's liaison records a visit, with the key of a page; somebody signs in.
    async fn goes_on(&self, last: i64) {
        let now = last + 60_000;
        let today = app::ctx::china_day(now);
        let ids = Ids::seeded("goes on");
        let acting = async |login: &str| {
            let who = app::session::by_login(&self.app, login, today).await;
            Ctx {
                app: self.app.clone(),
                actor: Actor::Person(who.unwrap()),
                now,
                today,
                as_of: None,
                request_id: "story".to_owned(),
                ids: ids.clone(),
                once: None,
            }
        };
        let (sys, sec) = (acting("sys").await, acting("sec").await);
        let office = self.app.world(self.home).await.unwrap();
        let office = office.people.values().find(|p| p.login == "bangong");
        let office = office.unwrap().clone();
        app::reset::ask(&sys, office.id, Wanted::Link, "忘记口令")
            .await
            .unwrap();
        let same = app::person::create(&sys, &office.name, "tongming");
        let same = same.await.unwrap().id;
        let why = "同名的两个人，已核对身份证件";
        app::role::grant_namesake(&sec, same, Role::AuditAdmin, self.home, why)
            .await
            .unwrap();
        let ctx = acting("shiqiao.lly").await;
        let town = ctx.who().unwrap().body;
        let visit = testkit::draft(
            "study",
            &today.to_string(),
            &[("hosted", town.to_string())],
            &[("form", "theory-group"), ("topic", "安全生产法")],
        );
        app::act::record(&ctx.keyed("page-1"), &visit)
            .await
            .unwrap();
        let token = app::token::NewToken {
            name: "台账同步".to_owned(),
            scope: vec![domain::policy::Action::ViewAct],
            ends_on: today,
        };
        app::token::make(&ctx, token).await.unwrap();
        let visitor = app::session::Visitor::default();
        app::session::sign_in(&ctx, "shiqiao.lly", testkit::PASSWORD, &visitor)
            .await
            .unwrap();
    }

    /// What is found in every county that there is, as the command does.
    async fn findings(&self) -> Vec<String> {
        let heads = Heads::read(&self.restored.heads).unwrap();
        let counties = self
            .app
            .store
            .read(async |r| store::audit_verify::audit_homes(r, Some(&heads)).await)
            .await
            .unwrap();
        assert!(counties.homes.contains(&self.home));
        let strays = counties.strays.iter();
        let word = |found: &ProofFinding| words::finding(found);
        let mut out: Vec<String> = strays.map(|f| word(&f.into())).collect();
        for home in counties.homes {
            let proven = prove(&self.app, home, Some(&heads), Depth::default())
                .await
                .unwrap();
            out.extend(proof(&proven).findings.iter().map(word));
        }
        out
    }
}

/// A value that differs from one, of the same type.
fn other(column: &str, value: &str) -> String {
    const NUMBERS: [&str; 13] = [
        "version",
        "seq",
        "at",
        "n",
        "bytes",
        "depth",
        "from_version",
        "to_version",
        "seq_from",
        "seq_to",
        "pack_version",
        "undecided",
        "wrong_codes",
    ];
    const FLAGS: [&str; 6] = [
        "must_change",
        "active",
        "withdrawn",
        "provisional",
        "closed",
        "sealed",
    ];
    let bare = value.trim_matches('\'');
    if FLAGS.contains(&column) {
        let yes = matches!(bare, "1" | "true");
        return (!yes).to_string();
    }
    let instant = column.ends_with("_at") || column.ends_with("_seq");
    let number = (column == "elements") || instant || NUMBERS.contains(&column);
    if number {
        return match bare.parse::<i64>() {
            Ok(i64::MAX) => (i64::MAX - 1).to_string(),
            Ok(number) => (number + 1000).to_string(),
            Err(_) => "7".to_owned(),
        };
    }
    if column == "home" {
        return "'body_01890000-0000-7000-8000-0000000000ff'".to_owned();
    }
    match bare {
        "null" => "'x'".to_owned(),
        // A day stays a day.
        day if day.len() == 10 && day.starts_with("20") => "'2019-01-01'".to_owned(),
        text => format!("'{text}x'"),
    }
}

fn by_table() -> BTreeMap<&'static str, Vec<ColumnProof>> {
    let mut out: BTreeMap<&str, Vec<ColumnProof>> = BTreeMap::new();
    for proof in proofs() {
        out.entry(proof.table).or_default().push(proof);
    }
    out
}

#[tokio::test]
async fn every_column_altered_past_the_program_is_named_as_the_table_says() {
    let county = County::upgraded().await;
    assert_eq!(county.findings().await, Vec::<String>::new());
    let mut wrong = Vec::new();
    for (table, columns) in by_table() {
        if matches!(table, "seaql_migrations" | "pulse" | "job") {
            continue;
        }
        let names: Vec<&str> = columns.iter().map(|proof| proof.column).collect();
        let row = county.restored.row(table, &names).await;
        for proof in &columns {
            let there: Vec<String> = row
                .iter()
                .filter(|(name, value)| *name != proof.column && *value != "null")
                .map(|(name, value)| format!("{name} = {value}"))
                .collect();
            let (old, new) = (&row[proof.column], other(proof.column, &row[proof.column]));
            let column = proof.column;
            let before = match old.as_str() {
                "null" => format!("{column} is null"),
                value => format!("{column} = {value}"),
            };
            let set = |to: &str, from: &str| {
                let at = [there.clone(), vec![from.to_owned()]].concat();
                format!(
                    "update {table} set {column} = {to} where {}",
                    at.join(" and ")
                )
            };
            assert_eq!(
                county.restored.tamper(&set(&new, &before)).await,
                1,
                "{table}.{column}"
            );
            let named = county.findings().await;
            let found = named.iter().any(|line| line.contains(&format!("{table} ")));
            if found != proof.by.is_proven() {
                wrong.push(format!("{table}.{column}: {named:?}"));
            }
            let back = set(old, &format!("{column} = {new}"));
            assert_eq!(
                county.restored.tamper(&back).await,
                1,
                "{table}.{column} back"
            );
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(county.findings().await, Vec::<String>::new(), "all is back");
}

#[tokio::test]
async fn a_row_removed_from_each_table_is_named() {
    let county = County::upgraded().await;
    let mut wrong = Vec::new();
    for (table, columns) in by_table() {
        if !columns.iter().all(|proof| proof.by.is_proven()) {
            continue;
        }
        let names: Vec<&str> = columns.iter().map(|proof| proof.column).collect();
        let row = county.restored.row(table, &names).await;
        let there: Vec<String> = row
            .iter()
            .filter(|(_, value)| *value != "null")
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        let delete = format!("delete from {table} where {}", there.join(" and "));
        assert_eq!(county.restored.tamper(&delete).await, 1, "{table}");
        let named = county.findings().await;
        if !named.iter().any(|line| line.contains(&format!("{table} "))) {
            wrong.push(format!("{table}: {named:?}"));
        }
        let values: Vec<&str> = names.iter().map(|name| row[*name].as_str()).collect();
        let insert = format!(
            "insert into {table} ({}) values ({})",
            names.join(", "),
            values.join(", ")
        );
        assert_eq!(county.restored.tamper(&insert).await, 1, "{table} back");
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(county.findings().await, Vec::<String>::new(), "all is back");
}

#[tokio::test]
async fn a_row_inserted_into_each_table_is_named() {
    let county = County::upgraded().await;
    let mut wrong = Vec::new();
    for (table, columns) in by_table() {
        // More elements of a pack that is not there lead nowhere.
        let proven = columns.iter().all(|proof| proof.by.is_proven());
        if !proven || table == "pack_element" {
            continue;
        }
        let names: Vec<&str> = columns.iter().map(|proof| proof.column).collect();
        let row = county.restored.row(table, &names).await;
        // Like the last one, with as many other values as it takes to be a row of its own.
        let mut inserted = 0;
        let (home, mut own): (Vec<&str>, Vec<&str>) = names.iter().partition(|n| **n == "home");
        own.extend(home);
        for many in 1..=own.len() {
            let values: Vec<String> = names
                .iter()
                .map(|name| {
                    if own[..many].contains(name) {
                        other(name, &row[*name])
                    } else {
                        row[*name].clone()
                    }
                })
                .collect();
            let insert = format!(
                "insert into {table} ({}) values ({}) on conflict do nothing",
                names.join(", "),
                values.join(", ")
            );
            inserted = county.restored.tamper(&insert).await;
            if inserted == 1 {
                let named = county.findings().await;
                if !named.iter().any(|line| line.contains(&format!("{table} "))) {
                    wrong.push(format!("{table}: {named:?}"));
                }
                let there: Vec<String> = names
                    .iter()
                    .zip(&values)
                    .filter(|(_, value)| *value != "null")
                    .map(|(name, value)| format!("{name} = {value}"))
                    .collect();
                let delete = format!("delete from {table} where {}", there.join(" and "));
                assert_eq!(county.restored.tamper(&delete).await, 1, "{table} back");
                break;
            }
        }
        assert_eq!(inserted, 1, "{table} took no row");
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(county.findings().await, Vec::<String>::new(), "all is back");
}

/// The newest counted row, under other links.
async fn counted_again(county: &County, from: &str, to: &str) {
    let columns: Vec<&str> = proofs()
        .iter()
        .filter(|proof| proof.table == "counted")
        .map(|proof| proof.column)
        .collect();
    let row = county.restored.row("counted", &columns).await;
    let values: Vec<&str> = columns
        .iter()
        .map(|column| match *column {
            "seq_from" => from,
            "seq_to" => to,
            other => row[other].as_str(),
        })
        .collect();
    let insert = format!(
        "insert into counted ({}) values ({})",
        columns.join(", "),
        values.join(", ")
    );
    assert_eq!(county.restored.tamper(&insert).await, 1);
}

#[tokio::test]
async fn a_counted_row_at_links_that_there_are_not_is_named() {
    let open = i64::MAX.to_string();
    let closed = (i64::MAX - 1).to_string();
    for (from, to) in [
        ("0", &closed),
        ("0", &open),
        ("-5", &open),
        ("99999", &open),
    ] {
        let county = County::upgraded().await;
        counted_again(&county, from, to).await;
        let named = county.findings().await;
        assert!(
            named.iter().any(|line| line.contains("counted ")),
            "{from}-{to}: {named:?}"
        );
    }
}

#[tokio::test]
async fn a_counted_row_planted_for_the_next_link_is_not_taken_for_its_own() {
    let county = County::upgraded().await;
    let head = county
        .app
        .store
        .read(async |r| store::audit::audit_head_of(r, county.home).await)
        .await
        .unwrap()
        .unwrap();
    let next = (head.seq + 1).to_string();
    counted_again(&county, &next, &(i64::MAX - 1).to_string()).await;
    let act = async || {
        let today = app::ctx::china_day(head.at);
        let who = app::session::by_login(&county.app, "qingxi.lly", today).await;
        let who = who.unwrap();
        let party = who.body.to_string();
        let ctx = Ctx {
            app: county.app.clone(),
            actor: Actor::Person(who),
            now: head.at,
            today,
            as_of: None,
            request_id: "story".to_owned(),
            ids: Ids::seeded("planted"),
            once: None,
        };
        let fields = [("form", "theory-group"), ("topic", "安全生产法")];
        let study = testkit::draft("study", &today.to_string(), &[("hosted", party)], &fields);
        app::act::record(&ctx, &study).await
    };
    // Refused where the act counts for something; where it does not, its link hashes no row.
    let _ = act().await;
    let named = county.findings().await;
    assert!(
        named.iter().any(|line| line.contains("counted ")),
        "{named:?}"
    );
    let gone = format!("delete from counted where seq_from = {next}");
    assert_eq!(county.restored.tamper(&gone).await, 1);
    let _ = act().await;
    assert_eq!(county.findings().await, Vec::<String>::new());
}
