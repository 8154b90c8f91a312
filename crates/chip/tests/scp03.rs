//! The door to a blank: what it takes, what it counts, when it blocks, what it forgets.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests

mod common;

use antin_chip::{CardState, Chip};
use antin_crypto::SecretBytes;
use antin_profile::Profile;
use antin_protocol::personalization::iso7816_9::{activate, get_identity};
use antin_protocol::scp03::terminal::{self, Channel};
use antin_protocol::scp03::{KeySet, Mode, SecurityLevel};
use antin_wire::apdu::{Command, Response, StatusWord};
use common::rng;

fn profile(fields: &str) -> Profile {
    let text = Profile::builtin("icao-passport").unwrap().text().to_owned();
    let text = text.replace(
        "[[file]]\nname = \"EF.CardAccess\"",
        &format!("[perso.scp03]\n{fields}\n[[file]]\nname = \"EF.CardAccess\""),
    );
    Profile::parse(&text, "changed").unwrap()
}

fn blank(fields: &str) -> Chip {
    let keys = KeySet::dangerous_test_keys();
    Chip::blank(&profile(fields), [9; 8], keys, Box::new(rng(1)))
}

fn send(chip: &mut Chip, command: &Command) -> Response {
    Response::parse(&chip.process(&command.to_bytes().unwrap())).unwrap()
}

fn open(chip: &mut Chip, mode: Mode, level: SecurityLevel) -> Result<Channel, StatusWord> {
    let keys = KeySet::dangerous_test_keys();
    let (update, waiting) = terminal::start(0, mode, &mut rng(2));
    let answer = send(chip, &update);
    if !answer.sw.is_ok() {
        return Err(answer.sw);
    }
    let (proof, waiting) = waiting.accept(&answer, &keys, level).unwrap();
    let answer = send(chip, &proof);
    waiting.accept(&answer).map_err(|_| answer.sw)
}

fn through(chip: &mut Chip, channel: &mut Channel, command: &Command) -> StatusWord {
    let answer = send(chip, &channel.protect(command).unwrap());
    channel.open(&answer).unwrap().sw
}

fn create() -> Command {
    Command::new(0x00, 0xE0, 0x00, 0x00).with_data(hex::decode("620E8002000482010183020101860100").unwrap())
}

/// A proof that is wrong in its last bit.
fn fail(chip: &mut Chip) -> StatusWord {
    let keys = KeySet::dangerous_test_keys();
    let (update, waiting) = terminal::start(0, Mode::S8, &mut rng(3));
    let answer = send(chip, &update);
    if !answer.sw.is_ok() {
        return answer.sw;
    }
    let (proof, _) = waiting.accept(&answer, &keys, SecurityLevel::All).unwrap();
    let mut data = proof.data().to_vec();
    *data.last_mut().unwrap() ^= 1;
    send(chip, &proof.with_data(data)).sw
}

#[test]
fn a_blank_is_written_through_the_channel_alone() {
    for (fields, mode, level) in [
        ("", Mode::S8, SecurityLevel::All),
        (
            "mode = \"s16\"\nchallenge = \"random\"",
            Mode::S16,
            SecurityLevel::All,
        ),
        ("security-level = \"03\"", Mode::S8, SecurityLevel::CMacCEnc),
        ("security-level = \"13\"", Mode::S8, SecurityLevel::CMacCEncRMac),
    ] {
        let mut chip = blank(fields);
        assert_eq!(send(&mut chip, &create()).sw, StatusWord::SECURITY_NOT_SATISFIED);
        let mut channel = open(&mut chip, mode, level).unwrap();
        assert_eq!(
            through(&mut chip, &mut channel, &create()),
            StatusWord::OK,
            "{fields}"
        );
    }
}

#[test]
fn what_was_written_cannot_be_read_beside_the_channel() {
    let mut chip = blank("");
    let mut channel = open(&mut chip, Mode::S8, SecurityLevel::All).unwrap();
    assert_eq!(through(&mut chip, &mut channel, &create()), StatusWord::OK);
    let select = Command::new(0x00, 0xA4, 0x02, 0x0C).with_data([0x01, 0x01]);
    assert_eq!(through(&mut chip, &mut channel, &select), StatusWord::OK);
    assert_eq!(send(&mut chip, &select).sw, StatusWord::SECURITY_NOT_SATISFIED);
    let after = send(&mut chip, &channel.protect(&select).unwrap()).sw;
    assert_eq!(
        after,
        StatusWord::SECURITY_NOT_SATISFIED,
        "a plain command ends the channel"
    );
}

#[test]
fn a_level_below_that_of_the_profile_is_refused() {
    let refused = open(&mut blank(""), Mode::S8, SecurityLevel::CMac).map(|_| ());
    assert_eq!(refused, Err(StatusWord::SECURITY_NOT_SATISFIED));
}

#[test]
fn wrong_proofs_are_counted_over_power_cuts_until_the_blank_is_dead() {
    let mut chip = blank("tries = 3");
    for _ in 0..3 {
        assert_eq!(fail(&mut chip), StatusWord::AUTH_FAILED);
        assert!(chip.take_dirty(), "the count is kept before the answer leaves");
        let kept = CardState::from_bytes(&chip.into_state().to_bytes()).unwrap();
        chip = Chip::from_state(kept, Box::new(rng(1)));
    }
    let refused = open(&mut chip, Mode::S8, SecurityLevel::All).map(|_| ());
    assert_eq!(refused, Err(StatusWord::BLOCKED));
}

#[test]
fn the_right_keys_wipe_the_count() {
    let mut chip = blank("tries = 2");
    for _ in 0..5 {
        assert_eq!(fail(&mut chip), StatusWord::AUTH_FAILED);
        open(&mut chip, Mode::S8, SecurityLevel::All).unwrap();
        chip.reset();
    }
}

#[test]
fn no_challenge_comes_twice() {
    let mut chip = blank("");
    let (update, _) = terminal::start(0, Mode::S8, &mut rng(2));
    let first = send(&mut chip, &update);
    chip.reset();
    assert_ne!(send(&mut chip, &update), first);
}

#[test]
fn a_reset_ends_the_channel() {
    let mut chip = blank("");
    let mut channel = open(&mut chip, Mode::S8, SecurityLevel::All).unwrap();
    chip.reset();
    let answer = send(&mut chip, &channel.protect(&create()).unwrap());
    assert_eq!(answer.sw, StatusWord::SECURITY_NOT_SATISFIED);
}

#[test]
fn the_identity_of_a_blank_says_that_it_has_a_door() {
    let development = |chip: &mut Chip| *send(chip, &get_identity()).data.last().unwrap();
    assert_eq!(development(&mut blank("")), 0);
    let mut open_to_all = Chip::development_blank(&profile(""), [9; 8], Box::new(rng(1)));
    assert_eq!(development(&mut open_to_all), 1);
    let (update, _) = terminal::start(0, Mode::S8, &mut rng(2));
    assert_eq!(send(&mut open_to_all, &update).sw, StatusWord::CLA, "and no keys");
}

#[test]
fn an_unfinished_blank_is_not_activated_through_the_channel_either() {
    let mut chip = blank("");
    let mut channel = open(&mut chip, Mode::S8, SecurityLevel::All).unwrap();
    let refused = through(&mut chip, &mut channel, &activate());
    assert_eq!(refused, StatusWord::CONDITIONS_NOT_SATISFIED);
}

#[test]
fn keys_of_every_length_survive_the_card_file() {
    for len in [16, 24, 32] {
        let key = |byte| SecretBytes::new(vec![byte; len]);
        let keys = KeySet::new(0x30, key(1), key(2), key(3)).unwrap();
        let state = CardState::blank(&profile(""), [9; 8], keys);
        let kept = CardState::from_bytes(&state.to_bytes()).unwrap();
        assert_eq!(*kept.to_bytes(), *state.to_bytes());
        assert!(!kept.is_development_blank());
    }
}
