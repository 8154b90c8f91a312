//! The generic mapping of PACE: a fresh generator that only those can compute who know the nonce,
//! ICAO 9303-11 §4.4.3.3.

use core::fmt;

use crate::{Curve, Error, PrivateKey, PublicKey, SecretBytes};

/// The mapped generator `G' = s·G + H` of one run of PACE, where `s` is the nonce and `H` the common point of an
/// anonymous key agreement.
///
/// It is overwritten when dropped; `Debug` shows the curve only. The key agreement on top of it is the ordinary one,
/// [`PrivateKey::diffie_hellman`] with the other side's [`Generator::public`].
///
/// ```
/// # use antin_crypto::{Curve, PrivateKey, SecretBytes, pace::Generator};
/// # let key = |n| PrivateKey::from_be_bytes(Curve::BrainpoolP256r1, &[n; 32]).unwrap();
/// let nonce = SecretBytes::new(vec![9; 16]);
/// let (terminal, chip) = (key(1), key(2));
/// let at_terminal = Generator::map(&terminal, &chip.public(), &nonce)?;
/// let at_chip = Generator::map(&chip, &terminal.public(), &nonce)?;
/// let (a, b) = (key(3), key(4));
/// let shared = a.diffie_hellman(&at_chip.public(&b)?)?;
/// assert!(shared.ct_eq(b.diffie_hellman(&at_terminal.public(&a)?)?.expose()));
/// # Ok::<(), antin_crypto::Error>(())
/// ```
pub struct Generator {
    curve: Curve,
    point: SecretBytes,
}

impl Generator {
    /// Maps the nonce: `own` is the private key drawn for the mapping, `their` the other side's public key for it.
    ///
    /// The nonce is a big-endian number of at most [`Curve::order_len`] bytes, 16 in every known profile.
    ///
    /// # Errors
    /// [`Error::CurveMismatch`] if the keys are of different curves, [`Error::BadLength`] if the nonce is too long,
    /// [`Error::Infinity`] if the result is no generator.
    pub fn map(own: &PrivateKey, their: &PublicKey, nonce: &SecretBytes) -> Result<Self, Error> {
        let curve = own.curve();
        if nonce.len() > curve.order_len() {
            return Err(Error::BadLength {
                what: "nonce",
                found: nonce.len(),
            });
        }
        Ok(Self {
            curve,
            point: own.map(nonce, their)?,
        })
    }

    /// The curve.
    pub fn curve(&self) -> Curve {
        self.curve
    }

    /// The mapped generator in uncompressed form; it is as secret as the nonce.
    pub fn as_sec1(&self) -> &[u8] {
        self.point.expose()
    }

    /// The public key of `own` with respect to this generator.
    ///
    /// # Errors
    /// [`Error::CurveMismatch`] if the key is of another curve.
    pub fn public(&self, own: &PrivateKey) -> Result<PublicKey, Error> {
        own.same_curve(self.curve)?;
        let point = own.multiply_point(self.point.expose()).ok_or(Error::Infinity)?;
        Ok(PublicKey::computed(self.curve, point.expose().to_vec()))
    }
}

impl fmt::Debug for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Generator({})", self.curve.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(curve: Curve, byte: u8) -> PrivateKey {
        PrivateKey::from_be_bytes(curve, &vec![byte; curve.order_len() - 1]).unwrap()
    }

    #[test]
    fn both_sides_map_to_the_same_generator_and_agree() {
        for curve in Curve::ALL {
            let nonce = SecretBytes::new(vec![0xFF; 16]);
            let (terminal, chip) = (key(curve, 1), key(curve, 2));
            let left = Generator::map(&terminal, &chip.public(), &nonce).unwrap();
            let right = Generator::map(&chip, &terminal.public(), &nonce).unwrap();
            assert_eq!(left.as_sec1(), right.as_sec1());
            let (a, b) = (key(curve, 3), key(curve, 4));
            let shared = a.diffie_hellman(&right.public(&b).unwrap()).unwrap();
            assert!(
                b.diffie_hellman(&left.public(&a).unwrap())
                    .unwrap()
                    .ct_eq(shared.expose())
            );
        }
    }

    #[test]
    fn another_nonce_maps_to_another_generator() {
        let (own, their) = (key(Curve::P256, 1), key(Curve::P256, 2).public());
        let map = |nonce: &[u8]| Generator::map(&own, &their, &SecretBytes::new(nonce.to_vec())).unwrap();
        assert_ne!(map(&[1; 16]).as_sec1(), map(&[2; 16]).as_sec1());
        assert_eq!(
            map(&[0, 0, 5]).as_sec1(),
            map(&[5]).as_sec1(),
            "leading zeros do not matter"
        );
    }

    #[test]
    fn curves_do_not_mix_and_nonces_are_bounded() {
        let nonce = SecretBytes::new(vec![1; 16]);
        let (own, other) = (key(Curve::P256, 1), key(Curve::BrainpoolP256r1, 2));
        let mismatch = Error::CurveMismatch {
            left: "P-256",
            right: "brainpoolP256r1",
        };
        assert_eq!(
            Generator::map(&own, &other.public(), &nonce).unwrap_err(),
            mismatch
        );
        let generator = Generator::map(&other, &key(Curve::BrainpoolP256r1, 3).public(), &nonce).unwrap();
        assert_eq!(generator.public(&own).unwrap_err(), mismatch);
        assert_eq!(format!("{generator:?}"), "Generator(brainpoolP256r1)");
        let long = SecretBytes::new(vec![1; 33]);
        assert_eq!(
            Generator::map(&own, &key(Curve::P256, 2).public(), &long).unwrap_err(),
            Error::BadLength {
                what: "nonce",
                found: 33
            }
        );
    }
}
