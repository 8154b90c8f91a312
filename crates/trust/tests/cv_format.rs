//! Certificates and requests as bytes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod cv_support;

use antin_crypto::Curve;
use antin_trust::Error;
use antin_trust::cv::{
    CvCertificate, CvRequest, CvSigner, DomainParameters, Presented, Role, Sha1, TaAlgorithm, TrustPoint,
    TrustPoints,
};
use antin_wire::tlv::{object, parse_one, tags};
use cv_support::{Party, name, rng};
use proptest::prelude::*;

fn authority() -> Party {
    Party::new("VNCVCATEST00001")
}

fn root() -> CvCertificate {
    authority().root("260101", "281231")
}

fn verifier() -> CvCertificate {
    let verifier = Party::new("VNDVTEST00001");
    let mut template = authority().template(&verifier, Role::DvForeign, "260201", "260731");
    let oid = object(tags::OBJECT_IDENTIFIER, antin_wire::oids::ID_SECTOR.as_bytes());
    let sector = object(antin_wire::tlv::Tag(0x80), &[7; 32]);
    template.extensions = Some(object(tags::DISCRETIONARY_TEMPLATE, &[oid, sector].concat()));
    template.sign(&authority().key, &mut rng(2)).unwrap()
}

fn request() -> CvRequest {
    let applicant = Party::new("VNDVTEST00001");
    CvRequest::create(
        &applicant.name,
        Some(&authority().name),
        &applicant.key,
        &mut rng(2),
    )
    .unwrap()
}

fn countersigned() -> CvRequest {
    request()
        .countersign(&authority().name, &authority().key, &mut rng(3))
        .unwrap()
}

#[test]
fn a_certificate_says_what_its_template_said() {
    let read = CvCertificate::parse(verifier().as_bytes()).unwrap();
    assert_eq!(read, verifier());
    assert_eq!(CvCertificate::parse_content(&read.to_content()).unwrap(), read);
    assert_eq!(read.authority(), &authority().name);
    assert_eq!(read.holder().to_string(), "VNDVTEST00001");
    assert_eq!(read.authorization().role(), Role::DvForeign);
    assert_eq!(read.effective().to_string(), "2026-02-01");
    assert_eq!(read.expiration().to_string(), "2026-07-31");
    assert_eq!(read.extension_oids().unwrap(), [antin_wire::oids::ID_SECTOR]);
    assert_eq!(read.public_key().domain(), DomainParameters::Inherited);
    assert!(!read.is_self_signed() && root().is_self_signed());
    assert_eq!(
        root().public_key().domain(),
        DomainParameters::Known(Curve::BrainpoolP256r1)
    );
    assert_eq!(root().extension_oids(), Some(vec![]));
}

#[test]
fn every_curve_and_hash_signs_and_verifies() {
    for curve in Curve::ALL {
        for algorithm in TaAlgorithm::ALL
            .into_iter()
            .filter(|one| one.name().contains("ECDSA"))
        {
            let party = Party::on("VNCVCATEST00001", curve, algorithm);
            let root = CvCertificate::parse(party.root("260101", "281231").as_bytes()).unwrap();
            let key = root.public_key().resolve(None).unwrap();
            assert_eq!(root.verify(&key), Ok(()), "{curve:?} {algorithm:?}");
            assert!(root.verify(&authority().key.public()).is_err() || curve == Curve::BrainpoolP256r1);
        }
    }
}

#[test]
fn every_rsa_algorithm_signs_and_verifies_a_chain() {
    let (root_key, dv_key) = (cv_support::rsa_key(1), cv_support::rsa_key(2));
    for algorithm in TaAlgorithm::ALL
        .into_iter()
        .filter(|one| one.name().contains("RSA"))
    {
        let party = |text: &str, key: &antin_crypto::rsa::PrivateKey| Party {
            name: name(text),
            key: CvSigner::rsa(key.clone(), algorithm).unwrap(),
        };
        let (authority, verifier) = (party("VNCVCARSA00001", &root_key), party("VNDVRSA00001", &dv_key));
        let root = CvCertificate::parse(authority.root("260101", "281231").as_bytes()).unwrap();
        let dv = authority.certify(&verifier, Role::DvDomestic, "260201", "260731");
        let point = TrustPoint::new(&root).unwrap();
        let mut trust = TrustPoints::new(root.effective(), Sha1::Allowed, vec![point]).unwrap();
        assert_eq!(TrustPoints::from_bytes(&trust.to_bytes()).as_ref(), Ok(&trust));
        let mut session = Presented::default();
        assert_eq!(
            trust.import(&mut session, &authority.name, &dv),
            Ok(()),
            "{algorithm:?}"
        );
        let request = CvRequest::create(&verifier.name, None, &verifier.key, &mut rng(4)).unwrap();
        assert_eq!(request.verify().unwrap(), verifier.key.public());
        let again = CvSigner::from_pkcs8_der(verifier.key.to_pkcs8_der().expose(), algorithm).unwrap();
        assert_eq!(again.public(), verifier.key.public());
    }
}

#[test]
fn a_key_of_one_kind_takes_no_algorithm_of_the_other() {
    let misuse = |result: Result<CvSigner, Error>| matches!(result, Err(Error::Misuse { .. }));
    assert!(misuse(CvSigner::rsa(
        cv_support::rsa_key(1),
        TaAlgorithm::EcdsaSha256
    )));
    let ec = authority().key.to_pkcs8_der();
    assert!(misuse(CvSigner::from_pkcs8_der(
        ec.expose(),
        TaAlgorithm::RsaPssSha256
    )));
    assert!(CvSigner::from_pkcs8_der(ec.expose(), TaAlgorithm::EcdsaSha384).is_ok());
}

#[test]
fn one_changed_bit_of_a_certificate_is_refused_or_does_not_verify() {
    let bytes = root().as_bytes().to_vec();
    let key = root().public_key().resolve(None).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let Ok(read) = CvCertificate::parse(&changed) else {
            continue;
        };
        assert!(read.verify(&key).is_err(), "bit {bit}");
    }
}

#[test]
fn a_request_proves_that_the_applicant_holds_the_key() {
    let read = CvRequest::parse(&request().to_bytes()).unwrap();
    assert_eq!(read, request());
    assert_eq!(read.verify().unwrap(), Party::new("VNDVTEST00001").key.public());
    assert_eq!(
        (read.authority(), read.outer_signer()),
        (Some(&authority().name), None)
    );
    assert!(read.verify_outer(&authority().key.public()).is_err());
    let without = CvRequest::create(&name("VNDVTEST00001"), None, &authority().key, &mut rng(2)).unwrap();
    assert_eq!(CvRequest::parse(&without.to_bytes()).unwrap().authority(), None);
}

#[test]
fn a_countersigned_request_proves_who_vouches() {
    let read = CvRequest::parse(&countersigned().to_bytes()).unwrap();
    assert_eq!(read, countersigned());
    assert_eq!(read.outer_signer(), Some(&authority().name));
    assert_eq!(read.verify_outer(&authority().key.public()), Ok(()));
    assert!(read.verify().is_ok());
    let stranger = Party::new("VNCVCATEST00002").key.public();
    assert!(read.verify_outer(&stranger).is_err());
}

#[test]
fn truncated_lengthened_and_oversized_bytes_are_refused() {
    for bytes in [
        root().as_bytes().to_vec(),
        request().to_bytes(),
        countersigned().to_bytes(),
        verifier().to_content(),
    ] {
        let read = |bytes: &[u8]| {
            CvCertificate::parse(bytes).is_ok()
                || CvCertificate::parse_content(bytes).is_ok()
                || CvRequest::parse(bytes).is_ok()
        };
        assert!(read(&bytes));
        for len in 0..bytes.len() {
            assert!(!read(&bytes[..len]), "{len}");
        }
        assert!(!read(&[bytes.as_slice(), &[0]].concat()));
        let value = parse_one(&bytes).map_or(&[][..], |outer| outer.value);
        let longer = object(tags::CV_CERTIFICATE, &[value, &[0x53, 0x00]].concat());
        assert!(!read(&longer));
        let huge = object(tags::CV_CERTIFICATE, &vec![0x53; 9000]);
        assert!(matches!(
            CvCertificate::parse(&huge),
            Err(Error::TooComplex { .. })
        ));
        assert!(matches!(CvRequest::parse(&huge), Err(Error::TooComplex { .. })));
    }
}

/// The objects of a certificate's body, each left out, doubled and exchanged with the next.
#[test]
fn a_body_with_other_objects_than_the_profile_has_is_refused() {
    let certificate = verifier();
    let outer = parse_one(certificate.as_bytes()).unwrap();
    let body = outer.children().expect(tags::CV_BODY).unwrap();
    let signature = &outer.value[body.raw.len()..];
    let mut fields = body.children();
    let mut parts: Vec<Vec<u8>> = Vec::new();
    while let Some(field) = fields.next().unwrap() {
        parts.push(field.raw.to_vec());
    }
    assert_eq!(parts.len(), 8);
    let with = |parts: &[Vec<u8>]| {
        let body = object(tags::CV_BODY, &parts.concat());
        CvCertificate::parse_content(&[body.as_slice(), signature].concat())
    };
    assert_eq!(with(&parts), Ok(certificate.clone()));
    for at in 0..parts.len() {
        let mut less = parts.clone();
        less.remove(at);
        let mut more = parts.clone();
        more.insert(at, parts[at].clone());
        let mut other = parts.clone();
        other[at][0] ^= 0x01;
        // Extensions alone may be missing.
        assert_eq!(with(&less).is_ok(), at == 7, "without {at}");
        assert!(with(&more).is_err(), "twice {at}");
        assert!(with(&other).is_err(), "another tag {at}");
        if at > 0 {
            let mut swapped = parts.clone();
            swapped.swap(at - 1, at);
            assert!(with(&swapped).is_err(), "exchanged {at}");
        }
    }
    let mut version = parts.clone();
    version[0] = object(tags::CV_PROFILE, &[1]);
    assert!(with(&version).is_err());
}

#[test]
fn unknown_domain_parameters_are_named_and_never_computed_with() {
    let mut bytes = root().as_bytes().to_vec();
    let p = Curve::BrainpoolP256r1.domain().p;
    let at = bytes.windows(p.len()).position(|window| window == p).unwrap();
    bytes[at + p.len() - 1] ^= 2;
    let read = CvCertificate::parse(&bytes).unwrap();
    assert_eq!(read.public_key().domain(), DomainParameters::Unknown);
    for inherited in [None, Some(Curve::BrainpoolP256r1)] {
        assert_eq!(
            read.public_key().resolve(inherited),
            Err(Error::Crypto(antin_crypto::Error::CurveUnknown { oid: None }))
        );
    }
}

#[test]
fn a_public_key_has_all_its_parts_or_is_refused() {
    let certificate = root();
    let key = certificate.public_key().to_bytes();
    let object_7f49 = parse_one(&key).unwrap();
    let mut fields = object_7f49.children();
    let mut parts: Vec<Vec<u8>> = Vec::new();
    while let Some(field) = fields.next().unwrap() {
        parts.push(field.raw.to_vec());
    }
    let with = |parts: &[Vec<u8>]| {
        let changed = object(tags::PUBLIC_KEY, &parts.concat());
        let outer = parse_one(certificate.as_bytes()).unwrap();
        let body = outer.children().expect(tags::CV_BODY).unwrap();
        let at = body
            .value
            .windows(key.len())
            .position(|window| window == key)
            .unwrap();
        let new = [&body.value[..at], &changed, &body.value[at + key.len()..]].concat();
        let signature = &outer.value[body.raw.len()..];
        CvCertificate::parse_content(&[&object(tags::CV_BODY, &new), signature].concat())
    };
    assert_eq!(with(&parts), Ok(certificate.clone()));
    let without = |at: usize| {
        let mut less = parts.clone();
        less.remove(at);
        with(&less)
    };
    for at in 0..parts.len() - 1 {
        assert!(without(at).is_err(), "{at}");
    }
    let no_cofactor = without(parts.len() - 1).unwrap();
    assert_eq!(
        no_cofactor.public_key().domain(),
        DomainParameters::Known(Curve::BrainpoolP256r1)
    );
    let mut more = parts.clone();
    more.push(object(antin_wire::tlv::Tag(0x77), &[1]));
    assert!(with(&more).is_err());
    let mut outside = parts.clone();
    outside[0] = object(tags::OBJECT_IDENTIFIER, antin_wire::oids::ID_TA.as_bytes());
    assert!(matches!(
        with(&outside),
        Err(Error::Crypto(antin_crypto::Error::AlgorithmUnknown { .. }))
    ));
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = CvCertificate::parse(&bytes);
        let _ = CvCertificate::parse_content(&bytes);
        let _ = CvRequest::parse(&bytes);
    }

    #[test]
    fn no_damage_makes_a_reader_panic(at in 0..400_usize, value: u8, cut in 0..500_usize) {
        for mut bytes in [verifier().as_bytes().to_vec(), countersigned().to_bytes()] {
            let len = bytes.len();
            bytes[at % len] = value;
            bytes.truncate(cut.max(1));
            let _ = CvCertificate::parse(&bytes).map(|read| (read.to_content(), read.extension_oids()));
            let _ = CvRequest::parse(&bytes).map(|read| read.verify());
        }
    }
}
