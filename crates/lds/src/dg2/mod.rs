//! DG2: the face (ICAO 9303-10 §4.7.2), one or more pictures in records of ISO/IEC 19794-5:2005 or, since 2026, in blocks of
//! ISO/IEC 39794-5:2019. Both are read, the former is written.
//!
//! ```text
//! 75 LL
//!   7F61 LL
//!     02 01 n            number of instances
//!     7F60 LL            n times
//!       A1 LL            biometric header: 81 type, 82 subtype, 87 format owner 0101, 88 format type 0008 or 002A, ...
//!       5F2E LL (or 7F2E)  the facial record
//!       7F2E LL            the face image data block
//! ```

mod face;
mod face_39794;
mod picture;

pub use face::{FaceDetails, FaceEncoding, FaceImage};
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
        let count = u8::try_from(faces.len())
            .ok()
            .filter(|count| (1..=MAX_INSTANCES).contains(count));
        let Some(count) = count else {
            return Err(Error::BadValue {
                what: "DG2 number of instances",
                problem: "not 1 to 9",
            });
        };
        let mut group = vec![der_io::emit_uint(count)];
        for face in faces {
            let record = tlv::object(BIOMETRIC_DATA, &face::emit_record(face)?);
            group.push(tlv::constructed(
                BIOMETRIC_INFORMATION,
                &[HEADER_BYTES.to_vec(), record],
            ));
        }
        let raw = tlv::constructed(DG2, &[tlv::constructed(BIOMETRIC_GROUP, &group)]);
        let faces = read_faces(&raw)?;
        Ok(Self { raw, faces })
    }

    /// Reads the file and every record and picture header in it.
    ///
    /// # Errors
    /// [`Error`] if anything in it is not as the standards say, down to the header of each picture.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        Ok(Self {
            faces: read_faces(bytes)?,
            raw: bytes.to_vec(),
        })
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

    /// The file alone.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.raw
    }
}

fn read_faces(bytes: &[u8]) -> Result<Vec<FaceImage>, Error> {
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
    Ok(faces)
}

fn number_of_instances(tlv: &Tlv<'_>) -> Result<u8, Error> {
    match tlv.value {
        [count @ 1..=MAX_INSTANCES] => Ok(*count),
        _ => Err(Error::BadValue {
            what: "DG2 number of instances",
            problem: "not 1 to 9",
        }),
    }
}

fn read_template(mut template: Reader<'_>, faces: &mut Vec<FaceImage>) -> Result<(), Error> {
    check_header(template.expect(HEADER)?.children())?;
    let (record, constructed) = match template.optional(BIOMETRIC_DATA)? {
        Some(tlv) => (tlv, false),
        None => (template.expect(BIOMETRIC_DATA_CONSTRUCTED)?, true),
    };
    template.finish()?;
    // Some chips have the plain record of 2005 under the tag of a constructed object.
    if constructed && face_39794::begins(record.value) {
        return face_39794::read_block(record.value, faces);
    }
    face::read_record(record.value, faces)
}

/// Checks the biometric header template; objects that say nothing about the format are passed over.
fn check_header(mut header: Reader<'_>) -> Result<(), Error> {
    let (mut owner, mut format) = (false, false);
    while let Some(tlv) = header.next()? {
        match tlv.tag {
            // CBEFF: 02 is facial features; an older coding has three bytes.
            TYPE if !matches!(tlv.value, [0x02] | [0x00, 0x00, 0x02]) => {
                return Err(Error::BadValue {
                    what: "DG2 biometric type",
                    problem: "not facial features",
                });
            }
            FORMAT_OWNER if tlv.value != OWNER_ISO => {
                return Err(Error::BadValue {
                    what: "DG2 format owner",
                    problem: "not ISO/IEC JTC 1 SC 37",
                });
            }
            FORMAT_TYPE if ![TYPE_FACE, TYPE_FACE_39794].contains(&tlv.value) => {
                return Err(Error::BadValue {
                    what: "DG2 format type",
                    problem: "not a facial record",
                });
            }
            FORMAT_OWNER => owner = true,
            FORMAT_TYPE => format = true,
            _ => {}
        }
    }
    match (owner, format) {
        (true, true) => Ok(()),
        (false, _) => Err(Error::BadValue {
            what: "DG2 format owner",
            problem: "missing",
        }),
        (true, false) => Err(Error::BadValue {
            what: "DG2 format type",
            problem: "missing",
        }),
    }
}

const OWNER_ISO: &[u8] = &[0x01, 0x01];
const TYPE_FACE: &[u8] = &[0x00, 0x08];
/// What the samples of ICAO's working group have for ISO/IEC 39794-5.
const TYPE_FACE_39794: &[u8] = &[0x00, 0x2A];
/// The header that we write: facial features, no subtype, ISO/IEC 19794-5.
const HEADER_BYTES: &[u8] = &[
    0xA1, 0x0E, 0x81, 0x01, 0x02, 0x82, 0x01, 0x00, 0x87, 0x02, 0x01, 0x01, 0x88, 0x02, 0x00, 0x08,
];

/// ICAO 9303-10 allows 1 to 9.
const MAX_INSTANCES: u8 = 9;
/// Faces on chips have 12 to 40 KiB; a chip with more than this cannot be read in bearable time.
const MAX_BYTES: usize = 512 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    const JPEG: &[u8] = &[
        0xFF, 0xD8, 0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x00, 0x04, 0x00, 0x03, 0x01, 0x01, 0x11, 0x00,
    ];

    fn dg2() -> Vec<u8> {
        Dg2::build(&[FaceImage::from_picture(JPEG.to_vec()).unwrap()])
            .unwrap()
            .as_bytes()
            .to_vec()
    }

    #[test]
    fn one_picture_is_laid_out_as_the_standard_says() {
        // DG2, group, one instance
        let file = "75597F61560201017F6050";
        let header = "A10E8101028201008702010188020008";
        // tag, FAC, 010, length, one picture
        let record = "5F2E3D46414300303130000000003D0001";
        // block length, no feature points, nothing stated about the face
        let face = "0000002F00000000000000000000000000000000";
        // full frontal, JPEG, 3 x 4 pixels, sRGB
        let image = "010000030004010000000000";
        let expected = [file, header, record, face, image].concat() + &hex::encode_upper(JPEG);
        assert_eq!(hex::encode_upper(dg2()), expected);
    }

    /// Replaces one sequence of bytes, which must be there once.
    fn changed(from: &[u8], to: &[u8]) -> Result<Dg2, Error> {
        let mut file = dg2();
        let places: Vec<usize> = (0..file.len())
            .filter(|at| file[*at..].starts_with(from))
            .collect();
        assert_eq!(places.len(), 1, "{from:02X?}");
        file.splice(places[0]..places[0] + from.len(), to.iter().copied());
        Dg2::parse(&file)
    }

    #[test]
    fn what_is_no_facial_record_is_named() {
        for (from, to, words) in [
            (
                &[0x02, 0x01, 0x01, 0x7F][..],
                &[0x02, 0x01, 0x00, 0x7F][..],
                "DG2 number of instances: not 1 to 9",
            ),
            (
                &[0x02, 0x01, 0x01, 0x7F],
                &[0x02, 0x01, 0x02, 0x7F],
                "data object: truncated",
            ),
            (
                &[0x81, 0x01, 0x02],
                &[0x81, 0x01, 0x08],
                "DG2 biometric type: not facial features",
            ),
            (
                &[0x87, 0x02, 0x01, 0x01],
                &[0x87, 0x02, 0x01, 0x02],
                "DG2 format owner: not ISO",
            ),
            (
                &[0x87, 0x02, 0x01, 0x01],
                &[0x84, 0x02, 0x01, 0x01],
                "DG2 format owner: missing",
            ),
            (
                &[0x88, 0x02, 0x00, 0x08],
                &[0x88, 0x02, 0x00, 0x07],
                "DG2 format type: not a facial record",
            ),
            (
                &[0x88, 0x02, 0x00, 0x08],
                &[0x84, 0x02, 0x00, 0x08],
                "DG2 format type: missing",
            ),
            (b"FAC\0", b"FIR\0", "facial record: not ISO/IEC 19794-5:2005"),
            (b"010\0", b"020\0", "facial record: not ISO/IEC 19794-5:2005"),
            (
                &[0xFF, 0xD8, 0xFF, 0xC0],
                &[0xFF, 0xD9, 0xFF, 0xC0],
                "picture: neither JPEG nor JPEG 2000",
            ),
            (&[0x5F, 0x2E], &[0x5F, 0x2D], "data object"),
        ] {
            let said = changed(from, to).expect_err(words).to_string();
            assert!(said.contains(words), "said {said:?}, expected {words:?}");
        }
    }

    #[test]
    fn an_older_coding_of_the_biometric_type_is_read() {
        let header = [
            0xA1, 0x0D, 0x81, 0x03, 0x00, 0x00, 0x02, 0x87, 0x02, 0x01, 0x01, 0x88, 0x02, 0x00, 0x08,
        ];
        let record = face::emit_record(&FaceImage::from_picture(JPEG.to_vec()).unwrap()).unwrap();
        let template = tlv::constructed(
            BIOMETRIC_INFORMATION,
            &[header.to_vec(), tlv::object(BIOMETRIC_DATA, &record)],
        );
        let file = tlv::constructed(
            DG2,
            &[tlv::constructed(BIOMETRIC_GROUP, &[vec![2, 1, 1], template])],
        );
        assert_eq!(Dg2::parse(&file).unwrap().faces().len(), 1);
    }

    #[test]
    fn several_pictures_in_one_record_and_feature_points_are_read() {
        let mut face = FaceImage::from_picture(JPEG.to_vec()).unwrap();
        face.details.feature_points = vec![[1, 2, 3, 4, 5, 6, 7, 8], [9; 8]];
        face.details.expression = 2;
        let single = face::emit_record(&face).unwrap();
        let (head, block) = single.split_at(14);
        let length = u32::try_from(14 + 2 * block.len()).unwrap().to_be_bytes();
        let record = [&head[..8], &length, &[0, 2], block, block].concat();
        let mut faces = Vec::new();
        face::read_record(&record, &mut faces).unwrap();
        assert_eq!(faces, [face.clone(), face]);
        assert!(face::read_record(&[&record[..], &[0]].concat(), &mut faces).is_err());
    }

    #[test]
    fn no_picture_and_ten_pictures_are_refused() {
        let face = FaceImage::from_picture(JPEG.to_vec()).unwrap();
        assert!(Dg2::build(&[]).is_err());
        assert!(Dg2::build(&vec![face.clone(); 9]).is_ok());
        assert!(Dg2::build(&vec![face; 10]).is_err());
    }
}
