//! The cases of `test-vectors/conformance`, carried out in memory.

use std::collections::BTreeSet;

use antin_conformance::{Case, CaseResult, Defects, Outcome, Runner, SCHEMA, Side, Table, Venue, Worth};

fn run(side: Side, defects: Defects) -> Table {
    let cases = Case::all().unwrap_or_else(|error| panic!("{error}"));
    let cases: Vec<_> = cases.into_iter().filter(|case| case.side == side).collect();
    Runner::new(Venue::memory(), defects).run(&cases, &mut |_| {})
}

fn failures(table: &Table) -> String {
    let line = |case: &CaseResult| {
        let reason = case.reason.as_deref().unwrap_or_default();
        format!("{} {} ({}): {reason}\n", case.side, case.id, case.worth)
    };
    table
        .cases
        .iter()
        .filter(|case| case.result == Outcome::Failed)
        .map(line)
        .collect()
}

fn every_case_passes_and_turns_red(side: Side) {
    let table = run(side, Defects::On);
    assert!(
        table.failed == 0,
        "{} of {}:\n{}",
        table.failed,
        table.total,
        failures(&table)
    );
    assert!(table.passed > 0);
}

#[test]
fn every_chip_case_passes_and_turns_red_with_its_defect() {
    every_case_passes_and_turns_red(Side::Chip);
}

#[test]
fn every_reader_case_passes_and_turns_red_with_its_defect() {
    every_case_passes_and_turns_red(Side::Reader);
}

#[test]
fn every_case_has_an_id_of_its_own_in_its_suite_and_says_what_it_is() {
    let mut seen = BTreeSet::new();
    for case in Case::all().unwrap_or_else(|error| panic!("{error}")) {
        assert!(
            seen.insert((case.side, case.suite.slug, case.id.clone())),
            "{} twice",
            case.id
        );
        assert!(!case.title.trim().is_empty(), "{}", case.id);
        if case.worth == Worth::Must && case.waiting.is_none() {
            let defect = case.defect();
            assert!(defect.is_some(), "{} names no defect", case.id);
            assert_ne!(
                defect,
                Some("opposite-answer"),
                "{}: the defect of a must case breaks what it examines",
                case.id
            );
        }
    }
}

#[test]
fn a_table_counts_what_it_lists() {
    let cases = Case::all().unwrap_or_else(|error| panic!("{error}"));
    let waiting: Vec<_> = cases.into_iter().filter(|case| case.waiting.is_some()).collect();
    let table = Runner::new(Venue::memory(), Defects::Off).run(&waiting, &mut |_| {});
    assert_eq!(table.schema, SCHEMA);
    assert_eq!((table.total, table.waiting), (waiting.len(), waiting.len()));
    assert_eq!(table.must_failed(), 0);
    let json = serde_json::to_value(&table).expect("a table is JSON");
    assert_eq!(json["cases"][0]["result"], "waiting");
}
