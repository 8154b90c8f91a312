//! EF.CardAccess, which anybody could alter on the way, against the signed DG14.

use antin_lds::{ElementaryFile, SecurityInfo, SecurityInfos};
use antin_wire::oids::{ID_PACE_ECDH_CAM, ID_PT};

use super::content::Content;
use crate::card_security;
use crate::checks::{Check, CheckId, CheckResult, Reason};
use crate::session::{Access, AccessMethod, FileState, ReadFiles};

/// What stands open in EF.CardAccess, against what DG14 and EF.CardSecurity repeat under a signature.
pub(super) fn card_access(content: &Content, files: &ReadFiles) -> Check {
    let check = against_dg14(content, files);
    if check.result == CheckResult::Failed {
        return check;
    }
    match missing_in_card_security(content, files) {
        None => check,
        Some(missing) => mismatch(format!("EF.CardSecurity lacks {missing}")),
    }
}

/// ICAO 9303-10 §3.11.4: EF.CardSecurity contains everything that EF.CardAccess does, and a key for chip authentication
/// mapping; TR-03110-3 §A.1.2.2 leaves out what is for privileged terminals. Whether its signature holds is judged elsewhere: without it nothing is believed.
fn missing_in_card_security(content: &Content, files: &ReadFiles) -> Option<String> {
    let open = content.card_access.as_ref()?.infos();
    let file = card_security::parse(files.bytes(ElementaryFile::CardSecurity)?).ok()?;
    let signed = SecurityInfos::parse(file.content()?).ok()?;
    let lacking = open
        .iter()
        .filter(|info| info.oid() != ID_PT)
        .find(|info| !holds(&signed, info));
    if let Some(info) = lacking {
        return Some(described(info));
    }
    let mapped = open
        .iter()
        .any(|info| is_pace(info) && info.oid().parent() == Some(ID_PACE_ECDH_CAM));
    let has_key = signed
        .iter()
        .any(|info| matches!(info, SecurityInfo::ChipAuthenticationPublicKey { .. }));
    (mapped && !has_key).then(|| "a key for the mapping".to_owned())
}

/// ICAO 9303-11 §9.2.11: DG14 repeats the PACE entries of EF.CardAccess under the signature.
fn against_dg14(content: &Content, files: &ReadFiles) -> Check {
    const ID: CheckId = CheckId::CardAccess;
    let signed = content.dg14.as_ref().map(|dg14| dg14.infos());
    let signed_pace = signed.is_some_and(|infos| infos.iter().any(is_pace));
    let Some(open) = &content.card_access else {
        return unread(files.state(ElementaryFile::CardAccess), signed_pace);
    };
    let Some(signed) = signed else {
        return Check::undetermined(ID, Reason::FileNotRead).subject("DG14");
    };
    if !signed_pace {
        return Check::successful(ID).remark("DG14 lists no PACE");
    }
    let open = open.infos();
    if let Some(missing) = signed
        .iter()
        .filter(|info| is_pace(info))
        .find(|info| !holds(open, info))
    {
        return mismatch(format!("EF.CardAccess lacks {}", described(missing)));
    }
    if let Some(foreign) = open
        .iter()
        .filter(|info| is_pace(info))
        .find(|info| !holds(signed, info))
    {
        return mismatch(format!("DG14 lacks {}", described(foreign)));
    }
    if let Some(changed) = open
        .iter()
        .find(|info| !holds(signed, info) && same_protocol(signed, info))
    {
        return mismatch(format!("DG14 states {} otherwise", described(changed)));
    }
    match open.iter().find(|info| !holds(signed, info)) {
        Some(extra) => Check::successful(ID).remark(format!("{} is not in DG14", described(extra))),
        None => Check::successful(ID),
    }
}

/// How the chip was opened. A chip that hides its EF.CardAccess is opened by BAC as if it knew nothing better; the signed
/// DG14 tells.
pub(super) fn told(access: &Access, content: &Content) -> Access {
    let signed = content.dg14.as_ref().map(|dg14| dg14.infos());
    let knows_pace = signed.is_some_and(|infos| infos.iter().any(is_pace));
    Access {
        downgrade: access.downgrade || (access.method == AccessMethod::Bac && knows_pace),
        ..access.clone()
    }
}

fn unread(state: Option<&FileState>, signed_pace: bool) -> Check {
    const ID: CheckId = CheckId::CardAccess;
    match state {
        Some(FileState::Lost) => Check::aborted(ID),
        Some(FileState::Read(_) | FileState::Malformed { .. }) => Check::undetermined(ID, Reason::Malformed),
        Some(FileState::Refused(_)) if signed_pace => Check::undetermined(ID, Reason::AccessRightsMissing),
        Some(FileState::Missing(_)) if signed_pace => Check::undetermined(ID, Reason::FileMissing),
        None if signed_pace => Check::undetermined(ID, Reason::FileNotRead),
        Some(FileState::Refused(_) | FileState::Missing(_)) | None => {
            Check::not_supported(ID, Reason::NotOffered)
        }
    }
}

fn mismatch(evidence: String) -> Check {
    Check::failed(CheckId::CardAccess, Reason::CardAccessMismatch).evidence(evidence)
}

fn is_pace(info: &SecurityInfo) -> bool {
    matches!(info, SecurityInfo::Pace { .. })
}

fn holds(infos: &SecurityInfos, wanted: &SecurityInfo) -> bool {
    infos.iter().any(|info| info == wanted)
}

fn same_protocol(infos: &SecurityInfos, wanted: &SecurityInfo) -> bool {
    infos.iter().any(|info| info.oid() == wanted.oid())
}

fn described(info: &SecurityInfo) -> String {
    crate::signature::described(&info.oid())
}
