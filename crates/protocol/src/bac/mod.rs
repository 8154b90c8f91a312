//! Basic Access Control (ICAO 9303-11 §4.3): whoever has read the MRZ may read the chip.
//!
//! ```text
//! terminal                                             chip
//!   GET CHALLENGE                            ->
//!                                            <-        RND.IC (8)
//!   EXTERNAL AUTHENTICATE E.IFD (32) M.IFD (8) ->        E.IFD = E(RND.IFD || RND.IC || K.IFD)
//!                                            <-        E.IC (32) M.IC (8), E.IC = E(RND.IC || RND.IFD || K.IC)
//!   session keys = KDF(K.IFD xor K.IC), counter = RND.IC[4..] || RND.IFD[4..]
//! ```

pub mod chip;
mod math;
pub mod terminal;

use antin_crypto::{SecretBytes, Suite, kdf, symmetric};

use crate::password::MrzKey;

/// The document basic access keys `K_Enc` and `K_MAC`.
#[derive(Clone, Debug)]
pub struct Keys {
    enc: SecretBytes,
    mac: SecretBytes,
    block_key: symmetric::BlockKey,
    mac_key: symmetric::MacKey,
}

impl Keys {
    /// Derives the keys from the MRZ information (number, birth, expiry, each with its check digit).
    #[must_use]
    pub fn from_mrz_information(information: &str) -> Self {
        Self::from_mrz_key(&MrzKey::from_information(information))
    }

    /// Derives the keys from a parsed MRZ.
    #[must_use]
    pub fn from_mrz_key(key: &MrzKey) -> Self {
        let hash = key.seed();
        let seed = hash.expose().get(..SEED_LEN).expect("SHA-1 gives 20 bytes");
        let enc = kdf::derive(seed, kdf::Purpose::Encryption, Suite::Tdes);
        let mac = kdf::derive(seed, kdf::Purpose::Mac, Suite::Tdes);
        let block_key = symmetric::BlockKey::new(Suite::Tdes, &enc).expect("derived for this suite");
        let mac_key = symmetric::MacKey::new(Suite::Tdes, &mac).expect("derived for this suite");
        Self {
            enc,
            mac,
            block_key,
            mac_key,
        }
    }

    /// Returns `K_Enc`.
    #[must_use]
    pub const fn enc(&self) -> &SecretBytes {
        &self.enc
    }

    /// Returns `K_MAC`.
    #[must_use]
    pub const fn mac(&self) -> &SecretBytes {
        &self.mac
    }
}

const SEED_LEN: usize = 16;

#[cfg(test)]
mod tests;
