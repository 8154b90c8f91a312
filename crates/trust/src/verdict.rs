//! The verdict: a total function over the rows of a report.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::checks::{Check, CheckId, CheckResult, Reason};

/// What the checks together say.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Signed by a trusted issuer, unchanged, and the chip is no copy.
    Authentic,
    /// Something is proven wrong.
    Failed,
    /// No trusted issuer matches: not forged, and not genuine either.
    UnknownIssuer,
    /// Something needed could not be decided.
    Inconclusive,
    /// All data are genuine, but the chip itself gave no proof: it may be a copy.
    ChipUnproven,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 5] = [
        Self::Authentic,
        Self::Failed,
        Self::UnknownIssuer,
        Self::Inconclusive,
        Self::ChipUnproven,
    ];

    /// The word as it stands in JSON, documents and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authentic => "authentic",
            Self::Failed => "failed",
            Self::UnknownIssuer => "unknown-issuer",
            Self::Inconclusive => "inconclusive",
            Self::ChipUnproven => "chip-unproven",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which rule gave the verdict.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictReason {
    /// A needed check failed.
    DataFailed,
    /// Chip proofs alone failed: the chip is a copy.
    ChipFailed,
    /// EF.SOD was read and no trusted CSCA matches.
    NoAnchor,
    /// A needed check or a chip proof could not be decided.
    Undecided,
    /// A chip proof was successful.
    ChipProven,
    /// The document offers no proof that could count.
    NoProofOffered,
    /// The document offers a proof that nobody asked for.
    ProofNotPerformed,
}

impl VerdictReason {
    /// The word as it stands in documents and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DataFailed => "data-failed",
            Self::ChipFailed => "chip-failed",
            Self::NoAnchor => "no-anchor",
            Self::Undecided => "undecided",
            Self::ChipProven => "chip-proven",
            Self::NoProofOffered => "no-proof-offered",
            Self::ProofNotPerformed => "proof-not-performed",
        }
    }
}

impl fmt::Display for VerdictReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// All that the verdict depends on: seven facts about the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Facts {
    /// A needed check that is no chip proof failed.
    pub needed_failed: bool,
    /// A chip proof failed.
    pub proof_failed: bool,
    /// EF.SOD was read and no trusted CSCA matches.
    pub no_anchor: bool,
    /// A needed check is undetermined, not supported or aborted.
    pub needed_open: bool,
    /// A chip proof was cut short or could not be decided.
    pub proof_open: bool,
    /// A chip proof was successful.
    pub proof_successful: bool,
    /// A chip proof is offered and nobody asked for it.
    pub proof_unasked: bool,
}

impl Facts {
    /// Reduces rows to the facts.
    #[must_use]
    pub fn of(checks: &[Check]) -> Self {
        checks.iter().fold(Self::default(), |mut facts, check| {
            facts.add(check);
            facts
        })
    }

    fn add(&mut self, check: &Check) {
        let proof = check.id.is_chip_proof();
        match check.result {
            CheckResult::Successful => self.proof_successful |= proof,
            CheckResult::Failed => {
                self.proof_failed |= proof;
                self.needed_failed |= check.needed && !proof;
            }
            CheckResult::Undetermined => {
                self.add_undetermined(check, proof);
                self.needed_open |= check.needed;
            }
            CheckResult::NotSupported => self.needed_open |= check.needed,
            CheckResult::Aborted => {
                self.proof_open |= proof;
                self.needed_open |= check.needed;
            }
        }
    }

    fn add_undetermined(&mut self, check: &Check, proof: bool) {
        if proof {
            match check.reason {
                Some(Reason::NotPerformed) => self.proof_unasked = true,
                // A proof with a key that no issuer vouches for, or that others may know, counts neither way.
                Some(Reason::KeyNotBound | Reason::KeyCompromised) => {}
                _ => self.proof_open = true,
            }
        }
        self.no_anchor |= check.id == CheckId::CscaTrust && check.reason == Some(Reason::NoAnchor);
    }

    /// The verdict by the five rules, in their order.
    #[must_use]
    pub const fn verdict(self) -> (Verdict, VerdictReason) {
        if self.needed_failed {
            (Verdict::Failed, VerdictReason::DataFailed)
        } else if self.proof_failed {
            (Verdict::Failed, VerdictReason::ChipFailed)
        } else if self.no_anchor {
            (Verdict::UnknownIssuer, VerdictReason::NoAnchor)
        } else if self.needed_open || self.proof_open {
            (Verdict::Inconclusive, VerdictReason::Undecided)
        } else if self.proof_successful {
            (Verdict::Authentic, VerdictReason::ChipProven)
        } else if self.proof_unasked {
            (Verdict::ChipUnproven, VerdictReason::ProofNotPerformed)
        } else {
            (Verdict::ChipUnproven, VerdictReason::NoProofOffered)
        }
    }
}

/// The verdict over the rows of a report, and the rule that gave it.
#[must_use]
pub fn verdict(checks: &[Check]) -> (Verdict, VerdictReason) {
    Facts::of(checks).verdict()
}

/// The exit code of a verdict on its own, before any policy.
#[must_use]
pub const fn verdict_exit(verdict: Verdict, reason: VerdictReason) -> u8 {
    match (verdict, reason) {
        (Verdict::Authentic, _) => 0,
        (Verdict::Failed, VerdictReason::ChipFailed) => 11,
        (Verdict::Failed, _) => 10,
        (Verdict::UnknownIssuer, _) => 12,
        (Verdict::ChipUnproven, _) => 13,
        (Verdict::Inconclusive, _) => 14,
    }
}

/// What the policy made of the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Acceptance {
    /// The policy accepts the verdict and has no objection.
    Accepted,
    /// The policy would accept the verdict but objects to the document.
    Refused,
    /// The policy does not accept the verdict.
    NotAccepted,
}

/// The exit code under a policy: 0 when accepted, 15 when only the policy objects, else the verdict's own.
#[must_use]
pub const fn exit(verdict: Verdict, reason: VerdictReason, acceptance: Acceptance) -> u8 {
    match acceptance {
        Acceptance::Accepted => 0,
        Acceptance::Refused => 15,
        Acceptance::NotAccepted => verdict_exit(verdict, reason),
    }
}

/// Whether a report can have this verdict, this acceptance and this exit code: a policy accepts genuine documents alone.
#[must_use]
pub const fn can_stand_together(verdict: Verdict, accepted: bool, exit: u8) -> bool {
    match (accepted, exit) {
        (true, 0) | (false, 15) => matches!(verdict, Verdict::Authentic | Verdict::ChipUnproven),
        (false, 10 | 11) => matches!(verdict, Verdict::Failed),
        (false, 12) => matches!(verdict, Verdict::UnknownIssuer),
        (false, 13) => matches!(verdict, Verdict::ChipUnproven),
        (false, 14) => matches!(verdict, Verdict::Inconclusive),
        _ => false,
    }
}
