//! Worked examples, and what a hostile chip may send.

use std::collections::BTreeMap;

use chacha20::ChaCha20Rng;
use rand_core::SeedableRng;

use super::*;
use crate::rsa::testing;

fn representative(trailer: Trailer, m1: &[u8], m2: &[u8]) -> SecretBytes {
    number(trailer.hash(), trailer.bytes(), m1, m2)
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(rename = "origin")]
    _origin: String,
    #[serde(rename = "clause")]
    _clause: String,
    inputs: BTreeMap<String, String>,
    expect: BTreeMap<String, String>,
}

impl Case {
    fn input(&self, field: &str) -> Option<Vec<u8>> {
        self.inputs.get(field).map(|text| hex::decode(text).unwrap())
    }
}

const CASES: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../test-vectors/crypto/iso9796-2.toml"
));

#[test]
fn the_worked_examples_are_answered_as_they_say() {
    let file: File = toml::from_str(CASES).unwrap();
    let mut good = 0;
    for case in &file.case {
        let challenge = case.input("challenge").unwrap();
        let result = match (case.input("key"), case.input("number")) {
            (Some(key), None) => {
                let key = PublicKey::from_spki_der(&key).unwrap();
                let signature = case.input("signature").unwrap();
                verify(&key, &challenge, &signature).map(|trailer| (trailer, key.open(&signature).unwrap()))
            }
            (None, Some(number)) => {
                let opened = opened(&number, &challenge).map(|(trailer, _)| trailer);
                opened.map(|trailer| (trailer, number)).ok_or(Error::BadSignature)
            }
            _ => panic!("{}: a key or a number", case.name),
        };
        if case.expect["result"] == "wrong" {
            assert_eq!(result, Err(Error::BadSignature), "{}", case.name);
            continue;
        }
        let (trailer, number) = result.unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let m1 = hex::decode(&case.expect["m1"]).unwrap();
        assert_eq!(trailer.hash().name(), case.expect["hash"], "{}", case.name);
        assert!(
            representative(trailer, &m1, &challenge).ct_eq(&number),
            "{}",
            case.name
        );
        good += 1;
    }
    assert!(good >= 10 && good < file.case.len());
}

#[test]
fn every_trailer_is_signed_and_verified() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let key = testing::key();
    for trailer in Trailer::ALL {
        let signature = sign(&key, trailer, b"challenge", &mut rng).unwrap();
        assert_eq!(signature.len(), key.public().signature_len());
        assert_eq!(verify(&key.public(), b"challenge", &signature), Ok(trailer));
        assert_eq!(
            verify(&key.public(), b"Challenge", &signature),
            Err(Error::BadSignature)
        );
        let again = sign(&key, trailer, b"challenge", &mut rng).unwrap();
        assert_ne!(again, signature, "M1 is drawn afresh");
    }
}

/// A signature of any number whatever.
fn signed(number: &[u8]) -> Vec<u8> {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    testing::key().apply(number, &mut rng).unwrap()
}

fn answer(number: &[u8]) -> Result<Trailer, Error> {
    verify(&testing::key().public(), b"rnd.ifd!", &signed(number))
}

#[test]
fn a_wrong_byte_anywhere_in_the_signed_number_is_refused() {
    let m1: Vec<u8> = (0..94).collect();
    let good = representative(Trailer::Explicit(Hash::Sha256), &m1[..93], b"rnd.ifd!");
    assert_eq!(good.len(), 128);
    assert_eq!(answer(good.expose()), Ok(Trailer::Explicit(Hash::Sha256)));
    for at in [0, 1, 50, 93, 94, 125, 126, 127] {
        for bit in 0..7 {
            let mut wrong = good.expose().to_vec();
            wrong[at] ^= 1 << bit;
            assert_eq!(answer(&wrong), Err(Error::BadSignature), "{at} {bit}");
        }
    }
}

#[test]
fn headers_of_other_schemes_are_refused() {
    let m1: Vec<u8> = (0..93).collect();
    let good = representative(Trailer::Explicit(Hash::Sha256), &m1, b"rnd.ifd!");
    // Total recovery, padding that does not end, and things that are no header at all.
    for header in [0x4A, 0x4B, 0x6B, 0x6C, 0x7A, 0x2A, 0x00, 0x01, 0x60] {
        let mut wrong = good.expose().to_vec();
        wrong[0] = header;
        assert_eq!(answer(&wrong), Err(Error::BadSignature), "{header:02x}");
    }
    let mut endless = vec![PADDING; 128];
    endless[0] = PADDED_HEADER;
    endless[127] = 0xBC;
    assert_eq!(answer(&endless), Err(Error::BadSignature));
}

/// A signed number whose M1 does not fill its place.
fn padded(m1: &[u8]) -> Vec<u8> {
    let digest = Hash::Sha1.digest_parts(&[m1, b"rnd.ifd!"]);
    let filling = 128 - 1 - 1 - m1.len() - digest.len() - 1;
    [
        &[PADDED_HEADER][..],
        &vec![PADDING; filling],
        &[LAST_PADDING],
        m1,
        &digest,
        &[0xBC],
    ]
    .concat()
}

#[test]
fn a_short_recovered_part_is_taken_until_it_is_too_short_to_be_drawn() {
    let weak = Err(Error::WeakSignature {
        what: "recovered part without entropy",
    });
    let m1: Vec<u8> = (0..100).collect();
    assert_eq!(answer(&padded(&m1)), Ok(Trailer::Sha1Implicit));
    assert_eq!(answer(&padded(&m1[..8])), Ok(Trailer::Sha1Implicit));
    assert_eq!(answer(&padded(&m1[..7])), weak);
    assert_eq!(answer(&padded(&[])), weak);
    for byte in [0x00, 0xBB, 0xFF] {
        assert_eq!(answer(&padded(&[byte; 100])), weak, "{byte:02x}");
    }
    let constant = representative(Trailer::Sha1Implicit, &[0; 106], b"rnd.ifd!");
    assert_eq!(answer(constant.expose()), weak);
}

#[test]
fn signatures_of_another_length_or_above_the_modulus_are_refused() {
    let key = testing::key().public();
    let m1: Vec<u8> = (0..106).collect();
    let good = signed(representative(Trailer::Sha1Implicit, &m1, b"rnd.ifd!").expose());
    let answer = |signature: &[u8]| verify(&key, b"rnd.ifd!", signature);
    assert_eq!(answer(&good), Ok(Trailer::Sha1Implicit));
    let wrong = Err(Error::BadSignature);
    assert_eq!(answer(&[]), wrong);
    assert_eq!(answer(&good[1..]), wrong);
    assert_eq!(answer(&good[..127]), wrong);
    assert_eq!(answer(&[&[0], &good[..]].concat()), wrong);
    assert_eq!(answer(key.modulus()), wrong);
    assert_eq!(answer(&[0xFF; 128]), wrong);
}

#[test]
fn the_smaller_one_of_a_signature_and_its_negative_is_taken() {
    let key = testing::key().public();
    let (mut smaller, mut larger) = (0, 0);
    for byte in 0..24 {
        let m1: Vec<u8> = (byte..byte + 106).collect();
        let signature = signed(representative(Trailer::Sha1Implicit, &m1, b"rnd.ifd!").expose());
        let negated = key.arithmetic().negated(&signature).unwrap();
        let answer = verify(&key, b"rnd.ifd!", negated.expose());
        if negated.expose() < signature.as_slice() {
            assert_eq!(answer, Ok(Trailer::Sha1Implicit));
            assert!(verify(&key, b"another!", negated.expose()).is_err());
            smaller += 1;
        } else {
            assert_eq!(answer, Err(Error::BadSignature));
            larger += 1;
        }
        assert_eq!(verify(&key, b"rnd.ifd!", &signature), Ok(Trailer::Sha1Implicit));
    }
    assert!(smaller > 0 && larger > 0);
}

#[test]
fn a_signature_that_begins_with_zeros_is_taken_with_all_its_bytes() {
    let key = testing::key().public();
    let found = (0_u32..).find_map(|counter| {
        let m1 = [&[0x55; 102][..], &counter.to_be_bytes()].concat();
        let signature = signed(representative(Trailer::Sha1Implicit, &m1, b"rnd.ifd!").expose());
        (signature[0] == 0).then_some(signature)
    });
    let signature = found.unwrap();
    assert_eq!(verify(&key, b"rnd.ifd!", &signature), Ok(Trailer::Sha1Implicit));
    assert_eq!(
        verify(&key, b"rnd.ifd!", &signature[1..]),
        Err(Error::BadSignature)
    );
}

#[test]
fn a_modulus_that_is_too_short_or_has_no_whole_bytes_is_refused_by_name() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let short = PrivateKey::generate(512, &mut rng).unwrap();
    let too_long = sign(&short, Trailer::Explicit(Hash::Sha512), b"", &mut rng);
    assert_eq!(too_long.unwrap_err(), BAD_LENGTH);
    assert!(sign(&short, Trailer::Explicit(Hash::Sha256), b"", &mut rng).is_ok());
    let odd = PublicKey::from_components(&[&[0x41][..], &[0xFF; 127]].concat(), &[3]).unwrap();
    assert_eq!(verify(&odd, b"", &[0; 128]).unwrap_err(), BAD_LENGTH);
}
