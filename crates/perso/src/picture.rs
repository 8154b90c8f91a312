//! Portraits from outside: decoded for real, within limits, before they go onto a card.

/// Most bytes of a portrait: the largest data group that fits the profiles with room to spare.
pub const MAX_PICTURE_BYTES: usize = 32_000;

/// Most pixels of one side of a portrait.
pub const MAX_PICTURE_SIDE: u32 = 2_000;

/// Fewest pixels of one side of a portrait.
pub const MIN_PICTURE_SIDE: u32 = 48;

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
