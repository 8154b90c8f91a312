//! The first half of PACE's integrated mapping: two nonces to a number, ICAO 9303-11 §4.4.3.3.2.
//!
//! The second half makes a generator of the number modulo the prime of the field: on curves
//! [`Generator::integrated`](super::Generator::integrated), in Diffie-Hellman groups a power of it.

use crate::symmetric::BlockKey;
use crate::{Error, SecretBytes, Suite};

/// The length in bytes of the chip's secret nonce s: the key length of the cipher, rounded up to 128 bits or to 256.
pub const fn nonce_s_len(suite: Suite) -> usize {
    match suite {
        Suite::Tdes | Suite::Aes128 => 16,
        Suite::Aes192 | Suite::Aes256 => 32,
    }
}

/// The length in bytes of the terminal's public nonce t: that of a key, for triple DES 16.
pub const fn nonce_t_len(suite: Suite) -> usize {
    suite.key_len()
}

/// Computes `x1 || x2 || ... || xn`, the output of the pseudo-random function before its reduction modulo the prime.
///
/// ```text
/// k0   = E(t, s)                 CBC with IV zero
/// xi   = E(k(i-1), c1)           k(i-1) cut to the length of a key, which shortens it with AES-192 alone
/// ki   = E(k(i-1), c0)
/// ```
/// Blocks are as long as s, and there are as few as make the number 64 bits longer than the prime (`prime_bits`), so
/// that its remainder is as good as uniform. The number is big-endian and as secret as s.
///
/// # Errors
/// [`Error::BadLength`] if a nonce is not [`nonce_s_len`] or [`nonce_t_len`] bytes long.
pub fn pseudo_random(
    suite: Suite,
    nonce_s: &SecretBytes,
    nonce_t: &[u8],
    prime_bits: usize,
) -> Result<SecretBytes, Error> {
    let len = nonce_s_len(suite);
    for (what, expected, found) in [
        ("nonce s", len, nonce_s.len()),
        ("nonce t", nonce_t_len(suite), nonce_t.len()),
    ] {
        if found != expected {
            return Err(Error::BadLength { what, found });
        }
    }
    let (c0, c1) = constants(suite);
    let iv = vec![0; suite.block_len()];
    // Every key but the first is secret, and so are all the products.
    let encrypt = |key: &SecretBytes, block: &[u8]| {
        let key = SecretBytes::new(key.expose().iter().copied().take(suite.key_len()).collect());
        let product = BlockKey::new(suite, &key)?.encrypt_cbc(&iv, block)?;
        Ok::<_, Error>(SecretBytes::new(product))
    };
    let blocks = (prime_bits + MARGIN_BITS).div_ceil(8 * len);
    let mut number = Vec::with_capacity(blocks * len);
    let mut key = encrypt(&SecretBytes::new(nonce_t.to_vec()), nonce_s.expose())?;
    for _ in 0..blocks {
        number.extend_from_slice(encrypt(&key, c1)?.expose());
        key = encrypt(&key, c0)?;
    }
    Ok(SecretBytes::new(number))
}

fn constants(suite: Suite) -> (&'static [u8], &'static [u8]) {
    match suite {
        Suite::Tdes | Suite::Aes128 => (&C0_128, &C1_128),
        Suite::Aes192 | Suite::Aes256 => (&C0_256, &C1_256),
    }
}

/// By how much the number is at least longer than the prime.
const MARGIN_BITS: usize = 64;

const C0_128: [u8; 16] = 0xA668_892A_7C41_E3CA_739F_40B0_57D8_5904_u128.to_be_bytes();
const C1_128: [u8; 16] = 0xA4E1_36AC_725F_738B_01C1_F602_17C1_88AD_u128.to_be_bytes();
const C0_256: [u8; 32] = joined(
    0xD463_D652_3412_4EF7_8970_5498_6DCA_0A17,
    0x4E28_DF75_8CBA_A03F_2406_1641_4D5A_1676,
);
const C1_256: [u8; 32] = joined(
    0x54BD_7255_F0AA_F831_BEC3_423F_CF39_D69B,
    0x6CBF_0666_77D0_FAAE_5AAD_D99D_F8E5_3517,
);

#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time only, where a wrong index is an error"
)]
const fn joined(high: u128, low: u128) -> [u8; 32] {
    let (high, low) = (high.to_be_bytes(), low.to_be_bytes());
    let mut out = [0; 32];
    let mut i = 0;
    while i < 16 {
        out[i] = high[i];
        out[16 + i] = low[i];
        i += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(suite: Suite, prime_bits: usize) -> Vec<u8> {
        let s = SecretBytes::new(vec![3; nonce_s_len(suite)]);
        let number = pseudo_random(suite, &s, &vec![5; nonce_t_len(suite)], prime_bits);
        number.unwrap().expose().to_vec()
    }

    #[test]
    fn the_number_is_at_least_64_bits_longer_than_the_prime_in_whole_blocks() {
        for suite in Suite::ALL {
            for bits in [192, 224, 256, 320, 384, 512, 521, 1024, 2048] {
                let number = of(suite, bits);
                let excess = 8 * number.len() - bits;
                assert_eq!(number.len() % nonce_s_len(suite), 0);
                assert!(
                    (64..64 + 8 * nonce_s_len(suite)).contains(&excess),
                    "{suite:?} {bits}"
                );
            }
        }
    }

    #[test]
    fn a_longer_prime_prolongs_the_number_and_each_suite_has_its_own() {
        for suite in Suite::ALL {
            let (shorter, longer) = (of(suite, 192), of(suite, 2048));
            assert_eq!(longer.get(..shorter.len()), Some(shorter.as_slice()));
            for other in Suite::ALL.into_iter().filter(|other| *other != suite) {
                assert_ne!(of(other, 192), shorter);
            }
        }
    }

    #[test]
    fn every_block_is_the_second_constant_under_the_key_that_the_first_constant_led_to() {
        // AES-192 by hand: keys are cut to 24 bytes, products are 32 bytes long.
        let suite = Suite::Aes192;
        let cbc = |key: &[u8], block: &[u8]| {
            let key = SecretBytes::new(key[..24].to_vec());
            BlockKey::new(suite, &key)
                .unwrap()
                .encrypt_cbc(&[0; 16], block)
                .unwrap()
        };
        let k0 = cbc(&[5; 24], &[3; 32]);
        let k1 = cbc(&k0, &C0_256);
        assert_eq!(of(suite, 256), [cbc(&k0, &C1_256), cbc(&k1, &C1_256)].concat());
    }

    #[test]
    fn nonces_of_another_length_are_refused() {
        for suite in Suite::ALL {
            let (s, t) = (nonce_s_len(suite), nonce_t_len(suite));
            for (s_len, t_len, what, found) in [
                (s - 1, t, "nonce s", s - 1),
                (s + 16, t, "nonce s", s + 16),
                (s, 0, "nonce t", 0),
                (s, t + 1, "nonce t", t + 1),
            ] {
                let refused = pseudo_random(suite, &SecretBytes::new(vec![1; s_len]), &vec![1; t_len], 256);
                assert_eq!(refused.unwrap_err(), Error::BadLength { what, found });
            }
        }
    }
}
