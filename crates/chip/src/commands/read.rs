//! READ BINARY, ISO 7816-4.

use antin_lds::ElementaryFile;
use antin_profile::Quirk;
use antin_wire::apdu::{Command, Response, StatusWord};
use antin_wire::ids::{FileId, ShortFileId};
use antin_wire::tlv;

use crate::chip::Chip;
use crate::rules;
use crate::session::{DISCRETIONARY, OFFSET};
use crate::state::Directory;

/// Longest offset object of READ BINARY with odd instruction byte.
const MAX_OFFSET_BYTES: usize = 4;

/// What a chip gives at most that gives less than it is asked for.
const SHRUNK_BYTES: usize = 100;

/// B0: offset, or short identifier and offset, in P1 and P2.
pub(super) fn even(chip: &mut Chip, command: &Command, limit: usize) -> Result<Response, StatusWord> {
    if !command.data().is_empty() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let le = command.le().ok_or(StatusWord::WRONG_LENGTH)?;
    let offset = if command.p1() & 0x80 != 0 {
        let sfi = ShortFileId::new(command.p1() & 0x1F).filter(|_| command.p1() & 0x60 == 0);
        select_short(chip, sfi.ok_or(StatusWord::WRONG_P1P2)?)?;
        usize::from(command.p2())
    } else {
        usize::from(u16::from_be_bytes([command.p1(), command.p2()]))
    };
    let (bytes, end) = window(chip, offset, command, le, limit)?;
    Ok(Response { data: bytes, sw: end })
}

/// B1: file in P1 and P2, offset in data object 54, answer in data object 53.
pub(super) fn odd(chip: &mut Chip, command: &Command, limit: usize) -> Result<Response, StatusWord> {
    let le = command.le().ok_or(StatusWord::WRONG_LENGTH)?;
    let offset = offset_object(command.data())?;
    match u16::from_be_bytes([command.p1(), command.p2()]) {
        0 => {}
        short @ 1..=30 => {
            let sfi = u8::try_from(short).ok().and_then(ShortFileId::new);
            select_short(chip, sfi.ok_or(StatusWord::WRONG_P1P2)?)?;
        }
        31 => return Err(StatusWord::WRONG_P1P2),
        id => select_long(chip, FileId(id))?,
    }
    let room = usize::try_from(le).unwrap_or(usize::MAX).min(limit);
    let fits = content_room(room).ok_or(StatusWord::WRONG_LENGTH)?;
    // A maximal Le asks for what there is; any other counts the header of the object too.
    let inner_le = if is_maximal(le) {
        le
    } else {
        u32::try_from(fits).unwrap_or(le)
    };
    let (bytes, end) = window(chip, offset, command, inner_le, fits)?;
    Ok(Response {
        data: tlv::object(DISCRETIONARY, &bytes),
        sw: end,
    })
}

/// Reads the offset from data object 54: one to four bytes.
fn offset_object(data: &[u8]) -> Result<usize, StatusWord> {
    let object = tlv::parse_one(data).map_err(|_| StatusWord::INCORRECT_PARAMETERS)?;
    if object.tag != OFFSET || object.value.is_empty() || object.value.len() > MAX_OFFSET_BYTES {
        return Err(StatusWord::INCORRECT_PARAMETERS);
    }
    Ok(object
        .value
        .iter()
        .fold(0, |offset, byte| offset << 8 | usize::from(*byte)))
}

/// Most bytes of content whose data object 53 has at most `room` bytes.
fn content_room(room: usize) -> Option<usize> {
    let header = match room {
        0..=2 => return None,
        3..=129 => 2,
        130..=258 => 3,
        _ => 4,
    };
    Some(room - header)
}

/// Le of 00 (or 0000): as much as there is.
fn is_maximal(le: u32) -> bool {
    matches!(le, 256 | 65_536)
}

/// Cuts the bytes from the current file that the terminal asks for and that fit, with the status word for them.
fn window(
    chip: &Chip,
    offset: usize,
    command: &Command,
    le: u32,
    limit: usize,
) -> Result<(Vec<u8>, StatusWord), StatusWord> {
    let session = &chip.session;
    let id = session.file.ok_or(StatusWord::COMMAND_NOT_ALLOWED)?;
    let file = chip
        .state
        .stored(session.directory, id)
        .ok_or(StatusWord::COMMAND_NOT_ALLOWED)?;
    rules::may_read(&chip.state, session, file.control().read)?;
    let rest = file
        .bytes()
        .get(offset..)
        .filter(|rest| !rest.is_empty())
        .ok_or(StatusWord::WRONG_OFFSET)?;
    let asked = usize::try_from(le).unwrap_or(usize::MAX);
    if is_maximal(le) && session.is_open() && chip.has_habit(Quirk::SmLe00Empty) {
        return Ok((Vec::new(), StatusWord::OK));
    }
    if asked > rest.len() && chip.has_habit(Quirk::Eof6b00) {
        return Err(StatusWord::WRONG_OFFSET);
    }
    let limit = if chip.has_habit(Quirk::LeShrink) {
        limit.min(SHRUNK_BYTES)
    } else {
        limit
    };
    let count = asked.min(limit).min(rest.len());
    let bytes = rest.get(..count).unwrap_or(rest).to_vec();
    let beyond = asked > rest.len() && !is_maximal(le);
    if beyond && chip.state.profile().has(Quirk::StrictLe) && !command.is_extended() {
        // 6Cxx names the right length; it has one byte.
        let right = u8::try_from(rest.len()).map_err(|_| StatusWord::WRONG_LENGTH)?;
        return Err(StatusWord(0x6C00 | u16::from(right)));
    }
    let end = if beyond && count == rest.len() && !chip.has_habit(Quirk::Eof9000) {
        StatusWord::END_OF_FILE
    } else {
        StatusWord::OK
    };
    Ok((bytes, end))
}

fn select_short(chip: &mut Chip, sfi: ShortFileId) -> Result<(), StatusWord> {
    if chip.state.profile().has(Quirk::SfiRefused) {
        return Err(StatusWord::FILE_NOT_FOUND);
    }
    if chip.has_habit(Quirk::SfiRefused6a81) {
        return Err(StatusWord::FUNCTION_NOT_SUPPORTED);
    }
    let stored = chip.state.stored_by_sfi(chip.session.directory, sfi);
    let Some(stored) = stored else {
        return Err(rules::absent(&chip.state, &chip.session));
    };
    hidden(chip, stored.control().file_id)?;
    rules::may_read(&chip.state, &chip.session, stored.control().read)?;
    chip.session.file = Some(stored.control().file_id);
    Ok(())
}

/// Refuses EF.CardAccess once the application was selected, where the chip has that habit.
pub(super) fn hidden(chip: &Chip, id: FileId) -> Result<(), StatusWord> {
    let session = &chip.session;
    let card_access =
        session.directory == Directory::MasterFile && id == ElementaryFile::CardAccess.file_id();
    if card_access && session.application_seen && chip.has_habit(Quirk::CardaccessBeforeSelectOnly) {
        return Err(StatusWord::SECURITY_NOT_SATISFIED);
    }
    Ok(())
}

fn select_long(chip: &mut Chip, id: FileId) -> Result<(), StatusWord> {
    hidden(chip, id)?;
    let stored = chip.state.stored(chip.session.directory, id);
    let Some(stored) = stored else {
        return Err(rules::absent(&chip.state, &chip.session));
    };
    rules::may_read(&chip.state, &chip.session, stored.control().read)?;
    chip.session.file = Some(id);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_object_fills_the_room_and_never_more() {
        for room in 3..2000 {
            let fits = content_room(room).unwrap();
            assert!(
                tlv::object(DISCRETIONARY, &vec![0; fits]).len() <= room,
                "room {room}"
            );
            assert!(
                tlv::object(DISCRETIONARY, &vec![0; fits + 1]).len() > room,
                "room {room}"
            );
        }
        assert_eq!(content_room(2), None);
    }
}
