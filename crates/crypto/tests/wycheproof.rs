//! The Wycheproof sets for what this crate has, with exactly their answers.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use antin_crypto::symmetric::MacKey;
use antin_crypto::{
    Curve, Error, Hash, PrivateKey, PublicKey, PureRust, SecretBytes, SignatureAlgorithm, Suite, Verifier,
    VerifyingKey, ecdsa_plain_to_der,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Set<Group> {
    number_of_tests: usize,
    test_groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Common {
    tc_id: u32,
    comment: String,
    flags: Vec<String>,
    result: Answer,
}

#[derive(Deserialize, PartialEq, Clone, Copy, Debug)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Valid,
    Invalid,
    Acceptable,
}

fn set<Group: DeserializeOwned>(file: &str) -> Option<Set<Group>> {
    let text = support::foreign(&format!("wycheproof/{file}"))?;
    Some(serde_json::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}")))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EcdsaGroup {
    public_key_der: String,
    sha: String,
    tests: Vec<EcdsaTest>,
}

#[derive(Deserialize)]
struct EcdsaTest {
    #[serde(flatten)]
    common: Common,
    msg: String,
    sig: String,
}

/// How the signatures of a set are written.
enum Form {
    Der,
    Plain,
}

fn ecdsa(file: &str, form: &Form, verifier: &dyn Verifier) {
    let Some(set) = set::<EcdsaGroup>(file) else {
        return;
    };
    let mut done = 0;
    for group in &set.test_groups {
        let key = VerifyingKey::from_spki_der(&hex::decode(&group.public_key_der).unwrap()).unwrap();
        let hash = Hash::ALL
            .into_iter()
            .find(|hash| hash.name() == group.sha)
            .unwrap();
        for test in &group.tests {
            let signature = hex::decode(&test.sig).unwrap();
            let message = hex::decode(&test.msg).unwrap();
            let der = match form {
                Form::Der => Ok(signature),
                Form::Plain => ecdsa_plain_to_der(&signature, key.curve().unwrap()),
            };
            let verified =
                der.and_then(|der| verifier.verify(SignatureAlgorithm::ecdsa(hash), &key, &message, &der));
            let Common {
                tc_id,
                comment,
                result,
                ..
            } = &test.common;
            let expected = *result == Answer::Valid;
            assert_eq!(
                verified.is_ok(),
                expected,
                "{file} {tc_id} ({comment}): {verified:?}"
            );
            done += 1;
        }
    }
    assert_eq!(done, set.number_of_tests, "{file}");
}

const ECDSA: [(&str, Form); 12] = [
    ("ecdsa_secp192r1_sha256_test.json", Form::Der),
    ("ecdsa_secp224r1_sha224_test.json", Form::Der),
    ("ecdsa_secp521r1_sha512_test.json", Form::Der),
    ("ecdsa_brainpoolP224r1_sha224_test.json", Form::Der),
    ("ecdsa_brainpoolP320r1_sha384_test.json", Form::Der),
    ("ecdsa_brainpoolP512r1_sha512_test.json", Form::Der),
    ("ecdsa_secp256r1_sha256_test.json", Form::Der),
    ("ecdsa_secp256r1_sha512_test.json", Form::Der),
    ("ecdsa_secp384r1_sha384_test.json", Form::Der),
    ("ecdsa_brainpoolP256r1_sha256_test.json", Form::Der),
    ("ecdsa_secp256r1_sha256_p1363_test.json", Form::Plain),
    ("ecdsa_brainpoolP256r1_sha256_p1363_test.json", Form::Plain),
];

#[test]
fn no_file_on_ecdsa_is_left_out() {
    if let Some(names) = support::foreign_names("wycheproof") {
        let there: BTreeSet<&str> = names
            .iter()
            .map(String::as_str)
            .filter(|name| name.starts_with("ecdsa_"))
            .collect();
        assert_eq!(there, ECDSA.iter().map(|(file, _)| *file).collect());
    }
}

#[test]
fn ecdsa_in_rust_answers_as_expected() {
    for (file, form) in &ECDSA {
        ecdsa(file, form, &PureRust);
    }
}

#[cfg(feature = "aws-lc")]
#[test]
fn ecdsa_by_aws_lc_answers_as_expected() {
    for (file, form) in &ECDSA {
        ecdsa(file, form, &antin_crypto::AwsLc);
    }
}

#[derive(Deserialize)]
struct EcdhGroup {
    curve: String,
    tests: Vec<EcdhTest>,
}

#[derive(Deserialize)]
struct EcdhTest {
    #[serde(flatten)]
    common: Common,
    public: String,
    private: String,
    shared: String,
}

/// Key agreement as a protocol does it: a public key comes in, must be of the own curve, and is computed with.
fn ecdh(file: &str, decode: fn(Curve, &[u8]) -> Result<PublicKey, Error>) {
    let Some(set) = set::<EcdhGroup>(file) else { return };
    let (mut agreed, mut done) = (0, 0);
    for group in &set.test_groups {
        let curve = match group.curve.as_str() {
            "secp256r1" => Curve::P256,
            "secp521r1" => Curve::P521,
            "brainpoolP224r1" => Curve::BrainpoolP224r1,
            "brainpoolP256r1" => Curve::BrainpoolP256r1,
            "brainpoolP512r1" => Curve::BrainpoolP512r1,
            other => panic!("{other}"),
        };
        for test in &group.tests {
            let own = PrivateKey::from_be_bytes(curve, &hex::decode(&test.private).unwrap()).unwrap();
            let shared = decode(curve, &hex::decode(&test.public).unwrap())
                .and_then(|their| own.diffie_hellman(&their))
                .map(|shared| hex::encode(shared.expose()));
            let Common {
                tc_id,
                comment,
                flags,
                result,
            } = &test.common;
            match (result, &shared) {
                (Answer::Valid, shared) => {
                    assert_eq!(*shared, Ok(test.shared.clone()), "{file} {tc_id} ({comment})");
                }
                (Answer::Invalid, shared) => {
                    assert!(
                        shared.is_err(),
                        "{file} {tc_id} ({comment}, {flags:?}): {shared:?}"
                    );
                }
                // Whether to accept these is policy; ours is to refuse them all.
                (Answer::Acceptable, shared) => {
                    assert!(
                        shared.is_err(),
                        "{file} {tc_id} ({comment}, {flags:?}): {shared:?}"
                    );
                }
            }
            agreed += usize::from(shared.is_ok());
            done += 1;
        }
    }
    assert_eq!(done, set.number_of_tests, "{file}");
    assert!(agreed > 0, "{file}");
}

#[test]
fn key_agreement_on_brainpool_answers_as_expected() {
    for file in [
        "ecdh_brainpoolP224r1_test.json",
        "ecdh_brainpoolP256r1_test.json",
        "ecdh_brainpoolP512r1_test.json",
    ] {
        ecdh(file, |_, der| Ok(PublicKey::from_spki_der(der)?.0));
    }
}

#[test]
fn key_agreement_with_bare_points_answers_as_expected() {
    for file in [
        "ecdh_secp256r1_ecpoint_test.json",
        "ecdh_secp521r1_ecpoint_test.json",
    ] {
        ecdh(file, PublicKey::from_sec1);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MacGroup {
    key_size: usize,
    tests: Vec<MacTest>,
}

#[derive(Deserialize)]
struct MacTest {
    #[serde(flatten)]
    common: Common,
    key: String,
    msg: String,
    tag: String,
}

#[test]
fn cmac_cut_to_eight_bytes_answers_as_expected() {
    let Some(set) = set::<MacGroup>("aes_cmac_test.json") else {
        return;
    };
    let mut done = 0;
    for group in &set.test_groups {
        let suite = match group.key_size {
            128 => Some(Suite::Aes128),
            192 => Some(Suite::Aes192),
            256 => Some(Suite::Aes256),
            _ => None,
        };
        for test in &group.tests {
            done += 1;
            let key = SecretBytes::new(hex::decode(&test.key).unwrap());
            let Common {
                tc_id,
                comment,
                result,
                ..
            } = &test.common;
            let Some(suite) = suite else {
                assert_eq!(*result, Answer::Invalid, "{tc_id}");
                for suite in Suite::ALL {
                    assert!(MacKey::new(suite, &key).is_err(), "{tc_id} ({comment})");
                }
                continue;
            };
            let key = MacKey::new(suite, &key).unwrap();
            let (message, tag) = (hex::decode(&test.msg).unwrap(), hex::decode(&test.tag).unwrap());
            let verified = key.verify8(&message, tag.get(..8).unwrap());
            let expected = *result == Answer::Valid || changes_the_second_half_only(comment);
            assert_eq!(verified.is_ok(), expected, "{tc_id} ({comment})");
            assert!(
                key.verify8(&message, &tag).is_err(),
                "{tc_id}: a code that is not cut is too long"
            );
        }
    }
    assert_eq!(done, set.number_of_tests);
}

/// The sets change whole codes of 16 bytes; what lies behind the eight that we look at cannot be seen.
fn changes_the_second_half_only(comment: &str) -> bool {
    let bit = comment
        .strip_prefix("Flipped bit ")
        .and_then(|rest| rest.strip_suffix(" in tag"));
    bit.is_some_and(|bit| bit.parse::<u32>().unwrap() >= 64)
}
