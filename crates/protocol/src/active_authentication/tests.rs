use antin_crypto::{Curve, Hash, ParameterForm, PrivateKey, PublicKey, PureRust, SignatureAlgorithm};
use antin_wire::{
    apdu::{Command, Response, StatusWord},
    oids::{self, ObjectIdentifier},
};
use proptest::prelude::*;

use super::{
    chip,
    terminal::{self, Outcome},
};
use crate::{
    Error,
    testing::{Vector, bit_flips, command, hex, random, truncations},
};

fn challenge(case: &Vector) -> [u8; 8] {
    case.bytes("challenge").try_into().unwrap()
}

fn cases(expect: &str) -> Vec<Vector> {
    let all = Vector::load("active-authentication.toml").parts("case");
    let cases: Vec<Vector> = all
        .into_iter()
        .filter(|case| case.text("expect") == expect)
        .collect();
    assert!(!cases.is_empty());
    cases
}

fn curve(name: &str) -> Curve {
    Curve::ALL.into_iter().find(|curve| curve.name() == name).unwrap()
}

const PLAIN: [(Hash, ObjectIdentifier); 5] = [
    (Hash::Sha1, oids::ECDSA_PLAIN_SHA1),
    (Hash::Sha224, oids::ECDSA_PLAIN_SHA224),
    (Hash::Sha256, oids::ECDSA_PLAIN_SHA256),
    (Hash::Sha384, oids::ECDSA_PLAIN_SHA384),
    (Hash::Sha512, oids::ECDSA_PLAIN_SHA512),
];

fn judge(spki: &[u8], oid: Option<&ObjectIdentifier>, challenge: [u8; 8], signature: Vec<u8>) -> Outcome {
    terminal::verify(spki, oid, challenge, &Response::ok(signature), &PureRust).unwrap()
}

#[test]
fn signatures_of_others_are_recognised() {
    for case in cases("genuine") {
        assert_eq!(case.text("hash"), "sha256");
        let key = PublicKey::from_sec1(curve(case.text("curve")), &case.bytes("public_point")).unwrap();
        for form in [ParameterForm::Named, ParameterForm::Explicit] {
            let spki = key.to_spki_der(form);
            let seen = judge(
                &spki,
                Some(&oids::ECDSA_PLAIN_SHA256),
                challenge(&case),
                case.bytes("signature"),
            );
            assert_eq!(
                seen,
                Outcome::Genuine {
                    algorithm: SignatureAlgorithm::EcdsaWithSha256
                }
            );
        }
    }
}

#[test]
fn the_chip_signs_with_the_key_of_others() {
    for case in cases("genuine") {
        let key = PrivateKey::from_be_bytes(curve(case.text("curve")), &case.bytes("private_key")).unwrap();
        assert_eq!(key.public().as_sec1(), case.bytes("public_point"));
        let told = chip::respond(&terminal::command(challenge(&case)), &key, Hash::Sha256).unwrap();
        let spki = key.public().to_spki_der(ParameterForm::Named);
        let seen = judge(
            &spki,
            Some(&oids::ECDSA_PLAIN_SHA256),
            challenge(&case),
            told.data,
        );
        assert!(matches!(seen, Outcome::Genuine { .. }));
    }
}

#[test]
fn an_rsa_key_is_named_and_not_judged() {
    for case in cases("unsupported") {
        let rsa = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
        let seen = judge(
            &case.bytes("spki"),
            None,
            challenge(&case),
            case.bytes("signature"),
        );
        assert!(
            matches!(seen, Outcome::Unsupported { algorithm: Some(oid), .. } if oid == rsa),
            "{seen:?}"
        );
    }
}

#[test]
fn the_two_roles_meet_for_every_curve_and_hash() {
    for curve in Curve::ALL {
        let key = PrivateKey::generate(curve, &mut random(4));
        let spki = key.public().to_spki_der(ParameterForm::Named);
        for (hash, oid) in PLAIN {
            let told = chip::respond(&terminal::command([7; 8]), &key, hash).unwrap();
            let algorithm = SignatureAlgorithm::ecdsa(hash);
            for name in [oid, algorithm.oid()] {
                let seen = judge(&spki, Some(&name), [7; 8], told.data.clone());
                assert_eq!(seen, Outcome::Genuine { algorithm }, "{curve:?} {hash:?}");
            }
        }
    }
}

fn ours() -> (PrivateKey, Vec<u8>) {
    let key = PrivateKey::generate(Curve::P256, &mut random(4));
    let spki = key.public().to_spki_der(ParameterForm::Named);
    (key, spki)
}

#[test]
fn every_flipped_bit_and_every_other_length_fails() {
    let (key, spki) = ours();
    let signature = chip::respond(&terminal::command([7; 8]), &key, Hash::Sha256)
        .unwrap()
        .data;
    let longer = [signature.clone(), vec![0]].concat();
    for damaged in bit_flips(&signature)
        .chain(truncations(&signature))
        .chain([longer])
    {
        let seen = judge(&spki, Some(&oids::ECDSA_PLAIN_SHA256), [7; 8], damaged);
        assert!(matches!(seen, Outcome::Failed { .. }), "{seen:?}");
    }
}

#[test]
fn another_challenge_hash_or_key_fails() {
    let (key, spki) = ours();
    let signature = chip::respond(&terminal::command([7; 8]), &key, Hash::Sha256)
        .unwrap()
        .data;
    let sha256 = Some(&oids::ECDSA_PLAIN_SHA256);
    let failed = |outcome| assert!(matches!(outcome, Outcome::Failed { .. }), "{outcome:?}");
    failed(judge(&spki, sha256, [8; 8], signature.clone()));
    failed(judge(
        &spki,
        Some(&oids::ECDSA_PLAIN_SHA384),
        [7; 8],
        signature.clone(),
    ));
    let other = PrivateKey::generate(Curve::P256, &mut random(5))
        .public()
        .to_spki_der(ParameterForm::Named);
    failed(judge(&other, sha256, [7; 8], signature.clone()));
    let longer = PrivateKey::generate(Curve::P384, &mut random(5))
        .public()
        .to_spki_der(ParameterForm::Named);
    failed(judge(&longer, sha256, [7; 8], signature));
}

#[test]
fn without_a_known_hash_nothing_is_judged() {
    let (key, spki) = ours();
    let signature = chip::respond(&terminal::command([7; 8]), &key, Hash::Sha256)
        .unwrap()
        .data;
    let seen = judge(&spki, None, [7; 8], signature.clone());
    assert!(matches!(seen, Outcome::Unsupported { algorithm: None, .. }));
    let ripemd = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.1.1.4.1.6");
    let seen = judge(&spki, Some(&ripemd), [7; 8], signature);
    assert!(matches!(seen, Outcome::Unsupported { algorithm: Some(oid), .. } if oid == ripemd));
}

#[test]
fn an_error_of_the_chip_is_a_refusal() {
    let (_, spki) = ours();
    let told = Response::status(StatusWord::CONDITIONS_NOT_SATISFIED);
    let refused =
        terminal::verify(&spki, Some(&oids::ECDSA_PLAIN_SHA256), [7; 8], &told, &PureRust).unwrap_err();
    assert!(matches!(
        refused,
        Error::Refused {
            sw: StatusWord::CONDITIONS_NOT_SATISFIED,
            ..
        }
    ));
}

#[test]
fn the_chip_is_strict_about_shapes() {
    let (key, _) = ours();
    let respond = |text: &str| chip::respond(&command(&hex(text)), &key, Hash::Sha256).map(|_| ());
    assert_eq!(respond("0088000008010203040506070800"), Ok(()));
    assert_eq!(respond("0088000008010203040506070840"), Ok(()));
    assert_eq!(
        respond("008800000801020304050607083F"),
        Err(StatusWord::WRONG_LENGTH)
    );
    assert_eq!(
        respond("00880000080102030405060708"),
        Err(StatusWord::WRONG_LENGTH)
    );
    assert_eq!(
        respond("00880000070102030405060700"),
        Err(StatusWord::WRONG_LENGTH)
    );
    assert_eq!(respond("0088000100"), Err(StatusWord::WRONG_P1P2));
}

proptest! {
    #[test]
    fn no_key_or_answer_makes_the_terminal_panic(
        spki in proptest::collection::vec(any::<u8>(), 0..120),
        signature in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let (_, own) = ours();
        for spki in [&spki, &own] {
            let seen = judge(spki, Some(&oids::ECDSA_PLAIN_SHA256), [7; 8], signature.clone());
            let genuine = matches!(seen, Outcome::Genuine { .. });
            prop_assert!(!genuine);
        }
    }

    #[test]
    fn no_command_makes_the_chip_panic(data in proptest::collection::vec(any::<u8>(), 0..20)) {
        let (key, _) = ours();
        let fits = data.len() == 8;
        let sent = Command::new(0x00, 0x88, 0x00, 0x00).with_data(data).with_le(256);
        prop_assert_eq!(chip::respond(&sent, &key, Hash::Sha256).is_ok(), fits);
    }
}
