//! A trusted country signing authority, and how far it is trusted.

use core::fmt;

use super::pool::Pooled;
use crate::certificate::{Certificate, Country};
use crate::pki::is_test_name;

/// How far an anchor is trusted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrustLevel {
    /// It speaks for a country.
    Official,
    /// It speaks for nobody outside of the test set of this name.
    Test {
        /// The set's name.
        set: String,
    },
}

impl TrustLevel {
    /// Whether an authority of this level may speak of documents under one of the other: a test authority never speaks of
    /// official ones.
    #[must_use]
    pub const fn speaks_for(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Official, _) | (_, Self::Test { .. }))
    }
}

impl fmt::Display for TrustLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Official => f.write_str("official"),
            Self::Test { set } => write!(f, "test authority of the set {}", set.escape_debug()),
        }
    }
}

/// Where a certificate went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Placed {
    /// Among those that count.
    Official,
    /// In a test set.
    Test,
    /// It was there before.
    Known,
}

/// A CSCA certificate with the level of its trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    certificate: Certificate,
    level: TrustLevel,
}

impl Anchor {
    pub(super) const fn new(certificate: Certificate, level: TrustLevel) -> Self {
        Self { certificate, level }
    }

    /// The certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// How far it is trusted.
    #[must_use]
    pub const fn level(&self) -> &TrustLevel {
        &self.level
    }

    /// Whether a certificate calls itself test: by the organisation that every test certificate of this project bears, or
    /// by the country Utopia, under which specimens are made (ICAO 9303-3 §5).
    ///
    /// This guards against mistakes of an operator; whoever wants a test authority to look official needs the operator to
    /// trust it first.
    #[must_use]
    pub fn is_test(certificate: &Certificate) -> bool {
        certificate.subject().country() == Country::Letters(*b"UT") || is_test_name(certificate.subject())
    }
}

impl Pooled for Anchor {
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}
