//! What the chip's own proofs are worth: they count only with a key that the issuer signed.

use antin_lds::{DataGroup, ElementaryFile, LdsSecurityObject, SecurityInfo, SecurityInfos};

use super::content::Content;
use super::rows::Rows;
use super::signer::Signer;
use crate::checks::{Check, CheckId, CheckResult, Reason};
use crate::session::SessionFacts;

/// What the signed list says of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Offer {
    /// The document offers it.
    Made,
    /// The document does not offer it.
    None,
    /// The file that would tell was not read, or there is no signed list.
    Unknown,
}

/// Adds a row for each chip proof; `mapped` is the one on chip authentication mapping, where EF.CardSecurity decided it.
pub(super) fn proofs(
    session: &SessionFacts,
    content: &Content,
    list: Option<&LdsSecurityObject>,
    signer: &Signer<'_>,
    mapped: Option<Check>,
    rows: &mut Rows,
) {
    for id in [
        CheckId::ChipAuthentication,
        CheckId::ActiveAuthentication,
        CheckId::PaceCam,
    ] {
        if let (CheckId::PaceCam, Some(check)) = (id, &mapped) {
            rows.push(counted(check, rows, signer));
            continue;
        }
        let performed = session.chip_proofs.iter().find(|check| check.id == id);
        let check = match (offer(id, content, list), performed) {
            (offer, None) => unperformed(id, offer),
            (Offer::Made, Some(check)) => counted(check, rows, signer),
            (Offer::None, Some(check)) => unlisted(check),
            (Offer::Unknown, Some(check)) => counted(check, rows, signer),
        };
        rows.push(check);
    }
}

/// Which file holds the key.
fn key_file(id: CheckId) -> Option<DataGroup> {
    match id {
        // Without EF.CardSecurity the mapping is held against the keys of DG14, which EF.SOD signs.
        CheckId::ChipAuthentication | CheckId::PaceCam => Some(DataGroup::DG14),
        CheckId::ActiveAuthentication => Some(DataGroup::DG15),
        _ => None,
    }
}

fn offer(id: CheckId, content: &Content, list: Option<&LdsSecurityObject>) -> Offer {
    let Some(list) = list else { return Offer::Unknown };
    let listed = |group| list.hash(group).is_some();
    let infos = content.dg14.as_ref().map(|dg14| dg14.infos());
    match id {
        CheckId::ActiveAuthentication if listed(DataGroup::DG15) => Offer::Made,
        CheckId::ChipAuthentication if listed(DataGroup::DG14) => {
            // Beside the mapping a key without a protocol is the key of the mapping; early chips had neither.
            let mapped =
                infos.is_some_and(|infos| infos.iter().any(SecurityInfo::is_chip_authentication_mapping));
            in_dg14(infos, |info| match info {
                SecurityInfo::ChipAuthentication { .. } => true,
                SecurityInfo::ChipAuthenticationPublicKey { .. } => !mapped,
                _ => false,
            })
        }
        CheckId::PaceCam => {
            let announced = content
                .card_access
                .as_ref()
                .map(|file| file.infos())
                .into_iter()
                .chain(infos);
            let cam = announced
                .flat_map(SecurityInfos::iter)
                .any(SecurityInfo::is_chip_authentication_mapping);
            if cam { Offer::Made } else { Offer::None }
        }
        _ => Offer::None,
    }
}

fn in_dg14(infos: Option<&SecurityInfos>, wanted: impl Fn(&SecurityInfo) -> bool) -> Offer {
    match infos {
        None => Offer::Unknown,
        Some(infos) if infos.iter().any(wanted) => Offer::Made,
        Some(_) => Offer::None,
    }
}

fn unperformed(id: CheckId, offer: Offer) -> Check {
    match offer {
        Offer::Made | Offer::Unknown => Check::undetermined(id, Reason::NotPerformed),
        Offer::None => Check::not_supported(id, Reason::NotOffered),
    }
}

/// The signed list knows nothing of the key: a planted key proves nothing, and fails nothing either.
fn unlisted(check: &Check) -> Check {
    match check.result {
        CheckResult::Successful | CheckResult::Failed => Check {
            result: CheckResult::Undetermined,
            reason: Some(Reason::KeyNotBound),
            ..check.clone()
        },
        CheckResult::Undetermined | CheckResult::NotSupported | CheckResult::Aborted => Check {
            result: CheckResult::NotSupported,
            reason: Some(Reason::NotOffered),
            ..check.clone()
        },
    }
}

/// A failure counts always; a success only with a key whose hash stands under a signature that reaches a trusted CSCA.
fn counted(check: &Check, rows: &Rows, signer: &Signer<'_>) -> Check {
    let check = check.clone();
    match check.result {
        CheckResult::Failed | CheckResult::Aborted | CheckResult::Undetermined => check,
        CheckResult::NotSupported => Check {
            result: CheckResult::Undetermined,
            reason: Some(Reason::NotPerformed),
            ..check
        },
        CheckResult::Successful if signer.is_bound() && key_hashed(check.id, rows) => check,
        CheckResult::Successful => Check {
            result: CheckResult::Undetermined,
            reason: Some(Reason::KeyNotBound),
            ..check
        },
    }
}

fn key_hashed(id: CheckId, rows: &Rows) -> bool {
    let Some(group) = key_file(id) else { return false };
    let name = super::name(ElementaryFile::DataGroup(group));
    rows.of(CheckId::DgHash)
        .any(|check| check.result == CheckResult::Successful && check.subject.as_deref() == Some(name))
}
