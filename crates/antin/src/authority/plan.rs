//! What a ceremony is about to do, who agreed, and what came of it.

use std::collections::BTreeMap;
use std::path::Path;

use antin_crypto::Hash;
use antin_trust::pki::{ContentSigner, verify_approval};
use antin_trust::{Certificate, UnixTime};
use antin_wire::oids::ID_DATA;
use serde::Serialize;

use super::{Authority, Problem};
use crate::error::Error;
use crate::store::read_bounded;

/// The name of a plan's form.
pub const PLAN_SCHEMA: &str = "antin.plan/1";
/// The name of a transcript's form.
pub const TRANSCRIPT_SCHEMA: &str = "antin.ceremony/1";
const MAX_APPROVAL_BYTES: u64 = 128 * 1024;

/// A file by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FileHash {
    /// Its path as it was given.
    pub file: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
}

impl FileHash {
    /// The hash of these bytes under a file's name.
    #[must_use]
    pub fn of(path: &Path, bytes: &[u8]) -> Self {
        Self {
            file: path.display().to_string(),
            sha256: hex::encode(Hash::Sha256.digest(bytes)),
        }
    }
}

/// What is about to be signed. Nothing in it is drawn at random or read from a clock, so that the same request gives the same
/// bytes: a second operator approves them by a signature over exactly these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Plan {
    schema: String,
    /// The command.
    pub action: String,
    /// What it will state, by name.
    pub states: BTreeMap<String, String>,
    /// What it reads.
    pub inputs: Vec<FileHash>,
}

impl Plan {
    /// A plan for a command.
    #[must_use]
    pub fn new(action: &str) -> Self {
        Self {
            schema: PLAN_SCHEMA.to_owned(),
            action: action.to_owned(),
            states: BTreeMap::new(),
            inputs: Vec::new(),
        }
    }

    /// Adds something that will be stated.
    pub fn state(&mut self, name: &str, value: impl core::fmt::Display) {
        self.states.insert(name.to_owned(), value.to_string());
    }

    /// The bytes that operators approve: one line of JSON.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// SHA-256 of [`to_bytes`](Self::to_bytes), in hex.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex::encode(Hash::Sha256.digest(&self.to_bytes()))
    }
}

/// An operator's approval, verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
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
    /// that is handed in must be good.
    ///
    /// # Errors
    /// [`Problem::Approval`], [`Error::Io`], [`Error::Certificate`].
    pub fn verify_all<'p>(
        authority: &Authority,
        plan: &Plan,
        files: impl IntoIterator<Item = &'p Path>,
        at: UnixTime,
    ) -> Result<Vec<Self>, Error> {
        let mut operators = Vec::new();
        for name in &authority.settings().operators {
            let path = authority.folder().join(name);
            let bytes = read_bounded(&path, MAX_APPROVAL_BYTES)?;
            operators.push(
                Certificate::from_bytes(&bytes).map_err(|problem| Error::Certificate { path, problem })?,
            );
        }
        Self::verify_by(&operators, authority.settings().approvals, plan, files, at)
    }

    /// The same with the operators' certificates at hand, as for an authority that is being made.
    ///
    /// # Errors
    /// As [`verify_all`](Self::verify_all).
    pub fn verify_by<'p>(
        operators: &[Certificate],
        needed: u8,
        plan: &Plan,
        files: impl IntoIterator<Item = &'p Path>,
        at: UnixTime,
    ) -> Result<Vec<Self>, Error> {
        let bytes = plan.to_bytes();
        let mut approvals: Vec<Self> = Vec::new();
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
                return Err(Error::from(Problem::Approval {
                    what: format!("{}: {why}", path.display()),
                }));
            };
            let certificate = hex::encode(operator.fingerprint());
            if approvals.iter().any(|other| other.certificate == certificate) {
                return Err(Error::from(Problem::Approval {
                    what: format!("{}: {} approves twice", path.display(), operator.subject()),
                }));
            }
            approvals.push(Self {
                operator: operator.subject().to_string(),
                certificate,
                signed,
                approval: FileHash::of(path, &approval),
            });
        }
        if approvals.len() < usize::from(needed) {
            return Err(Error::from(Problem::Approval {
                what: format!("{} of {needed} approvals", approvals.len()),
            }));
        }
        Ok(approvals)
    }
}

/// What was done: who, what, with which inputs and outputs, when. Signed with the authority's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Transcript {
    /// `antin.ceremony/1`.
    pub schema: String,
    /// The program and its version.
    pub tool: String,
    /// Who sat at the keyboard, by their own word.
    pub operator: String,
    /// When it was signed, UTC.
    pub at: UnixTime,
    /// What was planned.
    pub plan: Plan,
    /// SHA-256 of the plan's bytes.
    pub plan_sha256: String,
    /// Who agreed.
    pub approvals: Vec<Approval>,
    /// What came of it.
    pub outputs: Vec<FileHash>,
}

impl Transcript {
    /// Signs the transcript as CMS with the content inside; `openssl cms -verify -noverify -inform DER` gives it back.
    ///
    /// # Errors
    /// [`Error::Signing`].
    pub fn sign(&self, signer: &ContentSigner<'_>) -> Result<Vec<u8>, Error> {
        let mut content = serde_json::to_vec_pretty(self).unwrap_or_default();
        content.push(b'\n');
        signer.sign(&ID_DATA, &content, self.at).map_err(Error::Signing)
    }
}
