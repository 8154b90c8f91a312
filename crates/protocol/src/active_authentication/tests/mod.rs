use antin_crypto::{
    Curve, Hash, ParameterForm, PrivateKey, PublicKey, PureRust, SecretBytes, SignatureAlgorithm, Suite,
    rsa::{self, iso9796_2::Trailer},
};
use antin_wire::{
    apdu::{Command, Response, StatusWord},
    oids::{self, ObjectIdentifier},
};
use proptest::prelude::*;

use super::{
    chip,
    terminal::{self, Algorithm, Outcome},
};
use crate::{
    Error, sm,
    testing::{Vector, answer, bit_flips, command, hex, random, truncations},
};

mod matrix;

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
                    algorithm: Algorithm::Ecdsa(SignatureAlgorithm::ecdsa(Hash::Sha256))
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

fn trailer(case: &Vector) -> Trailer {
    let hash = match case.text("hash") {
        "sha1" => return Trailer::Sha1Implicit,
        "sha224" => Hash::Sha224,
        "sha256" => Hash::Sha256,
        "sha384" => Hash::Sha384,
        "sha512" => Hash::Sha512,
        other => panic!("{other}"),
    };
    Trailer::Explicit(hash)
}

#[test]
fn rsa_signatures_of_others_are_recognised_by_their_trailer() {
    for case in cases("genuine-rsa") {
        let spki = case.bytes("spki");
        let seen = judge(&spki, None, challenge(&case), case.bytes("signature"));
        let Outcome::Genuine {
            algorithm: Algorithm::Rsa { trailer: found, .. },
        } = seen
        else {
            panic!("{}: {seen:?}", case.text("name"));
        };
        assert_eq!(found.hash(), trailer(&case).hash(), "{}", case.text("name"));
        assert_eq!(
            terminal::signature_len(&spki),
            Some(case.bytes("signature").len())
        );
    }
}

#[test]
fn wrong_rsa_signatures_of_others_fail() {
    for case in cases("failed-rsa") {
        let seen = judge(
            &case.bytes("spki"),
            None,
            challenge(&case),
            case.bytes("signature"),
        );
        assert!(
            matches!(seen, Outcome::Failed { .. }),
            "{}: {seen:?}",
            case.text("name")
        );
    }
}

/// Recorded with a real chip: the command and the answer as they crossed the wire.
#[test]
fn a_recorded_session_with_an_rsa_chip_is_genuine_on_both_sides() {
    let vector = Vector::load("active-authentication.toml").part("session");
    let keys = || {
        let secret = |key| SecretBytes::new(vector.bytes(key));
        sm::Keys::new(Suite::Tdes, secret("ks_enc"), secret("ks_mac")).unwrap()
    };
    let ssc = sm::Ssc::from_bytes(&vector.bytes("ssc"));
    let mut ours = sm::terminal::Channel::new(keys(), ssc.clone());
    let plain = terminal::command(challenge(&vector));
    let wrapped = ours.protect(&plain).unwrap();
    assert_eq!(wrapped.to_bytes().unwrap(), vector.bytes("command"));
    let told = ours.open(&answer(&vector.bytes("response"))).unwrap();
    let seen = terminal::verify(&vector.bytes("spki"), None, challenge(&vector), &told, &PureRust);
    assert_eq!(
        seen,
        Ok(Outcome::Genuine {
            algorithm: Algorithm::Rsa {
                trailer: Trailer::Explicit(Hash::Sha256),
                bits: 1792
            }
        })
    );
    let mut theirs = sm::chip::Channel::new(keys(), ssc);
    let opened = theirs.open(&command(&vector.bytes("command"))).unwrap();
    assert_eq!(opened.to_bytes(), plain.to_bytes());
    assert_eq!(theirs.protect(&told).to_bytes(), vector.bytes("response"));
}

/// A key of 1024 bits from fixed primes: drawing one takes long in a test.
fn rsa_key() -> rsa::PrivateKey {
    let vector = Vector::load("active-authentication.toml").part("rsa-key");
    rsa::PrivateKey::from_pkcs8_der(&vector.bytes("pkcs8")).unwrap()
}

#[test]
fn the_chip_with_an_rsa_key_is_strict_about_shapes() {
    let key = rsa_key();
    let respond = |text: &str| {
        chip::respond_with_rsa(&command(&hex(text)), &key, Trailer::Sha1Implicit, &mut random(4)).map(|_| ())
    };
    assert_eq!(respond("0088000008010203040506070880"), Ok(()));
    assert_eq!(
        respond("008800000801020304050607087F"),
        Err(StatusWord::WRONG_LENGTH)
    );
    assert_eq!(
        respond("00880000070102030405060700"),
        Err(StatusWord::WRONG_LENGTH)
    );
    assert_eq!(respond("0088000100"), Err(StatusWord::WRONG_P1P2));
}

#[test]
fn algorithms_have_names_for_people() {
    let rsa = Algorithm::Rsa {
        trailer: Trailer::Sha1Implicit,
        bits: 2048,
    };
    assert_eq!(rsa.to_string(), "RSA-2048, ISO/IEC 9796-2, SHA-1");
    let ecdsa = Algorithm::Ecdsa(SignatureAlgorithm::ecdsa(Hash::Sha256));
    assert_eq!(ecdsa.to_string(), "ecdsa-with-SHA256");
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
