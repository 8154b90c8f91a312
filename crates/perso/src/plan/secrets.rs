//! The steps that store passwords and private keys.

use antin_crypto::SecretBytes;
use antin_profile::{ChipAuthenticationVersion, Profile};
use antin_protocol::password::{Can, MrzKey};
use antin_protocol::personalization::iso7816_9::{KeyObject, KeyVersion};
use antin_wire::apdu::Command;

use super::{KeyName, Pieces, Step, StepKind, plain, step};
use crate::{Error, KeySet};

/// PUT DATA of every secret that the profile has.
pub(super) fn put(profile: &Profile, keys: &KeySet, pieces: &Pieces) -> Result<Vec<Step>, Error> {
    let put = |key, object: &KeyObject| -> Result<Step, Error> {
        let commands = chained(&object.encode(), profile, pieces)?;
        Ok(step(
            StepKind::PutKey { key },
            commands.into_iter().map(plain).collect(),
        ))
    };
    let mut steps = Vec::new();
    if let Some(can) = &keys.can {
        let can = secret_text(can, "card access number")?;
        let can = Can::parse(can).map_err(|_| Error::KeyMissing {
            key: "card access number",
        })?;
        steps.push(put(KeyName::Can, &KeyObject::Can(can))?);
    }
    let information = secret_text(&keys.mrz_information, "MRZ information")?;
    let information = KeyObject::MrzInformation(MrzKey::from_information(information));
    steps.push(put(KeyName::MrzInformation, &information)?);
    for (digits, name) in [(&keys.pin, KeyName::Pin), (&keys.puk, KeyName::Puk)] {
        if let Some(digits) = digits {
            let object = match name {
                KeyName::Puk => KeyObject::Puk(digits.clone()),
                _ => KeyObject::Pin(digits.clone()),
            };
            steps.push(put(name, &object)?);
        }
    }
    for (at, rule) in profile.chip_authentication.iter().enumerate() {
        let key = keys.chip_authentication.get(at).cloned();
        let key = key.ok_or(Error::KeyMissing {
            key: "Chip Authentication key",
        })?;
        let object = KeyObject::ChipAuthentication {
            key_id: rule.key_id.map(u32::from),
            version: match rule.version {
                ChipAuthenticationVersion::One => KeyVersion::One,
                ChipAuthenticationVersion::Two => KeyVersion::Two,
            },
            key,
        };
        steps.push(put(KeyName::ChipAuthentication, &object)?);
    }
    if profile.mapping_curve().is_some() {
        let key = keys.mapping.clone().ok_or(Error::KeyMissing {
            key: "key of Chip Authentication Mapping",
        })?;
        let object = KeyObject::ChipAuthenticationMapping { key };
        steps.push(put(KeyName::ChipAuthenticationMapping, &object)?);
    }
    if profile.terminal_authentication.is_some() {
        let trust = keys.terminal_authentication.as_ref().ok_or(Error::KeyMissing {
            key: "trust point of Terminal Authentication",
        })?;
        let object = KeyObject::TrustPoints(trust.points.to_bytes());
        steps.push(put(KeyName::TrustPoints, &object)?);
    }
    if profile.active_authentication.is_some() {
        let key = keys.active_authentication.clone();
        let key = key.ok_or(Error::KeyMissing {
            key: "Active Authentication key",
        })?;
        steps.push(put(
            KeyName::ActiveAuthentication,
            &KeyObject::ActiveAuthentication { key },
        )?);
    }
    Ok(steps)
}

/// A secret that is text.
pub(super) fn secret_text<'a>(secret: &'a SecretBytes, key: &'static str) -> Result<&'a str, Error> {
    std::str::from_utf8(secret.expose()).map_err(|_| Error::KeyMissing { key })
}

/// A command in as many pieces as the chip's limits ask for, chained (ISO 7816-4, command chaining): a long key on a chip
/// without extended length.
fn chained(command: &Command, profile: &Profile, pieces: &Pieces) -> Result<Vec<Command>, Error> {
    if command.data().len() <= pieces.whole {
        return Ok(vec![command.clone()]);
    }
    if !profile.limits.chaining {
        return Err(Error::CommandTooSmall {
            max_command: profile.limits.max_command,
        });
    }
    let mut data = command.data().chunks(pieces.whole).peekable();
    let mut commands = Vec::new();
    while let Some(piece) = data.next() {
        let more = if data.peek().is_some() { CHAINED } else { 0 };
        let piece = command
            .clone()
            .with_cla(command.cla() | more)
            .with_data(piece.to_vec());
        commands.push(piece.sensitive());
    }
    Ok(commands)
}

/// The bit of CLA that says "more of this command follows".
const CHAINED: u8 = 0x10;
