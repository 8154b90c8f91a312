//! The password that opens a chip: CAN or MRZ as printed on the card, PIN or PUK as the holder knows them.

use antin_lds::mrz;
use antin_protocol::bac;
use antin_protocol::password::{Can, MrzKey, Password, Pin, Puk};
use antin_trust::PasswordKind;
use thiserror::Error;

/// A password for the chip, checked before any card sees it.
///
/// `Debug` shows the kind and nothing else.
#[derive(Clone)]
pub struct AccessKey {
    kind: PasswordKind,
    password: Password,
    /// What allows the last try of a suspended PIN.
    resumed_by: Option<Can>,
    /// What gives a suspended or blocked PIN its tries back.
    unblocked_by: Option<Puk>,
}

impl AccessKey {
    /// Takes the card access number, the six digits printed on the front.
    ///
    /// # Errors
    ///
    /// [`KeyProblem::Can`] if these are not six digits.
    pub fn can(digits: &str) -> Result<Self, KeyProblem> {
        let can = Can::parse(digits).map_err(|_| KeyProblem::Can)?;
        Ok(Self {
            kind: PasswordKind::Can,
            password: Password::Can(can),
            resumed_by: None,
            unblocked_by: None,
        })
    }

    /// Takes the whole machine readable zone (TD1 or TD3), with or without line ends; its check digits are checked.
    ///
    /// # Errors
    ///
    /// [`KeyProblem::Mrz`] names the field, line and column that are wrong.
    pub fn mrz(text: &str) -> Result<Self, KeyProblem> {
        let mrz = mrz::Mrz::parse(text).map_err(|problem| KeyProblem::Mrz(problem.to_string()))?;
        Ok(Self::mrz_information(&mrz::mrz_information(&mrz)))
    }

    /// Takes the "MRZ information" of ICAO 9303-11: document number, birth and expiry, each with its check digit.
    pub fn mrz_information(information: &str) -> Self {
        Self {
            kind: PasswordKind::Mrz,
            password: Password::Mrz(MrzKey::from_information(information)),
            resumed_by: None,
            unblocked_by: None,
        }
    }

    /// Takes the holder's own number. The chip counts wrong ones and blocks it.
    ///
    /// # Errors
    ///
    /// [`KeyProblem::Digits`] if these are not 4 to 16 digits.
    pub fn pin(digits: &str) -> Result<Self, KeyProblem> {
        let pin = Pin::parse(digits).map_err(|_| KeyProblem::Digits)?;
        Ok(Self {
            kind: PasswordKind::Pin,
            password: Password::Pin(pin),
            resumed_by: None,
            unblocked_by: None,
        })
    }

    /// Allows the last try of a PIN that is suspended, with the CAN beside it (TR-03110-2, resuming a PIN).
    ///
    /// # Errors
    ///
    /// [`KeyProblem::Can`] if these are not six digits.
    pub fn resumed_by_can(mut self, digits: &str) -> Result<Self, KeyProblem> {
        self.resumed_by = Some(Can::parse(digits).map_err(|_| KeyProblem::Can)?);
        Ok(self)
    }

    /// Gives a suspended or blocked PIN its tries back first, with the PUK beside it (TR-03110-2 §3.3). Where the
    /// PIN can be used as it is, the PUK is not sent.
    ///
    /// # Errors
    ///
    /// [`KeyProblem::Digits`] if these are not 4 to 16 digits.
    pub fn unblocked_by_puk(mut self, digits: &str) -> Result<Self, KeyProblem> {
        self.unblocked_by = Some(Puk::parse(digits).map_err(|_| KeyProblem::Digits)?);
        Ok(self)
    }

    /// Takes the number that unblocks the PIN, as the password by itself: chips open few files with it, or none.
    ///
    /// # Errors
    ///
    /// [`KeyProblem::Digits`] if these are not 4 to 16 digits.
    pub fn puk(digits: &str) -> Result<Self, KeyProblem> {
        let puk = Puk::parse(digits).map_err(|_| KeyProblem::Digits)?;
        Ok(Self {
            kind: PasswordKind::Puk,
            password: Password::Puk(puk),
            resumed_by: None,
            unblocked_by: None,
        })
    }

    /// What kind of password this is.
    pub fn kind(&self) -> PasswordKind {
        self.kind
    }

    /// The password for PACE.
    pub(crate) fn password(&self) -> &Password {
        &self.password
    }

    /// The CAN that allows the last try of a suspended PIN.
    pub(crate) fn resumed_by(&self) -> Option<Password> {
        self.resumed_by.clone().map(Password::Can)
    }

    /// The PUK that gives a PIN its tries back.
    pub(crate) fn unblocked_by(&self) -> Option<Password> {
        self.unblocked_by.clone().map(Password::Puk)
    }

    /// The keys for BAC; a CAN has none.
    pub(crate) fn bac_keys(&self) -> Option<bac::Keys> {
        self.password.bac_keys()
    }
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessKey({:?})", self.kind)
    }
}

/// What is wrong with a password as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyProblem {
    /// Not six digits.
    #[error("a card access number has six digits")]
    Can,
    /// Not 4 to 16 digits.
    #[error("a PIN or PUK has 4 to 16 digits")]
    Digits,
    /// The MRZ cannot be read, or a check digit is wrong. The text names the place, never the content.
    #[error("machine readable zone: {0}")]
    Mrz(String),
}

/// The kind of a password in words, for messages.
pub(crate) fn words(kind: PasswordKind) -> &'static str {
    match kind {
        PasswordKind::Can => "card access number (CAN)",
        PasswordKind::Mrz => "machine readable zone (MRZ)",
        PasswordKind::Pin => "PIN",
        PasswordKind::Puk => "PUK",
    }
}
