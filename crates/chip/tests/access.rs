//! Opening the card, reading it, and what happens to a session.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)] // helpers of tests

mod common;

use antin_crypto::PureRust;
use antin_lds::{ElementaryFile, Place};
use antin_protocol::password::Password;
use antin_protocol::{Error, active_authentication, files};
use antin_wire::apdu::{Command, StatusWord};
use antin_wire::ids::{FileId, ShortFileId};
use common::{CAN, MRZ, Terminal, can, card, card_of, hex, mrz, profile_with};
use core::time::Duration;

/// Reads a file from the selected application as readers do.
fn read(terminal: &mut Terminal, id: u16) -> Vec<u8> {
    let selected = terminal.secure(&files::select_ef(FileId(id))).unwrap();
    assert_eq!(selected.sw, StatusWord::OK, "file {id:04X}");
    let mut bytes = Vec::new();
    loop {
        let offset = u16::try_from(bytes.len()).unwrap();
        let part = terminal
            .secure(&files::read_binary(offset, 256).unwrap())
            .unwrap();
        match part.sw {
            StatusWord::OK => bytes.extend(part.data),
            StatusWord::WRONG_OFFSET => return bytes,
            other => panic!("{other}"),
        }
    }
}

fn expect_all_files(terminal: &mut Terminal) {
    let state = terminal.chip.state().clone();
    for id in [0x011E, 0x011D, 0x0101, 0x0102, 0x010E, 0x010F] {
        let file = ElementaryFile::from_file_id(Place::Application, FileId(id)).unwrap();
        assert_eq!(read(terminal, id), state.file(file).unwrap(), "{file}");
    }
}

#[test]
fn bac_opens_both_cards_and_every_file_comes_out_whole() {
    for name in ["vn-cccd-2021", "icao-passport"] {
        let mut terminal = card(name);
        assert_eq!(terminal.select_application(), StatusWord::OK);
        terminal.bac(MRZ).unwrap();
        expect_all_files(&mut terminal);
    }
}

#[test]
fn pace_opens_both_cards_with_either_password() {
    for name in ["vn-cccd-2021", "icao-passport"] {
        for password in [can(CAN), mrz(MRZ)] {
            let mut terminal = card(name);
            terminal.pace(&password).unwrap();
            assert_eq!(terminal.select_application(), StatusWord::OK);
            expect_all_files(&mut terminal);
        }
    }
}

#[test]
fn chip_authentication_changes_the_keys_after_bac_and_after_pace() {
    for name in ["vn-cccd-2021", "icao-passport"] {
        for password in [None, Some(can(CAN))] {
            let mut terminal = card(name);
            open(&mut terminal, password.as_ref());
            let before = terminal.channel.as_ref().unwrap().keys().enc().expose().to_vec();
            terminal.chip_authentication().unwrap();
            assert_ne!(terminal.channel.as_ref().unwrap().keys().enc().expose(), before);
            expect_all_files(&mut terminal);
        }
    }
}

fn open(terminal: &mut Terminal, password: Option<&Password>) {
    match password {
        Some(password) => {
            terminal.pace(password).unwrap();
            assert_eq!(terminal.select_application(), StatusWord::OK);
        }
        None => {
            assert_eq!(terminal.select_application(), StatusWord::OK);
            terminal.bac(MRZ).unwrap();
        }
    }
}

#[test]
fn active_authentication_signs_with_the_key_of_dg15() {
    for name in ["vn-cccd-2021", "icao-passport"] {
        let mut terminal = card(name);
        open(&mut terminal, None);
        let challenge = *b"\x01\x02\x03\x04\x05\x06\x07\x08";
        let response = terminal
            .secure(&active_authentication::terminal::command(challenge))
            .unwrap();
        let dg15 = terminal.chip.state().file(ElementaryFile::DG15).unwrap();
        let spki = antin_wire::tlv::parse_one(dg15).unwrap().value.to_vec();
        let outcome = |challenge| {
            active_authentication::terminal::verify(
                &spki,
                Some(&antin_wire::oids::ECDSA_PLAIN_SHA256),
                challenge,
                &response,
                &PureRust,
            )
        };
        let genuine = matches!(
            outcome(challenge),
            Ok(active_authentication::terminal::Outcome::Genuine { .. })
        );
        assert!(genuine, "{:?}", outcome(challenge));
        assert_ne!(outcome([9; 8]), outcome(challenge));
    }
}

#[test]
fn a_copy_without_the_private_keys_cannot_prove_itself() {
    let mut terminal = card("vn-cccd-2021");
    let mut state = terminal.chip.state().clone();
    state.dangerous_remove_private_keys();
    terminal = Terminal::new(antin_chip::Chip::from_state(state, Box::new(common::rng(5))));
    open(&mut terminal, None);
    let response = terminal
        .secure(&active_authentication::terminal::command([1; 8]))
        .unwrap();
    assert_eq!(response.sw, StatusWord::REF_DATA_NOT_FOUND);
    assert!(matches!(
        terminal.chip_authentication(),
        Err(Error::Refused { .. })
    ));
    assert_eq!(
        terminal.secure_sw("00B0810001"),
        StatusWord::OK,
        "the old session lives on"
    );
}

#[test]
fn wrong_passwords_never_block_but_slow_the_card_down() {
    let mut terminal = card("vn-cccd-2021");
    let mut waits = Vec::new();
    for _ in 0..10 {
        let refused = terminal.pace(&can("999999")).unwrap_err();
        assert!(
            matches!(
                refused,
                Error::Refused {
                    sw: StatusWord::AUTH_FAILED,
                    ..
                }
            ),
            "{refused}"
        );
        assert!(
            terminal.chip.take_dirty(),
            "the count has to be kept before the answer goes out"
        );
        waits.push(terminal.chip.take_delay());
        assert_eq!(terminal.chip.take_delay(), Duration::ZERO, "said once");
    }
    assert_eq!(
        waits[..3],
        [Duration::ZERO, Duration::ZERO, Duration::from_millis(250)]
    );
    assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]));
    assert_eq!(waits[9], Duration::from_secs(8));
    // The count survives power off, and the right password waits as long as the last wrong one.
    let kept = antin_chip::CardState::from_bytes(&terminal.chip.state().to_bytes()).unwrap();
    assert_eq!(kept.failures(), 10);
    let mut terminal = Terminal::new(antin_chip::Chip::from_state(kept, Box::new(common::rng(6))));
    terminal.pace(&can(CAN)).unwrap();
    assert_eq!(terminal.chip.take_delay(), Duration::from_secs(8));
    assert!(terminal.chip.take_dirty());
    assert_eq!(terminal.chip.state().failures(), 0);
}

#[test]
fn a_wrong_mrz_counts_as_a_wrong_can_does() {
    let mut terminal = card("icao-passport");
    terminal.select_application();
    for count in 1..4 {
        let refused = terminal.bac("L898902C<369080619406237").unwrap_err();
        assert!(
            matches!(
                refused,
                Error::Refused {
                    sw: StatusWord::AUTH_FAILED,
                    ..
                }
            ),
            "{refused}"
        );
        assert_eq!(terminal.chip.state().failures(), count);
    }
    terminal.bac(MRZ).unwrap();
    assert_eq!(terminal.chip.state().failures(), 0);
}

#[test]
fn the_profile_says_how_a_wrong_password_is_answered() {
    let profile = profile_with("vn-cccd-2021", "status = \"6300\"", "status = \"6982\"");
    let mut terminal = card_of(&profile);
    let refused = terminal.pace(&can("999999")).unwrap_err();
    assert!(
        matches!(
            refused,
            Error::Refused {
                sw: StatusWord::SECURITY_NOT_SATISFIED,
                ..
            }
        ),
        "{refused}"
    );
}

#[test]
fn short_answers_are_filled_to_the_last_byte_that_fits() {
    let mut terminal = card("icao-passport");
    open(&mut terminal, None);
    let bac = terminal
        .secure(&files::read_binary_sfi(ShortFileId::new(2).unwrap(), 256))
        .unwrap();
    assert_eq!((bac.sw, bac.data.len()), (StatusWord::OK, 231));
    let mut terminal = card("icao-passport");
    open(&mut terminal, Some(&can(CAN)));
    let pace = terminal
        .secure(&files::read_binary_sfi(ShortFileId::new(2).unwrap(), 256))
        .unwrap();
    assert_eq!((pace.sw, pace.data.len()), (StatusWord::OK, 223));
}

#[test]
fn extended_answers_hold_a_whole_file_where_the_profile_allows_it() {
    let mut terminal = card("icao-passport");
    open(&mut terminal, Some(&can(CAN)));
    let whole = terminal
        .secure(&files::read_binary_sfi(ShortFileId::new(2).unwrap(), 65_536))
        .unwrap();
    assert_eq!((whole.sw, whole.data.len()), (StatusWord::OK, 15_004));

    let mut terminal = card("vn-cccd-2021");
    open(&mut terminal, Some(&can(CAN)));
    let part = terminal
        .secure(&files::read_binary_sfi(ShortFileId::new(2).unwrap(), 65_536))
        .unwrap();
    assert_eq!(part.sw, StatusWord::OK);
    assert!(
        (1_900..2_048).contains(&part.data.len()),
        "{} bytes",
        part.data.len()
    );
}

#[test]
fn a_card_without_extended_length_refuses_it() {
    let text = "extended = true\nchaining = true\nmax-command = 65535\nmax-response = 65536";
    let short = "extended = false\nchaining = false\nmax-command = 255\nmax-response = 256";
    let mut terminal = card_of(&profile_with("icao-passport", text, short));
    assert_eq!(
        terminal.send("00A4040C000007A0000002471001").sw,
        StatusWord::WRONG_LENGTH
    );
    assert_eq!(terminal.send("10A4040C07A0000002471001").sw, StatusWord::CHAINING);
    open(&mut terminal, Some(&can(CAN)));
    let command = files::read_binary_sfi(ShortFileId::new(2).unwrap(), 65_536);
    let refused = terminal.secure(&command).unwrap_err();
    assert!(
        matches!(
            refused,
            Error::Refused {
                sw: StatusWord::WRONG_LENGTH,
                ..
            }
        ),
        "{refused}"
    );
}

#[test]
fn strict_chips_name_the_right_length() {
    let profile = profile_with("icao-passport", "quirks = []", "quirks = [\"strict-le\"]");
    let mut terminal = card_of(&profile);
    assert_eq!(terminal.send("00A4020C02011C").sw, StatusWord::OK);
    let size = terminal
        .chip
        .state()
        .file(ElementaryFile::CardAccess)
        .unwrap()
        .len();
    assert_eq!(
        terminal.send("00B0000080").sw.0,
        0x6C00 | u16::try_from(size).unwrap()
    );
    let plain = card("icao-passport").send("00B09C0080");
    assert_eq!((plain.sw, plain.data.len()), (StatusWord::END_OF_FILE, size));
}

#[test]
fn some_chips_hand_out_answers_in_pieces() {
    let profile = profile_with("icao-passport", "quirks = []", "quirks = [\"get-response\"]");
    let mut terminal = card_of(&profile);
    let command = Command::parse(&hex("00A4040007A000000247100104")).unwrap();
    let first = terminal.plain(&command);
    assert_eq!((first.data.len(), first.sw.more_bytes()), (0, Some(11)));
    let part = terminal.send("00C0000005");
    assert_eq!((part.data.len(), part.sw.more_bytes()), (5, Some(6)));
    let rest = terminal.send("00C0000000");
    assert_eq!((part.data.len() + rest.data.len(), rest.sw), (11, StatusWord::OK));
    assert_eq!(
        terminal.send("00C0000000").sw,
        StatusWord::CONDITIONS_NOT_SATISFIED
    );
    assert_eq!(card("icao-passport").send("00C0000000").sw, StatusWord::INS);
}

#[test]
fn a_reset_forgets_session_and_selection() {
    let mut terminal = card("icao-passport");
    open(&mut terminal, None);
    let old = terminal.protected(&files::select_ef(FileId(0x0101)));
    terminal.chip.reset();
    assert_eq!(terminal.raw(&old).sw, StatusWord::CONDITIONS_NOT_SATISFIED);
    assert_eq!(terminal.send("00B0000001").sw, StatusWord::COMMAND_NOT_ALLOWED);
    assert_eq!(
        terminal.send("0084000008").sw,
        StatusWord::CONDITIONS_NOT_SATISFIED,
        "no application selected"
    );
}

#[test]
fn a_challenge_counts_for_the_next_command_only() {
    let mut terminal = card("icao-passport");
    terminal.select_application();
    let keys = antin_protocol::bac::Keys::from_mrz_information(MRZ);
    let (command, next) = antin_protocol::bac::terminal::start();
    let response = terminal.plain(&command);
    let (authenticate, _) = next.accept(&response, &keys, &mut terminal.rng).unwrap();
    terminal.select_application();
    assert_eq!(
        terminal.plain(&authenticate).sw,
        StatusWord::CONDITIONS_NOT_SATISFIED
    );
    assert_eq!(terminal.chip.state().failures(), 0, "this was no guess");
}
