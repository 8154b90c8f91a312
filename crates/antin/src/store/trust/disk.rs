//! The store in a folder. A change is one atomic step: whoever reads sees the store before it or after it.
//!
//! ```text
//! DIR/store.json         which parts make up the store, where entries come from, what is distrusted
//! DIR/parts/<sha256>     the entries, several in one file, an index of the document signers, and the parts of a trust
//!                        bundle; never changed once written
//! DIR/lock               held by the one process that changes the store
//! ```
//!
//! New parts are written first. Renaming a new `store.json` over the old one is the step. Parts that nothing names any
//! more are removed afterwards. File names come from hashes alone, never from what a list or an archive says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use antin_trust::TrustStore;
use antin_trust::bundle::part;
use antin_trust::store::{RevokedCards, SignerSource};
use serde::{Deserialize, Serialize};

use super::finder::{self, Place, SignerFiles};
use super::limits::{MAX_FINDER_BYTES, MAX_HEAD_BYTES, MAX_PART_BYTES, Sizes};
use super::model::{Contents, Distrust, Entry, Fingerprint, Followed, Import, Kind};
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
    (AUTHORITIES, &[Kind::Csca, Kind::Link]),
    (LISTS, &[Kind::Crl, Kind::DefectList, Kind::DeviationList]),
    (SIGNERS, &[Kind::DocumentSigner, Kind::ListSigner]),
];

const AUTHORITIES: &str = "authorities";
const LISTS: &str = "lists";
/// The part that is read whole only by whoever looks at everything or changes it: it may hold tens of thousands.
const SIGNERS: &str = "signers";

/// `store.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Head {
    schema: String,
    generation: u64,
    parts: BTreeMap<String, Fingerprint>,
    /// The index of the document signers, a file like the parts; a store of an earlier version has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finder: Option<Fingerprint>,
    imports: Vec<Import>,
    distrusted: Vec<Distrust>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bundle: Option<Followed>,
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

    /// Reads the store whole.
    ///
    /// # Errors
    /// [`TrustProblem::NoStore`], [`TrustProblem::Damaged`], or what the file system says.
    pub fn load(&self) -> Result<Contents, Error> {
        self.at_head(|head| self.contents(head, |_| true))
    }

    /// Reads the store without document signers, signers of lists and revoked cards, of which there may be very many: all
    /// that tells why an authority is believed.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_authorities(&self) -> Result<Contents, Error> {
        self.at_head(|head| self.contents(head, |part| [AUTHORITIES, LISTS].contains(&part)))
    }

    /// Adds everything to a store in memory as [`Contents::add_to`] does, but for document signers: their file is opened,
    /// and they are read one by one when documents ask for them.
    ///
    /// # Errors
    /// As [`load`](Self::load). That a document signer is damaged is found out when a document asks for it, and said in
    /// its report.
    pub fn open_into(&self, store: &mut TrustStore) -> Result<(), Error> {
        let (contents, signers) = self.at_head(|head| {
            let signers = self.signer_files(head)?;
            let lazy = signers.is_some();
            let contents = self.contents(head, |part| !lazy || part != SIGNERS)?;
            Ok((contents, signers))
        })?;
        contents.add_to(store);
        if let Some(signers) = signers {
            store.add_signer_source(signers);
        }
        Ok(())
    }

    /// The document signers, opened and not read; `None` where a store has no index of them.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn document_signers(&self) -> Result<Option<Arc<dyn SignerSource>>, Error> {
        self.at_head(|head| self.signer_files(head))
    }

    fn signer_files(&self, head: &Head) -> Result<Option<Arc<dyn SignerSource>>, Error> {
        let (Some(index), Some(part)) = (&head.finder, head.parts.get(SIGNERS)) else {
            return Ok(None);
        };
        let path = |sha256| part_path(&self.root, sha256);
        let files = SignerFiles::open(&path(index), *index, &path(part))?;
        Ok(Some(Arc::new(files)))
    }

    /// Reads what the head names.
    fn at_head<T>(&self, read: impl Fn(&Head) -> Result<T, Error>) -> Result<T, Error> {
        if !self.exists() {
            return Err(TrustProblem::NoStore {
                path: self.root.clone(),
            }
            .into());
        }
        // A part may vanish between the two readings, when a change ends in between; then the head has changed too.
        let mut head = self.head()?;
        loop {
            match read(&head) {
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
    /// everything as it was. It is carried out once more where another process made the store while it ran.
    ///
    /// # Errors
    /// [`TrustProblem::InUse`] while another process changes it, [`TrustProblem::Damaged`], what `change` says, or the
    /// file system. The store is as before then.
    pub fn update<T>(&self, mut change: impl FnMut(&mut Contents) -> Result<T, Error>) -> Result<T, Error> {
        // A change that fails leaves no folder behind where there was none.
        let first = match self.root.exists() {
            true => None,
            false => Some(changed(&Contents::default(), &mut change)?),
        };
        fs::create_dir_all(&self.root).map_err(Error::io("create", &self.root))?;
        let _lock = self.lock()?;
        let (before, old) = match self.exists() {
            true => (Some(self.head()?), self.load()?),
            false => (None, Contents::default()),
        };
        // Another process may have made the store meanwhile.
        let (mut new, result) = match first.filter(|_| before.is_none()) {
            Some(first) => first,
            None => changed(&old, &mut change)?,
        };
        let indexed = before.as_ref().is_none_or(|head| has_index(&self.root, head));
        if new != old || !indexed {
            new.generation = old.generation + u64::from(new != old);
            commit(&SystemDisk, &self.root, &new, before.as_ref(), &Sizes::READABLE)?;
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

    fn contents(&self, head: &Head, wanted: impl Fn(&str) -> bool) -> Result<Contents, Error> {
        let mut contents = Contents {
            generation: head.generation,
            imports: head.imports.clone(),
            distrusted: head.distrusted.clone(),
            bundle: head.bundle.clone(),
            ..Contents::default()
        };
        for (_, fingerprint) in head.parts.iter().filter(|(name, _)| wanted(name)) {
            let bytes = self.part(fingerprint)?;
            pack::decode(&bytes, &mut contents.entries)
                .map_err(|what| damaged(part_path(&self.root, fingerprint), what))?;
        }
        let cards = head
            .bundle
            .as_ref()
            .filter(|_| wanted(part::CARDS))
            .and_then(|bundle| bundle.parts.get(part::CARDS));
        if let Some(fingerprint) = cards {
            let cards = RevokedCards::parse(&self.part(fingerprint)?)
                .map_err(|fault| damaged(part_path(&self.root, fingerprint), fault.to_string()))?;
            contents.cards = Some(cards);
        }
        Ok(contents)
    }

    /// A part, as it was written.
    pub(super) fn part(&self, fingerprint: &Fingerprint) -> Result<Vec<u8>, Error> {
        let path = part_path(&self.root, fingerprint);
        let bytes = read_bounded(&path, MAX_PART_BYTES)?;
        match Fingerprint::of(&bytes) == *fingerprint {
            true => Ok(bytes),
            false => Err(damaged(path, "its content was changed")),
        }
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

/// The contents after a change, and what the change says.
fn changed<T>(
    old: &Contents,
    change: &mut impl FnMut(&mut Contents) -> Result<T, Error>,
) -> Result<(Contents, T), Error> {
    let mut new = old.clone();
    let result = change(&mut new)?;
    Ok((new, result))
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

fn commit(
    disk: &impl Disk,
    root: &Path,
    new: &Contents,
    before: Option<&Head>,
    sizes: &Sizes,
) -> Result<(), Error> {
    let mut parts = BTreeMap::new();
    let mut files = Vec::new();
    let mut finder = None;
    for (name, kinds) in PARTITION {
        let entries = || {
            new.entries
                .iter()
                .filter(|(_, entry)| kinds.contains(&entry.kind))
        };
        let part = pack::encode(entries());
        let fingerprint = Fingerprint::of(&part.bytes);
        fits(root, part.bytes.len(), sizes.part)?;
        if name == SIGNERS {
            // Most changes leave the signers alone, and then their index holds.
            finder = before
                .filter(|before| before.parts.get(SIGNERS) == Some(&fingerprint))
                .filter(|before| has_index(root, before))
                .and_then(|before| before.finder);
        }
        if name == SIGNERS && finder.is_none() {
            let index = finder::encode(document_signers(entries(), part.first));
            fits(root, index.len(), sizes.finder)?;
            let fingerprint = Fingerprint::of(&index);
            files.push((part_path(root, &fingerprint), index));
            finder = Some(fingerprint);
        }
        files.push((part_path(root, &fingerprint), part.bytes));
        parts.insert(name.to_owned(), fingerprint);
    }
    let head = Head {
        schema: SCHEMA.to_owned(),
        generation: new.generation,
        parts,
        finder,
        imports: new.imports.clone(),
        distrusted: new.distrusted.clone(),
        bundle: new.bundle.clone(),
    };
    let followed = || new.bundle.iter().flat_map(|bundle| bundle.parts.values());
    for fingerprint in followed() {
        // What an earlier change wrote is there.
        if let Some(bytes) = new.unwritten.get(fingerprint) {
            fits(root, bytes.len(), sizes.part)?;
            files.push((part_path(root, fingerprint), bytes.to_vec()));
        }
    }
    let mut text = serde_json::to_vec_pretty(&head).expect("a head has no keys but text");
    text.push(b'\n');
    fits(root, text.len(), sizes.head)?;
    disk.create_folder(&root.join(PARTS))?;
    for (path, bytes) in files {
        // What lies there under the same name may have been damaged since.
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if read_bounded(&path, length).ok().as_ref() != Some(&bytes) {
            disk.write(&path, &bytes)?;
        }
    }
    disk.write(&root.join(HEAD), &text)?;
    // The change is done; what is left over may stay until the next one.
    let _ = sweep(
        disk,
        root,
        head.parts.values().chain(&head.finder).chain(followed()),
    );
    Ok(())
}

/// Whether the index of document signers is there and is what was written.
fn has_index(root: &Path, head: &Head) -> bool {
    head.finder.is_some_and(|finder| {
        read_bounded(&part_path(root, &finder), MAX_FINDER_BYTES)
            .is_ok_and(|bytes| Fingerprint::of(&bytes) == finder)
    })
}

/// The document signers of a part, each with its place, where the first entry begins at `first`.
fn document_signers<'e>(
    entries: impl Iterator<Item = (&'e Fingerprint, &'e Entry)>,
    first: usize,
) -> impl Iterator<Item = (Place, &'e [u8])> {
    let placed = entries.scan(first, |end, (sha256, entry)| {
        let offset = *end;
        *end = offset.checked_add(entry.der.len())?;
        Some((sha256, entry, offset))
    });
    placed
        .filter(|(_, entry, _)| entry.kind == Kind::DocumentSigner)
        .filter_map(|(sha256, entry, offset)| {
            let place = Place {
                sha256: *sha256,
                offset: u64::try_from(offset).ok()?,
                length: u32::try_from(entry.der.len()).ok()?,
            };
            Some((place, entry.der.as_slice()))
        })
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

/// Feeds bytes to everything that reads a file of a store, before any hash is compared; for tests.
#[doc(hidden)]
pub fn parse_store_file(bytes: &[u8]) {
    let _ = serde_json::from_slice::<Head>(bytes);
    let _ = pack::decode(bytes, &mut BTreeMap::new());
    finder::parse(bytes);
}

#[cfg(test)]
mod tests;
