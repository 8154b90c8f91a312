//! The signature schemes of RFC 8017, and how algorithm identifiers name them.

use antin_wire::oids::{self, ObjectIdentifier};
use antin_wire::tlv::{Tag as WireTag, object};
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

    /// The hash function of the message.
    pub const fn hash(self) -> Hash {
        match self {
            Self::Pkcs1v15(hash) | Self::Pss { hash, .. } => hash,
        }
    }

    /// Reads an `AlgorithmIdentifier`: `sha1WithRSAEncryption` and its kin, or `id-RSASSA-PSS`, whose defaults hold where
    /// its parameters are absent.
    pub(crate) fn from_algorithm(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<Self, Error> {
        if algorithm.oid == oids::RSASSA_PSS {
            return algorithm.parameters.map_or(Ok(PSS_DEFAULTS), pss_parameters);
        }
        let hash = match algorithm.oid {
            oids::SHA1_WITH_RSA_ENCRYPTION => Hash::Sha1,
            oids::SHA224_WITH_RSA_ENCRYPTION => Hash::Sha224,
            oids::SHA256_WITH_RSA_ENCRYPTION => Hash::Sha256,
            oids::SHA384_WITH_RSA_ENCRYPTION => Hash::Sha384,
            oids::SHA512_WITH_RSA_ENCRYPTION => Hash::Sha512,
            oid => return Err(Error::AlgorithmUnknown { oid }),
        };
        no_parameters(algorithm)?;
        Ok(Self::Pkcs1v15(hash))
    }

    /// Writes the `AlgorithmIdentifier`.
    pub(crate) fn to_algorithm_der(self) -> Vec<u8> {
        let parameters = match self {
            Self::Pkcs1v15(_) => object(NULL, &[]),
            Self::Pss { hash, mgf, salt_len } => pss_parameters_der(hash, mgf, salt_len),
        };
        algorithm_der(self.oid(), &parameters)
    }
}

const PSS_DEFAULTS: Scheme = Scheme::Pss {
    hash: Hash::Sha1,
    mgf: Hash::Sha1,
    salt_len: 20,
};

fn algorithm_der(oid: ObjectIdentifier, parameters: &[u8]) -> Vec<u8> {
    object(SEQUENCE, &[&object(OID, oid.as_bytes()), parameters].concat())
}

/// Default values are left out, as DER wants; hash functions carry NULL, as RFC 4055 §2.1 has them.
fn pss_parameters_der(hash: Hash, mgf: Hash, salt_len: usize) -> Vec<u8> {
    let null = object(NULL, &[]);
    let mut fields = Vec::new();
    if hash != Hash::Sha1 {
        fields.extend(object(WireTag(0xA0), &algorithm_der(hash.oid(), &null)));
    }
    if mgf != Hash::Sha1 {
        let generation = algorithm_der(oids::ID_MGF1, &algorithm_der(mgf.oid(), &null));
        fields.extend(object(WireTag(0xA1), &generation));
    }
    if salt_len != 20 {
        let bytes = salt_len.to_be_bytes();
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        // A leading zero where the number would read as negative, and for zero itself.
        let positive = bytes.get(zeros).is_none_or(|first| first & 0x80 != 0);
        let mut number = if positive { vec![0] } else { Vec::new() };
        number.extend(bytes.iter().skip(zeros));
        fields.extend(object(WireTag(0xA2), &object(INTEGER, &number)));
    }
    object(SEQUENCE, &fields)
}

const SEQUENCE: WireTag = WireTag(0x30);
const OID: WireTag = WireTag(0x06);
const NULL: WireTag = WireTag(0x05);
const INTEGER: WireTag = WireTag(0x02);

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

    /// Writes the algorithm of a public key.
    pub fn to_algorithm_der(self) -> Vec<u8> {
        match self {
            Self::None => algorithm_der(oids::RSA_ENCRYPTION, &object(NULL, &[])),
            Self::AnyPss => algorithm_der(oids::RSASSA_PSS, &[]),
            Self::Pss {
                hash,
                mgf,
                min_salt_len,
            } => algorithm_der(oids::RSASSA_PSS, &pss_parameters_der(hash, mgf, min_salt_len)),
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
        return Err(Error::Malformed {
            what: "trailer field of RSASSA-PSS",
        });
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
