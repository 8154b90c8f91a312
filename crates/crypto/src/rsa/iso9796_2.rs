//! ISO/IEC 9796-2 digital signature scheme 1 with partial message recovery, as Active Authentication uses it
//! (ICAO 9303-11 §6.1.2.2).
//!
//! The signed number holds a part M1 of the message, which the chip draws, and the hash value of M1 and the rest M2,
//! which is the challenge of the terminal:
//!
//! ```text
//! 6A                   header, partial recovery; or 6B, any number of BB, BA if M1 does not fill the place
//! M1                   recoverable part
//! hash(M1 || M2)
//! BC | id CC           trailer
//! ```
//!
//! Only moduli of whole bytes are taken. Chips should sign as paragraph B.6 of the standard says: the signature s is the
//! power itself. Some follow paragraph B.4, which takes the smaller one of s and n - s; inspection systems should take
//! that too. The larger one of the two is taken only if it is the power itself.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{PrivateKey, PublicKey};
use crate::{Error, Hash, SecretBytes};

/// How the signed number says which hash function it uses: its last one or two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trailer {
    /// `BC`: the hash function is known otherwise; for Active Authentication it is SHA-1.
    Sha1Implicit,
    /// `33CC`, `38CC`, `34CC`, `36CC`, `35CC`: the identifier of ISO/IEC 10118-3 for SHA-1, SHA-224, SHA-256, SHA-384 and
    /// SHA-512.
    Explicit(Hash),
}

impl Trailer {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Sha1Implicit,
        Self::Explicit(Hash::Sha1),
        Self::Explicit(Hash::Sha224),
        Self::Explicit(Hash::Sha256),
        Self::Explicit(Hash::Sha384),
        Self::Explicit(Hash::Sha512),
    ];

    /// The hash function.
    pub const fn hash(self) -> Hash {
        match self {
            Self::Sha1Implicit => Hash::Sha1,
            Self::Explicit(hash) => hash,
        }
    }

    /// The bytes at the end of the signed number.
    pub const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Sha1Implicit => &[0xBC],
            Self::Explicit(Hash::Sha1) => &[0x33, 0xCC],
            Self::Explicit(Hash::Sha224) => &[0x38, 0xCC],
            Self::Explicit(Hash::Sha256) => &[0x34, 0xCC],
            Self::Explicit(Hash::Sha384) => &[0x36, 0xCC],
            Self::Explicit(Hash::Sha512) => &[0x35, 0xCC],
        }
    }
}

/// Signs a challenge as a chip does. M1 is drawn from `rng` first, as many bytes as there is place for, then the blinding.
///
/// # Errors
/// [`Error::BadRsaKey`] if the modulus is too short for the hash function or has no whole bytes;
/// [`Error::SignerUnavailable`] if the computation went wrong: the signature is verified before it leaves.
pub fn sign(
    key: &PrivateKey,
    trailer: Trailer,
    m2: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Error> {
    signed_with(key, trailer.hash(), trailer.bytes(), m2, rng)
}

/// As [`sign`], with any one or two bytes where the trailer stands: what only a broken chip does, for tests of terminals.
///
/// # Errors
/// As [`sign`].
pub fn dangerous_sign_with_trailer(
    key: &PrivateKey,
    hash: Hash,
    trailer: &[u8],
    m2: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Error> {
    signed_with(key, hash, trailer, m2, rng)
}

fn signed_with(
    key: &PrivateKey,
    hash: Hash,
    trailer: &[u8],
    m2: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Error> {
    let len = whole_bytes(key.public_ref())?;
    let capacity = capacity(len, hash, trailer).ok_or(BAD_LENGTH)?;
    let mut m1 = Zeroizing::new(vec![0; capacity]);
    rng.fill_bytes(&mut m1);
    key.apply(number(hash, trailer, &m1, m2).expose(), rng)
}

/// The length of M1 that fills a modulus of `len` bytes.
fn capacity(len: usize, hash: Hash, trailer: &[u8]) -> Option<usize> {
    let capacity = len.checked_sub(1 + hash.output_len() + trailer.len())?;
    (capacity >= MIN_RECOVERABLE).then_some(capacity)
}

/// Verifies a signature of a challenge, and says which hash function the chip used.
///
/// # Errors
/// [`Error::BadRsaKey`] if the modulus has no whole bytes; [`Error::BadSignature`] if the signature is anything but a good
/// one, as long as the modulus and below it; [`Error::WeakSignature`] if it is good, but the recovered part is shorter than
/// eight bytes or one byte repeated: such signatures are what forgers of this scheme construct.
pub fn verify(key: &PublicKey, m2: &[u8], signature: &[u8]) -> Result<Trailer, Error> {
    whole_bytes(key)?;
    let number = recovered(key, signature)?;
    let (trailer, m1) = opened(&number, m2).ok_or(Error::BadSignature)?;
    let first = m1.first();
    if m1.len() < MIN_RECOVERABLE || m1.iter().all(|byte| Some(byte) == first) {
        return Err(Error::WeakSignature {
            what: "recovered part without entropy",
        });
    }
    Ok(trailer)
}

/// The signed number: what the signature opens to, or the modulus less that if the signer took the smaller one of two.
/// Every trailer ends with the digit C, which tells them apart.
fn recovered(key: &PublicKey, signature: &[u8]) -> Result<Vec<u8>, Error> {
    let opened = key.open(signature)?;
    let ends_well = opened.last().is_some_and(|byte| byte & 0x0F == 0x0C);
    if ends_well || !is_below_half(key, signature) {
        return Ok(opened);
    }
    let negated = key.arithmetic().negated(&opened).ok_or(Error::BadSignature)?;
    Ok(negated.expose().to_vec())
}

/// Whether the signature is below half the modulus, and thus below its negative.
fn is_below_half(key: &PublicKey, signature: &[u8]) -> bool {
    let negated = key.arithmetic().negated(signature);
    negated.is_some_and(|negated| signature < negated.expose())
}

fn number(hash: Hash, trailer: &[u8], m1: &[u8], m2: &[u8]) -> SecretBytes {
    let digest = hash.digest_parts(&[m1, m2]);
    SecretBytes::new([&[HEADER], m1, &digest, trailer].concat())
}

/// Trailer and M1 of a signed number whose form and hash value are right.
fn opened<'a>(number: &'a [u8], m2: &[u8]) -> Option<(Trailer, &'a [u8])> {
    let (trailer, body) = Trailer::ALL
        .into_iter()
        .find_map(|trailer| Some((trailer, number.strip_suffix(trailer.bytes())?)))?;
    let (head, digest) = body.split_at_checked(body.len().checked_sub(trailer.hash().output_len())?)?;
    let m1 = after_header(head)?;
    (trailer.hash().digest_parts(&[m1, m2]) == digest).then_some((trailer, m1))
}

/// What follows the header and its padding.
fn after_header(head: &[u8]) -> Option<&[u8]> {
    let (first, mut rest) = head.split_first()?;
    match *first {
        HEADER => return Some(rest),
        PADDED_HEADER => {}
        _ => return None,
    }
    loop {
        let (byte, behind) = rest.split_first()?;
        match *byte {
            PADDING => rest = behind,
            LAST_PADDING => return Some(behind),
            _ => return None,
        }
    }
}

fn whole_bytes(key: &PublicKey) -> Result<usize, Error> {
    if key.bits().is_multiple_of(8) {
        Ok(key.signature_len())
    } else {
        Err(BAD_LENGTH)
    }
}

/// `01`, more data follow, the border bit of a full M1.
const HEADER: u8 = 0x6A;

/// `01`, more data follow, padding.
const PADDED_HEADER: u8 = 0x6B;

/// Padding between header and M1.
const PADDING: u8 = 0xBB;

/// The end of the padding.
const LAST_PADDING: u8 = 0xBA;

/// The shortest M1 in bytes that is taken for a chip's own draw: as long as the challenge is.
const MIN_RECOVERABLE: usize = 8;

const BAD_LENGTH: Error = Error::BadRsaKey {
    what: "length of the modulus",
};

#[cfg(test)]
mod tests;
