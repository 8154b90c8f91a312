//! Whom to believe: the trusted country signing authorities.
#![allow(unused_variables, missing_docs, clippy::missing_errors_doc)]

use crate::certificate::Certificate;
use crate::error::Error;

/// Trusted CSCA certificates.
#[derive(Clone, Debug, Default)]
pub struct TrustStore {
    anchors: Vec<Certificate>,
}
impl TrustStore {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Err(NotAnAnchor) when not a CA
    pub fn add(&mut self, anchor: Certificate) -> Result<(), Error> {
        todo!()
    }
    pub fn from_certificates(anchors: impl IntoIterator<Item = Certificate>) -> Result<Self, Error> {
        todo!()
    }
    /// a CSCA known as bad, by SHA-256 fingerprint
    pub fn distrust(&mut self, fingerprint: [u8; 32]) {
        todo!()
    }
    pub fn len(&self) -> usize {
        self.anchors.len()
    }
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }
    pub fn anchors(&self) -> &[Certificate] {
        &self.anchors
    }
    pub fn candidates(&self, certificate: &Certificate) -> Vec<&Certificate> {
        todo!()
    }
}
