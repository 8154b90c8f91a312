//! The secrets that open a chip: the number printed on the card, or the machine readable zone.
//!
//! ```text
//! CAN          six digits                       K_pi = KDF(digits, 3)
//! MRZ          number, birth, expiry and their  K    = SHA-1(information)
//!              check digits, one after another  K_pi = KDF(K, 3);  BAC seed = first 16 bytes of K
//! ```

use antin_crypto::{Hash, SecretBytes, Suite, kdf};

use crate::{Error, bac};

/// The reference of the MRZ in `MSE:Set AT` (tag `83`), ICAO 9303-11 §4.4.4.1.
pub const REFERENCE_MRZ: u8 = 0x01;
/// The reference of the CAN in `MSE:Set AT` (tag `83`), ICAO 9303-11 §4.4.4.1.
pub const REFERENCE_CAN: u8 = 0x02;

/// A password that opens a chip. `Debug` shows its kind and length only.
#[derive(Clone, Debug)]
pub enum Password {
    /// The card access number printed on the card: PACE only.
    Can(Can),
    /// The key made of the machine readable zone: PACE and BAC.
    Mrz(MrzKey),
}

impl Password {
    /// Returns the byte that names this kind of password to the chip (tag `83` of `MSE:Set AT`).
    #[must_use]
    pub const fn reference(&self) -> u8 {
        match self {
            Self::Can(_) => REFERENCE_CAN,
            Self::Mrz(_) => REFERENCE_MRZ,
        }
    }

    /// Derives `K_pi`, the key under which the chip sends its PACE nonce, for one cipher.
    #[must_use]
    pub fn pace_key(&self, suite: Suite) -> SecretBytes {
        match self {
            Self::Can(can) => kdf::derive(can.digits.expose(), kdf::Purpose::Password, suite),
            Self::Mrz(key) => kdf::derive(key.seed().expose(), kdf::Purpose::Password, suite),
        }
    }

    /// Derives the BAC keys; a CAN has none.
    #[must_use]
    pub fn bac_keys(&self) -> Option<bac::Keys> {
        match self {
            Self::Can(_) => None,
            Self::Mrz(key) => Some(bac::Keys::from_mrz_key(key)),
        }
    }
}

/// A card access number: six digits.
#[derive(Clone, Debug)]
pub struct Can {
    digits: SecretBytes,
}

impl Can {
    /// Takes the six digits as printed on the card.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the text is anything but six ASCII digits.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.len() != CAN_DIGITS || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::Misuse {
                what: "a CAN has six digits",
            });
        }
        Ok(Self {
            digits: SecretBytes::new(text.as_bytes().to_vec()),
        })
    }

    /// Returns the digits in ASCII, for the one who writes them into a card.
    #[must_use]
    pub const fn digits(&self) -> &SecretBytes {
        &self.digits
    }
}

/// The key input made of the machine readable zone ("MRZ information", ICAO 9303-11 §4.3).
#[derive(Clone, Debug)]
pub struct MrzKey {
    information: SecretBytes,
}

impl MrzKey {
    /// Takes document number, birth date and expiry date, each followed by its check digit, as one text.
    ///
    /// Which characters belong there is decided where the MRZ is parsed; here the text is only hashed.
    #[must_use]
    pub fn from_information(information: &str) -> Self {
        Self {
            information: SecretBytes::new(information.as_bytes().to_vec()),
        }
    }

    /// Returns the text, for the one who writes it into a card.
    #[must_use]
    pub const fn information(&self) -> &SecretBytes {
        &self.information
    }

    /// `K`: the SHA-1 of the text, 20 bytes.
    pub(crate) fn seed(&self) -> SecretBytes {
        SecretBytes::new(Hash::Sha1.digest(self.information.expose()))
    }
}

const CAN_DIGITS: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_can_is_six_digits_and_nothing_else() {
        assert!(Can::parse("000017").is_ok());
        for wrong in ["", "12345", "1234567", "12345a", " 12345", "１２３４５６"] {
            assert!(
                matches!(Can::parse(wrong), Err(Error::Misuse { .. })),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let can = Password::Can(Can::parse("314159").unwrap());
        let mrz = Password::Mrz(MrzKey::from_information("L898902C<369080619406236"));
        assert!(!format!("{can:?}").contains("314159"));
        assert!(!format!("{mrz:?}").contains("L898902C"));
    }

    #[test]
    fn only_the_mrz_opens_bac() {
        assert!(Password::Can(Can::parse("123456").unwrap()).bac_keys().is_none());
        assert!(
            Password::Mrz(MrzKey::from_information("L898902C<369080619406236"))
                .bac_keys()
                .is_some()
        );
    }
}
