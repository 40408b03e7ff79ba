//! The files of a checkout as the rules see them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{Outcome, Trouble, house};

/// Folders that hold what is built, where git cannot say so.
const BUILT: [&str; 3] = ["target", "node_modules", ".git"];

/// The files of a checkout, by path from its root; a file that is not text has none.
#[derive(Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, Option<String>>,
}

impl Tree {
    /// Reads what git tracks or would track; without git, every file that is not built.
    pub fn of_checkout(root: &Path) -> Outcome<Self> {
        let mut git = Command::new("git");
        git.current_dir(root);
        git.args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]);
        let mut paths = Vec::new();
        if house::program("git").is_some() && root.join(".git").exists() {
            let listed = house::output(&mut git)?;
            paths.extend(
                listed
                    .split('\0')
                    .filter(|path| !path.is_empty())
                    .map(str::to_owned),
            );
        } else {
            walk(root, root, &mut paths)?;
        }
        let mut files = BTreeMap::new();
        for path in paths {
            // A file that is tracked but deleted in the work tree is not there to be judged.
            if let Ok(bytes) = fs::read(root.join(&path)) {
                files.insert(path, String::from_utf8(bytes).ok());
            }
        }
        Ok(Self { files })
    }

    /// Makes a tree from paths and texts, to try rules on.
    pub fn of_texts(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned())));
        Self {
            files: files.collect(),
        }
    }

    /// Gives every path.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Gives every text with its path.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter_map(|(path, text)| Some((path.as_str(), text.as_deref()?)))
    }

    /// Gives the text at a path.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path)?.as_deref()
    }

    /// Tells whether a file or a folder stands at a path.
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        let below = format!("{path}/");
        self.files.contains_key(path)
            || self
                .files
                .range(below.clone()..)
                .next()
                .is_some_and(|(p, _)| p.starts_with(&below))
    }

    /// Gives every Rust source with its path.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts().filter(|(path, _)| has_extension(path, "rs"))
    }
}

/// Tells whether a path ends in an extension.
pub(super) fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|found| found == extension)
}

fn walk(root: &Path, dir: &Path, paths: &mut Vec<String>) -> Outcome {
    let entries = fs::read_dir(dir).map_err(|e| Trouble::during("reading a folder", e))?;
    for entry in entries {
        let path = entry
            .map_err(|e| Trouble::during("reading a folder", e))?
            .path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            if !BUILT.contains(&name) {
                walk(root, &path, paths)?;
            }
        } else if let Some(relative) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            paths.push(relative.to_owned());
        }
    }
    Ok(())
}
