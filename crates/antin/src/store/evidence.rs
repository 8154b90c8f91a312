//! An evidence file: the files of one visit and what the chip's session gave, to be verified again later.

use std::collections::BTreeMap;
use std::path::Path;

use antin_lds::ElementaryFile;
use antin_reader::Document;
use antin_trust::{Access as ChipAccess, Check, FileState, ReadFiles, SessionFacts, UnixTime};
use serde::{Deserialize, Serialize};

use super::atomic::{Access, read_bounded, write_atomically};
use crate::error::Error;

/// `antin.evidence/1`, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Evidence {
    schema: String,
    saved: UnixTime,
    access: ChipAccess,
    /// Golden Reader Tool name to content in hex.
    files: BTreeMap<String, String>,
    checks: Vec<Check>,
    chip_proofs: Vec<Check>,
    apdus: Option<u64>,
}

/// Saves a document as an evidence file, for its owner alone: it holds everything that the chip told.
///
/// The chip's proofs are kept as the rows they gave; who was not there must take them from whoever keeps the file.
///
/// # Errors
///
/// [`Error::Io`].
pub fn save_evidence(document: &Document, path: &Path, at: UnixTime) -> Result<(), Error> {
    let read = document.files().iter().filter_map(|(file, state)| match state {
        FileState::Read(bytes) => Some((file.file_name(), hex::encode(bytes))),
        _ => None,
    });
    let session = document.session();
    let evidence = Evidence {
        schema: SCHEMA.to_owned(),
        saved: at,
        access: session.access.clone(),
        files: read.collect(),
        checks: session.checks.clone(),
        chip_proofs: session.chip_proofs.clone(),
        apdus: session.apdus,
    };
    let json = serde_json::to_vec_pretty(&evidence).map_err(|problem| wrong(path, &problem))?;
    write_atomically(path, &json, Access::Owner)
}

/// Loads an evidence file.
///
/// The file is not signed, so its chip proofs are words: they are not taken over, and the best verdict on a loaded
/// document is `chip-unproven`, like that of a folder.
///
/// # Errors
///
/// [`Error::Evidence`] for anything but an evidence file.
pub fn load_evidence(path: &Path) -> Result<Document, Error> {
    let bytes = read_bounded(path, MAX_EVIDENCE_BYTES)?;
    let evidence: Evidence = serde_json::from_slice(&bytes).map_err(|problem| wrong(path, &problem))?;
    if evidence.schema != SCHEMA {
        return Err(wrong(path, &format!("schema {}", evidence.schema)));
    }
    let mut files = ReadFiles::new();
    for (name, content) in &evidence.files {
        let file = ElementaryFile::from_file_name(name).ok_or_else(|| wrong(path, &"unknown file name"))?;
        let bytes = hex::decode(content).map_err(|problem| wrong(path, &problem))?;
        files.insert(file, FileState::Read(bytes));
    }
    Ok(Document::from_parts(files, SessionFacts::offline()))
}

fn wrong(path: &Path, problem: &dyn std::fmt::Display) -> Error {
    Error::Evidence {
        path: path.to_owned(),
        problem: problem.to_string(),
    }
}

const SCHEMA: &str = "antin.evidence/1";

/// All files of a chip in hex, several times over.
const MAX_EVIDENCE_BYTES: u64 = 64 * 1024 * 1024;
