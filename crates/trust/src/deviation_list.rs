//! Deviation lists: what a country says of its own documents that do not follow the standard (ICAO 9303-12 §10).
//!
//! ```text
//! DeviationList ::= SEQUENCE { version v0(0), digestAlgorithm OPTIONAL, SET OF Deviation }             §10.2
//! Deviation     ::= SEQUENCE { DeviationDocuments, SET OF DeviationDescription }
//! DeviationDocuments ::= SEQUENCE { [0] documentType, [1]/[2]/[3] signer, [4] period, [5] numbers }    all optional
//! DeviationDescription ::= SEQUENCE { text OPTIONAL, deviationType, [0] parameters, [1] nationalUse }
//! ```
//! Modelled are the frame, which documents are meant, and the types of §10.2 with their parameters as far as these are
//! a number; the field of a certificate that an encoding deviation names, and national parts, stay bytes.

use antin_crypto::{Hash, ObjectIdentifier, Verifier};
use antin_wire::oids::{self, DEVIATION_LIST, DEVIATION_LIST_SIGNING_KEY};
use antin_wire::tlv::Tlv;

use crate::asn1::read::{Der, check_nesting_within, text, time};
use crate::asn1::{GENERALIZED_TIME, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING, explicit, implicit};
use crate::certificate::Certificate;
use crate::cms::{ListSignature, SignedData, SignerId, issuer_and_serial};
use crate::error::Error;
use crate::time::UnixTime;

/// The most deviations of one list.
pub const MAX_DEVIATIONS: usize = 10_000;
/// The most document numbers of one list: a list that names 346,275 is known.
pub const MAX_DOCUMENT_NUMBERS: usize = 2_000_000;

const WHAT: &str = "deviation list";
/// Objects of the content: numbers are objects.
const MAX_OBJECTS: usize = MAX_DOCUMENT_NUMBERS + 1_000_000;

/// A deviation list as received. That it was read says nothing about whether it is right: [`verify`](Self::verify) does.
#[derive(Clone, Debug)]
pub struct DeviationList {
    raw: Vec<u8>,
    signed: SignedData,
    version: u8,
    deviations: Vec<Deviation>,
}

/// Documents that deviate, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// Which documents.
    pub documents: DeviationDocuments,
    /// What is wrong with them.
    pub descriptions: Vec<DeviationDescription>,
}

/// Which documents are meant: all that is stated must hold (§10: joined by AND).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviationDocuments {
    /// The document code of the MRZ.
    pub document_type: Option<String>,
    /// The document signer.
    pub signer: Option<DocumentSignerIdentifier>,
    /// When they were issued.
    pub issued: Option<IssuancePeriod>,
    /// Their numbers.
    pub document_numbers: Option<DocumentNumbers>,
}

/// Numbers of documents, without fillers: some hundred thousand on a real list, asked for with each document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentNumbers {
    /// In ascending order, each once.
    sorted: Vec<Box<str>>,
}

impl DocumentNumbers {
    /// Whether the number is one of them.
    #[must_use]
    pub fn contains(&self, number: &str) -> bool {
        self.sorted
            .binary_search_by(|known| known.as_ref().cmp(number))
            .is_ok()
    }

    /// How many they are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// The numbers, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.sorted.iter().map(AsRef::as_ref)
    }
}

/// In any order; fillers at the end of a number are none of it.
impl<'n> FromIterator<&'n str> for DocumentNumbers {
    fn from_iter<I: IntoIterator<Item = &'n str>>(numbers: I) -> Self {
        let mut sorted: Vec<Box<str>> = numbers
            .into_iter()
            .map(|number| number.trim_end_matches('<').into())
            .collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self { sorted }
    }
}

/// How a list names a document signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentSignerIdentifier {
    /// As a CMS does.
    Signer(SignerId),
    /// By the hash over the certificate; the algorithm is that of the list, `None` when it states none that is known.
    CertificateDigest {
        /// The hash function.
        hash: Option<Hash>,
        /// The hash.
        digest: Vec<u8>,
    },
}

/// First and last moment of issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssuancePeriod {
    /// The first.
    pub first: UnixTime,
    /// The last.
    pub last: UnixTime,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviationDescription {
    /// For people.
    pub text: Option<String>,
    /// What is wrong.
    pub kind: DeviationKind,
    /// The parameters as received.
    pub parameters: Option<Vec<u8>>,
    /// For the issuing state alone, as received.
    pub national_use: Option<Vec<u8>>,
}

/// What can be wrong (§10.2). Where a number may tell more and is missing or unreadable, it is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeviationKind {
    /// The signature of the document signer's certificate.
    DsSignature,
    /// The encoding of the document signer's certificate.
    DsEncoding,
    /// The encoding of the CSCA certificate.
    CscaEncoding,
    /// Private keys for Active Authentication are in other hands.
    AaKeyCompromised,
    /// A file is malformed.
    DgMalformed(Option<LdsFile>),
    /// The hash of a data group is wrong.
    DgHashWrong(Option<LdsFile>),
    /// The signature of EF.SOD.
    SodSignatureWrong,
    /// EF.COM and EF.SOD differ.
    ComInconsistent,
    /// Wrong data in the MRZ; the number is that of MRZField.
    MrzWrongData(Option<u8>),
    /// A wrong check digit in the MRZ; the number is that of MRZField.
    MrzWrongCheckDigit(Option<u8>),
    /// The chip.
    Chip,
    /// For the issuing state alone.
    NationalUse,
    /// A type without a meaning here.
    Other(ObjectIdentifier),
}

/// A file by its number in a deviation list (`Datagroup`, §10.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LdsFile {
    /// A data group of 1 to 16.
    DataGroup(u8),
    /// EF.SOD.
    Sod,
    /// EF.COM.
    Com,
}

/// What is known of a document that may be meant by a list.
#[derive(Clone, Copy, Debug)]
pub struct DocumentFacts<'a> {
    /// The document code of the MRZ, fillers removed.
    pub document_code: &'a str,
    /// The document number, fillers removed.
    pub document_number: &'a str,
    /// The certificate of the document signer.
    pub signer: &'a Certificate,
    /// When it was issued or, failing that, signed.
    pub issued: Option<UnixTime>,
}

impl DeviationList {
    /// The type of the content.
    pub const CONTENT_TYPE: ObjectIdentifier = DEVIATION_LIST;

    /// Reads a list: a CMS SignedData that fills `bytes`, in DER or BER.
    ///
    /// # Errors
    /// [`Error::Malformed`], also for a list of another kind; [`Error::TooComplex`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let signed = SignedData::parse_list(WHAT, bytes, &Self::CONTENT_TYPE)?;
        let content = signed.list_content()?;
        check_nesting_within(WHAT, content, MAX_OBJECTS)?;
        let (version, deviations) = read(content)?;
        Ok(Self {
            raw: bytes.to_vec(),
            version,
            deviations,
            signed,
        })
    }

    /// The list as received.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }

    /// The version: 0 is the only one that is defined.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// What deviates.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
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

    /// Verifies the signature, that its key is for deviation lists (ICAO 9303-12 §7.1.1.3) and valid at `at`, and the
    /// chain from the signer to one of the pinned roots.
    ///
    /// # Errors
    /// [`Error::NotTrusted`].
    pub fn verify(
        &self,
        roots: &[Certificate],
        at: UnixTime,
        verifier: &dyn Verifier,
    ) -> Result<ListSignature, Error> {
        self.signed.verify_list(
            &Self::CONTENT_TYPE,
            &DEVIATION_LIST_SIGNING_KEY,
            roots,
            at,
            verifier,
        )
    }

    /// What the list says of a document.
    pub fn of<'l>(&'l self, document: &DocumentFacts<'_>) -> impl Iterator<Item = &'l DeviationDescription> {
        self.deviations
            .iter()
            .filter(|deviation| deviation.documents.mean(document))
            .flat_map(|deviation| &deviation.descriptions)
    }
}

impl DeviationDocuments {
    /// Whether a document is meant. Documents that nothing is stated of are none: an empty description means nobody.
    #[must_use]
    pub fn mean(&self, document: &DocumentFacts<'_>) -> bool {
        *self != Self::default()
            && self
                .document_type
                .as_deref()
                .is_none_or(|code| code == document.document_code)
            && self
                .signer
                .as_ref()
                .is_none_or(|signer| signer.names(document.signer))
            && self.issued.is_none_or(|period| {
                document
                    .issued
                    .is_some_and(|issued| (period.first..=period.last).contains(&issued))
            })
            && self
                .document_numbers
                .as_ref()
                .is_none_or(|numbers| numbers.contains(document.document_number))
    }
}

impl DocumentSignerIdentifier {
    /// Whether this names the certificate.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Signer(id) => id.names(certificate),
            Self::CertificateDigest { hash, digest } => {
                hash.is_some_and(|hash| certificate.has_digest(hash, digest))
            }
        }
    }
}

impl DeviationKind {
    fn read(id: ObjectIdentifier, parameters: Option<&[u8]>) -> Self {
        let number = || small_number(parameters?);
        match id {
            oids::DEVIATION_DS_SIGNATURE => Self::DsSignature,
            oids::DEVIATION_DS_ENCODING => Self::DsEncoding,
            oids::DEVIATION_CSCA_ENCODING => Self::CscaEncoding,
            oids::DEVIATION_AA_KEY_COMPROMISED => Self::AaKeyCompromised,
            oids::DEVIATION_DG_MALFORMED => Self::DgMalformed(number().and_then(LdsFile::from_number)),
            oids::DEVIATION_DG_HASH_WRONG => Self::DgHashWrong(number().and_then(LdsFile::from_number)),
            oids::DEVIATION_SOD_SIGNATURE_WRONG => Self::SodSignatureWrong,
            oids::DEVIATION_COM_INCONSISTENT => Self::ComInconsistent,
            oids::DEVIATION_MRZ_WRONG_DATA => Self::MrzWrongData(number()),
            oids::DEVIATION_MRZ_WRONG_CHECK_DIGIT => Self::MrzWrongCheckDigit(number()),
            oids::DEVIATION_CHIP => Self::Chip,
            oids::DEVIATION_NATIONAL_USE => Self::NationalUse,
            other => Self::Other(other),
        }
    }
}

impl LdsFile {
    const fn from_number(number: u8) -> Option<Self> {
        match number {
            1..=16 => Some(Self::DataGroup(number)),
            20 => Some(Self::Sod),
            21 => Some(Self::Com),
            _ => None,
        }
    }
}

fn small_number(parameters: &[u8]) -> Option<u8> {
    let mut parts = Der::new(WHAT, parameters);
    let number = parts.small().ok()?;
    parts.finish().ok()?;
    Some(number)
}

fn read(content: &[u8]) -> Result<(u8, Vec<Deviation>), Error> {
    let mut parts = Der::sequence(WHAT, content)?;
    let version = parts.small()?;
    let hash = match parts.optional(SEQUENCE)? {
        None => None,
        Some(algorithm) => Hash::from_oid(&Der::within(WHAT, &algorithm).oid()?),
    };
    let set = parts.take(SET)?;
    parts.finish()?;
    let mut reader = Reader { hash, numbers: 0 };
    let mut deviations = Vec::new();
    let mut members = Der::within(WHAT, &set);
    while !members.is_empty() {
        if deviations.len() == MAX_DEVIATIONS {
            return Err(Error::TooComplex { what: WHAT });
        }
        deviations.push(reader.deviation(&members.take(SEQUENCE)?)?);
    }
    Ok((version, deviations))
}

struct Reader {
    hash: Option<Hash>,
    numbers: usize,
}

impl Reader {
    fn deviation(&mut self, object: &Tlv<'_>) -> Result<Deviation, Error> {
        let mut parts = Der::within(WHAT, object);
        let documents = self.documents(&parts.take(SEQUENCE)?)?;
        let set = parts.take(SET)?;
        parts.finish()?;
        let mut descriptions = Vec::new();
        let mut members = Der::within(WHAT, &set);
        while !members.is_empty() {
            descriptions.push(description(&members.take(SEQUENCE)?)?);
        }
        Ok(Deviation {
            documents,
            descriptions,
        })
    }

    fn documents(&mut self, object: &Tlv<'_>) -> Result<DeviationDocuments, Error> {
        let mut parts = Der::within(WHAT, object);
        let document_type = parts
            .optional(implicit(0))?
            .map(|code| text(WHAT, &code))
            .transpose()?;
        let signer = self.signer(&mut parts)?;
        let issued = parts
            .optional(explicit(4))?
            .map(|object| period(&object))
            .transpose()?;
        let numbers = parts.optional(explicit(5))?;
        parts.finish()?;
        Ok(DeviationDocuments {
            document_type: document_type.map(|code| code.trim_end_matches(['<', ' ']).to_owned()),
            signer,
            issued,
            document_numbers: numbers.map(|set| self.document_numbers(&set)).transpose()?,
        })
    }

    fn signer(&self, parts: &mut Der<'_>) -> Result<Option<DocumentSignerIdentifier>, Error> {
        if let Some(object) = parts.optional(explicit(1))? {
            let id = issuer_and_serial(WHAT, object.value)?;
            return Ok(Some(DocumentSignerIdentifier::Signer(id)));
        }
        if let Some(key) = parts.optional(implicit(2))? {
            let id = SignerId::SubjectKey(key.value.to_vec());
            return Ok(Some(DocumentSignerIdentifier::Signer(id)));
        }
        Ok(parts
            .optional(implicit(3))?
            .map(|digest| DocumentSignerIdentifier::CertificateDigest {
                hash: self.hash,
                digest: digest.value.to_vec(),
            }))
    }

    fn document_numbers(&mut self, set: &Tlv<'_>) -> Result<DocumentNumbers, Error> {
        let mut numbers = Vec::new();
        let mut members = Der::within(WHAT, set);
        while !members.is_empty() {
            self.numbers += 1;
            if self.numbers > MAX_DOCUMENT_NUMBERS {
                return Err(Error::TooComplex { what: WHAT });
            }
            let number = text(WHAT, &members.take(PRINTABLE_STRING)?)?;
            numbers.push(number);
        }
        Ok(numbers.iter().map(String::as_str).collect())
    }
}

fn description(object: &Tlv<'_>) -> Result<DeviationDescription, Error> {
    let mut parts = Der::within(WHAT, object);
    // The standard says PrintableString; umlauts and accents ask for the other.
    let words = match parts.peek() {
        Some(PRINTABLE_STRING | UTF8_STRING) => Some(text(WHAT, &parts.any()?)?),
        _ => None,
    };
    let id = parts.oid()?;
    let parameters = parts.optional(explicit(0))?.map(|wrapper| wrapper.value.to_vec());
    let national_use = parts.optional(explicit(1))?.map(|wrapper| wrapper.value.to_vec());
    parts.finish()?;
    Ok(DeviationDescription {
        text: words,
        kind: DeviationKind::read(id, parameters.as_deref()),
        parameters,
        national_use,
    })
}

fn period(object: &Tlv<'_>) -> Result<IssuancePeriod, Error> {
    let mut parts = Der::within(WHAT, object);
    let first = time(WHAT, &parts.take(GENERALIZED_TIME)?)?;
    let last = time(WHAT, &parts.take(GENERALIZED_TIME)?)?;
    parts.finish()?;
    Ok(IssuancePeriod { first, last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_whatever_order_they_were_given() {
        let numbers: DocumentNumbers = ["T3", "T1<<<", "T2", "T1"].into_iter().collect();
        assert_eq!(numbers.iter().collect::<Vec<_>>(), ["T1", "T2", "T3"]);
        for number in ["T1", "T2", "T3"] {
            assert!(numbers.contains(number), "{number}");
        }
        assert!(!numbers.contains("T4"));
    }
}
