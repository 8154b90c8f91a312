//! PACE with a peer that others wrote: libeac plays the terminal to our chip and the chip to our terminal, over every
//! group and cipher that both have.
#![cfg(target_os = "linux")]

mod common;

use std::path::Path;

use antin::SystemRng;
use antin_crypto::agreement::Group;
use antin_lds::SecurityInfo;
use antin_protocol::Error;
use antin_protocol::pace::chip::{self, Card, Lookup, Ready};
use antin_protocol::pace::terminal::{self, DomainReference};
use antin_protocol::pace::{Parameters, Unsupported};
use antin_protocol::password::{Can, Password};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::oids::{self, ObjectIdentifier};
use antin_wire::tlv::{self, Tag, tags, tags::authentication};
use common::peer::{Peer, build};

const CIPHERS: [(&str, [ObjectIdentifier; 2]); 4] = [
    (
        "3DES-CBC-CBC",
        [
            oids::ID_PACE_ECDH_GM_3DES_CBC_CBC,
            oids::ID_PACE_DH_GM_3DES_CBC_CBC,
        ],
    ),
    (
        "AES-CBC-CMAC-128",
        [
            oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128,
            oids::ID_PACE_DH_GM_AES_CBC_CMAC_128,
        ],
    ),
    (
        "AES-CBC-CMAC-192",
        [
            oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_192,
            oids::ID_PACE_DH_GM_AES_CBC_CMAC_192,
        ],
    ),
    (
        "AES-CBC-CMAC-256",
        [
            oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_256,
            oids::ID_PACE_DH_GM_AES_CBC_CMAC_256,
        ],
    ),
];

/// The standardized domain parameters, ICAO 9303-11 §9.5.1.
const GROUPS: [u8; 14] = [0, 1, 2, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18];

const PASSWORD: &str = "123456";
const REFERENCE_CAN: u8 = 2;

/// A variant that both sides have.
struct Variant {
    name: String,
    parameter: u8,
    info: SecurityInfo,
}

/// Every group with AES-128, and every cipher on one curve and in one group of numbers.
fn variants() -> Vec<Variant> {
    let mut variants = Vec::new();
    for parameter in GROUPS {
        for (cipher, [over_curves, over_numbers]) in CIPHERS {
            let usual = cipher == "AES-CBC-CMAC-128";
            if !usual && parameter != 13 && parameter != 2 {
                continue;
            }
            let group = Group::from_standardized_id(parameter).expect("a standardized group");
            let (family, oid) = match group {
                Group::Ec(_) => ("ECDH", over_curves),
                Group::Dh(_) => ("DH", over_numbers),
            };
            variants.push(Variant {
                name: format!("{family}-GM-{cipher}"),
                parameter,
                info: SecurityInfo::pace(oid, 2, Some(parameter)),
            });
        }
    }
    variants
}

/// libeac in one of the two roles.
fn start(program: &Path, role: &str, variant: &Variant, password: &str) -> Peer {
    let parameter = variant.parameter.to_string();
    let kind = REFERENCE_CAN.to_string();
    Peer::start(program, &[role, &variant.name, &parameter, &kind, password])
}

fn answer(tag: Tag, value: &[u8]) -> Response {
    Response::ok(tlv::constructed(
        tags::DYNAMIC_AUTHENTICATION,
        &[tlv::object(tag, value)],
    ))
}

/// The one object inside of the template `7C`.
fn content(template: &[u8]) -> Vec<u8> {
    let template = tlv::parse_one(template).expect("one template");
    tlv::parse_one(template.value).expect("one object").value.to_vec()
}

/// Our terminal opens libeac's chip; what the terminal thinks of it, and what the chip does.
fn our_terminal(program: &Path, variant: &Variant, password: &str) -> (Result<(), Error>, String) {
    let mut rng = SystemRng;
    let mut chip = start(program, "picc", variant, PASSWORD);
    let parameters = Parameters::from_info(&variant.info).expect("a variant of ours");
    let password = Password::Can(Can::parse(password).expect("six digits"));
    let (_, state) = terminal::start(&parameters, &password, DomainReference::Omit).expect("a command");
    let (_, state) = state.accept(&Response::ok(Vec::new())).expect("accepted");
    let nonce = answer(authentication::ENCRYPTED_NONCE, &chip.hear());
    let (command, state) = state.accept(&nonce, &mut rng).expect("a nonce");
    let mapping = answer(authentication::MAPPING_CHIP, &chip.hear());
    chip.say(&content(command.data()));
    let (command, state) = state.accept(&mapping, &mut rng).expect("a mapping key");
    let ephemeral = answer(authentication::EPHEMERAL_CHIP, &chip.hear());
    chip.say(&content(command.data()));
    let (command, state) = state.accept(&ephemeral).expect("an ephemeral key");
    let token = answer(authentication::TOKEN_CHIP, &chip.hear());
    chip.say(&content(command.data()));
    (state.accept(&token).map(|_| ()), chip.verdict())
}

/// libeac's terminal opens our chip; what our chip answers in the end, and what the terminal thinks of it.
fn our_chip(program: &Path, variant: &Variant, password: &str) -> (Result<(), StatusWord>, String) {
    let mut rng = SystemRng;
    let mut terminal = start(program, "pcd", variant, password);
    let own = Password::Can(Can::parse(PASSWORD).expect("six digits"));
    let card = Card {
        offered: std::slice::from_ref(&variant.info),
        passwords: &|reference| Lookup::from((reference == REFERENCE_CAN).then(|| own.clone())),
        static_keys: &[],
        trust_points: &chip::no_trust_points,
    };
    let SecurityInfo::Pace { oid, .. } = &variant.info else {
        panic!("a PACEInfo");
    };
    let body = [
        tlv::object(Tag(0x80), oid.as_bytes()),
        tlv::object(Tag(0x83), &[REFERENCE_CAN]),
    ];
    let select = Command::new(0x00, 0x22, 0xC1, 0xA4).with_data(body.concat());
    let (_, state) = Ready::select(&card, &select).expect("selected");
    let (response, state) = state.step(&step(0x10, None), &mut rng).expect("a nonce");
    terminal.say(&content(&response.data));
    let mapping = step(0x10, Some((authentication::MAPPING_TERMINAL, terminal.hear())));
    let (response, state) = state.step(&mapping, &mut rng).expect("a mapping key");
    terminal.say(&content(&response.data));
    let ephemeral = step(0x10, Some((authentication::EPHEMERAL_TERMINAL, terminal.hear())));
    let (response, state) = state.step(&ephemeral, &mut rng).expect("an ephemeral key");
    terminal.say(&content(&response.data));
    let token = step(0x00, Some((authentication::TOKEN_TERMINAL, terminal.hear())));
    let outcome = state
        .step(&token)
        .map(|(response, ..)| terminal.say(&content(&response.data)));
    if outcome.is_err() {
        terminal.say(&[0; 8]);
    }
    (outcome, terminal.verdict())
}

/// GENERAL AUTHENTICATE around one object, or around none.
fn step(class: u8, object: Option<(Tag, Vec<u8>)>) -> Command {
    let inner: Vec<Vec<u8>> = object
        .map(|(tag, value)| tlv::object(tag, &value))
        .into_iter()
        .collect();
    Command::new(class, 0x86, 0x00, 0x00)
        .with_data(tlv::constructed(tags::DYNAMIC_AUTHENTICATION, &inner))
        .with_le(256)
}

#[test]
fn libeac_and_we_open_each_other_in_every_group_and_cipher() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(program) = build("libeac.c", folder.path()) else {
        return;
    };
    let variants = variants();
    assert_eq!(variants.len(), GROUPS.len() + 2 * (CIPHERS.len() - 1));
    for variant in &variants {
        let context = format!("{} over parameters {}", variant.name, variant.parameter);
        let (ours, theirs) = our_terminal(&program, variant, PASSWORD);
        assert_eq!(
            (ours, theirs.as_str()),
            (Ok(()), "agreed"),
            "our terminal: {context}"
        );
        let (ours, theirs) = our_chip(&program, variant, PASSWORD);
        assert_eq!((ours, theirs.as_str()), (Ok(()), "agreed"), "our chip: {context}");
    }
}

#[test]
fn libeac_and_we_refuse_each_other_when_the_password_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(program) = build("libeac.c", folder.path()) else {
        return;
    };
    for variant in variants()
        .iter()
        .filter(|variant| [2, 13].contains(&variant.parameter))
    {
        let (ours, theirs) = our_terminal(&program, variant, "654321");
        assert!(matches!(ours, Err(Error::Breach { .. })), "{ours:?}");
        assert_eq!(theirs, "refused");
        let (ours, theirs) = our_chip(&program, variant, "654321");
        assert_eq!(ours, Err(StatusWord::AUTH_FAILED));
        assert_eq!(theirs, "refused");
    }
}

#[test]
fn a_group_that_no_standard_names_is_not_computed_on() {
    let info = SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(32));
    assert!(matches!(
        Parameters::from_info(&info),
        Err(Unsupported::DomainParameters(Some(32)))
    ));
}
