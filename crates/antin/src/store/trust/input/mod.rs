//! From files to objects: what may be a certificate or a list, wherever it stands.
//!
//! | file | read as |
//! |---|---|
//! | DER | one object |
//! | PEM | its blocks |
//! | LDIF | its values |
//! | ZIP | its members, each as one of the above |
//! | folder | its files, each as one of the above |
//!
//! What a file is follows from its content, never from its name.

mod archive;
mod ldif;
mod looks;
pub(super) mod pem;

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::limits::{MAX_DEPTH, MAX_FILE_BYTES, MAX_FILES, MAX_NAME_LETTERS, MAX_OBJECTS, MAX_OBJECTS_BYTES};
use super::model::{Fingerprint, Format};
use super::problem::{Looks, TrustProblem};
use crate::error::Error;

pub use ldif::{LdifReader, LdifValue};

/// What an object is by its outermost bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A certificate or a revocation list.
    X509,
    /// A signed list of country signing authorities.
    MasterList,
    /// A signed list of defects.
    DefectList,
    /// A signed list of deviations.
    DeviationList,
}

/// An object of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object {
    /// Which one of the file, counted from 0: the block, the record, the member.
    pub index: u32,
    /// What it seems to be.
    pub shape: Shape,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name, for people.
    pub name: String,
    /// SHA-256 over it.
    pub sha256: Fingerprint,
    /// Its length.
    pub bytes: u64,
    /// What it is.
    pub format: Format,
    /// What was found in it.
    pub objects: Vec<Object>,
    /// What cannot be taken: which one, and why.
    pub skipped: Vec<(u32, String)>,
}

/// What a path held.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    /// Its files with objects.
    pub inputs: Vec<Input>,
    /// Files of a folder that are nothing for a trust store.
    pub strangers: Vec<(PathBuf, Looks)>,
}

/// Reads a file or every file of a folder.
///
/// # Errors
/// [`TrustProblem::NotForTrust`] and [`TrustProblem::TooLarge`], or what the file system says.
pub(super) fn gather(path: &Path) -> Result<Gathered, Error> {
    let mut found = Gathered::default();
    if !path.is_dir() {
        found.inputs.push(file(path)?);
        return Ok(found);
    }
    let mut files = Vec::new();
    walk(path, path, 0, &mut files)?;
    files.sort();
    let mut budget = MAX_OBJECTS_BYTES;
    for one in files {
        match file(&one) {
            Ok(input) => {
                let length = input.objects.iter().map(|object| object.bytes.len()).sum();
                budget = budget
                    .checked_sub(length)
                    .ok_or_else(|| too_large(path, "more than fits into the memory at once"))?;
                found.inputs.push(input);
            }
            Err(Error::TrustStore(problem)) => match *problem {
                TrustProblem::NotForTrust { path, looks } => found.strangers.push((path, looks)),
                other => return Err(other.into()),
            },
            Err(other) => return Err(other),
        }
    }
    Ok(found)
}

fn walk(root: &Path, folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    for entry in fs::read_dir(folder).map_err(Error::io("open", folder))? {
        let entry = entry.map_err(Error::io("list", folder))?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        // Links are not followed: they lead out of what the operator named, or round in circles.
        let kind = entry.file_type().map_err(Error::io("list", folder))?;
        if kind.is_dir() && depth < MAX_DEPTH {
            walk(root, &entry.path(), depth + 1, files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
        if files.len() > MAX_FILES {
            return Err(too_large(root, &format!("more than {MAX_FILES} files")));
        }
    }
    Ok(())
}

fn file(path: &Path) -> Result<Input, Error> {
    let read = Error::io("read", path);
    let mut file = File::open(path).map_err(Error::io("open", path))?;
    let length = file.metadata().map_err(Error::io("open", path))?.len();
    if length > MAX_FILE_BYTES {
        return Err(too_large(path, &format!("larger than {MAX_FILE_BYTES} bytes")));
    }
    let (sha256, bytes, start) = digest(&mut file).map_err(read)?;
    file.seek(SeekFrom::Start(0)).map_err(Error::io("read", path))?;
    // A file that grows meanwhile is read no further than it was.
    let mut collector = Collector::new(path);
    let format = if start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06") {
        collector.archive(file, bytes)?;
        Format::Zip
    } else if ldif::is_ldif(&start) {
        let reader = BufReader::new(file.take(bytes));
        collector.ldif(reader, None).map_err(Error::io("read", path))?;
        Format::Ldif
    } else {
        let mut content = Vec::new();
        file.take(bytes)
            .read_to_end(&mut content)
            .map_err(Error::io("read", path))?;
        match collector.plain(&content, None) {
            Ok(format) => format,
            Err(looks) => return Err(not_for_trust(path, looks)),
        }
    };
    let (objects, skipped) = collector.finish()?;
    if objects.is_empty() && skipped.is_empty() {
        return Err(not_for_trust(path, Looks::Empty));
    }
    Ok(Input {
        path: path.to_owned(),
        name: name_of(path),
        sha256,
        bytes,
        format,
        objects,
        skipped,
    })
}

/// SHA-256, length and the first bytes.
fn digest(file: &mut File) -> std::io::Result<(Fingerprint, u64, Vec<u8>)> {
    let (mut hash, mut length, mut start) = (Sha256::new(), 0_u64, Vec::new());
    let mut reader = BufReader::with_capacity(64 << 10, file.take(MAX_FILE_BYTES));
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            let digest: [u8; 32] = hash.finalize().into();
            return Ok((digest.into(), length, start));
        }
        if start.is_empty() {
            start = chunk.get(..4096).unwrap_or(chunk).to_vec();
        }
        hash.update(chunk);
        length = length.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        let used = chunk.len();
        reader.consume(used);
    }
}

/// The last part of a path as people may read it, no longer than a line.
fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    name.chars().take(MAX_NAME_LETTERS).collect()
}

fn not_for_trust(path: &Path, looks: Looks) -> Error {
    TrustProblem::NotForTrust {
        path: path.to_owned(),
        looks,
    }
    .into()
}

fn too_large(path: &Path, what: &str) -> Error {
    TrustProblem::TooLarge {
        path: path.to_owned(),
        what: what.to_owned(),
    }
    .into()
}

/// What was passed over: its index and why.
type Skipped = Vec<(u32, String)>;

/// What a file gives, under the caps.
struct Collector<'p> {
    path: &'p Path,
    objects: Vec<Object>,
    skipped: Skipped,
    bytes: usize,
    overflow: bool,
}

impl<'p> Collector<'p> {
    fn new(path: &'p Path) -> Self {
        Self {
            path,
            objects: Vec::new(),
            skipped: Vec::new(),
            bytes: 0,
            overflow: false,
        }
    }

    fn finish(self) -> Result<(Vec<Object>, Skipped), Error> {
        match self.overflow {
            true => Err(too_large(
                self.path,
                "more objects than fit into the memory at once",
            )),
            false => Ok((self.objects, self.skipped)),
        }
    }

    /// A DER object, or what it is instead.
    fn der(&mut self, index: u32, bytes: &[u8]) {
        match shape(bytes) {
            Ok(shape) => {
                self.bytes = self.bytes.saturating_add(bytes.len());
                self.overflow |= self.bytes > MAX_OBJECTS_BYTES || self.objects.len() >= MAX_OBJECTS;
                if !self.overflow {
                    self.objects.push(Object {
                        index,
                        shape,
                        bytes: bytes.to_vec(),
                    });
                }
            }
            Err(looks) => self.skip(index, looks.to_string()),
        }
    }

    fn skip(&mut self, index: u32, why: String) {
        self.overflow |= self.skipped.len() >= MAX_OBJECTS;
        if !self.overflow {
            self.skipped
                .push((index, why.chars().take(MAX_NAME_LETTERS).collect()));
        }
    }

    fn ldif(&mut self, reader: impl BufRead, member: Option<u32>) -> std::io::Result<()> {
        let mut reader = LdifReader::new(reader);
        while let Some((record, value)) = reader.next_value()? {
            let index = member.unwrap_or(record);
            match value {
                LdifValue::Der(bytes) => self.der(index, &bytes),
                LdifValue::Skipped(why) => self.skip(index, why.to_owned()),
            }
            if self.overflow {
                break;
            }
        }
        Ok(())
    }

    /// PEM or DER.
    fn plain(&mut self, content: &[u8], member: Option<u32>) -> Result<Format, Looks> {
        let text = std::str::from_utf8(content).ok().filter(|text| pem::is_pem(text));
        let Some(text) = text else {
            return match shape(content) {
                Ok(_) => {
                    self.der(member.unwrap_or(0), content);
                    Ok(Format::Der)
                }
                Err(looks) => Err(looks),
            };
        };
        let labels: Vec<String> = pem::blocks(text).map(|block| block.label).collect();
        if !labels.iter().any(|label| LABELS.contains(&label.as_str())) {
            return Err(looks::looks(content));
        }
        for (block, number) in pem::blocks(text).zip(0..) {
            let index = member.unwrap_or(number);
            match block.bytes {
                _ if block.label.ends_with("PRIVATE KEY") => self.skip(index, Looks::PrivateKey.to_string()),
                Some(bytes) if LABELS.contains(&block.label.as_str()) => self.der(index, &bytes),
                Some(_) => self.skip(index, format!("a block {}", block.label.escape_debug())),
                None => self.skip(index, "a block that is cut off or not base64".to_owned()),
            }
        }
        Ok(Format::Pem)
    }

    fn archive(&mut self, file: File, bytes: u64) -> Result<(), Error> {
        let path = self.path;
        archive::members(BufReader::new(file), bytes, |index, member| match member {
            Ok(content) if content.is_empty() => {}
            Ok(content) if ldif::is_ldif(content.get(..4096).unwrap_or(&content)) => {
                // Reading from the memory does not fail.
                let _ = self.ldif(content.as_slice(), Some(index));
            }
            Ok(content) => {
                if let Err(looks) = self.plain(&content, Some(index)) {
                    self.skip(index, looks.to_string());
                }
            }
            Err(why) => self.skip(index, why),
        })
        .map_err(|refusal| match refusal {
            archive::Refusal::TooLarge(what) => too_large(path, &what),
            archive::Refusal::NotAnArchive(_) => not_for_trust(path, Looks::Compressed),
        })
    }
}

/// PEM labels of certificates and lists (RFC 7468 §5.1, §7, §9 and what older tools write).
const LABELS: [&str; 5] = ["CERTIFICATE", "X509 CERTIFICATE", "X509 CRL", "CMS", "PKCS7"];

/// What DER is by its outermost bytes, or what else it is.
fn shape(bytes: &[u8]) -> Result<Shape, Looks> {
    if looks::is_signed_data(bytes) {
        if looks::is_bundle(bytes) {
            return Err(Looks::Bundle);
        }
        let known = CONTENTS.iter().find(|(oid, _)| looks::names_content(bytes, oid));
        return known.map(|(_, shape)| *shape).ok_or(Looks::OtherSigned);
    }
    let looks = looks::looks(bytes);
    let sequence = matches!(bytes, [0x30, 0x80..=0x84, ..]);
    match looks {
        Looks::Unknown | Looks::Text if sequence && nested_sequence(bytes) => Ok(Shape::X509),
        other => Err(other),
    }
}

/// A certificate and a revocation list begin with what is signed, a SEQUENCE.
fn nested_sequence(bytes: &[u8]) -> bool {
    let header = match bytes.get(1) {
        Some(length @ 0x81..=0x84) => 2 + usize::from(length & 0x0F),
        _ => 2,
    };
    bytes.get(header) == Some(&0x30)
}

/// DER of the content types of lists: id-icao-cscaMasterList, id-DefectList, id-icao-DeviationList.
const CONTENTS: [(&[u8], Shape); 3] = [
    (
        &[0x06, 0x06, 0x67, 0x81, 0x08, 0x01, 0x01, 0x02],
        Shape::MasterList,
    ),
    (
        &[0x06, 0x08, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x01, 0x05],
        Shape::DefectList,
    ),
    (
        &[0x06, 0x06, 0x67, 0x81, 0x08, 0x01, 0x01, 0x07],
        Shape::DeviationList,
    ),
];

/// Feeds bytes to everything here that reads the bytes of others, as a file with them would be; for tests.
#[doc(hidden)]
pub fn parse_anything(bytes: &[u8]) {
    let mut collector = Collector::new(Path::new("fuzz"));
    let _ = collector.plain(bytes, None);
    let _ = collector.ldif(bytes, None);
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let _ = archive::members(std::io::Cursor::new(bytes), length, |_, _| {});
}

#[cfg(test)]
mod tests;
