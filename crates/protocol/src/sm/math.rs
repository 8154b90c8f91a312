//! What both ends of a secure channel compute.

use antin_crypto::{Suite, symmetric};
use antin_wire::tlv::{self, Tag, Tlv, tags};

use super::{Keys, Ssc};

/// The bits of CLA that say "secure messaging, header authenticated".
pub(super) const CLA_PROTECTED: u8 = 0x0C;

/// First byte of a `87`: padding method 2 of ISO/IEC 9797-1.
const PADDING_INDICATOR: u8 = 0x01;

/// Which data object carries the data, decided by the instruction byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parity {
    Even,
    Odd,
}

impl Parity {
    pub(super) const fn of(ins: u8) -> Self {
        if ins & 1 == 0 { Self::Even } else { Self::Odd }
    }

    pub(super) const fn tag(self) -> Tag {
        match self {
            Self::Even => tags::sm::CRYPTOGRAM,
            Self::Odd => tags::sm::CRYPTOGRAM_TLV,
        }
    }
}

/// Encrypts data into its object; nothing for no data.
pub(super) fn encrypt(keys: &Keys, ssc: &Ssc, parity: Parity, plain: &[u8]) -> Vec<u8> {
    if plain.is_empty() {
        return Vec::new();
    }
    let padded = symmetric::pad(plain, keys.suite.block_len());
    let cryptogram = keys
        .block_key
        .encrypt_cbc(&iv(keys, ssc), &padded)
        .expect("padding fills whole blocks");
    match parity {
        Parity::Even => tlv::object(
            parity.tag(),
            &[&[PADDING_INDICATOR], cryptogram.as_slice()].concat(),
        ),
        Parity::Odd => tlv::object(parity.tag(), &cryptogram),
    }
}

/// Decrypts the value of a data object whose MAC has been checked. `None` for every fault alike: no oracle.
pub(super) fn decrypt(keys: &Keys, ssc: &Ssc, parity: Parity, value: &[u8]) -> Option<Vec<u8>> {
    let cryptogram = match parity {
        Parity::Even => value.strip_prefix(&[PADDING_INDICATOR])?,
        Parity::Odd => value,
    };
    let padded = keys.block_key.decrypt_cbc(&iv(keys, ssc), cryptogram).ok()?;
    let plain = symmetric::unpad(&padded)?;
    let padding = padded.len().checked_sub(plain.len())?;
    // Padding never fills a block of its own after whole data, and an object without data is not sent at all.
    (padding <= keys.suite.block_len() && !plain.is_empty()).then(|| plain.to_vec())
}

/// Computes the MAC over counter and message, padded (ICAO 9303-11 §9.8).
pub(super) fn mac(keys: &Keys, ssc: &Ssc, message: &[u8]) -> [u8; 8] {
    keys.mac_key.mac8(&mac_input(keys, ssc, message))
}

/// Compares a MAC in constant time.
pub(super) fn mac_fits(keys: &Keys, ssc: &Ssc, message: &[u8], mac: &[u8]) -> bool {
    keys.mac_key.verify8(&mac_input(keys, ssc, message), mac).is_ok()
}

fn mac_input(keys: &Keys, ssc: &Ssc, message: &[u8]) -> Vec<u8> {
    symmetric::pad(&[ssc.as_bytes(), message].concat(), keys.suite.block_len())
}

/// 3DES starts from zero, AES from the encrypted counter (ICAO 9303-11 §9.8).
fn iv(keys: &Keys, ssc: &Ssc) -> Vec<u8> {
    match keys.suite {
        Suite::Tdes => vec![0; keys.suite.block_len()],
        Suite::Aes128 | Suite::Aes192 | Suite::Aes256 => keys
            .block_key
            .encrypt_block(ssc.as_bytes())
            .expect("the counter is one block long"),
    }
}

/// The command header as it goes into the MAC: padded to a block of its own.
pub(super) fn header_block(suite: Suite, header: [u8; 4]) -> Vec<u8> {
    symmetric::pad(&header, suite.block_len())
}

/// Length of a data object with a one-byte tag and a value of `value_len` bytes.
pub(super) const fn object_len(value_len: usize) -> usize {
    let length_of_length = match value_len {
        0..=0x7F => 1,
        0x80..=0xFF => 2,
        0x100..=0xFFFF => 3,
        _ => 4,
    };
    1 + length_of_length + value_len
}

/// The objects of one protected message, in the only order allowed, and the bytes that the MAC covers.
pub(super) struct Objects<'a> {
    pub(super) data: Option<Tlv<'a>>,
    /// `97` in commands, `99` in answers.
    pub(super) middle: Option<Tlv<'a>>,
    pub(super) mac: Option<Tlv<'a>>,
    pub(super) covered: &'a [u8],
}

/// Takes a message apart. `None` for unknown, repeated or misplaced objects and for bytes that are no objects.
pub(super) fn objects(bytes: &[u8], parity: Parity, middle: Tag) -> Option<Objects<'_>> {
    let mut reader = tlv::Reader::new(bytes);
    let data = reader.optional(parity.tag()).ok()?;
    let middle = reader.optional(middle).ok()?;
    let covered_len = [&data, &middle]
        .into_iter()
        .flatten()
        .map(|object| object.raw.len())
        .sum();
    let mac = reader.optional(tags::sm::MAC).ok()?;
    reader.finish().ok()?;
    Some(Objects {
        data,
        middle,
        mac,
        covered: bytes.get(..covered_len)?,
    })
}
