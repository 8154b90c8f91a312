//! The signature algorithms of Terminal Authentication.

use antin_crypto::{Hash, ObjectIdentifier};
use antin_wire::oids;

/// How a key in a CV certificate signs (TR-03110-3 §A.7.3 and §A.7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-1.
    RsaV15Sha1,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RsaV15Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaV15Sha512,
    /// RSASSA-PSS with SHA-1.
    RsaPssSha1,
    /// RSASSA-PSS with SHA-256.
    RsaPssSha256,
    /// RSASSA-PSS with SHA-512.
    RsaPssSha512,
    /// ECDSA with SHA-1.
    EcdsaSha1,
    /// ECDSA with SHA-224.
    EcdsaSha224,
    /// ECDSA with SHA-256.
    EcdsaSha256,
    /// ECDSA with SHA-384.
    EcdsaSha384,
    /// ECDSA with SHA-512.
    EcdsaSha512,
}

/// The family of a [`TaAlgorithm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// RSASSA-PKCS1-v1_5.
    RsaV15,
    /// RSASSA-PSS: MGF1 with the same hash, a salt as long as the hash.
    RsaPss,
    /// ECDSA, signatures as r || s (TR-03111).
    Ecdsa,
}

impl TaAlgorithm {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::RsaV15Sha1,
        Self::RsaV15Sha256,
        Self::RsaV15Sha512,
        Self::RsaPssSha1,
        Self::RsaPssSha256,
        Self::RsaPssSha512,
        Self::EcdsaSha1,
        Self::EcdsaSha224,
        Self::EcdsaSha256,
        Self::EcdsaSha384,
        Self::EcdsaSha512,
    ];

    /// The object identifier in public keys and in MSE:Set AT.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::RsaV15Sha1 => oids::ID_TA_RSA_V1_5_SHA_1,
            Self::RsaV15Sha256 => oids::ID_TA_RSA_V1_5_SHA_256,
            Self::RsaV15Sha512 => oids::ID_TA_RSA_V1_5_SHA_512,
            Self::RsaPssSha1 => oids::ID_TA_RSA_PSS_SHA_1,
            Self::RsaPssSha256 => oids::ID_TA_RSA_PSS_SHA_256,
            Self::RsaPssSha512 => oids::ID_TA_RSA_PSS_SHA_512,
            Self::EcdsaSha1 => oids::ID_TA_ECDSA_SHA_1,
            Self::EcdsaSha224 => oids::ID_TA_ECDSA_SHA_224,
            Self::EcdsaSha256 => oids::ID_TA_ECDSA_SHA_256,
            Self::EcdsaSha384 => oids::ID_TA_ECDSA_SHA_384,
            Self::EcdsaSha512 => oids::ID_TA_ECDSA_SHA_512,
        }
    }

    /// The algorithm with that object identifier.
    #[must_use]
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.oid() == *oid)
    }

    /// ECDSA with that hash.
    #[must_use]
    pub const fn ecdsa(hash: Hash) -> Self {
        match hash {
            Hash::Sha1 => Self::EcdsaSha1,
            Hash::Sha224 => Self::EcdsaSha224,
            Hash::Sha256 => Self::EcdsaSha256,
            Hash::Sha384 => Self::EcdsaSha384,
            Hash::Sha512 => Self::EcdsaSha512,
        }
    }

    /// The standard's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        oids::name(&self.oid()).unwrap_or("id-TA")
    }

    /// The family.
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::RsaV15Sha1 | Self::RsaV15Sha256 | Self::RsaV15Sha512 => Family::RsaV15,
            Self::RsaPssSha1 | Self::RsaPssSha256 | Self::RsaPssSha512 => Family::RsaPss,
            Self::EcdsaSha1
            | Self::EcdsaSha224
            | Self::EcdsaSha256
            | Self::EcdsaSha384
            | Self::EcdsaSha512 => Family::Ecdsa,
        }
    }

    /// The hash function.
    #[must_use]
    pub const fn hash(self) -> Hash {
        match self {
            Self::RsaV15Sha1 | Self::RsaPssSha1 | Self::EcdsaSha1 => Hash::Sha1,
            Self::EcdsaSha224 => Hash::Sha224,
            Self::RsaV15Sha256 | Self::RsaPssSha256 | Self::EcdsaSha256 => Hash::Sha256,
            Self::EcdsaSha384 => Hash::Sha384,
            Self::RsaV15Sha512 | Self::RsaPssSha512 | Self::EcdsaSha512 => Hash::Sha512,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_names_and_hashes_belong_together() {
        for algorithm in TaAlgorithm::ALL {
            assert_eq!(TaAlgorithm::from_oid(&algorithm.oid()), Some(algorithm));
            let digits = algorithm.hash().name().trim_start_matches("SHA");
            assert!(
                algorithm.name().ends_with(&format!("SHA{digits}")),
                "{}",
                algorithm.name()
            );
        }
        assert_eq!(TaAlgorithm::from_oid(&oids::ID_TA), None);
        for hash in Hash::ALL {
            assert_eq!(TaAlgorithm::ecdsa(hash).hash(), hash);
        }
    }
}
