//! The card file: what goes in comes out, and nothing damaged is taken.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)] // helpers of tests

mod common;

use antin_chip::{CardState, Chip, StateError};
use antin_lds::{DataGroup, EfCom, ElementaryFile};
use antin_wire::apdu::StatusWord;
use common::{MRZ, Terminal, blank, card, rng};

#[test]
fn a_card_comes_back_from_its_file_unchanged() {
    for state in [
        card("vn-cccd-2021").chip.into_state(),
        blank("icao-passport").into_state(),
    ] {
        let bytes = state.to_bytes();
        let back = CardState::from_bytes(&bytes).unwrap();
        assert!(back.to_bytes() == bytes);
        assert_eq!(back.serial(), state.serial());
        assert_eq!(back.profile(), state.profile());
        assert!(back.files().eq(state.files()));
    }
}

#[test]
fn a_card_from_its_file_can_be_opened() {
    let bytes = card("icao-passport").chip.into_state().to_bytes();
    let mut terminal = Terminal::new(Chip::from_state(
        CardState::from_bytes(&bytes).unwrap(),
        Box::new(rng(8)),
    ));
    assert_eq!(terminal.select_application(), StatusWord::OK);
    terminal.bac(MRZ).unwrap();
    terminal.chip_authentication().unwrap();
}

#[test]
fn a_half_written_card_keeps_what_was_written() {
    let mut terminal = Terminal::new(blank("icao-passport"));
    terminal.send(
        "00E0000013 6211 80020004 820101 8302011C 8801E0 860100"
            .replace(' ', "")
            .as_str(),
    );
    assert_eq!(terminal.send("00D60001020203").sw, StatusWord::OK);
    let back = CardState::from_bytes(&terminal.chip.state().to_bytes()).unwrap();
    assert_eq!(back.file(ElementaryFile::CardAccess), Some(&[0, 2, 3, 0][..]));
    assert!(back.files().all(|file| !file.complete));
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let bytes = blank("icao-passport").state().to_bytes();
    for length in 0..bytes.len() {
        assert!(
            CardState::from_bytes(&bytes[..length]).is_err(),
            "cut to {length} bytes"
        );
    }
    let longer = [&bytes[..], b"\n"].concat();
    assert_eq!(CardState::from_bytes(&longer).unwrap_err(), StateError::Checksum);
}

#[test]
fn a_file_with_one_changed_byte_is_refused() {
    let bytes = blank("icao-passport").state().to_bytes();
    for at in (0..bytes.len()).step_by(3) {
        let mut damaged = bytes.to_vec();
        damaged[at] ^= 0x01;
        assert!(CardState::from_bytes(&damaged).is_err(), "byte {at}");
    }
}

/// A card file with another second line under a right checksum.
fn rewritten(state: &CardState, right: &str, wrong: &str) -> Vec<u8> {
    let bytes = state.to_bytes();
    let text = core::str::from_utf8(&bytes).unwrap();
    let (_, body) = text.trim_end().split_once('\n').unwrap();
    assert!(body.contains(right), "the body does not hold {right}");
    let body = body.replacen(right, wrong, 1);
    let hash = hex::encode(antin_crypto::Hash::Sha256.digest(body.as_bytes()));
    format!("{{\"schema\":\"antin.chip/1\",\"sha256\":\"{hash}\"}}\n{body}\n").into_bytes()
}

#[test]
fn a_file_that_contradicts_itself_is_refused_in_words() {
    let state = card("icao-passport").chip.into_state();
    let words = |right: &str, wrong: &str| {
        CardState::from_bytes(&rewritten(&state, right, wrong))
            .unwrap_err()
            .to_string()
    };
    assert!(
        words("\"failures\":0", "\"failures\":0,\"colour\":1").contains("unknown, missing or wrong field")
    );
    assert!(words("\"failures\":0,", "").contains("unknown, missing or wrong field"));
    assert!(words("\"serial\":\"54", "\"serial\":\"").contains("serial number"));
    assert!(words("schema = \\\"antin.profile/1", "schema = \\\"antin.profile/9").contains("profile inside"));
    assert!(words("\"written\":[[0,22]]", "\"written\":[[0,23]]").contains("does not fit"));
    assert!(words("\"keys\":[\"e1", "\"keys\":[\"e9").contains("key cannot be read"));
    let later = b"{\"schema\":\"antin.chip/2\",\"md9\":\"\"}\n{}\n";
    assert_eq!(
        CardState::from_bytes(later).unwrap_err(),
        StateError::Format("antin.chip/2".into())
    );
    assert!(matches!(
        CardState::from_bytes(b"hello\nworld\n"),
        Err(StateError::Malformed(_))
    ));
}

#[test]
fn no_key_shows_in_debug_output() {
    let state = card("icao-passport").chip.into_state();
    let shown = format!("{state:?}");
    assert!(!shown.contains(MRZ) && !shown.contains(&format!("{:?}", MRZ.as_bytes())));
}

#[test]
fn editors_change_what_they_say_and_nothing_else() {
    let state = card("vn-cccd-2021").chip.into_state();
    let mut other = state.clone();
    assert!(other.dangerous_edit_file(ElementaryFile::DG1, |bytes| bytes[10] ^= 1));
    let changed: Vec<_> = state
        .files()
        .zip(other.files())
        .filter(|(a, b)| a != b)
        .map(|(a, _)| a.file_id.0)
        .collect();
    assert_eq!(changed, [0x0101]);

    let mut other = state.clone();
    assert!(other.dangerous_remove_file(ElementaryFile::DG14));
    assert!(!other.dangerous_remove_file(ElementaryFile::DG14));
    assert!(other.dangerous_strike_from_com(ElementaryFile::DG14));
    assert!(!other.dangerous_strike_from_com(ElementaryFile::DG14));
    let com = EfCom::parse(other.file(ElementaryFile::Com).unwrap()).unwrap();
    assert_eq!(
        com.data_groups().map(DataGroup::number).collect::<Vec<_>>(),
        [1, 2, 3, 13, 15]
    );
    assert_eq!(other.file(ElementaryFile::DG14), None);

    let mut other = state;
    other.dangerous_set_file(ElementaryFile::data_group(11).unwrap(), vec![0x6B, 0]);
    let mut terminal = Terminal::new(Chip::from_state(other, Box::new(rng(3))));
    terminal.select_application();
    terminal.bac(MRZ).unwrap();
    assert_eq!(terminal.secure_sw("00B08B0002"), StatusWord::OK);
}
