//! The journal of one card: what was about to be done when the power went.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::PlannedFile;
use crate::receipt::ReadBack;

/// The schema name of a journal line.
pub const SCHEMA: &str = "antin.journal/1";

/// Where a run notes what it is about to do; one journal belongs to one card.
pub trait Journal {
    /// Everything noted so far, oldest first.
    ///
    /// # Errors
    /// [`JournalError`] when the journal cannot be read or holds something else.
    fn entries(&self) -> Result<Vec<Entry>, JournalError>;

    /// Notes one entry behind the others.
    ///
    /// # Errors
    /// [`JournalError::NotWritten`] when it could not be noted; the run then stops before it acts.
    fn append(&mut self, entry: &Entry) -> Result<(), JournalError>;

    /// Returns when everything noted so far would survive a power cut. Called before each command that cannot simply be
    /// sent again: the first of a card, each secret, activation.
    ///
    /// # Errors
    /// [`JournalError::NotWritten`] when that cannot be promised; the run then stops before it acts.
    fn sync(&mut self) -> Result<(), JournalError>;
}

/// Why a journal cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// A line is not a journal entry.
    #[error("line {line} of the journal is not an entry of {SCHEMA}")]
    NotAnEntry {
        /// The line, from 1.
        line: usize,
    },
    /// The journal cannot have come about like this.
    #[error("line {line} of the journal: {what}")]
    Contradiction {
        /// The line, from 1.
        line: usize,
        /// What contradicts.
        what: &'static str,
    },
    /// More than any run writes.
    #[error("the journal is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The journal could not be read.
    #[error("the journal cannot be read: {why}")]
    NotRead {
        /// Why, in the words of the system.
        why: String,
    },
    /// The entry could not be made durable.
    #[error("the journal cannot be written: {why}")]
    NotWritten {
        /// Why, in the words of the system.
        why: String,
    },
}

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// `antin.journal/1`.
    pub schema: String,
    /// Serial number of the chip, hex.
    pub serial: String,
    /// SHA-256 of the plan, hex.
    pub plan: String,
    /// What happened.
    pub event: EntryEvent,
}

/// What an entry notes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum EntryEvent {
    /// A run with this plan begins at its first step.
    Begin {
        /// Profile of the card.
        profile: String,
        /// The files that the plan writes.
        files: Vec<PlannedFile>,
    },
    /// A step that writes is about to be done.
    Step {
        /// Number of the step in the plan, from 0.
        step: usize,
        /// The file it writes, where it writes one.
        file: Option<String>,
        /// Where in the file.
        offset: Option<usize>,
    },
    /// The chip is about to be activated.
    Activating {
        /// Whether the files were read back before.
        read_back: ReadBack,
    },
    /// The chip confirmed its activation.
    Activated,
}

/// A journal in memory, for cards that are made and gone within one process.
#[derive(Clone, Debug, Default)]
pub struct MemoryJournal {
    entries: Vec<Entry>,
}

impl MemoryJournal {
    /// An empty journal.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Journal for MemoryJournal {
    fn entries(&self) -> Result<Vec<Entry>, JournalError> {
        Ok(self.entries.clone())
    }

    fn append(&mut self, entry: &Entry) -> Result<(), JournalError> {
        self.entries.push(entry.clone());
        Ok(())
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        Ok(())
    }
}

/// The lines of a journal file, and how much of the file they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Length in bytes of the whole lines. What follows was torn while it was written: cut the file here before
    /// anything is appended.
    pub whole_len: usize,
}

impl Lines {
    /// Reads the text of a journal file; a last line without its end of line is left out.
    ///
    /// # Errors
    /// [`JournalError`] for anything but journal lines.
    pub fn parse(text: &[u8]) -> Result<Self, JournalError> {
        if text.len() > MAX_JOURNAL_BYTES {
            return Err(JournalError::TooLarge {
                limit: MAX_JOURNAL_BYTES,
            });
        }
        let whole_len = text
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let whole = text.get(..whole_len).unwrap_or_default();
        let lines = whole.split_inclusive(|byte| *byte == b'\n').zip(1..);
        let entries = lines
            .map(|(line, number)| Entry::parse(line, number))
            .collect::<Result<_, _>>()?;
        Ok(Self { entries, whole_len })
    }
}

impl Entry {
    /// The entry as one line of a journal file, end of line included.
    #[must_use]
    pub fn to_line(&self) -> String {
        serde_json::to_string(self).expect("an entry of texts and numbers has a JSON form") + "\n"
    }

    /// Reads one line.
    fn parse(line: &[u8], number: usize) -> Result<Self, JournalError> {
        let wrong = JournalError::NotAnEntry { line: number };
        let entry: Self = serde_json::from_slice(line).map_err(|_| wrong.clone())?;
        if entry.schema == SCHEMA {
            Ok(entry)
        } else {
            Err(wrong)
        }
    }
}

/// What a journal tells about its card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History {
    /// Serial number of the chip.
    pub(crate) serial: Option<String>,
    /// The plan that was begun last.
    pub(crate) begun: Option<Begun>,
    /// How far it came.
    pub(crate) progress: Progress,
}

/// A plan that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    pub(crate) plan: String,
    pub(crate) profile: String,
    pub(crate) files: Vec<PlannedFile>,
}

/// How far a plan came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Progress {
    /// No step that writes.
    #[default]
    Nothing,
    /// This step was about to be done.
    Step(usize),
    /// The chip was about to be activated.
    Activating(ReadBack),
    /// The chip was activated.
    Activated(ReadBack),
}

impl History {
    /// Follows the entries; a journal that no run can have written is refused.
    pub(crate) fn follow(entries: &[Entry]) -> Result<Self, JournalError> {
        let mut history = Self::default();
        for (entry, line) in entries.iter().zip(1..) {
            history
                .take(entry)
                .map_err(|what| JournalError::Contradiction { line, what })?;
        }
        Ok(history)
    }

    fn take(&mut self, entry: &Entry) -> Result<(), &'static str> {
        if self.serial.as_ref().is_some_and(|serial| *serial != entry.serial) {
            return Err("tells of a second chip");
        }
        if let Progress::Activated(_) = self.progress {
            return Err("goes on after the chip was activated");
        }
        self.serial = Some(entry.serial.clone());
        if let EntryEvent::Begin { profile, files } = &entry.event {
            let (plan, profile, files) = (entry.plan.clone(), profile.clone(), files.clone());
            self.begun = Some(Begun { plan, profile, files });
            self.progress = Progress::Nothing;
            return Ok(());
        }
        if self.begun.as_ref().is_none_or(|begun| begun.plan != entry.plan) {
            return Err("goes on with a plan that was not begun");
        }
        self.progress = match (&entry.event, self.progress) {
            (EntryEvent::Step { step, .. }, _) => Progress::Step(*step),
            (EntryEvent::Activating { read_back }, _) => Progress::Activating(*read_back),
            (EntryEvent::Activated, Progress::Activating(read_back)) => Progress::Activated(read_back),
            (EntryEvent::Activated, _) => return Err("ends an activation that was not begun"),
            (EntryEvent::Begin { .. }, progress) => progress,
        };
        Ok(())
    }
}

/// Largest journal: a hundred interrupted runs.
const MAX_JOURNAL_BYTES: usize = 4 * 1024 * 1024;

#[cfg(test)]
mod tests;
