//! Decoders under bytes that mean harm: none panics, and none believes what was changed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use antin_crypto::agreement::{self, Group};
use antin_crypto::symmetric::{pad, unpad};
use antin_crypto::{
    Curve, Error, Explicit, Hash, ParameterForm, PrivateKey, PublicKey, PureRust, Signer, SoftSigner,
    Verifier, ecdsa_der_to_plain, ecdsa_plain_to_der,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

fn curves() -> impl Strategy<Value = Curve> {
    select(Curve::ALL.to_vec())
}

fn forms() -> impl Strategy<Value = ParameterForm> {
    select(vec![ParameterForm::Named, ParameterForm::Explicit])
}

fn keys() -> impl Strategy<Value = PrivateKey> {
    (curves(), vec(any::<u8>(), 20)).prop_filter_map("a number of zero", |(curve, number)| {
        PrivateKey::from_be_bytes(curve, &number).ok()
    })
}

#[test]
fn points_of_twists_and_other_curves_and_unreduced_ones_are_refused_wherever_they_come_in() {
    let cases = support::cases("hostile-points.toml");
    for case in &cases {
        let (curve, point) = (case.curve(), case.bytes("point"));
        assert_eq!(point.len(), curve.point_len(), "{}", case.name);
        let refused = PublicKey::from_sec1(curve, &point).unwrap_err();
        assert_eq!(refused.to_string(), case.text("error"), "{}", case.name);
        let group = Group::Ec(curve);
        assert!(
            agreement::PublicKey::decode(group, &point).is_err(),
            "{}",
            case.name
        );
        for form in [ParameterForm::Named, ParameterForm::Explicit] {
            let generator = PublicKey::from_sec1(curve, curve.domain().g).unwrap();
            let mut der = generator.to_spki_der(form);
            let at = der.len() - point.len();
            der.truncate(at);
            der.extend_from_slice(&point);
            assert_eq!(
                PublicKey::from_spki_der(&der),
                Err(refused.clone()),
                "{}",
                case.name
            );
        }
    }
    for curve in Curve::ALL {
        let of_curve = cases.iter().filter(|case| case.curve() == curve).count();
        assert!(of_curve >= 6, "{curve:?}");
    }
}

#[test]
fn no_curve_takes_the_points_of_another_even_of_the_same_length() {
    for curve in Curve::ALL {
        for other in Curve::ALL.into_iter().filter(|other| *other != curve) {
            let refused = Err(Error::BadPoint { curve: curve.name() });
            assert_eq!(
                PublicKey::from_sec1(curve, other.domain().g),
                refused,
                "{other:?}"
            );
            let key = PrivateKey::from_be_bytes(other, &[9; 20]).unwrap().public();
            assert_eq!(PublicKey::from_sec1(curve, key.as_sec1()), refused, "{other:?}");
        }
    }
}

#[test]
fn every_encoding_of_infinity_is_refused_on_every_curve() {
    for curve in Curve::ALL {
        let len = curve.point_len();
        for point in [
            vec![],
            vec![0],
            vec![0; len],
            [&[4][..], &vec![0; len - 1]].concat(),
            vec![4],
        ] {
            assert_eq!(
                PublicKey::from_sec1(curve, &point),
                Err(Error::BadPoint { curve: curve.name() }),
                "{point:02x?}"
            );
        }
    }
}

/// One byte changed, removed or added.
fn spoiled(bytes: &[u8], at: &Index, value: u8, how: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = at.index(bytes.len());
    match how % 3 {
        0 => bytes[at] ^= value.max(1),
        1 => drop(bytes.remove(at)),
        _ => bytes.insert(at, value),
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(bytes in vec(any::<u8>(), 0..600), curve in curves()) {
        prop_assert!(PublicKey::from_spki_der(&bytes).is_err());
        prop_assert!(PrivateKey::from_pkcs8_der(&bytes).is_err());
        prop_assert!(PublicKey::from_sec1(curve, &bytes).is_err());
        let _ = ecdsa_der_to_plain(&bytes, curve);
        let _ = ecdsa_plain_to_der(&bytes, curve);
        let _ = unpad(&bytes);
        let explicit = Explicit { p: &bytes, a: &bytes, b: &bytes, g: &bytes, n: &bytes, h: Some(&bytes) };
        prop_assert_eq!(Curve::match_explicit(&explicit), None);
    }

    #[test]
    fn arbitrary_text_is_no_pem(text in "\\PC{0,200}", label in "(PRIVATE|PUBLIC) KEY") {
        prop_assert!(PublicKey::from_spki_pem(&text).is_err());
        prop_assert!(PrivateKey::from_pkcs8_pem(&text).is_err());
        let dressed = format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n");
        prop_assert!(PublicKey::from_spki_pem(&dressed).is_err());
        prop_assert!(PrivateKey::from_pkcs8_pem(&dressed).is_err());
    }

    #[test]
    fn public_keys_come_back_and_spoiled_ones_never_as_the_same(
        key in keys(), form in forms(), at in any::<Index>(), value in any::<u8>(), how in any::<u8>()
    ) {
        let der = key.public().to_spki_der(form);
        prop_assert_eq!(PublicKey::from_spki_der(&der), Ok((key.public(), form)));
        let spoiled = spoiled(&der, &at, value, how);
        if spoiled != der {
            // Two fields have no influence: the version of explicit parameters, 1 to 3.
            let read = PublicKey::from_spki_der(&spoiled);
            let same = read == Ok((key.public(), form));
            prop_assert!(!same || form == ParameterForm::Explicit && spoiled.len() == der.len(), "{:?}", read);
        }
    }

    #[test]
    fn private_keys_come_back_and_spoiled_ones_never_as_another(
        key in keys(), at in any::<Index>(), value in any::<u8>(), how in any::<u8>()
    ) {
        let der = key.to_pkcs8_der();
        prop_assert_eq!(PrivateKey::from_pkcs8_der(der.expose()).unwrap().public(), key.public());
        if let Ok(read) = PrivateKey::from_pkcs8_der(&spoiled(der.expose(), &at, value, how)) {
            prop_assert_eq!(read.public(), key.public());
        }
    }

    #[test]
    fn signatures_come_back_and_spoiled_ones_are_refused(
        key in keys(), hash in select(Hash::ALL.to_vec()), message in vec(any::<u8>(), 0..100),
        at in any::<Index>(), value in any::<u8>(), how in any::<u8>()
    ) {
        let signer = SoftSigner::new(key, hash, ParameterForm::Named);
        let signature = signer.sign(&message).unwrap();
        let verify = |signature: &[u8]| {
            PureRust.verify(signer.algorithm(), signer.public_key(), &message, signature)
        };
        prop_assert_eq!(verify(&signature), Ok(()));
        let spoiled = spoiled(&signature, &at, value, how);
        if spoiled != signature {
            prop_assert!(verify(&spoiled).is_err());
        }
    }

    #[test]
    fn plain_signatures_come_back_from_der(curve in curves(), bytes in vec(any::<u8>(), 132)) {
        let plain = &bytes[..2 * curve.order_len()];
        let der = ecdsa_plain_to_der(plain, curve).unwrap();
        prop_assert_eq!(ecdsa_der_to_plain(&der, curve), Ok(plain.to_vec()));
        for len in 0..der.len() {
            prop_assert!(ecdsa_der_to_plain(&der[..len], curve).is_err());
        }
    }

    #[test]
    fn whatever_is_padded_can_be_unpadded(message in vec(any::<u8>(), 0..64), block in select(vec![8_usize, 16])) {
        let padded = pad(&message, block);
        prop_assert_eq!(padded.len() % block, 0);
        prop_assert!(padded.len() > message.len() && padded.len() <= message.len() + block);
        prop_assert_eq!(unpad(&padded), Some(message.as_slice()));
    }
}
