//! Private keys.

use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::PublicKey;
use crate::curve::without_zeros;
use crate::{Curve, Error, Hash, SecretBytes};

/// A private key: a number from 1 to the order of its curve less one, and the public key that belongs to it.
///
/// It is overwritten when dropped; `Debug` shows the curve only.
#[derive(Clone)]
pub struct PrivateKey {
    scalar: SecretBytes,
    public: PublicKey,
}

impl PrivateKey {
    /// Draws a key.
    ///
    /// Takes exactly [`Curve::order_len`] bytes from `rng` as a big-endian number, without the bits above the order's
    /// highest (seven on P-521, none on the others), and draws again if that is zero or not below the order, so that
    /// every key is equally likely and the keys of worked examples can be fed in.
    ///
    /// # Panics
    /// If 256 draws in a row are out of range, which a generator that is not broken does less than once in 2^128 keys.
    pub fn generate(curve: Curve, rng: &mut dyn CryptoRng) -> Self {
        for _ in 0..MAX_DRAWS {
            let mut drawn = Zeroizing::new(vec![0; curve.order_len()]);
            rng.fill_bytes(&mut drawn);
            if let (Some(first), Some(top)) = (drawn.first_mut(), curve.domain().n.first()) {
                *first &= u8::MAX >> top.leading_zeros();
            }
            if let Ok(key) = Self::from_be_bytes(curve, &drawn) {
                return key;
            }
        }
        panic!("the random generator does not generate random numbers");
    }

    /// Takes a private key as a big-endian number; leading zeros may be missing or too many.
    ///
    /// # Errors
    /// [`Error::BadScalar`] if the number is zero or not below the order.
    pub fn from_be_bytes(curve: Curve, scalar: &[u8]) -> Result<Self, Error> {
        let out_of_range = Error::BadScalar { curve: curve.name() };
        let number = without_zeros(scalar);
        let Some(zeros) = curve.order_len().checked_sub(number.len()) else {
            return Err(out_of_range);
        };
        let mut full = Vec::with_capacity(curve.order_len());
        full.resize(zeros, 0);
        full.extend_from_slice(number);
        let scalar = SecretBytes::new(full);
        let public = curve.arithmetic().public(scalar.expose()).ok_or(out_of_range)?;
        Ok(Self {
            scalar,
            public: PublicKey::computed(curve, public),
        })
    }

    /// The number, [`Curve::order_len`] bytes big-endian, for whoever stores the key.
    pub fn to_be_bytes(&self) -> SecretBytes {
        self.scalar.clone()
    }

    /// The curve.
    pub fn curve(&self) -> Curve {
        self.public.curve()
    }

    /// The public key.
    pub fn public(&self) -> PublicKey {
        self.public.clone()
    }

    pub(crate) fn public_ref(&self) -> &PublicKey {
        &self.public
    }

    /// Agrees on a secret with the owner of `their` (ECKA of TR-03111 §4.3): the x coordinate of the common point,
    /// [`Curve::field_len`] bytes.
    ///
    /// # Errors
    /// [`Error::CurveMismatch`] if the keys are of different curves. [`Error::Infinity`] cannot come from a
    /// [`PublicKey`], as the curves have cofactor 1, but is not taken for granted.
    pub fn diffie_hellman(&self, their: &PublicKey) -> Result<SecretBytes, Error> {
        let point = self.multiply(their)?;
        let x = point.expose().get(1..=self.curve().field_len());
        Ok(SecretBytes::new(x.ok_or(Error::Infinity)?.to_vec()))
    }

    fn multiply(&self, their: &PublicKey) -> Result<SecretBytes, Error> {
        self.same_curve(their.curve())?;
        self.curve()
            .arithmetic()
            .multiply(self.scalar.expose(), their.as_sec1())
            .ok_or(Error::Infinity)
    }

    /// The key times any point of its curve that is no public key, such as a mapped generator.
    pub(crate) fn multiply_point(&self, point: &[u8]) -> Option<SecretBytes> {
        self.curve().arithmetic().multiply(self.scalar.expose(), point)
    }

    /// The nonce times the generator, plus the key times the other's point.
    pub(crate) fn map(&self, nonce: &SecretBytes, their: &PublicKey) -> Result<SecretBytes, Error> {
        self.same_curve(their.curve())?;
        let mapped = self
            .curve()
            .arithmetic()
            .map(nonce.expose(), self.scalar.expose(), their.as_sec1());
        mapped.ok_or(Error::Infinity)
    }

    /// This key divided by another, modulo the order of their curve.
    pub(crate) fn divided_by(&self, divisor: &Self) -> Result<SecretBytes, Error> {
        self.same_curve(divisor.curve())?;
        let quotient = self
            .curve()
            .arithmetic()
            .divide(self.scalar.expose(), divisor.scalar.expose());
        Ok(quotient.expect("both scalars were found to be in range when the keys were made"))
    }

    /// An ECDSA signature r || s of a message digest.
    pub(crate) fn sign_digest(&self, hash: Hash, digest: &[u8]) -> Vec<u8> {
        let signature = self.curve().arithmetic().sign(self.scalar.expose(), hash, digest);
        signature.expect("the scalar was found to be in range when the key was made")
    }

    pub(crate) fn same_curve(&self, other: Curve) -> Result<(), Error> {
        if self.curve() != other {
            return Err(Error::CurveMismatch {
                left: self.curve().name(),
                right: other.name(),
            });
        }
        Ok(())
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.curve().name())
    }
}

/// An order is more than half of the power of two above it, so each draw succeeds with more than even chances.
const MAX_DRAWS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::ScriptedRng;

    #[test]
    fn numbers_out_of_range_are_drawn_again() {
        for curve in Curve::ALL {
            let len = curve.order_len();
            let mut script = vec![0; len];
            script.extend_from_slice(curve.domain().n);
            script.extend_from_slice(&vec![0xFF; len]);
            let mut taken = vec![0x11; len];
            taken[0] &= curve.domain().n[0];
            script.extend_from_slice(&taken);
            let mut rng = ScriptedRng::dangerous_new(script);
            let key = PrivateKey::generate(curve, &mut rng);
            assert!(key.to_be_bytes().ct_eq(&taken));
            assert_eq!(rng.remaining(), 0);
        }
    }

    #[test]
    fn bits_above_the_order_of_p521_are_not_drawn_for() {
        // The order's first byte has one bit: without a mask 127 of 128 draws would be in vain.
        let script = [&[0xFE], [0x55; 65].as_slice()].concat();
        let key = PrivateKey::generate(Curve::P521, &mut ScriptedRng::dangerous_new(script));
        assert!(key.to_be_bytes().ct_eq(&[&[0], [0x55; 65].as_slice()].concat()));
    }

    #[test]
    #[should_panic(expected = "does not generate random numbers")]
    fn a_generator_of_zeros_alone_is_not_asked_for_ever() {
        PrivateKey::generate(
            Curve::P256,
            &mut ScriptedRng::dangerous_new(vec![0; 32 * MAX_DRAWS]),
        );
    }

    #[test]
    fn zero_and_the_order_are_no_private_keys() {
        for curve in Curve::ALL {
            let refused = Err(Error::BadScalar { curve: curve.name() });
            let taken = |bytes: &[u8]| PrivateKey::from_be_bytes(curve, bytes).map(drop);
            assert_eq!(taken(&[]), refused);
            assert_eq!(taken(&vec![0; curve.order_len()]), refused);
            assert_eq!(taken(curve.domain().n), refused);
            assert_eq!(taken(&vec![0xFF; curve.order_len()]), refused);
            assert_eq!(taken(&vec![1; curve.order_len() + 1]), refused);
            assert_eq!(taken(&[1]), Ok(()));
            let mut largest = curve.domain().n.to_vec();
            largest[curve.order_len() - 1] -= 1;
            assert_eq!(taken(&largest), Ok(()));
            assert_eq!(taken(&[&[0, 0], largest.as_slice()].concat()), Ok(()));
        }
    }

    #[test]
    fn both_sides_agree_on_the_same_secret() {
        for curve in Curve::ALL {
            let left = PrivateKey::from_be_bytes(curve, &[3; 20]).unwrap();
            let right = PrivateKey::from_be_bytes(curve, &[5; 19]).unwrap();
            let shared = left.diffie_hellman(&right.public()).unwrap();
            assert_eq!(shared.len(), curve.field_len());
            assert!(
                right
                    .diffie_hellman(&left.public())
                    .unwrap()
                    .ct_eq(shared.expose())
            );
        }
    }

    #[test]
    fn keys_of_different_curves_do_not_mix() {
        let left = PrivateKey::from_be_bytes(Curve::P256, &[3]).unwrap();
        let right = PrivateKey::from_be_bytes(Curve::BrainpoolP256r1, &[5]).unwrap();
        assert_eq!(
            left.diffie_hellman(&right.public()).unwrap_err(),
            Error::CurveMismatch {
                left: "P-256",
                right: "brainpoolP256r1"
            }
        );
    }

    #[test]
    fn debug_shows_the_curve_only() {
        let key = PrivateKey::from_be_bytes(Curve::P384, &[3]).unwrap();
        assert_eq!(format!("{key:?}"), "PrivateKey(P-384)");
    }
}
