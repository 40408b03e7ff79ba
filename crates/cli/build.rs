//! Lists the packs that ship, so that the binary holds them and a demo needs no other file.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let schemes = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../schemes")
        .canonicalize()?;
    println!("cargo:rerun-if-changed={}", schemes.display());
    let mut out = String::from("&[\n");
    for folder in sorted(&schemes)?
        .into_iter()
        .filter(|p| p.join("scheme.toml").is_file())
    {
        println!("cargo:rerun-if-changed={}", folder.display());
        let _ = writeln!(out, "    ({:?}, &[", name(&folder));
        for file in sorted(&folder)?
            .into_iter()
            .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        {
            let _ = writeln!(
                out,
                "        ({:?}, include_str!({:?})),",
                name(&file),
                file.to_string_lossy()
            );
        }
        out.push_str("    ]),\n");
    }
    out.push_str("]\n");
    let target = std::env::var_os("OUT_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    fs::write(target.join("shipped_packs.rs"), out)
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?
        .map(|e| e.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
