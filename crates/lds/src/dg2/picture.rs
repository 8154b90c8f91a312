//! What the first bytes of a picture say: compression, width and height. No pixel is decoded here.

use antin_wire::Cursor;

use crate::Error;

/// How a picture is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageFormat {
    /// ISO/IEC 10918.
    Jpeg,
    /// ISO/IEC 15444, as a JP2 file or a bare code stream.
    Jpeg2000,
}

/// The usual name: `JPEG` or `JPEG 2000`.
impl std::fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Jpeg2000 => "JPEG 2000",
        })
    }
}

/// What the header of a picture says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureHeader {
    /// The compression.
    pub format: ImageFormat,
    /// Pixels, at least 1.
    pub width: u32,
    /// Pixels, at least 1.
    pub height: u32,
}

/// Reads the header of a JPEG, JP2 or JPEG 2000 code stream.
///
/// # Errors
/// [`Error`] if the bytes start as none of them, or end before width and height are known.
pub fn sniff(bytes: &[u8]) -> Result<PictureHeader, Error> {
    let header = match bytes {
        [0xFF, 0xD8, 0xFF, ..] => jpeg(bytes)?,
        [0xFF, 0x4F, 0xFF, 0x51, ..] => code_stream(bytes)?,
        _ if bytes.starts_with(JP2_SIGNATURE) => jp2(bytes)?,
        _ => return Err(problem("neither JPEG nor JPEG 2000")),
    };
    if header.width == 0 || header.height == 0 {
        return Err(problem("no pixels"));
    }
    Ok(header)
}

/// Walks the marker segments up to the frame header. Each turn consumes at least one byte.
fn jpeg(bytes: &[u8]) -> Result<PictureHeader, Error> {
    let mut cursor = Cursor::new(bytes);
    cursor.field("JPEG start of image").u16()?;
    loop {
        if cursor.field("JPEG marker").u8()? != 0xFF {
            return Err(problem("JPEG marker expected"));
        }
        let mut marker = cursor.field("JPEG marker").u8()?;
        while marker == 0xFF {
            marker = cursor.field("JPEG marker").u8()?;
        }
        match marker {
            // TEM and RST stand alone.
            0x01 | 0xD0..=0xD7 => continue,
            0x00 | 0xD8..=0xDA => return Err(problem("JPEG frame header missing")),
            _ => {}
        }
        let length = usize::from(cursor.field("JPEG segment length").u16()?)
            .checked_sub(2)
            .ok_or_else(|| problem("JPEG segment shorter than its length field"))?;
        let mut segment = Cursor::new(cursor.field("JPEG segment").take(length)?);
        // SOF0 to SOF15 without DHT, JPG and DAC.
        if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
            segment.field("JPEG sample precision").u8()?;
            let height = u32::from(segment.field("JPEG height").u16()?);
            let width = u32::from(segment.field("JPEG width").u16()?);
            return Ok(PictureHeader {
                format: ImageFormat::Jpeg,
                width,
                height,
            });
        }
    }
}

/// Walks the boxes to `jp2h` and in it to `ihdr`. Each box has at least eight bytes.
fn jp2(bytes: &[u8]) -> Result<PictureHeader, Error> {
    let header = find_box(bytes, *b"jp2h")?;
    let mut fields = Cursor::new(find_box(header, *b"ihdr")?);
    let height = fields.field("JP2 height").u32()?;
    let width = fields.field("JP2 width").u32()?;
    Ok(PictureHeader {
        format: ImageFormat::Jpeg2000,
        width,
        height,
    })
}

/// The content of the first box of this kind.
fn find_box(bytes: &[u8], wanted: [u8; 4]) -> Result<&[u8], Error> {
    let mut cursor = Cursor::new(bytes);
    while !cursor.is_empty() {
        let length = cursor.field("JP2 box length").u32()?;
        let kind: [u8; 4] = cursor.field("JP2 box type").array()?;
        let content = match length {
            0 => cursor.rest(),
            1 => {
                let high = cursor.field("JP2 box length").u32()?;
                let low = cursor.field("JP2 box length").u32()?;
                if high != 0 {
                    return Err(problem("JP2 box longer than the picture"));
                }
                cursor.field("JP2 box").take(content_length(low, 16)?)?
            }
            length => cursor.field("JP2 box").take(content_length(length, 8)?)?,
        };
        if kind == wanted {
            return Ok(content);
        }
    }
    Err(problem("JP2 header box missing"))
}

fn content_length(length: u32, header: u32) -> Result<usize, Error> {
    length
        .checked_sub(header)
        .and_then(|length| usize::try_from(length).ok())
        .ok_or_else(|| problem("JP2 box shorter than its header"))
}

/// Reads the SIZ segment, which always comes first.
fn code_stream(bytes: &[u8]) -> Result<PictureHeader, Error> {
    let mut cursor = Cursor::new(bytes);
    cursor.field("JPEG 2000 start of code stream").take(8)?; // SOC, SIZ, Lsiz, Rsiz
    let (right, bottom) = (
        cursor.field("JPEG 2000 Xsiz").u32()?,
        cursor.field("JPEG 2000 Ysiz").u32()?,
    );
    let (left, top) = (
        cursor.field("JPEG 2000 XOsiz").u32()?,
        cursor.field("JPEG 2000 YOsiz").u32()?,
    );
    Ok(PictureHeader {
        format: ImageFormat::Jpeg2000,
        width: right.saturating_sub(left),
        height: bottom.saturating_sub(top),
    })
}

fn problem(problem: &'static str) -> Error {
    Error::BadValue {
        what: "picture",
        problem,
    }
}

/// The signature box every JP2 file starts with.
const JP2_SIGNATURE: &[u8] = &[0, 0, 0, 0x0C, b'j', b'P', b' ', b' ', 0x0D, 0x0A, 0x87, 0x0A];
