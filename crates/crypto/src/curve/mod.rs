//! The elliptic curves of chip cards: names, numbers, domain parameters.

mod arithmetic;
mod brainpool;
mod domain;
mod hex;

use antin_wire::oids::{self, ObjectIdentifier};

pub(crate) use arithmetic::Arithmetic;
pub(crate) use domain::without_zeros;
pub use domain::{Domain, Explicit};

/// An elliptic curve that this crate computes on. All have cofactor 1 and an order as long as the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Curve {
    /// NIST P-256, also secp256r1, FIPS 186-5.
    P256,
    /// NIST P-384, also secp384r1, FIPS 186-5.
    P384,
    /// brainpoolP256r1, RFC 5639 §3.4.
    BrainpoolP256r1,
    /// brainpoolP384r1, RFC 5639 §3.6.
    BrainpoolP384r1,
}

impl Curve {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::P256,
        Self::P384,
        Self::BrainpoolP256r1,
        Self::BrainpoolP384r1,
    ];

    /// The object identifier of the named curve.
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => oids::SECP256R1,
            Self::P384 => oids::SECP384R1,
            Self::BrainpoolP256r1 => oids::BRAINPOOL_P256R1,
            Self::BrainpoolP384r1 => oids::BRAINPOOL_P384R1,
        }
    }

    /// The curve with that object identifier, if this crate has it.
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.oid() == *oid)
    }

    /// The curve's usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::BrainpoolP256r1 => "brainpoolP256r1",
            Self::BrainpoolP384r1 => "brainpoolP384r1",
        }
    }

    /// The length of a coordinate in bytes.
    pub const fn field_len(self) -> usize {
        match self {
            Self::P256 | Self::BrainpoolP256r1 => 32,
            Self::P384 | Self::BrainpoolP384r1 => 48,
        }
    }

    /// The length of a private key, and of each half of a signature, in bytes.
    pub const fn order_len(self) -> usize {
        self.field_len()
    }

    /// The length of an uncompressed public point in bytes: `04`, x, y.
    pub const fn point_len(self) -> usize {
        1 + 2 * self.field_len()
    }

    /// The number of the curve among the standardised domain parameters, ICAO 9303-11 §9.5.1.
    pub const fn standardized_id(self) -> Option<u8> {
        match self {
            Self::P256 => Some(12),
            Self::BrainpoolP256r1 => Some(13),
            Self::P384 => Some(15),
            Self::BrainpoolP384r1 => Some(16),
        }
    }

    /// The curve with that number among the standardised domain parameters, if this crate has it.
    pub fn from_standardized_id(id: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|curve| curve.standardized_id() == Some(id))
    }

    /// The domain parameters.
    pub fn domain(self) -> &'static Domain {
        domain::of(self)
    }

    /// Finds the curve that explicit parameters describe, comparing value by value; `None` if no curve of this crate
    /// has exactly these values.
    ///
    /// Leading zeros do not matter, the generator may be compressed, and a missing cofactor is taken as right. The
    /// seed of the curve's making is not compared, as it has no influence on any computation.
    pub fn match_explicit(parameters: &Explicit<'_>) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|curve| curve.domain().matches(parameters))
    }

    pub(crate) fn arithmetic(self) -> &'static dyn Arithmetic {
        arithmetic::of(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_lead_back_to_the_curve() {
        for curve in Curve::ALL {
            assert_eq!(Curve::from_oid(&curve.oid()), Some(curve));
            assert_eq!(
                Curve::from_standardized_id(curve.standardized_id().unwrap()),
                Some(curve)
            );
        }
        assert_eq!(Curve::from_oid(&oids::BRAINPOOL_P512R1), None);
        for unknown in [0, 1, 2, 3, 11, 14, 17, 18, 19, 255] {
            assert_eq!(Curve::from_standardized_id(unknown), None);
        }
    }
}
