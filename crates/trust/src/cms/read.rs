//! Reads SignedData: what is signed is kept byte for byte.

use antin_crypto::ObjectIdentifier;
use antin_wire::oids::{CONTENT_TYPE, ID_SIGNED_DATA, MESSAGE_DIGEST, SIGNING_TIME};
use antin_wire::tlv::Tlv;

use super::{Encoding, Limits, SignedData, SignerId, SignerInfo};
use crate::asn1::ber::to_definite;
use crate::asn1::read::{Der, check_nesting_within, oid, time};
use crate::asn1::{INTEGER, OCTET_STRING, OID, SEQUENCE, SET, explicit, implicit};
use crate::certificate::Certificate;
use crate::error::Error;
use crate::time::UnixTime;

impl SignedData {
    /// Reads a CMS ContentInfo with SignedData that fills `cms`. Where BER uses indefinite lengths they are made definite.
    /// `what` names the bytes in errors.
    ///
    /// # Errors
    /// [`Error::Malformed`]; [`Error::TooComplex`] beyond the limits.
    pub fn parse(what: &'static str, cms: &[u8], limits: &Limits) -> Result<Self, Error> {
        within(what, cms, limits)?;
        let fault = match Self::parse_definite(what, cms, limits) {
            Ok(signed) => return Ok(signed),
            Err(fault) => fault,
        };
        let definite = to_definite(what, cms).ok().filter(|definite| definite != cms);
        let signed = definite.and_then(|definite| Self::parse_definite(what, &definite, limits).ok());
        signed.map(Self::made_definite).ok_or(fault)
    }

    /// Reads what has definite lengths only.
    pub(crate) fn parse_definite(what: &'static str, cms: &[u8], limits: &Limits) -> Result<Self, Error> {
        within(what, cms, limits)?;
        check_nesting_within(what, cms, limits.objects)?;
        let mut info = Der::sequence(what, cms)?;
        let kind = info.take(OID)?;
        let wrapper = info.take(explicit(0))?;
        info.finish()?;
        if oid(what, &kind)? != ID_SIGNED_DATA {
            return Err(Error::Malformed {
                what: "CMS content type",
                at: kind.at,
            });
        }
        let parts = Der::sequence(what, wrapper.value)?;
        let mut signed = Reader { what, limits }.signed_data(parts)?;
        signed.encoding = Encoding::of(cms);
        Ok(signed)
    }

    pub(crate) fn made_definite(self) -> Self {
        Self {
            encoding: self.encoding.made_definite(),
            ..self
        }
    }
}

/// The signed attributes that matter, each with its one value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attributes<'a> {
    what: &'static str,
    pub(crate) content_type: Option<Tlv<'a>>,
    pub(crate) message_digest: Option<Tlv<'a>>,
    signing_time: Option<Tlv<'a>>,
}

impl<'a> Attributes<'a> {
    /// Reads the stored attributes, tag `[0]` included. An attribute that occurs twice or has not exactly one value is
    /// malformed (RFC 5652 §11).
    pub(crate) fn read(what: &'static str, stored: &'a [u8]) -> Result<Self, Error> {
        let mut found = Self {
            what,
            content_type: None,
            message_digest: None,
            signing_time: None,
        };
        let mut outer = Der::new(what, stored);
        let mut list = Der::new(what, outer.take(explicit(0))?.value);
        while let Some(attribute) = list.next()? {
            if attribute.tag != SEQUENCE {
                return Err(Error::Malformed {
                    what,
                    at: attribute.at,
                });
            }
            let mut parts = Der::new(what, attribute.value);
            let kind = parts.oid()?;
            let values = parts.take(SET)?;
            parts.finish()?;
            let slot = match kind {
                CONTENT_TYPE => &mut found.content_type,
                MESSAGE_DIGEST => &mut found.message_digest,
                SIGNING_TIME => &mut found.signing_time,
                _ => continue,
            };
            let mut values = Der::new(what, values.value);
            let value = values.any()?;
            values.finish()?;
            if slot.replace(value).is_some() {
                return Err(Error::Malformed {
                    what: "signed attribute twice",
                    at: attribute.at,
                });
            }
        }
        Ok(found)
    }

    /// When the signer claims to have signed, if the attribute is there and a time.
    pub(crate) fn signing_time(&self) -> Option<UnixTime> {
        time(self.what, &self.signing_time?).ok()
    }
}

/// What stays the same while one file is read.
struct Reader<'l> {
    what: &'static str,
    limits: &'l Limits,
}

impl Reader<'_> {
    fn signed_data(&self, mut parts: Der<'_>) -> Result<SignedData, Error> {
        let version = parts.small()?;
        let digest_algorithms = self.digest_algorithms(&parts.take(SET)?);
        let encapsulated = parts.take(SEQUENCE)?;
        let certificates = parts.optional(explicit(0))?;
        let revocation_lists = parts.optional(explicit(1))?;
        let signer_infos = parts.take(SET)?;
        parts.finish()?;
        let mut content = Der::new(self.what, encapsulated.value);
        let content_type = content.oid()?;
        let octets = content
            .optional(explicit(0))?
            .map(|wrapper| self.inner_octets(&wrapper))
            .transpose()?;
        content.finish()?;
        let (certificates, unreadable_certificates) = self.certificates(certificates)?;
        Ok(SignedData {
            what: self.what,
            version,
            digest_algorithms,
            content_type,
            content: octets,
            certificates,
            unreadable_certificates,
            revocation_lists: self.revocation_lists(revocation_lists)?,
            signers: self.signers(signer_infos.value)?,
            encoding: Encoding::default(),
        })
    }

    fn inner_octets(&self, wrapper: &Tlv<'_>) -> Result<Vec<u8>, Error> {
        let mut inner = Der::new(self.what, wrapper.value);
        let octets = inner.octets()?;
        inner.finish()?;
        Ok(octets.to_vec())
    }

    /// What cannot be read names no hash.
    fn digest_algorithms(&self, set: &Tlv<'_>) -> Vec<ObjectIdentifier> {
        let mut found = Vec::new();
        let mut list = Der::new(self.what, set.value);
        while let Ok(Some(object)) = list.next() {
            found.extend(self.algorithm(&object));
        }
        found
    }

    /// Certificates of other kinds ([n]) are skipped; unreadable ones are counted, as long as another one fits.
    fn certificates(&self, bag: Option<Tlv<'_>>) -> Result<(Vec<Certificate>, usize), Error> {
        let mut certificates = Vec::new();
        let mut unreadable = 0;
        let Some(bag) = bag else {
            return Ok((certificates, unreadable));
        };
        let mut list = Der::new(self.what, bag.value);
        while let Some(object) = list.next()? {
            if object.tag != SEQUENCE {
                continue;
            }
            if certificates.len() + unreadable == self.limits.certificates {
                return Err(Error::TooComplex { what: self.what });
            }
            match Certificate::parse_bounded(object.raw) {
                Ok(certificate) => certificates.push(certificate),
                Err(_) => unreadable += 1,
            }
        }
        Ok((certificates, unreadable))
    }

    /// Revocation information of other kinds ([n]) is skipped.
    fn revocation_lists(&self, bag: Option<Tlv<'_>>) -> Result<Vec<Vec<u8>>, Error> {
        let mut lists = Vec::new();
        let Some(bag) = bag else { return Ok(lists) };
        let mut members = Der::new(self.what, bag.value);
        while let Some(object) = members.next()? {
            if object.tag != SEQUENCE {
                continue;
            }
            if lists.len() == self.limits.revocation_lists {
                return Err(Error::TooComplex { what: self.what });
            }
            lists.push(object.raw.to_vec());
        }
        Ok(lists)
    }

    fn signers(&self, content: &[u8]) -> Result<Vec<SignerInfo>, Error> {
        let mut signers = Vec::new();
        let mut list = Der::new(self.what, content);
        while let Some(object) = list.next()? {
            if object.tag != SEQUENCE {
                return Err(Error::Malformed {
                    what: self.what,
                    at: object.at,
                });
            }
            if signers.len() == self.limits.signers {
                return Err(Error::TooComplex { what: self.what });
            }
            signers.push(self.signer(Der::new(self.what, object.value))?);
        }
        Ok(signers)
    }

    fn signer(&self, mut parts: Der<'_>) -> Result<SignerInfo, Error> {
        let version = parts.small()?;
        let id = read_signer_id(self.what, &parts.any()?)?;
        let digest_algorithm = self.algorithm(&parts.take(SEQUENCE)?)?;
        let signed_attributes = parts
            .optional(explicit(0))?
            .map(|attributes| attributes.raw.to_vec());
        let signature_algorithm = parts.take(SEQUENCE)?.raw.to_vec();
        let signature = parts.take(OCTET_STRING)?.value.to_vec();
        parts.optional(explicit(1))?;
        parts.finish()?;
        Ok(SignerInfo {
            version,
            id,
            digest_algorithm,
            signed_attributes,
            signature_algorithm,
            signature,
        })
    }

    /// Parameters are left aside: hashes have none or NULL.
    fn algorithm(&self, object: &Tlv<'_>) -> Result<ObjectIdentifier, Error> {
        Der::new(self.what, object.value).oid()
    }
}

/// `SignerIdentifier ::= CHOICE { IssuerAndSerialNumber, [0] SubjectKeyIdentifier }` (RFC 5652 §5.3).
pub(crate) fn read_signer_id(what: &'static str, object: &Tlv<'_>) -> Result<SignerId, Error> {
    if object.tag == implicit(0) {
        return Ok(SignerId::SubjectKey(object.value.to_vec()));
    }
    if object.tag != SEQUENCE {
        return Err(Error::Malformed { what, at: object.at });
    }
    issuer_and_serial(what, object.value)
}

/// The content of an IssuerAndSerialNumber (RFC 5652 §10.2.4).
pub(crate) fn issuer_and_serial(what: &'static str, content: &[u8]) -> Result<SignerId, Error> {
    let mut parts = Der::new(what, content);
    let issuer = parts.take(SEQUENCE)?.raw;
    let serial = match parts.take(INTEGER)?.value {
        [0, rest @ ..] if !rest.is_empty() => rest,
        value => value,
    };
    parts.finish()?;
    Ok(SignerId::IssuerAndSerial {
        issuer: issuer.to_vec(),
        serial: serial.to_vec(),
    })
}

fn within(what: &'static str, bytes: &[u8], limits: &Limits) -> Result<(), Error> {
    if bytes.len() > limits.bytes {
        Err(Error::TooComplex { what })
    } else {
        Ok(())
    }
}
