//! Chips with the habits of real ones: each is read, by what was found out and by what was remembered, right or wrong.

#![allow(clippy::indexing_slicing)]

mod common;

use antin::Profile;
use antin::reader::Dialect;
use antin::reader::dialect::{BeyondEnd, MasterFile, ShortIds, Tag84};
use antin::trust::AccessMethod;
use antin::{AccessKey, Files, OpenCard, Opening, Policy, Report, Verdict};
use common::{Counting, Station, profile};

/// Every habit that a profile can name, alone and with others that make it worse.
const HABITS: [&str; 26] = [
    "mf-select-6d00",
    "mf-select-bare",
    "mf-select-fci",
    "cardaccess-before-select-only",
    "mf-select-6d00 cardaccess-before-select-only",
    "select-le-6700",
    "strict-le",
    "le-shrink",
    "eof-9000",
    "eof-6b00",
    "sfi-refused",
    "sfi-refused-6a81",
    "get-response",
    "select-returns-fcp",
    "no-extended",
    "sm-no-extended",
    "sm-le-00-empty",
    "rejects-tag-84",
    "needs-tag-84",
    "pace-6300",
    "slow-after-failure",
    "needs-tag-84 pace-6300",
    "sfi-refused-6a81 le-shrink no-extended",
    "sm-le-00-empty strict-le no-extended",
    "eof-6b00 sfi-refused le-shrink",
    "eof-6b00 sm-no-extended select-le-6700",
];

#[test]
fn every_habit_that_a_profile_knows_is_read_here() {
    let text = profile("icao-passport", &[])
        .text()
        .replace("quirks = []", "quirks = [\"nobody\"]");
    let refused = Profile::parse(&text, "profile")
        .expect_err("nobody has it")
        .to_string();
    let (_, known) = refused.split_once("expected one of ").expect("what there is");
    let known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    assert!(known.len() > 15, "{known:?}");
    for habit in known {
        assert!(HABITS.contains(&habit), "{habit}");
    }
}

fn station(habits: &str) -> Station {
    let names: Vec<String> = habits
        .split_whitespace()
        .map(|name| format!("{name:?}"))
        .collect();
    let change = format!("quirks = [{}]", names.join(", "));
    Station::new(profile("icao-passport", &[("quirks = []", &change)]), 14)
}

/// Reads the card as it lies there; returns the report, what was learnt, and how many commands it took.
fn read(station: &Station, key: &AccessKey, known: Dialect) -> (Report, Dialect, usize) {
    let mut card = Counting::new(station.issued());
    let mut chip = OpenCard::open_with(&mut card, key, Opening::new().dialect(known)).expect("it opens");
    let document = chip.read(Files::PUBLIC).expect("it reads");
    let learnt = chip.dialect();
    drop(chip);
    let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
    (report, learnt, card.commands.len())
}

fn assert_authentic(report: &Report, habits: &str) {
    assert_eq!(
        report.verdict,
        Verdict::Authentic,
        "{habits}: {:#?}",
        report.checks
    );
    assert_eq!(report.access.method, AccessMethod::Pace, "{habits}");
}

#[test]
fn every_habit_is_read_around_and_what_is_remembered_makes_it_no_slower() {
    for habits in HABITS {
        let station = station(habits);
        let key = station.image.access_key();
        let (report, learnt, first) = read(&station, &key, Dialect::default());
        assert_authentic(&report, habits);
        let (report, again, second) = read(&station, &key, learnt);
        assert_authentic(&report, habits);
        assert!(second <= first, "{habits}: {first}, then {second} commands");
        assert_eq!(again, learnt, "{habits}");
    }
}

#[test]
fn a_chip_left_in_its_application_is_found_by_every_way_to_the_master_file() {
    for (habits, way) in [
        ("", MasterFile::ById),
        ("mf-select-bare", MasterFile::Bare),
        ("mf-select-fci", MasterFile::WithInformation),
    ] {
        let station = station(habits);
        let mut card = station.issued();
        for expected in [MasterFile::Selected, way] {
            let mut chip = OpenCard::open(&mut card, &station.image.access_key()).expect("it opens");
            let document = chip.read(Files::PUBLIC).expect("it reads");
            assert_eq!(chip.dialect().master_file, Some(expected), "{habits}");
            assert_authentic(
                &document.verify(&station.trust, &Policy::COUNTER, station.at),
                habits,
            );
        }
    }
}

#[test]
fn what_is_remembered_wrongly_is_dropped() {
    let wrong = [
        Dialect {
            master_file: Some(MasterFile::Bare),
            short_ids: Some(ShortIds::Used),
            extended_le: Some(65_536),
            short_le: Some(256),
            beyond_end: Some(BeyondEnd::Allowed),
            tag_84: Some(Tag84::Sent),
        },
        Dialect {
            master_file: Some(MasterFile::WithInformation),
            short_ids: Some(ShortIds::Refused),
            extended_le: Some(0),
            short_le: Some(16),
            beyond_end: Some(BeyondEnd::Refused),
            tag_84: Some(Tag84::Omitted),
        },
        Dialect {
            extended_le: Some(300),
            short_le: Some(0),
            ..Dialect::default()
        },
    ];
    for habits in HABITS.into_iter().chain([""]) {
        let station = station(habits);
        for dialect in wrong {
            let (report, _, _) = read(&station, &station.image.access_key(), dialect);
            assert_authentic(&report, habits);
        }
    }
}

#[test]
fn a_remembered_dialect_saves_the_commands_that_found_it_out() {
    let station = station("sfi-refused-6a81 no-extended needs-tag-84 sm-le-00-empty");
    let key = station.image.access_key();
    let (_, learnt, first) = read(&station, &key, Dialect::default());
    let (_, _, second) = read(&station, &key, learnt);
    assert_eq!(learnt.short_ids, Some(ShortIds::Refused));
    assert_eq!(learnt.extended_le, Some(0));
    assert_eq!(learnt.tag_84, Some(Tag84::Sent));
    assert_eq!(learnt.short_le, Some(223));
    assert!(second + 4 <= first, "{first}, then {second} commands");
}
