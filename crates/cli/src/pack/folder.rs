//! Packs as folders of files, with the vocabulary that they use.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::pack::{
    FILE_BYTES_MAX, FILES_MAX, Pack, PackFile, Problem, Reading, SCHEME_FILE, read_all,
};

use super::shipped::shipped;
use crate::outcome::{Fail, Outcome};

/// A folder with a pack's files.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    /// As it was given.
    pub path: PathBuf,
    /// Its files.
    pub files: Vec<PackFile>,
}

/// A pack as read from a folder.
#[derive(Debug)]
pub(crate) struct Given {
    /// Where it stands.
    pub folder: Folder,
    /// The pack; `None` as soon as there is one error.
    pub pack: Option<Pack>,
    /// Errors and warnings.
    pub problems: Vec<Problem>,
}

impl Folder {
    /// Reads the files of a folder, or one file as a pack of its own. `None` for a file that is
    /// no part of a pack, such as a README beside the packs.
    pub(crate) fn open(path: &Path) -> Outcome<Option<Self>> {
        if path.is_dir() {
            let mut paths = Vec::new();
            for entry in std::fs::read_dir(path).map_err(|why| unreadable(path, &why))? {
                paths.push(entry.map_err(|why| unreadable(path, &why))?.path());
            }
            paths.retain(|p| p.is_file() && is_toml(p));
            if paths.len() > FILES_MAX {
                let message = format!(
                    "“{}”里有 {} 个 TOML 文件，一个制度包最多 {FILES_MAX} 个",
                    path.display(),
                    paths.len()
                );
                return Err(Fail::usage(message).hint("请确认这是一个制度包的文件夹。"));
            }
            paths.sort();
            let files = paths.iter().map(|p| read(p)).collect::<Outcome<Vec<_>>>()?;
            return Ok(Some(Self {
                path: path.to_owned(),
                files,
            }));
        }
        if !path.exists() {
            return Err(Fail::usage(format!("没有找到“{}”", path.display()))
                .hint("请给出制度包所在的文件夹，例如 schemes/zezhou-2026-committees。"));
        }
        if !is_toml(path) {
            return Ok(None);
        }
        let mut file = read(path)?;
        // A single file is the head of its pack, whatever its name is.
        file.path = path.with_file_name(SCHEME_FILE).display().to_string();
        Ok(Some(Self {
            path: path.to_owned(),
            files: vec![file],
        }))
    }

    /// Its files by their names alone, as a pack is kept.
    pub(crate) fn named(&self) -> Vec<PackFile> {
        let named = |file: &PackFile| PackFile {
            path: match Path::new(&file.path).file_name() {
                Some(name) => name.to_string_lossy().into_owned(),
                None => file.path.clone(),
            },
            text: file.text.clone(),
        };
        self.files.iter().map(named).collect()
    }

    /// The pack's id as its `scheme.toml` says it, or the folder's name.
    pub(crate) fn id(&self) -> String {
        self.path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "toml")
}

fn read(path: &Path) -> Outcome<PackFile> {
    Ok(PackFile {
        path: path.display().to_string(),
        text: crate::bounded::text(path, FILE_BYTES_MAX)?,
    })
}

fn unreadable(path: &Path, why: &std::io::Error) -> Fail {
    Fail::unavailable(format!("读不出“{}”：{why}", path.display()))
}

/// Reads packs in the order given. A vocabulary pack that one of them uses is looked for among
/// them, beside the pack's folder, and among those that ship.
pub(crate) fn read_given(paths: &[PathBuf]) -> Outcome<Vec<Given>> {
    let mut folders = Vec::new();
    for path in paths {
        folders.extend(Folder::open(path)?);
    }
    if folders.is_empty() {
        return Err(
            Fail::usage("给出的路径里没有制度包").hint("制度包是一个含 scheme.toml 的文件夹。")
        );
    }
    let mut words = Words::default();
    for folder in &folders {
        words.offer(&folder.id(), &folder.files);
    }
    let mut out = Vec::new();
    for folder in folders {
        let reading = words.read(&folder);
        out.push(Given {
            folder,
            pack: reading.pack,
            problems: reading.problems,
        });
    }
    Ok(out)
}

/// The packs whose words a pack uses, as its `scheme.toml` names them; the checker says what is
/// wrong with them.
fn uses(files: &[PackFile]) -> Vec<String> {
    let head = files.iter().find(|f| f.path.ends_with(SCHEME_FILE));
    let table = head.and_then(|f| f.text.parse::<toml::Table>().ok());
    let listed = table.and_then(|t| t.get("uses").and_then(|u| u.as_array().cloned()));
    listed
        .unwrap_or_default()
        .iter()
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect()
}

/// Packs that others use, read once.
#[derive(Default)]
struct Words {
    offered: BTreeMap<String, Vec<PackFile>>,
    ready: BTreeMap<String, Option<Pack>>,
}

impl Words {
    fn offer(&mut self, id: &str, files: &[PackFile]) {
        self.offered.insert(id.to_owned(), files.to_vec());
    }

    fn read(&mut self, folder: &Folder) -> Reading {
        let beside = folder
            .path
            .canonicalize()
            .ok()
            .and_then(|p| p.parent().map(Path::to_owned));
        let used: Vec<String> = uses(&folder.files);
        for id in &used {
            if !self.ready.contains_key(id) {
                let pack = self.find(id, beside.as_deref());
                self.ready.insert(id.clone(), pack);
            }
        }
        let refs: Vec<&Pack> = used
            .iter()
            .filter_map(|id| self.ready.get(id))
            .flatten()
            .collect();
        read_all(&folder.files, &refs)
    }

    fn find(&self, id: &str, beside: Option<&Path>) -> Option<Pack> {
        let neighbour = || {
            Folder::open(&beside?.join(id))
                .ok()
                .flatten()
                .map(|f| f.files)
        };
        let files = self
            .offered
            .get(id)
            .cloned()
            .or_else(neighbour)
            .or_else(|| shipped(id))?;
        read_all(&files, &[]).pack
    }
}
