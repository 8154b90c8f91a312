//! Many documents at once, on all cores: folders of files and evidence files under one folder.
//!
//! One document at a time is in the memory of each worker; what is kept of all of them is their paths. Who signed one document
//! has often signed the next: each worker remembers the signers it has verified. What was judged before is recognised by its
//! content and by everything that it was judged by ([`Options::basis`]), and not judged again.

mod basis;
mod find;
mod stored;
mod tally;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

use antin_crypto::VerifyingKey;
use antin_trust::{Policy, Report, SignerCache, TrustStore, UnixTime};

use crate::error::Error;

pub use find::{Found, MAX_DEPTH, MAX_DOCUMENTS, find};
pub use tally::Tally;

use stored::Stored;

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
}

/// How the work is done.
#[derive(Debug)]
pub struct Work<'a> {
    /// How many documents are judged at the same time.
    pub jobs: NonZeroUsize,
    /// When it becomes true no further document is begun.
    pub stop: &'a AtomicBool,
    /// What was judged before on the same [basis](Options::basis), with the SHA-256 of its content then: it is judged again
    /// only if its content is another one.
    pub known: &'a HashMap<PathBuf, [u8; 32]>,
}

/// What came of one document.
#[derive(Debug)]
pub struct Entry {
    /// Where it is.
    pub path: PathBuf,
    /// SHA-256 of its content: of the line `evidence` and a line with the SHA-256 of the file, or of the line `folder` and
    /// the list of its files as `sha256sum` prints it; `None` if it could not be read to its end.
    pub sha256: Option<[u8; 32]>,
    /// What was found.
    pub outcome: Outcome,
}

/// What was found of one document.
#[derive(Debug)]
pub enum Outcome {
    /// The report.
    Judged(Box<Report>),
    /// Why there is none.
    Unreadable(Error),
    /// It has the content with which it is known.
    Known,
}

/// Judges every document and hands over what came of it, in the order in which they are done. Documents that are known
/// are handed over and not counted.
pub fn run(
    documents: &[PathBuf],
    options: &Options<'_>,
    work: &Work<'_>,
    each: &mut dyn FnMut(&Entry),
) -> Tally {
    let next = AtomicUsize::new(0);
    // Few wait to be handed over: a slow listener slows the workers, not the memory.
    let (send, receive) = sync_channel::<Entry>(work.jobs.get());
    let (mut tally, mut seen) = (Tally::default(), 0);
    thread::scope(|scope| {
        for _ in 0..work.jobs.get() {
            let (send, next) = (send.clone(), &next);
            scope.spawn(move || {
                let mut cache = SignerCache::new();
                while !work.stop.load(Ordering::SeqCst) {
                    let Some(path) = documents.get(next.fetch_add(1, Ordering::SeqCst)) else {
                        break;
                    };
                    let entry = judge(path, options, work.known.get(path), &mut cache);
                    if send.send(entry).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        for entry in receive {
            seen += 1;
            tally.add(&entry);
            each(&entry);
        }
    });
    tally.interrupted = work.stop.load(Ordering::SeqCst) && seen < documents.len();
    tally
}

fn judge(path: &Path, options: &Options<'_>, known: Option<&[u8; 32]>, cache: &mut SignerCache) -> Entry {
    // What is recognised and what is judged are the same bytes: they are read once.
    let (sha256, outcome) = match Stored::read(path) {
        Err(error) => (None, Outcome::Unreadable(error)),
        Ok(stored) => {
            let sha256 = stored.sha256();
            let outcome = match known == Some(&sha256) {
                true => Outcome::Known,
                false => stored
                    .verify(path, options, cache)
                    .map_or_else(Outcome::Unreadable, |report| Outcome::Judged(Box::new(report))),
            };
            (Some(sha256), outcome)
        }
    };
    Entry {
        path: path.to_owned(),
        sha256,
        outcome,
    }
}
