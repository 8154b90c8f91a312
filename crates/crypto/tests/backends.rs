//! AWS-LC and Rust accept and refuse the same.
#![cfg(feature = "aws-lc")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::OnceLock;

use antin_crypto::rsa::{self, Scheme};
use antin_crypto::{
    AwsLc, AwsLcSigner, Curve, Hash, ParameterForm, PrivateKey, PureRust, SignatureAlgorithm, Signer,
    SoftSigner, Verifier, VerifyingKey, ecdsa_der_to_plain, ecdsa_plain_to_der,
};
use chacha20::ChaCha20Rng;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use rand_core::SeedableRng;

fn key(curve: Curve) -> PrivateKey {
    PrivateKey::from_be_bytes(curve, &vec![0x2A; curve.order_len() - 1]).unwrap()
}

#[test]
fn each_verifies_what_the_other_signs_with_every_hash_on_every_curve() {
    for curve in Curve::ALL {
        for hash in Hash::ALL {
            let soft = SoftSigner::new(key(curve), hash, ParameterForm::Named);
            let native = AwsLcSigner::new(key(curve), hash, ParameterForm::Named).unwrap();
            assert_eq!(native.algorithm(), soft.algorithm());
            assert_eq!(native.public_key(), soft.public_key());
            let signatures = [soft.sign(b"message").unwrap(), native.sign(b"message").unwrap()];
            for signature in signatures {
                for verifier in [&PureRust as &dyn Verifier, &AwsLc] {
                    let verify =
                        |message| verifier.verify(soft.algorithm(), soft.public_key(), message, &signature);
                    assert!(verify(b"message").is_ok(), "{curve:?} {hash:?}");
                    assert!(verify(b"massage").is_err(), "{curve:?} {hash:?}");
                }
            }
        }
    }
}

#[test]
fn aws_lc_really_signs_where_it_can() {
    // The nonce is random there and only there.
    for (curve, hash) in [
        (Curve::P256, Hash::Sha256),
        (Curve::P384, Hash::Sha384),
        (Curve::P521, Hash::Sha512),
    ] {
        let signer = AwsLcSigner::new(key(curve), hash, ParameterForm::Explicit).unwrap();
        assert_ne!(signer.sign(b"message"), signer.sign(b"message"));
        assert_eq!(
            signer.public_key().parameter_form(),
            Some(ParameterForm::Explicit)
        );
    }
    let signer = AwsLcSigner::new(key(Curve::BrainpoolP256r1), Hash::Sha256, ParameterForm::Named).unwrap();
    assert_eq!(signer.sign(b"message"), signer.sign(b"message"));
    assert_eq!(format!("{signer:?}"), "AwsLcSigner(brainpoolP256r1, SHA-256)");
}

#[test]
fn both_refuse_zeros_and_numbers_beyond_the_order() {
    for curve in Curve::ALL {
        let signer = SoftSigner::new(key(curve), Hash::Sha256, ParameterForm::Named);
        let good = ecdsa_der_to_plain(&signer.sign(b"message").unwrap(), curve).unwrap();
        let (r, s) = good.split_at(curve.order_len());
        let (zero, n) = (vec![0; curve.order_len()], curve.domain().n);
        for (r, s) in [(&zero[..], s), (r, &zero[..]), (n, s), (r, n)] {
            let signature = ecdsa_plain_to_der(&[r, s].concat(), curve).unwrap();
            for verifier in [&PureRust as &dyn Verifier, &AwsLc] {
                let verified =
                    verifier.verify(signer.algorithm(), signer.public_key(), b"message", &signature);
                assert!(verified.is_err(), "{curve:?}");
            }
        }
    }
}

/// A long key, and one so short that AWS-LC would not take it.
fn rsa_keys() -> &'static [rsa::PrivateKey; 2] {
    static KEYS: OnceLock<[rsa::PrivateKey; 2]> = OnceLock::new();
    KEYS.get_or_init(|| {
        let mut rng = ChaCha20Rng::seed_from_u64(11);
        [2048, 1024].map(|bits| rsa::PrivateKey::generate(bits, &mut rng).unwrap())
    })
}

fn schemes() -> Vec<Scheme> {
    let mut schemes = Hash::ALL.map(Scheme::Pkcs1v15).to_vec();
    for hash in [Hash::Sha1, Hash::Sha256, Hash::Sha384] {
        for mgf in [Hash::Sha1, Hash::Sha256, Hash::Sha384] {
            schemes.extend([0, 20, 32, 48].map(|salt_len| Scheme::Pss { hash, mgf, salt_len }));
        }
    }
    schemes
}

#[test]
fn both_verify_rsa_with_every_scheme_and_refuse_every_other() {
    let mut rng = ChaCha20Rng::seed_from_u64(12);
    for key in rsa_keys() {
        let public = VerifyingKey::Rsa(key.public());
        for (at, scheme) in schemes().into_iter().enumerate() {
            let signature = key.sign(scheme, b"message", &mut rng).unwrap();
            let others = schemes().into_iter().skip(at).step_by(7);
            for stated in core::iter::once(scheme).chain(others) {
                let algorithm = SignatureAlgorithm::Rsa(stated);
                for verifier in [&PureRust as &dyn Verifier, &AwsLc] {
                    let verified = verifier.verify(algorithm, &public, b"message", &signature);
                    assert_eq!(verified.is_ok(), stated == scheme, "{scheme:?} {stated:?}");
                }
            }
        }
    }
}

#[test]
fn both_refuse_an_algorithm_that_does_not_fit_the_key() {
    let rsa = rsa_keys()[0].public();
    let named = VerifyingKey::ec(key(Curve::P256).public(), ParameterForm::Named);
    for verifier in [&PureRust as &dyn Verifier, &AwsLc] {
        let refused = |key: &VerifyingKey, algorithm| {
            let refused = verifier.verify(algorithm, key, b"message", &[0; 256]);
            assert_eq!(
                refused,
                Err(antin_crypto::Error::AlgorithmMisfit),
                "{algorithm:?}"
            );
        };
        refused(&named, SignatureAlgorithm::rsa_pkcs1(Hash::Sha256));
        refused(
            &VerifyingKey::Rsa(rsa.clone()),
            SignatureAlgorithm::ecdsa(Hash::Sha256),
        );
        refused(
            &VerifyingKey::Rsa(rsa.clone().only_pss()),
            SignatureAlgorithm::rsa_pkcs1(Hash::Sha256),
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn both_say_the_same_of_spoiled_rsa_signatures(
        which in 0_usize..2, scheme in select(schemes()), at in any::<Index>(), value in any::<u8>(), how in 0_u8..3
    ) {
        let key = &rsa_keys()[which];
        let mut signature = key.sign(scheme, b"message", &mut ChaCha20Rng::seed_from_u64(13)).unwrap();
        let at = at.index(signature.len());
        match how {
            0 => signature.truncate(at),
            1 => signature[at] ^= value,
            _ => signature.insert(0, 0),
        }
        let public = VerifyingKey::Rsa(key.public());
        let verify = |verifier: &dyn Verifier| {
            verifier.verify(SignatureAlgorithm::Rsa(scheme), &public, b"message", &signature)
        };
        prop_assert_eq!(verify(&PureRust), verify(&AwsLc));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn both_say_the_same_of_spoiled_signatures(
        curve in select(Curve::ALL.to_vec()), hash in select(Hash::ALL.to_vec()),
        at in any::<Index>(), value in any::<u8>(), cut in any::<bool>()
    ) {
        let signer = SoftSigner::new(key(curve), hash, ParameterForm::Named);
        let mut signature = signer.sign(b"message").unwrap();
        let at = at.index(signature.len());
        if cut { signature.truncate(at) } else { signature[at] ^= value }
        let verify =
            |verifier: &dyn Verifier| verifier.verify(signer.algorithm(), signer.public_key(), b"message", &signature);
        prop_assert_eq!(verify(&PureRust), verify(&AwsLc));
    }
}
