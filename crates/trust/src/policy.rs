//! The policy: which checks are needed, and what is asked beyond the verdict.

use crate::checks::CheckId;
use crate::verdict::Verdict;

/// How much a policy asks of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// It must be successful: anything else decides the verdict.
    Needed,
    /// A failure decides the verdict; everything else is noted.
    MustNotFail,
    /// It is noted and decides nothing.
    Noted,
}

/// Whether BAC may stand in for a PACE that the chip announces and that does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BacFallback {
    /// Stop: an attacker may have broken PACE on purpose.
    Refused,
    /// Go on with BAC and say so in the report.
    Allowed,
}

/// Whether a verdict or a finding is acceptable under a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stance {
    /// It is accepted.
    Accept,
    /// It is refused.
    Refuse,
}

/// A named policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// The name in the report.
    pub name: &'static str,
    /// Checks that are needed, beyond those that every policy needs.
    pub also_needed: &'static [CheckId],
    /// The verdict `chip-unproven`: genuine data in a chip that may be a copy.
    pub chip_unproven: Stance,
    /// A document that has expired.
    pub expired_document: Stance,
    /// A document type that the signer may not sign.
    pub foreign_document_type: Stance,
    /// Keys and hashes below today's floor.
    pub weak_algorithms: Stance,
    /// BAC in place of a broken PACE.
    pub bac_fallback: BacFallback,
}

impl Policy {
    /// A counter with a reader on a desk: the default.
    pub const COUNTER: Self = Self {
        name: "counter",
        also_needed: &[],
        chip_unproven: Stance::Refuse,
        expired_document: Stance::Refuse,
        foreign_document_type: Stance::Refuse,
        weak_algorithms: Stance::Refuse,
        bac_fallback: BacFallback::Refused,
    };

    /// Border control: revocation must be known and the signer must have kept its usage period.
    pub const BORDER: Self = Self {
        name: "border",
        also_needed: &[CheckId::Revocation, CheckId::DsUsagePeriod],
        ..Self::COUNTER
    };

    /// Files without a chip, such as evidence and test data: `chip-unproven` is accepted.
    pub const LAB: Self = Self {
        name: "lab",
        also_needed: &[],
        chip_unproven: Stance::Accept,
        expired_document: Stance::Accept,
        foreign_document_type: Stance::Accept,
        weak_algorithms: Stance::Accept,
        bac_fallback: BacFallback::Allowed,
    };

    /// Every built-in policy.
    pub const ALL: [Self; 3] = [Self::COUNTER, Self::BORDER, Self::LAB];

    /// The built-in policy of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name == name)
    }

    /// How much the policy asks of a check.
    #[must_use]
    pub fn need(&self, id: CheckId) -> Need {
        if self.also_needed.contains(&id) {
            Need::Needed
        } else {
            base_need(id)
        }
    }

    /// Whether the policy can accept the verdict at all.
    #[must_use]
    pub const fn accepts(&self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Authentic => true,
            Verdict::ChipUnproven => matches!(self.chip_unproven, Stance::Accept),
            Verdict::Failed | Verdict::UnknownIssuer | Verdict::Inconclusive => false,
        }
    }

    /// Whether a failed check that is not needed makes the policy refuse the document.
    #[must_use]
    pub const fn refuses(&self, failed: CheckId) -> bool {
        let stance = match failed {
            CheckId::DocumentExpiry => self.expired_document,
            CheckId::DocumentType => self.foreign_document_type,
            CheckId::KeyStrength => self.weak_algorithms,
            _ => Stance::Accept,
        };
        matches!(stance, Stance::Refuse)
    }
}

/// What every policy asks of a check.
const fn base_need(id: CheckId) -> Need {
    match id {
        CheckId::Access
        | CheckId::SecureMessaging
        | CheckId::FileRead
        | CheckId::DgStructure
        | CheckId::SodSignature
        | CheckId::DgHash
        | CheckId::Chain
        | CheckId::CscaTrust
        | CheckId::CscaValidity
        | CheckId::DsValidity
        | CheckId::DsProfile
        | CheckId::IssuerCountry => Need::Needed,
        CheckId::CardAccess
        | CheckId::ComSod
        | CheckId::Revocation
        | CheckId::MrzDigits
        | CheckId::MrzPage
        | CheckId::Dg1Dg13
        | CheckId::ChipAuthentication
        | CheckId::ActiveAuthentication
        | CheckId::PaceCam => Need::MustNotFail,
        CheckId::DsUsagePeriod
        | CheckId::KeyStrength
        | CheckId::DocumentType
        | CheckId::TerminalAuthentication
        | CheckId::Qr
        | CheckId::DocumentExpiry => Need::Noted,
    }
}
