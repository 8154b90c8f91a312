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
    /// The private key of Chip Authentication.
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

    let pace_takes = |kind| {
        profile
            .access
            .pace
            .iter()
            .any(|rule| rule.passwords.contains(&kind))
    };
    if (profile.access.bac || pace_takes(PasswordKind::Mrz)) && state.mrz().is_none() {
        missing.push(Missing::Mrz);
    }
    if pace_takes(PasswordKind::Can) && state.can().is_none() {
        missing.push(Missing::Can);
    }
    let has = |wanted: fn(&KeyObject) -> bool| state.keys.iter().any(wanted);
    if profile.chip_authentication.is_some()
        && !has(|key| matches!(key, KeyObject::ChipAuthentication { .. }))
    {
        missing.push(Missing::ChipAuthenticationKey);
    }
    if profile.active_authentication.is_some()
        && !has(|key| matches!(key, KeyObject::ActiveAuthentication { .. }))
    {
        missing.push(Missing::ActiveAuthenticationKey);
    }
    missing
}
