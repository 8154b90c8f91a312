//! What an operator takes out of a store, or marks as bad, by hand.

use antin_trust::UnixTime;

use super::disk::TrustFolder;
use super::limits::MAX_NAME_LETTERS;
use super::model::{Contents, Distrust, Fingerprint, Format, Import, Realm};
use super::problem::TrustProblem;
use crate::error::Error;

/// What becomes of an entry that is taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It is forgotten; the next list that names it brings it back.
    Forget,
    /// It is known to be bad from now on, and no list brings it back.
    Distrust {
        /// Why.
        reason: String,
    },
}

/// Takes entries out of the store, all or none, and records who did it.
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
            if contents.entries.remove(sha256).is_none() {
                return Err(TrustProblem::NotFound {
                    wanted: sha256.to_string(),
                }
                .into());
            }
            let import = record(contents, removal, *sha256, by, at);
            if let Removal::Distrust { reason } = removal {
                contents.distrusted.push(Distrust {
                    fingerprint: *sha256,
                    import,
                    reason: reason.chars().take(MAX_NAME_LETTERS).collect(),
                });
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
