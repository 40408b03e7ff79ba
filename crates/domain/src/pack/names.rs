//! The names of a pack: what is declared, what used packs lend, and references to neither.

use std::collections::BTreeMap;

use super::decode::cut;
use super::describe::{Names, Ty, joined};
use super::model::Pack;
use super::node::{Node, Val};
use super::problem::{Place, Sink, Spot};
use crate::body::AttrValue;

/// Every name that the pack can refer to.
pub(super) struct NameTable<'a> {
    own: BTreeMap<(Names, &'a str), Place>,
    /// Names of packs that `uses` lists, with the pack.
    lent: BTreeMap<(Names, &'a str), &'a str>,
    /// Names of packs that were given but are not listed in `uses`.
    aside: BTreeMap<(Names, &'a str), &'a str>,
    packs: Vec<&'a str>,
}

/// The id of a clause: its own, else its number, else `preamble`.
pub(super) fn clause_id(node: &Node) -> Option<&str> {
    let number = node
        .text("number")
        .map(|n| if n.is_empty() { "preamble" } else { n });
    node.text("id").or(number)
}

fn id_of(node: &Node) -> Option<&str> {
    if node.spec.key == "clause" {
        clause_id(node)
    } else {
        node.text("id")
    }
}

const KINDS: [Names; 9] = [
    Names::Clause,
    Names::Sector,
    Names::List,
    Names::Form,
    Names::Values,
    Names::Act,
    Names::Post,
    Names::Occasion,
    Names::Element,
];

impl<'a> NameTable<'a> {
    /// Collects what the nodes declare and what the given packs lend.
    pub(super) fn new(nodes: &'a [Node], uses: &[Spot<String>], given: &[&'a Pack]) -> Self {
        let mut own = BTreeMap::new();
        for node in nodes {
            let Some(id) = id_of(node) else { continue };
            for kind in KINDS {
                if kind.declared_by().contains(&node.spec.key) {
                    own.entry((kind, id)).or_insert_with(|| id_place(node));
                }
            }
        }
        let (mut lent, mut aside) = (BTreeMap::new(), BTreeMap::new());
        for pack in given {
            let used = uses.iter().any(|u| u.value == pack.id.as_str());
            let names = if used { &mut lent } else { &mut aside };
            for (kind, id) in words_of(pack) {
                names.entry((kind, id)).or_insert(pack.id.as_str());
            }
        }
        Self {
            own,
            lent,
            aside,
            packs: given.iter().map(|p| p.id.as_str()).collect(),
        }
    }

    /// Whether a name is declared here or lent.
    pub(super) fn knows(&self, kind: Names, id: &str) -> bool {
        match kind {
            Names::Pack => self.packs.contains(&id),
            _ => self.own.contains_key(&(kind, id)) || self.lent.contains_key(&(kind, id)),
        }
    }

    fn words(&self, kind: Names) -> impl Iterator<Item = &'a str> {
        let named = self.own.keys().chain(self.lent.keys());
        let packs = self
            .packs
            .iter()
            .copied()
            .filter(move |_| kind == Names::Pack);
        named
            .filter(move |(k, _)| *k == kind)
            .map(|(_, id)| *id)
            .chain(packs)
    }
}

fn words_of(pack: &Pack) -> impl Iterator<Item = (Names, &str)> {
    let sectors = pack.sectors.iter().map(|s| (Names::Sector, s.id.as_str()));
    let lists = pack.lists.iter().map(|l| (Names::List, l.id.as_str()));
    let values = pack.values.iter().map(|v| (Names::Values, v.id.as_str()));
    let acts = pack.acts.iter().map(|a| (Names::Act, a.id.as_str()));
    let posts = pack.posts.iter().map(|p| (Names::Post, p.id.as_str()));
    let occasions = pack
        .occasions
        .iter()
        .map(|o| (Names::Occasion, o.id.as_str()));
    sectors
        .chain(lists)
        .chain(values)
        .chain(acts)
        .chain(posts)
        .chain(occasions)
}

fn id_place(node: &Node) -> Place {
    if node.get("id").is_some() || node.spec.key != "clause" {
        node.place_of("id")
    } else {
        node.place_of("number")
    }
}

/// Two elements of one kind with one id; duties and tasks are one kind. A clause number that the
/// notice itself repeats is only a warning.
pub(super) fn duplicates(nodes: &[Node], sink: &mut Sink<'_>) {
    let mut seen: BTreeMap<(&str, &str), &Node> = BTreeMap::new();
    for node in nodes {
        let Some(id) = id_of(node) else { continue };
        let kind = if node.spec.key == "task" {
            "duty"
        } else {
            node.spec.key
        };
        let Some(first) = seen.get(&(kind, id)) else {
            seen.insert((kind, id), node);
            continue;
        };
        let (here, there) = (id_place(node), id_place(first));
        if kind == "clause" && node.get("id").is_none() && first.get("id").is_none() {
            let also = sink.sources.get(there.file).map_or((0, ""), |source| {
                (source.line_column(there.start).0, source.path)
            });
            let message = format!(
                "条款编号“{}”在 {} 第 {} 行已有；引用时取前一处，请另起 id",
                cut(id),
                also.1,
                also.0
            );
            sink.warn("pack.repeated-number", here, message)
                .allow("id = \"…\"");
        } else {
            let message = format!("{}的 id“{}”重复", node.spec.title, cut(id));
            sink.collision("pack.duplicate-id", here, there, &message);
        }
    }
}

/// Words that hide those of a used pack: then a reference would have two meanings.
pub(super) fn shadows(nodes: &[Node], names: &NameTable<'_>, sink: &mut Sink<'_>) {
    for node in nodes {
        let Some(id) = node.text("id") else { continue };
        for kind in [
            Names::Act,
            Names::Post,
            Names::Values,
            Names::List,
            Names::Occasion,
        ] {
            if !kind.declared_by().contains(&node.spec.key) {
                continue;
            }
            if let Some(pack) = names.lent.get(&(kind, id)) {
                let message = format!("{}“{id}”与制度包 {pack} 的重名", kind.title());
                sink.error("pack.shadowed", node.place_of("id"), message)
                    .allow("另一个 id，或直接使用该包的");
            }
        }
    }
}

/// Every reference of a node to a name that nobody declares.
pub(super) fn dangling(node: &Node, names: &NameTable<'_>, sink: &mut Sink<'_>) {
    for (name, spot) in node.fields() {
        let Some(field) = node.spec.field(name) else {
            continue;
        };
        match (&spot.value, field.ty) {
            (Val::Text(id), Ty::Ref(kind)) => check(kind, id, spot.place, names, sink),
            (Val::Texts(ids), Ty::Refs(kind)) => {
                for id in ids {
                    check(kind, &id.value, id.place, names, sink);
                }
            }
            (Val::Table(inner), _) => dangling(inner, names, sink),
            (Val::Tables(inner), _) => inner.iter().for_each(|n| dangling(n, names, sink)),
            (Val::Attrs(attrs), _) => {
                for (attr, value) in attrs {
                    if let AttrValue::Text(sector) = value {
                        check(Names::Sector, sector, attr.place, names, sink);
                    }
                }
            }
            _ => {}
        }
    }
}

fn check(kind: Names, id: &str, place: Place, names: &NameTable<'_>, sink: &mut Sink<'_>) {
    if names.knows(kind, id) {
        return;
    }
    let code = match kind {
        Names::Clause => "pack.unknown-clause",
        Names::Pack => "pack.unknown-pack",
        _ => "pack.unknown-reference",
    };
    if let Some(pack) = names.aside.get(&(kind, id)) {
        let message = format!(
            "{}“{}”在制度包 {pack} 里，但没有引用该包",
            kind.title(),
            cut(id)
        );
        sink.error(code, place, message)
            .allow(&format!("在 scheme.toml 的 uses 里加上 \"{pack}\""));
        return;
    }
    let message = format!("没有“{}”这个{}", cut(id), kind.title());
    let problem = sink.error(code, place, message);
    problem.near(id, names.words(kind));
    if kind == Names::Clause {
        problem.allow("[[clause]] 里已有的编号或 id");
    } else {
        problem.allow(&joined(names.words(kind)));
    }
}
