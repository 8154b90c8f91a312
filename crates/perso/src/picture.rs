//! Portraits from outside: decoded for real, within limits, before they go onto a card.

use std::fmt;
use std::io::Cursor;

use antin_lds::ImageFormat;
use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};
use image::codecs::jpeg::JpegDecoder;
use image::{DynamicImage, ImageDecoder};

/// Most bytes of a portrait: what a file of 32,767 bytes holds beside its headers.
pub const MAX_PICTURE_BYTES: usize = 32_000;

/// Most pixels of one side of a portrait: five times what the standard asks for.
pub const MAX_PICTURE_SIDE: u32 = 2_000;

/// Fewest pixels of one side of a portrait: nobody is recognised on less.
pub const MIN_PICTURE_SIDE: u32 = 48;

/// A picture that was decoded once, so it is one.
#[derive(Clone, PartialEq)]
pub struct Portrait {
    format: ImageFormat,
    width: u16,
    height: u16,
    bytes: Vec<u8>,
}

impl Portrait {
    /// Decodes a JPEG or JPEG 2000 picture and keeps its bytes as they came.
    ///
    /// # Errors
    /// [`PictureProblem`] says why the bytes are no portrait.
    pub fn decode(bytes: Vec<u8>) -> Result<Self, PictureProblem> {
        if bytes.is_empty() {
            return Err(PictureProblem::Empty);
        }
        if bytes.len() > MAX_PICTURE_BYTES {
            return Err(PictureProblem::TooLarge {
                len: bytes.len(),
                limit: MAX_PICTURE_BYTES,
            });
        }
        let (format, (width, height)) = if bytes.starts_with(&JPEG_MAGIC) {
            (ImageFormat::Jpeg, decode_jpeg(&bytes)?)
        } else if bytes.starts_with(&JP2_MAGIC) || bytes.starts_with(&CODESTREAM_MAGIC) {
            (ImageFormat::Jpeg2000, decode_jpeg2000(&bytes)?)
        } else {
            return Err(PictureProblem::NotAPicture);
        };
        Ok(Self {
            format,
            width,
            height,
            bytes,
        })
    }

    /// How it is encoded.
    #[must_use]
    pub fn format(&self) -> ImageFormat {
        self.format
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u16 {
        self.height
    }

    /// The encoded picture as it came.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for Portrait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Portrait({:?}, {} by {}, {} bytes)",
            self.format,
            self.width,
            self.height,
            self.bytes.len()
        )
    }
}

/// Why bytes are not a portrait.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PictureProblem {
    /// No bytes at all.
    #[error("is empty")]
    Empty,
    /// More bytes than a card takes.
    #[error("has {len} bytes, more than {limit}")]
    TooLarge {
        /// Its length in bytes.
        len: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// Neither JPEG nor JPEG 2000.
    #[error("is neither JPEG nor JPEG 2000")]
    NotAPicture,
    /// Begins like a picture and cannot be decoded.
    #[error("begins like {format} and cannot be decoded")]
    Damaged {
        /// The format it begins like.
        format: &'static str,
    },
    /// Too many or too few pixels.
    #[error("measures {width} by {height} pixels; each side must have {min} to {max}")]
    Dimensions {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Fewest pixels of a side.
        min: u32,
        /// Most pixels of a side.
        max: u32,
    },
}

/// Start of image and the first byte of the next marker.
const JPEG_MAGIC: [u8; 3] = [0xFF, 0xD8, 0xFF];
/// End of image of JPEG, end of codestream of JPEG 2000.
const END_MARKER: [u8; 2] = [0xFF, 0xD9];
/// Signature box of JP2.
const JP2_MAGIC: [u8; 8] = [0, 0, 0, 0x0C, 0x6A, 0x50, 0x20, 0x20];
/// Start of codestream and size marker of JPEG 2000.
const CODESTREAM_MAGIC: [u8; 4] = [0xFF, 0x4F, 0xFF, 0x51];
/// Most colour channels: red, green, blue, opacity.
const MAX_CHANNELS: u16 = 4;
/// Most tiles of a JPEG 2000 picture; portraits have one.
const MAX_TILES: u32 = 256;

/// Decodes a JPEG and returns its size. The decoder fills up what is cut off, so the end marker is asked for.
fn decode_jpeg(bytes: &[u8]) -> Result<(u16, u16), PictureProblem> {
    const DAMAGED: PictureProblem = PictureProblem::Damaged { format: "JPEG" };
    let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(|_| DAMAGED)?;
    let (width, height) = decoder.dimensions();
    let size = within_limits(width, height)?;
    DynamicImage::from_decoder(decoder).map_err(|_| DAMAGED)?;
    if !bytes.ends_with(&END_MARKER) {
        return Err(DAMAGED);
    }
    Ok(size)
}

/// Decodes a JPEG 2000 picture and returns its size.
fn decode_jpeg2000(bytes: &[u8]) -> Result<(u16, u16), PictureProblem> {
    const DAMAGED: PictureProblem = PictureProblem::Damaged { format: "JPEG 2000" };
    if !codestreams_are_small(bytes) {
        return Err(DAMAGED);
    }
    let settings = DecodeSettings {
        strict: true,
        ..DecodeSettings::default()
    };
    let image = Image::new(bytes, &settings).map_err(|_| DAMAGED)?;
    let size = within_limits(image.width(), image.height())?;
    image
        .decode(&mut DecoderContext::default())
        .map_err(|_| DAMAGED)?;
    Ok(size)
}

/// Looks at every size marker before the decoder allocates for it: sides, channels and tiles within limits.
fn codestreams_are_small(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest
        .windows(CODESTREAM_MAGIC.len())
        .position(|w| w == CODESTREAM_MAGIC)
    {
        let marker = rest.get(at + CODESTREAM_MAGIC.len()..).unwrap_or_default();
        // Lsiz and Rsiz, then Xsiz Ysiz XOsiz YOsiz XTsiz YTsiz XTOsiz YTOsiz, then Csiz.
        let word = |i: usize| {
            marker
                .get(4 + 4 * i..)
                .and_then(|w| w.first_chunk::<4>())
                .map(|w| u32::from_be_bytes(*w))
        };
        let channels = marker
            .get(36..)
            .and_then(|w| w.first_chunk::<2>())
            .map(|w| u16::from_be_bytes(*w));
        let (Some(x), Some(y), Some(tile_x), Some(tile_y), Some(channels)) =
            (word(0), word(1), word(4), word(5), channels)
        else {
            return false;
        };
        let tiles = |side: u32, tile: u32| side.div_ceil(tile.max(1));
        let few_tiles = tiles(x, tile_x).saturating_mul(tiles(y, tile_y)) <= MAX_TILES;
        if x > MAX_PICTURE_SIDE * 2 || y > MAX_PICTURE_SIDE * 2 || channels > MAX_CHANNELS || !few_tiles {
            return false;
        }
        rest = marker;
    }
    true
}

/// The sides as the data group holds them, if a portrait may have them.
fn within_limits(width: u32, height: u32) -> Result<(u16, u16), PictureProblem> {
    let allowed = MIN_PICTURE_SIDE..=MAX_PICTURE_SIDE;
    match (u16::try_from(width), u16::try_from(height)) {
        (Ok(w), Ok(h)) if allowed.contains(&width) && allowed.contains(&height) => Ok((w, h)),
        _ => Err(PictureProblem::Dimensions {
            width,
            height,
            min: MIN_PICTURE_SIDE,
            max: MAX_PICTURE_SIDE,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::cast;

    fn face() -> Vec<u8> {
        cast()[0].portrait.clone()
    }

    #[test]
    fn a_drawn_portrait_is_a_picture_and_keeps_its_bytes() {
        let portrait = Portrait::decode(face()).unwrap();
        assert_eq!(portrait.as_bytes(), face());
        assert_eq!((portrait.width(), portrait.height()), (413, 531));
        assert_eq!(portrait.format(), ImageFormat::Jpeg);
    }

    #[test]
    fn what_is_no_picture_is_told_apart() {
        let decode = |bytes: &[u8]| Portrait::decode(bytes.to_vec()).unwrap_err();
        assert_eq!(decode(b""), PictureProblem::Empty);
        assert_eq!(decode(b"%PDF-1.7"), PictureProblem::NotAPicture);
        assert_eq!(
            decode(&[0xFF, 0xD8, 0xFF, 0xE0]),
            PictureProblem::Damaged { format: "JPEG" }
        );
        assert_eq!(
            decode(&CODESTREAM_MAGIC),
            PictureProblem::Damaged { format: "JPEG 2000" }
        );
        assert_eq!(
            decode(&vec![0xFF; 40_000]),
            PictureProblem::TooLarge {
                len: 40_000,
                limit: MAX_PICTURE_BYTES
            }
        );
    }

    #[test]
    fn a_portrait_cut_off_anywhere_is_damaged() {
        let face = face();
        for len in (1..face.len())
            .step_by(97)
            .chain([face.len() - 1, face.len() - 2])
        {
            assert!(
                Portrait::decode(face[..len].to_vec()).is_err(),
                "{len} of {} bytes",
                face.len()
            );
        }
    }

    #[test]
    fn a_stamp_is_too_small() {
        let mut jpeg = Vec::new();
        image::codecs::jpeg::JpegEncoder::new(&mut jpeg)
            .encode(&[0; 20 * 30 * 3], 20, 30, image::ExtendedColorType::Rgb8)
            .unwrap();
        assert!(matches!(
            Portrait::decode(jpeg),
            Err(PictureProblem::Dimensions {
                width: 20,
                height: 30,
                ..
            })
        ));
    }

    #[test]
    fn a_size_marker_that_asks_for_gigabytes_is_refused_before_decoding() {
        for (side, tile, channels) in [
            (0x7FFF_FFFF_u32, 0x7FFF_FFFF_u32, 3_u16),
            (1000, 1, 3),
            (1000, 1000, 16_384),
        ] {
            let mut bytes = CODESTREAM_MAGIC.to_vec();
            bytes.extend([0, 47, 0, 0]);
            for word in [side, side, 0, 0, tile, tile, 0, 0] {
                bytes.extend(word.to_be_bytes());
            }
            bytes.extend(channels.to_be_bytes());
            bytes.extend([7, 1, 1].repeat(3));
            assert!(!codestreams_are_small(&bytes));
            assert_eq!(
                Portrait::decode(bytes),
                Err(PictureProblem::Damaged { format: "JPEG 2000" })
            );
        }
    }

    /// Portraits that other people put into test chips, JPEG and JPEG 2000.
    #[test]
    fn portraits_of_foreign_test_chips_are_pictures() {
        let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
        let data = std::env::var_os("ANTIN_FOREIGN_DATA").map_or(own, std::path::PathBuf::from);
        let mut folders = vec![data.join("emrtd")];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            let Ok(entries) = std::fs::read_dir(&folder) else {
                continue;
            };
            for path in entries.map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let Some(dg2) = std::fs::read(&path)
                    .ok()
                    .and_then(|b| antin_lds::Dg2::parse(&b).ok())
                else {
                    continue;
                };
                for face in dg2.faces() {
                    let decoded = Portrait::decode(face.bytes.clone());
                    let fine = matches!(decoded, Ok(_) | Err(PictureProblem::TooLarge { .. }));
                    assert!(fine, "{}: {decoded:?}", path.display());
                    seen += 1;
                }
            }
        }
        if seen == 0 {
            println!("SKIPPED: no foreign data");
        }
    }
}
