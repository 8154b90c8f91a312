//! What is known of one country.

use super::pool::Pooled;
use super::{Anchor, TrustStore};
use crate::certificate::Certificate;

/// Anchors, links and signers of one country.
#[derive(Clone, Debug)]
pub struct CountryView<'s> {
    /// The two letters, in upper case.
    pub letters: String,
    /// Its anchors, also those of test sets.
    pub anchors: Vec<&'s Anchor>,
    /// Its link certificates.
    pub links: Vec<&'s Certificate>,
    /// Its document signers.
    pub signers: Vec<&'s Certificate>,
    /// Those of them that are marked as bad.
    pub distrusted: Vec<&'s Certificate>,
}

impl<'s> CountryView<'s> {
    pub(super) fn of(store: &'s TrustStore, letters: &str) -> Self {
        let letters = letters.to_ascii_uppercase();
        let ours = |certificate: &&Certificate| {
            certificate.subject().country().letters().as_deref() == Some(letters.as_str())
        };
        let anchors: Vec<&Anchor> = store
            .all_anchors()
            .filter(|anchor| ours(&Pooled::certificate(*anchor)))
            .collect();
        let links: Vec<&Certificate> = store.links().filter(ours).collect();
        let signers: Vec<&Certificate> = store.signers().filter(ours).collect();
        let distrusted = anchors
            .iter()
            .map(|anchor| anchor.certificate())
            .chain(links.iter().copied())
            .chain(signers.iter().copied())
            .filter(|certificate| store.is_distrusted(certificate))
            .collect();
        Self {
            letters,
            anchors,
            links,
            signers,
            distrusted,
        }
    }

    /// Whether nothing is known.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.anchors.is_empty() && self.links.is_empty() && self.signers.is_empty()
    }
}
