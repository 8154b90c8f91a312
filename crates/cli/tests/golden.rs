//! What people read most, word for word. `ANTIN_BLESS=1 cargo test -p antin-cli --test golden` renews the files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

mod common;

use common::Place;

fn is_as_kept(name: &str, arguments: &[&str]) {
    let ran = Place::empty().run(arguments).exits(0);
    let path = format!("{}/tests/golden/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("ANTIN_BLESS").is_some() {
        std::fs::write(&path, &ran.out).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        ran.out,
        kept,
        "antin {} differs from {path}; if it should, ANTIN_BLESS=1 renews it",
        arguments.join(" ")
    );
}

#[test]
fn help_in_english() {
    is_as_kept("help-en", &["--help"]);
    for command in ["verify", "read", "issue", "emulate", "demo"] {
        is_as_kept(&format!("help-{command}-en"), &[command, "--help"]);
    }
}

#[test]
fn help_in_vietnamese() {
    is_as_kept("help-vi", &["--help", "--lang", "vi"]);
    for command in ["verify", "read", "issue", "emulate", "demo"] {
        is_as_kept(
            &format!("help-{command}-vi"),
            &[command, "--help", "--lang", "vi"],
        );
    }
}

#[test]
fn explanations() {
    for lang in ["en", "vi"] {
        is_as_kept(&format!("explain-{lang}"), &["explain", "--lang", lang]);
        is_as_kept(
            &format!("explain-a201-{lang}"),
            &["explain", "A201", "--lang", lang],
        );
        is_as_kept(
            &format!("explain-dg-hash-{lang}"),
            &["explain", "dg-hash", "--lang", lang],
        );
        is_as_kept(
            &format!("explain-unknown-issuer-{lang}"),
            &["explain", "unknown-issuer", "--lang", lang],
        );
    }
}

#[test]
fn profiles_and_schemas() {
    is_as_kept("profile-list", &["profile", "list"]);
    is_as_kept("schema", &["schema"]);
}
