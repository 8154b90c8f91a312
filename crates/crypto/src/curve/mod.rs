//! The elliptic curves of chip cards: names, numbers, domain parameters.

mod arithmetic;
mod domain;
mod hex;
mod weierstrass;

use antin_wire::oids::{self, ObjectIdentifier};

pub(crate) use arithmetic::Arithmetic;
pub(crate) use domain::without_zeros;
pub use domain::{Domain, Explicit};

/// An elliptic curve that this crate computes on: those of the standardised domain parameters, ICAO 9303-11 §9.5.1, on
/// which chips agree on keys, and the rest of RFC 5639, with which some issuers sign. All have cofactor 1 and an order as long as the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Curve {
    /// NIST P-192, also secp192r1 and prime192v1, of FIPS 186-4; for old chips alone.
    P192,
    /// NIST P-224, also secp224r1, FIPS 186-5.
    P224,
    /// NIST P-256, also secp256r1, FIPS 186-5.
    P256,
    /// NIST P-384, also secp384r1, FIPS 186-5.
    P384,
    /// NIST P-521, also secp521r1, FIPS 186-5.
    P521,
    /// brainpoolP192r1, RFC 5639 §3.2.
    BrainpoolP192r1,
    /// brainpoolP224r1, RFC 5639 §3.3.
    BrainpoolP224r1,
    /// brainpoolP256r1, RFC 5639 §3.4.
    BrainpoolP256r1,
    /// brainpoolP320r1, RFC 5639 §3.5.
    BrainpoolP320r1,
    /// brainpoolP384r1, RFC 5639 §3.6.
    BrainpoolP384r1,
    /// brainpoolP512r1, RFC 5639 §3.7.
    BrainpoolP512r1,
    /// brainpoolP160r1, RFC 5639 §3.1; for old signatures alone.
    BrainpoolP160r1,
    /// brainpoolP160t1, RFC 5639 §3.1; for old signatures alone.
    BrainpoolP160t1,
    /// brainpoolP192t1, RFC 5639 §3.2.
    BrainpoolP192t1,
    /// brainpoolP224t1, RFC 5639 §3.3.
    BrainpoolP224t1,
    /// brainpoolP256t1, RFC 5639 §3.4.
    BrainpoolP256t1,
    /// brainpoolP320t1, RFC 5639 §3.5.
    BrainpoolP320t1,
    /// brainpoolP384t1, RFC 5639 §3.6.
    BrainpoolP384t1,
    /// brainpoolP512t1, RFC 5639 §3.7.
    BrainpoolP512t1,
}

impl Curve {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::P192,
        Self::P224,
        Self::P256,
        Self::P384,
        Self::P521,
        Self::BrainpoolP192r1,
        Self::BrainpoolP224r1,
        Self::BrainpoolP256r1,
        Self::BrainpoolP320r1,
        Self::BrainpoolP384r1,
        Self::BrainpoolP512r1,
        Self::BrainpoolP160r1,
        Self::BrainpoolP160t1,
        Self::BrainpoolP192t1,
        Self::BrainpoolP224t1,
        Self::BrainpoolP256t1,
        Self::BrainpoolP320t1,
        Self::BrainpoolP384t1,
        Self::BrainpoolP512t1,
    ];

    /// Those with a number among the standardised domain parameters, ICAO 9303-11 §9.5.1.
    pub const STANDARDIZED: [Self; 11] = [
        Self::P192,
        Self::P224,
        Self::P256,
        Self::P384,
        Self::P521,
        Self::BrainpoolP192r1,
        Self::BrainpoolP224r1,
        Self::BrainpoolP256r1,
        Self::BrainpoolP320r1,
        Self::BrainpoolP384r1,
        Self::BrainpoolP512r1,
    ];

    /// The object identifier of the named curve.
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P192 => oids::SECP192R1,
            Self::P224 => oids::SECP224R1,
            Self::P256 => oids::SECP256R1,
            Self::P384 => oids::SECP384R1,
            Self::P521 => oids::SECP521R1,
            Self::BrainpoolP192r1 => oids::BRAINPOOL_P192R1,
            Self::BrainpoolP224r1 => oids::BRAINPOOL_P224R1,
            Self::BrainpoolP256r1 => oids::BRAINPOOL_P256R1,
            Self::BrainpoolP320r1 => oids::BRAINPOOL_P320R1,
            Self::BrainpoolP384r1 => oids::BRAINPOOL_P384R1,
            Self::BrainpoolP512r1 => oids::BRAINPOOL_P512R1,
            Self::BrainpoolP160r1 => oids::BRAINPOOL_P160R1,
            Self::BrainpoolP160t1 => oids::BRAINPOOL_P160T1,
            Self::BrainpoolP192t1 => oids::BRAINPOOL_P192T1,
            Self::BrainpoolP224t1 => oids::BRAINPOOL_P224T1,
            Self::BrainpoolP256t1 => oids::BRAINPOOL_P256T1,
            Self::BrainpoolP320t1 => oids::BRAINPOOL_P320T1,
            Self::BrainpoolP384t1 => oids::BRAINPOOL_P384T1,
            Self::BrainpoolP512t1 => oids::BRAINPOOL_P512T1,
        }
    }

    /// The curve with that object identifier, if this crate has it.
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.oid() == *oid)
    }

    /// The curve's usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::P192 => "P-192",
            Self::P224 => "P-224",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::BrainpoolP192r1 => "brainpoolP192r1",
            Self::BrainpoolP224r1 => "brainpoolP224r1",
            Self::BrainpoolP256r1 => "brainpoolP256r1",
            Self::BrainpoolP320r1 => "brainpoolP320r1",
            Self::BrainpoolP384r1 => "brainpoolP384r1",
            Self::BrainpoolP512r1 => "brainpoolP512r1",
            Self::BrainpoolP160r1 => "brainpoolP160r1",
            Self::BrainpoolP160t1 => "brainpoolP160t1",
            Self::BrainpoolP192t1 => "brainpoolP192t1",
            Self::BrainpoolP224t1 => "brainpoolP224t1",
            Self::BrainpoolP256t1 => "brainpoolP256t1",
            Self::BrainpoolP320t1 => "brainpoolP320t1",
            Self::BrainpoolP384t1 => "brainpoolP384t1",
            Self::BrainpoolP512t1 => "brainpoolP512t1",
        }
    }

    /// The length of a coordinate in bytes.
    pub const fn field_len(self) -> usize {
        match self {
            Self::BrainpoolP160r1 | Self::BrainpoolP160t1 => 20,
            Self::P192 | Self::BrainpoolP192r1 | Self::BrainpoolP192t1 => 24,
            Self::P224 | Self::BrainpoolP224r1 | Self::BrainpoolP224t1 => 28,
            Self::P256 | Self::BrainpoolP256r1 | Self::BrainpoolP256t1 => 32,
            Self::BrainpoolP320r1 | Self::BrainpoolP320t1 => 40,
            Self::P384 | Self::BrainpoolP384r1 | Self::BrainpoolP384t1 => 48,
            Self::BrainpoolP512r1 | Self::BrainpoolP512t1 => 64,
            Self::P521 => 66,
        }
    }

    /// The length of the field's prime in bits.
    pub const fn field_bits(self) -> usize {
        match self {
            Self::P521 => 521,
            shorter => 8 * shorter.field_len(),
        }
    }

    /// Whether PACE's integrated mapping exists on the curve: if its prime is 3 modulo 4, ICAO 9303-11 appendix B.1.
    /// On P-224 it does not.
    pub const fn has_integrated_mapping(self) -> bool {
        !matches!(self, Self::P224)
    }

    /// The length of a private key, and of each half of a signature, in bytes.
    pub const fn order_len(self) -> usize {
        self.field_len()
    }

    /// Against how many bits of a symmetric key the curve holds: half the bits of its order, in whole bytes.
    pub fn security_bits(self) -> u32 {
        u32::try_from(self.order_len() * 4).unwrap_or(0)
    }

    /// The length of an uncompressed public point in bytes: `04`, x, y.
    pub const fn point_len(self) -> usize {
        1 + 2 * self.field_len()
    }

    /// The number of the curve among the standardised domain parameters, ICAO 9303-11 §9.5.1.
    pub const fn standardized_id(self) -> Option<u8> {
        match self {
            Self::P192 => Some(8),
            Self::P224 => Some(10),
            Self::P256 => Some(12),
            Self::P384 => Some(15),
            Self::P521 => Some(18),
            Self::BrainpoolP192r1 => Some(9),
            Self::BrainpoolP224r1 => Some(11),
            Self::BrainpoolP256r1 => Some(13),
            Self::BrainpoolP320r1 => Some(14),
            Self::BrainpoolP384r1 => Some(16),
            Self::BrainpoolP512r1 => Some(17),
            Self::BrainpoolP160r1
            | Self::BrainpoolP160t1
            | Self::BrainpoolP192t1
            | Self::BrainpoolP224t1
            | Self::BrainpoolP256t1
            | Self::BrainpoolP320t1
            | Self::BrainpoolP384t1
            | Self::BrainpoolP512t1 => None,
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
            let found = curve.standardized_id().and_then(Curve::from_standardized_id);
            let numbered = Curve::STANDARDIZED.contains(&curve);
            assert_eq!(found, numbered.then_some(curve));
        }
        let secp256k1 = ObjectIdentifier::new_unwrap("1.3.132.0.10");
        assert_eq!(Curve::from_oid(&secp256k1), None);
        for unknown in [0, 1, 2, 3, 7, 19, 31, 32, 255] {
            assert_eq!(Curve::from_standardized_id(unknown), None);
        }
    }
}
