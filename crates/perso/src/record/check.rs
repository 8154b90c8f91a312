//! The checks of a record: all of them run, so that one answer names every fault.

use antin_lds::mrz::transliterate::{self, NotTransliterable};
use antin_lds::{Date, DateError, ElementaryFile};
use antin_profile::{DocumentKind, Profile};
use unicode_normalization::UnicodeNormalization;

use super::json::{FIELDS, RecordFile, fault};
use super::problems::{FieldProblem, Problem, RecordProblems};
use super::{Birth, CitizenRecord, Expiry, Name, Sex};
use crate::picture::{PictureProblem, Portrait};

/// Longest name in bytes of UTF-8: sixty syllables.
const MAX_NAME: usize = 240;
/// Longest place or description in bytes of UTF-8.
const MAX_PLACE: usize = 600;
/// Longest word such as a religion in bytes of UTF-8.
const MAX_WORD: usize = 120;
/// Longest field of number 17 and above in bytes of UTF-8.
const MAX_EXTRA: usize = 600;
/// The machine readable zone has two digits for a year of birth; who is older than this holds no chip card.
const BIRTH_YEARS: (u16, u16) = (1900, 2099);
/// The machine readable zone has two digits for a year of expiry, which all readers take for 20YY.
const ISSUE_YEARS: (u16, u16) = (2000, 2099);
/// Children under this age have a card without a portrait.
const PORTRAIT_AGE: u16 = 6;
/// Numbers of fields of data group 13 that have no name yet and still fit into one byte.
const EXTRA_NUMBERS: (u32, u32) = (17, 127);

/// What is known of the portrait before the check.
pub(super) enum GivenPortrait {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// None was given.
    None,
    /// One was named and could not be had, for this reason.
    Unavailable(String),
}

/// Runs every check; `found` are the faults that the JSON had already.
pub(super) fn check(
    file: &RecordFile,
    profile: &Profile,
    portrait: GivenPortrait,
    found: Vec<FieldProblem>,
) -> Result<CitizenRecord, RecordProblems> {
    let mut check = Check {
        national: profile.document == DocumentKind::Td1Vietnam,
        portrait: PortraitRule::of(profile),
        problems: found,
    };
    let record = check.record(file, profile, portrait);
    let mut problems = check.problems;
    problems.sort_by_key(|p| FIELDS.iter().position(|f| *f == base(&p.field)));
    match (record, RecordProblems::from_list(problems)) {
        (Some(record), None) => Ok(record),
        (_, Some(problems)) => Err(problems),
        (None, None) => unreachable!("a record fails to come about only when a fault was noted"),
    }
}

/// Who needs a portrait.
#[derive(Clone, Copy)]
enum PortraitRule {
    /// Everybody: the card cannot be without DG2.
    Always,
    /// Everybody but small children.
    FromSchoolAge,
    /// Nobody: the card has no DG2.
    Never,
}

impl PortraitRule {
    fn of(profile: &Profile) -> Self {
        match profile.file(ElementaryFile::DG2) {
            Some(rule) if rule.mandatory => Self::Always,
            Some(_) => Self::FromSchoolAge,
            None => Self::Never,
        }
    }
}

/// The checks and what they found.
struct Check {
    /// Whether the card is a national identity card, which holds data group 13.
    national: bool,
    portrait: PortraitRule,
    problems: Vec<FieldProblem>,
}

impl Check {
    /// All checks, in the order of the fields.
    fn record(
        &mut self,
        file: &RecordFile,
        profile: &Profile,
        given: GivenPortrait,
    ) -> Option<CitizenRecord> {
        if file.schema != super::SCHEMA {
            self.fault(
                "schema",
                Problem::WrongSchema {
                    expected: super::SCHEMA,
                },
            );
        }
        let number = self.digits("number", file.number.as_deref(), "12", 12);
        let document_number = self.document_number(file);
        let name = self.names(file);
        let birth = self.birth(file);
        let sex = self.sex(file);
        let nationality = self.text("nationality", file.nationality.as_deref(), MAX_WORD);
        let nationality_code = self.country(file, profile);
        let ethnicity = self.text("ethnicity", file.ethnicity.as_deref(), MAX_WORD);
        let religion = self.text("religion", file.religion.as_deref(), MAX_WORD);
        let place_of_origin = self.text("place_of_origin", file.place_of_origin.as_deref(), MAX_PLACE);
        let residence = self.text("residence", file.residence.as_deref(), MAX_PLACE);
        let features = self.text(
            "identification_features",
            file.identification_features.as_deref(),
            MAX_PLACE,
        );
        let issued = self.issued(file, birth);
        let expiry = self.expiry(file, issued, birth);
        let father = self.text("father", file.father.as_deref(), MAX_NAME);
        let mother = self.text("mother", file.mother.as_deref(), MAX_NAME);
        let spouses = self.spouses(file);
        let old_number = self.digits("old_number", file.old_number.as_deref(), "9", 9);
        let field16 = self.field16(file);
        let extra_fields = self.extra_fields(file);
        let portrait = self.portrait(given, birth, issued);
        if self.national {
            self.needed("number", number.is_some());
        } else {
            self.needed("document_number", document_number.is_some());
        }
        let record = CitizenRecord {
            number,
            document_number,
            name: name?,
            birth: birth?,
            sex: sex?,
            nationality,
            nationality_code,
            ethnicity,
            religion,
            place_of_origin,
            residence,
            identification_features: features,
            issued,
            expiry: expiry?,
            father,
            mother,
            spouses,
            old_number,
            field16,
            extra_fields,
            portrait,
        };
        Some(record)
    }

    /// Notes a fault.
    fn fault(&mut self, field: &str, problem: Problem) {
        self.problems.push(fault(field, problem));
    }

    /// Notes that a field is missing, unless something else is wrong with it already.
    fn needed(&mut self, field: &str, present: bool) {
        if !present && !self.problems.iter().any(|p| base(&p.field) == field) {
            self.fault(field, Problem::Missing);
        }
    }

    /// A text: in NFC, without blanks around it, bounded. Empty counts as not given.
    fn text(&mut self, field: &str, value: Option<&str>, limit: usize) -> Option<String> {
        let value = value?;
        if value.len() > limit * 4 {
            self.fault(field, Problem::TooLong { limit });
            return None;
        }
        let text: String = value.trim().nfc().collect();
        if let Some(at) = text.chars().position(char::is_control) {
            self.fault(field, Problem::ControlCharacter { position: at + 1 });
            return None;
        }
        if text.len() > limit {
            self.fault(field, Problem::TooLong { limit });
            return None;
        }
        (!text.is_empty()).then_some(text)
    }

    /// A number of so many digits. Empty counts as not given.
    fn digits(
        &mut self,
        field: &str,
        value: Option<&str>,
        digits: &'static str,
        count: usize,
    ) -> Option<String> {
        let value = value.filter(|v| !v.is_empty())?;
        if value.len() == count && value.bytes().all(|b| b.is_ascii_digit()) {
            return Some(value.to_owned());
        }
        self.fault(field, Problem::NotDigits { digits });
        None
    }

    /// The number of a passport.
    fn document_number(&mut self, file: &RecordFile) -> Option<String> {
        let value = file.document_number.as_deref().filter(|v| !v.is_empty())?;
        let fits = value.len() <= 9
            && value
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !fits {
            self.fault("document_number", Problem::NotADocumentNumber);
        }
        fits.then(|| value.to_owned())
    }

    /// The name as written and its two parts.
    fn names(&mut self, file: &RecordFile) -> Option<Name> {
        let full = self.text("full_name", file.full_name.as_deref(), MAX_NAME);
        let surname = self.text("surname", file.surname.as_deref(), MAX_NAME);
        let given = self.text("given_names", file.given_names.as_deref(), MAX_NAME);
        self.needed("full_name", full.is_some());
        for (field, part) in [
            ("full_name", &full),
            ("surname", &surname),
            ("given_names", &given),
        ] {
            if let Some(part) = part {
                self.transliterates(field, part);
            }
        }
        Some(Name::new(full?, surname, given))
    }

    /// The name must have a form in the machine readable zone.
    fn transliterates(&mut self, field: &str, name: &str) {
        let problem = match transliterate::name(name) {
            Ok(_) => return,
            Err(NotTransliterable::Character { character, position }) => {
                Problem::NoTransliteration { character, position }
            }
            Err(_) => Problem::NoMrzForm,
        };
        self.fault(field, problem);
    }

    /// The date of birth, as far as it is known.
    fn birth(&mut self, file: &RecordFile) -> Option<Birth> {
        let value = file.birth.as_deref().filter(|v| !v.is_empty());
        self.needed("birth", value.is_some());
        let birth = match parse_birth(value?) {
            Ok(birth) => birth,
            Err(problem) => {
                self.fault("birth", problem);
                return None;
            }
        };
        let (from, to) = BIRTH_YEARS;
        if !(from..=to).contains(&birth.year()) {
            self.fault("birth", Problem::YearOutOfRange { from, to });
            return None;
        }
        Some(birth)
    }

    /// The sex; a national card knows two.
    fn sex(&mut self, file: &RecordFile) -> Option<Sex> {
        let value = file.sex.as_deref().filter(|v| !v.is_empty());
        self.needed("sex", value.is_some());
        let word: String = value?.nfc().take(8).collect();
        match word.as_str() {
            "Nam" | "M" => Some(Sex::Male),
            "Nữ" | "F" => Some(Sex::Female),
            "X" if !self.national => Some(Sex::Unspecified),
            _ => {
                let allowed = if self.national {
                    "Nam, Nữ, M, F"
                } else {
                    "M, F, X, Nam, Nữ"
                };
                self.fault("sex", Problem::NotOneOf { allowed });
                None
            }
        }
    }

    /// The code of the nationality; the issuing state's when none is given.
    fn country(&mut self, file: &RecordFile, profile: &Profile) -> String {
        let Some(code) = file.nationality_code.as_deref().filter(|v| !v.is_empty()) else {
            return profile.country.clone();
        };
        if code.len() > 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
            self.fault("nationality_code", Problem::NotACountryCode);
        }
        code.to_owned()
    }

    /// A whole date with a year that the card can hold.
    fn date(&mut self, field: &str, value: &str) -> Option<Date> {
        let date = match Date::from_dd_mm_yyyy(value) {
            Ok(date) => date,
            Err(e) => {
                self.fault(field, date_problem(&e));
                return None;
            }
        };
        let (from, to) = ISSUE_YEARS;
        if !(from..=to).contains(&date.year()) {
            self.fault(field, Problem::YearOutOfRange { from, to });
            return None;
        }
        Some(date)
    }

    /// The date of issue, not before the birth.
    fn issued(&mut self, file: &RecordFile, birth: Option<Birth>) -> Option<Date> {
        let value = file.issued.as_deref().filter(|v| !v.is_empty());
        if self.national {
            self.needed("issued", value.is_some());
        }
        let issued = self.date("issued", value?)?;
        if birth.is_some_and(|b| b.earliest() > issued) {
            self.fault("issued", Problem::Before { other: "birth" });
        }
        Some(issued)
    }

    /// The expiry: a date after the issue, or none at all.
    fn expiry(&mut self, file: &RecordFile, issued: Option<Date>, birth: Option<Birth>) -> Option<Expiry> {
        let value = file.expires.as_deref().filter(|v| !v.is_empty());
        if file.lifelong {
            if value.is_some() {
                self.fault("lifelong", Problem::Excludes { other: "expires" });
            }
            if !self.national {
                self.fault(
                    "lifelong",
                    Problem::NotOneOf {
                        allowed: "false (a passport expires)",
                    },
                );
            }
            return Some(Expiry::Lifelong);
        }
        self.needed("expires", value.is_some());
        let expires = self.date("expires", value?)?;
        if issued.is_some_and(|i| i > expires) {
            self.fault("expires", Problem::Before { other: "issued" });
        } else if birth.is_some_and(|b| b.earliest() > expires) {
            self.fault("expires", Problem::Before { other: "birth" });
        }
        Some(Expiry::On(expires))
    }

    /// The names of the spouses; an empty one is a fault, because it would look like an entry.
    fn spouses(&mut self, file: &RecordFile) -> Vec<String> {
        let mut out = Vec::new();
        for (i, name) in file.spouses.iter().enumerate() {
            let field = format!("spouses[{i}]");
            if name.trim().is_empty() {
                self.fault(&field, Problem::Empty);
            } else if let Some(name) = self.text(&field, Some(name), MAX_NAME) {
                out.push(name);
            }
        }
        out
    }

    /// Field 16: what a `PrintableString` of the known length holds.
    fn field16(&mut self, file: &RecordFile) -> Option<String> {
        let value = file.field16.as_deref().filter(|v| !v.is_empty())?;
        let fits = value.len() <= 16 && value.bytes().all(|b| b.is_ascii_alphanumeric());
        if !fits {
            self.fault(
                "field16",
                Problem::NotOneOf {
                    allowed: "up to 16 letters A to Z and digits",
                },
            );
        }
        fits.then(|| value.to_owned())
    }

    /// Fields beyond those that have a name.
    fn extra_fields(&mut self, file: &RecordFile) -> Vec<(u8, String)> {
        let (from, to) = EXTRA_NUMBERS;
        let mut out: Vec<(u8, String)> = Vec::new();
        for (i, extra) in file.extra_fields.iter().enumerate() {
            let field = format!("extra_fields[{i}]");
            let text = self
                .text(&field, Some(&extra.text), MAX_EXTRA)
                .unwrap_or_default();
            match u8::try_from(extra.number) {
                Ok(n) if (from..=to).contains(&extra.number) => {
                    if out.iter().any(|(other, _)| *other == n) {
                        self.fault(&field, Problem::GivenTwice);
                    }
                    out.push((n, text));
                }
                _ => self.fault(&field, Problem::FieldNumber { from, to }),
            }
        }
        out.sort_by_key(|(n, _)| *n);
        out
    }

    /// The portrait, decoded; small children need none where the card can do without.
    fn portrait(
        &mut self,
        given: GivenPortrait,
        birth: Option<Birth>,
        issued: Option<Date>,
    ) -> Option<Portrait> {
        let bytes = match given {
            GivenPortrait::Bytes(bytes) => bytes,
            GivenPortrait::Unavailable(why) => {
                self.fault("portrait", Problem::PortraitUnavailable { why });
                return None;
            }
            GivenPortrait::None => {
                let small = birth.zip(issued).is_some_and(|(b, i)| b.age_on(i) < PORTRAIT_AGE);
                let dispensable = match self.portrait {
                    PortraitRule::Always => false,
                    PortraitRule::FromSchoolAge => small,
                    PortraitRule::Never => true,
                };
                self.needed("portrait", dispensable);
                return None;
            }
        };
        Portrait::decode(bytes)
            .map_err(|e: PictureProblem| self.fault("portrait", Problem::Picture(e)))
            .ok()
    }
}

/// Reads `dd/MM/yyyy`, `MM/yyyy` or `yyyy`.
fn parse_birth(text: &str) -> Result<Birth, Problem> {
    let number = |t: &str| {
        t.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| t.parse::<u16>().ok())
            .flatten()
    };
    match text.len() {
        4 => Ok(Birth::Year(number(text).ok_or(Problem::NotADate)?)),
        7 => {
            let (month, year) = text
                .split_once('/')
                .filter(|(m, _)| m.len() == 2)
                .ok_or(Problem::NotADate)?;
            let (month, year) = number(month).zip(number(year)).ok_or(Problem::NotADate)?;
            match u8::try_from(month) {
                Ok(month @ 1..=12) => Ok(Birth::Month(year, month)),
                _ => Err(Problem::NoSuchDay),
            }
        }
        _ => Date::from_dd_mm_yyyy(text)
            .map(Birth::Day)
            .map_err(|e| date_problem(&e)),
    }
}

/// What is wrong with a date.
fn date_problem(e: &DateError) -> Problem {
    match e {
        DateError::NoSuchDay => Problem::NoSuchDay,
        _ => Problem::NotADate,
    }
}

/// `spouses` of `spouses[1]`.
fn base(field: &str) -> &str {
    field.split('[').next().unwrap_or(field)
}
