//! Certificates and requests as files.

use std::path::Path;

use antin::store::{Access, read_bounded, write_atomically};
use antin::trust::Error;
use antin::trust::cv::{CvCertificate, CvRequest};

use crate::failure::{Failure, Id};

/// Certificates and keys are far shorter.
pub(super) const MAX_BYTES: u64 = 16 * 1024;

/// Reads a whole file.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    Ok(read_bounded(path, MAX_BYTES)?)
}

/// Reads a certificate.
pub fn certificate(path: &Path) -> Result<CvCertificate, Failure> {
    let bytes = read(path)?;
    CvCertificate::parse(&bytes).map_err(|fault| match CvRequest::parse(&bytes) {
        Ok(_) => other_kind(path, "cv-is-a-request"),
        Err(_) => malformed(path, fault),
    })
}

/// Reads a request.
pub fn request(path: &Path) -> Result<CvRequest, Failure> {
    let bytes = read(path)?;
    CvRequest::parse(&bytes).map_err(|fault| match CvCertificate::parse(&bytes) {
        Ok(_) => other_kind(path, "cv-is-a-certificate"),
        Err(_) => malformed(path, fault),
    })
}

/// A file that can be read, but is not what was asked for.
pub fn other_kind(path: &Path, word: &'static str) -> Failure {
    Failure::new(Id::M403)
        .fact("file", path.display())
        .said("detail", word)
}

/// A file that is nothing of ours.
pub fn malformed(path: &Path, fault: Error) -> Failure {
    Failure::new(Id::M403)
        .fact("file", path.display())
        .fact("detail", fault)
}

/// Refuses a name that is taken.
pub fn free(path: &Path) -> Result<(), Failure> {
    match path.exists() {
        true => Err(Failure::new(Id::U104).fact("file", path.display())),
        false => Ok(()),
    }
}

/// Writes a new file.
pub fn save(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    free(path)?;
    Ok(write_atomically(path, bytes, Access::Shared)?)
}
