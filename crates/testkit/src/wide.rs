//! A county of the size that benchmarks are promised for, and what happens in it day by day.
//!
//! It stands around the small county, whose people and names stay. Nothing is random: the same
//! number always gives the same act.
#![expect(
    clippy::unwrap_used,
    reason = "a county that cannot be built fails the run"
)]

use std::collections::BTreeMap;

use app::act::ActDraft;
use app::body::{NewBody, NewEnterprise};
use app::post::NewPost;
use domain::body::{AttrValue, Attrs, BodyKind, Level, Link, LinkKind};
use domain::id::{BodyId, PostId};
use domain::uscc::Uscc;

use crate::world::{TestApp, day, draft};

/// Towns, departments, special committees and enterprises that are added. With the three
/// enterprises of the small county there are 300.
const TOWNS: usize = 20;
const DEPARTMENTS: usize = 40;
const COMMITTEES: usize = SECTORS.len();
const FIRMS: usize = 297;

/// Fields of the committees, as the shipped notice names them.
const SECTORS: [&str; 12] = [
    "hazardous-chemicals",
    "non-coal-mines",
    "metallurgy-trade",
    "fire",
    "pipelines",
    "electricity",
    "special-equipment",
    "construction",
    "town-gas",
    "culture-tourism",
    "road-traffic",
    "agriculture",
];

/// The form that is handed in every month.
const RETURN: &str = "zezhou-2026-three-actions/three-actions-monthly";

/// What was added, in the order in which it was.
#[derive(Debug, Clone, Default)]
pub struct Wide {
    /// Heads of towns and of departments.
    pub heads: Vec<PostId>,
    /// Governments of towns, and departments: whoever hands a return in every month.
    pub reporting: Vec<BodyId>,
    /// Departments.
    pub departments: Vec<BodyId>,
    /// Special committees.
    pub committees: Vec<BodyId>,
    /// Enterprises, those of the small county included.
    pub firms: Vec<BodyId>,
}

/// A number that looks random and is the same in every run (splitmix64).
pub fn scattered(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One of a list, by any number.
fn one_of<T: Copy>(all: &[T], n: u64) -> T {
    let many = u64::try_from(all.len()).unwrap();
    all[usize::try_from(n % many).unwrap()]
}

/// Adds towns, departments, committees and enterprises to the small county.
pub async fn widen(t: &TestApp) -> Wide {
    let mut builder = Builder {
        t,
        out: Wide::default(),
        bodies: Vec::new(),
        links: Vec::new(),
        posts: Vec::new(),
    };
    for short in ["yimei", "zhuanchang", "jiayou"] {
        builder.out.firms.push(t.body(short));
    }
    let towns = builder.towns();
    builder.departments();
    builder.committees();
    builder.firms(&towns);
    let ctx = t.system();
    let Builder {
        bodies,
        links,
        posts,
        out,
        ..
    } = builder;
    app::body::create_many(&ctx, bodies, links).await.unwrap();
    app::post::create_many(&ctx, posts).await.unwrap();
    out
}

struct Builder<'a> {
    t: &'a TestApp,
    out: Wide,
    bodies: Vec<NewBody>,
    links: Vec<Link>,
    posts: Vec<NewPost>,
}

impl Builder<'_> {
    fn towns(&mut self) -> Vec<BodyId> {
        let home = self.t.home();
        let mut towns = Vec::new();
        for n in 0..TOWNS {
            let name = format!("第{n}镇");
            let town = self.body(BodyKind::Jurisdiction, &name, home, Attrs::new());
            let party = format!("中共{name}委员会");
            self.body(BodyKind::PartyCommittee, &party, town, Attrs::new());
            let office = format!("{name}人民政府");
            let office = self.body(BodyKind::Government, &office, town, Attrs::new());
            let head = self.post(office, "head", "镇长", None);
            self.out.heads.push(head);
            self.out.reporting.push(office);
            towns.push(town);
        }
        towns
    }

    fn departments(&mut self) {
        for n in 0..DEPARTMENTS {
            let mut attrs = flag("member_unit");
            if n % 2 == 0 {
                attrs.extend(flag("regulator"));
            }
            let name = format!("县第{n}局");
            let body = self.body(BodyKind::Department, &name, self.t.home(), attrs);
            let head = self.post(body, "head", "局长", None);
            self.out.heads.push(head);
            self.out.reporting.push(body);
            self.out.departments.push(body);
        }
    }

    fn committees(&mut self) {
        for (n, sector) in SECTORS.iter().enumerate() {
            let attrs = [("sector".to_owned(), AttrValue::Text((*sector).to_owned()))];
            let name = format!("第{n}安全专委会");
            let body = self.body(
                BodyKind::SpecialCommittee,
                &name,
                self.t.home(),
                attrs.into(),
            );
            self.post(
                body,
                "chair",
                "主任",
                self.out.heads.get(TOWNS + n).copied(),
            );
            self.post(body, "deputy-chair", "副主任", None);
            let (lead, members) = (
                self.out.departments[n],
                self.out.departments[n + 1..n + 8].to_vec(),
            );
            self.link(LinkKind::Leads, lead, body);
            for member in members {
                self.link(LinkKind::Member, member, body);
            }
            self.out.committees.push(body);
        }
    }

    fn firms(&mut self, towns: &[BodyId]) {
        for n in 0..FIRMS {
            let sector = SECTORS[n % COMMITTEES].to_owned();
            let mut attrs = Attrs::from([("sectors".to_owned(), AttrValue::Many(vec![sector]))]);
            if n % 4 == 0 {
                attrs.extend(flag("high_hazard"));
            }
            if n % 10 == 0 {
                attrs.extend(flag("subject"));
            }
            let town = towns[n % towns.len()];
            let name = format!("泽安县第{n}有限公司");
            let firm = self.body(BodyKind::Enterprise, &name, town, attrs);
            let code = Uscc::from_parts("91", "999025", &format!("MA0W{n:04}")).unwrap();
            if let Some(last) = self.bodies.last_mut() {
                last.enterprise = Some(NewEnterprise {
                    uscc: code.as_str().to_owned(),
                    ..NewEnterprise::default()
                });
            }
            self.post(firm, "principal", "主要负责人", None);
            self.link(LinkKind::Territory, town, firm);
            self.link(
                LinkKind::Regulates,
                self.out.departments[n % DEPARTMENTS],
                firm,
            );
            let committee = self.out.committees[n % COMMITTEES];
            self.link(LinkKind::KeyEnterprise, firm, committee);
            self.out.firms.push(firm);
        }
    }

    fn body(&mut self, kind: BodyKind, name: &str, parent: BodyId, attrs: Attrs) -> BodyId {
        let ctx = self.t.system();
        let id = BodyId::new(ctx.ids.next(ctx.now));
        let county = matches!(kind, BodyKind::Department | BodyKind::SpecialCommittee);
        self.bodies.push(NewBody {
            id: Some(id),
            kind,
            name: name.to_owned(),
            parent: Some(parent),
            division: String::new(),
            level: if county { Level::County } else { Level::Town },
            sort_key: format!("1{:04}", self.bodies.len()),
            opened_on: day("2026-01-05"),
            attrs,
            enterprise: None,
        });
        id
    }

    fn post(
        &mut self,
        body: BodyId,
        kind: &str,
        title: &str,
        ex_officio: Option<PostId>,
    ) -> PostId {
        let ctx = self.t.system();
        let id = PostId::new(ctx.ids.next(ctx.now));
        self.posts.push(NewPost {
            id: Some(id),
            body,
            kind: kind.parse().unwrap(),
            title: title.to_owned(),
            ex_officio,
            from_on: day("2026-01-05"),
            sort_key: format!("1{:04}", self.posts.len()),
            holder: None,
        });
        id
    }

    fn link(&mut self, kind: LinkKind, a: BodyId, b: BodyId) {
        self.links.push(Link {
            kind,
            a,
            b,
            from_on: day("2026-01-05"),
            to_on: None,
        });
    }
}

fn flag(name: &str) -> Attrs {
    BTreeMap::from([(name.to_owned(), AttrValue::Flag(true))])
}

impl Wide {
    /// The n-th act, on a day: visits most of all, then what enterprises do themselves, then
    /// meetings, studies, consultations and supervision.
    pub fn act(&self, n: u64, on: &str) -> ActDraft {
        let at = scattered(n);
        let found = (at % 7).to_string();
        let firm = one_of(&self.firms, at / 32).to_string();
        let department = one_of(&self.departments, at / 8192).to_string();
        let head = one_of(&self.heads, at / 8192).to_string();
        let committee = one_of(&self.committees, at / 8192).to_string();
        let topic = format!("第{n}次：传达上级要求，研究重点行业领域风险和下一步措施");
        let found_text = "配电箱未上锁；灭火器过期两具；疏散通道堆放杂物，已要求当场清理";
        let by_firm = [("hosted", firm.clone())];
        let at_firm = |code, who: &str| [(code, who.to_owned()), ("was-visited", firm.clone())];
        match at % 32 {
            0..=15 => {
                let fields = [
                    ("way", "unannounced"),
                    ("problems", found_text),
                    ("found", found.as_str()),
                ];
                draft("inspection", on, &at_firm("led", &head), &fields)
            }
            16..=20 => {
                let fields = [
                    ("scope", "full"),
                    ("problems", found_text),
                    ("found", found.as_str()),
                ];
                draft("self-check", on, &by_firm, &fields)
            }
            21..=23 => {
                let fields = [("kind", "combat"), ("topic", topic.as_str())];
                draft("drill", on, &by_firm, &fields)
            }
            24..=25 => {
                let fields = [("form", "department"), ("topic", topic.as_str())];
                draft("meeting", on, &[("hosted", department)], &fields)
            }
            26..=27 => {
                let fields = [("form", "collective"), ("topic", topic.as_str())];
                draft("study", on, &[("hosted", department)], &fields)
            }
            28..=29 => {
                let fields = [("topic", topic.as_str()), ("risks", found_text)];
                draft("consultation", on, &[("hosted", committee)], &fields)
            }
            _ => {
                let fields = [("kind", "special"), ("problems", found_text)];
                draft("supervision", on, &at_firm("hosted", &department), &fields)
            }
        }
    }

    /// The monthly return of each of those who report, for a period, handed in on a day.
    pub fn returns(&self, period: &str, on: &str) -> Vec<ActDraft> {
        let handed_in = |body: &BodyId| ActDraft {
            period: period.to_owned(),
            form: RETURN.to_owned(),
            ..draft("return", on, &[("hosted", body.to_string())], &[])
        };
        self.reporting.iter().map(handed_in).collect()
    }
}
