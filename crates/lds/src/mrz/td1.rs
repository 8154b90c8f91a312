//! TD1, the machine readable zone of ID cards (ICAO 9303-5 §4.2).
//!
//! ```text
//! line 1   code 2, issuer 3, document number 9, check digit, optional data 15
//! line 2   birth 6, check digit, sex, expiry 6, check digit, nationality 3, optional data 11, composite check digit
//! line 3   name 30
//! ```
//! A document number of more than nine characters has `<` for its check digit and goes on in the optional data, followed by
//! the check digit and a filler.

use std::fmt;

use super::{
    error::{MrzError, MrzField, MrzProblem},
    line::{Cell, Grid, TD1_LINES, TD1_WIDTH, digit_of},
    name::name_field,
    parts::{Cells, MrzParts, Sex},
    transliterate,
};
use crate::MrzDate;

/// A TD1 machine readable zone; its check digits are correct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Td1 {
    grid: Grid<TD1_LINES>,
    parts: MrzParts,
    optional_1: String,
    optional_2: String,
}

/// What to write into a TD1 zone. Names are transliterated and truncated as ICAO 9303 says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Td1Fields<'a> {
    /// One or two letters, the first one A, C or I.
    pub document_code: &'a str,
    /// One to three letters.
    pub issuer: &'a str,
    /// Letters and digits; more than nine characters go on in the optional data.
    pub document_number: &'a str,
    /// Optional data of line 1, after a long document number.
    pub optional_1: &'a str,
    /// Day of birth.
    pub birth: MrzDate,
    /// Sex.
    pub sex: Sex,
    /// Day of expiry.
    pub expiry: MrzDate,
    /// One to three letters.
    pub nationality: &'a str,
    /// Optional data of line 2, at most 11 characters.
    pub optional_2: &'a str,
    /// Surname as it is spelt.
    pub surname: &'a str,
    /// Given names as they are spelt; may be empty.
    pub given: &'a str,
}

/// What to write into the zone of a Vietnamese ID card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VietnamTd1<'a> {
    /// Twelve digits.
    pub id_number: &'a str,
    /// Surname first; its first word becomes the primary identifier.
    pub full_name: &'a str,
    /// Day of birth.
    pub birth: MrzDate,
    /// Sex.
    pub sex: Sex,
    /// Day of expiry; [`MrzDate::LIFELONG_VIETNAM`] for a card without one.
    pub expiry: MrzDate,
}

impl Td1 {
    /// Reads three lines of 30 characters, or 90 characters without line ends.
    ///
    /// # Errors
    /// [`MrzError`] says which field at which line and column is wrong, and how.
    pub fn parse(text: &str) -> Result<Self, MrzError> {
        let grid = Grid::<TD1_LINES>::read(text, TD1_WIDTH)?;
        let cell = |field, line, start, len| grid.cell(field, line, start, len);
        let optional = cell(MrzField::Optional, 1, 15, 15);
        let (document_number, optional_1) = document_number(
            &cell(MrzField::DocumentNumber, 1, 5, 9),
            &cell(MrzField::DocumentNumber, 1, 14, 1),
            &optional,
        )?;
        let cells = Cells {
            document_code: cell(MrzField::DocumentCode, 1, 0, 2),
            issuer: cell(MrzField::Issuer, 1, 2, 3),
            birth: (cell(MrzField::Birth, 2, 0, 6), cell(MrzField::Birth, 2, 6, 1)),
            sex: cell(MrzField::Sex, 2, 7, 1),
            expiry: (cell(MrzField::Expiry, 2, 8, 6), cell(MrzField::Expiry, 2, 14, 1)),
            nationality: cell(MrzField::Nationality, 2, 15, 3),
            name: cell(MrzField::Name, 3, 0, 30),
        };
        let parts = MrzParts::read(&cells, document_number, DOCUMENT_LETTERS)?;
        let optional_2 = cell(MrzField::Optional2, 2, 18, 11).trimmed().to_owned();
        if is_vietnamese(&parts) {
            check_national_digit(&optional)?;
        }
        let composite = cell(MrzField::Composite, 2, 29, 1);
        composite.check_against(&composite_text(&grid))?;
        Ok(Self {
            parts,
            optional_1,
            optional_2,
            grid,
        })
    }

    /// Writes a zone: fillers, check digits, transliteration and truncation of the name.
    ///
    /// # Errors
    /// [`MrzError`] if a value does not fit its field, or the name cannot be transliterated.
    pub fn build(fields: &Td1Fields<'_>) -> Result<Self, MrzError> {
        let number = number_and_optional(fields.document_number, fields.optional_1)?;
        let line_1 = pad(MrzField::DocumentCode, 1, 1, fields.document_code, 2)?
            + &pad(MrzField::Issuer, 1, 3, fields.issuer, 3)?
            + &number;
        Self::assemble(&line_1, fields)
    }

    /// Writes the zone of a Vietnamese ID card.
    ///
    /// # Errors
    /// [`MrzError`] if the number has not twelve digits, or the name cannot be transliterated.
    pub fn vietnam(fields: &VietnamTd1<'_>) -> Result<Self, MrzError> {
        let line_1 = transliterate::vietnamese_td1_number(fields.id_number)?;
        let name = fields.full_name.trim();
        let (surname, given) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
        Self::assemble(
            &line_1,
            &Td1Fields {
                document_code: "ID",
                issuer: VIETNAM,
                document_number: "",
                optional_1: "",
                birth: fields.birth,
                sex: fields.sex,
                expiry: fields.expiry,
                nationality: VIETNAM,
                optional_2: "",
                surname,
                given,
            },
        )
    }

    /// Adds lines 2 and 3 to a finished line 1.
    fn assemble(line_1: &str, fields: &Td1Fields<'_>) -> Result<Self, MrzError> {
        let dates = dates_and_sex(fields.birth, fields.sex, fields.expiry);
        let nationality = pad(MrzField::Nationality, 2, 16, fields.nationality, 3)?;
        let optional_2 = pad(MrzField::Optional2, 2, 19, fields.optional_2, 11)?;
        let name = name_field(fields.surname, fields.given, TD1_WIDTH)
            .map_err(|error| MrzField::Name.at(3, 1, MrzProblem::Name(error)))?;
        let draft = format!("{line_1}\n{dates}{nationality}{optional_2}0\n{name}");
        let grid = Grid::<TD1_LINES>::read(&draft, TD1_WIDTH)?;
        let composite = digit_of(&composite_text(&grid));
        Self::parse(&format!(
            "{line_1}\n{dates}{nationality}{optional_2}{composite}\n{name}"
        ))
    }

    /// The fields that all zones share.
    #[must_use]
    pub fn parts(&self) -> &MrzParts {
        &self.parts
    }

    /// The optional data of line 1 after a long document number, without fillers at its end.
    #[must_use]
    pub fn optional_1(&self) -> &str {
        &self.optional_1
    }

    /// The optional data of line 2, without fillers at its end.
    #[must_use]
    pub fn optional_2(&self) -> &str {
        &self.optional_2
    }

    /// The twelve digits of a Vietnamese card, if it is one; their check digit was checked.
    #[must_use]
    pub fn vietnamese_number(&self) -> Option<&str> {
        is_vietnamese(&self.parts)
            .then(|| national_number(&self.optional_1))
            .flatten()
            .map(|(number, _)| number)
    }

    /// The three lines.
    #[must_use]
    pub fn lines(&self) -> &[String; 3] {
        self.grid.lines()
    }

    /// The 90 characters without line ends, as DG1 holds them.
    #[must_use]
    pub fn text(&self) -> String {
        self.grid.joined()
    }
}

/// Writes the lines, separated by line ends.
impl fmt::Display for Td1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.grid.lines().join("\n"))
    }
}

/// The whole document number and the optional data that is left.
fn document_number(
    number: &Cell<'_>,
    digit: &Cell<'_>,
    optional: &Cell<'_>,
) -> Result<(String, String), MrzError> {
    if number.trimmed().is_empty() {
        return Err(number.error(MrzProblem::Missing));
    }
    // Vietnamese cards have a digit here: their twelve digits in the optional data never continue the number.
    if digit.text != "<" || optional.text.starts_with('<') {
        number.check(digit)?;
        return Ok((number.trimmed().to_owned(), optional.trimmed().to_owned()));
    }
    let (tail, rest) = optional.text.split_once('<').unwrap_or((optional.text, ""));
    let last = tail
        .chars()
        .last()
        .expect("the optional data does not start with a filler");
    let tail = tail.strip_suffix(last).expect("it was just found there");
    let long = format!("{}{tail}", number.text);
    let expected = digit_of(&long);
    if tail.is_empty() || last != expected {
        let column = optional.column + tail.len();
        return Err(number.field.at(
            1,
            column,
            MrzProblem::CheckDigit {
                expected,
                found: last,
            },
        ));
    }
    Ok((long, rest.trim_end_matches('<').to_owned()))
}

/// Document number, check digit and optional data: 25 characters.
fn number_and_optional(number: &str, optional: &str) -> Result<String, MrzError> {
    let Some((head, tail)) = number.split_at_checked(9).filter(|(_, tail)| !tail.is_empty()) else {
        let number = pad(MrzField::DocumentNumber, 1, 6, number, 9)?;
        let digit = check_digit_at(MrzField::DocumentNumber, 1, 6, &number)?;
        return Ok(format!(
            "{number}{digit}{}",
            pad(MrzField::Optional, 1, 16, optional, 15)?
        ));
    };
    let digit = check_digit_at(MrzField::DocumentNumber, 1, 6, number)?;
    let optional = if optional.is_empty() {
        format!("{tail}{digit}")
    } else {
        format!("{tail}{digit}<{optional}")
    };
    Ok(format!(
        "{head}<{}",
        pad(MrzField::Optional, 1, 16, &optional, 15)?
    ))
}

/// What the composite check digit covers (ICAO 9303-5 §4.2).
fn composite_text(grid: &Grid<TD1_LINES>) -> String {
    [(1, 5, 25), (2, 0, 7), (2, 8, 7), (2, 18, 11)]
        .map(|(line, start, len)| grid.cell(MrzField::Composite, line, start, len).text)
        .concat()
}

fn is_vietnamese(parts: &MrzParts) -> bool {
    parts.issuer == VIETNAM && parts.document_code.starts_with('I')
}

/// Twelve digits, two fillers and a check digit.
fn national_number(optional: &str) -> Option<(&str, &str)> {
    let (number, digit) = optional.split_once("<<")?;
    let digits = |text: &str, len| text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(number, 12) && digits(digit, 1)).then_some((number, digit))
}

fn check_national_digit(optional: &Cell<'_>) -> Result<(), MrzError> {
    let Some((number, digit)) = national_number(optional.text) else {
        return Ok(());
    };
    Cell {
        field: MrzField::VietnamNumber,
        line: 1,
        column: 30,
        text: digit,
    }
    .check_against(number)
}

/// Fills a value up; refuses one that is too long.
pub(super) fn pad(
    field: MrzField,
    line: usize,
    column: usize,
    text: &str,
    len: usize,
) -> Result<String, MrzError> {
    let found = text.chars().count();
    if found > len {
        return Err(field.at(line, column, MrzProblem::TooLong { max: len, found }));
    }
    Ok(format!("{text:<<len$}"))
}

/// The check digit of a value to write; refuses characters that have no place in the zone.
pub(super) fn check_digit_at(
    field: MrzField,
    line: usize,
    column: usize,
    text: &str,
) -> Result<char, MrzError> {
    super::check_digit(text).ok_or_else(|| {
        field.at(
            line,
            column,
            MrzProblem::Value {
                reason: "only letters A to Z, digits and fillers are allowed",
            },
        )
    })
}

/// Birth, sex and expiry with their check digits: 15 characters.
pub(super) fn dates_and_sex(birth: MrzDate, sex: Sex, expiry: MrzDate) -> String {
    let digit = |date: MrzDate| digit_of(date.as_str());
    format!("{birth}{}{sex}{expiry}{}", digit(birth), digit(expiry))
}

/// 9303-5: A, C or I.
const DOCUMENT_LETTERS: &str = "ACI";
const VIETNAM: &str = "VNM";
