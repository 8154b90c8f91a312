//! The rows of a report as the tree of checks of BSI TR-03135-1, version 2.5.
//!
//! The guideline gives every check a place in a hierarchy and every group a result that follows from those below it. This is
//! a mapping, not a second judgement: the verdict stays that of [`verdict`](crate::verdict()).
//!
//! A row counts for the group above it if the policy needs it, if it is successful, or if the policy refuses the document for
//! it alone; everything else is `evaluatory` (§3.7): shown, and not counted. In one place the tree is stricter than table
//! 5.23: a failed proof of the chip fails the group though another one was successful, because so it is with the verdict.

use crate::checks::{Check, CheckId, CheckResult};
use crate::report::Report;

/// Declares the groups once: variant, id, section of TR-03135-1, the group above.
macro_rules! groups {
    ($($name:ident = $id:literal, $section:literal, $parent:expr, $rule:ident: $meaning:literal;)*) => {
        /// A group of checks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Group {
            $(#[doc = $meaning] $name,)*
        }

        impl Group {
            /// Every group, each behind the one above it.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The id as it stands in files.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// The section of TR-03135-1 that defines the group.
            #[must_use]
            pub const fn section(self) -> &'static str {
                match self { $(Self::$name => $section,)* }
            }

            /// The group above; `None` for the whole document.
            #[must_use]
            pub const fn parent(self) -> Option<Self> {
                match self { $(Self::$name => $parent,)* }
            }

            const fn rule(self) -> Rule {
                match self { $(Self::$name => Rule::$rule,)* }
            }
        }
    };
}

groups! {
    Document = "document", "5.4", None, All: "The overall result.";
    Electronic = "electronic", "5.6", Some(Self::Document), All: "Electronic checks.";
    ChipAccess = "chip-access", "5.6.3", Some(Self::Electronic), Access: "Chip access protocols.";
    BacOrPace = "bac-or-pace", "5.6.3.1", Some(Self::ChipAccess), Access: "BAC or PACE.";
    Terminal = "terminal-authentication", "5.6.3.2", Some(Self::ChipAccess), Access: "Terminal Authentication.";
    ChipContent = "chip-content", "5.6.4", Some(Self::Electronic), All: "The chip's content.";
    ChipAuthenticity = "chip-authenticity", "5.6.4.1", Some(Self::ChipContent), AnyOf: "Active and Chip Authentication, PACE-CAM.";
    SecurityObjects = "security-objects", "5.6.4.2.1", Some(Self::ChipContent), All: "The signature of the security objects.";
    IssuerCertificates = "issuer-certificates", "5.6.4.3", Some(Self::ChipContent), All: "The issuer's certificates.";
    ContentIntegrity = "content-integrity", "5.6.4.4", Some(Self::ChipContent), All: "The integrity of the files.";
    IssuingState = "issuing-state", "5.6.4.5", Some(Self::ChipContent), All: "DG1 against the signer's certificate.";
    Combined = "combined", "5.7", Some(Self::Document), Combined: "Combined checks.";
    Expiration = "expiration", "5.7.1", Some(Self::Combined), Combined: "The document's expiry.";
    BiographicData = "biographic-data", "5.7.2", Some(Self::Combined), Combined: "The printed zone against DG1.";
    Application = "application-specific", "6.2", Some(Self::Document), Combined: "Checks that the guideline does not name.";
}

/// How a group's result follows from what is below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// Failed by one; successful by all; else undetermined (tables 5.2, 5.22, 5.27, 5.31, 5.39, 5.43).
    All,
    /// Successful by one, if none failed; not supported by all (table 5.23).
    AnyOf,
    /// Not supported, if nothing was protected (tables 5.17, 5.18, 5.21).
    Access,
    /// Undetermined by one (table 5.44).
    Combined,
}

impl Group {
    /// The group that a check belongs to.
    #[must_use]
    pub const fn of(id: CheckId) -> Self {
        match id {
            CheckId::Access | CheckId::SecureMessaging | CheckId::CardAccess => Self::BacOrPace,
            CheckId::TerminalAuthentication => Self::Terminal,
            CheckId::ChipAuthentication | CheckId::ActiveAuthentication | CheckId::PaceCam => {
                Self::ChipAuthenticity
            }
            CheckId::SodSignature => Self::SecurityObjects,
            CheckId::Chain
            | CheckId::CscaTrust
            | CheckId::CscaValidity
            | CheckId::DsValidity
            | CheckId::Revocation => Self::IssuerCertificates,
            CheckId::ComSod | CheckId::DgHash => Self::ContentIntegrity,
            CheckId::IssuerCountry => Self::IssuingState,
            CheckId::DocumentExpiry => Self::Expiration,
            CheckId::MrzPage => Self::BiographicData,
            CheckId::FileRead
            | CheckId::DgStructure
            | CheckId::DsUsagePeriod
            | CheckId::DsProfile
            | CheckId::KeyStrength
            | CheckId::DocumentType
            | CheckId::MrzDigits
            | CheckId::Dg1Dg13
            | CheckId::Qr
            | CheckId::CardRevocation => Self::Application,
        }
    }
}

/// A group with its result, the rows in it and the groups below.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'r> {
    /// The group.
    pub group: Group,
    /// What follows from everything below.
    pub result: CheckResult,
    /// Its own rows, in the order of the report.
    pub checks: Vec<Leaf<'r>>,
    /// The groups below, in the order of the guideline.
    pub nodes: Vec<Node<'r>>,
}

/// A row in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leaf<'r> {
    /// The row.
    pub check: &'r Check,
    /// Whether it counts for the groups above.
    pub mode: Mode,
}

/// Whether a row counts (TR-03135-1 §3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It counts.
    Counted,
    /// It is shown alone.
    Evaluatory,
}

/// The tree of a report.
#[must_use]
pub fn tree(report: &Report) -> Node<'_> {
    node(Group::Document, report)
}

fn node(group: Group, report: &Report) -> Node<'_> {
    let own = report.checks.iter().filter(|check| Group::of(check.id) == group);
    let checks: Vec<Leaf<'_>> = own
        .map(|check| Leaf {
            check,
            mode: mode(check, report),
        })
        .collect();
    let below = Group::ALL.iter().filter(|below| below.parent() == Some(group));
    let nodes: Vec<Node<'_>> = below.map(|below| node(*below, report)).collect();
    let counted = |leaf: &&Leaf<'_>| leaf.mode == Mode::Counted;
    let mut results: Vec<CheckResult> = checks
        .iter()
        .filter(counted)
        .map(|leaf| leaf.check.result)
        .collect();
    results.extend(nodes.iter().filter(|node| node.counts()).map(|node| node.result));
    // Where nothing counts the rows are shown for what they are.
    if results.is_empty() {
        results.extend(checks.iter().map(|leaf| leaf.check.result));
        results.extend(nodes.iter().map(|node| node.result));
    }
    Node {
        group,
        result: group.rule().apply(&results),
        checks,
        nodes,
    }
}

impl Node<'_> {
    /// Whether the group counts for the one above. Whether the chip is the original is always asked.
    fn counts(&self) -> bool {
        self.group == Group::ChipAuthenticity
            || self.checks.iter().any(|leaf| leaf.mode == Mode::Counted)
            || self.nodes.iter().any(Node::counts)
    }
}

fn mode(check: &Check, report: &Report) -> Mode {
    let refused = report.exit == POLICY_REFUSAL
        && check.result == CheckResult::Failed
        && matches!(
            check.id,
            CheckId::DocumentExpiry | CheckId::DocumentType | CheckId::KeyStrength
        );
    let proof_failed = check.id.is_chip_proof() && check.result == CheckResult::Failed;
    match check.needed || refused || proof_failed || check.result == CheckResult::Successful {
        true => Mode::Counted,
        false => Mode::Evaluatory,
    }
}

/// The exit code when the policy alone objects.
const POLICY_REFUSAL: u8 = 15;

impl Rule {
    fn apply(self, results: &[CheckResult]) -> CheckResult {
        use CheckResult::{Aborted, Failed, NotSupported, Successful, Undetermined};
        let any = |wanted| results.contains(&wanted);
        let all = |wanted| !results.is_empty() && results.iter().all(|result| *result == wanted);
        if any(Failed) {
            return Failed;
        }
        if any(Aborted) {
            return Aborted;
        }
        match self {
            _ if all(Successful) => Successful,
            Self::AnyOf if any(Successful) => Successful,
            Self::AnyOf | Self::Access | Self::Combined if all(NotSupported) => NotSupported,
            Self::Access if any(NotSupported) && !any(Undetermined) => NotSupported,
            Self::Combined if any(Successful) && !any(Undetermined) => Successful,
            Self::All | Self::AnyOf | Self::Access | Self::Combined => Undetermined,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CheckResult::{Aborted, Failed, NotSupported, Successful, Undetermined};

    #[test]
    fn every_check_has_a_place_and_every_group_leads_to_the_document() {
        for id in CheckId::ALL {
            let mut group = Group::of(id);
            assert!(group.parent().is_some(), "{id} belongs into a group");
            while let Some(parent) = group.parent() {
                assert!(parent < group);
                group = parent;
            }
            assert_eq!(group, Group::Document);
        }
    }

    #[test]
    fn a_groups_result_follows_the_tables() {
        for (rule, results, expected) in [
            (Rule::All, &[Successful, Successful][..], Successful),
            (Rule::All, &[Successful, NotSupported], Undetermined),
            (Rule::All, &[Successful, Undetermined], Undetermined),
            (Rule::All, &[Failed, Aborted, Undetermined], Failed),
            (Rule::All, &[Successful, Aborted], Aborted),
            (Rule::All, &[], Undetermined),
            (Rule::AnyOf, &[NotSupported, Successful, Undetermined], Successful),
            (Rule::AnyOf, &[Successful, Failed], Failed),
            (Rule::AnyOf, &[NotSupported, NotSupported], NotSupported),
            (Rule::AnyOf, &[NotSupported, Undetermined], Undetermined),
            (Rule::Access, &[Successful, NotSupported], NotSupported),
            (Rule::Access, &[Successful], Successful),
            (Rule::Combined, &[Successful, NotSupported], Successful),
            (Rule::Combined, &[Successful, Undetermined], Undetermined),
            (Rule::Combined, &[NotSupported], NotSupported),
        ] {
            assert_eq!(rule.apply(results), expected, "{rule:?} {results:?}");
        }
    }
}
