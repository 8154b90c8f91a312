//! Policies on the command line: listed, shown, checked, and followed.
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

#[test]
fn the_built_in_policies_are_listed_and_shown_as_files_that_check() {
    let place = Place::empty();
    place
        .run(["policy", "list"])
        .exits(0)
        .prints("counter")
        .prints("border")
        .prints("lab");
    for name in ["counter", "border", "lab"] {
        let text = place.run(["policy", "show", name]).exits(0).out;
        place.write("shown.toml", &text);
        place
            .run(["policy", "check", "shown.toml"])
            .exits(0)
            .prints("good");
    }
}

#[test]
fn a_fault_is_named_with_its_line() {
    let place = Place::empty();
    place.write(
        "bank.toml",
        "schema = \"antin.policy/1\"\nname = \"bank\"\n[findings]\nexpired = \"accept\"\n",
    );
    for command in [["policy", "check", "bank.toml"], ["policy", "show", "bank.toml"]] {
        place
            .run(command)
            .exits(6)
            .says("M430")
            .says("line 4")
            .says("expired");
    }
    place
        .run(["verify", ".", "--policy", "bank.toml"])
        .exits(6)
        .says("M430");
    place
        .run(["verify", ".", "--policy", "nobody"])
        .exits(2)
        .says("U103")
        .says("counter, border, lab");
}

#[test]
fn a_refusal_by_policy_says_why_as_the_policy_names_it() {
    let place = Place::with_a_card();
    place.write(
        "bank.toml",
        "schema = \"antin.policy/1\"\nname = \"bank\"\n[findings]\nmissing-crl = \"refuse\"\n",
    );
    let page = ["--policy", "bank.toml", "--html", "r.html"];
    place.verify_with(&page).exits(15).prints("because: missing-crl");
    assert!(place.text("r.html").contains("<p>because: missing-crl</p>"));
    let refused = place.verify_with(&["--policy", "bank.toml", "--json"]).exits(15);
    assert_eq!(refused.json()["refused_by"], serde_json::json!(["missing-crl"]));
    place
        .verify_with(&["--policy", "bank.toml", "--lang", "vi"])
        .exits(15)
        .prints("vì: missing-crl");
    let accepted = place.verify_with(&["--json"]).exits(0);
    assert_eq!(accepted.json()["refused_by"], serde_json::json!([]));
}

#[test]
fn a_chip_without_proof_is_refused_by_name_and_a_verdict_that_no_policy_accepts_by_itself() {
    let place = Place::with_a_card();
    let read = ["read", "--card", "card.chip", "--can-file", "can", "--to", "dump"];
    place.run(read).exits(0);
    let verify = ["verify", "dump", "--json"];
    let unproven = place
        .run(verify.iter().chain(&["--trust", "pki/trust"]))
        .exits(13);
    assert_eq!(
        unproven.json()["refused_by"],
        serde_json::json!(["chip-unproven"])
    );
    let unknown = place.run(verify).exits(12);
    assert_eq!(unknown.json()["refused_by"], serde_json::json!([]));
}

#[test]
fn a_changed_copy_of_a_built_in_policy_is_told_to_take_another_name() {
    let place = Place::empty();
    let text = place.run(["policy", "show", "counter"]).exits(0).out;
    let changed = text.replace("missing-crl = \"accept\"", "missing-crl = \"refuse\"");
    place.write("my.toml", &changed);
    let check = ["policy", "check", "my.toml"];
    place
        .run(check)
        .exits(6)
        .says("M430")
        .says("hint")
        .says("give it another name in its line");
    place.write("my.toml", changed.replace("\"counter\"", "\"my-counter\""));
    place.run(check).exits(0);
}
