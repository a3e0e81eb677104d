//! Lists the presets, so that a file in their folder is all it takes to add one.

use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).ok_or(format!("cargo sets no {name}"));
    let folder = variable("CARGO_MANIFEST_DIR")?.join("src/config/presets");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut rows = Vec::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            rows.push(row(&path)?);
        }
    }
    rows.sort();
    std::fs::write(variable("OUT_DIR")?.join("presets.rs"), format!("&[{}]", rows.concat()))?;
    Ok(())
}

/// A preset's name and text, as the program takes them in.
fn row(path: &Path) -> Result<String, Box<dyn Error>> {
    let name = path.file_stem().and_then(|stem| stem.to_str()).ok_or("a preset's name is no text")?;
    Ok(format!("({name:?}, include_str!({:?})),", path.to_str().ok_or("the path is no text")?))
}
