//! From the record file to a checked citizen: everything that can be wrong is found before a card is touched.

mod check;
mod json;
mod problems;
#[cfg(test)]
mod tests;
mod warnings;

use std::fmt;

use antin_lds::Date;
pub use antin_lds::mrz::Sex;
use antin_profile::Profile;

pub use json::{ExtraField, MAX_FILE_BYTES, RecordFile, SCHEMA};
pub use problems::{FieldProblem, Problem, RecordProblems, Warning};

use crate::picture::Portrait;
use check::GivenPortrait;

/// A checked record: every field has its form, the name has a machine readable one, the portrait is a picture.
#[derive(Clone, PartialEq)]
pub struct CitizenRecord {
    pub(crate) number: Option<String>,
    pub(crate) document_number: Option<String>,
    pub(crate) name: Name,
    pub(crate) birth: Birth,
    pub(crate) sex: Sex,
    pub(crate) nationality: Option<String>,
    pub(crate) nationality_code: String,
    pub(crate) ethnicity: Option<String>,
    pub(crate) religion: Option<String>,
    pub(crate) place_of_origin: Option<String>,
    pub(crate) residence: Option<String>,
    pub(crate) identification_features: Option<String>,
    pub(crate) issued: Option<Date>,
    pub(crate) expiry: Expiry,
    pub(crate) father: Option<String>,
    pub(crate) mother: Option<String>,
    pub(crate) spouses: Vec<String>,
    pub(crate) old_number: Option<String>,
    pub(crate) field16: Option<String>,
    pub(crate) extra_fields: Vec<(u8, String)>,
    pub(crate) portrait: Option<Portrait>,
}

/// A name as written and its parts.
#[derive(Clone, PartialEq)]
pub(crate) struct Name {
    /// As written, surname first.
    pub(crate) full: String,
    /// The surname: the first word, unless the record says otherwise.
    pub(crate) surname: String,
    /// The other names; empty for a name of one word.
    pub(crate) given: String,
}

impl Name {
    /// Splits the full name where the record does not.
    fn new(full: String, surname: Option<String>, given: Option<String>) -> Self {
        let (first, rest) = full.split_once(char::is_whitespace).unwrap_or((&full, ""));
        let split = (first.to_owned(), rest.trim().to_owned());
        let (surname, given) = match (surname, given) {
            (None, None) => split,
            (Some(surname), None) => (surname, String::new()),
            (surname, Some(given)) => (surname.unwrap_or(split.0), given),
        };
        Self { full, surname, given }
    }
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
    /// Reads and checks a record file for a card of this profile. `load` gets the path that the record names, which is
    /// relative to the record file, and returns the portrait, or in words why it cannot.
    ///
    /// # Errors
    /// [`RecordProblems`]: every fault of the record, each with its field.
    pub fn from_json(
        json: &[u8],
        profile: &Profile,
        load: &mut dyn FnMut(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Self, RecordProblems> {
        let mut found = Vec::new();
        let Some(file) = json::read(json, &mut found) else {
            return Err(
                RecordProblems::from_list(found).expect("a file that cannot be read at all is a fault")
            );
        };
        let portrait = match file.portrait.as_deref().map(load) {
            Some(Ok(bytes)) => GivenPortrait::Bytes(bytes),
            Some(Err(why)) => GivenPortrait::Unavailable(why),
            None => GivenPortrait::None,
        };
        check::check(&file, profile, portrait, found)
    }

    /// What an operator should look at, though the card can be issued.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        warnings::warnings(self)
    }

    /// Name as written, surname first, in NFC.
    #[must_use]
    pub fn full_name(&self) -> &str {
        &self.name.full
    }

    /// Citizen number of 12 digits, where there is one.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        self.number.as_deref()
    }

    /// Passport number, where there is one.
    #[must_use]
    pub fn document_number(&self) -> Option<&str> {
        self.document_number.as_deref()
    }

    /// Date of birth, as far as it is known.
    #[must_use]
    pub fn birth(&self) -> Birth {
        self.birth
    }

    /// The sex that the card states.
    #[must_use]
    pub fn sex(&self) -> Sex {
        self.sex
    }

    /// Until when the card is valid.
    #[must_use]
    pub fn expiry(&self) -> Expiry {
        self.expiry
    }

    /// The portrait, where there is one.
    #[must_use]
    pub fn portrait(&self) -> Option<&Portrait> {
        self.portrait.as_ref()
    }
}

impl RecordFile {
    /// Checks the record for a card of this profile, with the portrait that belongs to it.
    ///
    /// # Errors
    /// [`RecordProblems`]: every fault of the record, each with its field.
    pub fn check(
        &self,
        profile: &Profile,
        portrait: Option<Vec<u8>>,
    ) -> Result<CitizenRecord, RecordProblems> {
        let portrait = portrait.map_or(GivenPortrait::None, GivenPortrait::Bytes);
        check::check(self, profile, portrait, Vec::new())
    }

    /// The record as the text of a record file.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a record of texts and numbers has a JSON form") + "\n"
    }
}

impl Birth {
    /// The year.
    #[must_use]
    pub fn year(self) -> u16 {
        match self {
            Self::Day(date) => date.year(),
            Self::Month(year, _) | Self::Year(year) => year,
        }
    }

    /// The first day that it can be.
    pub(crate) fn earliest(self) -> Date {
        let first =
            |year, month| Date::new(year, month, 1).expect("a checked year and month have a first day");
        match self {
            Self::Day(date) => date,
            Self::Month(year, month) => first(year, month),
            Self::Year(year) => first(year, 1),
        }
    }

    /// Whole years on a day, for the first day of birth possible.
    pub(crate) fn age_on(self, day: Date) -> u16 {
        let born = self.earliest();
        let years = day.year().saturating_sub(born.year());
        let birthday_to_come = (day.month(), day.day()) < (born.month(), born.day());
        years.saturating_sub(u16::from(birthday_to_come))
    }

    /// As printed: `dd/MM/yyyy`, `MM/yyyy` or `yyyy`.
    #[must_use]
    pub fn printed(self) -> String {
        match self {
            Self::Day(date) => date.to_dd_mm_yyyy(),
            Self::Month(year, month) => format!("{month:02}/{year:04}"),
            Self::Year(year) => format!("{year:04}"),
        }
    }
}

impl fmt::Debug for CitizenRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitizenRecord(personal data)")
    }
}
