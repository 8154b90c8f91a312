//! What signed data mean: codes, centuries, spellings and texts that are none.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use antin_lds::Dg1;
use antin_lds::MrzDate;
use antin_lds::mrz::{Mrz, Sex, Td3, Td3Fields};
use antin_trust::{CheckId, CheckResult, Policy, Report, UnixTime, Verdict, verify};
use antin_wire::tlv::{self, Tag};
use common::{Card, counter, now, pki, proven, summary, trusting};

/// A report on a card whose data group says something else, signed by its issuer.
fn with_group(number: u8, bytes: Vec<u8>) -> Report {
    let pki = pki(1);
    let mut card = Card::new();
    match card.groups.iter().any(|(known, _)| *known == number) {
        true => card.replace(number, bytes),
        false => card.groups.push((number, bytes)),
    }
    counter(&card.signed_files(&pki), &trusting(&pki))
}

fn remark(report: &Report, id: CheckId, subject: Option<&str>) -> Option<String> {
    let mut rows = report.rows(id);
    let row = rows.find(|row| subject.is_none() || row.subject.as_deref() == subject);
    row.unwrap_or_else(|| panic!("no row {id}: {}", summary(report)))
        .remark
        .clone()
}

#[test]
fn a_text_that_is_none_is_kept_and_said_to_be_none() {
    for bad in [&b"\xC0\x80"[..], b"\xED\xA0\x80", b"A\0B", b"\xC3\x28"] {
        let dg11 = tlv::object(
            Tag(0x6B),
            &[
                tlv::object(Tag(0x5C), &[0x5F, 0x0E]),
                tlv::object(Tag(0x5F0E), bad),
            ]
            .concat(),
        );
        let report = with_group(11, dg11);
        let row = report
            .rows(CheckId::DgStructure)
            .find(|row| row.subject.as_deref() == Some("DG11"))
            .unwrap();
        assert_eq!(row.result, CheckResult::Successful);
        assert!(row.remark.as_ref().unwrap().contains("no UTF-8 text"), "{bad:x?}");
        assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    }
    let good = tlv::object(Tag(0x6B), &tlv::object(Tag(0x5F0E), "Nguyễn".as_bytes()));
    assert_eq!(
        remark(&with_group(11, good), CheckId::DgStructure, Some("DG11")),
        None
    );
}

#[test]
fn a_national_text_that_is_none_is_kept_too() {
    let mut bytes = common::dg13("999185000017", "Nguyễn Thị Mẫu", "19/02/2035");
    let at = bytes
        .windows(6)
        .position(|window| window == &"Nguyễ".as_bytes()[..6])
        .unwrap();
    bytes[at] = 0xFF;
    let report = with_group(13, bytes);
    assert!(
        remark(&report, CheckId::DgStructure, Some("DG13"))
            .unwrap()
            .contains("no UTF-8 text")
    );
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
}

#[test]
fn a_decomposed_name_is_the_same_name() {
    let decomposed = common::dg13(
        "999185000017",
        "Nguye\u{302}\u{303}n Thi\u{323} Ma\u{302}\u{303}u",
        "19/02/2035",
    );
    let report = with_group(13, decomposed);
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
}

fn passport(code: &str, expiry: &str) -> Vec<u8> {
    let fields = Td3Fields {
        document_code: code,
        issuer: "VNM",
        surname: "NGUYEN",
        given: "THI MAU",
        document_number: "C9990001",
        nationality: "VNM",
        birth: MrzDate::parse("850219").unwrap(),
        sex: Sex::Female,
        expiry: MrzDate::parse(expiry).unwrap(),
        optional: "",
    };
    Dg1::build(&Mrz::Td3(Td3::build(&fields).unwrap()))
        .as_bytes()
        .to_vec()
}

/// A passport without national data.
fn judged(code: &str, expiry: &str, policy: &Policy) -> Report {
    judged_at(code, expiry, policy, now())
}

fn judged_at(code: &str, expiry: &str, policy: &Policy, at: UnixTime) -> Report {
    let pki = pki(1);
    let mut card = Card::new();
    card.groups.retain(|(number, _)| *number != 13);
    card.replace(1, passport(code, expiry));
    verify(&card.signed_files(&pki), &proven(), &trusting(&pki), at, policy)
}

#[test]
fn a_guessed_century_is_remarked() {
    let report = judged("P", "991231", &Policy::COUNTER);
    assert!(
        remark(&report, CheckId::DocumentExpiry, None)
            .unwrap()
            .contains("century")
    );
    assert_eq!(report.verdict, Verdict::Authentic, "{}", summary(&report));
    assert_eq!(
        remark(
            &judged("P", "350219", &Policy::COUNTER),
            CheckId::DocumentExpiry,
            None
        ),
        None
    );
    assert!(UnixTime::parse("2035-02-19T00:00:00Z").unwrap() > now());
}

#[test]
fn an_expired_passport_is_authentic_and_refused_by_policy() {
    let later = UnixTime::parse("2028-01-01T12:00:00Z").unwrap();
    let report = judged_at("P", "270219", &Policy::COUNTER, later);
    assert_eq!(
        (report.verdict, report.exit),
        (Verdict::Authentic, 15),
        "{}",
        summary(&report)
    );
    assert_eq!(judged_at("P", "270219", &Policy::LAB, later).exit, 0);
}

#[test]
fn old_and_new_second_letters_of_passports_are_taken() {
    for code in ["P", "PP", "PD", "PU", "PM"] {
        let report = judged(code, "350219", &Policy::COUNTER);
        assert_eq!(remark(&report, CheckId::DocumentType, None), None, "{code}");
        assert_eq!(report.exit, 0, "{code}: {}", summary(&report));
    }
}
