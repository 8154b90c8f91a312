//! The chip authentication mapping: the generic mapping, in which the chip also proves to hold its static key,
//! ICAO 9303-11 §4.4.3.5.
//!
//! ```
//! # use antin_crypto::{Curve, PrivateKey, pace::cam};
//! # let key = |n| PrivateKey::from_be_bytes(Curve::BrainpoolP256r1, &[n; 32]).unwrap();
//! let (static_key, mapping_key) = (key(1), key(2));
//! let data = cam::chip_data(&static_key, &mapping_key)?;
//! cam::verify(&static_key.public(), &mapping_key.public(), data.expose())?;
//! # Ok::<(), antin_crypto::Error>(())
//! ```

use crate::{Error, PrivateKey, PublicKey, SecretBytes};

/// The chip's proof `SK_IC⁻¹ · SK_Map,IC` modulo the order, big-endian, [`Curve::order_len`](crate::Curve::order_len)
/// bytes: what it encrypts in data object `8A`.
///
/// It is secret: whoever has it and the static key knows the mapping key of this run, and the other way round.
///
/// # Errors
/// [`Error::CurveMismatch`] if the keys are of different curves.
pub fn chip_data(static_key: &PrivateKey, mapping_key: &PrivateKey) -> Result<SecretBytes, Error> {
    mapping_key.divided_by(static_key)
}

/// Checks the chip's proof: that `mapping_public` is `data` times `static_public`.
///
/// It proves the static key only if the caller takes `static_public` from EF.CardSecurity and believes its signature,
/// and only in a run of PACE that has ended well.
///
/// # Errors
/// [`Error::Malformed`] if the data has not exactly the length of the order, [`Error::BadScalar`] if it is zero or not
/// below the order, [`Error::CurveMismatch`] if the keys are of different curves, [`Error::BadChipData`] if the proof
/// is wrong.
pub fn verify(static_public: &PublicKey, mapping_public: &PublicKey, data: &[u8]) -> Result<(), Error> {
    let curve = static_public.curve();
    if mapping_public.curve() != curve {
        return Err(Error::CurveMismatch {
            left: curve.name(),
            right: mapping_public.curve().name(),
        });
    }
    if data.len() != curve.order_len() {
        return Err(Error::Malformed {
            what: "chip authentication data",
        });
    }
    let product = curve.arithmetic().multiply(data, static_public.as_sec1());
    let product = product.ok_or(Error::BadScalar { curve: curve.name() })?;
    if !product.ct_eq(mapping_public.as_sec1()) {
        return Err(Error::BadChipData);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Curve;

    fn key(curve: Curve, byte: u8) -> PrivateKey {
        PrivateKey::from_be_bytes(curve, &vec![byte; curve.order_len() - 1]).unwrap()
    }

    #[test]
    fn a_chip_with_the_static_key_proves_it_on_every_curve() {
        for curve in Curve::STANDARDIZED {
            let (fixed, mapping) = (key(curve, 0x21), key(curve, 0x43));
            let data = chip_data(&fixed, &mapping).unwrap();
            assert_eq!(data.len(), curve.order_len());
            assert_eq!(verify(&fixed.public(), &mapping.public(), data.expose()), Ok(()));
            let other = key(curve, 0x44);
            for (fixed, mapping) in [(&other, &mapping), (&fixed, &other), (&mapping, &fixed)] {
                assert_eq!(
                    verify(&fixed.public(), &mapping.public(), data.expose()),
                    Err(Error::BadChipData),
                    "{curve:?}"
                );
            }
        }
    }

    #[test]
    fn equal_keys_make_a_proof_of_one_with_all_its_zeros() {
        for curve in Curve::STANDARDIZED {
            let data = chip_data(&key(curve, 7), &key(curve, 7)).unwrap();
            let mut one = vec![0; curve.order_len()];
            *one.last_mut().unwrap() = 1;
            assert!(data.ct_eq(&one));
        }
    }

    #[test]
    fn proofs_of_zero_out_of_range_or_of_another_length_are_refused() {
        for curve in Curve::STANDARDIZED {
            let (fixed, mapping) = (key(curve, 0x21).public(), key(curve, 0x43).public());
            let taken = |data: &[u8]| verify(&fixed, &mapping, data);
            let out_of_range = Err(Error::BadScalar { curve: curve.name() });
            let malformed = Err(Error::Malformed {
                what: "chip authentication data",
            });
            let good = chip_data(&key(curve, 0x21), &key(curve, 0x43)).unwrap();
            let good = good.expose();
            assert_eq!(taken(&vec![0; curve.order_len()]), out_of_range);
            assert_eq!(taken(curve.domain().n), out_of_range);
            assert_eq!(taken(&vec![0xFF; curve.order_len()]), out_of_range);
            assert_eq!(taken(&[]), malformed);
            assert_eq!(taken(&good[1..]), malformed);
            assert_eq!(taken(&good[..good.len() - 1]), malformed);
            assert_eq!(taken(&[&[0], good].concat()), malformed);
            assert_eq!(taken(&[good, &[0]].concat()), malformed);
            for at in 0..good.len() {
                let mut changed = good.to_vec();
                changed[at] ^= 1;
                assert!(taken(&changed).is_err(), "{curve:?}, byte {at}");
            }
        }
    }

    #[test]
    fn the_negative_of_a_proof_is_none() {
        // -d times the static key has the same x as the mapping key: a comparison of x alone would take it.
        for curve in Curve::STANDARDIZED {
            let (fixed, mapping) = (key(curve, 0x21), key(curve, 0x43));
            let good = chip_data(&fixed, &mapping).unwrap();
            let mut borrow = 0;
            let mut negative: Vec<u8> = curve
                .domain()
                .n
                .iter()
                .zip(good.expose())
                .rev()
                .map(|(n, d)| {
                    let digit = 256 + u16::from(*n) - u16::from(*d) - borrow;
                    borrow = u16::from(digit < 256);
                    digit.to_le_bytes()[0]
                })
                .collect();
            negative.reverse();
            assert_eq!(
                verify(&fixed.public(), &mapping.public(), &negative),
                Err(Error::BadChipData),
                "{curve:?}"
            );
        }
    }

    #[test]
    fn keys_of_different_curves_do_not_mix() {
        let (left, right) = (key(Curve::P256, 1), key(Curve::BrainpoolP256r1, 1));
        let mismatch = |left: Curve, right: Curve| Error::CurveMismatch {
            left: left.name(),
            right: right.name(),
        };
        assert_eq!(
            chip_data(&left, &right).unwrap_err(),
            mismatch(right.curve(), left.curve())
        );
        assert_eq!(
            verify(&left.public(), &right.public(), &[1; 32]),
            Err(mismatch(left.curve(), right.curve()))
        );
    }
}
