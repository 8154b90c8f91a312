//! Embeds the case files, so that the installed command has them: a table of path and text.
#![allow(clippy::unwrap_used)] // without its cases the crate cannot be built

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors");
    let vectors = vectors.canonicalize().unwrap();
    for (folder, table, extension) in [
        ("conformance", "cases.rs", "toml"),
        ("torture", "torture.rs", "toml"),
        ("attacks/cases", "attacks.rs", "toml"),
        ("attacks/cards", "attack_cards.rs", "chip"),
    ] {
        embed(&vectors.join(folder), table, extension);
    }
}

fn embed(root: &Path, name: &str, extension: &str) {
    let mut files = Vec::new();
    collect(root, extension, &mut files);
    files.sort();
    let mut table = String::from("&[\n");
    for file in files {
        println!("cargo::rerun-if-changed={}", file.display());
        let name = file.strip_prefix(root).unwrap().to_str().unwrap();
        writeln!(
            table,
            "    ({name:?}, include_str!({:?})),",
            file.to_str().unwrap()
        )
        .unwrap();
    }
    table.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap()).join(name);
    fs::write(out, table).unwrap();
}

fn collect(folder: &Path, wanted: &str, files: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, wanted, files);
        } else if path.extension().is_some_and(|extension| extension == wanted) {
            files.push(path);
        }
    }
}
