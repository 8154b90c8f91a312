//! What of a store a bundle leaves behind.

use std::collections::{BTreeMap, BTreeSet};

use antin_trust::bundle::Bundle;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::compare::LISTS;
use super::super::model::{Contents, Fingerprint};
use crate::error::Error;

/// The entries of a store that are not in a bundle of it: signers of lists, certificates without the marks of an authority,
/// what a test authority says of documents, lists that are known to be bad. They count for nothing at a station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftBehind {
    /// How many entries the store has.
    pub store_entries: usize,
    /// How many of them are not in the bundle.
    pub left_behind: usize,
    /// The same by kind, as `antin.trust-entries/1` names kinds.
    pub left_behind_kinds: BTreeMap<String, usize>,
}

impl LeftBehind {
    /// Holds a store against a whole bundle of it.
    ///
    /// # Errors
    /// [`Error::Signing`] for a delta that was not completed.
    pub fn of(contents: &Contents, bundle: &Bundle) -> Result<Self, Error> {
        let mut carried = BTreeSet::new();
        for name in LISTS {
            let members = bundle.members(name).map_err(Error::Signing)?;
            carried.extend(members.iter().map(|member| Fingerprint::of(member.der)));
        }
        let mut kinds = BTreeMap::new();
        for (sha256, entry) in &contents.entries {
            if !carried.contains(sha256) {
                *kinds.entry(entry.kind.as_str().to_owned()).or_insert(0) += 1;
            }
        }
        Ok(Self {
            store_entries: contents.entries.len(),
            left_behind: kinds.values().sum(),
            left_behind_kinds: kinds,
        })
    }
}
