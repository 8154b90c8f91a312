//! What happens while a card is read, told as it happens.
//!
//! One [`Event`] is one JSON object (`serde`), so that a command line can print a stream of lines and a counter
//! screen can show the same stream. No event carries a secret or a citizen's data.

use antin_trust::Check;
use serde::Serialize;

/// Something worth telling the person who waits.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "ev", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// A phase began or ended.
    Phase {
        /// Which phase.
        name: Phase,
        /// Whether it began or ended.
        state: PhaseState,
        /// How it is done, where there is a choice, e.g. `pace` or `bac`.
        #[serde(skip_serializing_if = "Option::is_none")]
        method: Option<&'static str>,
    },
    /// Bytes of a file have arrived.
    File {
        /// The file, e.g. `DG2`.
        name: String,
        /// Bytes read so far.
        done: usize,
        /// Bytes the file announces in its own header.
        total: usize,
    },
    /// Something unusual that does not stop the reading.
    Notice {
        /// What it is.
        code: Notice,
    },
    /// A check was decided while the card was present.
    Check {
        /// The row as it will stand in the report.
        check: Box<Check>,
    },
}

/// The parts of a reading, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Phase {
    /// EF.CardAccess is looked for.
    CardAccess,
    /// PACE or BAC.
    Access,
    /// Files are read under secure messaging.
    Read,
    /// The chip proves that it holds its key.
    ChipProof,
}

impl Phase {
    /// The name as it stands in JSON and in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CardAccess => "card-access",
            Self::Access => "access",
            Self::Read => "read",
            Self::ChipProof => "chip-proof",
        }
    }
}

/// Whether a phase begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhaseState {
    /// It begins.
    Begin,
    /// It ended; the report says how.
    Done,
}

/// Things that do not stop the reading but that someone may ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Notice {
    /// PACE was announced and BAC is used all the same, because the policy allows it.
    Downgrade,
    /// The chip refused extended length although it had accepted it before; access was opened again.
    ExtendedLengthRefused,
    /// The session with the chip was lost; it is being opened again.
    SessionLost,
    /// The chip was opened again and is the same one; reading goes on where it stopped.
    Resumed,
    /// What was remembered about this kind of card did not hold; it was found out anew.
    DialectChanged,
}
