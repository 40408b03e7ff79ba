//! `cargo xtask test`: every test of the workspace, with what the machine can offer.
//!
//! Cargo alone is needed. PostgreSQL, Chromium, a disk that may be filled and libfiu are used where
//! they are found; what is left out is said with its reason, and
//! `BIHUAN_REQUIRE=postgres,chromium,tmpfs,libfiu` makes leaving out a failure.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::cluster::{Binaries, Cluster, Durability};
use crate::soak::{Disk, Fiu};
use crate::tidy::Tree;
use crate::{Outcome, Trouble, browser, house};

/// What the machine may lack, as `BIHUAN_REQUIRE` names it.
const POSTGRES: &str = "postgres";
const CHROMIUM: &str = "chromium";
const TMPFS: &str = "tmpfs";
const LIBFIU: &str = "libfiu";
/// All of them.
const KNOWN: [&str; 4] = [POSTGRES, CHROMIUM, TMPFS, LIBFIU];

/// Something that tests want and the machine lacks.
#[derive(Debug, PartialEq, Eq)]
struct LeftOut {
    name: &'static str,
    what: &'static str,
    why: String,
    way_out: &'static str,
}

/// What the tests are given beyond cargo; the cluster lives as long as this value.
#[derive(Debug)]
pub struct Surroundings {
    settings: Vec<(&'static str, OsString)>,
    left_out: Vec<LeftOut>,
    _cluster: Option<Cluster>,
}

impl Surroundings {
    /// Looks for PostgreSQL and Chromium and starts a throw-away cluster.
    pub fn prepare() -> Outcome<Self> {
        let required = required(house::setting("BIHUAN_REQUIRE"))?;
        let mut settings = Vec::new();
        let mut left_out = Vec::new();
        let mut cluster = None;
        if house::setting("BIHUAN_TEST_PG").is_none() {
            match start_cluster() {
                Ok(started) => {
                    settings.push(("BIHUAN_TEST_PG", started.url().into()));
                    cluster = Some(started);
                }
                Err(why) => left_out.push(LeftOut {
                    name: POSTGRES,
                    what: "PostgreSQL: the store and the scenarios run on SQLite alone",
                    why,
                    way_out: "install the package postgresql, or set BIHUAN_TEST_PG to a server",
                }),
            }
        }
        match browser::find() {
            Ok(found) => {
                settings.push(("BIHUAN_TEST_CHROMIUM", found.chromium.into()));
                settings.push(("BIHUAN_TEST_CHROMEDRIVER", found.driver.into()));
            }
            Err(why) => left_out.push(LeftOut {
                name: CHROMIUM,
                what: "Chromium: no browser journeys and no look at accessibility",
                why,
                way_out: "install the packages chromium and chromium-driver",
            }),
        }
        left_out.extend(faults_left_out());
        let surroundings = Self {
            settings,
            left_out,
            _cluster: cluster,
        };
        surroundings.say();
        surroundings.must_have(&required)?;
        Ok(surroundings)
    }

    /// Hands the settings to a command that runs tests.
    pub fn give_to(&self, command: &mut Command) {
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
    }

    fn has_postgres(&self) -> bool {
        self.left_out.iter().all(|out| out.name != POSTGRES)
    }

    fn say(&self) {
        for LeftOut {
            what, why, way_out, ..
        } in &self.left_out
        {
            eprintln!("left out: {what}\n     why: {why}\n way out: {way_out}");
        }
        if self.left_out.is_empty() {
            eprintln!("left out: nothing (PostgreSQL, Chromium, tmpfs and libfiu are here)");
        }
    }

    fn must_have(&self, required: &[&str]) -> Outcome {
        let missing: Vec<&str> = self
            .left_out
            .iter()
            .map(|out| out.name)
            .filter(|n| required.contains(n))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Trouble::new(format!(
            "BIHUAN_REQUIRE asks for {}, which this machine lacks (see above)",
            missing.join(" and ")
        )))
    }
}

/// Runs the tests; `rest` goes to the runner as it is.
pub fn run(root: &Path, rest: &[String]) -> Outcome {
    let surroundings = Surroundings::prepare()?;
    if rest.is_empty() && documents_show_code(root)? {
        // First, so that the closing line below is the one of the whole suite.
        let mut examples = house::cargo(root);
        examples.args(["test", "--workspace", "--doc", "--quiet"]);
        surroundings.give_to(&mut examples);
        house::run(&mut examples)?;
    }
    let again = if rest.is_empty() && surroundings.has_postgres() {
        stories_on_postgres(root, &surroundings)
    } else {
        Ok(())
    };
    let mut runner = runner(root, rest);
    surroundings.give_to(&mut runner);
    house::run(&mut runner)?;
    again
}

/// Tells the stories of the verbs once more, on PostgreSQL: transactions there are run again, lock
/// other things and sort by other rules.
fn stories_on_postgres(root: &Path, surroundings: &Surroundings) -> Outcome {
    eprintln!("the stories of the verbs on PostgreSQL:");
    let mut runner = runner(root, &["--package".to_owned(), "app".to_owned()]);
    surroundings.give_to(&mut runner);
    runner.env("BIHUAN_TEST_ENGINE", "postgres");
    house::run(&mut runner)
}

/// Tells whether any documentation shows code; without, building for it would only cost time.
fn documents_show_code(root: &Path) -> Outcome<bool> {
    let tree = Tree::of_checkout(root)?;
    Ok(tree.sources().any(|(path, text)| shows_code(path, text)))
}

fn shows_code(path: &str, text: &str) -> bool {
    let fences = ["/// ```", "//! ```"];
    path.contains("/src/")
        && text.lines().any(|line| {
            fences
                .iter()
                .any(|fence| line.trim_start().starts_with(fence))
        })
}

/// Makes the command that runs the tests: nextest where it is installed, cargo's own otherwise.
pub fn runner(root: &Path, rest: &[String]) -> Command {
    let nextest = house::succeeds(house::cargo(root).args(["nextest", "--version"]));
    let mut command = house::cargo(root);
    if nextest {
        command.args(["nextest", "run"]);
    } else {
        command.arg("test");
    }
    command.arg("--no-fail-fast");
    if !names_package(rest) {
        command.arg("--workspace");
    }
    if !nextest && !names_target(rest) {
        // Without these, cargo's own runner repeats the examples of the documentation.
        command.args(["--lib", "--bins", "--tests"]);
    }
    command.args(rest);
    command
}

fn names_package(rest: &[String]) -> bool {
    rest.iter()
        .take_while(|arg| *arg != "--")
        .any(|arg| arg.starts_with("-p") || arg.starts_with("--package") || arg == "--workspace")
}

fn names_target(rest: &[String]) -> bool {
    const TARGETS: [&str; 7] = [
        "--lib",
        "--bin",
        "--bins",
        "--test",
        "--tests",
        "--doc",
        "--all-targets",
    ];
    rest.iter()
        .take_while(|arg| *arg != "--")
        .any(|arg| TARGETS.contains(&arg.split('=').next().unwrap_or_default()))
}

fn start_cluster() -> Result<Cluster, String> {
    let binaries = Binaries::find()?;
    Cluster::start(&binaries, Durability::None).map_err(|trouble| trouble.to_string())
}

/// The faults of the system that cannot be had here.
fn faults_left_out() -> impl Iterator<Item = LeftOut> {
    let disk = Disk::make().err().map(|why| LeftOut {
        name: TMPFS,
        what: "a disk that is full: its stories are passed over",
        why,
        way_out: "run the tests as root",
    });
    let fiu = Fiu::find(Path::new("")).err().map(|why| LeftOut {
        name: LIBFIU,
        what: "fsyncs and writes that fail: their stories are passed over",
        why,
        way_out: "install the packages fiu-utils and libfiu0",
    });
    disk.into_iter().chain(fiu)
}

fn required(setting: Option<OsString>) -> Outcome<Vec<&'static str>> {
    let setting = setting.unwrap_or_default();
    setting
        .to_string_lossy()
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| {
            let known = KNOWN.into_iter().find(|known| *known == name);
            known.ok_or_else(|| {
                let known = KNOWN.join(", ");
                Trouble::new(format!("BIHUAN_REQUIRE names `{name}`; it knows {known}"))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacking(names: &[&'static str]) -> Surroundings {
        let left_out = names
            .iter()
            .map(|name| LeftOut {
                name,
                what: "",
                why: String::new(),
                way_out: "",
            })
            .collect();
        Surroundings {
            settings: Vec::new(),
            left_out,
            _cluster: None,
        }
    }

    #[test]
    fn what_is_required_and_lacking_is_named() {
        let both = required(Some("postgres, chromium".into())).unwrap();
        let trouble = lacking(&[CHROMIUM])
            .must_have(&both)
            .unwrap_err()
            .to_string();
        assert!(trouble.contains("asks for chromium,"), "{trouble}");
        let trouble = lacking(&[POSTGRES, CHROMIUM])
            .must_have(&both)
            .unwrap_err()
            .to_string();
        assert!(trouble.contains("postgres and chromium"), "{trouble}");
    }

    #[test]
    fn what_nobody_requires_may_lack() {
        assert!(lacking(&[POSTGRES, CHROMIUM]).must_have(&[]).is_ok());
        assert!(required(None).unwrap().is_empty());
        assert!(lacking(&[POSTGRES]).must_have(&[CHROMIUM]).is_ok());
    }

    #[test]
    fn a_requirement_nobody_knows_is_refused_with_the_known_ones() {
        let trouble = required(Some("postgres,oracle".into()))
            .unwrap_err()
            .to_string();
        assert!(
            trouble.contains("`oracle`") && trouble.contains("chromium"),
            "{trouble}"
        );
    }

    #[test]
    fn code_in_the_documentation_is_found() {
        assert!(shows_code("crates/a/src/a.rs", "/// Adds.\n    /// ```\n"));
        assert!(!shows_code(
            "crates/a/src/a.rs",
            "let fence = \"/// ```\";\n"
        ));
        assert!(!shows_code("crates/a/tests/it/a.rs", "//! ```\n"));
    }

    #[test]
    fn a_named_package_replaces_the_whole_workspace() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(names_package(&words("-p domain")));
        assert!(names_package(&words("--package=store late")));
        assert!(!names_package(&words("late -- -p")));
        assert!(names_target(&words("-p cli --test it")));
        assert!(!names_target(&words("-p cli tests")));
    }
}
