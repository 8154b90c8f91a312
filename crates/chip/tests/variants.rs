//! The chip against the terminal in every variant that a profile can ask for.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation
)] // helpers of tests

mod common;

use std::time::Duration;

use antin_chip::{CardState, Chip};
use antin_crypto::agreement::{self, DhGroup, Group};
use antin_crypto::{Curve, pace::cam};
use antin_lds::ElementaryFile;
use antin_profile::Profile;
use antin_protocol::pace::{self, terminal::Outcome};
use antin_protocol::password::{Password, Pin, Puk};
use antin_protocol::personalization::iso7816_9::KeyObject;
use antin_protocol::terminal_authentication::terminal::{Credentials, Link};
use antin_protocol::terminal_authentication::{Binding, ChipIdentifier, terminal};
use antin_protocol::{Error, files};
use antin_trust::cv::{Role, TaAlgorithm};
use antin_wire::apdu::{Command, Response, StatusWord};
use common::*;

fn changed(overrides: &str) -> Profile {
    let base = Profile::builtin("icao-passport").unwrap();
    Profile::with_overrides(&base, overrides).unwrap_or_else(|fault| panic!("{fault}"))
}

/// One run of PACE over `send`.
fn run(
    terminal: &mut Terminal,
    password: &Password,
    last_try: bool,
    send: &mut dyn FnMut(&mut Terminal, &Command) -> Response,
) -> Result<(antin_protocol::sm::terminal::Channel, Outcome), Error> {
    let infos = terminal.chip.state().profile().card_access_infos();
    let parameters = pace::offers(infos.iter())
        .into_iter()
        .find_map(Result::ok)
        .unwrap();
    let (command, next) =
        pace::terminal::start(&parameters, password, pace::terminal::DomainReference::Omit)?;
    let response = send(terminal, &command);
    let (command, next) = if last_try {
        next.accept_last_try(&response)?
    } else {
        next.accept(&response)?
    };
    let response = send(terminal, &command);
    let (command, next) = next.accept(&response, &mut terminal.rng)?;
    let response = send(terminal, &command);
    let (command, next) = next.accept(&response, &mut terminal.rng)?;
    let response = send(terminal, &command);
    let (command, next) = next.accept(&response)?;
    let response = send(terminal, &command);
    next.accept(&response)
}

fn open(terminal: &mut Terminal, password: &Password) -> Result<Outcome, Error> {
    terminal.channel = None;
    let (channel, outcome) = run(terminal, password, false, &mut |terminal, command| {
        terminal.plain(command)
    })?;
    terminal.channel = Some(channel);
    Ok(outcome)
}

fn refused(outcome: Result<Outcome, Error>) -> StatusWord {
    match outcome {
        Err(Error::Refused { sw, .. }) => sw,
        other => panic!("{other:?}"),
    }
}

fn first_byte(terminal: &mut Terminal, place: ElementaryFile) -> Result<u8, StatusWord> {
    let response = terminal
        .secure(&files::read_binary_sfi(place.short_id(), 1))
        .unwrap();
    if response.sw == StatusWord::OK {
        Ok(response.data[0])
    } else {
        Err(response.sw)
    }
}

const CARD_SECURITY: &str = "[[file]]\nname = \"EF.CardSecurity\"\nfid = \"011D\"\nsfi = 0x1D\nread = \"pace\"\nmandatory = true\nmax-size = 8192\n";

fn pace_text(mapping: &str, group: Group, cipher: &str, passwords: &str, more: &str) -> String {
    let key = match group {
        Group::Ec(curve) => format!("curve = \"{}\"", curve.name()),
        Group::Dh(group) => format!("group = \"{}\"", group.name()),
    };
    format!(
        "[[access.pace]]\nmapping = \"{mapping}\"\n{key}\ncipher = \"{cipher}\"\npasswords = [{passwords}]\n{more}\n"
    )
}

#[test]
fn pace_opens_the_card_in_every_mapping_over_every_curve_and_group() {
    let curves = Curve::STANDARDIZED.map(Group::Ec);
    let groups = [DhGroup::Modp1024Sub160, DhGroup::Modp2048Sub256].map(Group::Dh);
    let ciphers = ["3des", "aes-128", "aes-192", "aes-256"];
    for (at, group) in curves.into_iter().chain(groups).enumerate() {
        for mapping in ["generic", "integrated"] {
            if mapping == "integrated" && group == Group::Ec(Curve::P224) {
                continue;
            }
            let more = if at % 2 == 0 {
                ""
            } else {
                "domain-parameters = \"explicit\""
            };
            let text = pace_text(mapping, group, ciphers[at % 4], "\"mrz\", \"can\"", more);
            let mut terminal = card_of(&changed(&text));
            for password in [can(CAN), mrz(MRZ)] {
                open(&mut terminal, &password).unwrap_or_else(|error| panic!("{text}: {error}"));
                terminal.select_application();
                assert_eq!(first_byte(&mut terminal, ElementaryFile::DG1), Ok(0x61), "{text}");
                terminal.reset();
            }
        }
    }
}

#[test]
fn chip_authentication_mapping_proves_the_static_key_and_card_security_is_readable_afterwards_only() {
    for curve in [Curve::P256, Curve::BrainpoolP384r1, Curve::P521] {
        let text =
            pace_text("chip-authentication", Group::Ec(curve), "aes-256", "\"can\"", "") + CARD_SECURITY;
        let profile = changed(&text);
        let key = content(&profile).keys.into_iter().find_map(|key| match key {
            KeyObject::ChipAuthenticationMapping { key } => Some(key.public()),
            _ => None,
        });
        let mut terminal = card_of(&profile);
        assert_eq!(terminal.send("00B09D0001").sw, StatusWord::SECURITY_NOT_SATISFIED);
        let evidence = open(&mut terminal, &can(CAN)).unwrap().cam.unwrap();
        let agreement::PublicKey::Ec(mapped) = &evidence.mapping_key else {
            panic!("the mapping works on curves only");
        };
        assert_eq!(
            cam::verify(&key.unwrap(), mapped, evidence.chip_data.expose()),
            Ok(())
        );
        assert_eq!(first_byte(&mut terminal, ElementaryFile::CardSecurity), Ok(0x30));
    }
}

#[test]
fn card_security_stays_closed_to_bac() {
    let text = pace_text("generic", Group::Ec(Curve::P256), "aes-128", "\"can\"", "") + CARD_SECURITY;
    let mut terminal = card_of(&changed(&text));
    terminal.select_application();
    terminal.bac(MRZ).unwrap();
    assert_eq!(terminal.secure_sw("00A40000023F00"), StatusWord::OK);
    assert_eq!(
        first_byte(&mut terminal, ElementaryFile::CardSecurity),
        Err(StatusWord::SECURITY_NOT_SATISFIED)
    );
}

fn with_pin() -> Terminal {
    let pace = pace_text(
        "generic",
        Group::Ec(Curve::P256),
        "aes-128",
        "\"can\", \"pin\", \"puk\"",
        "",
    );
    card_of(&changed(&format!(
        "{pace}[pin]\nvalue = \"random\"\ntries = 3\n[puk]\nvalue = \"random\"\n"
    )))
}

fn pin(digits: &str) -> Password {
    Password::Pin(Pin::parse(digits).unwrap())
}

/// PACE with a further password inside the session; the new session takes its place.
fn inside(terminal: &mut Terminal, password: &Password) -> Result<Outcome, Error> {
    let (channel, outcome) = run(terminal, password, true, &mut |terminal, command| {
        terminal.secure(command).unwrap()
    })?;
    terminal.channel = Some(channel);
    Ok(outcome)
}

#[test]
fn the_right_pin_restores_its_tries_and_a_wrong_one_is_counted_across_a_reset() {
    let mut terminal = with_pin();
    open(&mut terminal, &pin(PIN)).unwrap();
    terminal.reset();
    assert_eq!(refused(open(&mut terminal, &pin("000000"))), StatusWord(0x63C2));
    let kept = CardState::from_bytes(&terminal.chip.state().to_bytes()).unwrap();
    assert_eq!(kept.pin_failures(), 1);
    let mut terminal = Terminal::new(Chip::from_state(kept, Box::new(rng(3))));
    open(&mut terminal, &pin(PIN)).unwrap();
    assert_eq!(terminal.chip.state().pin_failures(), 0);
}

#[test]
fn a_pin_is_suspended_at_its_last_try_and_the_can_resumes_it() {
    let mut terminal = with_pin();
    for left in [0x63C2, 0x63C1] {
        assert_eq!(refused(open(&mut terminal, &pin("000000"))), StatusWord(left));
        terminal.reset();
    }
    assert_eq!(
        refused(open(&mut terminal, &pin(PIN))),
        StatusWord(0x63C1),
        "suspended"
    );
    terminal.reset();
    open(&mut terminal, &can(CAN)).unwrap();
    inside(&mut terminal, &pin(PIN)).unwrap();
    terminal.select_application();
    assert_eq!(first_byte(&mut terminal, ElementaryFile::DG1), Ok(0x61));
    terminal.reset();
    open(&mut terminal, &pin(PIN)).unwrap();
}

#[test]
fn a_blocked_pin_is_unblocked_by_the_puk_alone_and_the_puk_opens_nothing_else() {
    let mut terminal = with_pin();
    for _ in 0..2 {
        let _ = open(&mut terminal, &pin("000000"));
        terminal.reset();
    }
    open(&mut terminal, &can(CAN)).unwrap();
    assert_eq!(refused(inside(&mut terminal, &pin("000000"))), StatusWord(0x63C0));
    assert_eq!(terminal.secure_sw("002C0303"), StatusWord::SECURITY_NOT_SATISFIED);
    terminal.reset();
    assert_eq!(
        refused(open(&mut terminal, &pin(PIN))),
        StatusWord(0x63C0),
        "blocked"
    );
    terminal.reset();
    open(&mut terminal, &can(CAN)).unwrap();
    terminal.reset();
    open(&mut terminal, &Password::Puk(Puk::parse(PUK).unwrap())).unwrap();
    terminal.select_application();
    assert_eq!(
        first_byte(&mut terminal, ElementaryFile::DG1),
        Err(StatusWord::SECURITY_NOT_SATISFIED)
    );
    assert_eq!(terminal.secure_sw("002C0303"), StatusWord::OK);
    terminal.reset();
    open(&mut terminal, &pin(PIN)).unwrap();
}

/// Two guesses, a right CAN, two guesses: without a count of its own the PUK would never have to be waited for.
#[test]
fn the_right_can_wins_no_guesses_at_the_puk() {
    let mut terminal = with_pin();
    let wrong: String = PUK.chars().rev().collect();
    assert_ne!(wrong, PUK);
    let wrong = Password::Puk(Puk::parse(&wrong).unwrap());
    let mut waits = Vec::new();
    for count in 1..=4 {
        let _ = refused(open(&mut terminal, &wrong));
        assert_eq!(terminal.chip.state().puk_failures(), count);
        waits.push(terminal.chip.take_delay());
        terminal.reset();
        open(&mut terminal, &can(CAN)).unwrap();
        assert_eq!(
            terminal.chip.take_delay(),
            Duration::ZERO,
            "the CAN was always right"
        );
        terminal.reset();
    }
    assert!(waits[3] > waits[1], "{waits:?}");
    let kept = CardState::from_bytes(&terminal.chip.state().to_bytes()).unwrap();
    assert_eq!(kept.puk_failures(), 4);
    open(&mut terminal, &Password::Puk(Puk::parse(PUK).unwrap())).unwrap();
    assert_eq!(terminal.chip.state().puk_failures(), 0);
}

const TERMINAL: &str = include_str!("../../../test-vectors/profile/extended-access.toml");

/// Proves the chip, remembering the terminal's key, and then the terminal with these rights.
fn prove_rights(
    terminal: &mut Terminal,
    identifier: &ChipIdentifier,
    dv: &[&str],
    is: &[&str],
) -> Result<(), Error> {
    let point = terminal.ephemeral_of_chip_authentication();
    let root = authority();
    let (dv_key, is_key) = (cv_key(42), cv_key(43));
    let verifier = cv_certificate(
        "UTTESTCVCA00001",
        "UTTESTDV00001",
        &dv_key,
        &root.signer,
        Role::DvDomestic,
        dv,
    );
    let own = cv_certificate(
        "UTTESTDV00001",
        "UTTESTIS00001",
        &is_key,
        &dv_key,
        Role::Terminal,
        is,
    );
    let link = |certificate: &antin_trust::cv::CvCertificate| Link {
        authority: certificate.authority().as_bytes().to_vec(),
        content: certificate.to_content(),
    };
    let credentials = Credentials {
        chain: vec![link(&verifier), link(&own)],
        holder: own.holder().as_bytes().to_vec(),
        algorithm: TaAlgorithm::EcdsaSha256.oid(),
    };
    let mut random = rng(44);
    let mut sign = |message: &[u8]| Ok(is_key.sign(message, &mut random).unwrap());
    terminal::authenticate(
        &credentials,
        identifier,
        &Binding::V1 { ephemeral: point },
        &mut sign,
        &mut |command| terminal.secure(command),
    )
}

#[test]
fn proved_rights_open_what_every_certificate_grants_and_a_reset_takes_them_away() {
    let profile = changed(TERMINAL);
    let cases: [(&[&str], &[&str], bool, bool); 4] = [
        (&["read-dg3", "read-dg4"], &["read-dg3"], true, false),
        (&["read-dg3", "read-dg4"], &["read-dg4"], false, true),
        (&["read-dg3"], &["read-dg3", "read-dg4"], true, false),
        (&[], &["read-dg3", "read-dg4"], false, false),
    ];
    for (dv, is, fingers, irises) in cases {
        for with_pace in [false, true] {
            let mut terminal = card_of(&profile);
            let identifier = if with_pace {
                let outcome = open(&mut terminal, &can(CAN)).unwrap();
                terminal.select_application();
                ChipIdentifier::pace_key(&outcome.chip_ephemeral_compressed)
            } else {
                terminal.select_application();
                terminal.bac(MRZ).unwrap();
                ChipIdentifier::document_number(&MRZ[..MRZ.len() - 14])
            };
            let closed = Err(StatusWord::SECURITY_NOT_SATISFIED);
            assert_eq!(first_byte(&mut terminal, ElementaryFile::DG3), closed);
            prove_rights(&mut terminal, &identifier, dv, is).unwrap();
            let expected = |open: bool, tag: u8| if open { Ok(tag) } else { closed };
            assert_eq!(
                first_byte(&mut terminal, ElementaryFile::DG3),
                expected(fingers, 0x63)
            );
            assert_eq!(
                first_byte(&mut terminal, ElementaryFile::DG4),
                expected(irises, 0x76)
            );
            terminal.reset();
            open(&mut terminal, &can(CAN)).unwrap();
            terminal.select_application();
            assert_eq!(
                first_byte(&mut terminal, ElementaryFile::DG3),
                closed,
                "after a reset"
            );
        }
    }
}

#[test]
fn a_link_certificate_becomes_a_trust_point_that_survives_and_stands_in_the_file() {
    let mut terminal = card_of(&changed(TERMINAL));
    open(&mut terminal, &can(CAN)).unwrap();
    let next = cv_key(45);
    let link = cv_certificate(
        "UTTESTCVCA00001",
        "UTTESTCVCA00002",
        &next,
        &authority().signer,
        Role::Cvca,
        &[],
    );
    let select = Command::new(0x00, 0x22, 0x81, 0xB6).with_data(antin_wire::tlv::object(
        antin_wire::tlv::Tag(0x83),
        b"UTTESTCVCA00001",
    ));
    let verify = Command::new(0x00, 0x2A, 0x00, 0xBE).with_data(link.to_content());
    assert_eq!(terminal.secure(&select).unwrap().sw, StatusWord::OK);
    terminal.chip.take_dirty();
    assert_eq!(terminal.secure(&verify).unwrap().sw, StatusWord::OK);
    assert!(terminal.chip.take_dirty());
    let kept = CardState::from_bytes(&terminal.chip.state().to_bytes()).unwrap();
    assert_eq!(kept.trust_points().unwrap().points().len(), 2);
    let file = kept.file(ElementaryFile::Cvca).unwrap();
    assert_eq!(file.len(), 36);
    assert_eq!(&file[2..17], b"UTTESTCVCA00002");
    assert_eq!(&file[19..34], b"UTTESTCVCA00001");
}
