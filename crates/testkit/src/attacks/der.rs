//! DER as a forger writes it: nothing is checked, so that everything can be wrong.

use antin_wire::oids::ObjectIdentifier;
use antin_wire::tlv::{self, Tag};

pub const SEQUENCE: u32 = 0x30;
pub const SET: u32 = 0x31;
pub const PRINTABLE: u32 = 0x13;

/// An object with this tag and value.
pub fn object(tag: u32, value: &[u8]) -> Vec<u8> {
    tlv::object(Tag(tag), value)
}

/// A constructed object.
pub fn constructed(tag: u32, parts: &[&[u8]]) -> Vec<u8> {
    object(tag, &parts.concat())
}

pub fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    constructed(SEQUENCE, parts)
}

pub fn set(parts: &[&[u8]]) -> Vec<u8> {
    constructed(SET, parts)
}

/// `[n]`, constructed.
pub fn context(n: u8, parts: &[&[u8]]) -> Vec<u8> {
    constructed(0xA0 | u32::from(n), parts)
}

pub fn oid(oid: &ObjectIdentifier) -> Vec<u8> {
    object(0x06, oid.as_bytes())
}

pub fn octets(value: &[u8]) -> Vec<u8> {
    object(0x04, value)
}

/// A BIT STRING of whole octets.
pub fn bits(value: &[u8]) -> Vec<u8> {
    object(0x03, &[&[0], value].concat())
}

pub fn boolean(value: bool) -> Vec<u8> {
    object(0x01, &[if value { 0xFF } else { 0 }])
}

/// A positive INTEGER.
pub fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let mut value = bytes.get(zeros..).unwrap_or_default().to_vec();
    if value.first().is_none_or(|first| first & 0x80 != 0) {
        value.insert(0, 0);
    }
    object(0x02, &value)
}

/// An AlgorithmIdentifier without parameters.
pub fn algorithm(identifier: &ObjectIdentifier) -> Vec<u8> {
    sequence(&[&oid(identifier)])
}

/// An AlgorithmIdentifier whose parameters are NULL.
pub fn algorithm_null(identifier: &ObjectIdentifier) -> Vec<u8> {
    sequence(&[&oid(identifier), &[0x05, 0x00]])
}

/// `YYYY-MM-DD` as UTCTime until 2049, as GeneralizedTime from then on, at midnight.
pub fn time(day: &str) -> Vec<u8> {
    if day < "2050" {
        let short: String = day.chars().skip(2).filter(char::is_ascii_digit).collect();
        object(0x17, format!("{short}000000Z").as_bytes())
    } else {
        object(0x18, generalized(day).as_bytes())
    }
}

/// The text of a GeneralizedTime.
pub fn generalized(day: &str) -> String {
    let digits: String = day.chars().filter(char::is_ascii_digit).collect();
    format!("{digits}000000Z")
}

/// The same objects, in which every UTF8String has its marks behind its letters (Unicode NFD).
pub fn decomposed(bytes: &[u8]) -> Vec<u8> {
    use unicode_normalization::UnicodeNormalization as _;
    let mut objects = tlv::Reader::new(bytes);
    let mut out = Vec::new();
    while let Some(found) = objects.next().expect("DER") {
        let value = match found.tag.0 {
            0x0C => {
                let text = core::str::from_utf8(found.value).expect("UTF-8");
                text.nfd().collect::<String>().into_bytes()
            }
            _ if found.tag.is_constructed() => decomposed(found.value),
            _ => found.value.to_vec(),
        };
        out.extend(object(found.tag.0, &value));
    }
    out
}
