//! Public keys as certificates carry them, and the keys that they become.

use antin_crypto::rsa::{self, Scheme};
use antin_crypto::{
    CryptoRng, Curve, Error as CryptoError, Explicit, ParameterForm, PrivateKey, PublicKey, SecretBytes,
    SignatureAlgorithm, Signer as _, SoftSigner, VerifyingKey, ecdsa_der_to_plain, ecdsa_plain_to_der,
    fastest_verifier,
};
use antin_wire::tlv::tags::cv;
use antin_wire::tlv::{Tlv, object, tags};

use super::algorithm::{Family, TaAlgorithm};
use super::parse::Fields;
use crate::error::Error;

/// How the public key of a certificate states its domain parameters (TR-03110-3 §D.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DomainParameters {
    /// Not at all: they are those of the country's authority. RSA has none.
    Inherited,
    /// Value by value, and the values are those of this curve.
    Known(Curve),
    /// Value by value, and no curve of the table has these values. Nothing is computed with them.
    Unknown,
}

/// The public key of a certificate or request, as it stands there.
///
/// ```text
/// 7F49 { 06 id-TA-ECDSA-…, [81 p, 82 a, 83 b, 84 G, 85 n], 86 Y, [87 f] }          TR-03110-3 §D.3.3
/// 7F49 { 06 id-TA-RSA-…, 81 n, 82 e }                                              TR-03110-3 §D.3.1
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CvPublicKey {
    algorithm: TaAlgorithm,
    material: Material,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Material {
    Ec {
        domain: DomainParameters,
        point: Vec<u8>,
    },
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
}

impl CvPublicKey {
    /// Reads a data object `7F49`.
    pub(super) fn parse(key: &Tlv<'_>) -> Result<Self, Error> {
        let mut fields = Fields::of(WHAT, key);
        let oid = fields.oid()?;
        let algorithm =
            TaAlgorithm::from_oid(&oid).ok_or(Error::Crypto(CryptoError::AlgorithmUnknown { oid }))?;
        let material = match algorithm.family() {
            Family::Ecdsa => ec(&mut fields)?,
            Family::RsaV15 | Family::RsaPss => Material::Rsa {
                modulus: unsigned(&mut fields, cv::RSA_MODULUS)?,
                exponent: unsigned(&mut fields, cv::RSA_EXPONENT)?,
            },
        };
        fields.finish()?;
        Ok(Self { algorithm, material })
    }

    /// The whole data object `7F49`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut value = object(tags::OBJECT_IDENTIFIER, self.algorithm.oid().as_bytes());
        match &self.material {
            Material::Ec { domain, point } => {
                let domain = match domain {
                    DomainParameters::Known(curve) => Some(curve.domain()),
                    DomainParameters::Inherited | DomainParameters::Unknown => None,
                };
                if let Some(domain) = domain {
                    value.extend(object(cv::EC_PRIME, without_zeros(domain.p)));
                    value.extend(object(cv::EC_A, without_zeros(domain.a)));
                    value.extend(object(cv::EC_B, without_zeros(domain.b)));
                    value.extend(object(cv::EC_GENERATOR, domain.g));
                    value.extend(object(cv::EC_ORDER, without_zeros(domain.n)));
                }
                value.extend(object(cv::EC_POINT, point));
                if let Some(domain) = domain {
                    value.extend(object(cv::EC_COFACTOR, &[domain.h]));
                }
            }
            Material::Rsa { modulus, exponent } => {
                value.extend(object(cv::RSA_MODULUS, modulus));
                value.extend(object(cv::RSA_EXPONENT, exponent));
            }
        }
        object(tags::PUBLIC_KEY, &value)
    }

    /// The algorithm of the key's signatures.
    #[must_use]
    pub const fn algorithm(&self) -> TaAlgorithm {
        self.algorithm
    }

    /// How the key states its domain parameters.
    #[must_use]
    pub const fn domain(&self) -> DomainParameters {
        match &self.material {
            Material::Ec { domain, .. } => *domain,
            Material::Rsa { .. } => DomainParameters::Inherited,
        }
    }

    /// The key to compute with. A key that does not state its curve lies on the `inherited` one, its authority's.
    ///
    /// # Errors
    /// [`Error::Crypto`]: `CurveUnknown` when the key states parameters that no known curve has, or none where none
    /// are inherited; `BadPoint` and its like for a key that is none.
    pub fn resolve(&self, inherited: Option<Curve>) -> Result<CvKey, Error> {
        let key = match &self.material {
            Material::Ec { domain, point } => {
                let curve = match domain {
                    DomainParameters::Known(curve) => Some(*curve),
                    DomainParameters::Inherited => inherited,
                    DomainParameters::Unknown => None,
                };
                let curve = curve.ok_or(CryptoError::CurveUnknown { oid: None })?;
                Key::Ec(PublicKey::from_sec1(curve, point)?)
            }
            Material::Rsa { modulus, exponent } => {
                Key::Rsa(rsa::PublicKey::from_components(modulus, exponent)?)
            }
        };
        Ok(CvKey {
            algorithm: self.algorithm,
            key,
        })
    }
}

fn ec(fields: &mut Fields<'_>) -> Result<Material, Error> {
    let stated = fields.peek()? == Some(cv::EC_PRIME);
    let parameters = match stated {
        false => None,
        true => Some([
            fields.take(cv::EC_PRIME)?.value,
            fields.take(cv::EC_A)?.value,
            fields.take(cv::EC_B)?.value,
            fields.take(cv::EC_GENERATOR)?.value,
            fields.take(cv::EC_ORDER)?.value,
        ]),
    };
    let point = fields.take(cv::EC_POINT)?;
    if point.value.is_empty() {
        return Err(fields.wrong(&point));
    }
    let cofactor = fields.optional(cv::EC_COFACTOR)?;
    let domain = match (parameters, &cofactor) {
        (None, None) => DomainParameters::Inherited,
        // "either all present, except the cofactor, or all absent" (TR-03110-3 §D.3.3)
        (None, Some(cofactor)) => return Err(fields.wrong(cofactor)),
        (Some([p, a, b, g, n]), cofactor) => {
            let h = cofactor.as_ref().map(|cofactor| cofactor.value);
            Curve::match_explicit(&Explicit { p, a, b, g, n, h })
                .map_or(DomainParameters::Unknown, DomainParameters::Known)
        }
    };
    Ok(Material::Ec {
        domain,
        point: point.value.to_vec(),
    })
}

fn unsigned(fields: &mut Fields<'_>, tag: antin_wire::tlv::Tag) -> Result<Vec<u8>, Error> {
    let number = fields.take(tag)?;
    let short = without_zeros(number.value);
    if short.is_empty() {
        return Err(fields.wrong(&number));
    }
    Ok(short.to_vec())
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// A public key of Terminal Authentication that can verify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CvKey {
    algorithm: TaAlgorithm,
    key: Key,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Ec(PublicKey),
    Rsa(rsa::PublicKey),
}

impl CvKey {
    /// The algorithm of its signatures.
    #[must_use]
    pub const fn algorithm(&self) -> TaAlgorithm {
        self.algorithm
    }

    /// The curve, which keys below it inherit; `None` for RSA.
    #[must_use]
    pub fn curve(&self) -> Option<Curve> {
        match &self.key {
            Key::Ec(key) => Some(key.curve()),
            Key::Rsa(_) => None,
        }
    }

    /// Group or length for people: `brainpoolP256r1`, `RSA-2048`.
    #[must_use]
    pub fn group(&self) -> String {
        match &self.key {
            Key::Ec(key) => key.curve().name().to_owned(),
            Key::Rsa(key) => format!("RSA-{}", key.bits()),
        }
    }

    /// Tells whether algorithm and group, or modulus length, are the same: all keys of a chain must agree in that
    /// (TR-03110-3 §2.3).
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.group() == other.group()
    }

    /// The key as a certificate carries it, with or without its domain parameters.
    #[must_use]
    pub fn to_certificate(&self, form: DomainForm) -> CvPublicKey {
        let material = match &self.key {
            Key::Ec(key) => Material::Ec {
                domain: match form {
                    DomainForm::Stated => DomainParameters::Known(key.curve()),
                    DomainForm::Inherited => DomainParameters::Inherited,
                },
                point: key.as_sec1().to_vec(),
            },
            Key::Rsa(key) => Material::Rsa {
                modulus: key.modulus().to_vec(),
                exponent: key.exponent().to_vec(),
            },
        };
        CvPublicKey {
            algorithm: self.algorithm,
            material,
        }
    }

    /// Verifies a signature: r || s, each as long as the order, or an RSA signature as long as the modulus.
    ///
    /// # Errors
    /// [`Error::Crypto`] with `BadSignature` if it is anything but a good one.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        match &self.key {
            Key::Ec(key) => {
                let der =
                    ecdsa_plain_to_der(signature, key.curve()).map_err(|_| CryptoError::BadSignature)?;
                let algorithm = SignatureAlgorithm::ecdsa(self.algorithm.hash());
                Ok(fastest_verifier().verify(
                    algorithm,
                    &VerifyingKey::ec(key.clone(), ParameterForm::Named),
                    message,
                    &der,
                )?)
            }
            Key::Rsa(key) => {
                let scheme = scheme(self.algorithm).ok_or(CryptoError::BadSignature)?;
                Ok(key.verify(scheme, message, signature)?)
            }
        }
    }
}

/// The RSA scheme of an algorithm: MGF1 with the same hash, a salt as long as the hash (TR-03110-3 §A.7.3.1).
const fn scheme(algorithm: TaAlgorithm) -> Option<Scheme> {
    match algorithm.family() {
        Family::RsaV15 => Some(Scheme::Pkcs1v15(algorithm.hash())),
        Family::RsaPss => Some(Scheme::pss(algorithm.hash())),
        Family::Ecdsa => None,
    }
}

/// Whether a certificate states the domain parameters of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DomainForm {
    /// All of them: authorities and requests.
    Stated,
    /// None: document verifiers and terminals.
    Inherited,
}

/// A private key of Terminal Authentication. Debug shows the algorithm only.
#[derive(Clone)]
pub struct CvSigner {
    algorithm: TaAlgorithm,
    key: Private,
}

#[derive(Clone)]
enum Private {
    Ec(PrivateKey),
    Rsa(Box<rsa::PrivateKey>),
}

impl CvSigner {
    /// A key on a curve, signing with ECDSA and the given algorithm's hash.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the algorithm is not ECDSA.
    pub fn ec(key: PrivateKey, algorithm: TaAlgorithm) -> Result<Self, Error> {
        match algorithm.family() {
            Family::Ecdsa => Ok(Self {
                algorithm,
                key: Private::Ec(key),
            }),
            Family::RsaV15 | Family::RsaPss => Err(misfit("algorithm of an elliptic curve key", algorithm)),
        }
    }

    /// An RSA key, signing with the given algorithm.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the algorithm is ECDSA.
    pub fn rsa(key: rsa::PrivateKey, algorithm: TaAlgorithm) -> Result<Self, Error> {
        match algorithm.family() {
            Family::Ecdsa => Err(misfit("algorithm of an RSA key", algorithm)),
            Family::RsaV15 | Family::RsaPss => Ok(Self {
                algorithm,
                key: Private::Rsa(Box::new(key)),
            }),
        }
    }

    /// Reads a PKCS#8 key, DER, of either kind.
    ///
    /// # Errors
    /// [`Error::Crypto`] for anything else; [`Error::Misuse`] when the algorithm is for the other kind.
    pub fn from_pkcs8_der(der: &[u8], algorithm: TaAlgorithm) -> Result<Self, Error> {
        match rsa::PrivateKey::from_pkcs8_der(der) {
            Ok(key) => Self::rsa(key, algorithm),
            Err(_) => Self::ec(PrivateKey::from_pkcs8_der(der)?, algorithm),
        }
    }

    /// The key as PKCS#8, DER; one on a curve states its domain parameters by name.
    #[must_use]
    pub fn to_pkcs8_der(&self) -> SecretBytes {
        match &self.key {
            Private::Ec(key) => key.to_pkcs8_der(),
            Private::Rsa(key) => key.to_pkcs8_der(),
        }
    }

    /// Reads a PKCS#8 key in PEM, of either kind.
    ///
    /// # Errors
    /// As [`from_pkcs8_der`](Self::from_pkcs8_der).
    pub fn from_pkcs8_pem(text: &str, algorithm: TaAlgorithm) -> Result<Self, Error> {
        match rsa::PrivateKey::from_pkcs8_pem(text) {
            Ok(key) => Self::rsa(key, algorithm),
            Err(_) => Self::ec(PrivateKey::from_pkcs8_pem(text)?, algorithm),
        }
    }

    /// The key as PKCS#8 in PEM.
    #[must_use]
    pub fn to_pkcs8_pem(&self) -> SecretBytes {
        match &self.key {
            Private::Ec(key) => key.to_pkcs8_pem(),
            Private::Rsa(key) => key.to_pkcs8_pem(),
        }
    }

    /// The algorithm of its signatures.
    #[must_use]
    pub const fn algorithm(&self) -> TaAlgorithm {
        self.algorithm
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> CvKey {
        CvKey {
            algorithm: self.algorithm,
            key: match &self.key {
                Private::Ec(key) => Key::Ec(key.public()),
                Private::Rsa(key) => Key::Rsa(key.public()),
            },
        }
    }

    /// Signs a message in the form that [`CvKey::verify`] takes.
    ///
    /// # Errors
    /// [`Error::Crypto`] when the key cannot sign.
    pub fn sign(&self, message: &[u8], rng: &mut dyn CryptoRng) -> Result<Vec<u8>, Error> {
        match &self.key {
            Private::Ec(key) => {
                let hash = self.algorithm.hash();
                let der = SoftSigner::new(key.clone(), hash, ParameterForm::Named).sign(message)?;
                Ok(ecdsa_der_to_plain(&der, key.curve())?)
            }
            Private::Rsa(key) => {
                let scheme = scheme(self.algorithm).ok_or(CryptoError::BadSignature)?;
                Ok(key.sign(scheme, message, rng)?)
            }
        }
    }
}

fn misfit(what: &'static str, algorithm: TaAlgorithm) -> Error {
    Error::Misuse {
        what,
        found: algorithm.name().to_owned(),
    }
}

impl core::fmt::Debug for CvSigner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "CvSigner({})", self.algorithm.name())
    }
}

const WHAT: &str = "CV public key";
