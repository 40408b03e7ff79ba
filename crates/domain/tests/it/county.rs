//! A small county for tests: bodies, posts and relations by name, acts by their parts.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveDate;
use domain::act::{Act, ActEvent, ActStep, Part};
use domain::body::{AttrValue, Attrs, Body, Link, Span};
use domain::duty::PackUse;
use domain::id::{ActId, BodyId, Owner, PackUseId, PersonId, PostId};
use domain::pack::{Choices, Pack};
use domain::post::{Post, Tenure};
use domain::structure::Structure;
use uuid::Uuid;

/// Any text form, as it stands in packs and addresses.
pub(crate) fn parse<T: FromStr<Err: Display>>(text: &str) -> T {
    text.parse().unwrap_or_else(|why| panic!("{text}: {why}"))
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The county whose chain everything stands in.
pub(crate) fn home() -> BodyId {
    BodyId::new(Uuid::from_u128(u128::MAX))
}

pub(crate) fn act_id(n: usize) -> ActId {
    ActId::new(Uuid::from_u128(n as u128 + 1))
}

pub(crate) fn person(n: u128) -> PersonId {
    PersonId::new(Uuid::from_u128(n))
}

/// What stands in the county, as it is being put together.
#[derive(Debug, Clone, Default)]
pub(crate) struct County {
    pub(crate) bodies: Vec<Body>,
    pub(crate) posts: Vec<Post>,
    pub(crate) links: Vec<Link>,
    pub(crate) tenures: Vec<Tenure>,
    named: BTreeMap<String, Owner>,
}

/// The day from which everything stands unless a test says otherwise.
pub(crate) fn start() -> NaiveDate {
    day("2020-01-01")
}

impl County {
    /// A body with one span, which the caller may change.
    pub(crate) fn add_body(&mut self, name: &str, kind: &str, level: &str) -> &mut Body {
        let n = self.bodies.len() as u128 + 1;
        let id = BodyId::new(Uuid::from_u128(n));
        assert!(
            self.named
                .insert(name.to_owned(), Owner::Body(id))
                .is_none(),
            "{name} twice"
        );
        let span = Span {
            from_on: start(),
            to_on: None,
            parent: None,
            name: name.to_owned(),
            division: String::new(),
            level: parse(level),
            attrs: Attrs::new(),
        };
        self.bodies.push(Body {
            id,
            home: home(),
            kind: parse(kind),
            opened_on: start(),
            closed_on: None,
            sort_key: format!("{n:06}"),
            spans: vec![span],
            version: 1,
        });
        self.bodies.last_mut().unwrap()
    }

    /// A body that stands under another one.
    pub(crate) fn add_under(
        &mut self,
        parent: &str,
        name: &str,
        kind: &str,
        level: &str,
    ) -> &mut Body {
        let parent = self.body(parent);
        let body = self.add_body(name, kind, level);
        body.spans[0].parent = Some(parent);
        body
    }

    pub(crate) fn add_post(&mut self, name: &str, body: &str, kind: &str) -> &mut Post {
        let n = self.posts.len() as u128 + 1;
        let id = PostId::new(Uuid::from_u128(n));
        let body = self.body(body);
        assert!(
            self.named
                .insert(name.to_owned(), Owner::Post(id))
                .is_none(),
            "{name} twice"
        );
        self.posts.push(Post {
            id,
            body,
            kind: parse(kind),
            title: name.to_owned(),
            ex_officio: None,
            from_on: start(),
            to_on: None,
            sort_key: format!("{n:06}"),
        });
        self.posts.last_mut().unwrap()
    }

    pub(crate) fn add_link(&mut self, kind: &str, a: &str, b: &str) -> &mut Link {
        let (a, b) = (self.body(a), self.body(b));
        self.links.push(Link {
            kind: parse(kind),
            a,
            b,
            from_on: start(),
            to_on: None,
        });
        self.links.last_mut().unwrap()
    }

    pub(crate) fn add_tenure(&mut self, post: &str, who: u128, from: &str, to: Option<&str>) {
        let (from_on, to_on) = (day(from), to.map(day));
        let tenure = Tenure {
            post: self.post(post),
            person: person(who),
            from_on,
            to_on,
        };
        self.tenures.push(tenure);
    }

    pub(crate) fn owner(&self, name: &str) -> Owner {
        *self
            .named
            .get(name)
            .unwrap_or_else(|| panic!("nobody is called {name}"))
    }

    pub(crate) fn name_of(&self, owner: Owner) -> &str {
        self.named
            .iter()
            .find(|(_, o)| **o == owner)
            .map_or("nobody", |(name, _)| name)
    }

    pub(crate) fn body(&self, name: &str) -> BodyId {
        match self.owner(name) {
            Owner::Body(id) => id,
            Owner::Post(_) => panic!("{name} is a post"),
        }
    }

    pub(crate) fn post(&self, name: &str) -> PostId {
        match self.owner(name) {
            Owner::Post(id) => id,
            Owner::Body(_) => panic!("{name} is a body"),
        }
    }

    pub(crate) fn structure(&self) -> Structure {
        let all = self.clone();
        Structure::new(all.bodies, all.links, all.posts, all.tenures)
    }

    /// A part as `who role`; a post's part is a part of its body too.
    pub(crate) fn part(&self, text: &str) -> Part {
        let (who, role) = text.rsplit_once(' ').unwrap();
        let (body, post) = match self.owner(who) {
            Owner::Body(id) => (id, None),
            Owner::Post(id) => {
                let body = self.posts.iter().find(|p| p.id == id).unwrap().body;
                (body, Some(id))
            }
        };
        Part {
            body,
            post,
            role: parse(role),
        }
    }

    /// An act entered on the day on which it happened, without fields.
    pub(crate) fn act(&self, n: usize, kind: &str, on: &str, parts: &[&str]) -> Act {
        let on = day(on);
        Act {
            id: act_id(n),
            home: home(),
            kind: parse(kind),
            occurred_on: on,
            period: None,
            form: None,
            version: 1,
            withdrawn: false,
            fields: BTreeMap::new(),
            parts: parts.iter().map(|p| self.part(p)).collect(),
            events: vec![ActEvent {
                step: ActStep::Record,
                entered_on: on,
                answer_by: None,
            }],
        }
    }
}

/// Attributes of a span: `["sector=coal", "regulator"]`, a name alone is a flag.
pub(crate) fn attrs(all: &[&str]) -> Attrs {
    let value = |text: &str| match text.split_once('=') {
        Some((name, value)) => (name.to_owned(), AttrValue::Text(value.to_owned())),
        None => (text.to_owned(), AttrValue::Flag(true)),
    };
    all.iter().map(|text| value(text)).collect()
}

/// A pack applied from a day, followed from the same day.
pub(crate) fn applied(pack: Pack, from: NaiveDate, choices: Choices) -> (Arc<PackUse>, Arc<Pack>) {
    let in_use = PackUse {
        id: PackUseId::new(Uuid::from_u128(u128::from(pack.version))),
        home: home(),
        pack: pack.id.clone(),
        version: pack.version,
        from_on: from,
        to_on: None,
        followed_from_on: from,
        choices,
    };
    (Arc::new(in_use), Arc::new(pack))
}
