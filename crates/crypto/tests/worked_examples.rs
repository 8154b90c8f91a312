//! The worked examples of the standards, byte for byte.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use antin_crypto::kdf::{self, Purpose};
use antin_crypto::pace::{Generator, cam, integrated};
use antin_crypto::scripted::ScriptedRng;
use antin_crypto::symmetric::{BlockKey, MacKey, pad, unpad};
use antin_crypto::{
    ParameterForm, PrivateKey, PublicKey, PureRust, Signer, SoftSigner, Verifier, ecdsa_der_to_plain,
};
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
fn two_nonces_are_mapped_as_in_the_example() {
    for case in cases("pace-integrated.toml") {
        let (curve, suite) = (case.curve(), case.suite());
        let cipher = BlockKey::new(suite, &case.secret("nonce_key")).unwrap();
        let nonce = cipher.decrypt_cbc(&vec![0; suite.block_len()], &case.bytes("encrypted_nonce"));
        assert_eq!(hex::encode(nonce.unwrap()), case.text("nonce_s"));

        let (s, t) = (case.secret("nonce_s"), case.bytes("nonce_t"));
        assert_eq!(
            (s.len(), t.len()),
            (integrated::nonce_s_len(suite), integrated::nonce_t_len(suite))
        );
        let number = integrated::pseudo_random(suite, &s, &t, curve.field_bits()).unwrap();
        assert_eq!(hex::encode(number.expose()), case.text("pseudo_random"));
        assert_eq!(
            remainder(number.expose(), curve.domain().p),
            case.bytes("reduced"),
            "R_p(s, t)"
        );
        let generator = Generator::integrated(curve, suite, &s, &t).unwrap();
        assert_eq!(hex::encode(generator.as_sec1()), case.text("generator"));

        let terminal = case.private_key("terminal_private");
        let public = generator.public(&terminal).unwrap();
        assert_eq!(hex::encode(public.as_sec1()), case.text("terminal_public"));
        let chip = PublicKey::from_sec1(curve, &case.bytes("chip_public")).unwrap();
        let shared = terminal.diffie_hellman(&chip).unwrap();
        assert_eq!(hex::encode(shared.expose()), case.text("shared"));
    }
}

/// Long division bit by bit: slow, and nothing like what the crate does.
fn remainder(number: &[u8], modulus: &[u8]) -> Vec<u8> {
    // One byte more than the modulus, for the bit that is shifted out.
    let modulus = [&[0], modulus].concat();
    let mut rest = vec![0_u8; modulus.len()];
    for bit in number
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1))
    {
        let mut carry = bit;
        for digit in rest.iter_mut().rev() {
            (*digit, carry) = (*digit << 1 | carry, *digit >> 7);
        }
        if rest >= modulus {
            let mut borrow = false;
            for (digit, subtrahend) in rest.iter_mut().zip(&modulus).rev() {
                let (once, first) = digit.overflowing_sub(*subtrahend);
                let (twice, second) = once.overflowing_sub(u8::from(borrow));
                (*digit, borrow) = (twice, first || second);
            }
        }
    }
    rest.split_off(1)
}

#[test]
fn the_proof_of_the_chip_authentication_mapping_is_that_of_the_example() {
    for case in cases("pace-cam.toml") {
        let (curve, suite) = (case.curve(), case.suite());
        let point = |field| PublicKey::from_sec1(curve, &case.bytes(field)).unwrap();
        let mapping = case.private_key("map_terminal_private");
        assert_eq!(
            hex::encode(mapping.public().as_sec1()),
            case.text("map_terminal_public")
        );
        let generator = Generator::map(&mapping, &point("map_chip_public"), &case.secret("nonce")).unwrap();
        assert_eq!(hex::encode(generator.as_sec1()), case.text("generator"));
        let terminal = case.private_key("terminal_private");
        let public = generator.public(&terminal).unwrap();
        assert_eq!(hex::encode(public.as_sec1()), case.text("terminal_public"));
        let shared = terminal.diffie_hellman(&point("chip_public")).unwrap();
        assert_eq!(hex::encode(shared.expose()), case.text("shared"));

        // ICAO 9303-11 §4.4.3.5.4: the initialisation vector is -1 under the same key.
        let cipher = BlockKey::new(suite, &case.secret("encryption_key")).unwrap();
        let iv = cipher.encrypt_block(&vec![0xFF; suite.block_len()]).unwrap();
        let padded = cipher
            .decrypt_cbc(&iv, &case.bytes("encrypted_chip_data"))
            .unwrap();
        let data = unpad(&padded).unwrap();
        assert_eq!(hex::encode(data), case.text("chip_data"));
        assert_eq!(
            cam::verify(&point("static_public"), &point("map_chip_public"), data),
            Ok(())
        );
        assert!(cam::verify(&point("map_chip_public"), &point("static_public"), data).is_err());
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
        "pace-integrated.toml",
        "pace-cam.toml",
        "ecdsa-deterministic.toml",
        "hostile-points.toml",
    ];
    for case in files.into_iter().flat_map(cases) {
        assert!(
            !case.origin.is_empty() && !case.clause.is_empty() && !case.expect.is_empty(),
            "{}",
            case.name
        );
    }
}
