//! Secure Channel Protocol 03 of GlobalPlatform (Card Specification, Amendment D): the door to personalization.
//!
//! ```text
//! INITIALIZE UPDATE      80 50 kvn 00   host challenge
//!   answer               diversification(10) kvn 03 i   card challenge   card cryptogram   [sequence counter(3)]
//! EXTERNAL AUTHENTICATE  84 82 level 00 host cryptogram   C-MAC
//! every command          CLA|04 ..      [encrypted] data   C-MAC
//!   answer               [encrypted] data   [R-MAC]
//! ```
//! Challenges, cryptograms and codes are 8 bytes long, in S16 mode 16. Both sides hold three AES keys of 128, 192 or 256
//! bits; the session keys follow from two of them and both challenges by CMAC in counter mode. Each C-MAC covers
//! the whole one before it, so nothing can be left out, repeated or put in another order; the ICV of each encryption is
//! an encrypted counter of commands, which counts commands without data too.
//!
//! A chip that counts failed authentications may block for ever: a terminal sends one cryptogram and, if it is refused,
//! leaves the decision to a person.

pub mod chip;
mod keys;
mod math;
pub mod terminal;

pub use keys::{KeyName, KeySet, StaticKeys};
pub use math::max_plain;

/// The length of challenges, cryptograms and authentication codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Eight bytes.
    S8,
    /// Sixteen bytes.
    S16,
}

impl Mode {
    /// Returns the length in bytes.
    #[must_use]
    pub const fn len_bytes(self) -> usize {
        match self {
            Self::S8 => 8,
            Self::S16 => 16,
        }
    }
}

/// What protects the commands and answers of a session: P1 of EXTERNAL AUTHENTICATE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityLevel {
    /// `00`: nothing after the authentication.
    None,
    /// `01`: C-MAC.
    CMac,
    /// `03`: C-DECRYPTION and C-MAC.
    CMacCEnc,
    /// `11`: C-MAC and R-MAC.
    CMacRMac,
    /// `13`: C-DECRYPTION, C-MAC and R-MAC.
    CMacCEncRMac,
    /// `33`: C-DECRYPTION, C-MAC, R-ENCRYPTION and R-MAC.
    All,
}

impl SecurityLevel {
    /// Every level.
    pub const ALL: [Self; 6] = [
        Self::None,
        Self::CMac,
        Self::CMacCEnc,
        Self::CMacRMac,
        Self::CMacCEncRMac,
        Self::All,
    ];

    /// Returns the byte in P1.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::None => 0x00,
            Self::CMac => 0x01,
            Self::CMacCEnc => 0x03,
            Self::CMacRMac => 0x11,
            Self::CMacCEncRMac => 0x13,
            Self::All => 0x33,
        }
    }

    /// Reads the byte in P1.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.to_byte() == byte)
    }

    /// Says whether this level has every protection of the other.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        self.to_byte() & other.to_byte() == other.to_byte()
    }

    const fn has_c_mac(self) -> bool {
        self.to_byte() & 0x01 != 0
    }

    const fn has_c_enc(self) -> bool {
        self.to_byte() & 0x02 != 0
    }

    const fn has_r_mac(self) -> bool {
        self.to_byte() & 0x10 != 0
    }

    const fn has_r_enc(self) -> bool {
        self.to_byte() & 0x20 != 0
    }
}

/// Which protection of answers a chip offers: bits of the parameter `i`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseProtection {
    /// None.
    None,
    /// `20`: R-MAC.
    RMac,
    /// `60`: R-MAC and R-ENCRYPTION.
    RMacREnc,
}

impl ResponseProtection {
    const fn bits(self) -> u8 {
        match self {
            Self::None => 0x00,
            Self::RMac => 0x20,
            Self::RMacREnc => 0x60,
        }
    }

    const fn from_bits(i: u8) -> Option<Self> {
        match i & 0x60 {
            0x00 => Some(Self::None),
            0x20 => Some(Self::RMac),
            0x60 => Some(Self::RMacREnc),
            _ => None,
        }
    }

    const fn allows(self, level: SecurityLevel) -> bool {
        match self {
            Self::None => !level.has_r_mac(),
            Self::RMac => !level.has_r_enc(),
            Self::RMacREnc => true,
        }
    }
}

/// Class of INITIALIZE UPDATE.
pub const CLASS: u8 = 0x80;
/// Class bit of a protected command.
pub const PROTECTED: u8 = 0x04;
/// INITIALIZE UPDATE.
pub const INITIALIZE_UPDATE: u8 = 0x50;
/// EXTERNAL AUTHENTICATE.
pub const EXTERNAL_AUTHENTICATE: u8 = 0x82;

/// Identifier of the protocol in the answer to INITIALIZE UPDATE.
const IDENTIFIER: u8 = 0x03;
/// Length in bytes of the key diversification data.
const DIVERSIFICATION_LEN: usize = 10;
/// Length in bytes of the sequence counter.
const SEQUENCE_LEN: usize = 3;
/// Bit of `i`: the card challenge follows from the sequence counter.
const PSEUDO_RANDOM: u8 = 0x10;
/// Bit of `i`: S16 mode.
const S16_BIT: u8 = 0x01;

#[cfg(test)]
mod tests;
