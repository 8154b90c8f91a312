//! The signature schemes of RFC 8017, and how algorithm identifiers name them.

use antin_wire::oids::{self, ObjectIdentifier};
use der::asn1::{AnyRef, ContextSpecific, Null};
use der::{Decode, Reader, SliceReader, Tag, TagNumber, Tagged};
use spki::AlgorithmIdentifierRef;

use crate::{Error, Hash};

/// A signature scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5, RFC 8017 §8.2.
    Pkcs1v15(Hash),
    /// RSASSA-PSS, RFC 8017 §8.1, with MGF1.
    Pss {
        /// The hash function of the message.
        hash: Hash,
        /// The hash function of the mask generation, mostly the same.
        mgf: Hash,
        /// The length of the salt in bytes.
        salt_len: usize,
    },
}

impl Scheme {
    /// RSASSA-PSS with one hash function and a salt of its length.
    pub const fn pss(hash: Hash) -> Self {
        Self::Pss {
            hash,
            mgf: hash,
            salt_len: hash.output_len(),
        }
    }

    /// The object identifier of the signature algorithm.
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Pkcs1v15(Hash::Sha1) => oids::SHA1_WITH_RSA_ENCRYPTION,
            Self::Pkcs1v15(Hash::Sha224) => oids::SHA224_WITH_RSA_ENCRYPTION,
            Self::Pkcs1v15(Hash::Sha256) => oids::SHA256_WITH_RSA_ENCRYPTION,
            Self::Pkcs1v15(Hash::Sha384) => oids::SHA384_WITH_RSA_ENCRYPTION,
            Self::Pkcs1v15(Hash::Sha512) => oids::SHA512_WITH_RSA_ENCRYPTION,
            Self::Pss { .. } => oids::RSASSA_PSS,
        }
    }

    /// Reads an `AlgorithmIdentifier`: `sha1WithRSAEncryption` and its kin, or `id-RSASSA-PSS` with its parameters.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the bytes are not exactly one such structure, [`Error::AlgorithmUnknown`] with what is not
    /// implemented: a scheme, a hash function, a mask generation.
    pub fn from_algorithm_der(der: &[u8]) -> Result<Self, Error> {
        let algorithm = AlgorithmIdentifierRef::from_der(der).map_err(|_| MALFORMED)?;
        if algorithm.oid == oids::RSASSA_PSS {
            return pss_parameters(algorithm.parameters.ok_or(MALFORMED)?);
        }
        let hash = match algorithm.oid {
            oids::SHA1_WITH_RSA_ENCRYPTION => Hash::Sha1,
            oids::SHA224_WITH_RSA_ENCRYPTION => Hash::Sha224,
            oids::SHA256_WITH_RSA_ENCRYPTION => Hash::Sha256,
            oids::SHA384_WITH_RSA_ENCRYPTION => Hash::Sha384,
            oids::SHA512_WITH_RSA_ENCRYPTION => Hash::Sha512,
            oid => return Err(Error::AlgorithmUnknown { oid }),
        };
        no_parameters(&algorithm)?;
        Ok(Self::Pkcs1v15(hash))
    }
}

/// What a public key allows itself to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Restriction {
    /// `rsaEncryption`: anything.
    None,
    /// `id-RSASSA-PSS` without parameters: PSS only.
    AnyPss,
    /// `id-RSASSA-PSS` with parameters: PSS with these hash functions and a salt of at least this length (RFC 4055 §3.1).
    Pss {
        hash: Hash,
        mgf: Hash,
        min_salt_len: usize,
    },
}

impl Restriction {
    /// Reads the algorithm of a public key.
    pub fn from_algorithm(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<Self, Error> {
        match (algorithm.oid, algorithm.parameters) {
            (oids::RSA_ENCRYPTION, _) => no_parameters(algorithm).map(|()| Self::None),
            (oids::RSASSA_PSS, None) => Ok(Self::AnyPss),
            (oids::RSASSA_PSS, Some(parameters)) => match pss_parameters(parameters)? {
                Scheme::Pss { hash, mgf, salt_len } => Ok(Self::Pss {
                    hash,
                    mgf,
                    min_salt_len: salt_len,
                }),
                Scheme::Pkcs1v15(_) => Err(MALFORMED),
            },
            (oid, _) => Err(Error::AlgorithmUnknown { oid }),
        }
    }

    /// Whether a signature of this scheme may be verified.
    pub fn allows(self, scheme: Scheme) -> bool {
        match (self, scheme) {
            (Self::None, _) | (Self::AnyPss, Scheme::Pss { .. }) => true,
            (Self::AnyPss | Self::Pss { .. }, Scheme::Pkcs1v15(_)) => false,
            (
                Self::Pss {
                    hash,
                    mgf,
                    min_salt_len,
                },
                Scheme::Pss {
                    hash: used,
                    mgf: used_mgf,
                    salt_len,
                },
            ) => hash == used && mgf == used_mgf && salt_len >= min_salt_len,
        }
    }
}

/// ```text
/// RSASSA-PSS-params ::= SEQUENCE {
///     hashAlgorithm    [0] HashAlgorithm DEFAULT sha1,
///     maskGenAlgorithm [1] MaskGenAlgorithm DEFAULT mgf1SHA1,
///     saltLength       [2] INTEGER DEFAULT 20,
///     trailerField     [3] INTEGER DEFAULT 1 }
/// ```
fn pss_parameters(parameters: AnyRef<'_>) -> Result<Scheme, Error> {
    if parameters.tag() != Tag::Sequence {
        return Err(MALFORMED);
    }
    let fields = parameters.value();
    let mut reader = SliceReader::new(fields).map_err(|_| MALFORMED)?;
    let hash = field::<AlgorithmIdentifierRef<'_>>(&mut reader, 0)?;
    let mgf = field::<AlgorithmIdentifierRef<'_>>(&mut reader, 1)?;
    let salt_len = field::<u16>(&mut reader, 2)?.unwrap_or(20);
    let trailer = field::<u8>(&mut reader, 3)?.unwrap_or(1);
    reader.finish().map_err(|_| MALFORMED)?;
    if trailer != 1 {
        return Err(MALFORMED);
    }
    Ok(Scheme::Pss {
        hash: hash.as_ref().map_or(Ok(Hash::Sha1), hash_function)?,
        mgf: mgf.as_ref().map_or(Ok(Hash::Sha1), mask_generation)?,
        salt_len: salt_len.into(),
    })
}

fn field<'a, T: Decode<'a> + der::Tagged>(
    reader: &mut SliceReader<'a>,
    number: u32,
) -> Result<Option<T>, Error> {
    let found = ContextSpecific::<T>::decode_explicit(reader, TagNumber(number));
    Ok(found.map_err(|_| MALFORMED)?.map(|field| field.value))
}

fn mask_generation(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<Hash, Error> {
    if algorithm.oid != oids::ID_MGF1 {
        return Err(Error::AlgorithmUnknown { oid: algorithm.oid });
    }
    let inner = algorithm.parameters.ok_or(MALFORMED)?;
    hash_function(&inner.decode_as().map_err(|_| MALFORMED)?)
}

fn hash_function(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<Hash, Error> {
    no_parameters(algorithm)?;
    Hash::from_oid(&algorithm.oid).ok_or(Error::AlgorithmUnknown { oid: algorithm.oid })
}

/// Parameters are NULL, or absent, which RFC 4055 §2.1 demands to be accepted alike.
fn no_parameters(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<(), Error> {
    match algorithm
        .parameters
        .map(|parameters| parameters.decode_as::<Null>())
    {
        None | Some(Ok(Null)) => Ok(()),
        Some(Err(_)) => Err(MALFORMED),
    }
}

const MALFORMED: Error = Error::Malformed {
    what: "rsa algorithm",
};
