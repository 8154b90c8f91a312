//! A DER writer for our own data.

use antin_crypto::ObjectIdentifier;
use antin_wire::tlv::Tag;

use super::{BIT_STRING, BOOLEAN, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, SEQUENCE, UTC_TIME};
use crate::time::UnixTime;

/// Appends tag and length of an object whose content of `len` bytes follows.
pub(crate) fn header(out: &mut Vec<u8>, tag: Tag, len: usize) {
    let tag_bytes = tag.0.to_be_bytes();
    let zeros = tag_bytes.iter().take_while(|byte| **byte == 0).count();
    out.extend(tag_bytes.iter().skip(zeros));
    let len_bytes = (len as u64).to_be_bytes();
    let significant: Vec<u8> = len_bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    match significant.as_slice() {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            // At most eight, so it fits.
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            out.extend_from_slice(long);
        }
    }
}

/// How many bytes tag (of one byte) and length take before a content of `len` bytes.
pub(crate) const fn header_len(len: usize) -> usize {
    match len {
        0..0x80 => 2,
        0x80..0x100 => 3,
        0x100..0x1_0000 => 4,
        _ => 5,
    }
}

/// One object out of the concatenated parts.
pub(crate) fn object(tag: Tag, parts: &[&[u8]]) -> Vec<u8> {
    let len = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(len + 6);
    header(&mut out, tag, len);
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    object(SEQUENCE, parts)
}

pub(crate) fn oid(oid: &ObjectIdentifier) -> Vec<u8> {
    object(OID, &[oid.as_bytes()])
}

/// An INTEGER that is not negative, from big-endian bytes.
pub(crate) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let bytes = bytes.get(zeros..).unwrap_or_default();
    match bytes.first() {
        None => object(INTEGER, &[&[0]]),
        Some(first) if first & 0x80 != 0 => object(INTEGER, &[&[0], bytes]),
        Some(_) => object(INTEGER, &[bytes]),
    }
}

pub(crate) fn octets(bytes: &[u8]) -> Vec<u8> {
    object(OCTET_STRING, &[bytes])
}

/// A BIT STRING of whole octets.
pub(crate) fn bits(bytes: &[u8]) -> Vec<u8> {
    object(BIT_STRING, &[&[0], bytes])
}

pub(crate) fn boolean(value: bool) -> Vec<u8> {
    object(BOOLEAN, &[&[if value { 0xFF } else { 0 }]])
}

/// UTCTime up to 2049, GeneralizedTime from 2050 and before 1950 (RFC 5280 §4.1.2.5).
pub(crate) fn time(at: UnixTime) -> Vec<u8> {
    let (year, month, day, hour, minute, second) = at.to_parts();
    if (1950..2050).contains(&year) {
        let text = format!(
            "{:02}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z",
            year % 100
        );
        object(UTC_TIME, &[text.as_bytes()])
    } else {
        object(GENERALIZED_TIME, &[generalized(at).as_bytes()])
    }
}

/// `YYYYMMDDhhmmssZ`.
pub(crate) fn generalized(at: UnixTime) -> String {
    let (year, month, day, hour, minute, second) = at.to_parts();
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z")
}

/// An AlgorithmIdentifier without parameters.
pub(crate) fn algorithm(identifier: &ObjectIdentifier) -> Vec<u8> {
    sequence(&[&oid(identifier)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_take_their_shortest_form() {
        for (len, head) in [
            (0, "0400"),
            (127, "047f"),
            (128, "048180"),
            (255, "0481ff"),
            (256, "04820100"),
            (65_536, "0483010000"),
        ] {
            let object = octets(&vec![0; len]);
            assert_eq!(hex::encode(&object[..object.len() - len]), head);
            assert_eq!(header_len(len), object.len() - len);
        }
    }

    #[test]
    fn integers_never_turn_negative() {
        assert_eq!(unsigned(&[]), [2, 1, 0]);
        assert_eq!(unsigned(&[0, 0, 5]), [2, 1, 5]);
        assert_eq!(unsigned(&[0x80]), [2, 2, 0, 0x80]);
    }

    #[test]
    fn times_change_form_in_2050() {
        let utc = time(UnixTime::from_date(2049, 12, 31).unwrap());
        let generalized = time(UnixTime::from_date(2050, 1, 1).unwrap());
        assert_eq!(&utc[2..], b"491231000000Z");
        assert_eq!(&generalized[2..], b"20500101000000Z");
    }
}
