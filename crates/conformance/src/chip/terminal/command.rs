//! The commands of `select` and `read`.

use antin::ElementaryFile;
use antin::profile::patch::FileName;
use antin::protocol::files;
use antin::wire::apdu::Command;
use antin::wire::ids::FileId;
use antin::wire::tlv::{self, Tag};

use super::{By, Outcome, Step};
use crate::stage::Issued;

/// Bytes that READ BINARY asks for unless the step says otherwise.
const SOME_BYTES: u32 = 6;

pub(super) fn file(name: &str, issued: &Issued) -> Outcome<(Option<ElementaryFile>, FileId)> {
    match FileName::parse(name).ok_or(format!("{name:?} is no file"))? {
        FileName::Known(file) => {
            let rule = issued.profile.file(file);
            Ok((Some(file), rule.map_or(file.file_id(), |rule| rule.fid)))
        }
        FileName::Id(id) => Ok((None, id)),
    }
}

pub(super) fn select(name: &str, issued: &Issued) -> Outcome<Command> {
    Ok(match name {
        "mf" => files::select_mf(),
        "application" => files::select_application(&issued.profile.application.aid),
        name => files::select_ef(file(name, issued)?.1),
    })
}

pub(super) fn read(name: &str, step: &Step, issued: &Issued) -> Outcome<Command> {
    let le = step.le.unwrap_or(SOME_BYTES);
    let place = match (name, step.by) {
        ("current", _) => 0,
        (name, Some(By::Fid)) => file(name, issued)?.1.0,
        (name, _) => {
            let known = file(name, issued)?
                .0
                .ok_or("only a known file has a short identifier")?;
            let rule = issued.profile.file(known);
            let sfi = rule.map_or(Some(known.short_id()), |rule| rule.sfi);
            u16::from(sfi.ok_or("the file has no short identifier")?.value())
        }
    };
    if step.odd {
        let offset = if step.offset == 0 {
            vec![0]
        } else {
            let bytes = step.offset.to_be_bytes();
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            bytes.get(zeros..).unwrap_or_default().to_vec()
        };
        let [p1, p2] = place.to_be_bytes();
        return Ok(Command::new(0x00, 0xB1, p1, p2)
            .with_data(tlv::object(Tag(0x54), &offset))
            .with_le(le));
    }
    if name == "current" {
        let offset = u16::try_from(step.offset).map_err(|_| "the offset needs odd = true")?;
        let [p1, p2] = offset.to_be_bytes();
        return Ok(Command::new(0x00, 0xB0, p1, p2).with_le(le));
    }
    let sfi = u8::try_from(place).map_err(|_| "by = \"fid\" needs odd = true")?;
    let offset = u8::try_from(step.offset).map_err(|_| "by short identifier the offset has one byte")?;
    Ok(Command::new(0x00, 0xB0, 0x80 | sfi, offset).with_le(le))
}
