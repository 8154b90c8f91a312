//! A chip that does something wrong, as a [`Patch`] says: for tests, torture cards and conformance cases.

mod omit;
mod public;
mod step;
mod tamper;

use core::fmt;
use core::time::Duration;

use antin_profile::patch::{Applied, ContentChange, KeyFault, KeyName, Patch, Step};
use antin_protocol::personalization::iso7816_9::KeyObject;
use antin_wire::apdu::{Command, Response};

pub(crate) use tamper::Tamper;

use crate::chip::Chip;
use crate::state::{CardState, renew};

/// The delay of an answer that never comes.
pub const HANG: Duration = Duration::from_secs(3_600);

/// A [`Chip`] with a [`Patch`]: the same surface, other answers.
///
/// A card that has left the field answers nothing, not even a status word, until [`Faulty::reset`]. One that hangs
/// answers with a delay of [`HANG`].
pub struct Faulty {
    chip: Chip,
    other: Option<CardState>,
    changed: bool,
    listening: bool,
}

/// A command as the chip understood it, secure messaging and chaining taken off.
#[derive(Clone, Debug)]
pub struct Heard {
    /// What it is.
    pub step: Step,
    /// The command.
    pub command: Command,
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faulty")
            .field("chip", &self.chip)
            .finish_non_exhaustive()
    }
}

impl Faulty {
    /// Makes a chip do what a patch says. An empty patch changes nothing.
    #[must_use]
    pub fn new(chip: Chip, patch: &Patch) -> Self {
        let mut faulty = Self {
            chip,
            other: None,
            changed: false,
            listening: false,
        };
        faulty.arm(patch);
        faulty
    }

    /// A chip that does everything right until it is told otherwise.
    #[must_use]
    pub fn honest(chip: Chip) -> Self {
        Self {
            chip,
            other: None,
            changed: false,
            listening: false,
        }
    }

    /// Names the card that a patch swaps in; without it, it is one of the same product with nothing on it.
    #[must_use]
    pub fn with_other(mut self, other: CardState) -> Self {
        self.other = Some(other);
        self
    }

    /// Puts another patch in the place of the one so far. Commands are counted anew; what an earlier patch changed in
    /// files and keys stays changed.
    pub fn arm(&mut self, patch: &Patch) {
        self.change_content(patch);
        let other = self.other.clone();
        let earlier = self.heard().to_vec();
        let at_work = self.listening || !patch.faults.is_empty() || !patch.omissions.is_empty();
        self.chip.tamper = at_work.then(|| Box::new(Tamper::new(patch, other, earlier)));
    }

    /// Keeps what the chip understands from now on, up to 4,096 commands.
    pub fn listen(&mut self) {
        self.listening = true;
        if self.chip.tamper.is_none() {
            let nothing = Tamper::new(&Patch::default(), None, Vec::new());
            self.chip.tamper = Some(Box::new(nothing));
        }
    }

    /// What the chip has understood since it listens, or since it was given a patch.
    #[must_use]
    pub fn heard(&self) -> &[Heard] {
        self.chip.tamper.as_ref().map_or(&[], |tamper| tamper.heard())
    }

    fn change_content(&mut self, patch: &Patch) {
        self.changed |= patch.changes_content();
        for file in &patch.files {
            match &file.change {
                ContentChange::Remove => {
                    self.chip.state.dangerous_remove_file(file.file);
                }
                ContentChange::Edit(edit) => {
                    let mut bytes = self.chip.state.file(file.file).unwrap_or_default().to_vec();
                    if edit.apply(&mut bytes) == Applied::Done {
                        self.chip.state.dangerous_set_file(file.file, bytes);
                    }
                }
            }
        }
        for change in &patch.keys {
            if change.of == KeyName::ChipIdentifier {
                self.chip.wrong_identifier = Some(change.is);
            }
            let Chip { state, rng, .. } = &mut self.chip;
            let keys = state.dangerous_keys();
            match change.is {
                KeyFault::Missing => keys.retain(|key| !is(key, change.of)),
                KeyFault::Other => keys
                    .iter_mut()
                    .filter(|key| is(key, change.of))
                    .for_each(|key| renew(key, &mut **rng)),
            }
        }
    }

    /// Answers a command; nothing at all means that the card has left the field.
    pub fn process(&mut self, command: &[u8]) -> Vec<u8> {
        if let Some(tamper) = &mut self.chip.tamper
            && let Some(nothing) = tamper.begin()
        {
            return nothing;
        }
        let answer = match self.wrapped(command) {
            Ok(command) => self.chip.process(&command),
            Err(answer) => answer.to_bytes(),
        };
        match &mut self.chip.tamper {
            Some(tamper) => tamper.finish(answer),
            None => answer,
        }
    }

    /// The command as the chip gets to see it, or the answer of one that does not look how it came.
    fn wrapped(&mut self, command: &[u8]) -> Result<Vec<u8>, Response> {
        let Some(tamper) = self.chip.tamper.take() else {
            return Ok(command.to_vec());
        };
        let wrapped = tamper.wrapped(&mut self.chip, command);
        self.chip.tamper = Some(tamper);
        wrapped
    }

    /// Returns how long the host should wait before it sends the answer to the last command, once.
    pub fn take_delay(&mut self) -> Duration {
        let faulty = self
            .chip
            .tamper
            .as_mut()
            .map_or(Duration::ZERO, |it| it.take_delay());
        self.chip.take_delay().saturating_add(faulty)
    }

    /// Power off and on. The faults count on.
    pub fn reset(&mut self) {
        self.chip.reset();
        if let Some(tamper) = &mut self.chip.tamper {
            tamper.reset();
        }
    }

    /// Says whether the state differs from what the host has written away, and takes it that the host writes it away
    /// now. A card whose content a patch has changed is not to be kept, so it never says so.
    pub fn take_dirty(&mut self) -> bool {
        self.chip.take_dirty() && !self.changed
    }

    /// Says whether the state differs from what the host has written away.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        self.chip.is_dirty() && !self.changed
    }

    /// Returns the answer to reset of the contact interface.
    #[must_use]
    pub fn atr(&self) -> &[u8] {
        self.chip.atr()
    }

    /// Returns what the card keeps without power.
    #[must_use]
    pub fn state(&self) -> &CardState {
        self.chip.state()
    }

    /// Takes the card apart and returns what it keeps without power.
    #[must_use]
    pub fn into_state(self) -> CardState {
        self.chip.into_state()
    }
}

fn is(key: &KeyObject, name: KeyName) -> bool {
    match name {
        KeyName::ChipAuthentication => matches!(key, KeyObject::ChipAuthentication { .. }),
        KeyName::ActiveAuthentication => matches!(key, KeyObject::ActiveAuthentication { .. }),
        // It is none of the stored keys.
        KeyName::ChipIdentifier => false,
    }
}
