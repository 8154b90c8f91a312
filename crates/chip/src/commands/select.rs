//! SELECT, ISO 7816-4 (by application identifier, by file identifier).

use antin_profile::Quirk;
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::ids::FileId;
use antin_wire::tlv::{self, Tag};

use super::read;
use crate::chip::Chip;
use crate::rules;
use crate::state::Directory;

/// The master file.
const MASTER_FILE: u16 = 0x3F00;

/// What the terminal wants to know about what it selects (low bits of P2).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Nothing,
    FileControlInformation,
    FileControlParameters,
}

pub(super) fn select(chip: &mut Chip, command: &Command) -> Result<Response, StatusWord> {
    if command.le().is_some() && chip.has_habit(Quirk::SelectLe6700) {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let wanted = match command.p2() {
        0x00 => Wanted::FileControlInformation,
        0x04 => Wanted::FileControlParameters,
        0x0C => Wanted::Nothing,
        _ => return Err(StatusWord::WRONG_P1P2),
    };
    match command.p1() {
        0x00 => by_identifier(chip, command, wanted),
        0x02 => elementary_file(chip, file_id(command)?, command, wanted),
        0x04 => by_name(chip, command, wanted),
        _ => Err(StatusWord::WRONG_P1P2),
    }
}

fn file_id(command: &Command) -> Result<FileId, StatusWord> {
    let bytes: [u8; 2] = command.data().try_into().map_err(|_| StatusWord::WRONG_LENGTH)?;
    Ok(FileId(u16::from_be_bytes(bytes)))
}

fn by_identifier(chip: &mut Chip, command: &Command, wanted: Wanted) -> Result<Response, StatusWord> {
    let id = if command.data().is_empty() {
        FileId(MASTER_FILE)
    } else {
        file_id(command)?
    };
    if id.0 != MASTER_FILE {
        return elementary_file(chip, id, command, wanted);
    }
    if chip.state.profile().has(Quirk::MfSelect6d00) {
        return Err(StatusWord::INS);
    }
    if chip.has_habit(Quirk::MfSelectBare) && !command.data().is_empty() {
        return Err(StatusWord::FILE_NOT_FOUND);
    }
    if chip.has_habit(Quirk::MfSelectFci) && wanted != Wanted::FileControlInformation {
        return Err(StatusWord::WRONG_P1P2);
    }
    chip.session.directory = Directory::MasterFile;
    chip.session.file = None;
    Ok(described(
        command,
        wanted,
        Tag(0x6F),
        &[tlv::object(Tag(0x83), &MASTER_FILE.to_be_bytes())],
    ))
}

fn by_name(chip: &mut Chip, command: &Command, wanted: Wanted) -> Result<Response, StatusWord> {
    let name = command.data();
    if !(5..=16).contains(&name.len()) {
        return Err(StatusWord::WRONG_LENGTH);
    }
    if name != chip.state.profile().application.aid.as_bytes() {
        return Err(StatusWord::FILE_NOT_FOUND);
    }
    chip.session.directory = Directory::Application;
    chip.session.application_seen = true;
    chip.session.file = None;
    Ok(described(
        command,
        wanted,
        Tag(0x6F),
        &[tlv::object(Tag(0x84), name)],
    ))
}

fn elementary_file(
    chip: &mut Chip,
    id: FileId,
    command: &Command,
    wanted: Wanted,
) -> Result<Response, StatusWord> {
    read::hidden(chip, id)?;
    let stored = chip.state.stored(chip.session.directory, id);
    let Some(stored) = stored else {
        return Err(rules::absent(&chip.state, &chip.session));
    };
    if !super::jmrtd::may_select(&chip.state) {
        rules::may_read(&chip.state, &chip.session, stored.control().read)?;
    }
    chip.session.file = Some(id);
    let always = chip.state.profile().has(Quirk::SelectReturnsFcp);
    let data = match wanted {
        Wanted::Nothing if !always => return Ok(Response::ok(Vec::new())),
        _ if command.le().is_none() => return Ok(Response::ok(Vec::new())),
        Wanted::Nothing | Wanted::FileControlParameters => stored.control().to_bytes(),
        Wanted::FileControlInformation => {
            let size = stored.control().size.to_be_bytes();
            let leading = size.iter().take(2).take_while(|byte| **byte == 0).count();
            let size = tlv::object(Tag(0x80), size.get(leading..).unwrap_or_default());
            tlv::constructed(Tag(0x6F), &[size, tlv::object(Tag(0x83), &id.0.to_be_bytes())])
        }
    };
    Ok(Response::ok(data))
}

/// A template about a directory, for terminals that ask for it.
fn described(command: &Command, wanted: Wanted, template: Tag, objects: &[Vec<u8>]) -> Response {
    if wanted == Wanted::Nothing || command.le().is_none() {
        return Response::ok(Vec::new());
    }
    Response::ok(tlv::constructed(template, objects))
}
