//! The way that every maker goes: a plan, approvals, the product, a transcript, all files at once.

use std::path::Path;

use antin::authority::{
    Approval, Authority, ChangedRules, FileHash, FolderLock, History, NewFile, OpenedKey, Plan, Problem,
    Rules, TRANSCRIPT_SCHEMA, Transcript, write_new,
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
    /// What was done before.
    pub history: History,
    at: UnixTime,
    args: &'a CeremonyArgs,
    out: &'a Output,
    rules: Rules,
    founding: bool,
    lock: Option<FolderLock>,
}

/// A maker that everybody agreed to.
pub struct Agreed<'a> {
    plan: Plan,
    history: History,
    at: UnixTime,
    args: &'a CeremonyArgs,
    out: &'a Output,
    rules: Rules,
    approvals: Vec<Approval>,
    /// Held until everything is written.
    _lock: Option<FolderLock>,
}

/// Whether a maker goes on.
pub enum Go<'a> {
    /// Everything needed is agreed.
    On(Box<Agreed<'a>>),
    /// It was to be shown only.
    No(u8),
}

impl<'a> Ceremony<'a> {
    /// Begins with a plan; keeps other ceremonies out of the folder, and reads what was done in it before.
    pub fn begin(
        action: &str,
        authority: &Authority,
        args: &'a CeremonyArgs,
        at: UnixTime,
        out: &'a Output,
    ) -> Result<Self, Failure> {
        let lock = match args.dry_run {
            true => None,
            false => Some(FolderLock::take(authority.folder())?),
        };
        Ok(Self {
            plan: Plan::new(action),
            history: History::load(authority)?,
            at,
            args,
            out,
            rules: Rules::of(authority)?,
            founding: false,
            lock,
        })
    }

    /// Begins the first ceremony of an authority, which has no folder yet.
    pub fn found(
        action: &str,
        authority: &Authority,
        operators: &[Certificate],
        args: &'a CeremonyArgs,
        at: UnixTime,
        out: &'a Output,
    ) -> Self {
        Self {
            plan: Plan::new(action),
            history: History::none(authority.folder()),
            at,
            args,
            out,
            rules: Rules::founding(authority.settings(), operators),
            founding: true,
            lock: None,
        }
    }

    /// Adds a file to what is read.
    pub fn input(&mut self, path: &Path, bytes: &[u8]) {
        self.plan.inputs.push(FileHash::of(path, bytes));
    }

    /// Shows the plan if that is all that was asked for, and checks the approvals if not.
    pub fn go(mut self) -> Result<Go<'a>, Failure> {
        let leave_rules = self.leave()?;
        self.plan.state("settings-sha256", &self.rules.settings);
        self.plan.state("approvals", self.rules.approvals);
        self.plan.state("operators", self.rules.fingerprints()?);
        if self.args.dry_run {
            if let Some(path) = &self.args.plan_to {
                write_new(&[NewFile::shared(path.clone(), self.plan.to_bytes())])?;
            }
            self.show_plan();
            return Ok(Go::No(Exit::Done as u8));
        }
        self.take_approved_plan()?;
        self.history.is_new(&self.plan)?;
        let files = self.args.approve.iter().map(std::path::PathBuf::as_path);
        let approvals = Approval::verify_all(&leave_rules, &self.plan, files, self.at)?;
        Ok(Go::On(Box::new(Agreed {
            plan: self.plan,
            history: self.history,
            at: self.at,
            args: self.args,
            out: self.out,
            rules: self.rules,
            approvals,
            _lock: self.lock,
        })))
    }

    /// The rules to judge approvals by; a change of them is said aloud and stands in the plan.
    fn leave(&mut self) -> Result<Rules, Failure> {
        if self.founding {
            return Ok(self.rules.clone());
        }
        let changed = match self.args.allow_changed_settings {
            true => ChangedRules::Allow,
            false => ChangedRules::Refuse,
        };
        let leave = self.history.leave(&self.plan.action, &self.rules, changed)?;
        if let Some(what) = &leave.changed {
            self.plan.state("settings-changed", what);
            let text = self
                .out
                .texts
                .with("authority-settings-changed", &[("what", what)]);
            self.out.note(text);
        }
        Ok(leave.rules)
    }

    /// Takes the nonce of the plan that was approved; what it says must be what is about to be done.
    fn take_approved_plan(&mut self) -> Result<(), Failure> {
        let Some(path) = &self.args.plan_to else {
            return match self.args.approve.is_empty() {
                true => Ok(()),
                false => Err(Failure::new(Id::S613).said("detail", "authority-which-plan")),
            };
        };
        let approved = Plan::load(path)?;
        let differences = approved.differences(&self.plan);
        if !differences.is_empty() {
            let what = format!("{}: another plan: {}", path.display(), differences.join(", "));
            return Err(Problem::Approval { what }.into());
        }
        self.plan = approved;
        Ok(())
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
        if !self.out.is_text() {
            self.out.object(&Made {
                schema: SCHEMA.to_owned(),
                action: self.plan.action.clone(),
                dry_run: true,
                plan_sha256: self.plan.sha256(),
                plan: self.plan.clone(),
                approvals: Vec::new(),
                files: Vec::new(),
                certificates: Vec::new(),
            });
        }
    }
}

impl Agreed<'_> {
    /// Writes every file, the record of the ceremony among them, all or none, and says what was made.
    pub fn finish(
        self,
        files: Vec<NewFile>,
        certificates: &[&Certificate],
        key: &OpenedKey,
        certificate: &Certificate,
    ) -> Outcome {
        // A hash of a key's file would let anybody try passwords on it without the file.
        let open = files
            .iter()
            .filter(|file| file.access == antin::store::Access::Shared);
        let outputs: Vec<FileHash> = open.map(|file| FileHash::of(&file.path, &file.bytes)).collect();
        let transcript = Transcript {
            schema: TRANSCRIPT_SCHEMA.to_owned(),
            number: self.history.next_number(),
            previous: self.history.last_sha256().map(ToOwned::to_owned),
            tool: format!("antin {}", env!("CARGO_PKG_VERSION")),
            operator: self.args.operator.clone().unwrap_or_else(user_at_machine),
            at: self.at,
            plan: self.plan.clone(),
            plan_sha256: self.plan.sha256(),
            approvals: self.approvals.clone(),
            rules: self.rules,
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
        // The record first: should the power go, the plan counts as used, and what is missing is seen.
        let mut all = vec![NewFile::shared(self.history.next_path(), signed.clone())];
        all.extend(files);
        all.extend(
            self.args
                .transcript
                .iter()
                .map(|path| NewFile::shared(path.clone(), signed.clone())),
        );
        let files = all;
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
        if !self.out.is_text() {
            self.out.object(&Made {
                schema: SCHEMA.to_owned(),
                action: self.plan.action.clone(),
                dry_run: false,
                plan_sha256: self.plan.sha256(),
                plan: self.plan,
                approvals: self.approvals,
                files: outputs,
                certificates: certificates.iter().map(|one| Shown::of(one)).collect(),
            });
        }
        Ok(Exit::Done as u8)
    }
}

/// A value that a certificate cannot state.
pub fn unusable(fault: antin::trust::Error) -> Failure {
    Failure::new(Id::U103).fact("detail", fault)
}
