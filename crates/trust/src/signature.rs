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

/// Judges the signature over `message` under a certificate's key.
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
