//! The key input that BAC and PACE take from a machine readable zone (ICAO 9303-11 §4.3.2, §9.7.2).

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{
    Mrz,
    error::{MrzError, MrzField, MrzProblem},
    line::digit_of,
    td1::check_digit_at,
};
use crate::MrzDate;

/// The MRZ information: document number, birth and expiry, each with its check digit. It opens the chip, so it is not shown by
/// `Debug` and is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct MrzKeyInput(String);

impl MrzKeyInput {
    /// Takes the parts as a person types them: the document number without fillers (lower case is raised, blanks are dropped).
    ///
    /// A long document number is taken whole. Of a Vietnamese card it is the last nine digits of the twelve.
    ///
    /// # Errors
    /// [`MrzError`] if the document number is empty, too long or holds other characters than letters and digits.
    pub fn from_parts(document_number: &str, birth: MrzDate, expiry: MrzDate) -> Result<Self, MrzError> {
        let wrong = |problem| MrzField::DocumentNumber.at(1, 1, problem);
        let number: String = document_number
            .trim_end_matches('<')
            .chars()
            .filter(|character| !character.is_whitespace())
            .map(|character| character.to_ascii_uppercase())
            .take(MAX_NUMBER + 1)
            .collect();
        if number.is_empty() {
            return Err(wrong(MrzProblem::Missing));
        }
        let found = number.chars().count();
        if found > MAX_NUMBER {
            return Err(wrong(MrzProblem::TooLong {
                max: MAX_NUMBER,
                found,
            }));
        }
        check_digit_at(MrzField::DocumentNumber, 1, 1, &number)?;
        Ok(Self::join(&number, birth, expiry))
    }

    /// Takes the parts from a machine readable zone.
    #[must_use]
    pub fn from_mrz(mrz: &Mrz) -> Self {
        Self::join(mrz.document_number(), mrz.birth(), mrz.expiry())
    }

    fn join(number: &str, birth: MrzDate, expiry: MrzDate) -> Self {
        let number = format!("{number:<<9}");
        let digit = |text: &str| digit_of(text);
        Self(format!(
            "{number}{}{birth}{}{expiry}{}",
            digit(&number),
            digit(birth.as_str()),
            digit(expiry.as_str())
        ))
    }

    /// The characters whose SHA-1 is the seed of the keys; 24 of them unless the document number is a long one.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows the length only.
impl std::fmt::Debug for MrzKeyInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MrzKeyInput({} characters)", self.0.len())
    }
}

/// The MRZ information of a machine readable zone as text; [`MrzKeyInput`] keeps it secret.
#[must_use]
pub fn mrz_information(mrz: &Mrz) -> String {
    MrzKeyInput::from_mrz(mrz).0.clone()
}

/// Nine characters and the 14 that fit into the optional data of TD1 beside the check digit.
const MAX_NUMBER: usize = 23;
