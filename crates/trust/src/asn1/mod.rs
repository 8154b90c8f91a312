//! The little ASN.1 that certificates and EF.SOD need: a reader over borrowed bytes and a writer.

pub(crate) mod ber;
pub(crate) mod read;
pub(crate) mod write;

use antin_wire::tlv::Tag;

pub(crate) const BOOLEAN: Tag = Tag(0x01);
pub(crate) const INTEGER: Tag = Tag(0x02);
pub(crate) const BIT_STRING: Tag = Tag(0x03);
pub(crate) const OCTET_STRING: Tag = Tag(0x04);
pub(crate) const NULL: Tag = Tag(0x05);
pub(crate) const OID: Tag = Tag(0x06);
pub(crate) const ENUMERATED: Tag = Tag(0x0A);
pub(crate) const UTF8_STRING: Tag = Tag(0x0C);
pub(crate) const PRINTABLE_STRING: Tag = Tag(0x13);
pub(crate) const IA5_STRING: Tag = Tag(0x16);
pub(crate) const BMP_STRING: Tag = Tag(0x1E);
pub(crate) const UTC_TIME: Tag = Tag(0x17);
pub(crate) const GENERALIZED_TIME: Tag = Tag(0x18);
pub(crate) const SEQUENCE: Tag = Tag(0x30);
pub(crate) const SET: Tag = Tag(0x31);

/// Context-specific, primitive: `[n]`, for `n` below 31.
pub(crate) const fn implicit(n: u8) -> Tag {
    Tag(0x80 | n as u32)
}

/// Context-specific, constructed: `[n]`, for `n` below 31.
pub(crate) const fn explicit(n: u8) -> Tag {
    Tag(0xA0 | n as u32)
}
