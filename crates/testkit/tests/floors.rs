//! Arrows between crates point only down: no upward and no sideways dependency, in code or in tests.

#![allow(
    clippy::indexing_slicing,
    reason = "a test may stop at what it does not expect"
)]

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// The floors of ARCHITECTURE.md, lowest first.
const FLOORS: &[&[&str]] = &[
    &["antin-wire"],
    &["antin-crypto", "antin-lds"],
    &["antin-protocol", "antin-trust", "antin-profile"],
    &["antin-chip", "antin-reader", "antin-perso"],
    &["antin-transport"],
    &["antin"],
    &["antin-conformance"],
    &["antin-cli", "antin-testkit"],
];

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|crates| crates.contains(&name))
}

fn workspace() -> Vec<(String, Vec<String>)> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs this test");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let name = |value: &Value| value["name"].as_str().expect("a name").to_owned();
    metadata["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .map(|package| {
            (
                name(package),
                package["dependencies"]
                    .as_array()
                    .expect("deps")
                    .iter()
                    .map(name)
                    .collect(),
            )
        })
        .collect()
}

#[test]
fn every_crate_stands_on_a_floor() {
    let crates = workspace();
    assert_eq!(
        crates.len(),
        FLOORS.iter().map(|floor| floor.len()).sum::<usize>()
    );
    for (name, _) in crates {
        assert!(
            floor(&name).is_some(),
            "{name} stands on no floor: add it to FLOORS and to ARCHITECTURE.md"
        );
    }
}

#[test]
fn arrows_point_only_down() {
    let mut wrong = BTreeMap::new();
    for (name, dependencies) in workspace() {
        for dependency in dependencies {
            if let (Some(from), Some(to)) = (floor(&name), floor(&dependency))
                && to >= from
            {
                wrong.insert(name.clone(), dependency);
            }
        }
    }
    assert!(wrong.is_empty(), "upward or sideways: {wrong:?}");
}

#[test]
fn the_reader_and_the_chip_never_meet_below_the_facade() {
    for (name, dependencies) in workspace() {
        let has = |wanted: &str| dependencies.iter().any(|dependency| dependency == wanted);
        if has("antin-chip") && has("antin-reader") {
            assert!(floor(&name) >= floor("antin"), "{name} imports both roles");
        }
    }
}

#[test]
fn every_parser_has_a_fuzz_target() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/fuzz_targets");
    let mut targets: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder of fuzz targets")
        .map(|entry| {
            entry
                .expect("an entry")
                .path()
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    targets.sort();
    let mut parsers: Vec<&str> = antin_testkit::parsers::PARSERS
        .iter()
        .map(|(name, _)| *name)
        .collect();
    parsers.sort_unstable();
    assert_eq!(targets, parsers);
}
