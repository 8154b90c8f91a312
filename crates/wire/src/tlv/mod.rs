//! BER-TLV data objects (ISO 7816-4): tag, length, value.
//!
//! ```text
//! tag     1 to 3 bytes    bit 6 of the first byte: constructed; its low five bits all set: the tag goes on
//! length  00..7F          the length itself
//!         81 xx           up to 255          83 xx xx xx      up to 2^24 - 1
//!         82 xx xx        up to 65,535       84 xx xx xx xx   up to 2^32 - 1
//! value   length bytes
//! ```
//!
//! The reader accepts lengths that are longer than they need to be, because real chips write them, and refuses
//! the indefinite length (`80`), tag `00` and tags of more than three bytes. It borrows, keeps no stack of calls,
//! and looks at each byte once per level, so nesting costs a hostile card nothing but its own bytes.

use std::fmt;

use crate::{Malformed, MalformedKind};

pub use reader::{Reader, check_nesting, object_length, parse_one};
pub use writer::{constructed, object};

mod reader;
pub mod tags;
mod writer;

/// A tag of one to three bytes, as the number those bytes spell: `0x5F1F`, `0x7F61`.
///
/// Debug shows the name from [`tags`], or hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub u32);

impl Tag {
    /// Tells whether the value consists of data objects (bit 6 of the first byte).
    #[must_use]
    pub const fn is_constructed(self) -> bool {
        self.first_byte() & CONSTRUCTED != 0
    }

    /// The bytes of the tag, one to three (four for numbers that are no tag).
    pub(crate) fn bytes(self) -> impl Iterator<Item = u8> {
        let leading_zeros = match self.0 {
            0..=0xFF => 3,
            0x100..=0xFFFF => 2,
            0x1_0000..=0xFF_FFFF => 1,
            _ => 0,
        };
        self.0.to_be_bytes().into_iter().skip(leading_zeros)
    }

    const fn first_byte(self) -> u8 {
        match self.0.to_be_bytes() {
            [0, 0, 0, first] | [0, 0, first, _] | [0, first, ..] | [first, ..] => first,
        }
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match tags::name(*self) {
            Some(name) => write!(f, "{:02X} ({name})", self.0),
            None => write!(f, "{:02X}", self.0),
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X}", self.0)
    }
}

/// One data object, borrowed from the bytes that it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The tag.
    pub tag: Tag,
    /// The value field.
    pub value: &'a [u8],
    /// The whole object as received: tag, length and value.
    pub raw: &'a [u8],
    /// The offset of the object, in bytes from the start of what the outermost reader was given.
    pub at: usize,
}

impl<'a> Tlv<'a> {
    /// Tells whether the value consists of data objects.
    #[must_use]
    pub const fn is_constructed(&self) -> bool {
        self.tag.is_constructed()
    }

    /// Reads the value field as data objects. Offsets go on counting from the outermost reader's start.
    #[must_use]
    pub const fn children(&self) -> Reader<'a> {
        Reader::new_at(self.value, self.value_at())
    }

    /// The offset of the value field.
    #[must_use]
    pub const fn value_at(&self) -> usize {
        self.at
            .saturating_add(self.raw.len().saturating_sub(self.value.len()))
    }

    /// The value field, which must have exactly `N` bytes.
    ///
    /// # Errors
    /// [`MalformedKind::BadLength`] when it has another length.
    pub fn array<const N: usize>(&self, what: &'static str) -> Result<[u8; N], Malformed> {
        self.value
            .try_into()
            .map_err(|_| Malformed::new(what, self.value_at(), MalformedKind::BadLength))
    }
}

/// Bit 6 of the first tag byte.
const CONSTRUCTED: u8 = 0x20;

#[cfg(test)]
mod tests;
