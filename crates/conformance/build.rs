//! Embeds the case files, so that the installed command has them: a table of path and text.
#![allow(clippy::unwrap_used)] // without its cases the crate cannot be built

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors");
    let vectors = vectors.canonicalize().unwrap();
    for (folder, table) in [("conformance", "cases.rs"), ("torture", "torture.rs")] {
        embed(&vectors.join(folder), table);
    }
}

fn embed(root: &Path, name: &str) {
    let mut files = Vec::new();
    collect(root, &mut files);
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

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
}
