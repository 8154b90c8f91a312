//! Attacks on the signer's certificate.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_crypto::{Hash, ObjectIdentifier};
use antin_trust::pki::{Extension, Template};
use antin_trust::{Certificate, CheckId, CheckResult, Policy, Reason, Verdict, verify};
use antin_wire::oids;

use common::attack::{forged, with_signer};
use common::{Card, assert_failed, counter, now, pki as demo, proven, row, trusting};

fn extension(oid: &str, critical: bool) -> Extension {
    Extension {
        id: ObjectIdentifier::new(oid).unwrap(),
        critical,
        value: vec![5, 0],
    }
}

#[test]
fn a_signer_without_the_right_to_sign_fails() {
    let pki = demo(1);
    let without = with_signer(&pki, |template| template.remove(&oids::KEY_USAGE));
    assert_failed(&without, CheckId::DsProfile, None, Reason::KeyUsageMissing);
    let other = with_signer(&pki, |template| {
        template.remove(&oids::KEY_USAGE);
        template.extensions.push(Extension::key_usage(0x08));
    });
    assert_failed(&other, CheckId::DsProfile, None, Reason::KeyUsageMissing);
}

/// The key is the CSCA's and the name is not: ICAO 9303-12 §D.1.1.3 asks for both.
#[test]
fn a_signer_whose_issuer_is_called_otherwise_than_its_csca_fails() {
    let report = with_signer(&demo(1), |template| {
        // The last letter of the last attribute.
        *template.issuer.last_mut().unwrap() ^= 1;
    });
    assert_failed(&report, CheckId::Chain, None, Reason::FieldMismatch);
}

#[test]
fn a_signer_that_does_not_name_the_key_of_its_csca_fails() {
    let report = with_signer(&demo(1), |template| {
        template.remove(&oids::AUTHORITY_KEY_IDENTIFIER);
    });
    assert_failed(&report, CheckId::DsProfile, None, Reason::CertificateProfile);
}

#[test]
fn a_critical_extension_that_nobody_understands_fails() {
    let report = with_signer(&demo(1), |template| {
        template.extensions.push(extension("1.2.3.4", true))
    });
    assert_failed(
        &report,
        CheckId::DsProfile,
        None,
        Reason::CriticalExtensionUnknown,
    );
    let harmless = with_signer(&demo(1), |template| {
        template.extensions.push(extension("1.2.3.4", false))
    });
    assert_eq!(harmless.verdict, Verdict::Authentic);
}

#[test]
fn an_extension_that_stands_twice_fails() {
    let report = with_signer(&demo(1), |template| {
        template.extensions.push(Extension::key_usage(0x80))
    });
    assert_failed(&report, CheckId::DsProfile, None, Reason::CertificateProfile);
}

#[test]
fn a_signer_that_claims_to_be_an_authority_fails() {
    let report = with_signer(&demo(1), |template| {
        template.extensions.push(Extension::authority())
    });
    assert_failed(&report, CheckId::DsProfile, None, Reason::SignerIsCa);
}

/// PKI-21: the outer algorithm is not signed, so it is compared.
#[test]
fn two_statements_of_the_algorithm_must_agree() {
    let pki = demo(1);
    let honest = hex::encode(pki.ds.as_der());
    let (sha384, sha512) = (
        hex::encode(oids::ECDSA_WITH_SHA384.as_bytes()),
        hex::encode(oids::ECDSA_WITH_SHA512.as_bytes()),
    );
    let at = honest.rfind(&sha384).unwrap();
    let changed = format!("{}{}{}", &honest[..at], sha512, &honest[at + sha384.len()..]);
    let certificate = Certificate::parse(&hex::decode(changed).unwrap()).unwrap();
    let report = forged(&pki, |forge| {
        forge.certificates = vec![certificate.as_der().to_vec()]
    });
    assert_failed(&report, CheckId::DsProfile, None, Reason::AlgorithmMismatch);
}

#[test]
fn an_expired_signer_fails() {
    let late = |template: &mut Template| template.not_after = now().plus_days(-1);
    assert_failed(
        &with_signer(&demo(1), late),
        CheckId::DsValidity,
        None,
        Reason::Expired,
    );
    let early = |template: &mut Template| template.not_before = now().plus_days(1);
    assert_failed(
        &with_signer(&demo(1), early),
        CheckId::DsValidity,
        None,
        Reason::NotYetValid,
    );
}

/// PKI-13: noted at the counter, needed at the border.
#[test]
fn a_signature_outside_the_usage_period_is_for_the_policy() {
    let pki = demo(1);
    let card = Card::new();
    let late = now().plus_days(200);
    let sod = antin_trust::sod::sign(&card.slices(), Hash::Sha256, &pki.ds_signer(), &pki.ds, late).unwrap();
    let files = card.files(sod);
    let report = counter(&files, &trusting(&pki));
    assert_eq!(
        row(&report, CheckId::DsUsagePeriod, None),
        (CheckResult::Failed, Some(Reason::OutsideUsagePeriod))
    );
    assert_eq!((report.verdict, report.exit), (Verdict::Authentic, 0));
    let border = verify(&files, &proven(), &trusting(&pki), now(), &Policy::BORDER);
    assert_failed(&border, CheckId::DsUsagePeriod, None, Reason::OutsideUsagePeriod);
}

#[test]
fn a_signer_of_passports_alone_does_not_sign_identity_cards() {
    let report = with_signer(&demo(1), |template| {
        template.remove(&oids::DOCUMENT_TYPE_LIST);
        template
            .extensions
            .push(Extension::document_types(&["P".to_owned()]));
    });
    assert_eq!(
        row(&report, CheckId::DocumentType, None),
        (CheckResult::Failed, Some(Reason::DocumentTypeNotAllowed))
    );
    assert_eq!((report.verdict, report.exit), (Verdict::Authentic, 15));
}
