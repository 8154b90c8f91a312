//! The whole matrix: every curve with every hash, every length of RSA with every trailer. What is possible is genuine,
//! everything else is refused by name.

use antin_wire::tlv::{self, tags};

use super::*;

/// The lengths of RSA keys that a profile can ask for, at their ends and in between, and one too short for that.
const LENGTHS: [u32; 8] = [512, 1024, 1280, 1536, 1792, 2048, 3072, 4096];

/// Keys from fixed primes: drawing them takes long in a test.
fn keys() -> Vec<rsa::PrivateKey> {
    let drawn = Vector::load("active-authentication.toml").parts("rsa-primes");
    let drawn = drawn.into_iter().map(|part| {
        let secret = |key| SecretBytes::new(part.bytes(key));
        rsa::PrivateKey::from_primes(&secret("p"), &secret("q"), &[1, 0, 1]).unwrap()
    });
    let mut keys: Vec<_> = drawn.chain([rsa_key()]).collect();
    keys.sort_by_key(|key| key.public().bits());
    keys
}

#[test]
fn every_length_of_rsa_with_every_trailer_is_genuine_or_too_short_for_its_hash() {
    let keys = keys();
    let lengths: Vec<u32> = keys.iter().map(|key| key.public().bits()).collect();
    assert_eq!(lengths, LENGTHS);
    let (mut legal, mut too_short) = (0, 0);
    for key in &keys {
        let (spki, bits) = (key.public().to_spki_der(), key.public().bits());
        for trailer in Trailer::ALL {
            let context = format!("RSA-{bits} {trailer:?}");
            let signed =
                chip::respond_with_rsa(&terminal::long_command([7; 8]), key, trailer, &mut random(4));
            // Header and trailer take three bytes, the hash the rest.
            if (bits, trailer) == (512, Trailer::Explicit(Hash::Sha512)) {
                assert_eq!(signed, Err(StatusWord::CONDITIONS_NOT_SATISFIED), "{context}");
                too_short += 1;
                continue;
            }
            let told = signed.unwrap_or_else(|sw| panic!("{context}: {sw}"));
            let algorithm = Algorithm::Rsa { trailer, bits };
            assert_eq!(
                judge(&spki, None, [7; 8], told.data.clone()),
                Outcome::Genuine { algorithm },
                "{context}"
            );
            let other = judge(&spki, None, [8; 8], told.data);
            assert!(matches!(other, Outcome::Failed { .. }), "{context}");
            legal += 1;
        }
    }
    assert_eq!((legal, too_short), (8 * 6 - 1, 1));
}

#[test]
fn every_curve_with_every_hash_is_genuine_and_no_other_hash_is_judged() {
    let ripemd = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.1.1.4.1.6");
    let (mut legal, mut unnamed) = (0, 0);
    for curve in Curve::ALL {
        let key = PrivateKey::generate(curve, &mut random(4));
        let spki = key.public().to_spki_der(ParameterForm::Named);
        for (hash, oid) in PLAIN {
            let told = chip::respond(&terminal::command([7; 8]), &key, hash).unwrap();
            let algorithm = SignatureAlgorithm::ecdsa(hash);
            for name in [oid, algorithm.oid()] {
                let seen = judge(&spki, Some(&name), [7; 8], told.data.clone());
                let algorithm = Algorithm::Ecdsa(algorithm);
                assert_eq!(seen, Outcome::Genuine { algorithm }, "{curve:?} {hash:?}");
            }
            legal += 1;
            for (hash, name) in [(None, None), (Some(ripemd), Some(ripemd))] {
                let seen = judge(&spki, hash.as_ref(), [7; 8], told.data.clone());
                assert!(
                    matches!(&seen, Outcome::Unsupported { algorithm, .. } if *algorithm == name),
                    "{curve:?} {hash:?}: {seen:?}"
                );
                unnamed += 1;
            }
        }
    }
    assert_eq!((legal, unnamed), (19 * 5, 19 * 5 * 2));
}

#[test]
fn rsa_keys_that_are_too_short_or_too_long_are_not_computed_with() {
    for bytes in [32, 63, 1025, 2048] {
        let spki = spki_of(&vec![0xFF; bytes]);
        let seen = judge(&spki, None, [7; 8], vec![0x11; bytes]);
        assert_eq!(
            seen,
            Outcome::Unsupported {
                algorithm: None,
                what: "RSA key of unusable size"
            },
            "{bytes} bytes"
        );
    }
}

/// A SubjectPublicKeyInfo around any modulus.
fn spki_of(modulus: &[u8]) -> Vec<u8> {
    let integers = [&[&[0], modulus].concat(), &[1, 0, 1][..]].map(|value| tlv::object(tags::INTEGER, value));
    let key = tlv::constructed(tags::SEQUENCE, &integers);
    let algorithm = hex("300D06092A864886F70D0101010500");
    let bits = tlv::object(tags::BIT_STRING, &[&[0], key.as_slice()].concat());
    tlv::constructed(tags::SEQUENCE, &[algorithm, bits])
}
