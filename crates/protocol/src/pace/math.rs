//! What both roles of PACE compute and how the messages are laid out.

use antin_crypto::{
    Error as CryptoError, SecretBytes, Suite,
    agreement::{Generator, Group, PublicKey},
    pace::integrated::nonce_s_len,
    symmetric,
};
use antin_wire::{
    ins,
    oids::ObjectIdentifier,
    tlv::{self, tags},
};

use super::Mapping;
use crate::sm;

/// MSE:Set AT for mutual authentication.
pub(super) const MSE_SET_AT: [u8; 4] = [0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0xC1, 0xA4];

/// Length of an authentication token.
pub(super) const TOKEN_LEN: usize = 8;
/// Length of the nonce that our chip draws for generic mapping: whole blocks of every cipher.
const NONCE_LEN: usize = 16;
/// Lengths of nonces that our terminal takes: whole blocks, and no more bits than the strongest cipher's key.
const MAX_NONCE_LEN: usize = 32;

/// Length of the nonce that our chip draws. For integrated mapping it is prescribed: the smallest number of whole blocks
/// of at least 128 bits that is not shorter than the key (ICAO 9303-11 §4.4.3.3).
pub(super) const fn nonce_len(mapping: Mapping, suite: Suite) -> usize {
    match mapping {
        Mapping::Integrated => nonce_s_len(suite),
        Mapping::Generic | Mapping::ChipAuthentication => NONCE_LEN,
    }
}

/// Encrypts the chip's nonce under the password.
pub(super) fn encrypt_nonce(suite: Suite, password: &SecretBytes, nonce: &SecretBytes) -> Option<Vec<u8>> {
    let key = symmetric::BlockKey::new(suite, password).ok()?;
    key.encrypt_cbc(&vec![0; suite.block_len()], nonce.expose()).ok()
}

/// Decrypts the chip's nonce. `None` for a length that no chip of this cipher and mapping sends.
pub(super) fn decrypt_nonce(
    mapping: Mapping,
    suite: Suite,
    password: &SecretBytes,
    nonce: &[u8],
) -> Option<SecretBytes> {
    let fits = match mapping {
        Mapping::Generic | Mapping::ChipAuthentication => !nonce.is_empty() && nonce.len() <= MAX_NONCE_LEN,
        Mapping::Integrated => nonce.len() == nonce_len(mapping, suite),
    };
    if !fits {
        return None;
    }
    let key = symmetric::BlockKey::new(suite, password).ok()?;
    key.decrypt_cbc(&vec![0; suite.block_len()], nonce)
        .ok()
        .map(SecretBytes::new)
}

/// The integrated mapping of the chip's and the terminal's nonce.
pub(super) fn integrated(
    group: Group,
    suite: Suite,
    nonce_s: &SecretBytes,
    nonce_t: &[u8],
) -> Result<Generator, CryptoError> {
    Generator::integrated(group, suite, nonce_s, nonce_t)
}

/// The MAC with which one side confirms the ephemeral key it received (ICAO 9303-11 §4.4.3.4).
pub(super) fn token(keys: &sm::Keys, protocol: &ObjectIdentifier, received: &PublicKey) -> [u8; TOKEN_LEN] {
    keys.authenticate(&crate::public_key_object(protocol, received))
}

/// Encrypts the Chip Authentication Data (ICAO 9303-11 §4.4.3.5).
pub(super) fn encrypt_chip_data(keys: &sm::Keys, data: &SecretBytes) -> Option<Vec<u8>> {
    let key = symmetric::BlockKey::new(keys.suite(), keys.enc()).ok()?;
    let iv = key.encrypt_block(&MINUS_ONE).ok()?;
    let padded = SecretBytes::new(symmetric::pad(data.expose(), keys.suite().block_len()));
    key.encrypt_cbc(&iv, padded.expose()).ok()
}

/// Decrypts the Chip Authentication Data; `None` unless they are as long as the order of the group says.
pub(super) fn decrypt_chip_data(keys: &sm::Keys, group: Group, encrypted: &[u8]) -> Option<SecretBytes> {
    let Group::Ec(curve) = group else { return None };
    let key = symmetric::BlockKey::new(keys.suite(), keys.enc()).ok()?;
    let iv = key.encrypt_block(&MINUS_ONE).ok()?;
    let padded = SecretBytes::new(key.decrypt_cbc(&iv, encrypted).ok()?);
    let data = symmetric::unpad(padded.expose())?;
    (data.len() == curve.order_len()).then(|| SecretBytes::new(data.to_vec()))
}

/// `7F4C`, the template that announces a terminal's rights, and nothing behind it.
pub(super) fn is_chat(bytes: &[u8]) -> bool {
    tlv::parse_one(bytes).is_ok_and(|object| object.tag == tags::CHAT)
}

/// The block with all bits set.
const MINUS_ONE: [u8; 16] = [0xFF; 16];
