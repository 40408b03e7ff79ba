//! Writes a kept database: a small county that the program of this commit made through its own
//! verbs, with at least one row in every table, packed small enough to stand in the repository.
//!
//! `cargo xtask keep` runs it on both engines and puts what it writes under
//! `crates/testkit/kept/COMMIT`. Run it at each change of the schema, before the change, and never
//! again for the same commit: what a later program has to read is what an earlier one really wrote.
//! `testkit::kept` restores it.
//!
//! Ids and clock are seeded, so the story repeats; salts of passwords and one-time secrets are
//! drawn anew, so the bytes do not. A new table gets its step in the story, through the verb that
//! fills it, or in `what_no_verb_writes`; a table without a row stops the recipe.
#![expect(
    clippy::print_stdout,
    reason = "a program of its own: its output is what it wrote"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use app::act::{ActDraft, Change};
use app::body::BodyChange;
use app::drafting::{Decision, HeadForm, Only};
use app::occasion::NewOccasion;
use app::pack::ApplyPlan;
use app::ruling::Ask;
use app::{Actor, Ctx};
use domain::body::{Link, LinkKind};
use domain::duty::Key;
use domain::id::{ActId, BodyId, DraftId};
use domain::pack::Choices;
use domain::policy::Role;
use domain::ruling::{RulingKind, RulingReason};
use flate2::Compression;
use flate2::write::GzEncoder;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use store::StoreError;
use testkit::{PASSWORD, TestApp, day, draft, key};

type Trouble = Box<dyn std::error::Error + Send + Sync>;
type Outcome<T = ()> = Result<T, Trouble>;

/// The largest packed database, in bytes.
const PACKED_BYTES_MAX: usize = 300_000;

const COMMITTEES: &str = "zezhou-2026-committees";
const ACTIONS: &str = "zezhou-2026-three-actions";

const PICTURE: &[u8] = b"\xff\xd8\xff\xe0 a picture of the gate";
const PAPER: &[u8] = b"%PDF-1.7 a record of the visit";

const NOTICE: &str = "泽安县安全生产委员会办公室文件\n泽安安办发〔2026〕9号\n关于加强仓库冬季防火工作的通知\n各乡镇人民政府，县直有关部门：\n一、检查\n（一）各乡镇人民政府每月至少检查仓库2次。\n（二）各乡镇人民政府每季度组织1次安全专题学习。\n二、报送\n各乡镇人民政府于每月25日前报送检查情况，12月20日前报送全年总结。\n泽安县安全生产委员会办公室\n2026年10月20日\n";

/// Where to write, and the server of the second engine.
struct Order {
    into: PathBuf,
    postgres: Option<String>,
    pg_dump: PathBuf,
}

#[tokio::main]
async fn main() -> Outcome {
    let order = order()?;
    std::fs::create_dir_all(&order.into)?;
    let work = tempfile::tempdir()?;
    let file = work.path().join("bihuan.db");
    let url = format!("sqlite:{}", file.display());
    let t = TestApp::bare_in(Some(&url), "2026-02-14").await;
    tell(&t).await?;
    prove(&t, &url, &order.into, "sqlite").await?;
    t.app.store.close().await?;
    copy_files(&t.dir().join("files"), &order.into.join("files"))?;
    pack(&order.into.join("sqlite.db.gz"), &vacuumed(&file).await?)?;
    let Some(url) = &order.postgres else {
        println!("left out: PostgreSQL, for no --postgres names an empty database");
        return Ok(());
    };
    let t = TestApp::bare_in(Some(url), "2026-02-14").await;
    tell(&t).await?;
    prove(&t, url, &order.into, "postgres").await?;
    t.app.store.close().await?;
    let sql = dumped(&order.pg_dump, url)?;
    pack(&order.into.join("postgres.sql.gz"), sql.as_bytes())
}

fn order() -> Outcome<Order> {
    let mut words = std::env::args().skip(1);
    let (mut into, mut postgres, mut pg_dump) = (None, None, PathBuf::from("pg_dump"));
    while let Some(word) = words.next() {
        let value = words.next().ok_or("an option without its value")?;
        match word.as_str() {
            "--into" => into = Some(PathBuf::from(value)),
            "--postgres" => postgres = Some(value),
            "--pg-dump" => pg_dump = PathBuf::from(value),
            other => return Err(format!("unknown option {other}").into()),
        }
    }
    Ok(Order {
        into: into.ok_or("--into names no folder")?,
        postgres,
        pg_dump,
    })
}

/// Ten months of a county in which everything happened once.
async fn tell(t: &TestApp) -> Outcome {
    notices_apply(t).await;
    people_come(t).await?;
    people_change(t).await?;
    visits(t).await?;
    returns(t).await?;
    occasions(t).await?;
    rulings(t).await?;
    bodies_change(t).await?;
    what_no_verb_writes(t).await?;
    drafting(t).await?;
    tokens(t).await?;
    doors(t).await
}

async fn notices_apply(t: &TestApp) {
    t.import("common").await;
    for id in [COMMITTEES, ACTIONS] {
        t.import(id).await;
        t.apply(id, 1, "2026-02-14", Choices::default()).await;
    }
}

/// Two are added by the system administrator: one uses the link, the other one's link stays open.
async fn people_come(t: &TestApp) -> Outcome {
    t.set_day("2026-02-16");
    let (system, security) = (t.person("sys").ctx().await, t.person("sec").ctx().await);
    let new = app::person::create(&system, "新来同志", "xinlai", Some("page-xinlai")).await?;
    let link = new.link.ok_or("a new person has a link")?;
    app::session::set_password(&t.nobody(), &link, PASSWORD, PASSWORD).await?;
    app::person::create(&system, "未到同志", "weidao").await?;
    app::person::grant(&security, new.person, Role::Viewer, t.body("shiqiao")).await?;
    t.set_day("2026-02-20");
    let security = t.person("sec").ctx().await;
    let given = app::person::roles(&security).await?;
    let given = given.iter().find(|g| g.person == new.person);
    app::person::revoke(&security, given.ok_or("a role was given")?.id).await?;
    Ok(())
}

/// One gets another name and is then erased, as the law lets a person ask.
async fn people_change(t: &TestApp) -> Outcome {
    t.set_day("2026-02-24");
    let id = t.joins("diaoli", "调离同志", &[]).await;
    let system = t.person("sys").ctx().await;
    let mut person = app::person::show(&system, id).await?.person;
    "调离老同志".clone_into(&mut person.name);
    app::person::change(&system, &person).await?;
    let version = app::person::show(&system, id).await?.person.version;
    let meta = system.meta(t.home(), "person.change", id.to_string());
    t.app
        .store
        .write::<_, StoreError, _>(&meta, async |tx| {
            store::person::person_erase(tx, id, version).await
        })
        .await?;
    Ok(())
}

/// One visit with two files of which one is taken away, one amended, one withdrawn.
async fn visits(t: &TestApp) -> Outcome {
    t.set_day("2026-03-05");
    let town = t.person("shiqiao.lly");
    let first = t.visit("shiqiao/head", "yimei", "2026-03-05");
    let ctx = town.ctx().await;
    let kept = app::act::record(&ctx, &first, Some("page-visit")).await?;
    app::file::add(&ctx, kept, "现场.jpg", PICTURE.into()).await?;
    app::file::add(&ctx, kept, "记录.pdf", PAPER.into()).await?;
    t.set_day("2026-03-06");
    app::file::remove(&town.ctx().await, kept, 2).await?;

    t.set_day("2026-03-10");
    let second = t.visit("shiqiao/head", "zhuanchang", "2026-03-09");
    let second = town.records(second).await?;
    t.set_day("2026-03-12");
    let other = t.visit("shiqiao/deputy", "zhuanchang", "2026-03-08");
    let why = change(second, 1, "带队领导和日期填错");
    app::act::amend(&town.ctx().await, &why, &other).await?;

    t.set_day("2026-03-18");
    let other = t.person("qingxi.lly");
    let third = t.visit("qingxi/head", "jiayou", "2026-03-17");
    let third = other.records(third).await?;
    app::act::withdraw(&other.ctx().await, &change(third, 1, "当天未成行")).await?;
    let fourth = t.visit("qingxi/head", "jiayou", "2026-03-18");
    other.records(fourth).await?;
    Ok(())
}

fn change(id: ActId, version: i64, reason: &str) -> Change {
    Change {
        id,
        version,
        reason: reason.to_owned(),
    }
}

/// One return is accepted, one stays sent back, one is sent back and handed in again.
async fn returns(t: &TestApp) -> Outcome {
    t.set_day("2026-03-20");
    let (ours, theirs) = (t.person("shiqiao.lly"), t.person("qingxi.lly"));
    let office = t.person("bangong");
    let march = |body| t.monthly(body, "2026-03", "2026-03-20");
    let accepted = ours.records(march("shiqiao/gov")).await?;
    let back = theirs.records(march("qingxi/gov")).await?;
    t.set_day("2026-03-23");
    app::act::accept(&office.ctx().await, &change(accepted, 1, "")).await?;
    app::act::send_back(&office.ctx().await, &change(back, 1, "数字不平")).await?;

    t.set_day("2026-04-20");
    let april: ActDraft = t.monthly("shiqiao/gov", "2026-04", "2026-04-20");
    let again = ours.records(april).await?;
    app::act::send_back(&office.ctx().await, &change(again, 1, "漏填一栏")).await?;
    t.set_day("2026-04-21");
    let april = t.monthly("shiqiao/gov", "2026-04", "2026-04-21");
    app::act::submit_again(&ours.ctx().await, &change(again, 2, ""), &april).await?;
    Ok(())
}

async fn occasions(t: &TestApp) -> Outcome {
    t.set_day("2026-04-27");
    let office = t.person("bangong").ctx().await;
    let occasion = |kind: &str, title: &str, from, to| -> Outcome<NewOccasion> {
        Ok(NewOccasion {
            kind: kind.parse()?,
            title: title.to_owned(),
            from_on: day(from),
            to_on: day(to),
        })
    };
    let may = occasion("labour-day", "2026年五一", "2026-05-01", "2026-05-05")?;
    app::occasion::open(&office, may).await?;
    let mistaken = occasion("sensitive-period", "误设", "2026-05-10", "2026-05-12")?;
    let mistaken = app::occasion::open(&office, mistaken).await?;
    app::occasion::withdraw(&office, mistaken.id).await?;
    Ok(())
}

/// A program has a token, another one's was taken back.
async fn tokens(t: &TestApp) -> Outcome {
    let office = t.person("bangong").ctx().await;
    for name in ["台账同步", "停用的程序"] {
        let new = app::token::NewToken {
            name: name.to_owned(),
            scope: vec![domain::policy::Action::ViewPack],
            ends_on: office.today,
        };
        let made = app::token::make(&office, new).await?;
        if name == "停用的程序" {
            app::token::revoke(&office, made.id).await?;
        }
    }
    Ok(())
}

/// One request is approved, one refused, one taken back, one waits; a late act counts by a ruling.
async fn rulings(t: &TestApp) -> Outcome {
    t.set_day("2026-05-06");
    let town = t.person("shiqiao.lly").ctx().await;
    let office = t.person("bangong").ctx().await;
    let visit = |who, month| key(ACTIONS, "government-leader-visit", t.owner(who), month);
    let other = t.person("qingxi.lly").ctx().await;
    let april = visit("qingxi/head", "2026-04");
    let waived = app::ruling::ask(&other, &waiver(april)).await?;
    app::ruling::decide(&office, waived, 1, true, "同意").await?;

    let late = t.visit("shiqiao/head", "yimei", "2026-04-28");
    let late = app::act::record(&town, &late).await?;
    let counts = Ask {
        kind: RulingKind::Correction,
        act: Some(late),
        ..waiver(visit("shiqiao/head", "2026-04"))
    };
    let counts = app::ruling::ask(&town, &counts).await?;
    app::ruling::decide(&office, counts, 1, true, "情况属实").await?;

    let may = || visit("shiqiao/head", "2026-05");
    let later = Ask {
        kind: RulingKind::Extension,
        new_due_on: Some(day("2026-06-15")),
        ..waiver(may())
    };
    let later = app::ruling::ask(&town, &later).await?;
    app::ruling::decide(&office, later, 1, false, "时间充足，请按期完成").await?;
    let taken_back = app::ruling::ask(&town, &waiver(may())).await?;
    app::ruling::withdraw(&town, taken_back, 1).await?;
    app::ruling::ask(&town, &waiver(may())).await?;
    Ok(())
}

fn waiver(key: Key) -> Ask {
    Ask {
        key,
        kind: RulingKind::Waiver,
        reason: RulingReason::Weather,
        text: "防汛应急响应期间未能下乡".to_owned(),
        new_due_on: None,
        act: None,
    }
}

/// A rename, a move to another parent, a hand-over, relations, a merger of two towns, a closing.
async fn bodies_change(t: &TestApp) -> Outcome {
    t.set_day("2026-06-10");
    let office = t.person("bangong").ctx().await;
    let works = t.body("zhuanchang");
    let renamed = BodyChange {
        name: Some("泽安县新宏达建材有限公司".to_owned()),
        ..BodyChange::default()
    };
    app::body::change(&office, works, 1, day("2026-06-01"), renamed).await?;
    let moved = BodyChange {
        parent: Some(t.body("qingxi")),
        ..BodyChange::default()
    };
    app::body::change(&office, works, 2, day("2026-06-10"), moved).await?;
    let (money, coal) = (t.body("caizheng"), t.body("coal"));
    let kind = LinkKind::Leads;
    app::body::link(&office, leads(money, coal)).await?;
    t.set_day("2026-06-12");
    let office = t.person("bangong").ctx().await;
    app::body::unlink(&office, kind, money, coal, day("2026-06-12")).await?;

    let roles = [(Role::Leader, t.home())];
    let new = t.joins("xinren", "新任同志", &roles).await;
    let (post, old) = (t.post("gov/deputy"), t.person_id("fuxianzhang"));
    let on = day("2026-06-12");
    app::post::hand_over(&office, post, Some(old), Some(new), on).await?;

    t.set_day("2026-07-01");
    let office = t.person("bangong").ctx().await;
    let (gone, heir) = (t.body("qingxi"), t.body("shiqiao"));
    app::body::merge(&office, gone, heir, day("2026-07-01")).await?;
    t.set_day("2026-07-15");
    let office = t.person("bangong").ctx().await;
    let station = t.body("jiayou");
    let version = app::body::show(&office, station).await?.version;
    app::body::close(&office, station, version, day("2026-07-15")).await?;
    Ok(())
}

fn leads(a: BodyId, b: BodyId) -> Link {
    Link {
        kind: LinkKind::Leads,
        a,
        b,
        from_on: day("2026-06-10"),
        to_on: None,
    }
}

/// Another name of a body, a locked period, a one-time link that was used and stays: the program
/// writes none of these yet, or clears it away at once. The store's own functions do, under the
/// name of the verb that stands nearest.
async fn what_no_verb_writes(t: &TestApp) -> Outcome {
    t.set_day("2026-09-01");
    let office = t.person("bangong").ctx().await;
    let (home, pit) = (t.home(), t.body("yimei"));
    let store = &t.app.store;
    let meta = office.meta(home, "body.change", pit.to_string());
    store
        .write::<_, StoreError, _>(&meta, async |tx| {
            store::body::alias_insert(tx, home, "泽安一号煤业", pit).await
        })
        .await?;
    let meta = office.meta(home, "pack.apply", ACTIONS.to_owned());
    let (pack, march) = (ACTIONS.parse()?, "2026-03".parse()?);
    store
        .write::<_, StoreError, _>(&meta, async |tx| {
            store::seal::seal_insert(tx, &pack, march).await
        })
        .await?;
    let system = t.person("sys").ctx().await;
    let town_head = t.person_id("shiqiao.zz");
    let secret = app::person::reset(&system, town_head).await?;
    let meta = system.meta(home, "person.password", town_head.to_string());
    store
        .write::<_, StoreError, _>(&meta, async |tx| {
            tx.note();
            store::session::token_take(tx, &secret, "password").await
        })
        .await?
        .ok_or("the link is good")?;
    Ok(())
}

/// One notice becomes a pack in force, one lies half done, one is put aside.
async fn drafting(t: &TestApp) -> Outcome {
    t.set_day("2026-10-21");
    let office = t.person("bangong").ctx().await;
    let read = async |name: &str| -> Outcome<DraftId> {
        Ok(app::drafting::open(&office, name, NOTICE.as_bytes()).await?)
    };
    let id = read("通知.txt").await?;
    let page = app::drafting::show(&office, id, Only::All, 1).await?;
    let study = page
        .items
        .iter()
        .find(|item| item.phrases.iter().any(|p| p.text.contains("每季度")));
    let study = study.ok_or("the notice asks for studies")?.id.clone();
    app::drafting::decide(&office, id, &[study], Decision::Drop).await?;
    app::drafting::accept_rest(&office, id, 0.0).await?;
    app::drafting::rename(&office, id, &named()).await?;
    let made = app::drafting::import(&office, id).await?;
    let plan = ApplyPlan {
        id: made.id,
        version: made.version,
        from_on: day("2026-10-21"),
        followed_from_on: day("2026-10-21"),
        choices: Choices::default(),
    };
    app::pack::apply(&office, &plan).await?;
    let half = read("通知二.txt").await?;
    let page = app::drafting::show(&office, half, Only::All, 1).await?;
    let first = page.items.first().ok_or("the notice asks for something")?;
    let first = [first.id.clone()];
    app::drafting::decide(&office, half, &first, Decision::Accept).await?;
    let aside = read("通知三.txt").await?;
    app::drafting::close(&office, aside).await?;
    Ok(())
}

fn named() -> HeadForm {
    HeadForm {
        id: "zean-2026-depots".to_owned(),
        version: "1".to_owned(),
        title: "仓库冬季防火".to_owned(),
        short: "仓库防火".to_owned(),
        issuer: "泽安县安委办".to_owned(),
        number: "泽安安办发〔2026〕9号".to_owned(),
        issued: "2026-10-20".to_owned(),
        from: "2026-10-20".to_owned(),
        to: "2027-03-31".to_owned(),
    }
}

/// Who signs in, who fails to, who is given a link, and what comes from the command line.
async fn doors(t: &TestApp) -> Outcome {
    t.set_day("2026-10-26");
    let nobody = t.nobody();
    let browser = "Mozilla/5.0 (X11; Linux x86_64)";
    app::session::sign_in(&nobody, "bangong", PASSWORD, &visitor(browser)).await?;
    let browser = visitor(browser);
    let wrong = app::session::sign_in(&nobody, "shiqiao.lly", "Cuowu-2026", &browser);
    if wrong.await.is_ok() {
        return Err("a wrong password signs nobody in".into());
    }
    let signed = app::session::sign_in(&nobody, "aud", PASSWORD, &browser).await?;
    app::session::sign_out(&t.person("aud").ctx().await, &signed.token).await?;
    let system = t.person("sys").ctx().await;
    app::person::reset(&system, t.person_id("qingxi.lly")).await?;

    let office = t.person("bangong").ctx().await;
    let operator = Ctx {
        actor: Actor::Operator {
            os_user: "yunwei".to_owned(),
            who: office.who()?.clone(),
        },
        ..office
    };
    let host = t.body("office").to_string();
    let fields = [("form", "department"), ("topic", "冬季防火部署")];
    let meeting = draft("meeting", "2026-10-26", &[("hosted", host)], &fields);
    app::act::record(&operator, &meeting).await?;
    Ok(())
}

/// The chain must be whole and every table must have a row before anything is kept.
async fn prove(t: &TestApp, url: &str, into: &Path, engine: &str) -> Outcome {
    let rows = testkit::kept::rows(url).await;
    if let Some((table, _)) = rows.iter().find(|(_, rows)| **rows == 0) {
        return Err(format!("{engine}: {table} has no row; give the story a step for it").into());
    }
    let file = t.dir().join("heads.jsonl");
    let heads = store::Heads::read(&file)?;
    let depth = app::audit::Depth { files: true };
    let proven = app::audit::prove(&t.app, t.home(), Some(&heads), depth).await?;
    let (verdict, proof) = (&proven.verdict, app::audit::proof(&proven));
    if !proof.clean {
        return Err(format!("{engine}: {} {:?}", proof.summary, proof.findings).into());
    }
    std::fs::copy(file, into.join(format!("{engine}.heads.jsonl")))?;
    println!(
        "{engine}: {} links, {} audited rows, chain whole",
        verdict.links, verdict.rows
    );
    Ok(())
}

/// The bytes of a SQLite file that nobody holds any longer, without what was freed in it.
async fn vacuumed(file: &Path) -> Outcome<Vec<u8>> {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await?;
    conn.execute("vacuum").await?;
    conn.close().await?;
    Ok(std::fs::read(file)?)
}

/// A database as SQL text. Lines that begin with a backslash are orders to psql, not SQL.
fn dumped(pg_dump: &Path, url: &str) -> Outcome<String> {
    let out = Command::new(pg_dump)
        .args(["--inserts", "--no-owner", "--no-privileges", "--dbname"])
        .arg(url)
        .output()?;
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned().into());
    }
    let text = String::from_utf8(out.stdout)?;
    let lines = text.lines().filter(|line| !line.starts_with('\\'));
    Ok(lines.flat_map(|line| [line, "\n"]).collect())
}

/// Packs bytes into a file, the same bytes each time.
fn pack(path: &Path, bytes: &[u8]) -> Outcome {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes)?;
    let packed = packer.finish()?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    println!("{name}: {} bytes, packed {}", bytes.len(), packed.len());
    if packed.len() > PACKED_BYTES_MAX {
        return Err(format!("{name} is longer than {PACKED_BYTES_MAX} bytes").into());
    }
    std::fs::write(path, packed)?;
    Ok(())
}

fn copy_files(from: &Path, to: &Path) -> Outcome {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let there = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_files(&entry.path(), &there)?;
        } else {
            std::fs::copy(entry.path(), there)?;
        }
    }
    Ok(())
}

/// Somebody at a browser of the office.
fn visitor(agent: &str) -> app::session::Visitor {
    app::session::Visitor {
        address: "192.0.2.7".parse().ok(),
        agent: agent.to_owned(),
        device: None,
    }
}
