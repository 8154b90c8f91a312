//! The commands with which files are selected and read (ISO 7816-4), as both roles spell them.
//!
//! ```text
//! SELECT by AID        00 A4 04 0C  AID            SELECT EF   00 A4 02 0C  file id
//! SELECT MF            00 A4 00 0C  3F00
//! READ BINARY          00 B0 offset(2)        Le   offset below 32768, of the selected file
//! READ BINARY by SFI   00 B0 80|SFI offset(1) Le   selects the file as well
//! READ BINARY odd      00 B1 00 00  54 L offset Le any offset; the answer is one object 53
//! ```

use antin_wire::{
    Malformed, MalformedKind,
    apdu::Command,
    ids::{Aid, FileId, ShortFileId},
    ins,
    tlv::{self, tags},
};

/// SELECT by application identifier, without asking for file control information.
#[must_use]
pub fn select_application(aid: &Aid) -> Command {
    Command::new(0x00, ins::SELECT, 0x04, NO_RESPONSE_DATA).with_data(aid.as_bytes().to_vec())
}

/// SELECT of an elementary file under the current application.
#[must_use]
pub fn select_ef(file: FileId) -> Command {
    Command::new(0x00, ins::SELECT, 0x02, NO_RESPONSE_DATA).with_data(file.0.to_be_bytes().to_vec())
}

/// SELECT of the master file.
#[must_use]
pub fn select_mf() -> Command {
    Command::new(0x00, ins::SELECT, 0x00, NO_RESPONSE_DATA).with_data(FileId::MF.0.to_be_bytes().to_vec())
}

/// READ BINARY of the first bytes of a file named by its short identifier, which becomes the selected file.
#[must_use]
pub fn read_binary_sfi(file: ShortFileId, le: u32) -> Command {
    Command::new(0x00, ins::READ_BINARY, SFI_FLAG | file.value(), 0x00).with_le(le)
}

/// READ BINARY of the selected file; `None` when the offset needs the odd instruction (over 32767).
#[must_use]
pub fn read_binary(offset: u16, le: u32) -> Option<Command> {
    let [high, low] = offset.to_be_bytes();
    (offset <= MAX_EVEN_OFFSET).then(|| Command::new(0x00, ins::READ_BINARY, high, low).with_le(le))
}

/// READ BINARY with odd instruction, for any offset below 16 MiB; the answer is one data object `53`.
#[must_use]
pub fn read_binary_odd(offset: u32, le: u32) -> Command {
    Command::new(0x00, ins::READ_BINARY_ODD, 0x00, 0x00)
        .with_data(offset_object(offset))
        .with_le(le)
}

/// The object `54`: two to four bytes.
pub(crate) fn offset_object(offset: u32) -> Vec<u8> {
    let bytes = offset.to_be_bytes();
    let skip = bytes.iter().take(2).take_while(|b| **b == 0).count();
    let shortest: Vec<u8> = bytes.into_iter().skip(skip).collect();
    tlv::object(tags::OFFSET, &shortest)
}

/// Reads the offset out of the data field of an odd READ BINARY: one object `54` of one to four bytes.
///
/// # Errors
/// [`Malformed`] for anything else, trailing bytes included.
pub fn parse_odd_offset(data: &[u8]) -> Result<u32, Malformed> {
    offset_of(&tlv::parse_one(data)?)
}

/// The number in an object `54` of one to four bytes.
pub(crate) fn offset_of(object: &tlv::Tlv<'_>) -> Result<u32, Malformed> {
    let wrong = |kind| Malformed {
        what: "offset data object",
        at: object.at,
        kind,
    };
    if object.tag != tags::OFFSET {
        return Err(wrong(MalformedKind::BadTag { found: object.tag.0 }));
    }
    if !(1..=4).contains(&object.value.len()) {
        return Err(wrong(MalformedKind::BadLength));
    }
    Ok(object
        .value
        .iter()
        .fold(0, |offset, byte| offset << 8 | u32::from(*byte)))
}

/// The bit in P1 that says "the other five bits are a short file identifier".
pub const SFI_FLAG: u8 = 0x80;
/// The largest offset that fits in P1-P2.
pub const MAX_EVEN_OFFSET: u16 = 0x7FFF;

/// P2 of SELECT: first or only occurrence, no response data.
const NO_RESPONSE_DATA: u8 = 0x0C;

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(command: &Command) -> Vec<u8> {
        command.to_bytes().unwrap()
    }

    #[test]
    fn commands_are_spelled_as_the_standard_spells_them() {
        assert_eq!(
            bytes(&select_application(&Aid::EMRTD)),
            hex("00A4040C07A0000002471001")
        );
        assert_eq!(bytes(&select_ef(FileId::EF_COM)), hex("00A4020C02011E"));
        assert_eq!(bytes(&select_mf()), hex("00A4000C023F00"));
        assert_eq!(bytes(&read_binary(4, 0x12).unwrap()), hex("00B0000412"));
        assert_eq!(
            bytes(&read_binary_sfi(ShortFileId::new(0x1E).unwrap(), 256)),
            hex("00B09E0000")
        );
        assert_eq!(bytes(&read_binary_odd(0x8000, 256)), hex("00B10000045402800000"));
        assert_eq!(
            bytes(&read_binary_odd(0x01_0000, 256)),
            hex("00B1000005540301000000")
        );
        assert!(read_binary(0x8000, 1).is_none());
    }

    #[test]
    fn an_odd_offset_comes_back() {
        for offset in [0, 1, 0x7FFF, 0x8000, 0xFFFF, 0x1_0000, u32::MAX] {
            assert_eq!(parse_odd_offset(read_binary_odd(offset, 1).data()), Ok(offset));
        }
    }

    #[test]
    fn a_crooked_offset_is_refused() {
        for wrong in [
            "",
            "54",
            "5400",
            "54028000FF",
            "5302 8000",
            "5405 0000000001",
            "5402 80",
        ] {
            assert!(parse_odd_offset(&hex(wrong)).is_err(), "{wrong}");
        }
    }

    fn hex(text: &str) -> Vec<u8> {
        crate::testing::hex(text)
    }
}
