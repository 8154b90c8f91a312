//! One signature under one key: good, bad, or not decidable here.

use antin_crypto::{ObjectIdentifier, SignatureAlgorithm, Verifier, VerifyingKey};

use crate::checks::Reason;

/// What became of a signature.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It fits.
    Good(Strength),
    /// It does not fit, or the key is none.
    Bad {
        reason: Reason,
        error: antin_crypto::Error,
    },
    /// The algorithm or the curve is not implemented, or refused.
    Undecidable {
        reason: Reason,
        error: antin_crypto::Error,
        evidence: String,
    },
}

/// What a good signature was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Strength {
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) key: VerifyingKey,
}

/// RSA keys of signers below this many bits are none: whoever wants can compute their private half.
const MIN_RSA_BITS: u32 = 1024;

/// Judges the signature over `message` under a certificate's key. What is short but still costs something to break is
/// good here, and for the policy to judge.
pub(crate) fn judge(
    algorithm: Result<SignatureAlgorithm, antin_crypto::Error>,
    key: &Result<VerifyingKey, antin_crypto::Error>,
    message: &[u8],
    signature: &[u8],
    verifier: &dyn Verifier,
) -> Outcome {
    let (algorithm, key) = match (algorithm, key) {
        (Err(error), _) => return bad_algorithm(error),
        (Ok(_), Err(error)) => return bad_key(error.clone()),
        (Ok(algorithm), Ok(key)) => (algorithm, key),
    };
    if key.as_rsa().is_some_and(|key| key.bits() < MIN_RSA_BITS) {
        return bad_key(antin_crypto::Error::BadRsaKey {
            what: "length of the modulus",
        });
    }
    let (reason, error) = match verifier.verify(algorithm, key, message, signature) {
        Ok(()) => {
            return Outcome::Good(Strength {
                algorithm,
                key: key.clone(),
            });
        }
        Err(error @ antin_crypto::Error::AlgorithmMisfit) => (Reason::AlgorithmMismatch, error),
        Err(error) => (Reason::SignatureWrong, error),
    };
    Outcome::Bad { reason, error }
}

fn bad_algorithm(error: antin_crypto::Error) -> Outcome {
    match &error {
        antin_crypto::Error::AlgorithmUnknown { oid } => Outcome::Undecidable {
            reason: unknown_reason(oid),
            evidence: described(oid),
            error,
        },
        _ => Outcome::Bad {
            reason: Reason::Malformed,
            error,
        },
    }
}

fn bad_key(error: antin_crypto::Error) -> Outcome {
    match &error {
        antin_crypto::Error::CurveUnknown { oid } => Outcome::Undecidable {
            reason: Reason::CurveUnknown,
            evidence: oid
                .as_ref()
                .map_or_else(|| "explicit parameters of no known curve".to_owned(), described),
            error,
        },
        antin_crypto::Error::AlgorithmUnknown { oid } => Outcome::Undecidable {
            reason: unknown_reason(oid),
            evidence: described(oid),
            error,
        },
        antin_crypto::Error::RsaKeyTooLong { .. } => Outcome::Undecidable {
            reason: Reason::AlgorithmUnsupported,
            evidence: error.to_string(),
            error,
        },
        _ => Outcome::Bad {
            reason: Reason::BadPublicKey,
            error,
        },
    }
}

/// An algorithm that proves nothing is refused for ever; any other is merely not implemented.
pub(crate) fn unknown_reason(oid: &ObjectIdentifier) -> Reason {
    if REFUSED.contains(oid) {
        Reason::AlgorithmRefused
    } else {
        Reason::AlgorithmUnsupported
    }
}

/// An OID with its name where the table has one.
pub(crate) fn described(oid: &ObjectIdentifier) -> String {
    antin_wire::oids::name(oid).map_or_else(|| oid.to_string(), |name| format!("{oid} ({name})"))
}

/// MD2, MD4 and MD5, alone and with RSA (RFC 8017 §A.2.4, RFC 1321).
const REFUSED: [ObjectIdentifier; 6] = [
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.2"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.3"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.4"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.2.2"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.2.4"),
    ObjectIdentifier::new_unwrap("1.2.840.113549.2.5"),
];
