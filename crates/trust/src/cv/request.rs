//! Certificate requests.

use antin_crypto::CryptoRng;
use antin_wire::tlv::{Tlv, object, tags};

use super::certificate::profile;
use super::key::{CvKey, CvPublicKey, CvSigner, DomainForm};
use super::parse::Fields;
use super::reference::Reference;
use crate::error::Error;

/// A request for a certificate, signed by the key that it is for; perhaps signed once more by one whom the authority
/// knows already.
///
/// ```text
///      7F21 { 7F4E { 5F29 00, [42 CAR], 7F49 public key with domain parameters, 5F20 CHR, [65 extensions] },
///             5F37 signature over the object 7F4E by the key inside }
/// 67 { 7F21 {...}, 42 CAR of the other, 5F37 signature over the two objects 7F21 and 42 }     TR-03110-3 §C.2
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CvRequest {
    inner: Vec<u8>,
    body: Vec<u8>,
    signature: Vec<u8>,
    authority: Option<Reference>,
    key: CvPublicKey,
    holder: Reference,
    extensions: Option<Vec<u8>>,
    outer: Option<Outer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Outer {
    signer: Reference,
    signature: Vec<u8>,
}

impl CvRequest {
    /// Reads a request that fills `bytes`, with or without an outer signature.
    ///
    /// # Errors
    /// [`Error::Malformed`] or [`Error::TooComplex`] for anything else than the profile above; [`Error::Crypto`] for a
    /// public key of an unknown algorithm.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let mut fields = Fields::new(WHAT, bytes)?;
        let Some(authenticated) = fields.optional(tags::cv::AUTHENTICATION)? else {
            let inner = fields.take(tags::CV_CERTIFICATE)?;
            fields.finish()?;
            return Self::read(&inner, None);
        };
        fields.finish()?;
        let mut parts = Fields::of(WHAT, &authenticated);
        let inner = parts.take(tags::CV_CERTIFICATE)?;
        let signer = Reference::from_bytes(parts.take(tags::CERTIFICATION_AUTHORITY_REFERENCE)?.value)?;
        let signature = parts.take(tags::CV_SIGNATURE)?.value.to_vec();
        parts.finish()?;
        Self::read(&inner, Some(Outer { signer, signature }))
    }

    fn read(inner: &Tlv<'_>, outer: Option<Outer>) -> Result<Self, Error> {
        let mut fields = Fields::of(WHAT, inner);
        let body = fields.take(tags::CV_BODY)?;
        let signature = fields.take(tags::CV_SIGNATURE)?;
        fields.finish()?;
        let mut parts = Fields::of(WHAT, &body);
        profile(&mut parts)?;
        let authority = parts.optional(tags::CERTIFICATION_AUTHORITY_REFERENCE)?;
        let key = CvPublicKey::parse(&parts.take(tags::PUBLIC_KEY)?)?;
        let holder = Reference::from_bytes(parts.take(tags::CV_HOLDER)?.value)?;
        let extensions = parts.optional(tags::cv::EXTENSIONS)?;
        parts.finish()?;
        Ok(Self {
            inner: inner.raw.to_vec(),
            body: body.raw.to_vec(),
            signature: signature.value.to_vec(),
            authority: authority
                .map(|authority| Reference::from_bytes(authority.value))
                .transpose()?,
            key,
            holder,
            extensions: extensions.map(|extensions| extensions.value.to_vec()),
            outer,
        })
    }

    /// Makes a request for the key itself, and checks what it made.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the key cannot sign, [`Error::SelfCheck`] when its signature is wrong.
    pub fn create(
        holder: &Reference,
        authority: Option<&Reference>,
        key: &CvSigner,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, Error> {
        let mut body = object(tags::CV_PROFILE, &[0]);
        if let Some(authority) = authority {
            body.extend(object(
                tags::CERTIFICATION_AUTHORITY_REFERENCE,
                authority.as_bytes(),
            ));
        }
        body.extend(key.public().to_certificate(DomainForm::Stated).to_bytes());
        body.extend(object(tags::CV_HOLDER, holder.as_bytes()));
        let body = object(tags::CV_BODY, &body);
        let signature = object(tags::CV_SIGNATURE, &key.sign(&body, rng)?);
        let request = Self::parse(&object(tags::CV_CERTIFICATE, &[body, signature].concat()))?;
        request.verify().map_err(|_| Error::SelfCheck {
            what: "certificate request",
        })?;
        Ok(request)
    }

    /// The same request with an outer signature by a key that the authority knows as `signer`.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the key cannot sign.
    pub fn countersign(
        mut self,
        signer: &Reference,
        key: &CvSigner,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, Error> {
        let signature = key.sign(&self.signed_by_other(signer), rng)?;
        self.outer = Some(Outer {
            signer: signer.clone(),
            signature,
        });
        Ok(self)
    }

    /// The request as a file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match &self.outer {
            None => self.inner.clone(),
            Some(outer) => {
                let mut value = self.signed_by_other(&outer.signer);
                value.extend(object(tags::CV_SIGNATURE, &outer.signature));
                object(tags::cv::AUTHENTICATION, &value)
            }
        }
    }

    fn signed_by_other(&self, signer: &Reference) -> Vec<u8> {
        [
            self.inner.as_slice(),
            &object(tags::CERTIFICATION_AUTHORITY_REFERENCE, signer.as_bytes()),
        ]
        .concat()
    }

    /// The authority key that the applicant expects to sign.
    #[must_use]
    pub const fn authority(&self) -> Option<&Reference> {
        self.authority.as_ref()
    }

    /// The name of the key.
    #[must_use]
    pub const fn holder(&self) -> &Reference {
        &self.holder
    }

    /// The key as it stands there.
    #[must_use]
    pub const fn public_key(&self) -> &CvPublicKey {
        &self.key
    }

    /// The value of the object `65` as received.
    #[must_use]
    pub fn extensions(&self) -> Option<&[u8]> {
        self.extensions.as_deref()
    }

    /// Who signed around it.
    #[must_use]
    pub fn outer_signer(&self) -> Option<&Reference> {
        self.outer.as_ref().map(|outer| &outer.signer)
    }

    /// Verifies that the applicant holds the key, and returns it.
    ///
    /// # Errors
    /// [`Error::Crypto`]: `BadSignature`; `CurveUnknown` for a key without domain parameters or with unknown ones.
    pub fn verify(&self) -> Result<CvKey, Error> {
        let key = self.key.resolve(None)?;
        key.verify(&self.body, &self.signature)?;
        Ok(key)
    }

    /// Verifies the outer signature by a key that is already known.
    ///
    /// # Errors
    /// [`Error::Crypto`] with `BadSignature`, also when there is none.
    pub fn verify_outer(&self, signer: &CvKey) -> Result<(), Error> {
        let outer = self.outer.as_ref().ok_or(antin_crypto::Error::BadSignature)?;
        signer.verify(&self.signed_by_other(&outer.signer), &outer.signature)
    }
}

const WHAT: &str = "CV certificate request";
