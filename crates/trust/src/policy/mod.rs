//! The policy: which checks are needed, and what is asked beyond the verdict.
//!
//! A policy is data: a TOML file says it whole ([`Policy::parse`]), and the built-in ones are such files too. It may ask
//! more than every policy asks; less only where EF.SOD decides anyway (see [`Policy::least`]), so that no policy turns a
//! forged document into a genuine one.

mod finding;
mod source;

use std::borrow::Cow;

use crate::checks::CheckId;
use crate::verdict::Verdict;

pub use finding::Finding;
pub use source::{MAX_POLICY_BYTES, SCHEMA};

/// How much a policy asks of one check. The words in brackets are those of policy files and of BSI TR-03135-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// It is noted and decides nothing (`evaluatory`).
    Noted,
    /// A failure decides the verdict; everything else is noted (`optional`).
    MustNotFail,
    /// It must be successful: anything else decides the verdict (`mandatory`).
    Needed,
}

impl Need {
    /// Every weight, the lightest first.
    pub const ALL: [Self; 3] = [Self::Noted, Self::MustNotFail, Self::Needed];

    /// The word in policy files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Noted => "evaluatory",
            Self::MustNotFail => "optional",
            Self::Needed => "mandatory",
        }
    }
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
    pub name: Cow<'static, str>,
    /// What it is for, in one line.
    pub title: Cow<'static, str>,
    /// Checks that weigh otherwise than in every policy, in the order of [`CheckId`].
    weights: Cow<'static, [(CheckId, Need)]>,
    /// The verdict `chip-unproven`: genuine data in a chip that may be a copy.
    pub chip_unproven: Stance,
    /// A document that has expired.
    pub expired_document: Stance,
    /// A document that is reported lost, stolen or revoked.
    pub revoked_card: Stance,
    /// A document type that the signer may not sign.
    pub foreign_document_type: Stance,
    /// Keys and hashes below today's floor.
    pub weak_algorithms: Stance,
    /// An EF.SOD whose SignerInfo has another version than RFC 5652 §5.3 asks for. It is not signed, and documents of several
    /// states have one.
    pub signer_version: Stance,
    /// A document whose signer's revocation is not known: no list is at hand, or none that is fresh.
    pub missing_crl: Stance,
    /// The most days that a revocation list may be old, whatever it says itself; `None` leaves it to the list.
    pub crl_max_age_days: Option<u32>,
    /// BAC in place of a broken PACE.
    pub bac_fallback: BacFallback,
}

impl Policy {
    /// A counter with a reader on a desk: the default. `policies/counter.toml` says the same.
    pub const COUNTER: Self = Self {
        name: Cow::Borrowed("counter"),
        title: Cow::Borrowed("Counter: the default"),
        weights: Cow::Borrowed(&[]),
        chip_unproven: Stance::Refuse,
        expired_document: Stance::Refuse,
        revoked_card: Stance::Refuse,
        foreign_document_type: Stance::Refuse,
        weak_algorithms: Stance::Refuse,
        signer_version: Stance::Accept,
        missing_crl: Stance::Accept,
        crl_max_age_days: None,
        bac_fallback: BacFallback::Refused,
    };

    /// Border control: revocation must be known and the signer must have kept its usage period.
    pub const BORDER: Self = Self {
        name: Cow::Borrowed("border"),
        title: Cow::Borrowed("Border control: revocation must be known"),
        weights: Cow::Borrowed(&[
            (CheckId::DsUsagePeriod, Need::Needed),
            (CheckId::Revocation, Need::Needed),
        ]),
        chip_unproven: Stance::Refuse,
        expired_document: Stance::Refuse,
        revoked_card: Stance::Refuse,
        foreign_document_type: Stance::Refuse,
        weak_algorithms: Stance::Refuse,
        signer_version: Stance::Accept,
        missing_crl: Stance::Refuse,
        crl_max_age_days: None,
        bac_fallback: BacFallback::Refused,
    };

    /// Files without a chip, such as evidence and test data: `chip-unproven` is accepted.
    pub const LAB: Self = Self {
        name: Cow::Borrowed("lab"),
        title: Cow::Borrowed("Laboratory: files without a chip"),
        weights: Cow::Borrowed(&[]),
        chip_unproven: Stance::Accept,
        expired_document: Stance::Accept,
        revoked_card: Stance::Accept,
        foreign_document_type: Stance::Accept,
        weak_algorithms: Stance::Accept,
        signer_version: Stance::Accept,
        missing_crl: Stance::Accept,
        crl_max_age_days: None,
        bac_fallback: BacFallback::Allowed,
    };

    /// Every built-in policy.
    pub const ALL: [Self; 3] = [Self::COUNTER, Self::BORDER, Self::LAB];

    /// The built-in policy of that name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name == name)
    }

    /// The file of a built-in policy, as TOML.
    #[must_use]
    pub fn builtin_text(name: &str) -> Option<&'static str> {
        TEXTS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| *text)
    }

    /// How much the policy asks of a check.
    #[must_use]
    pub fn need(&self, id: CheckId) -> Need {
        self.weights
            .iter()
            .find(|(known, _)| *known == id)
            .map_or_else(|| base_need(id), |(_, need)| *need)
    }

    /// The least that a policy must ask of a check.
    ///
    /// Only what two signed files say of each other, and what EF.COM says, may weigh less than in the built-in policies:
    /// EF.SOD decides which files belong to a document, and issuers have signed wrong check digits.
    #[must_use]
    pub const fn least(id: CheckId) -> Need {
        match id {
            CheckId::ComSod | CheckId::MrzDigits | CheckId::Dg1Dg13 => Need::Noted,
            _ => base_need(id),
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
        self.refuses_finding(Finding::of_failed(failed))
    }

    /// Whether a check that could not be decided makes the policy refuse the document.
    #[must_use]
    pub const fn refuses_undecided(&self, open: CheckId) -> bool {
        self.refuses_finding(Finding::of_undecided(open))
    }

    const fn refuses_finding(&self, finding: Option<Finding>) -> bool {
        match finding {
            Some(finding) => matches!(self.stance(finding), Stance::Refuse),
            None => false,
        }
    }

    /// What the policy says to a finding.
    #[must_use]
    pub const fn stance(&self, finding: Finding) -> Stance {
        match finding {
            Finding::ChipUnproven => self.chip_unproven,
            Finding::ExpiredDocument => self.expired_document,
            Finding::RevokedCard => self.revoked_card,
            Finding::ForeignDocumentType => self.foreign_document_type,
            Finding::WeakAlgorithms => self.weak_algorithms,
            Finding::SignerVersion => self.signer_version,
            Finding::MissingCrl => self.missing_crl,
            Finding::BacFallback => match self.bac_fallback {
                BacFallback::Refused => Stance::Refuse,
                BacFallback::Allowed => Stance::Accept,
            },
        }
    }
}

const TEXTS: [(&str, &str); 3] = [
    ("counter", include_str!("../../../../policies/counter.toml")),
    ("border", include_str!("../../../../policies/border.toml")),
    ("lab", include_str!("../../../../policies/lab.toml")),
];

/// What every policy asks of a check, unless it says otherwise.
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
        | CheckId::DocumentExpiry
        | CheckId::CardRevocation => Need::Noted,
    }
}
