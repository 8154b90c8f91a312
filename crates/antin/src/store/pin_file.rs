//! A file with the PIN of a token.

use std::path::Path;

use antin_crypto::SecretBytes;

use super::read_secret;
use crate::error::Error;

/// No PIN of a token is longer.
const MAX_BYTES: u64 = 256;

/// Reads the PIN in a file that nobody but its owner may read: one line, less its end.
///
/// # Errors
///
/// [`Error::KeySet`] for a file that others may read, or with no PIN or more than one line; [`Error::Io`],
/// [`Error::TooLarge`].
pub fn load_token_pin(path: &Path) -> Result<SecretBytes, Error> {
    let wrong = |what: &str| Error::KeySet {
        path: path.to_owned(),
        what: what.to_owned(),
    };
    let bytes = read_secret(path, MAX_BYTES)?;
    let line = bytes.expose();
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() || line.iter().any(u8::is_ascii_control) {
        return Err(wrong("not one line with a PIN"));
    }
    Ok(SecretBytes::new(line.to_vec()))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn load(content: &str, mode: u32) -> Result<SecretBytes, Error> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pin");
        std::fs::write(&path, content).expect("it is written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("it is mine");
        load_token_pin(&path)
    }

    #[test]
    fn a_pin_is_one_line_that_only_its_owner_reads() {
        for content in ["271828", "271828\n", "271828\r\n"] {
            assert!(
                load(content, 0o600).expect("a PIN").ct_eq(b"271828"),
                "{content:?}"
            );
        }
        for content in ["", "\n", "271828\n314159\n"] {
            assert!(
                matches!(load(content, 0o600), Err(Error::KeySet { .. })),
                "{content:?}"
            );
        }
        assert!(matches!(load("271828", 0o640), Err(Error::KeySet { .. })));
        let long = "1".repeat(257);
        assert!(matches!(load(&long, 0o600), Err(Error::TooLarge { .. })));
    }
}
