//! What both roles of PACE compute and how the messages are laid out.

use antin_crypto::{PublicKey, SecretBytes, Suite, symmetric};
use antin_wire::{
    oids::ObjectIdentifier,
    tlv::{self, Tag},
};

use crate::sm;

/// MSE:Set AT for mutual authentication.
pub(super) const MSE_SET_AT: [u8; 4] = [0x00, 0x22, 0xC1, 0xA4];
/// The protocol.
pub(super) const TAG_PROTOCOL: Tag = Tag(0x80);
/// The password.
pub(super) const TAG_PASSWORD: Tag = Tag(0x83);
/// The domain parameters.
pub(super) const TAG_PARAMETERS: Tag = Tag(0x84);

/// Objects inside the dynamic authentication data `7C`.
pub(super) mod data {
    use antin_wire::tlv::Tag;
    pub(in super::super) const ENCRYPTED_NONCE: Tag = Tag(0x80);
    pub(in super::super) const TERMINAL_MAPPING: Tag = Tag(0x81);
    pub(in super::super) const CHIP_MAPPING: Tag = Tag(0x82);
    pub(in super::super) const TERMINAL_KEY: Tag = Tag(0x83);
    pub(in super::super) const CHIP_KEY: Tag = Tag(0x84);
    pub(in super::super) const TERMINAL_TOKEN: Tag = Tag(0x85);
    pub(in super::super) const CHIP_TOKEN: Tag = Tag(0x86);
}

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
    key.decrypt_cbc(&vec![0; suite.block_len()], nonce).ok().map(SecretBytes::new)
}

/// The MAC with which one side confirms the ephemeral key it received (ICAO 9303-11 §4.4.3.4).
pub(super) fn token(keys: &sm::Keys, protocol: &ObjectIdentifier, received: &PublicKey) -> [u8; TOKEN_LEN] {
    keys.authenticate(&public_key_object(protocol, received))
}

/// `7F49 { 06 protocol, 86 point }`: a public key whose domain parameters both sides know.
fn public_key_object(protocol: &ObjectIdentifier, key: &PublicKey) -> Vec<u8> {
    tlv::constructed(
        Tag(0x7F49),
        &[tlv::object(Tag(0x06), protocol.as_bytes()), tlv::object(Tag(0x86), key.as_sec1())],
    )
}
