//! The trust point of Terminal Authentication that a card of a test profile is born with, and the authority behind it.

use antin_crypto::{CryptoRng, PrivateKey, rsa};
use antin_lds::EfCvca;
use antin_profile::{TerminalAuthentication, TrustPointKey};
use antin_trust::cv::{
    Authorization, CertificateTemplate, CvCertificate, CvSigner, Date, Reference, Role, Sha1, TaAlgorithm,
    TerminalType, TrustPoint, TrustPoints,
};

use crate::Error;

/// A trust point, with its TEST authority where there is one: whoever holds that can make terminals that the card believes.
#[derive(Clone, Debug)]
pub struct TerminalTrust {
    /// The certificate of the authority, signed by itself.
    pub certificate: CvCertificate,
    /// The private key of the TEST authority; none where the certificate of another authority was given.
    pub signer: Option<CvSigner>,
    /// What the card keeps.
    pub points: TrustPoints,
}

impl TerminalTrust {
    /// Makes the authority that a profile asks for, and a certificate of three years from the profile's date on.
    ///
    /// # Errors
    /// [`Error::Crypto`] for a key that cannot be made, [`Error::TrustPoint`] for a certificate that cannot.
    pub fn generate(rule: &TerminalAuthentication, rng: &mut dyn CryptoRng) -> Result<Self, Error> {
        let algorithm = TaAlgorithm::from_oid(&rule.algorithm).ok_or(Error::Unsupported {
            what: "an algorithm of Terminal Authentication",
        })?;
        let signer = match rule.key {
            TrustPointKey::Ec(curve) => CvSigner::ec(PrivateKey::generate(curve, rng), algorithm),
            TrustPointKey::Rsa(bits) => CvSigner::rsa(rsa::PrivateKey::generate(bits, rng)?, algorithm),
        };
        let signer = signer.map_err(Error::TrustPoint)?;
        let day = Date::new(i32::from(rule.date.year()), rule.date.month(), rule.date.day());
        let day = day.ok_or(Error::Unsupported {
            what: "a date outside 2000 to 2099",
        })?;
        Self::certified(rule, algorithm, signer, day, rng).map_err(Error::TrustPoint)
    }

    fn certified(
        rule: &TerminalAuthentication,
        algorithm: TaAlgorithm,
        signer: CvSigner,
        day: Date,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, antin_trust::Error> {
        let name = Reference::from_text(&rule.holder)?;
        let template = CertificateTemplate {
            authority: name.clone(),
            holder: name,
            key: signer.public(),
            authorization: Authorization::new(TerminalType::Is, Role::Cvca)?.with_all_rights(),
            effective: day,
            expiration: day.plus_days(VALID_DAYS).unwrap_or(day),
            extensions: None,
        };
        let certificate = template.sign(&signer, rng)?;
        let points = points(&certificate, algorithm, day)?;
        Ok(Self {
            certificate,
            signer: Some(signer),
            points,
        })
    }

    /// Takes the authority of a country, by the certificate that it signed itself, as a card personalized `today` trusts it
    /// (TR-03110-3 §2.5).
    ///
    /// # Errors
    /// [`Error::TrustPoint`] for a certificate that is no authority's over inspection systems, is not signed by its own
    /// key, or has expired.
    pub fn of_authority(certificate: CvCertificate, today: Date) -> Result<Self, Error> {
        let refused = |what| {
            Error::TrustPoint(antin_trust::Error::Misuse {
                what,
                found: certificate.holder().to_string(),
            })
        };
        if certificate.authorization().kind() != TerminalType::Is {
            return Err(refused("an authority over inspection systems"));
        }
        if !certificate.is_self_signed() {
            return Err(refused("an authority that signed itself"));
        }
        if certificate.expiration() < today {
            return Err(refused("an authority that has not expired"));
        }
        let key = certificate
            .public_key()
            .resolve(None)
            .map_err(Error::TrustPoint)?;
        certificate.verify(&key).map_err(Error::TrustPoint)?;
        let algorithm = certificate.public_key().algorithm();
        let points = points(&certificate, algorithm, today).map_err(Error::TrustPoint)?;
        Ok(Self {
            certificate,
            signer: None,
            points,
        })
    }

    /// The file EF.CVCA of a new card.
    #[must_use]
    pub fn ef_cvca(&self) -> EfCvca {
        self.points.ef_cvca()
    }
}

/// What a card keeps that is personalized on that day.
fn points(
    certificate: &CvCertificate,
    algorithm: TaAlgorithm,
    day: Date,
) -> Result<TrustPoints, antin_trust::Error> {
    let sha1 = match algorithm.hash() {
        antin_crypto::Hash::Sha1 => Sha1::Allowed,
        _ => Sha1::Refused,
    };
    TrustPoints::new(day, sha1, vec![TrustPoint::new(certificate)?])
}

/// Three years.
const VALID_DAYS: u32 = 3 * 365;
