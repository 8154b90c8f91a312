//! A TEST PKI: country signing authority and document signer, marked "TEST - NOT FOR ISSUANCE".
#![allow(unused_variables, missing_docs, clippy::missing_errors_doc)]

use antin_crypto::{CryptoRng, Curve, Hash, ParameterForm, PrivateKey, PublicKey, Signer, SoftSigner};

use crate::certificate::Certificate;
use crate::error::Error;
use crate::time::UnixTime;

/// In every subject.
pub const TEST_ORGANISATION: &str = "TEST - NOT FOR ISSUANCE";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CscaOptions {
    /// two ASCII letters
    pub country: String,
    pub not_before: UnixTime,
    pub not_after: UnixTime,
    /// private key usage period end
    pub usage_until: UnixTime,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DsOptions {
    pub name: String,
    pub not_before: UnixTime,
    pub not_after: UnixTime,
    pub usage_until: UnixTime,
    /// e.g. "P", "ID"
    pub document_types: Vec<String>,
}

pub fn create_csca(options: &CscaOptions, signer: &dyn Signer, rng: &mut dyn CryptoRng) -> Result<Certificate, Error> {
    todo!()
}
pub fn create_document_signer(
    options: &DsOptions,
    ds_key: &PublicKey,
    ds_form: ParameterForm,
    csca: &Certificate,
    csca_signer: &dyn Signer,
    rng: &mut dyn CryptoRng,
) -> Result<Certificate, Error> {
    todo!()
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoOptions {
    pub csca_curve: Curve,
    pub csca_hash: Hash,
    pub ds_curve: Curve,
    pub ds_hash: Hash,
    pub form: ParameterForm,
    pub document_types: Vec<String>,
}
impl Default for DemoOptions {
    /// P-384/SHA-384 CSCA, P-256/SHA-256 DS, named, P and ID
    fn default() -> Self {
        Self {
            csca_curve: Curve::P384,
            csca_hash: Hash::Sha384,
            ds_curve: Curve::P256,
            ds_hash: Hash::Sha256,
            form: ParameterForm::Named,
            document_types: vec!["ID".to_owned(), "P".to_owned()],
        }
    }
}

#[derive(Clone, Debug)]
pub struct DemoPki {
    pub csca_key: PrivateKey,
    pub csca: Certificate,
    pub ds_key: PrivateKey,
    pub ds: Certificate,
    pub options: DemoOptions,
}
impl DemoPki {
    pub fn generate(country: &str, at: UnixTime, options: &DemoOptions, rng: &mut dyn CryptoRng) -> Result<Self, Error> {
        todo!()
    }
    pub fn ds_signer(&self) -> SoftSigner {
        todo!()
    }
    pub fn csca_signer(&self) -> SoftSigner {
        todo!()
    }
}
