//! The file of a key set, `antin.scp03-keys/1`.
//!
//! ```toml
//! schema = "antin.scp03-keys/1"
//! version = 48        # key version number, 0 to 127; 0 for those that the chip has first
//! enc = "<hex>"       # three AES keys of 16, 24 or 32 bytes
//! mac = "<hex>"
//! dek = "<hex>"
//! ```

use std::path::Path;

use antin_crypto::SecretBytes;
use antin_protocol::scp03::KeySet;
use serde::Deserialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::read_secret;
use crate::error::Error;

/// Name of the format.
const SCHEMA: &str = "antin.scp03-keys/1";
/// Highest key version number of GlobalPlatform.
const MAX_VERSION: u8 = 0x7F;
/// No key set is larger.
const MAX_BYTES: u64 = 4096;

#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Source {
    schema: String,
    version: u8,
    enc: String,
    mac: String,
    dek: String,
}

/// Reads the key set of a file that nobody but its owner may read.
///
/// # Errors
///
/// [`Error::KeySet`] for a file that others may read or that is no key set; [`Error::Io`], [`Error::TooLarge`].
pub fn load_scp03_keys(path: &Path) -> Result<KeySet, Error> {
    parse_scp03_keys(read_secret(path, MAX_BYTES)?.expose(), path)
}

/// Reads the key set in the bytes of a file; the path is only for the words of an error.
///
/// # Errors
///
/// [`Error::KeySet`] for bytes that are no key set.
pub fn parse_scp03_keys(bytes: &[u8], path: &Path) -> Result<KeySet, Error> {
    let wrong = |what: &str| wrong(path, what);
    let text = std::str::from_utf8(bytes).map_err(|_| wrong("not UTF-8"))?;
    // The words of the TOML reader would show the line, which holds a key.
    let source: Source = toml::from_str(text).map_err(|_| wrong("a field is unknown, missing or wrong"))?;
    if source.schema != SCHEMA {
        return Err(wrong("not of the schema antin.scp03-keys/1"));
    }
    if source.version > MAX_VERSION {
        return Err(wrong("the version is above 127"));
    }
    let key = |text: &str| {
        let bytes = hex::decode(text).map_err(|_| wrong("a key is not hex"))?;
        Ok::<_, Error>(SecretBytes::new(bytes))
    };
    let (enc, mac, dek) = (key(&source.enc)?, key(&source.mac)?, key(&source.dek)?);
    KeySet::new(source.version, enc, mac, dek).map_err(|error| wrong(&error.to_string()))
}

fn wrong(path: &Path, what: &str) -> Error {
    Error::KeySet {
        path: path.to_owned(),
        what: what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use antin_protocol::scp03::StaticKeys as _;

    use super::*;

    fn text(changes: &[(&str, &str)]) -> String {
        let key = |digits: &str| digits.repeat(16);
        let right = format!(
            "schema = \"{SCHEMA}\"\nversion = 48\nenc = \"{}\"\nmac = \"{}\"\ndek = \"{}\"\n",
            key("a1"),
            key("b2"),
            key("c3")
        );
        changes
            .iter()
            .fold(right, |text, (from, to)| text.replace(from, to))
    }

    fn load(text: &str, mode: u32) -> Result<KeySet, Error> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("keys.toml");
        std::fs::write(&path, text).expect("it is written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("it is mine");
        }
        load_scp03_keys(&path)
    }

    #[test]
    fn a_key_set_is_read_with_its_version() {
        let keys = load(&text(&[]), 0o600).expect("a key set");
        assert_eq!((keys.version(), keys.has_test_key()), (48, false));
    }

    #[cfg(unix)]
    #[test]
    fn a_key_set_that_others_may_read_is_refused() {
        for mode in [0o640, 0o604, 0o644] {
            assert!(matches!(load(&text(&[]), mode), Err(Error::KeySet { .. })));
        }
    }

    #[test]
    fn faults_are_told_and_no_key_is_shown() {
        for change in [
            ("antin.scp03-keys/1", "antin.scp03-keys/2"),
            ("48", "128"),
            ("48", "-1"),
            ("enc", "enk"),
            ("a1a1", "a1xx"),
            ("a1a1", "a1"),
            ("dek", "# dek"),
        ] {
            let error = load(&text(&[change]), 0o600).expect_err("it is wrong");
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("b2b2"), "{shown}");
        }
    }
}
