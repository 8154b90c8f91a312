//! What a run tells: events on its way, and why it broke off.

use antin_wire::LinkError;
use antin_wire::apdu::StatusWord;
use serde::Serialize;

use crate::journal::JournalError;

/// What happens during a run, for people and logs; no personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "ev", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// The chip told who it is.
    Identified {
        /// Serial number, hex.
        serial: String,
        /// Whether the chip takes everything from everybody: for development only.
        development_blank: bool,
    },
    /// The run goes on where an earlier one was interrupted.
    Resumed {
        /// Step at which it goes on, from 0.
        step: usize,
    },
    /// The journal tells of another plan for this chip: everything is written anew.
    Restarted,
    /// A step was done.
    Step {
        /// Number of the step, from 0.
        step: usize,
        /// How many steps the plan has.
        of: usize,
        /// The step in words, without secrets.
        what: String,
    },
    /// The chip refuses to be read before activation: its files must be read from the finished card.
    ReadBackNotOffered,
    /// The card is finished.
    Finished,
}

/// What a card is after a run that broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardCondition {
    /// Nothing was written.
    Blank,
    /// Something may have been written; the card is not operational.
    HalfWritten,
    /// The card is operational.
    Finished,
    /// ACTIVATE was sent and its answer lost, or the card cannot be the one that was written.
    Unknown,
}

/// What to do with a card after a run that broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Advice {
    /// Run the same command again with the same card and journal.
    RunAgain,
    /// Put the card of this journal back, then run again.
    UseTheCardOfTheJournal,
    /// Take a blank of the right kind.
    UseAnotherBlank,
    /// Destroy the card and begin with a new blank and a new journal.
    Destroy,
    /// Use another journal file, or repair this one.
    CheckTheJournal,
    /// Find the right keys before another try: a chip counts wrong ones and may take none any more.
    CheckTheKeys,
}

/// Why a run broke off, what the card is now, what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{cause}")]
pub struct RunError {
    /// Why.
    pub cause: Cause,
    /// What the card is now.
    pub state: CardCondition,
    /// What to do.
    pub advice: Advice,
}

/// Why a run broke off.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// The link to the card broke.
    #[error("{step}: {error}")]
    Link {
        /// The step in words.
        step: String,
        /// What the link said.
        error: LinkError,
    },
    /// The chip refused a step.
    #[error("{step}: refused with {sw}")]
    Refused {
        /// The step in words.
        step: String,
        /// The status word.
        sw: StatusWord,
    },
    /// The chip answered with something that cannot be read.
    #[error("{step}: the answer of the chip cannot be read")]
    BadAnswer {
        /// The step in words.
        step: String,
    },
    /// What was read back is not what was written.
    #[error("{file} reads back different from byte {at} on")]
    ReadBackDiffers {
        /// The file.
        file: String,
        /// First byte that differs.
        at: usize,
    },
    /// The card is operational already and the journal does not say that this run made it so.
    #[error("the card is operational already")]
    AlreadyOperational,
    /// The journal belongs to another chip.
    #[error("the journal belongs to chip {expected}, this is chip {found}")]
    OtherCard {
        /// Serial number in the journal, hex.
        expected: String,
        /// Serial number of the chip, hex.
        found: String,
    },
    /// The card changed during the run.
    #[error("the card was exchanged during the run: chip {expected} became chip {found}")]
    Exchanged {
        /// Serial number at the beginning, hex.
        expected: String,
        /// Serial number now, hex.
        found: String,
    },
    /// The chip holds a file of an earlier run and does not let go of it.
    #[error("{step}: another file is there and cannot be removed")]
    NotBlank {
        /// The step that found the file.
        step: String,
    },
    /// The chip takes nothing without a secure channel.
    #[error("the chip asks for a secure channel, and no keys for it were given")]
    NeedsSecureChannel,
    /// Keys for a secure channel were given, and the chip says that it has none.
    #[error("keys for a secure channel were given, but this blank offers none: nothing was written")]
    OffersNoSecureChannel,
    /// The secure channel was not opened: the keys are wrong, or blocked. It is not tried again.
    #[error("the secure channel was not opened: {0}")]
    ChannelRefused(antin_protocol::Error),
    /// The secure channel broke in the middle: the card was exchanged or changed state, or the link was tampered with.
    #[error("{step}: the secure channel broke")]
    ChannelLost {
        /// The step in words.
        step: String,
    },
    /// The journal tells of a card of another profile.
    #[error("the journal tells of a card of another profile")]
    OtherProfile,
    /// The journal says that the chip was activated, and the chip says that it was not.
    #[error("the chip is not operational, although the journal says so")]
    NotActivated,
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
}
