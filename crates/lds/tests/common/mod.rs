//! What the tests of this crate share: our own vectors and the foreign data beside the workspace.

#![allow(
    dead_code,
    reason = "each test file is a crate of its own and uses a part of this"
)]
#![allow(clippy::print_stdout, reason = "a skipped test says so")]

use std::path::{Path, PathBuf};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// One file of `test-vectors/`.
pub fn vectors(name: &str) -> toml::Table {
    let path = workspace().join("test-vectors").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The cases of one file of `test-vectors/`; a file without cases would test nothing.
pub fn cases(name: &str) -> Vec<toml::Table> {
    let cases = vectors(name)["case"]
        .as_array()
        .expect("an array of cases")
        .clone();
    assert!(!cases.is_empty(), "{name} has no cases");
    cases
        .into_iter()
        .map(|case| case.as_table().expect("a table").clone())
        .collect()
}

pub fn text<'a>(case: &'a toml::Table, key: &str) -> &'a str {
    case.get(key)
        .and_then(toml::Value::as_str)
        .unwrap_or_else(|| panic!("{key} missing in {case}"))
}

/// The lines of an `input` that is an array.
pub fn lines(case: &toml::Table) -> Vec<&str> {
    case["input"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| line.as_str().expect("a line"))
        .collect()
}

pub fn bytes(case: &toml::Table) -> Vec<u8> {
    hex::decode(text(case, "input")).expect("hexadecimal input")
}

/// A file of the foreign data, or `None` with a loud line if this machine has none.
pub fn foreign(name: &str) -> Option<Vec<u8>> {
    let root = std::env::var_os("ANTIN_FOREIGN_DATA")
        .map_or_else(|| workspace().join("../shared/data"), PathBuf::from);
    if !root.is_dir() {
        println!("SKIPPED: no foreign data");
        return None;
    }
    let path = root.join(name);
    Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// Asserts that a refusal says what the vector says, in full or in part.
pub fn assert_refused<T: std::fmt::Debug, E: std::fmt::Display>(case: &toml::Table, result: Result<T, E>) {
    let (title, words) = (text(case, "title"), text(case, "refused"));
    let said = result.expect_err(title).to_string();
    assert!(said.contains(words), "{title}: said {said:?}, expected {words:?}");
}
