//! The records of an authority's ceremonies, a chain: what was done, by whose leave, under which rules.
//!
//! ```text
//! ceremonies/000001.p7    CMS over antin.ceremony/1, signed with the key that was used
//!                         number, SHA-256 of the record before, plan, approvals, rules, outputs
//! ```
//! The chain tells three things that no single file can: which plans were carried out already, so that an approval counts
//! once; who must approve, so that an edited `authority.toml` does not decide that for itself; and which revocation list
//! was the last. Whoever takes away the newest records together with their products goes back in time unseen by the
//! folder itself: copies of transcripts in other hands (`--transcript`) show it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use antin_crypto::PureRust;
use antin_trust::pki::{ContentSigner, open_content};
use antin_trust::{Certificate, UnixTime};
use antin_wire::oids::ID_DATA;
use serde::{Deserialize, Serialize};

use super::entry::numbers_of;
use super::plan::sha256;
use super::{Approval, Authority, FileHash, Plan, Problem, Settings, Shelf};
use crate::error::Error;
use crate::store::read_bounded;

/// The name of a transcript's form.
pub const TRANSCRIPT_SCHEMA: &str = "antin.ceremony/1";
const WHAT: &str = "record of a ceremony";
const FOLDER: &str = "ceremonies";
/// Above the record of the longest master list.
const MAX_RECORD_BYTES: u64 = 16 * 1024 * 1024;
/// A ceremony each day for more than a century.
const MAX_RECORDS: usize = 50_000;
/// The ceremonies that a signer of lists signs.
const LIST_ACTIONS: [&str; 3] = ["ml make", "ml sign", "defects make"];
const MAX_OPERATOR_BYTES: u64 = 128 * 1024;

/// Who must approve, as a record keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// SHA-256 of `authority.toml`, in hex.
    pub settings: String,
    /// How many other operators approve each ceremony.
    pub approvals: u8,
    /// The certificates of the operators who may, PEM.
    pub operators: Vec<String>,
}

impl Rules {
    /// The rules that lie in an authority's folder now.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::TooLarge`], [`Error::Certificate`] for an operator's certificate.
    pub fn of(authority: &Authority) -> Result<Self, Error> {
        let mut operators = Vec::new();
        for name in &authority.settings().operators {
            let path = authority.folder().join(name);
            let bytes = read_bounded(&path, MAX_OPERATOR_BYTES)?;
            let operator =
                Certificate::from_bytes(&bytes).map_err(|problem| Error::Certificate { path, problem })?;
            operators.push(operator.to_pem());
        }
        Ok(Self {
            settings: authority.settings_sha256().to_owned(),
            approvals: authority.settings().approvals,
            operators,
        })
    }

    /// The rules of an authority that is being made.
    #[must_use]
    pub fn founding(settings: &Settings, operators: &[Certificate]) -> Self {
        Self {
            settings: sha256(settings.to_text().as_bytes()),
            approvals: settings.approvals,
            operators: operators.iter().map(Certificate::to_pem).collect(),
        }
    }

    /// The operators' certificates.
    ///
    /// # Errors
    /// [`Problem::Approval`] for one that cannot be read.
    pub fn operators(&self) -> Result<Vec<Certificate>, Error> {
        let read = self.operators.iter().map(|pem| Certificate::from_pem(pem));
        read.collect::<Result<_, _>>().map_err(|error| {
            Error::from(Problem::Approval {
                what: format!("an operator's certificate: {error}"),
            })
        })
    }

    /// SHA-256 of each operator's certificate, for a plan.
    ///
    /// # Errors
    /// As [`operators`](Self::operators).
    pub fn fingerprints(&self) -> Result<String, Error> {
        let hashes: Vec<String> = self
            .operators()?
            .iter()
            .map(|operator| hex::encode(operator.fingerprint()))
            .collect();
        Ok(hashes.join(","))
    }

    fn changed_since(&self, former: &Self) -> Option<String> {
        let mut changes = Vec::new();
        if self.approvals != former.approvals {
            changes.push(format!(
                "approvals: {} before, {} now",
                former.approvals, self.approvals
            ));
        }
        if self.operators != former.operators {
            let (before, now) = (former.operators.len(), self.operators.len());
            changes.push(match before == now {
                true => "other operators' certificates".to_owned(),
                false => format!("operators: {before} before, {now} now"),
            });
        }
        if changes.is_empty() && self.settings != former.settings {
            changes.push("authority.toml has another content".to_owned());
        }
        (!changes.is_empty()).then(|| changes.join("; "))
    }
}

/// What happens when the rules are no more those of the last ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangedRules {
    /// Nothing is signed.
    Refuse,
    /// It goes on, by leave of those who had to approve before.
    Allow,
}

/// Whose leave a ceremony needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leave {
    /// The rules to judge approvals by.
    pub rules: Rules,
    /// What changed since the last ceremony, where something did.
    pub changed: Option<String>,
}

/// What was done: who, what, with which inputs and outputs, when, after what. Signed with the key that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// `antin.ceremony/1`.
    pub schema: String,
    /// The number of the ceremony, from 1.
    pub number: u32,
    /// SHA-256 of the record before, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
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
    /// Who had to, from now on.
    pub rules: Rules,
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

    /// Reads the content of a record.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(content: &[u8]) -> Result<Self, String> {
        let read: Self = serde_json::from_slice(content).map_err(|error| error.to_string())?;
        match read.schema == TRANSCRIPT_SCHEMA && read.plan_sha256 == read.plan.sha256() {
            true => Ok(read),
            false => Err(format!(
                "not of the form {TRANSCRIPT_SCHEMA}, or not of its own plan"
            )),
        }
    }
}

/// The records of an authority, read and found to be one chain that ends in a signature of the authority's.
#[derive(Clone, Debug, Default)]
pub struct History {
    folder: PathBuf,
    count: u32,
    last_sha256: Option<String>,
    used: BTreeSet<String>,
    last: Option<Transcript>,
    last_of: BTreeMap<String, Transcript>,
}

impl History {
    /// The history of an authority that is being made in a folder: none.
    #[must_use]
    pub fn none(folder: &Path) -> Self {
        Self {
            folder: folder.join(FOLDER),
            ..Self::default()
        }
    }

    /// Reads the records of an authority. Every signature is verified: by a certificate of the authority itself, or, for the
    /// making of lists under unchanged rules, by a signer of lists whom the authority certified.
    ///
    /// # Errors
    /// [`Problem::Records`] for a record that is missing in between, cannot be read, does not follow its predecessor, or
    /// that nobody signed who may; [`Error::Io`]; as [`Authority::entries`].
    pub fn load(authority: &Authority) -> Result<Self, Error> {
        let mut history = Self::none(authority.folder());
        let numbers = numbers_of(&history.folder, "p7")?;
        if numbers.len() > MAX_RECORDS {
            return Err(history.wrong(1, format!("more than {MAX_RECORDS} records")));
        }
        if numbers.is_empty() {
            return Ok(history);
        }
        let signers = Signers::of(authority)?;
        for (number, found) in (1..).zip(numbers) {
            if number != found {
                return Err(history.wrong(number, "missing".to_owned()));
            }
            let bytes = read_bounded(&history.path(number), MAX_RECORD_BYTES)?;
            history.add(number, &bytes, &signers)?;
        }
        Ok(history)
    }

    fn add(&mut self, number: u32, bytes: &[u8], signers: &Signers) -> Result<(), Error> {
        let wrong = |what: String| self.wrong(number, what);
        let (content, of_lists) = signers.open(bytes).map_err(wrong)?;
        let read = Transcript::parse(&content).map_err(wrong)?;
        if read.number != number || read.previous != self.last_sha256 {
            return Err(self.wrong(number, "does not follow the record before".to_owned()));
        }
        let rules = self.last.as_ref().map(|last| &last.rules);
        if of_lists && (!LIST_ACTIONS.contains(&read.plan.action.as_str()) || rules != Some(&read.rules)) {
            return Err(self.wrong(number, "a signer of lists cannot vouch for this".to_owned()));
        }
        self.count = number;
        self.last_sha256 = Some(sha256(bytes));
        self.used.insert(read.plan_sha256.clone());
        self.last_of.insert(read.plan.action.clone(), read.clone());
        self.last = Some(read);
        Ok(())
    }

    fn wrong(&self, number: u32, what: String) -> Error {
        Error::from(Problem::Records {
            path: self.path(number),
            what,
        })
    }

    fn path(&self, number: u32) -> PathBuf {
        self.folder.join(format!("{number:06}.p7"))
    }

    /// The number of the next ceremony.
    #[must_use]
    pub const fn next_number(&self) -> u32 {
        self.count.saturating_add(1)
    }

    /// Where its record goes.
    #[must_use]
    pub fn next_path(&self) -> PathBuf {
        self.path(self.next_number())
    }

    /// SHA-256 of the last record, in hex.
    #[must_use]
    pub fn last_sha256(&self) -> Option<&str> {
        self.last_sha256.as_deref()
    }

    /// The last ceremony of a command.
    #[must_use]
    pub fn last_of(&self, action: &str) -> Option<&Transcript> {
        self.last_of.get(action)
    }

    /// Refuses a plan that was carried out before.
    ///
    /// # Errors
    /// [`Problem::PlanUsed`].
    pub fn is_new(&self, plan: &Plan) -> Result<(), Error> {
        let sha256 = plan.sha256();
        match self.used.contains(&sha256) {
            true => Err(Error::from(Problem::PlanUsed { sha256 })),
            false => Ok(()),
        }
    }

    /// Whose leave the next ceremony needs, by the rules that lie in the folder now and those of the last ceremony. Where
    /// they differ, and that is allowed, those who had to approve before must approve the change; nobody had to, those who
    /// have to from now on. A ceremony that a signer of lists alone may sign changes no rules.
    ///
    /// # Errors
    /// [`Problem::RulesChanged`].
    pub fn leave(&self, action: &str, now: &Rules, changed: ChangedRules) -> Result<Leave, Error> {
        let (former, what) = match &self.last {
            Some(last) => (&last.rules, now.changed_since(&last.rules)),
            None => (now, Some("no record of any ceremony is left".to_owned())),
        };
        let Some(what) = what else {
            return Ok(Leave {
                rules: now.clone(),
                changed: None,
            });
        };
        if changed == ChangedRules::Refuse {
            return Err(Error::from(Problem::RulesChanged { what }));
        }
        if LIST_ACTIONS.contains(&action) {
            let what =
                format!("{what}; change it with crl make --allow-changed-settings, then make the list");
            return Err(Error::from(Problem::RulesChanged { what }));
        }
        let rules = match former.approvals {
            0 => now,
            _ => former,
        };
        Ok(Leave {
            rules: rules.clone(),
            changed: Some(what),
        })
    }
}

/// Whose signatures records may bear. What merely lies in the folder vouches for nothing.
struct Signers {
    authorities: Vec<Certificate>,
    of_lists: Vec<Certificate>,
}

impl Signers {
    fn of(authority: &Authority) -> Result<Self, Error> {
        let certificates = |shelf| {
            let entries = authority.entries(shelf)?.into_iter();
            Ok::<_, Error>(entries.map(|entry| entry.certificate).collect::<Vec<_>>())
        };
        let authorities = certificates(Shelf::Csca)?;
        let mut of_lists = Vec::new();
        for shelf in [Shelf::Ml, Shelf::Dl, Shelf::Dfl] {
            of_lists.extend(certificates(shelf)?.into_iter().filter(|signer| {
                signer.signs_lists()
                    && authorities
                        .iter()
                        .any(|csca| signer.verify_signed_by(csca, &PureRust).is_ok())
            }));
        }
        Ok(Self {
            authorities,
            of_lists,
        })
    }

    /// The content of a record, and whether a signer of lists signed it.
    fn open(&self, bytes: &[u8]) -> Result<(Vec<u8>, bool), String> {
        let by = |certificates| open_content(WHAT, bytes, &ID_DATA, certificates);
        match by(&self.authorities) {
            Ok((content, _)) => Ok((content, false)),
            Err(error) => match by(&self.of_lists) {
                Ok((content, _)) => Ok((content, true)),
                Err(_) => Err(error.to_string()),
            },
        }
    }
}

/// Keeps other ceremonies out of an authority's folder for as long as it lives.
#[derive(Debug)]
pub struct FolderLock(#[expect(dead_code, reason = "closing it unlocks the folder")] File);

impl FolderLock {
    /// Takes the folder, if nobody has it.
    ///
    /// # Errors
    /// [`Problem::InUse`], [`Error::Io`].
    pub fn take(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("ceremonies.lock");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(Error::io("lock", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(Error::from(Problem::InUse {
                path: folder.to_owned(),
            })),
            Err(TryLockError::Error(error)) => Err(Error::io("lock", &path)(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRL: &str = "crl make";

    fn rules(approvals: u8) -> Rules {
        Rules {
            settings: "00".to_owned(),
            approvals,
            operators: Vec::new(),
        }
    }

    fn transcript(rules: Rules) -> Transcript {
        let plan = Plan::new("crl make");
        Transcript {
            schema: TRANSCRIPT_SCHEMA.to_owned(),
            number: 1,
            previous: None,
            tool: "antin".to_owned(),
            operator: "Mai".to_owned(),
            at: UnixTime(0),
            plan_sha256: plan.sha256(),
            plan,
            approvals: Vec::new(),
            rules,
            outputs: Vec::new(),
        }
    }

    fn after(rules: Rules) -> History {
        History {
            last: Some(transcript(rules)),
            ..History::none(Path::new("authority"))
        }
    }

    #[test]
    fn a_change_of_the_rules_needs_leave_of_those_who_had_to_approve_before() {
        let history = after(rules(2));
        let same = history
            .leave(CRL, &rules(2), ChangedRules::Refuse)
            .expect("the same");
        assert_eq!((same.rules.approvals, same.changed), (2, None));
        let refused = history.leave(CRL, &rules(0), ChangedRules::Refuse).unwrap_err();
        assert!(
            refused.to_string().contains("approvals: 2 before, 0 now"),
            "{refused}"
        );
        let allowed = history
            .leave(CRL, &rules(0), ChangedRules::Allow)
            .expect("allowed");
        assert_eq!(allowed.rules.approvals, 2);
        let by_lists = history
            .leave("ml make", &rules(0), ChangedRules::Allow)
            .unwrap_err();
        assert!(by_lists.to_string().contains("crl make"), "{by_lists}");
        let stricter = after(rules(0))
            .leave(CRL, &rules(1), ChangedRules::Allow)
            .expect("allowed");
        assert_eq!(stricter.rules.approvals, 1);
    }

    #[test]
    fn without_any_record_the_rules_are_not_believed_silently() {
        let history = History::none(Path::new("authority"));
        assert!(history.leave(CRL, &rules(0), ChangedRules::Refuse).is_err());
        assert!(
            history
                .leave(CRL, &rules(0), ChangedRules::Allow)
                .expect("allowed")
                .changed
                .is_some()
        );
    }

    #[test]
    fn a_record_of_another_plan_or_form_is_none() {
        let good = transcript(rules(0));
        let text = serde_json::to_string(&good).expect("text");
        assert_eq!(Transcript::parse(text.as_bytes()), Ok(good));
        for (old, new) in [
            ("ceremony/1", "ceremony/2"),
            ("crl make", "crl fake"),
            ("\"tool\"", "\"tools\""),
        ] {
            assert!(
                Transcript::parse(text.replace(old, new).as_bytes()).is_err(),
                "{new}"
            );
        }
    }

    #[test]
    fn one_ceremony_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = FolderLock::take(folder.path()).expect("nobody has it");
        let second = FolderLock::take(folder.path()).unwrap_err();
        assert!(matches!(second, Error::Authority(Problem::InUse { .. })));
        drop(first);
        FolderLock::take(folder.path()).expect("nobody has it any more");
    }
}
