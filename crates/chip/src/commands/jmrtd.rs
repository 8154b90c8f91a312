//! Personalization of a blank in the dialect `jmrtd`: files, the MRZ, the key of Active Authentication, the lock.

use antin_crypto::{SecretBytes, rsa};
use antin_profile::Dialect;
use antin_protocol::password::MrzKey;
use antin_protocol::personalization::iso7816_9::{
    ActiveKey, FileControl, KeyObject, LifeCycle, ReadCondition,
};
use antin_protocol::personalization::jmrtd::{self, PutData};
use antin_wire::apdu::{Command, Response, StatusWord};

use super::{CREATE_FILE, Effects, UPDATE_BINARY, needs_creation, write};
use crate::chip::Chip;
use crate::rules::read_condition;
use crate::state::{CardState, Directory, StoredFile};

/// PUT DATA with P1-P2 as tag.
pub(super) const PUT_DATA: u8 = 0xDA;

/// Says whether the card is written in this dialect.
pub(crate) fn speaks(state: &CardState) -> bool {
    state.profile().perso.dialect == Dialect::Jmrtd
}

/// The commands that change a blank.
pub(super) fn write(
    chip: &mut Chip,
    command: &Command,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    needs_creation(chip)?;
    match command.ins() {
        CREATE_FILE => create_file(chip, command)?,
        UPDATE_BINARY => return write::update_binary(chip, command, effects),
        _ => put_data(chip, command)?,
    }
    effects.changed = true;
    Ok(Response::ok(Vec::new()))
}

/// CREATE FILE: the first one fixes the most bytes that the file can have.
fn create_file(chip: &mut Chip, command: &Command) -> Result<(), StatusWord> {
    let (file_id, size) = jmrtd::decode_create_file(command)?;
    if chip.session.directory != Directory::Application || size == 0 {
        return Err(StatusWord::INCORRECT_PARAMETERS);
    }
    if let Some(stored) = chip.state.stored_mut(Directory::Application, file_id) {
        return if stored.shrink(u32::from(size)) {
            Ok(())
        } else {
            Err(StatusWord::NOT_ENOUGH_MEMORY)
        };
    }
    let rule = chip.state.profile().files.iter().find(|rule| rule.fid == file_id);
    let control = FileControl {
        file_id,
        sfi: rule.and_then(|rule| rule.sfi),
        size: u32::from(size),
        read: rule.map_or(ReadCondition::AccessControl, read_condition),
    };
    let file = StoredFile::empty(Directory::Application, control);
    chip.state.create(file).map_err(|_| StatusWord::NOT_ENOUGH_MEMORY)
}

/// PUT DATA: the MRZ opens BAC at once; the lock asks for nothing, as in the applet.
fn put_data(chip: &mut Chip, command: &Command) -> Result<(), StatusWord> {
    match PutData::decode(command)? {
        PutData::Mrz(mrz) => {
            let key = MrzKey::from_information(&mrz.information());
            chip.state.put_key(KeyObject::MrzInformation(key));
        }
        PutData::Lock => chip.state.activate(),
        PutData::Modulus(modulus) => chip.session.modulus = Some(modulus),
        PutData::Exponent(exponent) => active_authentication(chip, &exponent)?,
    }
    Ok(())
}

/// The exponent that makes a key of the modulus before it.
fn active_authentication(chip: &mut Chip, exponent: &SecretBytes) -> Result<(), StatusWord> {
    let modulus = chip.session.modulus.take();
    let modulus = modulus.ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
    let key = rsa::PrivateKey::from_exponents(&modulus, &PUBLIC_EXPONENT, exponent);
    let key = ActiveKey::Rsa(Box::new(key.map_err(|_| StatusWord::INCORRECT_PARAMETERS)?));
    write::put_key(chip, KeyObject::ActiveAuthentication { key })
}

/// Nobody sends the public exponent; the host makes its keys with 65537.
const PUBLIC_EXPONENT: [u8; 3] = [1, 0, 1];

/// Files are chosen for writing while they cannot be read.
pub(crate) fn may_select(state: &CardState) -> bool {
    speaks(state) && state.life_cycle() == LifeCycle::Creation
}
