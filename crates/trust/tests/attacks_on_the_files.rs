//! Attacks on files, access and chip.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_crypto::{Curve, ParameterForm, PrivateKey};
use antin_lds::{Dg14, Dg15, EfCardAccess, EfCom, ElementaryFile, SecurityInfo};
use antin_trust::{
    AccessMethod, BacFallback, Check, CheckId, CheckResult, FileState, Policy, Reason, Verdict, verify,
};
use antin_wire::apdu::StatusWord;
use antin_wire::oids;
use antin_wire::tlv::{Tag, object};

use common::{Card, assert_failed, counter, judge, now, pki as demo, rng, row, session, summary, trusting};

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

/// Who answers for the chip can add files; only the signed ones speak for the holder.
#[test]
fn national_data_that_nobody_signed_never_reach_the_identity() {
    let pki = demo(1);
    let mut signed = Card::new();
    signed.groups.retain(|(number, _)| *number != 13);
    let mut files = signed.signed_files(&pki);
    let planted = common::dg13("999185000017", "Nguyễn Thị Mẫu", "Không thời hạn");
    files.insert(ElementaryFile::DG13, FileState::Read(planted));
    let report = counter(&files, &trusting(&pki));
    assert_eq!(
        row(&report, CheckId::DgHash, Some("DG13")),
        (CheckResult::Undetermined, Some(Reason::NotListed))
    );
    assert_eq!(
        row(&report, CheckId::Dg1Dg13, None),
        (CheckResult::NotSupported, Some(Reason::NotOffered))
    );
    let expiry = report.rows(CheckId::DocumentExpiry).next().unwrap();
    assert_eq!(expiry.evidence.as_deref(), Some("2035-02-19"));
    let identity = report.into_identity().unwrap();
    assert_eq!(identity.holder().full_name, None);
    assert_eq!(identity.holder().personal_number, None);
}

#[test]
fn a_dg1_that_nobody_signed_is_nobody() {
    let pki = demo(1);
    let mut signed = Card::new();
    signed.groups.retain(|(number, _)| *number != 1);
    let mut files = signed.signed_files(&pki);
    files.insert(
        ElementaryFile::DG1,
        FileState::Read(Card::new().groups[0].1.clone()),
    );
    let report = counter(&files, &trusting(&pki));
    assert_eq!((report.verdict, report.exit), (Verdict::Inconclusive, 14));
    assert!(report.unverified_holder().is_none());
    assert!(report.into_identity().is_err());
}

/// ACC-01: without EF.CardAccess a reader has no choice but BAC, and the signed DG14 knows better.
#[test]
fn a_chip_that_hides_its_pace_is_a_downgrade() {
    let pki = demo(1);
    let mut files = Card::new().signed_files(&pki);
    files.insert(
        ElementaryFile::CardAccess,
        FileState::Missing(StatusWord::FILE_NOT_FOUND),
    );
    for (method, downgrade) in [(AccessMethod::Bac, true), (AccessMethod::Pace, false)] {
        let mut session = common::proven();
        session.access.method = method;
        let report = judge(&files, &session, &trusting(&pki));
        assert_eq!(report.access.downgrade, downgrade);
        assert_eq!(report.verdict, Verdict::Authentic);
        assert_eq!(
            (report.accepted, report.exit),
            (!downgrade, if downgrade { 15 } else { 0 })
        );
        assert_eq!(report.into_identity().is_ok(), !downgrade);
        let mut policy = Policy::COUNTER;
        policy.bac_fallback = BacFallback::Allowed;
        let report = verify(&files, &session, &trusting(&pki), now(), &policy);
        assert!(report.accepted, "the operator has allowed it");
        assert_eq!(
            row(&report, CheckId::CardAccess, None),
            (CheckResult::Undetermined, Some(Reason::FileMissing))
        );
    }
}

/// Whoever computes the private key from the public one has a chip that proves it: the policy hears of keys that allow it.
#[test]
fn a_proof_with_a_key_that_can_be_computed_is_for_the_policy_to_refuse() {
    let pki = demo(1);
    let spki = |curve| {
        PrivateKey::generate(curve, &mut rng(60))
            .public()
            .to_spki_der(ParameterForm::Explicit)
    };
    let dg14 = |curve| {
        let key = SecurityInfo::chip_authentication_public_key(oids::ID_PK_ECDH, spki(curve), None);
        let ca = SecurityInfo::chip_authentication(oids::ID_CA_ECDH_AES_CBC_CMAC_128, 1, None);
        let pace = SecurityInfo::pace(oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128, 2, Some(13));
        Dg14::build([pace, ca, key]).as_bytes().to_vec()
    };
    let dg15 = |curve| Dg15::build(&spki(curve)).unwrap().as_bytes().to_vec();
    for (number, weak, strong) in [
        (14, dg14(Curve::P192), dg14(Curve::P224)),
        (15, dg15(Curve::BrainpoolP192r1), dg15(Curve::P256)),
    ] {
        let mut card = Card::new();
        card.replace(number, strong);
        let report = counter(&card.signed_files(&pki), &trusting(&pki));
        assert!(report.accepted, "{:#?}", report.checks);
        card.replace(number, weak);
        let files = card.signed_files(&pki);
        let report = counter(&files, &trusting(&pki));
        assert_eq!((report.verdict, report.exit), (Verdict::Authentic, 15));
        assert_eq!(
            row(&report, CheckId::KeyStrength, Some(&format!("DG{number}"))),
            (CheckResult::Failed, Some(Reason::WeakAlgorithm))
        );
        let report = judge(&files, &session(&[]), &trusting(&pki));
        assert!(
            !report
                .checks
                .iter()
                .any(|row| row.id == CheckId::KeyStrength && row.result == CheckResult::Failed),
            "without a proof the key is nobody's matter"
        );
    }
}
