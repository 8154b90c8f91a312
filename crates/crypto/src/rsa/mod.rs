//! RSA: signatures of document signers and terminals (RFC 8017), and of chips that prove themselves by Active
//! Authentication ([`iso9796_2`]).
//!
//! ```
//! use antin_crypto::Hash;
//! use antin_crypto::rsa::{PublicKey, Scheme};
//! # let hex = |s: &str| (0..s.len() / 2).map(|i| u8::from_str_radix(&s[2 * i..2 * i + 2], 16).unwrap()).collect::<Vec<u8>>();
//! # let modulus = hex(&"c3".repeat(128));
//!
//! let key = PublicKey::from_components(&modulus, &[1, 0, 1])?;
//! assert_eq!(key.bits(), 1024);
//! assert!(key.verify(Scheme::Pkcs1v15(Hash::Sha256), b"message", &[0; 128]).is_err());
//! # Ok::<(), antin_crypto::Error>(())
//! ```
//!
//! Private keys are for test cards and terminals: computed in constant time with blinding, but in this process.

mod encoding;
pub mod iso9796_2;
mod padding;
mod prime;
mod private;
mod public;
mod roca;
mod scheme;
#[cfg(test)]
pub(crate) mod testing;

pub use private::PrivateKey;
pub use public::PublicKey;
pub use scheme::Scheme;

/// The shortest modulus that is computed with. What is long enough to be trusted is the business of a policy.
pub const MIN_BITS: u32 = 512;

/// The longest modulus that is computed with, so that no key keeps a verifier busy.
pub const MAX_BITS: u32 = 8192;

/// The longest modulus, in bits, that may have a public exponent of more than [`MAX_LONG_KEY_EXPONENT_BITS`].
const MAX_SHORT_KEY_BITS: u32 = 3072;

/// The longest public exponent of a long key: every known one fits many times, and a full one would take seconds.
const MAX_LONG_KEY_EXPONENT_BITS: u32 = 64;
