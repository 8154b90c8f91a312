//! Chip Authentication version 1 over elliptic curves (ICAO 9303-11 §6.2): the chip proves that it holds the private key
//! whose public half stands in DG14, by agreeing on fresh session keys with it.
//!
//! ```text
//! AES    MSE:Set AT  80 protocol [84 key id]   ->          then  GENERAL AUTHENTICATE 7C { 80 ephemeral key } -> 7C {}
//! 3DES   MSE:Set KAT 91 ephemeral key [84 key id] ->       (or as with AES)
//! both: session keys = KDF(agreement of ephemeral and static key), counter zero, from the next command on
//! ```
//!
//! The proof is the next protected exchange: only the holder of the private key has the new session keys.

pub mod chip;
mod math;
pub mod terminal;

use antin_crypto::{Error as CryptoError, PublicKey, Suite};
use antin_lds::security_infos::{SecurityInfo, SecurityInfos};
use antin_wire::oids::{self, ObjectIdentifier};

/// The way of Chip Authentication that DG14 offers and we take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The protocol, `id-CA-ECDH-*`.
    pub oid: ObjectIdentifier,
    /// The cipher named by the protocol.
    pub suite: Suite,
    /// The chip's static public key.
    pub key: PublicKey,
    /// The key's number, where DG14 gives one.
    pub key_id: Option<u32>,
}

/// Why nothing of what DG14 offers can be used.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// The key's curve is none of ours; the name is missing where the key spells its parameters out.
    #[error("curve of the chip authentication key unknown{}", .oid.map(|oid| format!(": {oid}")).unwrap_or_default())]
    CurveUnknown {
        /// The curve's name.
        oid: Option<ObjectIdentifier>,
    },
    /// A key of another kind than elliptic curves.
    #[error("key agreement {0} is not supported")]
    KeyAgreement(ObjectIdentifier),
    /// A protocol we do not have.
    #[error("chip authentication {0} is not supported")]
    Protocol(ObjectIdentifier),
    /// A version other than 1.
    #[error("chip authentication version {0} is not supported")]
    Version(u8),
    /// A key whose encoding cannot be read.
    #[error("the chip authentication key cannot be read")]
    KeyMalformed,
    /// A protocol whose key is missing, or the other way round.
    #[error("no key belongs to the chip authentication offered")]
    KeyMissing,
}

impl Offer {
    /// Chooses among what DG14 offers: the strongest cipher that has a usable key. `None` when it offers nothing.
    ///
    /// A key without any protocol beside it means 3DES (early chips left the protocol out).
    ///
    /// # Errors
    /// [`Unsupported`] when something is offered and nothing of it can be used: the reason of the first key or protocol.
    pub fn from_infos(infos: &SecurityInfos) -> Result<Option<Self>, Unsupported> {
        let keys: Vec<Key<'_>> = infos.iter().filter_map(Key::of).collect();
        let protocols: Vec<Protocol> = infos.iter().filter_map(Protocol::of).collect();
        if keys.is_empty() && protocols.is_empty() {
            return Ok(None);
        }
        let implied = keys.iter().map(|key| Protocol::implied_by(key.key_id));
        let protocols = if protocols.is_empty() {
            implied.collect()
        } else {
            protocols
        };
        let mut reason = None;
        let mut best: Option<Self> = None;
        for protocol in &protocols {
            match protocol.with_key(&keys) {
                Ok(offer) if best.as_ref().is_none_or(|best| offer.suite > best.suite) => best = Some(offer),
                Ok(_) => {}
                Err(why) => reason = reason.or(Some(why)),
            }
        }
        best.map(Some).ok_or(reason.unwrap_or(Unsupported::KeyMissing))
    }
}

/// A ChipAuthenticationPublicKeyInfo.
struct Key<'a> {
    oid: ObjectIdentifier,
    spki: &'a [u8],
    key_id: Option<u32>,
}

impl<'a> Key<'a> {
    fn of(info: &'a SecurityInfo) -> Option<Self> {
        let SecurityInfo::ChipAuthenticationPublicKey {
            oid,
            spki_der,
            key_id,
            ..
        } = info
        else {
            return None;
        };
        Some(Self {
            oid: *oid,
            spki: spki_der,
            key_id: *key_id,
        })
    }

    fn read(&self) -> Result<PublicKey, Unsupported> {
        if self.oid != oids::ID_PK_ECDH {
            return Err(Unsupported::KeyAgreement(self.oid));
        }
        match PublicKey::from_spki_der(self.spki) {
            Ok((key, _)) => Ok(key),
            Err(CryptoError::CurveUnknown { oid }) => Err(Unsupported::CurveUnknown { oid }),
            Err(CryptoError::AlgorithmUnknown { oid }) => Err(Unsupported::KeyAgreement(oid)),
            Err(_) => Err(Unsupported::KeyMalformed),
        }
    }
}

/// A ChipAuthenticationInfo.
struct Protocol {
    oid: ObjectIdentifier,
    version: u8,
    key_id: Option<u32>,
}

impl Protocol {
    fn of(info: &SecurityInfo) -> Option<Self> {
        let SecurityInfo::ChipAuthentication {
            oid, version, key_id, ..
        } = info
        else {
            return None;
        };
        Some(Self {
            oid: *oid,
            version: *version,
            key_id: *key_id,
        })
    }

    const fn implied_by(key_id: Option<u32>) -> Self {
        Self {
            oid: oids::ID_CA_ECDH_3DES_CBC_CBC,
            version: SUPPORTED_VERSION,
            key_id,
        }
    }

    /// Finds the key: the one with the same number, or the first where the protocol names none.
    fn with_key(&self, keys: &[Key<'_>]) -> Result<Offer, Unsupported> {
        let suite = math::suite_of(&self.oid).ok_or(Unsupported::Protocol(self.oid))?;
        if self.version != SUPPORTED_VERSION {
            return Err(Unsupported::Version(self.version));
        }
        let mut reason = Unsupported::KeyMissing;
        for key in keys
            .iter()
            .filter(|key| self.key_id.is_none() || key.key_id == self.key_id)
        {
            match key.read() {
                Ok(public) => {
                    return Ok(Offer {
                        oid: self.oid,
                        suite,
                        key: public,
                        key_id: key.key_id,
                    });
                }
                Err(why) if reason == Unsupported::KeyMissing => reason = why,
                Err(_) => {}
            }
        }
        Err(reason)
    }
}

const SUPPORTED_VERSION: u8 = 1;

#[cfg(test)]
mod tests;
