//! Whether a key, and a signature by it, can prove anything.

use antin_crypto::Error as Crypto;
use antin_trust::{Certificate, Error};

/// Whether a key can prove anything.
pub(super) enum KeyState {
    /// It can.
    Good,
    /// It is not supported: its documents stay undetermined.
    Unsupported(String),
    /// It can be broken or is none: nothing signed with it proves anything.
    Unusable(String),
}

pub(super) fn key_state(certificate: &Certificate) -> KeyState {
    match certificate.public_key() {
        Ok(_) => KeyState::Good,
        Err(error @ (Crypto::CurveUnknown { .. } | Crypto::AlgorithmUnknown { .. })) => {
            KeyState::Unsupported(error.to_string())
        }
        Err(error) => KeyState::Unusable(error.to_string()),
    }
}

/// A signature that holds, or of an algorithm or curve that is not known here; anything else is damaged or forged.
pub(super) fn proven_or_unsupported(signed: &Result<(), Error>) -> bool {
    matches!(
        signed,
        Ok(())
            | Err(Error::Crypto(
                Crypto::CurveUnknown { .. } | Crypto::AlgorithmUnknown { .. }
            ))
    )
}
