//! A small county: two towns, three departments, one special committee, three enterprises.

use std::collections::BTreeMap;

use app::body::{NewBody, NewEnterprise};
use app::person::NewPerson;
use app::post::NewPost;
use app::{App, Ctx};
use domain::body::{AttrValue, Attrs, BodyKind, Level, Link, LinkKind};
use domain::id::{BodyId, PersonId, PostId};
use domain::policy::Role;

use crate::world::day;

/// The password of everybody in tests.
pub const PASSWORD: &str = "Ceshi-2026";

/// Bodies, posts and people by their short names, such as `shiqiao/gov` and `shiqiao/head`.
#[derive(Debug, Default, Clone)]
pub struct County {
    /// The county.
    pub home: Option<BodyId>,
    /// Bodies by short name.
    pub bodies: BTreeMap<String, BodyId>,
    /// Posts by short name.
    pub posts: BTreeMap<String, PostId>,
    /// People by sign-in name.
    pub people: BTreeMap<String, PersonId>,
}

struct Builder<'a> {
    ctx: &'a Ctx,
    home: BodyId,
    out: County,
    bodies: Vec<NewBody>,
    links: Vec<Link>,
    posts: Vec<NewPost>,
    people: Vec<NewPerson>,
    hash: String,
}

fn flag(name: &str) -> Attrs {
    BTreeMap::from([(name.to_owned(), AttrValue::Flag(true))])
}

/// Sets the county up on 2026-01-05.
pub(crate) async fn build(app: &App, ctx: &Ctx) -> app::Result<County> {
    let home = app::body::create_home(ctx, "泽安县", "999025", day("2026-01-05")).await?;
    let hash = app.hash(PASSWORD).await?;
    let mut b = Builder {
        ctx,
        home,
        out: County {
            home: Some(home),
            ..County::default()
        },
        bodies: Vec::new(),
        links: Vec::new(),
        posts: Vec::new(),
        people: Vec::new(),
        hash,
    };
    b.out.bodies.insert("county".to_owned(), home);
    county_bodies(&mut b);
    towns(&mut b);
    enterprises(&mut b);
    let Builder {
        mut out,
        bodies,
        links,
        posts,
        people,
        ..
    } = b;
    app::body::create_many(ctx, bodies, links).await?;
    let logins: Vec<String> = people.iter().map(|p| p.login.clone()).collect();
    let made = app::person::create_many(ctx, people).await?;
    out.people.extend(logins.into_iter().zip(made));
    app::post::create_many(ctx, posts).await?;
    Ok(out)
}

fn county_bodies(b: &mut Builder<'_>) {
    let home = b.home;
    b.at_county(
        "party",
        BodyKind::PartyCommittee,
        "中共泽安县委",
        Attrs::new(),
    );
    let gov = b.at_county("gov", BodyKind::Government, "泽安县人民政府", Attrs::new());
    b.at_county("sc", BodyKind::SafetyCommittee, "县安委会", Attrs::new());
    let office = b.at_county("office", BodyKind::SafetyOffice, "县安委办", Attrs::new());
    let mut regulator = flag("regulator");
    regulator.extend(flag("member_unit"));
    let em = b.at_county(
        "yingji",
        BodyKind::Department,
        "县应急局",
        regulator.clone(),
    );
    b.at_county(
        "xiaofang",
        BodyKind::Department,
        "县消防救援大队",
        regulator,
    );
    b.at_county(
        "caizheng",
        BodyKind::Department,
        "县财政局",
        flag("member_unit"),
    );
    let sector = BTreeMap::from([("sector".to_owned(), AttrValue::Text("coal".to_owned()))]);
    let coal = b.at_county("coal", BodyKind::SpecialCommittee, "煤矿安全专委会", sector);
    b.link(LinkKind::Leads, em, coal);
    let officer = b.person("bangong", "安小办", &[(Role::Office, home)]);
    b.post("office/head", office, "head", "主任", None, Some(officer));
    let leader = b.person("fuxianzhang", "副小县", &[(Role::Leader, home)]);
    let deputy = b.post(
        "gov/deputy",
        gov,
        "deputy-head",
        "常务副县长",
        None,
        Some(leader),
    );
    b.post("coal/chair", coal, "chair", "主任", Some(deputy), None);
    b.post("coal/deputy", coal, "deputy-chair", "副主任", None, None);
    let head = b.person("yingji.jz", "应小局", &[(Role::Liaison, em)]);
    b.post("yingji/head", em, "head", "局长", None, Some(head));
    b.person("sys", "系小统", &[(Role::SystemAdmin, home)]);
    b.person("sec", "安小全", &[(Role::SecurityAdmin, home)]);
    b.person("aud", "审小计", &[(Role::AuditAdmin, home)]);
}

fn towns(b: &mut Builder<'_>) {
    for (short, name) in [("shiqiao", "石桥镇"), ("qingxi", "清溪镇")] {
        let home = b.home;
        let town = b.body(
            short,
            BodyKind::Jurisdiction,
            name,
            home,
            Level::Town,
            Attrs::new(),
        );
        let party = b.body(
            &format!("{short}/party"),
            BodyKind::PartyCommittee,
            &format!("中共{name}委员会"),
            town,
            Level::Town,
            Attrs::new(),
        );
        let gov = b.body(
            &format!("{short}/gov"),
            BodyKind::Government,
            &format!("{name}人民政府"),
            town,
            Level::Town,
            Attrs::new(),
        );
        b.post(
            &format!("{short}/secretary"),
            party,
            "party-secretary",
            "党委书记",
            None,
            None,
        );
        let head = b.person(&format!("{short}.zz"), "镇长同志", &[(Role::Leader, town)]);
        b.post(
            &format!("{short}/head"),
            gov,
            "head",
            "镇长",
            None,
            Some(head),
        );
        b.post(
            &format!("{short}/deputy"),
            gov,
            "deputy-head",
            "副镇长",
            None,
            None,
        );
        let officer = b.person(
            &format!("{short}.lly"),
            "联络同志",
            &[(Role::Liaison, town)],
        );
        b.post(
            &format!("{short}/liaison"),
            gov,
            "liaison",
            "联络员",
            None,
            Some(officer),
        );
    }
}

fn enterprises(b: &mut Builder<'_>) {
    let em = b.out.bodies.get("yingji").copied();
    for (i, (short, name, town)) in [
        ("yimei", "泽安县一号煤业有限公司", "shiqiao"),
        ("zhuanchang", "泽安县宏达建材有限公司", "shiqiao"),
        ("jiayou", "泽安县通达加油站", "qingxi"),
    ]
    .into_iter()
    .enumerate()
    {
        let Some(town) = b.out.bodies.get(town).copied() else {
            continue;
        };
        let mut attrs = BTreeMap::new();
        if i == 0 {
            attrs.insert(
                "sectors".to_owned(),
                AttrValue::Many(vec!["coal".to_owned()]),
            );
            attrs.insert("high_hazard".to_owned(), AttrValue::Flag(true));
        }
        let id = b.body(short, BodyKind::Enterprise, name, town, Level::Town, attrs);
        let code = domain::uscc::Uscc::from_parts("91", "999025", &format!("MA0TE5T{i}"));
        if let (Some(last), Ok(code)) = (b.bodies.last_mut(), code) {
            last.enterprise = Some(NewEnterprise {
                uscc: code.as_str().to_owned(),
                ..NewEnterprise::default()
            });
        }
        b.link(LinkKind::Territory, town, id);
        if let Some(em) = em {
            b.link(LinkKind::Regulates, em, id);
        }
    }
}

impl Builder<'_> {
    fn at_county(&mut self, short: &str, kind: BodyKind, name: &str, attrs: Attrs) -> BodyId {
        self.body(short, kind, name, self.home, Level::County, attrs)
    }

    fn body(
        &mut self,
        short: &str,
        kind: BodyKind,
        name: &str,
        parent: BodyId,
        level: Level,
        attrs: Attrs,
    ) -> BodyId {
        let id = BodyId::new(self.ctx.ids.next(self.ctx.now));
        let n = self.bodies.len();
        self.bodies.push(NewBody {
            id: Some(id),
            kind,
            name: name.to_owned(),
            parent: Some(parent),
            division: String::new(),
            level,
            sort_key: format!("{n:04}"),
            opened_on: day("2026-01-05"),
            attrs,
            enterprise: None,
        });
        self.out.bodies.insert(short.to_owned(), id);
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

    fn person(&mut self, login: &str, name: &str, roles: &[(Role, BodyId)]) -> PersonId {
        let id = PersonId::new(self.ctx.ids.next(self.ctx.now));
        self.people.push(NewPerson {
            id: Some(id),
            name: name.to_owned(),
            login: login.to_owned(),
            password_hash: Some(self.hash.clone()),
            roles: roles.to_vec(),
        });
        id
    }

    fn post(
        &mut self,
        short: &str,
        body: BodyId,
        kind: &str,
        title: &str,
        ex_officio: Option<PostId>,
        holder: Option<PersonId>,
    ) -> PostId {
        let id = PostId::new(self.ctx.ids.next(self.ctx.now));
        let n = self.posts.len();
        if let Ok(kind) = kind.parse() {
            self.posts.push(NewPost {
                id: Some(id),
                body,
                kind,
                title: title.to_owned(),
                ex_officio,
                from_on: day("2026-01-05"),
                sort_key: format!("{n:04}"),
                holder,
            });
        }
        self.out.posts.insert(short.to_owned(), id);
        id
    }
}
