//! The worked examples of the standards, byte for byte.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use antin_crypto::kdf::{self, Purpose};
use antin_crypto::pace::Generator;
use antin_crypto::scripted::ScriptedRng;
use antin_crypto::symmetric::{BlockKey, MacKey, pad};
use antin_crypto::{ParameterForm, PrivateKey, PureRust, Signer, SoftSigner, Verifier, ecdsa_der_to_plain};
use support::cases;

#[test]
fn keys_are_derived_as_in_the_examples() {
    for case in cases("kdf.toml") {
        let purpose = match case.text("purpose") {
            "encryption" => Purpose::Encryption,
            "mac" => Purpose::Mac,
            "password" => Purpose::Password,
            other => panic!("unknown purpose {other}"),
        };
        let key = kdf::derive(&case.bytes("secret"), purpose, case.suite());
        assert_eq!(hex::encode(key.expose()), case.text("key"), "{}", case.name);
    }
}

#[test]
fn cryptograms_are_those_of_the_examples_both_ways() {
    for case in cases("cbc.toml") {
        let key = BlockKey::new(case.suite(), &case.secret("key")).unwrap();
        let (iv, plain) = (case.bytes("iv"), case.bytes("plain"));
        let cryptogram = key.encrypt_cbc(&iv, &plain).unwrap();
        assert_eq!(hex::encode(&cryptogram), case.text("cryptogram"), "{}", case.name);
        assert_eq!(key.decrypt_cbc(&iv, &cryptogram).unwrap(), plain, "{}", case.name);
    }
}

#[test]
fn authentication_codes_are_those_of_the_examples() {
    for case in cases("mac.toml") {
        let key = MacKey::new(case.suite(), &case.secret("key")).unwrap();
        let message = case.bytes("message");
        let message = match case.text("padded") {
            "method 2" => pad(&message, case.suite().block_len()),
            "none" => message,
            other => panic!("unknown padding {other}"),
        };
        assert_eq!(hex::encode(key.mac8(&message)), case.text("mac"), "{}", case.name);
        assert_eq!(key.verify8(&message, &case.bytes("mac")), Ok(()), "{}", case.name);
    }
}

#[test]
fn both_sides_of_a_key_agreement_get_the_secret_of_the_example() {
    for case in cases("key-agreement.toml") {
        let (left, right) = (
            case.private_key("left_private"),
            case.private_key("right_private"),
        );
        assert_eq!(
            hex::encode(left.public().as_sec1()),
            case.text("left_public"),
            "{}",
            case.name
        );
        assert_eq!(
            hex::encode(right.public().as_sec1()),
            case.text("right_public"),
            "{}",
            case.name
        );
        for (own, their) in [(&left, &right), (&right, &left)] {
            let shared = own.diffie_hellman(&their.public()).unwrap();
            assert_eq!(hex::encode(shared.expose()), case.text("shared"), "{}", case.name);
        }
    }
}

#[test]
fn pace_maps_and_agrees_as_in_the_example_with_injected_keys() {
    for case in cases("pace-mapping.toml") {
        let draw = |field| {
            let mut rng = ScriptedRng::dangerous_new(case.bytes(field));
            let key = PrivateKey::generate(case.curve(), &mut rng);
            assert_eq!(rng.remaining(), 0, "a key is one draw");
            key
        };
        let (map_terminal, map_chip) = (draw("map_terminal_private"), draw("map_chip_private"));
        assert_eq!(
            hex::encode(map_terminal.public().as_sec1()),
            case.text("map_terminal_public")
        );
        assert_eq!(
            hex::encode(map_chip.public().as_sec1()),
            case.text("map_chip_public")
        );

        let nonce = case.secret("nonce");
        let at_terminal = Generator::map(&map_terminal, &map_chip.public(), &nonce).unwrap();
        let at_chip = Generator::map(&map_chip, &map_terminal.public(), &nonce).unwrap();
        assert_eq!(hex::encode(at_terminal.as_sec1()), case.text("generator"));
        assert_eq!(hex::encode(at_chip.as_sec1()), case.text("generator"));

        let (terminal, chip) = (draw("terminal_private"), draw("chip_private"));
        let from_terminal = at_terminal.public(&terminal).unwrap();
        let from_chip = at_chip.public(&chip).unwrap();
        assert_eq!(hex::encode(from_terminal.as_sec1()), case.text("terminal_public"));
        assert_eq!(hex::encode(from_chip.as_sec1()), case.text("chip_public"));
        for (own, their) in [(&terminal, &from_chip), (&chip, &from_terminal)] {
            assert_eq!(
                hex::encode(own.diffie_hellman(their).unwrap().expose()),
                case.text("shared")
            );
        }
    }
}

#[test]
fn signatures_are_those_of_the_examples() {
    for case in cases("ecdsa-deterministic.toml") {
        let signer = SoftSigner::new(case.private_key("private"), case.hash(), ParameterForm::Named);
        let message = case.text("message").as_bytes();
        let signature = signer.sign(message).unwrap();
        let plain = ecdsa_der_to_plain(&signature, case.curve()).unwrap();
        assert_eq!(
            hex::encode(plain),
            format!("{}{}", case.text("r"), case.text("s")),
            "{}",
            case.name
        );
        assert_eq!(
            PureRust.verify(signer.algorithm(), signer.public_key(), message, &signature),
            Ok(()),
            "{}",
            case.name
        );
    }
}

#[test]
fn every_case_says_where_it_comes_from() {
    let files = [
        "kdf.toml",
        "cbc.toml",
        "mac.toml",
        "key-agreement.toml",
        "pace-mapping.toml",
        "ecdsa-deterministic.toml",
    ];
    for case in files.into_iter().flat_map(cases) {
        assert!(
            !case.origin.is_empty() && !case.clause.is_empty() && !case.expect.is_empty(),
            "{}",
            case.name
        );
    }
}
