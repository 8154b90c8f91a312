//! A certificate taken apart once more: what the profiles say of its encoding, and the reader of certificates tolerates.

use antin_crypto::ObjectIdentifier;
use antin_wire::tlv::Tlv;

use crate::asn1::read::Der;
use crate::asn1::{BOOLEAN, INTEGER, OCTET_STRING, SEQUENCE, explicit, implicit};
use crate::error::Error;

const WHAT: &str = "certificate";

/// The parts of a certificate as they stand in it.
pub(super) struct Raw<'a> {
    /// The content of the serial number.
    pub(super) serial: &'a [u8],
    /// notBefore and notAfter.
    pub(super) times: [Tlv<'a>; 2],
    /// SubjectPublicKeyInfo.
    pub(super) spki: Tlv<'a>,
    pub(super) unique_identifiers: usize,
    /// `None` where there is no list at all.
    pub(super) extensions: Option<Vec<RawExtension<'a>>>,
}

/// An extension as it stands there.
pub(super) struct RawExtension<'a> {
    pub(super) id: ObjectIdentifier,
    pub(super) critical: bool,
    /// `critical FALSE` is written out.
    pub(super) default_written: bool,
    pub(super) value: &'a [u8],
}

impl<'a> Raw<'a> {
    pub(super) fn read(der: &'a [u8]) -> Result<Self, Error> {
        let mut parts = Der::new(WHAT, Der::sequence(WHAT, der)?.take(SEQUENCE)?.value);
        parts.optional(explicit(0))?;
        let serial = parts.take(INTEGER)?.value;
        parts.take(SEQUENCE)?;
        parts.take(SEQUENCE)?;
        let mut validity = Der::new(WHAT, parts.take(SEQUENCE)?.value);
        let times = [validity.any()?, validity.any()?];
        parts.take(SEQUENCE)?;
        let spki = parts.take(SEQUENCE)?;
        let mut unique_identifiers = 0;
        for n in [1, 2] {
            unique_identifiers += usize::from(parts.optional(implicit(n))?.is_some());
        }
        let extensions = parts.optional(explicit(3))?;
        Ok(Self {
            serial,
            times,
            spki,
            unique_identifiers,
            extensions: extensions.map(|wrapper| read_extensions(&wrapper)).transpose()?,
        })
    }

    /// The first extension of a kind.
    pub(super) fn extension(&self, id: &ObjectIdentifier) -> Option<&RawExtension<'a>> {
        self.extensions
            .as_ref()?
            .iter()
            .find(|extension| extension.id == *id)
    }
}

fn read_extensions<'a>(wrapper: &Tlv<'a>) -> Result<Vec<RawExtension<'a>>, Error> {
    let mut list = Der::new(WHAT, Der::new(WHAT, wrapper.value).take(SEQUENCE)?.value);
    let mut found = Vec::new();
    while !list.is_empty() {
        let mut parts = Der::new(WHAT, list.take(SEQUENCE)?.value);
        let id = parts.oid()?;
        let flag = parts.optional(BOOLEAN)?;
        let critical = flag.is_some_and(|flag| flag.value.iter().any(|byte| *byte != 0));
        found.push(RawExtension {
            id,
            critical,
            default_written: flag.is_some() && !critical,
            value: parts.take(OCTET_STRING)?.value,
        });
    }
    Ok(found)
}
