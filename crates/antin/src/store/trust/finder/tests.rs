//! Signers found in a file, an index that says nothing wrong, and what a report says of a damaged one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;

use antin_lds::ElementaryFile;
use antin_perso::demo;
use antin_profile::Profile;
use antin_trust::pki::{DemoOptions, DemoPki};
use antin_trust::{
    Check, CheckId, CheckResult, FileState, Policy, ReadFiles, Reason, Report, SessionFacts, TrustStore,
    Verdict, verify,
};
use antin_wire::tlv::{Reader, Tag, object, parse_one};

use super::super::disk::TrustFolder;
use super::super::model::{Entry, Kind, Realm, Source, Voucher};
use super::*;
use crate::CardImage;
use crate::world::{SystemRng, now};

fn pki(country: &str) -> DemoPki {
    DemoPki::generate(country, now(), &DemoOptions::default(), &mut SystemRng).unwrap()
}

/// Adds certificates to the store as if somebody had vouched for them.
fn keep(store: &TrustFolder, kind: Kind, certificates: &[&Certificate]) {
    store
        .update(|contents| {
            for certificate in certificates {
                let entry = Entry {
                    kind,
                    realm: Realm::Live,
                    der: certificate.as_der().to_vec(),
                    sources: vec![Source {
                        import: 0,
                        index: 0,
                        by: Voucher::Operator,
                        realm: Realm::Live,
                    }],
                };
                contents.entries.insert(certificate.fingerprint().into(), entry);
            }
            Ok(())
        })
        .unwrap();
}

fn opened(store: &TrustFolder) -> TrustStore {
    let mut trust = TrustStore::new();
    store.open_into(&mut trust).unwrap();
    trust.ask_for(antin_trust::store::TEST_SET);
    trust
}

/// The files of a document whose EF.SOD does not carry its signer's certificate.
fn forgetful_document(pki: &DemoPki) -> ReadFiles {
    let profile = Profile::builtin("icao-passport").unwrap();
    let citizen = demo::citizens(1, 1).remove(0);
    let record = citizen.record.check(&profile, Some(citizen.portrait)).unwrap();
    let image = CardImage::build(&profile, &record, &pki.ds_signer(), &pki.ds, now()).unwrap();
    let mut files = ReadFiles::new();
    for (file, bytes) in image.files() {
        let bytes = match *file {
            ElementaryFile::Sod => without_certificates(bytes),
            _ => bytes.to_vec(),
        };
        files.insert(*file, FileState::Read(bytes));
    }
    files
}

/// `77 { ContentInfo { OID, [0] { SignedData } } }`, its `[0] certificates` left out.
fn without_certificates(file: &[u8]) -> Vec<u8> {
    const CERTIFICATES: Tag = Tag(0xA0);
    let outer = parse_one(file).unwrap();
    let info = parse_one(outer.value).unwrap();
    let mut parts = Reader::new(info.value);
    let (kind, content) = (parts.next().unwrap().unwrap(), parts.next().unwrap().unwrap());
    let signed = parse_one(content.value).unwrap();
    let mut fields = Reader::new(signed.value);
    let mut kept = Vec::new();
    while let Some(field) = fields.next().unwrap() {
        if field.tag != CERTIFICATES {
            kept.extend_from_slice(field.raw);
        }
    }
    let content = object(content.tag, &object(signed.tag, &kept));
    object(outer.tag, &object(info.tag, &[kind.raw, &content].concat()))
}

fn report(files: &ReadFiles, trust: &TrustStore) -> Report {
    verify(files, &SessionFacts::default(), trust, now(), &Policy::LAB)
}

fn signature(report: &Report) -> &Check {
    let mut rows = report.checks.iter();
    rows.find(|row| row.id == CheckId::SodSignature).unwrap()
}

#[test]
fn a_document_that_forgot_its_signer_is_judged_by_the_one_on_disk() {
    let (own, other) = (pki("UT"), pki("UT"));
    let files = forgetful_document(&own);
    let folder = tempfile::tempdir().unwrap();
    let store = TrustFolder::at(folder.path());
    keep(&store, Kind::Csca, &[&own.csca, &other.csca]);
    keep(&store, Kind::DocumentSigner, &[&other.ds]);
    let missing = report(&files, &opened(&store));
    assert_eq!(
        (signature(&missing).result, signature(&missing).reason),
        (CheckResult::Failed, Some(Reason::SignerCertificateMissing))
    );
    keep(&store, Kind::DocumentSigner, &[&own.ds]);
    let trust = opened(&store);
    assert_eq!(trust.signers().count(), 0, "none of them was read");
    let found = report(&files, &trust);
    assert_eq!(found.verdict, Verdict::ChipUnproven, "{:?}", signature(&found));
}

#[test]
fn a_store_that_was_changed_since_gives_whoever_opened_it_what_it_had() {
    let own = pki("UT");
    let folder = tempfile::tempdir().unwrap();
    let store = TrustFolder::at(folder.path());
    keep(&store, Kind::Csca, &[&own.csca]);
    keep(&store, Kind::DocumentSigner, &[&own.ds]);
    let trust = opened(&store);
    store
        .update(|contents| {
            contents.entries.clear();
            Ok(())
        })
        .unwrap();
    let found = report(&forgetful_document(&own), &trust);
    assert_eq!(found.verdict, Verdict::ChipUnproven, "{:?}", signature(&found));
}

#[test]
fn a_damaged_index_is_made_anew_with_the_next_change_even_one_that_changes_nothing_else() {
    let own = pki("UT");
    let files = forgetful_document(&own);
    let folder = tempfile::tempdir().unwrap();
    let store = TrustFolder::at(folder.path());
    keep(&store, Kind::Csca, &[&own.csca]);
    keep(&store, Kind::DocumentSigner, &[&own.ds]);
    let mut indexes = fs::read_dir(folder.path().join("parts"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| fs::read(path).unwrap().starts_with(MAGIC));
    let index = indexes.next().unwrap();
    let whole = fs::read(&index).unwrap();
    for more in [Vec::new(), vec![&own.ds], vec![]] {
        fs::write(&index, &whole[..whole.len() - 1]).unwrap();
        assert_ne!(report(&files, &opened(&store)).verdict, Verdict::ChipUnproven);
        let before = store.load().unwrap();
        keep(&store, Kind::DocumentSigner, &more);
        assert_eq!(fs::read(&index).unwrap(), whole);
        assert_eq!(store.load().unwrap(), before, "nothing else was changed");
        assert_eq!(report(&files, &opened(&store)).verdict, Verdict::ChipUnproven);
    }
    fs::write(&index, &whole[..whole.len() - 1]).unwrap();
    keep(&store, Kind::Csca, &[&pki("UT").csca]);
    assert_eq!(fs::read(&index).unwrap(), whole);
}

#[test]
fn a_damaged_signer_or_index_is_told_in_the_report_and_proves_nothing() {
    let own = pki("UT");
    let files = forgetful_document(&own);
    let folder = tempfile::tempdir().unwrap();
    let store = TrustFolder::at(folder.path());
    keep(&store, Kind::Csca, &[&own.csca]);
    keep(&store, Kind::DocumentSigner, &[&own.ds]);
    for path in fs::read_dir(folder.path().join("parts")).unwrap() {
        let path = path.unwrap().path();
        let whole = fs::read(&path).unwrap();
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        fs::write(&path, &changed).unwrap();
        let mut trust = TrustStore::new();
        if store.open_into(&mut trust).is_ok() {
            let told = report(&files, &trust);
            let row = signature(&told);
            assert_eq!(row.result, CheckResult::Undetermined, "{row:?}");
            assert!(
                row.evidence
                    .iter()
                    .any(|text| text.contains("its content was changed")),
                "{row:?}"
            );
        }
        fs::write(&path, whole).unwrap();
    }
    assert_eq!(report(&files, &opened(&store)).verdict, Verdict::ChipUnproven);
}

fn index() -> (Vec<u8>, Vec<Certificate>) {
    let signers: Vec<Certificate> = (0..20).map(|_| pki("UT").ds).collect();
    let mut offset = 100;
    let placed = signers.iter().map(|signer| {
        let length = u32::try_from(signer.as_der().len()).unwrap();
        let sha256 = signer.fingerprint().into();
        let place = Place {
            sha256,
            offset,
            length,
        };
        offset += u64::from(length);
        (place, signer.as_der())
    });
    (encode(placed), signers)
}

#[test]
fn every_signer_is_found_by_its_serial_number_and_by_its_key_and_nothing_else_is() {
    let (bytes, signers) = index();
    let index = Index::decode(&bytes).unwrap();
    let found = |key: SignerKey<'_>| -> Vec<Fingerprint> {
        let places = index.places(key).unwrap();
        places.into_iter().map(|place| place.sha256).collect()
    };
    for signer in &signers {
        let own = [Fingerprint::from(signer.fingerprint())];
        assert_eq!(found(SignerKey::Serial(signer.serial())), own);
        let key = signer.subject_key_identifier().unwrap();
        assert_eq!(found(SignerKey::KeyIdentifier(key)), own);
        assert!(
            found(SignerKey::Serial(key)).is_empty(),
            "a key is no serial number"
        );
    }
    assert!(found(SignerKey::Serial(b"nobody's")).is_empty());
}

#[test]
fn an_index_that_is_cut_off_or_has_more_behind_it_is_refused() {
    let (bytes, _) = index();
    for length in 0..bytes.len() {
        assert_eq!(Index::decode(&bytes[..length]), None, "{length}");
    }
    assert_eq!(Index::decode(&[bytes.as_slice(), &[0]].concat()), None);
    let mut endless = bytes;
    endless[MAGIC.len()..MAGIC.len() + 4].fill(0xFF);
    assert_eq!(Index::decode(&endless), None);
}

#[test]
fn a_thousand_signers_of_one_serial_number_are_all_looked_at_and_too_many_are_said_to_be() {
    let place = |number: u64| Place {
        sha256: Fingerprint::of(&number.to_be_bytes()),
        offset: number,
        length: 0,
    };
    let hash = hashed(SignerKey::Serial(&[1]));
    let many = |count: u32| Index {
        rows: (0..u64::from(count)).map(place).collect(),
        serials: (0..count).map(|row| (hash, row)).collect(),
        keys: Vec::new(),
    };
    let limit = u32::try_from(MAX_SIGNERS_OF_ONE_KEY).unwrap();
    let found = |count| {
        let index = many(count);
        let places = index.places(SignerKey::Serial(&[1]));
        places.map(|places| places.len())
    };
    assert_eq!(found(1000), Some(1000));
    assert_eq!(found(limit), Some(MAX_SIGNERS_OF_ONE_KEY));
    // The right one may be the last of them: none is better than the wrong ones.
    assert_eq!(found(limit + 1), None);
}
