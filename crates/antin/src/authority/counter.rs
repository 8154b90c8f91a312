//! How many documents a key has signed, kept so that a power cut can only count too many.
//!
//! Documents are counted, not signatures: a card with EF.CardSecurity takes two of these, and what is lost with a key is
//! documents. The count lies in the signer's folder (`NN.used`), where a station finds it that got the folder; and by the
//! key itself in the user's own folder ([`KeyLedger`]), so that neither a copy of the folder nor the key without its folder
//! begins anew.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use antin_trust::Certificate;

use super::Problem;
use super::plan::sha256;
use crate::error::Error;
use crate::store::{Access, read_bounded, write_atomically};

const MAX_BYTES: u64 = 64;

/// How many documents a signer has signed or is about to.
#[derive(Clone, Debug)]
pub struct DocumentCounter {
    path: Option<PathBuf>,
    limit: Option<u64>,
    by_key: Option<PathBuf>,
}

impl DocumentCounter {
    /// The counter in this file; without a limit it only counts.
    pub(super) const fn new(path: PathBuf, limit: Option<u64>) -> Self {
        Self {
            path: Some(path),
            limit,
            by_key: None,
        }
    }

    /// Counts by the key too, and keeps to the limit that is known there.
    #[must_use]
    pub fn and_by_key(self, ledger: Option<&KeyLedger>, certificate: &Certificate) -> Self {
        Self {
            by_key: ledger.map(|ledger| ledger.path(certificate)),
            ..self
        }
    }

    /// How many are used up: the greater number, where two are kept.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Problem::Settings`] for a file that holds no number.
    pub fn used(&self) -> Result<u64, Error> {
        Ok(self.kept()?.used)
    }

    /// The most that it may sign: the smaller limit, where two are kept.
    ///
    /// # Errors
    /// As [`used`](Self::used).
    pub fn limit(&self) -> Result<Option<u64>, Error> {
        Ok(self.kept()?.limit)
    }

    fn kept(&self) -> Result<Kept, Error> {
        let here = self.path.as_deref().map_or(Ok(Kept::default()), Kept::read)?;
        let by_key = self.by_key.as_deref().map_or(Ok(Kept::default()), Kept::read)?;
        let limits = [self.limit, by_key.limit].into_iter().flatten();
        Ok(Kept {
            used: here.used.max(by_key.used),
            limit: limits.min(),
        })
    }

    /// Books documents before they are signed: what is not signed after all stays booked.
    ///
    /// # Errors
    /// [`Problem::KeyLimit`] if the key may not sign so many more; [`Error::Io`].
    pub fn reserve(&self, count: u64) -> Result<(), Error> {
        let _lock = self.path.as_deref().map(lock).transpose()?;
        let _ledger_lock = self.by_key.as_deref().map(lock).transpose()?;
        let kept = self.kept()?;
        let booked = Kept {
            used: kept.used.saturating_add(count),
            limit: kept.limit,
        };
        if let Some(limit) = booked.limit.filter(|limit| booked.used > *limit) {
            let path = self.path.as_deref().map(|path| path.with_extension("pem"));
            return Err(Error::from(Problem::KeyLimit {
                path: path.or_else(|| self.by_key.clone()).unwrap_or_default(),
                limit,
            }));
        }
        if let Some(path) = &self.by_key {
            booked.write(path)?;
        }
        match &self.path {
            Some(path) => write_atomically(path, format!("{}\n", booked.used).as_bytes(), Access::Shared),
            None => Ok(()),
        }
    }
}

/// The keys of signers that this user worked with: a file for each, `~/.local/state/antin/signers/<hash>.used` with `12 of
/// 100000`, or `12` for a key without a limit. The hash is SHA-256 of the public key.
#[derive(Clone, Debug)]
pub struct KeyLedger {
    folder: PathBuf,
}

impl KeyLedger {
    /// The user's own: `$XDG_STATE_HOME/antin/signers`, else `~/.local/state/antin/signers`; `None` where neither is known.
    #[must_use]
    pub fn of_user() -> Option<Self> {
        let named = |name: &str| {
            std::env::var_os(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let state = named("XDG_STATE_HOME").or_else(|| Some(named("HOME")?.join(".local").join("state")))?;
        Some(Self::at(&state.join("antin").join("signers")))
    }

    /// One in this folder, which is made when it is needed.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Remembers how many documents a new key may sign.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Problem::Settings`] for a file that holds no number.
    pub fn remember(&self, certificate: &Certificate, limit: u64) -> Result<(), Error> {
        let path = self.path(certificate);
        let _lock = lock(&path)?;
        let kept = Kept::read(&path)?;
        let limit = kept.limit.map_or(limit, |known| known.min(limit));
        Kept {
            limit: Some(limit),
            ..kept
        }
        .write(&path)
    }

    /// The counter of a key that comes without a folder of an authority; `None` for one that is not known here.
    #[must_use]
    pub fn known(&self, certificate: &Certificate) -> Option<DocumentCounter> {
        let path = self.path(certificate);
        path.is_file().then_some(DocumentCounter {
            path: None,
            limit: None,
            by_key: Some(path),
        })
    }

    /// The bits of the key alone: how its curve is written down plays no part.
    fn path(&self, certificate: &Certificate) -> PathBuf {
        let bits = certificate.public_key().map(|key| key.subject_public_key());
        let bits = bits.unwrap_or_else(|_| certificate.spki_der().to_vec());
        self.folder.join(format!("{}.used", sha256(&bits)))
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Kept {
    used: u64,
    limit: Option<u64>,
}

impl Kept {
    /// None for a file that is not there.
    fn read(path: &Path) -> Result<Self, Error> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let bytes = read_bounded(path, MAX_BYTES)?;
        let text = std::str::from_utf8(&bytes).unwrap_or_default().trim();
        let (used, limit) = match text.split_once(" of ") {
            Some((used, limit)) => (used.parse().ok(), limit.parse().ok().map(Some)),
            None => (text.parse().ok(), Some(None)),
        };
        let kept = used.zip(limit).map(|(used, limit)| Self { used, limit });
        kept.ok_or_else(|| {
            Error::from(Problem::Settings {
                path: path.to_owned(),
                what: "no number of documents".to_owned(),
            })
        })
    }

    fn write(self, path: &Path) -> Result<(), Error> {
        let text = match self.limit {
            Some(limit) => format!("{} of {limit}\n", self.used),
            None => format!("{}\n", self.used),
        };
        write_atomically(path, text.as_bytes(), Access::Owner)
    }
}

/// Two stations that sign with one folder must not book the same document.
fn lock(counter: &Path) -> Result<File, Error> {
    let path: &Path = &counter.with_extension("lock");
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    }
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(Error::io("lock", path))?;
    file.lock().map_err(Error::io("lock", path))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use antin_trust::pki::{DemoOptions, DemoPki};

    use super::*;
    use crate::world::{SystemRng, now};

    fn limit_of(refused: &Error) -> u64 {
        match refused {
            Error::Authority(Problem::KeyLimit { limit, .. }) => *limit,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_key_stops_at_its_limit_and_never_counts_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let counter = DocumentCounter::new(folder.path().join("01.used"), Some(3));
        assert_eq!(counter.used(), Ok(0));
        for _ in 0..3 {
            counter.reserve(1).expect("not used up yet");
        }
        assert_eq!(limit_of(&counter.reserve(1).unwrap_err()), 3);
        assert_eq!(counter.used(), Ok(3));
        let free = DocumentCounter::new(folder.path().join("01.used"), None);
        free.reserve(100).expect("no limit");
        assert_eq!(free.used(), Ok(103));
    }

    #[test]
    fn a_counter_that_cannot_be_read_is_not_taken_for_zero() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("01.used");
        for wrong in ["many", "", "1 of", "1 of many", "-1", "1 of 2 of 3"] {
            std::fs::write(&path, wrong).expect("it is written");
            let counter = DocumentCounter::new(path.clone(), Some(3));
            assert!(counter.used().is_err() && counter.reserve(1).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_copy_of_the_folder_an_edited_limit_and_the_bare_key_count_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let pki = DemoPki::generate("UT", now(), &DemoOptions::default(), &mut SystemRng).expect("a PKI");
        let ledger = KeyLedger::at(&folder.path().join("state"));
        let in_folder = |name: &str, limit| {
            DocumentCounter::new(folder.path().join(name), Some(limit)).and_by_key(Some(&ledger), &pki.ds)
        };
        assert!(ledger.known(&pki.ds).is_none());
        ledger.remember(&pki.ds, 3).expect("it is written");
        in_folder("01.used", 3).reserve(1).expect("one");
        in_folder("copy.used", 3).reserve(1).expect("two");
        ledger.known(&pki.ds).expect("known").reserve(1).expect("three");
        for counter in [
            in_folder("01.used", 3),
            in_folder("third.used", 1000),
            ledger.known(&pki.ds).expect("known"),
        ] {
            assert_eq!(limit_of(&counter.reserve(1).unwrap_err()), 3);
        }
        // Another key is another count.
        assert!(ledger.known(&pki.csca).is_none());
    }
}
