//! How a card proves itself, and what it asks of terminals.

use antin_crypto::agreement::{Group, KeyForm};
use antin_crypto::rsa::iso9796_2::Trailer;
use antin_crypto::{Curve, Hash, ParameterForm, Suite};
use antin_lds::Date;
use antin_wire::oids::ObjectIdentifier;

/// A key of Chip Authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChipAuthentication {
    /// Curve or group of the static key.
    pub group: Group,
    /// Cipher of the session that follows.
    pub cipher: Suite,
    /// How the public key states its curve or group.
    pub key_form: KeyForm,
    /// Key reference, where the card announces one.
    pub key_id: Option<u8>,
    /// Version of the protocol.
    pub version: ChipAuthenticationVersion,
    /// What announces the key.
    pub announcement: Announcement,
}

/// Version of Chip Authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChipAuthenticationVersion {
    /// Before Terminal Authentication, the key in DG14 (ICAO 9303-11 §6.2).
    One,
    /// After Terminal Authentication, the key in EF.CardSecurity (TR-03110-2 §3.4).
    Two,
}

impl ChipAuthenticationVersion {
    /// Returns the number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

/// What announces a key of Chip Authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// ChipAuthenticationInfo beside the key.
    InfoAndKey,
    /// The key alone, as early chips had it: 3DES is meant.
    KeyOnly,
}

/// Active Authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActiveAuthentication {
    /// ECDSA, the signature as r and s one after the other.
    Ecdsa {
        /// Curve of the static key.
        curve: Curve,
        /// Hash of the signature.
        hash: Hash,
        /// How the public key in DG15 names its curve.
        key_form: ParameterForm,
    },
    /// RSA with message recovery, ISO/IEC 9796-2 scheme 1.
    Rsa {
        /// Length of the modulus in bits.
        bits: u32,
        /// Hash of the signature, and how its trailer says so.
        trailer: Trailer,
    },
}

/// Terminal Authentication.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TerminalAuthentication {
    /// Version of the protocol.
    pub version: TerminalAuthenticationVersion,
    /// The current date of a new chip.
    pub date: Date,
    /// Name of the first trust point: country, mnemonic, sequence number.
    pub holder: String,
    /// Signature algorithm of its certificate, one of `id-TA-*`.
    pub algorithm: ObjectIdentifier,
    /// Its key.
    pub key: TrustPointKey,
}

/// Version of Terminal Authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerminalAuthenticationVersion {
    /// After Chip Authentication version 1; trust points in EF.CVCA.
    One,
    /// Before Chip Authentication version 2; trust points named at the end of PACE.
    Two,
}

impl TerminalAuthenticationVersion {
    /// Returns the number.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
        }
    }
}

/// Key of a trust point of Terminal Authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustPointKey {
    /// On a curve.
    Ec(Curve),
    /// RSA of so many bits.
    Rsa(u32),
}
