//! Every attack is answered as the catalogue says, and every case can tell.

use antin_conformance::attacks::{Attack, Bench};

#[test]
fn every_attack_is_answered_as_the_catalogue_says() {
    let attacks = Attack::all().expect("cases");
    let table = Bench::new().expect("cards").run(&attacks, &mut |_| {});
    for case in &table.cases {
        match &case.waiting {
            Some(feature) => println!("{} waits: {feature}", case.id),
            None => println!("{} {}", case.id, case.got),
        }
    }
    let failed: Vec<String> = table
        .cases
        .iter()
        .filter(|case| case.is_failed())
        .map(|case| format!("{}: expected {}, got {}", case.id, case.expected, case.got))
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(table.total, table.passed + table.waiting());
}

#[test]
fn no_case_would_pass_a_verifier_that_leaves_its_check_out() {
    let mut bench = Bench::new().expect("cards");
    for attack in Attack::all().expect("cases") {
        let unnoticed = bench.unnoticed(&attack).expect("a case");
        assert!(unnoticed.is_empty(), "{}: {unnoticed:?}", attack.id());
    }
}
