//! Documents, certificates and signatures that others made.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use std::path::{Path, PathBuf};

use antin_lds::{ElementaryFile, LdsSecurityObject};
use antin_trust::sod::SignedSod;
use antin_trust::{
    Certificate, Check, CheckId, CheckResult, Policy, ReadFiles, Reason, Report, SessionFacts, TrustStore,
    Verdict, verify,
};

use common::{foreign_data, listed_authorities, now, row, session, summary};

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn sod_alone(bytes: Vec<u8>, store: &TrustStore) -> Report {
    let files: ReadFiles = [(ElementaryFile::Sod, bytes)].into_iter().collect();
    verify(&files, &SessionFacts::offline(), store, now(), &Policy::COUNTER)
}

/// Real documents of nine issuers, ECDSA and RSA of both schemes: signature, signer and authority hold.
#[test]
fn real_security_objects_hold_up_to_an_authority_of_the_german_list() {
    let Some(data) = foreign_data() else { return };
    let store = listed_authorities(&data);
    let files = files_in(&data.join("sod/real"));
    assert_eq!(files.len(), 9);
    for path in files {
        let bytes = std::fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let sod = SignedSod::parse(&bytes).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!((sod.signers().len(), sod.certificates().len()), (1, 1), "{name}");
        let list = LdsSecurityObject::parse(sod.content().unwrap())
            .unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert!(list.hashes().len() >= 2, "{name}");
        let report = sod_alone(bytes, &store);
        for id in [
            CheckId::SodSignature,
            CheckId::Chain,
            CheckId::CscaTrust,
            CheckId::DsProfile,
        ] {
            let (result, _) = row(&report, id, None);
            assert_eq!(
                result,
                CheckResult::Successful,
                "{name} {id}\n{}",
                summary(&report)
            );
        }
    }
}

#[test]
fn altered_security_objects_are_never_successful() {
    let Some(data) = foreign_data() else { return };
    let store = listed_authorities(&data);
    let files = files_in(&data.join("sod/negative"));
    assert_eq!(files.len(), 7);
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let report = sod_alone(std::fs::read(&path).unwrap(), &store);
        let (result, reason) = row(&report, CheckId::SodSignature, None);
        assert_ne!(result, CheckResult::Successful, "{name}");
        let expected = match name.as_str() {
            "9b8c545a41cd" | "e1308fbbd2ee" => Some(Reason::CmsVersion),
            "f33762bb1213" | "12277a62f28a" => Some(Reason::ContentTypeWrong),
            "de1b10af8fe6" | "78a2b9515285" => Some(Reason::MessageDigestWrong),
            "1ae97e17d739" => Some(Reason::SignatureWrong),
            _ => None,
        };
        assert_eq!(reason, expected, "{name}\n{}", summary(&report));
    }
}

/// A whole document whose chip answered Active Authentication, without any trust.
fn whole(folder: &Path, file_name: impl Fn(ElementaryFile) -> Option<String>) -> Report {
    let read = ElementaryFile::all().filter_map(|file| {
        let path = folder.join(file_name(file)?);
        Some((file, std::fs::read(path).ok()?))
    });
    verify(
        &read.collect(),
        &session(&[Check::successful(CheckId::ActiveAuthentication)]),
        &TrustStore::new(),
        now(),
        &Policy::COUNTER,
    )
}

/// Nobody vouches for the signers of specimens: what they signed holds, and proves nothing to whoever does not trust them.
fn assert_signed_by_a_stranger(report: &Report, evidence: &str, groups: &[&str]) {
    let check = report.rows(CheckId::SodSignature).next().unwrap();
    assert_eq!(check.result, CheckResult::Successful, "{}", summary(report));
    assert!(check.evidence.as_deref().unwrap().contains(evidence), "{check:?}");
    for name in groups {
        assert_eq!(
            row(report, CheckId::DgHash, Some(name)).0,
            CheckResult::Successful,
            "{}",
            summary(report)
        );
    }
    for id in [CheckId::Chain, CheckId::CscaTrust] {
        assert_eq!(
            row(report, id, None),
            (CheckResult::Undetermined, Some(Reason::NoAnchor))
        );
    }
    // The chip proved a key, but nobody who is trusted signed that key.
    assert_eq!(
        row(report, CheckId::ActiveAuthentication, None),
        (CheckResult::Undetermined, Some(Reason::KeyNotBound))
    );
    assert_ne!(report.verdict, Verdict::Authentic);
}

#[test]
fn the_bsi_reference_set_is_signed_and_leaves_its_dg15_unprotected() {
    let Some(data) = foreign_data() else { return };
    let report = whole(&data.join("emrtd/bsi-tr03105-5"), |file| match file {
        ElementaryFile::Sod => Some("EF_SOD.bin".to_owned()),
        ElementaryFile::Com => Some("EF_COM.bin".to_owned()),
        ElementaryFile::DataGroup(group) => Some(format!("Datagroup{}.bin", group.number())),
        _ => None,
    });
    assert_signed_by_a_stranger(&report, "RSA", &["DG1", "DG2", "DG3", "DG4", "DG14"]);
    assert_eq!(
        row(&report, CheckId::DgHash, Some("DG15")),
        (CheckResult::Undetermined, Some(Reason::NotListed))
    );
}

#[test]
fn the_dutch_specimen_is_signed() {
    let Some(data) = foreign_data() else { return };
    let report = whole(&data.join("emrtd/sdu-loes2006"), |file| {
        let id = match file {
            ElementaryFile::Sod => "011D".to_owned(),
            ElementaryFile::Com => "011E".to_owned(),
            ElementaryFile::DataGroup(group) => format!("01{:02X}", group.number()),
            _ => return None,
        };
        Some(format!("ef{id}.bin"))
    });
    assert_signed_by_a_stranger(&report, "RSA 2048", &["DG1", "DG2", "DG15"]);
}

#[test]
fn real_certificates_are_read_and_those_on_known_curves_verify_themselves() {
    let Some(data) = foreign_data() else { return };
    let mut read = 0;
    for folder in ["certs/csca", "certs/ds"] {
        for path in files_in(&data.join(folder)) {
            let certificate = Certificate::from_bytes(&std::fs::read(&path).unwrap())
                .unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
            assert!(
                certificate.subject().country().letters().is_some(),
                "{certificate:?}"
            );
            assert_eq!(certificate.is_ca(), folder.ends_with("csca"), "{certificate:?}");
            read += 1;
        }
    }
    assert_eq!(read, 3);
}

/// Mock authorities and signers, ECDSA with explicit parameters and RSA of both schemes, SHA-1 to SHA-512: every authority
/// signed itself, and every signer whose authority is there is signed by it and by no other.
#[test]
fn mock_signers_are_signed_by_their_authorities() {
    let Some(data) = foreign_data() else { return };
    let folders = files_in(&data.join("mock-pki"));
    let all = |name: &str| -> Vec<Certificate> {
        let read = |folder: &PathBuf| std::fs::read(folder.join(name)).ok();
        let certificates = folders.iter().filter_map(read);
        certificates
            .map(|bytes| Certificate::from_bytes(&bytes).unwrap())
            .collect()
    };
    let (authorities, signers) = (all("mock_csca.pem"), all("mock_dsc.pem"));
    assert_eq!((authorities.len(), signers.len()), (18, 24));
    for verifier in verifiers() {
        for authority in &authorities {
            authority.verify_signed_by(authority, verifier).unwrap();
        }
        let mut orphans = 0;
        for signer in &signers {
            let held: Vec<bool> = authorities
                .iter()
                .filter(|authority| signer.verify_signed_by(authority, verifier).is_ok())
                .map(|authority| signer.names_issuer(authority))
                .collect();
            let named = authorities.iter().any(|authority| signer.names_issuer(authority));
            assert_eq!(held, vec![true; usize::from(named)], "{signer:?}");
            orphans += usize::from(!named);
        }
        assert_eq!(orphans, 3);
    }
}

/// The one in Rust, and whatever else is built in.
fn verifiers() -> [&'static dyn antin_crypto::Verifier; 2] {
    [&antin_crypto::PureRust, antin_crypto::fastest_verifier()]
}
