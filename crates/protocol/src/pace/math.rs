//! What both roles of PACE compute and how the messages are laid out.

use antin_crypto::{PublicKey, SecretBytes, Suite, symmetric};
use antin_wire::{
    ins,
    oids::ObjectIdentifier,
    tlv::{self, tags},
};

use crate::sm;

/// MSE:Set AT for mutual authentication.
pub(super) const MSE_SET_AT: [u8; 4] = [0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0xC1, 0xA4];

/// Length of an authentication token.
pub(super) const TOKEN_LEN: usize = 8;
/// Length of the nonce that our chip draws: whole blocks of every cipher.
pub(super) const NONCE_LEN: usize = 16;
/// Lengths of nonces that our terminal takes: whole blocks, and no more bits than the strongest cipher's key.
const MAX_NONCE_LEN: usize = 32;

/// Encrypts the chip's nonce under the password.
pub(super) fn encrypt_nonce(suite: Suite, password: &SecretBytes, nonce: &SecretBytes) -> Option<Vec<u8>> {
    let key = symmetric::BlockKey::new(suite, password).ok()?;
    key.encrypt_cbc(&vec![0; suite.block_len()], nonce.expose()).ok()
}

/// Decrypts the chip's nonce. `None` for a length that no chip of this cipher sends.
pub(super) fn decrypt_nonce(suite: Suite, password: &SecretBytes, nonce: &[u8]) -> Option<SecretBytes> {
    if nonce.is_empty() || nonce.len() > MAX_NONCE_LEN {
        return None;
    }
    let key = symmetric::BlockKey::new(suite, password).ok()?;
    key.decrypt_cbc(&vec![0; suite.block_len()], nonce)
        .ok()
        .map(SecretBytes::new)
}

/// The MAC with which one side confirms the ephemeral key it received (ICAO 9303-11 §4.4).
pub(super) fn token(keys: &sm::Keys, protocol: &ObjectIdentifier, received: &PublicKey) -> [u8; TOKEN_LEN] {
    keys.authenticate(&public_key_object(protocol, received))
}

/// `7F49 { 06 protocol, 86 point }`: a public key whose domain parameters both sides know.
fn public_key_object(protocol: &ObjectIdentifier, key: &PublicKey) -> Vec<u8> {
    tlv::constructed(
        tags::PUBLIC_KEY,
        &[
            tlv::object(tags::OBJECT_IDENTIFIER, protocol.as_bytes()),
            tlv::object(tags::EC_POINT, key.as_sec1()),
        ],
    )
}
