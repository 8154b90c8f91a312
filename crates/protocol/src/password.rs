//! The secrets that open a chip: the number printed on the card, the machine readable zone, or what the holder knows.
//!
//! ```text
//! CAN          six digits                       K_pi = KDF(digits, 3)
//! PIN, PUK     digits                           K_pi = KDF(digits, 3)
//! MRZ          number, birth, expiry and their  K    = SHA-1(information)
//!              check digits, one after another  K_pi = KDF(K, 3);  BAC seed = first 16 bytes of K
//! ```

use antin_crypto::{Hash, SecretBytes, Suite, kdf};

use crate::{Error, bac};

/// The reference of the MRZ in `MSE:Set AT` (tag `83`), ICAO 9303-11 §4.4.4.1.
pub const REFERENCE_MRZ: u8 = 0x01;
/// The reference of the CAN in `MSE:Set AT` (tag `83`), ICAO 9303-11 §4.4.4.1.
pub const REFERENCE_CAN: u8 = 0x02;

/// The reference of the PIN in `MSE:Set AT` (tag `83`), TR-03110-3 §B.14.1.
pub const REFERENCE_PIN: u8 = 0x03;
/// The reference of the PUK in `MSE:Set AT` (tag `83`), TR-03110-3 §B.14.1.
pub const REFERENCE_PUK: u8 = 0x04;

/// A password that opens a chip. `Debug` shows its kind and length only.
#[derive(Clone, Debug)]
pub enum Password {
    /// The card access number printed on the card: PACE only.
    Can(Can),
    /// The key made of the machine readable zone: PACE and BAC.
    Mrz(MrzKey),
    /// The holder's own number: PACE only, suspended and blocked after wrong tries.
    Pin(Pin),
    /// The number that unblocks the PIN: PACE only.
    Puk(Puk),
}

impl Password {
    /// Returns the byte that names this kind of password to the chip (tag `83` of `MSE:Set AT`).
    #[must_use]
    pub const fn reference(&self) -> u8 {
        match self {
            Self::Can(_) => REFERENCE_CAN,
            Self::Mrz(_) => REFERENCE_MRZ,
            Self::Pin(_) => REFERENCE_PIN,
            Self::Puk(_) => REFERENCE_PUK,
        }
    }

    /// Derives `K_pi`, the key under which the chip sends its PACE nonce, for one cipher.
    #[must_use]
    pub fn pace_key(&self, suite: Suite) -> SecretBytes {
        let derive = |secret: &SecretBytes| kdf::derive(secret.expose(), kdf::Purpose::Password, suite);
        match self {
            Self::Can(can) => derive(can.digits()),
            Self::Mrz(key) => derive(&key.seed()),
            Self::Pin(pin) => derive(pin.digits()),
            Self::Puk(puk) => derive(puk.digits()),
        }
    }

    /// Derives the BAC keys; only the machine readable zone has them.
    #[must_use]
    pub fn bac_keys(&self) -> Option<bac::Keys> {
        match self {
            Self::Can(_) | Self::Pin(_) | Self::Puk(_) => None,
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

/// The holder's own number: 4 to 16 digits.
///
/// TR-03110 leaves the length to the card; cards in the field have five digits (a transport PIN) or six.
#[derive(Clone, Debug)]
pub struct Pin {
    digits: SecretBytes,
}

impl Pin {
    /// Takes the digits as the holder types them.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the text is anything but 4 to 16 ASCII digits.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let digits = digits(text, "a PIN has 4 to 16 digits")?;
        Ok(Self { digits })
    }

    /// Returns the digits in ASCII, for the one who writes them into a card.
    #[must_use]
    pub const fn digits(&self) -> &SecretBytes {
        &self.digits
    }
}

/// The number that unblocks a PIN: 4 to 16 digits, ten on cards in the field.
#[derive(Clone, Debug)]
pub struct Puk {
    digits: SecretBytes,
}

impl Puk {
    /// Takes the digits as the holder types them.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the text is anything but 4 to 16 ASCII digits.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let digits = digits(text, "a PUK has 4 to 16 digits")?;
        Ok(Self { digits })
    }

    /// Returns the digits in ASCII, for the one who writes them into a card.
    #[must_use]
    pub const fn digits(&self) -> &SecretBytes {
        &self.digits
    }
}

fn digits(text: &str, what: &'static str) -> Result<SecretBytes, Error> {
    if !SECRET_DIGITS.contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Error::Misuse { what });
    }
    Ok(SecretBytes::new(text.as_bytes().to_vec()))
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
const SECRET_DIGITS: std::ops::RangeInclusive<usize> = 4..=16;

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
    fn a_pin_and_a_puk_are_some_digits_and_nothing_else() {
        for right in ["1234", "12345", "123456", "1234567890", "1234567890123456"] {
            assert!(Pin::parse(right).is_ok() && Puk::parse(right).is_ok(), "{right}");
        }
        for wrong in ["", "123", "12345678901234567", "12345a", " 12345", "１２３４５６"] {
            assert!(
                Pin::parse(wrong).is_err() && Puk::parse(wrong).is_err(),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn each_kind_has_its_reference() {
        let passwords = [
            Password::Mrz(MrzKey::from_information("L898902C<369080619406236")),
            Password::Can(Can::parse("123456").unwrap()),
            Password::Pin(Pin::parse("123456").unwrap()),
            Password::Puk(Puk::parse("1234567890").unwrap()),
        ];
        assert_eq!(passwords.each_ref().map(Password::reference), [1, 2, 3, 4]);
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
