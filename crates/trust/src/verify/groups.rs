//! The hashes that EF.SOD lists against the files that were read.

use std::collections::BTreeSet;

use antin_crypto::Hash;
use antin_lds::{DataGroup, ElementaryFile, LdsSecurityObject};

use super::content::Content;
use super::inventory::Inventory;
use super::rows::Rows;
use crate::checks::{Check, CheckId, CheckResult, Reason};
use crate::session::{FileState, ReadFiles};
use crate::signature;

/// The data groups that are read only by terminals with further rights.
const WITH_FURTHER_RIGHTS: [DataGroup; 2] = [DataGroup::DG3, DataGroup::DG4];

/// Adds a row for every data group that EF.SOD lists, and one for each that was read and is not listed.
pub(super) fn hashes(list: &LdsSecurityObject, files: &ReadFiles, inventory: &Inventory, rows: &mut Rows) {
    let algorithm = list.hash_algorithm();
    let hash = Hash::from_oid(&algorithm);
    for (number, expected) in list.hashes() {
        let Some(group) = DataGroup::new(*number) else {
            continue;
        };
        let file = ElementaryFile::DataGroup(group);
        let check = match hash {
            None => Check::undetermined(CheckId::DgHash, signature::unknown_reason(&algorithm))
                .evidence(signature::described(&algorithm)),
            Some(hash) => compare(file, expected, hash, files, inventory),
        };
        let open = check.result == CheckResult::Undetermined;
        let waived = open && hash.is_some() && WITH_FURTHER_RIGHTS.contains(&group);
        let check = check.subject(super::name(file));
        if waived {
            rows.push_waived(check)
        } else {
            rows.push(check)
        }
    }
    for (file, _) in files
        .iter()
        .filter(|(_, state)| matches!(state, FileState::Read(_)))
    {
        let listed = |number| list.hashes().iter().any(|(known, _)| *known == number);
        if file.number().is_some_and(|number| !listed(number)) {
            rows.push_waived(
                Check::undetermined(CheckId::DgHash, Reason::NotListed).subject(super::name(file)),
            );
        }
    }
}

fn compare(
    file: ElementaryFile,
    expected: &[u8],
    hash: Hash,
    files: &ReadFiles,
    inventory: &Inventory,
) -> Check {
    const ID: CheckId = CheckId::DgHash;
    match files.state(file) {
        Some(FileState::Read(bytes)) => {
            let known = inventory.sha256(file).filter(|_| hash == Hash::Sha256);
            let matches = match known {
                Some(known) => known == expected,
                None => hash.digest(bytes) == expected,
            };
            if matches {
                Check::successful(ID).evidence(hash.name())
            } else {
                let expected = format!(
                    "{} {} expected",
                    hash.name(),
                    crate::hexadecimal::encode(expected)
                );
                Check::failed(ID, Reason::HashMismatch).evidence(expected)
            }
        }
        Some(FileState::Refused(status)) => {
            Check::undetermined(ID, Reason::AccessRightsMissing).evidence(status.to_string())
        }
        Some(FileState::Missing(status)) => {
            Check::failed(ID, Reason::FileMissing).evidence(status.to_string())
        }
        Some(FileState::Malformed { what }) => Check::failed(ID, Reason::FileMalformed).evidence(*what),
        Some(FileState::Lost) => Check::aborted(ID),
        None => Check::undetermined(ID, Reason::FileNotRead),
    }
}

/// EF.SOD decides what the chip holds; EF.COM, which is not signed, must say the same.
pub(super) fn com(list: Option<&LdsSecurityObject>, content: &Content, files: &ReadFiles, rows: &mut Rows) {
    rows.push(com_row(list, content, files));
}

fn com_row(list: Option<&LdsSecurityObject>, content: &Content, files: &ReadFiles) -> Check {
    const ID: CheckId = CheckId::ComSod;
    let com = match (&content.com, files.state(ElementaryFile::Com)) {
        (Some(com), _) => com,
        (None, None) => return Check::not_supported(ID, Reason::FileNotRead),
        (None, Some(FileState::Missing(_))) => return Check::not_supported(ID, Reason::FileMissing),
        (None, Some(FileState::Lost)) => return Check::aborted(ID),
        (None, Some(FileState::Refused(_))) => return Check::undetermined(ID, Reason::AccessRightsMissing),
        (None, Some(FileState::Read(_) | FileState::Malformed { .. })) => {
            return Check::undetermined(ID, Reason::Malformed);
        }
    };
    let Some(list) = list else {
        return Check::undetermined(ID, Reason::FileNotRead);
    };
    let announced: BTreeSet<DataGroup> = com.data_groups().collect();
    let signed: BTreeSet<DataGroup> = list.data_groups().collect();
    if announced != signed {
        return Check::failed(ID, Reason::ComMismatch).evidence(difference(&announced, &signed));
    }
    // Version 1 of the list repeats the versions of EF.COM under the signature.
    match list.lds_version() {
        Some(versions)
            if versions.lds_version != com.lds_version()
                || versions.unicode_version != com.unicode_version() =>
        {
            Check::failed(ID, Reason::ComMismatch).evidence("versions")
        }
        _ => Check::successful(ID),
    }
}

fn difference(announced: &BTreeSet<DataGroup>, signed: &BTreeSet<DataGroup>) -> String {
    let names = |groups: Vec<&DataGroup>| {
        groups
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let lacks = names(signed.difference(announced).collect());
    let adds = names(announced.difference(signed).collect());
    match (lacks.is_empty(), adds.is_empty()) {
        (false, true) => format!("EF.COM lacks {lacks}"),
        (true, _) => format!("EF.COM adds {adds}"),
        (false, false) => format!("EF.COM lacks {lacks} and adds {adds}"),
    }
}
