//! A folder of a chip's files under the names of the Golden Reader Tool, which many tools read and write.

use std::fs;
use std::path::Path;

use antin_lds::ElementaryFile;
use antin_trust::{FileState, ReadFiles};

use super::atomic::{Access, read_bounded, write_atomically};
use crate::error::Error;

/// Reads every file of a chip that lies in the folder; other files are left alone.
///
/// # Errors
///
/// [`Error::NoDump`] if there is none, [`Error::Io`] and [`Error::TooLarge`] for one that cannot be read.
pub fn read_dump(folder: &Path) -> Result<ReadFiles, Error> {
    fs::metadata(folder).map_err(Error::io("open", folder))?;
    let mut files = ReadFiles::new();
    let mut found = false;
    for file in ElementaryFile::all() {
        let path = folder.join(file.file_name());
        if path.exists() {
            found = true;
            files.insert(file, FileState::Read(read_bounded(&path, MAX_DUMPED_BYTES)?));
        }
    }
    if found {
        Ok(files)
    } else {
        Err(Error::NoDump {
            path: folder.to_owned(),
        })
    }
}

/// Writes the files that were read into a folder, which is made if need be, and returns their names.
///
/// # Errors
///
/// [`Error::Io`].
pub fn write_dump(folder: &Path, files: &ReadFiles) -> Result<Vec<String>, Error> {
    fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    let mut names = Vec::new();
    for (file, state) in files.iter() {
        if let FileState::Read(bytes) = state {
            let name = file.file_name();
            write_atomically(&folder.join(&name), bytes, Access::Owner)?;
            names.push(name);
        }
    }
    Ok(names)
}

/// No file of a chip is larger.
const MAX_DUMPED_BYTES: u64 = antin_reader::files::MAX_FILE_BYTES as u64;
