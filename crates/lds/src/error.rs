//! The one error type of this crate.

use antin_wire::Malformed;

use crate::{DateError, mrz::MrzError, mrz::transliterate::NotTransliterable};

/// Why bytes or values are not what a file of the logical data structure may hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The tag-length-value structure is broken.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A DER structure inside the file is broken.
    #[error("{what}: {problem}")]
    Der {
        /// The structure that was being read.
        what: &'static str,
        /// What is wrong with it.
        problem: der::ErrorKind,
    },
    /// Another object stands where this one belongs.
    #[error("{what}: expected tag {expected:02X}, found {found:02X}")]
    UnexpectedTag {
        /// The object that was expected.
        what: &'static str,
        /// Its tag.
        expected: u32,
        /// The tag that was found.
        found: u32,
    },
    /// A file or field is longer than this crate accepts.
    #[error("{what} has {len} bytes, at most {max} are accepted")]
    TooLarge {
        /// The file or field.
        what: &'static str,
        /// Its length in bytes.
        len: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// There are more elements than this crate accepts.
    #[error("{what}: more than {max}")]
    TooMany {
        /// The elements.
        what: &'static str,
        /// The limit.
        max: usize,
    },
    /// A value is not one that the standard allows.
    #[error("{what}: {problem}")]
    BadValue {
        /// The field.
        what: &'static str,
        /// What is wrong with its value.
        problem: &'static str,
    },
    /// A data group number occurs twice.
    #[error("data group {number} is listed twice")]
    DuplicateDataGroup {
        /// The number.
        number: u8,
    },
    /// A data group number is outside 1 to 16.
    #[error("data group number {number} is not one of 1 to 16")]
    DataGroupNumber {
        /// The number, as far as it fits.
        number: u64,
    },
    /// The machine readable zone is wrong.
    #[error(transparent)]
    Mrz(#[from] MrzError),
    /// A name holds a character that has no transliteration.
    #[error(transparent)]
    NotTransliterable(#[from] NotTransliterable),
    /// A date is not one of the calendar or not in the expected form.
    #[error(transparent)]
    Date(#[from] DateError),
}
