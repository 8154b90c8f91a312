//! The German master list of 2026: every CSCA of 112 states, as the world writes them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use antin_crypto::fastest_verifier;
use antin_lds::ElementaryFile;
use antin_trust::master_list::MasterList;
use antin_trust::{
    Certificate, CheckId, CheckResult, Error, Policy, ReadFiles, Reason, SessionFacts, TrustStore, UnixTime,
    verify,
};
use common::{foreign_data, now, openssl_is_there, row, summary};

const LIST: &str = "masterlists/DE_ML_2026-05-28.ml";
const ROOT: &str = "certs/csca/DE_ROOT_CA_CSCA07.cer";

fn list(data: &Path) -> MasterList {
    MasterList::parse(&std::fs::read(data.join(LIST)).unwrap()).unwrap()
}

fn root(data: &Path) -> Certificate {
    Certificate::from_bytes(&std::fs::read(data.join(ROOT)).unwrap()).unwrap()
}

/// The day after the list was signed.
fn then() -> UnixTime {
    UnixTime::parse("2026-05-29").unwrap()
}

#[test]
fn it_is_read_whole_and_is_the_word_of_the_german_csca() {
    let Some(data) = foreign_data() else { return };
    let list = list(&data);
    assert_eq!((list.version(), list.certificates().len()), (0, 588));
    assert_eq!(list.skipped(), []);
    let roots = [root(&data)];
    let signature = list.verify(&roots, then(), fastest_verifier()).unwrap();
    assert_eq!(signature.path.last(), Some(&roots[0]));
    println!("{:?} <- {:?}", signature.signer, signature.path);
    assert_eq!(signature.signing_time, list.signing_time());
    let day = signature.signing_time.unwrap().to_string();
    assert!(day.starts_with("2026-05-2"), "{day}");
    let stranger = common::pki(1).csca;
    assert!(matches!(
        list.verify(&[stranger], then(), fastest_verifier()),
        Err(Error::NotTrusted {
            reason: Reason::NoAnchor,
            ..
        })
    ));
}

/// `csca_proof_DE.csv` says who verifies each certificate: itself, another one of the list, or nobody there. Name and key
/// must be the issuer's: one Hungarian and one Spanish link bear the right key identifier and another issuer's name.
#[test]
fn each_certificate_is_verified_by_whom_the_proof_names() {
    let Some(data) = foreign_data() else { return };
    let proof = std::fs::read_to_string(data.join("masterlists/csca_proof_DE.csv")).unwrap();
    let expected: HashMap<&str, &str> = proof
        .lines()
        .skip(1)
        .map(|line| {
            let columns: Vec<&str> = line.split(',').collect();
            (columns[0], columns[4])
        })
        .collect();
    let list = list(&data);
    let certificates = list.certificates();
    let signed =
        |below: &Certificate, above: &Certificate| below.verify_signed_by(above, fastest_verifier()).is_ok();
    let mut wrong = Vec::new();
    for certificate in certificates {
        let mut others = certificates
            .iter()
            .filter(|other| *other != certificate && certificate.issuer().has_attributes_of(other.subject()));
        let answer = if signed(certificate, certificate) {
            "self"
        } else if others.any(|other| signed(certificate, other)) {
            "other certificate in the list(s)"
        } else {
            "issuer key not in the list(s)"
        };
        let fingerprint = hex::encode(certificate.fingerprint());
        let stated = expected.get(fingerprint.as_str());
        if stated != Some(&answer) {
            wrong.push(format!("{certificate:?}: {answer}, not {stated:?}"));
        }
        assert!(certificate.algorithms_agree(), "{certificate:?}");
        assert!(certificate.public_key().is_ok(), "{certificate:?}");
    }
    assert_eq!(wrong, [""; 0]);
    assert_eq!(expected.len(), certificates.len());
}

/// Eight members do not say that they are authorities: seven say `CA:FALSE`, a Belgian one says nothing, and an older key
/// signed each of them. They are no anchors and no steps (RFC 5280 §4.2.1.9), and no document needs them: another member
/// holds the same key for the same country and says that it is an authority.
#[test]
fn whoever_does_not_say_that_it_is_an_authority_holds_the_key_of_one_that_does() {
    let Some(data) = foreign_data() else { return };
    let list = list(&data);
    let (authorities, others): (Vec<&Certificate>, Vec<&Certificate>) = list
        .certificates()
        .iter()
        .partition(|certificate| certificate.is_ca());
    assert_eq!(others.len(), 8);
    for other in others {
        let itself = other.verify_signed_by(other, fastest_verifier());
        assert!(itself.is_err(), "{other:?}");
        let twin = authorities.iter().find(|authority| {
            authority.key_fingerprint() == other.key_fingerprint()
                && authority.subject().country() == other.subject().country()
        });
        assert!(twin.is_some(), "{other:?}");
    }
}

/// The documents whose chain the manifest calls proven against the list.
#[test]
fn real_documents_lead_to_its_certificates() {
    let Some(data) = foreign_data() else { return };
    let list = list(&data);
    let authorities = list
        .certificates()
        .iter()
        .filter(|certificate| certificate.is_ca());
    let store = TrustStore::from_certificates(authorities.cloned()).unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(data.join("sod/real")).unwrap() {
        let path = entry.unwrap().path();
        let sod = std::fs::read(&path).unwrap();
        let files: ReadFiles = [(ElementaryFile::Sod, sod)].into_iter().collect();
        let report = verify(&files, &SessionFacts::offline(), &store, now(), &Policy::COUNTER);
        for id in [CheckId::SodSignature, CheckId::Chain, CheckId::CscaTrust] {
            assert_eq!(
                row(&report, id, None).0,
                CheckResult::Successful,
                "{}\n{}",
                path.display(),
                summary(&report)
            );
        }
        seen += 1;
    }
    assert_eq!(seen, 9);
}

/// openssl refuses explicit curve parameters in a chain, so it judges the two signatures one by one.
#[test]
fn openssl_agrees_that_the_german_csca_vouches_for_it() {
    let Some(data) = foreign_data() else { return };
    if !openssl_is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root = root(&data);
    let signature = list(&data)
        .verify(core::slice::from_ref(&root), then(), fastest_verifier())
        .unwrap();
    for (name, bytes) in [
        ("list.ml", std::fs::read(data.join(LIST)).unwrap()),
        ("spki.der", root.spki_der().to_vec()),
        ("signature.bin", signature.signer.signature().to_vec()),
        ("tbs.bin", signature.signer.tbs_der().to_vec()),
    ] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    for command in [
        "cms -verify -noverify -inform DER -binary -in list.ml -out content.bin",
        "pkey -pubin -inform DER -in spki.der -pubout -out spki.pem",
        "dgst -sha512 -verify spki.pem -signature signature.bin tbs.bin",
    ] {
        let output = Command::new("openssl")
            .args(command.split(' '))
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {command}: {said}");
    }
}
