//! How large a CMS may be before it is refused unread: every cap in one place.

/// What a CMS SignedData may hold. Beyond it the bytes are refused, whatever they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole file.
    pub bytes: usize,
    /// ASN.1 objects outside the content.
    pub objects: usize,
    /// Certificates in the bag.
    pub certificates: usize,
    /// Revocation lists in the bag.
    pub revocation_lists: usize,
    /// Signers.
    pub signers: usize,
}

impl Limits {
    /// Files of a chip. Real ones stay below 5 KiB and carry one certificate, seldom two.
    pub const DOCUMENT: Self = Self {
        bytes: 128 * 1024,
        objects: 8192,
        certificates: 16,
        revocation_lists: 4,
        signers: 16,
    };

    /// Lists that authorities publish: the German master list of 2026 has 0.9 MB, and a deviation list that names hundreds of
    /// thousands of documents is known. BER may cut the content into pieces of 1,000 bytes, each an object.
    pub const LIST: Self = Self {
        bytes: 16 * 1024 * 1024,
        objects: 64 * 1024,
        certificates: 64,
        revocation_lists: 64,
        signers: 16,
    };
}
