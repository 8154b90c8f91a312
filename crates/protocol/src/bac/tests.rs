use antin_crypto::scripted::ScriptedRng;
use antin_wire::apdu::{Command, Response, StatusWord};
use proptest::prelude::*;

use super::{Keys, chip, terminal};
use crate::{
    Error, sm,
    testing::{Vector, answer, bit_flips, command, hex, random, script, truncations},
};

const INFORMATION: &str = "L898902C<369080619406236";

fn vector() -> Vector {
    Vector::load("bac-appendix-d.toml")
}

#[test]
fn keys_follow_from_the_mrz() {
    let vector = vector();
    let keys = Keys::from_mrz_information(vector.text("mrz_information"));
    assert_eq!(keys.enc().expose(), vector.bytes("k_enc"));
    assert_eq!(keys.mac().expose(), vector.bytes("k_mac"));
}

#[test]
fn the_terminal_alone_reproduces_appendix_d() {
    let vector = vector();
    let [challenge, authenticate] = vector.exchanges("exchange").try_into().unwrap();
    let keys = Keys::from_mrz_information(vector.text("mrz_information"));
    let mut rng = script(&[vector.bytes("rnd_ifd"), vector.bytes("k_ifd")]);

    let (command, state) = terminal::start();
    assert_eq!(command.to_bytes().unwrap(), challenge.0);
    let (command, state) = state.accept(&challenge.1, &keys, &mut rng).unwrap();
    assert_eq!(command.to_bytes().unwrap(), authenticate.0);
    let mut channel = state.accept(&authenticate.1).unwrap();

    assert_session(&vector, channel.keys(), channel.ssc());
    for part in vector.parts("protected") {
        let plain = crate::testing::command(&part.bytes("plain_command"));
        let wrapped = channel.protect(&plain).unwrap();
        assert_eq!(
            wrapped.to_bytes().unwrap(),
            part.bytes("command"),
            "{}",
            part.text("name")
        );
        let opened = channel.open(&answer(&part.bytes("response"))).unwrap();
        assert_eq!(
            opened.to_bytes(),
            part.bytes("plain_response"),
            "{}",
            part.text("name")
        );
    }
}

#[test]
fn the_chip_alone_reproduces_appendix_d() {
    let vector = vector();
    let [challenge, authenticate] = vector.exchanges("exchange").try_into().unwrap();
    let keys = Keys::from_mrz_information(vector.text("mrz_information"));
    let mut rng = script(&[vector.bytes("rnd_ic"), vector.bytes("k_ic")]);

    let (told, state) = chip::challenge(&command(&challenge.0), &mut rng).unwrap();
    assert_eq!(told, challenge.1);
    let (told, mut channel) = state
        .authenticate(&command(&authenticate.0), &keys, &mut rng)
        .unwrap();
    assert_eq!(told, authenticate.1);

    assert_session(&vector, channel.keys(), channel.ssc());
    for part in vector.parts("protected") {
        let opened = channel.open(&command(&part.bytes("command"))).unwrap();
        assert_eq!(
            opened.to_bytes().unwrap(),
            part.bytes("plain_command"),
            "{}",
            part.text("name")
        );
        let wrapped = channel.protect(&answer(&part.bytes("plain_response")));
        assert_eq!(
            wrapped.to_bytes(),
            part.bytes("response"),
            "{}",
            part.text("name")
        );
    }
}

fn assert_session(vector: &Vector, keys: &sm::Keys, ssc: &sm::Ssc) {
    assert_eq!(keys.enc().expose(), vector.bytes("ks_enc"));
    assert_eq!(keys.mac().expose(), vector.bytes("ks_mac"));
    assert_eq!(ssc.as_bytes(), vector.bytes("ssc"));
}

/// Who ended a conversation that did not end in a session.
#[derive(Debug, PartialEq)]
enum End {
    Terminal(Error),
    Chip(StatusWord),
    NotAnApdu,
}

/// Where a message is on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Leg {
    Challenge,
    ChallengeAnswer,
    Proof,
    ProofAnswer,
}

/// Lets the two roles talk, with somebody in between.
fn talk(
    terminal_mrz: &str,
    chip_mrz: &str,
    between: impl Fn(Leg, Vec<u8>) -> Vec<u8>,
) -> Result<(sm::terminal::Channel, sm::chip::Channel), End> {
    let carry_command = |leg, command: Command| {
        Command::parse(&between(leg, command.to_bytes().unwrap())).map_err(|_| End::NotAnApdu)
    };
    let carry_answer =
        |leg, told: Response| Response::parse(&between(leg, told.to_bytes())).map_err(|_| End::NotAnApdu);
    let (mut ifd, mut ic) = (random(1), random(2));
    let terminal_keys = Keys::from_mrz_information(terminal_mrz);
    let chip_keys = Keys::from_mrz_information(chip_mrz);

    let (command, terminal) = terminal::start();
    let (told, chip) =
        chip::challenge(&carry_command(Leg::Challenge, command)?, &mut ic).map_err(End::Chip)?;
    let told = carry_answer(Leg::ChallengeAnswer, told)?;
    let (command, terminal) = terminal
        .accept(&told, &terminal_keys, &mut ifd)
        .map_err(End::Terminal)?;
    let command = carry_command(Leg::Proof, command)?;
    let (told, chip) = chip
        .authenticate(&command, &chip_keys, &mut ic)
        .map_err(End::Chip)?;
    let terminal = terminal
        .accept(&carry_answer(Leg::ProofAnswer, told)?)
        .map_err(End::Terminal)?;
    Ok((terminal, chip))
}

#[test]
fn the_two_roles_open_a_session() {
    let (mut terminal, mut chip) = talk(INFORMATION, INFORMATION, |_, bytes| bytes).unwrap();
    let wrapped = terminal.protect(&command(&hex("00A4020C02011E"))).unwrap();
    assert_eq!(chip.open(&wrapped).unwrap().data(), hex("011E"));
    terminal
        .open(&chip.protect(&Response::status(StatusWord::OK)))
        .unwrap();
}

#[test]
fn another_mrz_opens_nothing() {
    let end = talk("L898902C<369080619406237", INFORMATION, |_, bytes| bytes).unwrap_err();
    assert_eq!(end, End::Chip(StatusWord::AUTH_FAILED));
}

#[test]
fn every_flipped_bit_and_every_cut_ends_without_a_session() {
    for leg in [Leg::Challenge, Leg::ChallengeAnswer, Leg::Proof, Leg::ProofAnswer] {
        let seen = std::cell::RefCell::new(Vec::new());
        talk(INFORMATION, INFORMATION, |at, bytes| {
            if at == leg {
                seen.replace(bytes.clone());
            }
            bytes
        })
        .unwrap();
        let genuine = seen.into_inner();
        for damaged in bit_flips(&genuine).chain(truncations(&genuine)) {
            let end = talk(INFORMATION, INFORMATION, |at, bytes| {
                if at == leg { damaged.clone() } else { bytes }
            });
            assert!(end.is_err(), "{leg:?} {damaged:02X?}");
        }
    }
}

#[test]
fn our_own_proof_sent_back_is_a_breach() {
    let own = std::cell::RefCell::new(Vec::new());
    let end = talk(INFORMATION, INFORMATION, |leg, bytes| match leg {
        Leg::Proof => {
            own.replace(bytes[5..45].to_vec());
            bytes
        }
        Leg::ProofAnswer => [own.borrow().as_slice(), &[0x90, 0x00]].concat(),
        _ => bytes,
    });
    let expected = Error::Breach {
        step: "BAC: mutual authentication",
        what: "wrong nonce",
    };
    assert_eq!(end.unwrap_err(), End::Terminal(expected));
}

#[test]
fn an_old_proof_is_answered_like_a_wrong_one() {
    let keys = Keys::from_mrz_information(INFORMATION);
    let old = command(&vector().exchanges("exchange")[1].0);
    let (_, fresh) = chip::challenge(&command(&hex("0084000008")), &mut random(7)).unwrap();
    assert_eq!(
        fresh.authenticate(&old, &keys, &mut random(8)).unwrap_err(),
        StatusWord::AUTH_FAILED
    );
}

#[test]
fn the_chip_is_strict_about_shapes() {
    let challenge = |text: &str| chip::challenge(&command(&hex(text)), &mut random(1)).map(|_| ());
    assert_eq!(challenge("0084000008"), Ok(()));
    assert_eq!(challenge("0084000000"), Err(StatusWord::WRONG_LENGTH));
    assert_eq!(challenge("00840000"), Err(StatusWord::WRONG_LENGTH));
    assert_eq!(challenge("0084010008"), Err(StatusWord::WRONG_P1P2));
    assert_eq!(challenge("1084000008"), Err(StatusWord::CLA));
    let keys = Keys::from_mrz_information(INFORMATION);
    let authenticate = |data_len: usize, le: u32| {
        let (_, state) = chip::challenge(&command(&hex("0084000008")), &mut random(1)).unwrap();
        let sent = Command::new(0x00, 0x82, 0x00, 0x00)
            .with_data(vec![0; data_len])
            .with_le(le);
        state.authenticate(&sent, &keys, &mut random(1)).unwrap_err()
    };
    assert_eq!(authenticate(40, 40), StatusWord::AUTH_FAILED);
    assert_eq!(authenticate(40, 256), StatusWord::AUTH_FAILED);
    assert_eq!(authenticate(40, 39), StatusWord::WRONG_LENGTH);
    assert_eq!(authenticate(39, 40), StatusWord::WRONG_LENGTH);
    assert_eq!(authenticate(41, 40), StatusWord::WRONG_LENGTH);
}

proptest! {
    #[test]
    fn no_answer_opens_a_session_by_chance(nonce in proptest::collection::vec(any::<u8>(), 0..20), proof in proptest::collection::vec(any::<u8>(), 0..80)) {
        let keys = Keys::from_mrz_information(INFORMATION);
        let mut rng: ScriptedRng = random(1);
        let (_, state) = terminal::start();
        if let Ok((_, state)) = state.accept(&Response::ok(nonce), &keys, &mut rng) {
            prop_assert!(state.accept(&Response::ok(proof)).is_err());
        }
    }
}
