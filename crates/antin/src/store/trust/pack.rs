//! A part of the store as a file: an index in JSON, then the entries' bytes one after the other.
//!
//! ```text
//! "antin-trust-part/1\n"   length of the index, 4 bytes, big-endian   index   bytes of the entries in its order
//! ```
//!
//! One file for many entries loads in a hundredth of the time that many files take. Parts are never changed: a part is
//! named by its SHA-256, which is checked whenever it is read.

use std::collections::BTreeMap;

use antin_wire::Cursor;
use serde::{Deserialize, Serialize};

use super::model::{Entry, Fingerprint, Kind, Realm, Source};

const MAGIC: &[u8] = b"antin-trust-part/1\n";

#[derive(Serialize, Deserialize)]
struct Row {
    sha256: Fingerprint,
    kind: Kind,
    #[serde(default, skip_serializing_if = "is_live")]
    realm: Realm,
    bytes: usize,
    sources: Vec<Source>,
}

fn is_live(realm: &Realm) -> bool {
    *realm == Realm::Live
}

/// A part.
pub(super) struct Part {
    /// The bytes of the file.
    pub(super) bytes: Vec<u8>,
    /// Where the first entry begins; each begins where the one before ends.
    pub(super) first: usize,
}

/// The part that holds these entries.
pub(super) fn encode<'e>(entries: impl Iterator<Item = (&'e Fingerprint, &'e Entry)>) -> Part {
    let mut rows = Vec::new();
    let mut blobs = Vec::new();
    for (fingerprint, entry) in entries {
        rows.push(Row {
            sha256: *fingerprint,
            kind: entry.kind,
            realm: entry.realm,
            bytes: entry.der.len(),
            sources: entry.sources.clone(),
        });
        blobs.extend_from_slice(&entry.der);
    }
    let index = serde_json::to_vec(&rows).expect("an index has no keys but text");
    let length = u32::try_from(index.len()).expect("parts are far below 4 GiB");
    Part {
        first: MAGIC.len() + size_of::<u32>() + index.len(),
        bytes: [MAGIC, &length.to_be_bytes(), &index, &blobs].concat(),
    }
}

/// Adds the entries of a part.
///
/// # Errors
/// What is wrong with the part.
pub(super) fn decode(bytes: &[u8], into: &mut BTreeMap<Fingerprint, Entry>) -> Result<(), &'static str> {
    let rest = bytes.strip_prefix(MAGIC).ok_or("not a part of a trust store")?;
    let mut cursor = Cursor::new(rest);
    let length = cursor.u32().map_err(|_| "cut off")?;
    let length = usize::try_from(length).map_err(|_| "cut off")?;
    let index = cursor.take(length).map_err(|_| "cut off")?;
    let rows: Vec<Row> = serde_json::from_slice(index).map_err(|_| "index not understood")?;
    for row in rows {
        let der = cursor.take(row.bytes).map_err(|_| "cut off")?;
        let entry = Entry {
            kind: row.kind,
            realm: row.realm,
            der: der.to_vec(),
            sources: row.sources,
        };
        into.insert(row.sha256, entry);
    }
    match cursor.is_empty() {
        true => Ok(()),
        false => Err("bytes behind its end"),
    }
}
