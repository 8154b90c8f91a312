//! Reading the data objects of certificates and requests: one after another, in the order of the profile.

use antin_crypto::ObjectIdentifier;
use antin_wire::Malformed;
use antin_wire::tlv::{Reader, Tag, Tlv, tags};

use crate::error::Error;

/// The objects inside one object; errors name what is being read.
pub(super) struct Fields<'a> {
    what: &'static str,
    reader: Reader<'a>,
}

impl<'a> Fields<'a> {
    /// Stands before the first object of `bytes`, of which there are no more than a certificate can have.
    pub(super) fn new(what: &'static str, bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_BYTES {
            return Err(Error::TooComplex { what });
        }
        Ok(Self {
            what,
            reader: Reader::new(bytes),
        })
    }

    /// Stands before the first object inside `object`.
    pub(super) const fn of(what: &'static str, object: &Tlv<'a>) -> Self {
        Self {
            what,
            reader: object.children(),
        }
    }

    pub(super) fn take(&mut self, tag: Tag) -> Result<Tlv<'a>, Error> {
        self.reader.expect(tag).map_err(|fault| self.fault(fault))
    }

    pub(super) fn optional(&mut self, tag: Tag) -> Result<Option<Tlv<'a>>, Error> {
        self.reader.optional(tag).map_err(|fault| self.fault(fault))
    }

    pub(super) fn peek(&self) -> Result<Option<Tag>, Error> {
        self.reader.peek_tag().map_err(|fault| self.fault(fault))
    }

    pub(super) fn oid(&mut self) -> Result<ObjectIdentifier, Error> {
        let object = self.take(tags::OBJECT_IDENTIFIER)?;
        ObjectIdentifier::from_bytes(object.value).map_err(|_| self.wrong(&object))
    }

    pub(super) fn finish(&self) -> Result<(), Error> {
        self.reader.finish().map_err(|fault| self.fault(fault))
    }

    /// The fault of a value that cannot be.
    pub(super) const fn wrong(&self, object: &Tlv<'_>) -> Error {
        Error::Malformed {
            what: self.what,
            at: object.value_at(),
        }
    }

    fn fault(&self, fault: Malformed) -> Error {
        Error::Malformed {
            what: self.what,
            at: fault.at,
        }
    }
}

/// Far more than a certificate with the longest RSA key and both signatures of a request takes.
const MAX_BYTES: usize = 8192;
