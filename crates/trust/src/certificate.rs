//! X.509 certificates as received: raw slices, nothing re-encoded.

use antin_crypto::{ObjectIdentifier, ParameterForm, PublicKey, Verifier};

use crate::error::Error;
use crate::time::UnixTime;

/// A certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    raw: Vec<u8>,
}

#[allow(unused_variables, missing_docs, clippy::missing_errors_doc)]
impl Certificate {
    pub fn parse(der: &[u8]) -> Result<Self, Error> {
        todo!()
    }
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        todo!()
    }
    /// DER or PEM
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        todo!()
    }
    pub fn to_pem(&self) -> String {
        todo!()
    }
    pub fn as_der(&self) -> &[u8] {
        &self.raw
    }
    pub fn fingerprint(&self) -> [u8; 32] {
        todo!()
    }
    pub fn issuer_der(&self) -> &[u8] {
        todo!()
    }
    pub fn subject_der(&self) -> &[u8] {
        todo!()
    }
    /// "C=VN, O=.., CN=.."
    pub fn issuer(&self) -> String {
        todo!()
    }
    pub fn subject(&self) -> String {
        todo!()
    }
    pub fn serial(&self) -> &[u8] {
        todo!()
    }
    /// two ASCII letters, upper case
    pub fn country(&self) -> Option<String> {
        todo!()
    }
    pub fn not_before(&self) -> UnixTime {
        todo!()
    }
    pub fn not_after(&self) -> UnixTime {
        todo!()
    }
    pub fn spki_der(&self) -> &[u8] {
        todo!()
    }
    pub fn public_key(&self) -> Result<(PublicKey, ParameterForm), antin_crypto::Error> {
        todo!()
    }
    pub fn signature_algorithm(&self) -> ObjectIdentifier {
        todo!()
    }
    pub fn is_ca(&self) -> bool {
        todo!()
    }
    pub fn is_self_signed(&self) -> bool {
        todo!()
    }
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        todo!()
    }
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        todo!()
    }
    pub fn verify_signed_by(&self, issuer: &Self, verifier: &dyn Verifier) -> Result<(), Error> {
        todo!()
    }
}

impl core::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Certificate({} bytes)", self.raw.len())
    }
}
