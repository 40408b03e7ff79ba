//! Fetches the accessibility checker with npm into the build folder; nothing is written to the
//! source tree. Without npm the journeys run without it and say so.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=package.json");
    println!("cargo::rerun-if-changed=package-lock.json");
    println!("cargo::rerun-if-changed=build.rs");
    let Ok(out) = variable("OUT_DIR") else { return };
    let npm = Path::new(&out).join("npm");
    let script = npm.join("node_modules/axe-core/axe.min.js");
    let target = Path::new(&out).join("axe.js");
    if std::fs::create_dir_all(&npm).is_err() {
        return;
    }
    for file in ["package.json", "package-lock.json"] {
        let _ = std::fs::copy(file, npm.join(file));
    }
    let _ = Command::new("npm")
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ])
        .current_dir(&npm)
        .status();
    if std::fs::copy(&script, &target).is_err() {
        let _ = std::fs::write(&target, "");
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a build script is told its folder this way"
)]
fn variable(name: &str) -> Result<String, env::VarError> {
    env::var(name)
}
