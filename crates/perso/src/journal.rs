//! The journal of one card: what was about to be done when the power went.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::PlannedFile;

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
    /// A step is about to be done.
    Step {
        /// Number of the step in the plan, from 0.
        step: usize,
        /// The file it writes, where it writes one.
        file: Option<String>,
        /// Where in the file.
        offset: Option<usize>,
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
        let _ = text;
        todo!()
    }
}

impl Entry {
    /// The entry as one line of a journal file, end of line included.
    #[must_use]
    pub fn to_line(&self) -> String {
        todo!()
    }
}
