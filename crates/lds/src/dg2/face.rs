//! The facial record of ISO/IEC 19794-5:2005.
//!
//! ```text
//! header                14  "FAC\0" "010\0" record length (4), number of pictures (2)
//! per picture:
//!   facial information  20  block length (4), number of feature points (2), gender, eye colour, hair colour,
//!                           properties (3), expression (2), pose (3), pose uncertainty (3)
//!   feature points       8  each
//!   image information   12  type, data type (0 JPEG, 1 JPEG 2000), width (2), height (2), colour space, source,
//!                           device (2), quality (2)
//!   picture                 the rest of the block
//! ```

use antin_wire::Cursor;

use super::picture::{self, ImageFormat};
use crate::Error;

/// One picture of a face.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaceImage {
    /// How the picture is compressed, as its own header says.
    pub format: ImageFormat,
    /// Width in pixels, as its own header says.
    pub width: u32,
    /// Height in pixels, as its own header says.
    pub height: u32,
    /// The JPEG or JPEG 2000 file.
    pub bytes: Vec<u8>,
    /// What the record says about it.
    pub details: FaceDetails,
    /// The standard of the record that it was read from, or will be written in.
    pub encoding: FaceEncoding,
}

/// The standard of a record with faces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FaceEncoding {
    /// ISO/IEC 19794-5:2005, `FAC 010`: the one that is written here.
    #[default]
    Iso19794,
    /// ISO/IEC 39794-5:2019, which readers must take since 2026. Of what its blocks say, [`FaceDetails`] has format and size.
    Iso39794,
}

/// What a facial record says about one picture; the numbers are those of ISO/IEC 19794-5, 0 is unspecified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaceDetails {
    /// 1 male, 2 female.
    pub gender: u8,
    /// Colour of the eyes.
    pub eye_colour: u8,
    /// Colour of the hair.
    pub hair_colour: u8,
    /// Bit mask: glasses, beard and so on.
    pub properties: [u8; 3],
    /// Expression.
    pub expression: u16,
    /// Yaw, pitch and roll.
    pub pose: [u8; 3],
    /// Uncertainty of yaw, pitch and roll.
    pub pose_uncertainty: [u8; 3],
    /// Feature points, eight bytes each.
    pub feature_points: Vec<[u8; 8]>,
    /// 0 basic, 1 full frontal, 2 token frontal.
    pub image_type: u8,
    /// Width and height that the record states; a wrong statement is kept.
    pub stated_size: (u16, u16),
    /// The compression that the record states, 0 JPEG or 1 JPEG 2000; a wrong statement is kept.
    pub stated_data_type: u8,
    /// Colour space.
    pub colour_space: u8,
    /// How the picture was taken.
    pub source: u8,
    /// Device that took it.
    pub device: u16,
    /// Quality.
    pub quality: u16,
}

impl FaceImage {
    /// Takes a JPEG or JPEG 2000 file; its header is read, its pixels are not.
    ///
    /// # Errors
    /// [`Error`] if the bytes do not start as such a file, or the picture is too large for a facial record.
    pub fn from_picture(bytes: Vec<u8>) -> Result<Self, Error> {
        let header = picture::sniff(&bytes)?;
        let side = |length: u32| {
            u16::try_from(length).map_err(|_| Error::BadValue {
                what: "picture",
                problem: "wider or higher than 65,535 pixels",
            })
        };
        let details = FaceDetails {
            image_type: FULL_FRONTAL,
            stated_size: (side(header.width)?, side(header.height)?),
            stated_data_type: data_type_of(header.format),
            colour_space: SRGB,
            ..FaceDetails::default()
        };
        Ok(Self {
            format: header.format,
            width: header.width,
            height: header.height,
            bytes,
            details,
            encoding: FaceEncoding::Iso19794,
        })
    }

    /// Whether the record states the compression that the picture has; records of some programs do not.
    #[must_use]
    pub fn states_its_format(&self) -> bool {
        self.details.stated_data_type == data_type_of(self.format)
    }
}

/// Reads one record, which fills `bytes` entirely, and appends its pictures.
pub(super) fn read_record(bytes: &[u8], faces: &mut Vec<FaceImage>) -> Result<(), Error> {
    let mut record = Cursor::new(bytes);
    if record.field("facial record").array::<8>()? != *MAGIC {
        return Err(Error::BadValue {
            what: "facial record",
            problem: "not ISO/IEC 19794-5:2005 (FAC 010)",
        });
    }
    let length = record.field("facial record length").u32()?;
    if usize::try_from(length) != Ok(bytes.len()) {
        return Err(Error::BadValue {
            what: "facial record length",
            problem: "not that of the record",
        });
    }
    let count = record.field("facial record number of pictures").u16()?;
    if count == 0 || count > MAX_FACES {
        return Err(Error::BadValue {
            what: "facial record number of pictures",
            problem: "none or too many",
        });
    }
    for _ in 0..count {
        faces.push(read_face(&mut record)?);
    }
    Ok(record.field("facial record").finish()?)
}

fn read_face(record: &mut Cursor<'_>) -> Result<FaceImage, Error> {
    let length = record.field("facial block length").u32()?;
    let rest = usize::try_from(length)
        .ok()
        .and_then(|length| length.checked_sub(4));
    let Some(rest) = rest else {
        return Err(Error::BadValue {
            what: "facial block length",
            problem: "shorter than itself",
        });
    };
    let at = record.offset();
    let mut block = Cursor::new_at(record.field("facial block").take(rest)?, at);
    let points = block.field("number of feature points").u16()?;
    let mut details = FaceDetails {
        gender: block.field("gender").u8()?,
        eye_colour: block.field("eye colour").u8()?,
        hair_colour: block.field("hair colour").u8()?,
        properties: block.field("properties").array()?,
        expression: block.field("expression").u16()?,
        pose: block.field("pose angles").array()?,
        pose_uncertainty: block.field("pose uncertainty").array()?,
        ..FaceDetails::default()
    };
    for _ in 0..points {
        details.feature_points.push(block.field("feature point").array()?);
    }
    details.image_type = block.field("face image type").u8()?;
    details.stated_data_type = block.field("image data type").u8()?;
    details.stated_size = (
        block.field("picture width").u16()?,
        block.field("picture height").u16()?,
    );
    details.colour_space = block.field("image colour space").u8()?;
    details.source = block.field("source type").u8()?;
    details.device = block.field("device type").u16()?;
    details.quality = block.field("quality").u16()?;
    let bytes = block.rest().to_vec();
    let header = picture::sniff(&bytes)?;
    Ok(FaceImage {
        format: header.format,
        width: header.width,
        height: header.height,
        bytes,
        details,
        encoding: FaceEncoding::Iso19794,
    })
}

/// Writes one record with one picture.
pub(super) fn emit_record(face: &FaceImage) -> Result<Vec<u8>, Error> {
    let details = &face.details;
    let points = u16::try_from(details.feature_points.len()).map_err(|_| Error::TooMany {
        what: "feature points",
        max: usize::from(u16::MAX),
    })?;
    let mut block = points.to_be_bytes().to_vec();
    block.extend([details.gender, details.eye_colour, details.hair_colour]);
    block.extend(details.properties);
    block.extend(details.expression.to_be_bytes());
    block.extend(details.pose);
    block.extend(details.pose_uncertainty);
    details
        .feature_points
        .iter()
        .for_each(|point| block.extend(point));
    block.extend([details.image_type, details.stated_data_type]);
    block.extend(details.stated_size.0.to_be_bytes());
    block.extend(details.stated_size.1.to_be_bytes());
    block.extend([details.colour_space, details.source]);
    block.extend(details.device.to_be_bytes());
    block.extend(details.quality.to_be_bytes());
    let too_large = || Error::TooLarge {
        what: "picture",
        len: face.bytes.len(),
        max: super::MAX_BYTES,
    };
    let block_length = u32::try_from(block.len() + face.bytes.len() + 4).map_err(|_| too_large())?;
    let length = block_length.checked_add(HEADER_LENGTH).ok_or_else(too_large)?;
    let mut record = Vec::with_capacity(usize::try_from(length).map_err(|_| too_large())?);
    record.extend(MAGIC);
    record.extend(length.to_be_bytes());
    record.extend(1_u16.to_be_bytes());
    record.extend(block_length.to_be_bytes());
    record.extend(block);
    record.extend_from_slice(&face.bytes);
    Ok(record)
}

pub(super) fn data_type_of(format: ImageFormat) -> u8 {
    match format {
        ImageFormat::Jpeg => 0,
        ImageFormat::Jpeg2000 => 1,
    }
}

const MAGIC: &[u8; 8] = b"FAC\x00010\x00";
const HEADER_LENGTH: u32 = 14;
const FULL_FRONTAL: u8 = 1;
const SRGB: u8 = 1;
/// One is usual; some states add a second expression.
pub(super) const MAX_FACES: u16 = 16;
