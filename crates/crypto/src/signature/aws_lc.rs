//! Signatures by AWS-LC: about three times as fast on the NIST curves, at the price of C and assembler code.

use core::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self as aws, EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm};

use super::{PureRust, SignatureAlgorithm, Signer, SoftSigner, Verifier, ecdsa_der_to_plain};
use crate::{Curve, Error, Hash, ParameterForm, PrivateKey, PublicKey};

/// Verifies with AWS-LC on P-256, P-384 and P-521, and with [`PureRust`] what AWS-LC does not have: Brainpool and
/// smaller curves and a few unusual hash functions.
#[derive(Debug, Clone, Copy, Default)]
pub struct AwsLc;

impl Verifier for AwsLc {
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        der_signature: &[u8],
    ) -> Result<(), Error> {
        let Some(native) = verification(key.curve(), algorithm.hash()) else {
            return PureRust.verify(algorithm, key, message, der_signature);
        };
        // Our own reader first, so that both backends refuse the same encodings.
        ecdsa_der_to_plain(der_signature, key.curve()).map_err(|_| Error::BadSignature)?;
        let key = aws::UnparsedPublicKey::new(native, key.as_sec1());
        key.verify(message, der_signature)
            .map_err(|_| Error::BadSignature)
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

    fn public_key(&self) -> &PublicKey {
        self.soft.public_key()
    }

    fn parameter_form(&self) -> ParameterForm {
        self.soft.parameter_form()
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
            self.public_key().curve().name(),
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
        (Curve::P256 | Curve::P384, Hash::Sha1 | Hash::Sha224) => None,
        (
            Curve::P192
            | Curve::P224
            | Curve::BrainpoolP192r1
            | Curve::BrainpoolP224r1
            | Curve::BrainpoolP256r1
            | Curve::BrainpoolP320r1
            | Curve::BrainpoolP384r1
            | Curve::BrainpoolP512r1,
            _,
        ) => None,
    }
}

fn signing(curve: Curve, hash: Hash) -> Option<&'static EcdsaSigningAlgorithm> {
    match (curve, hash) {
        (Curve::P256, Hash::Sha256) => Some(&aws::ECDSA_P256_SHA256_ASN1_SIGNING),
        (Curve::P384, Hash::Sha384) => Some(&aws::ECDSA_P384_SHA384_ASN1_SIGNING),
        (Curve::P521, Hash::Sha512) => Some(&aws::ECDSA_P521_SHA512_ASN1_SIGNING),
        (Curve::P256 | Curve::P384 | Curve::P521, _) => None,
        (
            Curve::P192
            | Curve::P224
            | Curve::BrainpoolP192r1
            | Curve::BrainpoolP224r1
            | Curve::BrainpoolP256r1
            | Curve::BrainpoolP320r1
            | Curve::BrainpoolP384r1
            | Curve::BrainpoolP512r1,
            _,
        ) => None,
    }
}

fn unavailable(reason: &dyn fmt::Display) -> Error {
    Error::SignerUnavailable {
        what: format!("AWS-LC: {reason}"),
    }
}
