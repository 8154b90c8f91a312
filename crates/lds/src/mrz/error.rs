//! What can be wrong with a machine readable zone, and where.

use std::fmt;

use super::transliterate::NotTransliterable;
use crate::DateError;

/// A fault in a machine readable zone. Line and column count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} at line {line}, column {column}: {problem}")]
pub struct MrzError {
    /// The field.
    pub field: MrzField,
    /// The line, from 1.
    pub line: usize,
    /// The column of the wrong character or of the first character of the field, from 1.
    pub column: usize,
    /// What is wrong.
    pub problem: MrzProblem,
}

impl MrzError {
    /// Whether the zone is well formed up to a check digit that does not fit.
    #[must_use]
    pub fn is_check_digit(&self) -> bool {
        matches!(self.problem, MrzProblem::CheckDigit { .. })
    }
}

/// A field of a machine readable zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MrzField {
    /// The whole zone.
    Zone,
    /// One line.
    Line,
    /// Document code.
    DocumentCode,
    /// Issuing state or organisation.
    Issuer,
    /// Document number, or its check digit.
    DocumentNumber,
    /// Optional data (the first field of TD1), or its check digit.
    Optional,
    /// The second optional field of TD1.
    Optional2,
    /// Date of birth, or its check digit.
    Birth,
    /// Sex.
    Sex,
    /// Date of expiry, or its check digit.
    Expiry,
    /// Nationality.
    Nationality,
    /// Name.
    Name,
    /// The twelve digits of a Vietnamese card, or their check digit.
    VietnamNumber,
    /// The composite check digit.
    Composite,
}

impl fmt::Display for MrzField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Zone => "machine readable zone",
            Self::Line => "line",
            Self::DocumentCode => "document code",
            Self::Issuer => "issuer",
            Self::DocumentNumber => "document number",
            Self::Optional => "optional data",
            Self::Optional2 => "second optional data",
            Self::Birth => "date of birth",
            Self::Sex => "sex",
            Self::Expiry => "date of expiry",
            Self::Nationality => "nationality",
            Self::Name => "name",
            Self::VietnamNumber => "number of 12 digits",
            Self::Composite => "composite check digit",
        })
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MrzProblem {
    /// The number of characters is that of no zone this crate reads.
    #[error("{found} characters, but TD1 has 90 and TD3 has 88")]
    UnknownFormat {
        /// The characters counted; counting stops at 200.
        found: usize,
    },
    /// A wrong number of lines.
    #[error("{expected} lines expected, {found} found")]
    Lines {
        /// The lines of this size.
        expected: usize,
        /// The lines counted.
        found: usize,
    },
    /// A wrong number of characters.
    #[error("{expected} characters expected, {found} found")]
    Length {
        /// The characters that belong here.
        expected: usize,
        /// The characters found.
        found: usize,
    },
    /// A character that cannot stand here.
    #[error("{found:?} is not allowed here")]
    Character {
        /// The character.
        found: char,
    },
    /// A check digit that does not fit.
    #[error("check digit {found:?} does not fit, {expected:?} expected")]
    CheckDigit {
        /// The digit computed.
        expected: char,
        /// The character found.
        found: char,
    },
    /// A wrong date.
    #[error(transparent)]
    Date(DateError),
    /// A value that no such document has.
    #[error("{reason}")]
    Value {
        /// Why.
        reason: &'static str,
    },
    /// Nothing but fillers.
    #[error("missing")]
    Missing,
    /// A value to write that does not fit.
    #[error("{found} characters, but at most {max} fit")]
    TooLong {
        /// The characters that fit.
        max: usize,
        /// The characters given.
        found: usize,
    },
    /// A name to write that has no transliteration.
    #[error(transparent)]
    Name(NotTransliterable),
}
