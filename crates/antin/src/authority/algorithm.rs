//! The names of signature algorithms, as they stand in files and on the command line.

use antin_crypto::rsa::Scheme;
use antin_crypto::{Curve, Hash, SignatureAlgorithm};

/// Every algorithm that a key of an authority may sign with (ICAO 9303-12 §4.1.6: SHA-224 to SHA-512).
const NAMES: [(&str, SignatureAlgorithm); 12] = [
    ("ecdsa-sha-224", SignatureAlgorithm::ecdsa(Hash::Sha224)),
    ("ecdsa-sha-256", SignatureAlgorithm::ecdsa(Hash::Sha256)),
    ("ecdsa-sha-384", SignatureAlgorithm::ecdsa(Hash::Sha384)),
    ("ecdsa-sha-512", SignatureAlgorithm::ecdsa(Hash::Sha512)),
    ("rsa-pss-sha-224", SignatureAlgorithm::rsa_pss(Hash::Sha224)),
    ("rsa-pss-sha-256", SignatureAlgorithm::rsa_pss(Hash::Sha256)),
    ("rsa-pss-sha-384", SignatureAlgorithm::rsa_pss(Hash::Sha384)),
    ("rsa-pss-sha-512", SignatureAlgorithm::rsa_pss(Hash::Sha512)),
    ("rsa-v1-5-sha-224", SignatureAlgorithm::rsa_pkcs1(Hash::Sha224)),
    ("rsa-v1-5-sha-256", SignatureAlgorithm::rsa_pkcs1(Hash::Sha256)),
    ("rsa-v1-5-sha-384", SignatureAlgorithm::rsa_pkcs1(Hash::Sha384)),
    ("rsa-v1-5-sha-512", SignatureAlgorithm::rsa_pkcs1(Hash::Sha512)),
];

/// The algorithm of this name; with every name there is, if there is none.
///
/// # Errors
/// The names, divided by commas.
pub fn algorithm_of(name: &str) -> Result<SignatureAlgorithm, String> {
    let found = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, algorithm)| *algorithm).ok_or_else(|| {
        let all: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
        all.join(", ")
    })
}

/// The name of an algorithm; its own description for one that no key here signs with.
#[must_use]
pub fn algorithm_name(algorithm: SignatureAlgorithm) -> String {
    let found = NAMES.iter().find(|(_, known)| *known == algorithm);
    found.map_or_else(|| algorithm.name(), |(name, _)| (*name).to_owned())
}

/// ECDSA with a hash that is as long as the curve is strong.
#[must_use]
pub const fn default_algorithm(curve: Curve) -> SignatureAlgorithm {
    SignatureAlgorithm::ecdsa(match curve.order_len() {
        0..=32 => Hash::Sha256,
        33..=48 => Hash::Sha384,
        _ => Hash::Sha512,
    })
}

/// Whether the algorithm is one of RSA.
pub(super) const fn is_rsa(algorithm: SignatureAlgorithm) -> bool {
    matches!(
        algorithm,
        SignatureAlgorithm::Rsa(Scheme::Pkcs1v15(_) | Scheme::Pss { .. })
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_its_algorithm_and_back() {
        for (name, algorithm) in NAMES {
            assert_eq!(algorithm_of(name), Ok(algorithm));
            assert_eq!(algorithm_name(algorithm), name);
            assert_eq!(is_rsa(algorithm), name.starts_with("rsa"));
        }
        assert!(
            algorithm_of("ecdsa-sha-1")
                .unwrap_err()
                .contains("rsa-pss-sha-256")
        );
    }
}
