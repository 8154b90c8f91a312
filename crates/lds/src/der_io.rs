//! Small DER steps shared by the files that hold DER. Structures are walked with the iterative reader of the wire crate;
//! only single primitive values reach the `der` crate, so that nothing here can recurse.

use antin_wire::tlv::{
    self, Reader, Tag, Tlv,
    tags::{BIT_STRING, INTEGER, OBJECT_IDENTIFIER, SEQUENCE},
};
use const_oid::ObjectIdentifier;
use der::{Decode, Encode};

use crate::Error;

/// Explicit elliptic curve parameters, the deepest thing in these files, nest seven levels.
const MAX_DEPTH: usize = 16;
/// A DG14 with keys for every curve that ICAO 9303-11 names stays under 400 objects.
const MAX_OBJECTS: usize = 2_000;

/// Refuses files that are longer than `max` bytes.
pub(crate) fn limit(what: &'static str, bytes: &[u8], max: usize) -> Result<(), Error> {
    if bytes.len() > max {
        return Err(Error::TooLarge {
            what,
            len: bytes.len(),
            max,
        });
    }
    Ok(())
}

/// Refuses DER that nests too deeply or holds too many objects, so that floors above may hand parts of it to any decoder.
pub(crate) fn limit_nesting(bytes: &[u8]) -> Result<(), Error> {
    Ok(tlv::check_nesting(bytes, MAX_DEPTH, MAX_OBJECTS)?)
}

/// Reads the next object as an OBJECT IDENTIFIER.
pub(crate) fn read_oid(reader: &mut Reader<'_>, what: &'static str) -> Result<ObjectIdentifier, Error> {
    let tlv = reader.expect(OBJECT_IDENTIFIER)?;
    ObjectIdentifier::from_der(tlv.raw).map_err(der_error(what))
}

/// Reads the next object as a non-negative INTEGER.
pub(crate) fn read_uint<T: TryFrom<u64>>(reader: &mut Reader<'_>, what: &'static str) -> Result<T, Error> {
    let tlv = reader.expect(INTEGER)?;
    uint(&tlv, what)
}

/// Reads the next object as a non-negative INTEGER, if it is an INTEGER.
pub(crate) fn read_optional_uint<T: TryFrom<u64>>(
    reader: &mut Reader<'_>,
    what: &'static str,
) -> Result<Option<T>, Error> {
    match reader.optional(INTEGER)? {
        Some(tlv) => uint(&tlv, what).map(Some),
        None => Ok(None),
    }
}

fn uint<T: TryFrom<u64>>(tlv: &Tlv<'_>, what: &'static str) -> Result<T, Error> {
    let value = u64::from_der(tlv.raw).map_err(der_error(what))?;
    T::try_from(value).map_err(|_| Error::BadValue {
        what,
        problem: "number out of range",
    })
}

/// Checks that `bytes` are exactly one SubjectPublicKeyInfo and returns the OID of its algorithm.
///
/// ```text
/// SubjectPublicKeyInfo ::= SEQUENCE {
///     algorithm  SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL },
///     subjectPublicKey BIT STRING }
/// ```
pub(crate) fn check_spki(bytes: &[u8], what: &'static str) -> Result<ObjectIdentifier, Error> {
    let outer = expect_one(bytes, SEQUENCE, what)?;
    let mut fields = outer.children();
    let mut algorithm = fields.expect(SEQUENCE)?.children();
    let oid = read_oid(&mut algorithm, what)?;
    algorithm.next()?;
    algorithm.finish()?;
    let key = fields.expect(BIT_STRING)?;
    fields.finish()?;
    match key.value {
        [0, _, ..] => Ok(oid),
        _ => Err(Error::BadValue {
            what,
            problem: "public key is no whole number of bytes",
        }),
    }
}

/// Reads exactly one object with this tag; nothing may follow.
pub(crate) fn expect_one<'a>(bytes: &'a [u8], tag: Tag, what: &'static str) -> Result<Tlv<'a>, Error> {
    let tlv = tlv::parse_one(bytes)?;
    if tlv.tag != tag {
        return Err(Error::UnexpectedTag {
            what,
            expected: tag.0,
            found: tlv.tag.0,
        });
    }
    Ok(tlv)
}

/// DER of an OBJECT IDENTIFIER.
pub(crate) fn emit_oid(oid: ObjectIdentifier) -> Vec<u8> {
    oid.to_der()
        .expect("an object identifier is shorter than 128 bytes")
}

/// DER of a non-negative INTEGER.
pub(crate) fn emit_uint(value: impl Into<u64>) -> Vec<u8> {
    value
        .into()
        .to_der()
        .expect("an integer of eight bytes always encodes")
}

fn der_error(what: &'static str) -> impl Fn(der::Error) -> Error {
    move |error| Error::Der {
        what,
        problem: error.kind(),
    }
}
