//! Domain parameters, and how explicit ones are recognised.

use super::{Curve, hex};

/// The domain parameters of a curve `y² = x³ + ax + b` over GF(p). Numbers are big-endian and have their full length.
#[derive(Debug, PartialEq, Eq)]
pub struct Domain {
    /// The prime of the field, [`Curve::field_len`] bytes.
    pub p: &'static [u8],
    /// The coefficient a, [`Curve::field_len`] bytes.
    pub a: &'static [u8],
    /// The coefficient b, [`Curve::field_len`] bytes.
    pub b: &'static [u8],
    /// The generator, uncompressed: `04`, x, y.
    pub g: &'static [u8],
    /// The order of the generator, [`Curve::order_len`] bytes.
    pub n: &'static [u8],
    /// The cofactor.
    pub h: u8,
}

/// Explicit domain parameters as a certificate or a chip states them: big-endian numbers of any length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explicit<'a> {
    /// The prime of the field.
    pub p: &'a [u8],
    /// The coefficient a.
    pub a: &'a [u8],
    /// The coefficient b.
    pub b: &'a [u8],
    /// The generator, uncompressed or compressed.
    pub g: &'a [u8],
    /// The order of the generator.
    pub n: &'a [u8],
    /// The cofactor, if it is stated.
    pub h: Option<&'a [u8]>,
}

impl Domain {
    /// These parameters in the form in which others state them.
    pub fn as_explicit(&self) -> Explicit<'_> {
        let Self { p, a, b, g, n, h } = self;
        Explicit {
            p,
            a,
            b,
            g,
            n,
            h: Some(core::slice::from_ref(h)),
        }
    }

    pub(super) fn matches(&self, other: &Explicit<'_>) -> bool {
        let same = |ours: &[u8], theirs: &[u8]| without_zeros(ours) == without_zeros(theirs);
        same(self.p, other.p)
            && same(self.a, other.a)
            && same(self.b, other.b)
            && same(self.n, other.n)
            && other.h.is_none_or(|h| same(&[self.h], h))
            && self.is_generator(other.g)
    }

    fn is_generator(&self, point: &[u8]) -> bool {
        let parity = self.g.last().map(|y| y & 1);
        let own_x = self.g.get(1..=self.p.len());
        match point.split_first() {
            Some((0x04, _)) => point == self.g,
            Some((0x02, x)) => parity == Some(0) && Some(x) == own_x,
            Some((0x03, x)) => parity == Some(1) && Some(x) == own_x,
            _ => false,
        }
    }
}

/// The number without its leading zeros.
pub(crate) fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

pub(super) fn of(curve: Curve) -> &'static Domain {
    match curve {
        Curve::P192 => &P192,
        Curve::P224 => &P224,
        Curve::P256 => &P256,
        Curve::P384 => &P384,
        Curve::P521 => &P521,
        Curve::BrainpoolP192r1 => &BRAINPOOL_P192R1,
        Curve::BrainpoolP224r1 => &BRAINPOOL_P224R1,
        Curve::BrainpoolP256r1 => &BRAINPOOL_P256R1,
        Curve::BrainpoolP320r1 => &BRAINPOOL_P320R1,
        Curve::BrainpoolP384r1 => &BRAINPOOL_P384R1,
        Curve::BrainpoolP512r1 => &BRAINPOOL_P512R1,
        Curve::BrainpoolP160r1 => &BRAINPOOL_P160R1,
        Curve::BrainpoolP160t1 => &BRAINPOOL_P160T1,
        Curve::BrainpoolP192t1 => &BRAINPOOL_P192T1,
        Curve::BrainpoolP224t1 => &BRAINPOOL_P224T1,
        Curve::BrainpoolP256t1 => &BRAINPOOL_P256T1,
        Curve::BrainpoolP320t1 => &BRAINPOOL_P320T1,
        Curve::BrainpoolP384t1 => &BRAINPOOL_P384T1,
        Curve::BrainpoolP512t1 => &BRAINPOOL_P512T1,
    }
}

macro_rules! domain {
    ($name:ident, $field_len:literal) => {
        static $name: Domain = Domain {
            p: &hex::bytes::<$field_len>(hex::$name.p),
            a: &hex::bytes::<$field_len>(hex::$name.a),
            b: &hex::bytes::<$field_len>(hex::$name.b),
            g: &hex::point::<{ 1 + 2 * $field_len }>(hex::$name.gx, hex::$name.gy),
            n: &hex::bytes::<$field_len>(hex::$name.n),
            h: 1,
        };
    };
}

domain!(P192, 24);
domain!(P224, 28);
domain!(P256, 32);
domain!(P384, 48);
domain!(P521, 66);
domain!(BRAINPOOL_P192R1, 24);
domain!(BRAINPOOL_P224R1, 28);
domain!(BRAINPOOL_P256R1, 32);
domain!(BRAINPOOL_P320R1, 40);
domain!(BRAINPOOL_P384R1, 48);
domain!(BRAINPOOL_P512R1, 64);
domain!(BRAINPOOL_P160R1, 20);
domain!(BRAINPOOL_P160T1, 20);
domain!(BRAINPOOL_P192T1, 24);
domain!(BRAINPOOL_P224T1, 28);
domain!(BRAINPOOL_P256T1, 32);
domain!(BRAINPOOL_P320T1, 40);
domain!(BRAINPOOL_P384T1, 48);
domain!(BRAINPOOL_P512T1, 64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_curve_recognises_its_own_parameters() {
        for curve in Curve::ALL {
            let domain = curve.domain();
            assert_eq!(
                (domain.p.len(), domain.n.len()),
                (curve.field_len(), curve.order_len())
            );
            assert_eq!(domain.g.len(), curve.point_len());
            assert_eq!(Curve::match_explicit(&domain.as_explicit()), Some(curve));
        }
    }

    #[test]
    fn leading_zeros_compression_and_a_missing_cofactor_do_not_matter() {
        for curve in Curve::ALL {
            let domain = curve.domain();
            let longer = |number: &[u8]| [&[0, 0], number].concat();
            let (p, a, b, n) = (
                longer(domain.p),
                longer(domain.a),
                longer(domain.b),
                longer(domain.n),
            );
            let compressed = [
                &[2 + (domain.g.last().unwrap() & 1)],
                &domain.g[1..=curve.field_len()],
            ]
            .concat();
            let stated = Explicit {
                p: &p,
                a: &a,
                b: &b,
                g: &compressed,
                n: &n,
                h: None,
            };
            assert_eq!(Curve::match_explicit(&stated), Some(curve));
            let shorter = Explicit {
                b: without_zeros(&b),
                h: Some(&[0, 1]),
                ..stated
            };
            assert_eq!(Curve::match_explicit(&shorter), Some(curve));
        }
    }

    #[test]
    fn one_changed_bit_anywhere_is_another_curve() {
        for curve in Curve::ALL {
            let own = curve.domain().as_explicit();
            let flipped = |number: &[u8], at: usize| {
                let mut changed = number.to_vec();
                changed[at] ^= 1;
                changed
            };
            for at in 0..curve.field_len() {
                let (p, a) = (flipped(own.p, at), flipped(own.a, at));
                let (b, n) = (flipped(own.b, at), flipped(own.n, at));
                for changed in [
                    Explicit { p: &p, ..own },
                    Explicit { a: &a, ..own },
                    Explicit { b: &b, ..own },
                    Explicit { n: &n, ..own },
                ] {
                    assert_eq!(Curve::match_explicit(&changed), None);
                }
            }
            for at in 0..curve.point_len() {
                assert_eq!(
                    Curve::match_explicit(&Explicit {
                        g: &flipped(own.g, at),
                        ..own
                    }),
                    None
                );
            }
            for h in [&[2][..], &[], &[1, 0]] {
                assert_eq!(Curve::match_explicit(&Explicit { h: Some(h), ..own }), None);
            }
        }
    }

    #[test]
    fn the_other_root_is_not_the_generator() {
        for curve in Curve::ALL {
            let own = curve.domain().as_explicit();
            let wrong_parity = [&[3 - (own.g.last().unwrap() & 1)], &own.g[1..=curve.field_len()]].concat();
            assert_eq!(
                Curve::match_explicit(&Explicit {
                    g: &wrong_parity,
                    ..own
                }),
                None
            );
            assert_eq!(Curve::match_explicit(&Explicit { g: &[], ..own }), None);
        }
    }
}
