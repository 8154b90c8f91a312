//! The machine readable zone: TD1 of ID cards (three lines of 30, ICAO 9303-5) and TD3 of passports (two lines of 44,
//! ICAO 9303-4). Check digits are part of parsing: a value of these types has correct ones.

mod digit;
mod error;
mod key;
mod line;
mod name;
mod parts;
mod td1;
mod td3;
pub mod transliterate;

pub use digit::check_digit;
pub use error::{MrzError, MrzField, MrzProblem};
pub use key::{MrzKeyInput, mrz_information};
pub use name::name_field;
pub use parts::{MrzParts, Sex};
pub use td1::{Td1, Td1Fields, VietnamTd1};
pub use td3::{Td3, Td3Fields};

use crate::MrzDate;

/// A machine readable zone of either size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mrz {
    /// Three lines of 30 characters.
    Td1(Td1),
    /// Two lines of 44 characters.
    Td3(Td3),
}

impl Mrz {
    /// Reads a machine readable zone, with or without line ends; the length decides which one it is.
    ///
    /// # Errors
    /// [`MrzError`] says which field at which line and column is wrong, and how.
    pub fn parse(text: &str) -> Result<Self, MrzError> {
        let lines: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .take(MAX_LINES)
            .collect();
        match lines.as_slice() {
            [joined] => Self::parse_joined(joined),
            [_, _] => Td3::parse(text).map(Self::Td3),
            _ => Td1::parse(text).map(Self::Td1),
        }
    }

    /// Reads a machine readable zone without line ends, as DG1 holds it.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_joined(text: &str) -> Result<Self, MrzError> {
        match text.chars().take(MAX_CHARACTERS).count() {
            line::TD1_CHARACTERS => Td1::parse(text).map(Self::Td1),
            line::TD3_CHARACTERS => Td3::parse(text).map(Self::Td3),
            found => Err(MrzError {
                field: MrzField::Zone,
                line: 1,
                column: 1,
                problem: MrzProblem::UnknownFormat { found },
            }),
        }
    }

    /// The fields that both sizes share.
    #[must_use]
    pub fn parts(&self) -> &MrzParts {
        match self {
            Self::Td1(mrz) => mrz.parts(),
            Self::Td3(mrz) => mrz.parts(),
        }
    }

    /// The optional data of the (first) optional field, without trailing fillers.
    #[must_use]
    pub fn optional(&self) -> &str {
        match self {
            Self::Td1(mrz) => mrz.optional_1(),
            Self::Td3(mrz) => mrz.optional(),
        }
    }

    /// All lines without line ends, as DG1 holds them.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Td1(mrz) => mrz.text(),
            Self::Td3(mrz) => mrz.text(),
        }
    }
}

/// Writes the lines, separated by line ends.
impl std::fmt::Display for Mrz {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Td1(mrz) => mrz.fmt(f),
            Self::Td3(mrz) => mrz.fmt(f),
        }
    }
}

impl From<Td1> for Mrz {
    fn from(mrz: Td1) -> Self {
        Self::Td1(mrz)
    }
}

impl From<Td3> for Mrz {
    fn from(mrz: Td3) -> Self {
        Self::Td3(mrz)
    }
}

/// Gives a type that has `parts()` the accessors of the fields that all zones share.
macro_rules! shared_accessors {
    ($($type:ty),*) => {$(
        impl $type {
            /// The document code, such as `P` or `ID`.
            #[must_use]
            pub fn document_code(&self) -> &str {
                &self.parts().document_code
            }

            /// The issuing state or organisation, such as `VNM` or `D`.
            #[must_use]
            pub fn issuer(&self) -> &str {
                &self.parts().issuer
            }

            /// The whole document number without fillers at its end; a long one of TD1 is put together.
            #[must_use]
            pub fn document_number(&self) -> &str {
                &self.parts().document_number
            }

            /// The day of birth.
            #[must_use]
            pub fn birth(&self) -> MrzDate {
                self.parts().birth
            }

            /// The sex.
            #[must_use]
            pub fn sex(&self) -> Sex {
                self.parts().sex
            }

            /// The day of expiry.
            #[must_use]
            pub fn expiry(&self) -> MrzDate {
                self.parts().expiry
            }

            /// The nationality, such as `VNM` or `D`.
            #[must_use]
            pub fn nationality(&self) -> &str {
                &self.parts().nationality
            }

            /// The primary identifier, fillers as spaces; it may be truncated.
            #[must_use]
            pub fn surname(&self) -> &str {
                &self.parts().surname
            }

            /// The secondary identifier, fillers as spaces; empty if there is none, and it may be truncated.
            #[must_use]
            pub fn given(&self) -> &str {
                &self.parts().given
            }
        }
    )*};
}

shared_accessors!(Mrz, Td1, Td3);

/// One more than the lines of TD1, so that a fourth one is noticed.
const MAX_LINES: usize = 4;
/// More characters than any machine readable zone has; a longer text is not counted to its end.
const MAX_CHARACTERS: usize = 200;
