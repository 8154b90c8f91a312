//! Files: their control information and the commands that make and fill them.

use antin_wire::{
    Malformed, MalformedKind,
    apdu::{Command, StatusWord},
    ids::{FileId, ShortFileId},
    ins,
    tlv::{
        self,
        tags::{self, fcp},
    },
};

use crate::files;

/// Who may read a file once the chip is operational.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadCondition {
    /// `00`: anybody.
    Always,
    /// `01`: whoever opened the chip by BAC or PACE.
    AccessControl,
    /// `02`: nobody; the chip says `6982`, as it would to a terminal without rights.
    ExtendedAccess,
    /// `03`: whoever opened the chip by PACE.
    Pace,
    /// `04`: whoever has proved the right to DG3.
    RightToDg3,
    /// `05`: whoever has proved the right to DG4.
    RightToDg4,
}

impl ReadCondition {
    /// Returns the byte in object `86`.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        match self {
            Self::Always => 0x00,
            Self::AccessControl => 0x01,
            Self::ExtendedAccess => 0x02,
            Self::Pace => 0x03,
            Self::RightToDg3 => 0x04,
            Self::RightToDg4 => 0x05,
        }
    }

    /// Reads the byte in object `86`.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x00 => Some(Self::Always),
            0x01 => Some(Self::AccessControl),
            0x02 => Some(Self::ExtendedAccess),
            0x03 => Some(Self::Pace),
            0x04 => Some(Self::RightToDg3),
            0x05 => Some(Self::RightToDg4),
            _ => None,
        }
    }
}

/// What is said about a file when it is created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileControl {
    /// The file identifier.
    pub file_id: FileId,
    /// The short file identifier, where the file has one.
    pub sfi: Option<ShortFileId>,
    /// The size in bytes, below 16 MiB.
    pub size: u32,
    /// Who may read it.
    pub read: ReadCondition,
}

impl FileControl {
    /// Writes the template `62`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut children = vec![
            tlv::object(fcp::SIZE, size_bytes(&self.size.to_be_bytes())),
            tlv::object(fcp::DESCRIPTOR, &[TRANSPARENT]),
            tlv::object(fcp::FILE_ID, &self.file_id.0.to_be_bytes()),
        ];
        children.extend(
            self.sfi
                .map(|sfi| tlv::object(fcp::SHORT_FILE_ID, &[sfi.value() << SFI_SHIFT])),
        );
        children.push(tlv::object(fcp::SECURITY, &[self.read.to_byte()]));
        tlv::constructed(tags::FILE_CONTROL_PARAMETERS, &children)
    }

    /// Reads the template `62`, in the order in which it is written.
    ///
    /// # Errors
    /// [`Malformed`] names the object that is missing, misplaced, of wrong length or without meaning.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let template = tlv::parse_one(bytes)?;
        if template.tag != tags::FILE_CONTROL_PARAMETERS {
            let kind = MalformedKind::BadTag {
                found: template.tag.0,
            };
            return Err(Malformed::new("file control template", template.at, kind));
        }
        let mut children = template.children();
        let size = file_size(&children.expect(fcp::SIZE)?)?;
        let descriptor = children.expect(fcp::DESCRIPTOR)?;
        if descriptor.value != [TRANSPARENT] {
            return Err(super::meaningless("file descriptor", &descriptor));
        }
        let file_id = u16::from_be_bytes(children.expect(fcp::FILE_ID)?.array("file identifier")?);
        let sfi = children
            .optional(fcp::SHORT_FILE_ID)?
            .map(|object| short_file_id(&object))
            .transpose()?;
        let security = children.expect(fcp::SECURITY)?;
        let [read] = security.array("read condition")?;
        let read =
            ReadCondition::from_byte(read).ok_or_else(|| super::meaningless("read condition", &security))?;
        children.finish()?;
        Ok(Self {
            file_id: FileId(file_id),
            sfi,
            size,
            read,
        })
    }
}

/// Two bytes, or three where two are not enough.
fn size_bytes(size: &[u8; 4]) -> &[u8] {
    match size {
        [_, 0, short @ ..] => short,
        [_, long @ ..] => long,
    }
}

fn file_size(object: &tlv::Tlv<'_>) -> Result<u32, Malformed> {
    match *object.value {
        [high, low] => Ok(u32::from_be_bytes([0, 0, high, low])),
        [first, high, low] if first != 0 => Ok(u32::from_be_bytes([0, first, high, low])),
        _ => Err(super::meaningless("file size", object)),
    }
}

fn short_file_id(object: &tlv::Tlv<'_>) -> Result<ShortFileId, Malformed> {
    let [byte] = object.array("short file identifier")?;
    let wrong = || super::meaningless("short file identifier", object);
    if byte & ((1 << SFI_SHIFT) - 1) != 0 {
        return Err(wrong());
    }
    ShortFileId::new(byte >> SFI_SHIFT).ok_or_else(wrong)
}

/// CREATE FILE under the current directory; the new file is selected.
#[must_use]
pub fn create_file(control: &FileControl) -> Command {
    Command::new(0x00, ins::CREATE_FILE, 0x00, 0x00).with_data(control.to_bytes())
}

/// Reads CREATE FILE on the chip.
///
/// # Errors
/// `6E00`, `6D00`, `6A86` for another header, `6700` for an Le, `6A80` for file control that cannot be read.
pub fn decode_create_file(command: &Command) -> Result<FileControl, StatusWord> {
    crate::expect_header(command, [0x00, ins::CREATE_FILE, 0x00, 0x00])?;
    if command.le().is_some() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    FileControl::parse(command.data()).map_err(|_| StatusWord::INCORRECT_PARAMETERS)
}

/// DELETE FILE of a file under the current directory (ISO 7816-9): makes way for one of another size.
#[must_use]
pub fn delete_file(file: FileId) -> Command {
    Command::new(0x00, ins::DELETE_FILE, 0x02, 0x00).with_data(file.0.to_be_bytes().to_vec())
}

/// Reads DELETE FILE on the chip.
///
/// # Errors
/// `6E00`, `6D00`, `6A86` for another header, `6700` for an Le or anything but a file identifier.
pub fn decode_delete_file(command: &Command) -> Result<FileId, StatusWord> {
    crate::expect_header(command, [0x00, ins::DELETE_FILE, 0x02, 0x00])?;
    match (command.data().try_into(), command.le()) {
        (Ok(id), None) => Ok(FileId(u16::from_be_bytes(id))),
        _ => Err(StatusWord::WRONG_LENGTH),
    }
}

/// SELECT of a file under the current directory, as in the operational state.
#[must_use]
pub fn select_file(file: FileId) -> Command {
    files::select_ef(file)
}

/// UPDATE BINARY of the selected file; `None` for an offset over 32767.
///
/// Data over 255 bytes make an extended command.
#[must_use]
pub fn update_binary(offset: u16, data: &[u8]) -> Option<Command> {
    let [high, low] = offset.to_be_bytes();
    (offset <= files::MAX_EVEN_OFFSET)
        .then(|| Command::new(0x00, ins::UPDATE_BINARY, high, low).with_data(data.to_vec()))
}

/// UPDATE BINARY of the file with this short identifier, which becomes the selected file.
#[must_use]
pub fn update_binary_sfi(file: ShortFileId, offset: u8, data: &[u8]) -> Command {
    Command::new(0x00, ins::UPDATE_BINARY, files::SFI_FLAG | file.value(), offset).with_data(data.to_vec())
}

/// UPDATE BINARY of the selected file with odd instruction, for any offset below 16 MiB: `54` offset, `53` data.
#[must_use]
pub fn update_binary_odd(offset: u32, data: &[u8]) -> Command {
    let mut body = files::offset_object(offset);
    body.extend(tlv::object(tags::DISCRETIONARY_DATA, data));
    Command::new(0x00, ins::UPDATE_BINARY_ODD, 0x00, 0x00).with_data(body)
}

/// Reads offset and data out of the data field of an odd UPDATE BINARY.
///
/// # Errors
/// [`Malformed`] for anything but the two objects `54` (one to four bytes) and `53`, trailing bytes included.
pub fn decode_update_binary_odd(data: &[u8]) -> Result<(u32, &[u8]), Malformed> {
    let mut objects = tlv::Reader::new(data);
    let offset = files::offset_of(&objects.expect(tags::OFFSET)?)?;
    let content = objects.expect(tags::DISCRETIONARY_DATA)?;
    objects.finish()?;
    Ok((offset, content.value))
}

/// File descriptor byte: working elementary file, transparent structure.
const TRANSPARENT: u8 = 0x01;
/// Object `88` holds the short identifier in its upper five bits.
const SFI_SHIFT: u8 = 3;
