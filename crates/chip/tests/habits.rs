//! The habits of real chips, each switched on by its name in a profile.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)] // helpers of tests

mod common;

use core::time::Duration;

use antin_profile::Profile;
use antin_wire::apdu::StatusWord;
use common::{CAN, MRZ, Terminal, can, card_of, hex, profile_with};

/// An issued passport with these habits.
fn with(quirks: &str) -> Terminal {
    card_of(&profile(quirks))
}

fn profile(quirks: &str) -> Profile {
    let list: Vec<String> = quirks
        .split_whitespace()
        .map(|name| format!("{name:?}"))
        .collect();
    profile_with(
        "icao-passport",
        "quirks = []",
        &format!("quirks = [{}]", list.join(", ")),
    )
}

fn sw(terminal: &mut Terminal, command: &str) -> u16 {
    terminal.send(command).sw.0
}

const SELECT_MF: &str = "00A4000C023F00";
const SELECT_APPLICATION: &str = "00A4040C07A0000002471001";
const READ_CARD_ACCESS: &str = "00B09C0000";

#[test]
fn the_master_file_is_selected_in_the_way_that_the_chip_knows() {
    let ways = [
        ("mf-select-6d00", 0x6D00, 0x6D00, 0x6D00),
        ("mf-select-bare", 0x6A82, 0x9000, 0x6A82),
        ("mf-select-fci", 0x6A86, 0x6A86, 0x9000),
        ("", 0x9000, 0x9000, 0x9000),
    ];
    for (quirk, by_id, bare, for_fci) in ways {
        let mut card = with(quirk);
        assert_eq!(sw(&mut card, SELECT_MF), by_id, "{quirk}");
        assert_eq!(sw(&mut card, "00A4000C"), bare, "{quirk}");
        assert_eq!(sw(&mut card, "00A40000023F0000"), for_fci, "{quirk}");
    }
}

#[test]
fn an_le_on_select_is_refused_where_the_chip_is_strict() {
    let mut card = with("select-le-6700");
    assert_eq!(sw(&mut card, &format!("{SELECT_APPLICATION}00")), 0x6700);
    assert_eq!(sw(&mut card, SELECT_APPLICATION), 0x9000);
    assert_eq!(sw(&mut with(""), &format!("{SELECT_APPLICATION}00")), 0x9000);
}

#[test]
fn card_access_hides_once_the_application_was_selected() {
    let mut card = with("cardaccess-before-select-only");
    assert_eq!(sw(&mut card, READ_CARD_ACCESS), 0x9000);
    assert_eq!(sw(&mut card, SELECT_APPLICATION), 0x9000);
    assert_eq!(sw(&mut card, SELECT_MF), 0x9000);
    assert_eq!(sw(&mut card, READ_CARD_ACCESS), 0x6982);
    assert_eq!(sw(&mut card, "00A4020C02011C"), 0x6982);
    card.reset();
    assert_eq!(sw(&mut card, READ_CARD_ACCESS), 0x9000, "a reset brings it back");
}

#[test]
fn short_identifiers_are_refused_in_the_chips_own_words() {
    for (quirk, expected) in [("sfi-refused", 0x6A82), ("sfi-refused-6a81", 0x6A81)] {
        let mut card = with(quirk);
        assert_eq!(sw(&mut card, READ_CARD_ACCESS), expected);
        assert_eq!(sw(&mut card, "00A4020C02011C"), 0x9000);
        assert_eq!(sw(&mut card, "00B0000000"), 0x9000);
    }
}

#[test]
fn the_end_of_a_file_is_told_in_several_ways() {
    for (quirk, beyond, everything) in [
        ("", 0x6282, 0x9000),
        ("strict-le", 0x6C16, 0x9000),
        ("eof-9000", 0x9000, 0x9000),
        ("eof-6b00", 0x6B00, 0x6B00),
    ] {
        let mut card = with(quirk);
        let length = card.send(READ_CARD_ACCESS).data.len();
        let length = if quirk == "eof-6b00" { 0x16 } else { length };
        assert_eq!(length, 0x16, "EF.CardAccess has one PACEInfo");
        assert_eq!(sw(&mut card, "00B09C00F0"), beyond, "{quirk}");
        assert_eq!(sw(&mut card, READ_CARD_ACCESS), everything, "{quirk}");
        assert_eq!(sw(&mut card, "00B09C0016"), 0x9000, "{quirk}");
    }
}

#[test]
fn a_chip_that_shrinks_gives_a_hundred_bytes() {
    let mut card = with("le-shrink");
    card.pace(&can(CAN)).unwrap();
    assert_eq!(card.select_application(), StatusWord::OK);
    for (command, length) in [("00B0820000", 100), ("00B00000F0", 100), ("00B0000032", 50)] {
        let command = antin_wire::apdu::Command::parse(&hex(command)).unwrap();
        let answer = card.secure(&command).unwrap();
        assert_eq!((answer.sw, answer.data.len()), (StatusWord::OK, length));
    }
}

#[test]
fn extended_length_is_refused_everywhere_or_inside_a_session_only() {
    assert_eq!(sw(&mut with("no-extended"), "00B09C00000000"), 0x6700);
    let mut card = with("sm-no-extended");
    assert_eq!(sw(&mut card, "00B09C00000000"), 0x9000);
    card.pace(&can(CAN)).unwrap();
    let command = antin_wire::apdu::Command::parse(&hex("00B09E00000000")).unwrap();
    assert!(card.secure(&command).is_err(), "a bare status word");
    assert!(
        card.chip.process(&hex("0CB09E0000")).ends_with(&[0x69, 0x85]),
        "and the session is over"
    );
}

#[test]
fn everything_is_nothing_inside_a_session() {
    let mut card = with("sm-le-00-empty");
    assert!(!card.send(READ_CARD_ACCESS).data.is_empty(), "in plain it works");
    card.pace(&can(CAN)).unwrap();
    card.select_application();
    let read = |card: &mut Terminal, text: &str| {
        let command = antin_wire::apdu::Command::parse(&hex(text)).unwrap();
        card.secure(&command).unwrap().data.len()
    };
    assert_eq!(read(&mut card, "00B0820000"), 0);
    assert_eq!(read(&mut card, "00B08200DF"), 0xDF);
}

#[test]
fn data_object_84_is_refused_or_needed() {
    let generic = "800A04007F00070202040202830102";
    let bare = format!("0022C1A40F{generic}");
    let named = format!("0022C1A412{generic}84010C");
    for (quirk, without, with_84) in [
        ("", 0x9000, 0x9000),
        ("rejects-tag-84", 0x9000, 0x6A80),
        ("needs-tag-84", 0x6A87, 0x9000),
        ("needs-tag-84 pace-6300", 0x6300, 0x9000),
    ] {
        let mut card = with(quirk);
        assert_eq!(sw(&mut card, &bare), without, "{quirk}");
        assert_eq!(sw(&mut card, &named), with_84, "{quirk}");
    }
}

#[test]
fn every_refusal_inside_pace_can_be_6300() {
    for command in [
        "0022C1A4038001AA",
        "1086000002 7C00 00",
        "0022C1A40F800A04007F00070202040202830109",
    ] {
        assert_ne!(sw(&mut with(""), command), 0x6300, "{command}");
        assert_eq!(sw(&mut with("pace-6300"), command), 0x6300, "{command}");
    }
}

#[test]
fn a_chip_is_slow_until_the_right_password_came() {
    let mut card = with("slow-after-failure");
    assert_eq!(sw(&mut card, SELECT_APPLICATION), 0x9000);
    assert_eq!(card.chip.take_delay(), Duration::ZERO);
    let wrong = MRZ.replace('6', "5");
    assert!(card.bac(&wrong).is_err());
    card.reset();
    assert_eq!(sw(&mut card, SELECT_APPLICATION), 0x9000);
    assert_eq!(card.chip.take_delay(), Duration::from_secs(1));
    card.bac(MRZ).unwrap();
    card.reset();
    assert_eq!(sw(&mut card, SELECT_APPLICATION), 0x9000);
    assert_eq!(card.chip.take_delay(), Duration::ZERO);
}

#[test]
fn a_blank_is_personalized_without_habits() {
    let everything =
        "mf-select-bare mf-select-fci select-le-6700 sfi-refused-6a81 le-shrink eof-6b00 no-extended";
    let mut card = with(everything);
    assert_eq!(sw(&mut card, SELECT_APPLICATION), 0x9000);
}
