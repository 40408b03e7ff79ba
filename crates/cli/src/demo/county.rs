//! The county's structure: organs, towns, departments, committees, posts and who holds them.

use std::collections::BTreeMap;

use app::body::NewBody;
use app::person::NewPerson;
use app::post::NewPost;
use app::{Ctx, body, person, post};
use chrono::NaiveDate;
use domain::body::{AttrValue, Attrs, BodyKind, Level, Link, LinkKind};
use domain::id::{BodyId, PersonId, PostId, Slug};
use domain::pack::Pack;
use domain::policy::Role;

use super::data::{Given, Organ, Pace};
use super::firms::{self, Firm};
use crate::outcome::{Fail, Outcome};
use crate::refusal::said;

/// The county with the ids of everything that the year is played with.
#[derive(Debug)]
pub(super) struct County {
    pub(super) home: BodyId,
    pub(super) organs: BTreeMap<Organ, BodyId>,
    pub(super) towns: Vec<Town>,
    pub(super) leaders: BTreeMap<String, PostId>,
    pub(super) departments: Vec<Department>,
    pub(super) committees: Vec<Committee>,
    pub(super) firms: Vec<Firm>,
    pub(super) people: BTreeMap<String, PersonId>,
}

/// A town with its organs and posts.
#[derive(Debug)]
pub(super) struct Town {
    /// Also the sign-in name of its liaison officer.
    pub(super) id: String,
    pub(super) name: String,
    pub(super) pace: Pace,
    pub(super) merged_on: Option<NaiveDate>,
    pub(super) merged_into: Option<String>,
    pub(super) jurisdiction: BodyId,
    pub(super) party: BodyId,
    pub(super) government: BodyId,
    pub(super) head: PostId,
    pub(super) deputy: PostId,
}

/// A department with its posts.
#[derive(Debug)]
pub(super) struct Department {
    /// Also the sign-in name of its liaison officer.
    pub(super) id: String,
    pub(super) short: String,
    pub(super) regulator: bool,
    pub(super) body: BodyId,
    pub(super) head: PostId,
    /// The leader's post behind the head's, if any.
    pub(super) by: Option<PostId>,
    pub(super) deputy: PostId,
}

/// A special committee.
#[derive(Debug)]
pub(super) struct Committee {
    pub(super) id: String,
    pub(super) sector: String,
    pub(super) body: BodyId,
    pub(super) chair: PostId,
    /// The leader who chairs it.
    pub(super) chaired_by: String,
    pub(super) deputy_chair: PostId,
    /// Place of the lead department.
    pub(super) lead: usize,
    /// Places of the other members.
    pub(super) members: Vec<usize>,
}

impl County {
    /// An organ of the county.
    pub(super) fn organ(&self, organ: Organ) -> Outcome<BodyId> {
        self.organs
            .get(&organ)
            .copied()
            .ok_or_else(|| Fail::bug(format!("没有机构 {organ:?}")))
    }

    /// A leader's post.
    pub(super) fn leader(&self, id: &str) -> Outcome<PostId> {
        self.leaders
            .get(id)
            .copied()
            .ok_or_else(|| Fail::bug(format!("没有岗位 {id}")))
    }

    /// A town.
    pub(super) fn town(&self, id: &str) -> Outcome<&Town> {
        self.towns
            .iter()
            .find(|t| t.id == id)
            .ok_or_else(|| Fail::bug(format!("没有镇 {id}")))
    }

    /// A department.
    pub(super) fn department(&self, id: &str) -> Outcome<&Department> {
        let found = self.departments.iter().find(|d| d.id == id);
        found.ok_or_else(|| Fail::bug(format!("没有部门 {id}")))
    }

    /// A person by sign-in name.
    pub(super) fn person(&self, login: &str) -> Outcome<PersonId> {
        self.people
            .get(login)
            .copied()
            .ok_or_else(|| Fail::bug(format!("没有人员 {login}")))
    }
}

/// So many key enterprises each committee has, besides the leading ones.
const KEY_FIRMS: usize = 3;

/// Collects what is set up, then writes it in three operations.
struct Draft<'a> {
    ctx: &'a Ctx,
    given: &'a Given,
    home: BodyId,
    on: NaiveDate,
    bodies: Vec<NewBody>,
    links: Vec<Link>,
    posts: Vec<NewPost>,
    people: Vec<NewPerson>,
    hash: String,
    names: usize,
}

/// Sets the county up through the program's verbs; `pack` is the notice that names the committees.
pub(super) async fn set_up(ctx: &Ctx, given: &Given, pack: &Pack, hash: String) -> Outcome<County> {
    let data = &given.county;
    let on = data.opened_on;
    let name = data.name.clone();
    let home = body::create_home(ctx, &name, &data.division, on)
        .await
        .map_err(said)?;
    let mut draft = Draft {
        ctx,
        given,
        home,
        on,
        bodies: Vec::new(),
        links: Vec::new(),
        posts: Vec::new(),
        people: Vec::new(),
        hash,
        names: 0,
    };
    let organs = draft.organs();
    let leaders = draft.leaders(&organs)?;
    let departments = draft.departments(&leaders)?;
    let towns = draft.towns()?;
    let committees = draft.committees(pack, &leaders, &departments)?;
    let firms = draft.firms(&towns, &departments, &committees)?;
    draft.administrators();
    let people = draft
        .people
        .iter()
        .filter_map(|p| p.id.map(|id| (p.login.clone(), id)))
        .collect();
    draft.write().await?;
    Ok(County {
        home,
        organs,
        towns,
        leaders,
        departments,
        committees,
        firms,
        people,
    })
}

impl Draft<'_> {
    async fn write(self) -> Outcome<()> {
        body::create_many(self.ctx, self.bodies, self.links)
            .await
            .map_err(said)?;
        person::create_many(self.ctx, self.people)
            .await
            .map_err(said)?;
        post::create_many(self.ctx, self.posts)
            .await
            .map_err(said)?;
        Ok(())
    }

    fn body(&mut self, kind: BodyKind, name: String, sort_key: String, level: Level) -> BodyId {
        let parent = self.home;
        self.body_below(parent, kind, name, sort_key, level)
    }

    fn body_below(
        &mut self,
        parent: BodyId,
        kind: BodyKind,
        name: String,
        sort_key: String,
        level: Level,
    ) -> BodyId {
        let id = BodyId::new(self.ctx.ids.next(self.ctx.now));
        self.bodies.push(NewBody {
            id: Some(id),
            kind,
            name,
            parent: Some(parent),
            division: String::new(),
            level,
            sort_key,
            opened_on: self.on,
            attrs: Attrs::new(),
            enterprise: None,
        });
        id
    }

    fn attrs(&mut self, attrs: impl IntoIterator<Item = (&'static str, AttrValue)>) {
        if let Some(last) = self.bodies.last_mut() {
            last.attrs
                .extend(attrs.into_iter().map(|(k, v)| (k.to_owned(), v)));
        }
    }

    fn link(&mut self, kind: LinkKind, a: BodyId, b: BodyId) {
        self.links.push(Link {
            kind,
            a,
            b,
            from_on: self.on,
            to_on: None,
        });
    }

    fn post(&mut self, body: BodyId, kind: &str, title: &str, holder: Holder) -> Outcome<PostId> {
        let id = PostId::new(self.ctx.ids.next(self.ctx.now));
        let kind: Slug = kind
            .parse()
            .map_err(|why| Fail::bug(format!("岗位种类：{why}")))?;
        let (ex_officio, holder) = match holder {
            Holder::By(post) => (Some(post), None),
            Holder::Person(person) => (None, Some(person)),
        };
        let sort_key = format!("{:04}", self.posts.len());
        self.posts.push(NewPost {
            id: Some(id),
            body,
            kind,
            title: title.to_owned(),
            ex_officio,
            from_on: self.on,
            sort_key,
            holder,
        });
        Ok(id)
    }

    /// A person with an invented name; with roles also with the demo's password.
    fn person(&mut self, login: &str, roles: Vec<(Role, BodyId)>) -> PersonId {
        let id = PersonId::new(self.ctx.ids.next(self.ctx.now));
        let name = self.name();
        self.people.push(NewPerson {
            id: Some(id),
            name,
            login: login.to_owned(),
            password_hash: (!roles.is_empty()).then(|| self.hash.clone()),
            roles,
        });
        id
    }

    /// The next name: both lists are walked at strides that share no factor with their length, and
    /// the second one shifts with every round, so that no two people are called the same.
    fn name(&mut self) -> String {
        let lists = &self.given.people;
        let n = self.names;
        self.names += 1;
        let round = n / lists.surnames.len().max(1);
        let surname = lists.surnames.get(n * 5 % lists.surnames.len().max(1));
        let given = lists.given.get((n * 11 + round) % lists.given.len().max(1));
        [surname, given]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect()
    }

    fn organs(&mut self) -> BTreeMap<Organ, BodyId> {
        let all = [
            (Organ::Party, BodyKind::PartyCommittee, "中共泽安县委员会"),
            (Organ::Government, BodyKind::Government, "泽安县人民政府"),
            (
                Organ::SafetyCommittee,
                BodyKind::SafetyCommittee,
                "泽安县安全生产委员会",
            ),
            (
                Organ::SafetyOffice,
                BodyKind::SafetyOffice,
                "泽安县安全生产委员会办公室",
            ),
        ];
        all.into_iter()
            .enumerate()
            .map(|(n, (organ, kind, name))| {
                (
                    organ,
                    self.body(kind, name.to_owned(), format!("01{n}"), Level::County),
                )
            })
            .collect()
    }

    fn leaders(&mut self, organs: &BTreeMap<Organ, BodyId>) -> Outcome<BTreeMap<String, PostId>> {
        let mut out: BTreeMap<String, PostId> = BTreeMap::new();
        for one in &self.given.county.leaders {
            let organ = one.body;
            let body = *organs.get(&organ).ok_or_else(|| Fail::bug("机构不全"))?;
            let holder = if let Some(by) = &one.by {
                Holder::By(*out.get(by).ok_or_else(|| Fail::bug(format!("先写 {by}")))?)
            } else {
                let role = if organ == Organ::SafetyOffice {
                    Role::Office
                } else {
                    Role::Leader
                };
                let roles = one.login.as_ref().map(|_| (role, self.home));
                let login = one.login.clone().unwrap_or_else(|| one.id.clone());
                Holder::Person(self.person(&login, roles.into_iter().collect()))
            };
            let id = self.post(body, &one.kind, &one.title, holder)?;
            out.insert(one.id.clone(), id);
        }
        Ok(out)
    }

    fn departments(&mut self, leaders: &BTreeMap<String, PostId>) -> Outcome<Vec<Department>> {
        let mut out = Vec::new();
        for (n, one) in self.given.county.departments.iter().enumerate() {
            let sort = format!("02{n:02}");
            let body = self.body(BodyKind::Department, one.name.clone(), sort, Level::County);
            self.attrs([
                ("regulator", AttrValue::Flag(one.regulator)),
                ("member_unit", AttrValue::Flag(true)),
            ]);
            let by = match &one.by {
                Some(by) => Some(
                    *leaders
                        .get(by)
                        .ok_or_else(|| Fail::bug(format!("没有 {by}")))?,
                ),
                None => None,
            };
            let holder = match by {
                Some(post) => Holder::By(post),
                None => Holder::Person(self.person(&format!("{}.juzhang", one.id), Vec::new())),
            };
            let (head, deputy) = match one.head.as_deref() {
                Some(title) => (title, format!("副{title}")),
                None => ("局长", "副局长".to_owned()),
            };
            let head = self.post(body, "head", head, holder)?;
            let second = self.person(&format!("{}.fuzhi", one.id), Vec::new());
            let deputy = self.post(body, "deputy-head", &deputy, Holder::Person(second))?;
            let liaison = self.person(&one.id, vec![(Role::Liaison, body)]);
            self.post(body, "liaison", "安全生产联络员", Holder::Person(liaison))?;
            out.push(Department {
                id: one.id.clone(),
                short: one.short.clone(),
                regulator: one.regulator,
                body,
                head,
                by,
                deputy,
            });
        }
        Ok(out)
    }

    fn towns(&mut self) -> Outcome<Vec<Town>> {
        let mut out = Vec::new();
        for (n, one) in self.given.county.towns.iter().enumerate() {
            let division = format!("{}{}", self.given.county.division, 100 + n);
            let sort = |tail: &str| format!("04-{division}-{tail}");
            let place = self.body(
                BodyKind::Jurisdiction,
                one.name.clone(),
                sort("0"),
                Level::Town,
            );
            if let Some(last) = self.bodies.last_mut() {
                last.division.clone_from(&division);
            }
            let party_name = format!("中共{}委员会", one.name);
            let party = self.body_below(
                place,
                BodyKind::PartyCommittee,
                party_name,
                sort("1"),
                Level::Town,
            );
            let name = format!("{}人民政府", one.name);
            let government =
                self.body_below(place, BodyKind::Government, name, sort("2"), Level::Town);
            let who = |role: &str| format!("{}.{role}", one.id);
            let secretary = self.person(&who("shuji"), Vec::new());
            let first = self.person(&who("zhenzhang"), Vec::new());
            let second = self.person(&who("fuzhen"), Vec::new());
            let liaison = self.person(&one.id, vec![(Role::Liaison, place)]);
            self.post(
                party,
                "party-secretary",
                "党委书记",
                Holder::Person(secretary),
            )?;
            let head = self.post(government, "head", "镇长", Holder::Person(first))?;
            let second = Holder::Person(second);
            let deputy = self.post(government, "deputy-head", "副镇长（分管安全）", second)?;
            self.post(government, "liaison", "安全联络员", Holder::Person(liaison))?;
            out.push(Town {
                id: one.id.clone(),
                name: one.name.clone(),
                pace: one.pace,
                merged_on: one.merged_on,
                merged_into: one.merged_into.clone(),
                jurisdiction: place,
                party,
                government,
                head,
                deputy,
            });
        }
        Ok(out)
    }

    /// Which departments lead a committee, enforce in its field and are its members.
    fn relate(
        &mut self,
        committee: BodyId,
        departments: &[Department],
        leads: &[usize],
        enforces: &[usize],
        members: &[usize],
    ) {
        let body = |place: &usize| departments.get(*place).map(|d| d.body);
        for department in leads.iter().filter_map(body) {
            self.link(LinkKind::Leads, department, committee);
        }
        for department in enforces.iter().filter_map(body) {
            self.link(LinkKind::Enforces, department, committee);
        }
        for department in leads.iter().chain(members).filter_map(body) {
            self.link(LinkKind::Member, department, committee);
        }
    }

    fn committees(
        &mut self,
        pack: &Pack,
        leaders: &BTreeMap<String, PostId>,
        departments: &[Department],
    ) -> Outcome<Vec<Committee>> {
        let place = |id: &str| departments.iter().position(|d| d.id == id || d.short == id);
        let known = |id: &str| place(id).ok_or_else(|| Fail::bug(format!("没有部门 {id}")));
        let mut out = Vec::new();
        for (n, decl) in pack.committees.iter().enumerate() {
            let all = &self.given.county.committees;
            let one = all.iter().find(|c| decl.id == *c.id.as_str());
            let one = one.ok_or_else(|| Fail::bug(format!("没有写专委会 {}", decl.id)))?;
            let name = format!("{}{}", self.given.county.name, decl.title);
            let body = self.body(
                BodyKind::SpecialCommittee,
                name,
                format!("03{n:02}"),
                Level::County,
            );
            let sector = decl
                .sector
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            self.attrs([("sector", AttrValue::Text(sector.clone()))]);
            let leads = decl
                .leads
                .iter()
                .map(|l| known(l))
                .collect::<Outcome<Vec<_>>>()?;
            let lead = *leads.first().ok_or_else(|| Fail::bug("没有牵头部门"))?;
            let enforces = one
                .enforces
                .iter()
                .map(|d| known(d))
                .collect::<Outcome<Vec<_>>>()?;
            let members = one
                .members
                .iter()
                .map(|d| known(d))
                .collect::<Outcome<Vec<_>>>()?;
            self.relate(body, departments, &leads, &enforces, &members);
            let behind = *leaders
                .get(&one.chair)
                .ok_or_else(|| Fail::bug("没有主任"))?;
            let chair = self.post(body, "chair", "主任", Holder::By(behind))?;
            let first = departments
                .get(lead)
                .ok_or_else(|| Fail::bug("没有牵头部门"))?;
            // Where a leader heads the department too, its second takes these posts.
            let second = if first.by.is_some() {
                first.deputy
            } else {
                first.head
            };
            let deputy_chair = self.post(body, "deputy-chair", "副主任", Holder::By(second))?;
            self.post(body, "office-head", "办公室主任", Holder::By(second))?;
            out.push(Committee {
                id: one.id.clone(),
                sector,
                body,
                chair,
                chaired_by: one.chair.clone(),
                deputy_chair,
                lead,
                members,
            });
        }
        Ok(out)
    }

    fn firms(
        &mut self,
        towns: &[Town],
        departments: &[Department],
        committees: &[Committee],
    ) -> Outcome<Vec<Firm>> {
        let drawn = firms::draw(self.ctx, self.given, self.on, towns, departments)?;
        let mut keys: BTreeMap<String, usize> = BTreeMap::new();
        for (firm, new) in &drawn {
            let town = towns
                .get(firm.town)
                .ok_or_else(|| Fail::bug("没有这个镇"))?;
            let regulator = departments.get(firm.regulator);
            let regulator = regulator.ok_or_else(|| Fail::bug("没有监管部门"))?;
            self.bodies.push(new.clone());
            self.link(LinkKind::Territory, town.jurisdiction, firm.body);
            self.link(LinkKind::Regulates, regulator.body, firm.body);
            let key = keys.entry(firm.sector.clone()).or_default();
            *key += 1;
            let committee = committees.iter().find(|c| c.sector == firm.sector);
            if let Some(committee) = committee.filter(|_| *key <= KEY_FIRMS || firm.subject) {
                self.link(LinkKind::KeyEnterprise, firm.body, committee.body);
            }
            if firm.subject {
                let login = format!("firm.{}", self.posts.len());
                let principal = Holder::Person(self.person(&login, Vec::new()));
                self.post(firm.body, "principal", "主要负责人", principal)?;
            }
        }
        Ok(drawn.into_iter().map(|(firm, _)| firm).collect())
    }

    fn administrators(&mut self) {
        for one in &self.given.county.administrators {
            self.person(&one.login, vec![(one.role, self.home)]);
        }
        // Comes in August as the new head of 下坪镇.
        self.person("xiaping.xinren", Vec::new());
    }
}

/// Who holds a post.
enum Holder {
    By(PostId),
    Person(PersonId),
}
