//! The documents under a folder.

use std::fs;
use std::path::{Path, PathBuf};

use antin_lds::ElementaryFile;

use crate::error::Error;

/// Folders deeper than this are not looked into.
pub const MAX_DEPTH: usize = 16;

/// No batch has more documents: their paths are all that is kept of them.
pub const MAX_DOCUMENTS: usize = 1_000_000;

/// Every folder that holds files of a chip and every evidence file (`*.antin`) under `root`, in the order of their paths.
/// Links are not followed: a folder that contains itself would have no end.
///
/// # Errors
///
/// [`Error::Io`] for a folder that cannot be read, [`Error::TooManyDocuments`] beyond [`MAX_DOCUMENTS`].
pub fn documents(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    walk(root, 0, &mut found)?;
    found.sort();
    Ok(found)
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    let mut is_dump = false;
    let mut below = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("open", folder))? {
        let entry = entry.map_err(Error::io("list", folder))?;
        let kind = entry.file_type().map_err(Error::io("look at", folder))?;
        let path = entry.path();
        if kind.is_dir() {
            below.push(path);
        } else if kind.is_file() {
            is_dump |= is_chip_file(&path);
            if path.extension().is_some_and(|extension| extension == "antin") {
                keep(path, found, folder)?;
            }
        }
    }
    if is_dump {
        keep(folder.to_owned(), found, folder)?;
    }
    if depth < MAX_DEPTH {
        for folder in below {
            walk(&folder, depth + 1, found)?;
        }
    }
    Ok(())
}

fn keep(path: PathBuf, found: &mut Vec<PathBuf>, folder: &Path) -> Result<(), Error> {
    if found.len() >= MAX_DOCUMENTS {
        return Err(Error::TooManyDocuments {
            path: folder.to_owned(),
            limit: MAX_DOCUMENTS,
        });
    }
    found.push(path);
    Ok(())
}

fn is_chip_file(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| ElementaryFile::from_file_name(name).is_some())
}
