//! The fields that all machine readable zones share.

use std::fmt;

use super::{
    error::{MrzError, MrzField, MrzProblem},
    line::Cell,
};
use crate::MrzDate;

/// The sex as a machine readable zone states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sex {
    /// `M`
    Male,
    /// `F`
    Female,
    /// `<`
    Unspecified,
}

impl Sex {
    /// The character of the zone.
    #[must_use]
    pub fn to_char(self) -> char {
        match self {
            Self::Male => 'M',
            Self::Female => 'F',
            Self::Unspecified => '<',
        }
    }

    pub(super) fn read(cell: &Cell<'_>) -> Result<Self, MrzError> {
        match cell.text {
            "M" => Ok(Self::Male),
            "F" => Ok(Self::Female),
            "<" => Ok(Self::Unspecified),
            _ => Err(cell.error(MrzProblem::Value {
                reason: "neither M nor F nor <",
            })),
        }
    }
}

/// Writes `M`, `F` or `<`.
impl fmt::Display for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_char())
    }
}

/// The fields that TD1 and TD3 share; the accessors of [`Td1`](super::Td1), [`Td3`](super::Td3) and [`Mrz`](super::Mrz) show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MrzParts {
    pub(super) document_code: String,
    pub(super) issuer: String,
    pub(super) document_number: String,
    pub(super) birth: MrzDate,
    pub(super) sex: Sex,
    pub(super) expiry: MrzDate,
    pub(super) nationality: String,
    pub(super) surname: String,
    pub(super) given: String,
}

/// The cells that hold the shared fields; each check digit is the cell after its field.
pub(super) struct Cells<'a> {
    pub document_code: Cell<'a>,
    pub issuer: Cell<'a>,
    pub birth: (Cell<'a>, Cell<'a>),
    pub sex: Cell<'a>,
    pub expiry: (Cell<'a>, Cell<'a>),
    pub nationality: Cell<'a>,
    pub name: Cell<'a>,
}

impl MrzParts {
    /// Reads the shared fields; `first_letters` are those a document code of this size may start with.
    pub(super) fn read(
        cells: &Cells<'_>,
        document_number: String,
        first_letters: &str,
    ) -> Result<Self, MrzError> {
        let document_code = letters(&cells.document_code)?;
        if !document_code.starts_with(|letter| first_letters.contains(letter)) {
            return Err(cells.document_code.error(MrzProblem::Value {
                reason: "not that of such a document",
            }));
        }
        let (surname, given) = name(&cells.name)?;
        Ok(Self {
            document_code,
            issuer: letters(&cells.issuer)?,
            document_number,
            birth: date(&cells.birth)?,
            sex: Sex::read(&cells.sex)?,
            expiry: date(&cells.expiry)?,
            nationality: letters(&cells.nationality)?,
            surname,
            given,
        })
    }
}

fn date((cell, digit): &(Cell<'_>, Cell<'_>)) -> Result<MrzDate, MrzError> {
    let date = MrzDate::parse(cell.text).map_err(|error| cell.error(MrzProblem::Date(error)))?;
    cell.check(digit)?;
    Ok(date)
}

/// Letters, then nothing but fillers.
fn letters(cell: &Cell<'_>) -> Result<String, MrzError> {
    let text = cell.text.trim_end_matches('<');
    if text.is_empty() {
        return Err(cell.error(MrzProblem::Missing));
    }
    cell.refuse(|index, character| index < text.len() && !character.is_ascii_uppercase())?;
    Ok(text.to_owned())
}

/// Letters and fillers; two fillers separate the identifiers.
fn name(cell: &Cell<'_>) -> Result<(String, String), MrzError> {
    cell.refuse(|_, character| character.is_ascii_digit())?;
    let text = cell.text.trim_end_matches('<');
    if text.is_empty() {
        return Err(cell.error(MrzProblem::Missing));
    }
    cell.refuse(|index, character| index == 0 && character == '<')?;
    let (surname, given) = text.split_once("<<").unwrap_or((text, ""));
    Ok((words(surname), words(given)))
}

fn words(text: &str) -> String {
    text.split('<')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

impl MrzField {
    /// The error of this field when a zone is built: line and column are those it would have.
    pub(super) fn at(self, line: usize, column: usize, problem: MrzProblem) -> MrzError {
        MrzError {
            field: self,
            line,
            column,
            problem,
        }
    }
}
