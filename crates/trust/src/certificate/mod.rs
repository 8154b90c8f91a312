//! X.509 certificates as received: signatures and hashes cover the stored bytes, nothing is re-encoded.

mod equivalent;
mod extensions;
mod name;
mod pem;

use core::fmt;
use core::ops::Range;
use std::sync::OnceLock;

use antin_crypto::{Hash, ObjectIdentifier, SignatureAlgorithm, Verifier, VerifyingKey};
use antin_wire::oids::{CSCA_MASTER_LIST_SIGNING_KEY, DEFECT_LIST_SIGNING_KEY, DEVIATION_LIST_SIGNING_KEY};
use antin_wire::tlv::Tlv;

use crate::asn1::read::{Der, check_nesting};
use crate::asn1::{INTEGER, SEQUENCE, explicit, implicit};
use crate::error::Error;
use crate::signature::{self, Outcome};
use crate::time::UnixTime;

pub use extensions::UsagePeriod;
pub use name::{Country, Name};

pub(crate) use extensions::{CRL_SIGN, DIGITAL_SIGNATURE, Extensions, KEY_CERT_SIGN, authority_key};

/// The largest certificate that is read; real ones stay below 3 KiB, post-quantum ones below 30.
pub const MAX_CERTIFICATE_BYTES: usize = 64 * 1024;

const WHAT: &str = "certificate";

const LIST_PURPOSES: [ObjectIdentifier; 3] = [
    CSCA_MASTER_LIST_SIGNING_KEY,
    DEVIATION_LIST_SIGNING_KEY,
    DEFECT_LIST_SIGNING_KEY,
];

/// A certificate.
///
/// ```text
/// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }     RFC 5280 §4.1
/// ```
#[derive(Clone)]
pub struct Certificate {
    raw: Vec<u8>,
    tbs: Range<usize>,
    outer_algorithm: Vec<u8>,
    signature: Vec<u8>,
    fields: Tbs,
    /// Decoded when first asked for: an anchor is asked for every document.
    key: OnceLock<Result<VerifyingKey, antin_crypto::Error>>,
}

/// Two certificates are the same when their bytes are.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for Certificate {}

impl Certificate {
    /// Reads one certificate in DER.
    ///
    /// Tolerates what real certificates contain: serial numbers over 20 octets, explicit defaults, unknown algorithms.
    ///
    /// # Errors
    /// [`Error::Malformed`] and [`Error::TooComplex`]; trailing bytes are malformed.
    pub fn parse(der: &[u8]) -> Result<Self, Error> {
        if der.len() > MAX_CERTIFICATE_BYTES {
            return Err(Error::TooComplex { what: WHAT });
        }
        check_nesting(WHAT, der)?;
        Self::parse_bounded(der)
    }

    /// Reads a certificate whose nesting has been checked with what it stands in.
    pub(crate) fn parse_bounded(der: &[u8]) -> Result<Self, Error> {
        if der.len() > MAX_CERTIFICATE_BYTES {
            return Err(Error::TooComplex { what: WHAT });
        }
        let mut outermost = Der::new(WHAT, der);
        let whole = outermost.take(SEQUENCE)?;
        outermost.finish()?;
        let mut parts = Der::new(WHAT, whole.value);
        let tbs = parts.take(SEQUENCE)?;
        let outer_algorithm = parts.take(SEQUENCE)?;
        let signature = parts.bits()?;
        parts.finish()?;
        let start = whole.raw.len() - whole.value.len();
        let fields = Tbs::read(tbs.value)?;
        Ok(Self {
            raw: der.to_vec(),
            tbs: start..start + tbs.raw.len(),
            outer_algorithm: outer_algorithm.raw.to_vec(),
            signature: signature.to_vec(),
            fields,
            key: OnceLock::new(),
        })
    }

    /// Reads one certificate in PEM; text around it is skipped.
    ///
    /// # Errors
    /// As [`parse`](Self::parse); none or more than one certificate is malformed.
    pub fn from_pem(text: &str) -> Result<Self, Error> {
        match pem::decode(text)?.as_slice() {
            [only] => Self::parse(only),
            _ => Err(Error::Malformed {
                what: "PEM certificate",
                at: 0,
            }),
        }
    }

    /// Reads one certificate, DER or PEM.
    ///
    /// # Errors
    /// As [`parse`](Self::parse) and [`from_pem`](Self::from_pem).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        match core::str::from_utf8(bytes) {
            Ok(text) if text.contains("-----BEGIN") => Self::from_pem(text),
            _ => Self::parse(bytes),
        }
    }

    /// Reads every certificate of a PEM text.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), for the first certificate that cannot be read.
    pub fn all_from_pem(text: &str) -> Result<Vec<Self>, Error> {
        pem::decode(text)?.iter().map(|der| Self::parse(der)).collect()
    }

    /// The certificate as PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::encode(&self.raw)
    }

    /// The bytes as received.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.raw
    }

    /// SHA-256 over the bytes as received.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let digest = Hash::Sha256.digest(&self.raw);
        digest.try_into().expect("SHA-256 gives 32 bytes")
    }

    /// SHA-256 over the octets of the public key, without its parameters: the same for a curve that is named and one that
    /// is described.
    #[must_use]
    pub fn key_fingerprint(&self) -> [u8; 32] {
        let bits = spki_bits(self.spki_der()).unwrap_or_else(|| self.spki_der());
        let digest = Hash::Sha256.digest(bits);
        digest.try_into().expect("SHA-256 gives 32 bytes")
    }

    /// The signed part as received.
    #[must_use]
    pub fn tbs_der(&self) -> &[u8] {
        self.raw.get(self.tbs.clone()).unwrap_or_default()
    }

    /// The X.509 version: 3 for every honest certificate here.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.fields.version
    }

    /// The serial number, big-endian, without leading zeros.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.fields.serial
    }

    /// Who signed.
    #[must_use]
    pub const fn issuer(&self) -> &Name {
        &self.fields.issuer
    }

    /// Who owns the key.
    #[must_use]
    pub const fn subject(&self) -> &Name {
        &self.fields.subject
    }

    /// First second of the validity.
    #[must_use]
    pub const fn not_before(&self) -> UnixTime {
        self.fields.not_before
    }

    /// Last second of the validity.
    #[must_use]
    pub const fn not_after(&self) -> UnixTime {
        self.fields.not_after
    }

    /// The SubjectPublicKeyInfo as received.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.fields.spki
    }

    /// The public key.
    ///
    /// # Errors
    /// Keys and curves that are not implemented, and points that are none.
    pub fn public_key(&self) -> Result<VerifyingKey, antin_crypto::Error> {
        self.key().clone()
    }

    pub(crate) fn key(&self) -> &Result<VerifyingKey, antin_crypto::Error> {
        self.key
            .get_or_init(|| VerifyingKey::from_spki_der(self.spki_der()))
    }

    /// The signature algorithm with its parameters, from the signed part.
    ///
    /// # Errors
    /// As [`SignatureAlgorithm::from_der`].
    pub fn algorithm(&self) -> Result<SignatureAlgorithm, antin_crypto::Error> {
        SignatureAlgorithm::from_der(&self.fields.algorithm_der)
    }

    /// The object identifier of the signature algorithm, from the signed part.
    #[must_use]
    pub const fn signature_algorithm(&self) -> &ObjectIdentifier {
        &self.fields.algorithm
    }

    /// Whether the signed and the unsigned statement of the algorithm are the same bytes.
    #[must_use]
    pub fn algorithms_agree(&self) -> bool {
        self.fields.algorithm_der == self.outer_algorithm
    }

    /// The signature value.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Whether it may sign other certificates.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        let usage = self
            .fields
            .extensions
            .key_usage
            .is_none_or(|usage| usage & KEY_CERT_SIGN != 0);
        usage
            && self
                .fields
                .extensions
                .basic_constraints
                .is_some_and(|constraints| constraints.ca)
    }

    /// Whether subject and issuer are the same.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject().matches(self.issuer())
    }

    /// Whether an authority other than this key signed it, as far as names and key identifiers tell: a link certificate,
    /// where it is that of an authority.
    #[must_use]
    pub fn is_link(&self) -> bool {
        self.is_ca() && !self.names_issuer(self)
    }

    /// Whether subject and issuer are of the same country, each named by two letters.
    #[must_use]
    pub fn keeps_country(&self) -> bool {
        let country = self.subject().country();
        country.letters().is_some() && country == self.issuer().country()
    }

    /// The subject key identifier.
    #[must_use]
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.fields.extensions.subject_key.as_deref()
    }

    /// The key identifier of the issuer.
    #[must_use]
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.fields.extensions.authority_key.as_deref()
    }

    /// When the private key may sign.
    #[must_use]
    pub const fn usage_period(&self) -> Option<UsagePeriod> {
        self.fields.extensions.usage_period
    }

    /// The document types that the signer may sign.
    #[must_use]
    pub fn document_types(&self) -> Option<&[String]> {
        self.fields.extensions.document_types.as_deref()
    }

    /// Whether its key is for published lists, not for documents: master and deviation lists (ICAO 9303-12 §7.1.1.3), defect
    /// lists (BSI TR-03129-2 §7.2).
    #[must_use]
    pub fn signs_lists(&self) -> bool {
        let purposes = self.fields.extensions.purposes.as_deref().unwrap_or_default();
        purposes.iter().any(|purpose| LIST_PURPOSES.contains(purpose))
    }

    pub(crate) const fn extensions(&self) -> &Extensions {
        &self.fields.extensions
    }

    /// Whether `issuer` is the certificate that this one names: by key identifier where both state one, else by name.
    #[must_use]
    pub fn names_issuer(&self, issuer: &Self) -> bool {
        match (self.authority_key_identifier(), issuer.subject_key_identifier()) {
            (Some(wanted), Some(offered)) => wanted == offered,
            _ => self.issuer().matches(issuer.subject()),
        }
    }

    /// Verifies the signature with the issuer's key, and nothing else.
    ///
    /// # Errors
    /// [`Error::Crypto`]: the algorithm, the curve or the key is not usable, or the signature is wrong.
    pub fn verify_signed_by(&self, issuer: &Self, verifier: &dyn Verifier) -> Result<(), Error> {
        match self.judge_signature(issuer, verifier) {
            Outcome::Good(_) => Ok(()),
            Outcome::Bad { error, .. } | Outcome::Undecidable { error, .. } => Err(Error::Crypto(error)),
        }
    }

    pub(crate) fn judge_signature(&self, issuer: &Self, verifier: &dyn Verifier) -> Outcome {
        signature::judge(
            self.algorithm(),
            issuer.key(),
            self.tbs_der(),
            &self.signature,
            verifier,
        )
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Certificate({}, serial {})",
            self.subject(),
            crate::hexadecimal::encode(self.serial())
        )
    }
}

/// The signed part, read.
#[derive(Clone)]
struct Tbs {
    version: u8,
    serial: Vec<u8>,
    algorithm: ObjectIdentifier,
    algorithm_der: Vec<u8>,
    issuer: Name,
    subject: Name,
    not_before: UnixTime,
    not_after: UnixTime,
    spki: Vec<u8>,
    extensions: Extensions,
}

impl Tbs {
    fn read(content: &[u8]) -> Result<Self, Error> {
        let mut parts = Der::new(WHAT, content);
        let version = read_version(&mut parts)?;
        let serial = serial(&parts.take(INTEGER)?)?;
        let algorithm = parts.take(SEQUENCE)?;
        let issuer = Name::read(WHAT, &parts.take(SEQUENCE)?)?;
        let mut validity = Der::new(WHAT, parts.take(SEQUENCE)?.value);
        let (not_before, not_after) = (validity.time()?, validity.time()?);
        validity.finish()?;
        let subject = Name::read(WHAT, &parts.take(SEQUENCE)?)?;
        let spki = parts.take(SEQUENCE)?;
        // issuerUniqueID and subjectUniqueID, which nobody uses.
        parts.optional(implicit(1))?;
        parts.optional(implicit(2))?;
        let extensions = read_extensions(&mut parts)?;
        parts.finish()?;
        Ok(Self {
            version,
            serial,
            algorithm: Der::new(WHAT, algorithm.value).oid()?,
            algorithm_der: algorithm.raw.to_vec(),
            issuer,
            subject,
            not_before,
            not_after,
            spki: spki.raw.to_vec(),
            extensions,
        })
    }
}

/// `[0] EXPLICIT INTEGER DEFAULT v1`; the number is one less than the version's name.
fn read_version(parts: &mut Der<'_>) -> Result<u8, Error> {
    let Some(wrapper) = parts.optional(explicit(0))? else {
        return Ok(1);
    };
    let mut inner = Der::new(WHAT, wrapper.value);
    let number = inner.small()?;
    inner.finish()?;
    Ok(number.saturating_add(1))
}

/// The octets of the key in a SubjectPublicKeyInfo.
fn spki_bits(spki: &[u8]) -> Option<&[u8]> {
    let mut parts = Der::sequence(WHAT, spki).ok()?;
    parts.take(SEQUENCE).ok()?;
    parts.bits().ok()
}

/// Negative serial numbers occur: the sign is part of the number's bytes, so it is kept.
fn serial(object: &Tlv<'_>) -> Result<Vec<u8>, Error> {
    match object.value {
        [] => Err(Error::Malformed {
            what: WHAT,
            at: object.at,
        }),
        [0, rest @ ..] if !rest.is_empty() => Ok(rest.to_vec()),
        value => Ok(value.to_vec()),
    }
}

fn read_extensions(parts: &mut Der<'_>) -> Result<Extensions, Error> {
    let Some(wrapper) = parts.optional(explicit(3))? else {
        return Ok(Extensions::default());
    };
    let mut inner = Der::new(WHAT, wrapper.value);
    let list = inner.take(SEQUENCE)?;
    inner.finish()?;
    Extensions::read(list.value)
}
