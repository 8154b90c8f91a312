//! A blank becomes a card: completely, in any torn way, and only once.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)] // helpers of tests

mod common;

use antin_chip::{Chip, Missing};
use antin_lds::ElementaryFile;
use antin_profile::{Dialect, Profile};
use antin_protocol::files::read_binary_odd;
use antin_protocol::personalization::iso7816_9::{
    self, ChipIdentity, FileControl, KeyObject, LifeCycle, ReadCondition, create_file, update_binary_odd,
};
use antin_wire::apdu::{Command, StatusWord};
use antin_wire::ids::{FileId, ShortFileId};
use common::{Terminal, blank, card, content, foreign_key, personalization, rng};

#[test]
fn a_blank_says_which_chip_it_is_and_a_card_does_not() {
    let mut terminal = Terminal::new(blank("vn-cccd-2021"));
    let response = terminal.send("00CADF2000");
    let identity = ChipIdentity::parse(&response.data).unwrap();
    assert_eq!(identity.serial, common::SERIAL);
    assert_eq!(identity.life_cycle, LifeCycle::Creation);
    assert!(identity.development_blank);
    assert_eq!(
        card("vn-cccd-2021").send("00CADF2000").sw,
        StatusWord::REF_DATA_NOT_FOUND
    );
}

#[test]
fn every_built_in_profile_can_be_personalized() {
    let ours = |profile: &Profile| profile.perso.dialect == Dialect::Iso7816_9;
    for profile in Profile::builtins().into_iter().filter(ours) {
        let terminal = card(&profile.name);
        let state = terminal.chip.state();
        assert_eq!(state.life_cycle(), LifeCycle::Operational);
        for (file, bytes) in content(&profile).files {
            assert_eq!(state.file(file), Some(bytes.as_slice()), "{file}");
        }
        assert!(state.files().all(|file| file.complete));
    }
}

#[test]
fn every_command_can_be_repeated_after_a_tear() {
    let profile = Profile::builtin("vn-cccd-2021").unwrap();
    let content = content(&profile);
    let commands = personalization(&profile, &content);
    let mut terminal = Terminal::new(blank("vn-cccd-2021"));
    for command in &commands[..commands.len() - 1] {
        assert_eq!(terminal.plain(command).sw, StatusWord::OK, "{command:?}");
        assert_eq!(
            terminal.plain(command).sw,
            StatusWord::OK,
            "repeated: {command:?}"
        );
    }
    assert_eq!(terminal.plain(&commands[commands.len() - 1]).sw, StatusWord::OK);
}

#[test]
fn a_card_torn_at_any_command_becomes_the_same_card_when_the_plan_runs_again() {
    let profile = Profile::builtin("icao-passport").unwrap();
    let content = content(&profile);
    let commands = personalization(&profile, &content);
    let whole = card("icao-passport").chip.into_state().to_bytes();
    for torn in (0..commands.len()).step_by(5) {
        let mut terminal = Terminal::new(blank("icao-passport"));
        for command in &commands[..torn] {
            terminal.plain(command);
        }
        let state = antin_chip::CardState::from_bytes(&terminal.chip.state().to_bytes()).unwrap();
        let mut terminal = Terminal::new(Chip::from_state(state, Box::new(rng(3))));
        for command in &commands {
            assert_eq!(
                terminal.plain(command).sw,
                StatusWord::OK,
                "torn at {torn}: {command:?}"
            );
        }
        assert!(terminal.chip.state().to_bytes() == whole, "torn at {torn}");
    }
}

#[test]
fn an_operational_card_takes_no_more_personalization() {
    let profile = Profile::builtin("vn-cccd-2021").unwrap();
    let mut terminal = card("vn-cccd-2021");
    let before = terminal.chip.state().to_bytes();
    for command in personalization(&profile, &content(&profile)) {
        if command.ins() != 0xA4 {
            let sw = terminal.plain(&command).sw;
            assert_eq!(sw, StatusWord::CONDITIONS_NOT_SATISFIED, "{command:?}");
        }
    }
    assert!(terminal.chip.state().to_bytes() == before);
}

#[test]
fn activation_waits_for_everything_that_the_profile_asks_for() {
    let profile = Profile::builtin("vn-cccd-2021").unwrap();
    let content = content(&profile);
    let commands = personalization(&profile, &content);
    // Leave out one command at a time; the plan ends with ACTIVATE.
    for (left_out, command) in commands.iter().enumerate().take(commands.len() - 1) {
        if command.ins() == 0xA4 || (command.ins() == 0xD6 && left_out % 9 != 0) {
            continue;
        }
        let mut terminal = Terminal::new(blank("vn-cccd-2021"));
        for (index, command) in commands.iter().enumerate() {
            if index != left_out && index + 1 < commands.len() {
                terminal.plain(command);
            }
        }
        let missing = terminal.chip.state().missing();
        assert_ne!(missing, [], "without {command:?}");
        let sw = terminal.plain(&commands[commands.len() - 1]).sw;
        assert_eq!(sw, StatusWord::CONDITIONS_NOT_SATISFIED, "without {command:?}");
        assert_eq!(terminal.chip.state().life_cycle(), LifeCycle::Creation);
    }
}

#[test]
fn a_blank_names_what_is_missing() {
    let missing = blank("icao-passport").state().missing();
    assert!(missing.contains(&Missing::File(FileId(0x0101))));
    assert!(missing.contains(&Missing::Mrz));
    assert!(missing.contains(&Missing::ChipAuthenticationKey));
    assert_eq!(missing[0].to_string(), "file 011C was not created");
}

#[test]
fn long_and_short_and_chained_writes_end_in_the_same_file() {
    let bytes: Vec<u8> = (0..600_u32).map(|i| (i % 256) as u8).collect();
    let mut images = Vec::new();
    for way in ["short", "extended", "chained", "short-id"] {
        let mut terminal = Terminal::new(blank("icao-passport"));
        terminal.select_application();
        let control = FileControl {
            file_id: FileId(0x0102),
            sfi: ShortFileId::new(2),
            size: 600,
            read: ReadCondition::AccessControl,
        };
        let created = terminal.plain(&create_file(&control));
        assert_eq!(created.sw, StatusWord::OK);
        let write =
            |cla: u8, p1: u8, p2: u8, data: &[u8]| Command::new(cla, 0xD6, p1, p2).with_data(data.to_vec());
        let commands = match way {
            "short" => vec![
                write(0, 0, 0, &bytes[..255]),
                write(0, 0, 255, &bytes[255..510]),
                write(0, 1, 0xFE, &bytes[510..]),
            ],
            "extended" => vec![write(0, 0, 0, &bytes)],
            "chained" => vec![
                write(0x10, 0, 0, &bytes[..255]),
                write(0x10, 0, 0, &bytes[255..510]),
                write(0, 0, 0, &bytes[510..]),
            ],
            _ => vec![write(0, 0x82, 0, &bytes[..250]), write(0, 0, 250, &bytes[250..])],
        };
        for command in commands {
            assert_eq!(terminal.plain(&command).sw, StatusWord::OK, "{way}: {command:?}");
        }
        images.push(terminal.chip.state().file(ElementaryFile::DG2).unwrap().to_vec());
    }
    assert!(images.iter().all(|image| *image == bytes));
}

#[test]
fn a_chain_that_changes_its_mind_is_refused_and_forgotten() {
    let mut terminal = Terminal::new(blank("icao-passport"));
    terminal.select_application();
    assert_eq!(terminal.send("10E0000002 6213").sw, StatusWord::OK);
    assert_eq!(
        terminal.send("00A4020C02 0101").sw,
        StatusWord::LAST_OF_CHAIN_EXPECTED
    );
    assert_eq!(
        terminal.send("00E0000002 6213").sw,
        StatusWord::INCORRECT_PARAMETERS,
        "only this piece counts"
    );
}

#[test]
fn a_key_has_to_fit_the_profile() {
    let mut terminal = Terminal::new(blank("icao-passport"));
    let key = foreign_key(&mut rng(9));
    for object in [
        KeyObject::ChipAuthentication {
            key_id: None,
            version: iso7816_9::KeyVersion::One,
            key: antin_crypto::agreement::PrivateKey::Ec(key.clone()),
        },
        KeyObject::ActiveAuthentication {
            key: iso7816_9::ActiveKey::Ec(key),
        },
    ] {
        assert_eq!(
            terminal.plain(&object.encode()).sw,
            StatusWord::INCORRECT_PARAMETERS
        );
    }
}

#[test]
fn the_host_is_told_when_the_state_has_changed() {
    let profile = Profile::builtin("icao-passport").unwrap();
    let commands = personalization(&profile, &content(&profile));
    let mut terminal = Terminal::new(blank("icao-passport"));
    assert!(!terminal.chip.is_dirty());
    for command in &commands {
        let before = terminal.chip.state().to_bytes();
        terminal.plain(command);
        let changed = terminal.chip.state().to_bytes() != before;
        assert!(!changed || terminal.chip.is_dirty(), "{command:?}");
        terminal.chip.take_dirty();
        assert!(!terminal.chip.is_dirty());
    }
    terminal.reset();
    terminal.select_application();
    terminal.bac(common::MRZ).unwrap();
    assert!(!terminal.chip.is_dirty(), "a reader changes nothing");
}

#[test]
fn a_written_file_can_be_read_back_before_activation() {
    let profile = Profile::builtin("icao-passport").unwrap();
    let commands = personalization(&profile, &content(&profile));
    let mut terminal = Terminal::new(blank("icao-passport"));
    for command in &commands[..commands.len() - 1] {
        terminal.plain(command);
    }
    let response = terminal.send("00B0810000");
    assert_eq!((response.sw, response.data.len()), (StatusWord::OK, 93 - 1));
}

#[test]
fn a_file_beyond_fifteen_bits_is_written_and_read_with_odd_instructions() {
    let bytes: Vec<u8> = (0..100_000_u32).map(|i| (i % 253) as u8).collect();
    let mut terminal = Terminal::new(blank("icao-passport"));
    terminal.select_application();
    let control = FileControl {
        file_id: FileId(0x0102),
        sfi: ShortFileId::new(2),
        size: 100_000,
        read: ReadCondition::AccessControl,
    };
    assert_eq!(terminal.plain(&create_file(&control)).sw, StatusWord::OK);
    for (number, piece) in bytes.chunks(2_000).enumerate() {
        let command = update_binary_odd(u32::try_from(number * 2_000).unwrap(), piece);
        assert_eq!(terminal.plain(&command).sw, StatusWord::OK);
    }
    let mut read = Vec::new();
    while read.len() < bytes.len() {
        let command = read_binary_odd(u32::try_from(read.len()).unwrap(), 2_004);
        let answer = terminal.plain(&command);
        assert_eq!(answer.sw, StatusWord::OK);
        let piece = antin_wire::tlv::parse_one(&answer.data).unwrap().value;
        read.extend_from_slice(piece);
    }
    assert_eq!(read, bytes);
    for (wrong, sw) in [
        (update_binary_odd(100_000, &[1]), StatusWord::WRONG_OFFSET),
        (update_binary_odd(99_999, &[1, 2]), StatusWord::NOT_ENOUGH_MEMORY),
        (
            Command::new(0, 0xD7, 0, 0).with_data(vec![0x54, 0]),
            StatusWord::INCORRECT_PARAMETERS,
        ),
        (
            Command::new(0, 0xD7, 0, 1).with_data(vec![0x54, 0]),
            StatusWord::WRONG_P1P2,
        ),
    ] {
        assert_eq!(terminal.plain(&wrong).sw, sw);
    }
    let selected = terminal.send("00A4020402010200");
    assert_eq!(FileControl::parse(&selected.data), Ok(control));
}
