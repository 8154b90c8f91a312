//! Whether a revocation list may be used, and is its issuer's word.

use antin_crypto::{ObjectIdentifier, Verifier};

use super::CertificateList;
use crate::certificate::{CRL_SIGN, Certificate};
use crate::checks::Reason;
use crate::error::Error;
use crate::signature::{self, Outcome};

/// Why a list must not be used for any certificate: it says something that is not understood here, or does not speak for
/// its issuer as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unusable {
    /// It lists certificates of other issuers (RFC 5280 §5.2.5 `indirectCRL`, §5.3.3 certificateIssuer).
    Indirect,
    /// It holds only what changed since another list (§5.2.4).
    Delta,
    /// It speaks for a part of the certificates or reasons only (§5.2.5).
    Partial,
    /// A critical extension of the list, or of an entry, is not understood (§5.2, §5.3).
    CriticalExtension(ObjectIdentifier),
    /// An extension cannot be read, or is there twice.
    Broken(ObjectIdentifier),
    /// The signed and the unsigned statement of the algorithm differ (§5.1.1.2).
    AlgorithmMismatch,
}

impl core::fmt::Display for Unusable {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Indirect => f.write_str("indirect CRL"),
            Self::Delta => f.write_str("delta CRL"),
            Self::Partial => f.write_str("CRL of a part of the certificates"),
            Self::CriticalExtension(id) => write!(f, "critical extension {id}"),
            Self::Broken(id) => write!(f, "extension {id} broken or twice"),
            Self::AlgorithmMismatch => f.write_str("two statements of the algorithm differ"),
        }
    }
}

impl CertificateList {
    /// Whether `issuer` is the certificate that this list names: by key identifier where both state one, else by name.
    #[must_use]
    pub fn names_issuer(&self, issuer: &Certificate) -> bool {
        match (self.authority_key_identifier(), issuer.subject_key_identifier()) {
            (Some(wanted), Some(offered)) => wanted == offered,
            _ => self.issuer().matches(issuer.subject()),
        }
    }

    /// Verifies the signature with the issuer's key, and nothing else.
    ///
    /// # Errors
    /// [`Error::Crypto`]: the algorithm, the curve or the key is not usable, or the signature is wrong.
    pub fn verify_signed_by(&self, issuer: &Certificate, verifier: &dyn Verifier) -> Result<(), Error> {
        match self.judge_signature(issuer, verifier) {
            Outcome::Good(_) => Ok(()),
            Outcome::Bad { error, .. } | Outcome::Undecidable { error, .. } => Err(Error::Crypto(error)),
        }
    }

    /// Whether the list is usable and the word of `issuer`: it names that certificate, which may sign lists (RFC 5280
    /// §4.2.1.3 `cRLSign`), and its key made the signature. Time plays no part here.
    ///
    /// # Errors
    /// [`Error::NotTrusted`].
    pub fn judge(&self, issuer: &Certificate, verifier: &dyn Verifier) -> Result<(), Error> {
        let refused = |reason, detail| Error::NotTrusted {
            what: super::read::WHAT,
            reason,
            detail,
        };
        if let Some(fault) = self.unusable() {
            let reason = match fault {
                Unusable::AlgorithmMismatch => Reason::AlgorithmMismatch,
                Unusable::CriticalExtension(_) => Reason::CriticalExtensionUnknown,
                _ => Reason::CertificateProfile,
            };
            return Err(refused(reason, Some(fault.to_string())));
        }
        if !self.names_issuer(issuer) {
            return Err(refused(
                Reason::FieldMismatch,
                Some(format!("issuer {}", self.issuer())),
            ));
        }
        let usage = issuer.extensions().key_usage;
        if usage.is_some_and(|usage| usage & CRL_SIGN == 0) {
            return Err(refused(Reason::KeyUsageMissing, Some("cRLSign".to_owned())));
        }
        match self.judge_signature(issuer, verifier) {
            Outcome::Good(_) => Ok(()),
            Outcome::Bad { reason, .. } => Err(refused(reason, None)),
            Outcome::Undecidable { reason, evidence, .. } => Err(refused(reason, Some(evidence))),
        }
    }

    fn judge_signature(&self, issuer: &Certificate, verifier: &dyn Verifier) -> Outcome {
        signature::judge(
            self.algorithm(),
            issuer.key(),
            self.tbs_der(),
            self.signature(),
            verifier,
        )
    }
}
