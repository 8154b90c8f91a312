//! What can go wrong between a terminal and a chip, split by who is at fault.

use antin_wire::{Malformed, apdu::StatusWord};

/// A conversation that did not come to its end.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The chip answered a status word that says no (a wrong password, for one, is `6300` in the last step of PACE).
    #[error("{step}: the chip refused with {sw}")]
    Refused {
        /// The step, named as the standard names it.
        step: &'static str,
        /// What the chip answered.
        sw: StatusWord,
    },
    /// The chip broke the protocol: a wrong MAC or token, a missing object, data in plain inside a session.
    #[error("{step}: the chip broke the protocol: {what}")]
    Breach {
        /// The step, named as the standard names it.
        step: &'static str,
        /// What was wrong.
        what: &'static str,
    },
    /// The chip answered something that cannot be read.
    #[error("malformed answer: {0}")]
    Malformed(Malformed),
    /// A cryptographic operation refused its input.
    #[error("cryptography: {0}")]
    Crypto(antin_crypto::Error),
    /// This toolkit does not do what the chip asks for.
    #[error("not supported: {what}")]
    Unsupported {
        /// What is missing.
        what: &'static str,
    },
    /// The secure channel ended earlier and carries nothing any more.
    #[error("the secure channel is closed")]
    Closed,
    /// The caller's own input cannot be used (a CAN that is not six digits, for one).
    #[error("unusable input: {what}")]
    Misuse {
        /// What is wrong with it.
        what: &'static str,
    },
}

impl From<Malformed> for Error {
    fn from(e: Malformed) -> Self {
        Self::Malformed(e)
    }
}

impl From<antin_crypto::Error> for Error {
    fn from(e: antin_crypto::Error) -> Self {
        Self::Crypto(e)
    }
}
