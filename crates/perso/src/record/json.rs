//! The record file as JSON: read field by field, so that every fault is found and not only the first.

use std::fmt;

use schemars::JsonSchema;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::problems::{FieldProblem, Problem};

/// The schema name of a record file.
pub const SCHEMA: &str = "antin.record/1";

/// Largest record file: a hundred times what a citizen's data takes.
pub const MAX_FILE_BYTES: usize = 65_536;

/// Most elements of a list in a record: nobody has more spouses, and the data group has 1-byte numbers.
const MAX_LIST: usize = 32;

/// A citizen's data as the record file `antin.record/1` holds it: as typed, not yet checked.
///
/// Dates are `dd/MM/yyyy`; a birth date may be `MM/yyyy` or `yyyy` when the rest is unknown.
#[derive(Clone, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct RecordFile {
    /// `antin.record/1`.
    pub schema: String,
    /// Citizen number, 12 digits; for national cards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Passport number, 1 to 9 of A to Z and 0 to 9; for passports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// Full name as written, surname first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// Surname, where it is not the first word of the full name; for passports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surname: Option<String>,
    /// Given names, where they are not the other words of the full name; for passports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_names: Option<String>,
    /// Date of birth: `dd/MM/yyyy`, `MM/yyyy` or `yyyy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth: Option<String>,
    /// `Nam`, `Nữ`, `M`, `F` or `X`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    /// Nationality as written on the card; `Việt Nam` if absent on a Vietnamese card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
    /// Nationality as a code of ICAO 9303-3; the profile's country if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nationality_code: Option<String>,
    /// Ethnicity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ethnicity: Option<String>,
    /// Religion; `Không` for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub religion: Option<String>,
    /// Place of origin, or of the registration of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place_of_origin: Option<String>,
    /// Place of residence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residence: Option<String>,
    /// Identification features.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identification_features: Option<String>,
    /// Date of issue, `dd/MM/yyyy`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<String>,
    /// Last day of validity, `dd/MM/yyyy`; absent with `lifelong`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// True for a card that never expires.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub lifelong: bool,
    /// Father's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub father: Option<String>,
    /// Mother's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mother: Option<String>,
    /// Names of spouses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spouses: Vec<String>,
    /// Old number of 9 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old_number: Option<String>,
    /// Field 16 of data group 13: up to 16 characters of ASCII, meaning unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field16: Option<String>,
    /// Fields of data group 13 from number 17 on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra_fields: Vec<ExtraField>,
    /// Path of the portrait (JPEG or JPEG 2000), relative to the record file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub portrait: Option<String>,
}

/// A field of data group 13 that has no name yet.
#[derive(Clone, Default, PartialEq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ExtraField {
    /// Field number, 17 to 127.
    pub number: u32,
    /// Its text.
    pub text: String,
}

impl fmt::Debug for RecordFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordFile(personal data)")
    }
}

impl fmt::Debug for ExtraField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExtraField({}, personal data)", self.number)
    }
}

/// The fields in their order, for messages.
pub(super) const FIELDS: [&str; 25] = [
    "schema",
    "number",
    "document_number",
    "full_name",
    "surname",
    "given_names",
    "birth",
    "sex",
    "nationality",
    "nationality_code",
    "ethnicity",
    "religion",
    "place_of_origin",
    "residence",
    "identification_features",
    "issued",
    "expires",
    "lifelong",
    "father",
    "mother",
    "spouses",
    "old_number",
    "field16",
    "extra_fields",
    "portrait",
];

/// Reads the JSON as far as it goes; what is wrong lands in `problems`, and its field stays empty. `None` when nothing
/// can be read at all.
pub(super) fn read(json: &[u8], problems: &mut Vec<FieldProblem>) -> Option<RecordFile> {
    if json.len() > MAX_FILE_BYTES {
        problems.push(whole_file(Problem::FileTooLarge {
            limit: MAX_FILE_BYTES,
        }));
        return None;
    }
    let members = match serde_json::from_slice::<Members>(json) {
        Ok(members) => members.0,
        Err(e) => {
            problems.push(whole_file(Problem::NotJson {
                line: e.line(),
                column: e.column(),
            }));
            return None;
        }
    };
    let mut record = RecordFile::default();
    let mut seen: Vec<&str> = Vec::new();
    for (name, value) in &members {
        if seen.contains(&name.as_str()) {
            problems.push(fault(name, Problem::GivenTwice));
            continue;
        }
        seen.push(name);
        if let Err(problem) = set(&mut record, name, value, problems) {
            problems.push(fault(name, problem));
        }
    }
    Some(record)
}

/// A fault of a field.
pub(super) fn fault(field: &str, problem: Problem) -> FieldProblem {
    // A field name comes from the file: a bounded piece of it is enough to find it.
    FieldProblem {
        field: field.chars().filter(|c| !c.is_control()).take(40).collect(),
        problem,
    }
}

/// A fault of the file as a whole.
fn whole_file(problem: Problem) -> FieldProblem {
    fault("(file)", problem)
}

/// Puts one member of the JSON object into its field.
fn set(
    r: &mut RecordFile,
    name: &str,
    value: &Value,
    problems: &mut Vec<FieldProblem>,
) -> Result<(), Problem> {
    let slot = match name {
        "schema" => {
            r.schema = text(value)?.unwrap_or_default();
            return Ok(());
        }
        "lifelong" => {
            r.lifelong = value.as_bool().ok_or(Problem::WrongType {
                expected: "true or false",
            })?;
            return Ok(());
        }
        "spouses" => {
            r.spouses = texts(name, value, problems)?;
            return Ok(());
        }
        "extra_fields" => {
            r.extra_fields = extra_fields(name, value, problems)?;
            return Ok(());
        }
        "number" => &mut r.number,
        "document_number" => &mut r.document_number,
        "full_name" => &mut r.full_name,
        "surname" => &mut r.surname,
        "given_names" => &mut r.given_names,
        "birth" => &mut r.birth,
        "sex" => &mut r.sex,
        "nationality" => &mut r.nationality,
        "nationality_code" => &mut r.nationality_code,
        "ethnicity" => &mut r.ethnicity,
        "religion" => &mut r.religion,
        "place_of_origin" => &mut r.place_of_origin,
        "residence" => &mut r.residence,
        "identification_features" => &mut r.identification_features,
        "issued" => &mut r.issued,
        "expires" => &mut r.expires,
        "father" => &mut r.father,
        "mother" => &mut r.mother,
        "old_number" => &mut r.old_number,
        "field16" => &mut r.field16,
        "portrait" => &mut r.portrait,
        _ => return Err(Problem::UnknownField),
    };
    *slot = text(value)?;
    Ok(())
}

/// A string, or null for a field that is not given.
fn text(value: &Value) -> Result<Option<String>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::String(s) => Ok(Some(s.clone())),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Err(Problem::WrongType {
            expected: "a text in quotes",
        }),
    }
}

/// A list within its bound.
fn list<'v>(value: &'v Value, expected: &'static str) -> Result<&'v [Value], Problem> {
    let list = value.as_array().ok_or(Problem::WrongType { expected })?;
    if list.len() > MAX_LIST {
        return Err(Problem::TooMany { limit: MAX_LIST });
    }
    Ok(list)
}

/// A list of strings; a wrong element is reported with its index and left empty.
fn texts(name: &str, value: &Value, problems: &mut Vec<FieldProblem>) -> Result<Vec<String>, Problem> {
    let mut out = Vec::new();
    for (i, element) in list(value, "a list of texts")?.iter().enumerate() {
        match element.as_str() {
            Some(s) => out.push(s.to_owned()),
            None => problems.push(fault(
                &format!("{name}[{i}]"),
                Problem::WrongType {
                    expected: "a text in quotes",
                },
            )),
        }
    }
    Ok(out)
}

/// The list of extra fields; a wrong element is reported with its index and left out.
fn extra_fields(
    name: &str,
    value: &Value,
    problems: &mut Vec<FieldProblem>,
) -> Result<Vec<ExtraField>, Problem> {
    const SHAPE: Problem = Problem::WrongType {
        expected: "an object with number and text",
    };
    let mut out = Vec::new();
    for (i, element) in list(value, "a list of objects with number and text")?
        .iter()
        .enumerate()
    {
        let parts = element.as_object().filter(|o| o.len() == 2).and_then(|o| {
            let number = u32::try_from(o.get("number")?.as_u64()?).ok()?;
            Some(ExtraField {
                number,
                text: o.get("text")?.as_str()?.to_owned(),
            })
        });
        match parts {
            Some(field) => out.push(field),
            None => problems.push(fault(&format!("{name}[{i}]"), SHAPE)),
        }
    }
    Ok(out)
}

/// The members of a JSON object in their order, doubles included (`serde_json` keeps only the last).
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}
