//! Import: what a file holds becomes entries, each with who vouches for it.
//!
//! | object | is taken when |
//! |---|---|
//! | master list | its signature is traced to a pinned root; then it vouches for what it names |
//! | CSCA in a file of its own | the operator gives it; its own signature must hold |
//! | link certificate | it names an authority; it becomes no anchor by itself |
//! | document signer, CRL | a CSCA or link of the store signed it |
//! | deviation list | its signer is traced to a CSCA of the store or a pinned root, and it speaks for that country |
//! | defect list | its signer is traced to a pinned root |
//!
//! Everything that one command gives is judged against the store before any of it is stored.

mod key;
mod lists;
mod order;
mod report;
mod signatures;
mod take;
mod word;

use std::path::{Path, PathBuf};

use antin_trust::{Certificate, UnixTime};

use super::disk::TrustFolder;
use super::input::{self, Gathered, Input, Shape};
use super::limits::MAX_NAME_LETTERS;
use super::model::{Contents, Fingerprint, Format, Realm};
use super::problem::TrustProblem;
use crate::error::Error;
use crate::store::atomic::read_bounded;

pub use report::{EntryRow, FileRow, ImportReport, Note, NoteCode, SCHEMA, SkipReason, Skipped, VerifiedBy};

use take::Taking;

/// A dangerous thing that an operator insists on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Force {
    /// A list whose signature does not hold, or was not made under a root.
    UnverifiedList,
    /// A list older than one that was imported before.
    OlderList,
    /// Authorities that stand in a collection of a directory, where no signed list names them.
    CollectionAnchors,
}

impl Force {
    /// The option of the command line, which is recorded.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnverifiedList => "--allow-unverified-list",
            Self::OlderList => "--allow-older-list",
            Self::CollectionAnchors => "--allow-collection-anchors",
        }
    }
}

/// How to import.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// Who does it, such as `lan@counter-1`.
    pub by: String,
    /// Now.
    pub at: UnixTime,
    /// Whether the entries speak for real documents.
    pub realm: Realm,
    /// Certificates that vouch for signed lists.
    pub roots: Vec<Certificate>,
    /// The files that roots came from, as far as they came from files.
    pub(super) root_files: Vec<RootFile>,
    /// What the operator insists on.
    pub force: Vec<Force>,
}

impl ImportOptions {
    /// An import into the live entries, without roots, by this person at this time.
    #[must_use]
    pub fn new(by: impl Into<String>, at: UnixTime) -> Self {
        Self {
            by: by.into(),
            at,
            realm: Realm::Live,
            roots: Vec::new(),
            root_files: Vec::new(),
            force: Vec::new(),
        }
    }
}

/// The file that a root came from.
#[derive(Clone, Debug)]
pub(super) struct RootFile {
    /// SHA-256 over the certificate.
    certificate: Fingerprint,
    name: String,
    /// SHA-256 over the file.
    sha256: Fingerprint,
    bytes: u64,
    format: Format,
}

impl ImportOptions {
    /// Adds the certificate of a root, and remembers which file it came from.
    ///
    /// # Errors
    /// As [`load_root`].
    pub fn add_root_file(&mut self, path: &Path) -> Result<(), Error> {
        let (root, bytes) = read_root(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        self.root_files.push(RootFile {
            certificate: root.fingerprint().into(),
            name: name.chars().take(MAX_NAME_LETTERS).collect(),
            sha256: Fingerprint::of(&bytes),
            bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            format: match bytes.first() {
                Some(0x30) => Format::Der,
                _ => Format::Pem,
            },
        });
        self.roots.push(root);
        Ok(())
    }
}

/// Reads the certificate of a root: one country signing authority, PEM or DER.
///
/// # Errors
/// [`TrustProblem::NotARoot`], or what the file system says.
pub fn load_root(path: &Path) -> Result<Certificate, Error> {
    Ok(read_root(path)?.0)
}

fn read_root(path: &Path) -> Result<(Certificate, Vec<u8>), Error> {
    let not_a_root = || TrustProblem::NotARoot {
        path: path.to_owned(),
    };
    let bytes = read_bounded(path, MAX_ROOT_BYTES)?;
    let root = Certificate::from_bytes(&bytes).map_err(|_| not_a_root())?;
    match root.is_ca() && root.public_key().is_ok() {
        true => Ok((root, bytes)),
        false => Err(not_a_root().into()),
    }
}

const MAX_ROOT_BYTES: u64 = 1 << 20;

/// Imports files and folders into a store, all of it or nothing.
///
/// # Errors
/// [`TrustProblem`] says why nothing was taken; the store is as before.
pub fn import(
    store: &TrustFolder,
    paths: &[PathBuf],
    options: &ImportOptions,
) -> Result<ImportReport, Error> {
    let mut gathered = Gathered::default();
    for path in paths {
        let mut found = input::gather(path)?;
        gathered.inputs.append(&mut found.inputs);
        gathered.strangers.append(&mut found.strangers);
    }
    store.update(|contents| judge(contents, &gathered, options))
}

/// Judges what was gathered, and changes the contents accordingly.
fn judge(
    contents: &mut Contents,
    gathered: &Gathered,
    options: &ImportOptions,
) -> Result<ImportReport, Error> {
    let alone = matches!(gathered.inputs.as_slice(), [input] if input.objects.len() == 1);
    let before = contents.clone();
    let mut taking = Taking::new(contents, options);
    for (path, looks) in &gathered.strangers {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        taking.skip(&name, 0, None, SkipReason::Stranger, looks.to_string());
    }
    for input in &gathered.inputs {
        for (index, why) in &input.skipped {
            taking.skip(&input.name, *index, None, SkipReason::Unreadable, why.clone());
        }
    }
    // Authorities first: what comes later is judged by them, in whatever order the files were given.
    for input in &gathered.inputs {
        for object in of_shape(input, Shape::MasterList) {
            let taken = lists::master_list(&mut taking, input, object);
            settle(taken, alone, &mut taking, input, object.index)?;
        }
    }
    order::x509(&mut taking, &gathered.inputs);
    for input in &gathered.inputs {
        for object in &input.objects {
            let taken = match object.shape {
                Shape::DefectList => lists::defect_list(&mut taking, input, object),
                Shape::DeviationList => lists::deviation_list(&mut taking, input, object),
                Shape::X509 | Shape::MasterList => continue,
            };
            settle(taken, alone, &mut taking, input, object.index)?;
        }
    }
    let mut report = taking.finish();
    if report.certificates + report.crls + report.lists == 0 {
        let path = gathered.inputs.first().map(|input| input.path.clone());
        let reasons = report.skipped_objects.iter().take(MAX_REASONS);
        return Err(TrustProblem::NothingTaken {
            path: path.unwrap_or_default(),
            reasons: reasons
                .map(|skipped| format!("{}: {}", skipped.reason.as_str(), skipped.detail))
                .collect(),
        }
        .into());
    }
    report.generation = before.generation + u64::from(*contents != before);
    Ok(report)
}

const MAX_REASONS: usize = 10;

fn of_shape(input: &Input, shape: Shape) -> impl Iterator<Item = &input::Object> {
    input.objects.iter().filter(move |object| object.shape == shape)
}

/// A list that stands alone is refused aloud; one of many is named and the others are taken.
fn settle(
    taken: Result<(), Error>,
    alone: bool,
    taking: &mut Taking<'_>,
    input: &Input,
    index: u32,
) -> Result<(), Error> {
    match taken {
        Err(Error::TrustStore(problem)) if !alone => {
            let reason = match *problem {
                TrustProblem::Older { .. } => SkipReason::Older,
                TrustProblem::NotForTrust { .. } => SkipReason::Unreadable,
                _ => SkipReason::ListRefused,
            };
            let detail = problem.to_string();
            let path = format!("{}: ", input.path.display());
            let detail = detail.strip_prefix(&path).unwrap_or(&detail).to_owned();
            taking.skip(&input.name, index, None, reason, detail);
            Ok(())
        }
        other => other,
    }
}

/// The fingerprint of a certificate.
fn fingerprint(certificate: &Certificate) -> Fingerprint {
    certificate.fingerprint().into()
}

#[cfg(test)]
mod tests;
