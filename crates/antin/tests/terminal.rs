//! Terminal Authentication from the reader to the chip: what a terminal may read, and what it is told when it may not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // helpers of tests

mod common;

use antin::trust::cv::Reference;
use antin::{
    Check, CheckId, CheckResult, Document, ElementaryFile, FileState, Files, OpenCard, Opening, Policy,
    Profile, Reason, TerminalKeys, TrustStore, Verdict,
};
use common::Station;
use common::terminals::{authority, signer, station, terminal, trust, version_two};

const BAC_ONLY: &str = "[access]\npace = []\n";

fn read(station: &Station, keys: Option<TerminalKeys>) -> Document {
    let opening = match keys {
        Some(keys) => Opening::new().terminal(keys),
        None => Opening::new(),
    };
    let mut card = OpenCard::open_with(station.issued(), &station.image.access_key(), opening).unwrap();
    card.read(Files::ALL).unwrap()
}

fn row(document: &Document) -> Check {
    let found = document.session().checks.iter();
    let mut found = found.filter(|check| check.id == CheckId::TerminalAuthentication);
    found.next().cloned().expect("a row on Terminal Authentication")
}

fn is_refused(document: &Document, file: ElementaryFile) -> bool {
    matches!(document.files().state(file), Some(FileState::Refused(_)))
}

fn says(check: &Check, what: &str) {
    let evidence = check.evidence.as_deref().unwrap_or_default();
    assert!(evidence.contains(what), "{check:?} does not say {what:?}");
}

#[test]
fn a_right_opens_its_data_group_and_no_other() {
    for more in ["", BAC_ONLY] {
        let station = station(more);
        let trust = trust(&station);
        let name = trust.certificate.holder();
        for (right, open, closed) in [
            ("read-dg3", ElementaryFile::DG3, ElementaryFile::DG4),
            ("read-dg4", ElementaryFile::DG4, ElementaryFile::DG3),
        ] {
            let keys = terminal(name, &authority(&trust), right, "2026-12-31", "2026-02-01");
            let document = read(&station, Some(keys));
            let row = row(&document);
            assert_eq!(row.result, CheckResult::Successful, "{more} {row:?}");
            says(&row, &format!("UTTESTIS00001: {right}"));
            assert!(document.file(open).is_some(), "{right}");
            assert!(is_refused(&document, closed), "{right}");
            let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
            let hash = |file: ElementaryFile| {
                let mut rows = report.checks.iter();
                let of_file = |check: &&Check| {
                    check.id == CheckId::DgHash && check.subject.as_deref() == Some(&file.to_string())
                };
                rows.find(of_file).map(|check| check.result)
            };
            assert_eq!(hash(open), Some(CheckResult::Successful), "{right}");
            assert_eq!(hash(closed), Some(CheckResult::Undetermined), "{right}");
        }
    }
}

#[test]
fn without_a_terminal_the_row_names_the_certificate_that_opens_the_files() {
    let station = station("");
    let document = read(&station, None);
    let row = row(&document);
    assert_eq!(row.result, CheckResult::Undetermined);
    assert_eq!(row.reason, Some(Reason::AccessRightsMissing));
    for what in [
        "IS",
        "read-dg3 for DG3",
        &trust(&station).certificate.holder().to_string(),
    ] {
        says(&row, what);
    }
    assert!(is_refused(&document, ElementaryFile::DG3));
}

#[test]
fn a_chain_that_has_expired_is_not_presented_and_one_that_the_chip_finds_expired_is_refused() {
    let station = station("");
    let trust = trust(&station);
    let name = trust.certificate.holder();
    let expired = |today| terminal(name, &authority(&trust), "read-dg3", "2026-01-15", today);

    let row_now = row(&read(&station, Some(expired("2026-02-01"))));
    assert_eq!(row_now.result, CheckResult::Undetermined);
    says(&row_now, "valid terminal certificate");

    // A terminal whose clock is behind; the chip's date is 2026-01-31.
    let document = read(&station, Some(expired("2026-01-01")));
    let row_behind = row(&document);
    assert_eq!(row_behind.result, CheckResult::Failed, "{row_behind:?}");
    says(&row_behind, "verify a certificate");
    assert!(is_refused(&document, ElementaryFile::DG3));
    let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
    assert_ne!(report.verdict, Verdict::Failed, "the document is not to blame");
}

#[test]
fn another_authority_opens_nothing_under_its_own_name_or_a_borrowed_one() {
    let station = station("");
    let trust = trust(&station);
    let stranger = signer();
    let own_name = Reference::from_text("UTSTRANGER00001").unwrap();
    for (name, result) in [
        (&own_name, CheckResult::Undetermined),
        (trust.certificate.holder(), CheckResult::Failed),
    ] {
        let keys = terminal(name, &stranger, "read-dg3", "2026-12-31", "2026-02-01");
        let document = read(&station, Some(keys));
        let row = row(&document);
        assert_eq!(row.result, result, "{row:?}");
        says(&row, &trust.certificate.holder().to_string());
        assert!(is_refused(&document, ElementaryFile::DG3));
        assert!(document.file(ElementaryFile::DG1).is_some());
    }
}

#[test]
fn a_document_that_does_not_ask_for_it_says_so_to_a_terminal_that_offers_it() {
    let plain = Station::new(Profile::builtin("icao-passport").unwrap(), 7);
    let keys = terminal(
        &Reference::from_text("UTSTRANGER00001").unwrap(),
        &signer(),
        "read-dg3",
        "2026-12-31",
        "2026-02-01",
    );
    assert_eq!(row(&read(&plain, Some(keys))).result, CheckResult::NotSupported);
}

fn chip_row(document: &Document) -> Check {
    let mut rows = document.session().chip_proofs.iter();
    rows.find(|check| check.id == CheckId::ChipAuthentication)
        .cloned()
        .expect("a row on Chip Authentication")
}

#[test]
fn version_2_opens_the_file_and_proves_the_chip_by_the_key_in_ef_cardsecurity() {
    let station = Station::new(version_two(""), 8);
    let trust = trust(&station);
    let keys = || {
        let name = trust.certificate.holder();
        terminal(name, &authority(&trust), "read-dg3", "2026-12-31", "2026-02-01")
    };
    let document = read(&station, Some(keys()));
    let row = row(&document);
    assert_eq!(row.result, CheckResult::Successful, "{row:?}");
    says(&row, "UTTESTIS00001: read-dg3");
    let chip = chip_row(&document);
    assert_eq!(chip.result, CheckResult::Successful, "{chip:?}");
    says(&chip, "version 2");
    assert!(document.file(ElementaryFile::DG3).is_some());
    let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
    assert_eq!(report.verdict, Verdict::Authentic, "{:#?}", report.checks);

    // Nobody vouches for the key of EF.CardSecurity where the CSCA is unknown.
    let report = document.verify(&TrustStore::default(), &Policy::COUNTER, station.at);
    let mut rows = report.rows(CheckId::ChipAuthentication);
    assert_ne!(rows.next().expect("a row").result, CheckResult::Successful);
}

#[test]
fn version_2_without_a_terminal_says_so_and_opens_nothing() {
    let station = Station::new(version_two(""), 8);
    let document = read(&station, None);
    let row = row(&document);
    assert_eq!(row.result, CheckResult::Undetermined, "{row:?}");
    assert_eq!(row.reason, Some(Reason::AccessRightsMissing));
    assert!(is_refused(&document, ElementaryFile::DG3));
}

#[test]
fn version_2_believes_no_terminal_of_another_authority() {
    let station = Station::new(version_two(""), 8);
    let name = trust(&station).certificate.holder().clone();
    let keys = terminal(&name, &signer(), "read-dg3", "2026-12-31", "2026-02-01");
    let document = read(&station, Some(keys));
    assert_eq!(row(&document).result, CheckResult::Failed);
    assert!(is_refused(&document, ElementaryFile::DG3));
    assert!(document.file(ElementaryFile::DG1).is_some());
}

#[test]
fn a_key_in_ef_cardsecurity_that_dg14_does_not_state_proves_nothing_about_this_document() {
    let both = "chip-authentication = [\n\
        { curve = \"P-256\", cipher = \"aes-128\", key-form = \"named\" },\n\
        { curve = \"brainpoolP256r1\", cipher = \"aes-128\", key-form = \"named\", version = 2 },\n]\n";
    let profile = Profile::with_overrides(&version_two(""), both).unwrap();
    let station = Station::new(profile, 8);
    let trust = trust(&station);
    let name = trust.certificate.holder();
    let keys = terminal(name, &authority(&trust), "read-dg3", "2026-12-31", "2026-02-01");
    let document = read(&station, Some(keys));
    assert_eq!(row(&document).result, CheckResult::Successful);
    assert!(document.file(ElementaryFile::DG3).is_some());
    let chip = chip_row(&document);
    assert_eq!(
        (chip.result, chip.reason),
        (CheckResult::Undetermined, Some(Reason::KeyNotBound))
    );
    let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
    assert_eq!(report.verdict, Verdict::ChipUnproven, "{:#?}", report.checks);
}
