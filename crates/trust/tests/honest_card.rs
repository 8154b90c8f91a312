//! What a genuine card gives, whole and in parts.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use antin_crypto::{Curve, Hash, ParameterForm};
use antin_lds::ElementaryFile;
use antin_trust::pki::DemoOptions;
use antin_trust::{
    Check, CheckId, CheckResult, FileState, Policy, Reason, Report, SessionFacts, SignerCache, TrustStore,
    UnixTime, Verdict, VerdictReason, verify,
};
use antin_wire::apdu::StatusWord;

use common::{Card, counter, judge, now, pki, pki_with, proven, row, session, summary, trusting, with_cache};

#[test]
fn a_genuine_card_that_proves_itself_is_authentic() {
    let pki = pki(1);
    let report = counter(&Card::new().signed_files(&pki), &trusting(&pki));
    assert_eq!(
        (report.verdict, report.exit, report.accepted),
        (Verdict::Authentic, 0, true),
        "{}",
        summary(&report)
    );
    let needed: Vec<&Check> = report.checks.iter().filter(|check| check.needed).collect();
    assert!(needed.len() > 15);
    assert!(
        needed.iter().all(|check| check.result == CheckResult::Successful),
        "{}",
        summary(&report)
    );
    for id in CheckId::ALL {
        assert!(report.rows(id).next().is_some(), "{id} has no row");
    }
}

#[test]
fn every_curve_and_parameter_form_signs_and_verifies() {
    for (curve, hash) in [
        (Curve::P256, Hash::Sha256),
        (Curve::P384, Hash::Sha384),
        (Curve::BrainpoolP256r1, Hash::Sha256),
    ] {
        for form in [ParameterForm::Named, ParameterForm::Explicit] {
            let options = DemoOptions {
                csca_curve: curve,
                csca_hash: hash,
                ds_curve: curve,
                ds_hash: hash,
                form,
                ..DemoOptions::default()
            };
            let pki = pki_with(&options);
            let report = counter(&Card::new().signed_files(&pki), &trusting(&pki));
            assert_eq!(
                report.verdict,
                Verdict::Authentic,
                "{curve:?} {form:?}\n{}",
                summary(&report)
            );
        }
    }
}

#[test]
fn a_folder_of_files_is_genuine_data_in_an_unproven_chip() {
    let pki = pki(1);
    let report = judge(
        &Card::new().signed_files(&pki),
        &SessionFacts::offline(),
        &trusting(&pki),
    );
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::ChipUnproven, 13),
        "{}",
        summary(&report)
    );
    assert_eq!(report.reason(), VerdictReason::ProofNotPerformed);
}

#[test]
fn a_card_without_any_proof_to_offer_says_so() {
    let pki = pki(1);
    let report = judge(
        &Card::without_proofs().signed_files(&pki),
        &session(&[]),
        &trusting(&pki),
    );
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::ChipUnproven, 13),
        "{}",
        summary(&report)
    );
    assert_eq!(report.reason(), VerdictReason::NoProofOffered);
    for id in [
        CheckId::ChipAuthentication,
        CheckId::ActiveAuthentication,
        CheckId::PaceCam,
    ] {
        assert_eq!(
            row(&report, id, None),
            (CheckResult::NotSupported, Some(Reason::NotOffered))
        );
    }
}

#[test]
fn the_lab_policy_accepts_an_unproven_chip_by_name() {
    let pki = pki(1);
    let files = Card::new().signed_files(&pki);
    let report = verify(
        &files,
        &SessionFacts::offline(),
        &trusting(&pki),
        now(),
        &Policy::LAB,
    );
    assert_eq!(
        (report.verdict, report.exit, report.accepted),
        (Verdict::ChipUnproven, 0, true)
    );
    assert!(report.into_identity().is_ok());
}

#[test]
fn an_unknown_issuer_is_neither_forged_nor_green() {
    let pki = pki(1);
    let report = counter(&Card::new().signed_files(&pki), &TrustStore::new());
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::UnknownIssuer, 12),
        "{}",
        summary(&report)
    );
    for id in [CheckId::CscaTrust, CheckId::Chain] {
        assert_eq!(
            row(&report, id, None),
            (CheckResult::Undetermined, Some(Reason::NoAnchor))
        );
    }
    for id in [CheckId::ChipAuthentication, CheckId::ActiveAuthentication] {
        assert_eq!(
            row(&report, id, None),
            (CheckResult::Undetermined, Some(Reason::KeyNotBound))
        );
    }
}

#[test]
fn an_expired_document_stays_authentic_and_is_refused_by_policy() {
    let pki = pki(1);
    let later = UnixTime::parse("2035-02-20T00:00:00Z").unwrap();
    let report = verify(
        &Card::new().signed_files(&pki),
        &proven(),
        &trusting(&pki),
        later,
        &Policy::COUNTER,
    );
    assert_eq!(
        (report.verdict, report.exit, report.accepted),
        (Verdict::Authentic, 15, false),
        "{}",
        summary(&report)
    );
    let last_second = UnixTime(later.0 - 1);
    let report = verify(
        &Card::new().signed_files(&pki),
        &proven(),
        &trusting(&pki),
        last_second,
        &Policy::COUNTER,
    );
    assert_eq!(report.exit, 0);
}

#[test]
fn signers_of_expired_documents_are_judged_at_the_expiry_of_the_document() {
    let pki = pki(1);
    let much_later = UnixTime::parse("2060-01-01T00:00:00Z").unwrap();
    let report = verify(
        &Card::new().signed_files(&pki),
        &proven(),
        &trusting(&pki),
        much_later,
        &Policy::LAB,
    );
    assert_eq!(row(&report, CheckId::DsValidity, None).0, CheckResult::Successful);
    assert_eq!(report.verdict, Verdict::Authentic);
}

#[test]
fn fingerprints_without_rights_do_not_hold_up_the_verdict() {
    let pki = pki(1);
    let mut card = Card::new();
    card.groups.insert(
        2,
        (3, antin_wire::tlv::object(antin_wire::tlv::Tag(0x63), &[1, 2, 3])),
    );
    let mut files = card.signed_files(&pki);
    let dg3 = ElementaryFile::data_group(3).unwrap();
    files.insert(dg3, FileState::Refused(StatusWord(0x6982)));
    let report = counter(&files, &trusting(&pki));
    assert_eq!(
        row(&report, CheckId::DgHash, Some("DG3")),
        (CheckResult::Undetermined, Some(Reason::AccessRightsMissing))
    );
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
}

#[test]
fn a_group_that_was_not_read_leaves_the_verdict_open() {
    let pki = pki(1);
    let files: antin_trust::ReadFiles = Card::new()
        .signed_files(&pki)
        .iter()
        .filter(|(file, _)| *file != ElementaryFile::DG2)
        .filter_map(|(file, state)| match state {
            FileState::Read(bytes) => Some((file, bytes.clone())),
            _ => None,
        })
        .collect();
    let report = counter(&files, &trusting(&pki));
    assert_eq!(
        row(&report, CheckId::DgHash, Some("DG2")),
        (CheckResult::Undetermined, Some(Reason::FileNotRead))
    );
    assert_eq!((report.verdict, report.exit), (Verdict::Inconclusive, 14));
}

#[test]
fn a_lost_link_leaves_the_verdict_open() {
    let pki = pki(1);
    let mut files = Card::new().signed_files(&pki);
    files.insert(ElementaryFile::DG2, FileState::Lost);
    let report = counter(&files, &trusting(&pki));
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::Inconclusive, 14),
        "{}",
        summary(&report)
    );
    assert_eq!(row(&report, CheckId::DgHash, Some("DG2")).0, CheckResult::Aborted);
}

#[test]
fn no_files_at_all_decide_nothing() {
    let report = judge(
        &antin_trust::ReadFiles::new(),
        &SessionFacts::offline(),
        &TrustStore::new(),
    );
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::Inconclusive, 14),
        "{}",
        summary(&report)
    );
}

#[test]
fn a_broken_chip_protocol_fails_even_without_files() {
    let facts = SessionFacts {
        checks: vec![Check::failed(CheckId::Access, Reason::ProtocolBreach)],
        ..SessionFacts::default()
    };
    let report = judge(&antin_trust::ReadFiles::new(), &facts, &TrustStore::new());
    assert_eq!((report.verdict, report.exit), (Verdict::Failed, 10));
}

#[test]
fn a_session_without_a_row_on_its_access_is_not_taken_for_granted() {
    let pki = pki(1);
    let mut facts = proven();
    facts.checks.clear();
    let report = judge(&Card::new().signed_files(&pki), &facts, &trusting(&pki));
    assert_eq!(report.verdict, Verdict::Inconclusive);
}

#[test]
fn the_border_asks_for_revocation_and_for_the_usage_period() {
    let pki = pki(1);
    let report = verify(
        &Card::new().signed_files(&pki),
        &proven(),
        &trusting(&pki),
        now(),
        &Policy::BORDER,
    );
    assert_eq!(
        row(&report, CheckId::Revocation, None),
        (CheckResult::Undetermined, Some(Reason::NoCrl))
    );
    assert_eq!((report.verdict, report.exit), (Verdict::Inconclusive, 14));
}

#[test]
fn a_remembered_signer_gives_the_same_verdict_and_no_trust_of_its_own() {
    let pki = pki(1);
    let (files, store) = (Card::new().signed_files(&pki), trusting(&pki));
    let mut cache = SignerCache::new();
    let first = with_cache(&files, &store, &mut cache);
    assert_eq!(cache.len(), 1);
    let second = with_cache(&files, &store, &mut cache);
    assert_eq!(
        (first.verdict, second.verdict),
        (Verdict::Authentic, Verdict::Authentic)
    );
    let remark = second
        .rows(CheckId::Chain)
        .next()
        .and_then(|check| check.remark.clone());
    assert_eq!(remark.as_deref(), Some("verified before"));
    let without_anchor = with_cache(&files, &TrustStore::new(), &mut cache);
    assert_eq!(without_anchor.verdict, Verdict::UnknownIssuer);
}

#[test]
fn the_report_survives_json_but_not_as_an_identity() {
    let pki = pki(1);
    let report = counter(&Card::new().signed_files(&pki), &trusting(&pki)).with_holder();
    let json = serde_json::to_string(&report).unwrap();
    let back: Report = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), json);
    assert!(back.into_identity().is_err());
    let identity = report.into_identity().unwrap();
    assert_eq!(identity.holder().full_name.as_deref(), Some("Nguyễn Thị Mẫu"));
}

#[test]
fn the_json_has_exactly_the_fields_of_its_schema() {
    let pki = pki(1);
    let report = counter(&Card::new().signed_files(&pki), &trusting(&pki));
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let json = serde_json::to_value(&report).unwrap();
    let mut top = keys(&json);
    top.sort();
    let mut expected = [
        "schema",
        "tool",
        "verdict",
        "accepted",
        "exit",
        "policy",
        "refused_by",
        "at",
        "access",
        "files",
        "checks",
        "apdus",
        "timing",
    ];
    expected.sort_unstable();
    assert_eq!(top, expected);
    assert_eq!(json["schema"], "antin.report/1");
    assert_eq!(json["at"], "2026-11-22T12:00:00Z");
    assert_eq!(keys(&json["files"][0]).len(), 4);
    let mut row = keys(&json["checks"][0]);
    row.sort();
    assert_eq!(
        row,
        [
            "clause", "evidence", "id", "ms", "needed", "reason", "remark", "result", "subject"
        ]
    );
    assert!(keys(&serde_json::to_value(report.with_holder()).unwrap()).contains(&"holder".to_owned()));
}

#[test]
fn an_identity_cannot_be_talked_out_of_a_bad_report() {
    let pki = pki(1);
    let mut report = counter(&Card::new().signed_files(&pki), &TrustStore::new());
    report.verdict = Verdict::Authentic;
    report.accepted = true;
    assert!(report.into_identity().is_err());
}

#[test]
fn files_are_listed_with_what_protects_them() {
    let pki = pki(1);
    let report = counter(&Card::new().signed_files(&pki), &trusting(&pki));
    let protection = |name: &str| {
        report
            .files
            .iter()
            .find(|file| file.name == name)
            .unwrap()
            .protected_by
            .as_deref()
    };
    assert_eq!(protection("EF.SOD"), Some("signature"));
    assert_eq!(protection("DG1"), Some("EF.SOD"));
    assert_eq!(protection("EF.COM"), None);
}

#[test]
fn what_is_printed_for_a_log_names_nobody() {
    let pki = pki(1);
    let files = Card::new().signed_files(&pki);
    let report = counter(&files, &trusting(&pki));
    let (files, report_text) = (format!("{files:?}"), format!("{report:?}"));
    let identity = format!("{:?}", report.into_identity().unwrap());
    for text in [files, report_text, identity] {
        for personal in ["NGUYEN", "Nguyễn", "999185000017", "850219"] {
            assert!(!text.contains(personal), "{personal} in {text}");
        }
        assert!(!text.contains("[97, "), "bytes in {text}");
    }
}
