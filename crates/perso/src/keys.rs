//! The secrets of one card: what opens it and what proves that it is no copy.

use antin_crypto::{CryptoRng, PrivateKey, SecretBytes, agreement, rsa};
use antin_lds::mrz::MrzKeyInput;
use antin_profile::{ActiveAuthentication, CanRule, DocumentNumberRule, Profile, SecretRule};
use antin_protocol::personalization::iso7816_9::ActiveKey;

use crate::encode;
use crate::terminal_trust::TerminalTrust;
use crate::{CitizenRecord, Error};

/// The secrets that personalization puts into one card; nothing of them is printed.
#[derive(Clone, Debug)]
pub struct KeySet {
    /// Card access number: six digits of ASCII; `None` where the card has none.
    pub can: Option<SecretBytes>,
    /// MRZ information: document number, birth and expiry with their check digits, ASCII.
    pub mrz_information: SecretBytes,
    /// The holder's secret number: digits of ASCII; `None` where the card has none.
    pub pin: Option<SecretBytes>,
    /// What unblocks the secret number: digits of ASCII; `None` where the card has none.
    pub puk: Option<SecretBytes>,
    /// Static keys of Chip Authentication, in the order of the profile.
    pub chip_authentication: Vec<agreement::PrivateKey>,
    /// Static key of PACE with Chip Authentication Mapping, where the profile offers that; it may be one of the keys of
    /// Chip Authentication.
    pub mapping: Option<PrivateKey>,
    /// Private key of Active Authentication, where the profile offers it.
    pub active_authentication: Option<ActiveKey>,
    /// The trust point of Terminal Authentication, where the profile asks for it; made anew with a TEST authority, which
    /// [`TerminalTrust::of_authority`] may replace.
    pub terminal_authentication: Option<TerminalTrust>,
}

impl KeySet {
    /// Makes the secrets for a citizen's card. Draws, in this order: the CAN (where it is random), the Chip
    /// Authentication keys, the Active Authentication key, the key of Chip Authentication Mapping (where it has one of its
    /// own), PIN and PUK (where they are random), the key of the trust point.
    ///
    /// # Errors
    /// [`Error::RecordLacks`] when the record was checked against another profile, [`Error::Encoding`] when the
    /// machine readable zone cannot be built, [`Error::Crypto`] and [`Error::TrustPoint`] when the profile asks for a key
    /// that cannot be made.
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
        let chip_authentication: Vec<_> = profile
            .chip_authentication
            .iter()
            .map(|rule| agreement::PrivateKey::generate(rule.group, rng))
            .collect();
        let active_authentication = match &profile.active_authentication {
            Some(ActiveAuthentication::Ecdsa { curve, .. }) => {
                Some(ActiveKey::Ec(PrivateKey::generate(*curve, rng)))
            }
            Some(ActiveAuthentication::Rsa { bits, .. }) => {
                Some(ActiveKey::Rsa(Box::new(rsa::PrivateKey::generate(*bits, rng)?)))
            }
            None => None,
        };
        let mapping = mapping_key(profile, &chip_authentication, rng);
        let pin = profile.pin.as_ref().map(|rule| secret(&rule.value, rng));
        let puk = profile.puk.as_ref().map(|rule| secret(&rule.value, rng));
        let terminal_authentication = match &profile.terminal_authentication {
            Some(rule) => Some(TerminalTrust::generate(rule, rng)?),
            None => None,
        };
        Ok(Self {
            can: can.map(SecretBytes::new),
            mrz_information,
            pin,
            puk,
            chip_authentication,
            mapping,
            active_authentication,
            terminal_authentication,
        })
    }
}

/// The static key of Chip Authentication Mapping: one of Chip Authentication on the same curve, else one of its own.
fn mapping_key(
    profile: &Profile,
    chip_authentication: &[agreement::PrivateKey],
    rng: &mut dyn CryptoRng,
) -> Option<PrivateKey> {
    let curve = profile.mapping_curve()?;
    let shared = profile
        .mapping_shares_key()
        .and_then(|at| chip_authentication.get(at));
    match shared {
        Some(agreement::PrivateKey::Ec(key)) => Some(key.clone()),
        Some(agreement::PrivateKey::Dh(_)) | None => Some(PrivateKey::generate(curve, rng)),
    }
}

/// A PIN or PUK as the profile asks for it.
fn secret(rule: &SecretRule, rng: &mut dyn CryptoRng) -> SecretBytes {
    SecretBytes::new(match rule {
        SecretRule::Fixed(digits) => digits.as_bytes().to_vec(),
        SecretRule::Random { digits } => (0..*digits).map(|_| random_digit(rng)).collect(),
    })
}

/// A random digit of ASCII, every one equally likely.
fn random_digit(rng: &mut dyn CryptoRng) -> u8 {
    // What lies beyond the last whole ten would make small digits likelier.
    const LIMIT: u8 = 250;
    loop {
        let mut byte = [0];
        rng.fill_bytes(&mut byte);
        let [draw] = byte;
        if draw < LIMIT {
            return b'0' + draw % 10;
        }
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
