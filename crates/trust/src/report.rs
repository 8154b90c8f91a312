//! `antin.report/1`: what was checked, what came of it, and the only way to an identity.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::checks::Check;
use crate::policy::{Finding, Policy};
use crate::session::Access;
use crate::time::UnixTime;
use crate::verdict::{Acceptance, Verdict, VerdictReason, exit, verdict};

/// The name of the report's JSON form; its fields are frozen under this name.
pub const SCHEMA: &str = "antin.report/1";

/// The result of a verification; always produced, whatever the document is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct Report {
    /// `antin.report/1`.
    pub schema: String,
    /// Name and version of the program.
    pub tool: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Whether the policy accepts the document.
    pub accepted: bool,
    /// The exit code of a program that ends with this report.
    pub exit: u8,
    /// The policy's name.
    pub policy: String,
    /// The findings that the policy refused, in its own words; none where the verdict alone cannot be accepted.
    #[serde(default)]
    pub refused_by: Vec<Finding>,
    /// When the verification was made, UTC.
    pub at: UnixTime,
    /// How the chip was opened.
    pub access: Access,
    /// The files that were read.
    pub files: Vec<FileEntry>,
    /// The rows.
    pub checks: Vec<Check>,
    /// Personal data from the document, only when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Holder>,
    /// How many commands the chip answered; `null` for files.
    pub apdus: Option<u64>,
    /// Milliseconds by phase, where they were measured.
    pub timing: BTreeMap<String, f64>,
    /// What the document says of its holder; present only in a report that a verification made.
    #[serde(skip)]
    read: Option<Holder>,
    /// The policy that judged; present only in a report that a verification made.
    #[serde(skip)]
    judge: Option<Policy>,
}

/// One file that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FileEntry {
    /// The file's name: `EF.COM`, `DG1`.
    pub name: String,
    /// Its length.
    pub bytes: usize,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
    /// What vouches for its content: `EF.SOD`, `signature` for EF.SOD itself, or nothing.
    pub protected_by: Option<String>,
}

/// What a document says of its holder.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Holder {
    /// Document number as in DG1.
    pub document_number: String,
    /// Surname: from the national data where they are, else as in DG1.
    pub surname: String,
    /// Given names, as above.
    pub given_names: String,
    /// The whole name in national letters, where the document has it.
    pub full_name: Option<String>,
    /// Personal number, where the document has one.
    pub personal_number: Option<String>,
    /// Date of birth as in DG1: six characters YYMMDD.
    pub birth: String,
    /// Sex as in DG1: `M`, `F` or `<`.
    pub sex: String,
    /// Nationality as in DG1.
    pub nationality: String,
    /// Issuing state as in DG1.
    pub issuer: String,
    /// Date of expiry as in DG1: six characters YYMMDD.
    pub expiry: String,
}

/// Reports and identities are printed into logs; the person is not.
impl core::fmt::Debug for Holder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Holder(personal data)")
    }
}

/// A person's data from a document that is authentic and accepted: only [`Report::into_identity`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedIdentity {
    holder: Holder,
}

impl VerifiedIdentity {
    /// The holder's data.
    #[must_use]
    pub const fn holder(&self) -> &Holder {
        &self.holder
    }
}

impl Report {
    /// Puts the parts together and draws verdict, acceptance and exit code from the rows.
    pub(crate) fn conclude(parts: Parts<'_>) -> Self {
        let (verdict, reason) = verdict(&parts.checks);
        let acceptance = acceptance(&parts.checks, verdict, &parts.access, parts.policy);
        Self {
            schema: SCHEMA.to_owned(),
            tool: concat!("antin ", env!("CARGO_PKG_VERSION")).to_owned(),
            verdict,
            accepted: acceptance == Acceptance::Accepted,
            exit: exit(verdict, reason, acceptance),
            policy: parts.policy.name.clone().into_owned(),
            refused_by: parts.policy.refusals(&parts.checks, verdict, &parts.access),
            at: parts.at,
            access: parts.access,
            files: parts.files,
            checks: parts.checks,
            holder: None,
            apdus: parts.apdus,
            timing: parts.timing,
            read: parts.holder,
            judge: Some(parts.policy.clone()),
        }
    }

    /// The rule that gave the verdict.
    #[must_use]
    pub fn reason(&self) -> VerdictReason {
        verdict(&self.checks).1
    }

    /// The rows with that id.
    pub fn rows(&self, id: crate::checks::CheckId) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(move |check| check.id == id)
    }

    /// Adds the holder's data to what is printed.
    #[must_use]
    pub fn with_holder(mut self) -> Self {
        self.holder.clone_from(&self.read);
        self
    }

    /// The holder's data as read, believed or not; `None` in a report that came from JSON.
    #[must_use]
    pub const fn unverified_holder(&self) -> Option<&Holder> {
        self.read.as_ref()
    }

    /// The identity, when the document is authentic and accepted, or is chip-unproven under a policy that accepts
    /// that by name.
    ///
    /// # Errors
    /// The report itself, when it proves no identity. A report that was read from JSON never does.
    pub fn into_identity(mut self) -> Result<VerifiedIdentity, Box<Self>> {
        let (verdict, _) = verdict(&self.checks);
        let proven = self.accepted
            && verdict == self.verdict
            && self.judge.as_ref().is_some_and(|policy| {
                acceptance(&self.checks, verdict, &self.access, policy) == Acceptance::Accepted
            });
        match self.read.take() {
            Some(holder) if proven => Ok(VerifiedIdentity { holder }),
            read => {
                self.read = read;
                Err(Box::new(self))
            }
        }
    }
}

/// What a report is put together from.
pub(crate) struct Parts<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) at: UnixTime,
    pub(crate) access: Access,
    pub(crate) files: Vec<FileEntry>,
    pub(crate) checks: Vec<Check>,
    pub(crate) holder: Option<Holder>,
    pub(crate) apdus: Option<u64>,
    pub(crate) timing: BTreeMap<String, f64>,
}

/// What the policy makes of these rows, their verdict, and the way in which the chip was opened.
#[must_use]
pub fn acceptance(checks: &[Check], verdict: Verdict, access: &Access, policy: &Policy) -> Acceptance {
    match (
        policy.accepts(verdict),
        policy.refusals(checks, verdict, access).is_empty(),
    ) {
        (false, _) => Acceptance::NotAccepted,
        (true, false) => Acceptance::Refused,
        (true, true) => Acceptance::Accepted,
    }
}
