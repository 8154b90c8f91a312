//! DG2: the face (ICAO 9303-10 §4.7.2), one or more pictures in ISO/IEC 19794-5:2005 records.
//!
//! ```text
//! 75 LL
//!   7F61 LL
//!     02 01 n            number of instances
//!     7F60 LL            n times
//!       A1 LL            biometric header: 81 type, 82 subtype, 87 format owner 0101, 88 format type 0008, ...
//!       5F2E LL (or 7F2E)  the facial record
//! ```

mod face;
mod picture;

pub use face::{FaceDetails, FaceImage};
pub use picture::{ImageFormat, PictureHeader, sniff};

use antin_wire::tlv::{
    self, Reader, Tlv,
    tags::{
        BIOMETRIC_DATA, BIOMETRIC_DATA_CONSTRUCTED, BIOMETRIC_GROUP, BIOMETRIC_INFORMATION, DG2,
        biometric::{COUNT, FORMAT_OWNER, FORMAT_TYPE, HEADER, TYPE},
    },
};

use crate::{Error, der_io};

/// The content of DG2, with the bytes it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dg2 {
    raw: Vec<u8>,
    faces: Vec<FaceImage>,
}

impl Dg2 {
    /// Builds the file, one instance per picture.
    ///
    /// # Errors
    /// [`Error`] if there is no picture, there are too many, or they are too large.
    pub fn build(faces: &[FaceImage]) -> Result<Self, Error> {
        let count = u8::try_from(faces.len()).ok().filter(|count| (1..=MAX_INSTANCES).contains(count));
        let Some(count) = count else {
            return Err(Error::BadValue { what: "DG2 number of instances", problem: "not 1 to 9" });
        };
        let mut group = vec![der_io::emit_uint(count)];
        for face in faces {
            let record = tlv::object(BIOMETRIC_DATA, &face::emit_record(face)?);
            group.push(tlv::constructed(BIOMETRIC_INFORMATION, &[HEADER_BYTES.to_vec(), record]));
        }
        Self::parse(&tlv::constructed(DG2, &[tlv::constructed(BIOMETRIC_GROUP, &group)]))
    }

    /// Reads the file and every record and picture header in it.
    ///
    /// # Errors
    /// [`Error`] if anything in it is not as the standards say, down to the header of each picture.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        der_io::limit("DG2", bytes, MAX_BYTES)?;
        let mut file = der_io::expect_one(bytes, DG2, "DG2")?.children();
        let mut group = file.expect(BIOMETRIC_GROUP)?.children();
        file.finish()?;
        let count = number_of_instances(&group.expect(COUNT)?)?;
        let mut faces = Vec::new();
        for _ in 0..count {
            read_template(group.expect(BIOMETRIC_INFORMATION)?.children(), &mut faces)?;
        }
        group.finish()?;
        Ok(Self { raw: bytes.to_vec(), faces })
    }

    /// All pictures of all instances, at least one.
    #[must_use]
    pub fn faces(&self) -> &[FaceImage] {
        &self.faces
    }

    /// The file as it was read or built.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }
}

fn number_of_instances(tlv: &Tlv<'_>) -> Result<u8, Error> {
    match tlv.value {
        [count @ 1..=MAX_INSTANCES] => Ok(*count),
        _ => Err(Error::BadValue { what: "DG2 number of instances", problem: "not 1 to 9" }),
    }
}

fn read_template(mut template: Reader<'_>, faces: &mut Vec<FaceImage>) -> Result<(), Error> {
    check_header(template.expect(HEADER)?.children())?;
    let record = match template.optional(BIOMETRIC_DATA)? {
        Some(tlv) => tlv,
        None => template.expect(BIOMETRIC_DATA_CONSTRUCTED)?,
    };
    template.finish()?;
    face::read_record(record.value, faces)
}

/// Checks the biometric header template; objects that say nothing about the format are passed over.
fn check_header(mut header: Reader<'_>) -> Result<(), Error> {
    let (mut owner, mut format) = (false, false);
    while let Some(tlv) = header.next()? {
        match tlv.tag {
            // CBEFF: 02 is facial features; an older coding has three bytes.
            TYPE if !matches!(tlv.value, [0x02] | [0x00, 0x00, 0x02]) => {
                return Err(Error::BadValue { what: "DG2 biometric type", problem: "not facial features" });
            }
            FORMAT_OWNER if tlv.value != OWNER_ISO => {
                return Err(Error::BadValue { what: "DG2 format owner", problem: "not ISO/IEC JTC 1 SC 37" });
            }
            FORMAT_TYPE if tlv.value != TYPE_FACE => {
                return Err(Error::BadValue { what: "DG2 format type", problem: "not a facial record" });
            }
            FORMAT_OWNER => owner = true,
            FORMAT_TYPE => format = true,
            _ => {}
        }
    }
    match (owner, format) {
        (true, true) => Ok(()),
        (false, _) => Err(Error::BadValue { what: "DG2 format owner", problem: "missing" }),
        (true, false) => Err(Error::BadValue { what: "DG2 format type", problem: "missing" }),
    }
}

const OWNER_ISO: &[u8] = &[0x01, 0x01];
const TYPE_FACE: &[u8] = &[0x00, 0x08];
/// The header that we write: facial features, no subtype, ISO/IEC 19794-5.
const HEADER_BYTES: &[u8] =
    &[0xA1, 0x0E, 0x81, 0x01, 0x02, 0x82, 0x01, 0x00, 0x87, 0x02, 0x01, 0x01, 0x88, 0x02, 0x00, 0x08];

/// ICAO 9303-10 allows 1 to 9.
const MAX_INSTANCES: u8 = 9;
/// Faces on chips have 12 to 40 KiB; a chip with more than this cannot be read in bearable time.
const MAX_BYTES: usize = 512 * 1024;
