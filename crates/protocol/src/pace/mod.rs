//! Password Authenticated Connection Establishment with generic mapping over elliptic curves (ICAO 9303-11 §4.4).
//!
//! ```text
//! terminal                                                    chip
//!   MSE:Set AT    80 protocol 83 password [84 curve]  ->
//!   7C {}                                             ->
//!                                                     <-      7C { 80 z },  z = E(K_pi, s)
//!   7C { 81 mapping key }                             ->
//!                                                     <-      7C { 82 mapping key }
//!   both: G' = s * G + H, H = agreement of the mapping keys
//!   7C { 83 ephemeral key over G' }                   ->
//!                                                     <-      7C { 84 ephemeral key over G' }
//!   both: session keys = KDF(agreement of the ephemeral keys)
//!   7C { 85 MAC of the chip's key }                   ->
//!                                                     <-      7C { 86 MAC of the terminal's key }
//! ```

pub mod chip;
mod math;
pub mod terminal;

use antin_crypto::{Curve, Suite};
use antin_lds::security_infos::SecurityInfo;
use antin_wire::oids::{self, ObjectIdentifier};

/// One way of doing PACE that a chip offers and we can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// The protocol, `id-PACE-ECDH-GM-*`.
    pub oid: ObjectIdentifier,
    /// The cipher named by the protocol.
    pub suite: Suite,
    /// The curve.
    pub curve: Curve,
    /// The curve's number in the table of standardized domain parameters (ICAO 9303-11 §9.5.1).
    pub parameter_id: u8,
}

/// Why a SecurityInfo offers nothing that we can do.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// The entry is about something else.
    #[error("not a PACEInfo")]
    NotPace,
    /// Another mapping, or key agreement without elliptic curves.
    #[error("PACE variant {0} is not supported")]
    Variant(ObjectIdentifier),
    /// A version other than 2.
    #[error("PACEInfo version {0} is not supported")]
    Version(u8),
    /// A curve that we do not have, or parameters of the chip's own (`None`).
    #[error("PACE domain parameters {0:?} are not supported")]
    DomainParameters(Option<u8>),
}

impl Parameters {
    /// Reads an entry of EF.CardAccess or DG14.
    ///
    /// # Errors
    /// [`Unsupported`] names what stands in the way.
    pub fn from_info(info: &SecurityInfo) -> Result<Self, Unsupported> {
        let SecurityInfo::Pace {
            oid,
            version,
            parameter_id,
            ..
        } = info
        else {
            return Err(Unsupported::NotPace);
        };
        let suite = suite_of(oid).ok_or(Unsupported::Variant(*oid))?;
        if *version != SUPPORTED_VERSION {
            return Err(Unsupported::Version(*version));
        }
        let unknown = Unsupported::DomainParameters(*parameter_id);
        let parameter_id = parameter_id.ok_or_else(|| unknown.clone())?;
        let curve = Curve::from_standardized_id(parameter_id).ok_or(unknown)?;
        Ok(Self {
            oid: *oid,
            suite,
            curve,
            parameter_id,
        })
    }
}

/// The cipher of a generic mapping over elliptic curves; `None` for every other variant.
fn suite_of(oid: &ObjectIdentifier) -> Option<Suite> {
    match *oid {
        oids::ID_PACE_ECDH_GM_3DES_CBC_CBC => Some(Suite::Tdes),
        oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_128 => Some(Suite::Aes128),
        oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_192 => Some(Suite::Aes192),
        oids::ID_PACE_ECDH_GM_AES_CBC_CMAC_256 => Some(Suite::Aes256),
        _ => None,
    }
}

const SUPPORTED_VERSION: u8 = 2;

#[cfg(test)]
mod tests;
