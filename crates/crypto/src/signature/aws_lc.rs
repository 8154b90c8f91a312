//! Signatures by AWS-LC: about three times as fast on the NIST curves, at the price of C and assembler code.

use core::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    self as aws, EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, RsaParameters,
    RsaPssSaltLength,
};

use super::{PureRust, SignatureAlgorithm, Signer, SoftSigner, Verifier, ecdsa_der_to_plain};
use crate::rsa::{self, Scheme};
use crate::{Curve, Error, Hash, ParameterForm, PrivateKey, VerifyingKey};

/// Verifies with AWS-LC on P-256, P-384 and P-521 and most of RSA, and with [`PureRust`] what AWS-LC does not have:
/// Brainpool and smaller curves, a few unusual hash functions, short RSA keys, unusual exponents and salts.
#[derive(Debug, Clone, Copy, Default)]
pub struct AwsLc;

impl Verifier for AwsLc {
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &VerifyingKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Error> {
        if !key.fits(algorithm) {
            return Err(Error::AlgorithmMisfit);
        }
        let verified = match (key, algorithm) {
            (VerifyingKey::Ec { key, .. }, SignatureAlgorithm::Ecdsa(hash)) => {
                verification(key.curve(), hash).map(|native| {
                    // Our own reader first, so that both backends refuse the same encodings.
                    ecdsa_der_to_plain(signature, key.curve()).map_err(|_| Error::BadSignature)?;
                    let key = aws::UnparsedPublicKey::new(native, key.as_sec1());
                    key.verify(message, signature).map_err(|_| Error::BadSignature)
                })
            }
            (VerifyingKey::Rsa(key), SignatureAlgorithm::Rsa(scheme)) => {
                rsa_verification(key, scheme).map(|native| {
                    let key = aws::RsaPublicKeyComponents {
                        n: key.modulus(),
                        e: key.exponent(),
                    };
                    key.verify(native, message, signature)
                        .map_err(|_| Error::BadSignature)
                })
            }
            _ => None,
        };
        verified.unwrap_or_else(|| PureRust.verify(algorithm, key, message, signature))
    }
}

/// What AWS-LC does alike with all keys that it takes: whole bytes, and an exponent of at most 32 bits, as it refuses
/// those of more than 33.
fn rsa_verification(key: &rsa::PublicKey, scheme: Scheme) -> Option<&'static RsaParameters> {
    if !key.bits().is_multiple_of(8) || key.exponent().len() > 4 {
        return None;
    }
    match (key.bits(), scheme) {
        (2048.., Scheme::Pkcs1v15(Hash::Sha1)) => Some(&aws::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY),
        (2048.., Scheme::Pkcs1v15(Hash::Sha256)) => Some(&aws::RSA_PKCS1_2048_8192_SHA256),
        (2048.., Scheme::Pkcs1v15(Hash::Sha384)) => Some(&aws::RSA_PKCS1_2048_8192_SHA384),
        (2048.., Scheme::Pkcs1v15(Hash::Sha512)) => Some(&aws::RSA_PKCS1_2048_8192_SHA512),
        (2048.., Scheme::Pss { hash, mgf, salt_len }) if hash == mgf => pss_verification(hash, salt_len),
        _ => None,
    }
}

/// One hash function for all, and the salts that documents carry.
fn pss_verification(hash: Hash, salt_len: usize) -> Option<&'static RsaParameters> {
    const fn salted<const LEN: u16>(of: RsaParameters) -> RsaParameters {
        of.with_pss_salt_length(RsaPssSaltLength::Custom(LEN))
    }
    match (hash, salt_len) {
        (Hash::Sha256, 32) => Some(&aws::RSA_PSS_2048_8192_SHA256),
        (Hash::Sha384, 48) => Some(&aws::RSA_PSS_2048_8192_SHA384),
        (Hash::Sha512, 64) => Some(&aws::RSA_PSS_2048_8192_SHA512),
        (Hash::Sha256, 20) => Some(&const { salted::<20>(aws::RSA_PSS_2048_8192_SHA256) }),
        (Hash::Sha256, 48) => Some(&const { salted::<48>(aws::RSA_PSS_2048_8192_SHA256) }),
        (Hash::Sha256, 64) => Some(&const { salted::<64>(aws::RSA_PSS_2048_8192_SHA256) }),
        (Hash::Sha384, 32) => Some(&const { salted::<32>(aws::RSA_PSS_2048_8192_SHA384) }),
        (Hash::Sha512, 20) => Some(&const { salted::<20>(aws::RSA_PSS_2048_8192_SHA512) }),
        (Hash::Sha512, 32) => Some(&const { salted::<32>(aws::RSA_PSS_2048_8192_SHA512) }),
        _ => None,
    }
}

/// Signs with AWS-LC where it can (P-256 with SHA-256, P-384 with SHA-384, P-521 with SHA-512), else as a [`SoftSigner`].
///
/// AWS-LC draws the nonce of each signature from its own random generator: two signatures of one message differ.
pub struct AwsLcSigner {
    soft: SoftSigner,
    native: Option<EcdsaKeyPair>,
}

impl AwsLcSigner {
    /// Takes the key, the hash function, and how the public key is to state its curve.
    ///
    /// # Errors
    /// [`Error::SignerUnavailable`] if AWS-LC refuses the key.
    pub fn new(key: PrivateKey, hash: Hash, form: ParameterForm) -> Result<Self, Error> {
        let native = signing(key.curve(), hash).map(|algorithm| {
            let scalar = key.to_be_bytes();
            EcdsaKeyPair::from_private_key_and_public_key(
                algorithm,
                scalar.expose(),
                key.public_ref().as_sec1(),
            )
        });
        let native = native.transpose().map_err(|reason| unavailable(&reason))?;
        Ok(Self {
            soft: SoftSigner::new(key, hash, form),
            native,
        })
    }
}

impl Signer for AwsLcSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.soft.algorithm()
    }

    fn public_key(&self) -> &VerifyingKey {
        self.soft.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let Some(native) = &self.native else {
            return self.soft.sign(message);
        };
        let signature = native.sign(&SystemRandom::new(), message);
        Ok(signature
            .map_err(|reason| unavailable(&reason))?
            .as_ref()
            .to_vec())
    }
}

impl fmt::Debug for AwsLcSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "AwsLcSigner({}, {})",
            self.public_key().name(),
            self.algorithm().hash().name()
        )
    }
}

fn verification(curve: Curve, hash: Hash) -> Option<&'static EcdsaVerificationAlgorithm> {
    match (curve, hash) {
        (Curve::P256, Hash::Sha256) => Some(&aws::ECDSA_P256_SHA256_ASN1),
        (Curve::P256, Hash::Sha384) => Some(&aws::ECDSA_P256_SHA384_ASN1),
        (Curve::P256, Hash::Sha512) => Some(&aws::ECDSA_P256_SHA512_ASN1),
        (Curve::P384, Hash::Sha256) => Some(&aws::ECDSA_P384_SHA256_ASN1),
        (Curve::P384, Hash::Sha384) => Some(&aws::ECDSA_P384_SHA384_ASN1),
        (Curve::P384, Hash::Sha512) => Some(&aws::ECDSA_P384_SHA512_ASN1),
        (Curve::P521, Hash::Sha1) => Some(&aws::ECDSA_P521_SHA1_ASN1),
        (Curve::P521, Hash::Sha224) => Some(&aws::ECDSA_P521_SHA224_ASN1),
        (Curve::P521, Hash::Sha256) => Some(&aws::ECDSA_P521_SHA256_ASN1),
        (Curve::P521, Hash::Sha384) => Some(&aws::ECDSA_P521_SHA384_ASN1),
        (Curve::P521, Hash::Sha512) => Some(&aws::ECDSA_P521_SHA512_ASN1),
        _ => None,
    }
}

fn signing(curve: Curve, hash: Hash) -> Option<&'static EcdsaSigningAlgorithm> {
    match (curve, hash) {
        (Curve::P256, Hash::Sha256) => Some(&aws::ECDSA_P256_SHA256_ASN1_SIGNING),
        (Curve::P384, Hash::Sha384) => Some(&aws::ECDSA_P384_SHA384_ASN1_SIGNING),
        (Curve::P521, Hash::Sha512) => Some(&aws::ECDSA_P521_SHA512_ASN1_SIGNING),
        _ => None,
    }
}

fn unavailable(reason: &dyn fmt::Display) -> Error {
    Error::SignerUnavailable {
        what: format!("AWS-LC: {reason}"),
    }
}
