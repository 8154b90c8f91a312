//! The face image data block of ISO/IEC 39794-5:2019, as chips hold it since 2026: ASN.1 with automatic tags.
//!
//! ```text
//! A1                        the block in its data object 7F2E; left out by some
//!   65                      FaceImageDataBlock
//!     A0                    versionBlock: 80 generation, 81 year
//!     A1                    representationBlocks
//!       30                  one for each picture
//!         80                representationId
//!         A1 A0 A0          imageRepresentation, its base, in two dimensions
//!           80              representationData2D: the picture
//!           A1              imageInformation2DBlock: A0 imageDataFormat (80 code), A7 imageSizeBlock (80, 81), ...
//! ```
//!
//! Every block may be longer than it is today: what is not known is passed over, as its extension marker says.

use antin_wire::tlv::{Reader, Tag, Tlv, tags::SEQUENCE};

use super::face::{FaceDetails, FaceEncoding, FaceImage, MAX_FACES, data_type_of};
use super::picture;
use crate::Error;

/// `[n]`, primitive and constructed.
const fn primitive(number: u32) -> Tag {
    Tag(0x80 + number)
}

const fn constructed(number: u32) -> Tag {
    Tag(0xA0 + number)
}

/// FaceImageDataBlock: `[APPLICATION 5]`.
const BLOCK: Tag = Tag(0x65);

/// Whether the content of a biometric data object begins like such a block.
pub(super) fn begins(record: &[u8]) -> bool {
    let first = record.first().copied().map(u32::from);
    first.is_some_and(|first| [BLOCK, constructed(1)].contains(&Tag(first)))
}

/// Reads one block, which fills `bytes` entirely, and appends its pictures.
pub(super) fn read_block(bytes: &[u8], faces: &mut Vec<FaceImage>) -> Result<(), Error> {
    let mut record = Reader::new(bytes);
    let block = match record.optional(constructed(1))? {
        None => record.expect(BLOCK)?,
        Some(wrapped) => {
            let mut inner = wrapped.children();
            let block = inner.expect(BLOCK)?;
            inner.finish()?;
            block
        }
    };
    record.finish()?;
    let mut block = block.children();
    let mut version = block.expect(constructed(0))?.children();
    number(&version.expect(primitive(0))?)?;
    number(&version.expect(primitive(1))?)?;
    let mut representations = block.expect(constructed(1))?.children();
    pass_over(block)?;
    let mut count = 0_u16;
    while !representations.is_empty() {
        count += 1;
        if count > MAX_FACES {
            return Err(Error::TooMany {
                what: "representations of a face",
                max: usize::from(MAX_FACES),
            });
        }
        faces.push(representation(representations.expect(SEQUENCE)?.children())?);
    }
    if count == 0 {
        return Err(Error::BadValue {
            what: "representations of a face",
            problem: "none",
        });
    }
    Ok(())
}

fn representation(mut block: Reader<'_>) -> Result<FaceImage, Error> {
    block.expect(primitive(0))?;
    let mut choice = block.expect(constructed(1))?.children();
    pass_over(block)?;
    let mut base = choice.expect(constructed(0))?.children();
    choice.finish()?;
    let mut image = base.expect(constructed(0))?.children();
    base.finish()?;
    let bytes = image.expect(primitive(0))?.value.to_vec();
    let information = image.expect(constructed(1))?.children();
    pass_over(image)?;
    let header = picture::sniff(&bytes)?;
    Ok(FaceImage {
        format: header.format,
        width: header.width,
        height: header.height,
        details: details(information)?,
        bytes,
        encoding: FaceEncoding::Iso39794,
    })
}

/// What the block says of the picture: its format, and its size where that is stated.
fn details(mut information: Reader<'_>) -> Result<FaceDetails, Error> {
    let mut details = FaceDetails::default();
    let mut format = information.expect(constructed(0))?.children();
    let stated = match format.optional(primitive(0))? {
        Some(code) => Some(number(&code)?),
        // An extension names what this edition does not know.
        None => None,
    };
    // ImageDataFormatCode: 2 JPEG, 3 and 4 JPEG 2000, lossy and lossless.
    details.stated_data_type = match stated {
        Some(2) => data_type_of(picture::ImageFormat::Jpeg),
        Some(3 | 4) => data_type_of(picture::ImageFormat::Jpeg2000),
        _ => u8::MAX,
    };
    while let Some(part) = information.next()? {
        if part.tag == constructed(7) {
            let mut size = part.children();
            let mut side = || -> Result<u16, Error> { number(&size.next()?.ok_or(NO_SIZE)?) };
            details.stated_size = (side()?, side()?);
        }
    }
    Ok(details)
}

const NO_SIZE: Error = Error::BadValue {
    what: "size of a face",
    problem: "incomplete",
};

/// A number of at most 65,535, as long as any that this form knows of versions, codes and sizes.
fn number(object: &Tlv<'_>) -> Result<u16, Error> {
    match object.value {
        [low] => Ok(u16::from(*low)),
        [high, low] | [0, high, low] => Ok(u16::from_be_bytes([*high, *low])),
        _ => Err(Error::BadValue {
            what: "number in the face image data block",
            problem: "not of 1 to 3 bytes, or over 65,535",
        }),
    }
}

/// The rest must be whole data objects, of whatever kind.
fn pass_over(mut rest: Reader<'_>) -> Result<(), Error> {
    while rest.next()?.is_some() {}
    Ok(())
}
