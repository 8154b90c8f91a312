//! The mappings of PACE on elliptic curves: a fresh generator that only those can compute who know the nonce,
//! ICAO 9303-11 §4.4.3.3.

pub mod cam;
pub mod integrated;

use core::fmt;

use crate::{Curve, Error, PrivateKey, PublicKey, SecretBytes, Suite};

/// The mapped generator of one run of PACE: `G' = s·G + H` with the generic mapping, where `s` is the nonce and `H` the
/// common point of an anonymous key agreement, or a point that the integrated mapping makes of two nonces.
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
    /// The generic mapping, also that of the chip authentication mapping: `own` is the private key drawn for the mapping, `their` the other side's public key for it.
    ///
    /// The nonce is a big-endian number of at most [`MAX_NONCE_LEN`] bytes; it may be longer than the order of the
    /// curve.
    ///
    /// # Errors
    /// [`Error::CurveMismatch`] if the keys are of different curves, [`Error::BadLength`] if the nonce is too long,
    /// [`Error::Infinity`] if the result is no generator.
    pub fn map(own: &PrivateKey, their: &PublicKey, nonce: &SecretBytes) -> Result<Self, Error> {
        let curve = own.curve();
        if nonce.len() > MAX_NONCE_LEN {
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

    /// The integrated mapping, ICAO 9303-11 §4.4.3.3.2 and appendix B.2: `nonce_s` is the chip's secret nonce of
    /// [`integrated::nonce_s_len`] bytes, `nonce_t` the terminal's public one of [`integrated::nonce_t_len`] bytes.
    ///
    /// Constant time in the nonces as far as the field's arithmetic and the cipher are.
    ///
    /// # Errors
    /// [`Error::NoIntegratedMapping`] on P-224, [`Error::BadLength`] if a nonce has another length,
    /// [`Error::Infinity`] if the nonces lead to no point, which less than one pair in 2^180 does.
    pub fn integrated(
        curve: Curve,
        suite: Suite,
        nonce_s: &SecretBytes,
        nonce_t: &[u8],
    ) -> Result<Self, Error> {
        if !curve.has_integrated_mapping() {
            return Err(Error::NoIntegratedMapping { curve: curve.name() });
        }
        let number = integrated::pseudo_random(suite, nonce_s, nonce_t, curve.field_bits())?;
        let point = curve.arithmetic().encode(number.expose());
        Ok(Self {
            curve,
            point: point.ok_or(Error::Infinity)?,
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

/// The longest nonce of the generic mapping in bytes: four blocks of AES. Chips take one or two.
pub const MAX_NONCE_LEN: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn key(curve: Curve, byte: u8) -> PrivateKey {
        PrivateKey::from_be_bytes(curve, &vec![byte; curve.order_len() - 1]).unwrap()
    }

    #[test]
    fn both_sides_map_to_the_same_generator_and_agree() {
        for curve in Curve::STANDARDIZED {
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
    fn a_nonce_longer_than_the_order_counts_modulo_the_order() {
        for curve in Curve::STANDARDIZED {
            let (own, their) = (key(curve, 1), key(curve, 2).public());
            let map = |nonce: &[u8]| Generator::map(&own, &their, &SecretBytes::new(nonce.to_vec())).unwrap();
            let order = curve.domain().n;
            if order.len() <= MAX_NONCE_LEN {
                assert_eq!(map(order).as_sec1(), map(&[0]).as_sec1(), "{curve:?}");
            }
            // 2^192 and 2^192 modulo the order of P-192.
            if curve == Curve::P192 {
                let beyond = [&[1][..], &[0; 24]].concat();
                let reduced = hex::decode("662107c9eb94364e4b2dd7cf").unwrap();
                assert_eq!(map(&beyond).as_sec1(), map(&reduced).as_sec1());
                assert_eq!(
                    map(&[&[0; 8], beyond.as_slice()].concat()).as_sec1(),
                    map(&reduced).as_sec1()
                );
            }
        }
    }

    #[test]
    fn the_integrated_mapping_makes_points_of_the_curve_with_every_cipher() {
        for curve in Curve::STANDARDIZED {
            for suite in Suite::ALL {
                let s = SecretBytes::new(vec![0x5A; integrated::nonce_s_len(suite)]);
                let map =
                    |t: u8| Generator::integrated(curve, suite, &s, &vec![t; integrated::nonce_t_len(suite)]);
                if curve == Curve::P224 {
                    let refused = map(1).unwrap_err();
                    assert_eq!(refused, Error::NoIntegratedMapping { curve: "P-224" });
                    assert_eq!(refused.to_string(), "no integrated mapping on P-224");
                    continue;
                }
                let generator = map(1).unwrap();
                assert!(
                    PublicKey::from_sec1(curve, generator.as_sec1()).is_ok(),
                    "{curve:?}"
                );
                assert_ne!(generator.as_sec1(), map(2).unwrap().as_sec1(), "t counts");
                let (a, b) = (key(curve, 3), key(curve, 4));
                let shared = a.diffie_hellman(&generator.public(&b).unwrap()).unwrap();
                let other = b.diffie_hellman(&map(1).unwrap().public(&a).unwrap()).unwrap();
                assert!(shared.ct_eq(other.expose()));
            }
        }
    }

    #[test]
    fn nonces_of_another_cipher_do_not_map() {
        let short = SecretBytes::new(vec![1; 16]);
        for (suite, what, found) in [(Suite::Aes192, "nonce s", 16), (Suite::Aes256, "nonce s", 16)] {
            let refused = Generator::integrated(Curve::P256, suite, &short, &[1; 16]).unwrap_err();
            assert_eq!(refused, Error::BadLength { what, found });
        }
        let refused = Generator::integrated(Curve::P256, Suite::Aes128, &short, &[1; 24]).unwrap_err();
        assert_eq!(
            refused,
            Error::BadLength {
                what: "nonce t",
                found: 24
            }
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
        let long = SecretBytes::new(vec![1; MAX_NONCE_LEN + 1]);
        assert_eq!(
            Generator::map(&own, &key(Curve::P256, 2).public(), &long).unwrap_err(),
            Error::BadLength {
                what: "nonce",
                found: MAX_NONCE_LEN + 1
            }
        );
    }
}
