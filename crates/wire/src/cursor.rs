//! A reading position in borrowed bytes, and the error that every parser of this crate returns.

use std::fmt;

/// Bytes that do not follow their format: what was being read, at which offset, and in which way it is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {kind} at byte {at}")]
pub struct Malformed {
    /// What was being read, in words, such as `"tag"` or `"command Lc"`.
    pub what: &'static str,
    /// The offset of the fault, in bytes from the start of what was handed to the parser.
    pub at: usize,
    /// The way in which it is wrong.
    pub kind: MalformedKind,
}

impl Malformed {
    /// States a fault of `kind` in `what` at byte `at`.
    #[must_use]
    pub const fn new(what: &'static str, at: usize, kind: MalformedKind) -> Self {
        Self { what, at, kind }
    }
}

/// The ways in which bytes can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MalformedKind {
    /// The bytes end before the thing does.
    Truncated,
    /// The thing ends before the bytes do.
    Trailing,
    /// More bytes or objects than the stated limit.
    TooLong,
    /// Objects nested deeper than the stated limit.
    TooDeep,
    /// A length field that is not allowed here.
    BadLength,
    /// Another tag than the one that must stand here, or a tag that is none.
    BadTag {
        /// The tag that stands there.
        found: u32,
    },
    /// A value outside its range.
    BadValue,
}

impl fmt::Display for MalformedKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("truncated"),
            Self::Trailing => f.write_str("trailing bytes"),
            Self::TooLong => f.write_str("too long"),
            Self::TooDeep => f.write_str("nested too deep"),
            Self::BadLength => f.write_str("length not allowed"),
            Self::BadTag { found } => write!(f, "unexpected tag {found:02X}"),
            Self::BadValue => f.write_str("value not allowed"),
        }
    }
}

/// A reading position in borrowed bytes. Every step either moves forward or returns [`Malformed`] and stays.
///
/// ```
/// use antin_wire::Cursor;
/// let mut cursor = Cursor::new(&[0x01, 0x02, 0x03]);
/// assert_eq!(cursor.field("version").u8()?, 0x01);
/// assert_eq!(cursor.field("size").u16()?, 0x0203);
/// cursor.field("header").finish()?;
/// # Ok::<(), antin_wire::Malformed>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    rest: &'a [u8],
    offset: usize,
    what: &'static str,
}

impl<'a> Cursor<'a> {
    /// Stands before the first of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self::new_at(bytes, 0)
    }

    /// Stands before the first of `bytes`, which lie `offset` bytes into what the user gave us: faults are reported
    /// at that distance.
    #[must_use]
    pub const fn new_at(bytes: &'a [u8], offset: usize) -> Self {
        Self {
            rest: bytes,
            offset,
            what: "bytes",
        }
    }

    /// Names what is read from here on, for the error message.
    pub const fn field(&mut self, what: &'static str) -> &mut Self {
        self.what = what;
        self
    }

    /// Takes exactly `N` bytes.
    ///
    /// # Errors
    /// [`MalformedKind::Truncated`] when fewer are left.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (head, rest) = self.rest.split_first_chunk::<N>().ok_or(self.truncated())?;
        self.advance(rest, N);
        Ok(*head)
    }

    /// Takes one byte.
    ///
    /// # Errors
    /// [`MalformedKind::Truncated`] when none is left.
    pub fn u8(&mut self) -> Result<u8, Malformed> {
        self.array().map(u8::from_be_bytes)
    }

    /// Takes a number of two bytes, big-endian.
    ///
    /// # Errors
    /// [`MalformedKind::Truncated`] when fewer than two bytes are left.
    pub fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_be_bytes)
    }

    /// Takes a number of four bytes, big-endian.
    ///
    /// # Errors
    /// [`MalformedKind::Truncated`] when fewer than four bytes are left.
    pub fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_be_bytes)
    }

    /// Takes exactly `len` bytes.
    ///
    /// # Errors
    /// [`MalformedKind::Truncated`] when fewer are left.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Malformed> {
        let (head, rest) = self.rest.split_at_checked(len).ok_or(self.truncated())?;
        self.advance(rest, len);
        Ok(head)
    }

    /// Takes everything that is left, which may be nothing.
    pub fn rest(&mut self) -> &'a [u8] {
        let rest = self.rest;
        self.advance(&[], rest.len());
        rest
    }

    /// Shows everything that is left without taking it.
    #[must_use]
    pub const fn peek(&self) -> &'a [u8] {
        self.rest
    }

    /// Tells whether nothing is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many bytes are left.
    #[must_use]
    pub const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The offset of the next byte from the start.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`MalformedKind::Trailing`] when bytes are left.
    pub fn finish(&self) -> Result<(), Malformed> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(Malformed::new(self.what, self.offset, MalformedKind::Trailing))
    }

    /// Moves to `rest`, `len` bytes further. The offset saturates: it only serves error messages.
    fn advance(&mut self, rest: &'a [u8], len: usize) {
        self.rest = rest;
        self.offset = self.offset.saturating_add(len);
    }

    const fn truncated(&self) -> Malformed {
        Malformed::new(self.what, self.offset, MalformedKind::Truncated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_in_order_and_counts_the_offset() {
        let mut cursor = Cursor::new(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(cursor.field("two").array::<2>(), Ok([1, 2]));
        assert_eq!(cursor.field("four").u32(), Ok(0x0304_0506));
        assert_eq!((cursor.offset(), cursor.remaining()), (6, 3));
        assert_eq!(cursor.field("one").take(1), Ok(&[7][..]));
        assert_eq!(cursor.rest(), [8, 9]);
        assert!(cursor.is_empty());
        assert_eq!(cursor.offset(), 9);
        assert_eq!(cursor.field("all").finish(), Ok(()));
    }

    #[test]
    fn a_short_read_fails_and_takes_nothing() {
        let mut cursor = Cursor::new_at(&[1, 2], 10);
        assert_eq!(
            cursor.field("three").take(3),
            Err(Malformed::new("three", 10, MalformedKind::Truncated))
        );
        assert_eq!(
            cursor.field("much").take(usize::MAX).unwrap_err().kind,
            MalformedKind::Truncated
        );
        assert_eq!(
            cursor.field("three").array::<3>().unwrap_err().kind,
            MalformedKind::Truncated
        );
        assert_eq!(cursor.field("both").u16(), Ok(0x0102));
        assert_eq!(
            cursor.field("none").u8(),
            Err(Malformed::new("none", 12, MalformedKind::Truncated))
        );
    }

    #[test]
    fn bytes_that_are_left_over_are_a_fault() {
        let mut cursor = Cursor::new(&[1, 2]);
        cursor.field("one").u8().unwrap();
        let fault = cursor.field("message").finish().unwrap_err();
        assert_eq!(fault, Malformed::new("message", 1, MalformedKind::Trailing));
        assert_eq!(fault.to_string(), "message: trailing bytes at byte 1");
    }
}
