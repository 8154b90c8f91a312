//! What a chip's SecurityInfos offer for Chip Authentication, and which of it is taken.

use antin_crypto::{
    Error as CryptoError, Suite,
    agreement::{DhGroup, Group, PublicKey},
};
use antin_lds::security_infos::{SecurityInfo, SecurityInfos};
use antin_wire::oids::{self, ObjectIdentifier};

use super::{Version, math};
use crate::domain_parameters;

/// The way of Chip Authentication that the chip offers and we take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The protocol, `id-CA-DH-*` or `id-CA-ECDH-*`.
    pub oid: ObjectIdentifier,
    /// The cipher named by the protocol.
    pub suite: Suite,
    /// The version of the protocol.
    pub version: Version,
    /// The chip's static public key.
    pub key: PublicKey,
    /// The key's number, where the chip gives one.
    pub key_id: Option<u32>,
}

/// Why nothing of what is offered can be used.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// The key's curve is none of ours; the name is missing where the key spells its parameters out.
    #[error("curve of the chip authentication key unknown{}", .oid.map(|oid| format!(": {oid}")).unwrap_or_default())]
    CurveUnknown {
        /// The curve's name.
        oid: Option<ObjectIdentifier>,
    },
    /// The key's Diffie-Hellman group is none of ours.
    #[error("diffie-hellman group of the chip authentication key unknown ({oid})")]
    GroupUnknown {
        /// What the key is announced as.
        oid: ObjectIdentifier,
    },
    /// A key of a kind that no version of the protocol agrees over.
    #[error("key agreement {0} is not supported")]
    KeyAgreement(ObjectIdentifier),
    /// A key that is announced as one kind, and is of the other.
    #[error("the chip authentication key announced as {oid} is one of {group}")]
    KeyOfOtherKind {
        /// What the key is announced as.
        oid: ObjectIdentifier,
        /// The name of its group.
        group: &'static str,
    },
    /// A protocol we do not have.
    #[error("chip authentication {0} is not supported")]
    Protocol(ObjectIdentifier),
    /// A version other than the one asked for.
    #[error("chip authentication version {0} is not supported")]
    Version(u8),
    /// A key whose encoding cannot be read.
    #[error("the chip authentication key cannot be read")]
    KeyMalformed,
    /// A protocol without a key of its kind, or a key without a protocol.
    #[error("no key belongs to the chip authentication offered")]
    KeyMissing,
    /// A protocol that names a key which is not there.
    #[error("no chip authentication key has the number {0}")]
    KeyIdMissing(u32),
}

impl Offer {
    /// Chooses among the offers of version 1, which stand in DG14: the strongest cipher that has a usable key, among
    /// several of those the strongest key. `None` when nothing is offered.
    ///
    /// A key without any protocol beside it means 3DES (early chips left the protocol out), but not beside PACE with Chip
    /// Authentication Mapping, whose key it is then (ICAO 9303-11 §9.2.11).
    ///
    /// # Errors
    /// [`Unsupported`] when something is offered and nothing of it can be used: the reason of the first key or protocol.
    pub fn from_infos(infos: &SecurityInfos) -> Result<Option<Self>, Unsupported> {
        let keys: Vec<Key<'_>> = infos.iter().filter_map(Key::of).collect();
        let protocols: Vec<Protocol> = infos.iter().filter_map(Protocol::of).collect();
        if !protocols.is_empty() {
            return choose(&keys, &protocols, Version::One);
        }
        if infos.iter().any(SecurityInfo::is_chip_authentication_mapping) {
            return Ok(None);
        }
        let implied: Vec<Protocol> = keys.iter().filter_map(Protocol::implied_by).collect();
        match keys.first() {
            Some(key) if implied.is_empty() => Err(Unsupported::KeyAgreement(key.oid)),
            _ => choose(&keys, &implied, Version::One),
        }
    }

    /// Chooses among the offers of version 2, which stand in EF.CardSecurity, as [`Offer::from_infos`] does. `None` when
    /// nothing of version 2 is offered.
    ///
    /// # Errors
    /// As [`Offer::from_infos`].
    pub fn version_2(infos: &SecurityInfos) -> Result<Option<Self>, Unsupported> {
        let keys: Vec<Key<'_>> = infos.iter().filter_map(Key::of).collect();
        let of_version = |protocol: &Protocol| protocol.version == Version::Two.number();
        let protocols: Vec<Protocol> = infos.iter().filter_map(Protocol::of).filter(of_version).collect();
        choose(&keys, &protocols, Version::Two)
    }

    /// The group of the key that version 2 will use, from the domain parameters in EF.CardAccess (TR-03110-3 §A.1.1.2): the
    /// terminal's ephemeral key must be announced before EF.CardSecurity shows the chip's. `None` when version 2 is not
    /// announced, or in groups that we do not have.
    #[must_use]
    pub fn version_2_group(infos: &SecurityInfos) -> Option<Group> {
        let two = |protocol: &Protocol| protocol.version == Version::Two.number();
        let protocols: Vec<Protocol> = infos.iter().filter_map(Protocol::of).filter(two).collect();
        infos.iter().find_map(|info| match info {
            SecurityInfo::ChipAuthenticationDomainParameter {
                parameters_der,
                key_id,
                ..
            } if protocols
                .iter()
                .any(|protocol| protocol.key_id.is_none() || protocol.key_id == *key_id) =>
            {
                domain_parameters::recognise(parameters_der)
            }
            _ => None,
        })
    }

    /// How strong this way is: by its cipher, then by its key.
    fn strength(&self) -> (Suite, usize) {
        let key = match self.key.group() {
            // A curve gives half the bits of its order, a modular group what the sizes in RFC 5114 §4 say.
            Group::Ec(curve) => curve.order_len() * 4,
            Group::Dh(DhGroup::Modp1024Sub160) => 80,
            Group::Dh(DhGroup::Modp2048Sub224 | DhGroup::Modp2048Sub256) => 112,
        };
        (self.suite, key)
    }
}

fn choose(keys: &[Key<'_>], protocols: &[Protocol], version: Version) -> Result<Option<Offer>, Unsupported> {
    let mut reason = None;
    let mut best: Option<Offer> = None;
    for protocol in protocols {
        match protocol.with_key(keys, version) {
            Ok(offer)
                if best
                    .as_ref()
                    .is_none_or(|best| offer.strength() > best.strength()) =>
            {
                best = Some(offer);
            }
            Ok(_) => {}
            Err(why) => reason = reason.or(Some(why)),
        }
    }
    match (best, reason) {
        (None, Some(reason)) => Err(reason),
        (best, _) => Ok(best),
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
        if ![oids::ID_PK_ECDH, oids::ID_PK_DH].contains(&self.oid) {
            return Err(Unsupported::KeyAgreement(self.oid));
        }
        let key = match PublicKey::from_spki_der(self.spki) {
            Ok((key, _)) => key,
            Err(CryptoError::CurveUnknown { oid }) => return Err(Unsupported::CurveUnknown { oid }),
            Err(CryptoError::GroupUnknown) => return Err(Unsupported::GroupUnknown { oid: self.oid }),
            Err(CryptoError::AlgorithmUnknown { oid }) => return Err(Unsupported::KeyAgreement(oid)),
            Err(_) => return Err(Unsupported::KeyMalformed),
        };
        match (&key, self.oid) {
            (PublicKey::Ec(_), oids::ID_PK_ECDH) | (PublicKey::Dh(_), oids::ID_PK_DH) => Ok(key),
            _ => Err(Unsupported::KeyOfOtherKind {
                oid: self.oid,
                group: key.group().name(),
            }),
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

    fn implied_by(key: &Key<'_>) -> Option<Self> {
        let oid = match key.oid {
            oids::ID_PK_ECDH => oids::ID_CA_ECDH_3DES_CBC_CBC,
            oids::ID_PK_DH => oids::ID_CA_DH_3DES_CBC_CBC,
            _ => return None,
        };
        Some(Self {
            oid,
            version: Version::One.number(),
            key_id: key.key_id,
        })
    }

    /// Finds the key: the one with the same number; where the protocol names none, the first of the right kind that has
    /// none either, else the first.
    fn with_key(&self, keys: &[Key<'_>], version: Version) -> Result<Offer, Unsupported> {
        let (kind, suite) = math::variant_of(&self.oid).ok_or(Unsupported::Protocol(self.oid))?;
        if self.version != version.number() {
            return Err(Unsupported::Version(self.version));
        }
        let mut numbered: Vec<&Key<'_>> = keys
            .iter()
            .filter(|key| self.key_id.is_none() || key.key_id == self.key_id)
            .collect();
        numbered.sort_by_key(|key| key.key_id != self.key_id);
        if let (Some(number), []) = (self.key_id, numbered.as_slice()) {
            return Err(Unsupported::KeyIdMissing(number));
        }
        let mut reason = Unsupported::KeyMissing;
        for key in numbered.iter().filter(|key| key.oid == kind.public_key_oid()) {
            match key.read() {
                Ok(public) => {
                    return Ok(Offer {
                        oid: self.oid,
                        suite,
                        version,
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
