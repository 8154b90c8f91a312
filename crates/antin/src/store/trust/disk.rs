//! The store in a folder. A change is one atomic step: whoever reads sees the store before it or after it.
//!
//! ```text
//! DIR/store.json         which parts make up the store, where entries come from, what is distrusted
//! DIR/parts/<sha256>     the entries, several in one file; never changed once written
//! DIR/lock               held by the one process that changes the store
//! ```
//!
//! New parts are written first. Renaming a new `store.json` over the old one is the step. Parts that nothing names any
//! more are removed afterwards. File names come from hashes alone, never from what a list or an archive says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::limits::{MAX_HEAD_BYTES, MAX_PART_BYTES};
use super::model::{Contents, Distrust, Fingerprint, Import, Kind};
use super::pack;
use super::problem::TrustProblem;
use crate::error::Error;
use crate::store::atomic::{Access, read_bounded, write_atomically};

const SCHEMA: &str = "antin.trust-store/1";
const HEAD: &str = "store.json";
const PARTS: &str = "parts";
const LOCK: &str = "lock";

/// How long a change waits for another one to end.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is kept together in one file: what every verification needs, and what few need.
const PARTITION: [(&str, &[Kind]); 3] = [
    ("authorities", &[Kind::Csca, Kind::Link]),
    ("lists", &[Kind::Crl, Kind::DefectList, Kind::DeviationList]),
    ("signers", &[Kind::DocumentSigner, Kind::ListSigner]),
];

/// `store.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Head {
    schema: String,
    generation: u64,
    parts: BTreeMap<String, Fingerprint>,
    imports: Vec<Import>,
    distrusted: Vec<Distrust>,
}

/// A folder with a trust store, or for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustFolder {
    root: PathBuf,
}

impl TrustFolder {
    /// The store in this folder; nothing is touched yet.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Whether there is a store.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.root.join(HEAD).is_file()
    }

    /// Reads the store.
    ///
    /// # Errors
    /// [`TrustProblem::NoStore`], [`TrustProblem::Damaged`], or what the file system says.
    pub fn load(&self) -> Result<Contents, Error> {
        if !self.exists() {
            return Err(TrustProblem::NoStore {
                path: self.root.clone(),
            }
            .into());
        }
        // A part may vanish between the two readings, when a change ends in between; then the head has changed too.
        let mut head = self.head()?;
        loop {
            match self.contents(&head) {
                Err(Error::Io {
                    kind: ErrorKind::NotFound,
                    path,
                    ..
                }) => {
                    let newer = self.head()?;
                    if newer == head {
                        return Err(damaged(path, "a part of the store is missing"));
                    }
                    head = newer;
                }
                other => return other,
            }
        }
    }

    /// Changes the store in one step; it is made if there is none. Nothing is written when `change` fails or leaves
    /// everything as it was.
    ///
    /// # Errors
    /// [`TrustProblem::InUse`] while another process changes it, [`TrustProblem::Damaged`], what `change` says, or the
    /// file system. The store is as before then.
    pub fn update<T>(&self, change: impl FnOnce(&mut Contents) -> Result<T, Error>) -> Result<T, Error> {
        fs::create_dir_all(&self.root).map_err(Error::io("create", &self.root))?;
        let _lock = self.lock()?;
        let old = match self.exists() {
            true => self.load()?,
            false => Contents::default(),
        };
        let mut new = old.clone();
        let result = change(&mut new)?;
        if new != old {
            new.generation = old.generation + 1;
            commit(&SystemDisk, &self.root, &new)?;
        }
        Ok(result)
    }

    fn head(&self) -> Result<Head, Error> {
        let path = self.root.join(HEAD);
        let bytes = read_bounded(&path, MAX_HEAD_BYTES)?;
        let head: Head = serde_json::from_slice(&bytes)
            .map_err(|problem| damaged(path.clone(), format!("not understood: {problem}")))?;
        if head.schema != SCHEMA {
            return Err(damaged(path, format!("not of the form {SCHEMA}")));
        }
        Ok(head)
    }

    fn contents(&self, head: &Head) -> Result<Contents, Error> {
        let mut contents = Contents {
            generation: head.generation,
            imports: head.imports.clone(),
            distrusted: head.distrusted.clone(),
            ..Contents::default()
        };
        for fingerprint in head.parts.values() {
            let path = part_path(&self.root, fingerprint);
            let bytes = read_bounded(&path, MAX_PART_BYTES)?;
            if Fingerprint::of(&bytes) != *fingerprint {
                return Err(damaged(path, "its content was changed"));
            }
            pack::decode(&bytes, &mut contents.entries).map_err(|what| damaged(path, what))?;
        }
        Ok(contents)
    }

    fn lock(&self) -> Result<File, Error> {
        let path = self.root.join(LOCK);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(Error::io("create", &path))?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if started.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(TrustProblem::InUse {
                        path: self.root.clone(),
                    }
                    .into());
                }
                Err(TryLockError::Error(error)) => return Err(Error::io("lock", &path)(error)),
            }
        }
    }
}

fn damaged(path: PathBuf, what: impl Into<String>) -> Error {
    let what = what.into();
    TrustProblem::Damaged { path, what }.into()
}

fn part_path(root: &Path, fingerprint: &Fingerprint) -> PathBuf {
    root.join(PARTS).join(fingerprint.to_string())
}

/// What a commit does to the folder; tests put a disk here that dies in the middle.
trait Disk {
    fn create_folder(&self, path: &Path) -> Result<(), Error>;
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Error>;
    fn remove(&self, path: &Path) -> Result<(), Error>;
}

struct SystemDisk;

impl Disk for SystemDisk {
    fn create_folder(&self, path: &Path) -> Result<(), Error> {
        fs::create_dir_all(path).map_err(Error::io("create", path))
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        write_atomically(path, bytes, Access::Shared)
    }

    fn remove(&self, path: &Path) -> Result<(), Error> {
        fs::remove_file(path).map_err(Error::io("remove", path))
    }
}

fn commit(disk: &impl Disk, root: &Path, new: &Contents) -> Result<(), Error> {
    let mut parts = BTreeMap::new();
    let mut files = Vec::new();
    for (name, kinds) in PARTITION {
        let entries = new
            .entries
            .iter()
            .filter(|(_, entry)| kinds.contains(&entry.kind));
        let bytes = pack::encode(entries);
        let fingerprint = Fingerprint::of(&bytes);
        fits(root, bytes.len(), MAX_PART_BYTES)?;
        files.push((part_path(root, &fingerprint), bytes));
        parts.insert(name.to_owned(), fingerprint);
    }
    let head = Head {
        schema: SCHEMA.to_owned(),
        generation: new.generation,
        parts,
        imports: new.imports.clone(),
        distrusted: new.distrusted.clone(),
    };
    let mut text = serde_json::to_vec_pretty(&head).expect("a head has no keys but text");
    text.push(b'\n');
    fits(root, text.len(), MAX_HEAD_BYTES)?;
    disk.create_folder(&root.join(PARTS))?;
    for (path, bytes) in files {
        if !path.is_file() {
            disk.write(&path, &bytes)?;
        }
    }
    disk.write(&root.join(HEAD), &text)?;
    // The change is done; what is left over may stay until the next one.
    let _ = sweep(disk, root, head.parts.values());
    Ok(())
}

/// What could not be read again is not written either.
fn fits(root: &Path, length: usize, limit: u64) -> Result<(), Error> {
    match u64::try_from(length).is_ok_and(|length| length <= limit) {
        true => Ok(()),
        false => Err(TrustProblem::TooLarge {
            path: root.to_owned(),
            what: format!("the store would have a part of more than {limit} bytes"),
        }
        .into()),
    }
}

/// Removes the parts that nothing names any more, and what an interrupted change left.
fn sweep<'h>(
    disk: &impl Disk,
    root: &Path,
    named: impl Iterator<Item = &'h Fingerprint>,
) -> Result<(), Error> {
    let named: BTreeSet<String> = named.map(ToString::to_string).collect();
    for (folder, keeps) in [(root.join(PARTS), true), (root.to_owned(), false)] {
        for entry in fs::read_dir(&folder).map_err(Error::io("list", &folder))? {
            let entry = entry.map_err(Error::io("list", &folder))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let left_over = name.starts_with(".antin-") && name.ends_with(".tmp");
            let is_part = keeps && Fingerprint::parse(&name).is_some();
            if left_over || (is_part && !named.contains(&name)) {
                disk.remove(&entry.path())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
