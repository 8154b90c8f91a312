//! What a batch came to.

use std::collections::BTreeMap;

use super::{Entry, Outcome};

/// The exit codes of documents, the one that counts most first; 6 is a document that cannot be read.
const BY_WEIGHT: [u8; 8] = [10, 11, 6, 12, 14, 13, 15, 0];

/// The results of a batch, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many had each verdict.
    pub verdicts: BTreeMap<&'static str, usize>,
    /// How many the policy accepts.
    pub accepted: usize,
    /// How many could not be read.
    pub errors: usize,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// How many ended with each exit code.
    exits: BTreeMap<u8, usize>,
}

impl Tally {
    /// Counts one more; one that is known has been counted by whoever knows it.
    pub fn add(&mut self, entry: &Entry) {
        match &entry.outcome {
            Outcome::Judged(report) => self.count(report.verdict.as_str(), report.accepted, report.exit),
            Outcome::Unreadable(_) => self.count_error(),
            Outcome::Known => {}
        }
    }

    /// Counts a document that was judged before, as its line says.
    pub fn count(&mut self, verdict: &'static str, accepted: bool, exit: u8) {
        *self.verdicts.entry(verdict).or_default() += 1;
        self.accepted += usize::from(accepted);
        *self.exits.entry(exit).or_default() += 1;
    }

    /// Counts a document that could not be read.
    pub fn count_error(&mut self) {
        self.errors += 1;
        *self.exits.entry(6).or_default() += 1;
    }

    /// Documents that were judged, or could not be read.
    pub fn total(&self) -> usize {
        self.verdicts.values().sum::<usize>() + self.errors
    }

    /// The exit code of the whole: 130 if it was interrupted, else that of the document that counts most: a forged one before
    /// a copied chip, one that cannot be read, an unknown issuer, an undecided one, an unproven chip and a refusal by policy.
    /// A code that no document has is as bad as a forged one.
    pub fn exit(&self) -> u8 {
        if self.interrupted {
            return 130;
        }
        if self.exits.keys().any(|code| !BY_WEIGHT.contains(code)) {
            return 10;
        }
        let met = |code: &&u8| self.exits.contains_key(code);
        BY_WEIGHT.iter().find(met).copied().unwrap_or(0)
    }
}
