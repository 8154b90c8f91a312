//! Command APDUs: the seven encodings of ISO 7816-3.

use std::fmt;

use zeroize::Zeroizing;

use crate::{Cursor, Malformed, MalformedKind};

/// A command APDU.
///
/// ```text
/// case  1   CLA INS P1 P2
///       2S  header Le(1)                          2E  header 00 Le(2)
///       3S  header Lc(1) data                     3E  header 00 Lc(2) data
///       4S  header Lc(1) data Le(1)               4E  header 00 Lc(2) data Le(2)
/// ```
/// Le `00` stands for 256, Le `0000` for 65,536. The body is wiped from memory on drop; Debug never shows it.
///
/// ```
/// use antin_wire::apdu::Command;
/// let read = Command::new(0x00, 0xB0, 0x9E, 0x00).with_le(256);
/// assert_eq!(read.to_bytes()?, [0x00, 0xB0, 0x9E, 0x00, 0x00]);
/// assert_eq!(format!("{read:?}"), "00 B0 9E 00 Le 256");
/// # Ok::<(), antin_wire::Malformed>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    header: [u8; 4],
    data: Zeroizing<Vec<u8>>,
    le: Option<u32>,
    form: Form,
    privacy: Privacy,
}

/// How lengths are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Short when both lengths fit, else extended.
    Shortest,
    /// Extended, as received or asked for.
    Extended,
}

/// Whether the length of the body may be shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Privacy {
    Ordinary,
    Sensitive,
}

impl Command {
    /// A command of case 1: a header alone.
    #[must_use]
    pub fn new(cla: u8, ins: u8, p1: u8, p2: u8) -> Self {
        Self {
            header: [cla, ins, p1, p2],
            data: Zeroizing::new(Vec::new()),
            le: None,
            form: Form::Shortest,
            privacy: Privacy::Ordinary,
        }
    }

    /// The same command with this body. An empty body is no body.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Vec<u8>>) -> Self {
        self.data = Zeroizing::new(data.into());
        self
    }

    /// The same command with `block` in place of its body, which is not copied: one link of a chain.
    pub(crate) fn with_block(&self, block: &[u8]) -> Self {
        Self {
            data: Zeroizing::new(block.to_vec()),
            ..*self
        }
    }

    /// The same command that expects up to `le` bytes, 1 to 65,536. Other values are refused by
    /// [`to_bytes`](Self::to_bytes).
    #[must_use]
    pub const fn with_le(mut self, le: u32) -> Self {
        self.le = Some(le);
        self
    }

    /// The same command that expects no data.
    #[must_use]
    pub const fn without_le(mut self) -> Self {
        self.le = None;
        self
    }

    /// The same command with another class byte.
    #[must_use]
    pub const fn with_cla(mut self, cla: u8) -> Self {
        self.header[0] = cla;
        self
    }

    /// Marks the body as secret: Debug then hides even its length, and traces never show it.
    #[must_use]
    pub const fn sensitive(mut self) -> Self {
        self.privacy = Privacy::Sensitive;
        self
    }

    /// Asks for extended lengths even where short ones would do. A command of case 1 has no lengths to extend.
    #[must_use]
    pub const fn extended(mut self) -> Self {
        self.form = Form::Extended;
        self
    }

    /// The class byte.
    #[must_use]
    pub const fn cla(&self) -> u8 {
        self.header[0]
    }

    /// The instruction code.
    #[must_use]
    pub const fn ins(&self) -> u8 {
        self.header[1]
    }

    /// The first parameter.
    #[must_use]
    pub const fn p1(&self) -> u8 {
        self.header[2]
    }

    /// The second parameter.
    #[must_use]
    pub const fn p2(&self) -> u8 {
        self.header[3]
    }

    /// Both parameters as one number, P1 first.
    #[must_use]
    pub const fn p1p2(&self) -> u16 {
        u16::from_be_bytes([self.header[2], self.header[3]])
    }

    /// Class, instruction and parameters.
    #[must_use]
    pub const fn header(&self) -> [u8; 4] {
        self.header
    }

    /// The body, empty when there is none.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The number of bytes expected, 1 to 65,536; `None` when none are.
    #[must_use]
    pub const fn le(&self) -> Option<u32> {
        self.le
    }

    /// Tells whether the body was marked as secret.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.privacy == Privacy::Sensitive
    }

    /// Tells whether the lengths are extended: as received, or as they will be written.
    #[must_use]
    pub fn is_extended(&self) -> bool {
        let has_lengths = !self.data.is_empty() || self.le.is_some();
        let too_long = self.data.len() > MAX_SHORT_DATA || self.le.is_some_and(|le| le > MAX_SHORT_LE);
        has_lengths && (self.form == Form::Extended || too_long)
    }

    /// Reads a command APDU of any case. The bytes must be the whole command and nothing else.
    ///
    /// # Errors
    /// [`Malformed`] when header, Lc, body and Le do not add up to the length.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new(bytes);
        let [cla, ins, p1, p2] = cursor.field("command header").array()?;
        let command = Self::new(cla, ins, p1, p2);
        if cursor.is_empty() {
            return Ok(command);
        }
        let at = cursor.offset();
        let first = cursor.field("command length").u8()?;
        match (first, cursor.remaining()) {
            (le, 0) => Ok(command.with_le(short_le(le))),
            (0, 1) => Err(Malformed::new("command length", at, MalformedKind::Truncated)),
            (0, 2) => Ok(command.extended().with_le(extended_le(cursor.u16()?))),
            (0, _) => command.extended().parse_extended_body(cursor),
            (lc, _) => command.parse_short_body(lc, cursor),
        }
    }

    fn parse_short_body(self, lc: u8, mut cursor: Cursor<'_>) -> Result<Self, Malformed> {
        let command = self.with_data(cursor.field("command data").take(usize::from(lc))?);
        if cursor.is_empty() {
            return Ok(command);
        }
        let le = cursor.field("command Le").u8()?;
        cursor.finish()?;
        Ok(command.with_le(short_le(le)))
    }

    fn parse_extended_body(self, mut cursor: Cursor<'_>) -> Result<Self, Malformed> {
        let at = cursor.offset();
        let lc = cursor.field("command Lc").u16()?;
        if lc == 0 {
            return Err(Malformed::new("command Lc", at, MalformedKind::BadLength));
        }
        let command = self.with_data(cursor.field("command data").take(usize::from(lc))?);
        if cursor.is_empty() {
            return Ok(command);
        }
        let le = cursor.field("command Le").u16()?;
        cursor.finish()?;
        Ok(command.with_le(extended_le(le)))
    }

    /// Writes the command: with short lengths when they fit, else, or when asked for, with extended ones.
    ///
    /// # Errors
    /// [`MalformedKind::TooLong`] for a body over 65,535 bytes, [`MalformedKind::BadValue`] for an Le of 0 or over
    /// 65,536.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Malformed> {
        if self.le.is_some_and(|le| !(1..=MAX_EXTENDED_LE).contains(&le)) {
            return Err(Malformed::new("command Le", 0, MalformedKind::BadValue));
        }
        let lc = u16::try_from(self.data.len())
            .map_err(|_| Malformed::new("command data", 0, MalformedKind::TooLong))?;
        // Low bytes of Le: 256 and 65,536 become 00 and 0000.
        let le = self.le.map(u32::to_be_bytes);
        let mut out = Vec::with_capacity(self.data.len().saturating_add(MAX_OVERHEAD));
        out.extend(self.header);
        if self.is_extended() {
            out.push(0x00);
            if lc > 0 {
                out.extend(lc.to_be_bytes());
                out.extend_from_slice(&self.data);
            }
            out.extend(le.iter().flat_map(|[_, _, high, low]| [*high, *low]));
        } else {
            if lc > 0 {
                let [_, low] = lc.to_be_bytes();
                out.push(low);
                out.extend_from_slice(&self.data);
            }
            out.extend(le.iter().map(|[.., low]| *low));
        }
        Ok(out)
    }
}

/// Header and lengths, never the body.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [cla, ins, p1, p2] = self.header;
        write!(f, "{cla:02X} {ins:02X} {p1:02X} {p2:02X}")?;
        if self.is_sensitive() {
            f.write_str(" sensitive data")?;
        } else if !self.data.is_empty() {
            write!(f, " Lc {}", self.data.len())?;
        }
        if let Some(le) = self.le {
            write!(f, " Le {le}")?;
        }
        if self.is_extended() {
            f.write_str(" extended")
        } else {
            Ok(())
        }
    }
}

fn short_le(byte: u8) -> u32 {
    if byte == 0 { MAX_SHORT_LE } else { u32::from(byte) }
}

fn extended_le(value: u16) -> u32 {
    if value == 0 {
        MAX_EXTENDED_LE
    } else {
        u32::from(value)
    }
}

const MAX_SHORT_DATA: usize = 255;
const MAX_SHORT_LE: u32 = 256;
const MAX_EXTENDED_LE: u32 = 65_536;
/// Header, the byte 00, Lc and Le.
const MAX_OVERHEAD: usize = 9;

#[cfg(test)]
mod tests;
