//! The torture corpus: every hostile chip and every hostile reader ends with its named result, within bounds.

use antin_conformance::{Case, Defects, Outcome, Runner, Side, Venue};

fn corpus(side: Side) -> Vec<Case> {
    let cases = Case::torture().unwrap_or_else(|error| panic!("{error}"));
    cases.into_iter().filter(|case| case.side == side).collect()
}

fn every_one_ends_as_named(side: Side) {
    let cases = corpus(side);
    assert!(cases.len() > 4, "only {} files", cases.len());
    let mut runner = Runner::new(Venue::memory(), Defects::Off);
    let wrong: Vec<String> = cases
        .iter()
        .map(|case| runner.one(case))
        .filter(|result| result.result != Outcome::Passed)
        .map(|result| format!("{}: {}", result.id, result.reason.unwrap_or_default()))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_hostile_chip_is_met_by_the_reader() {
    every_one_ends_as_named(Side::Reader);
}

#[test]
fn every_hostile_reader_is_met_by_the_chip() {
    every_one_ends_as_named(Side::Chip);
}

#[test]
fn every_hostile_chip_names_its_result() {
    for case in corpus(Side::Reader) {
        let named = ["error = ", "verdict = ", "checks = "]
            .iter()
            .any(|key| case.text.contains(key));
        assert!(named, "{} names no result", case.id);
    }
}

#[test]
fn every_file_bounds_commands_and_bytes() {
    for case in corpus(Side::Reader).into_iter().chain(corpus(Side::Chip)) {
        for bound in ["most = ", "most-bytes = "] {
            assert!(case.text.contains(bound), "{} has no {bound}", case.id);
        }
    }
}
