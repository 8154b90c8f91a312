//! Keys of both kinds under one name.

use rand_core::CryptoRng;

use super::{DhPrivateKey, DhPublicKey, Group};
use crate::{Error, SecretBytes};

/// A public key that may be computed with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PublicKey {
    /// A point of an elliptic curve.
    Ec(crate::PublicKey),
    /// An element of a Diffie-Hellman group.
    Dh(DhPublicKey),
}

impl PublicKey {
    /// Decodes a public key as PACE and Chip Authentication send it (TR-03110-3 §D.3.4): an uncompressed point, or the
    /// Diffie-Hellman value as a big-endian number.
    ///
    /// # Errors
    /// [`Error::BadPoint`] or [`Error::BadPublicValue`] if it is no usable key of the group.
    pub fn decode(group: Group, bytes: &[u8]) -> Result<Self, Error> {
        match group {
            Group::Ec(curve) => crate::PublicKey::from_sec1(curve, bytes).map(Self::Ec),
            Group::Dh(group) => DhPublicKey::from_be_bytes(group, bytes).map(Self::Dh),
        }
    }

    /// The key as it is sent: an uncompressed point, or a big-endian number without leading zeros.
    pub fn as_wire(&self) -> &[u8] {
        match self {
            Self::Ec(key) => key.as_sec1(),
            Self::Dh(key) => key.as_be_bytes(),
        }
    }

    /// The group.
    pub fn group(&self) -> Group {
        match self {
            Self::Ec(key) => Group::Ec(key.curve()),
            Self::Dh(key) => Group::Dh(key.group()),
        }
    }

    /// `Comp()` of TR-03110-3 §A.2.2.3: the x coordinate of a point, the SHA-1 hash of a Diffie-Hellman value.
    pub fn compressed(&self) -> Vec<u8> {
        match self {
            Self::Ec(key) => key.x().to_vec(),
            Self::Dh(key) => key.compressed(),
        }
    }
}

impl From<crate::PublicKey> for PublicKey {
    fn from(key: crate::PublicKey) -> Self {
        Self::Ec(key)
    }
}

impl From<DhPublicKey> for PublicKey {
    fn from(key: DhPublicKey) -> Self {
        Self::Dh(key)
    }
}

/// A private key; it is overwritten when dropped, and `Debug` shows the group only.
#[derive(Clone, Debug)]
pub enum PrivateKey {
    /// For an elliptic curve.
    Ec(crate::PrivateKey),
    /// For a Diffie-Hellman group.
    Dh(DhPrivateKey),
}

impl PrivateKey {
    /// Draws a key: as many bytes as the order has, again if the number is out of range.
    ///
    /// # Panics
    /// If `rng` does not generate random numbers.
    pub fn generate(group: Group, rng: &mut dyn CryptoRng) -> Self {
        match group {
            Group::Ec(curve) => Self::Ec(crate::PrivateKey::generate(curve, rng)),
            Group::Dh(group) => Self::Dh(DhPrivateKey::generate(group, rng)),
        }
    }

    /// Takes a private key as a big-endian number.
    ///
    /// # Errors
    /// [`Error::BadScalar`] if it is out of range, as [`crate::PrivateKey::from_be_bytes`] and
    /// [`DhPrivateKey::from_be_bytes`] say.
    pub fn from_be_bytes(group: Group, number: &[u8]) -> Result<Self, Error> {
        match group {
            Group::Ec(curve) => crate::PrivateKey::from_be_bytes(curve, number).map(Self::Ec),
            Group::Dh(group) => DhPrivateKey::from_be_bytes(group, number).map(Self::Dh),
        }
    }

    /// The number, as long as the order, big-endian, for whoever stores the key.
    pub fn to_be_bytes(&self) -> SecretBytes {
        match self {
            Self::Ec(key) => key.to_be_bytes(),
            Self::Dh(key) => key.to_be_bytes(),
        }
    }

    /// The group.
    pub fn group(&self) -> Group {
        match self {
            Self::Ec(key) => Group::Ec(key.curve()),
            Self::Dh(key) => Group::Dh(key.group()),
        }
    }

    /// The public key with respect to the standard generator.
    pub fn public(&self) -> PublicKey {
        match self {
            Self::Ec(key) => PublicKey::Ec(key.public()),
            Self::Dh(key) => PublicKey::Dh(key.public()),
        }
    }

    /// Agrees on a secret with the owner of `their`: the x coordinate of the common point, or the common number with the
    /// full length of the prime.
    ///
    /// # Errors
    /// [`Error::CurveMismatch`] if the keys are of different groups.
    pub fn agree(&self, their: &PublicKey) -> Result<SecretBytes, Error> {
        match (self, their) {
            (Self::Ec(own), PublicKey::Ec(their)) => own.diffie_hellman(their),
            (Self::Dh(own), PublicKey::Dh(their)) => own.agree(their),
            (Self::Ec(_), PublicKey::Dh(_)) | (Self::Dh(_), PublicKey::Ec(_)) => {
                Err(mismatch(self.group(), their.group()))
            }
        }
    }
}

impl From<crate::PrivateKey> for PrivateKey {
    fn from(key: crate::PrivateKey) -> Self {
        Self::Ec(key)
    }
}

impl From<DhPrivateKey> for PrivateKey {
    fn from(key: DhPrivateKey) -> Self {
        Self::Dh(key)
    }
}

/// Keys of different groups were put together.
pub(super) fn mismatch(left: Group, right: Group) -> Error {
    Error::CurveMismatch {
        left: left.name(),
        right: right.name(),
    }
}
