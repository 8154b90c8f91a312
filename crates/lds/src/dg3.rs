//! DG3: the fingers (ICAO 9303-10 §4.7.3), in records of ISO/IEC 19794-4:2005. Pictures are found and bounded, never decoded.
//!
//! ```text
//! 63 LL
//!   7F61 LL
//!     02 01 n            number of instances
//!     7F60 LL            n times
//!       A1 LL            biometric header: 81 type, 82 subtype, 87 format owner 0101, 88 format type 0007, ...
//!       5F2E LL (or 7F2E)  the finger record
//!
//! record header         32  "FIR\0" "010\0" record length (6), device (2), acquisition level (2), number of fingers (1),
//!                           scale units (1), scan resolution (2 + 2), picture resolution (2 + 2), depth (1),
//!                           compression (1), reserved (2)
//! per finger            14  block length (4), position (1), number of views (1), view (1), quality (1), impression (1),
//!                           width (2), height (2), reserved (1)
//!   picture                 the rest of the block
//! ```
//!
//! Where no finger is stored there are no instances, and random data may stand behind the count.

use antin_wire::Cursor;
use antin_wire::tlv::{
    Reader,
    tags::{
        BIOMETRIC_DATA, BIOMETRIC_DATA_CONSTRUCTED, BIOMETRIC_GROUP, BIOMETRIC_INFORMATION, DG3,
        DISCRETIONARY_DATA,
        biometric::{COUNT, FORMAT_OWNER, FORMAT_TYPE, HEADER, TYPE},
    },
};

use crate::{Error, der_io};

/// The content of DG3, with the bytes it was read from.
#[derive(Clone, PartialEq, Eq)]
pub struct Dg3 {
    raw: Vec<u8>,
    fingers: Vec<Finger>,
}

/// One picture of a finger.
#[derive(Clone, PartialEq, Eq)]
pub struct Finger {
    /// Which finger, in the numbers of ISO/IEC 19794-4: 1 right thumb to 10 left little finger, 0 unknown.
    pub position: u8,
    /// How the picture is compressed: 0 and 1 not at all, 2 WSQ, 3 JPEG, 4 JPEG 2000, 5 PNG.
    pub compression: u8,
    /// Width in pixels, as the record states it.
    pub width: u16,
    /// Height in pixels, as the record states it.
    pub height: u16,
    /// The picture.
    pub bytes: Vec<u8>,
}

impl Dg3 {
    /// Reads the file and every record in it.
    ///
    /// # Errors
    /// [`Error`] if anything in it is not as the standards say; a finger without a picture is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        der_io::limit("DG3", bytes, MAX_BYTES)?;
        let mut file = der_io::expect_one(bytes, DG3, "DG3")?.children();
        let mut group = file.expect(BIOMETRIC_GROUP)?.children();
        file.finish()?;
        let count = match group.expect(COUNT)?.value {
            [count @ 0..=MAX_INSTANCES] => *count,
            _ => {
                return Err(Error::BadValue {
                    what: "DG3 number of instances",
                    problem: "more than 10",
                });
            }
        };
        let mut fingers = Vec::new();
        for _ in 0..count {
            read_template(group.expect(BIOMETRIC_INFORMATION)?.children(), &mut fingers)?;
        }
        if count == 0 {
            group.optional(DISCRETIONARY_DATA)?;
        }
        group.finish()?;
        Ok(Self {
            raw: bytes.to_vec(),
            fingers,
        })
    }

    /// All pictures of all instances.
    #[must_use]
    pub fn fingers(&self) -> &[Finger] {
        &self.fingers
    }

    /// The file as it was read.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }
}

/// Without the pictures: nobody's fingers belong into a log.
impl core::fmt::Debug for Dg3 {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Dg3({} fingers)", self.fingers.len())
    }
}

impl core::fmt::Debug for Finger {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Finger({} bytes)", self.bytes.len())
    }
}

fn read_template(mut template: Reader<'_>, fingers: &mut Vec<Finger>) -> Result<(), Error> {
    check_header(template.expect(HEADER)?.children())?;
    let record = match template.optional(BIOMETRIC_DATA)? {
        Some(record) => record,
        None => template.expect(BIOMETRIC_DATA_CONSTRUCTED)?,
    };
    template.finish()?;
    read_record(record.value, fingers)
}

/// Checks what the biometric header says of the format; the rest is passed over.
fn check_header(mut header: Reader<'_>) -> Result<(), Error> {
    let (mut owner, mut format) = (false, false);
    while let Some(object) = header.next()? {
        let (wanted, what): (&[u8], _) = match object.tag {
            TYPE => (&[0x08], "DG3 biometric type"),
            FORMAT_OWNER => (&[0x01, 0x01], "DG3 format owner"),
            FORMAT_TYPE => (&[0x00, 0x07], "DG3 format type"),
            _ => continue,
        };
        // An older coding of the type has three bytes.
        if object.value != wanted && !(object.tag == TYPE && object.value == [0x00, 0x00, 0x08]) {
            return Err(Error::BadValue {
                what,
                problem: "not that of finger pictures",
            });
        }
        owner |= object.tag == FORMAT_OWNER;
        format |= object.tag == FORMAT_TYPE;
    }
    match owner && format {
        true => Ok(()),
        false => Err(Error::BadValue {
            what: "DG3 format",
            problem: "owner or type missing",
        }),
    }
}

/// Reads one record, which fills `bytes` entirely, and appends its pictures.
fn read_record(bytes: &[u8], fingers: &mut Vec<Finger>) -> Result<(), Error> {
    let mut record = Cursor::new(bytes);
    if record.field("finger record").array::<8>()? != *MAGIC {
        return Err(Error::BadValue {
            what: "finger record",
            problem: "not ISO/IEC 19794-4:2005 (FIR 010)",
        });
    }
    let [zero, low @ ..] = record.field("finger record length").array::<6>()?.map(u64::from);
    let length = low.iter().fold(zero, |length, byte| length << 8 | byte);
    if usize::try_from(length) != Ok(bytes.len()) {
        return Err(Error::BadValue {
            what: "finger record length",
            problem: "not that of the record",
        });
    }
    record.field("finger record device and level").take(4)?;
    let count = record.field("finger record number of fingers").u8()?;
    record.field("finger record resolutions").take(10)?;
    let compression = record.field("finger record compression").u8()?;
    record.field("finger record reserved").take(2)?;
    for _ in 0..count {
        fingers.push(read_finger(&mut record, compression)?);
        if fingers.len() > MAX_FINGERS {
            return Err(Error::TooMany {
                what: "fingers",
                max: MAX_FINGERS,
            });
        }
    }
    Ok(record.field("finger record").finish()?)
}

fn read_finger(record: &mut Cursor<'_>, compression: u8) -> Result<Finger, Error> {
    let length = record.field("finger block length").u32()?;
    let rest = usize::try_from(length)
        .ok()
        .and_then(|length| length.checked_sub(4))
        .ok_or(Error::BadValue {
            what: "finger block length",
            problem: "shorter than itself",
        })?;
    let at = record.offset();
    let mut block = Cursor::new_at(record.field("finger block").take(rest)?, at);
    let position = block.field("finger position").u8()?;
    block.field("views, quality and impression of a finger").take(4)?;
    let width = block.field("width of a finger").u16()?;
    let height = block.field("height of a finger").u16()?;
    block.field("finger reserved").u8()?;
    let bytes = block.rest().to_vec();
    if bytes.is_empty() {
        return Err(Error::BadValue {
            what: "finger",
            problem: "without a picture",
        });
    }
    Ok(Finger {
        position,
        compression,
        width,
        height,
        bytes,
    })
}

const MAGIC: &[u8; 8] = b"FIR\x00010\x00";
/// One for each finger.
const MAX_INSTANCES: u8 = 10;
/// Some states put several views of a finger into one record.
const MAX_FINGERS: usize = 32;
/// A picture has 10 to 20 KiB; ten of them are read in bearable time.
const MAX_BYTES: usize = 512 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use antin_wire::tlv::{self, Tag};

    fn object(tag: u32, parts: &[&[u8]]) -> Vec<u8> {
        tlv::object(Tag(tag), &parts.concat())
    }

    fn record(pictures: &[&[u8]]) -> Vec<u8> {
        let blocks: Vec<u8> = pictures
            .iter()
            .flat_map(|picture| {
                let length = u32::try_from(14 + picture.len()).unwrap().to_be_bytes();
                [&length, &[1, 1, 1, 0, 0, 0, 8, 0, 9, 0][..], picture].concat()
            })
            .collect();
        let length = u16::try_from(32 + blocks.len()).unwrap().to_be_bytes();
        let count = u8::try_from(pictures.len()).unwrap();
        let head = [
            0, 0, 0, 31, count, 1, 1, 0xF4, 1, 0xF4, 1, 0xF4, 1, 0xF4, 8, 2, 0, 0,
        ];
        [&MAGIC[..], &[0; 4], &length, &head, &blocks].concat()
    }

    fn file(kind: &[u8], record: &[u8]) -> Vec<u8> {
        let header = object(0xA1, &[&[0x81, 1, 8, 0x87, 2, 1, 1], kind]);
        let template = object(0x7F60, &[&header, &object(0x5F2E, &[record])]);
        object(0x63, &[&object(0x7F61, &[&[2, 1, 1], &template])])
    }

    #[test]
    fn fingers_are_found_with_what_is_said_of_them() {
        let read = Dg3::parse(&file(&[0x88, 2, 0, 7], &record(&[b"one", b"two"]))).unwrap();
        let [one, two] = read.fingers() else {
            panic!("two fingers")
        };
        assert_eq!(
            (one.bytes.as_slice(), two.bytes.as_slice()),
            (&b"one"[..], &b"two"[..])
        );
        assert_eq!(
            (one.position, one.compression, one.width, one.height),
            (1, 2, 8, 9)
        );
        assert_eq!(format!("{read:?} {one:?}"), "Dg3(2 fingers) Finger(3 bytes)");
    }

    #[test]
    fn a_chip_without_fingers_may_fill_the_file_with_random_data() {
        for fill in [&[][..], &[0x53, 2, 0xAA, 0x55]] {
            let read = Dg3::parse(&object(0x63, &[&object(0x7F61, &[&[2, 1, 0], fill])])).unwrap();
            assert!(read.fingers().is_empty());
        }
    }

    #[test]
    fn what_is_no_finger_record_is_named() {
        let good = record(&[b"one", b"two"]);
        let mut other = good.clone();
        other[0] = b'f';
        let mut long = good.clone();
        long[13] += 1;
        for (file, words) in [
            (
                file(&[0x88, 2, 0, 8], &good),
                "DG3 format type: not that of finger pictures",
            ),
            (file(&[], &good), "DG3 format: owner or type missing"),
            (
                file(&[0x88, 2, 0, 7], &other),
                "finger record: not ISO/IEC 19794-4:2005 (FIR 010)",
            ),
            (
                file(&[0x88, 2, 0, 7], &long),
                "finger record length: not that of the record",
            ),
            (
                file(&[0x88, 2, 0, 7], &record(&[b"one", b""])),
                "finger: without a picture",
            ),
        ] {
            assert_eq!(Dg3::parse(&file).unwrap_err().to_string(), words);
        }
        let none = object(0x63, &[&object(0x7F61, &[&[0x7F, 0x60, 0]])]);
        assert!(Dg3::parse(&none).is_err(), "no number of instances");
    }
}
