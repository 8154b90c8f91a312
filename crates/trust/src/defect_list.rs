//! Defect lists: what is known to be wrong with documents of certain document signers, by whoever checks them
//! (BSI TR-03129-2 §7; how an inspection system uses them is told in BSI TR-03135-1).
//!
//! ```text
//! DefectList ::= SEQUENCE { version v1(0) | v2(1), hashAlg OBJECT IDENTIFIER, SET OF Defect }          §7.1
//! Defect     ::= SEQUENCE { signerIdentifier OPTIONAL, certificateHash OCTET STRING OPTIONAL,
//!                           SET OF KnownDefect or [0] KnownDefectV2, description UTF8String OPTIONAL }
//! KnownDefect   ::= SEQUENCE { defectType, parameters OPTIONAL }
//! KnownDefectV2 ::= SEQUENCE { defectType, [0] parameters OPTIONAL, [1] description UTF8String OPTIONAL }
//! ```
//! Modelled are the defects of the ePassport application and of the document (§7.3). Those of the eID application, which
//! TR-03129-3 describes, stay [`DefectKind::Other`].

use antin_crypto::{Hash, ObjectIdentifier, Verifier};
use antin_wire::oids::{self, DEFECT_LIST, DEFECT_LIST_SIGNING_KEY};
use antin_wire::tlv::Tlv;

use crate::asn1::read::{Der, check_nesting_within, text};
use crate::asn1::{
    ENUMERATED, INTEGER, OCTET_STRING, OID, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING, explicit, implicit,
};
use crate::certificate::Certificate;
use crate::cms::{ListSignature, SignedData, SignerId, read_signer_id};
use crate::error::Error;
use crate::time::UnixTime;

/// The most entries of one list.
pub const MAX_DEFECTS: usize = 10_000;

const WHAT: &str = "defect list";
const MAX_OBJECTS: usize = 1_000_000;

/// A defect list as received. That it was read says nothing about whether it is right: [`verify`](Self::verify) does.
#[derive(Clone, Debug)]
pub struct DefectList {
    signed: SignedData,
    version: u8,
    defects: Vec<Defect>,
}

/// A document signer, and what is wrong with its documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// The document signer, as a CMS names it.
    pub signer: Option<SignerId>,
    /// The hash over the signer's certificate, where the name alone does not tell (§7.1.1).
    pub certificate_hash: Option<CertificateHash>,
    /// What is wrong.
    pub known: Vec<KnownDefect>,
    /// For people.
    pub description: Option<String>,
}

/// A hash over a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateHash {
    /// The function that the list names; `None` when it is not known here.
    pub hash: Option<Hash>,
    /// The value.
    pub digest: Vec<u8>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownDefect {
    /// What is wrong.
    pub kind: DefectKind,
    /// The parameters as received.
    pub parameters: Option<Vec<u8>>,
    /// For people.
    pub description: Option<String>,
}

/// What can be wrong (§7.3). Where parameters are missing or unreadable, what they would tell is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DefectKind {
    /// The signer is revoked, as a CRL would say (§7.3.1.1); the number is its status code: 0 no details, 1 on hold,
    /// 2 testing, 3 revoked by the issuer, 4 revoked by the list's signer, 5 inadequate.
    CertRevoked(Option<u8>),
    /// The signer's certificate is malformed; DER of another one, which need not be the CSCA's work (§7.3.1.2).
    CertReplaced(Option<Vec<u8>>),
    /// Private keys for Chip Authentication are in other hands (§7.3.1.3).
    ChipAuthKeyRevoked,
    /// Private keys for Active Authentication are in other hands (§7.3.1.4).
    ActiveAuthKeyRevoked,
    /// Protocols that are known to fail (§7.3.1.5).
    ProtocolFailure(Option<FailingProtocols>),
    /// A validity that is wrong (§7.3.1.6).
    ValidityPeriodIncorrect(Option<WrongValidity>),
    /// Data groups that are malformed (§7.3.2.1).
    DgMalformed(Vec<u8>),
    /// EF.SOD does not validate (§7.3.2.2); the number is its status code: 0 no details, 1 signature, 2 hash,
    /// 3 encoding, 4 hashes of the data groups.
    SodInvalid(Option<u8>),
    /// EF.COM and EF.SOD differ (§7.3.2.3).
    ComSodDiscrepancy,
    /// EF.SOD names a wrong signer; this is the right one (§7.3.2.4).
    WrongSignerIdentifier(Option<SignerId>),
    /// The country of the signer's issuer is wrong; this is the right one (§7.3.2.5).
    IssuingCountry(Option<String>),
    /// EF.CardSecurity is malformed; this replaces it (§7.3.3.1).
    CardSecurityMalformed(Option<Vec<u8>>),
    /// EF.ChipSecurity is malformed (§7.3.3.2).
    ChipSecurityMalformed,
    /// The chip wants to be powered down between two authentications (§7.3.3.3).
    PowerDownRequired,
    /// The signer's certificate is malformed, and there is no other (§7.3.3.4); the number is its status code.
    DsMalformed(Option<u8>),
    /// A defect of the document that is not known here: its chip SHOULD NOT be used (§7.3.3).
    UnknownDocumentDefect(ObjectIdentifier),
    /// A defect without a meaning here.
    Other(ObjectIdentifier),
}

/// Which proofs of the chip are known to fail (§7.3.1.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FailingProtocols {
    /// Chip Authentication.
    pub chip_authentication: bool,
    /// Active Authentication.
    pub active_authentication: bool,
    /// PACE with chip authentication mapping.
    pub pace_cam: bool,
}

/// Whose validity is wrong (§7.3.1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongValidity {
    /// The CSCA's.
    Csca,
    /// The document signer's.
    DocumentSigner,
    /// Both.
    Both,
}

impl DefectList {
    /// The type of the content.
    pub const CONTENT_TYPE: ObjectIdentifier = DEFECT_LIST;

    /// Reads a list: a CMS SignedData that fills `bytes`, in BER.
    ///
    /// # Errors
    /// [`Error::Malformed`], also for a list of another kind; [`Error::TooComplex`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let signed = SignedData::parse_list(WHAT, bytes, &Self::CONTENT_TYPE)?;
        let content = signed.list_content()?;
        check_nesting_within(WHAT, content, MAX_OBJECTS)?;
        let (version, defects) = read(content)?;
        Ok(Self {
            version,
            defects,
            signed,
        })
    }

    /// The version as encoded: 0 for v1, 1 for v2.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// What is wrong with whose documents.
    #[must_use]
    pub fn defects(&self) -> &[Defect] {
        &self.defects
    }

    /// The signed frame of the list.
    #[must_use]
    pub const fn signed_data(&self) -> &SignedData {
        &self.signed
    }

    /// When the signer claims to have signed.
    #[must_use]
    pub fn signing_time(&self) -> Option<UnixTime> {
        self.signed.signing_time()
    }

    /// Verifies the signature, that its key is for defect lists (§7.2: the signer SHOULD say so; here it must, or every
    /// document signer could revoke every other) and valid at `at`, and the chain from the signer to one of the pinned roots. A list that does not verify SHALL
    /// NOT be used.
    ///
    /// # Errors
    /// [`Error::NotTrusted`].
    pub fn verify(
        &self,
        roots: &[Certificate],
        at: UnixTime,
        verifier: &dyn Verifier,
    ) -> Result<ListSignature, Error> {
        self.signed
            .verify_list(&Self::CONTENT_TYPE, &DEFECT_LIST_SIGNING_KEY, roots, at, verifier)
    }

    /// What the list says of a document signer's documents.
    pub fn of<'l>(&'l self, signer: &Certificate) -> impl Iterator<Item = &'l KnownDefect> {
        self.defects
            .iter()
            .filter(|defect| defect.names(signer))
            .flat_map(|defect| &defect.known)
    }
}

impl Defect {
    /// Whether the signer is meant: by its name and, where stated, by the hash of its certificate. An entry that states
    /// neither means nobody.
    #[must_use]
    pub fn names(&self, signer: &Certificate) -> bool {
        (self.signer.is_some() || self.certificate_hash.is_some())
            && self.signer.as_ref().is_none_or(|id| id.names(signer))
            && self.certificate_hash.as_ref().is_none_or(|stated| {
                stated
                    .hash
                    .is_some_and(|hash| signer.has_digest(hash, &stated.digest))
            })
    }
}

impl FailingProtocols {
    const fn from_code(code: u8) -> Option<Self> {
        let (chip_authentication, active_authentication, pace_cam) = match code {
            0 => (true, false, false),
            1 => (false, true, false),
            2 => (true, true, false),
            3 => (false, false, true),
            4 => (true, false, true),
            5 => (false, true, true),
            6 => (true, true, true),
            _ => return None,
        };
        Some(Self {
            chip_authentication,
            active_authentication,
            pace_cam,
        })
    }
}

impl DefectKind {
    fn read(id: ObjectIdentifier, parameters: Option<&[u8]>) -> Self {
        let only = || only(parameters?);
        let code = || enumerated(&only()?);
        match id {
            oids::CERT_REVOKED => Self::CertRevoked(code()),
            oids::CERT_REPLACED => Self::CertReplaced(
                only()
                    .filter(|object| object.tag == OCTET_STRING)
                    .map(|object| object.value.to_vec()),
            ),
            oids::CHIP_AUTH_KEY_REVOKED => Self::ChipAuthKeyRevoked,
            oids::ACTIVE_AUTH_KEY_REVOKED => Self::ActiveAuthKeyRevoked,
            oids::AUTHENTICATION_PROTOCOL_FAILURE => {
                Self::ProtocolFailure(code().and_then(FailingProtocols::from_code))
            }
            oids::VALIDITY_PERIOD_INCORRECT => Self::ValidityPeriodIncorrect(match code() {
                Some(0) => Some(WrongValidity::Csca),
                Some(1) => Some(WrongValidity::DocumentSigner),
                Some(2) => Some(WrongValidity::Both),
                _ => None,
            }),
            oids::EPASSPORT_DG_MALFORMED => {
                Self::DgMalformed(only().and_then(|set| numbers(&set)).unwrap_or_default())
            }
            oids::SOD_INVALID => Self::SodInvalid(code()),
            oids::COM_SOD_DISCREPANCY => Self::ComSodDiscrepancy,
            oids::SOD_WRONG_SIGNER_IDENTIFIER => {
                Self::WrongSignerIdentifier(only().and_then(|object| read_signer_id(WHAT, &object).ok()))
            }
            oids::ISSUING_COUNTRY_DEFECT => Self::IssuingCountry(
                only()
                    .filter(|object| object.tag == PRINTABLE_STRING)
                    .and_then(|object| text(WHAT, &object).ok()),
            ),
            oids::CARD_SECURITY_MALFORMED => {
                Self::CardSecurityMalformed(only().map(|object| object.raw.to_vec()))
            }
            oids::CHIP_SECURITY_MALFORMED => Self::ChipSecurityMalformed,
            oids::POWER_DOWN_REQ => Self::PowerDownRequired,
            oids::DS_MALFORMED => Self::DsMalformed(code()),
            other if other.as_bytes().starts_with(oids::DOCUMENT_DEFECT.as_bytes()) => {
                Self::UnknownDocumentDefect(other)
            }
            other => Self::Other(other),
        }
    }
}

fn read(content: &[u8]) -> Result<(u8, Vec<Defect>), Error> {
    let mut parts = Der::sequence(WHAT, content)?;
    let version = parts.small()?;
    let hash = Hash::from_oid(&parts.oid()?);
    let set = parts.take(SET)?;
    parts.finish()?;
    let mut defects = Vec::new();
    let mut members = Der::within(WHAT, &set);
    while !members.is_empty() {
        if defects.len() == MAX_DEFECTS {
            return Err(Error::TooComplex { what: WHAT });
        }
        defects.push(defect(&members.take(SEQUENCE)?, hash)?);
    }
    Ok((version, defects))
}

fn defect(object: &Tlv<'_>, hash: Option<Hash>) -> Result<Defect, Error> {
    let mut parts = Der::within(WHAT, object);
    let signer = match parts.peek() {
        Some(tag) if tag == SEQUENCE || tag == implicit(0) => Some(read_signer_id(WHAT, &parts.any()?)?),
        _ => None,
    };
    let digest = parts.optional(OCTET_STRING)?;
    let set = parts.take(SET)?;
    let description = parts
        .optional(UTF8_STRING)?
        .map(|words| text(WHAT, &words))
        .transpose()?;
    parts.finish()?;
    let mut known = Vec::new();
    let mut members = Der::within(WHAT, &set);
    while let Some(member) = members.next()? {
        known.push(known_defect(&member)?);
    }
    Ok(Defect {
        signer,
        certificate_hash: digest.map(|digest| CertificateHash {
            hash,
            digest: digest.value.to_vec(),
        }),
        known,
        description,
    })
}

/// Version 1 is a SEQUENCE. Version 2 is tagged `[0]`; whether that replaces the SEQUENCE or stands around it the guideline
/// leaves to the default of its module, so both are read.
fn known_defect(member: &Tlv<'_>) -> Result<KnownDefect, Error> {
    if member.tag == SEQUENCE {
        let mut parts = Der::within(WHAT, member);
        let id = parts.oid()?;
        let parameters = parts.next()?.map(|object| object.raw.to_vec());
        parts.finish()?;
        return Ok(KnownDefect {
            kind: DefectKind::read(id, parameters.as_deref()),
            parameters,
            description: None,
        });
    }
    if member.tag != explicit(0) {
        return Err(Error::Malformed {
            what: WHAT,
            at: member.at,
        });
    }
    let mut parts = Der::within(WHAT, member);
    if parts.peek() != Some(OID) {
        let inner = parts.take(SEQUENCE)?;
        parts.finish()?;
        parts = Der::within(WHAT, &inner);
    }
    let id = parts.oid()?;
    let parameters = parts.optional(explicit(0))?.map(|wrapper| wrapper.value.to_vec());
    let description = match parts.peek() {
        Some(tag) if tag == implicit(1) => Some(text(WHAT, &parts.any()?)?),
        Some(tag) if tag == explicit(1) => {
            let wrapper = parts.any()?;
            let mut inner = Der::within(WHAT, &wrapper);
            let words = text(WHAT, &inner.take(UTF8_STRING)?)?;
            inner.finish()?;
            Some(words)
        }
        _ => None,
    };
    parts.finish()?;
    Ok(KnownDefect {
        kind: DefectKind::read(id, parameters.as_deref()),
        parameters,
        description,
    })
}

/// The one object that fills the bytes.
fn only(bytes: &[u8]) -> Option<Tlv<'_>> {
    let mut parts = Der::new(WHAT, bytes);
    let object = parts.any().ok()?;
    parts.finish().ok()?;
    Some(object)
}

fn enumerated(object: &Tlv<'_>) -> Option<u8> {
    match object.value {
        [code] if object.tag == ENUMERATED => Some(*code),
        _ => None,
    }
}

fn numbers(set: &Tlv<'_>) -> Option<Vec<u8>> {
    if set.tag != SET {
        return None;
    }
    let mut members = Der::within(WHAT, set);
    let mut found = Vec::new();
    while let Some(member) = members.next().ok()? {
        match member.value {
            [number] if member.tag == INTEGER => found.push(*number),
            _ => return None,
        }
    }
    Some(found)
}
