//! EF.SOD: the signed list of hashes.
#![allow(unused_variables, missing_docs, clippy::missing_errors_doc)]

use antin_crypto::{Hash, Signer, Verifier};

use crate::certificate::Certificate;
use crate::error::Error;
use crate::time::UnixTime;

/// Signs EF.SOD; returns the whole file, tag 77 included. Always checks itself.
pub fn sign(
    groups: &[(u8, &[u8])],
    hash: Hash,
    signer: &dyn Signer,
    ds: &Certificate,
    signing_time: UnixTime,
) -> Result<Vec<u8>, Error> {
    todo!()
}

/// A signer prepared once for many documents.
pub struct SodSigner<'a> {
    signer: &'a dyn Signer,
}
impl<'a> SodSigner<'a> {
    pub fn new(signer: &'a dyn Signer, ds: &Certificate, hash: Hash) -> Result<Self, Error> {
        todo!()
    }
    /// default PureRust
    #[must_use]
    pub fn with_verifier(self, verifier: &'a dyn Verifier) -> Self {
        todo!()
    }
    pub fn sign(&self, groups: &[(u8, &[u8])], signing_time: UnixTime) -> Result<Vec<u8>, Error> {
        todo!()
    }
}

/// EF.SOD as received
#[derive(Clone, Debug)]
pub struct SignedSod<'a> {
    raw: &'a [u8],
}
impl<'a> SignedSod<'a> {
    /// whole file with tag 77
    pub fn parse(file: &'a [u8]) -> Result<Self, Error> {
        todo!()
    }
    pub fn certificates(&self) -> &[Certificate] {
        todo!()
    }
    pub fn signing_time(&self) -> Option<UnixTime> {
        todo!()
    }
    /// LDS security object DER
    pub fn content(&self) -> &'a [u8] {
        todo!()
    }
    pub fn signature(&self) -> &'a [u8] {
        todo!()
    }
}
