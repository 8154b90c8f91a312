//! The two lines of an evidence file, and the one object of the files before them.

use std::collections::BTreeMap;
use std::path::Path;

use antin_trust::{Access as ChipAccess, Check, Page, UnixTime};
use serde::{Deserialize, Serialize};

use super::station::{Seal, SealText};
use super::{EVIDENCE_SCHEMA, Evidence, FIRST_SCHEMA, TrustUsed, content, limits, wrong};
use crate::error::Error;

/// Which schema it is decides what is said of the rest.
#[derive(Deserialize)]
struct Named {
    schema: String,
}

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cover {
    schema: String,
    /// Of the second line with its line feed, in hex.
    sha256: String,
    station: Option<SealText>,
}

/// A file of the first schema.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    #[serde(rename = "schema")]
    _schema: String,
    saved: UnixTime,
    access: ChipAccess,
    files: BTreeMap<String, String>,
    checks: Vec<Check>,
    chip_proofs: Vec<Check>,
    apdus: Option<u64>,
}

pub(super) fn emit(evidence: &Evidence) -> Vec<u8> {
    let cover = Cover {
        schema: EVIDENCE_SCHEMA.to_owned(),
        sha256: hex::encode(evidence.sha256()),
        station: evidence.seal.as_ref().map(Seal::emit),
    };
    let mut bytes = serde_json::to_vec(&cover).expect("texts can be written as JSON");
    bytes.push(b'\n');
    bytes.extend_from_slice(&evidence.content);
    bytes
}

pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<Evidence, Error> {
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let cover = lines.next().unwrap_or_default();
    match serde_json::from_slice::<Named>(cover) {
        Ok(named) if named.schema == EVIDENCE_SCHEMA => {}
        _ => return first(bytes, path),
    }
    let cover: Cover = serde_json::from_slice(cover).map_err(|problem| wrong(path, problem))?;
    let line = lines.next().unwrap_or_default();
    if !line.ends_with(b"\n") {
        return Err(wrong(path, "cut off: the second line has no end"));
    }
    if lines.next().is_some() {
        return Err(wrong(path, "something stands behind the second line"));
    }
    // Before anything is read: what was altered need not be understood.
    let altered = |what| Error::EvidenceAltered {
        path: path.to_owned(),
        what,
    };
    let digest = antin_crypto::Hash::Sha256.digest(line);
    if hex::encode(digest) != cover.sha256 {
        return Err(altered("the SHA-256 of the content is another one"));
    }
    let seal = cover.station.map(|text| Seal::parse(&text, path)).transpose()?;
    if seal.as_ref().is_some_and(|seal| seal.verify(line).is_err()) {
        return Err(altered("the station's signature does not fit"));
    }
    let evidence = Evidence {
        seal,
        ..content::parse(line, path)?
    };
    limits::check(&evidence, path)?;
    match emit(&evidence) == bytes {
        true => Ok(evidence),
        false => Err(wrong(path, "not in the form in which it is written")),
    }
}

/// A file of the first schema, or none at all.
fn first(bytes: &[u8], path: &Path) -> Result<Evidence, Error> {
    match serde_json::from_slice::<Named>(bytes) {
        Ok(named) if named.schema == FIRST_SCHEMA => {}
        Ok(named) => return Err(wrong(path, format!("schema {}", named.schema))),
        Err(problem) => return Err(wrong(path, problem)),
    }
    let first: First = serde_json::from_slice(bytes).map_err(|problem| wrong(path, problem))?;
    let evidence = Evidence {
        content: bytes.to_vec(),
        saved: first.saved,
        judged: None,
        files: content::read_files(&first.files, path)?,
        access: first.access,
        apdus: first.apdus,
        checks: first.checks,
        chip_proofs: first.chip_proofs,
        answers: Vec::new(),
        page: Page::default(),
        trust: TrustUsed::default(),
        seal: None,
    };
    limits::check(&evidence, path)?;
    Ok(evidence)
}
