//! A software card that answers in memory, and keeps its state in a file where it has one.

use std::time::Duration;

use antin_chip::faulty::HANG;
use antin_chip::{CardState, Chip, Faulty};
use antin_profile::Profile;
use antin_profile::patch::Patch;
use antin_protocol::scp03::KeySet;
use antin_wire::{LinkError, Transport};
use rand_core::Rng as _;

use crate::error::Error;
use crate::store::CardFile;
use crate::world::SystemRng;

/// The chip as a [`Transport`]: what a reader with this card on it would be.
///
/// A change of the card is in its file before the answer leaves, as in a real chip's memory. Wrong passwords slow the
/// answers down, as the profile says.
pub struct SoftCard {
    chip: Faulty,
    file: Option<CardFile>,
    patience: Patience,
}

/// Whether the chip's waiting times are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// As a real chip: the default.
    Wait,
    /// Answers come at once; for tests.
    Skip,
}

impl std::fmt::Debug for SoftCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SoftCard")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

impl SoftCard {
    /// A blank card in memory, with a random serial number, to be written through SCP03 under these keys.
    pub fn blank(profile: &Profile, keys: KeySet) -> Self {
        Self::from_chip(Chip::blank(profile, serial(), keys, Box::new(SystemRng)))
    }

    /// A blank card in memory that everybody can write, with a random serial number: for development and tests, and
    /// where the profile is that of a foreign blank without a secure channel.
    pub fn development_blank(profile: &Profile) -> Self {
        Self::from_chip(Chip::development_blank(profile, serial(), Box::new(SystemRng)))
    }

    /// A card in memory with a given state.
    pub fn from_state(state: CardState) -> Self {
        Self::from_chip(Chip::from_state(state, Box::new(SystemRng)))
    }

    /// A chip that the caller made, in memory.
    pub fn from_chip(chip: Chip) -> Self {
        Self {
            chip: Faulty::honest(chip),
            file: None,
            patience: Patience::Wait,
        }
    }

    /// The card of a `.chip` file, held by this process until the value is dropped.
    ///
    /// # Errors
    ///
    /// See [`CardFile::open`].
    pub fn open(path: &std::path::Path) -> Result<Self, Error> {
        let (file, state) = CardFile::open(path)?;
        let mut card = Self::from_state(state);
        card.file = Some(file);
        Ok(card)
    }

    /// Keeps the card in a new `.chip` file from now on.
    ///
    /// # Errors
    ///
    /// See [`CardFile::create`].
    pub fn kept_in(mut self, path: &std::path::Path) -> Result<Self, Error> {
        self.file = Some(CardFile::create(path, self.state())?);
        Ok(self)
    }

    /// Says whether the chip's waiting times are waited for.
    #[must_use]
    pub fn patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Lets the chip do wrong what a patch says, from the next command on. What the patch changes in files and keys is
    /// never written to the card's file.
    pub fn misbehave(&mut self, patch: &Patch) {
        self.chip.arm(patch);
    }

    /// The chip with what it was told to do wrong.
    pub fn faulty_mut(&mut self) -> &mut Faulty {
        &mut self.chip
    }

    /// What the card keeps without power.
    pub fn state(&self) -> &CardState {
        self.chip.state()
    }

    /// The answer to reset, by which a reader knows the kind of card.
    pub fn atr(&self) -> &[u8] {
        self.chip.atr()
    }

    /// Takes the card off the reader and lays it down again.
    pub fn reset(&mut self) {
        self.chip.reset();
    }

    /// Takes the state out; the file, if there is one, is let go.
    pub fn into_state(self) -> CardState {
        self.chip.into_state()
    }

    /// Keeps the state if it changed.
    ///
    /// # Errors
    ///
    /// [`Error::Io`]: the card must not answer then, because its answer would promise what was not kept.
    pub fn persist(&mut self) -> Result<(), Error> {
        if self.chip.take_dirty()
            && let Some(file) = &self.file
        {
            return file.save(self.chip.state());
        }
        Ok(())
    }

    /// Answers a command, with the time to wait before the answer is sent.
    ///
    /// # Errors
    ///
    /// As [`SoftCard::persist`].
    pub fn answer(&mut self, command: &[u8]) -> Result<(Vec<u8>, Duration), Error> {
        let answer = self.chip.process(command);
        self.persist()?;
        Ok((answer, self.chip.take_delay()))
    }
}

/// A random serial number.
fn serial() -> [u8; 8] {
    let mut serial = [0; 8];
    SystemRng.fill_bytes(&mut serial);
    serial
}

impl Transport for SoftCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, LinkError> {
        // A card that cannot keep its state has died; the reader sees it go.
        let (answer, delay) = self.answer(command).map_err(|_| LinkError::CardLost)?;
        if delay >= HANG {
            return Err(LinkError::TimedOut { after: NO_ANSWER });
        }
        if self.patience == Patience::Wait && !delay.is_zero() {
            std::thread::sleep(delay);
        }
        if answer.len() < STATUS_LEN {
            return Err(LinkError::CardLost);
        }
        Ok(answer)
    }

    fn reconnect(&mut self) -> Result<(), LinkError> {
        self.reset();
        Ok(())
    }
}

/// How long a reader would have waited for a chip that does not answer.
const NO_ANSWER: Duration = Duration::from_secs(30);
/// Less is no answer.
const STATUS_LEN: usize = 2;
