//! Every form that is sent leaves exactly one link in the trail, or says here why it leaves none.
//! A new address that is posted to fails without its step.

use std::collections::{BTreeMap, BTreeSet};

use app::Ctx;
use app::drafting::ListElements;
use app::ruling::Ask;
use domain::duty::Key;
use domain::id::{DraftId, ResetId};
use domain::policy::Role;
use domain::reset::Wanted;
use domain::ruling::{RulingKind, RulingReason};
use testkit::{Browser, PASSWORD, Reply, TestApp, draft, root};

/// Forms that write nothing, and why.
const NONE: &[(&str, &str)] = &[
    ("/as-of", "the day that is looked at stands in a cookie"),
    (
        "/session/post",
        "the post that is acted in stands in a cookie; each link says it",
    ),
    (
        "/acts/preview",
        "says what saving would come to, and saves nothing",
    ),
    (
        "/packs/drafts/reading/cancel",
        "nothing is kept of a notice before it is read",
    ),
];

const TODAY: &str = "2026-11-05";
const Z2: &str = "zezhou-2026-three-actions";
const NOTICE: &str = "泽安安办发〔2026〕9号\n关于加强仓库冬季防火工作的通知\n各乡镇人民政府：\n\
                      一、检查\n（一）各乡镇人民政府每月至少检查仓库2次。\n\
                      （二）各乡镇人民政府每季度组织1次安全专题学习。\n二、报送\n\
                      各乡镇人民政府于每月25日前报送检查情况。\n";

/// People at their browsers, and which addresses they sent a form to.
struct Day<'a> {
    t: &'a TestApp,
    browsers: BTreeMap<&'static str, Browser>,
    sent: BTreeSet<&'static str>,
}

/// The address of the table that a path is one of: the one with the fewest parameters.
fn route_of(path: &str) -> &'static str {
    let fits = |route: &&web::Route| {
        let (wanted, given): (Vec<&str>, Vec<&str>) =
            (route.path.split('/').collect(), path.split('/').collect());
        wanted.len() == given.len()
            && wanted
                .iter()
                .zip(&given)
                .all(|(w, g)| w == g || w.starts_with('{'))
    };
    let posted = web::all_routes().filter(|route| route.method == "POST");
    let found = posted
        .filter(fits)
        .min_by_key(|route| route.path.matches('{').count());
    found.unwrap().path
}

impl<'a> Day<'a> {
    fn at(t: &'a TestApp) -> Self {
        Self {
            t,
            browsers: BTreeMap::new(),
            sent: BTreeSet::new(),
        }
    }

    /// The number of the county's last link.
    async fn links(&self) -> i64 {
        self.t.app.settled().await;
        let aud = self.t.person("aud").ctx().await;
        let trail = app::audit::trail(&aud, app::audit::ListLinks::default()).await;
        trail.unwrap().rows[0].seq
    }

    /// The browser of somebody who is signed in.
    async fn browser(&mut self, who: &'static str) -> &mut Browser {
        if !self.browsers.contains_key(who) {
            let mut browser = self.t.browser();
            let reply = browser.sign_in(who).await;
            assert_eq!(reply.status.as_u16(), 303, "{who}: {}", reply.text);
            self.browsers.insert(who, browser);
        }
        self.browsers.get_mut(who).unwrap()
    }

    /// Holds what a form came to against what stands of its address: one link, or none.
    async fn held(&mut self, path: &str, before: i64, reply: Reply) -> Reply {
        let (route, status) = (route_of(path), reply.status.as_u16());
        assert!(
            matches!(status, 200 | 204 | 303),
            "{path}: {status} {}",
            reply.text
        );
        let none = NONE.iter().any(|(silent, _)| *silent == route);
        let left = self.links().await - before;
        assert_eq!(left, i64::from(!none), "links of {path}: {}", reply.text);
        self.sent.insert(route);
        reply
    }

    /// Somebody opens a page and sends a form from it.
    async fn sends(
        &mut self,
        who: &'static str,
        page: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Reply {
        self.browser(who).await;
        let before = self.links().await;
        let browser = self.browser(who).await;
        let reply = browser.submit(page, path, fields).await;
        self.held(path, before, reply).await
    }

    /// The same from the page whose address the form is sent to.
    async fn fills_in(&mut self, who: &'static str, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.sends(who, path, path, fields).await
    }

    /// The same with files.
    async fn uploads(
        &mut self,
        who: &'static str,
        (page, path): (&str, &str),
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> Reply {
        self.browser(who).await;
        let before = self.links().await;
        let browser = self.browser(who).await;
        let reply = browser.upload_all(page, path, fields, files).await;
        self.held(path, before, reply).await
    }
}

/// Signing in and out, a password, a link, cookies.
async fn sessions(day: &mut Day<'_>) {
    let t = day.t;
    let before = day.links().await;
    let mut browser = t.browser();
    let reply = browser.sign_in("yingji.jz").await;
    day.held("/sign-in", before, reply).await;
    day.browsers.insert("yingji.jz", browser);
    let own = [
        ("old", PASSWORD),
        ("password", "Xin-kouling-2026"),
        ("again", "Xin-kouling-2026"),
    ];
    day.fills_in("yingji.jz", "/password", &own).await;
    let past = [("day", "2026-10-01"), ("back", "/desk")];
    day.sends("yingji.jz", "/desk", "/as-of", &past).await;
    let post = t.post("shiqiao/head").to_string();
    let post = [("post", post.as_str())];
    day.sends("yingji.jz", "/desk", "/session/post", &post)
        .await;
    day.sends("yingji.jz", "/desk", "/sign-out", &[]).await;

    let sys = t.person("sys").ctx().await;
    let added = app::person::create(&sys, "新来同志", "xinlai").await;
    let path = format!("/link/{}", added.unwrap().link.unwrap());
    let before = day.links().await;
    let passwords = [("password", "Shouci-2026"), ("again", "Shouci-2026")];
    let reply = t.browser().post(&path, &passwords).await;
    day.held(&path, before, reply).await;
}

async fn tokens(day: &mut Day<'_>) {
    let fields = [
        ("name", "台账同步"),
        ("scope", "view-body"),
        ("ends_on", "2026-11-30"),
    ];
    day.sends("bangong", "/tokens/new", "/tokens", &fields)
        .await;
    let office = day.t.person("bangong").ctx().await;
    let new = app::token::NewToken {
        name: "旧程序".to_owned(),
        scope: vec![domain::policy::Action::ViewBody],
        ends_on: office.today,
    };
    let old = app::token::make(&office, new).await.unwrap();
    let path = format!("/tokens/{}/revoke", old.id);
    day.sends("bangong", "/tokens", &path, &[]).await;
}

async fn acts(day: &mut Day<'_>) {
    let t = day.t;
    let head = t.post("shiqiao/head").to_string();
    let visit = [
        ("kind", "inspection"),
        ("occurred_on", "2026-11-04"),
        ("p.led", head.as_str()),
        ("f.way", "unannounced"),
        ("version", "1"),
        ("reason", "补充情况"),
    ];
    let form = "/acts/new?kind=inspection";
    day.sends("shiqiao.lly", form, "/acts", &visit).await;
    day.sends("shiqiao.lly", form, "/acts/preview", &visit)
        .await;
    let parts = [("led", head.clone())];
    let typed = draft(
        "inspection",
        "2026-11-03",
        &parts,
        &[("way", "unannounced")],
    );
    let id = t.person("shiqiao.lly").records(typed).await.unwrap();
    let act = format!("/acts/{id}");
    day.fills_in("shiqiao.lly", &format!("{act}/amend"), &visit)
        .await;
    let files = format!("{act}/files");
    let paper: &[u8] = b"%PDF-1.7 one";
    day.uploads("shiqiao.lly", (&act, &files), &[], &[("记录.pdf", paper)])
        .await;
    day.sends("shiqiao.lly", &act, &format!("{files}/1/remove"), &[])
        .await;
    let gone = [("version", "2"), ("reason", "记错了")];
    day.sends("shiqiao.lly", &act, &format!("{act}/withdraw"), &gone)
        .await;
}

async fn returns(day: &mut Day<'_>) {
    let t = day.t;
    let monthly = t.monthly("shiqiao/gov", "2026-10", TODAY);
    let id = t.person("shiqiao.lly").records(monthly).await.unwrap();
    let act = format!("/acts/{id}");
    let back = [("do", "send-back"), ("opinion", "缺数"), ("version", "1")];
    day.sends("bangong", &act, &format!("{act}/judge"), &back)
        .await;
    let host = t.body("shiqiao/gov").to_string();
    let form = format!("{Z2}/three-actions-monthly");
    let again = [
        ("kind", "return"),
        ("occurred_on", TODAY),
        ("period", "2026-10"),
        ("form", &form),
        ("p.hosted", &host),
        ("version", "2"),
        ("reason", "已补"),
    ];
    let page = format!("{act}/amend?again=1");
    day.sends("shiqiao.lly", &page, &format!("{act}/submit-again"), &again)
        .await;
}

async fn rulings(day: &mut Day<'_>) {
    let t = day.t;
    let head = t.post("shiqiao/head").to_string();
    let key = |period: &str| Key::of(Z2, "government-leader-visit", &head, period).unwrap();
    let fields = [
        ("kind", "waiver"),
        ("reason", "vacancy"),
        ("text", "镇长空缺，已交接"),
    ];
    let path = format!("/duties/{}/ask", key("2026-08"));
    day.fills_in("shiqiao.lly", &path, &fields).await;
    let town = t.person("shiqiao.lly").ctx().await;
    let asked = async |period: &str| {
        let (kind, why) = (RulingKind::Waiver, RulingReason::Vacancy);
        let ask = Ask::of(key(period), kind, why, "岗位空缺");
        let asked = app::ruling::ask(&town, &ask).await;
        asked.unwrap().id.to_string()
    };
    let page = format!("/rulings/{}", asked("2026-09").await);
    let word = [("version", "1"), ("do", "approve"), ("opinion", "同意")];
    day.sends("bangong", &page, &format!("{page}/decide"), &word)
        .await;
    let page = format!("/rulings/{}", asked("2026-10").await);
    let version = [("version", "1")];
    day.sends("shiqiao.lly", &page, &format!("{page}/withdraw"), &version)
        .await;
}

async fn bodies(day: &mut Day<'_>) {
    let t = day.t;
    let new = [
        ("kind", "enterprise"),
        ("name", "新设企业"),
        ("parent", "石桥镇"),
        ("level", "town"),
        ("opened_on", "2026-03-01"),
    ];
    let made = day.sends("bangong", "/bodies/new", "/bodies", &new).await;
    let path = made.location.split('?').next().unwrap().to_owned();
    let renamed = [
        ("version", "1"),
        ("name", "更名企业"),
        ("from_on", "2026-06-01"),
    ];
    day.fills_in("bangong", &format!("{path}/change"), &renamed)
        .await;
    let bureau = t.body("yingji").to_string();
    let link = [
        ("kind", "regulates"),
        ("b", "更名企业"),
        ("from_on", "2026-06-01"),
    ];
    let of = format!("/bodies/{bureau}");
    day.fills_in("bangong", &format!("{of}/link"), &link).await;
    let firm = path.rsplit('/').next().unwrap();
    let end = [("kind", "regulates"), ("a", &bureau), ("b", firm)];
    day.sends("bangong", &of, &format!("{of}/unlink"), &end)
        .await;
    let close = [("version", "2"), ("on", TODAY)];
    day.fills_in("bangong", &format!("{path}/close"), &close)
        .await;
    let merge = format!("/bodies/{}/merge", t.body("qingxi"));
    day.fills_in("bangong", &merge, &[("into", "石桥镇"), ("on", TODAY)])
        .await;
}

async fn posts(day: &mut Day<'_>) {
    let t = day.t;
    let body = t.body("shiqiao/gov").to_string();
    let new = [
        ("body", body.as_str()),
        ("kind", "liaison"),
        ("title", "安全员"),
        ("from_on", "2026-11-01"),
    ];
    let page = format!("/posts/new?body={body}");
    let made = day.sends("bangong", &page, "/posts", &new).await;
    let path = made.location.split('?').next().unwrap().to_owned();
    let to = t.person_id("shiqiao.zz").to_string();
    let over = [("to", to.as_str()), ("on", TODAY)];
    day.fills_in("bangong", &format!("{path}/hand-over"), &over)
        .await;
    let new = [
        ("kind", "national-day"),
        ("title", "2026年国庆"),
        ("from_on", "2026-10-01"),
        ("to_on", "2026-10-07"),
    ];
    day.sends("bangong", "/occasions/new", "/occasions", &new)
        .await;
    let office = t.person("bangong").ctx().await;
    let all = app::occasion::list(&office, app::occasion::ListOccasions::default());
    let all = all.await.unwrap().rows;
    let gone = format!("/occasions/{}/withdraw", all[0].id);
    day.sends("bangong", "/occasions", &gone, &[]).await;
}

async fn people(day: &mut Day<'_>) {
    let t = day.t;
    let new = [("name", "再来同志"), ("login", "zailai")];
    day.sends("sys", "/system/people/new", "/system/people", &new)
        .await;
    let sys = t.person("sys").ctx().await;
    let added = app::person::create(&sys, "又来同志", "youlai").await;
    let id = added.unwrap().id;
    let path = format!("/system/people/{id}");
    let change = [
        ("name", "更名同志"),
        ("login", "youlai"),
        ("active", "1"),
        ("version", "1"),
    ];
    day.sends("sys", &path, &format!("{path}/change"), &change)
        .await;
    day.sends("sys", &path, &format!("{path}/reset"), &[]).await;
    let role = [("role", "viewer"), ("body", "石桥镇")];
    day.fills_in("sec", &format!("{path}/grant"), &role).await;
    let sec = t.person("sec").ctx().await;
    let town = t.body("qingxi/gov");
    let given = app::role::grant(&sec, id, Role::Viewer, town)
        .await
        .unwrap();
    let revoke = format!("/system/roles/{}/revoke", given.id);
    day.sends("sec", "/system/roles", &revoke, &[]).await;
}

async fn resets(day: &mut Day<'_>) {
    let t = day.t;
    let ask = format!("/system/people/{}/ask", t.person_id("bangong"));
    let fields = [("what", "link"), ("reason", "忘记口令")];
    day.sends("sys", &format!("{ask}?what=link"), &ask, &fields)
        .await;
    let sys = t.person("sys").ctx().await;
    let asked = async |login: &str| -> ResetId {
        let asked = app::reset::ask(&sys, t.person_id(login), Wanted::Link, "忘记口令");
        asked.await.unwrap().id
    };
    // Whose account was opened is told of it before anything else.
    let path = format!("/system/resets/{}", asked("fuxianzhang").await);
    day.sends(
        "aud",
        &path,
        &format!("{path}/decide"),
        &[("do", "consent")],
    )
    .await;
    let mut browser = t.browser();
    browser.sign_in("fuxianzhang").await;
    let seen = browser.get("/told").await.input("seen").unwrap();
    day.browsers.insert("fuxianzhang", browser);
    day.fills_in("fuxianzhang", "/told", &[("seen", &seen)])
        .await;
    let path = format!("/system/resets/{}", asked("sec").await);
    day.sends("sys", &path, &format!("{path}/withdraw"), &[])
        .await;
}

async fn packs(day: &mut Day<'_>) {
    let shipped = root().join("schemes/drafts/yangcheng-2025-mechanism");
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for entry in std::fs::read_dir(shipped).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        files.push((name, std::fs::read(path).unwrap()));
    }
    let files: Vec<(&str, &[u8])> = files.iter().map(|(n, b)| (n.as_str(), &b[..])).collect();
    let at = ("/packs/import", "/packs/import");
    day.uploads("bangong", at, &[("do", "import")], &files)
        .await;
    let apply = [
        ("version", "1"),
        ("do", "apply"),
        ("from_on", "2026-11-06"),
        ("followed_from_on", "2026-11-06"),
        ("reason", "安委会会议决定"),
    ];
    day.fills_in("bangong", &format!("/packs/{Z2}/apply"), &apply)
        .await;
}

/// A draft on which nothing is decided.
async fn drafted(office: &Ctx) -> DraftId {
    let notice = NOTICE.as_bytes().to_vec();
    app::drafting::open(office, "通知.txt", notice)
        .await
        .unwrap()
}

async fn drafts(day: &mut Day<'_>) {
    let at = ("/packs/drafts", "/packs/drafts");
    day.uploads("bangong", at, &[], &[("通知.txt", NOTICE.as_bytes())])
        .await;
    let cancel = "/packs/drafts/reading/cancel";
    day.sends("bangong", "/packs/drafts", cancel, &[]).await;
    let office = day.t.person("bangong").ctx().await;
    let id = drafted(&office).await;
    let page = app::drafting::elements(&office, ListElements::all(id)).await;
    let element = page.unwrap().rows[0].id.clone();
    let path = format!("/packs/drafts/{id}");
    let form = async || {
        let form = app::drafting::element_form(&office, id, &element).await;
        form.unwrap()
    };
    let typed = form().await;
    let mut three = typed.typed.clone();
    three.at_least = Some(3);
    app::drafting::correct(&office, three).await.unwrap();
    let seal = form().await.typed.seal;
    let restore = [("do", "restore"), ("seal", seal.as_str())];
    let edit = format!("{path}/elements/{element}");
    day.fills_in("bangong", &edit, &restore).await;
    let rest = [("do", "accept-rest")];
    day.sends("bangong", &path, &format!("{path}/decide"), &rest)
        .await;
    let head = [
        ("pack", "zean-2026-depots"),
        ("version", "1"),
        ("title", "仓库冬季防火"),
        ("short", "仓库防火"),
        ("issuer", "泽安县安委办"),
        ("number", "泽安安办发〔2026〕9号"),
        ("issued", "2026-10-20"),
        ("from", "2026-10-20"),
        ("to", "2027-03-31"),
    ];
    day.fills_in("bangong", &format!("{path}/head"), &head)
        .await;
    let check = format!("{path}/check");
    day.sends("bangong", &check, &format!("{path}/import"), &[])
        .await;
    let path = format!("/packs/drafts/{}", drafted(&office).await);
    let phrase = [("phrase", "冬季防火"), ("near", "0")];
    day.sends("bangong", &path, &format!("{path}/add"), &phrase)
        .await;
    day.sends(
        "bangong",
        &path,
        &format!("{path}/close"),
        &[("do", "close")],
    )
    .await;
}

/// What is done now and then has failed for good; it is run again, and the chain is proven.
async fn chores() -> BTreeSet<&'static str> {
    let t = TestApp::bare(TODAY).await;
    crate::job::gives_up(&t).await;
    let mut day = Day::at(&t);
    let page = day.browser("sys").await.get("/system/jobs").await;
    let at = page.text.find("/system/jobs/job_").unwrap();
    let run = page.text[at..].split('"').next().unwrap().to_owned();
    day.sends("sys", "/system/jobs", &run, &[]).await;
    day.sends("aud", "/system/audit", "/system/audit/verify", &[])
        .await;
    day.sent
}

#[tokio::test]
async fn every_form_leaves_one_link_or_says_why_it_leaves_none() {
    let t = TestApp::at(TODAY).await;
    let mut day = Day::at(&t);
    sessions(&mut day).await;
    tokens(&mut day).await;
    acts(&mut day).await;
    returns(&mut day).await;
    rulings(&mut day).await;
    bodies(&mut day).await;
    posts(&mut day).await;
    people(&mut day).await;
    resets(&mut day).await;
    packs(&mut day).await;
    drafts(&mut day).await;
    let mut sent = day.sent;
    sent.extend(chores().await);
    let posted = web::all_routes().filter(|route| route.method == "POST");
    let all: BTreeSet<&str> = posted.map(|route| route.path).collect();
    let missing: Vec<&&str> = all.difference(&sent).collect();
    assert!(missing.is_empty(), "no step sends a form to {missing:?}");
    let gone: Vec<_> = NONE
        .iter()
        .filter(|(path, _)| !all.contains(path))
        .collect();
    assert!(gone.is_empty(), "no such address: {gone:?}");
}
