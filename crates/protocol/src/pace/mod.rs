//! Password Authenticated Connection Establishment (ICAO 9303-11 §4.4, TR-03110-3): generic, integrated and chip
//! authentication mapping, over elliptic curves and Diffie-Hellman groups.
//!
//! ```text
//! terminal                                                    chip
//!   MSE:Set AT    80 protocol 83 password [84 domain] [7F4C]  ->
//!                                                     <-      9000, or 63Cx: so many tries are left
//!   7C {}                                             ->
//!                                                     <-      7C { 80 z },  z = E(K_pi, s)
//!   7C { 81 mapping key, or nonce t (integrated) }    ->
//!                                                     <-      7C { 82 mapping key, or nothing (integrated) }
//!   both: G' = s * G + H, H = agreement of the mapping keys;  or G' = f(R(s, t)) (integrated)
//!   7C { 83 ephemeral key over G' }                   ->
//!                                                     <-      7C { 84 ephemeral key over G' }
//!   both: session keys = KDF(agreement of the ephemeral keys)
//!   7C { 85 MAC of the chip's key }                   ->
//!                                                     <-      7C { 86 MAC of the terminal's key
//!                                                                  [87 reference] [88 reference]  trust points for TA
//!                                                                  [8A E(KS_Enc, SK_IC^-1 * SK_Map)] }  chip auth. mapping
//! ```

pub mod chip;
mod math;
mod offer;
pub mod terminal;

use antin_crypto::{Suite, agreement::Group};
use antin_lds::security_infos::SecurityInfo;
use antin_wire::oids::ObjectIdentifier;

pub use offer::{Choice, choose, offers};

/// How the nonce becomes a generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mapping {
    /// ICAO 9303-11 §4.4.3.3.1.
    Generic,
    /// ICAO 9303-11 §4.4.3.3.2.
    Integrated,
    /// ICAO 9303-11 §4.4.3.3.3: as generic, and the chip proves its static key along the way.
    ChipAuthentication,
}

/// One way of doing PACE that a chip offers and we can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// The protocol, `id-PACE-*`.
    pub oid: ObjectIdentifier,
    /// The mapping named by the protocol.
    pub mapping: Mapping,
    /// The cipher named by the protocol.
    pub suite: Suite,
    /// The domain parameters.
    pub group: Group,
    /// The number of the domain parameters as the chip announces it: of the table of standardized ones (ICAO 9303-11
    /// §9.5.1), or the chip's own for explicit ones, which may go without.
    pub parameter_id: Option<u8>,
}

/// Why a SecurityInfo offers nothing that we can do.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// The entry is about something else.
    #[error("not a PACEInfo")]
    NotPace,
    /// An identifier that no standard defines, such as chip authentication mapping with 3DES or Diffie-Hellman.
    #[error("PACE variant {0} is not supported")]
    Variant(ObjectIdentifier),
    /// A version other than 2.
    #[error("PACEInfo version {0} is not supported")]
    Version(u8),
    /// A reserved number, a number that nothing explains, or explicit parameters that are not a standardized set.
    #[error("PACE domain parameters unknown{}", .0.map(|id| format!(": {id}")).unwrap_or_default())]
    DomainParameters(Option<u8>),
    /// A protocol over curves with a Diffie-Hellman group, or the other way round.
    #[error("PACE variant {oid} cannot use {group}")]
    KeyAgreement {
        /// The protocol.
        oid: ObjectIdentifier,
        /// The name of the group.
        group: &'static str,
    },
    /// Integrated mapping on P-224, whose prime does not allow it (TR-03110-3 table 4).
    #[error("integrated mapping is not possible on P-224")]
    IntegratedOnP224,
}

impl Parameters {
    /// Reads an entry of EF.CardAccess or DG14 that names standardized domain parameters.
    ///
    /// # Errors
    /// [`Unsupported`] names what stands in the way.
    pub fn from_info(info: &SecurityInfo) -> Result<Self, Unsupported> {
        offer::read(info, &[])
    }
}

#[cfg(test)]
mod tests;
