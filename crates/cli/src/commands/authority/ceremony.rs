//! The way that every maker goes: a plan, approvals, the product, a transcript, all files at once.

use std::path::Path;

use antin::authority::{
    Approval, Authority, FileHash, NewFile, OpenedKey, Plan, TRANSCRIPT_SCHEMA, Transcript, write_new,
};
use antin::trust::pki::ContentSigner;
use antin::{Certificate, UnixTime};
use serde::Serialize;

use super::super::Outcome;
use super::keys::signing_failure;
use crate::args::CeremonyArgs;
use crate::failure::{Exit, Failure, Id};
use crate::operator::user_at_machine;
use crate::output::Output;
use crate::shown::shown;

/// The name of the output's schema.
pub const SCHEMA: &str = "antin.made/1";

/// What a maker made, or would make.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Made {
    schema: String,
    /// The command.
    action: String,
    /// Whether nothing was touched.
    dry_run: bool,
    /// What is signed.
    plan: Plan,
    /// SHA-256 of the plan's bytes: what operators approve.
    plan_sha256: String,
    /// Who approved.
    approvals: Vec<Approval>,
    /// The files that were written.
    files: Vec<FileHash>,
    /// The certificates among them.
    certificates: Vec<Shown>,
}

/// A certificate that was made.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Shown {
    subject: String,
    issuer: String,
    /// In hex.
    serial: String,
    not_before: UnixTime,
    not_after: UnixTime,
    /// Last second in which the private key signs, where it is stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_until: Option<UnixTime>,
    /// The kind of key.
    key: String,
    sha256: String,
}

impl Shown {
    fn of(certificate: &Certificate) -> Self {
        Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            serial: hex::encode(certificate.serial()),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
            usage_until: certificate.usage_period().and_then(|period| period.not_after),
            key: certificate
                .public_key()
                .map_or_else(|error| error.to_string(), |key| key.name()),
            sha256: hex::encode(certificate.fingerprint()),
        }
    }
}

/// A maker on its way.
pub struct Ceremony<'a> {
    /// What it is about to do.
    pub plan: Plan,
    /// When it began.
    pub at: UnixTime,
    args: &'a CeremonyArgs,
    out: &'a Output,
    approvals: Vec<Approval>,
}

/// Whether a maker goes on.
pub enum Go<'a> {
    /// Everything needed is agreed.
    On(Ceremony<'a>),
    /// It was to be shown only.
    No(u8),
}

impl<'a> Ceremony<'a> {
    /// Begins with a plan.
    pub fn new(action: &str, args: &'a CeremonyArgs, at: UnixTime, out: &'a Output) -> Self {
        Self {
            plan: Plan::new(action),
            at,
            args,
            out,
            approvals: Vec::new(),
        }
    }

    /// Adds a file to what is read.
    pub fn input(&mut self, path: &Path, bytes: &[u8]) {
        self.plan.inputs.push(FileHash::of(path, bytes));
    }

    /// Shows the plan if that is all that was asked for, and checks the approvals if not.
    pub fn go(mut self, authority: &Authority, operators: Option<&[Certificate]>) -> Result<Go<'a>, Failure> {
        if let Some(path) = &self.args.plan_to {
            write_new(&[NewFile::shared(path.clone(), self.plan.to_bytes())])?;
        }
        if self.args.dry_run {
            self.show_plan();
            return Ok(Go::No(Exit::Done as u8));
        }
        let files = self.args.approve.iter().map(std::path::PathBuf::as_path);
        self.approvals = match operators {
            None => Approval::verify_all(authority, &self.plan, files, self.at)?,
            Some(operators) => {
                let needed = authority.settings().approvals;
                Approval::verify_by(operators, needed, &self.plan, files, self.at)?
            }
        };
        Ok(Go::On(self))
    }

    fn show_plan(&self) {
        let texts = &self.out.texts;
        self.out
            .line(format!("{}: {}", texts.text("authority-would"), self.plan.action));
        for (name, value) in &self.plan.states {
            self.out.line(format!("  {name}: {}", shown(value)));
        }
        for input in &self.plan.inputs {
            self.out.line(format!(
                "  {}: {} {}",
                texts.text("authority-reads"),
                shown(&input.file),
                input.sha256
            ));
        }
        self.out.line(format!(
            "{}: {}",
            texts.text("authority-plan-hash"),
            self.plan.sha256()
        ));
        self.result(true, Vec::new(), &[]);
    }

    fn result(&self, dry_run: bool, files: Vec<FileHash>, certificates: &[&Certificate]) {
        if self.out.is_text() {
            return;
        }
        self.out.object(&Made {
            schema: SCHEMA.to_owned(),
            action: self.plan.action.clone(),
            dry_run,
            plan: self.plan.clone(),
            plan_sha256: self.plan.sha256(),
            approvals: self.approvals.clone(),
            files,
            certificates: certificates
                .iter()
                .map(|certificate| Shown::of(certificate))
                .collect(),
        });
    }

    /// Writes every file, the transcript among them, all or none, and says what was made.
    pub fn finish(
        self,
        mut files: Vec<NewFile>,
        certificates: &[&Certificate],
        key: &OpenedKey,
        certificate: &Certificate,
    ) -> Outcome {
        let hashes = |files: &[NewFile]| -> Vec<FileHash> {
            // A hash of a key's file would let anybody try passwords on it without the file.
            let open = files
                .iter()
                .filter(|file| file.access == antin::store::Access::Shared);
            open.map(|file| FileHash::of(&file.path, &file.bytes)).collect()
        };
        let outputs = hashes(&files);
        if let Some(path) = &self.args.transcript {
            let transcript = Transcript {
                schema: TRANSCRIPT_SCHEMA.to_owned(),
                tool: format!("antin {}", env!("CARGO_PKG_VERSION")),
                operator: self.operator(),
                at: self.at,
                plan: self.plan.clone(),
                plan_sha256: self.plan.sha256(),
                approvals: self.approvals.clone(),
                outputs: outputs.clone(),
            };
            let signer = ContentSigner {
                signer: key.signer(),
                certificate,
                others: &[],
            };
            let signed = transcript.sign(&signer).map_err(|error| match error {
                antin::Error::Signing(error) => signing_failure(key, error),
                other => other.into(),
            })?;
            files.push(NewFile::shared(path.clone(), signed));
        }
        write_new(&files)?;
        for file in &files {
            self.out.line(file.path.display().to_string());
        }
        for certificate in certificates {
            self.out.note(format!(
                "{} · {} .. {}",
                shown(&certificate.subject().to_string()),
                certificate.not_before(),
                certificate.not_after()
            ));
        }
        if certificates
            .iter()
            .any(|made| antin::trust::pki::is_test_name(made.subject()))
        {
            self.out.note(self.out.texts.text("pki-test-only"));
        }
        self.result(false, outputs, certificates);
        Ok(Exit::Done as u8)
    }

    fn operator(&self) -> String {
        self.args.operator.clone().unwrap_or_else(user_at_machine)
    }
}

/// A value that a certificate cannot state.
pub fn unusable(fault: antin::trust::Error) -> Failure {
    Failure::new(Id::U103).fact("detail", fault)
}
