use antin_crypto::{SecretBytes, Suite};
use antin_wire::apdu::{Command, Response, StatusWord};
use proptest::prelude::*;

use super::chip::{self, Challenge, Offer};
use super::{KeySet, Mode, ResponseProtection, SecurityLevel, StaticKeys, max_plain, terminal};
use crate::Error;
use crate::testing::{Vector, answer, bit_flips, command, random, script, truncations};

fn keys(suite: Suite) -> KeySet {
    let key = |base: u8| SecretBytes::new((base..).take(suite.key_len()).collect());
    KeySet::new(0x30, key(0x00), key(0x30), key(0x80)).unwrap()
}

fn offer(keys: &KeySet) -> Offer<'_> {
    Offer {
        keys,
        diversification: [0; 10],
        mode: Mode::S8,
        challenge: Challenge::Random,
        responses: ResponseProtection::RMacREnc,
        least: SecurityLevel::None,
    }
}

/// The two roles, each with its own idea of the keys.
fn shake_hands(
    offer: &Offer<'_>,
    keys: &dyn StaticKeys,
    level: SecurityLevel,
) -> Result<(terminal::Channel, chip::Channel), Error> {
    let (update, waiting) = terminal::start(keys.version(), offer.mode, &mut random(1));
    let (response, initialized) = chip::initialize(&update, offer, &mut random(2)).unwrap();
    let (proof, waiting) = waiting.accept(&response, keys, level)?;
    match initialized.authenticate(&proof) {
        Ok((response, chip)) => Ok((waiting.accept(&response)?, chip)),
        Err(status) => Err(waiting.accept(&Response::status(status)).unwrap_err()),
    }
}

fn open(offer: &Offer<'_>, keys: &KeySet, level: SecurityLevel) -> (terminal::Channel, chip::Channel) {
    shake_hands(offer, keys, level).unwrap()
}

#[test]
fn the_published_sessions_come_out_byte_for_byte_in_both_roles() {
    for (name, version) in [
        ("scp03-aes128.toml", 0x30),
        ("scp03-aes192.toml", 0x31),
        ("scp03-aes256.toml", 0x32),
    ] {
        let vector = Vector::load(name);
        let key = |name| SecretBytes::new(vector.bytes(name));
        let keys = KeySet::new(version, key("enc"), key("mac"), key("dek")).unwrap();
        for session in vector.parts("session") {
            replay(name, &keys, &session);
        }
    }
}

fn replay(name: &str, keys: &KeySet, session: &Vector) {
    let level = SecurityLevel::from_byte(session.bytes("level")[0]).unwrap();
    let update = session.bytes("initialize_update");
    let response = answer(&[session.bytes("initialize_update_answer"), vec![0x90, 0x00]].concat());
    let (sent, waiting) = terminal::start(keys.version(), Mode::S8, &mut script(&[update[5..13].to_vec()]));
    assert_eq!(sent.to_bytes().unwrap(), update, "{name} {level:?}");
    let (proof, waiting) = waiting.accept(&response, keys, level).unwrap();
    assert_eq!(proof.to_bytes().unwrap(), session.bytes("external_authenticate"));
    let mut terminal = waiting.accept(&Response::ok(Vec::new())).unwrap();

    // The chip of the example drew its challenge in a way that only its application knows: here it is drawn from a script.
    let mut card = offer(keys);
    card.responses = ResponseProtection::RMacREnc;
    let mut rng = script(&[response.data[13..21].to_vec()]);
    let (own, initialized) = chip::initialize(&sent, &card, &mut rng).unwrap();
    assert_eq!(
        own.data[13..29],
        response.data[13..29],
        "challenge and cryptogram"
    );
    let (_, mut chip) = initialized.authenticate(&proof).unwrap();

    for exchange in session.parts("exchange") {
        let plain = command(&exchange.bytes("plain"));
        let protected = terminal.protect(&plain).unwrap();
        assert_eq!(
            hex::encode_upper(protected.to_bytes().unwrap()),
            exchange.text("protected"),
            "{name} {level:?}"
        );
        assert_eq!(
            chip.open(&protected).map(|inner| inner.to_bytes()),
            Ok(plain.to_bytes())
        );
        if exchange.has("answer") {
            let plain = Response::ok(exchange.bytes("answer"));
            let protected = chip.protect(&plain);
            assert_eq!(
                hex::encode_upper(&protected.data),
                exchange.text("protected_answer")
            );
            assert_eq!(terminal.open(&protected), Ok(plain));
        }
    }
}

#[test]
fn every_key_length_level_mode_and_challenge_opens_a_channel_in_which_both_understand_each_other() {
    let pseudo = Challenge::PseudoRandom {
        sequence: [0, 0, 7],
        aid: &[0xA0, 0, 0, 1, 0x51],
    };
    for suite in [Suite::Aes128, Suite::Aes192, Suite::Aes256] {
        let keys = keys(suite);
        for level in SecurityLevel::ALL {
            for mode in [Mode::S8, Mode::S16] {
                for challenge in [Challenge::Random, pseudo] {
                    let card = Offer {
                        mode,
                        challenge,
                        ..offer(&keys)
                    };
                    let (mut terminal, mut chip) = open(&card, &keys, level);
                    talk(&mut terminal, &mut chip);
                }
            }
        }
    }
}

fn talk(terminal: &mut terminal::Channel, chip: &mut chip::Channel) {
    let select = Command::new(0x00, 0xA4, 0x02, 0x0C).with_data([0x01, 0x01]);
    let write = Command::new(0x00, 0xD6, 0x00, 0x00).with_data(vec![0x80; 300]);
    let read = Command::new(0x00, 0xB0, 0x00, 0x00).with_le(16);
    let activate = Command::new(0x00, 0x44, 0x00, 0x00);
    let answers = [
        Response::ok(Vec::new()),
        Response::ok(vec![0x80; 16]),
        Response::new(vec![1], StatusWord::END_OF_FILE),
        Response::status(StatusWord::FILE_NOT_FOUND),
    ];
    for (sent, answered) in [select, write, read, activate].iter().zip(&answers) {
        let outer = terminal.protect(sent).unwrap();
        let received = chip
            .open(&Command::parse(&outer.to_bytes().unwrap()).unwrap())
            .unwrap();
        assert_eq!(received.header(), sent.header());
        assert_eq!((received.data(), received.le()), (sent.data(), sent.le()));
        assert_eq!(terminal.open(&chip.protect(answered)).as_ref(), Ok(answered));
    }
}

#[test]
fn a_chip_with_other_keys_gets_no_cryptogram() {
    let (ours, theirs) = (keys(Suite::Aes128), KeySet::dangerous_test_keys());
    let (update, waiting) = terminal::start(0, Mode::S8, &mut random(1));
    let (response, _) = chip::initialize(&update, &offer(&theirs), &mut random(2)).unwrap();
    let error = waiting.accept(&response, &ours, SecurityLevel::All).unwrap_err();
    assert!(matches!(error, Error::Breach { what, .. } if what.contains("other keys")));
}

#[test]
fn a_wrong_bit_in_the_proof_is_refused_whichever_it_is() {
    let keys = keys(Suite::Aes128);
    let card = offer(&keys);
    let attempt = || {
        let (update, waiting) = terminal::start(0, Mode::S8, &mut random(1));
        let (response, initialized) = chip::initialize(&update, &card, &mut random(2)).unwrap();
        let (proof, _) = waiting.accept(&response, &keys, SecurityLevel::CMac).unwrap();
        (proof, initialized)
    };
    let (proof, _) = attempt();
    for wrong in bit_flips(proof.data()) {
        let (_, initialized) = attempt();
        let refused = initialized
            .authenticate(&proof.clone().with_data(wrong))
            .map(|_| ());
        assert_eq!(refused, Err(StatusWord::AUTH_FAILED));
    }
}

#[test]
fn levels_that_the_chip_does_not_offer_or_finds_too_low_are_refused() {
    let keys = keys(Suite::Aes128);
    for (responses, level) in [
        (ResponseProtection::None, SecurityLevel::CMacRMac),
        (ResponseProtection::RMac, SecurityLevel::All),
    ] {
        let card = Offer {
            responses,
            ..offer(&keys)
        };
        let refused = shake_hands(&card, &keys, level).map(|_| ());
        assert!(matches!(refused, Err(Error::Unsupported { .. })), "{level:?}");
    }
    let card = Offer {
        least: SecurityLevel::CMacCEnc,
        ..offer(&keys)
    };
    for level in SecurityLevel::ALL {
        let opened = shake_hands(&card, &keys, level).is_ok();
        assert_eq!(opened, level.covers(SecurityLevel::CMacCEnc), "{level:?}");
    }
    assert_eq!(SecurityLevel::from_byte(0x02), None, "C-ENC without C-MAC");
}

#[test]
fn keys_of_another_version_are_not_found() {
    let keys = keys(Suite::Aes128);
    let (update, _) = terminal::start(0x31, Mode::S8, &mut random(1));
    let refused = chip::initialize(&update, &offer(&keys), &mut random(2)).map(|_| ());
    assert_eq!(refused, Err(StatusWord::REF_DATA_NOT_FOUND));
}

#[test]
fn the_pseudo_random_challenge_follows_from_counter_and_application() {
    let keys = keys(Suite::Aes128);
    let challenge = |sequence, aid: &[u8]| {
        let card = Offer {
            challenge: Challenge::PseudoRandom { sequence, aid },
            ..offer(&keys)
        };
        let (update, _) = terminal::start(0, Mode::S8, &mut random(1));
        let (response, _) = chip::initialize(&update, &card, &mut random(2)).unwrap();
        assert_eq!(response.data[12], 0x70);
        assert_eq!(response.data[29..], sequence);
        response.data[13..21].to_vec()
    };
    let first = challenge([0, 0, 1], &[1, 2, 3, 4, 5]);
    assert_eq!(challenge([0, 0, 1], &[1, 2, 3, 4, 5]), first);
    assert_ne!(challenge([0, 0, 2], &[1, 2, 3, 4, 5]), first);
    assert_ne!(challenge([0, 0, 1], &[1, 2, 3, 4, 6]), first);
}

#[test]
fn an_answer_to_initialize_update_that_is_cut_or_too_long_is_refused() {
    let keys = keys(Suite::Aes128);
    let (update, _) = terminal::start(0, Mode::S8, &mut random(1));
    let (response, _) = chip::initialize(&update, &offer(&keys), &mut random(2)).unwrap();
    let long = [response.data.clone(), vec![0]].concat();
    for wrong in truncations(&response.data).chain([long]) {
        let (_, waiting) = terminal::start(0, Mode::S8, &mut random(1));
        let refused = waiting.accept(&Response::ok(wrong), &keys, SecurityLevel::All);
        assert!(matches!(refused, Err(Error::Malformed(_))));
    }
}

#[test]
fn a_changed_repeated_left_out_or_plain_command_is_refused() {
    let keys = keys(Suite::Aes128);
    let card = offer(&keys);
    let write = Command::new(0x00, 0xD6, 0x00, 0x00).with_data([1, 2, 3]);
    let (mut terminal, _) = open(&card, &keys, SecurityLevel::All);
    let first = terminal.protect(&write).unwrap();
    let second = terminal.protect(&write).unwrap();
    let bytes = first.to_bytes().unwrap();
    let changed = (0..bytes.len() * 8)
        // A changed Lc is another command or none, which the parser judges.
        .filter(|bit| bit / 8 != 4)
        .map(|bit| {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            command(&changed)
        });
    for wrong in changed.chain([second, write.clone()]) {
        let (_, mut chip) = open(&card, &keys, SecurityLevel::All);
        assert_eq!(
            chip.open(&wrong).map(|_| ()),
            Err(StatusWord::SECURITY_NOT_SATISFIED)
        );
    }
    let (_, mut chip) = open(&card, &keys, SecurityLevel::All);
    chip.open(&first).unwrap();
    assert_eq!(
        chip.open(&first).map(|_| ()),
        Err(StatusWord::SECURITY_NOT_SATISFIED),
        "repeated"
    );
}

#[test]
fn a_changed_or_bare_answer_closes_the_channel_of_the_terminal() {
    let keys = keys(Suite::Aes128);
    let card = offer(&keys);
    let read = Command::new(0x00, 0xB0, 0x00, 0x00).with_le(16);
    let session = || {
        let (mut terminal, mut chip) = open(&card, &keys, SecurityLevel::All);
        let inner = chip.open(&terminal.protect(&read).unwrap()).unwrap();
        assert_eq!(inner.le(), Some(16));
        (terminal, chip.protect(&Response::ok(vec![7; 5])))
    };
    let (_, right) = session();
    let bare = [
        Response::ok(Vec::new()),
        Response::ok(vec![7; 5]),
        Response::new(vec![7], StatusWord::UNKNOWN),
    ];
    let changed = bit_flips(&right.data).map(Response::ok);
    for wrong in changed.chain(bare) {
        let (mut terminal, _) = session();
        assert!(matches!(terminal.open(&wrong), Err(Error::Breach { .. })));
        assert_eq!(terminal.open(&right), Err(Error::Closed));
        assert_eq!(terminal.protect(&read).map(|_| ()), Err(Error::Closed));
    }
}

#[test]
fn test_keys_are_known_as_such() {
    assert!(KeySet::dangerous_test_keys().has_test_key());
    assert!(!keys(Suite::Aes256).has_test_key());
    let shown = format!("{:?}", KeySet::dangerous_test_keys());
    assert!(!shown.contains("64, 65") && shown.contains("SecretBytes(16 bytes)"));
    let key = |len| SecretBytes::new(vec![1; len]);
    assert!(KeySet::new(1, key(15), key(15), key(15)).is_err());
    assert!(KeySet::new(1, key(16), key(16), key(24)).is_err());
}

#[test]
fn what_fits_a_command_fits_once_it_is_protected() {
    let keys = keys(Suite::Aes128);
    for mode in [Mode::S8, Mode::S16] {
        for room in 40..600 {
            let card = Offer { mode, ..offer(&keys) };
            let (mut terminal, _) = open(&card, &keys, SecurityLevel::All);
            let protect = |terminal: &mut terminal::Channel, len| {
                let command = Command::new(0x00, 0xD6, 0x00, 0x00).with_data(vec![0; len]);
                terminal.protect(&command).unwrap().data().len()
            };
            let fits = max_plain(mode, room);
            assert!(protect(&mut terminal, fits) <= room);
            assert!(protect(&mut terminal, fits + 1) > room);
        }
    }
}

proptest! {
    #[test]
    fn no_command_brings_the_chip_down(bytes in prop::collection::vec(any::<u8>(), 4..80)) {
        let keys = keys(Suite::Aes128);
        let card = offer(&keys);
        if let Ok(command) = Command::parse(&bytes) {
            let _ = chip::initialize(&command, &card, &mut random(2));
            let (_, mut chip) = open(&card, &keys, SecurityLevel::All);
            prop_assert!(chip.open(&command).is_err());
        }
    }

    #[test]
    fn no_answer_brings_the_terminal_down(bytes in prop::collection::vec(any::<u8>(), 2..80)) {
        let keys = keys(Suite::Aes128);
        let response = answer(&bytes);
        let (_, waiting) = terminal::start(0, Mode::S8, &mut random(1));
        prop_assert!(waiting.accept(&response, &keys, SecurityLevel::All).is_err());
    }
}
