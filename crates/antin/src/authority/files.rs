//! Files that are written once, all or none.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::store::{Access, create_atomically};

/// A file that is to be written.
#[derive(Debug)]
pub struct NewFile {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub bytes: Vec<u8>,
    /// Who may read it.
    pub access: Access,
}

impl NewFile {
    /// A file that everybody may read.
    #[must_use]
    pub fn shared(path: PathBuf, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path,
            bytes: bytes.into(),
            access: Access::Shared,
        }
    }

    /// A file for its owner alone.
    #[must_use]
    pub fn secret(path: PathBuf, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path,
            bytes: bytes.into(),
            access: Access::Owner,
        }
    }
}

/// Writes new files, all or none: what was written is taken back if a later one cannot be. A name that is taken meanwhile,
/// or given to two of them, is not written over.
///
/// # Errors
/// [`Error::Exists`], [`Error::Io`].
pub fn write_new(files: &[NewFile]) -> Result<(), Error> {
    let mut names = BTreeSet::new();
    for file in files {
        if file.path.exists() || !names.insert(plain(&file.path)) {
            return Err(Error::Exists {
                path: file.path.clone(),
            });
        }
    }
    for (done, file) in files.iter().enumerate() {
        let folder = file.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let made = folder.map_or(Ok(()), |folder| {
            fs::create_dir_all(folder).map_err(Error::io("create", folder))
        });
        let written = made.and_then(|()| create_atomically(&file.path, &file.bytes, file.access));
        if let Err(error) = written {
            for file in files.iter().take(done) {
                // What cannot be taken back is named by the error beside it.
                let _ = fs::remove_file(&file.path);
            }
            return Err(error);
        }
    }
    Ok(())
}

/// The path without its detours, so that `x` and `./x` are seen to be one.
fn plain(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.components().collect());
    folder.join(path.file_name().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_written_all_or_none_and_never_over_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        write_new(&[
            NewFile::shared(path("a/1"), "one"),
            NewFile::secret(path("2"), "two"),
        ])
        .expect("they are new");
        let again = write_new(&[NewFile::shared(path("3"), "x"), NewFile::shared(path("2"), "x")]);
        assert!(matches!(again, Err(Error::Exists { .. })));
        // A folder stands where the second file should go.
        std::fs::write(path("4"), "a file").expect("it is written");
        let failed = write_new(&[NewFile::shared(path("3"), "x"), NewFile::shared(path("4/5"), "x")]);
        assert!(failed.is_err());
        assert!(!path("3").exists());
        assert_eq!(std::fs::read(path("2")).expect("it is there"), b"two");
    }

    #[test]
    fn two_files_of_one_name_are_refused_before_the_first_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        for other in ["x", "./x", "new/../x"] {
            let _ = fs::create_dir(path("new"));
            let twice = write_new(&[
                NewFile::shared(path("x"), "one"),
                NewFile::shared(path(other), "two"),
            ]);
            assert!(matches!(twice, Err(Error::Exists { .. })), "{other}");
            assert!(!path("x").exists(), "{other}");
        }
    }

    #[test]
    fn a_name_that_is_taken_in_the_last_moment_is_not_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x");
        fs::write(&path, "mine").expect("it is written");
        let late = create_atomically(&path, b"yours", Access::Shared);
        assert!(matches!(late, Err(Error::Exists { .. })));
        assert_eq!(fs::read(&path).expect("it is there"), b"mine");
    }
}
