//! The writer for data objects that we build ourselves, always in the shortest form.
//!
//! `iso7816-tlv` serves as an oracle in the tests only: it writes the length 127 as `81 7F`, which DER forbids and
//! which would change the hash of a file.

use super::Tag;

/// Writes one data object with the shortest length field.
///
/// ```
/// use antin_wire::tlv::{Tag, object};
/// assert_eq!(object(Tag(0x5F1F), b"AB"), [0x5F, 0x1F, 0x02, 0x41, 0x42]);
/// ```
///
/// # Panics
/// When `value` is 4 GiB or longer; nothing that we build is.
#[must_use]
pub fn object(tag: Tag, value: &[u8]) -> Vec<u8> {
    let mut out = header(tag, value.len());
    out.extend_from_slice(value);
    out
}

/// Writes one data object whose value is `children`, whole data objects, one after the other.
///
/// The bit that says "constructed" is part of the tag and not added here.
///
/// # Panics
/// As [`object`] does.
#[must_use]
pub fn constructed(tag: Tag, children: &[Vec<u8>]) -> Vec<u8> {
    let mut out = header(tag, children.iter().map(Vec::len).sum());
    children.iter().for_each(|child| out.extend_from_slice(child));
    out
}

/// Tag and length, with room for the value.
fn header(tag: Tag, length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length.saturating_add(MAX_HEADER));
    out.extend(tag.bytes());
    let [a, b, c, d] = u32::try_from(length).expect("a value below 4 GiB").to_be_bytes();
    match length {
        0..0x80 => out.push(d),
        0x80..0x100 => out.extend([0x81, d]),
        0x100..0x1_0000 => out.extend([0x82, c, d]),
        0x1_0000..0x100_0000 => out.extend([0x83, b, c, d]),
        _ => out.extend([0x84, a, b, c, d]),
    }
    out
}

/// Four bytes of tag, five of length.
const MAX_HEADER: usize = 9;
