//! Fetches the browser assets with npm and lays them, with ours, where `rust-embed` takes them.
//!
//! Nothing is written to the source tree. `BIHUAN_NODE_MODULES` names a folder of packages that
//! were fetched before, for builds without network.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// What is taken from the packages, and under which name.
const FROM_NPM: [(&str, &str); 2] = [
    ("@tabler/core/dist/css/tabler.min.css", "tabler.css"),
    ("htmx.org/dist/htmx.min.js", "htmx.js"),
];
/// Ours.
const OURS: [&str; 4] = ["bihuan.css", "bihuan.js", "drafting.js", "icon.svg"];

fn main() -> Result<(), Box<dyn Error>> {
    for file in ["package.json", "package-lock.json", "build.rs", "static"] {
        println!("cargo::rerun-if-changed={file}");
    }
    println!("cargo::rerun-if-env-changed=BIHUAN_NODE_MODULES");
    let out = PathBuf::from(variable("OUT_DIR")?);
    let assets = out.join("assets");
    fs::create_dir_all(&assets)?;
    let modules = match variable("BIHUAN_NODE_MODULES") {
        Ok(folder) => PathBuf::from(folder),
        Err(_) => fetch(&out.join("npm"))?,
    };
    let mut version = Fnv::new();
    for (from, to) in FROM_NPM {
        version.add(&place(&modules.join(from), &assets.join(to))?);
    }
    for name in OURS {
        version.add(&place(&Path::new("static").join(name), &assets.join(name))?);
    }
    // Assets are cached for good under an address that changes with any of them.
    println!("cargo::rustc-env=BIHUAN_ASSETS={:016x}", version.0);
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a build script is told its folders this way"
)]
fn variable(name: &str) -> Result<String, env::VarError> {
    env::var(name)
}

/// Runs `npm ci` in a folder of the build, without scripts of the packages.
fn fetch(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(file, folder.join(file))?;
    }
    let run = Command::new("npm")
        .args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ])
        .current_dir(folder)
        .output()
        .map_err(|e| {
            format!("npm could not be run ({e}); install Node 20, or set BIHUAN_NODE_MODULES")
        })?;
    if !run.status.success() {
        let said = String::from_utf8_lossy(&run.stderr);
        return Err(
            format!("npm ci failed; BIHUAN_NODE_MODULES builds without it.\n{said}").into(),
        );
    }
    Ok(folder.join("node_modules"))
}

/// Copies a file without its pointer to a source map, which is not embedded.
fn place(from: &Path, to: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let bytes = fs::read(from).map_err(|e| format!("{}: {e}", from.display()))?;
    let text = String::from_utf8(bytes)?;
    let kept: Vec<&str> = text
        .lines()
        .filter(|l| !l.contains("sourceMappingURL="))
        .collect();
    let kept = kept.join("\n").into_bytes();
    fs::write(to, &kept)?;
    Ok(kept)
}

/// FNV-1a: a name for the set of assets, not a seal.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
