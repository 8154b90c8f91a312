//! Whatever bytes come, in whatever state, the chip answers and never panics.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)] // helpers of tests

mod common;

use antin_chip::{CardState, Chip};
use antin_lds::ElementaryFile;
use antin_wire::apdu::Command;
use common::{CAN, MRZ, Terminal, blank, can, card, rng};
use proptest::prelude::*;
use std::sync::LazyLock;

static CARD: LazyLock<Vec<u8>> = LazyLock::new(|| card("vn-cccd-2021").chip.into_state().to_bytes().to_vec());

/// A card brought into one of its states.
fn in_state(number: u8) -> Terminal {
    if number == 0 {
        return Terminal::new(blank("icao-passport"));
    }
    let state = CardState::from_bytes(&CARD).unwrap();
    let mut terminal = Terminal::new(Chip::from_state(state, Box::new(rng(number))));
    match number {
        1 => {}
        2 => drop(terminal.select_application()),
        3 => {
            terminal.select_application();
            terminal.send("0084000008");
        }
        4 => drop(terminal.send("0022C1A40F800A04007F00070202040202830102")),
        5 => {
            terminal.send("0022C1A40F800A04007F00070202040202830102");
            terminal.send("10860000027C0000");
        }
        6 => {
            terminal.select_application();
            terminal.bac(MRZ).unwrap();
        }
        7 => {
            terminal.pace(&can(CAN)).unwrap();
            terminal.select_application();
        }
        _ => drop(terminal.send("10D6000001AA")),
    }
    terminal
}

const INSTRUCTIONS: [u8; 18] = [
    0x22, 0x44, 0x82, 0x84, 0x86, 0x88, 0xA4, 0xB0, 0xB1, 0xC0, 0xCA, 0xD6, 0xD7, 0xDA, 0xDB, 0xE0, 0x20,
    0x00,
];

/// Bytes that look like a command.
fn command_like() -> impl Strategy<Value = Vec<u8>> {
    let cla = prop::sample::select(vec![0x00_u8, 0x00, 0x00, 0x0C, 0x10, 0x1C, 0x04, 0x80, 0x40]);
    let ins = prop::sample::select(INSTRUCTIONS.to_vec());
    (
        cla,
        ins,
        any::<u8>(),
        any::<u8>(),
        prop::collection::vec(any::<u8>(), 0..40),
        any::<bool>(),
    )
        .prop_map(|(cla, ins, p1, p2, data, le)| {
            let mut bytes = vec![cla, ins, p1, p2];
            if !data.is_empty() {
                bytes.push(data.len() as u8);
                bytes.extend(data);
            }
            if le {
                bytes.push(0);
            }
            bytes
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn arbitrary_bytes_are_answered(state in 0_u8..9, bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut terminal = in_state(state);
        prop_assert!(terminal.chip.process(&bytes).len() >= 2);
    }

    #[test]
    fn commands_with_arbitrary_bodies_are_answered_and_give_nothing_away(
        state in 1_u8..6,
        commands in prop::collection::vec(command_like(), 1..8),
    ) {
        let mut terminal = in_state(state);
        let face = terminal.chip.state().file(ElementaryFile::DG2).unwrap().to_vec();
        let files = terminal.chip.state().files().count();
        for command in &commands {
            let answer = terminal.chip.process(command);
            prop_assert!(answer.len() >= 2);
            prop_assert!(answer.len() < 16 || !face.windows(16).any(|window| answer.windows(16).any(|w| w == window)));
        }
        prop_assert_eq!(terminal.chip.state().files().count(), files);
    }

    #[test]
    fn a_blank_answers_every_sequence(commands in prop::collection::vec(command_like(), 1..12)) {
        let mut terminal = in_state(0);
        for command in &commands {
            prop_assert!(terminal.chip.process(command).len() >= 2);
        }
        let bytes = terminal.chip.state().to_bytes();
        prop_assert!(CardState::from_bytes(&bytes).is_ok());
    }

    #[test]
    fn commands_inside_a_session_are_answered_inside_it(
        state in 6_u8..8,
        commands in prop::collection::vec(command_like(), 1..6),
    ) {
        let mut terminal = in_state(state);
        for bytes in &commands {
            let Ok(command) = Command::parse(bytes) else { continue };
            if command.cla() & 0xEF == 0 {
                prop_assert!(terminal.secure(&command).is_ok(), "{command:?}");
            }
        }
    }

    #[test]
    fn arbitrary_card_files_are_refused_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(CardState::from_bytes(&bytes).is_err());
    }
}
