//! The documents under a folder.

use std::fs;
use std::path::{Path, PathBuf};

use antin_lds::ElementaryFile;

use crate::error::Error;

/// Folders deeper than this are not looked into.
pub const MAX_DEPTH: usize = 16;

/// No batch has more documents: their paths are all that is kept of them.
pub const MAX_DOCUMENTS: usize = 1_000_000;

/// What lies under a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// Every folder that holds files of a chip and every evidence file (`*.antin`), in the order of their paths.
    pub documents: Vec<PathBuf>,
    /// How many other files, links and too deep folders were passed over.
    pub skipped: usize,
    /// The first of them by its path.
    pub first_skipped: Option<PathBuf>,
}

/// Every document under `root`, and what was passed over. Links are not followed: a folder that contains itself would have
/// no end.
///
/// # Errors
///
/// [`Error::Io`] for a folder that cannot be read, [`Error::TooManyDocuments`] beyond [`MAX_DOCUMENTS`].
pub fn find(root: &Path) -> Result<Found, Error> {
    let mut found = Found::default();
    walk(root, 0, &mut found)?;
    found.documents.sort();
    Ok(found)
}

fn walk(folder: &Path, depth: usize, found: &mut Found) -> Result<(), Error> {
    let mut is_dump = false;
    let mut below = Vec::new();
    for entry in fs::read_dir(folder).map_err(Error::io("open", folder))? {
        let entry = entry.map_err(Error::io("list", folder))?;
        let kind = entry.file_type().map_err(Error::io("look at", folder))?;
        let path = entry.path();
        if kind.is_dir() && depth < MAX_DEPTH {
            below.push(path);
        } else if kind.is_file() && is_chip_file(&path) {
            is_dump = true;
        } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "antin") {
            found.keep(path, folder)?;
        } else {
            found.skip(path);
        }
    }
    if is_dump {
        found.keep(folder.to_owned(), folder)?;
    }
    for folder in below {
        walk(&folder, depth + 1, found)?;
    }
    Ok(())
}

impl Found {
    fn keep(&mut self, path: PathBuf, folder: &Path) -> Result<(), Error> {
        if self.documents.len() >= MAX_DOCUMENTS {
            return Err(Error::TooManyDocuments {
                path: folder.to_owned(),
                limit: MAX_DOCUMENTS,
            });
        }
        self.documents.push(path);
        Ok(())
    }

    fn skip(&mut self, path: PathBuf) {
        self.skipped = self.skipped.saturating_add(1);
        self.first_skipped = Some(match self.first_skipped.take() {
            Some(first) => first.min(path),
            None => path,
        });
    }
}

fn is_chip_file(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| ElementaryFile::from_file_name(name).is_some())
}
