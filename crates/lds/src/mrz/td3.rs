//! TD3, the machine readable zone of passports (ICAO 9303-4 §4.2).
//!
//! ```text
//! line 1   code 2, issuer 3, name 39
//! line 2   document number 9, check digit, nationality 3, birth 6, check digit, sex, expiry 6, check digit,
//!          optional data 14, check digit, composite check digit
//! ```

use std::fmt;

use super::{
    error::{MrzError, MrzField, MrzProblem},
    line::{Grid, TD3_LINES, TD3_WIDTH, digit_of},
    name::name_field,
    parts::{Cells, MrzParts, Sex},
    td1::{check_digit_at, dates_and_sex, pad},
};
use crate::MrzDate;

/// A TD3 machine readable zone; its check digits are correct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Td3 {
    grid: Grid<TD3_LINES>,
    parts: MrzParts,
    optional: String,
}

/// What to write into a TD3 zone. Names are transliterated and truncated as ICAO 9303 says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Td3Fields<'a> {
    /// `P`, or `P` and one more letter.
    pub document_code: &'a str,
    /// One to three letters.
    pub issuer: &'a str,
    /// At most nine letters and digits.
    pub document_number: &'a str,
    /// One to three letters.
    pub nationality: &'a str,
    /// Day of birth.
    pub birth: MrzDate,
    /// Sex.
    pub sex: Sex,
    /// Day of expiry.
    pub expiry: MrzDate,
    /// At most 14 characters.
    pub optional: &'a str,
    /// Surname as it is spelt.
    pub surname: &'a str,
    /// Given names as they are spelt; may be empty.
    pub given: &'a str,
}

impl Td3 {
    /// Reads two lines of 44 characters, or 88 characters without line ends.
    ///
    /// # Errors
    /// [`MrzError`] says which field at which line and column is wrong, and how.
    pub fn parse(text: &str) -> Result<Self, MrzError> {
        let grid = Grid::<TD3_LINES>::read(text, TD3_WIDTH)?;
        let cell = |field, line, start, len| grid.cell(field, line, start, len);
        let number = cell(MrzField::DocumentNumber, 2, 0, 9);
        if number.trimmed().is_empty() {
            return Err(number.error(MrzProblem::Missing));
        }
        number.check(&cell(MrzField::DocumentNumber, 2, 9, 1))?;
        let cells = Cells {
            document_code: cell(MrzField::DocumentCode, 1, 0, 2),
            issuer: cell(MrzField::Issuer, 1, 2, 3),
            birth: (cell(MrzField::Birth, 2, 13, 6), cell(MrzField::Birth, 2, 19, 1)),
            sex: cell(MrzField::Sex, 2, 20, 1),
            expiry: (cell(MrzField::Expiry, 2, 21, 6), cell(MrzField::Expiry, 2, 27, 1)),
            nationality: cell(MrzField::Nationality, 2, 10, 3),
            name: cell(MrzField::Name, 1, 5, 39),
        };
        let parts = MrzParts::read(&cells, number.trimmed().to_owned(), DOCUMENT_LETTERS)?;
        let optional = cell(MrzField::Optional, 2, 28, 14);
        let digit = cell(MrzField::Optional, 2, 42, 1);
        // 9303-4 §4.2 allows a filler for the digit of an empty field; some states leave it out of a used one too.
        // The composite check digit covers the field in any case.
        if digit.text != "<" {
            optional.check(&digit)?;
        }
        cell(MrzField::Composite, 2, 43, 1).check_against(&composite_text(&grid))?;
        Ok(Self {
            parts,
            optional: optional.trimmed().to_owned(),
            grid,
        })
    }

    /// Writes a zone: fillers, check digits, transliteration and truncation of the name.
    ///
    /// # Errors
    /// [`MrzError`] if a value does not fit its field, or the name cannot be transliterated.
    pub fn build(fields: &Td3Fields<'_>) -> Result<Self, MrzError> {
        let name = name_field(fields.surname, fields.given, NAME_WIDTH)
            .map_err(|error| MrzField::Name.at(1, 6, MrzProblem::Name(error)))?;
        let line_1 = pad(MrzField::DocumentCode, 1, 1, fields.document_code, 2)?
            + &pad(MrzField::Issuer, 1, 3, fields.issuer, 3)?
            + &name;
        let number = pad(MrzField::DocumentNumber, 2, 1, fields.document_number, 9)?;
        let number_digit = check_digit_at(MrzField::DocumentNumber, 2, 1, &number)?;
        let nationality = pad(MrzField::Nationality, 2, 11, fields.nationality, 3)?;
        let dates = dates_and_sex(fields.birth, fields.sex, fields.expiry);
        let optional = pad(MrzField::Optional, 2, 29, fields.optional, 14)?;
        let optional_digit = match fields.optional {
            "" => '<',
            _ => check_digit_at(MrzField::Optional, 2, 29, &optional)?,
        };
        let line_2 = format!("{number}{number_digit}{nationality}{dates}{optional}{optional_digit}");
        let grid = Grid::<TD3_LINES>::read(&format!("{line_1}\n{line_2}0"), TD3_WIDTH)?;
        let composite = digit_of(&composite_text(&grid));
        Self::parse(&format!("{line_1}\n{line_2}{composite}"))
    }

    /// The fields that all zones share.
    #[must_use]
    pub fn parts(&self) -> &MrzParts {
        &self.parts
    }

    /// The optional data, without fillers at its end.
    #[must_use]
    pub fn optional(&self) -> &str {
        &self.optional
    }

    /// The two lines.
    #[must_use]
    pub fn lines(&self) -> &[String; 2] {
        self.grid.lines()
    }

    /// The 88 characters without line ends, as DG1 holds them.
    #[must_use]
    pub fn text(&self) -> String {
        self.grid.joined()
    }
}

/// Writes the lines, separated by line ends.
impl fmt::Display for Td3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.grid.lines().join("\n"))
    }
}

/// What the composite check digit covers (ICAO 9303-4 §4.2).
fn composite_text(grid: &Grid<TD3_LINES>) -> String {
    [(0, 10), (13, 7), (21, 22)]
        .map(|(start, len)| grid.cell(MrzField::Composite, 2, start, len).text)
        .concat()
}

/// 9303-4: passports are P.
const DOCUMENT_LETTERS: &str = "P";
const NAME_WIDTH: usize = 39;
