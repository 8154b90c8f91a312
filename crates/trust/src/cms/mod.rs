//! CMS SignedData as received (RFC 5652 §5): EF.SOD, EF.CardSecurity, master lists, deviation lists and defect lists.
//!
//! ```text
//! SEQUENCE { id-signedData, [0] SEQUENCE {                                ContentInfo, SignedData
//!   version, SET { digestAlgorithm },
//!   SEQUENCE { eContentType, [0] OCTET STRING },
//!   [0] { certificate }, [1] { revocation list },                         both may be absent
//!   SET { SEQUENCE { version, sid, digestAlgorithm, [0] signedAttrs, signatureAlgorithm, OCTET STRING } } } }
//! ```
//! What is read is never encoded again: the signature covers the stored signed attributes, with only their outer tag
//! exchanged as RFC 5652 §5.4 says. That something was read says nothing about whether it is right.

mod encoding;
mod judge;
mod limits;
mod list;
mod read;

use std::borrow::Cow;

use antin_crypto::{
    Hash, ObjectIdentifier, SignatureAlgorithm, VerifyingKey, ecdsa_plain_hash, ecdsa_plain_to_der,
};

use crate::asn1::read::Der;
use crate::certificate::{Certificate, Name};
use crate::time::UnixTime;

pub use encoding::Encoding;
pub use limits::Limits;
pub use list::ListSignature;

pub(crate) use judge::{Fault, Findings};
pub(crate) use read::{Attributes, issuer_and_serial, read_signer_id};

/// The CMS version that a content other than id-data asks for (RFC 5652 §5.1).
pub(crate) const CMS_VERSION: u8 = 3;

/// A CMS SignedData as received.
#[derive(Clone, Debug)]
pub struct SignedData {
    what: &'static str,
    version: u8,
    digest_algorithms: Vec<ObjectIdentifier>,
    content_type: ObjectIdentifier,
    content: Option<Vec<u8>>,
    certificates: Vec<Certificate>,
    unreadable_certificates: usize,
    revocation_lists: Vec<Vec<u8>>,
    signers: Vec<SignerInfo>,
    encoding: Encoding,
}

/// One signer as received.
#[derive(Clone, Debug)]
pub struct SignerInfo {
    /// The version: 1 names the certificate by issuer and serial number, 3 by key identifier (RFC 5652 §5.3).
    pub version: u8,
    /// Which certificate.
    pub id: SignerId,
    /// The hash of the content.
    pub digest_algorithm: ObjectIdentifier,
    /// The signed attributes, with the tag as stored (`[0]`).
    pub signed_attributes: Option<Vec<u8>>,
    /// The signature algorithm with its parameters, DER of the whole AlgorithmIdentifier.
    pub signature_algorithm: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

/// How a signer names its certificate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SignerId {
    /// By issuer (DER) and serial number (without leading zeros).
    IssuerAndSerial {
        /// DER of the issuer's name.
        issuer: Vec<u8>,
        /// The serial number.
        serial: Vec<u8>,
    },
    /// By subject key identifier.
    SubjectKey(Vec<u8>),
}

impl SignedData {
    /// What was read, as errors name it.
    pub(crate) const fn what(&self) -> &'static str {
        self.what
    }

    /// The CMS version.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// The hashes that the document says its signers use, as far as they can be read.
    #[must_use]
    pub fn digest_algorithms(&self) -> &[ObjectIdentifier] {
        &self.digest_algorithms
    }

    /// The type of the content.
    #[must_use]
    pub const fn content_type(&self) -> &ObjectIdentifier {
        &self.content_type
    }

    /// The content that is signed; `None` when it is detached.
    #[must_use]
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// The embedded certificates that can be read.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// How many embedded certificates cannot be read.
    #[must_use]
    pub const fn unreadable_certificates(&self) -> usize {
        self.unreadable_certificates
    }

    /// The embedded revocation lists, each as received; [`CertificateList::parse`](crate::crl::CertificateList::parse)
    /// reads them.
    #[must_use]
    pub fn revocation_lists(&self) -> &[Vec<u8>] {
        &self.revocation_lists
    }

    /// Every signer; an honest document has one.
    #[must_use]
    pub fn signers(&self) -> &[SignerInfo] {
        &self.signers
    }

    /// What the file does that DER forbids.
    #[must_use]
    pub const fn encoding(&self) -> &Encoding {
        &self.encoding
    }

    /// The signature of the one signer; empty when there is not exactly one.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        match self.signers.as_slice() {
            [signer] => &signer.signature,
            _ => &[],
        }
    }

    /// When the signer claims to have signed.
    #[must_use]
    pub fn signing_time(&self) -> Option<UnixTime> {
        let [signer] = self.signers.as_slice() else {
            return None;
        };
        Attributes::read(self.what, signer.signed_attributes.as_deref()?)
            .ok()?
            .signing_time()
    }
}

impl SignerId {
    /// Whether this names the certificate. Names are compared by their attributes: real documents write the same name
    /// with other string types, or in another order.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        match self {
            Self::IssuerAndSerial { issuer, serial } => {
                certificate.serial() == serial
                    && (certificate.issuer().as_der() == issuer
                        || Name::parse(issuer)
                            .is_ok_and(|issuer| issuer.has_attributes_of(certificate.issuer())))
            }
            Self::SubjectKey(key) => certificate.subject_key_identifier() == Some(key.as_slice()),
        }
    }
}

impl SignerInfo {
    /// The signature algorithm, read; `rsaEncryption` takes the hash of the digest algorithm.
    ///
    /// # Errors
    /// As [`SignatureAlgorithm::from_signer_info`].
    pub fn algorithm(&self) -> Result<SignatureAlgorithm, antin_crypto::Error> {
        if let Some(hash) = self.plain_hash() {
            return Ok(SignatureAlgorithm::ecdsa(hash));
        }
        SignatureAlgorithm::from_signer_info(&self.signature_algorithm, &self.digest_algorithm)
    }

    /// The hash of a signature that is written plain, `r || s`, as TR-03111 has it beside the form of DER.
    pub(crate) fn plain_hash(&self) -> Option<Hash> {
        let mut algorithm = Der::sequence("signature algorithm", &self.signature_algorithm).ok()?;
        ecdsa_plain_hash(&algorithm.oid().ok()?)
    }

    /// The signature as it is verified under this key: in DER where it is one on a curve.
    pub(crate) fn signature_under(&self, key: &VerifyingKey) -> Result<Cow<'_, [u8]>, antin_crypto::Error> {
        match self.plain_hash().and(key.curve()) {
            Some(curve) => ecdsa_plain_to_der(&self.signature, curve).map(Cow::Owned),
            None => Ok(Cow::Borrowed(&self.signature)),
        }
    }

    /// Whether the certificate is the one the signer names.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        self.id.names(certificate)
    }

    /// Whether the version is the one that the identifier asks for: 1 for issuer and serial number, 3 for the key
    /// (RFC 5652 §5.3). It is not signed, and documents of several states get it wrong.
    #[must_use]
    pub const fn version_fits(&self) -> bool {
        match self.id {
            SignerId::IssuerAndSerial { .. } => self.version == 1,
            SignerId::SubjectKey(_) => self.version == 3,
        }
    }

    /// Whether the signer names the certificate in the certificate's own bytes.
    #[must_use]
    pub fn names_exactly(&self, certificate: &Certificate) -> bool {
        match &self.id {
            SignerId::IssuerAndSerial { issuer, .. } => certificate.issuer().as_der() == issuer,
            SignerId::SubjectKey(_) => true,
        }
    }
}
