//! A software card in a file.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use antin_chip::CardState;

use super::atomic::{Access, read_bounded, write_atomically};
use crate::error::Error;

/// A `.chip` file, held by this process alone until the value is dropped.
///
/// The lock lies on a file beside it (`NAME.chip.lock`), because the card file itself is replaced at every change.
#[derive(Debug)]
pub struct CardFile {
    path: PathBuf,
    _lock: File,
}

impl CardFile {
    /// Opens an existing card file.
    ///
    /// # Errors
    ///
    /// [`Error::InUse`] while another process holds it, [`Error::CardFile`] for anything but a whole card file.
    pub fn open(path: &Path) -> Result<(Self, CardState), Error> {
        // Looked for first, so that a wrong name leaves no lock behind.
        File::open(path).map_err(Error::io("open", path))?;
        let file = Self::lock(path)?;
        let state = file.load()?;
        Ok((file, state))
    }

    /// Creates a card file.
    ///
    /// # Errors
    ///
    /// [`Error::Exists`] if there is one already: a card is never overwritten.
    pub fn create(path: &Path, state: &CardState) -> Result<Self, Error> {
        let file = Self::lock(path)?;
        if path.exists() {
            return Err(Error::Exists {
                path: path.to_owned(),
            });
        }
        file.save(state)?;
        Ok(file)
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the card.
    ///
    /// # Errors
    ///
    /// [`Error::CardFile`] for anything but a whole card file.
    pub fn load(&self) -> Result<CardState, Error> {
        let bytes = read_bounded(&self.path, MAX_CARD_BYTES)?;
        CardState::from_bytes(&bytes).map_err(|problem| Error::CardFile {
            path: self.path.clone(),
            problem: Box::new(problem),
        })
    }

    /// Writes the card, whole or not at all, readable by its owner alone: the file holds private keys.
    ///
    /// # Errors
    ///
    /// [`Error::Io`]; the old card is untouched then.
    pub fn save(&self, state: &CardState) -> Result<(), Error> {
        write_atomically(&self.path, &state.to_bytes(), Access::Owner)
    }

    fn lock(path: &Path) -> Result<Self, Error> {
        let mut beside: OsString = path.as_os_str().to_owned();
        beside.push(".lock");
        let mut options = OpenOptions::new();
        let lock = options.create(true).truncate(false).write(true).open(&beside);
        let lock = lock.map_err(Error::io("create its lock file", path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(Error::InUse {
                path: path.to_owned(),
            }),
            Err(TryLockError::Error(error)) => Err(Error::io("lock", path)(error)),
        }
    }
}

/// The largest card file that is read: a card with every file at its limit stays below.
const MAX_CARD_BYTES: u64 = 16 * 1024 * 1024;
