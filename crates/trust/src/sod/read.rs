//! EF.SOD as received: what is signed is kept byte for byte.

use antin_crypto::{ObjectIdentifier, SignatureAlgorithm};
use antin_wire::oids::{CONTENT_TYPE, ID_SIGNED_DATA, MESSAGE_DIGEST, SIGNING_TIME};
use antin_wire::tlv::{Tag, Tlv};

use crate::asn1::ber::to_definite;
use crate::asn1::read::{Der, check_nesting, oid, time};
use crate::asn1::{INTEGER, OCTET_STRING, OID, SEQUENCE, SET, explicit, implicit};
use crate::certificate::{Certificate, Name};
use crate::error::Error;
use crate::time::UnixTime;

/// The largest EF.SOD that is read; real ones stay below 5 KiB.
pub const MAX_SOD_BYTES: usize = 128 * 1024;
/// The most certificates that are looked at; real documents carry one, seldom two.
const MAX_CERTIFICATES: usize = 16;

const WHAT: &str = "EF.SOD";
const EF_SOD: Tag = Tag(0x77);

/// A CMS SignedData as received. That it was read says nothing about whether it is right.
#[derive(Clone, Debug)]
pub struct SignedSod {
    version: u8,
    digest_algorithms: Vec<ObjectIdentifier>,
    content_type: ObjectIdentifier,
    content: Option<Vec<u8>>,
    certificates: Vec<Certificate>,
    unreadable_certificates: usize,
    signers: Vec<SignerInfo>,
    padding: usize,
    indefinite: bool,
}

/// One signer as received.
#[derive(Clone, Debug)]
pub struct SignerInfo {
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
#[derive(Clone, Debug, PartialEq, Eq)]
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

impl SignedSod {
    /// Reads a whole file, tag 77 included. Zero or FF octets behind it are padding and counted.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::TooComplex`].
    pub fn parse(file: &[u8]) -> Result<Self, Error> {
        limit(file)?;
        match Self::parse_definite(file) {
            Err(fault) => Self::parse_indefinite(file).ok_or(fault),
            read => read,
        }
    }

    /// A few real documents use indefinite lengths around the signed parts.
    fn parse_indefinite(file: &[u8]) -> Option<Self> {
        let definite = to_definite(WHAT, file).ok().filter(|definite| definite != file)?;
        let sod = Self::parse_definite(&definite).ok()?;
        Some(Self {
            indefinite: true,
            ..sod
        })
    }

    fn parse_definite(file: &[u8]) -> Result<Self, Error> {
        let wrapper = Der::new(WHAT, file).take(EF_SOD)?;
        let padding = file.get(wrapper.raw.len()..).unwrap_or_default();
        let uniform = padding.iter().all(|byte| *byte == 0) || padding.iter().all(|byte| *byte == 0xFF);
        if !uniform {
            return Err(Error::Malformed {
                what: WHAT,
                at: wrapper.raw.len(),
            });
        }
        Ok(Self {
            padding: padding.len(),
            ..Self::parse_cms(wrapper.value)?
        })
    }

    /// Reads a file that is a CMS ContentInfo without a tag around it, as EF.CardSecurity is; indefinite lengths are made
    /// definite.
    ///
    /// # Errors
    /// As [`SignedSod::parse_cms`].
    pub(crate) fn parse_bare(file: &[u8]) -> Result<Self, Error> {
        limit(file)?;
        let fault = match Self::parse_cms(file) {
            Ok(signed) => return Ok(signed),
            Err(fault) => fault,
        };
        let definite = to_definite(WHAT, file).ok().filter(|definite| definite != file);
        let signed = definite.and_then(|definite| Self::parse_cms(&definite).ok());
        signed
            .map(|signed| Self {
                indefinite: true,
                ..signed
            })
            .ok_or(fault)
    }

    /// Reads a CMS ContentInfo with SignedData.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::TooComplex`].
    pub fn parse_cms(cms: &[u8]) -> Result<Self, Error> {
        limit(cms)?;
        check_nesting(WHAT, cms)?;
        let mut info = Der::sequence(WHAT, cms)?;
        let kind = info.take(OID)?;
        let wrapper = info.take(explicit(0))?;
        info.finish()?;
        if oid(WHAT, &kind)? != ID_SIGNED_DATA {
            return Err(Error::Malformed {
                what: "CMS content type",
                at: kind.at,
            });
        }
        Self::read_signed_data(Der::sequence(WHAT, wrapper.value)?)
    }

    fn read_signed_data(mut parts: Der<'_>) -> Result<Self, Error> {
        let version = parts.small()?;
        let digest_algorithms = read_digest_algorithms(&parts.take(SET)?);
        let encapsulated = parts.take(SEQUENCE)?;
        let certificates = parts.optional(explicit(0))?;
        parts.optional(explicit(1))?;
        let signer_infos = parts.take(SET)?;
        parts.finish()?;
        let mut content = Der::new(WHAT, encapsulated.value);
        let content_type = content.oid()?;
        let octets = content
            .optional(explicit(0))?
            .map(|wrapper| inner_octets(&wrapper))
            .transpose()?;
        content.finish()?;
        let (certificates, unreadable_certificates) = read_certificates(certificates)?;
        Ok(Self {
            version,
            digest_algorithms,
            content_type,
            content: octets,
            certificates,
            unreadable_certificates,
            signers: read_signers(signer_infos.value)?,
            padding: 0,
            indefinite: false,
        })
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

    /// The content: DER of the LDS security object; `None` when it is detached.
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

    /// Every signer; an honest document has one.
    #[must_use]
    pub fn signers(&self) -> &[SignerInfo] {
        &self.signers
    }

    /// How many octets of padding follow the file.
    #[must_use]
    pub const fn padding(&self) -> usize {
        self.padding
    }

    /// Whether indefinite lengths had to be made definite.
    #[must_use]
    pub const fn has_indefinite_lengths(&self) -> bool {
        self.indefinite
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
        let attributes = Attributes::read(signer.signed_attributes.as_deref()?).ok()?;
        time(WHAT, &attributes.signing_time?).ok()
    }
}

impl SignerInfo {
    /// The signature algorithm, read; `rsaEncryption` takes the hash of the digest algorithm.
    ///
    /// # Errors
    /// As [`SignatureAlgorithm::from_signer_info`].
    pub fn algorithm(&self) -> Result<SignatureAlgorithm, antin_crypto::Error> {
        SignatureAlgorithm::from_signer_info(&self.signature_algorithm, &self.digest_algorithm)
    }

    /// Whether the certificate is the one the signer names.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        match &self.id {
            SignerId::IssuerAndSerial { issuer, serial } => {
                // Real documents write the same name with other string types, or in another order.
                certificate.serial() == serial
                    && (certificate.issuer().as_der() == issuer
                        || Name::parse(issuer)
                            .is_ok_and(|issuer| issuer.has_attributes_of(certificate.issuer())))
            }
            SignerId::SubjectKey(key) => certificate.subject_key_identifier() == Some(key.as_slice()),
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

/// The signed attributes that matter, each with its one value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Attributes<'a> {
    pub(super) content_type: Option<Tlv<'a>>,
    pub(super) message_digest: Option<Tlv<'a>>,
    signing_time: Option<Tlv<'a>>,
}

impl<'a> Attributes<'a> {
    /// Reads the stored attributes, tag `[0]` included. An attribute that occurs twice or has not exactly one value is
    /// malformed (RFC 5652 §11).
    pub(super) fn read(stored: &'a [u8]) -> Result<Self, Error> {
        let mut found = Self::default();
        let mut outer = Der::new(WHAT, stored);
        let mut list = Der::new(WHAT, outer.take(explicit(0))?.value);
        while let Some(attribute) = list.next()? {
            if attribute.tag != SEQUENCE {
                return Err(Error::Malformed {
                    what: WHAT,
                    at: attribute.at,
                });
            }
            let mut parts = Der::new(WHAT, attribute.value);
            let kind = parts.oid()?;
            let values = parts.take(SET)?;
            parts.finish()?;
            let slot = match kind {
                CONTENT_TYPE => &mut found.content_type,
                MESSAGE_DIGEST => &mut found.message_digest,
                SIGNING_TIME => &mut found.signing_time,
                _ => continue,
            };
            let mut values = Der::new(WHAT, values.value);
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
}

fn limit(bytes: &[u8]) -> Result<(), Error> {
    if bytes.len() > MAX_SOD_BYTES {
        Err(Error::TooComplex { what: WHAT })
    } else {
        Ok(())
    }
}

fn inner_octets(wrapper: &Tlv<'_>) -> Result<Vec<u8>, Error> {
    let mut inner = Der::new(WHAT, wrapper.value);
    let octets = inner.octets()?;
    inner.finish()?;
    Ok(octets.to_vec())
}

/// What cannot be read names no hash.
fn read_digest_algorithms(set: &Tlv<'_>) -> Vec<ObjectIdentifier> {
    let mut found = Vec::new();
    let mut list = Der::new(WHAT, set.value);
    while let Ok(Some(object)) = list.next() {
        found.extend(algorithm(&object));
    }
    found
}

/// Certificates of other kinds ([n]) are skipped; unreadable ones are counted, as long as another one fits.
fn read_certificates(bag: Option<Tlv<'_>>) -> Result<(Vec<Certificate>, usize), Error> {
    let mut certificates = Vec::new();
    let mut unreadable = 0;
    let Some(bag) = bag else {
        return Ok((certificates, unreadable));
    };
    let mut list = Der::new(WHAT, bag.value);
    while let Some(object) = list.next()? {
        if object.tag != SEQUENCE {
            continue;
        }
        if certificates.len() + unreadable == MAX_CERTIFICATES {
            return Err(Error::TooComplex { what: WHAT });
        }
        match Certificate::parse_bounded(object.raw) {
            Ok(certificate) => certificates.push(certificate),
            Err(_) => unreadable += 1,
        }
    }
    Ok((certificates, unreadable))
}

fn read_signers(content: &[u8]) -> Result<Vec<SignerInfo>, Error> {
    let mut signers = Vec::new();
    let mut list = Der::new(WHAT, content);
    while let Some(object) = list.next()? {
        if object.tag != SEQUENCE {
            return Err(Error::Malformed {
                what: WHAT,
                at: object.at,
            });
        }
        signers.push(read_signer(Der::new(WHAT, object.value))?);
    }
    Ok(signers)
}

fn read_signer(mut parts: Der<'_>) -> Result<SignerInfo, Error> {
    parts.take(INTEGER)?;
    let id = read_signer_id(&parts.any()?)?;
    let digest_algorithm = algorithm(&parts.take(SEQUENCE)?)?;
    let signed_attributes = parts
        .optional(explicit(0))?
        .map(|attributes| attributes.raw.to_vec());
    let signature_algorithm = parts.take(SEQUENCE)?.raw.to_vec();
    let signature = parts.take(OCTET_STRING)?.value.to_vec();
    parts.optional(explicit(1))?;
    parts.finish()?;
    Ok(SignerInfo {
        id,
        digest_algorithm,
        signed_attributes,
        signature_algorithm,
        signature,
    })
}

fn read_signer_id(object: &Tlv<'_>) -> Result<SignerId, Error> {
    if object.tag == implicit(0) {
        return Ok(SignerId::SubjectKey(object.value.to_vec()));
    }
    if object.tag != SEQUENCE {
        return Err(Error::Malformed {
            what: WHAT,
            at: object.at,
        });
    }
    let mut parts = Der::new(WHAT, object.value);
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

/// Parameters are left aside: hashes have none or NULL.
fn algorithm(object: &Tlv<'_>) -> Result<ObjectIdentifier, Error> {
    Der::new(WHAT, object.value).oid()
}
