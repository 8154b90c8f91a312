//! The files that were read, each hashed once, and what became of the others.

use antin_crypto::Hash;
use antin_lds::{DataGroup, ElementaryFile, LdsSecurityObject};

use super::rows::Rows;
use crate::checks::{Check, CheckId, CheckResult, Reason};
use crate::report::FileEntry;
use crate::session::{FileState, ReadFiles};

/// SHA-256 of every file that was read.
pub(super) struct Inventory {
    files: Vec<(ElementaryFile, usize, Vec<u8>)>,
}

impl Inventory {
    pub(super) fn of(files: &ReadFiles) -> Self {
        let read = files.iter().filter_map(|(file, state)| match state {
            FileState::Read(bytes) => Some((file, bytes.len(), Hash::Sha256.digest(bytes))),
            FileState::Refused(_) | FileState::Missing(_) | FileState::Malformed { .. } | FileState::Lost => {
                None
            }
        });
        Self {
            files: read.collect(),
        }
    }

    pub(super) fn sha256(&self, file: ElementaryFile) -> Option<&[u8]> {
        self.files
            .iter()
            .find(|(known, _, _)| *known == file)
            .map(|(_, _, hash)| hash.as_slice())
    }

    /// The entries of the report; a file is protected when its hash is under a good signature.
    pub(super) fn entries(&self, rows: &Rows, sod_signed: bool) -> Vec<FileEntry> {
        let entry = |(file, bytes, sha256): &(ElementaryFile, usize, Vec<u8>)| FileEntry {
            name: super::name(*file).to_owned(),
            bytes: *bytes,
            sha256: crate::hexadecimal::encode(sha256),
            protected_by: protection(*file, rows, sod_signed),
        };
        self.files.iter().map(entry).collect()
    }
}

fn protection(file: ElementaryFile, rows: &Rows, sod_signed: bool) -> Option<String> {
    if !sod_signed {
        return None;
    }
    if file == ElementaryFile::Sod {
        return Some("signature".to_owned());
    }
    let name = super::name(file);
    let hashed = rows
        .of(CheckId::DgHash)
        .any(|check| check.result == CheckResult::Successful && check.subject.as_deref() == Some(name));
    hashed.then(|| "EF.SOD".to_owned())
}

/// Adds a row for every file that somebody tried to read, unless the reader made one itself.
pub(super) fn file_rows(files: &ReadFiles, list: Option<&LdsSecurityObject>, rows: &mut Rows) {
    for (file, state) in files.iter() {
        let name = super::name(file);
        if rows.has(CheckId::FileRead, Some(name)) {
            continue;
        }
        let expected = match file {
            ElementaryFile::Sod => true,
            ElementaryFile::Com
            | ElementaryFile::CardAccess
            | ElementaryFile::CardSecurity
            | ElementaryFile::AtrInfo
            | ElementaryFile::Dir
            | ElementaryFile::Cvca => false,
            ElementaryFile::DataGroup(group) => is_listed(list, group),
        };
        let check = match state {
            FileState::Read(bytes) if ends_early(file, bytes) => {
                Check::failed(CheckId::FileRead, Reason::FileMalformed).evidence("it ends before its length")
            }
            _ => file_row(state, expected),
        };
        let check = check.subject(name);
        let waived = check.result != CheckResult::Failed
            && check.result != CheckResult::Aborted
            && (!expected || matches!(file, ElementaryFile::DataGroup(DataGroup::DG3 | DataGroup::DG4)));
        if waived {
            rows.push_waived(check)
        } else {
            rows.push(check)
        }
    }
}

/// Whether a data group is shorter than its first object says. Other files are judged with what they hold.
fn ends_early(file: ElementaryFile, bytes: &[u8]) -> bool {
    let stated = antin_wire::tlv::object_length(bytes);
    matches!(file, ElementaryFile::DataGroup(_)) && matches!(stated, Ok(Some(length)) if length > bytes.len())
}

fn file_row(state: &FileState, expected: bool) -> Check {
    const ID: CheckId = CheckId::FileRead;
    match state {
        FileState::Read(_) => Check::successful(ID),
        FileState::Refused(status) => {
            Check::undetermined(ID, Reason::AccessRightsMissing).evidence(status.to_string())
        }
        FileState::Missing(status) if expected => {
            Check::failed(ID, Reason::FileMissing).evidence(status.to_string())
        }
        FileState::Missing(status) => {
            Check::not_supported(ID, Reason::NotOffered).evidence(status.to_string())
        }
        FileState::Malformed { what } => Check::failed(ID, Reason::FileMalformed).evidence(*what),
        FileState::Lost => Check::aborted(ID),
    }
}

fn is_listed(list: Option<&LdsSecurityObject>, group: DataGroup) -> bool {
    list.is_some_and(|list| list.hash(group).is_some())
}
