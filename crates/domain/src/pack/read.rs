//! Reading a pack: files in, a pack and every problem out.

use super::convert::{self, Cx};
use super::declare;
use super::decode::Decoder;
use super::model::{Pack, PackKind};
use super::names::{self, NameTable};
use super::node::Node;
use super::problem::{Place, Problem, Problems, Severity, Sink, Source};
use super::syntax;

/// The file that every pack has.
pub const SCHEME_FILE: &str = "scheme.toml";
/// Largest file of a pack, in bytes.
pub const FILE_BYTES_MAX: usize = 1 << 20;
/// Most files of a pack.
pub const FILES_MAX: usize = 64;
/// Most elements of a pack.
pub const ELEMENTS_MAX: usize = 5_000;

/// One file of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFile {
    /// Its path, as problems name it; only the last part decides the order.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl PackFile {
    fn name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path)
    }

    fn is_toml(&self) -> bool {
        self.name().strip_suffix(".toml").is_some()
    }
}

/// What came out of reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The pack; `None` as soon as there is one error.
    pub pack: Option<Pack>,
    /// Errors and warnings in the order of files and places.
    pub problems: Vec<Problem>,
}

/// Reads a pack that must be free of errors; `used` are the packs that its `uses` may name.
///
/// # Errors
/// Every problem at once, warnings too, when one of them is an error.
pub fn read(files: &[PackFile], used: &[&Pack]) -> Result<Pack, Problems> {
    let Reading { pack, problems } = read_all(files, used);
    pack.ok_or(Problems(problems))
}

/// Reads a pack and says everything that is wrong or odd in it, in one run.
pub fn read_all(files: &[PackFile], used: &[&Pack]) -> Reading {
    let mut order: Vec<&PackFile> = files.iter().filter(|f| f.is_toml()).collect();
    order.sort_by_key(|f| (f.name() != SCHEME_FILE, f.name().to_owned()));
    // What is too large is not even looked at; the limits come first.
    let size = |f: &PackFile| {
        if f.text.len() > FILE_BYTES_MAX {
            ""
        } else {
            f.text.as_str()
        }
        .len()
    };
    let sources: Vec<Source<'_>> = order
        .iter()
        .map(|f| Source::new(&f.path, f.text.get(..size(f)).unwrap_or_default()))
        .collect();
    let mut sink = Sink::new(&sources);
    let pack = if within_limits(&order, &mut sink) {
        build(&order, used, &mut sink)
    } else {
        None
    };
    let pack = if sink.has_errors() { None } else { pack };
    Reading {
        pack,
        problems: sink.finish(),
    }
}

fn within_limits(files: &[&PackFile], sink: &mut Sink<'_>) -> bool {
    let nowhere = Place {
        file: usize::MAX,
        start: 0,
        end: 0,
    };
    if files.len() > FILES_MAX {
        let message = format!("制度包有 {} 个文件，最多 {FILES_MAX} 个", files.len());
        sink.error("pack.too-many-files", nowhere, message);
    }
    for (index, file) in files.iter().enumerate() {
        if file.text.len() > FILE_BYTES_MAX {
            let message = format!(
                "文件有 {} 个字节，最多 {FILE_BYTES_MAX} 个；请拆成几个文件",
                file.text.len()
            );
            sink.error(
                "pack.file-too-large",
                Place {
                    file: index,
                    start: 0,
                    end: 0,
                },
                message,
            );
        }
    }
    match files.iter().filter(|f| f.name() == SCHEME_FILE).count() {
        0 => {
            sink.error("pack.no-scheme", nowhere, "制度包里没有 scheme.toml")
                .allow("一个 scheme.toml，写明 id、version、title、short、effect");
        }
        1 => {}
        n => {
            sink.error(
                "pack.no-scheme",
                nowhere,
                format!("制度包里有 {n} 个 scheme.toml"),
            )
            .allow("只有一个 scheme.toml");
        }
    }
    !sink.has_errors()
}

fn build(files: &[&PackFile], used: &[&Pack], sink: &mut Sink<'_>) -> Option<Pack> {
    let (head, nodes, broken) = decode_all(files, sink);
    let head = head?;
    if nodes.len() > ELEMENTS_MAX {
        let message = format!("制度包有 {} 个要素，最多 {ELEMENTS_MAX} 个", nodes.len());
        sink.error("pack.too-many", head.place, message);
        return None;
    }
    let table = NameTable::new(&nodes, head.texts("uses"), used);
    names::duplicates(&nodes, sink);
    names::shadows(&nodes, &table, sink);
    // Broken syntax swallows elements: what refers to them is not the mistake.
    if !broken {
        names::dangling(&head, &table, sink);
        for node in &nodes {
            names::dangling(node, &table, sink);
        }
    }
    if head.text("kind") == Some(PackKind::Vocabulary.code()) {
        only_words(&nodes, sink);
    }
    let mut pack = convert::head(&head, sink)?;
    let of = |key: &'static str| nodes.iter().filter(move |n| n.spec.key == key);
    pack.clauses = convert::clauses(of("clause"));
    pack.values = of("values").filter_map(convert::values).collect();
    pack.acts = of("act").filter_map(|n| convert::act(n, sink)).collect();
    let (own_acts, own_values) = (pack.acts.clone(), pack.values.clone());
    let lent: Vec<&Pack> = used
        .iter()
        .copied()
        .filter(|p| pack.uses.contains(&p.id))
        .collect();
    let effect = (pack.effect.from, pack.effect.to);
    let mut cx = Cx {
        sink,
        acts: own_acts
            .iter()
            .chain(lent.iter().flat_map(|p| &p.acts))
            .collect(),
        values: own_values
            .iter()
            .chain(lent.iter().flat_map(|p| &p.values))
            .collect(),
        effect,
    };
    declare::rest(&nodes, &mut pack, &mut cx);
    Some(pack)
}

/// All files as nodes, `scheme.toml` first; whether any file's syntax is broken.
fn decode_all(files: &[&PackFile], sink: &mut Sink<'_>) -> (Option<Node>, Vec<Node>, bool) {
    let (mut head, mut nodes) = (None, Vec::new());
    let (mut any_broken, mut vocabulary) = (false, false);
    for (index, file) in files.iter().enumerate() {
        let (table, broken) = syntax::parse(&file.text, index, sink);
        any_broken |= broken;
        let is_scheme = index == 0;
        if is_scheme {
            vocabulary = table
                .get("kind")
                .and_then(|v| v.get_ref().as_str())
                .is_some_and(|kind| kind == PackKind::Vocabulary.code());
        }
        let mut decoder = Decoder {
            sink,
            file: index,
            vocabulary,
            broken,
        };
        let (found, elements) = decoder.file(&table, is_scheme);
        head = head.or(found);
        nodes.extend(elements);
    }
    (head, nodes, any_broken)
}

/// A vocabulary pack declares words and owes nothing.
fn only_words(nodes: &[Node], sink: &mut Sink<'_>) {
    for node in nodes.iter().filter(|n| !n.spec.is_word) {
        let message = format!("词汇包里不能有{}（{}）", node.spec.title, node.spec.key);
        sink.error("pack.not-a-word", node.place, message)
            .allow("sector、post、list、values、act、occasion");
    }
}

/// Whether a reading found nothing worse than warnings.
pub fn is_sound(problems: &[Problem]) -> bool {
    problems.iter().all(|p| p.severity == Severity::Warning)
}
