//! Which step of the conversation a command is.

use antin_profile::patch::{FileName, Step};
use antin_wire::apdu::Command;
use antin_wire::ids::{FileId, ShortFileId};
use antin_wire::tlv;

use crate::chip::Chip;
use crate::session::{Access, Pace};
use crate::state::Directory;

/// A command as a patch would name it.
pub(super) struct Found {
    /// The step; [`Step::Any`] for commands without a name.
    step: Step,
    /// Where the file lies that the step names.
    directory: Directory,
    /// First byte that is read, and the first that is not.
    range: (u32, u32),
}

impl Found {
    pub(super) fn new(chip: &Chip, command: &Command) -> Self {
        let (step, range) = find(chip, command);
        Self {
            step,
            directory: chip.session.directory,
            range,
        }
    }

    pub(super) fn step(&self) -> Step {
        self.step
    }

    /// Says whether a step of a patch means this command.
    pub(super) fn is(&self, chip: &Chip, wanted: Step) -> bool {
        match (wanted, self.step) {
            (Step::SelectFile(name), Step::SelectFile(FileName::Id(id))) => self.names(chip, name, id),
            (Step::ReadFile(name, offset), Step::ReadFile(FileName::Id(id), _)) => {
                let (from, to) = self.range;
                self.names(chip, name, id) && offset.is_none_or(|offset| (from..to).contains(&offset))
            }
            (wanted, found) => wanted.covers(found),
        }
    }

    fn names(&self, chip: &Chip, name: FileName, id: FileId) -> bool {
        match name {
            FileName::Known(file) => chip.state.place(file) == (self.directory, id),
            FileName::Id(wanted) => wanted == id,
        }
    }
}

fn find(chip: &Chip, command: &Command) -> (Step, (u32, u32)) {
    let step = match (command.ins(), command.p1p2()) {
        (0xA4, _) => select(command),
        (0xB0 | 0xB1, _) => return read(chip, command),
        (0x22, 0xC1A4) => Step::PaceSelect,
        (0x22, 0x41A4) => Step::CaSelect,
        (0x22, 0x41A6) => Step::CaAgree,
        (0x22, 0x81B6) => Step::TaSetKey,
        (0x22, 0x81A4) => Step::TaSelect,
        (0x2A, _) => Step::TaCertificate,
        (0x86, _) => general_authenticate(chip, command),
        (0x88, _) => Step::Aa,
        (0x84, _) if chip.session.is_open() => Step::TaChallenge,
        (0x84, _) => Step::BacChallenge,
        (0x82, _) if chip.session.is_open() => Step::TaAuthenticate,
        (0x82, _) => Step::BacAuthenticate,
        _ => Step::Any,
    };
    (step, (0, 0))
}

fn select(command: &Command) -> Step {
    match (command.p1(), command.data()) {
        (0x04, _) => Step::SelectApplication,
        (0x00, [] | [0x3F, 0x00]) => Step::SelectMasterFile,
        (_, [high, low]) => Step::SelectFile(FileName::Id(FileId(u16::from_be_bytes([*high, *low])))),
        _ => Step::Any,
    }
}

fn read(chip: &Chip, command: &Command) -> (Step, (u32, u32)) {
    let by_sfi = |number: u8| {
        let sfi = ShortFileId::new(number)?;
        let file = chip.state.stored_by_sfi(chip.session.directory, sfi)?;
        Some(file.control().file_id)
    };
    let place = command.p1p2();
    let (id, offset) = if command.ins() == 0xB1 {
        let id = match place {
            0 => chip.session.file,
            1..=30 => by_sfi(command.p2()),
            id => Some(FileId(id)),
        };
        let offset = tlv::parse_one(command.data()).map_or(0, |object| {
            let bytes = object.value.iter();
            bytes.fold(0, |offset: u32, byte| offset << 8 | u32::from(*byte))
        });
        (id, offset)
    } else if command.p1() & 0x80 != 0 {
        (by_sfi(command.p1() & 0x1F), u32::from(command.p2()))
    } else {
        (chip.session.file, u32::from(place))
    };
    let step = id.map_or(Step::Any, |id| Step::ReadFile(FileName::Id(id), None));
    (step, (offset, offset.saturating_add(command.le().unwrap_or(0))))
}

/// In the middle of PACE the state says which step comes; what the command says may be part of the story.
fn general_authenticate(chip: &Chip, command: &Command) -> Step {
    if let Access::Pace(pace) = &chip.session.access {
        return match pace.as_ref() {
            Pace::Nonce(_) => Step::PaceNonce,
            Pace::Mapping(_) => Step::PaceMapping,
            Pace::KeyAgreement(_) => Step::PaceKeyAgreement,
            Pace::Token(_) => Step::PaceToken,
        };
    }
    let inner = tlv::parse_one(command.data())
        .ok()
        .and_then(|outer| tlv::Reader::new(outer.value).next().ok().flatten());
    match inner.map(|object| object.tag.0) {
        Some(0x80) => Step::CaAgree,
        Some(0x81) => Step::PaceMapping,
        Some(0x83) => Step::PaceKeyAgreement,
        Some(0x85) => Step::PaceToken,
        _ => Step::PaceNonce,
    }
}
