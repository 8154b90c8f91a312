//! The cards that were reported lost, stolen or revoked, as a filter that holds no personal data.
//!
//! ```text
//! filter ::= "ANTINRC" version(1 octet: 1) kind(1) key length(1) zero(2) count(8, big-endian) keys
//! kind 1 ::= keys of 8 octets, strictly ascending: asked by binary search
//! ```
//! Other kinds may follow; one that is not known here answers nothing.

use std::sync::Arc;

use antin_crypto::Hash;
use antin_wire::tlv::object_length;

use crate::certificate::Certificate;
use crate::error::Error;

/// The largest filter that is read: eight million cards.
pub const MAX_FILTER_BYTES: usize = 64 * 1024 * 1024 + HEADER_LEN;

const WHAT: &str = "revoked-card filter";
const MAGIC: &[u8; 7] = b"ANTINRC";
const VERSION: u8 = 1;
const SORTED: u8 = 1;
const KEY_LEN: usize = 8;
const HEADER_LEN: usize = 20;

/// The key of a card in a filter: the first 8 octets of a SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardKey([u8; KEY_LEN]);

impl CardKey {
    /// The key of a whole EF.SOD, without padding behind it.
    #[must_use]
    pub fn of_sod(file: &[u8]) -> Self {
        let length = object_length(file).ok().flatten().unwrap_or(file.len());
        Self::of(file.get(..length).unwrap_or(file))
    }

    /// The same key from the SHA-256 of that file, as a receipt or a register states it.
    #[must_use]
    pub fn of_sod_digest(sha256: &[u8; 32]) -> Self {
        Self::first_octets(sha256)
    }

    /// The key of a document by its signer's issuer and serial number and its own number: it stays the same where somebody
    /// writes unsigned octets of EF.SOD, or one of its signatures, otherwise. A maker of filters adds both keys.
    ///
    /// The number is that of the machine readable zone without fillers; of a Vietnamese card the twelve digits, as the nine
    /// of its document number are those of citizens of other provinces too.
    #[must_use]
    pub fn of_number(signer: &Certificate, document_number: &str) -> Self {
        let mut text = b"antin.card/1\n".to_vec();
        // Issuer and serial number stand in the signed part, and name one certificate.
        text.extend_from_slice(signer.issuer().as_der());
        text.extend_from_slice(signer.serial());
        text.push(b'\n');
        text.extend_from_slice(document_number.as_bytes());
        Self::of(&text)
    }

    /// The key of a document by its country's two letters and its own number, whoever signed it: for a list of cards of which
    /// nobody knows the signer. The number is that of [`of_number`](Self::of_number).
    #[must_use]
    pub fn of_country(letters: &str, document_number: &str) -> Self {
        Self::of(format!("antin.card/2\n{letters}\n{document_number}").as_bytes())
    }

    fn of(bytes: &[u8]) -> Self {
        Self::first_octets(&Hash::Sha256.digest(bytes))
    }

    fn first_octets(digest: &[u8]) -> Self {
        let mut key = [0; KEY_LEN];
        for (slot, byte) in key.iter_mut().zip(digest) {
            *slot = *byte;
        }
        Self(key)
    }

    /// The octets of the key.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; KEY_LEN] {
        &self.0
    }
}

/// A filter of revoked cards, its bytes kept as they are. A copy shares them.
#[derive(Clone, PartialEq, Eq)]
pub struct RevokedCards {
    raw: Arc<[u8]>,
    kind: u8,
}

impl RevokedCards {
    /// A filter of these cards, each once.
    #[must_use]
    pub fn new(cards: impl IntoIterator<Item = CardKey>) -> Self {
        let mut keys: Vec<CardKey> = cards.into_iter().collect();
        keys.sort_unstable();
        keys.dedup();
        let mut raw = Vec::with_capacity(HEADER_LEN.saturating_add(keys.len().saturating_mul(KEY_LEN)));
        raw.extend_from_slice(MAGIC);
        raw.extend_from_slice(&[VERSION, SORTED, 8, 0, 0]);
        raw.extend_from_slice(&u64::try_from(keys.len()).unwrap_or(u64::MAX).to_be_bytes());
        raw.extend(keys.iter().flat_map(|key| key.0));
        Self {
            raw: raw.into(),
            kind: SORTED,
        }
    }

    /// Reads a filter.
    ///
    /// # Errors
    /// [`Error::Malformed`]: another version, a count that does not fit, keys that do not ascend; [`Error::TooComplex`]
    /// beyond [`MAX_FILTER_BYTES`]. A kind that is not known is no error.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_FILTER_BYTES {
            return Err(Error::TooComplex { what: WHAT });
        }
        let fault = |at| Error::Malformed { what: WHAT, at };
        let (header, keys) = bytes.split_at_checked(HEADER_LEN).ok_or(fault(0))?;
        let (magic, rest) = header.split_at_checked(MAGIC.len()).ok_or(fault(0))?;
        let [VERSION, kind, key_len, 0, 0, count @ ..] = rest else {
            return Err(fault(MAGIC.len()));
        };
        if magic != MAGIC {
            return Err(fault(0));
        }
        let filter = Self {
            raw: bytes.into(),
            kind: *kind,
        };
        if *kind != SORTED {
            return Ok(filter);
        }
        let count = <[u8; 8]>::try_from(count).map_err(|_| fault(12))?;
        let length = usize::try_from(u64::from_be_bytes(count))
            .ok()
            .and_then(|count| count.checked_mul(KEY_LEN));
        if usize::from(*key_len) != KEY_LEN || length != Some(keys.len()) {
            return Err(fault(12));
        }
        let mut last: Option<&[u8]> = None;
        for (index, key) in keys.chunks_exact(KEY_LEN).enumerate() {
            if last.is_some_and(|last| last >= key) {
                return Err(fault(HEADER_LEN.saturating_add(index.saturating_mul(KEY_LEN))));
            }
            last = Some(key);
        }
        Ok(filter)
    }

    /// The filter's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }

    /// How many cards; `None` for a kind that is not known here.
    #[must_use]
    pub fn len(&self) -> Option<usize> {
        (self.kind == SORTED).then(|| self.keys().len() / KEY_LEN)
    }

    /// Whether the filter holds no card; `None` for a kind that is not known here.
    #[must_use]
    pub fn is_empty(&self) -> Option<bool> {
        self.len().map(|len| len == 0)
    }

    /// Whether a card is in the filter; `None` for a kind that is not known here.
    #[must_use]
    pub fn contains(&self, card: &CardKey) -> Option<bool> {
        let keys = self.keys();
        let at = |index: usize| {
            let start = index.saturating_mul(KEY_LEN);
            keys.get(start..start.saturating_add(KEY_LEN)).unwrap_or_default()
        };
        let (mut low, mut high) = (0, self.len()?);
        while low < high {
            let middle = low.midpoint(high);
            match at(middle).cmp(&card.0) {
                core::cmp::Ordering::Equal => return Some(true),
                core::cmp::Ordering::Less => low = middle.saturating_add(1),
                core::cmp::Ordering::Greater => high = middle,
            }
        }
        Some(false)
    }

    /// The keys of its cards, ascending; `None` for a kind that is not known here.
    pub fn cards(&self) -> Option<impl Iterator<Item = CardKey> + '_> {
        let keys = || self.keys().as_chunks::<KEY_LEN>().0;
        self.len().map(|_| keys().iter().copied().map(CardKey))
    }

    fn keys(&self) -> &[u8] {
        self.raw.get(HEADER_LEN..).unwrap_or_default()
    }
}

impl core::fmt::Debug for RevokedCards {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RevokedCards(kind {}, {:?} cards)", self.kind, self.len())
    }
}
