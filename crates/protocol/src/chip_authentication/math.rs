//! What both roles of Chip Authentication compute and how the messages are laid out.

use antin_crypto::{Error as CryptoError, PrivateKey, PublicKey, Suite};
use antin_wire::{
    ins,
    oids::{self, ObjectIdentifier},
};

use crate::sm;

/// MSE:Set AT for internal authentication.
pub(super) const MSE_SET_AT: [u8; 4] = [0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xA4];
/// MSE:Set KAT.
pub(super) const MSE_SET_KAT: [u8; 4] = [0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xA6];

/// The cipher of an elliptic curve variant; `None` for every other protocol.
pub(super) fn suite_of(oid: &ObjectIdentifier) -> Option<Suite> {
    match *oid {
        oids::ID_CA_ECDH_3DES_CBC_CBC => Some(Suite::Tdes),
        oids::ID_CA_ECDH_AES_CBC_CMAC_128 => Some(Suite::Aes128),
        oids::ID_CA_ECDH_AES_CBC_CMAC_192 => Some(Suite::Aes192),
        oids::ID_CA_ECDH_AES_CBC_CMAC_256 => Some(Suite::Aes256),
        _ => None,
    }
}

/// A key's number as it goes into object `84`: big-endian, at least one byte, no leading zeros.
pub(super) fn key_id_bytes(key_id: u32) -> Vec<u8> {
    let bytes = key_id.to_be_bytes();
    let zeros = bytes.iter().take(3).take_while(|byte| **byte == 0).count();
    bytes.into_iter().skip(zeros).collect()
}

/// The session keys that ephemeral and static key make.
pub(super) fn session(suite: Suite, own: &PrivateKey, their: &PublicKey) -> Result<sm::Keys, CryptoError> {
    let shared = own.diffie_hellman(their)?;
    Ok(sm::Keys::derive(suite, shared.expose()))
}
