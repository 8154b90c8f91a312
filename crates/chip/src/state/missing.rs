//! What a card still lacks before it can be activated.

use core::fmt;

use antin_profile::PasswordKind;
use antin_protocol::personalization::iso7816_9::KeyObject;
use antin_wire::ids::FileId;

use super::CardState;

/// One thing that the profile asks for and the card does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// A mandatory file.
    File(FileId),
    /// Bytes of a file that was created.
    Content(FileId),
    /// The MRZ information.
    Mrz,
    /// The card access number.
    Can,
    /// The holder's secret number.
    Pin,
    /// What unblocks the secret number.
    Puk,
    /// The key of Chip Authentication Mapping.
    MappingKey,
    /// The trust point of Terminal Authentication.
    TrustPoint,
    /// A private key of Chip Authentication.
    ChipAuthenticationKey,
    /// The private key of Active Authentication.
    ActiveAuthenticationKey,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(id) => write!(f, "file {:04X} was not created", id.0),
            Self::Content(id) => write!(f, "file {:04X} is not written to its end", id.0),
            Self::Mrz => f.write_str("no MRZ information"),
            Self::Can => f.write_str("no card access number"),
            Self::Pin => f.write_str("no PIN"),
            Self::Puk => f.write_str("no PUK"),
            Self::MappingKey => f.write_str("no key for chip authentication mapping"),
            Self::TrustPoint => f.write_str("no trust point for terminal authentication"),
            Self::ChipAuthenticationKey => f.write_str("no key for chip authentication"),
            Self::ActiveAuthenticationKey => f.write_str("no key for active authentication"),
        }
    }
}

pub(super) fn list(state: &CardState) -> Vec<Missing> {
    let profile = &state.profile;
    let mut missing = Vec::new();
    for rule in profile.files.iter().filter(|rule| rule.mandatory) {
        let (directory, id) = state.place(rule.file);
        if state.stored(directory, id).is_none() {
            missing.push(Missing::File(id));
        }
    }
    let torn = state.files.iter().filter(|file| !file.is_complete());
    missing.extend(torn.map(|file| Missing::Content(file.control().file_id)));

    if (profile.access.bac || profile.takes(PasswordKind::Mrz)) && state.mrz().is_none() {
        missing.push(Missing::Mrz);
    }
    if profile.takes(PasswordKind::Can) && state.can().is_none() {
        missing.push(Missing::Can);
    }
    let has = |wanted: fn(&KeyObject) -> bool| state.keys.iter().any(wanted);
    if profile.pin.is_some() && !has(|key| matches!(key, KeyObject::Pin(_))) {
        missing.push(Missing::Pin);
    }
    if profile.puk.is_some() && !has(|key| matches!(key, KeyObject::Puk(_))) {
        missing.push(Missing::Puk);
    }
    let chip_keys = state
        .keys
        .iter()
        .filter(|key| matches!(key, KeyObject::ChipAuthentication { .. }));
    if chip_keys.count() < profile.chip_authentication.len() {
        missing.push(Missing::ChipAuthenticationKey);
    }
    if profile.mapping_curve().is_some()
        && !has(|key| matches!(key, KeyObject::ChipAuthenticationMapping { .. }))
    {
        missing.push(Missing::MappingKey);
    }
    if profile.terminal_authentication.is_some() && !has(|key| matches!(key, KeyObject::TrustPoints(_))) {
        missing.push(Missing::TrustPoint);
    }
    if profile.active_authentication.is_some()
        && !has(|key| matches!(key, KeyObject::ActiveAuthentication { .. }))
    {
        missing.push(Missing::ActiveAuthenticationKey);
    }
    missing
}
