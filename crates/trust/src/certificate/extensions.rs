//! The extensions that matter for CSCA and document signers (ICAO 9303-12 §7.1.1).

use antin_crypto::ObjectIdentifier;
use antin_wire::oids::{
    AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS, CERTIFICATE_POLICIES, CRL_DISTRIBUTION_POINTS,
    DOCUMENT_TYPE_LIST, EXT_KEY_USAGE, ISSUER_ALT_NAME, KEY_USAGE, PRIVATE_KEY_USAGE_PERIOD,
    SUBJECT_ALT_NAME, SUBJECT_KEY_IDENTIFIER,
};
use antin_wire::tlv::Tlv;

use crate::asn1::read::Der;
use crate::asn1::{INTEGER, OCTET_STRING, SEQUENCE, SET, explicit, implicit};
use crate::error::Error;
use crate::time::UnixTime;

/// Bits of the key usage, as the first octet of its BIT STRING.
pub(crate) const DIGITAL_SIGNATURE: u8 = 0x80;
pub(crate) const KEY_CERT_SIGN: u8 = 0x04;
pub(crate) const CRL_SIGN: u8 = 0x02;

const WHAT: &str = "certificate extension";

/// What the extensions of a certificate say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    pub(crate) key_usage: Option<u8>,
    pub(crate) basic_constraints: Option<BasicConstraints>,
    pub(crate) subject_key: Option<Vec<u8>>,
    pub(crate) authority_key: Option<Vec<u8>>,
    pub(crate) usage_period: Option<UsagePeriod>,
    pub(crate) document_types: Option<Vec<String>>,
    /// What the key may be used for beyond [`key_usage`](Self::key_usage).
    pub(crate) purposes: Option<Vec<ObjectIdentifier>>,
    /// Critical and not understood here.
    pub(crate) unknown_critical: Vec<ObjectIdentifier>,
    /// Present, and cannot be read or is there twice.
    pub(crate) broken: Vec<ObjectIdentifier>,
    seen: Vec<ObjectIdentifier>,
}

/// Whether the subject is an authority, and how many authorities may stand below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BasicConstraints {
    pub(crate) ca: bool,
    pub(crate) path_len: Option<u8>,
}

/// When the private key may sign; each end may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsagePeriod {
    /// From this second on.
    pub not_before: Option<UnixTime>,
    /// Up to this second.
    pub not_after: Option<UnixTime>,
}

impl Extensions {
    /// Reads the content of the SEQUENCE OF Extension.
    pub(crate) fn read(content: &[u8]) -> Result<Self, Error> {
        let mut extensions = Self::default();
        let mut list = Der::new(WHAT, content);
        while let Some(extension) = list.next()? {
            if extension.tag != SEQUENCE {
                return Err(Error::Malformed {
                    what: WHAT,
                    at: extension.at,
                });
            }
            let mut parts = Der::new(WHAT, extension.value);
            let id = parts.oid()?;
            let critical = parts.flag()?;
            let value = parts.octets()?;
            parts.finish()?;
            extensions.add(id, critical, value);
        }
        Ok(extensions)
    }

    /// A broken extension does not make the certificate unreadable: the profile check names it.
    fn add(&mut self, id: ObjectIdentifier, critical: bool, value: &[u8]) {
        if self.seen.contains(&id) {
            self.broken.push(id);
            return;
        }
        self.seen.push(id);
        match self.understand(&id, value) {
            Ok(Understood::Yes) => {}
            Ok(Understood::No) if critical => self.unknown_critical.push(id),
            Ok(Understood::No) => {}
            Err(_) => self.broken.push(id),
        }
    }

    fn understand(&mut self, id: &ObjectIdentifier, value: &[u8]) -> Result<Understood, Error> {
        match *id {
            KEY_USAGE => self.key_usage = Some(key_usage(value)?),
            BASIC_CONSTRAINTS => self.basic_constraints = Some(basic_constraints(value)?),
            SUBJECT_KEY_IDENTIFIER => self.subject_key = Some(whole(value, OCTET_STRING)?.value.to_vec()),
            AUTHORITY_KEY_IDENTIFIER => self.authority_key = authority_key(value)?,
            PRIVATE_KEY_USAGE_PERIOD => self.usage_period = Some(usage_period(value)?),
            DOCUMENT_TYPE_LIST => self.document_types = Some(document_types(value)?),
            // A document signer must not have it, so where it is critical it stays among the unknown ones; those for whom
            // it is made look at it there.
            EXT_KEY_USAGE => {
                self.purposes = Some(purposes(value)?);
                return Ok(Understood::No);
            }
            // They restrict nothing that is judged here.
            SUBJECT_ALT_NAME | ISSUER_ALT_NAME | CRL_DISTRIBUTION_POINTS | CERTIFICATE_POLICIES => {}
            _ => return Ok(Understood::No),
        }
        Ok(Understood::Yes)
    }
}

enum Understood {
    Yes,
    No,
}

fn whole(value: &[u8], tag: antin_wire::tlv::Tag) -> Result<Tlv<'_>, Error> {
    let mut outer = Der::new(WHAT, value);
    let object = outer.take(tag)?;
    outer.finish()?;
    Ok(object)
}

/// Only the first octet: `decipherOnly`, the one bit beyond, plays no part here.
fn key_usage(value: &[u8]) -> Result<u8, Error> {
    let object = whole(value, crate::asn1::BIT_STRING)?;
    match object.value {
        [0..=7, first, ..] => Ok(*first),
        [0] => Ok(0),
        _ => Err(Error::Malformed {
            what: WHAT,
            at: object.at,
        }),
    }
}

fn basic_constraints(value: &[u8]) -> Result<BasicConstraints, Error> {
    let mut parts = Der::sequence(WHAT, value)?;
    let ca = parts.flag()?;
    let path_len = match parts.optional(INTEGER)? {
        None => None,
        Some(length) => Some(match length.value {
            [small] if *small < 0x80 => *small,
            _ => {
                return Err(Error::Malformed {
                    what: WHAT,
                    at: length.at,
                });
            }
        }),
    };
    parts.finish()?;
    Ok(BasicConstraints { ca, path_len })
}

/// The key identifier of an authority key identifier.
pub(crate) fn authority_key(value: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let mut parts = Der::sequence(WHAT, value)?;
    let key = parts.optional(implicit(0))?.map(|key| key.value.to_vec());
    parts.optional(explicit(1))?;
    parts.optional(implicit(2))?;
    parts.finish()?;
    Ok(key)
}

fn usage_period(value: &[u8]) -> Result<UsagePeriod, Error> {
    let mut parts = Der::sequence(WHAT, value)?;
    let mut end = |n| -> Result<Option<UnixTime>, Error> {
        let Some(time) = parts.optional(implicit(n))? else {
            return Ok(None);
        };
        let universal = Tlv {
            tag: crate::asn1::GENERALIZED_TIME,
            ..time
        };
        crate::asn1::read::time(WHAT, &universal).map(Some)
    };
    let period = UsagePeriod {
        not_before: end(0)?,
        not_after: end(1)?,
    };
    parts.finish()?;
    Ok(period)
}

/// `SEQUENCE OF OBJECT IDENTIFIER`
fn purposes(value: &[u8]) -> Result<Vec<ObjectIdentifier>, Error> {
    let mut parts = Der::sequence(WHAT, value)?;
    let mut purposes = Vec::new();
    while !parts.is_empty() {
        purposes.push(parts.oid()?);
    }
    Ok(purposes)
}

/// `SEQUENCE { version INTEGER, docTypeList SET OF PrintableString }`
fn document_types(value: &[u8]) -> Result<Vec<String>, Error> {
    let mut parts = Der::sequence(WHAT, value)?;
    parts.small()?;
    let set = parts.take(SET)?;
    parts.finish()?;
    let mut types = Vec::new();
    let mut members = Der::new(WHAT, set.value);
    while let Some(member) = members.next()? {
        let text = core::str::from_utf8(member.value)
            .ok()
            .filter(|text| text.is_ascii());
        types.push(
            text.ok_or(Error::Malformed {
                what: WHAT,
                at: member.at,
            })?
            .to_owned(),
        );
    }
    Ok(types)
}
