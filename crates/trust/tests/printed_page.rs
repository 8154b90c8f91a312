//! What is printed on the document against the chip.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use antin_lds::Dg1;
use antin_trust::{CheckId, CheckResult, Page, Reason, Report, SessionFacts, Verdict};
use common::{Card, judge, pki, proven, row, trusting};

fn zone() -> String {
    let card = Card::new();
    let (_, dg1) = card.groups.iter().find(|(number, _)| *number == 1).unwrap();
    Dg1::parse(dg1).unwrap().text().to_owned()
}

fn seen(page: Page) -> Report {
    let pki = pki(1);
    let facts = SessionFacts { page, ..proven() };
    judge(&Card::new().signed_files(&pki), &facts, &trusting(&pki))
}

fn printed(mrz: &str) -> Report {
    seen(Page {
        mrz: Some(mrz.to_owned()),
        qr: None,
    })
}

fn scanned(qr: &str) -> Report {
    seen(Page {
        mrz: None,
        qr: Some(qr.to_owned()),
    })
}

/// The zone with the letters at these columns replaced.
fn changed(at: usize, to: &str) -> String {
    let mut zone = zone();
    zone.replace_range(at..at + to.len(), to);
    zone
}

#[test]
fn a_page_that_says_what_the_chip_says_agrees_however_its_lines_are_cut() {
    let zone = zone();
    let lines = format!("{}\n{}\r\n{}\n", &zone[..30], &zone[30..60], &zone[60..]);
    for text in [zone, lines] {
        let report = printed(&text);
        assert_eq!(
            row(&report, CheckId::MrzPage, None),
            (CheckResult::Successful, None)
        );
        assert_eq!(report.verdict, Verdict::Authentic);
    }
}

#[test]
fn without_a_page_nothing_is_compared() {
    let report = seen(Page::default());
    let not_performed = (CheckResult::Undetermined, Some(Reason::NotPerformed));
    assert_eq!(row(&report, CheckId::MrzPage, None), not_performed);
    assert_eq!(row(&report, CheckId::Qr, None), not_performed);
    assert_eq!(report.verdict, Verdict::Authentic);
}

#[test]
fn another_name_number_or_date_on_the_page_fails_and_is_named() {
    for (at, to, field) in [
        (0, "IX", "document code"),
        (2, "UTO", "issuing state"),
        (5, "000000000", "document number"),
        (15, "999999999999", "document number"),
        (30, "700101", "date of birth"),
        (37, "M", "sex"),
        (38, "991231", "date of expiry"),
        (45, "UTO", "nationality"),
        (60, "TRAN<<AN", "name"),
        (59, "?", "check digit"),
    ] {
        let report = printed(&changed(at, to));
        let rows: Vec<_> = report.rows(CheckId::MrzPage).collect();
        assert_eq!(rows[0].result, CheckResult::Failed, "{field}");
        assert_eq!(rows[0].evidence.as_deref(), Some(field));
        assert_eq!((report.verdict, report.exit), (Verdict::Failed, 10), "{field}");
    }
}

#[test]
fn other_optional_data_alone_leave_it_open_and_unknown_parts_of_a_birth_agree() {
    let report = printed(&changed(48, "X"));
    assert_eq!(
        row(&report, CheckId::MrzPage, None).0,
        CheckResult::Failed,
        "a Vietnamese number"
    );
    let report = printed(&changed(34, "<<"));
    assert_eq!(
        row(&report, CheckId::MrzPage, None),
        (CheckResult::Successful, None)
    );
}

#[test]
fn a_page_that_is_no_zone_decides_nothing_and_one_of_another_size_fails() {
    let open = (CheckResult::Undetermined, Some(Reason::Malformed));
    for text in ["", "P<UTO", &"<".repeat(5000), &"Ễ".repeat(90)] {
        assert_eq!(row(&printed(text), CheckId::MrzPage, None), open, "{text:.20}");
    }
    let report = printed(&"<".repeat(88));
    assert_eq!(
        row(&report, CheckId::MrzPage, None),
        (CheckResult::Failed, Some(Reason::FieldMismatch))
    );
}

const QR: &str = "999185000017|010000001|Nguyễn Thị Mẫu|19021985|Nữ|Số 1 Đường Mẫu, Hà Nội|01072021";

#[test]
fn a_qr_code_that_says_what_the_chip_says_agrees_in_both_editions_and_spellings() {
    let decomposed = QR.replace("Mẫu|", "Ma\u{302}\u{303}u|");
    for text in [QR, &format!("{QR}||||"), &format!("{QR}\n"), &decomposed] {
        let report = scanned(text);
        assert_eq!(
            row(&report, CheckId::Qr, None),
            (CheckResult::Successful, None),
            "{text}"
        );
    }
}

#[test]
fn a_qr_code_that_contradicts_the_chip_is_a_remark_for_nobody_signed_it() {
    for (from, to, field) in [
        ("999185000017", "999185000018", "ID number"),
        ("Mẫu|", "Mậu|", "name"),
        ("19021985", "19021986", "date of birth"),
        ("19021985", "31021985", "date of birth"),
        ("19021985", "ậậ", "date of birth"),
    ] {
        let report = scanned(&QR.replacen(from, to, 1));
        let rows: Vec<_> = report.rows(CheckId::Qr).collect();
        assert_eq!(rows[0].result, CheckResult::Successful);
        assert!(rows[0].remark.as_ref().unwrap().contains(field), "{:?}", rows[0]);
        assert_eq!((report.verdict, report.exit), (Verdict::Authentic, 0));
    }
}

#[test]
fn a_text_that_is_no_such_qr_code_decides_nothing() {
    for text in [
        "",
        "https://example.org",
        "1|2|3|4|5|6",
        "|||||||",
        &"|".repeat(5000),
    ] {
        let report = scanned(text);
        assert_eq!(
            row(&report, CheckId::Qr, None),
            (CheckResult::Undetermined, Some(Reason::Malformed))
        );
    }
}
