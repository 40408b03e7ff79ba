//! A checkout says nothing about the machine it was made on: no folder of a person, no host that
//! packages came from.

use super::{Finding, Tree};

/// The one name under which cargo's lock file knows its registry, on every machine.
const CARGO_SOURCE: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Finds absolute folders of a machine and hosts of package registries.
pub(super) fn nothing_names_a_machine(tree: &Tree) -> Vec<Finding> {
    // Spelled in parts, so that the rule does not find itself.
    let folders = ["work", "root", "farm", "home", "Users"].map(|name| format!("/{name}/"));
    let hosts = [
        ["registry", "npmjs", "org"],
        ["static", "crates", "io"],
        ["index", "crates", "io"],
        ["files", "pythonhosted", "org"],
        ["deb", "debian", "org"],
        ["registry", "npmmirror", "com"],
    ]
    .map(|parts| parts.join("."));
    let mut found = Vec::new();
    for (path, text) in tree.texts() {
        for (number, line) in text.lines().enumerate() {
            for folder in folders.iter().filter(|folder| names_folder(line, folder)) {
                let says = format!("names a folder of a machine (`{folder}`)");
                found.push(Finding::at(path, number + 1, says));
            }
            for host in hosts.iter().filter(|host| line.contains(host.as_str())) {
                let says = format!("names the host of a registry (`{host}`)");
                found.push(Finding::at(path, number + 1, says));
            }
        }
    }
    found
}

/// Tells whether a folder stands at the root of a path, not in the middle of one.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder)
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-~}*".contains(c)))
}

/// Finds lock files that fix a download address instead of a content hash.
pub(super) fn lock_files_name_no_host(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.texts() {
        let file = path.rsplit('/').next().unwrap_or(path);
        for (number, line) in text.lines().enumerate() {
            let says = match file {
                "package-lock.json" if line.contains("\"resolved\": \"http") => {
                    "fixes a download address; run npm with omit-lockfile-registry-resolved"
                }
                "Cargo.lock" if line.starts_with("source = ") && !line.contains(CARGO_SOURCE) => {
                    "comes from somewhere else than the public registry"
                }
                _ => continue,
            };
            found.push(Finding::at(path, number + 1, says));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_hosts_of_a_machine_are_found() {
        let text = [
            "cd /",
            "home/li/x\n",
            "see docs/",
            "work/x\n",
            "https://registry.",
            "npmjs.org/a\n",
        ]
        .concat();
        let tree = Tree::of_texts(&[("docs/a.md", &text)]);
        let lines: Vec<_> = nothing_names_a_machine(&tree)
            .into_iter()
            .map(|f| f.line)
            .collect();
        assert_eq!(lines, [1, 3]);
    }

    #[test]
    fn lock_files_hold_hashes_and_no_addresses() {
        let npm = "\"resolved\": \"https://mirror.example/a.tgz\",\n\"integrity\": \"sha512-x\"\n";
        let cargo = format!("source = \"{CARGO_SOURCE}\"\nsource = \"git+https://a.example/b\"\n");
        let tree = Tree::of_texts(&[
            ("crates/web/package-lock.json", npm),
            ("Cargo.lock", &cargo),
        ]);
        let places: Vec<_> = lock_files_name_no_host(&tree)
            .into_iter()
            .map(|f| (f.path, f.line))
            .collect();
        assert_eq!(
            places,
            [
                ("Cargo.lock".to_owned(), 2),
                ("crates/web/package-lock.json".to_owned(), 1)
            ]
        );
    }
}
