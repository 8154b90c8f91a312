//! The terminal's side of Active Authentication.

use core::fmt;

use antin_crypto::{
    Error as CryptoError, Hash, ParameterForm, PublicKey, SignatureAlgorithm, Verifier, VerifyingKey,
    ecdsa_plain_hash, ecdsa_plain_to_der,
    rsa::{
        self,
        iso9796_2::{self, Trailer},
    },
};
use antin_wire::{
    apdu::{Command, Response},
    oids::{self, ObjectIdentifier},
};

use super::{CHALLENGE_LEN, HEADER};
use crate::Error;

/// Asks the chip to sign a challenge, which must be fresh: drawn by the terminal, or by a server that judges the answer.
///
/// The answer may be as long as a short command can ask for. Where [`signature_len`] or secure messaging around it make it
/// longer, the command goes as [`long_command`], or the rest is fetched with GET RESPONSE.
#[must_use]
pub fn command(challenge: [u8; CHALLENGE_LEN]) -> Command {
    crate::with_header(HEADER)
        .with_data(challenge.to_vec())
        .with_le(256)
}

/// The same with extended length, for chips that know it.
#[must_use]
pub fn long_command(challenge: [u8; CHALLENGE_LEN]) -> Command {
    crate::with_header(HEADER)
        .with_data(challenge.to_vec())
        .with_le(65_536)
        .extended()
}

/// How long the signature of a key in DG15 is in bytes; `None` for a key that cannot be read.
#[must_use]
pub fn signature_len(spki: &[u8]) -> Option<usize> {
    match read_key(spki).ok()? {
        Key::Ec(key) => Some(2 * key.curve().order_len()),
        Key::Rsa(key) => Some(key.signature_len()),
    }
}

/// How the chip signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA, plain, with the hash that DG14 names.
    Ecdsa(SignatureAlgorithm),
    /// RSA, ISO/IEC 9796-2 scheme 1.
    Rsa {
        /// Which hash the signature says it uses.
        trailer: Trailer,
        /// The length of the modulus.
        bits: u32,
    },
}

/// The name of the signature algorithm; for RSA its hash and the length of the key.
impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ecdsa(algorithm) => {
                let oid = algorithm.oid();
                match oids::name(&oid) {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{oid}"),
                }
            }
            Self::Rsa { trailer, bits } => {
                write!(f, "RSA-{bits}, ISO/IEC 9796-2, {}", hash_name(trailer.hash()))
            }
        }
    }
}

/// What the chip's answer proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The chip holds the private key of DG15.
    Genuine {
        /// The algorithm that was used.
        algorithm: Algorithm,
    },
    /// The chip could not prove it.
    Failed {
        /// What is wrong with its answer.
        what: &'static str,
    },
    /// We cannot judge.
    Unsupported {
        /// The algorithm or curve, as the key or DG14 names it.
        algorithm: Option<ObjectIdentifier>,
        /// What is missing.
        what: &'static str,
    },
}

/// Judges the answer to [`command`].
///
/// `spki` is the SubjectPublicKeyInfo that DG15 holds, `algorithm` the signature algorithm that the
/// ActiveAuthenticationInfo in DG14 names, where there is one; RSA has no need of it.
///
/// # Errors
/// [`Error::Refused`] when the chip answered with an error.
pub fn verify(
    spki: &[u8],
    algorithm: Option<&ObjectIdentifier>,
    challenge: [u8; CHALLENGE_LEN],
    response: &Response,
    verifier: &dyn Verifier,
) -> Result<Outcome, Error> {
    let signature = crate::accepted("Active Authentication: sign the challenge", response)?;
    Ok(match read_key(spki) {
        Ok(Key::Ec(key)) => ecdsa(&key, algorithm, challenge, signature, verifier),
        Ok(Key::Rsa(key)) => rsa(&key, challenge, signature),
        Err(outcome) => outcome,
    })
}

fn ecdsa(
    key: &PublicKey,
    algorithm: Option<&ObjectIdentifier>,
    challenge: [u8; CHALLENGE_LEN],
    signature: &[u8],
    verifier: &dyn Verifier,
) -> Outcome {
    let Some(oid) = algorithm else {
        return unsupported(None, "DG14 does not name the hash");
    };
    let Some(hash) = hash_of(oid) else {
        return unsupported(Some(*oid), "signature algorithm unknown");
    };
    if signature.len() != 2 * key.curve().order_len() {
        return Outcome::Failed { what: WRONG_LENGTH };
    }
    let algorithm = SignatureAlgorithm::ecdsa(hash);
    let verifying = VerifyingKey::ec(key.clone(), ParameterForm::Named);
    let genuine = ecdsa_plain_to_der(signature, key.curve())
        .and_then(|der| verifier.verify(algorithm, &verifying, &challenge, &der));
    match genuine {
        Ok(()) => Outcome::Genuine {
            algorithm: Algorithm::Ecdsa(algorithm),
        },
        Err(CryptoError::AlgorithmUnknown { oid }) => unsupported(Some(oid), "signature algorithm unknown"),
        Err(_) => Outcome::Failed {
            what: WRONG_SIGNATURE,
        },
    }
}

/// DG14 has no say here: the trailer names the hash, and it stands under the signature.
fn rsa(key: &rsa::PublicKey, challenge: [u8; CHALLENGE_LEN], signature: &[u8]) -> Outcome {
    if signature.len() != key.signature_len() {
        return Outcome::Failed { what: WRONG_LENGTH };
    }
    match iso9796_2::verify(key, &challenge, signature) {
        Ok(trailer) => Outcome::Genuine {
            algorithm: Algorithm::Rsa {
                trailer,
                bits: key.bits(),
            },
        },
        Err(CryptoError::BadRsaKey { .. } | CryptoError::RsaKeyTooLong { .. }) => {
            unsupported(None, RSA_KEY_UNUSABLE)
        }
        Err(CryptoError::WeakSignature { what }) => Outcome::Failed { what },
        Err(_) => Outcome::Failed {
            what: WRONG_SIGNATURE,
        },
    }
}

/// What DG15 holds.
enum Key {
    Ec(PublicKey),
    Rsa(rsa::PublicKey),
}

/// The key, or why it cannot be used.
fn read_key(spki: &[u8]) -> Result<Key, Outcome> {
    let unreadable = || Outcome::Failed {
        what: "the public key cannot be read",
    };
    match rsa::PublicKey::from_spki_der(spki) {
        Ok(key) => return Ok(Key::Rsa(key)),
        Err(CryptoError::BadRsaKey { .. } | CryptoError::RsaKeyTooLong { .. }) => {
            return Err(unsupported(None, RSA_KEY_UNUSABLE));
        }
        Err(CryptoError::AlgorithmUnknown { .. }) => {}
        Err(_) => return Err(unreadable()),
    }
    match PublicKey::from_spki_der(spki) {
        Ok((key, _)) => Ok(Key::Ec(key)),
        Err(CryptoError::AlgorithmUnknown { oid }) => Err(unsupported(Some(oid), "key algorithm unknown")),
        Err(CryptoError::CurveUnknown { oid }) => Err(unsupported(oid, "curve unknown")),
        Err(_) => Err(unreadable()),
    }
}

const fn unsupported(algorithm: Option<ObjectIdentifier>, what: &'static str) -> Outcome {
    Outcome::Unsupported { algorithm, what }
}

const WRONG_LENGTH: &str = "the signature's length does not fit the key";
const WRONG_SIGNATURE: &str = "the signature does not fit the key";
const RSA_KEY_UNUSABLE: &str = "RSA key of unusable size";

fn hash_name(hash: Hash) -> &'static str {
    match hash {
        Hash::Sha1 => "SHA-1",
        Hash::Sha224 => "SHA-224",
        Hash::Sha256 => "SHA-256",
        Hash::Sha384 => "SHA-384",
        Hash::Sha512 => "SHA-512",
    }
}

/// The hash of `ecdsa-plain-signatures`; some issuers write the X9.62 name of the same algorithm instead.
fn hash_of(oid: &ObjectIdentifier) -> Option<Hash> {
    let named = || SignatureAlgorithm::ecdsa_from_oid(oid).map(SignatureAlgorithm::hash);
    ecdsa_plain_hash(oid).or_else(named)
}
