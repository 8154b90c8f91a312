//! Hostile bytes: every parser answers, none panics, none takes more than it was given.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_trust::certificate::Name;
use antin_trust::sod::SignedSod;
use antin_trust::{Certificate, UnixTime};
use proptest::prelude::*;

use common::{Card, pki};

fn certificate() -> Vec<u8> {
    pki(1).ds.as_der().to_vec()
}

fn sod() -> Vec<u8> {
    Card::new().sign(&pki(1))
}

#[test]
fn a_certificate_comes_back_from_der_and_pem() {
    let certificate = Certificate::parse(&certificate()).unwrap();
    assert_eq!(Certificate::from_pem(&certificate.to_pem()).unwrap(), certificate);
    assert_eq!(
        Certificate::from_bytes(certificate.as_der()).unwrap(),
        certificate
    );
    assert_eq!(
        Certificate::from_bytes(certificate.to_pem().as_bytes()).unwrap(),
        certificate
    );
    let both = certificate.to_pem() + "text between\n" + &certificate.to_pem();
    assert_eq!(Certificate::all_from_pem(&both).unwrap().len(), 2);
    assert!(Certificate::from_pem(&both).is_err());
    assert!(Certificate::from_pem("-----BEGIN CERTIFICATE-----\nMII").is_err());
}

#[test]
fn a_certificate_cut_at_any_byte_is_refused() {
    let whole = certificate();
    for len in 0..whole.len() {
        assert!(Certificate::parse(&whole[..len]).is_err(), "{len}");
    }
}

#[test]
fn a_security_object_cut_at_any_byte_is_refused() {
    let whole = sod();
    for len in 0..whole.len() {
        assert!(SignedSod::parse(&whole[..len]).is_err(), "{len}");
    }
}

#[test]
fn trailing_bytes_are_refused() {
    assert!(Certificate::parse(&[certificate(), vec![0]].concat()).is_err());
    assert!(SignedSod::parse(&[sod(), vec![1]].concat()).is_err());
    assert!(Name::parse(&[pki(1).ds.subject().as_der(), &[0]].concat()).is_err());
}

#[test]
fn lengths_beyond_the_bytes_are_refused() {
    for head in ["3084ffffffff", "7784ffffffff", "30847fffffff", "3080", "77803080"] {
        let bytes = hex::decode(head).unwrap();
        assert!(Certificate::parse(&bytes).is_err());
        assert!(SignedSod::parse(&bytes).is_err());
    }
}

#[test]
fn nesting_bombs_are_refused_at_once() {
    let mut bomb = vec![0x30, 0x00];
    while bomb.len() < 60_000 {
        let mut outer = vec![0x30, 0x83];
        outer.extend_from_slice(&u32::try_from(bomb.len()).unwrap().to_be_bytes()[1..]);
        outer.extend_from_slice(&bomb);
        bomb = outer;
        if bomb.len() > 4000 {
            break;
        }
    }
    assert!(Certificate::parse(&bomb).is_err());
    assert!(SignedSod::parse_cms(&bomb).is_err());
    assert!(SignedSod::parse(&antin_wire::tlv::object(antin_wire::tlv::Tag(0x77), &bomb)).is_err());
    let wide = antin_wire::tlv::object(antin_wire::tlv::Tag(0x30), &[5, 0].repeat(30_000));
    assert!(Certificate::parse(&wide).is_err());
}

#[test]
fn what_is_larger_than_any_honest_document_is_refused() {
    assert!(Certificate::parse(&vec![0x30; 1 << 20]).is_err());
    assert!(SignedSod::parse(&vec![0x77; 1 << 20]).is_err());
}

#[test]
fn serial_numbers_of_25_octets_and_explicit_defaults_are_read() {
    use antin_crypto::{ParameterForm, VerifyingKey};
    use antin_trust::pki::{DsOptions, document_signer_template};
    let pki = pki(1);
    let options = DsOptions::new("TEST DS 02", common::now());
    let mut template = document_signer_template(
        &options,
        &VerifyingKey::ec(pki.ds_key.public(), ParameterForm::Named),
        &pki.csca,
        &mut common::rng(3),
    )
    .unwrap();
    template.serial = vec![0x9C; 25];
    let certificate = template.sign(&pki.csca_signer()).unwrap();
    assert_eq!(certificate.serial(), [0x9C; 25]);
}

/// cA FALSE and critical FALSE are defaults, which DER does not write; real certificates do.
#[test]
fn defaults_that_are_written_out_are_read() {
    use antin_crypto::{ObjectIdentifier, ParameterForm, VerifyingKey};
    use antin_trust::pki::{DsOptions, Extension, document_signer_template};
    let pki = pki(1);
    let options = DsOptions::new("TEST DS 02", common::now());
    let key = pki.ds_key.public();
    let mut template = document_signer_template(
        &options,
        &VerifyingKey::ec(key.clone(), ParameterForm::Named),
        &pki.csca,
        &mut common::rng(3),
    )
    .unwrap();
    let id = ObjectIdentifier::new_unwrap("2.5.29.19");
    template.extensions.push(Extension {
        id,
        critical: true,
        value: vec![0x30, 0x03, 0x01, 0x01, 0x00],
    });
    let certificate = template.sign(&pki.csca_signer()).unwrap();
    assert!(!certificate.is_ca());
    let explicit = hex::encode(certificate.as_der()).replace("0603551d130101ff", "0603551d13010100");
    assert_ne!(explicit, hex::encode(certificate.as_der()));
    assert!(Certificate::parse(&hex::decode(explicit).unwrap()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512), text in ".{0,40}") {
        let _ = Certificate::parse(&bytes);
        let _ = Certificate::from_bytes(&bytes);
        let _ = Certificate::from_pem(&text);
        let _ = SignedSod::parse(&bytes);
        let _ = SignedSod::parse_cms(&bytes);
        let _ = Name::parse(&bytes);
        let _ = UnixTime::parse(&text);
    }

    #[test]
    fn changed_certificates_never_panic(at in 0usize..800, value in any::<u8>()) {
        let mut bytes = certificate_once().to_vec();
        let at = at % bytes.len();
        bytes[at] = value;
        if let Ok(certificate) = Certificate::parse(&bytes) {
            prop_assert_eq!(certificate.as_der(), &bytes[..]);
            let _ = certificate.public_key();
            let _ = certificate.subject().to_string();
            prop_assert!(!certificate.tbs_der().is_empty());
        }
    }

    #[test]
    fn changed_security_objects_never_panic(at in 0usize..3000, value in any::<u8>()) {
        let mut bytes = sod_once().to_vec();
        let at = at % bytes.len();
        bytes[at] = value;
        if let Ok(sod) = SignedSod::parse(&bytes) {
            let _ = sod.signing_time();
        }
    }
}

fn certificate_once() -> &'static [u8] {
    static BYTES: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    BYTES.get_or_init(certificate)
}

fn sod_once() -> &'static [u8] {
    static BYTES: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    BYTES.get_or_init(sod)
}

#[test]
fn a_name_with_more_attributes_than_any_honest_one_is_refused() {
    use antin_wire::tlv::{Tag, constructed, object};
    let attribute = || {
        let parts = [object(Tag(0x06), &[0x55, 4, 3]), object(Tag(0x0C), b"x")];
        constructed(Tag(0x31), &[constructed(Tag(0x30), &parts)])
    };
    let name = |count| constructed(Tag(0x30), &vec![attribute(); count]);
    assert!(Name::parse(&name(64)).is_ok());
    assert!(Name::parse(&name(65)).is_err());
}

#[test]
fn a_name_is_shown_without_letters_that_turn_or_hide_others() {
    use antin_wire::tlv::{Tag, constructed, object};
    let parts = [
        object(Tag(0x06), &[0x55, 4, 3]),
        object(Tag(0x0C), "Nguyễn\u{202e}\u{2028}x".as_bytes()),
    ];
    let name = constructed(
        Tag(0x30),
        &[constructed(Tag(0x31), &[constructed(Tag(0x30), &parts)])],
    );
    assert_eq!(
        Name::parse(&name).unwrap().to_string(),
        "CN=Nguyễn\\u{202e}\\u{2028}x"
    );
}
