//! From the record file to a checked citizen: everything that can be wrong is found before a card is touched.

mod json;
mod problems;

use std::fmt;

use antin_lds::Date;
use antin_lds::dg2::ImageFormat;
use antin_profile::Profile;

pub use json::{ExtraField, MAX_FILE_BYTES, RecordFile, SCHEMA};
pub use problems::{FieldProblem, Problem, RecordProblems, Warning};

/// A checked record: every field has its form, the name has a machine readable one, the portrait is a picture.
#[derive(Clone, PartialEq)]
pub struct CitizenRecord {
    pub(crate) portrait: Option<Portrait>,
}

/// A birth date, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Birth {
    /// The day is known.
    Day(Date),
    /// Only year and month (1 to 12) are known.
    Month(u16, u8),
    /// Only the year is known.
    Year(u16),
}

/// Until when a card is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Until the end of this day.
    On(Date),
    /// It never expires.
    Lifelong,
}

impl CitizenRecord {
    /// Reads and checks a record file for a card of this profile. `load` gets the path that the record names and
    /// returns the portrait, or why it cannot.
    ///
    /// # Errors
    /// [`RecordProblems`]: every fault of the record, each with its field.
    pub fn from_json(
        json: &[u8],
        profile: &Profile,
        load: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Self, RecordProblems> {
        let _ = (json, profile, load);
        todo!()
    }

    /// What an operator should look at, though the card can be issued.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        todo!()
    }
}

impl RecordFile {
    /// Checks the record for a card of this profile, with the portrait that belongs to it.
    ///
    /// # Errors
    /// [`RecordProblems`]: every fault of the record, each with its field.
    pub fn check(&self, profile: &Profile, portrait: Option<Vec<u8>>) -> Result<CitizenRecord, RecordProblems> {
        let _ = (profile, portrait);
        todo!()
    }

    /// The record as the text of a record file.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a record of texts and numbers has a JSON form")
    }
}

impl fmt::Debug for CitizenRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenRecord(personal data)")
    }
}
