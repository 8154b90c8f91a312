//! Whom to believe: the trusted country signing authorities.

use std::collections::HashSet;

use crate::certificate::Certificate;
use crate::error::Error;

/// The CSCA certificates that the operator trusts, and those that are known to be bad.
///
/// Only what is added here can be an anchor; a certificate that comes from a chip never becomes one.
#[derive(Clone, Debug, Default)]
pub struct TrustStore {
    anchors: Vec<Certificate>,
    distrusted: HashSet<[u8; 32]>,
}

impl TrustStore {
    /// A store that trusts nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts a CSCA. Adding it again changes nothing.
    ///
    /// # Errors
    /// [`Error::NotAnAnchor`]: it does not claim to be an authority that signs certificates.
    pub fn add(&mut self, anchor: Certificate) -> Result<(), Error> {
        if !anchor.is_ca() {
            return Err(Error::NotAnAnchor {
                subject: anchor.subject().to_string(),
            });
        }
        if !self.anchors.contains(&anchor) {
            self.anchors.push(anchor);
        }
        Ok(())
    }

    /// A store that trusts these.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn from_certificates(anchors: impl IntoIterator<Item = Certificate>) -> Result<Self, Error> {
        let mut store = Self::new();
        for anchor in anchors {
            store.add(anchor)?;
        }
        Ok(store)
    }

    /// Marks a CSCA as bad, by its SHA-256 fingerprint: its documents fail, they are not merely unknown.
    pub fn distrust(&mut self, fingerprint: [u8; 32]) {
        self.distrusted.insert(fingerprint);
    }

    /// Whether a CSCA is marked as bad.
    #[must_use]
    pub fn is_distrusted(&self, anchor: &Certificate) -> bool {
        !self.distrusted.is_empty() && self.distrusted.contains(&anchor.fingerprint())
    }

    /// How many are trusted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.anchors.len()
    }

    /// Whether nobody is trusted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// The trusted CSCA certificates.
    #[must_use]
    pub fn anchors(&self) -> &[Certificate] {
        &self.anchors
    }

    /// The anchors that `certificate` may have been signed by: those whose key identifier it names or, where one of
    /// the two states none, whose name it names.
    pub fn candidates<'s>(&'s self, certificate: &Certificate) -> impl Iterator<Item = &'s Certificate> {
        self.anchors
            .iter()
            .filter(move |anchor| certificate.names_issuer(anchor))
    }
}
