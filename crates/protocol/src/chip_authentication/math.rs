//! What both roles of Chip Authentication compute and how the messages are laid out.

use antin_crypto::{
    SecretBytes, Suite,
    agreement::{PrivateKey, PublicKey},
};
use antin_wire::{
    ins,
    oids::{self, ObjectIdentifier},
};

use crate::sm;

/// MSE:Set AT for internal authentication.
pub(super) const MSE_SET_AT: [u8; 4] = [0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xA4];
/// MSE:Set KAT.
pub(super) const MSE_SET_KAT: [u8; 4] = [0x00, ins::MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xA6];
/// Length of the chip's nonce in version 2 (TR-03110-3 §B.2.2).
pub(super) const NONCE_LEN: usize = 8;

/// What the keys are: points, or values modulo a prime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Dh,
    Ecdh,
}

impl Kind {
    pub(super) const fn of(key: &PrivateKey) -> Self {
        match key {
            PrivateKey::Ec(_) => Self::Ecdh,
            PrivateKey::Dh(_) => Self::Dh,
        }
    }

    /// `id-PK-*`.
    pub(super) const fn public_key_oid(self) -> ObjectIdentifier {
        match self {
            Self::Dh => oids::ID_PK_DH,
            Self::Ecdh => oids::ID_PK_ECDH,
        }
    }
}

/// What a protocol's identifier says (TR-03110-3 §A.4.1.2, §A.4.1.3); `None` for every other protocol.
pub(super) fn variant_of(oid: &ObjectIdentifier) -> Option<(Kind, Suite)> {
    Some(match *oid {
        oids::ID_CA_DH_3DES_CBC_CBC => (Kind::Dh, Suite::Tdes),
        oids::ID_CA_DH_AES_CBC_CMAC_128 => (Kind::Dh, Suite::Aes128),
        oids::ID_CA_DH_AES_CBC_CMAC_192 => (Kind::Dh, Suite::Aes192),
        oids::ID_CA_DH_AES_CBC_CMAC_256 => (Kind::Dh, Suite::Aes256),
        oids::ID_CA_ECDH_3DES_CBC_CBC => (Kind::Ecdh, Suite::Tdes),
        oids::ID_CA_ECDH_AES_CBC_CMAC_128 => (Kind::Ecdh, Suite::Aes128),
        oids::ID_CA_ECDH_AES_CBC_CMAC_192 => (Kind::Ecdh, Suite::Aes192),
        oids::ID_CA_ECDH_AES_CBC_CMAC_256 => (Kind::Ecdh, Suite::Aes256),
        _ => return None,
    })
}

/// A key's number as it goes into object `84`: big-endian, at least one byte, no leading zeros.
pub(super) fn key_id_bytes(key_id: u32) -> Vec<u8> {
    let bytes = key_id.to_be_bytes();
    let zeros = bytes.iter().take(3).take_while(|byte| **byte == 0).count();
    bytes.into_iter().skip(zeros).collect()
}

/// The session keys that the agreed secret makes, in version 2 with the chip's nonce (TR-03110-3 §A.2.3).
pub(super) fn session(suite: Suite, shared: &SecretBytes, nonce: &[u8]) -> sm::Keys {
    let mut input = Vec::with_capacity(shared.len().saturating_add(nonce.len()));
    input.extend_from_slice(shared.expose());
    input.extend_from_slice(nonce);
    sm::Keys::derive(suite, SecretBytes::new(input).expose())
}

/// The MAC with which the chip confirms the ephemeral key in version 2 (TR-03110-3 §A.2.4).
pub(super) fn token(keys: &sm::Keys, protocol: &ObjectIdentifier, ephemeral: &PublicKey) -> [u8; 8] {
    keys.authenticate(&crate::public_key_object(protocol, ephemeral))
}
