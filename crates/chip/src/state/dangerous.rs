//! Editors that make broken and forged cards: for tests and galleries, never for issuing.

use antin_crypto::{CryptoRng, PrivateKey, agreement, rsa};
use antin_lds::{EfCom, ElementaryFile};
use antin_protocol::personalization::iso7816_9::{
    ActiveKey, FileControl, KeyObject, LifeCycle, ReadCondition,
};

use super::{CardState, Directory, StoredFile};

impl CardState {
    /// Puts other content into a file, or adds the file where the card has none.
    ///
    /// Content over 65,535 bytes is cut there.
    pub fn dangerous_set_file(&mut self, file: ElementaryFile, bytes: Vec<u8>) {
        let (directory, file_id) = self.place(file);
        if let Some(stored) = self.stored_mut(directory, file_id) {
            stored.replace(bytes);
            return;
        }
        let rule = self.profile.file(file);
        let read = match directory {
            Directory::MasterFile => ReadCondition::Always,
            Directory::Application => ReadCondition::AccessControl,
        };
        let control = FileControl {
            file_id,
            sfi: rule.map_or_else(|| Some(file.short_id()), |rule| rule.sfi),
            size: 0,
            read: rule.map_or(read, crate::rules::read_condition),
        };
        let mut stored = StoredFile::empty(directory, control);
        stored.replace(bytes);
        self.files.push(stored);
    }

    /// Changes the content of a file in place; says whether the card has that file.
    pub fn dangerous_edit_file(&mut self, file: ElementaryFile, edit: impl FnOnce(&mut Vec<u8>)) -> bool {
        let Some(bytes) = self.file(file) else {
            return false;
        };
        let mut bytes = bytes.to_vec();
        edit(&mut bytes);
        self.dangerous_set_file(file, bytes);
        true
    }

    /// Takes a file away; says whether the card had it. EF.COM still names it, see
    /// [`CardState::dangerous_strike_from_com`].
    pub fn dangerous_remove_file(&mut self, file: ElementaryFile) -> bool {
        let (directory, id) = self.place(file);
        let before = self.files.len();
        self.files.retain(|stored| !stored.is(directory, id));
        self.files.len() < before
    }

    /// Strikes a file from the list in EF.COM; says whether it stood there. The file itself stays.
    pub fn dangerous_strike_from_com(&mut self, file: ElementaryFile) -> bool {
        let Some(com) = self
            .file(ElementaryFile::Com)
            .and_then(|bytes| EfCom::parse(bytes).ok())
        else {
            return false;
        };
        let kept: Vec<_> = com
            .data_groups()
            .filter(|group| Some(group.tag()) != file.tag())
            .collect();
        if kept.len() == com.tags().len() {
            return false;
        }
        let Ok(shorter) = EfCom::build(com.lds_version(), com.unicode_version(), &kept) else {
            return false;
        };
        self.dangerous_set_file(ElementaryFile::Com, shorter.as_bytes().to_vec());
        true
    }

    /// Takes away the private keys of Chip and Active Authentication: what somebody who copied the files does not
    /// have. The passwords stay.
    pub fn dangerous_remove_private_keys(&mut self) {
        self.keys.retain(|key| {
            !matches!(
                key,
                KeyObject::ChipAuthentication { .. }
                    | KeyObject::ChipAuthenticationMapping { .. }
                    | KeyObject::ActiveAuthentication { .. }
            )
        });
    }

    /// Puts other private keys of the same kinds in the place of those of the card: what somebody who copied the files
    /// can make.
    pub fn dangerous_renew_private_keys(&mut self, rng: &mut dyn CryptoRng) {
        for key in &mut self.keys {
            renew(key, rng);
        }
    }

    /// Puts a key in the place of the one of its kind, whatever the profile says.
    pub fn dangerous_set_key(&mut self, key: KeyObject) {
        self.put_key(key);
    }

    /// Lends the private keys and passwords, to be spoiled in place.
    pub(crate) fn dangerous_keys(&mut self) -> &mut Vec<KeyObject> {
        &mut self.keys
    }

    /// Moves the card to another place in its life.
    pub fn dangerous_set_life_cycle(&mut self, life_cycle: LifeCycle) {
        self.life_cycle = life_cycle;
    }
}

/// Another private key of the same kind in the place of this one; passwords stay.
pub(crate) fn renew(key: &mut KeyObject, rng: &mut dyn CryptoRng) {
    match key {
        KeyObject::ChipAuthentication { key, .. } => *key = agreement::PrivateKey::generate(key.group(), rng),
        KeyObject::ChipAuthenticationMapping { key }
        | KeyObject::ActiveAuthentication {
            key: ActiveKey::Ec(key),
        } => *key = PrivateKey::generate(key.curve(), rng),
        KeyObject::ActiveAuthentication {
            key: ActiveKey::Rsa(key),
        } => {
            let other = rsa::PrivateKey::generate(key.public().bits(), rng);
            **key = other.expect("a key of this length has been made before");
        }
        KeyObject::Can(_)
        | KeyObject::MrzInformation(_)
        | KeyObject::Pin(_)
        | KeyObject::Puk(_)
        | KeyObject::TrustPoints(_) => {}
    }
}
