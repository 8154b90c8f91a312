//! RSA public keys.

use core::fmt;

use super::scheme::{Restriction, Scheme};
use super::{MAX_BITS, MAX_LONG_KEY_EXPONENT_BITS, MAX_SHORT_KEY_BITS, MIN_BITS, padding};
use crate::curve::without_zeros;
use crate::modular::{Modulus, integer};
use crate::{Error, Hash, SecretBytes};

/// A public key that may be computed with: an odd modulus of [`MIN_BITS`] to [`MAX_BITS`] bits, and an odd exponent from 3
/// to the modulus.
#[derive(Clone)]
pub struct PublicKey {
    modulus: Modulus,
    bytes: Vec<u8>,
    exponent: Vec<u8>,
    restriction: Restriction,
}

impl PublicKey {
    /// Takes modulus and exponent as big-endian numbers; leading zeros do not matter.
    ///
    /// # Errors
    /// [`Error::BadRsaKey`] if the modulus is too short or even, or the exponent even, one, or not below the modulus.
    /// [`Error::RsaKeyTooLong`] for longer moduli, and for exponents of more than 64 bits beside moduli of more than 3072:
    /// they would keep a verifier busy.
    pub fn from_components(modulus: &[u8], exponent: &[u8]) -> Result<Self, Error> {
        Self::restricted(modulus, exponent, Restriction::None)
    }

    pub(super) fn restricted(
        modulus: &[u8],
        exponent: &[u8],
        restriction: Restriction,
    ) -> Result<Self, Error> {
        let bad = |what| Error::BadRsaKey { what };
        let (bytes, exponent) = (without_zeros(modulus), without_zeros(exponent));
        let (bits, exponent_bits) = (bit_len(bytes), bit_len(exponent));
        if bits < MIN_BITS {
            return Err(bad("length of the modulus"));
        }
        let odd = exponent.last().is_some_and(|byte| byte & 1 == 1);
        if !odd || exponent_bits < 2 || *integer(exponent) >= *integer(bytes) {
            return Err(bad("exponent"));
        }
        let long_exponent = bits > MAX_SHORT_KEY_BITS && exponent_bits > MAX_LONG_KEY_EXPONENT_BITS;
        if bits > MAX_BITS || long_exponent {
            return Err(Error::RsaKeyTooLong { bits, exponent_bits });
        }
        Ok(Self {
            modulus: Modulus::public(bytes).ok_or(bad("even modulus"))?,
            bytes: bytes.to_vec(),
            exponent: exponent.to_vec(),
            restriction,
        })
    }

    /// The modulus, big-endian, without leading zeros.
    pub fn modulus(&self) -> &[u8] {
        &self.bytes
    }

    /// The exponent, big-endian, without leading zeros.
    pub fn exponent(&self) -> &[u8] {
        &self.exponent
    }

    /// The length of the modulus in bits.
    pub fn bits(&self) -> u32 {
        self.modulus.bits()
    }

    /// The length of a signature in bytes.
    pub fn signature_len(&self) -> usize {
        self.bytes.len()
    }

    /// The same key, for RSASSA-PSS only.
    #[must_use]
    pub fn only_pss(self) -> Self {
        Self {
            restriction: Restriction::AnyPss,
            ..self
        }
    }

    /// The same key, for RSASSA-PSS with these hash functions and a salt of at least this many bytes only.
    #[must_use]
    pub fn only_pss_with(self, hash: Hash, mgf: Hash, min_salt_len: usize) -> Self {
        Self {
            restriction: Restriction::Pss {
                hash,
                mgf,
                min_salt_len,
            },
            ..self
        }
    }

    /// Whether the key lets itself be used for the scheme (RFC 4055 §3.1).
    pub fn allows(&self, scheme: Scheme) -> bool {
        self.restriction.allows(scheme)
    }

    pub(super) fn restriction(&self) -> Restriction {
        self.restriction
    }

    /// Verifies a signature of a message.
    ///
    /// The signature has exactly [`PublicKey::signature_len`] bytes and is a number below the modulus. PKCS #1 v1.5 is
    /// compared byte for byte with the one right encoding.
    ///
    /// # Errors
    /// [`Error::BadSignature`] if it is anything but a good one, or if the key is for another scheme by its own word.
    pub fn verify(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        if !self.restriction.allows(scheme) {
            return Err(Error::BadSignature);
        }
        let encoded = self.open(signature)?;
        let bits = self.bits();
        let good = match scheme {
            Scheme::Pkcs1v15(hash) => {
                padding::pkcs1v15(hash, message, self.signature_len()).is_some_and(|right| right == encoded)
            }
            Scheme::Pss { hash, mgf, salt_len } => {
                padding::pss_is_good(hash, mgf, salt_len, message, &encoded, bits)
            }
        };
        good.then_some(()).ok_or(Error::BadSignature)
    }

    /// The number that was signed, as long as the modulus.
    pub(super) fn open(&self, signature: &[u8]) -> Result<Vec<u8>, Error> {
        if signature.len() != self.signature_len() {
            return Err(Error::BadSignature);
        }
        let signature = self.modulus.element(signature).ok_or(Error::BadSignature)?;
        let opened = self.modulus.pow_public(&signature, &self.exponent);
        Ok(self.modulus.bytes(&opened).expose().to_vec())
    }

    /// Arithmetic modulo the modulus.
    pub(super) fn arithmetic(&self) -> &Modulus {
        &self.modulus
    }

    /// Whether a signature opens to the number, for whoever has just made it.
    pub(super) fn opens_to(&self, signature: &SecretBytes, number: &[u8]) -> bool {
        self.open(signature.expose()).is_ok_and(|opened| opened == number)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.bytes, &self.exponent, self.restriction) == (&other.bytes, &other.exponent, other.restriction)
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rsa::PublicKey({} bits, {:02x?})", self.bits(), self.exponent)
    }
}

fn bit_len(number: &[u8]) -> u32 {
    integer(number).bits_vartime()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_out_of_range_are_refused() {
        let refused = |modulus: &[u8], exponent: &[u8], what| {
            assert_eq!(
                PublicKey::from_components(modulus, exponent).unwrap_err(),
                Error::BadRsaKey { what }
            );
        };
        let f4: &[u8] = &[1, 0, 1];
        refused(&[], f4, "length of the modulus");
        refused(&[0xFF; 63], f4, "length of the modulus");
        refused(&[&[0x7F][..], &[0xFF; 63]].concat(), f4, "length of the modulus");
        refused(&[&[0xFF; 127][..], &[0xFE]].concat(), f4, "even modulus");
        for exponent in [&[][..], &[0], &[1], &[2], &[1, 0, 0], &[0xFF; 128], &[0xFF; 200]] {
            refused(&[0xFF; 128], exponent, "exponent");
        }
        let too_long = |modulus: &[u8], exponent: &[u8]| {
            let refused = PublicKey::from_components(modulus, exponent).unwrap_err();
            assert!(matches!(refused, Error::RsaKeyTooLong { .. }), "{refused}");
        };
        too_long(&[0xFF; 1025], f4);
        too_long(&[0xFF; 4096], f4);
        too_long(&[0xFF; 512], &[3; 9]);
        assert!(PublicKey::from_components(&[0xFF; 384], &[3; 9]).is_ok());
        assert!(PublicKey::from_components(&[0xFF; 1024], &[3; 8]).is_ok());
        let key = PublicKey::from_components(&[&[0, 0][..], &[0xC1; 64]].concat(), &[0, 3]).unwrap();
        assert_eq!(
            (key.bits(), key.signature_len(), key.exponent()),
            (512, 64, &[3][..])
        );
    }

    #[test]
    fn signatures_of_another_length_or_too_large_are_refused() {
        let key = PublicKey::from_components(&[0xC1; 64], &[3]).unwrap();
        let scheme = Scheme::Pkcs1v15(crate::Hash::Sha1);
        for signature in [
            &[][..],
            &[1; 63],
            &[1; 65],
            &[0xC1; 64],
            &[0xFF; 64],
            &[0; 64],
            &[1; 64],
        ] {
            assert_eq!(key.verify(scheme, b"m", signature), Err(Error::BadSignature));
        }
        assert_eq!(key.open(&[&[0; 63][..], &[2]].concat()).unwrap().last(), Some(&8));
    }
}
