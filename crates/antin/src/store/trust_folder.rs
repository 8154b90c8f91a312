//! Trusted country certificates from a folder.

use std::fs;
use std::path::{Path, PathBuf};

use antin_trust::{Certificate, TrustStore};

use super::atomic::read_bounded;
use super::trust::{TrustFolder, own_folder, readable};
use crate::error::Error;

/// Loads every certificate of a folder (`.cer .crt .der .pem`, PEM or DER by content; a PEM file may hold several)
/// as a trusted country signing authority. Other files are left alone. Whoever names the folder asks for it: test
/// authorities in it count, and reports name the folder with them. A folder that holds a trust store is loaded as one.
///
/// # Errors
///
/// [`Error::Certificate`] names the first file that is no certificate of an authority: a trust store with a hole that
/// nobody sees would be worse. [`Error::NoCertificates`] for a folder without any.
pub fn load_trust(folder: &Path) -> Result<TrustStore, Error> {
    let stored = TrustFolder::at(folder);
    if stored.exists() {
        return load_trust_store(folder);
    }
    let mut store = TrustStore::named(&set_name(folder));
    add_folder(folder, &mut store)?;
    if store.is_empty() {
        return Err(Error::NoCertificates {
            path: folder.to_owned(),
        });
    }
    Ok(store)
}

/// Loads what this user and this machine trust. `$ANTIN_TRUST` names a folder of certificates, and then nothing else
/// counts; test authorities count only there. Otherwise, as far as they exist: the trust store that `$ANTIN_TRUST_STORE`
/// names, else the user's (`~/.local/share/antin/trust`) and the machine's (`/var/lib/antin/trust`); and the folders of
/// certificates `~/.config/antin/trust` and `/etc/antin/trust`. An empty store is a valid answer: every issuer is unknown
/// then.
///
/// # Errors
///
/// As [`load_trust`], for what exists; [`TrustProblem::NoStore`](super::trust::TrustProblem::NoStore) for a variable that
/// names no store.
pub fn system_trust() -> Result<TrustStore, Error> {
    if let Some(folder) = std::env::var_os("ANTIN_TRUST") {
        return named_by_variable(Path::new(&folder));
    }
    let mut store = TrustStore::new();
    for stored in readable(None) {
        stored.open_into(&mut store)?;
    }
    for folder in system_folders().into_iter().filter(|folder| folder.is_dir()) {
        add_folder(&folder, &mut store)?;
    }
    Ok(store)
}

/// Loads one trust store and nothing else. Document signers stay on disk until a document asks for one.
///
/// # Errors
///
/// [`TrustProblem`](super::trust::TrustProblem) for a folder that holds none, or a damaged one.
pub fn load_trust_store(folder: &Path) -> Result<TrustStore, Error> {
    let mut store = TrustStore::new();
    TrustFolder::at(folder).open_into(&mut store)?;
    Ok(store)
}

fn named_by_variable(folder: &Path) -> Result<TrustStore, Error> {
    let stored = TrustFolder::at(folder);
    if stored.exists() {
        return load_trust_store(folder);
    }
    let mut store = TrustStore::named(&set_name(folder));
    if folder.is_dir() {
        add_folder(folder, &mut store)?;
    }
    Ok(store)
}

fn add_folder(folder: &Path, store: &mut TrustStore) -> Result<(), Error> {
    for path in certificate_files(folder)? {
        for certificate in certificates(&path)? {
            store.add(certificate).map_err(|problem| Error::Certificate {
                path: path.clone(),
                problem,
            })?;
        }
    }
    Ok(())
}

/// A folder's own name, by which its test authorities are told.
fn set_name(folder: &Path) -> String {
    folder.file_name().map_or_else(
        || folder.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

fn system_folders() -> Vec<PathBuf> {
    own_folder("XDG_CONFIG_HOME", ".config")
        .into_iter()
        .chain([PathBuf::from("/etc/antin/trust")])
        .collect()
}

/// The files of a folder that by their names hold certificates, in the order of their names.
pub(super) fn certificate_files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("open", folder))? {
        let path = entry.map_err(Error::io("list", folder))?.path();
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .map(str::to_ascii_lowercase);
        let named = extension.is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()));
        if named && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The certificates of one file; none for a PEM file that holds something else, such as a key.
pub(super) fn certificates(path: &Path) -> Result<Vec<Certificate>, Error> {
    let bytes = read_bounded(path, MAX_CERTIFICATE_FILE_BYTES)?;
    let wrong = |problem| Error::Certificate {
        path: path.to_owned(),
        problem,
    };
    match std::str::from_utf8(&bytes) {
        Ok(text) if text.contains(PEM_BEGIN) => Certificate::all_from_pem(text).map_err(wrong),
        _ => Ok(vec![Certificate::parse(&bytes).map_err(wrong)?]),
    }
}

const EXTENSIONS: [&str; 4] = ["cer", "crt", "der", "pem"];
const PEM_BEGIN: &str = "-----BEGIN ";

/// Far above any certificate; a PEM file may hold some hundreds.
const MAX_CERTIFICATE_FILE_BYTES: u64 = 8 * 1024 * 1024;
