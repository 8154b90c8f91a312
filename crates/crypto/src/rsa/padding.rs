//! The encodings of RFC 8017 §9: from a message to the number that is signed.

use crate::{Hash, SecretBytes};

/// EMSA-PKCS1-v1_5, RFC 8017 §9.2: the one right encoding; `None` if the modulus is too short.
pub(super) fn pkcs1v15(hash: Hash, message: &[u8], len: usize) -> Option<Vec<u8>> {
    let (prefix, digest) = (digest_info(hash), hash.digest(message));
    let tail_len = prefix.len().checked_add(digest.len())?;
    // 00 01, at least eight times FF, 00
    let filling = len.checked_sub(tail_len)?.checked_sub(3)?;
    if filling < 8 {
        return None;
    }
    let mut encoded = vec![0x00, 0x01];
    encoded.resize(2 + filling, 0xFF);
    encoded.push(0x00);
    encoded.extend_from_slice(prefix);
    encoded.extend_from_slice(&digest);
    Some(encoded)
}

/// EMSA-PSS-ENCODE, RFC 8017 §9.1.1, as long as the modulus; `None` if that is too short.
pub(super) fn pss(hash: Hash, mgf: Hash, salt: &SecretBytes, message: &[u8], bits: u32) -> Option<Vec<u8>> {
    let (len, unused) = encoded_len(bits)?;
    let block_len = len.checked_sub(hash.output_len())?.checked_sub(1)?;
    let zeros = block_len.checked_sub(salt.len())?.checked_sub(1)?;
    let digest = salted(hash, message, salt.expose());
    let mut block = vec![0; zeros];
    block.push(1);
    block.extend_from_slice(salt.expose());
    mask(mgf, &digest, &mut block);
    if let Some(first) = block.first_mut() {
        *first &= 0xFF >> unused;
    }
    let mut encoded = vec![0; whole_bytes(bits).checked_sub(len)?];
    encoded.extend_from_slice(&block);
    encoded.extend_from_slice(&digest);
    encoded.push(TRAILER);
    Some(encoded)
}

/// EMSA-PSS-VERIFY, RFC 8017 §9.1.2, of an encoding that is as long as the modulus.
pub(super) fn pss_is_good(
    hash: Hash,
    mgf: Hash,
    salt_len: usize,
    message: &[u8],
    encoded: &[u8],
    bits: u32,
) -> bool {
    opened(hash, mgf, salt_len, encoded, bits)
        .is_some_and(|(salt, digest)| salted(hash, message, &salt) == digest)
}

/// The salt and the hash value of an encoding that is right in all the rest.
fn opened(hash: Hash, mgf: Hash, salt_len: usize, encoded: &[u8], bits: u32) -> Option<(Vec<u8>, Vec<u8>)> {
    let (len, unused) = encoded_len(bits)?;
    let (surplus, encoded) = encoded.split_at_checked(encoded.len().checked_sub(len)?)?;
    let (trailer, encoded) = encoded.split_last()?;
    let (block, digest) = encoded.split_at_checked(encoded.len().checked_sub(hash.output_len())?)?;
    let first = block.first()?;
    if *trailer != TRAILER || surplus.iter().any(|byte| *byte != 0) || first & !(0xFF >> unused) != 0 {
        return None;
    }
    let mut block = block.to_vec();
    mask(mgf, digest, &mut block);
    *block.first_mut()? &= 0xFF >> unused;
    let (filling, salt) = block.split_at_checked(block.len().checked_sub(salt_len)?)?;
    let (one, zeros) = filling.split_last()?;
    if *one != 1 || zeros.iter().any(|byte| *byte != 0) {
        return None;
    }
    Some((salt.to_vec(), digest.to_vec()))
}

/// The length of an encoding in bytes, `⌈(bits - 1) / 8⌉`, and the bits of its first byte that are not used.
fn encoded_len(bits: u32) -> Option<(usize, u32)> {
    let used = bits.checked_sub(1)?;
    let len = used.div_ceil(8);
    let unused = len.checked_mul(8)?.checked_sub(used)?;
    Some((usize::try_from(len).ok()?, unused))
}

fn whole_bytes(bits: u32) -> usize {
    usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX)
}

/// The hash of eight zeros, the hash of the message, and the salt.
fn salted(hash: Hash, message: &[u8], salt: &[u8]) -> Vec<u8> {
    hash.digest_parts(&[&[0; 8], &hash.digest(message), salt])
}

/// Adds the mask of MGF1, RFC 8017 §B.2.1.
fn mask(mgf: Hash, seed: &[u8], block: &mut [u8]) {
    for (counter, chunk) in (0_u32..).zip(block.chunks_mut(mgf.output_len())) {
        let mask = mgf.digest_parts(&[seed, &counter.to_be_bytes()]);
        chunk.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
}

/// The start of a `DigestInfo` up to the hash value, RFC 8017 §9.2 note 1.
const fn digest_info(hash: Hash) -> &'static [u8] {
    match hash {
        Hash::Sha1 => &[
            0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14,
        ],
        Hash::Sha224 => &[
            0x30, 0x2D, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04, 0x05,
            0x00, 0x04, 0x1C,
        ],
        Hash::Sha256 => &[
            0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
            0x00, 0x04, 0x20,
        ],
        Hash::Sha384 => &[
            0x30, 0x41, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05,
            0x00, 0x04, 0x30,
        ],
        Hash::Sha512 => &[
            0x30, 0x51, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05,
            0x00, 0x04, 0x40,
        ],
    }
}

/// The last byte of a PSS encoding.
const TRAILER: u8 = 0xBC;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pss_of_every_modulus_length_comes_back_and_nothing_else_does() {
        for bits in 1024..1041 {
            let salt = SecretBytes::new(vec![0x5A; 20]);
            let encoded = pss(Hash::Sha256, Hash::Sha1, &salt, b"m", bits).unwrap();
            assert_eq!(encoded.len(), whole_bytes(bits));
            let good = |encoded: &[u8], message: &[u8], salt_len| {
                pss_is_good(Hash::Sha256, Hash::Sha1, salt_len, message, encoded, bits)
            };
            assert!(good(&encoded, b"m", 20), "{bits}");
            assert!(!good(&encoded, b"n", 20));
            assert!(!good(&encoded, b"m", 19));
            assert!(!good(&encoded, b"m", 21));
            for at in 0..encoded.len() {
                let mut changed = encoded.clone();
                changed[at] ^= 0x80;
                assert!(!good(&changed, b"m", 20), "{bits} {at}");
            }
        }
    }

    #[test]
    fn a_modulus_that_is_too_short_has_no_encoding() {
        let salt = SecretBytes::new(vec![1; 64]);
        assert!(pss(Hash::Sha512, Hash::Sha512, &salt, b"", 1033).is_none());
        assert!(pss(Hash::Sha512, Hash::Sha512, &salt, b"", 1034).is_some());
        assert!(pkcs1v15(Hash::Sha512, b"", 64 + 19 + 10).is_none());
        let shortest = pkcs1v15(Hash::Sha512, b"", 64 + 19 + 11).unwrap();
        assert_eq!(shortest[..11], [0, 1, 255, 255, 255, 255, 255, 255, 255, 255, 0]);
    }
}
