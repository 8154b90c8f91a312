//! Many documents at once: each judged as it would be alone, whatever the number of workers.

#![allow(clippy::indexing_slicing)] // helpers of tests

mod common;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use antin::batch::{self, Options, Outcome, Tally, Work};
use antin::store::{Evidence, write_dump};
use antin::{Files, OpenCard, Policy};
use common::{Station, profile};

struct Place {
    folder: tempfile::TempDir,
    station: Station,
}

/// Three folders, one of them forged, an evidence file, and one that is none.
fn place() -> Place {
    let station = Station::new(profile("icao-passport", &[]), 61);
    let mut card = station.issued();
    let document = OpenCard::open(&mut card, &station.image.access_key())
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["a", "deep/er/b", "forged"] {
        let to = folder.path().join(name);
        std::fs::create_dir_all(&to).expect("a folder");
        write_dump(&to, document.files()).expect("a dump");
    }
    let dg2 = folder.path().join("forged/Datagroup2.bin");
    let mut bytes = std::fs::read(&dg2).expect("DG2");
    *bytes.last_mut().expect("a byte") ^= 1;
    std::fs::write(&dg2, bytes).expect("written");
    let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
    Evidence::of(&document, &report, &station.trust, station.at)
        .save(&folder.path().join("visit.antin"))
        .expect("saved");
    std::fs::write(folder.path().join("broken.antin"), b"rubbish").expect("written");
    std::fs::write(folder.path().join("notes.txt"), b"no document").expect("written");
    Place { folder, station }
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    antin::crypto::Hash::Sha256.digest(bytes)
}

fn options(place: &Place) -> Options<'_> {
    Options {
        trust: &place.station.trust,
        policy: &Policy::COUNTER,
        at: place.station.at,
        station: None,
    }
}

fn run(place: &Place, jobs: usize, stop: &AtomicBool, each: &mut dyn FnMut(&Path, Option<u8>)) -> Tally {
    let documents = batch::find(place.folder.path()).expect("documents").documents;
    let work = Work {
        jobs: NonZeroUsize::new(jobs).expect("workers"),
        stop,
        known: &HashMap::new(),
    };
    batch::run(&documents, &options(place), &work, &mut |entry| {
        let exit = match &entry.outcome {
            Outcome::Judged(report) => Some(report.exit),
            Outcome::Unreadable(_) | Outcome::Known => None,
        };
        each(&entry.path, exit);
    })
}

#[test]
fn every_document_is_found_once_and_nothing_else() {
    let place = place();
    let found = batch::find(place.folder.path()).expect("documents");
    let names: Vec<PathBuf> = ["a", "broken.antin", "deep/er/b", "forged", "visit.antin"]
        .iter()
        .map(|name| place.folder.path().join(name))
        .collect();
    assert_eq!(found.documents, names);
    let notes = place.folder.path().join("notes.txt");
    assert_eq!((found.skipped, found.first_skipped), (1, Some(notes)));
}

#[test]
fn the_verdicts_are_those_of_each_document_alone_however_many_work() {
    let place = place();
    for jobs in [1, 4] {
        let mut seen = Vec::new();
        let tally = run(&place, jobs, &AtomicBool::new(false), &mut |path, exit| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            seen.push((name, exit));
        });
        seen.sort();
        let expected = [
            ("a", Some(13)),
            ("b", Some(13)),
            ("broken.antin", None),
            ("forged", Some(10)),
            ("visit.antin", Some(13)),
        ];
        assert_eq!(seen, expected.map(|(name, exit)| (name.to_owned(), exit)));
        assert_eq!((tally.total(), tally.accepted, tally.errors), (5, 0, 1));
        assert_eq!(tally.exit(), 10);
    }
}

#[test]
fn a_batch_that_is_stopped_begins_no_further_document() {
    let place = place();
    let stop = AtomicBool::new(false);
    let mut seen = 0;
    let tally = run(&place, 1, &stop, &mut |_, _| {
        seen += 1;
        stop.store(true, Ordering::SeqCst);
    });
    assert!(tally.interrupted && seen < 5, "{seen}");
    assert_eq!(tally.exit(), 130);
}

#[test]
fn nothing_at_all_is_no_failure() {
    assert_eq!(Tally::default().exit(), 0);
}

/// What was judged before, and is what it was, is not judged again; what was changed since is.
#[test]
fn a_document_is_known_by_its_content() {
    let place = place();
    let documents = batch::find(place.folder.path()).expect("documents").documents;
    let stop = AtomicBool::new(false);
    let judged = |known: &HashMap<PathBuf, [u8; 32]>| {
        let work = Work {
            jobs: NonZeroUsize::MIN,
            stop: &stop,
            known,
        };
        let mut contents = HashMap::new();
        let mut judged = Vec::new();
        let tally = batch::run(&documents, &options(&place), &work, &mut |entry| {
            contents.insert(entry.path.clone(), entry.sha256.expect("it can be read"));
            if !matches!(entry.outcome, Outcome::Known) {
                judged.push(entry.path.clone());
            }
        });
        assert_eq!(tally.total(), judged.len());
        assert!(!tally.interrupted);
        (contents, judged)
    };
    let (contents, all) = judged(&HashMap::new());
    assert_eq!(all.len(), 5);
    let evidence = std::fs::read(place.folder.path().join("visit.antin")).expect("evidence");
    assert_eq!(
        contents[&place.folder.path().join("visit.antin")].as_slice(),
        sha256(format!("evidence\n{}\n", hex::encode(sha256(&evidence))).as_bytes())
    );
    assert_eq!(judged(&contents).1, Vec::<PathBuf>::new());
    std::fs::write(place.folder.path().join("broken.antin"), b"other rubbish").expect("written");
    let dg1 = place.folder.path().join("a/Datagroup1.bin");
    let mut bytes = std::fs::read(&dg1).expect("DG1");
    *bytes.last_mut().expect("a byte") ^= 1;
    std::fs::write(&dg1, bytes).expect("written");
    let changed = ["a", "broken.antin"].map(|name| place.folder.path().join(name));
    assert_eq!(judged(&contents).1, changed);
}

/// The verdict of one evidence file in a batch is that of the file alone: with what its station trusted then.
#[test]
fn evidence_of_a_believed_station_brings_its_authorities_along() {
    let station = Station::new(profile("icao-passport", &[]), 63);
    let mut card = station.issued();
    let document = OpenCard::open(&mut card, &station.image.access_key())
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    let report = document.verify(&station.trust, &Policy::COUNTER, station.at);
    let folder = tempfile::tempdir().expect("a folder");
    let key = station.pki.ds_signer();
    Evidence::of(&document, &report, &station.trust, station.at)
        .sealed(&key)
        .expect("it signs")
        .save(&folder.path().join("visit.antin"))
        .expect("saved");
    let mut trust = antin::TrustStore::new();
    trust.ask_for(antin::trust::store::TEST_SET);
    let verdict = |believed| {
        let options = Options {
            trust: &trust,
            policy: &Policy::COUNTER,
            at: station.at.plus_days(3650),
            station: believed,
        };
        let work = Work {
            jobs: NonZeroUsize::MIN,
            stop: &AtomicBool::new(false),
            known: &HashMap::new(),
        };
        let documents = batch::find(folder.path()).expect("documents").documents;
        batch::run(&documents, &options, &work, &mut |_| {}).verdicts
    };
    assert_eq!(
        verdict(Some(antin::crypto::Signer::public_key(&key))).get("authentic"),
        Some(&1)
    );
    assert_eq!(verdict(None).get("unknown-issuer"), Some(&1));
}

/// In the place of a folder that was good lies a file that lists its files, with and without the word for a folder.
#[test]
fn a_file_that_lists_a_folder_is_not_taken_for_it() {
    let place = place();
    let folder = place.folder.path().join("a.antin");
    std::fs::rename(place.folder.path().join("a"), &folder).expect("renamed");
    let outcome = |known: &HashMap<PathBuf, [u8; 32]>| {
        let work = Work {
            jobs: NonZeroUsize::MIN,
            stop: &AtomicBool::new(false),
            known,
        };
        let mut found = None;
        let _ = batch::run(
            std::slice::from_ref(&folder),
            &options(&place),
            &work,
            &mut |entry| {
                found = Some((
                    entry.sha256.expect("it can be read"),
                    matches!(entry.outcome, Outcome::Known),
                ));
            },
        );
        found.expect("one document")
    };
    let (content, _) = outcome(&HashMap::new());
    let known = HashMap::from([(folder.clone(), content)]);
    assert!(outcome(&known).1);
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("a folder")
        .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort_by_key(|name| antin::ElementaryFile::from_file_name(name));
    let list: String = names
        .iter()
        .map(|name| {
            let bytes = std::fs::read(folder.join(name)).expect("a file");
            format!("{}  {name}\n", hex::encode(sha256(&bytes)))
        })
        .collect();
    let documented = sha256(format!("folder\n{list}").as_bytes());
    assert_eq!(documented, content);
    std::fs::remove_dir_all(&folder).expect("removed");
    for text in [list.clone(), format!("folder\n{list}")] {
        std::fs::write(&folder, text).expect("written");
        assert!(!outcome(&known).1);
    }
}

#[test]
fn the_basis_of_a_batch_is_all_that_its_verdicts_rest_on() {
    let place = place();
    let was = options(&place).basis();
    assert_eq!(options(&place).basis(), was);
    let mut strict = Policy::COUNTER;
    strict.crl_max_age_days = Some(7);
    let mut less = place.station.trust.clone();
    less.distrust([7; 32]);
    let key = place.station.pki.csca.public_key().expect("a key");
    let others = [
        Options {
            policy: &strict,
            ..options(&place)
        },
        Options {
            trust: &less,
            ..options(&place)
        },
        Options {
            station: Some(&key),
            ..options(&place)
        },
        Options {
            at: antin::UnixTime(place.station.at.0 + 1),
            ..options(&place)
        },
    ];
    // In which order things were added plays no part.
    let two = |first: &antin::Certificate, second: &antin::Certificate| {
        let mut store = antin::TrustStore::new();
        for csca in [first, second] {
            store.add(csca.clone()).expect("an authority");
        }
        store
    };
    let (csca, other) = (
        &place.station.pki.csca,
        Station::new(profile("icao-passport", &[]), 62).pki.csca,
    );
    let (one, another) = (two(csca, &other), two(&other, csca));
    assert_eq!(one.digest(), another.digest());
    let mut asked = one.clone();
    asked.ask_for("test");
    assert_ne!(one.digest(), asked.digest());
    let mut all: Vec<[u8; 32]> = others.iter().map(Options::basis).chain([was]).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 5);
}

#[test]
fn an_exit_code_that_no_document_has_is_as_bad_as_a_forged_one() {
    let mut tally = Tally::default();
    tally.count("authentic", true, 0);
    assert_eq!(tally.exit(), 0);
    tally.count("authentic", true, 99);
    assert_eq!((tally.exit(), tally.total()), (10, 2));
}
