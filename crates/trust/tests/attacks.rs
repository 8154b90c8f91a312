//! Attacks on issuer, certificates, EF.SOD and files: each is told apart by check and reason.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_crypto::{Curve, Hash, ObjectIdentifier, ParameterForm, PrivateKey, Signer};
use antin_lds::{Dg14, EfCardAccess, EfCom, ElementaryFile, SecurityInfo};
use antin_trust::pki::{self, CscaOptions, DemoOptions, DemoPki, DsOptions, Extension, Template};
use antin_trust::{
    Certificate, Check, CheckId, CheckResult, FileState, Policy, Reason, Report, TrustStore, Verdict, verify,
};
use antin_wire::apdu::StatusWord;
use antin_wire::oids;
use antin_wire::tlv::{Tag, constructed, object};

use common::forge::{self, Forge};
use common::{
    Card, assert_failed, counter, judge, now, pki as demo, proven, rng, row, session, soft, summary, trusting,
};

/// A card signed by hand.
fn forged(pki: &DemoPki, change: impl FnOnce(&mut Forge)) -> Report {
    let card = Card::new();
    let mut forge = Forge::honest(&card.slices(), &pki.ds_signer(), &pki.ds);
    change(&mut forge);
    counter(&card.files(forge.file()), &trusting(pki))
}

/// A card whose signer's certificate was changed and signed again by its CSCA.
fn with_signer(pki: &DemoPki, change: impl FnOnce(&mut Template)) -> Report {
    let certificate = reissue(pki, change);
    let card = Card::new();
    let sod = Forge::honest(&card.slices(), &pki.ds_signer(), &certificate).file();
    counter(&card.files(sod), &trusting(pki))
}

fn reissue(pki: &DemoPki, change: impl FnOnce(&mut Template)) -> Certificate {
    let options = DsOptions::new("TEST DS 02", now().plus_days(-1));
    let mut template = pki::document_signer_template(
        &options,
        &pki.ds_key.public(),
        ParameterForm::Named,
        &pki.csca,
        &mut rng(9),
    )
    .unwrap();
    change(&mut template);
    template.sign(&pki.csca_signer()).unwrap()
}

fn extension(oid: &str, critical: bool) -> Extension {
    Extension {
        id: ObjectIdentifier::new(oid).unwrap(),
        critical,
        value: vec![5, 0],
    }
}

#[test]
fn the_forger_itself_makes_honest_cards() {
    let report = forged(&demo(1), |_| {});
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    let report = with_signer(&demo(1), |_| {});
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
}

// ---- the issuer ------------------------------------------------------------------------------------------------

#[test]
fn a_stranger_with_the_same_name_is_an_unknown_issuer() {
    let (real, stranger) = (demo(1), demo(2));
    let report = counter(&Card::new().signed_files(&stranger), &trusting(&real));
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::UnknownIssuer, 12),
        "{}",
        summary(&report)
    );
}

/// PKI-10: a root in the certificate bag is no anchor.
#[test]
fn an_authority_that_comes_with_the_card_is_not_believed() {
    let stranger = demo(2);
    let report = {
        let card = Card::new();
        let mut forge = Forge::honest(&card.slices(), &stranger.ds_signer(), &stranger.ds);
        forge.certificates.push(stranger.csca.as_der().to_vec());
        counter(&card.files(forge.file()), &trusting(&demo(1)))
    };
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::UnknownIssuer, 12),
        "{}",
        summary(&report)
    );
}

/// PKI-08: the Elvis passport.
#[test]
fn a_signer_that_signed_itself_has_no_anchor() {
    let pki = demo(1);
    let mut template = pki::csca_template(
        &CscaOptions::new("VN", now().plus_days(-1)),
        &pki.ds_signer(),
        &mut rng(9),
    )
    .unwrap();
    template
        .extensions
        .retain(|extension| extension.id != oids::BASIC_CONSTRAINTS && extension.id != oids::KEY_USAGE);
    template.extensions.push(Extension::key_usage(0x80));
    let own = template.sign(&pki.ds_signer()).unwrap();
    let card = Card::new();
    let sod = Forge::honest(&card.slices(), &pki.ds_signer(), &own).file();
    let report = counter(&card.files(sod), &trusting(&pki));
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::UnknownIssuer, 12),
        "{}",
        summary(&report)
    );
}

/// PKI-01: a signer under the stored CSCA's name and key identifier, signed with another key.
#[test]
fn a_signer_that_names_the_real_authority_without_its_signature_fails() {
    let (real, stranger) = (demo(1), demo(2));
    let options = DsOptions::new("TEST DS 02", now().plus_days(-1));
    let template = pki::document_signer_template(
        &options,
        &stranger.ds_key.public(),
        ParameterForm::Named,
        &real.csca,
        &mut rng(9),
    );
    let certificate = template.unwrap().sign(&stranger.csca_signer()).unwrap();
    let card = Card::new();
    let sod = Forge::honest(&card.slices(), &stranger.ds_signer(), &certificate).file();
    assert_failed(
        &counter(&card.files(sod), &trusting(&real)),
        CheckId::Chain,
        None,
        Reason::SignatureWrong,
    );
}

/// PKI-01: explicit parameters with another generator describe no known curve, and nothing is computed on them.
#[test]
fn a_chosen_generator_is_no_known_curve() {
    let options = DemoOptions {
        form: ParameterForm::Explicit,
        ..DemoOptions::default()
    };
    let pki = common::pki_with(&options);
    let base = hex::encode(Curve::P256.domain().g);
    let foreign = hex::encode(pki.ds_key.public().as_sec1());
    let report = with_explicit_spki(&pki, |spki| spki.replacen(&base, &foreign, 1));
    assert_eq!(
        row(&report, CheckId::SodSignature, None),
        (CheckResult::Undetermined, Some(Reason::CurveUnknown))
    );
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::Inconclusive, 14),
        "{}",
        summary(&report)
    );
}

/// PKI-05: a point that is not on the curve.
#[test]
fn a_public_key_off_the_curve_fails() {
    let pki = demo(1);
    let report = with_signer(&pki, |template| {
        let last = template.spki.last_mut().unwrap();
        *last ^= 1;
    });
    assert_failed(&report, CheckId::SodSignature, None, Reason::BadPublicKey);
}

fn with_explicit_spki(pki: &DemoPki, change: impl FnOnce(String) -> String) -> Report {
    with_signer(pki, |template| {
        let spki = hex::encode(pki.ds_key.public().to_spki_der(ParameterForm::Explicit));
        let changed = change(spki.clone());
        assert_ne!(spki, changed);
        template.spki = hex::decode(changed).unwrap();
    })
}

/// PKI-91.
#[test]
fn a_distrusted_authority_fails_where_an_absent_one_is_unknown() {
    let pki = demo(1);
    let mut store = trusting(&pki);
    store.distrust(pki.csca.fingerprint());
    assert_failed(
        &counter(&Card::new().signed_files(&pki), &store),
        CheckId::CscaTrust,
        None,
        Reason::Distrusted,
    );
}

/// PKI-11: case is no matter, look-alikes are.
#[test]
fn countries_are_compared_as_two_ascii_letters() {
    let pki = demo(1);
    let country = |from: &str, to: &str| {
        let (from, to) = (from.to_owned(), to.to_owned());
        with_signer(&pki, move |template| {
            let text = hex::encode(&template.subject).replacen(&from, &to, 1);
            template.subject = hex::decode(text).unwrap();
        })
    };
    let lower = country("1302564e", "1302766e");
    assert_eq!(lower.verdict, Verdict::Authentic, "{}", summary(&lower));
    assert_failed(
        &country("1302564e", "1302564f"),
        CheckId::IssuerCountry,
        None,
        Reason::CountryMismatch,
    );
    assert_failed(
        &country("1302564e", "1302d092"),
        CheckId::IssuerCountry,
        None,
        Reason::CountryMalformed,
    );
}

#[test]
fn a_signer_of_another_country_than_the_document_fails() {
    let german = DemoPki::generate("de", now(), &DemoOptions::default(), &mut rng(3)).unwrap();
    let report = counter(&Card::new().signed_files(&german), &trusting(&german));
    assert_failed(&report, CheckId::IssuerCountry, None, Reason::CountryMismatch);
}

/// PKI-18.
#[test]
fn a_document_signer_cannot_act_as_authority() {
    let pki = demo(1);
    let second_key = PrivateKey::generate(Curve::P256, &mut rng(20));
    let options = DsOptions::new("TEST DS 02", now().plus_days(-1));
    let template = pki::document_signer_template(
        &options,
        &second_key.public(),
        ParameterForm::Named,
        &pki.ds,
        &mut rng(9),
    )
    .unwrap();
    let second = template.sign(&pki.ds_signer()).unwrap();
    let signer = soft(&second_key, Hash::Sha256, ParameterForm::Named);
    let card = Card::new();
    let mut forge = Forge::honest(&card.slices(), &signer, &second);
    let alone = counter(&card.files(forge.file()), &trusting(&pki));
    assert_eq!(alone.verdict, Verdict::UnknownIssuer, "{}", summary(&alone));
    forge.certificates.push(pki.ds.as_der().to_vec());
    assert_failed(
        &counter(&card.files(forge.file()), &trusting(&pki)),
        CheckId::Chain,
        None,
        Reason::IssuerNotCa,
    );
}

#[test]
fn only_authorities_become_anchors() {
    let pki = demo(1);
    assert!(matches!(
        TrustStore::new().add(pki.ds),
        Err(antin_trust::Error::NotAnAnchor { .. })
    ));
}

// ---- the signer's certificate ------------------------------------------------------------------------------------

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

// ---- EF.SOD ------------------------------------------------------------------------------------------------------

/// SOD-05.
#[test]
fn a_hash_list_that_counts_wrongly_fails() {
    let pki = demo(1);
    for number in [0, 17, 1] {
        let card = Card::new();
        let mut hashes = forge::honest_hashes(&card.slices());
        hashes.push((number, vec![0; 32]));
        let sod = Forge::over(forge::hash_list(&hashes), &pki.ds_signer(), &pki.ds).file();
        let report = counter(&card.files(sod), &trusting(&pki));
        assert_failed(&report, CheckId::DgHash, None, Reason::HashListMalformed);
        assert_eq!(
            row(&report, CheckId::SodSignature, None).0,
            CheckResult::Successful
        );
    }
}

/// SOD-08.
#[test]
fn a_content_of_another_type_fails() {
    let report = forged(&demo(1), |forge| forge.content_type = oids::ID_DATA);
    assert_failed(&report, CheckId::SodSignature, None, Reason::ContentTypeWrong);
}

/// SOD-13.
#[test]
fn a_content_type_attribute_of_another_type_fails() {
    let pki = demo(1);
    let report = forged(&pki, |forge| {
        let attributes = forge::attributes(&oids::ID_DATA, &Hash::Sha256.digest(&forge.content));
        forge.signers = vec![forge::signer_info(
            &pki.ds_signer(),
            &pki.ds,
            Some(&attributes),
            &forge.content,
        )];
    });
    assert_failed(&report, CheckId::SodSignature, None, Reason::ContentTypeWrong);
}

/// SOD-10.
#[test]
fn a_signature_without_attributes_fails() {
    let pki = demo(1);
    let report = forged(&pki, |forge| {
        forge.signers = vec![forge::signer_info(
            &pki.ds_signer(),
            &pki.ds,
            None,
            &forge.content,
        )];
    });
    assert_failed(
        &report,
        CheckId::SodSignature,
        None,
        Reason::SignedAttributesMissing,
    );
}

/// SOD-10: attributes that were signed once, offered as a content.
#[test]
fn signed_attributes_are_no_content() {
    let pki = demo(1);
    let report = forged(&pki, |forge| {
        let attributes = forge::attributes(&oids::LDS_SECURITY_OBJECT, &Hash::Sha256.digest(&forge.content));
        forge.content = constructed(Tag(0x31), &attributes);
        let attributes = forge::attributes(&oids::LDS_SECURITY_OBJECT, &Hash::Sha256.digest(&forge.content));
        forge.signers = vec![forge::signer_info(
            &pki.ds_signer(),
            &pki.ds,
            Some(&attributes),
            &forge.content,
        )];
    });
    assert_failed(&report, CheckId::SodSignature, None, Reason::ContentTypeWrong);
}

/// SOD-11.
#[test]
fn a_message_digest_of_another_content_fails() {
    let report = forged(&demo(1), |forge| {
        let last = forge.content.last_mut().unwrap();
        *last ^= 1;
    });
    assert_failed(&report, CheckId::SodSignature, None, Reason::MessageDigestWrong);
}

#[test]
fn an_attribute_that_stands_twice_fails() {
    let pki = demo(1);
    let report = forged(&pki, |forge| {
        let mut attributes =
            forge::attributes(&oids::LDS_SECURITY_OBJECT, &Hash::Sha256.digest(&forge.content));
        attributes.push(attributes[1].clone());
        forge.signers = vec![forge::signer_info(
            &pki.ds_signer(),
            &pki.ds,
            Some(&attributes),
            &forge.content,
        )];
    });
    assert_failed(&report, CheckId::SodSignature, None, Reason::Malformed);
}

/// SOD-15 and SOD-16.
#[test]
fn there_is_exactly_one_signer() {
    let two = forged(&demo(1), |forge| forge.signers.push(forge.signers[0].clone()));
    assert_failed(&two, CheckId::SodSignature, None, Reason::SignerCount);
    let none = forged(&demo(1), |forge| forge.signers.clear());
    assert_failed(&none, CheckId::SodSignature, None, Reason::SignerCount);
}

#[test]
fn a_signer_without_certificate_fails() {
    let report = forged(&demo(1), |forge| forge.certificates.clear());
    assert_failed(
        &report,
        CheckId::SodSignature,
        None,
        Reason::SignerCertificateMissing,
    );
}

#[test]
fn a_cms_version_that_does_not_fit_fails() {
    for version in [1, 2, 4, 5] {
        let report = forged(&demo(1), |forge| forge.version = version);
        assert_failed(&report, CheckId::SodSignature, None, Reason::CmsVersion);
    }
}

/// PKI-33: r and s out of range.
#[test]
fn signatures_out_of_range_fail() {
    let pki = demo(1);
    for signature in ["3006020100020100", "3006020101020100", "3006020100020101"] {
        let report = forged(&pki, |forge| {
            let attributes =
                forge::attributes(&oids::LDS_SECURITY_OBJECT, &Hash::Sha256.digest(&forge.content));
            let (algorithm, hash) = (oids::ECDSA_WITH_SHA256, oids::SHA256);
            let signature = hex::decode(signature).unwrap();
            forge.signers = vec![forge::signer_info_with(
                &algorithm,
                &hash,
                &pki.ds,
                Some(&attributes),
                &signature,
            )];
        });
        assert_failed(&report, CheckId::SodSignature, None, Reason::SignatureWrong);
    }
}

/// SOD-20: MD5 proves nothing and is never computed; what is merely not implemented says so, each with its OID.
#[test]
fn algorithms_that_are_refused_or_unknown_are_told_apart() {
    let pki = demo(1);
    let with = |signature: &str, digest: &str| {
        let (signature, digest) = (
            ObjectIdentifier::new(signature).unwrap(),
            ObjectIdentifier::new(digest).unwrap(),
        );
        forged(&pki, |forge| {
            let attributes =
                forge::attributes(&oids::LDS_SECURITY_OBJECT, &Hash::Sha256.digest(&forge.content));
            forge.signers = vec![forge::signer_info_with(
                &signature,
                &digest,
                &pki.ds,
                Some(&attributes),
                &[1, 2, 3],
            )];
        })
    };
    let sha256 = "2.16.840.1.101.3.4.2.1";
    for (signature, digest, reason) in [
        ("1.2.840.113549.1.1.4", sha256, Reason::AlgorithmRefused),
        (
            "1.2.840.10045.4.3.2",
            "1.2.840.113549.2.5",
            Reason::AlgorithmRefused,
        ),
        ("1.2.840.113549.1.1.10", sha256, Reason::AlgorithmUnsupported),
        ("1.2.3.4", sha256, Reason::AlgorithmUnsupported),
    ] {
        let report = with(signature, digest);
        assert_eq!(
            row(&report, CheckId::SodSignature, None),
            (CheckResult::Undetermined, Some(reason))
        );
        assert_eq!((report.verdict, report.exit), (Verdict::Inconclusive, 14));
        let evidence = report
            .rows(CheckId::SodSignature)
            .next()
            .unwrap()
            .evidence
            .clone()
            .unwrap();
        assert!(evidence.contains("1.2."), "{evidence}");
    }
}

/// SOD-28: a certificate with the signer's name and number and another key.
#[test]
fn a_look_alike_in_the_certificate_bag_is_passed_over() {
    let pki = demo(1);
    let other = PrivateKey::generate(Curve::P256, &mut rng(20));
    let report = forged(&pki, |forge| {
        let options = DsOptions::new("TEST DS 01", now().plus_days(-1));
        let mut template = pki::document_signer_template(
            &options,
            &other.public(),
            ParameterForm::Named,
            &pki.csca,
            &mut rng(9),
        )
        .unwrap();
        template.serial = pki.ds.serial().to_vec();
        let signer: &dyn Signer = &soft(&other, Hash::Sha256, ParameterForm::Named);
        forge
            .certificates
            .insert(0, template.sign(signer).unwrap().as_der().to_vec());
    });
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    assert!(
        report
            .rows(CheckId::SodSignature)
            .next()
            .unwrap()
            .remark
            .is_some()
    );
}

/// SOD-21.
#[test]
fn a_second_object_behind_the_file_fails_and_padding_is_remarked() {
    let pki = demo(1);
    let card = Card::new();
    let honest = card.sign(&pki);
    let with = |tail: &[u8]| counter(&card.files([honest.as_slice(), tail].concat()), &trusting(&pki));
    for padding in [&[0, 0, 0][..], &[0xFF, 0xFF]] {
        let report = with(padding);
        assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
        assert!(
            report
                .rows(CheckId::SodSignature)
                .next()
                .unwrap()
                .remark
                .is_some()
        );
    }
    assert_failed(&with(&honest), CheckId::SodSignature, None, Reason::Malformed);
    assert_failed(&with(&[0, 1]), CheckId::SodSignature, None, Reason::Malformed);
}

/// SOD-25.
#[test]
fn the_security_object_of_another_card_fails_by_its_hashes() {
    let pki = demo(1);
    let mut other = Card::new();
    other.replace(1, common::dg1("999185000018", "Trần Thị Mẫu", "350219"));
    let report = counter(&Card::new().files(other.sign(&pki)), &trusting(&pki));
    assert_failed(&report, CheckId::DgHash, Some("DG1"), Reason::HashMismatch);
    assert_eq!(
        row(&report, CheckId::SodSignature, None).0,
        CheckResult::Successful
    );
}

// ---- the files -------------------------------------------------------------------------------------------------

/// SOD-01.
#[test]
fn one_letter_of_a_name_is_enough_to_fail() {
    let pki = demo(1);
    let sod = Card::new().sign(&pki);
    let mut card = Card::new();
    card.replace(1, common::dg1("999185000017", "Nguyễn Thị Mậu", "350219"));
    let honest_name = card.groups[0].1 == Card::new().groups[0].1;
    assert!(
        honest_name,
        "the transliterated names are the same, so DG13 must be changed"
    );
    card.replace(13, common::dg13("999185000017", "Nguyễn Thị Mậu", "19/02/2035"));
    assert_failed(
        &counter(&card.files(sod), &trusting(&pki)),
        CheckId::DgHash,
        Some("DG13"),
        Reason::HashMismatch,
    );
}

/// SOD-03: EF.SOD, not EF.COM, tells what must be there.
#[test]
fn proofs_struck_from_the_list_and_hidden_fail() {
    let pki = demo(1);
    let card = Card::new();
    let mut files = card.files(card.sign(&pki));
    let com = EfCom::parse(&card.com()).unwrap();
    let fewer: Vec<_> = com.data_groups().filter(|group| group.number() < 14).collect();
    files.insert(
        ElementaryFile::Com,
        FileState::Read(
            EfCom::build("0107", "040000", &fewer)
                .unwrap()
                .as_bytes()
                .to_vec(),
        ),
    );
    for file in [ElementaryFile::DG14, ElementaryFile::DG15] {
        files.insert(file, FileState::Missing(StatusWord(0x6A82)));
    }
    let report = judge(&files, &session(&[]), &trusting(&pki));
    assert_failed(&report, CheckId::DgHash, Some("DG14"), Reason::FileMissing);
    assert_failed(&report, CheckId::ComSod, None, Reason::ComMismatch);
}

/// CHP-03: a planted key that no issuer signed counts neither way.
#[test]
fn a_key_that_the_issuer_did_not_sign_proves_nothing() {
    let pki = demo(1);
    let mut signed = Card::new();
    signed.groups.retain(|(number, _)| *number < 15);
    let com = signed.com();
    let mut files = Card::new().files(signed.sign(&pki));
    files.insert(ElementaryFile::Com, FileState::Read(com));
    let planted = session(&[Check::successful(CheckId::ActiveAuthentication)]);
    let report = judge(&files, &planted, &trusting(&pki));
    assert_eq!(
        row(&report, CheckId::DgHash, Some("DG15")),
        (CheckResult::Undetermined, Some(Reason::NotListed))
    );
    assert_eq!(
        row(&report, CheckId::ActiveAuthentication, None),
        (CheckResult::Undetermined, Some(Reason::KeyNotBound))
    );
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::ChipUnproven, 13),
        "{}",
        summary(&report)
    );
}

#[test]
fn a_key_that_was_exchanged_proves_nothing_either() {
    let pki = demo(1);
    let sod = Card::new().sign(&pki);
    let mut card = Card::new();
    let own = PrivateKey::generate(Curve::BrainpoolP256r1, &mut rng(66))
        .public()
        .to_spki_der(ParameterForm::Explicit);
    let infos = Dg14::parse(&card.groups[3].1).unwrap();
    let swapped = infos.infos().iter().map(|info| match info {
        SecurityInfo::ChipAuthenticationPublicKey { oid, key_id, .. } => {
            SecurityInfo::chip_authentication_public_key(*oid, own.clone(), *key_id)
        }
        other => other.clone(),
    });
    let dg14 = Dg14::build(swapped.collect::<Vec<_>>()).as_bytes().to_vec();
    card.replace(14, dg14);
    let report = judge(
        &card.files(sod),
        &session(&[Check::successful(CheckId::ChipAuthentication)]),
        &trusting(&pki),
    );
    assert_failed(&report, CheckId::DgHash, Some("DG14"), Reason::HashMismatch);
    assert_eq!(
        row(&report, CheckId::ChipAuthentication, None),
        (CheckResult::Undetermined, Some(Reason::KeyNotBound))
    );
}

/// SOD-26: a perfect copy of all files fails by its proof alone.
#[test]
fn a_clone_without_its_key_is_a_copy() {
    let pki = demo(1);
    let proof = Check::failed(CheckId::ChipAuthentication, Reason::ProofFailed);
    let aa = Check::successful(CheckId::ActiveAuthentication);
    let report = judge(
        &Card::new().signed_files(&pki),
        &session(&[proof, aa]),
        &trusting(&pki),
    );
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::Failed, 11),
        "{}",
        summary(&report)
    );
}

#[test]
fn a_proof_with_an_unknown_algorithm_leaves_the_verdict_open() {
    let pki = demo(1);
    let proof = Check::undetermined(CheckId::ActiveAuthentication, Reason::AlgorithmUnsupported);
    let report = judge(
        &Card::new().signed_files(&pki),
        &session(&[proof]),
        &trusting(&pki),
    );
    assert_eq!((report.verdict, report.exit), (Verdict::Inconclusive, 14));
}

/// ACC-03.
#[test]
fn an_altered_list_of_access_protocols_fails() {
    let pki = demo(1);
    let weaker = SecurityInfo::pace(oids::ID_PACE_ECDH_GM_3DES_CBC_CBC, 2, Some(13));
    let honest = SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(13));
    let other_curve = SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(12));
    for infos in [
        vec![],
        vec![weaker.clone()],
        vec![honest, weaker],
        vec![other_curve],
    ] {
        let mut card = Card::new();
        card.card_access = EfCardAccess::build(infos).as_bytes().to_vec();
        let report = counter(&card.signed_files(&pki), &trusting(&pki));
        assert_failed(&report, CheckId::CardAccess, None, Reason::CardAccessMismatch);
    }
}

/// SEM-03: the signature holds, the zone does not.
#[test]
fn wrong_check_digits_in_signed_data_fail() {
    let pki = demo(1);
    let mut card = Card::new();
    let mut bytes = card.groups[0].1.clone();
    let digit = 5 + 14;
    bytes[digit] = if bytes[digit] == b'0' { b'1' } else { b'0' };
    card.replace(1, bytes);
    let report = counter(&card.signed_files(&pki), &trusting(&pki));
    assert_failed(&report, CheckId::MrzDigits, None, Reason::CheckDigitWrong);
    assert_eq!(
        row(&report, CheckId::SodSignature, None).0,
        CheckResult::Successful
    );
}

#[test]
fn national_data_of_another_person_fail_even_when_signed() {
    let pki = demo(1);
    for (number, name, expiry, field) in [
        ("999185000018", "Nguyễn Thị Mẫu", "19/02/2035", "ID number"),
        ("999185000017", "Nguyễn Văn Mẫu", "19/02/2035", "name"),
        ("999185000017", "Nguyễn Thị Mẫu", "19/02/2036", "date of expiry"),
        (
            "999185000017",
            "Nguyễn Thị Mẫu",
            "Không thời hạn",
            "date of expiry",
        ),
    ] {
        let mut card = Card::new();
        card.replace(13, common::dg13(number, name, expiry));
        let report = counter(&card.signed_files(&pki), &trusting(&pki));
        assert_failed(&report, CheckId::Dg1Dg13, None, Reason::FieldMismatch);
        assert_eq!(
            report.rows(CheckId::Dg1Dg13).next().unwrap().evidence.as_deref(),
            Some(field)
        );
    }
}

#[test]
fn a_lifelong_card_never_expires() {
    let pki = demo(1);
    let mut card = Card::new();
    card.replace(1, common::dg1("999185000017", "Nguyễn Thị Mẫu", "991231"));
    card.replace(
        13,
        common::dg13("999185000017", "Nguyễn Thị Mẫu", "Không thời hạn"),
    );
    let report = counter(&card.signed_files(&pki), &trusting(&pki));
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    assert_eq!(
        row(&report, CheckId::DocumentExpiry, None).0,
        CheckResult::Successful
    );
}

#[test]
fn signed_content_that_cannot_be_parsed_fails_by_its_structure() {
    let pki = demo(1);
    let mut card = Card::new();
    card.replace(2, object(Tag(0x75), &[0x7F, 0x61, 0x03, 0x02, 0x01, 0xFF]));
    let report = counter(&card.signed_files(&pki), &trusting(&pki));
    assert_failed(&report, CheckId::DgStructure, Some("DG2"), Reason::Malformed);
    assert_eq!(
        row(&report, CheckId::DgHash, Some("DG2")).0,
        CheckResult::Successful
    );
}

/// PRS-01 and PRS-03: the reader says that the chip sent nonsense.
#[test]
fn a_file_without_a_frame_fails() {
    let pki = demo(1);
    let mut files = Card::new().signed_files(&pki);
    files.insert(
        ElementaryFile::DG2,
        FileState::Malformed {
            what: "longer than any file",
        },
    );
    let report = counter(&files, &trusting(&pki));
    assert_failed(&report, CheckId::FileRead, Some("DG2"), Reason::FileMalformed);
    assert_failed(&report, CheckId::DgHash, Some("DG2"), Reason::FileMalformed);
}

/// Only what stands outside the signature can change unnoticed: the list of digest algorithms of SignedData, which
/// nothing is decided by, the version number of the SignerInfo, and the string types in its issuer's name, which real
/// documents write otherwise than their certificates.
#[test]
fn no_changed_byte_of_the_security_object_goes_unnoticed() {
    let pki = demo(1);
    let card = Card::new();
    let (honest, store) = (card.sign(&pki), trusting(&pki));
    let find = |part: &[u8]| {
        honest
            .windows(part.len())
            .rposition(|window| window == part)
            .unwrap()
    };
    let digest_algorithms = constructed(Tag(0x31), &[forge::algorithm(&oids::SHA256)]);
    let list = find(&digest_algorithms);
    let issuer = find(pki.ds.issuer().as_der());
    let issuer = issuer..issuer + pki.ds.issuer().as_der().len();
    let signer_version = find(&[forge::integer(&[1]), vec![0x30]].concat());
    for at in 0..honest.len() {
        let mut sod = honest.clone();
        sod[at] ^= 0x01;
        let report = counter(&card.files(sod), &store);
        let unsigned = (list..list + digest_algorithms.len()).contains(&at)
            || at == signer_version + 2
            || (issuer.contains(&at) && honest[at] == 0x13);
        assert!(
            unsigned || report.verdict != Verdict::Authentic,
            "offset {at}: {}",
            hex::encode(&honest[at.saturating_sub(24)..(at + 24).min(honest.len())])
        );
    }
}
