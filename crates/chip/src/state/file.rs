//! Transparent files: what was announced, what has been written.

use antin_protocol::personalization::iso7816_9::{FileControl, ReadCondition};
use antin_wire::ids::{FileId, ShortFileId};

/// All files of a card together hold at most this much: more than any known identity card, little for a host.
const MAX_CARD_BYTES: usize = 512 * 1024;

/// Most files of a card: sixteen data groups and a handful of others.
const MAX_FILES: usize = 64;

/// Where a file lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Directory {
    /// The master file, 3F00.
    MasterFile,
    /// The eMRTD application.
    Application,
}

/// A look at one file of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileView<'a> {
    /// Where it lies.
    pub directory: Directory,
    /// Its file identifier.
    pub file_id: FileId,
    /// Its short file identifier.
    pub sfi: Option<ShortFileId>,
    /// Who may read it.
    pub read: ReadCondition,
    /// Its content; bytes that were never written are zero.
    pub bytes: &'a [u8],
    /// Whether every byte has been written.
    pub complete: bool,
}

/// Why a file could not be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CreateError {
    /// A file of this identifier has another size, rule or short identifier, and content.
    Exists,
    /// Another file of the directory has this short identifier.
    ShortIdTaken,
    /// The card is full.
    NoSpace,
}

/// Why bytes could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WriteError {
    /// The offset lies behind the end.
    Offset,
    /// The bytes reach over the end.
    TooLong,
}

/// A file of the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredFile {
    directory: Directory,
    control: FileControl,
    bytes: Vec<u8>,
    /// Disjoint ranges of written bytes, ascending, never adjacent: start and end.
    written: Vec<(usize, usize)>,
}

impl StoredFile {
    /// Makes a file of the announced size in which nothing has been written.
    pub(crate) fn empty(directory: Directory, control: FileControl) -> Self {
        let bytes = vec![0; size_of(&control)];
        Self {
            directory,
            control,
            bytes,
            written: Vec::new(),
        }
    }

    /// Makes a file as it was kept; `None` when its parts do not fit together.
    pub(super) fn restore(
        directory: Directory,
        control: FileControl,
        bytes: Vec<u8>,
        written: Vec<(usize, usize)>,
    ) -> Option<Self> {
        let mut end = None;
        for (from, to) in &written {
            if from >= to || end.is_some_and(|end| *from <= end) || *to > bytes.len() {
                return None;
            }
            end = Some(*to);
        }
        (bytes.len() == size_of(&control)).then_some(Self {
            directory,
            control,
            bytes,
            written,
        })
    }

    pub(crate) fn is(&self, directory: Directory, id: FileId) -> bool {
        self.directory == directory && self.control.file_id == id
    }

    pub(crate) fn directory(&self) -> Directory {
        self.directory
    }

    pub(crate) fn control(&self) -> &FileControl {
        &self.control
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn written(&self) -> &[(usize, usize)] {
        &self.written
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.written == [(0, self.bytes.len())] || self.bytes.is_empty()
    }

    pub(crate) fn view(&self) -> FileView<'_> {
        FileView {
            directory: self.directory,
            file_id: self.control.file_id,
            sfi: self.control.sfi,
            read: self.control.read,
            bytes: &self.bytes,
            complete: self.is_complete(),
        }
    }

    /// Writes bytes at an offset; says whether anything changed.
    pub(crate) fn write(&mut self, offset: usize, data: &[u8]) -> Result<bool, WriteError> {
        if offset >= self.bytes.len() {
            return Err(WriteError::Offset);
        }
        let end = offset.checked_add(data.len()).ok_or(WriteError::TooLong)?;
        let target = self.bytes.get_mut(offset..end).ok_or(WriteError::TooLong)?;
        let known = self
            .written
            .iter()
            .any(|(from, to)| *from <= offset && end <= *to);
        if data.is_empty() || (known && target == data) {
            return Ok(false);
        }
        target.copy_from_slice(data);
        self.mark(offset, end);
        Ok(true)
    }

    /// Takes a smaller or the same size; says whether it did. What was written within it stays.
    pub(crate) fn shrink(&mut self, size: u32) -> bool {
        let Some(len) = usize::try_from(size).ok().filter(|len| *len <= self.bytes.len()) else {
            return false;
        };
        self.control.size = size;
        self.bytes.truncate(len);
        self.written.retain(|(from, _)| *from < len);
        self.written.iter_mut().for_each(|(_, to)| *to = (*to).min(len));
        true
    }

    /// Adds a range to those written, joining what touches.
    fn mark(&mut self, mut from: usize, mut to: usize) {
        self.written.retain(|(start, end)| {
            let apart = *end < from || to < *start;
            if !apart {
                from = from.min(*start);
                to = to.max(*end);
            }
            apart
        });
        let at = self.written.partition_point(|(start, _)| *start < from);
        self.written.insert(at, (from, to));
    }

    /// Puts other content in the place of all that was there.
    pub(super) fn replace(&mut self, bytes: Vec<u8>) {
        self.control.size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.bytes = bytes;
        self.written = if self.bytes.is_empty() {
            Vec::new()
        } else {
            vec![(0, self.bytes.len())]
        };
    }
}

/// The announced size of a file.
fn size_of(control: &FileControl) -> usize {
    usize::try_from(control.size).unwrap_or(usize::MAX)
}

/// Adds a file to a card, see [`super::CardState::create`].
pub(super) fn create(files: &mut Vec<StoredFile>, new: StoredFile) -> Result<(), CreateError> {
    let same_id = |file: &StoredFile| file.is(new.directory, new.control.file_id);
    if let Some(old) = files.iter().find(|file| same_id(file)) {
        if old.control == new.control {
            return Ok(());
        }
        if !old.written.is_empty() {
            return Err(CreateError::Exists);
        }
    }
    let others = || files.iter().filter(|file| !same_id(file));
    if new.control.sfi.is_some()
        && others().any(|file| file.directory == new.directory && file.control.sfi == new.control.sfi)
    {
        return Err(CreateError::ShortIdTaken);
    }
    let used: usize = others().map(|file| file.bytes.len()).sum();
    if used.saturating_add(new.bytes.len()) > MAX_CARD_BYTES || others().count() >= MAX_FILES {
        return Err(CreateError::NoSpace);
    }
    match files.iter_mut().find(|file| same_id(file)) {
        Some(old) => *old = new,
        None => files.push(new),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(id: u16, sfi: Option<u8>, size: u32) -> FileControl {
        let sfi = sfi.map(|number| ShortFileId::new(number).unwrap());
        FileControl {
            file_id: FileId(id),
            sfi,
            size,
            read: ReadCondition::Always,
        }
    }

    fn file(id: u16, sfi: Option<u8>, size: u32) -> StoredFile {
        StoredFile::empty(Directory::Application, control(id, sfi, size))
    }

    #[test]
    fn a_file_is_complete_when_every_byte_was_written_in_any_order() {
        let mut file = file(0x0101, None, 10);
        for (offset, data, complete) in [
            (8, &[8, 9][..], false),
            (0, &[0, 1, 2], false),
            (5, &[5, 6, 7], false),
            (2, &[2, 3, 4], true),
        ] {
            assert_eq!(file.write(offset, data), Ok(true));
            assert_eq!(file.is_complete(), complete, "after the bytes at {offset}");
        }
        assert_eq!(file.bytes(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(
            file.write(3, &[3, 4]),
            Ok(false),
            "the same bytes again change nothing"
        );
    }

    #[test]
    fn zeros_have_to_be_written_too() {
        let mut file = file(0x0101, None, 2);
        assert_eq!(file.write(0, &[0, 0]), Ok(true));
        assert!(file.is_complete());
    }

    #[test]
    fn nothing_is_written_over_the_end() {
        let mut file = file(0x0101, None, 4);
        assert_eq!(file.write(4, &[1]), Err(WriteError::Offset));
        assert_eq!(file.write(3, &[1, 2]), Err(WriteError::TooLong));
        assert_eq!(file.bytes(), [0; 4]);
    }

    #[test]
    fn the_same_file_can_be_created_again_and_another_only_while_it_is_empty() {
        let mut files = Vec::new();
        create(&mut files, file(0x0101, Some(1), 4)).unwrap();
        files[0].write(0, &[7]).unwrap();
        create(&mut files, file(0x0101, Some(1), 4)).unwrap();
        assert_eq!(files[0].bytes()[0], 7, "what was written stays");
        assert_eq!(
            create(&mut files, file(0x0101, Some(1), 5)),
            Err(CreateError::Exists)
        );
        create(&mut files, file(0x0102, Some(2), 4)).unwrap();
        create(&mut files, file(0x0102, Some(2), 9)).unwrap();
        assert_eq!(files[1].bytes().len(), 9);
        assert_eq!(
            create(&mut files, file(0x0103, Some(2), 1)),
            Err(CreateError::ShortIdTaken)
        );
    }

    #[test]
    fn a_card_is_full_at_some_point() {
        let mut files = Vec::new();
        let full = (1..100).find_map(|id| create(&mut files, file(id, None, 32_767)).err());
        assert_eq!(full, Some(CreateError::NoSpace));
        let mut files = Vec::new();
        let full = (1..100).find_map(|id| create(&mut files, file(id, None, 1)).err());
        assert_eq!((full, files.len()), (Some(CreateError::NoSpace), MAX_FILES));
    }
}
