//! The reader for whatever a card, a file or a socket says: bounded, borrowing, iterative.

use super::{Tag, Tlv};
use crate::{Cursor, Malformed, MalformedKind};

/// Reads one data object after the other; does not descend by itself.
///
/// ```
/// use antin_wire::tlv::{Reader, Tag};
/// let mut reader = Reader::new(&[0x83, 0x02, 0x01, 0x1E, 0x88, 0x01, 0xF0]);
/// assert_eq!(reader.expect(Tag(0x83))?.value, [0x01, 0x1E]);
/// assert!(reader.optional(Tag(0x87))?.is_none());
/// assert_eq!(reader.expect(Tag(0x88))?.at, 4);
/// reader.finish()?;
/// # Ok::<(), antin_wire::Malformed>(())
/// ```
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Reader<'a> {
    /// Stands before the first object of `bytes`, which may be empty.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self::new_at(bytes, 0)
    }

    /// Stands before the first object of `bytes`, which lie `offset` bytes into what the user gave us.
    #[must_use]
    pub const fn new_at(bytes: &'a [u8], offset: usize) -> Self {
        Self {
            cursor: Cursor::new_at(bytes, offset),
        }
    }

    /// Takes the next object; `None` at the end.
    ///
    /// # Errors
    /// [`Malformed`] when what follows is no data object; the reader then stays where it is.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator would go on after a fault"
    )]
    pub fn next(&mut self) -> Result<Option<Tlv<'a>>, Malformed> {
        if self.cursor.is_empty() {
            return Ok(None);
        }
        let at = self.cursor.offset();
        let whole = self.cursor.peek();
        let mut ahead = self.cursor.clone();
        let header = header(&mut ahead)?;
        let value = ahead.field("value").take(header.length)?;
        let raw_len = whole.len().saturating_sub(ahead.remaining());
        let raw = self.cursor.take(raw_len)?;
        Ok(Some(Tlv {
            tag: header.tag,
            value,
            raw,
            at,
        }))
    }

    /// Takes the next object, which must carry `tag`.
    ///
    /// # Errors
    /// [`MalformedKind::BadTag`] for another tag, [`MalformedKind::Truncated`] at the end, or what
    /// [`next`](Self::next) returns.
    pub fn expect(&mut self, tag: Tag) -> Result<Tlv<'a>, Malformed> {
        let at = self.cursor.offset();
        match self.peek_tag()? {
            Some(found) if found == tag => {}
            Some(found) => return Err(Malformed::new(WHAT, at, MalformedKind::BadTag { found: found.0 })),
            None => return Err(Malformed::new(WHAT, at, MalformedKind::Truncated)),
        }
        self.next()?
            .ok_or(Malformed::new(WHAT, at, MalformedKind::Truncated))
    }

    /// Takes the next object if it carries `tag`; `None`, and nothing taken, for another tag or at the end.
    ///
    /// # Errors
    /// [`Malformed`] when what follows is no data object.
    pub fn optional(&mut self, tag: Tag) -> Result<Option<Tlv<'a>>, Malformed> {
        if self.peek_tag()? == Some(tag) {
            self.next()
        } else {
            Ok(None)
        }
    }

    /// The tag of the next object without taking it; `None` at the end.
    ///
    /// # Errors
    /// [`Malformed`] when no tag stands there.
    pub fn peek_tag(&self) -> Result<Option<Tag>, Malformed> {
        if self.cursor.is_empty() {
            return Ok(None);
        }
        tag(&mut self.cursor.clone()).map(Some)
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`MalformedKind::Trailing`] when bytes are left.
    pub fn finish(&self) -> Result<(), Malformed> {
        self.cursor.clone().field(WHAT).finish()
    }

    /// Tells whether nothing is left.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cursor.is_empty()
    }

    /// The offset of the next object from the outermost start.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.cursor.offset()
    }
}

/// Reads exactly one data object that fills `bytes`.
///
/// # Errors
/// [`Malformed`] when it is no data object, or bytes are left.
pub fn parse_one(bytes: &[u8]) -> Result<Tlv<'_>, Malformed> {
    let mut reader = Reader::new(bytes);
    let object = reader
        .next()?
        .ok_or(Malformed::new(WHAT, 0, MalformedKind::Truncated))?;
    reader.finish()?;
    Ok(object)
}

/// Walks all of `bytes`, a sequence of data objects, down to the leaves: at most `max_depth` levels (the outermost
/// objects are level 1) and `max_objects` objects in all. To be asked before bytes are given to a parser that
/// calls itself.
///
/// ```
/// use antin_wire::tlv::check_nesting;
/// let nested = [0x30, 0x04, 0x30, 0x02, 0x05, 0x00];
/// assert!(check_nesting(&nested, 3, 3).is_ok());
/// assert!(check_nesting(&nested, 2, 3).is_err());
/// assert!(check_nesting(&nested, 3, 2).is_err());
/// ```
///
/// # Errors
/// [`MalformedKind::TooDeep`], [`MalformedKind::TooLong`] for too many objects, or what is wrong with an object.
pub fn check_nesting(bytes: &[u8], max_depth: usize, max_objects: usize) -> Result<(), Malformed> {
    let mut cursor = Cursor::new(bytes);
    let mut open_ends: Vec<usize> = Vec::new();
    let mut objects = 0_usize;
    loop {
        while open_ends.last() == Some(&cursor.offset()) {
            open_ends.pop();
        }
        if cursor.is_empty() {
            return Ok(());
        }
        let at = cursor.offset();
        if open_ends.len() >= max_depth {
            return Err(Malformed::new(WHAT, at, MalformedKind::TooDeep));
        }
        objects = objects.saturating_add(1);
        if objects > max_objects {
            return Err(Malformed::new(WHAT, at, MalformedKind::TooLong));
        }
        let header = header(&mut cursor)?;
        let end = cursor.offset().saturating_add(header.length);
        let limit = open_ends.last().copied().unwrap_or(bytes.len());
        if end > limit {
            return Err(Malformed::new("value", cursor.offset(), MalformedKind::Truncated));
        }
        if header.tag.is_constructed() {
            open_ends.push(end);
        } else {
            cursor.field("value").take(header.length)?;
        }
    }
}

/// The length of a whole data object (tag, length and value), told from its first bytes; `None` when they do not
/// hold the whole header yet.
///
/// ```
/// use antin_wire::tlv::object_length;
/// assert_eq!(object_length(&[0x75, 0x82, 0x3A, 0x94])?, Some(15_000));
/// assert_eq!(object_length(&[0x75, 0x82, 0x3A])?, None);
/// # Ok::<(), antin_wire::Malformed>(())
/// ```
///
/// # Errors
/// [`Malformed`] when these can never become a data object.
pub fn object_length(head: &[u8]) -> Result<Option<usize>, Malformed> {
    let mut cursor = Cursor::new(head);
    match header(&mut cursor) {
        Ok(header) => Ok(Some(cursor.offset().saturating_add(header.length))),
        Err(Malformed {
            kind: MalformedKind::Truncated,
            ..
        }) => Ok(None),
        Err(fault) => Err(fault),
    }
}

struct Header {
    tag: Tag,
    length: usize,
}

fn header(cursor: &mut Cursor<'_>) -> Result<Header, Malformed> {
    let tag = tag(cursor)?;
    let length = length(cursor)?;
    Ok(Header { tag, length })
}

fn tag(cursor: &mut Cursor<'_>) -> Result<Tag, Malformed> {
    let at = cursor.offset();
    let bad = |found: u32| Malformed::new("tag", at, MalformedKind::BadTag { found });
    let first = cursor.field("tag").u8()?;
    if first == 0x00 {
        return Err(bad(0));
    }
    let mut tag = u32::from(first);
    if first & LONG_FORM != LONG_FORM {
        return Ok(Tag(tag));
    }
    for position in 1..MAX_TAG_BYTES {
        let byte = cursor.u8()?;
        tag = tag << 8 | u32::from(byte);
        if position == 1 && byte == GOES_ON {
            return Err(bad(tag)); // the number would start with a zero digit
        }
        if byte & GOES_ON == 0 {
            return Ok(Tag(tag));
        }
    }
    Err(bad(tag))
}

fn length(cursor: &mut Cursor<'_>) -> Result<usize, Malformed> {
    let at = cursor.offset();
    let first = cursor.field("length").u8()?;
    let count = match first {
        0x00..=0x7F => return Ok(usize::from(first)),
        0x81..=0x84 => usize::from(first & 0x7F),
        _ => return Err(Malformed::new("length", at, MalformedKind::BadLength)),
    };
    let bytes = cursor.take(count)?;
    let length = bytes
        .iter()
        .fold(0_u32, |length, byte| length << 8 | u32::from(*byte));
    usize::try_from(length).map_err(|_| Malformed::new("length", at, MalformedKind::TooLong))
}

/// The most bytes of a tag, after ISO 7816-4.
const MAX_TAG_BYTES: usize = 3;
/// Low five bits of the first tag byte all set: more bytes follow.
const LONG_FORM: u8 = 0x1F;
/// Bit 8 of a following tag byte: yet another follows.
const GOES_ON: u8 = 0x80;
/// What the reader says it was reading.
const WHAT: &str = "data object";
