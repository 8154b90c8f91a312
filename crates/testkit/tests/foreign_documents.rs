//! Whole documents that others made get the verdict that can honestly be given without their country's certificate.
//!
//! That their files parse, that their hashes match and that real security objects are read is tested where that is
//! done, in `antin-lds` and `antin-trust`.
#![allow(clippy::print_stdout)]

use std::path::Path;

use antin::{
    CheckId, CheckResult, Document, ElementaryFile, Policy, ReadFiles, Report, TrustStore, UnixTime, Verdict,
};

/// A set of files whose names are made by `name`; `None` after saying that it is missing.
fn document(set: &str, name: impl Fn(ElementaryFile) -> Option<String>) -> Option<Document> {
    let Some(data) = antin_testkit::foreign_data() else {
        println!("SKIPPED: no foreign data");
        return None;
    };
    let folder = data.join("emrtd").join(set);
    let files: ReadFiles = ElementaryFile::all()
        .filter_map(|file| Some((file, std::fs::read(Path::new(&folder).join(name(file)?)).ok()?)))
        .collect();
    assert!(files.bytes(ElementaryFile::Sod).is_some(), "{set} has an EF.SOD");
    Some(Document::from_files(files))
}

fn judge(document: &Document, at: UnixTime) -> Report {
    document.verify(&TrustStore::new(), &Policy::COUNTER, at)
}

/// The checks that failed and count.
fn failed(report: &Report) -> Vec<CheckId> {
    let failed = report
        .checks
        .iter()
        .filter(|check| check.needed && check.result == CheckResult::Failed);
    failed.map(|check| check.id).collect()
}

/// Its signer was made for one year, shorter than the life of the document that it signed.
#[test]
fn the_german_reference_set_is_of_an_unknown_issuer_and_later_of_an_expired_one() {
    let Some(document) = document("bsi-tr03105-5", |file| Some(file.file_name())) else {
        return;
    };
    let report = judge(&document, IN_2014);
    assert_eq!(
        (report.verdict, failed(&report)),
        (Verdict::UnknownIssuer, vec![])
    );
    let report = judge(&document, IN_2026);
    assert_eq!(
        (report.verdict, failed(&report)),
        (Verdict::Failed, vec![CheckId::DsValidity])
    );
}

#[test]
fn the_dutch_specimen_is_of_an_unknown_issuer() {
    let name = |file: ElementaryFile| Some(format!("ef{:04X}.bin", file.file_id().0));
    let name = |file| {
        if file == ElementaryFile::CardAccess {
            None
        } else {
            name(file)
        }
    };
    let Some(document) = document("sdu-loes2006", name) else {
        return;
    };
    let report = judge(&document, IN_2026);
    assert_eq!(
        (report.verdict, failed(&report)),
        (Verdict::UnknownIssuer, vec![])
    );
}

const IN_2014: UnixTime = UnixTime(1_400_000_000);
const IN_2026: UnixTime = UnixTime(1_790_000_000);
