//! Signatures: who can make them, who can check them.

mod algorithm;
mod encoding;
mod pure;
mod rsa_signer;

#[cfg(feature = "aws-lc")]
mod aws_lc;

pub use algorithm::SignatureAlgorithm;
#[cfg(feature = "aws-lc")]
pub use aws_lc::{AwsLc, AwsLcSigner};
pub use encoding::{ecdsa_der_to_plain, ecdsa_plain_hash, ecdsa_plain_to_der};
pub use pure::{PureRust, SoftSigner};
pub use rsa_signer::DangerousRsaSigner;

use crate::{Error, VerifyingKey};

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

    /// The public key that verifies them, in the form in which this signer publishes it.
    fn public_key(&self) -> &VerifyingKey;

    /// Signs a message, hashing it first. The signature is an `Ecdsa-Sig-Value` in DER, or a number as long as the modulus
    /// of an RSA key.
    ///
    /// # Errors
    /// [`Error::SignerUnavailable`] if whoever holds the key cannot or will not sign.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;
}

/// A way to verify signatures. All implementations accept and refuse exactly the same; they differ in speed.
pub trait Verifier {
    /// Verifies the signature of a message: an `Ecdsa-Sig-Value` in DER, or a number as long as the modulus of an RSA key.
    ///
    /// # Errors
    /// [`Error::AlgorithmMisfit`] if the key does not [fit](VerifyingKey::fits) the algorithm. [`Error::BadSignature`] if
    /// the signature is anything but a good one: of another message or key, not strict DER, with bytes behind it, or with a
    /// number that is zero or too large.
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: &VerifyingKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Error>;
}
