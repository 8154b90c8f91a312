//! Reads the content of a bundle.

use antin_crypto::Hash;

use super::{Bundle, MAX_PARTS, Part, SCHEMA, WHAT, is_name};
use crate::asn1::read::Der;
use crate::asn1::{INTEGER, SEQUENCE, UTF8_STRING, implicit};
use crate::error::Error;
use crate::store::Freshness;

pub(super) fn content(bytes: &[u8]) -> Result<Bundle, Error> {
    let fault = Error::Malformed { what: WHAT, at: 0 };
    let mut parts = Der::sequence(WHAT, bytes)?;
    if parts.take(UTF8_STRING)?.value != SCHEMA.as_bytes() {
        return Err(fault);
    }
    let freshness = Freshness {
        serial: number(parts.take(INTEGER)?.value)?,
        created: parts.time()?,
        soft_refresh: parts.time()?,
        hard_expiry: parts.time()?,
    };
    if !freshness.is_ordered() {
        return Err(fault);
    }
    let base = match parts.optional(implicit(0))? {
        Some(base) => Some(number(base.value)?),
        None => None,
    };
    let list = parts.take(SEQUENCE)?;
    parts.finish()?;
    let parts = members(list.value, base.is_some())?;
    if base.is_some_and(|base| base >= freshness.serial) {
        return Err(fault);
    }
    Ok(Bundle {
        freshness,
        base,
        parts,
    })
}

/// The names ascend, so that each occurs once.
fn members(content: &[u8], delta: bool) -> Result<Vec<Part>, Error> {
    let mut found: Vec<Part> = Vec::new();
    let mut list = Der::new(WHAT, content);
    while let Some(member) = list.next()? {
        let fault = Error::Malformed {
            what: WHAT,
            at: member.at,
        };
        if found.len() == MAX_PARTS {
            return Err(Error::TooComplex { what: WHAT });
        }
        if member.tag != SEQUENCE {
            return Err(fault);
        }
        let part = read_part(member.value, &fault)?;
        let ascends = found.last().is_none_or(|last| last.name < part.name);
        if !ascends || (part.content.is_none() && !delta) {
            return Err(fault);
        }
        found.push(part);
    }
    Ok(found)
}

fn read_part(content: &[u8], fault: &Error) -> Result<Part, Error> {
    let mut fields = Der::new(WHAT, content);
    let name = fields.take(UTF8_STRING)?.value;
    let name = core::str::from_utf8(name)
        .ok()
        .filter(|name| is_name(name))
        .ok_or_else(|| fault.clone())?;
    let sha256: [u8; 32] = fields.octets()?.try_into().map_err(|_| fault.clone())?;
    let length = number(fields.take(INTEGER)?.value)?;
    let content = fields.optional(implicit(0))?.map(|content| content.value);
    fields.finish()?;
    if let Some(content) = content
        && (u64::try_from(content.len()) != Ok(length) || Hash::Sha256.digest(content) != sha256)
    {
        return Err(fault.clone());
    }
    Ok(Part {
        name: name.to_owned(),
        sha256,
        length,
        content: content.map(<[u8]>::to_vec),
    })
}

/// A DER INTEGER that is not negative and fits 64 bits, in its one encoding.
fn number(value: &[u8]) -> Result<u64, Error> {
    let fault = Error::Malformed { what: WHAT, at: 0 };
    let digits = match value {
        [0, rest @ ..] if rest.first().is_some_and(|first| first & 0x80 != 0) => rest,
        [0] => value,
        [first, ..] if *first != 0 && first & 0x80 == 0 => value,
        _ => return Err(fault),
    };
    if digits.len() > 8 {
        return Err(fault);
    }
    Ok(digits
        .iter()
        .fold(0, |number, digit| number << 8 | u64::from(*digit)))
}
