//! Who agreed to a plan.

use std::path::Path;

use antin_trust::pki::verify_approval;
use antin_trust::{Certificate, UnixTime};
use serde::{Deserialize, Serialize};

use super::{FileHash, Plan, Problem, Rules};
use crate::error::Error;
use crate::store::read_bounded;

const MAX_APPROVAL_BYTES: u64 = 128 * 1024;

/// An operator's approval, verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The subject of the operator's certificate.
    pub operator: String,
    /// SHA-256 of that certificate, in hex.
    pub certificate: String,
    /// When the operator says to have signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<UnixTime>,
    /// The approval itself.
    pub approval: FileHash,
}

impl Approval {
    /// Verifies approvals of a plan: each of another operator whom the authority knows, and as many as it asks for. Each one
    /// that is handed in must be good. Two certificates of one key are one operator.
    ///
    /// # Errors
    /// [`Problem::Approval`], [`Error::Io`], [`Error::TooLarge`].
    pub fn verify_all<'p>(
        rules: &Rules,
        plan: &Plan,
        files: impl IntoIterator<Item = &'p Path>,
        at: UnixTime,
    ) -> Result<Vec<Self>, Error> {
        let refused = |what: String| Err(Error::from(Problem::Approval { what }));
        let operators = rules.operators()?;
        let bytes = plan.to_bytes();
        let mut approvals: Vec<Self> = Vec::new();
        let mut heard: Vec<&Certificate> = Vec::new();
        for path in files {
            let approval = read_bounded(path, MAX_APPROVAL_BYTES)?;
            let mut why = "no operator is known to this authority".to_owned();
            let good = operators.iter().find_map(|operator| {
                verify_approval(&approval, &bytes, operator, at)
                    .map(|signed| (operator, signed))
                    .map_err(|error| {
                        // Of several operators the one that is named has the telling answer.
                        if !error.to_string().ends_with("another operator") || why.starts_with("no operator")
                        {
                            why = error.to_string();
                        }
                    })
                    .ok()
            });
            let Some((operator, signed)) = good else {
                return refused(format!("{}: {why}", path.display()));
            };
            if heard.iter().any(|other| is_one_key(other, operator)) {
                return refused(format!(
                    "{}: {} approves twice",
                    path.display(),
                    operator.subject()
                ));
            }
            heard.push(operator);
            approvals.push(Self {
                operator: operator.subject().to_string(),
                certificate: hex::encode(operator.fingerprint()),
                signed,
                approval: FileHash::of(path, &approval),
            });
        }
        if approvals.len() < usize::from(rules.approvals) {
            return refused(format!("{} of {} approvals", approvals.len(), rules.approvals));
        }
        Ok(approvals)
    }
}

/// Whether two certificates are of one key, and so of one person.
#[must_use]
pub fn is_one_key(one: &Certificate, other: &Certificate) -> bool {
    match (one.public_key(), other.public_key()) {
        (Ok(one), Ok(other)) => one.is_same_key(&other),
        _ => one.spki_der() == other.spki_der(),
    }
}
