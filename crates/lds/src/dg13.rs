//! DG13 of Vietnamese ID cards: the printed data of the card, with the true name and all diacritics.
//!
//! ```text
//! 6D LL
//!   30 LL
//!     02 01 01                     version
//!     06 06 28 D3 16 01 00 08      OID 1.0.10646.1.0.8
//!     31 LL                        in ascending field order, not in DER order
//!       30 LL 02 01 nn value       one per field
//! ```
//! A field without a value is `30 03 02 01 nn`. Parents are two sequences with one name each, or one with both; each spouse
//! is a sequence of its own. The format is published nowhere: it was read off cards, so unknown things are kept, not refused.

use antin_wire::{
    oids::VIETNAM_DG13,
    tlv::{
        self, Reader,
        tags::{DG13, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING},
    },
};

use crate::{Error, der_io, normal::nfc};

/// The fields to write; an empty text is a field without a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VietnamFields {
    /// 1: twelve digits.
    pub id_number: String,
    /// 2: surname first, with diacritics.
    pub full_name: String,
    /// 3: `dd/MM/yyyy`, or less if the day is not known.
    pub date_of_birth: String,
    /// 4: `Nam` or `Nữ`.
    pub sex: String,
    /// 5: `Việt Nam`.
    pub nationality: String,
    /// 6.
    pub ethnicity: String,
    /// 7: `Không` for none.
    pub religion: String,
    /// 8: place of origin; since 2024 the place of birth registration.
    pub place_of_origin: String,
    /// 9: the longest field.
    pub place_of_residence: String,
    /// 10: identification features.
    pub features: String,
    /// 11: `dd/MM/yyyy`.
    pub date_of_issue: String,
    /// 12: `dd/MM/yyyy`, or free text for a lifelong card.
    pub date_of_expiry: String,
    /// 13, first name.
    pub father: String,
    /// 13, second name.
    pub mother: String,
    /// 14.
    pub spouses: Vec<String>,
    /// 15: the number of an older card, nine digits.
    pub old_number: String,
    /// 16: sixteen hexadecimal characters of unknown meaning.
    pub chip_code: String,
    /// Fields from 17 on: number and text.
    pub extra: Vec<(u32, String)>,
}

/// One field as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dg13Field {
    /// The number of the field; 1 to 16 are known.
    pub number: u32,
    /// Its value.
    pub value: Dg13Value,
    /// Bytes of the entry without its tag and length.
    pub len: usize,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dg13Value {
    /// No value.
    Empty,
    /// One text.
    Text(String),
    /// The names in one or more sequences, in the order of the file.
    Names(Vec<String>),
    /// Something else, such as a text that is not UTF-8: the bytes after the number.
    Other(Vec<u8>),
}

/// The content of a Vietnamese DG13, with the bytes it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VietnamDg13 {
    raw: Vec<u8>,
    version: u8,
    fields: Vec<Dg13Field>,
}

impl VietnamDg13 {
    /// Builds the file: all sixteen fields and the extra ones, texts in Unicode normal form C.
    ///
    /// # Errors
    /// [`Error`] if a number or date holds characters that a PrintableString cannot, an extra field has a number under 17, or
    /// the file becomes too long.
    pub fn build(fields: &VietnamFields) -> Result<Self, Error> {
        let mut entries = Vec::new();
        for (number, text) in fields.texts() {
            let value = match number {
                13 => parents(&fields.father, &fields.mother),
                14 => fields
                    .spouses
                    .iter()
                    .flat_map(|name| sequence_of_name(name))
                    .collect(),
                _ => text_value(number, text)?,
            };
            entries.push(entry(number, value));
        }
        for (number, text) in &fields.extra {
            if *number <= LAST_KNOWN_FIELD {
                return Err(Error::BadValue {
                    what: "DG13 extra field",
                    problem: "number under 17",
                });
            }
            entries.push(entry(*number, text_value(*number, text)?));
        }
        let parts = [
            der_io::emit_uint(VERSION),
            der_io::emit_oid(VIETNAM_DG13),
            tlv::constructed(SET, &entries),
        ];
        Self::parse(&tlv::constructed(DG13, &[tlv::constructed(SEQUENCE, &parts)]))
    }

    /// Reads the file: any subset of fields in any order, duplicates and unknown numbers kept.
    ///
    /// # Errors
    /// [`Error`] if the structure or the OID is another one. A text that is not UTF-8 is kept as it is
    /// ([`Dg13Value::Other`]).
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        der_io::limit("DG13", bytes, MAX_BYTES)?;
        der_io::limit_nesting(bytes)?;
        let mut file = der_io::expect_one(bytes, DG13, "DG13")?.children();
        let mut content = file.expect(SEQUENCE)?.children();
        file.finish()?;
        let version = der_io::read_uint(&mut content, "DG13 version")?;
        if der_io::read_oid(&mut content, "DG13 format")? != VIETNAM_DG13 {
            return Err(Error::BadValue {
                what: "DG13 format",
                problem: "not that of Vietnamese ID cards",
            });
        }
        let mut set = content.expect(SET)?.children();
        content.finish()?;
        let mut fields = Vec::new();
        while let Some(tlv) = set.next()? {
            if fields.len() == MAX_FIELDS {
                return Err(Error::TooMany {
                    what: "DG13 fields",
                    max: MAX_FIELDS,
                });
            }
            let mut entry = der_io::expect_one(tlv.raw, SEQUENCE, "DG13 field")?.children();
            let number = der_io::read_uint(&mut entry, "DG13 field number")?;
            fields.push(Dg13Field {
                number,
                value: read_value(entry)?,
                len: tlv.value.len(),
            });
        }
        Ok(Self {
            raw: bytes.to_vec(),
            version,
            fields,
        })
    }

    /// The version, 1 on all cards seen.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.version
    }

    /// All fields, in the order of the file.
    #[must_use]
    pub fn fields(&self) -> &[Dg13Field] {
        &self.fields
    }

    /// The text of the first field of this number that has one.
    #[must_use]
    pub fn text(&self, number: u32) -> Option<&str> {
        self.fields
            .iter()
            .filter(|field| field.number == number)
            .find_map(|field| match &field.value {
                Dg13Value::Text(text) => Some(text.as_str()),
                Dg13Value::Empty | Dg13Value::Names(_) | Dg13Value::Other(_) => None,
            })
    }

    /// All names in the fields of this number.
    #[must_use]
    pub fn names(&self, number: u32) -> Vec<&str> {
        let fields = self.fields.iter().filter(|field| field.number == number);
        fields
            .flat_map(|field| match &field.value {
                Dg13Value::Names(names) => names.iter().map(String::as_str).collect(),
                Dg13Value::Text(name) => vec![name.as_str()],
                Dg13Value::Empty | Dg13Value::Other(_) => Vec::new(),
            })
            .collect()
    }

    /// Field 1: twelve digits.
    #[must_use]
    pub fn id_number(&self) -> Option<&str> {
        self.text(1)
    }

    /// Field 2: the name with all diacritics.
    #[must_use]
    pub fn full_name(&self) -> Option<&str> {
        self.text(2)
    }

    /// Field 3: `dd/MM/yyyy`.
    #[must_use]
    pub fn date_of_birth(&self) -> Option<&str> {
        self.text(3)
    }

    /// Field 4: `Nam` or `Nữ`.
    #[must_use]
    pub fn sex(&self) -> Option<&str> {
        self.text(4)
    }

    /// Field 9.
    #[must_use]
    pub fn place_of_residence(&self) -> Option<&str> {
        self.text(9)
    }

    /// Field 11: `dd/MM/yyyy`.
    #[must_use]
    pub fn date_of_issue(&self) -> Option<&str> {
        self.text(11)
    }

    /// Field 12: `dd/MM/yyyy`, or free text for a lifelong card.
    #[must_use]
    pub fn date_of_expiry(&self) -> Option<&str> {
        self.text(12)
    }

    /// Field 13, first name.
    #[must_use]
    pub fn father(&self) -> Option<&str> {
        self.names(13).first().copied().filter(|name| !name.is_empty())
    }

    /// Field 13, second name.
    #[must_use]
    pub fn mother(&self) -> Option<&str> {
        self.names(13).get(1).copied().filter(|name| !name.is_empty())
    }

    /// Field 14.
    #[must_use]
    pub fn spouses(&self) -> Vec<&str> {
        self.names(14)
    }

    /// The fields that are longer than 123 bytes: readers in the field that expect lengths of one byte may stumble over them.
    pub fn long_fields(&self) -> impl Iterator<Item = &Dg13Field> {
        self.fields.iter().filter(|field| field.len > LONG_FIELD_BYTES)
    }

    /// The file as it was read or built.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }
}

impl VietnamFields {
    /// The sixteen fields in order; parents and spouses have no single text.
    fn texts(&self) -> [(u32, &str); 16] {
        [
            (1, &self.id_number),
            (2, &self.full_name),
            (3, &self.date_of_birth),
            (4, &self.sex),
            (5, &self.nationality),
            (6, &self.ethnicity),
            (7, &self.religion),
            (8, &self.place_of_origin),
            (9, &self.place_of_residence),
            (10, &self.features),
            (11, &self.date_of_issue),
            (12, &self.date_of_expiry),
            (13, ""),
            (14, ""),
            (15, &self.old_number),
            (16, &self.chip_code),
        ]
    }
}

fn read_value(mut entry: Reader<'_>) -> Result<Dg13Value, Error> {
    let rest = entry.clone();
    let mut names = Vec::new();
    while let Some(tlv) = entry.next()? {
        match tlv.tag {
            UTF8_STRING | PRINTABLE_STRING if names.is_empty() && entry.peek_tag()?.is_none() => {
                return match utf8(tlv.value) {
                    Some(text) => Ok(Dg13Value::Text(text)),
                    None => other(rest),
                };
            }
            SEQUENCE => {
                let mut inner = tlv.children();
                while let Some(name) = inner.next()? {
                    let text = match name.tag {
                        UTF8_STRING | PRINTABLE_STRING => utf8(name.value),
                        _ => None,
                    };
                    match text {
                        Some(text) => names.push(text),
                        None => return other(rest),
                    }
                }
            }
            _ => return other(rest),
        }
    }
    Ok(if names.is_empty() {
        Dg13Value::Empty
    } else {
        Dg13Value::Names(names)
    })
}

fn other(mut rest: Reader<'_>) -> Result<Dg13Value, Error> {
    let mut bytes = Vec::new();
    while let Some(tlv) = rest.next()? {
        bytes.extend_from_slice(tlv.raw);
    }
    Ok(Dg13Value::Other(bytes))
}

/// The text; `None` for bytes that are no UTF-8, and for one that holds NUL, which no text of a card does.
fn utf8(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    (!text.contains('\0')).then(|| text.to_owned())
}

fn entry(number: u32, value: Vec<u8>) -> Vec<u8> {
    tlv::constructed(SEQUENCE, &[der_io::emit_uint(number), value])
}

fn text_value(number: u32, text: &str) -> Result<Vec<u8>, Error> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    if !PRINTABLE_FIELDS.contains(&number) {
        return Ok(tlv::object(UTF8_STRING, nfc(text).as_bytes()));
    }
    if !text.bytes().all(is_printable) {
        return Err(Error::BadValue {
            what: "DG13 number or date",
            problem: "not a PrintableString",
        });
    }
    Ok(tlv::object(PRINTABLE_STRING, text.as_bytes()))
}

fn parents(father: &str, mother: &str) -> Vec<u8> {
    if father.is_empty() && mother.is_empty() {
        return Vec::new();
    }
    [sequence_of_name(father), sequence_of_name(mother)].concat()
}

fn sequence_of_name(name: &str) -> Vec<u8> {
    tlv::constructed(SEQUENCE, &[tlv::object(UTF8_STRING, nfc(name).as_bytes())])
}

/// The characters of an ASN.1 PrintableString.
fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte)
}

const VERSION: u8 = 1;
/// Numbers and dates; the date of expiry is a UTF8String, because lifelong cards have a text there.
const PRINTABLE_FIELDS: [u32; 5] = [1, 3, 11, 15, 16];
const LAST_KNOWN_FIELD: u32 = 16;
/// Entries over 127 bytes need a length of two bytes; four bytes less leaves room for a tag and length to come.
const LONG_FIELD_BYTES: usize = 123;
/// Cards seen have under 1 KiB; sixteen fields of 500 bytes stay under this.
const MAX_BYTES: usize = 8 * 1024;
/// Sixteen are known; repeated and later ones have room.
const MAX_FIELDS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> VietnamFields {
        VietnamFields {
            id_number: "999185000017".to_owned(),
            ..VietnamFields::default()
        }
    }

    #[test]
    fn texts_are_written_in_normal_form_c() {
        let decomposed = "Nguye\u{0302}\u{0303}n";
        let mut fields = VietnamFields {
            full_name: decomposed.to_owned(),
            father: decomposed.to_owned(),
            ..fields()
        };
        fields.spouses.push(decomposed.to_owned());
        let dg13 = VietnamDg13::build(&fields).unwrap();
        assert_eq!(dg13.full_name(), Some("Nguyễn"));
        assert_eq!(dg13.father(), Some("Nguyễn"));
        assert_eq!(dg13.mother(), None);
        assert_eq!(dg13.spouses(), ["Nguyễn"]);
    }

    #[test]
    fn an_empty_field_is_five_bytes() {
        let dg13 = VietnamDg13::build(&fields()).unwrap();
        let empty_14 = [0x30, 0x03, 0x02, 0x01, 0x0E];
        assert!(dg13.as_bytes().windows(5).any(|window| window == empty_14));
        assert_eq!(dg13.fields().len(), 16);
    }

    #[test]
    fn a_long_field_is_written_whole_and_pointed_out() {
        // 3 bytes of number, 2 of tag and length: 118 characters make 123 bytes.
        for (characters, long) in [(118, false), (119, true), (300, true)] {
            let place_of_residence = "x".repeat(characters);
            let dg13 = VietnamDg13::build(&VietnamFields {
                place_of_residence,
                ..fields()
            })
            .unwrap();
            assert_eq!(dg13.place_of_residence().map(str::len), Some(characters));
            let numbers: Vec<u32> = dg13.long_fields().map(|field| field.number).collect();
            assert_eq!(numbers, if long { vec![9] } else { Vec::new() }, "{characters}");
        }
    }

    #[test]
    fn what_the_format_cannot_hold_is_not_written() {
        let wrong = VietnamFields {
            date_of_birth: "19/02/1985\u{0301}".to_owned(),
            ..fields()
        };
        let said = VietnamDg13::build(&wrong).unwrap_err().to_string();
        assert_eq!(said, "DG13 number or date: not a PrintableString");
        let wrong = VietnamFields {
            extra: vec![(16, "x".to_owned())],
            ..fields()
        };
        assert_eq!(
            VietnamDg13::build(&wrong).unwrap_err().to_string(),
            "DG13 extra field: number under 17"
        );
        let wrong = VietnamFields {
            features: "x".repeat(9000),
            ..fields()
        };
        assert!(matches!(VietnamDg13::build(&wrong), Err(Error::TooLarge { .. })));
        let extra = (17..17 + 49).map(|number| (number, String::new())).collect();
        let wrong = VietnamFields { extra, ..fields() };
        assert!(matches!(VietnamDg13::build(&wrong), Err(Error::TooMany { .. })));
    }
}
