//! A document signer in a folder: its private key and its certificate.

use std::fs;
use std::path::{Path, PathBuf};

use antin_crypto::{PrivateKey, SecretBytes, SoftSigner, decrypt_pkcs8_pem, is_encrypted_pkcs8};
use antin_trust::Certificate;
use antin_trust::pki::DemoPki;

use super::atomic::{Access, write_atomically};
use super::read_secret;
use super::trust_folder::{certificate_files, certificates};
use crate::authority::Problem;
use crate::error::Error;

/// A document signer loaded from a folder; key and certificate belong together.
#[derive(Clone, Debug)]
pub struct SignerFolder {
    signer: SoftSigner,
    certificate: Certificate,
    certificate_path: PathBuf,
}

impl SignerFolder {
    /// Loads `ds-key.pem` (or the only `*key*.pem`, `*.key`, `*.p8` file; PKCS#8, PEM or DER) and the certificate in the
    /// folder that belongs to it. A key under a password needs [`load_with`](Self::load_with).
    ///
    /// # Errors
    ///
    /// [`Error::SignerIncomplete`], [`Error::SignerKey`], [`Error::SignerMismatch`], or what is wrong with a file.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        Self::load_with(folder, None)
    }

    /// Whether the key in the folder is under a password.
    ///
    /// # Errors
    ///
    /// [`Error::SignerIncomplete`], or what is wrong with a file.
    pub fn is_locked(folder: &Path) -> Result<bool, Error> {
        let bytes = read_secret(&key_file(folder)?, MAX_KEY_BYTES)?;
        Ok(is_encrypted_pkcs8(bytes.expose()))
    }

    /// The same with the password of the key.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load); [`Problem::WrongPassword`].
    pub fn load_with(folder: &Path, password: Option<&SecretBytes>) -> Result<Self, Error> {
        let key = load_key(&key_file(folder)?, password)?;
        let candidates = signer_certificates(folder)?;
        if candidates.is_empty() {
            return Err(Error::SignerIncomplete {
                path: folder.to_owned(),
                what: "certificate",
            });
        }
        let mismatch = Error::SignerMismatch {
            path: folder.to_owned(),
        };
        let fits = |certificate: &Certificate| {
            let certified = certificate.public_key().ok()?;
            let belongs = certified.as_ec() == Some(&key.public());
            certified.parameter_form().filter(|_| belongs)
        };
        let found = candidates
            .into_iter()
            .find_map(|(path, certificate)| Some((fits(&certificate)?, path, certificate)));
        let (form, certificate_path, certificate) = found.ok_or(mismatch)?;
        Ok(Self {
            signer: SoftSigner::new(key, certificate_hash(&certificate), form),
            certificate,
            certificate_path,
        })
    }

    /// The file of its certificate.
    pub fn certificate_path(&self) -> &Path {
        &self.certificate_path
    }

    /// The signer.
    pub fn signer(&self) -> &SoftSigner {
        &self.signer
    }

    /// Its certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

/// Writes a demonstration PKI: `ds-key.pem`, `ds.pem`, `csca-key.pem` (each key for its owner alone) and
/// `trust/csca.pem`, which is what a verifier is given. Returns the paths.
///
/// # Errors
///
/// [`Error::Exists`] before anything is written if one of them is there: a key is never overwritten.
pub fn write_demo_pki(folder: &Path, pki: &DemoPki) -> Result<Vec<PathBuf>, Error> {
    let trust = folder.join("trust");
    fs::create_dir_all(&trust).map_err(Error::io("create", &trust))?;
    let ds_key = pki.ds_key.to_pkcs8_pem();
    let csca_key = pki.csca_key.to_pkcs8_pem();
    let (ds, csca) = (pki.ds.to_pem(), pki.csca.to_pem());
    let files = [
        (folder.join(DS_KEY), ds_key.expose(), Access::Owner),
        (folder.join("csca-key.pem"), csca_key.expose(), Access::Owner),
        (folder.join("ds.pem"), ds.as_bytes(), Access::Shared),
        (trust.join("csca.pem"), csca.as_bytes(), Access::Shared),
    ];
    if let Some((path, ..)) = files.iter().find(|(path, ..)| path.exists()) {
        return Err(Error::Exists { path: path.clone() });
    }
    let mut paths = Vec::new();
    for (path, bytes, access) in files {
        write_atomically(&path, bytes, access)?;
        paths.push(path);
    }
    Ok(paths)
}

/// The hash that the document signer signs with: as strong as its curve.
fn certificate_hash(certificate: &Certificate) -> antin_crypto::Hash {
    match certificate.public_key() {
        Ok(key) if key.curve().is_some_and(|curve| curve.field_len() > 32) => antin_crypto::Hash::Sha384,
        _ => antin_crypto::Hash::Sha256,
    }
}

fn signer_certificates(folder: &Path) -> Result<Vec<(PathBuf, Certificate)>, Error> {
    let mut found = Vec::new();
    for path in certificate_files(folder)? {
        if !is_key_name(&path) {
            let read = certificates(&path)?;
            found.extend(read.into_iter().map(|certificate| (path.clone(), certificate)));
        }
    }
    Ok(found)
}

fn key_file(folder: &Path) -> Result<PathBuf, Error> {
    let usual = folder.join(DS_KEY);
    if usual.is_file() {
        return Ok(usual);
    }
    let mut keys = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("open", folder))? {
        let path = entry.map_err(Error::io("list", folder))?.path();
        if path.is_file() && is_key_name(&path) {
            keys.push(path);
        }
    }
    match keys.pop() {
        Some(only) if keys.is_empty() => Ok(only),
        _ => Err(Error::SignerIncomplete {
            path: folder.to_owned(),
            what: "private key",
        }),
    }
}

fn is_key_name(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    name.ends_with(".key") || name.ends_with(".p8") || (name.contains("key") && name.ends_with(".pem"))
}

fn load_key(path: &Path, password: Option<&SecretBytes>) -> Result<PrivateKey, Error> {
    let bad = || Error::SignerKey {
        path: path.to_owned(),
    };
    let bytes = read_secret(path, MAX_KEY_BYTES)?;
    let text = std::str::from_utf8(bytes.expose());
    let key = match (text, password) {
        (Ok(text), Some(password)) if is_encrypted_pkcs8(bytes.expose()) => {
            let der = decrypt_pkcs8_pem(text, password).map_err(|error| match error {
                antin_crypto::Error::WrongPassword => Error::from(Problem::WrongPassword {
                    path: path.to_owned(),
                }),
                _ => bad(),
            })?;
            PrivateKey::from_pkcs8_der(der.expose())
        }
        (Ok(text), _) if text.contains("-----BEGIN ") => PrivateKey::from_pkcs8_pem(text),
        _ => PrivateKey::from_pkcs8_der(bytes.expose()),
    };
    key.map_err(|_| bad())
}

const DS_KEY: &str = "ds-key.pem";

/// Far above any elliptic-curve key.
const MAX_KEY_BYTES: u64 = 64 * 1024;
