//! Proving that the chip is no copy: Chip Authentication and Active Authentication.

use antin_crypto::Suite;
use antin_profile::{ActiveAuthentication, ChipAuthenticationVersion, Profile};
use antin_protocol::active_authentication;
use antin_protocol::chip_authentication::Version;
use antin_protocol::chip_authentication::chip::{self as chip_authentication, StaticKey};
use antin_protocol::personalization::iso7816_9::{ActiveKey, KeyObject, KeyVersion};
use antin_wire::apdu::{Command, Response, StatusWord};

use crate::chip::Chip;
use crate::rules;
use crate::session::{Access, Open};
use crate::state::{CardState, Directory};

/// MSE:Set AT inside a session: chooses the key.
pub(super) fn select_key(chip: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    let (open, keys) = session(chip)?;
    open.selected = None;
    let (response, selected) = chip_authentication::select(command, &keys)?;
    open.selected = Some(selected);
    Ok(response)
}

/// GENERAL AUTHENTICATE inside a session: agrees on new keys, which count from the next command on.
pub(super) fn agree(chip: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    let (open, _) = session(chip)?;
    let selected = open.selected.take().ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
    let (response, channel, _) = selected.agree(command, None, &mut *chip.rng)?;
    let (open, _) = session(chip)?;
    open.next = Some(channel);
    Ok(response)
}

/// MSE:Set KAT inside a session: key choice and agreement in one command, for 3DES.
pub(super) fn key_agreement(chip: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    let (open, keys) = session(chip)?;
    let (response, channel, _) = chip_authentication::key_agreement(command, &keys)?;
    open.next = Some(channel);
    Ok(response)
}

/// The open session and the keys of the card; a card without Chip Authentication does not know the command.
fn session(chip: &mut Chip) -> Result<(&mut Open, Vec<StaticKey>), StatusWord> {
    let keys = static_keys(&chip.state);
    if chip.state.profile().chip_authentication.is_empty() {
        return Err(StatusWord::WRONG_P1P2);
    }
    match &mut chip.session.access {
        Access::Open(open) => Ok((open, keys)),
        Access::Plain | Access::Bac(_) | Access::Pace(_) => Err(StatusWord::SECURITY_NOT_SATISFIED),
    }
}

fn static_keys(state: &CardState) -> Vec<StaticKey> {
    let keys = state.keys().iter().filter_map(|key| match key {
        KeyObject::ChipAuthentication {
            key_id,
            version: KeyVersion::One,
            key: private,
        } => Some(StaticKey {
            key_id: *key_id,
            version: Version::One,
            suites: ciphers(state.profile(), *key_id),
            private: private.clone(),
        }),
        _ => None,
    });
    keys.collect()
}

/// The ciphers that the profile offers with the key of version 1 of this number.
fn ciphers(profile: &Profile, key_id: Option<u32>) -> Vec<Suite> {
    profile
        .chip_authentication
        .iter()
        .filter(|rule| rule.version == ChipAuthenticationVersion::One && rule.key_id.map(u32::from) == key_id)
        .map(|rule| rule.cipher)
        .collect()
}

/// INTERNAL AUTHENTICATE: signs the challenge of the terminal.
pub(super) fn internal_authenticate(chip: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    let Some(rule) = chip.state.profile().active_authentication else {
        return Err(StatusWord::INS);
    };
    if rules::is_guarded(&chip.state) && !chip.session.is_open() {
        return Err(StatusWord::SECURITY_NOT_SATISFIED);
    }
    if chip.session.directory != Directory::Application {
        return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
    }
    let key = chip.state.keys().iter().find_map(|key| match key {
        KeyObject::ActiveAuthentication { key } => Some(key),
        _ => None,
    });
    match (rule, key.ok_or(StatusWord::REF_DATA_NOT_FOUND)?) {
        (ActiveAuthentication::Ecdsa { hash, .. }, ActiveKey::Ec(key)) => {
            active_authentication::chip::respond(command, key, hash)
        }
        (ActiveAuthentication::Rsa { trailer, .. }, ActiveKey::Rsa(key)) => {
            active_authentication::chip::respond_with_rsa(command, key, trailer, &mut *chip.rng)
        }
        (ActiveAuthentication::Ecdsa { .. } | ActiveAuthentication::Rsa { .. }, _) => {
            Err(StatusWord::REF_DATA_NOT_FOUND)
        }
    }
}
