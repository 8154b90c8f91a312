//! Signature algorithms, and the `AlgorithmIdentifier`s that name them.

use antin_wire::oids::{self, ObjectIdentifier};
use antin_wire::tlv::{Tag, object};
use der::Decode;
use spki::AlgorithmIdentifierRef;

use crate::rsa::Scheme;
use crate::{Error, Hash};

/// A signature algorithm that this crate has, with all its parameters.
///
/// ```
/// use antin_crypto::{Hash, SignatureAlgorithm, rsa::Scheme};
///
/// let pss = SignatureAlgorithm::Rsa(Scheme::pss(Hash::Sha256));
/// assert_eq!(SignatureAlgorithm::from_der(&pss.to_der()), Ok(pss));
/// assert_eq!(pss.hash(), Hash::Sha256);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// ECDSA (TR-03111 §4.2.1) of the message's hash value. SHA-1 is broken; it is verified so that a report can say
    /// what an old document carries.
    Ecdsa(Hash),
    /// RSASSA-PKCS1-v1_5 or RSASSA-PSS.
    Rsa(Scheme),
}

impl SignatureAlgorithm {
    /// ECDSA with the given hash function.
    pub const fn ecdsa(hash: Hash) -> Self {
        Self::Ecdsa(hash)
    }

    /// RSASSA-PKCS1-v1_5 with the given hash function.
    pub const fn rsa_pkcs1(hash: Hash) -> Self {
        Self::Rsa(Scheme::Pkcs1v15(hash))
    }

    /// RSASSA-PSS with the given hash function everywhere and a salt of its length.
    pub const fn rsa_pss(hash: Hash) -> Self {
        Self::Rsa(Scheme::pss(hash))
    }

    /// The object identifier; what more there is to say stands in the parameters, see [`to_der`](Self::to_der).
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Ecdsa(Hash::Sha1) => oids::ECDSA_WITH_SHA1,
            Self::Ecdsa(Hash::Sha224) => oids::ECDSA_WITH_SHA224,
            Self::Ecdsa(Hash::Sha256) => oids::ECDSA_WITH_SHA256,
            Self::Ecdsa(Hash::Sha384) => oids::ECDSA_WITH_SHA384,
            Self::Ecdsa(Hash::Sha512) => oids::ECDSA_WITH_SHA512,
            Self::Rsa(scheme) => scheme.oid(),
        }
    }

    /// The ECDSA algorithm with that object identifier, for those who are told no more than the identifier.
    pub fn ecdsa_from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Hash::ALL
            .into_iter()
            .map(Self::Ecdsa)
            .find(|known| known.oid() == *oid)
    }

    /// The hash function of the message.
    pub const fn hash(self) -> Hash {
        match self {
            Self::Ecdsa(hash) => hash,
            Self::Rsa(scheme) => scheme.hash(),
        }
    }

    /// The algorithm in a few words: `ECDSA SHA-256`, `RSA-PSS SHA-256, MGF1 SHA-1, salt 20`.
    pub fn name(self) -> String {
        match self {
            Self::Ecdsa(hash) => format!("ECDSA {}", hash.name()),
            Self::Rsa(Scheme::Pkcs1v15(hash)) => format!("RSA PKCS#1 v1.5 {}", hash.name()),
            Self::Rsa(Scheme::Pss { hash, mgf, salt_len }) if mgf == hash => {
                format!("RSA-PSS {}, salt {salt_len}", hash.name())
            }
            Self::Rsa(Scheme::Pss { hash, mgf, salt_len }) => {
                format!("RSA-PSS {}, MGF1 {}, salt {salt_len}", hash.name(), mgf.name())
            }
        }
    }

    /// The whole `AlgorithmIdentifier` in DER: without parameters for ECDSA, with NULL for PKCS#1 v1.5, with
    /// `RSASSA-PSS-params` for PSS, default values left out.
    pub fn to_der(self) -> Vec<u8> {
        match self {
            Self::Ecdsa(_) => object(SEQUENCE, &object(OID, self.oid().as_bytes())),
            Self::Rsa(scheme) => scheme.to_algorithm_der(),
        }
    }

    /// Reads a whole `AlgorithmIdentifier`.
    ///
    /// The parameters of ECDSA are absent by its standard; NULL is tolerated, as some issuers write it. Those of PSS may be
    /// absent: then all its defaults hold (SHA-1, MGF1 with SHA-1, a salt of 20 bytes).
    ///
    /// # Errors
    /// [`Error::Malformed`] if the bytes are not exactly one `AlgorithmIdentifier`, if the parameters are not those of the
    /// algorithm, or if PSS is asked for with another trailer field than 1; [`Error::AlgorithmUnknown`] with what is not
    /// implemented: the algorithm, or the hash function or mask generation of PSS.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        if der.len() > MAX_LEN {
            return Err(MALFORMED);
        }
        let algorithm = AlgorithmIdentifierRef::from_der(der).map_err(|_| MALFORMED)?;
        match (Self::ecdsa_from_oid(&algorithm.oid), algorithm.parameters) {
            (None, _) => Scheme::from_algorithm(&algorithm).map(Self::Rsa),
            (Some(ecdsa), None) => Ok(ecdsa),
            (Some(ecdsa), Some(parameters)) if parameters.is_null() => Ok(ecdsa),
            (Some(_), Some(_)) => Err(MALFORMED),
        }
    }

    /// Reads the `signatureAlgorithm` of a CMS `SignerInfo`, where `rsaEncryption` stands for PKCS#1 v1.5 with the hash
    /// function of the `digestAlgorithm` beside it (RFC 3370 §3.2).
    ///
    /// # Errors
    /// As [`from_der`](Self::from_der); [`Error::AlgorithmUnknown`] with the digest algorithm if that one is needed and not
    /// implemented.
    pub fn from_signer_info(der: &[u8], digest_algorithm: &ObjectIdentifier) -> Result<Self, Error> {
        match Self::from_der(der) {
            Err(Error::AlgorithmUnknown { oid }) if oid == oids::RSA_ENCRYPTION => {
                let unknown = Error::AlgorithmUnknown {
                    oid: *digest_algorithm,
                };
                let algorithm = AlgorithmIdentifierRef::from_der(der).map_err(|_| MALFORMED)?;
                if algorithm
                    .parameters
                    .is_some_and(|parameters| !parameters.is_null())
                {
                    return Err(MALFORMED);
                }
                Hash::from_oid(digest_algorithm)
                    .map(Self::rsa_pkcs1)
                    .ok_or(unknown)
            }
            read => read,
        }
    }
}

const SEQUENCE: Tag = Tag(0x30);
const OID: Tag = Tag(0x06);

const MALFORMED: Error = Error::Malformed {
    what: "signature algorithm",
};

/// Three object identifiers and two numbers take less than 100 bytes.
const MAX_LEN: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn every() -> Vec<SignatureAlgorithm> {
        let mut all = Vec::new();
        for hash in Hash::ALL {
            all.extend([
                SignatureAlgorithm::ecdsa(hash),
                SignatureAlgorithm::rsa_pkcs1(hash),
            ]);
            for mgf in Hash::ALL {
                for salt_len in [0, 20, 32, 127, 128, 255, 256, 1000] {
                    all.push(SignatureAlgorithm::Rsa(Scheme::Pss { hash, mgf, salt_len }));
                }
            }
        }
        all
    }

    #[test]
    fn algorithms_come_back_as_they_went() {
        for algorithm in every() {
            let der = algorithm.to_der();
            assert_eq!(
                SignatureAlgorithm::from_der(&der),
                Ok(algorithm),
                "{}",
                algorithm.name()
            );
            for len in 0..der.len() {
                assert_eq!(SignatureAlgorithm::from_der(&der[..len]), Err(MALFORMED));
            }
            assert_eq!(
                SignatureAlgorithm::from_der(&[&der[..], &[0]].concat()),
                Err(MALFORMED)
            );
        }
        assert_eq!(SignatureAlgorithm::from_der(&[0x30; MAX_LEN + 1]), Err(MALFORMED));
    }

    #[test]
    fn parameters_of_ecdsa_are_absent_or_null() {
        let read = |der: &str| SignatureAlgorithm::from_der(&hex::decode(der).unwrap());
        let ecdsa = Ok(SignatureAlgorithm::ecdsa(Hash::Sha256));
        assert_eq!(read("300a06082a8648ce3d040302"), ecdsa);
        assert_eq!(read("300c06082a8648ce3d0403020500"), ecdsa);
        assert_eq!(read("300d06082a8648ce3d040302020101"), Err(MALFORMED));
        assert_eq!(read("300c06082a8648ce3d0403023000"), Err(MALFORMED));
    }

    #[test]
    fn pss_without_parameters_means_its_defaults() {
        let defaults = SignatureAlgorithm::Rsa(Scheme::Pss {
            hash: Hash::Sha1,
            mgf: Hash::Sha1,
            salt_len: 20,
        });
        let read = |der: &str| SignatureAlgorithm::from_der(&hex::decode(der).unwrap());
        assert_eq!(read("300b06092a864886f70d01010a"), Ok(defaults));
        assert_eq!(read("300d06092a864886f70d01010a3000"), Ok(defaults));
        assert_eq!(hex::encode(defaults.to_der()), "300d06092a864886f70d01010a3000");
        assert!(read("300d06092a864886f70d01010a0500").is_err());
    }

    #[test]
    fn the_trailer_field_of_pss_is_one_and_nothing_else() {
        let read = |trailer: &str| {
            let der = format!("301206092a864886f70d01010a3005a3030201{trailer}");
            SignatureAlgorithm::from_der(&hex::decode(der).unwrap())
        };
        assert!(read("01").is_ok());
        for other in ["00", "02", "7f"] {
            assert_eq!(
                read(other),
                Err(Error::Malformed {
                    what: "trailer field of RSASSA-PSS"
                })
            );
        }
    }

    #[test]
    fn rsa_encryption_in_a_signer_info_takes_the_hash_beside_it() {
        let der = hex::decode("300d06092a864886f70d0101010500").unwrap();
        let bare = hex::decode("300b06092a864886f70d010101").unwrap();
        for hash in Hash::ALL {
            let expected = Ok(SignatureAlgorithm::rsa_pkcs1(hash));
            assert_eq!(SignatureAlgorithm::from_signer_info(&der, &hash.oid()), expected);
            assert_eq!(SignatureAlgorithm::from_signer_info(&bare, &hash.oid()), expected);
        }
        let oid = oids::RSA_ENCRYPTION;
        assert_eq!(
            SignatureAlgorithm::from_der(&der),
            Err(Error::AlgorithmUnknown { oid })
        );
        let md5 = ObjectIdentifier::new_unwrap("1.2.840.113549.2.5");
        assert_eq!(
            SignatureAlgorithm::from_signer_info(&der, &md5),
            Err(Error::AlgorithmUnknown { oid: md5 })
        );
        let ecdsa = SignatureAlgorithm::ecdsa(Hash::Sha384);
        assert_eq!(
            SignatureAlgorithm::from_signer_info(&ecdsa.to_der(), &Hash::Sha256.oid()),
            Ok(ecdsa)
        );
    }
}
