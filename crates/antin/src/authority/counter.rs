//! How many signatures a key has made, kept so that a power cut can only count too many.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use super::Problem;
use crate::error::Error;
use crate::store::{Access, read_bounded, write_atomically};

/// The number of signatures that a signer has made or reserved, in the file `NN.used` beside it.
#[derive(Clone, Debug)]
pub struct SignatureCounter {
    path: PathBuf,
    limit: Option<u64>,
}

impl SignatureCounter {
    /// The counter in this file; without a limit it only counts.
    pub(super) fn new(path: PathBuf, limit: Option<u64>) -> Self {
        Self { path, limit }
    }

    /// How many are used up.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Problem::Settings`] for a file that holds no number.
    pub fn used(&self) -> Result<u64, Error> {
        if !self.path.exists() {
            return Ok(0);
        }
        let bytes = read_bounded(&self.path, 64)?;
        let number = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| text.trim().parse().ok());
        number.ok_or_else(|| {
            Error::from(Problem::Settings {
                path: self.path.clone(),
                what: "no number of signatures".to_owned(),
            })
        })
    }

    /// Books signatures before they are made: what is not made after all stays booked.
    ///
    /// # Errors
    /// [`Problem::KeyLimit`] if the key may not make so many more; [`Error::Io`].
    pub fn reserve(&self, count: u64) -> Result<(), Error> {
        let _lock = self.lock()?;
        let used = self.used()?.saturating_add(count);
        if let Some(limit) = self.limit.filter(|limit| used > *limit) {
            return Err(Error::from(Problem::KeyLimit {
                path: self.path.with_extension("pem"),
                limit,
            }));
        }
        write_atomically(&self.path, format!("{used}\n").as_bytes(), Access::Shared)
    }

    /// Two stations that sign with one folder must not book the same signature.
    fn lock(&self) -> Result<File, Error> {
        let path: &Path = &self.path.with_extension("lock");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(Error::io("open", path))?;
        file.lock().map_err(Error::io("lock", path))?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stops_at_its_limit_and_never_counts_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let counter = SignatureCounter::new(folder.path().join("01.used"), Some(3));
        assert_eq!(counter.used(), Ok(0));
        for _ in 0..3 {
            counter.reserve(1).expect("not used up yet");
        }
        let refused = counter.reserve(1).unwrap_err();
        assert!(matches!(
            refused,
            Error::Authority(Problem::KeyLimit { limit: 3, .. })
        ));
        assert_eq!(counter.used(), Ok(3));
        let free = SignatureCounter::new(folder.path().join("01.used"), None);
        free.reserve(100).expect("no limit");
        assert_eq!(free.used(), Ok(103));
    }

    #[test]
    fn a_counter_that_cannot_be_read_is_not_taken_for_zero() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("01.used");
        std::fs::write(&path, "many").expect("it is written");
        let counter = SignatureCounter::new(path, Some(3));
        assert!(counter.used().is_err() && counter.reserve(1).is_err());
    }
}
