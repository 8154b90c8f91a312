//! Why the conversation with a card broke off.
//!
//! Facts about the document are never errors: a forged signature, a copied chip, a chip that breaks the protocol
//! are rows of the report. An [`Error`] means that there is nothing (more) to report on.

use std::time::Duration;

use antin_trust::{PasswordKind, Reason};
use antin_wire::LinkError;
use antin_wire::apdu::StatusWord;
use thiserror::Error;

use crate::event::Phase;
use crate::key::words;

/// Why a card could not be opened or read.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The chip refused the password. It must not be tried again, neither here nor by another way.
    #[error("the chip refused the {}: {sw}", words(*password))]
    AccessRefused {
        /// What was offered to the chip.
        password: PasswordKind,
        /// What the chip answered.
        sw: StatusWord,
        /// Tries left, when the chip says so.
        tries_left: Option<u8>,
    },
    /// The chip would not look at the password now. Nothing of it was sent.
    #[error("the {} is {}: {sw}", words(*password), state.as_str())]
    PasswordUnusable {
        /// What was to be offered to the chip.
        password: PasswordKind,
        /// Why it is of no use.
        state: PasswordState,
        /// What the chip answered.
        sw: StatusWord,
    },
    /// The chip knows no way to use this kind of password.
    #[error("a {} cannot open this chip, it offers {offered}", words(*given))]
    KeyNotUsable {
        /// What was given.
        given: PasswordKind,
        /// What the chip offers, e.g. `BAC`.
        offered: &'static str,
    },
    /// The chip announces only access protocols that this library does not know.
    #[error("access protocol unsupported: {what}")]
    Unsupported {
        /// What is not supported.
        what: String,
        /// The same as the report says it: `algorithm-unsupported`, `curve-unknown` for domain parameters that no standard
        /// names, `malformed` for an EF.CardAccess that cannot be understood.
        reason: Reason,
    },
    /// The chip broke the protocol: a wrong MAC or token, a malformed answer, plain data inside a session.
    #[error("the chip broke the protocol in {step}: {what}")]
    Breach {
        /// The step of the protocol.
        step: &'static str,
        /// What was wrong.
        what: String,
    },
    /// The chip answered a step of the access protocol with an error of its own.
    #[error("the chip refused {step}: {sw}")]
    Status {
        /// The step of the protocol.
        step: &'static str,
        /// What the chip answered.
        sw: StatusWord,
    },
    /// The chip has no application for travel documents.
    #[error("not a travel document: the application was refused with {sw}")]
    NotIcao {
        /// What the chip answered to SELECT.
        sw: StatusWord,
    },
    /// The card left the field or was pulled.
    #[error("card lost during {}", phase.as_str())]
    CardLost {
        /// What was going on.
        phase: Phase,
    },
    /// The card did not answer in time.
    #[error("no answer during {} after {} ms", phase.as_str(), after.as_millis())]
    Timeout {
        /// What was going on.
        phase: Phase,
        /// How long it was waited for.
        after: Duration,
    },
    /// The link failed in another way.
    #[error("link failed during {}: {cause}", phase.as_str())]
    Link {
        /// What was going on.
        phase: Phase,
        /// What the transport says.
        cause: LinkError,
    },
    /// After the session was lost, another chip answered than the one that was being read.
    #[error("another chip than before: {what}")]
    AnotherChip {
        /// What differs.
        what: String,
    },
    /// The chip answers and answers without coming to an end.
    #[error("no progress during {}: stopped after {apdus} APDUs", phase.as_str())]
    NoProgress {
        /// What was going on.
        phase: Phase,
        /// APDUs spent so far.
        apdus: u32,
    },
    /// The password itself is malformed; nothing was sent to a card.
    #[error(transparent)]
    Key(#[from] crate::key::KeyProblem),
    /// A fault of this library: a command could not be encoded.
    #[error("command could not be built: {what}")]
    Bug {
        /// What went wrong.
        what: String,
    },
}

/// Why a chip does not look at a password (TR-03110-3 §B.14.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordState {
    /// One try is left; it is allowed only after the CAN.
    Suspended,
    /// No try is left; the PUK unblocks it, see [`AccessKey::unblocked_by_puk`](crate::key::AccessKey::unblocked_by_puk).
    Blocked,
    /// It was switched off.
    Deactivated,
}

impl PasswordState {
    /// The state in words, for messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suspended => "suspended (one try left, after the CAN)",
            Self::Blocked => "blocked",
            Self::Deactivated => "deactivated",
        }
    }

    /// What the answer to MSE:Set AT says.
    pub(crate) fn of(sw: StatusWord) -> Option<Self> {
        match sw {
            StatusWord(0x63C1) => Some(Self::Suspended),
            StatusWord(0x63C0) | StatusWord::BLOCKED => Some(Self::Blocked),
            StatusWord::FILE_DEACTIVATED => Some(Self::Deactivated),
            _ => None,
        }
    }
}

impl Error {
    /// Turns a failure of the transport into an error with its phase.
    pub(crate) fn link(phase: Phase, cause: LinkError) -> Self {
        match cause {
            LinkError::CardLost => Self::CardLost { phase },
            LinkError::TimedOut { after } => Self::Timeout { phase, after },
            cause => Self::Link { phase, cause },
        }
    }

    /// Says whether the card went away, so that trying again may help.
    pub fn is_link_lost(&self) -> bool {
        matches!(
            self,
            Self::CardLost { .. } | Self::Timeout { .. } | Self::Link { .. }
        )
    }
}

impl From<antin_protocol::Error> for Error {
    fn from(error: antin_protocol::Error) -> Self {
        Self::from_protocol(error)
    }
}

impl Error {
    /// Sorts what a protocol step says: the chip's refusals apart from its breaches and from our own faults.
    pub(crate) fn from_protocol(error: antin_protocol::Error) -> Self {
        use antin_protocol::Error as Protocol;
        match error {
            Protocol::Refused { step, sw } => Self::Status { step, sw },
            Protocol::Breach { step, what } => Self::Breach {
                step,
                what: what.to_owned(),
            },
            Protocol::Malformed(malformed) => Self::Breach {
                step: "answer",
                what: malformed.to_string(),
            },
            // The only inputs of these steps that we did not make ourselves are the chip's points and cryptograms.
            Protocol::Crypto(problem) => Self::Breach {
                step: "cryptography",
                what: problem.to_string(),
            },
            Protocol::Unsupported { what } => Self::Unsupported {
                what: what.to_owned(),
                reason: Reason::AlgorithmUnsupported,
            },
            other => Self::Bug {
                what: other.to_string(),
            },
        }
    }
}
