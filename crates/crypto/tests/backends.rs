//! AWS-LC and Rust accept and refuse the same.
#![cfg(feature = "aws-lc")]
#![allow(clippy::unwrap_used, reason = "tests")]

use antin_crypto::{
    AwsLc, AwsLcSigner, Curve, Hash, ParameterForm, PrivateKey, PureRust, Signer, SoftSigner, Verifier,
    ecdsa_der_to_plain, ecdsa_plain_to_der,
};
use proptest::prelude::*;
use proptest::sample::{Index, select};

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
