//! What is known to be bad.

use std::collections::BTreeSet;

use antin_crypto::Hash;

use crate::certificate::Certificate;

/// Certificates and keys that are known to be bad, by SHA-256.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Distrust {
    certificates: BTreeSet<[u8; 32]>,
    keys: BTreeSet<[u8; 32]>,
}

impl Distrust {
    /// Marks a certificate, by SHA-256 over its bytes.
    pub fn mark(&mut self, fingerprint: [u8; 32]) {
        self.certificates.insert(fingerprint);
    }

    /// Marks a key, by [`Certificate::key_fingerprint`].
    pub fn mark_key(&mut self, fingerprint: [u8; 32]) {
        self.keys.insert(fingerprint);
    }

    /// Whether an object of this SHA-256 is marked, such as a list; a certificate is asked for by
    /// [`covers`](Self::covers), which knows it however it is written.
    #[must_use]
    pub fn names(&self, fingerprint: &[u8; 32]) -> bool {
        self.certificates.contains(fingerprint)
    }

    /// Whether the certificate or its key is marked.
    #[must_use]
    pub fn covers(&self, certificate: &Certificate) -> bool {
        (!self.certificates.is_empty() && self.lists(certificate))
            || (!self.keys.is_empty() && self.keys.contains(&certificate.key_fingerprint()))
    }

    /// Anybody can write the unsigned parts of a certificate otherwise: that does not make it another one.
    fn lists(&self, certificate: &Certificate) -> bool {
        let listed = |der: &[u8]| {
            <[u8; 32]>::try_from(Hash::Sha256.digest(der))
                .is_ok_and(|digest| self.certificates.contains(&digest))
        };
        listed(certificate.as_der()) || certificate.equivalents().iter().any(|der| listed(der))
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
