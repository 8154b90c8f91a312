//! Every size cap of the trust store, in one place. Real data stays far below each of them.

/// The file that names the parts of the store: it grows by some 400 bytes an import.
pub(super) const MAX_HEAD_BYTES: u64 = 64 << 20;

/// One part of the store: 30,000 document signers, as many as the world has, take 40 MiB.
pub(super) const MAX_PART_BYTES: u64 = 512 << 20;

/// The index of the document signers: 68 bytes for each of them.
pub(super) const MAX_FINDER_BYTES: u64 = 64 << 20;

/// Document signers of one serial number that are looked at for one document: each country counts for itself, from 1.
pub(super) const MAX_SIGNERS_OF_ONE_KEY: usize = 4096;

/// What a store may grow to: what could not be read again is not written.
pub(super) struct Sizes {
    pub(super) head: u64,
    pub(super) part: u64,
    pub(super) finder: u64,
}

impl Sizes {
    /// Those with which a store is read.
    pub(super) const READABLE: Self = Self {
        head: MAX_HEAD_BYTES,
        part: MAX_PART_BYTES,
        finder: MAX_FINDER_BYTES,
    };
}

/// A file that is imported. The largest collection of the ICAO PKD has 80 MB.
pub(super) const MAX_FILE_BYTES: u64 = 256 << 20;

/// Objects in one import.
pub(super) const MAX_OBJECTS: usize = 200_000;

/// The bytes of all objects of one import together.
pub(super) const MAX_OBJECTS_BYTES: usize = 256 << 20;

/// One object: the largest are lists; the German one has 0.9 MB.
pub(super) const MAX_OBJECT_BYTES: usize = 32 << 20;

/// Files in a folder or members in an archive.
pub(super) const MAX_FILES: usize = 50_000;

/// How deep folders are followed.
pub(super) const MAX_DEPTH: usize = 8;

/// How many times larger than the archive its members may be together: base64 and certificates shrink to a half.
pub(super) const MAX_EXPANSION: u64 = 100;

/// What an archive may hold however small it is.
pub(super) const MIN_EXPANDED_BYTES: u64 = 16 << 20;

/// A name or a note that is kept for people.
pub(super) const MAX_NAME_LETTERS: usize = 200;

/// A list of revoked cards: eight million lines, as many as a filter holds.
pub(super) const MAX_CARD_LIST_BYTES: u64 = 1 << 30;
