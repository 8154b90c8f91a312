//! Key derivation, `KDF(K, c) = H(K || c)`, ICAO 9303-11 §9.7.1.

use zeroize::Zeroizing;

use crate::{Hash, SecretBytes, Suite};

/// What a derived key is for: the 32-bit counter `c` of the derivation function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Session key for encryption, `c = 1`.
    Encryption = 1,
    /// Session key for authentication codes, `c = 2`.
    Mac = 2,
    /// Key that a password gives to decrypt the nonce of PACE, `c = 3`.
    Password = 3,
}

/// Derives a key for `suite` from a shared secret or from a password.
///
/// ```text
/// 3DES     first 16 bytes of SHA-1(secret || c), as K1 || K2, parity bits adjusted
/// AES-128  first 16 bytes of SHA-1(secret || c)
/// AES-192  first 24 bytes of SHA-256(secret || c)
/// AES-256  SHA-256(secret || c)
/// ```
/// `c` is four bytes, big-endian.
pub fn derive(secret: &[u8], purpose: Purpose, suite: Suite) -> SecretBytes {
    let hash = match suite {
        Suite::Tdes | Suite::Aes128 => Hash::Sha1,
        Suite::Aes192 | Suite::Aes256 => Hash::Sha256,
    };
    let counter = (purpose as u32).to_be_bytes();
    let digest = Zeroizing::new(hash.digest_parts(&[secret, &counter]));
    let key = digest.iter().take(suite.key_len()).copied();
    SecretBytes::new(match suite {
        Suite::Tdes => key.map(with_odd_parity).collect(),
        Suite::Aes128 | Suite::Aes192 | Suite::Aes256 => key.collect(),
    })
}

/// Sets the lowest bit of a DES key byte so that the byte has an odd number of ones.
fn with_odd_parity(byte: u8) -> u8 {
    let upper = byte & 0xFE;
    upper | u8::from(upper.count_ones().is_multiple_of(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_length_of_their_suite() {
        for suite in Suite::ALL {
            for purpose in [Purpose::Encryption, Purpose::Mac, Purpose::Password] {
                assert_eq!(derive(b"secret", purpose, suite).len(), suite.key_len());
            }
        }
    }

    #[test]
    fn des_keys_have_odd_parity_in_every_byte() {
        let key = derive(b"secret", Purpose::Encryption, Suite::Tdes);
        assert!(key.expose().iter().all(|byte| byte.count_ones() % 2 == 1));
        assert_eq!(with_odd_parity(0x00), 0x01);
        assert_eq!(with_odd_parity(0xFE), 0xFE);
        assert_eq!(with_odd_parity(0xFF), 0xFE);
    }

    #[test]
    fn purposes_give_different_keys() {
        let key = |purpose| derive(b"secret", purpose, Suite::Aes256);
        assert!(!key(Purpose::Encryption).ct_eq(key(Purpose::Mac).expose()));
        assert!(!key(Purpose::Mac).ct_eq(key(Purpose::Password).expose()));
    }
}
