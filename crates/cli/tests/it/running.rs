//! Runs the binary, and builds the demo once for all stories.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

/// What a run said, and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    /// Data.
    pub(crate) out: String,
    /// Talk.
    pub(crate) err: String,
}

impl Ran {
    /// Ends well, or the story fails with what was said.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// Ends with this code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    /// The lines of data as JSON.
    #[track_caller]
    pub(crate) fn values(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).expect(line))
            .collect()
    }

    /// The only line of data as JSON.
    #[track_caller]
    pub(crate) fn value(&self) -> Value {
        let mut all = self.values();
        assert_eq!(all.len(), 1, "{self:?}");
        all.remove(0)
    }
}

/// Runs the binary in the repository's root, away from the settings of whoever runs the tests.
pub(crate) fn bihuan(arguments: &[&str]) -> Ran {
    bihuan_with(arguments, &[])
}

/// The same with variables of the environment.
pub(crate) fn bihuan_with(arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bihuan"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BIHUAN_")) {
        command.env_remove(name);
    }
    command
        .env("USER", "operator")
        .envs(variables.iter().copied());
    let ran = command
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    Ran {
        code: ran.status.code().unwrap_or(-1),
        out: String::from_utf8(ran.stdout).unwrap(),
        err: String::from_utf8(ran.stderr).unwrap(),
    }
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// The folder of the demo, built once for a binary: by whichever process comes first, for each
/// story may run in a process of its own.
pub(crate) fn demo() -> &'static Path {
    static BUILT: LazyLock<PathBuf> = LazyLock::new(|| {
        let beside = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let gate = File::create(beside.join("demo.lock")).unwrap();
        gate.lock().unwrap();
        let name = format!("demo-{}", binary_mark());
        let dir = beside.join(&name);
        let whole = beside.join(format!("{name}.whole"));
        if !whole.exists() {
            build(&name);
            File::create(whole).unwrap();
        }
        dir
    });
    &BUILT
}

/// Tells one build of the binary from another.
fn binary_mark() -> String {
    let about = std::fs::metadata(env!("CARGO_BIN_EXE_bihuan")).unwrap();
    let changed = about.modified().unwrap();
    let since = changed.duration_since(std::time::UNIX_EPOCH).unwrap();
    format!("{}-{}", since.as_nanos(), about.len())
}

/// Builds the demo in a folder of that name beside the binaries.
pub(crate) fn build(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if dir.exists() {
        std::fs::remove_dir_all(&dir).unwrap();
    }
    bihuan(&["--data", dir.to_str().unwrap(), "demo", "--build-only"]).ok();
    dir
}

/// A copy of the demo that a story may write to.
pub(crate) struct Copied(TempDir);

impl Copied {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(demo()).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                std::fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
            }
        }
        Self(dir)
    }

    /// Runs the binary on the copy.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let mut all = vec!["--data", self.0.path().to_str().unwrap()];
        all.extend(arguments);
        bihuan(&all)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Runs the binary on the demo itself; only for commands that read.
pub(crate) fn in_demo(arguments: &[&str]) -> Ran {
    let mut all = vec!["--data", demo().to_str().unwrap()];
    all.extend(arguments);
    bihuan(&all)
}

/// Every row of the list of duties, page after page, with the parts of its key beside it.
pub(crate) fn duties(run: impl Fn(&[&str]) -> Ran, asked: &[&str]) -> Vec<Value> {
    let mut all = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let mut arguments = vec!["--json", "duty", "list", "--size", "300"];
        arguments.extend(asked);
        arguments.extend(next.iter().flat_map(|key| ["--page", key.as_str()]));
        let page = run(&arguments).ok().value();
        let rows = page["duties"].as_array().cloned().unwrap_or_default();
        all.extend(rows.into_iter().map(|mut row| {
            let key = row["key"].as_str().unwrap_or_default().to_owned();
            let names = ["pack", "duty", "owner", "period"];
            for (name, part) in names.into_iter().zip(key.split('/')) {
                row[name] = part.into();
            }
            row["state"] = row["standing"]["state"].clone();
            row
        }));
        next = page["next"].as_str().map(str::to_owned);
        if next.is_none() {
            return all;
        }
    }
}
