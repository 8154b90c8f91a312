//! Public keys.

use crate::{Curve, Error};

/// A point of a curve other than infinity: a public key that may be computed with.
///
/// The check is made once, when the bytes come in; a value of this type never holds anything else.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublicKey {
    curve: Curve,
    sec1: Vec<u8>,
}

impl PublicKey {
    /// Takes a point in the uncompressed form of SEC 1: `04`, x, y, each coordinate with its full length.
    ///
    /// # Errors
    /// [`Error::BadPoint`] for any other form or length, for coordinates that do not lie on the curve, and for infinity.
    pub fn from_sec1(curve: Curve, point: &[u8]) -> Result<Self, Error> {
        let uncompressed = point.len() == curve.point_len() && point.first() == Some(&UNCOMPRESSED);
        if !uncompressed || !curve.arithmetic().is_point(point) {
            return Err(Error::BadPoint { curve: curve.name() });
        }
        Ok(Self::computed(curve, point.to_vec()))
    }

    /// Takes a point that our own arithmetic has just produced.
    pub(crate) fn computed(curve: Curve, sec1: Vec<u8>) -> Self {
        Self { curve, sec1 }
    }

    /// The curve.
    pub fn curve(&self) -> Curve {
        self.curve
    }

    /// The point in uncompressed form, [`Curve::point_len`] bytes.
    pub fn as_sec1(&self) -> &[u8] {
        &self.sec1
    }

    /// The x coordinate, [`Curve::field_len`] bytes.
    pub fn x(&self) -> &[u8] {
        self.sec1
            .get(1..=self.curve.field_len())
            .expect("the point is uncompressed and has its full length")
    }
}

/// First byte of an uncompressed point.
const UNCOMPRESSED: u8 = 0x04;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_a_public_key() {
        for curve in Curve::ALL {
            let key = PublicKey::from_sec1(curve, curve.domain().g).unwrap();
            assert_eq!(key.as_sec1(), curve.domain().g);
            assert_eq!(key.x(), &curve.domain().g[1..=curve.field_len()]);
            assert_eq!(key.curve(), curve);
        }
    }

    #[test]
    fn other_forms_and_points_off_the_curve_are_refused() {
        for curve in Curve::ALL {
            let refused = |point: &[u8]| {
                assert_eq!(
                    PublicKey::from_sec1(curve, point),
                    Err(Error::BadPoint { curve: curve.name() }),
                    "{point:02x?}"
                );
            };
            let g = curve.domain().g;
            let compressed = [&[2 + (g.last().unwrap() & 1)], &g[1..=curve.field_len()]].concat();
            refused(&compressed);
            refused(&[0]);
            refused(&[]);
            refused(&g[..g.len() - 1]);
            refused(&[g, &[0]].concat());
            for first in (0..=255).filter(|first| *first != UNCOMPRESSED) {
                refused(&[&[first], &g[1..]].concat());
            }
            let mut off = g.to_vec();
            off[curve.point_len() - 1] ^= 1;
            refused(&off);
        }
    }

    #[test]
    fn a_coordinate_that_is_not_reduced_is_refused() {
        // y = 0 + p and x = 0 + p: numbers that a careless reader would reduce first.
        for curve in Curve::ALL {
            let p = curve.domain().p;
            let zero = vec![0; curve.field_len()];
            for (x, y) in [(p, zero.as_slice()), (zero.as_slice(), p), (p, p)] {
                assert!(PublicKey::from_sec1(curve, &[&[4], x, y].concat()).is_err());
            }
        }
    }
}
