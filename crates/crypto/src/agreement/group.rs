//! The groups of both kinds under one name.

use super::DhGroup;
use crate::Curve;

/// Domain parameters that a key agreement may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// An elliptic curve.
    Ec(Curve),
    /// A Diffie-Hellman group.
    Dh(DhGroup),
}

impl Group {
    /// The group with that number among the standardised domain parameters (TR-03110-3 §A.2.1.1, ICAO 9303-11 §9.5.1):
    /// 0 to 2 are Diffie-Hellman groups, 8 to 18 curves. `None` for the numbers that are reserved.
    pub fn from_standardized_id(id: u8) -> Option<Self> {
        let dh = DhGroup::from_standardized_id(id).map(Self::Dh);
        dh.or_else(|| Curve::from_standardized_id(id).map(Self::Ec))
    }

    /// The number among the standardised domain parameters; `None` for a curve that has none.
    pub fn standardized_id(self) -> Option<u8> {
        match self {
            Self::Ec(curve) => curve.standardized_id(),
            Self::Dh(group) => Some(group.standardized_id()),
        }
    }

    /// The usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ec(curve) => curve.name(),
            Self::Dh(group) => group.name(),
        }
    }

    /// The length of a public key on the wire in bytes: exactly that of a point, at most that of a Diffie-Hellman value.
    pub const fn public_len(self) -> usize {
        match self {
            Self::Ec(curve) => curve.point_len(),
            Self::Dh(group) => group.prime_len(),
        }
    }
}
