//! What a card keeps without power: profile, files, keys, life cycle, count of wrong passwords.

mod dangerous;
mod file;
mod format;
mod missing;

use antin_lds::{ElementaryFile, Place};
use antin_profile::{Profile, Scp03Rule, SecureChannel};
use antin_protocol::password::{Can, MrzKey};
use antin_protocol::personalization::iso7816_9::{ChipIdentity, KeyObject, LifeCycle};
use antin_protocol::scp03::KeySet;
use antin_trust::cv::TrustPoints;
use antin_wire::ids::{FileId, ShortFileId};

pub(crate) use dangerous::renew;
pub(crate) use file::{CreateError, StoredFile, WriteError};
pub use file::{Directory, FileView};
pub use missing::Missing;

/// What a card keeps without power.
///
/// The host keeps it in one file, see [`CardState::to_bytes`]. It holds private keys and passwords.
#[derive(Clone, Debug)]
pub struct CardState {
    profile: Profile,
    serial: [u8; 8],
    life_cycle: LifeCycle,
    development_blank: bool,
    failures: u32,
    puk_failures: u32,
    pin_failures: u8,
    files: Vec<StoredFile>,
    keys: Vec<KeyObject>,
    door: Option<Door>,
}

/// The door to personalization: who opens it may write the blank.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    /// The static keys.
    pub keys: KeySet,
    /// The number of sessions begun; none is used twice.
    pub sequence: u32,
    /// Failed authentications in a row.
    pub failures: u32,
}

impl CardState {
    /// Makes an empty card in the creation state that takes nothing but through the secure channel SCP03 under these
    /// keys. They are wiped when the card is activated.
    #[must_use]
    pub fn blank(profile: &Profile, serial: [u8; 8], keys: KeySet) -> Self {
        let door = Door {
            keys,
            sequence: 0,
            failures: 0,
        };
        Self {
            development_blank: false,
            door: Some(door),
            ..Self::development_blank(profile, serial)
        }
    }

    /// Makes an empty card in the creation state without a secure channel: everybody who holds it can write it, and
    /// GET DATA says so. It is also what a blank of a foreign dialect is that has no secure channel.
    #[must_use]
    pub fn development_blank(profile: &Profile, serial: [u8; 8]) -> Self {
        Self {
            profile: profile.clone(),
            serial,
            life_cycle: LifeCycle::Creation,
            development_blank: true,
            failures: 0,
            puk_failures: 0,
            pin_failures: 0,
            files: Vec::new(),
            keys: Vec::new(),
            door: None,
        }
    }

    /// Returns the profile that the card follows.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Returns the serial number of the chip.
    #[must_use]
    pub fn serial(&self) -> [u8; 8] {
        self.serial
    }

    /// Returns where the card stands in its life.
    #[must_use]
    pub fn life_cycle(&self) -> LifeCycle {
        self.life_cycle
    }

    /// Says whether the blank takes personalization without a secure channel.
    #[must_use]
    pub fn is_development_blank(&self) -> bool {
        self.development_blank
    }

    /// Returns the number of wrong printed passwords, CAN and MRZ, since the last right one.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Returns the number of wrong PUKs since the last right one: whoever knows the CAN must not win more guesses by it.
    #[must_use]
    pub fn puk_failures(&self) -> u32 {
        self.puk_failures
    }

    /// Lists the files in the order of their creation.
    pub fn files(&self) -> impl Iterator<Item = FileView<'_>> {
        self.files.iter().map(StoredFile::view)
    }

    /// Returns the content of a file, where the card has it; bytes that were never written are zero.
    #[must_use]
    pub fn file(&self, file: ElementaryFile) -> Option<&[u8]> {
        let (directory, id) = self.place(file);
        self.stored(directory, id).map(StoredFile::bytes)
    }

    /// Says what the profile asks for and the card does not have yet; ACTIVATE is refused until it is empty.
    #[must_use]
    pub fn missing(&self) -> Vec<Missing> {
        missing::list(self)
    }

    pub(crate) fn identity(&self) -> ChipIdentity {
        ChipIdentity {
            serial: self.serial,
            life_cycle: self.life_cycle,
            development_blank: self.development_blank,
        }
    }

    pub(crate) fn activate(&mut self) {
        self.life_cycle = LifeCycle::Operational;
        self.door = None;
    }

    pub(crate) fn door(&self) -> Option<&Door> {
        self.door.as_ref()
    }

    pub(crate) fn door_mut(&mut self) -> Option<&mut Door> {
        self.door.as_mut()
    }

    /// How the secure channel is opened; a profile without one gets the usual rule.
    pub(crate) fn scp03_rule(&self) -> Scp03Rule {
        match self.profile.perso.secure_channel {
            SecureChannel::Scp03(rule) => rule,
            SecureChannel::None => Scp03Rule::default(),
        }
    }

    pub(crate) fn count_failure(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }

    /// Forgets the wrong passwords; says whether there were any.
    pub(crate) fn forget_failures(&mut self) -> bool {
        core::mem::take(&mut self.failures) != 0
    }

    pub(crate) fn count_puk_failure(&mut self) {
        self.puk_failures = self.puk_failures.saturating_add(1);
    }

    /// Forgets the wrong PUKs; says whether there were any.
    pub(crate) fn forget_puk_failures(&mut self) -> bool {
        core::mem::take(&mut self.puk_failures) != 0
    }

    pub(crate) fn stored(&self, directory: Directory, id: FileId) -> Option<&StoredFile> {
        self.files.iter().find(|file| file.is(directory, id))
    }

    pub(crate) fn stored_by_sfi(&self, directory: Directory, sfi: ShortFileId) -> Option<&StoredFile> {
        self.files
            .iter()
            .find(|file| file.directory() == directory && file.control().sfi == Some(sfi))
    }

    pub(crate) fn stored_mut(&mut self, directory: Directory, id: FileId) -> Option<&mut StoredFile> {
        self.files.iter_mut().find(|file| file.is(directory, id))
    }

    /// Adds a file. The same file again is no error, so that a torn personalization can be repeated; a different
    /// one takes its place only while nothing has been written.
    pub(crate) fn create(&mut self, new: StoredFile) -> Result<(), CreateError> {
        file::create(&mut self.files, new)
    }

    /// Removes a file with all that was written; says whether there was one.
    pub(crate) fn delete(&mut self, directory: Directory, id: FileId) -> bool {
        let before = self.files.len();
        self.files.retain(|file| !file.is(directory, id));
        self.files.len() != before
    }

    /// Returns the number of wrong PINs since the last right one.
    #[must_use]
    pub fn pin_failures(&self) -> u8 {
        self.pin_failures
    }

    pub(crate) fn count_pin_failure(&mut self) {
        self.pin_failures = self.pin_failures.saturating_add(1);
    }

    /// Forgets the wrong PINs; says whether there were any.
    pub(crate) fn forget_pin_failures(&mut self) -> bool {
        core::mem::take(&mut self.pin_failures) != 0
    }

    /// Returns the trust points of Terminal Authentication, where the card has any.
    #[must_use]
    pub fn trust_points(&self) -> Option<TrustPoints> {
        self.keys.iter().find_map(|key| match key {
            KeyObject::TrustPoints(bytes) => TrustPoints::from_bytes(bytes).ok(),
            _ => None,
        })
    }

    /// Keeps trust points and date, and what EF.CVCA says of them; says whether anything changed.
    pub(crate) fn set_trust_points(&mut self, points: &TrustPoints) -> bool {
        if self.trust_points().as_ref() == Some(points) {
            return false;
        }
        self.put_key(KeyObject::TrustPoints(points.to_bytes()));
        if self.file(ElementaryFile::Cvca).is_some() {
            self.dangerous_set_file(ElementaryFile::Cvca, points.ef_cvca().as_bytes().to_vec());
        }
        true
    }

    pub(crate) fn keys(&self) -> &[KeyObject] {
        &self.keys
    }

    pub(crate) fn can(&self) -> Option<&Can> {
        self.keys.iter().find_map(|key| {
            if let KeyObject::Can(can) = key {
                Some(can)
            } else {
                None
            }
        })
    }

    pub(crate) fn mrz(&self) -> Option<&MrzKey> {
        self.keys.iter().find_map(|key| {
            if let KeyObject::MrzInformation(mrz) = key {
                Some(mrz)
            } else {
                None
            }
        })
    }

    /// Puts a key in the place of the one of its kind.
    pub(crate) fn put_key(&mut self, key: KeyObject) {
        self.keys.retain(|known| !key.replaces(known));
        self.keys.push(key);
    }

    /// Where the profile puts a file, or else where the standard puts it.
    pub(crate) fn place(&self, file: ElementaryFile) -> (Directory, FileId) {
        let directory = match file.place() {
            Place::MasterFile => Directory::MasterFile,
            Place::Application => Directory::Application,
        };
        (
            directory,
            self.profile
                .file(file)
                .map_or_else(|| file.file_id(), |rule| rule.fid),
        )
    }
}
