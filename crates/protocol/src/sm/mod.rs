//! Secure messaging: every command and answer encrypted, counted and authenticated (ICAO 9303-11 §9.8).
//!
//! ```text
//! command   CLA|0C INS P1 P2 Lc  [87 L 01 cryptogram | 85 L cryptogram] [97 L Le]  8E 08 MAC  00
//! answer                         [87 L 01 cryptogram | 85 L cryptogram]  99 02 SW  8E 08 MAC  SW
//! ```
//!
//! `87` goes with even instruction bytes, `85` with odd ones. The send sequence counter goes up by one before each command
//! and before each answer, and takes part in every MAC. A channel that met one error never speaks again.

pub mod chip;
mod math;
pub mod terminal;

use antin_crypto::{Error as CryptoError, SecretBytes, Suite, kdf, symmetric};

/// The two session keys and the cipher they belong to.
#[derive(Clone, Debug)]
pub struct Keys {
    suite: Suite,
    enc: SecretBytes,
    mac: SecretBytes,
    block_key: symmetric::BlockKey,
    mac_key: symmetric::MacKey,
}

impl Keys {
    /// Takes the two keys as they are.
    ///
    /// # Errors
    /// `BadLength` when a key does not fit the cipher.
    pub fn new(suite: Suite, enc: SecretBytes, mac: SecretBytes) -> Result<Self, CryptoError> {
        let block_key = symmetric::BlockKey::new(suite, &enc)?;
        let mac_key = symmetric::MacKey::new(suite, &mac)?;
        Ok(Self {
            suite,
            enc,
            mac,
            block_key,
            mac_key,
        })
    }

    /// Derives the two keys from an agreed secret: `KDF(secret, 1)` and `KDF(secret, 2)`, ICAO 9303-11 §9.7.4.
    #[must_use]
    pub fn derive(suite: Suite, secret: &[u8]) -> Self {
        let enc = kdf::derive(secret, kdf::Purpose::Encryption, suite);
        let mac = kdf::derive(secret, kdf::Purpose::Mac, suite);
        Self::new(suite, enc, mac).expect("a derived key has the length of its suite")
    }

    /// Returns the cipher.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        self.suite
    }

    /// Returns `KS_Enc`.
    #[must_use]
    pub const fn enc(&self) -> &SecretBytes {
        &self.enc
    }

    /// Returns `KS_MAC`.
    #[must_use]
    pub const fn mac(&self) -> &SecretBytes {
        &self.mac
    }

    /// Authenticates a message outside the channel, as the tokens of PACE do: 3DES wants it padded, CMAC does not.
    pub(crate) fn authenticate(&self, message: &[u8]) -> [u8; symmetric::MAC_LEN] {
        match self.suite {
            Suite::Tdes => self
                .mac_key
                .mac8(&symmetric::pad(message, self.suite.block_len())),
            Suite::Aes128 | Suite::Aes192 | Suite::Aes256 => self.mac_key.mac8(message),
        }
    }
}

/// The send sequence counter: as long as one cipher block, big-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ssc(Vec<u8>);

impl Ssc {
    /// Starts at zero, as PACE and Chip Authentication do.
    #[must_use]
    pub fn zero(suite: Suite) -> Self {
        Self(vec![0; suite.block_len()])
    }

    /// Starts at the given value, as BAC does; it must be one block of the cipher long (8 bytes for 3DES, 16 for AES).
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// Returns the value as it stands, the one the last message was counted with.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Counts one message. `None` before the counter would start anew: a value must never serve twice.
    fn next(&self) -> Option<Self> {
        let mut bytes = self.0.clone();
        for byte in bytes.iter_mut().rev() {
            let (sum, carry) = byte.overflowing_add(1);
            *byte = sum;
            if !carry {
                return Some(Self(bytes));
            }
        }
        None
    }
}

/// The most plain bytes that fit in one protected answer of at most `response_limit` bytes (status word not counted).
///
/// A short answer (256 bytes) holds 231 bytes under 3DES and 223 under AES.
#[must_use]
pub fn max_plain(suite: Suite, response_limit: usize) -> usize {
    let room = response_limit.saturating_sub(STATUS_OBJECT_LEN + MAC_OBJECT_LEN);
    let block = suite.block_len();
    let fits = |blocks: &usize| math::object_len(1 + blocks * block) <= room;
    // At least one byte of the last block is padding.
    (1..=room / block)
        .rev()
        .find(fits)
        .map_or(0, |blocks| blocks * block - 1)
}

/// Length of the object `99`.
const STATUS_OBJECT_LEN: usize = 4;
/// Length of the object `8E`.
const MAC_OBJECT_LEN: usize = 10;

#[cfg(test)]
mod tests;
