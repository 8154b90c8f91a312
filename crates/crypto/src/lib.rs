//! What algorithms do, for chip ID cards of ICAO 9303: key derivation, secure messaging's ciphers and codes, elliptic
//! curves, PACE's mapping, signatures.
//!
//! The crate knows nothing of cards, files or certificates, does no input or output, asks no clock, and takes
//! randomness as its last argument. From bottom to top:
//!
//! - [`SecretBytes`] hold what must not be seen; [`enum@Hash`] hashes;
//! - [`kdf`] and [`symmetric`] are what basic access control and secure messaging are made of;
//! - [`Curve`] names the curves and recognises explicit domain parameters; [`PublicKey`] and [`PrivateKey`] compute on
//!   them; [`pace`] maps nonces to generators;
//! - [`SignatureAlgorithm`] and [`VerifyingKey`] say what a signature is made with, ECDSA or RSA ([`rsa`]);
//! - [`Signer`] and [`Verifier`] are the doors for signatures, [`SoftSigner`] and [`PureRust`] what stands behind them
//!   unless another backend does (feature `aws-lc`).
//!
//! ```
//! use antin_crypto::{Curve, Hash, ParameterForm, PrivateKey, PureRust, Signer, SoftSigner, Verifier};
//! # let mut rng = antin_crypto::scripted::ScriptedRng::dangerous_new(vec![7; 32]);
//!
//! let key = PrivateKey::generate(Curve::BrainpoolP256r1, &mut rng);
//! let signer = SoftSigner::new(key, Hash::Sha256, ParameterForm::Explicit);
//! let signature = signer.sign(b"data group hashes")?;
//! PureRust.verify(signer.algorithm(), signer.public_key(), b"data group hashes", &signature)?;
//! # Ok::<(), antin_crypto::Error>(())
//! ```
//!
//! Elliptic curve arithmetic and AES run in constant time; triple DES uses table look-ups. Types of other crates in
//! this interface, on purpose: [`ObjectIdentifier`] and [`CryptoRng`].

pub mod agreement;
mod curve;
mod dh;
mod error;
mod hash;
pub mod kdf;
mod key;
mod modular;
pub mod pace;
pub mod rsa;
pub mod scripted;
mod secret;
mod signature;
pub mod symmetric;

pub use antin_wire::oids::ObjectIdentifier;
pub use rand_core::CryptoRng;

pub use curve::{Curve, Domain, Explicit};
pub use error::Error;
pub use hash::Hash;
pub use key::{
    MIN_PASSWORD_CHARS, ParameterForm, PrivateKey, PublicKey, VerifyingKey, decrypt_pkcs8_pem,
    encrypt_pkcs8_pem, is_encrypted_pkcs8,
};
pub use secret::{SecretBytes, ct_eq};
#[cfg(feature = "aws-lc")]
pub use signature::{AwsLc, AwsLcSigner};
pub use signature::{
    BACKEND, DangerousRsaSigner, PureRust, SignatureAlgorithm, Signer, SoftSigner, Verifier,
    ecdsa_der_to_plain, ecdsa_plain_hash, ecdsa_plain_to_der, fastest_verifier,
};
pub use symmetric::Suite;
