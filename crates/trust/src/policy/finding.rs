//! What a policy may refuse beside the checks that give the verdict.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::{Policy, Stance};
use crate::checks::{Check, CheckId, CheckResult};
use crate::session::Access;
use crate::verdict::Verdict;

/// A finding that a policy accepts or refuses; the words are those of `[findings]` in policy files.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Genuine data in a chip that may be a copy.
    ChipUnproven,
    /// The document has expired.
    ExpiredDocument,
    /// The document is reported lost, stolen or revoked.
    RevokedCard,
    /// The signer may not sign documents of this type.
    ForeignDocumentType,
    /// A key or a hash below today's floor.
    WeakAlgorithms,
    /// EF.SOD states another version of its signer than RFC 5652 §5.3 asks for.
    SignerVersion,
    /// Whether the signer is revoked is not known.
    MissingCrl,
    /// BAC where the chip knows PACE.
    BacFallback,
}

impl Finding {
    /// Every finding, in the order of policy files.
    pub const ALL: [Self; 8] = [
        Self::ChipUnproven,
        Self::ExpiredDocument,
        Self::RevokedCard,
        Self::ForeignDocumentType,
        Self::WeakAlgorithms,
        Self::SignerVersion,
        Self::MissingCrl,
        Self::BacFallback,
    ];

    /// The word in policy files and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChipUnproven => "chip-unproven",
            Self::ExpiredDocument => "expired-document",
            Self::RevokedCard => "revoked-card",
            Self::ForeignDocumentType => "foreign-document-type",
            Self::WeakAlgorithms => "weak-algorithms",
            Self::SignerVersion => "signer-version",
            Self::MissingCrl => "missing-crl",
            Self::BacFallback => "bac-fallback",
        }
    }

    /// What a failed check is as a finding.
    pub(super) const fn of_failed(check: CheckId) -> Option<Self> {
        match check {
            CheckId::DocumentExpiry => Some(Self::ExpiredDocument),
            CheckId::DocumentType => Some(Self::ForeignDocumentType),
            CheckId::KeyStrength => Some(Self::WeakAlgorithms),
            CheckId::CardRevocation => Some(Self::RevokedCard),
            CheckId::SodSignature => Some(Self::SignerVersion),
            _ => None,
        }
    }

    /// What a check that could not be decided is as a finding.
    pub(super) const fn of_undecided(check: CheckId) -> Option<Self> {
        match check {
            CheckId::Revocation => Some(Self::MissingCrl),
            _ => None,
        }
    }

    fn is_in(self, checks: &[Check], verdict: Verdict, access: &Access) -> bool {
        match self {
            Self::ChipUnproven => verdict == Verdict::ChipUnproven,
            // Somebody on the way may have hidden EF.CardAccess so that BAC was used, whose traffic tells its keys to patience.
            Self::BacFallback => access.downgrade,
            _ => checks.iter().any(|check| Self::of(check) == Some(self)),
        }
    }

    fn of(check: &Check) -> Option<Self> {
        match check.result {
            CheckResult::Failed => Self::of_failed(check.id),
            CheckResult::Undetermined | CheckResult::NotSupported | CheckResult::Aborted => {
                Self::of_undecided(check.id)
            }
            CheckResult::Successful => None,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Policy {
    /// The findings that the policy refuses in a document with these rows and this verdict, opened in this way.
    ///
    /// None where no policy can accept the verdict: then the verdict itself says why.
    #[must_use]
    pub fn refusals(&self, checks: &[Check], verdict: Verdict, access: &Access) -> Vec<Finding> {
        if !matches!(verdict, Verdict::Authentic | Verdict::ChipUnproven) {
            return Vec::new();
        }
        Finding::ALL
            .into_iter()
            .filter(|finding| self.stance(*finding) == Stance::Refuse)
            .filter(|finding| finding.is_in(checks, verdict, access))
            .collect()
    }
}
