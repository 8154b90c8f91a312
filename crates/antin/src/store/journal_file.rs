//! The journal of one card as a file of lines.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use antin_perso::Journal;
use antin_perso::journal::{Entry, JournalError, Lines};

use super::atomic::{folder_of, read_bounded, sync_folder};
use crate::error::Error;

/// A journal file: one line for each entry, only ever appended to, synced before each step that counts.
///
/// A line torn by a power cut is cut off when the file is opened.
#[derive(Debug)]
pub struct FileJournal {
    path: PathBuf,
    file: File,
    entries: Vec<Entry>,
}

impl FileJournal {
    /// Opens or creates a journal file, for its owner alone.
    ///
    /// # Errors
    ///
    /// [`JournalError::NotAnEntry`] and its like for another kind of file, [`JournalError::NotRead`] otherwise.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(path).map_err(not_read)?;
        let text = read_bounded(path, MAX_JOURNAL_BYTES).map_err(|error| match error {
            Error::TooLarge { .. } => JournalError::TooLarge {
                limit: usize::try_from(MAX_JOURNAL_BYTES).unwrap_or(usize::MAX),
            },
            error => not_read(error),
        })?;
        let lines = Lines::parse(&text)?;
        let whole = lines.whole_len as u64;
        file.set_len(whole).map_err(not_written)?;
        file.seek(SeekFrom::Start(whole)).map_err(not_read)?;
        sync_folder(&folder_of(path)).map_err(not_written)?;
        Ok(Self {
            path: path.to_owned(),
            file,
            entries: lines.entries,
        })
    }

    /// Where the journal lies.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Journal for FileJournal {
    fn entries(&self) -> Result<Vec<Entry>, JournalError> {
        Ok(self.entries.clone())
    }

    fn append(&mut self, entry: &Entry) -> Result<(), JournalError> {
        self.file
            .write_all(entry.to_line().as_bytes())
            .map_err(not_written)?;
        self.entries.push(entry.clone());
        Ok(())
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.file.sync_data().map_err(not_written)
    }
}

fn not_read(why: impl ToString) -> JournalError {
    JournalError::NotRead { why: why.to_string() }
}

fn not_written(why: impl ToString) -> JournalError {
    JournalError::NotWritten { why: why.to_string() }
}

/// The largest journal that is read; one card needs a few hundred lines.
const MAX_JOURNAL_BYTES: u64 = 16 * 1024 * 1024;
