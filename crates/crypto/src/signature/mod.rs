//! Signatures: who can make them, who can check them.

mod encoding;
mod pure;

#[cfg(feature = "aws-lc")]
mod aws_lc;

use antin_wire::oids::{self, ObjectIdentifier};

#[cfg(feature = "aws-lc")]
pub use aws_lc::{AwsLc, AwsLcSigner};
pub use encoding::{ecdsa_der_to_plain, ecdsa_plain_to_der};
pub use pure::{PureRust, SoftSigner};

use crate::{Error, Hash, ParameterForm, PublicKey};

/// A signature algorithm that this crate has: ECDSA with one of the hash functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// ecdsa-with-SHA1. Broken; verified so that a report can say what an old document carries.
    EcdsaWithSha1,
    /// ecdsa-with-SHA224.
    EcdsaWithSha224,
    /// ecdsa-with-SHA256.
    EcdsaWithSha256,
    /// ecdsa-with-SHA384.
    EcdsaWithSha384,
    /// ecdsa-with-SHA512.
    EcdsaWithSha512,
}

impl SignatureAlgorithm {
    /// ECDSA with the given hash function.
    pub const fn ecdsa(hash: Hash) -> Self {
        match hash {
            Hash::Sha1 => Self::EcdsaWithSha1,
            Hash::Sha224 => Self::EcdsaWithSha224,
            Hash::Sha256 => Self::EcdsaWithSha256,
            Hash::Sha384 => Self::EcdsaWithSha384,
            Hash::Sha512 => Self::EcdsaWithSha512,
        }
    }

    /// The object identifier; its parameters are absent.
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::EcdsaWithSha1 => oids::ECDSA_WITH_SHA1,
            Self::EcdsaWithSha224 => oids::ECDSA_WITH_SHA224,
            Self::EcdsaWithSha256 => oids::ECDSA_WITH_SHA256,
            Self::EcdsaWithSha384 => oids::ECDSA_WITH_SHA384,
            Self::EcdsaWithSha512 => oids::ECDSA_WITH_SHA512,
        }
    }

    /// The algorithm with that object identifier, if this crate has it.
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Hash::ALL
            .into_iter()
            .map(Self::ecdsa)
            .find(|algorithm| algorithm.oid() == *oid)
    }

    /// The hash function.
    pub const fn hash(self) -> Hash {
        match self {
            Self::EcdsaWithSha1 => Hash::Sha1,
            Self::EcdsaWithSha224 => Hash::Sha224,
            Self::EcdsaWithSha256 => Hash::Sha256,
            Self::EcdsaWithSha384 => Hash::Sha384,
            Self::EcdsaWithSha512 => Hash::Sha512,
        }
    }
}

/// The fastest verifier that is built in: AWS-LC with feature `aws-lc`, else [`PureRust`].
pub fn fastest_verifier() -> &'static dyn Verifier {
    #[cfg(feature = "aws-lc")]
    return &AwsLc;
    #[cfg(not(feature = "aws-lc"))]
    return &PureRust;
}

/// What stands behind [`fastest_verifier`]: `aws-lc-rs` or `pure-rust`.
pub const BACKEND: &str = if cfg!(feature = "aws-lc") {
    "aws-lc-rs"
} else {
    "pure-rust"
};

/// A private key that signs: the door to a hardware security module, or a [`SoftSigner`].
pub trait Signer {
    /// The algorithm of its signatures.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// The public key that verifies them.
    fn public_key(&self) -> &PublicKey;

    /// How the public key states its curve in what this signer publishes.
    fn parameter_form(&self) -> ParameterForm;

    /// Signs a message, hashing it first; the signature is an `Ecdsa-Sig-Value` in DER.
    ///
    /// # Errors
    /// [`Error::SignerUnavailable`] if whoever holds the key cannot or will not sign.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;
}

/// A way to verify signatures. All implementations accept and refuse exactly the same; they differ in speed.
pub trait Verifier {
    /// Verifies a signature, an `Ecdsa-Sig-Value` in DER, of a message.
    ///
    /// # Errors
    /// [`Error::BadSignature`] if it is anything but a good one: of another message or key, not strict DER, with bytes
    /// behind it, or with a number that is zero or not below the order.
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        message: &[u8],
        der_signature: &[u8],
    ) -> Result<(), Error>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_and_hashes_lead_back_to_the_algorithm() {
        for hash in Hash::ALL {
            let algorithm = SignatureAlgorithm::ecdsa(hash);
            assert_eq!(algorithm.hash(), hash);
            assert_eq!(SignatureAlgorithm::from_oid(&algorithm.oid()), Some(algorithm));
        }
        assert_eq!(SignatureAlgorithm::from_oid(&Hash::Sha256.oid()), None);
    }
}
