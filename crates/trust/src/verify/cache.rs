//! Document signers that have been verified before: in a batch, one signer signs thousands of documents.

use std::collections::HashMap;

use crate::certificate::Certificate;

/// More signers than any batch has; when it is full it starts anew.
const CAPACITY: usize = 4096;

/// Remembers which anchor signed which document signer. Only the signature is remembered: validity, trust and all other
/// checks are made anew for every document, and an anchor that leaves the store takes its signers along.
#[derive(Clone, Debug, Default)]
pub struct SignerCache {
    anchors: HashMap<[u8; 32], Vec<u8>>,
}

impl SignerCache {
    /// Remembers nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many signers are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.anchors.len()
    }

    /// Whether nobody is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    pub(super) fn anchor_of(&self, signer: &Certificate) -> Option<&[u8]> {
        self.anchors.get(&signer.fingerprint()).map(Vec::as_slice)
    }

    pub(super) fn remember(&mut self, signer: &Certificate, anchor: &Certificate) {
        if self.anchors.len() >= CAPACITY {
            self.anchors.clear();
        }
        self.anchors
            .insert(signer.fingerprint(), anchor.as_der().to_vec());
    }
}
