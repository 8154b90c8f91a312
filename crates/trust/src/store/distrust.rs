//! What is known to be bad.

use std::collections::BTreeSet;

use crate::certificate::Certificate;

/// Certificates and keys that are known to be bad, by SHA-256.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distrust {
    certificates: BTreeSet<[u8; 32]>,
    keys: BTreeSet<[u8; 32]>,
}

impl Distrust {
    pub(super) fn certificate(&mut self, fingerprint: [u8; 32]) {
        self.certificates.insert(fingerprint);
    }

    pub(super) fn key(&mut self, fingerprint: [u8; 32]) {
        self.keys.insert(fingerprint);
    }

    /// Whether the certificate or its key is marked.
    #[must_use]
    pub fn covers(&self, certificate: &Certificate) -> bool {
        (!self.certificates.is_empty() && self.certificates.contains(&certificate.fingerprint()))
            || (!self.keys.is_empty() && self.keys.contains(&certificate.key_fingerprint()))
    }

    /// The fingerprints of the marked certificates, in their order.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.certificates.iter()
    }

    /// The fingerprints of the marked keys, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.keys.iter()
    }
}
