//! The journal of one card as a file of lines.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use antin_perso::Journal;
use antin_perso::journal::{Entry, JournalError, Lines, SCHEMA};

use super::atomic::{folder_of, sync_folder};

/// A journal file: one line for each entry, only ever appended to, synced before each step that counts.
///
/// A line torn by a power cut is cut off when the file is opened. The file is locked as long as it is open: two runs that
/// write into one journal would leave two cards that nobody can finish.
#[derive(Debug)]
pub struct FileJournal {
    path: PathBuf,
    file: File,
    entries: Vec<Entry>,
    torn: bool,
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
        lock(&file)?;
        let text = read(&file)?;
        let lines = Lines::parse(&text)?;
        check_tail(&lines, &text)?;
        let whole = lines.whole_len as u64;
        file.set_len(whole).map_err(not_written)?;
        file.seek(SeekFrom::Start(whole)).map_err(not_read)?;
        sync_folder(&folder_of(path)).map_err(not_written)?;
        Ok(Self {
            path: path.to_owned(),
            file,
            entries: lines.entries,
            torn: false,
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
        // A line behind the half of another would make the whole journal unreadable.
        if self.torn {
            return Err(not_written("an earlier line was written in part"));
        }
        self.file
            .write_all(entry.to_line().as_bytes())
            .inspect_err(|_| self.torn = true)
            .map_err(not_written)?;
        self.entries.push(entry.clone());
        Ok(())
    }

    fn sync(&mut self) -> Result<(), JournalError> {
        self.file.sync_data().map_err(not_written)
    }
}

fn lock(file: &File) -> Result<(), JournalError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(not_read("in use by another process")),
        Err(TryLockError::Error(error)) => Err(not_read(error)),
    }
}

fn read(file: &File) -> Result<Vec<u8>, JournalError> {
    let mut text = Vec::new();
    let bounded = file
        .take(MAX_JOURNAL_BYTES.saturating_add(1))
        .read_to_end(&mut text);
    bounded.map_err(not_read)?;
    if text.len() as u64 > MAX_JOURNAL_BYTES {
        return Err(JournalError::TooLarge {
            limit: usize::try_from(MAX_JOURNAL_BYTES).unwrap_or(usize::MAX),
        });
    }
    Ok(text)
}

/// What is cut off must be the beginning of an entry: a file of another kind that was named by mistake stays as it is.
fn check_tail(lines: &Lines, text: &[u8]) -> Result<(), JournalError> {
    let tail = text.get(lines.whole_len..).unwrap_or_default();
    let start = format!("{{\"schema\":\"{SCHEMA}\",");
    if tail
        .iter()
        .zip(start.as_bytes())
        .all(|(found, wanted)| found == wanted)
    {
        Ok(())
    } else {
        Err(JournalError::NotAnEntry {
            line: lines.entries.len() + 1,
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use antin_perso::journal::EntryEvent;

    fn entry() -> Entry {
        Entry {
            schema: SCHEMA.to_owned(),
            serial: "0001020304050607".to_owned(),
            plan: "00".repeat(32),
            event: EntryEvent::Activated,
        }
    }

    #[test]
    fn nothing_is_written_behind_a_line_that_failed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("card.journal");
        let mut journal = FileJournal::open(&path).expect("a new journal");
        let writable = std::mem::replace(
            &mut journal.file,
            File::open(&path).expect("a file that cannot be written"),
        );
        assert!(journal.append(&entry()).is_err());
        journal.file = writable;
        assert!(journal.append(&entry()).is_err(), "the disk has room again");
        assert_eq!(journal.entries(), Ok(Vec::new()));
    }

    #[test]
    fn two_runs_never_write_into_one_journal() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("card.journal");
        let held = FileJournal::open(&path).expect("a new journal");
        assert!(matches!(
            FileJournal::open(&path),
            Err(JournalError::NotRead { .. })
        ));
        drop(held);
        assert!(FileJournal::open(&path).is_ok());
    }

    #[test]
    fn a_torn_line_is_cut_off_wherever_it_was_torn() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("card.journal");
        let line = entry().to_line();
        for torn in 0..line.len() {
            let text = [line.as_bytes(), line.as_bytes().get(..torn).expect("a part")].concat();
            std::fs::write(&path, text).expect("it is written");
            let journal = FileJournal::open(&path).expect("a torn journal");
            assert_eq!(journal.entries(), Ok(vec![entry()]));
            assert_eq!(std::fs::read(&path).expect("it is there"), line.as_bytes());
        }
    }

    #[test]
    fn a_file_of_another_kind_stays_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("citizen.json");
        for other in [&b"{\"schema\":\"antin.record/1\"}"[..], b"-----BEGIN", b"\0"] {
            std::fs::write(&path, other).expect("it is written");
            let refused = FileJournal::open(&path).map(|_| ());
            assert_eq!(refused, Err(JournalError::NotAnEntry { line: 1 }));
            assert_eq!(std::fs::read(&path).expect("it is there"), other);
        }
    }
}
