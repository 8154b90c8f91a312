//! Making certificates.

use antin_crypto::CryptoRng;
use antin_wire::tlv::{object, tags};

use super::authorization::{Authorization, Role};
use super::certificate::CvCertificate;
use super::date::Date;
use super::key::{CvKey, CvSigner, DomainForm};
use super::reference::Reference;
use crate::error::Error;

/// What a certificate is to say.
#[derive(Clone, Debug)]
pub struct CertificateTemplate {
    /// The name of the key that signs.
    pub authority: Reference,
    /// The name of the key inside.
    pub holder: Reference,
    /// The key inside.
    pub key: CvKey,
    /// What its holder is and may do.
    pub authorization: Authorization,
    /// The day on which it is made.
    pub effective: Date,
    /// Its last day.
    pub expiration: Date,
    /// The value of the object `65`, if there is to be one.
    pub extensions: Option<Vec<u8>>,
}

impl CertificateTemplate {
    /// Signs, and checks what it made. Authorities' certificates state the domain parameters, others inherit them
    /// (TR-03110-3 §D.3.3).
    ///
    /// # Errors
    /// [`Error::Misuse`] when the last day lies before the first; [`Error::Crypto`] when the key cannot sign;
    /// [`Error::SelfCheck`] when its signature is wrong.
    pub fn sign(&self, signer: &CvSigner, rng: &mut dyn CryptoRng) -> Result<CvCertificate, Error> {
        if self.expiration < self.effective {
            return Err(Error::Misuse {
                what: "last day of a certificate, before its first",
                found: self.expiration.to_string(),
            });
        }
        let body = self.body();
        let signature = object(tags::CV_SIGNATURE, &signer.sign(&body, rng)?);
        let made = CvCertificate::parse(&object(tags::CV_CERTIFICATE, &[body, signature].concat()))?;
        made.verify(&signer.public()).map_err(|_| Error::SelfCheck {
            what: "CV certificate",
        })?;
        Ok(made)
    }

    fn body(&self) -> Vec<u8> {
        let form = match self.authorization.role() {
            Role::Cvca => DomainForm::Stated,
            Role::DvDomestic | Role::DvForeign | Role::Terminal => DomainForm::Inherited,
        };
        let mut body = object(tags::CV_PROFILE, &[0]);
        body.extend(object(
            tags::CERTIFICATION_AUTHORITY_REFERENCE,
            self.authority.as_bytes(),
        ));
        body.extend(self.key.to_certificate(form).to_bytes());
        body.extend(object(tags::CV_HOLDER, self.holder.as_bytes()));
        body.extend(self.authorization.to_bytes());
        body.extend(object(tags::CV_EFFECTIVE_DATE, &self.effective.to_bytes()));
        body.extend(object(tags::CV_EXPIRATION_DATE, &self.expiration.to_bytes()));
        if let Some(extensions) = &self.extensions {
            body.extend(object(tags::cv::EXTENSIONS, extensions));
        }
        object(tags::CV_BODY, &body)
    }
}
