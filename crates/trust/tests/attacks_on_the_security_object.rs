//! Attacks on EF.SOD.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_crypto::{Curve, Hash, ObjectIdentifier, ParameterForm, PrivateKey, Signer, VerifyingKey};
use antin_trust::pki::{self, DsOptions};
use antin_trust::{CheckId, CheckResult, Reason, Verdict};
use antin_wire::oids;
use antin_wire::tlv::{Tag, constructed};

use common::attack::forged;
use common::forge::{self, Forge};
use common::{Card, assert_failed, counter, now, pki as demo, rng, row, soft, summary, trusting};

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

#[test]
fn a_list_of_hashes_without_that_of_the_signer_fails() {
    let report = forged(&demo(1), |forge| {
        forge.digest_algorithms = vec![Hash::Sha512.oid()];
    });
    assert_failed(&report, CheckId::SodSignature, None, Reason::AlgorithmMismatch);
    let longer = forged(&demo(1), |forge| {
        forge.digest_algorithms.push(Hash::Sha512.oid());
    });
    assert_eq!(longer.verdict, Verdict::Authentic);
}

/// SOD-13.
#[test]
fn a_content_type_attribute_of_another_type_fails() {
    let pki = demo(1);
    let report = forged(&pki, |forge| {
        let attributes = forge::attributes(&oids::ID_DATA, &Hash::Sha256.digest(&forge.content));
        forge.sign_again(&pki.ds_signer(), &pki.ds, Some(&attributes));
    });
    assert_failed(&report, CheckId::SodSignature, None, Reason::ContentTypeWrong);
}

/// SOD-10.
#[test]
fn a_signature_without_attributes_fails() {
    let pki = demo(1);
    let report = forged(&pki, |forge| {
        forge.sign_again(&pki.ds_signer(), &pki.ds, None);
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
        forge.sign_again(&pki.ds_signer(), &pki.ds, Some(&attributes));
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
        forge.sign_again(&pki.ds_signer(), &pki.ds, Some(&attributes));
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
            let (algorithm, hash) = (pki.ds_signer().algorithm().to_der(), oids::SHA256);
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

/// PKI-35: whoever has a signature can make a second one of it; a list of known bad documents is not kept by signatures.
#[test]
fn a_signature_with_the_other_s_still_holds() {
    let pki = demo(1);
    let report = forged(&pki, |forge| {
        let attributes = forge::attributes(&oids::LDS_SECURITY_OBJECT, &Hash::Sha256.digest(&forge.content));
        let signer = pki.ds_signer();
        let good = signer.sign(&constructed(Tag(0x31), &attributes)).unwrap();
        let mut plain = antin_crypto::ecdsa_der_to_plain(&good, Curve::P256).unwrap();
        let mut borrow = 0;
        for (s, n) in plain[32..].iter_mut().zip(Curve::P256.domain().n).rev() {
            let digit = 0x100 + u16::from(*n) - u16::from(*s) - borrow;
            borrow = 1 - (digit >> 8);
            *s = digit.to_le_bytes()[0];
        }
        let other = antin_crypto::ecdsa_plain_to_der(&plain, Curve::P256).unwrap();
        assert_ne!(other, good);
        forge.signers = vec![forge::signer_info_with(
            &signer.algorithm().to_der(),
            &Hash::Sha256.oid(),
            &pki.ds,
            Some(&attributes),
            &other,
        )];
    });
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
}

/// The form of TR-03111: r and s one after the other, each as long as the order of the curve, under an identifier of its own.
#[test]
fn a_plain_signature_holds_and_one_of_another_length_does_not() {
    let pki = demo(1);
    let signed = |change: fn(&mut Vec<u8>)| {
        forged(&pki, |forge| {
            let digest = Hash::Sha256.digest(&forge.content);
            let attributes = forge::attributes(&oids::LDS_SECURITY_OBJECT, &digest);
            let good = pki
                .ds_signer()
                .sign(&constructed(Tag(0x31), &attributes))
                .unwrap();
            let mut plain = antin_crypto::ecdsa_der_to_plain(&good, Curve::P256).unwrap();
            change(&mut plain);
            forge.signers = vec![forge::signer_info_with(
                &forge::algorithm(&oids::ECDSA_PLAIN_SHA256),
                &Hash::Sha256.oid(),
                &pki.ds,
                Some(&attributes),
                &plain,
            )];
        })
    };
    let report = signed(|_| {});
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    let said = report.rows(CheckId::SodSignature).next().unwrap().remark.clone();
    assert!(said.is_some_and(|said| said.contains("written plain")));
    let wrong: [fn(&mut Vec<u8>); 4] = [
        |plain| plain[63] ^= 1,
        |plain| plain.truncate(63),
        |plain| plain.push(0),
        |plain| plain.clear(),
    ];
    for change in wrong {
        assert_failed(
            &signed(change),
            CheckId::SodSignature,
            None,
            Reason::SignatureWrong,
        );
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
                &forge::algorithm(&signature),
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
        (
            "1.2.840.113549.1.1.1",
            "1.2.840.113549.2.5",
            Reason::AlgorithmRefused,
        ),
        ("1.2.840.113549.1.1.15", sha256, Reason::AlgorithmUnsupported),
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

/// SOD-20: a signature over SHA-256 does not make up for a list that SHA-1 stands for.
#[test]
fn a_message_digest_of_sha_1_is_weak() {
    let pki = demo(1);
    let report = forged(&pki, |forge| {
        forge.digest_algorithms = vec![Hash::Sha1.oid()];
        let attributes = forge::attributes(&oids::LDS_SECURITY_OBJECT, &Hash::Sha1.digest(&forge.content));
        let signature = pki
            .ds_signer()
            .sign(&constructed(Tag(0x31), &attributes))
            .unwrap();
        forge.signers = vec![forge::signer_info_with(
            &pki.ds_signer().algorithm().to_der(),
            &Hash::Sha1.oid(),
            &pki.ds,
            Some(&attributes),
            &signature,
        )];
    });
    assert_eq!(
        row(&report, CheckId::SodSignature, None).0,
        CheckResult::Successful
    );
    assert_eq!(
        row(&report, CheckId::KeyStrength, None),
        (CheckResult::Failed, Some(Reason::WeakAlgorithm))
    );
    assert_eq!((report.verdict, report.exit), (Verdict::Authentic, 15));
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
            &VerifyingKey::ec(other.public(), ParameterForm::Named),
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

/// SOD-23: what DER forbids and no signature covers, or covers as it stands, is told and changes nothing.
#[test]
fn encodings_that_der_forbids_are_remarked_and_hashed_as_they_stand() {
    let pki = demo(1);
    let remark = |sod: Vec<u8>| {
        let card = Card::new();
        let report = counter(&card.files(sod), &trusting(&pki));
        assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
        let row = report.rows(CheckId::SodSignature).next().unwrap();
        row.remark.clone().unwrap_or_default()
    };
    let card = Card::new();
    let honest = Forge::honest(&card.slices(), &pki.ds_signer(), &pki.ds);
    assert_eq!(remark(honest.file()), "");
    // A length in five octets, around all and around one signed attribute.
    let long = |object: &[u8]| {
        let value = antin_wire::tlv::parse_one(object).unwrap().value;
        let length = u32::try_from(value.len()).unwrap().to_be_bytes();
        [&object[..1], &[0x84], &length, value].concat()
    };
    let outer = antin_wire::tlv::object(Tag(0x77), &long(&honest.cms()));
    assert_eq!(remark(outer), "lengths longer than they need to be");
    let mut attribute = honest.clone();
    let mut attributes = forge::attributes(&oids::LDS_SECURITY_OBJECT, &Hash::Sha256.digest(&honest.content));
    attributes[1] = long(&attributes[1]);
    attribute.signers = vec![forge::signer_info(
        &pki.ds_signer(),
        &pki.ds,
        Some(&attributes),
        &honest.content,
    )];
    assert_eq!(remark(attribute.file()), "lengths longer than they need to be");
    // criticality 01 in the signer's certificate, under the signature of its CSCA.
    let odd = common::attack::reissue_der(&pki, |tbs| {
        let at = tbs.windows(3).position(|bytes| bytes == [1, 1, 0xFF]).unwrap();
        tbs[at + 2] = 1;
    });
    let file = Forge::honest(&card.slices(), &pki.ds_signer(), &odd).file();
    assert_eq!(remark(file), "a BOOLEAN that is neither 00 nor FF");
}

/// BER as streaming writers make it: indefinite lengths, the content in pieces.
#[test]
fn a_content_in_pieces_is_put_together() {
    let pki = demo(1);
    let card = Card::new();
    let honest = Forge::honest(&card.slices(), &pki.ds_signer(), &pki.ds);
    let pieces: Vec<u8> = honest
        .content
        .chunks(100)
        .flat_map(|piece| antin_wire::tlv::object(Tag(0x04), piece))
        .collect();
    let strings = [&[0x24, 0x80], pieces.as_slice(), &[0, 0]].concat();
    let whole = antin_wire::tlv::object(Tag(0x04), &honest.content);
    let cms = honest.cms();
    let at = cms.windows(whole.len()).position(|bytes| bytes == whole).unwrap();
    // Everything around the content becomes indefinite: ContentInfo, its [0], SignedData, the content's SEQUENCE and [0].
    let kind = forge::oid(&oids::LDS_SECURITY_OBJECT);
    let signed = antin_wire::tlv::parse_one(&cms).unwrap();
    let mut info = signed.children();
    let id = info.next().unwrap().unwrap().raw.to_vec();
    let data = info.next().unwrap().unwrap().children().next().unwrap().unwrap();
    let mut parts = data.children();
    let head = [parts.next(), parts.next()]
        .map(|part| part.unwrap().unwrap().raw.to_vec())
        .concat();
    parts.next().unwrap();
    let tail = [parts.next(), parts.next()]
        .map(|part| part.unwrap().unwrap().raw.to_vec())
        .concat();
    let open = |tag: u8, content: &[u8]| [&[tag, 0x80], content, &[0, 0]].concat();
    let content = open(0x30, &[kind, open(0xA0, &strings)].concat());
    let ber = open(
        0x30,
        &[id, open(0xA0, &open(0x30, &[head, content, tail].concat()))].concat(),
    );
    let report = counter(&card.files(open(0x77, &ber)), &trusting(&pki));
    assert!(at > 0);
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    let row = report.rows(CheckId::SodSignature).next().unwrap();
    assert_eq!(row.remark.as_deref(), Some("indefinite lengths"));
}

/// A signer may be named by its key (version 3) instead of issuer and serial number (version 1); a version that does not
/// fit is told.
#[test]
fn a_signer_named_by_its_key_is_found() {
    let pki = demo(1);
    let card = Card::new();
    let key = pki.ds.subject_key_identifier().unwrap().to_vec();
    let with = |version: u8, sid: Vec<u8>| {
        let mut forge = Forge::honest(&card.slices(), &pki.ds_signer(), &pki.ds);
        let mut parts: Vec<Vec<u8>> = Vec::new();
        let mut fields = antin_wire::tlv::parse_one(&forge.signers[0]).unwrap().children();
        while let Some(field) = fields.next().unwrap() {
            parts.push(field.raw.to_vec());
        }
        parts[0] = forge::integer(&[version]);
        parts[1] = sid;
        forge.signers = vec![constructed(Tag(0x30), &parts)];
        counter(&card.files(forge.file()), &trusting(&pki))
    };
    let by_key = antin_wire::tlv::object(Tag(0x80), &key);
    let good = with(3, by_key.clone());
    assert_eq!(good.verdict, Verdict::Authentic, "{}", summary(&good));
    assert_eq!(good.rows(CheckId::SodSignature).next().unwrap().remark, None);
    let odd = with(1, by_key);
    assert_eq!(odd.verdict, Verdict::Authentic, "{}", summary(&odd));
    assert_eq!(
        odd.rows(CheckId::SodSignature).next().unwrap().remark.as_deref(),
        Some("the version of the signer does not fit how it names its certificate")
    );
    let stranger = with(3, antin_wire::tlv::object(Tag(0x80), &[7; 20]));
    assert_failed(
        &stranger,
        CheckId::SodSignature,
        None,
        Reason::SignerCertificateMissing,
    );
}
