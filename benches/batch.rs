//! Documents per second in a batch, by the number of workers, beside one after the other without memory for signers.
#![allow(missing_docs, reason = "the macros of criterion make public functions")]

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use antin::batch::{self, Options, Work};
use antin::perso::demo;
use antin::store::write_dump;
use antin::{
    CardImage, DemoOptions, DemoPki, Door, Files, MemoryJournal, OpenCard, Patience, Policy, Profile,
    SoftCard, SystemRng, TrustStore,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const DOCUMENTS: usize = 64;

/// Folders with the files of one card, and who is trusted.
fn folders() -> (tempfile::TempDir, TrustStore) {
    let (profile, at) = (Profile::builtin("icao-passport").expect("built in"), antin::now());
    let pki =
        DemoPki::generate("UT", at, &DemoOptions::default(), &mut SystemRng).expect("a demonstration PKI");
    let trust = TrustStore::from_certificates([pki.csca.clone()]).expect("one anchor");
    let citizen = demo::citizens(1, 1).remove(0);
    let record = citizen
        .record
        .check(&profile, Some(citizen.portrait))
        .expect("a right record");
    let image = CardImage::build(&profile, &record, &pki.ds_signer(), &pki.ds, at).expect("a signed image");
    let mut card = SoftCard::development_blank(&profile).patience(Patience::Skip);
    let mut journal = MemoryJournal::new();
    antin::issue(
        &mut card,
        &image,
        &trust,
        at,
        &Door::Open,
        &mut journal,
        &mut |_| {},
    )
    .expect("a card is issued");
    card.reset();
    let document = OpenCard::open(&mut card, &image.access_key())
        .expect("it opens")
        .read(Files::PUBLIC)
        .expect("it reads");
    let folder = tempfile::tempdir().expect("a folder");
    for number in 0..DOCUMENTS {
        write_dump(&folder.path().join(number.to_string()), document.files()).expect("a dump");
    }
    (folder, trust)
}

fn batches(criterion: &mut Criterion) {
    let (folder, trust) = folders();
    let documents: Vec<PathBuf> = batch::find(folder.path()).expect("documents").documents;
    let mut group = criterion.benchmark_group("batch");
    group.throughput(Throughput::Elements(DOCUMENTS as u64));
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    for jobs in [1, cores] {
        let options = Options {
            trust: &trust,
            policy: &Policy::LAB,
            at: antin::now(),
            station: None,
        };
        let work = Work {
            jobs: NonZeroUsize::new(jobs).expect("at least one"),
            stop: &AtomicBool::new(false),
            known: &HashMap::new(),
        };
        group.bench_function(format!("{jobs} workers"), |bencher| {
            bencher.iter(|| {
                let tally = batch::run(&documents, &options, &work, &mut |_| {});
                assert_eq!(tally.accepted, DOCUMENTS);
            });
        });
    }
    group.bench_function("one after the other, no memory", |bencher| {
        bencher.iter(|| {
            for path in &documents {
                let report =
                    antin::verify_folder(path, &trust, &Policy::LAB, antin::now()).expect("a report");
                assert!(report.accepted);
            }
        });
    });
    group.finish();
}

criterion_group!(benches, batches);
criterion_main!(benches);
