//! CV certificates: reading them, and verifying the bytes that were signed.

use antin_crypto::ObjectIdentifier;
use antin_wire::tlv::{Tlv, object, tags};

use super::authorization::Authorization;
use super::date::Date;
use super::key::{CvKey, CvPublicKey};
use super::parse::Fields;
use super::reference::Reference;
use crate::error::Error;

/// A card verifiable certificate.
///
/// ```text
/// 7F21 { 7F4E { 5F29 00, 42 CAR, 7F49 public key, 5F20 CHR, 7F4C authorization,
///               5F25 first day, 5F24 last day, [65 extensions] },
///        5F37 signature over the whole object 7F4E }                       TR-03110-3 §C.1
/// ```
/// That it was read says nothing about whether it is to be believed: see [`verify`](Self::verify) and
/// [`TrustPoints`](super::TrustPoints).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CvCertificate {
    raw: Vec<u8>,
    body: Vec<u8>,
    signature: Vec<u8>,
    authority: Reference,
    key: CvPublicKey,
    holder: Reference,
    authorization: Authorization,
    effective: Date,
    expiration: Date,
    extensions: Option<Vec<u8>>,
}

impl CvCertificate {
    /// Reads a certificate that fills `bytes`.
    ///
    /// # Errors
    /// [`Error::Malformed`] or [`Error::TooComplex`] for anything else than the profile above; [`Error::Crypto`] for a
    /// public key of an unknown algorithm.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut outer = Fields::new(WHAT, bytes)?;
        let certificate = outer.take(tags::CV_CERTIFICATE)?;
        outer.finish()?;
        Self::read(bytes.to_vec(), Fields::of(WHAT, &certificate))
    }

    /// Reads a certificate as PSO:Verify Certificate sends it: body and signature without the object around them.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_content(content: &[u8]) -> Result<Self, Error> {
        let fields = Fields::new(WHAT, content)?;
        Self::read(object(tags::CV_CERTIFICATE, content), fields)
    }

    fn read(raw: Vec<u8>, mut fields: Fields<'_>) -> Result<Self, Error> {
        let body = fields.take(tags::CV_BODY)?;
        let signature = fields.take(tags::CV_SIGNATURE)?;
        fields.finish()?;
        let mut inner = Fields::of(WHAT, &body);
        profile(&mut inner)?;
        let authority = Reference::from_bytes(inner.take(tags::CERTIFICATION_AUTHORITY_REFERENCE)?.value)?;
        let key = CvPublicKey::parse(&inner.take(tags::PUBLIC_KEY)?)?;
        let holder = Reference::from_bytes(inner.take(tags::CV_HOLDER)?.value)?;
        let authorization = Authorization::parse(&inner.take(tags::CHAT)?)?;
        let effective = inner.take(tags::CV_EFFECTIVE_DATE)?;
        let expiration = inner.take(tags::CV_EXPIRATION_DATE)?;
        let extensions = inner.optional(tags::cv::EXTENSIONS)?;
        inner.finish()?;
        let day = |object: &Tlv<'_>| Date::from_bytes(object.value).ok_or(inner.wrong(object));
        Ok(Self {
            authority,
            key,
            holder,
            authorization,
            effective: day(&effective)?,
            expiration: day(&expiration)?,
            extensions: extensions.map(|extensions| extensions.value.to_vec()),
            body: body.raw.to_vec(),
            signature: signature.value.to_vec(),
            raw,
        })
    }

    /// The whole certificate as received.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }

    /// Body and signature, as PSO:Verify Certificate sends them.
    #[must_use]
    pub fn to_content(&self) -> Vec<u8> {
        [self.body.as_slice(), &object(tags::CV_SIGNATURE, &self.signature)].concat()
    }

    /// The key that signed.
    #[must_use]
    pub const fn authority(&self) -> &Reference {
        &self.authority
    }

    /// The key inside.
    #[must_use]
    pub const fn holder(&self) -> &Reference {
        &self.holder
    }

    /// The public key as it stands there.
    #[must_use]
    pub const fn public_key(&self) -> &CvPublicKey {
        &self.key
    }

    /// What its holder is and may do, relative to the authority.
    #[must_use]
    pub const fn authorization(&self) -> &Authorization {
        &self.authorization
    }

    /// The day on which it was made.
    #[must_use]
    pub const fn effective(&self) -> Date {
        self.effective
    }

    /// Its last day.
    #[must_use]
    pub const fn expiration(&self) -> Date {
        self.expiration
    }

    /// The value of the object `65` as received; what it means is for those who know the extension.
    #[must_use]
    pub fn extensions(&self) -> Option<&[u8]> {
        self.extensions.as_deref()
    }

    /// The object identifiers of the extensions; `None` when there are extensions that cannot be read, which is no
    /// reason to refuse the certificate (TR-03110-3 §C.3).
    #[must_use]
    pub fn extension_oids(&self) -> Option<Vec<ObjectIdentifier>> {
        let mut found = Vec::new();
        let mut fields = Fields::new(WHAT, self.extensions.as_deref().unwrap_or_default()).ok()?;
        while let Some(template) = fields.optional(tags::DISCRETIONARY_TEMPLATE).ok()? {
            found.push(Fields::of(WHAT, &template).oid().ok()?);
        }
        fields.finish().ok()?;
        Some(found)
    }

    /// Tells whether the key inside is said to have signed.
    #[must_use]
    pub fn is_self_signed(&self) -> bool {
        self.authority == self.holder
    }

    /// Verifies the signature over the body as received. Says nothing about names, roles and dates.
    ///
    /// # Errors
    /// [`Error::Crypto`] with `BadSignature`.
    pub fn verify(&self, issuer: &CvKey) -> Result<(), Error> {
        issuer.verify(&self.body, &self.signature)
    }
}

/// Version 1 of the profile is the number 0 (TR-03110-3 §C.1.1).
pub(super) fn profile(fields: &mut Fields<'_>) -> Result<(), Error> {
    let version = fields.take(tags::CV_PROFILE)?;
    if version.value != [0] {
        return Err(fields.wrong(&version));
    }
    Ok(())
}

const WHAT: &str = "CV certificate";
