//! What an operator takes out of a store, or marks as bad, by hand.

use antin_trust::{Certificate, UnixTime};

use super::disk::TrustFolder;
use super::limits::MAX_NAME_LETTERS;
use super::model::{Contents, Distrust, Fingerprint, Format, Import, Marked, Realm};
use super::problem::TrustProblem;
use crate::error::Error;

/// What becomes of an entry that is not to be believed any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It is taken out; the next list that names it brings it back.
    Forget,
    /// It is known to be bad from now on, whatever list names it. A certificate stays, so that what it signed fails; a list
    /// is taken out.
    Distrust {
        /// What is bad: this certificate, or its key wherever it stands. A list has no key and is marked itself.
        of: Marked,
        /// Why.
        reason: String,
    },
}

/// Takes entries out of the store or marks them, all or none, and records who did it.
///
/// # Errors
/// [`TrustProblem::NotFound`] when one of them is not there, or what keeps the store from being changed.
pub fn remove(
    store: &TrustFolder,
    wanted: &[Fingerprint],
    removal: &Removal,
    by: &str,
    at: UnixTime,
) -> Result<(), Error> {
    store.update(|contents| {
        for sha256 in wanted {
            let Some(entry) = contents.entries.remove(sha256) else {
                return Err(TrustProblem::NotFound {
                    wanted: sha256.to_string(),
                }
                .into());
            };
            let import = record(contents, removal, *sha256, by, at);
            let Removal::Distrust { of, reason } = removal else {
                continue;
            };
            let certificate = Certificate::parse(&entry.der).ok();
            let (of, fingerprint) = match (of, &certificate) {
                (Marked::Key, Some(certificate)) => (Marked::Key, certificate.key_fingerprint().into()),
                _ => (Marked::Certificate, *sha256),
            };
            let known = |known: &Distrust| known.of == of && known.fingerprint == fingerprint;
            if !contents.distrusted.iter().any(known) {
                contents.distrusted.push(Distrust {
                    fingerprint,
                    of,
                    import,
                    reason: reason.chars().take(MAX_NAME_LETTERS).collect(),
                });
            }
            // Who is gone is merely unknown: what it signed fails only while it is known whose signature it is.
            if certificate.is_some() {
                contents.entries.insert(*sha256, entry);
            }
        }
        Ok(())
    })
}

fn record(contents: &mut Contents, removal: &Removal, sha256: Fingerprint, by: &str, at: UnixTime) -> u32 {
    let what = match removal {
        Removal::Forget => "remove",
        Removal::Distrust { .. } => "distrust",
    };
    contents.record(Import {
        id: 0,
        at,
        by: by.to_owned(),
        file: what.to_owned(),
        sha256,
        bytes: 0,
        format: Format::Operator,
        realm: Realm::Live,
        country: None,
        signed_at: None,
        root: None,
        forced: Vec::new(),
    })
}
