//! Proving that the chip is no copy: Chip Authentication and Active Authentication.

use antin_crypto::Suite;
use antin_crypto::rsa::iso9796_2;
use antin_profile::{ActiveAuthentication, ChipAuthenticationVersion, Profile};
use antin_protocol::active_authentication;
use antin_protocol::chip_authentication::Version;
use antin_protocol::chip_authentication::chip::{self as chip_authentication, StaticKey};
use antin_protocol::personalization::iso7816_9::{ActiveKey, KeyObject, KeyVersion};
use antin_protocol::terminal_authentication::Binding;
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
    let announced = announced(open).map(<[u8]>::to_vec);
    let (response, channel, outcome) = selected.agree(command, announced.as_deref(), &mut *chip.rng)?;
    let (open, _) = session(chip)?;
    if outcome.version == Version::Two {
        // The terminal has kept its word about the key: what it proved before counts now.
        open.rights = core::mem::take(&mut open.pending);
    }
    open.terminal_key = Some(outcome.terminal_ephemeral_compressed);
    open.next = Some(channel);
    Ok(response)
}

/// MSE:Set KAT inside a session: key choice and agreement in one command, for 3DES.
pub(super) fn key_agreement(chip: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    let (open, keys) = session(chip)?;
    let (response, channel, outcome) = chip_authentication::key_agreement(command, &keys)?;
    open.terminal_key = Some(outcome.terminal_ephemeral_compressed);
    open.next = Some(channel);
    Ok(response)
}

/// The key that Terminal Authentication version 2 announced in this session.
fn announced(open: &Open) -> Option<&[u8]> {
    match &open.terminal.authenticated()?.binding {
        Binding::V2 { ephemeral, .. } => Some(ephemeral),
        Binding::V1 { .. } => None,
    }
}

/// The open session and the keys of the card that it may use: those of version 2 once a terminal has announced a key; a card without Chip Authentication does not know the command.
fn session(chip: &mut Chip) -> Result<(&mut Open, Vec<StaticKey>), StatusWord> {
    if chip.state.profile().chip_authentication.is_empty() {
        return Err(StatusWord::WRONG_P1P2);
    }
    match &mut chip.session.access {
        Access::Open(open) => {
            let version = match announced(open) {
                Some(_) => ChipAuthenticationVersion::Two,
                None => ChipAuthenticationVersion::One,
            };
            Ok((&mut **open, static_keys(&chip.state, version)))
        }
        Access::Plain | Access::Bac(_) | Access::Pace(_) => Err(StatusWord::SECURITY_NOT_SATISFIED),
    }
}

fn static_keys(state: &CardState, wanted: ChipAuthenticationVersion) -> Vec<StaticKey> {
    let (kept, spoken) = match wanted {
        ChipAuthenticationVersion::One => (KeyVersion::One, Version::One),
        ChipAuthenticationVersion::Two => (KeyVersion::Two, Version::Two),
    };
    let keys = state.keys().iter().filter_map(|key| match key {
        KeyObject::ChipAuthentication {
            key_id,
            version,
            key: private,
        } if *version == kept => Some(StaticKey {
            key_id: *key_id,
            version: spoken,
            suites: ciphers(state.profile(), wanted, *key_id),
            private: private.clone(),
        }),
        _ => None,
    });
    keys.collect()
}

/// The ciphers that the profile offers with the key of this version and number.
fn ciphers(profile: &Profile, version: ChipAuthenticationVersion, key_id: Option<u32>) -> Vec<Suite> {
    profile
        .chip_authentication
        .iter()
        .filter(|rule| rule.version == version && rule.key_id.map(u32::from) == key_id)
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

/// The signature with other bytes in the place of its trailer, for a chip that does something wrong.
pub(crate) fn with_trailer(chip: &mut Chip, command: &Command, trailer: &[u8]) -> Option<Vec<u8>> {
    let Some(ActiveAuthentication::Rsa { trailer: right, .. }) = chip.state.profile().active_authentication
    else {
        return None;
    };
    let key = chip.state.keys().iter().find_map(|key| match key {
        KeyObject::ActiveAuthentication {
            key: ActiveKey::Rsa(key),
        } => Some(key),
        _ => None,
    })?;
    iso9796_2::dangerous_sign_with_trailer(key, right.hash(), trailer, command.data(), &mut *chip.rng).ok()
}
