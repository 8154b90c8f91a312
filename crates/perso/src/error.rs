//! The error of encoding and planning; records, journals and runs have their own, because their errors
//! carry more than a sentence.

/// Why a checked record could not become files, or files could not become a plan.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The record has not what this profile needs; `RecordFile::check` with the same profile would have said so.
    #[error("the record has no {field}, which the profile needs")]
    RecordLacks {
        /// Name of the field in the record file.
        field: &'static str,
    },
    /// The keys were made for another profile.
    #[error("the key set has no {key}, which the profile needs")]
    KeyMissing {
        /// Which key is missing.
        key: &'static str,
    },
    /// The profile asks for something that this crate cannot write yet.
    #[error("not supported: {what}")]
    Unsupported {
        /// What was asked for.
        what: &'static str,
    },
    /// A file content could not be encoded.
    #[error("{file} cannot be encoded: {problem}")]
    Encoding {
        /// The file, as the profile names it.
        file: String,
        /// What the encoder said.
        problem: antin_lds::Error,
    },
    /// A file that the profile names as mandatory was not given.
    #[error("{file} is mandatory in the profile and was not given")]
    FileMissing {
        /// The file that is missing.
        file: String,
    },
    /// A file was given that the profile does not know.
    #[error("{file} has no place in the profile")]
    FileUnknown {
        /// The file that was given.
        file: String,
    },
    /// A file was given twice.
    #[error("{file} was given twice")]
    FileTwice {
        /// The file that was given twice.
        file: String,
    },
    /// A file was given without any content.
    #[error("{file} is empty")]
    FileEmpty {
        /// The file.
        file: String,
    },
    /// A file is larger than the profile allows, or than UPDATE BINARY can address.
    #[error("{file} has {len} bytes, more than the {limit} that can be written")]
    FileTooLarge {
        /// The file.
        file: String,
        /// Its size in bytes.
        len: usize,
        /// The largest size that can be written, in bytes.
        limit: usize,
    },
    /// The profile's limits leave no room for data in a command.
    #[error("the profile's largest command ({max_command} bytes) leaves no room for data")]
    CommandTooSmall {
        /// The largest command of the profile, in bytes.
        max_command: usize,
    },
    /// The trust point of Terminal Authentication could not be made.
    #[error("trust point: {0}")]
    TrustPoint(antin_trust::Error),
    /// A lower floor failed.
    #[error("cryptography: {0}")]
    Crypto(#[from] antin_crypto::Error),
}
