//! One story by three doors: a visit is recorded and amended, a waiver asked for and decided, and
//! the day before looked at; by page, by API and by command line. Each ends in the same rows and
//! the same words of the trail.

use std::collections::BTreeMap;

use app::Verb;
use domain::policy::Action;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use testkit::{Api, Browser};

use crate::operation::County;

/// What the town may do by a program.
const TOWN: &[Action] = &[
    Action::ViewAct,
    Action::ViewBody,
    Action::ViewStanding,
    Action::RecordAct,
    Action::AmendAct,
    Action::AskRuling,
];
/// What the office may do by a program.
const OFFICE: &[Action] = &[Action::ViewStanding, Action::DecideRuling];
/// What the story writes, and what is derived from it.
const TABLES: &[&str] = &["act", "act_version", "act_part", "counted", "ruling"];
/// What happened, in the words of both who type.
const PLACE: &str = "泽安县宏达建材有限公司";
const AMENDED: &str = "方式记错";
const WEATHER: &str = "连日暴雨，道路中断";
const AGREED: &str = "情况属实，同意";
const NOTE: &str = "恢复通行后十日内补查一次";

/// One way in.
trait Door {
    /// The town records a visit that its head led today; the act's id.
    async fn records(&mut self, led: &str, place: &str, on: &str) -> String;
    /// The town amends the way of the visit.
    async fn amends(&mut self, act: &str);
    /// The town asks to be let off one obligation; the request's id.
    async fn asks(&mut self, key: &Key) -> String;
    /// The office agrees.
    async fn agrees(&mut self, ruling: &str);
    /// Whether the town sees the obligation waived, today or as of a day.
    async fn sees_waived(&mut self, key: &Key, as_of: Option<&str>) -> bool;
}

/// The parts of an obligation's key.
struct Key(Vec<String>);

impl Key {
    fn path(&self) -> String {
        format!("/duties/{}", self.0.join("/"))
    }
}

/// By page.
struct Pages {
    town: Browser,
    office: Browser,
    /// The chip that was ticked.
    led: String,
    /// The day that was typed.
    on: String,
}

impl Pages {
    async fn enter(c: &County) -> Self {
        let (mut town, mut office) = (c.t.browser(), c.t.browser());
        town.sign_in("shiqiao.lly").await;
        office.sign_in("bangong").await;
        Self {
            town,
            office,
            led: String::new(),
            on: String::new(),
        }
    }
}

/// The last part of the address that a page leads to.
fn led_to(reply: &testkit::Reply) -> String {
    assert_eq!(reply.status.as_u16(), 303, "{}", reply.text);
    let path = reply.location.split('?').next().unwrap();
    path.rsplit('/').next().unwrap().to_owned()
}

impl Door for Pages {
    async fn records(&mut self, led: &str, place: &str, on: &str) -> String {
        (self.led, self.on) = (led.to_owned(), on.to_owned());
        let typed = [
            ("kind", "inspection"),
            ("occurred_on", on),
            ("p.led", led),
            ("p.was-visited", place),
            ("f.way", "unannounced"),
        ];
        let form = "/acts/new?kind=inspection";
        led_to(&self.town.submit(form, "/acts", &typed).await)
    }

    async fn amends(&mut self, act: &str) {
        let path = format!("/acts/{act}/amend");
        let (on, led) = (self.on.clone(), self.led.clone());
        let typed = [
            ("version", "1"),
            ("kind", "inspection"),
            ("occurred_on", on.as_str()),
            ("p.led", led.as_str()),
            ("p.was-visited", PLACE),
            ("f.way", "routine"),
            ("reason", AMENDED),
        ];
        led_to(&self.town.submit(&path, &path, &typed).await);
    }

    async fn asks(&mut self, key: &Key) -> String {
        let path = format!("{}/ask", key.path());
        let typed = [("kind", "waiver"), ("reason", "weather"), ("text", WEATHER)];
        led_to(&self.town.submit(&path, &path, &typed).await)
    }

    async fn agrees(&mut self, ruling: &str) {
        let page = format!("/rulings/{ruling}");
        let typed = [
            ("version", "1"),
            ("do", "approve"),
            ("opinion", AGREED),
            ("note", NOTE),
        ];
        led_to(
            &self
                .office
                .submit(&page, &format!("{page}/decide"), &typed)
                .await,
        );
    }

    async fn sees_waived(&mut self, key: &Key, as_of: Option<&str>) -> bool {
        let set = [("day", as_of.unwrap_or("")), ("back", "/desk")];
        led_to(&self.town.submit("/desk", "/as-of", &set).await);
        let page = self.town.get(&key.path()).await;
        assert_eq!(page.status.as_u16(), 200, "{}", page.text);
        page.text.contains(WEATHER)
    }
}

/// By API.
struct Programs {
    town: Api,
    office: Api,
}

impl Programs {
    async fn enter(c: &County) -> Self {
        Self {
            town: c.t.api("shiqiao.lly", TOWN).await,
            office: c.t.api("bangong", OFFICE).await,
        }
    }
}

/// The visit as programs say it.
fn visit(led: &str, place: &str, on: &str) -> Value {
    json!({
        "kind": "inspection",
        "occurred_on": on,
        "fields": { "way": "unannounced" },
        "parts": [
            { "role": "led", "who": led },
            { "role": "was-visited", "who": place },
        ],
    })
}

fn amended() -> Value {
    json!({ "version": 1, "reason": AMENDED, "fields": { "way": "routine" } })
}

fn waiver(key: &Key) -> Value {
    json!({
        "pack": key.0[0], "duty": key.0[1], "owner": key.0[2], "period": key.0[3],
        "kind": "waiver", "reason": "weather", "text": WEATHER,
    })
}

fn id_of(answer: &Value, noun: &str) -> String {
    answer[noun]["id"].as_str().unwrap().to_owned()
}

fn is_waived(duty: &Value) -> bool {
    let duty = &duty["duty"];
    let rulings = duty["rulings"].as_array().unwrap();
    let waived = rulings.iter().any(|r| r["text"] == WEATHER);
    assert_eq!(
        waived,
        duty["item"]["standing"]["state"] == "waived",
        "{duty}"
    );
    waived
}

impl Door for Programs {
    async fn records(&mut self, led: &str, place: &str, on: &str) -> String {
        let made = self.town.post("/acts", &visit(led, place, on)).await;
        id_of(&made.ok(), "act")
    }

    async fn amends(&mut self, act: &str) {
        let path = format!("/acts/{act}/amend");
        self.town.post(&path, &amended()).await.ok();
    }

    async fn asks(&mut self, key: &Key) -> String {
        let made = self.town.post("/rulings", &waiver(key)).await;
        id_of(&made.ok(), "ruling")
    }

    async fn agrees(&mut self, ruling: &str) {
        let said = json!({ "version": 1, "approve": true, "opinion": AGREED, "note": NOTE });
        let path = format!("/rulings/{ruling}/decide");
        self.office.post(&path, &said).await.ok();
    }

    async fn sees_waived(&mut self, key: &Key, as_of: Option<&str>) -> bool {
        let as_of = as_of.map(|day| format!("?as_of={day}"));
        let path = format!("{}{}", key.path(), as_of.unwrap_or_default());
        is_waived(&self.town.get(&path).await.ok())
    }
}

/// By command line.
struct Commands<'a>(&'a County);

impl Commands<'_> {
    fn runs(&self, who: &str, arguments: &[&str]) -> Value {
        let mut all = vec!["--json"];
        all.extend_from_slice(arguments);
        all.extend(["--as", who]);
        self.0.runs(&all).ok().value()
    }

    /// An input that is read from a file.
    fn with(&self, who: &str, arguments: &[&str], input: &Value) -> Value {
        let file = self.0.t.dir().join("input.json");
        std::fs::write(&file, input.to_string()).unwrap();
        let file = file.display().to_string();
        let mut all = arguments.to_vec();
        all.extend(["--file", &file]);
        self.runs(who, &all)
    }
}

impl Door for Commands<'_> {
    async fn records(&mut self, led: &str, place: &str, on: &str) -> String {
        let (led, place) = (format!("led={led}"), format!("was-visited={place}"));
        let all = [
            "act",
            "record",
            "inspection",
            "--on",
            on,
            "--part",
            &led,
            "--part",
            &place,
            "--field",
            "way=unannounced",
        ];
        let all = [all.as_slice(), &["--once", "visit-1"]].concat();
        let made = self.runs("shiqiao.lly", &all);
        assert_eq!(self.runs("shiqiao.lly", &all), made, "once is once");
        id_of(&made, "act")
    }

    async fn amends(&mut self, act: &str) {
        let all = [
            "act",
            "amend",
            act,
            "--version",
            "1",
            "--reason",
            AMENDED,
            "--field",
            "way=routine",
        ];
        self.runs("shiqiao.lly", &all);
    }

    async fn asks(&mut self, key: &Key) -> String {
        let made = self.with("shiqiao.lly", &["ruling", "ask"], &waiver(key));
        id_of(&made, "ruling")
    }

    async fn agrees(&mut self, ruling: &str) {
        let said = [
            "--version",
            "1",
            "--approve",
            "--opinion",
            AGREED,
            "--note",
            NOTE,
        ];
        let mut all = vec!["ruling", "decide", ruling];
        all.extend(said);
        self.runs("bangong", &all);
    }

    async fn sees_waived(&mut self, key: &Key, as_of: Option<&str>) -> bool {
        let mut all = vec!["duty", "show"];
        all.extend(key.0.iter().map(String::as_str));
        if let Some(day) = as_of {
            all.extend(["--as-of", day]);
        }
        is_waived(&self.runs("shiqiao.lly", &all))
    }
}

/// What a story ended in.
#[derive(Debug, PartialEq)]
struct Ended {
    rows: BTreeMap<&'static str, Vec<String>>,
    trail: Vec<String>,
}

/// A county that stood still yesterday, what its town owes, and today.
async fn county() -> (County, Key, String, String) {
    let c = County::before(1).await;
    let today = app::ctx::china_day(cli::edge::now_ms());
    let yesterday = today.pred_opt().unwrap().to_string();
    c.t.set_day(&today.to_string());
    let api = c.t.api("shiqiao.lly", &[Action::ViewStanding]).await;
    let listed = api.get("/duties?sort=due").await.ok();
    let open = |d: &&Value| {
        let state = &d["standing"]["state"];
        (state == "open" || state == "overdue") && d["key"].as_str().unwrap().contains("/body_")
    };
    let duty = listed["duties"].as_array().unwrap().iter().find(open);
    let key = duty.unwrap()["key"].as_str().unwrap();
    let key = Key(key.split('/').map(str::to_owned).collect());
    (c, key, today.to_string(), yesterday)
}

async fn tells(c: &County, door: &mut impl Door, key: &Key, days: (&str, &str)) -> Ended {
    let (today, yesterday) = days;
    let begun = links(c).await.len();
    let led = c.t.post("shiqiao/head").to_string();
    let act = door.records(&led, PLACE, today).await;
    door.amends(&act).await;
    let ruling = door.asks(key).await;
    door.agrees(&ruling).await;
    assert!(door.sees_waived(key, None).await);
    assert!(
        !door.sees_waived(key, Some(yesterday)).await,
        "not yet then"
    );
    let mut names = Names::default();
    let mut rows = BTreeMap::new();
    for table in TABLES {
        let all = dump(c.t.url(), table).await;
        rows.insert(*table, all.iter().map(|row| names.of(row)).collect());
    }
    let trail = links(c).await.split_off(begun);
    let is_story = |l: &&Link| l.verb.starts_with("act.") || l.verb.starts_with("ruling.");
    let trail = trail.iter().filter(is_story);
    let trail = trail.map(|l| {
        let word = Verb::of(&l.verb).unwrap().row().trail;
        format!("{} {word} {}", names.of(&l.person), names.of(&l.subject))
    });
    Ended {
        rows,
        trail: trail.collect(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_story_by_page_by_api_and_by_command_ends_in_the_same_rows_and_words() {
    let (c, key, today, yesterday) = county().await;
    let mut pages = Pages::enter(&c).await;
    let by_page = tells(&c, &mut pages, &key, (&today, &yesterday)).await;
    assert_eq!(by_page.trail.len(), 4, "{:#?}", by_page.trail);
    let ruling = &by_page.rows["ruling"];
    assert!(ruling.iter().any(|row| row.contains(NOTE)), "{ruling:#?}");
    pages.sees_waived(&key, None).await;
    for page in [&key.path(), "/rulings", "/rulings.csv"] {
        let shown = pages.town.get(page).await.text;
        let all = [AGREED, "办理要求", NOTE];
        assert!(all.iter().all(|said| shown.contains(said)), "{page}");
    }
    assert!(by_page.rows.values().all(|rows| !rows.is_empty()));

    let (c, key, today, yesterday) = county().await;
    let mut programs = Programs::enter(&c).await;
    let by_api = tells(&c, &mut programs, &key, (&today, &yesterday)).await;
    assert_eq!(by_page, by_api);
    let listed = programs.office.get("/rulings").await.ok();
    assert_eq!(listed["rulings"][0]["decision"]["note"], NOTE);

    let (c, key, today, yesterday) = county().await;
    let by_command = tells(&c, &mut Commands(&c), &key, (&today, &yesterday)).await;
    assert_eq!(by_page, by_command);
}

/// What stands around an id in a row.
const BETWEEN: [char; 6] = [',', ' ', '/', '"', '|', '='];

/// Gives ids that differ from one run to another the names `act 1`, `act 2` in the order in which
/// they are met.
#[derive(Default)]
struct Names(BTreeMap<String, String>, BTreeMap<String, usize>);

impl Names {
    fn of(&mut self, text: &str) -> String {
        let mut out = String::new();
        for part in text.split_inclusive(BETWEEN) {
            let bare = part.trim_end_matches(BETWEEN);
            let is_id = bare.split_once('_').is_some_and(|(_, hex)| {
                hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit())
            });
            if is_id {
                out.push_str(&self.named(bare));
                out.push_str(&part[bare.len()..]);
            } else {
                out.push_str(part);
            }
        }
        out
    }

    fn named(&mut self, id: &str) -> String {
        if let Some(known) = self.0.get(id) {
            return known.clone();
        }
        let noun = id.split('_').next().unwrap();
        let n = self.1.entry(noun.to_owned()).or_default();
        *n += 1;
        let name = format!("{noun} {n}");
        self.0.insert(id.to_owned(), name.clone());
        name
    }
}

struct Link {
    verb: String,
    person: String,
    subject: String,
}

/// The trail, oldest first.
async fn links(c: &County) -> Vec<Link> {
    let rows = select(
        c.t.url(),
        "select verb || '|' || coalesce(person, '') || '|' || subject from audit order by seq",
    )
    .await;
    let link = |row: &String| {
        let mut parts = row.split('|').map(str::to_owned);
        let mut next = || parts.next().unwrap();
        Link {
            verb: next(),
            person: next(),
            subject: next(),
        }
    };
    rows.iter().map(link).collect()
}

/// The rows of a table without the columns that hold numbers of links, instants and hashes.
async fn dump(url: &str, table: &str) -> Vec<String> {
    let sql = if url.starts_with("sqlite:") {
        format!("select name from pragma_table_info('{table}') order by name")
    } else {
        format!(
            "select column_name::text from information_schema.columns
             where table_schema = 'public' and table_name = '{table}' order by 1"
        )
    };
    let columns = select(url, &sql).await;
    assert!(!columns.is_empty(), "{table}");
    let differs = |c: &&String| !c.contains("seq") && !c.ends_with("at") && !c.contains("hash");
    let columns: Vec<String> = columns
        .iter()
        .filter(differs)
        .map(|c| format!("'{c}=' || coalesce(cast({c} as text), 'null')"))
        .collect();
    let sql = format!(
        "select {} from {table} order by 1",
        columns.join(" || '|' || ")
    );
    select(url, &sql).await
}

async fn select(url: &str, sql: &str) -> Vec<String> {
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite:") {
        let mut conn = SqliteConnection::connect(url).await.unwrap();
        sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap()
    } else {
        let mut conn = PgConnection::connect(url).await.unwrap();
        sqlx::query_scalar(sql).fetch_all(&mut conn).await.unwrap()
    }
}
