//! Documents, certificates and signatures that others made.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use std::path::{Path, PathBuf};

use antin_crypto::Hash;
use antin_lds::{ElementaryFile, LdsSecurityObject};
use antin_trust::sod::SignedSod;
use antin_trust::{
    Certificate, CheckId, CheckResult, Policy, ReadFiles, Reason, Report, SessionFacts, TrustStore, Verdict,
    verify,
};

use common::{foreign_data, now, row, summary};

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn sod_alone(bytes: Vec<u8>) -> Report {
    let files: ReadFiles = [(ElementaryFile::Sod, bytes)].into_iter().collect();
    verify(
        &files,
        &SessionFacts::offline(),
        &TrustStore::new(),
        now(),
        &Policy::COUNTER,
    )
}

/// Signatures on curves that are implemented hold; others are undetermined and name their algorithm.
#[test]
fn real_security_objects_are_read() {
    let Some(data) = foreign_data() else { return };
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
        let report = sod_alone(bytes);
        let (result, reason) = row(&report, CheckId::SodSignature, None);
        let ecdsa = ["AT", "DE", "GB"].iter().any(|country| name.starts_with(country));
        let expected = if ecdsa {
            (CheckResult::Successful, None)
        } else {
            (CheckResult::Undetermined, Some(Reason::AlgorithmUnsupported))
        };
        assert_eq!((result, reason), expected, "{name}\n{}", summary(&report));
        let (profile, _) = row(&report, CheckId::DsProfile, None);
        assert_eq!(profile, CheckResult::Successful, "{name}\n{}", summary(&report));
    }
}

#[test]
fn altered_security_objects_are_never_successful() {
    let Some(data) = foreign_data() else { return };
    let files = files_in(&data.join("sod/negative"));
    assert_eq!(files.len(), 7);
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let report = sod_alone(std::fs::read(&path).unwrap());
        let (result, reason) = row(&report, CheckId::SodSignature, None);
        assert_ne!(result, CheckResult::Successful, "{name}");
        let expected = match name.as_str() {
            "9b8c545a41cd" | "e1308fbbd2ee" => Some(Reason::CmsVersion),
            "f33762bb1213" | "12277a62f28a" => Some(Reason::ContentTypeWrong),
            "de1b10af8fe6" | "78a2b9515285" => Some(Reason::MessageDigestWrong),
            // An RSA signature, which is not computed here: it is told apart when RSA comes.
            _ => Some(Reason::AlgorithmUnsupported),
        };
        assert_eq!(reason, expected, "{name}\n{}", summary(&report));
    }
}

/// The hashes of a whole document, without any trust.
fn hashes(folder: &Path, file_name: impl Fn(ElementaryFile) -> Option<String>) -> Report {
    let read = ElementaryFile::all().filter_map(|file| {
        let path = folder.join(file_name(file)?);
        Some((file, std::fs::read(path).ok()?))
    });
    verify(
        &read.collect(),
        &SessionFacts::offline(),
        &TrustStore::new(),
        now(),
        &Policy::COUNTER,
    )
}

#[test]
fn the_bsi_reference_set_has_its_hashes() {
    let Some(data) = foreign_data() else { return };
    let report = hashes(&data.join("emrtd/bsi-tr03105-5"), |file| Some(file.file_name()));
    for name in ["DG1", "DG2", "DG3", "DG4", "DG14"] {
        assert_eq!(
            row(&report, CheckId::DgHash, Some(name)).0,
            CheckResult::Successful,
            "{}",
            summary(&report)
        );
    }
    assert_eq!(
        row(&report, CheckId::DgHash, Some("DG15")),
        (CheckResult::Undetermined, Some(Reason::NotListed))
    );
    println!("{}", summary(&report));
}

#[test]
fn the_dutch_specimen_has_its_hashes() {
    let Some(data) = foreign_data() else { return };
    let report = hashes(&data.join("emrtd/sdu-loes2006"), |file| {
        let id = match file {
            ElementaryFile::Sod => "011D".to_owned(),
            ElementaryFile::Com => "011E".to_owned(),
            ElementaryFile::DataGroup(group) => format!("01{:02X}", group.number()),
            _ => return None,
        };
        Some(format!("ef{id}.bin"))
    });
    for name in ["DG1", "DG2", "DG15"] {
        assert_eq!(
            row(&report, CheckId::DgHash, Some(name)).0,
            CheckResult::Successful,
            "{}",
            summary(&report)
        );
    }
    assert_ne!(report.verdict, Verdict::Authentic);
    println!("{}", summary(&report));
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

/// Mock authorities and signers on many curves: every pair that can be decided holds.
#[test]
fn mock_signers_are_signed_by_their_authorities() {
    let Some(data) = foreign_data() else { return };
    let (mut decided, mut open) = (0, 0);
    for folder in files_in(&data.join("mock-pki")) {
        let load = |name: &str| {
            let bytes = std::fs::read(folder.join(name)).ok()?;
            Some(
                Certificate::from_bytes(&bytes)
                    .unwrap_or_else(|fault| panic!("{}: {fault}", folder.display())),
            )
        };
        let (Some(csca), Some(ds)) = (load("mock_csca.pem"), load("mock_dsc.pem")) else {
            continue;
        };
        match ds.verify_signed_by(&csca, &antin_crypto::PureRust) {
            Ok(()) => decided += 1,
            Err(antin_trust::Error::Crypto(
                antin_crypto::Error::AlgorithmUnknown { .. } | antin_crypto::Error::CurveUnknown { .. },
            )) => open += 1,
            Err(fault) => panic!("{}: {fault}", folder.display()),
        }
    }
    println!("{decided} decided, {open} not implemented");
    assert!(decided >= 3);
}

/// A list of hundreds of real CSCA certificates: nothing in it stops the parser.
#[test]
fn the_certificates_of_a_master_list_are_read() {
    let Some(data) = foreign_data() else { return };
    let Ok(list) = std::fs::read(data.join("masterlists/DE_ML_2026-05-28.ml")) else {
        return;
    };
    // Candidates: every SEQUENCE of the list that has the size of a certificate; walked, not decoded.
    let certificates = candidates(&list);
    let read = certificates
        .iter()
        .filter(|bytes| Certificate::parse(bytes).is_ok())
        .count();
    println!("{read} of {}", certificates.len());
    assert!(read >= 580, "{read}");
    let _ = Hash::Sha256;
}

/// The members of the largest SET in the list's content.
fn candidates(list: &[u8]) -> Vec<Vec<u8>> {
    use antin_wire::tlv::{Reader, Tag};
    let mut pending = vec![list.to_vec()];
    let mut best: Vec<Vec<u8>> = Vec::new();
    while let Some(bytes) = pending.pop() {
        let mut reader = Reader::new(&bytes);
        while let Ok(Some(object)) = reader.next() {
            let nested = object.tag == Tag(0x04) && object.value.first() == Some(&0x30);
            if object.tag == Tag(0x31) {
                let mut members = Reader::new(object.value);
                let mut found = Vec::new();
                while let Ok(Some(member)) = members.next() {
                    found.push(member.raw.to_vec());
                }
                if found.len() > best.len() {
                    best = found;
                }
            } else if object.value.len() > 100_000 && (object.is_constructed() || nested) {
                pending.push(object.value.to_vec());
            }
        }
    }
    best
}
