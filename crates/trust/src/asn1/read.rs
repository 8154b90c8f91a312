//! A reader over borrowed DER whose errors name the object.

use antin_crypto::ObjectIdentifier;
use antin_wire::tlv::{self, Reader, Tag, Tlv};

use super::{BIT_STRING, BOOLEAN, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, SEQUENCE, UTC_TIME};
use crate::error::Error;
use crate::time::UnixTime;

/// Honest certificates and EF.SOD nest about 12 deep.
pub(crate) const MAX_DEPTH: usize = 24;
/// Honest certificates and EF.SOD hold a few hundred objects.
pub(crate) const MAX_OBJECTS: usize = 8192;

/// Refuses bytes that are deeper or fuller than any honest document, before anything else looks at them.
pub(crate) fn check_nesting(what: &'static str, bytes: &[u8]) -> Result<(), Error> {
    check_nesting_within(what, bytes, MAX_OBJECTS)
}

/// The same for what may hold more objects, or fewer.
pub(crate) fn check_nesting_within(
    what: &'static str,
    bytes: &[u8],
    max_objects: usize,
) -> Result<(), Error> {
    tlv::check_nesting(bytes, MAX_DEPTH, max_objects).map_err(|fault| malformed(what, &fault))
}

/// Reads one object after another.
pub(crate) struct Der<'a> {
    what: &'static str,
    reader: Reader<'a>,
}

impl<'a> Der<'a> {
    pub(crate) fn new(what: &'static str, bytes: &'a [u8]) -> Self {
        Self {
            what,
            reader: Reader::new(bytes),
        }
    }

    /// The content of an object; offsets go on counting from the outermost start.
    pub(crate) const fn within(what: &'static str, object: &Tlv<'a>) -> Self {
        Self {
            what,
            reader: object.children(),
        }
    }

    /// The content of a SEQUENCE that fills `bytes`.
    pub(crate) fn sequence(what: &'static str, bytes: &'a [u8]) -> Result<Self, Error> {
        let mut outer = Self::new(what, bytes);
        let inner = outer.take(SEQUENCE)?;
        outer.finish()?;
        Ok(Self::new(what, inner.value))
    }

    pub(crate) fn take(&mut self, tag: Tag) -> Result<Tlv<'a>, Error> {
        self.reader
            .expect(tag)
            .map_err(|fault| malformed(self.what, &fault))
    }

    pub(crate) fn optional(&mut self, tag: Tag) -> Result<Option<Tlv<'a>>, Error> {
        self.reader
            .optional(tag)
            .map_err(|fault| malformed(self.what, &fault))
    }

    pub(crate) fn next(&mut self) -> Result<Option<Tlv<'a>>, Error> {
        self.reader.next().map_err(|fault| malformed(self.what, &fault))
    }

    /// The tag of the next object, if there is one that has a tag.
    pub(crate) fn peek(&self) -> Option<Tag> {
        self.reader.peek_tag().ok().flatten()
    }

    /// The next object, whatever it is.
    pub(crate) fn any(&mut self) -> Result<Tlv<'a>, Error> {
        self.next()?.ok_or(Error::Malformed {
            what: self.what,
            at: 0,
        })
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.reader.is_empty()
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        self.reader.finish().map_err(|fault| malformed(self.what, &fault))
    }

    pub(crate) fn oid(&mut self) -> Result<ObjectIdentifier, Error> {
        let object = self.take(OID)?;
        oid(self.what, &object)
    }

    /// The content of an INTEGER that is not negative, leading zero octets removed.
    pub(crate) fn unsigned(&mut self) -> Result<&'a [u8], Error> {
        let object = self.take(INTEGER)?;
        unsigned(self.what, &object)
    }

    /// An INTEGER between 0 and 255.
    pub(crate) fn small(&mut self) -> Result<u8, Error> {
        match self.unsigned()? {
            [] => Ok(0),
            [byte] => Ok(*byte),
            _ => Err(Error::Malformed {
                what: self.what,
                at: 0,
            }),
        }
    }

    pub(crate) fn octets(&mut self) -> Result<&'a [u8], Error> {
        Ok(self.take(OCTET_STRING)?.value)
    }

    /// The content of a BIT STRING of whole octets.
    pub(crate) fn bits(&mut self) -> Result<&'a [u8], Error> {
        let object = self.take(BIT_STRING)?;
        match object.value.split_first() {
            Some((0, bytes)) => Ok(bytes),
            _ => Err(Error::Malformed {
                what: self.what,
                at: object.at,
            }),
        }
    }

    /// A UTCTime or GeneralizedTime.
    pub(crate) fn time(&mut self) -> Result<UnixTime, Error> {
        let object = self.any()?;
        time(self.what, &object)
    }

    /// A BOOLEAN DEFAULT FALSE; an explicit FALSE, which DER forbids, occurs in real certificates.
    pub(crate) fn flag(&mut self) -> Result<bool, Error> {
        match self.optional(BOOLEAN)? {
            None => Ok(false),
            Some(object) => match object.value {
                [value] => Ok(*value != 0),
                _ => Err(Error::Malformed {
                    what: self.what,
                    at: object.at,
                }),
            },
        }
    }
}

/// The value of an OBJECT IDENTIFIER.
pub(crate) fn oid(what: &'static str, object: &Tlv<'_>) -> Result<ObjectIdentifier, Error> {
    ObjectIdentifier::from_bytes(object.value).map_err(|_| Error::Malformed { what, at: object.at })
}

fn unsigned<'a>(what: &'static str, object: &Tlv<'a>) -> Result<&'a [u8], Error> {
    match object.value.first() {
        None => Err(Error::Malformed { what, at: object.at }),
        Some(first) if first & 0x80 != 0 => Err(Error::Malformed { what, at: object.at }),
        Some(_) => {
            let zeros = object.value.iter().take_while(|byte| **byte == 0).count();
            Ok(object.value.get(zeros..).unwrap_or_default())
        }
    }
}

/// The value of a UTCTime (`YYMMDDhhmm[ss]`) or GeneralizedTime (`YYYYMMDDhhmm[ss[.f..]]`), each with `Z` or an offset.
///
/// RFC 5280 §4.1.2.5: two-digit years from 50 are 19YY.
pub(crate) fn time(what: &'static str, object: &Tlv<'_>) -> Result<UnixTime, Error> {
    let fault = Error::Malformed { what, at: object.at };
    let text = core::str::from_utf8(object.value).map_err(|_| fault.clone())?;
    let parsed = match object.tag {
        UTC_TIME => utc_time(text),
        GENERALIZED_TIME => text
            .split_at_checked(4)
            .filter(|(year, _)| year.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|(year, rest)| clock(year.parse().ok()?, rest)),
        _ => None,
    };
    parsed.ok_or(fault)
}

fn utc_time(text: &str) -> Option<UnixTime> {
    let (year, rest) = text.split_at_checked(2)?;
    let year: i32 = digits(year)?.into();
    clock(if year >= 50 { 1900 + year } else { 2000 + year }, rest)
}

/// `MMDDhhmm[ss[.f..]]` followed by `Z`, `+hhmm` or `-hhmm`.
fn clock(year: i32, text: &str) -> Option<UnixTime> {
    let split = text.find(['Z', '+', '-'])?;
    let (clock, zone) = text.split_at_checked(split)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| digits(clock.get(at..at + 2)?);
    let second = match clock.len() {
        8 => 0,
        10 => part(8)?,
        _ => return None,
    };
    let local = UnixTime::from_parts(year, part(0)?, part(2)?, part(4)?, part(6)?, second)?;
    Some(UnixTime(local.0 - offset(zone)?))
}

/// Seconds east of Greenwich.
fn offset(zone: &str) -> Option<i64> {
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("Z", "") => return Some(0),
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    if rest.len() != 4 {
        return None;
    }
    let (hours, minutes) = (digits(rest.get(..2)?)?, digits(rest.get(2..)?)?);
    (hours < 24 && minutes < 60).then(|| sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

/// Two decimal digits.
fn digits(text: &str) -> Option<u8> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn malformed(what: &'static str, fault: &antin_wire::Malformed) -> Error {
    match fault.kind {
        antin_wire::MalformedKind::TooDeep => Error::TooComplex { what },
        _ => Error::Malformed { what, at: fault.at },
    }
}

/// A text of whatever string type: its bytes must be UTF-8.
pub(crate) fn text(what: &'static str, object: &Tlv<'_>) -> Result<String, Error> {
    let text = core::str::from_utf8(object.value);
    text.map(ToOwned::to_owned)
        .map_err(|_| Error::Malformed { what, at: object.at })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: Tag, text: &str) -> Option<String> {
        let object = tlv::object(tag, text.as_bytes());
        Der::new("time", &object).time().ok().map(|time| time.to_string())
    }

    #[test]
    fn utc_time_turns_the_century_at_fifty() {
        assert_eq!(
            read(UTC_TIME, "491231235959Z").as_deref(),
            Some("2049-12-31T23:59:59Z")
        );
        assert_eq!(
            read(UTC_TIME, "500101000000Z").as_deref(),
            Some("1950-01-01T00:00:00Z")
        );
        assert_eq!(
            read(UTC_TIME, "2601010000Z").as_deref(),
            Some("2026-01-01T00:00:00Z")
        );
    }

    #[test]
    fn generalized_time_takes_fractions_offsets_and_the_end_of_time() {
        assert_eq!(
            read(GENERALIZED_TIME, "99991231235959Z").as_deref(),
            Some("9999-12-31T23:59:59Z")
        );
        assert_eq!(
            read(GENERALIZED_TIME, "20260101000000.125Z").as_deref(),
            Some("2026-01-01T00:00:00Z")
        );
        assert_eq!(
            read(GENERALIZED_TIME, "20260101000000+0700").as_deref(),
            Some("2025-12-31T17:00:00Z")
        );
    }

    #[test]
    fn times_that_are_none_are_refused() {
        for text in [
            "",
            "Z",
            "260101Z",
            "260230000000Z",
            "26010100000Z",
            "260101000000",
            "2601010000001Z",
            "260101000000+07",
        ] {
            assert_eq!(read(UTC_TIME, text), None, "{text}");
        }
        for text in [
            "20260101000000.Z",
            "20260101000000.xZ",
            "2026é101000000Z",
            "+0260101000000Z",
        ] {
            assert_eq!(read(GENERALIZED_TIME, text), None, "{text}");
        }
    }
}
