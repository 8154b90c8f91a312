//! Document signers on disk, found by what a document says of its signer without reading the others.
//!
//! ```text
//! "antin-trust-finder/1\n"   rows   serials   keys        numbers of the three, 4 bytes each, big-endian
//! rows      SHA-256 of the certificate, 32   where it begins in the part of the signers, 8   its length, 4
//! serials   hash of a serial number, 8   number of the row, 4; in the order of the hashes
//! keys      the same for subject key identifiers
//! ```
//!
//! The index is a part of the store like the others, and named by its SHA-256. A certificate is checked by its own SHA-256
//! when it is read, so that nothing which was changed is believed although the part is never read whole.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use antin_crypto::Hash;
use antin_trust::Certificate;
use antin_trust::certificate::MAX_CERTIFICATE_BYTES;
use antin_trust::store::{SignerKey, SignerSource};
use antin_wire::Cursor;

use super::limits::{MAX_FINDER_BYTES, MAX_SIGNERS_OF_ONE_KEY};
use super::model::Fingerprint;
use crate::error::Error;

const MAGIC: &[u8] = b"antin-trust-finder/1\n";
const HASH: usize = 8;
const ROW: usize = 32 + 8 + 4;
const POINTER: usize = HASH + 4;

/// Where a certificate stands in the file of its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) sha256: Fingerprint,
    pub(super) offset: u64,
    pub(super) length: u32,
}

/// The index of these certificates; what cannot be read as a certificate is not found.
pub(super) fn encode<'e>(signers: impl Iterator<Item = (Place, &'e [u8])>) -> Vec<u8> {
    let (mut rows, mut serials, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    let mut count = 0_u32;
    for (place, der) in signers {
        let Ok(certificate) = Certificate::parse(der) else {
            continue;
        };
        rows.extend_from_slice(place.sha256.as_bytes());
        rows.extend_from_slice(&place.offset.to_be_bytes());
        rows.extend_from_slice(&place.length.to_be_bytes());
        serials.push((hashed(SignerKey::Serial(certificate.serial())), count));
        if let Some(key) = certificate.subject_key_identifier() {
            keys.push((hashed(SignerKey::KeyIdentifier(key)), count));
        }
        count += 1;
    }
    let mut bytes = MAGIC.to_vec();
    let number = |list: &[([u8; HASH], u32)]| u32::try_from(list.len()).unwrap_or(u32::MAX);
    for count in [count, number(&serials), number(&keys)] {
        bytes.extend_from_slice(&count.to_be_bytes());
    }
    bytes.append(&mut rows);
    for mut list in [serials, keys] {
        list.sort_unstable();
        for (hash, row) in list {
            bytes.extend_from_slice(&hash);
            bytes.extend_from_slice(&row.to_be_bytes());
        }
    }
    bytes
}

/// What a key is found by: it need not be the only one, as whoever asks looks at what is found.
fn hashed(key: SignerKey<'_>) -> [u8; HASH] {
    let (kind, octets) = match key {
        SignerKey::Serial(octets) => (b's', octets),
        SignerKey::KeyIdentifier(octets) => (b'k', octets),
    };
    let digest = Hash::Sha256.digest(&[&[kind], octets].concat());
    let mut hash = [0; HASH];
    for (slot, octet) in hash.iter_mut().zip(digest) {
        *slot = octet;
    }
    hash
}

/// The index, read.
#[derive(Debug, PartialEq)]
struct Index {
    rows: Vec<Place>,
    serials: Vec<([u8; HASH], u32)>,
    keys: Vec<([u8; HASH], u32)>,
}

impl Index {
    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes.strip_prefix(MAGIC)?);
        let mut length = |of_one: usize| usize::try_from(cursor.u32().ok()?).ok()?.checked_mul(of_one);
        let (rows, serials, keys) = (length(ROW)?, length(POINTER)?, length(POINTER)?);
        let (rows, serials, keys) = (
            cursor.take(rows).ok()?,
            cursor.take(serials).ok()?,
            cursor.take(keys).ok()?,
        );
        let index = Self {
            rows: rows.chunks_exact(ROW).filter_map(place).collect(),
            serials: serials.chunks_exact(POINTER).filter_map(pointer).collect(),
            keys: keys.chunks_exact(POINTER).filter_map(pointer).collect(),
        };
        cursor.is_empty().then_some(index)
    }

    /// The places of all that may bear this key; `None` where they are too many: the one that is meant could be among those
    /// that nobody looked at.
    fn places(&self, key: SignerKey<'_>) -> Option<Vec<&Place>> {
        let list = match key {
            SignerKey::Serial(_) => &self.serials,
            SignerKey::KeyIdentifier(_) => &self.keys,
        };
        let wanted = hashed(key);
        let first = list.partition_point(|(hash, _)| *hash < wanted);
        let found: Vec<&Place> = list
            .iter()
            .skip(first)
            .take_while(|(hash, _)| *hash == wanted)
            .take(MAX_SIGNERS_OF_ONE_KEY + 1)
            .filter_map(|(_, row)| self.rows.get(usize::try_from(*row).ok()?))
            .collect();
        (found.len() <= MAX_SIGNERS_OF_ONE_KEY).then_some(found)
    }
}

/// Reads an index and looks into it; for tests.
pub(super) fn parse(bytes: &[u8]) {
    if let Some(index) = Index::decode(bytes) {
        let _ = index.places(SignerKey::Serial(&[1]));
    }
}

fn place(row: &[u8]) -> Option<Place> {
    let mut row = Cursor::new(row);
    Some(Place {
        sha256: row.array::<32>().ok()?.into(),
        offset: u64::from_be_bytes(row.array().ok()?),
        length: row.u32().ok()?,
    })
}

fn pointer(entry: &[u8]) -> Option<([u8; HASH], u32)> {
    let mut entry = Cursor::new(entry);
    Some((entry.array().ok()?, entry.u32().ok()?))
}

/// The document signers of a store, opened. Both files stay open: a change of the store takes nothing away from whoever
/// has loaded it.
pub(super) struct SignerFiles {
    index_path: PathBuf,
    index_sha256: Fingerprint,
    index_file: Mutex<File>,
    index: OnceLock<Result<Index, String>>,
    part_path: PathBuf,
    part: Mutex<File>,
}

impl SignerFiles {
    /// Opens the index of this fingerprint and the part that it leads into, and reads neither.
    ///
    /// # Errors
    /// What the file system says.
    pub(super) fn open(index: &Path, sha256: Fingerprint, part: &Path) -> Result<Self, Error> {
        let open = |path: &Path| File::open(path).map(Mutex::new).map_err(Error::io("open", path));
        Ok(Self {
            index_path: index.to_owned(),
            index_sha256: sha256,
            index_file: open(index)?,
            index: OnceLock::new(),
            part_path: part.to_owned(),
            part: open(part)?,
        })
    }

    fn index(&self) -> &Result<Index, String> {
        self.index.get_or_init(|| {
            let damaged = |what: &str| format!("{}: {what}", self.index_path.display());
            let bytes = read_at(&self.index_file, 0, MAX_FINDER_BYTES)
                .map_err(|error| damaged(&error.to_string()))?;
            if Fingerprint::of(&bytes) != self.index_sha256 {
                return Err(damaged("its content was changed"));
            }
            Index::decode(&bytes).ok_or_else(|| damaged("not understood"))
        })
    }

    fn certificate(&self, place: &Place) -> Result<Certificate, String> {
        let damaged = |what: &str| format!("{}: {what}", self.part_path.display());
        let length = usize::try_from(place.length).unwrap_or(usize::MAX);
        if length > MAX_CERTIFICATE_BYTES {
            return Err(damaged("an entry is too long"));
        }
        let der = read_at(&self.part, place.offset, u64::from(place.length))
            .map_err(|error| damaged(&error.to_string()))?;
        if Fingerprint::of(&der) != place.sha256 {
            return Err(damaged("its content was changed"));
        }
        Certificate::parse(&der).map_err(|fault| damaged(&fault.to_string()))
    }
}

/// Up to `most` bytes from that place on.
fn read_at(file: &Mutex<File>, offset: u64, most: u64) -> std::io::Result<Vec<u8>> {
    let mut file = file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    (&mut *file).take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl SignerSource for SignerFiles {
    fn signers(&self, key: SignerKey<'_>) -> Result<Vec<Certificate>, String> {
        let index = self.index().as_ref().map_err(Clone::clone)?;
        let mut found = Vec::new();
        let places = index.places(key).ok_or_else(|| {
            let path = self.index_path.display();
            format!("{path}: more than {MAX_SIGNERS_OF_ONE_KEY} signers answer to one number")
        })?;
        for place in places {
            let certificate = self.certificate(place)?;
            if key.fits(&certificate) {
                found.push(certificate);
            }
        }
        Ok(found)
    }

    fn digest(&self) -> [u8; 32] {
        *self.index_sha256.as_bytes()
    }
}

impl core::fmt::Debug for SignerFiles {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("SignerFiles").field(&self.part_path).finish()
    }
}

#[cfg(test)]
mod tests;
