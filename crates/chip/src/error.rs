//! Why a card file was refused.

/// A card file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The bytes are not the text of a card file: cut short, not JSON, an unknown or missing field.
    #[error("not a card file: {0}")]
    Malformed(String),
    /// The file was written in a format that this version does not know.
    #[error("card file of format {0}, this version reads antin.chip/1")]
    Format(String),
    /// The checksum does not fit: the file was changed or damaged.
    #[error("damaged card file: the checksum does not fit its content")]
    Checksum,
    /// The profile inside cannot be used.
    #[error("profile inside the card file: {0}")]
    Profile(antin_profile::ProfileError),
    /// The parts of the file contradict each other.
    #[error("card file contradicts itself: {0}")]
    Inconsistent(&'static str),
}
