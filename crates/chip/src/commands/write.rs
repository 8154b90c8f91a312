//! Personalization of a blank in the dialect `iso7816-9`: identity, files, keys, activation.

use antin_profile::{ActiveAuthentication, ChipAuthenticationVersion, Profile};
use antin_protocol::personalization::iso7816_9::{self, ActiveKey, KeyObject, KeyVersion};
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::ids::{FileId, ShortFileId};

use super::{ACTIVATE, CREATE_FILE, DELETE_FILE, Effects, UPDATE_BINARY, UPDATE_BINARY_ODD, needs_creation};
use crate::chip::Chip;
use crate::state::Directory;
use crate::state::{CreateError, StoredFile, WriteError};

/// Largest file: READ BINARY with odd instruction reaches further, but no known document needs more.
const MAX_FILE_BYTES: u32 = 262_144;

/// GET DATA DF20: which chip this is, while it is a blank.
pub(super) fn get_data(chip: &Chip, command: &Command) -> Result<Response, StatusWord> {
    let asked = iso7816_9::get_identity();
    if (command.p1(), command.p2()) != (asked.p1(), asked.p2()) || needs_creation(chip).is_err() {
        return Err(StatusWord::REF_DATA_NOT_FOUND);
    }
    if command.le().is_none() || !command.data().is_empty() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    Ok(Response::ok(chip.state.identity().to_bytes()))
}

/// The commands that change a blank.
pub(super) fn write(
    chip: &mut Chip,
    command: &Command,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    needs_creation(chip)?;
    if !chip.state.is_development_blank() && !chip.session.is_personalizing() {
        return Err(StatusWord::SECURITY_NOT_SATISFIED);
    }
    match command.ins() {
        CREATE_FILE => create_file(chip, command)?,
        DELETE_FILE => delete_file(chip, command)?,
        UPDATE_BINARY => return update_binary(chip, command, effects),
        UPDATE_BINARY_ODD => return update_binary_odd(chip, command, effects),
        ACTIVATE => activate(chip, command)?,
        _ => put_data(chip, command)?,
    }
    effects.changed = true;
    Ok(Response::ok(Vec::new()))
}

/// CREATE FILE in the current directory; the new file becomes the current one.
fn create_file(chip: &mut Chip, command: &Command) -> Result<(), StatusWord> {
    let control = iso7816_9::decode_create_file(command)?;
    let reserved = matches!(control.file_id.0, 0x0000 | 0x3F00 | 0x3FFF | 0xFFFF);
    if reserved || control.size == 0 || control.size > MAX_FILE_BYTES {
        return Err(StatusWord::INCORRECT_PARAMETERS);
    }
    let id = control.file_id;
    let file = StoredFile::empty(chip.session.directory, control);
    chip.state.create(file).map_err(|error| match error {
        CreateError::Exists => StatusWord::FILE_EXISTS,
        CreateError::ShortIdTaken => StatusWord::INCORRECT_PARAMETERS,
        CreateError::NoSpace => StatusWord::NOT_ENOUGH_MEMORY,
    })?;
    chip.session.file = Some(id);
    Ok(())
}

/// DELETE FILE in the current directory, so that a torn personalization can begin anew with a file of another size.
fn delete_file(chip: &mut Chip, command: &Command) -> Result<(), StatusWord> {
    let id = iso7816_9::decode_delete_file(command)?;
    if !chip.state.delete(chip.session.directory, id) {
        return Err(StatusWord::FILE_NOT_FOUND);
    }
    chip.session.file = None;
    Ok(())
}

/// UPDATE BINARY of the current file, or of the one that P1 names by its short identifier.
pub(super) fn update_binary(
    chip: &mut Chip,
    command: &Command,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    if command.data().is_empty() || command.le().is_some() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let directory = chip.session.directory;
    let (id, offset) = if command.p1() & 0x80 != 0 {
        let sfi = ShortFileId::new(command.p1() & 0x1F).filter(|_| command.p1() & 0x60 == 0);
        let file = chip
            .state
            .stored_by_sfi(directory, sfi.ok_or(StatusWord::WRONG_P1P2)?);
        (
            file.ok_or(StatusWord::FILE_NOT_FOUND)?.control().file_id,
            usize::from(command.p2()),
        )
    } else {
        let id = chip.session.file.ok_or(StatusWord::COMMAND_NOT_ALLOWED)?;
        (id, usize::from(u16::from_be_bytes([command.p1(), command.p2()])))
    };
    store(chip, id, offset, command.data(), effects)
}

/// UPDATE BINARY with odd instruction: the current file, offset and data in objects.
fn update_binary_odd(
    chip: &mut Chip,
    command: &Command,
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    if command.p1() != 0 || command.p2() != 0 {
        return Err(StatusWord::WRONG_P1P2);
    }
    if command.le().is_some() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let (offset, data) =
        iso7816_9::decode_update_binary_odd(command.data()).map_err(|_| StatusWord::INCORRECT_PARAMETERS)?;
    let id = chip.session.file.ok_or(StatusWord::COMMAND_NOT_ALLOWED)?;
    let offset = usize::try_from(offset).map_err(|_| StatusWord::WRONG_OFFSET)?;
    store(chip, id, offset, data, effects)
}

fn store(
    chip: &mut Chip,
    id: FileId,
    offset: usize,
    data: &[u8],
    effects: &mut Effects,
) -> Result<Response, StatusWord> {
    let file = chip
        .state
        .stored_mut(chip.session.directory, id)
        .ok_or(StatusWord::COMMAND_NOT_ALLOWED)?;
    let changed = file.write(offset, data).map_err(|error| match error {
        WriteError::Offset => StatusWord::WRONG_OFFSET,
        WriteError::TooLong => StatusWord::NOT_ENOUGH_MEMORY,
    })?;
    chip.session.file = Some(id);
    effects.changed |= changed;
    Ok(Response::ok(Vec::new()))
}

/// PUT DATA: a password or a private key, in the place of the one of its kind.
fn put_data(chip: &mut Chip, command: &Command) -> Result<(), StatusWord> {
    put_key(chip, KeyObject::decode(command)?)
}

/// Keeps a key that the profile has a use for.
pub(super) fn put_key(chip: &mut Chip, object: KeyObject) -> Result<(), StatusWord> {
    match fits(&object, chip.state.profile()) {
        Fit::NotOffered => Err(StatusWord::REF_DATA_NOT_FOUND),
        Fit::Other => Err(StatusWord::INCORRECT_PARAMETERS),
        Fit::Right => {
            chip.state.put_key(object);
            Ok(())
        }
    }
}

/// How a key fits the profile.
enum Fit {
    Right,
    /// The profile has no use for it.
    NotOffered,
    /// The profile has another curve, group or number.
    Other,
}

fn fits(object: &KeyObject, profile: &Profile) -> Fit {
    let same = |offered: bool, same: bool| match (offered, same) {
        (true, true) => Fit::Right,
        (true, false) => Fit::Other,
        (false, _) => Fit::NotOffered,
    };
    match object {
        KeyObject::Can(_) | KeyObject::MrzInformation(_) => Fit::Right,
        KeyObject::Pin(_) => same(profile.pin.is_some(), true),
        KeyObject::Puk(_) => same(profile.puk.is_some(), true),
        KeyObject::TrustPoints(_) => same(profile.terminal_authentication.is_some(), true),
        KeyObject::ChipAuthentication { key_id, version, key } => {
            let version = match version {
                KeyVersion::One => ChipAuthenticationVersion::One,
                KeyVersion::Two => ChipAuthenticationVersion::Two,
            };
            let mut rules = profile
                .chip_authentication
                .iter()
                .filter(|rule| rule.version == version)
                .peekable();
            let offered = rules.peek().is_some();
            let group = key.group();
            same(
                offered,
                rules.any(|rule| rule.key_id.map(u32::from) == *key_id && rule.group == group),
            )
        }
        KeyObject::ChipAuthenticationMapping { key } => {
            let curve = profile.mapping_curve();
            same(curve.is_some(), curve == Some(key.curve()))
        }
        KeyObject::ActiveAuthentication { key } => match &profile.active_authentication {
            None => Fit::NotOffered,
            Some(rule) => same(
                true,
                match (rule, key) {
                    (ActiveAuthentication::Ecdsa { curve, .. }, ActiveKey::Ec(key)) => *curve == key.curve(),
                    (ActiveAuthentication::Rsa { bits, .. }, ActiveKey::Rsa(key)) => {
                        *bits == key.public().bits()
                    }
                    (ActiveAuthentication::Ecdsa { .. } | ActiveAuthentication::Rsa { .. }, _) => false,
                },
            ),
        },
    }
}

/// ACTIVATE: from here on there is no way back.
fn activate(chip: &mut Chip, command: &Command) -> Result<(), StatusWord> {
    if command.p1() != 0 || command.p2() != 0 {
        return Err(StatusWord::WRONG_P1P2);
    }
    if !command.data().is_empty() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    if !chip.state.missing().is_empty() {
        return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
    }
    chip.state.activate();
    // Operational life begins as after a reset: chips that cannot select the master file could not be opened else.
    chip.session.directory = Directory::MasterFile;
    chip.session.application_seen = false;
    chip.session.file = None;
    Ok(())
}
