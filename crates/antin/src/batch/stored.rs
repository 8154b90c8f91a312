//! A document as it lies there: read once, recognised and judged.

use std::borrow::Cow;
use std::path::Path;

use antin_crypto::{Hash, fastest_verifier};
use antin_reader::Document;
use antin_trust::{Backend, ReadFiles, Report, SignerCache, verify_with};

use super::Options;
use crate::error::Error;
use crate::store::{Evidence, MAX_EVIDENCE_BYTES, Witness, read_bounded, read_dump};

/// The content of one document.
pub(super) enum Stored {
    /// A folder of files.
    Folder(ReadFiles),
    /// An evidence file.
    Evidence(Vec<u8>),
}

impl Stored {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        Ok(match path.is_dir() {
            true => Self::Folder(read_dump(path)?),
            false => Self::Evidence(read_bounded(path, MAX_EVIDENCE_BYTES)?),
        })
    }

    /// SHA-256 of the kind and the content: a file with the list of a folder's files is not that folder.
    pub(super) fn sha256(&self) -> [u8; 32] {
        let text = match self {
            Self::Evidence(bytes) => format!("evidence\n{}\n", hex::encode(sha256(bytes))),
            Self::Folder(files) => format!("folder\n{}", listed(files)),
        };
        sha256(text.as_bytes())
    }

    pub(super) fn verify(
        &self,
        path: &Path,
        options: &Options<'_>,
        cache: &mut SignerCache,
    ) -> Result<Report, Error> {
        let (document, trust, at) = match self {
            Self::Folder(files) => {
                let document = Document::from_files(files.clone());
                (document, Cow::Borrowed(options.trust), options.at)
            }
            Self::Evidence(bytes) => {
                let evidence = Evidence::parse(bytes, path)?;
                let sealed = options.station.and_then(|key| evidence.sealed_by(key));
                let witness = sealed.unwrap_or(Witness::Nobody);
                let at = sealed.map_or(options.at, |_| evidence.saved());
                let trust = evidence.trust_with(witness, options.trust).map_err(|problem| {
                    let path = path.to_owned();
                    Error::Evidence {
                        path,
                        problem: problem.to_string(),
                    }
                })?;
                (evidence.document(witness), trust, at)
            }
        };
        let mut backend = Backend {
            verifier: fastest_verifier(),
            cache: Some(cache),
        };
        let (files, session) = (document.files(), document.session());
        Ok(verify_with(
            files,
            session,
            &trust,
            at,
            options.policy,
            &mut backend,
        ))
    }
}

/// The files of a folder with their SHA-256, as `sha256sum` lists them, in the order of their numbers.
fn listed(files: &ReadFiles) -> String {
    let lines = files.iter().map(|(file, _)| {
        let digest = sha256(files.bytes(file).unwrap_or_default());
        format!("{}  {}\n", hex::encode(digest), file.file_name())
    });
    lines.collect()
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = Hash::Sha256.digest(bytes);
    digest.as_slice().try_into().expect("SHA-256 has 32 bytes")
}
