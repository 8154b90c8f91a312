//! Many documents at once: each judged as it would be alone, whatever the number of workers.

mod common;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use antin::batch::{self, Options, Tally};
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

fn run(place: &Place, jobs: usize, stop: &AtomicBool, each: &mut dyn FnMut(&Path, Option<u8>)) -> Tally {
    let documents = batch::documents(place.folder.path()).expect("documents");
    let options = Options {
        trust: &place.station.trust,
        policy: &Policy::COUNTER,
        at: place.station.at,
        station: None,
        jobs: NonZeroUsize::new(jobs).expect("workers"),
        stop,
    };
    batch::run(&documents, &options, &mut |entry| {
        each(&entry.path, entry.outcome.as_ref().ok().map(|report| report.exit));
    })
}

#[test]
fn every_document_is_found_once_and_nothing_else() {
    let place = place();
    let found = batch::documents(place.folder.path()).expect("documents");
    let names: Vec<PathBuf> = ["a", "broken.antin", "deep/er/b", "forged", "visit.antin"]
        .iter()
        .map(|name| place.folder.path().join(name))
        .collect();
    assert_eq!(found, names);
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
        assert_eq!((tally.total, tally.accepted, tally.errors), (5, 0, 1));
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
