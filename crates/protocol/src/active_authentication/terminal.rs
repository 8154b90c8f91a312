//! The terminal's side of Active Authentication.

use antin_crypto::{Error as CryptoError, Hash, PublicKey, SignatureAlgorithm, Verifier, ecdsa_plain_to_der};
use antin_wire::{
    apdu::{Command, Response},
    oids::{self, ObjectIdentifier},
};

use super::{CHALLENGE_LEN, HEADER};
use crate::Error;

/// Asks the chip to sign a challenge, which must be fresh.
#[must_use]
pub fn command(challenge: [u8; CHALLENGE_LEN]) -> Command {
    crate::with_header(HEADER)
        .with_data(challenge.to_vec())
        .with_le(256)
}

/// What the chip's answer proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The chip holds the private key of DG15.
    Genuine {
        /// The algorithm that was used.
        algorithm: SignatureAlgorithm,
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
/// ActiveAuthenticationInfo in DG14 names, where there is one.
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
    let (key, algorithm) = match understand(spki, algorithm) {
        Ok(both) => both,
        Err(outcome) => return Ok(outcome),
    };
    if signature.len() != 2 * key.curve().order_len() {
        return Ok(Outcome::Failed {
            what: "the signature's length does not fit the curve",
        });
    }
    let genuine = ecdsa_plain_to_der(signature, key.curve())
        .and_then(|der| verifier.verify(algorithm, &key, &challenge, &der));
    Ok(match genuine {
        Ok(()) => Outcome::Genuine { algorithm },
        Err(CryptoError::AlgorithmUnknown { oid }) => Outcome::Unsupported {
            algorithm: Some(oid),
            what: "signature algorithm unknown",
        },
        Err(_) => Outcome::Failed {
            what: "the signature does not fit the key",
        },
    })
}

/// Key and algorithm, or why they cannot be used.
fn understand(
    spki: &[u8],
    algorithm: Option<&ObjectIdentifier>,
) -> Result<(PublicKey, SignatureAlgorithm), Outcome> {
    let unsupported = |algorithm, what| Outcome::Unsupported { algorithm, what };
    let (key, _) = PublicKey::from_spki_der(spki).map_err(|e| match e {
        CryptoError::AlgorithmUnknown { oid } => unsupported(Some(oid), "key algorithm unknown"),
        CryptoError::CurveUnknown { oid } => unsupported(oid, "curve unknown"),
        _ => Outcome::Failed {
            what: "the public key cannot be read",
        },
    })?;
    let oid = algorithm.ok_or(unsupported(None, "DG14 does not name the hash"))?;
    let hash = hash_of(oid).ok_or(unsupported(Some(*oid), "signature algorithm unknown"))?;
    Ok((key, SignatureAlgorithm::ecdsa(hash)))
}

/// The hash of `ecdsa-plain-signatures`; some issuers write the X9.62 name of the same algorithm instead.
fn hash_of(oid: &ObjectIdentifier) -> Option<Hash> {
    match *oid {
        oids::ECDSA_PLAIN_SHA1 => Some(Hash::Sha1),
        oids::ECDSA_PLAIN_SHA224 => Some(Hash::Sha224),
        oids::ECDSA_PLAIN_SHA256 => Some(Hash::Sha256),
        oids::ECDSA_PLAIN_SHA384 => Some(Hash::Sha384),
        oids::ECDSA_PLAIN_SHA512 => Some(Hash::Sha512),
        _ => SignatureAlgorithm::from_oid(oid).map(SignatureAlgorithm::hash),
    }
}
