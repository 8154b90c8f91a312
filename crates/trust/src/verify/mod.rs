//! Passive authentication and everything around it: files and facts in, report out.
#![allow(unused_variables)]

use antin_crypto::Verifier;

use crate::policy::Policy;
use crate::report::Report;
use crate::session::{ReadFiles, SessionFacts};
use crate::store::TrustStore;
use crate::time::UnixTime;

/// Signers whose certificates have been verified before, for batches.
#[derive(Clone, Debug, Default)]
pub struct SignerCache {}

/// The means of a verification.
pub struct Backend<'a> {
    /// Verifies signatures.
    pub verifier: &'a dyn Verifier,
    /// Remembers document signers between documents.
    pub cache: Option<&'a mut SignerCache>,
}

/// Verifies a document with the pure Rust backend.
#[must_use]
pub fn verify(files: &ReadFiles, session: &SessionFacts, store: &TrustStore, at: UnixTime, policy: &Policy) -> Report {
    todo!()
}

/// Verifies a document.
#[must_use]
pub fn verify_with(
    files: &ReadFiles,
    session: &SessionFacts,
    store: &TrustStore,
    at: UnixTime,
    policy: &Policy,
    backend: &mut Backend<'_>,
) -> Report {
    todo!()
}
