//! Skeleton.
use crate::StateError;
use antin_profile::Profile;
use antin_protocol::personalization::iso7816_9::{KeyObject, LifeCycle, ReadCondition};
use antin_wire::ids::{FileId, ShortFileId};
use antin_lds::ElementaryFile;
use zeroize::Zeroizing;
/// What a card keeps without power.
#[derive(Clone, Debug)]
pub struct CardState { profile: Profile }
/// Where a file lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Directory { /// 3F00.
 MasterFile, /// A0000002471001.
 Application }
/// One file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileView<'a> { /// Directory.
 pub directory: Directory, /// FID.
 pub file_id: FileId, /// SFI.
 pub sfi: Option<ShortFileId>, /// Read rule.
 pub read: ReadCondition, /// Content as far as it has been written.
 pub bytes: &'a [u8], /// Announced size.
 pub size: usize }
impl CardState {
 /// Blank.
 #[must_use] pub fn blank(profile: &Profile, serial: [u8; 8]) -> Self { let _ = (profile, serial); todo!() }
 /// Bytes of the card file; they hold keys.
 #[must_use] pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> { todo!() }
 /// Reads a card file.
 /// # Errors
 /// Damaged.
 pub fn from_bytes(bytes: &[u8]) -> Result<Self, StateError> { let _ = bytes; todo!() }
 /// Profile.
 #[must_use] pub fn profile(&self) -> &Profile { &self.profile }
 /// Serial.
 #[must_use] pub fn serial(&self) -> [u8; 8] { todo!() }
 /// Life cycle.
 #[must_use] pub fn life_cycle(&self) -> LifeCycle { todo!() }
 /// Files.
 pub fn files(&self) -> impl Iterator<Item = FileView<'_>> { core::iter::empty() }
 /// One file's content.
 #[must_use] pub fn file(&self, file: ElementaryFile) -> Option<&[u8]> { let _ = file; todo!() }
 /// Replaces or adds the content of a file.
 pub fn dangerous_set_file(&mut self, file: ElementaryFile, bytes: Vec<u8>) { let _ = (file, bytes); todo!() }
 /// Removes a file; false when there is none.
 pub fn dangerous_remove_file(&mut self, file: ElementaryFile) -> bool { let _ = file; todo!() }
 /// Removes the private keys of Chip and Active Authentication: what a copier of the files has.
 pub fn dangerous_remove_private_keys(&mut self) { todo!() }
 /// Replaces (or adds) a key of the same kind.
 pub fn dangerous_set_key(&mut self, key: &KeyObject) { let _ = key; todo!() }
}
