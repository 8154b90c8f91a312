//! Many documents at once, on all cores: folders of files and evidence files under one folder.
//!
//! One document at a time is in the memory of each worker; what is kept of all of them is their paths. Who signed one document
//! has often signed the next: each worker remembers the signers it has verified.

mod find;
mod tally;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

use antin_crypto::{VerifyingKey, fastest_verifier};
use antin_reader::Document;
use antin_trust::{Backend, Policy, Report, SignerCache, TrustStore, UnixTime, verify_with};

use crate::error::Error;
use crate::store::{Evidence, Witness, read_dump};

pub use find::{MAX_DEPTH, MAX_DOCUMENTS, documents};
pub use tally::Tally;

/// By what the documents are judged.
#[derive(Debug)]
pub struct Options<'a> {
    /// Whom to believe.
    pub trust: &'a TrustStore,
    /// What is asked.
    pub policy: &'a Policy,
    /// As of when; evidence of a believed station is judged as of its visit.
    pub at: UnixTime,
    /// A station that is believed where it signed evidence.
    pub station: Option<&'a VerifyingKey>,
    /// How many documents are judged at the same time.
    pub jobs: NonZeroUsize,
    /// When it becomes true no further document is begun.
    pub stop: &'a AtomicBool,
}

/// What came of one document.
#[derive(Debug)]
pub struct Entry {
    /// Where it is.
    pub path: PathBuf,
    /// The report, or why there is none.
    pub outcome: Result<Report, Error>,
}

/// Judges every document and hands over what came of it, in the order in which they are done.
pub fn run(documents: &[PathBuf], options: &Options<'_>, each: &mut dyn FnMut(&Entry)) -> Tally {
    let next = AtomicUsize::new(0);
    // Few wait to be handed over: a slow listener slows the workers, not the memory.
    let (send, receive) = sync_channel::<Entry>(options.jobs.get());
    let mut tally = Tally::default();
    thread::scope(|scope| {
        for _ in 0..options.jobs.get() {
            let (send, next) = (send.clone(), &next);
            scope.spawn(move || {
                let mut cache = SignerCache::new();
                while !options.stop.load(Ordering::SeqCst) {
                    let Some(path) = documents.get(next.fetch_add(1, Ordering::SeqCst)) else {
                        break;
                    };
                    let entry = Entry {
                        path: path.clone(),
                        outcome: judge(path, options, &mut cache),
                    };
                    if send.send(entry).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        for entry in receive {
            tally.add(&entry);
            each(&entry);
        }
    });
    tally.interrupted = options.stop.load(Ordering::SeqCst) && tally.total < documents.len();
    tally
}

fn judge(path: &Path, options: &Options<'_>, cache: &mut SignerCache) -> Result<Report, Error> {
    let (document, at) = load(path, options)?;
    let mut backend = Backend {
        verifier: fastest_verifier(),
        cache: Some(cache),
    };
    Ok(verify_with(
        document.files(),
        document.session(),
        options.trust,
        at,
        options.policy,
        &mut backend,
    ))
}

fn load(path: &Path, options: &Options<'_>) -> Result<(Document, UnixTime), Error> {
    if path.is_dir() {
        return Ok((Document::from_files(read_dump(path)?), options.at));
    }
    let evidence = Evidence::load(path)?;
    let sealed = options.station.and_then(|key| evidence.sealed_by(key));
    Ok(match sealed {
        Some(witness) => (evidence.document(witness), evidence.saved()),
        None => (evidence.document(Witness::Nobody), options.at),
    })
}
