//! The secrets of one card: what opens it and what proves that it is no copy.

use antin_crypto::{CryptoRng, PrivateKey, SecretBytes};
use antin_lds::mrz::MrzKeyInput;
use antin_profile::{CanRule, DocumentNumberRule, Profile};

use crate::encode;
use crate::{CitizenRecord, Error};

/// The secrets that personalization puts into one card; nothing of them is printed.
#[derive(Clone, Debug)]
pub struct KeySet {
    /// Card access number: six digits of ASCII; `None` where the card has none.
    pub can: Option<SecretBytes>,
    /// MRZ information: document number, birth and expiry with their check digits, ASCII.
    pub mrz_information: SecretBytes,
    /// Static key of Chip Authentication, where the profile offers it.
    pub chip_authentication: Option<PrivateKey>,
    /// Private key of Active Authentication, where the profile offers it.
    pub active_authentication: Option<PrivateKey>,
}

impl KeySet {
    /// Makes the secrets for a citizen's card. Draws, in this order: the CAN (where it is random), the Chip
    /// Authentication key, the Active Authentication key.
    ///
    /// # Errors
    /// [`Error::RecordLacks`] when the record was checked against another profile, [`Error::Encoding`] when the
    /// machine readable zone cannot be built.
    pub fn generate(
        profile: &Profile,
        record: &CitizenRecord,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, Error> {
        let mrz_information = mrz_information(profile, record)?;
        let can = match profile.passwords.can {
            CanRule::LastSixOfNumber => Some(last_digits(record, CAN_DIGITS)?.as_bytes().to_vec()),
            CanRule::Random => Some(random_can(rng)),
            CanRule::None => None,
        };
        let chip = profile.chip_authentication.as_ref().map(|rule| rule.curve);
        let active = profile.active_authentication.as_ref().map(|rule| rule.curve);
        Ok(Self {
            can: can.map(SecretBytes::new),
            mrz_information,
            chip_authentication: chip.map(|curve| PrivateKey::generate(curve, rng)),
            active_authentication: active.map(|curve| PrivateKey::generate(curve, rng)),
        })
    }
}

/// What BAC and PACE take from the machine readable zone.
fn mrz_information(profile: &Profile, record: &CitizenRecord) -> Result<SecretBytes, Error> {
    let mrz = encode::mrz(record, profile)?;
    let input = match profile.passwords.document_number {
        DocumentNumberRule::Mrz => MrzKeyInput::from_mrz(&mrz),
        DocumentNumberRule::LastNineOfNumber => {
            let number = last_digits(record, MRZ_DIGITS)?;
            MrzKeyInput::from_parts(number, mrz.birth(), mrz.expiry()).map_err(|problem| Error::Encoding {
                file: "MRZ information".to_owned(),
                problem: problem.into(),
            })?
        }
    };
    Ok(SecretBytes::new(input.as_str().as_bytes().to_vec()))
}

/// The last digits of the citizen number.
fn last_digits(record: &CitizenRecord, count: usize) -> Result<&str, Error> {
    let number = record.number().ok_or(Error::RecordLacks { field: "number" })?;
    Ok(number.get(number.len().saturating_sub(count)..).unwrap_or(number))
}

/// Six random digits, every number equally likely.
fn random_can(rng: &mut dyn CryptoRng) -> Vec<u8> {
    const NUMBERS: u32 = 1_000_000;
    // What lies beyond the last whole million would make small numbers likelier.
    const LIMIT: u32 = u32::MAX / NUMBERS * NUMBERS;
    loop {
        let draw = rng.next_u32();
        if draw < LIMIT {
            return format!("{:06}", draw % NUMBERS).into_bytes();
        }
    }
}

/// Digits of a CAN.
const CAN_DIGITS: usize = 6;
/// Digits of the citizen number that take the place of the document number.
const MRZ_DIGITS: usize = 9;

#[cfg(test)]
mod tests;
