//! What rests on certificates that are known to be bad, and on nothing else: it stays in the store and counts for nothing.

use std::collections::BTreeSet;

use super::model::{Contents, Fingerprint, Voucher};

/// Whose word is worth nothing.
#[derive(Debug, Default)]
pub(super) struct Unfounded {
    /// Certificates that vouch for others and are known to be bad. They count, so that their documents fail.
    bad: BTreeSet<Fingerprint>,
    /// Entries for which nobody vouches but those, or entries that themselves rest on such ones alone.
    entries: BTreeSet<Fingerprint>,
}

impl Unfounded {
    pub(super) fn contains(&self, entry: &Fingerprint) -> bool {
        self.entries.contains(entry)
    }

    /// Whether a word of this one founds nothing.
    pub(super) fn is_worthless(&self, by: Voucher) -> bool {
        match by {
            Voucher::Root(by) | Voucher::Issuer(by) => self.bad.contains(&by) || self.entries.contains(&by),
            Voucher::Operator | Voucher::Bundle(_) | Voucher::Nobody => false,
        }
    }
}

impl Contents {
    pub(super) fn unfounded(&self) -> Unfounded {
        let mut found = Unfounded::default();
        if self.distrusted.is_empty() {
            return found;
        }
        let words = self.entries.values().flat_map(|entry| &entry.sources);
        let vouchers: BTreeSet<Fingerprint> = words
            .filter_map(|source| match source.by {
                Voucher::Root(by) | Voucher::Issuer(by) => Some(by),
                Voucher::Operator | Voucher::Bundle(_) | Voucher::Nobody => None,
            })
            .collect();
        found.bad = vouchers.into_iter().filter(|one| self.is_bad(one)).collect();
        // Each round adds entries or is the last one.
        loop {
            let more: Vec<Fingerprint> = self
                .entries
                .iter()
                .filter(|(sha256, entry)| {
                    let known = found.bad.contains(sha256) || found.contains(sha256);
                    !known && !entry.sources.is_empty()
                })
                .filter(|(_, entry)| entry.sources.iter().all(|source| found.is_worthless(source.by)))
                .map(|(sha256, _)| *sha256)
                .collect();
            if more.is_empty() {
                return found;
            }
            found.entries.extend(more);
        }
    }

    fn is_bad(&self, sha256: &Fingerprint) -> bool {
        let named = self.distrust().names(sha256.as_bytes());
        named || self.view(sha256).is_some_and(|view| view.distrusted)
    }
}
