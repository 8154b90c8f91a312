//! What a terminal shows to a chip, in a folder: certificates and the terminal's private key.

use std::fs;
use std::path::{Path, PathBuf};

use antin_reader::TerminalKeys;
use antin_trust::cv::{CvCertificate, CvSigner, Date, Role, TaAlgorithm};

use super::atomic::read_bounded;
use super::read_secret;
use crate::error::Error;

/// Loads every `*.cvcert` of a folder (the terminal's, its verifier's, links between authorities) and every private key
/// (`*.pem`, `*.key`, `*.der`, `*.pkcs8`, `*.p8`; unencrypted PKCS#8, PEM or DER by content).
///
/// # Errors
///
/// [`Error::Certificate`] for a file that is no certificate, [`Error::NoCertificates`] for a folder without any;
/// [`Error::KeySet`] for a key that others may read or that is none of a terminal; [`Error::Io`], [`Error::TooLarge`].
pub fn load_terminal(folder: &Path, today: Date) -> Result<TerminalKeys, Error> {
    let mut certificates = Vec::new();
    for path in files(folder, &CERTIFICATES)? {
        let bytes = read_bounded(&path, MAX_BYTES)?;
        let parsed = CvCertificate::parse(&bytes);
        certificates.push(parsed.map_err(|problem| Error::Certificate { path, problem })?);
    }
    if certificates.is_empty() {
        return Err(Error::NoCertificates {
            path: folder.to_owned(),
        });
    }
    let mut algorithms: Vec<TaAlgorithm> = Vec::new();
    for certificate in &certificates {
        let algorithm = certificate.public_key().algorithm();
        if certificate.authorization().role() == Role::Terminal && !algorithms.contains(&algorithm) {
            algorithms.push(algorithm);
        }
    }
    let mut keys = Vec::new();
    for path in files(folder, &KEYS)? {
        keys.extend(load_key(&path, &algorithms)?);
    }
    Ok(TerminalKeys::new(certificates, keys, today))
}

/// The key as each of the algorithms uses it: a key file does not say how it signs.
fn load_key(path: &Path, algorithms: &[TaAlgorithm]) -> Result<Vec<CvSigner>, Error> {
    let wrong = |what: &str| Error::KeySet {
        path: path.to_owned(),
        what: what.to_owned(),
    };
    let bytes = read_secret(path, MAX_BYTES)?;
    let text = std::str::from_utf8(bytes.expose()).ok();
    let read = |algorithm: &TaAlgorithm| match text {
        Some(text) => CvSigner::from_pkcs8_pem(text, *algorithm).ok(),
        None => CvSigner::from_pkcs8_der(bytes.expose(), *algorithm).ok(),
    };
    let keys: Vec<CvSigner> = algorithms.iter().filter_map(read).collect();
    if keys.is_empty() && !algorithms.is_empty() {
        return Err(wrong(
            "not an unencrypted PKCS#8 private key of a terminal certificate's algorithm",
        ));
    }
    Ok(keys)
}

/// The files of a folder with one of these endings, in the order of their names.
fn files(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("open", folder))? {
        let path = entry.map_err(Error::io("list", folder))?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        let wanted = ending.is_some_and(|ending| endings.contains(&ending.to_ascii_lowercase().as_str()));
        if wanted && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

const CERTIFICATES: [&str; 1] = ["cvcert"];
const KEYS: [&str; 5] = ["pem", "key", "der", "pkcs8", "p8"];
/// Certificates and keys are far shorter.
const MAX_BYTES: u64 = 16 * 1024;
