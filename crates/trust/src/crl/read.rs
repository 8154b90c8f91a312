//! Reads a revocation list in one pass.

use antin_crypto::ObjectIdentifier;
use antin_wire::oids::{
    AUTHORITY_KEY_IDENTIFIER, CERTIFICATE_ISSUER, CRL_NUMBER, CRL_REASONS, DELTA_CRL_INDICATOR,
    INVALIDITY_DATE, ISSUER_ALT_NAME, ISSUING_DISTRIBUTION_POINT,
};
use antin_wire::tlv::Tlv;

use super::{
    CertificateList, Entry, MAX_CRL_BYTES, MAX_REVOKED, RevocationReason, Stated, Unusable, serial_in,
};
use crate::asn1::read::{Der, time};
use crate::asn1::{
    ENUMERATED, GENERALIZED_TIME, INTEGER, OCTET_STRING, SEQUENCE, UTC_TIME, explicit, implicit,
};
use crate::certificate::{Name, authority_key};
use crate::error::Error;

pub(super) const WHAT: &str = "CRL";

impl CertificateList {
    /// Reads one list in DER, version 1 or 2.
    ///
    /// What makes a list useless as a whole, such as a critical extension that is not understood, is kept in
    /// [`unusable`](Self::unusable) and no error.
    ///
    /// # Errors
    /// [`Error::Malformed`]; trailing bytes are malformed. [`Error::TooComplex`] beyond [`MAX_CRL_BYTES`] and
    /// [`MAX_REVOKED`].
    pub fn parse(der: &[u8]) -> Result<Self, Error> {
        if der.len() > MAX_CRL_BYTES {
            return Err(Error::TooComplex { what: WHAT });
        }
        let mut outermost = Der::new(WHAT, der);
        let whole = outermost.take(SEQUENCE)?;
        outermost.finish()?;
        let mut parts = Der::within(WHAT, &whole);
        let tbs = parts.take(SEQUENCE)?;
        let outer_algorithm = parts.take(SEQUENCE)?.raw.to_vec();
        let signature = parts.bits()?.to_vec();
        parts.finish()?;
        let start = whole.raw.len() - whole.value.len();
        Body::read(der, &tbs, outer_algorithm, signature, start)
    }
}

/// What is found on the way, beside the fields themselves.
#[derive(Default)]
struct Body {
    entries: Vec<Entry>,
    number: Option<Vec<u8>>,
    authority_key: Option<Vec<u8>>,
    unusable: Option<Unusable>,
    stated: Stated,
}

impl Body {
    fn read(
        der: &[u8],
        tbs: &Tlv<'_>,
        outer_algorithm: Vec<u8>,
        signature: Vec<u8>,
        start: usize,
    ) -> Result<CertificateList, Error> {
        let mut body = Self::default();
        let mut parts = Der::within(WHAT, tbs);
        let version = match parts.optional(INTEGER)? {
            None => 1,
            Some(Tlv { value: [1], .. }) => 2,
            Some(other) => {
                return Err(Error::Malformed {
                    what: WHAT,
                    at: other.at,
                });
            }
        };
        let algorithm = parts.take(SEQUENCE)?;
        let issuer = Name::read(WHAT, &parts.take(SEQUENCE)?)?;
        let this_update = parts.any()?;
        body.stated.times.push(this_update.raw.to_vec());
        let next_update = match parts.peek() {
            Some(UTC_TIME | GENERALIZED_TIME) => Some(parts.any()?),
            _ => None,
        };
        body.stated
            .times
            .extend(next_update.map(|time| time.raw.to_vec()));
        if let Some(list) = parts.optional(SEQUENCE)? {
            body.entries(&list)?;
        }
        if let Some(wrapper) = parts.optional(explicit(0))? {
            body.list_extensions(&wrapper)?;
        }
        parts.finish()?;
        if algorithm.raw != outer_algorithm {
            body.unusable(Unusable::AlgorithmMismatch);
        }
        body.sort(der);
        Ok(CertificateList {
            raw: der.to_vec(),
            tbs: start..start + tbs.raw.len(),
            version,
            algorithm: algorithm.raw.to_vec(),
            signature,
            issuer,
            this_update: time(WHAT, &this_update)?,
            next_update: next_update.map(|at| time(WHAT, &at)).transpose()?,
            entries: body.entries,
            number: body.number,
            authority_key: body.authority_key,
            unusable: body.unusable,
            stated: body.stated,
        })
    }

    fn entries(&mut self, list: &Tlv<'_>) -> Result<(), Error> {
        let mut members = Der::within(WHAT, list);
        self.stated.empty_entries = members.is_empty();
        while let Some(member) = members.next()? {
            if member.tag != SEQUENCE {
                return Err(Error::Malformed {
                    what: WHAT,
                    at: member.at,
                });
            }
            if self.entries.len() == MAX_REVOKED {
                return Err(Error::TooComplex { what: WHAT });
            }
            let entry = self.entry(Der::within(WHAT, &member))?;
            self.entries.push(entry);
        }
        Ok(())
    }

    fn entry(&mut self, mut parts: Der<'_>) -> Result<Entry, Error> {
        let serial = parts.take(INTEGER)?;
        let date = parts.time()?;
        let extensions = parts.optional(SEQUENCE)?;
        parts.finish()?;
        // As certificates keep theirs: without the zero that only says that the number is not negative.
        let zeros = usize::from(serial.value.len() > 1 && serial.value.first() == Some(&0));
        let fault = Error::Malformed {
            what: WHAT,
            at: serial.at,
        };
        let len = serial.value.len() - zeros;
        if len == 0 {
            return Err(fault);
        }
        let mut entry = Entry {
            serial_at: u32::try_from(serial.value_at() + zeros).map_err(|_| fault.clone())?,
            serial_len: u32::try_from(len).map_err(|_| fault)?,
            date,
            reason: RevocationReason::Unspecified,
            invalid_since: None,
        };
        if let Some(extensions) = extensions {
            self.entry_extensions(&extensions, &mut entry)?;
        }
        Ok(entry)
    }

    fn entry_extensions(&mut self, list: &Tlv<'_>, entry: &mut Entry) -> Result<(), Error> {
        let mut members = Der::within(WHAT, list);
        while let Some(member) = members.next()? {
            let (id, critical, value) = extension(&member)?;
            if !self.stated.entry_extensions.contains(&id) {
                if self.stated.entry_extensions.len() == MAX_KINDS {
                    return Err(Error::TooComplex { what: WHAT });
                }
                self.stated.entry_extensions.push(id);
            }
            match id {
                CRL_REASONS => match reason(value) {
                    Ok(reason) => entry.reason = reason,
                    Err(_) => self.unusable(Unusable::Broken(id)),
                },
                INVALIDITY_DATE => match Der::new(WHAT, value).time() {
                    Ok(since) => entry.invalid_since = Some(since),
                    Err(_) => self.unusable(Unusable::Broken(id)),
                },
                CERTIFICATE_ISSUER => self.unusable(Unusable::Indirect),
                _ if critical => self.unusable(Unusable::CriticalExtension(id)),
                _ => {}
            }
        }
        Ok(())
    }

    fn list_extensions(&mut self, wrapper: &Tlv<'_>) -> Result<(), Error> {
        let mut outer = Der::within(WHAT, wrapper);
        let list = outer.take(SEQUENCE)?;
        outer.finish()?;
        let mut members = Der::within(WHAT, &list);
        while let Some(member) = members.next()? {
            let (id, critical, value) = extension(&member)?;
            if self.stated.extensions.len() == MAX_KINDS {
                return Err(Error::TooComplex { what: WHAT });
            }
            if self.stated.extensions.iter().any(|(seen, _)| *seen == id) {
                self.unusable(Unusable::Broken(id));
                continue;
            }
            self.stated.extensions.push((id, critical));
            self.list_extension(id, critical, value);
        }
        Ok(())
    }

    fn list_extension(&mut self, id: ObjectIdentifier, critical: bool, value: &[u8]) {
        let broken = Unusable::Broken(id);
        match id {
            CRL_NUMBER => match whole_number(value) {
                Ok(number) => self.number = Some(number),
                Err(_) => self.unusable(broken),
            },
            AUTHORITY_KEY_IDENTIFIER => match authority_key(value) {
                Ok(key) => self.authority_key = key,
                Err(_) => self.unusable(broken),
            },
            DELTA_CRL_INDICATOR => self.unusable(Unusable::Delta),
            ISSUING_DISTRIBUTION_POINT => match scope(value) {
                Ok(None) => {}
                Ok(Some(fault)) => self.unusable(fault),
                Err(_) => self.unusable(broken),
            },
            // Other names of the issuer (ICAO 9303-12 §7.1.4, note 1), which nothing here needs.
            ISSUER_ALT_NAME => {}
            _ if critical => self.unusable(Unusable::CriticalExtension(id)),
            _ => {}
        }
    }

    /// The first reason is kept.
    fn unusable(&mut self, why: Unusable) {
        self.unusable.get_or_insert(why);
    }

    /// By serial number, then date: of two entries for a number the earlier revocation is found.
    fn sort(&mut self, der: &[u8]) {
        self.entries.sort_by(|left, right| {
            let key = |entry: &Entry| (entry.serial_len, entry.date);
            let ((left_len, left_date), (right_len, right_date)) = (key(left), key(right));
            left_len
                .cmp(&right_len)
                .then_with(|| serial_in(der, left).cmp(serial_in(der, right)))
                .then(left_date.cmp(&right_date))
        });
    }
}

/// Kinds of extensions; honest lists have half a dozen.
const MAX_KINDS: usize = 64;

/// `SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }`
fn extension<'a>(member: &Tlv<'a>) -> Result<(ObjectIdentifier, bool, &'a [u8]), Error> {
    if member.tag != SEQUENCE {
        return Err(Error::Malformed {
            what: WHAT,
            at: member.at,
        });
    }
    let mut parts = Der::within(WHAT, member);
    let id = parts.oid()?;
    let critical = parts.flag()?;
    let value = parts.take(OCTET_STRING)?.value;
    parts.finish()?;
    Ok((id, critical, value))
}

fn reason(value: &[u8]) -> Result<RevocationReason, Error> {
    let mut parts = Der::new(WHAT, value);
    let code = parts.take(ENUMERATED)?;
    parts.finish()?;
    match code.value {
        [code] => Ok(RevocationReason::from_code(*code)),
        _ => Err(Error::Malformed { what: WHAT, at: 0 }),
    }
}

fn whole_number(value: &[u8]) -> Result<Vec<u8>, Error> {
    let mut parts = Der::new(WHAT, value);
    let number = parts.unsigned()?.to_vec();
    parts.finish()?;
    Ok(number)
}

/// What the issuing distribution point restricts: `SEQUENCE { [0] distributionPoint, [1] onlyContainsUserCerts,
/// [2] onlyContainsCACerts, [3] onlySomeReasons, [4] indirectCRL, [5] onlyContainsAttributeCerts }`, all optional.
fn scope(value: &[u8]) -> Result<Option<Unusable>, Error> {
    let mut parts = Der::sequence(WHAT, value)?;
    let mut found = None;
    parts.optional(explicit(0))?;
    for n in [1, 2, 3, 4, 5] {
        let Some(object) = parts.optional(implicit(n))? else {
            continue;
        };
        let stated = n == 3 || as_boolean(&object);
        match (stated, n) {
            (true, 4) => found = Some(Unusable::Indirect),
            (true, _) => found = found.or(Some(Unusable::Partial)),
            (false, _) => {}
        }
    }
    parts.finish()?;
    Ok(found)
}

/// The content of a BOOLEAN.
fn as_boolean(object: &Tlv<'_>) -> bool {
    object.value.iter().any(|byte| *byte != 0)
}
