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
