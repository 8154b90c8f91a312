//! Mapped generators of both kinds under one name.

use super::key::mismatch;
use super::{Group, PrivateKey, PublicKey};
use crate::{Error, SecretBytes, Suite, dh, pace};

/// The mapped generator of one run of PACE; it is overwritten when dropped, and `Debug` shows the group only.
#[derive(Debug)]
pub enum Generator {
    /// On an elliptic curve.
    Ec(pace::Generator),
    /// In a Diffie-Hellman group.
    Dh(dh::Generator),
}

impl Generator {
    /// The generic mapping: `own` is the private key drawn for the mapping, `their` the other side's public key for it.
    ///
    /// # Errors
    /// [`Error::CurveMismatch`] if the keys are of different groups, [`Error::BadLength`] if the nonce is too long,
    /// [`Error::Infinity`] if the result is no generator.
    pub fn generic(own: &PrivateKey, their: &PublicKey, nonce: &SecretBytes) -> Result<Self, Error> {
        match (own, their) {
            (PrivateKey::Ec(own), PublicKey::Ec(their)) => {
                pace::Generator::map(own, their, nonce).map(Self::Ec)
            }
            (PrivateKey::Dh(own), PublicKey::Dh(their)) => {
                dh::Generator::generic(own, their, nonce).map(Self::Dh)
            }
            (PrivateKey::Ec(_), PublicKey::Dh(_)) | (PrivateKey::Dh(_), PublicKey::Ec(_)) => {
                Err(mismatch(own.group(), their.group()))
            }
        }
    }

    /// The integrated mapping: `nonce_s` is the chip's secret nonce, `nonce_t` the terminal's public one.
    ///
    /// # Errors
    /// As [`pace::Generator::integrated`] for a curve; [`Error::BadLength`] if a nonce has not the length that the cipher
    /// demands, [`Error::Infinity`] if the result is no generator.
    pub fn integrated(
        group: Group,
        suite: Suite,
        nonce_s: &SecretBytes,
        nonce_t: &[u8],
    ) -> Result<Self, Error> {
        match group {
            Group::Ec(curve) => pace::Generator::integrated(curve, suite, nonce_s, nonce_t).map(Self::Ec),
            Group::Dh(group) => dh::Generator::integrated(group, suite, nonce_s, nonce_t).map(Self::Dh),
        }
    }

    /// The group.
    pub fn group(&self) -> Group {
        match self {
            Self::Ec(generator) => Group::Ec(generator.curve()),
            Self::Dh(generator) => Group::Dh(generator.group()),
        }
    }

    /// The public key of `own` with respect to this generator.
    ///
    /// # Errors
    /// [`Error::CurveMismatch`] if the key is of another group.
    pub fn public(&self, own: &PrivateKey) -> Result<PublicKey, Error> {
        match (self, own) {
            (Self::Ec(generator), PrivateKey::Ec(own)) => generator.public(own).map(PublicKey::Ec),
            (Self::Dh(generator), PrivateKey::Dh(own)) => generator.public(own).map(PublicKey::Dh),
            (Self::Ec(_), PrivateKey::Dh(_)) | (Self::Dh(_), PrivateKey::Ec(_)) => {
                Err(mismatch(self.group(), own.group()))
            }
        }
    }
}
