//! What a defect list states, before it is signed (BSI TR-03129-2 §7).
//!
//! The list is of version 1, which every inspection system reads (§7.1); it has no texts for people.

use antin_crypto::{Hash, ObjectIdentifier, PureRust};
use antin_wire::oids;

use super::signed_data::{ContentSigner, sorted};
use super::template::is_printable;
use crate::asn1::{ENUMERATED, INTEGER, PRINTABLE_STRING, SET, implicit, write};
use crate::certificate::Certificate;
use crate::cms::SignerId;
use crate::defect_list::{Defect, DefectKind, DefectList, FailingProtocols, MAX_DEFECTS, WrongValidity};
use crate::error::Error;
use crate::time::UnixTime;

const V1: u8 = 0;
/// The data groups of the ePassport application.
const GROUPS: core::ops::RangeInclusive<u8> = 1..=16;

/// The content of a defect list in DER.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefectListContent {
    der: Vec<u8>,
    defects: Vec<Defect>,
}

impl DefectListContent {
    /// Describes defects. Hashes of certificates are those of SHA-256.
    ///
    /// # Errors
    /// [`Error::Misuse`] for none at all or too many; for one that means no signer or names nothing that is wrong; for
    /// texts, which this version has no place for; for a hash of another function; and for a kind without the parameters
    /// that it must have, or without a meaning here.
    pub fn new(defects: &[Defect]) -> Result<Self, Error> {
        if defects.is_empty() || defects.len() > MAX_DEFECTS {
            return Err(misuse("number of defects", defects.len()));
        }
        let members: Vec<Vec<u8>> = defects.iter().map(defect).collect::<Result<_, _>>()?;
        let members = sorted(members.iter().map(Vec::as_slice).collect());
        let der = write::sequence(&[
            &write::unsigned(&[V1]),
            &write::oid(&Hash::Sha256.oid()),
            &write::object(SET, &members),
        ]);
        Ok(Self {
            der,
            defects: defects.to_vec(),
        })
    }

    /// The content as DER.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The list, signed by a defect list signer whom `csca` certified; what is returned has been read back, says what was
    /// described, and verifies.
    ///
    /// # Errors
    /// As [`ContentSigner::sign`].
    pub fn sign(
        &self,
        signer: &ContentSigner<'_>,
        csca: &Certificate,
        at: UnixTime,
    ) -> Result<Vec<u8>, Error> {
        let list = signer.sign(&DefectList::CONTENT_TYPE, &self.der, at)?;
        let broken = Error::SelfCheck { what: "defect list" };
        let read = DefectList::parse(&list).map_err(|_| broken.clone())?;
        read.verify(core::slice::from_ref(csca), at, &PureRust)
            .map_err(|_| broken.clone())?;
        let told = |wanted: &Defect| {
            read.defects().iter().any(|found| {
                let says = |kind| found.known.iter().any(|known| known.kind == kind);
                found.signer == wanted.signer
                    && found.certificate_hash == wanted.certificate_hash
                    && wanted.known.iter().all(|known| says(known.kind.clone()))
            })
        };
        match self.defects.iter().all(told) {
            true => Ok(list),
            false => Err(broken),
        }
    }
}

fn defect(one: &Defect) -> Result<Vec<u8>, Error> {
    if one.signer.is_none() && one.certificate_hash.is_none() {
        return Err(misuse("defect of some document signer", "none"));
    }
    if one.known.is_empty() {
        return Err(misuse("defect that says what is wrong", "nothing"));
    }
    if one.description.is_some() || one.known.iter().any(|known| known.description.is_some()) {
        return Err(misuse("defect without a text", "a text"));
    }
    let signer = one.signer.as_ref().map_or_else(Vec::new, signer_id);
    let hash = match &one.certificate_hash {
        None => Vec::new(),
        Some(stated) if stated.hash == Some(Hash::Sha256) => write::octets(&stated.digest),
        Some(stated) => return Err(misuse("hash of SHA-256", stated.digest.len())),
    };
    let known: Vec<Vec<u8>> = one
        .known
        .iter()
        .map(|known| {
            let (kind, parameters) = kind(&known.kind)?;
            Ok(write::sequence(&[&write::oid(&kind), &parameters]))
        })
        .collect::<Result<_, Error>>()?;
    let known = sorted(known.iter().map(Vec::as_slice).collect());
    Ok(write::sequence(&[&signer, &hash, &write::object(SET, &known)]))
}

fn signer_id(id: &SignerId) -> Vec<u8> {
    match id {
        SignerId::IssuerAndSerial { issuer, serial } => write::sequence(&[issuer, &write::unsigned(serial)]),
        SignerId::SubjectKey(key) => write::object(implicit(0), &[key]),
    }
}

/// The type, and its parameters in DER (§7.3).
fn kind(kind: &DefectKind) -> Result<(ObjectIdentifier, Vec<u8>), Error> {
    let code = |code: u8| write::object(ENUMERATED, &[&[code]]);
    let incomplete = || misuse("defect with its parameter", "none");
    Ok(match kind {
        DefectKind::CertRevoked(status) => (oids::CERT_REVOKED, code(status.ok_or_else(incomplete)?)),
        DefectKind::CertReplaced(other) => (
            oids::CERT_REPLACED,
            write::octets(other.as_deref().ok_or_else(incomplete)?),
        ),
        DefectKind::ChipAuthKeyRevoked => (oids::CHIP_AUTH_KEY_REVOKED, Vec::new()),
        DefectKind::ActiveAuthKeyRevoked => (oids::ACTIVE_AUTH_KEY_REVOKED, Vec::new()),
        DefectKind::ProtocolFailure(failing) => (
            oids::AUTHENTICATION_PROTOCOL_FAILURE,
            code(failing.and_then(code_of).ok_or_else(incomplete)?),
        ),
        DefectKind::ValidityPeriodIncorrect(whose) => {
            let whose = match whose.ok_or_else(incomplete)? {
                WrongValidity::Csca => 0,
                WrongValidity::DocumentSigner => 1,
                WrongValidity::Both => 2,
            };
            (oids::VALIDITY_PERIOD_INCORRECT, code(whose))
        }
        DefectKind::DgMalformed(groups) => {
            if groups.is_empty() || groups.iter().any(|group| !GROUPS.contains(group)) {
                return Err(misuse("data groups from 1 to 16", groups.len()));
            }
            let numbers: Vec<Vec<u8>> = groups
                .iter()
                .map(|group| write::object(INTEGER, &[&[*group]]))
                .collect();
            let numbers = sorted(numbers.iter().map(Vec::as_slice).collect());
            (oids::EPASSPORT_DG_MALFORMED, write::object(SET, &numbers))
        }
        DefectKind::SodInvalid(status) => (oids::SOD_INVALID, status.map(code).unwrap_or_default()),
        DefectKind::ComSodDiscrepancy => (oids::COM_SOD_DISCREPANCY, Vec::new()),
        DefectKind::WrongSignerIdentifier(right) => (
            oids::SOD_WRONG_SIGNER_IDENTIFIER,
            signer_id(right.as_ref().ok_or_else(incomplete)?),
        ),
        DefectKind::IssuingCountry(right) => {
            let right = right.as_deref().filter(|text| is_printable(text));
            let right = right.filter(|text| !text.is_empty()).ok_or_else(incomplete)?;
            (
                oids::ISSUING_COUNTRY_DEFECT,
                write::object(PRINTABLE_STRING, &[right.as_bytes()]),
            )
        }
        DefectKind::CardSecurityMalformed(right) => (
            oids::CARD_SECURITY_MALFORMED,
            right.clone().ok_or_else(incomplete)?,
        ),
        DefectKind::ChipSecurityMalformed => (oids::CHIP_SECURITY_MALFORMED, Vec::new()),
        DefectKind::PowerDownRequired => (oids::POWER_DOWN_REQ, Vec::new()),
        DefectKind::DsMalformed(status) => (oids::DS_MALFORMED, code(status.ok_or_else(incomplete)?)),
        DefectKind::UnknownDocumentDefect(other) | DefectKind::Other(other) => {
            return Err(misuse("kind of defect", other));
        }
    })
}

/// §7.3.1.5.
const fn code_of(failing: FailingProtocols) -> Option<u8> {
    Some(
        match (
            failing.chip_authentication,
            failing.active_authentication,
            failing.pace_cam,
        ) {
            (true, false, false) => 0,
            (false, true, false) => 1,
            (true, true, false) => 2,
            (false, false, true) => 3,
            (true, false, true) => 4,
            (false, true, true) => 5,
            (true, true, true) => 6,
            (false, false, false) => return None,
        },
    )
}

fn misuse(what: &'static str, found: impl core::fmt::Display) -> Error {
    Error::Misuse {
        what,
        found: found.to_string(),
    }
}
