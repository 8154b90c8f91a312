//! What can be wrong with a record: every fault with the field it sits in, none with the value itself.

use std::fmt;

use crate::picture::PictureProblem;

/// Every fault of one record file, in the order of the fields; never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordProblems(Vec<FieldProblem>);

/// One fault: the field of the record file and what is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldProblem {
    /// Name of the field in the record file, `spouses[1]` for an element, `(file)` for the file as a whole.
    pub field: String,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file is not JSON.
    #[error("not JSON: line {line}, column {column}")]
    NotJson {
        /// Line of the first fault, from 1.
        line: usize,
        /// Column of the first fault, from 1.
        column: usize,
    },
    /// The file is larger than any record.
    #[error("larger than {limit} bytes")]
    FileTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The file says that it is something else, or another version.
    #[error("must be \"{expected}\"")]
    WrongSchema {
        /// The schema that this program reads.
        expected: &'static str,
    },
    /// A field that the schema does not know.
    #[error("is not a field of a record")]
    UnknownField,
    /// The field stands twice in the file.
    #[error("is given twice")]
    GivenTwice,
    /// The field holds another JSON type.
    #[error("must be {expected}")]
    WrongType {
        /// The type that the schema asks for.
        expected: &'static str,
    },
    /// The profile needs the field.
    #[error("is missing")]
    Missing,
    /// The field is there and says nothing.
    #[error("is empty")]
    Empty,
    /// The text is longer than the field may be.
    #[error("is longer than {limit} bytes of UTF-8")]
    TooLong {
        /// The limit in bytes of UTF-8 after normalisation.
        limit: usize,
    },
    /// More elements than the list may have.
    #[error("has more than {limit} entries")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// A control or unassigned character.
    #[error("holds a control character at position {position}")]
    ControlCharacter {
        /// Position in characters, from 1.
        position: usize,
    },
    /// Not of the form that dates have.
    #[error("is not a date like 19/02/1985")]
    NotADate,
    /// Of the form of a date, but the calendar does not have it.
    #[error("is a day that the calendar does not have")]
    NoSuchDay,
    /// The year cannot be told from its last two digits on the card, or lies before 1900.
    #[error("lies outside {from} to {to}")]
    YearOutOfRange {
        /// First year allowed.
        from: u16,
        /// Last year allowed.
        to: u16,
    },
    /// Two dates contradict each other.
    #[error("lies before {other}")]
    Before {
        /// The field that must come first.
        other: &'static str,
    },
    /// Two fields exclude each other.
    #[error("cannot stand beside {other}")]
    Excludes {
        /// The other field.
        other: &'static str,
    },
    /// Not a citizen number.
    #[error("must be {digits} digits")]
    NotDigits {
        /// How many digits are asked for.
        digits: &'static str,
    },
    /// Not a document number that the MRZ can hold.
    #[error("must be 1 to 9 letters A to Z and digits")]
    NotADocumentNumber,
    /// Not a country code.
    #[error("must be 1 to 3 capital letters of ICAO 9303-3")]
    NotACountryCode,
    /// Not one of the words allowed.
    #[error("must be one of {allowed}")]
    NotOneOf {
        /// The words.
        allowed: &'static str,
    },
    /// A character has no form in the machine readable zone.
    #[error("holds {character:?} (position {position}), which has no form in the machine readable zone")]
    NoTransliteration {
        /// The character.
        character: char,
        /// Its position in characters, from 1.
        position: usize,
    },
    /// Nothing is left of the name in the machine readable zone, or it does not fit.
    #[error("has no form in the machine readable zone")]
    NoMrzForm,
    /// An extra field has a number that the data group cannot hold or that has a field of its own.
    #[error("must have a number from {from} to {to}")]
    FieldNumber {
        /// Smallest number.
        from: u32,
        /// Largest number.
        to: u32,
    },
    /// The caller could not get the portrait.
    #[error("cannot be read: {why}")]
    PortraitUnavailable {
        /// Why, in the caller's words.
        why: String,
    },
    /// The portrait is not a picture that a card can carry.
    #[error("{0}")]
    Picture(PictureProblem),
}

/// What an operator should look at, though the card can be issued.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// The fourth digit and the next two of the citizen number tell another year of birth.
    #[error("number: tells another year of birth than the field birth")]
    NumberAgainstBirth,
    /// The fourth digit of the citizen number tells another sex.
    #[error("number: tells another sex than the field sex")]
    NumberAgainstSex,
    /// The entry takes more than 123 bytes; deployed readers that look for one-byte lengths break on it.
    #[error("{field}: {len} bytes; readers that expect one-byte lengths may fail on it")]
    LongEntry {
        /// The field.
        field: String,
        /// Its length in bytes of UTF-8.
        len: usize,
    },
    /// The name does not fit the machine readable zone and is cut there.
    #[error("full_name: longer than the machine readable zone, cut there")]
    NameCut,
}

impl RecordProblems {
    /// All faults if there is any, else nothing.
    pub(super) fn from_list(list: Vec<FieldProblem>) -> Option<Self> {
        (!list.is_empty()).then_some(Self(list))
    }

    /// The faults, in the order of the fields.
    #[must_use]
    pub fn list(&self) -> &[FieldProblem] {
        &self.0
    }
}

impl fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.problem)
    }
}

impl fmt::Display for RecordProblems {
    /// Writes one line for each fault.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for RecordProblems {}
