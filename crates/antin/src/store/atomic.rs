//! Writing a file so that a power cut leaves the old content or the new one, never half of it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Who may read a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Its owner alone: keys and card files.
    Owner,
    /// Everyone whom the process's mask allows.
    Shared,
}

/// Replaces the content of a file: a new file beside it is written, synced and renamed over it.
///
/// # Errors
///
/// [`Error::Io`]; the old content is untouched then.
pub fn write_atomically(path: &Path, bytes: &[u8], access: Access) -> Result<(), Error> {
    let (file, folder) = written_beside(path, bytes, access)?;
    file.persist(path)
        .map_err(|failed| Error::io("rename", path)(failed.error))?;
    sync_folder(&folder).map_err(Error::io("sync the folder", path))
}

/// Makes a file that was not there, whole or not at all. The system decides whether the name is free, in the same step that
/// takes it: a file that appeared a moment ago is not written over.
///
/// # Errors
///
/// [`Error::Exists`], [`Error::Io`].
pub fn create_atomically(path: &Path, bytes: &[u8], access: Access) -> Result<(), Error> {
    let (file, folder) = written_beside(path, bytes, access)?;
    file.persist_noclobber(path)
        .map_err(|failed| match failed.error.kind() {
            std::io::ErrorKind::AlreadyExists => Error::Exists {
                path: path.to_owned(),
            },
            _ => Error::io("rename", path)(failed.error),
        })?;
    sync_folder(&folder).map_err(Error::io("sync the folder", path))
}

/// The content in a file of another name, on its way to its own; and the folder of both.
fn written_beside(
    path: &Path,
    bytes: &[u8],
    access: Access,
) -> Result<(tempfile::NamedTempFile, PathBuf), Error> {
    let folder = folder_of(path);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".antin-").suffix(".tmp");
    let mut file = builder
        .tempfile_in(&folder)
        .map_err(Error::io("create a file beside it", path))?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
    share(file.as_file(), access).map_err(Error::io("set permissions", path))?;
    file.as_file().sync_all().map_err(Error::io("sync", path))?;
    Ok((file, folder))
}

/// Reads a whole file, up to a limit.
///
/// # Errors
///
/// [`Error::Io`], or [`Error::TooLarge`] beyond `limit` bytes.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let file = File::open(path).map_err(Error::io("open", path))?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(Error::io("read", path))?;
    if bytes.len() as u64 > limit {
        return Err(Error::TooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    Ok(bytes)
}

/// The folder that a file lies in.
pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Makes a rename or a new name durable.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        OpenOptions::new().read(true).open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

#[cfg(unix)]
fn share(file: &File, access: Access) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    match access {
        // Temporary files are born readable by their owner alone.
        Access::Owner => Ok(()),
        Access::Shared => file.set_permissions(std::fs::Permissions::from_mode(0o644)),
    }
}

#[cfg(not(unix))]
fn share(_: &File, _: Access) -> std::io::Result<()> {
    Ok(())
}
