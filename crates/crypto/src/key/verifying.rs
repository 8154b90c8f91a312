//! The public keys of signatures, of whatever kind.

use antin_wire::oids::{self, ObjectIdentifier};
use der::Decode;
use spki::SubjectPublicKeyInfoRef;

use super::{ParameterForm, PublicKey};
use crate::{Curve, Error, SignatureAlgorithm, rsa};

/// A public key that verifies signatures.
///
/// ```
/// use antin_crypto::{Curve, Hash, ParameterForm, PrivateKey, SignatureAlgorithm, VerifyingKey};
///
/// let key = PrivateKey::from_be_bytes(Curve::P256, &[7; 32])?;
/// let key = VerifyingKey::ec(key.public(), ParameterForm::Explicit);
/// assert_eq!(VerifyingKey::from_spki_der(&key.to_spki_der())?, key);
/// assert!(key.fits(SignatureAlgorithm::ecdsa(Hash::Sha256)));
/// assert!(!key.fits(SignatureAlgorithm::rsa_pss(Hash::Sha256)));
/// # Ok::<(), antin_crypto::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerifyingKey {
    /// A point on an elliptic curve.
    Ec {
        /// The point.
        key: PublicKey,
        /// How the key states its curve.
        form: ParameterForm,
    },
    /// An RSA key, which may verify all its schemes or say itself that it is for PSS only.
    Rsa(rsa::PublicKey),
}

impl VerifyingKey {
    /// A key on an elliptic curve.
    pub const fn ec(key: PublicKey, form: ParameterForm) -> Self {
        Self::Ec { key, form }
    }

    /// Decodes a `SubjectPublicKeyInfo`, the algorithm of which says what kind of key it is.
    ///
    /// # Errors
    /// As [`PublicKey::from_spki_der`] and [`rsa::PublicKey::from_spki_der`]; [`Error::AlgorithmUnknown`] for other kinds.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, Error> {
        match spki_algorithm(der)? {
            oids::RSA_ENCRYPTION | oids::RSASSA_PSS => rsa::PublicKey::from_spki_der(der).map(Self::Rsa),
            _ => PublicKey::from_spki_der(der).map(|(key, form)| Self::Ec { key, form }),
        }
    }

    /// Encodes the key as `SubjectPublicKeyInfo`, DER.
    pub fn to_spki_der(&self) -> Vec<u8> {
        match self {
            Self::Ec { key, form } => key.to_spki_der(*form),
            Self::Rsa(key) => key.to_spki_der(),
        }
    }

    /// What stands in the BIT STRING `subjectPublicKey`: the uncompressed point, or an `RSAPublicKey`. Key identifiers are
    /// mostly its hash value (RFC 5280 §4.2.1.2, method 1).
    pub fn subject_public_key(&self) -> Vec<u8> {
        match self {
            Self::Ec { key, .. } => key.as_sec1().to_vec(),
            Self::Rsa(key) => key.to_pkcs1_der(),
        }
    }

    /// Whether both are the same key, in whatever form they state their curve or limit their use.
    pub fn is_same_key(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Ec { key, .. }, Self::Ec { key: other, .. }) => key == other,
            (Self::Rsa(key), Self::Rsa(other)) => {
                (key.modulus(), key.exponent()) == (other.modulus(), other.exponent())
            }
            _ => false,
        }
    }

    /// Whether signatures of this algorithm may be verified with the key: the kind is the same, and the key does not limit
    /// itself to something else.
    pub fn fits(&self, algorithm: SignatureAlgorithm) -> bool {
        match (self, algorithm) {
            (Self::Ec { .. }, SignatureAlgorithm::Ecdsa(_)) => true,
            (Self::Rsa(key), SignatureAlgorithm::Rsa(scheme)) => key.allows(scheme),
            _ => false,
        }
    }

    /// The curve, for keys on one.
    pub fn curve(&self) -> Option<Curve> {
        match self {
            Self::Ec { key, .. } => Some(key.curve()),
            Self::Rsa(_) => None,
        }
    }

    /// How the key states its curve, for keys on one.
    pub const fn parameter_form(&self) -> Option<ParameterForm> {
        match self {
            Self::Ec { form, .. } => Some(*form),
            Self::Rsa(_) => None,
        }
    }

    /// The key on an elliptic curve, if it is one.
    pub const fn as_ec(&self) -> Option<&PublicKey> {
        match self {
            Self::Ec { key, .. } => Some(key),
            Self::Rsa(_) => None,
        }
    }

    /// The RSA key, if it is one.
    pub const fn as_rsa(&self) -> Option<&rsa::PublicKey> {
        match self {
            Self::Ec { .. } => None,
            Self::Rsa(key) => Some(key),
        }
    }

    /// The name of the curve, or `RSA` with the bits of the modulus.
    pub fn name(&self) -> String {
        match self {
            Self::Ec { key, .. } => key.curve().name().to_owned(),
            Self::Rsa(key) => format!("RSA {}", key.bits()),
        }
    }

    /// Against how many bits of a symmetric key the key holds, by the usual equivalences: half the order's bits on a
    /// curve, 80 for RSA from 1024 bits, 112 from 2048, 128 from 3072, 192 from 7680, and 56 for what is shorter.
    pub fn security_bits(&self) -> u32 {
        match self {
            Self::Ec { key, .. } => key.curve().security_bits(),
            Self::Rsa(key) => match key.bits() {
                7680.. => 192,
                3072.. => 128,
                2048.. => 112,
                1024.. => 80,
                _ => 56,
            },
        }
    }
}

fn spki_algorithm(der: &[u8]) -> Result<ObjectIdentifier, Error> {
    if der.len() > MAX_LEN {
        return Err(MALFORMED);
    }
    let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| MALFORMED)?;
    Ok(info.algorithm.oid)
}

const MALFORMED: Error = Error::Malformed { what: "public key" };

/// More than any key here takes, RSA of 8192 bits included.
const MAX_LEN: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Hash, PrivateKey, rsa::Scheme};

    fn rsa() -> rsa::PublicKey {
        rsa::testing::key().public()
    }

    fn ec(form: ParameterForm) -> VerifyingKey {
        let key = PrivateKey::from_be_bytes(Curve::BrainpoolP384r1, &[7; 20]).unwrap();
        VerifyingKey::ec(key.public(), form)
    }

    #[test]
    fn keys_of_every_kind_come_back_as_they_went() {
        let pss = rsa().only_pss_with(Hash::Sha256, Hash::Sha256, 32);
        let keys = [
            ec(ParameterForm::Named),
            ec(ParameterForm::Explicit),
            VerifyingKey::Rsa(rsa()),
            VerifyingKey::Rsa(rsa().only_pss()),
            VerifyingKey::Rsa(pss),
        ];
        for key in &keys {
            let der = key.to_spki_der();
            assert_eq!(VerifyingKey::from_spki_der(&der).as_ref(), Ok(key));
            assert!(der.ends_with(&key.subject_public_key()));
            for len in 0..der.len() {
                assert_eq!(VerifyingKey::from_spki_der(&der[..len]), Err(MALFORMED));
            }
        }
        for (at, key) in keys.iter().enumerate() {
            for (other_at, other) in keys.iter().enumerate() {
                assert_eq!(key == other, at == other_at);
                assert_eq!(key.is_same_key(other), (at < 2) == (other_at < 2));
            }
        }
    }

    #[test]
    fn a_key_says_what_it_may_verify() {
        let (pkcs1, ecdsa) = (
            SignatureAlgorithm::rsa_pkcs1(Hash::Sha256),
            SignatureAlgorithm::ecdsa(Hash::Sha256),
        );
        let pss = |hash, salt_len| {
            SignatureAlgorithm::Rsa(Scheme::Pss {
                hash,
                mgf: hash,
                salt_len,
            })
        };
        let fits = |key: VerifyingKey| {
            [
                ecdsa,
                pkcs1,
                pss(Hash::Sha256, 32),
                pss(Hash::Sha256, 20),
                pss(Hash::Sha1, 32),
            ]
            .map(|algorithm| key.fits(algorithm))
        };
        assert_eq!(fits(ec(ParameterForm::Named)), [true, false, false, false, false]);
        assert_eq!(fits(VerifyingKey::Rsa(rsa())), [false, true, true, true, true]);
        assert_eq!(
            fits(VerifyingKey::Rsa(rsa().only_pss())),
            [false, false, true, true, true]
        );
        let limited = rsa().only_pss_with(Hash::Sha256, Hash::Sha256, 32);
        assert_eq!(
            fits(VerifyingKey::Rsa(limited)),
            [false, false, true, false, false]
        );
    }

    #[test]
    fn a_key_says_how_long_it_is() {
        let key = ec(ParameterForm::Named);
        assert_eq!(
            (key.name().as_str(), key.security_bits()),
            ("brainpoolP384r1", 192)
        );
        let key = VerifyingKey::Rsa(rsa());
        assert_eq!((key.name().as_str(), key.security_bits()), ("RSA 1024", 80));
    }
}
