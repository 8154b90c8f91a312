//! Files whose bytes are a secret.

use std::path::Path;

use antin_crypto::SecretBytes;

use super::read_bounded;
use crate::error::Error;

/// Reads a file that nobody but its owner may read, of at most `limit` bytes.
///
/// # Errors
///
/// [`Error::KeySet`] for a file that others may read; [`Error::Io`], [`Error::TooLarge`].
pub fn read_secret(path: &Path, limit: u64) -> Result<SecretBytes, Error> {
    let bytes = SecretBytes::new(read_bounded(path, limit)?);
    if is_open_to_others(path)? {
        return Err(Error::KeySet {
            path: path.to_owned(),
            what: "others may read it: chmod 600".to_owned(),
        });
    }
    Ok(bytes)
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> Result<bool, Error> {
    use std::os::unix::fs::PermissionsExt;
    let found = std::fs::metadata(path).map_err(Error::io("look at", path))?;
    Ok(found.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_path: &Path) -> Result<bool, Error> {
    Ok(false)
}
