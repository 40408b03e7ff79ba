//! No circles of files: whoever reads a file reads those below it, and never comes back to it.
//!
//! The grain is the file. A noun's folder holds both what others stand on (its words, what is read
//! of it) and what stands on others (its page: a body's shows acts, duties and posts), so folders
//! as wholes need each other where their files do not.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::sources::without_tests;
use super::{Finding, Tree};

/// The crates that are held to it.
const CRATES: [&str; 2] = ["app", "store"];

/// Arrows that close a circle and are known to: from which file to which, and why it still stands.
/// It only shrinks: an arrow that closes none any more is found.
const KNOWN: &[(&str, &str, &str)] = &[];

/// A module by its path from the root of its crate, which is the empty one.
type Module = Vec<String>;
/// Which files each file needs, by path.
type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Finds files that need themselves by way of others.
pub(super) fn files_go_in_no_circle(tree: &Tree) -> Vec<Finding> {
    found(tree, KNOWN)
}

fn found(tree: &Tree, known: &[(&str, &str, &str)]) -> Vec<Finding> {
    let mut found = Vec::new();
    for name in CRATES {
        let all = Crate::of(tree, name).arrows();
        let mut left = all.clone();
        for (from, to, _) in known {
            if let Some(needs) = left.get_mut(*from) {
                needs.remove(*to);
            }
        }
        found.extend(circles(&left).into_iter().map(|circle| {
            let first = circle.first().cloned().unwrap_or_default();
            let says = format!(
                "needs itself: {}; what both need belongs into a file below them",
                circle.join(" → ")
            );
            Finding::of(&first, says)
        }));
        let src = format!("crates/{name}/src/");
        for (from, to, _) in known.iter().filter(|(from, ..)| from.starts_with(&src)) {
            let stands = all.get(*from).is_some_and(|needs| needs.contains(*to));
            if !stands || way(&all, to, from).is_none() {
                let says = format!("the arrow to {to} closes no circle; take it off the list");
                found.push(Finding::of(from, says));
            }
        }
    }
    found
}

/// One circle, a shortest one, for each set of files that need each other.
fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    let mut left = arrows.clone();
    let mut out = Vec::new();
    while let Some(circle) = shortest(&left) {
        // Whoever is named once is not named again: one thing to mend, then the next run.
        left.retain(|file, _| !circle.contains(file));
        out.push(circle);
    }
    out
}

fn shortest(arrows: &Arrows) -> Option<Vec<String>> {
    let closed = arrows.iter().flat_map(|(from, needs)| {
        needs.iter().filter_map(|to| {
            let mut circle = way(arrows, to, from)?;
            circle.insert(0, from.clone());
            Some(circle)
        })
    });
    closed.min_by_key(Vec::len)
}

/// The shortest way from a file to another, both named.
fn way(arrows: &Arrows, from: &str, to: &str) -> Option<Vec<String>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut next = VecDeque::from([from]);
    let mut seen = BTreeSet::from([from]);
    while let Some(here) = next.pop_front() {
        if here == to {
            let mut way = vec![here.to_owned()];
            let mut at = here;
            while let Some(earlier) = before.get(at) {
                at = earlier;
                way.insert(0, at.to_owned());
            }
            return Some(way);
        }
        for needed in arrows.get(here).into_iter().flatten() {
            if arrows.contains_key(needed) && seen.insert(needed) {
                before.insert(needed, here);
                next.push_back(needed);
            }
        }
    }
    None
}

/// A path as code writes it, and whether it is handed on (`pub use`) instead of needed here.
struct Named {
    path: Vec<String>,
    handed_on: bool,
}

/// The modules of a crate with what each names.
struct Crate {
    files: BTreeMap<Module, (String, Vec<Named>)>,
}

impl Crate {
    fn of(tree: &Tree, name: &str) -> Self {
        let src = format!("crates/{name}/src/");
        let files = tree.sources().filter_map(|(path, text)| {
            let below = path.strip_prefix(&src)?.strip_suffix(".rs")?;
            let mut module: Module = below.split('/').map(str::to_owned).collect();
            module.pop_if(|last| last == "mod" || last == "lib");
            if module.last().is_some_and(|last| last == "tests") {
                return None;
            }
            Some((module, (path.to_owned(), named(without_tests(text)))))
        });
        Self {
            files: files.collect(),
        }
    }

    fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (module, (path, names)) in &self.files {
            // The root only says what there is.
            if module.is_empty() {
                continue;
            }
            let needed = names.iter().filter(|name| !name.handed_on);
            let needed = needed.filter_map(|name| self.home_of(module, &name.path, 0));
            let needed = needed.filter(|home| home != module && !home.is_empty());
            let needed = needed.filter_map(|home| Some(self.files.get(&home)?.0.clone()));
            arrows.insert(path.clone(), needed.collect());
        }
        arrows
    }

    /// The module in which a name stands that is asked for in another; through what is handed on,
    /// to where it is written.
    fn home_of(&self, module: &Module, path: &[String], depth: usize) -> Option<Module> {
        const HANDS_MAX: usize = 8;
        let (mut here, mut rest) = self.begins(module, path)?;
        while let Some((name, behind)) = rest.split_first() {
            let mut below = here.clone();
            below.push(name.clone());
            if self.files.contains_key(&below) {
                (here, rest) = (below, behind);
                continue;
            }
            let (_, names) = self.files.get(&here)?;
            let handed = names
                .iter()
                .find(|n| n.handed_on && n.path.last() == Some(name) && n.path.len() > 1);
            if let Some(handed) = handed.filter(|_| depth < HANDS_MAX) {
                return self.home_of(&here, &handed.path, depth + 1);
            }
            break;
        }
        Some(here)
    }

    /// Where a path begins to be looked up, and what is left of it; nothing where it leads out of
    /// the crate.
    fn begins<'a>(&self, module: &Module, path: &'a [String]) -> Option<(Module, &'a [String])> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some((Module::new(), rest)),
            "self" => Some((module.clone(), rest)),
            "super" => {
                let ups = path.iter().take_while(|name| *name == "super").count();
                let kept = module.len().checked_sub(ups)?;
                Some((module.get(..kept)?.to_vec(), path.get(ups..)?))
            }
            _ => {
                let mut below = module.clone();
                below.push(first.clone());
                self.files.contains_key(&below).then_some((below, rest))
            }
        }
    }
}

/// What a source names by a path, without what stands in comments and texts.
fn named(text: &str) -> Vec<Named> {
    let words = words(text);
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let before = at.checked_sub(1).and_then(|i| words.get(i));
        let before = before.map_or("", String::as_str);
        if word == "use" {
            let end = words.iter().skip(at).position(|w| w == ";");
            let end = end.map_or(words.len(), |length| at + length);
            let handed_on = before == "pub" || before == ")";
            let tree = words.get(at + 1..end).unwrap_or_default();
            let paths = branches(tree).into_iter();
            out.extend(paths.map(|path| Named { path, handed_on }));
            at = end;
        } else if is_name(word) && before != "::" && words.get(at + 1).is_some_and(|w| w == "::") {
            let path: Vec<String> = words[at..]
                .chunks(2)
                .take_while(|pair| pair.first().is_some_and(|w| is_name(w)))
                .scan(true, |goes_on, pair| {
                    let here = *goes_on;
                    *goes_on = pair.get(1).is_some_and(|w| w == "::");
                    here.then(|| pair[0].clone())
                })
                .collect();
            at += path.len() * 2 - 1;
            out.push(Named {
                path,
                handed_on: false,
            });
            continue;
        }
        at += 1;
    }
    out
}

/// The paths of the tree behind a `use`.
fn branches(tree: &[String]) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    branch(tree, &mut 0, &[], &mut out);
    out
}

/// Reads one branch of a tree, up to the sign behind it.
fn branch(tree: &[String], at: &mut usize, stem: &[String], out: &mut Vec<Vec<String>>) {
    let mut path = stem.to_vec();
    while let Some(word) = tree.get(*at) {
        match word.as_str() {
            "," | "}" => break,
            "{" => {
                *at += 1;
                while tree.get(*at).is_some_and(|word| word != "}") {
                    branch(tree, at, &path, out);
                    *at += usize::from(tree.get(*at).is_some_and(|word| word == ","));
                }
                *at += 1;
                return;
            }
            // Under whatever name.
            "as" => *at += 2,
            "::" => *at += 1,
            name => {
                path.push(name.to_owned());
                *at += 1;
            }
        }
    }
    if path.len() > 1 {
        // `{self, …}` is the stem itself.
        path.pop_if(|last| last == "self");
    }
    out.push(path);
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single signs; comments, texts and characters are left out.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            out.push("::".to_owned());
            2
        } else if let Some(length) = quoted(rest) {
            length
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
            let end = end.unwrap_or(rest.len());
            out.push(rest[..end].to_owned());
            end
        } else {
            if !c.is_whitespace() {
                out.push(c.to_string());
            }
            c.len_utf8()
        };
        rest = &rest[taken..];
    }
    out
}

/// The length of a text or a character at the beginning, in bytes.
fn quoted(text: &str) -> Option<usize> {
    if let Some(raw) = text.strip_prefix("r#\"") {
        return Some(raw.find("\"#").map_or(text.len(), |end| end + 5));
    }
    let mut signs = text.char_indices();
    match signs.next()?.1 {
        '"' => {
            let mut escaped = false;
            for (at, c) in signs {
                match c {
                    '"' if !escaped => return Some(at + 1),
                    '\\' => escaped = !escaped,
                    _ => escaped = false,
                }
            }
            Some(text.len())
        }
        // A character, not a lifetime: its end stands one sign, or an escape, further on.
        '\'' if text[1..].starts_with('\\') => text[2..].find('\'').map(|end| end + 3),
        '\'' => {
            let (at, _) = signs.nth(1)?;
            text[at..].starts_with('\'').then_some(at + 1)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(files: &[(&str, &str)], known: &[(&str, &str, &str)]) -> Vec<String> {
        let tree = Tree::of_texts(files);
        found(&tree, known)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    const ACT: &str = "crates/app/src/act/mod.rs";
    const LIST: &str = "crates/app/src/act/list.rs";
    const SHOW: &str = "crates/app/src/act/show.rs";

    #[test]
    fn two_files_that_need_each_other_are_found_with_the_way_around() {
        let found = says(
            &[
                (LIST, "use super::show::{Page, part::{name, other as o}};\n"),
                (SHOW, "fn page() -> crate::act::list::Line {}\n"),
                (ACT, "mod list;\nmod show;\npub use show::Page;\n"),
            ],
            &[],
        );
        let expected = format!(
            "{LIST}: needs itself: {LIST} → {SHOW} → {LIST}; what both need belongs into a file \
             below them"
        );
        assert_eq!(found, [expected]);
    }

    #[test]
    fn what_is_handed_on_is_needed_where_it_is_written() {
        let others = [
            (
                ACT,
                "mod list;\nmod show;\npub(crate) use self::show::{Page};\n",
            ),
            (LIST, "use super::Page;\n"),
        ];
        let [act, list] = others;
        // The folder only hands on, so that nothing goes around by way of it.
        assert!(says(&[act, list, (SHOW, "fn page() {}\n")], &[]).is_empty());
        let found = says(
            &[act, list, (SHOW, "fn page() { super::list::line() }\n")],
            &[],
        );
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(&format!("{LIST} → {SHOW}")), "{found:?}");
    }

    #[test]
    fn comments_texts_and_tests_need_nothing() {
        let show = "// crate::act::list\nconst A: (&str, char) = (\"crate::act::list\", '\"');\n\
                    const B: char = '\\'';\n#[cfg(test)]\nmod tests {\n    use super::super::list;\n}\n";
        let files = [(ACT, ""), (LIST, "use super::show;\n"), (SHOW, show)];
        assert!(says(&files, &[]).is_empty());
    }

    #[test]
    fn a_known_arrow_is_let_pass_as_long_as_it_closes_a_circle() {
        let (list, show) = ((LIST, "use super::show;\n"), (SHOW, "use super::list;\n"));
        let known = [(SHOW, LIST, "until the words move")];
        assert!(says(&[(ACT, ""), list, show], &known).is_empty());
        let found = says(&[(ACT, ""), (LIST, ""), show], &known);
        let expected =
            format!("{SHOW}: the arrow to {LIST} closes no circle; take it off the list");
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_folder_that_writes_something_down_itself_can_stand_in_a_circle() {
        let act = "mod list;\nfn line() { list::first() }\npub const MAX: usize = 1;\n";
        let found = says(&[(ACT, act), (LIST, "use super::MAX;\n")], &[]);
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
