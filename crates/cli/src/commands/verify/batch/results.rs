//! The file with a line for each document, which an ended batch goes on with.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use antin::{Policy, UnixTime};

use super::Line;
use crate::convert::words;
use crate::failure::{Failure, Id};

/// No line of a results file is longer, in bytes.
const MAX_LINE: u64 = 1024 * 1024;

/// How every line begins: what begins otherwise was not written here.
const HEAD: &[u8] = b"{\"schema\":\"antin.batch-entry/1\",\"path\":\"";

/// What an earlier run left behind.
#[derive(Debug, Default)]
pub struct Done {
    /// The last line of each path.
    pub lines: HashMap<String, Line>,
    /// Moment and basis of the last line.
    pub last: Option<(UnixTime, String)>,
}

/// The file, open at its end.
pub struct Results {
    file: File,
    path: PathBuf,
}

impl Results {
    /// Opens the file, or makes it for its owner alone: it names documents. One that exists keeps the rights that its owner
    /// gave it. A last line that was cut off is cut away: its document is judged again.
    ///
    /// # Errors
    /// `M434` for any other file than the results of a batch under a policy of this name, which is left as it is; `X002`.
    pub fn open(path: &Path, policy: &Policy) -> Result<(Self, Done), Failure> {
        let wrong = |error: std::io::Error| {
            Failure::new(Id::X002)
                .fact("file", path.display())
                .fact("detail", words(error.kind()))
        };
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(wrong)?;
        if !file.metadata().map_err(wrong)?.is_file() {
            return Err(fault(path, "not a file"));
        }
        let (done, whole) = read(&file, path, policy)?;
        file.set_len(whole).map_err(wrong)?;
        let path = path.to_owned();
        Ok((Self { file, path }, done))
    }

    /// Adds a line.
    ///
    /// # Errors
    /// `X002`.
    pub fn keep(&mut self, line: &Line) -> Result<(), Failure> {
        let wrong = |detail: String| {
            Failure::new(Id::X002)
                .fact("file", self.path.display())
                .fact("detail", detail)
        };
        let mut text = serde_json::to_string(line).map_err(|error| wrong(error.to_string()))?;
        text.push('\n');
        if text.len() as u64 > MAX_LINE {
            return Err(wrong(format!("{} bytes of one line", text.len())));
        }
        // One write a line: whoever ends the program leaves whole lines behind, and at most one that is cut off.
        self.file
            .write_all(text.as_bytes())
            .map_err(|error| wrong(error.kind().to_string()))
    }
}

fn fault(path: &Path, detail: impl std::fmt::Display) -> Failure {
    Failure::new(Id::M434)
        .fact("file", path.display())
        .fact("detail", detail)
}

/// The documents in the file, and how many bytes of it are whole lines.
fn read(file: &File, path: &Path, policy: &Policy) -> Result<(Done, u64), Failure> {
    let mut reader = BufReader::new(file);
    let (mut done, mut whole, mut number) = (Done::default(), 0, 0);
    loop {
        let mut bytes = Vec::new();
        let length = reader
            .by_ref()
            .take(MAX_LINE)
            .read_until(b'\n', &mut bytes)
            .map_err(|error| fault(path, error.kind()))?;
        number += 1;
        let ours = bytes.starts_with(HEAD) || HEAD.starts_with(&bytes);
        if !ours {
            return Err(fault(path, format!("line {number} is none of a batch")));
        }
        if length == 0 || (!bytes.ends_with(b"\n") && (length as u64) < MAX_LINE) {
            return Ok((done, whole));
        }
        let line: Line =
            serde_json::from_slice(&bytes).map_err(|error| fault(path, format!("line {number}: {error}")))?;
        if let Some(found) = line.fault() {
            return Err(fault(path, format!("line {number}: {found}")));
        }
        whole += length as u64;
        if line.policy != policy.name {
            return Err(fault(path, format!("line {number}: policy {}", line.policy)));
        }
        done.last = line.at.zip(line.basis.clone());
        done.lines.insert(line.path.clone(), line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WHOLE: &str = "{\"schema\":\"antin.batch-entry/1\",\"path\":\"a\",\"policy\":\"counter\",\"verdict\":\"authentic\",\
                         \"reason\":null,\"accepted\":true,\"exit\":0,\"failed\":[],\"error\":null}\n";

    /// Opens a file of that content; what it was taken for, and its content afterwards.
    fn opened(content: &[u8]) -> (Option<usize>, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results");
        std::fs::write(&path, content).unwrap();
        let done = Results::open(&path, &Policy::COUNTER);
        let lines = done.ok().map(|(_, done)| done.lines.len());
        (lines, std::fs::read(&path).unwrap())
    }

    #[test]
    fn a_line_that_was_cut_off_is_cut_away_wherever_it_was() {
        for length in 0..WHOLE.len() {
            let text = format!("{WHOLE}{}", &WHOLE[..length]);
            assert_eq!(
                opened(text.as_bytes()),
                (Some(1), WHOLE.as_bytes().to_vec()),
                "{length}"
            );
        }
    }

    #[test]
    fn a_line_without_end_is_not_read_to_its_end() {
        let endless = [HEAD, &vec![b'a'; 2 * 1024 * 1024]].concat();
        let (lines, left) = opened(&endless);
        assert_eq!((lines, left.len()), (None, endless.len()));
    }

    #[test]
    fn a_folder_is_no_results_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Results::open(folder.path(), &Policy::COUNTER).is_err());
    }

    proptest! {
        #[test]
        fn any_file_is_gone_on_with_or_left_as_it_is(lines in 0..3_usize, head in any::<bool>(), rest in any::<Vec<u8>>()) {
            let head = if head { HEAD } else { b"" };
            let content = [WHOLE.repeat(lines).as_bytes(), head, &rest].concat();
            let (found, left) = opened(&content);
            match found {
                None => prop_assert_eq!(left, content),
                Some(_) => {
                    prop_assert!(content.starts_with(&left));
                    prop_assert!(left.is_empty() || left.ends_with(b"\n"));
                    prop_assert!(content.len() - left.len() == 0 || head.len() + rest.len() > 0);
                }
            }
        }
    }
}
