//! The LDS security object: the hashes that the issuer signs (ICAO 9303-10 §4.6.2.3).
//!
//! ```text
//! LDSSecurityObject ::= SEQUENCE {
//!     version              INTEGER { v0(0), v1(1) },
//!     hashAlgorithm        AlgorithmIdentifier,
//!     dataGroupHashValues  SEQUENCE SIZE (2..16) OF SEQUENCE {
//!         dataGroupNumber     INTEGER (1..16),
//!         dataGroupHashValue  OCTET STRING },
//!     ldsVersionInfo       SEQUENCE {              -- if and only if v1
//!         ldsVersion      PrintableString,
//!         unicodeVersion  PrintableString } OPTIONAL }
//! ```

use antin_wire::tlv::{
    self, Reader,
    tags::{OCTET_STRING, PRINTABLE_STRING, SEQUENCE},
};
use const_oid::ObjectIdentifier;

use crate::{DataGroup, Error, der_io};

/// The versions that a version 1 object repeats from EF.COM, under the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LdsVersionInfo {
    /// Such as `0108`.
    pub lds_version: String,
    /// Such as `040000`.
    pub unicode_version: String,
}

/// The hashes of the data groups, with the bytes they were read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LdsSecurityObject {
    raw: Vec<u8>,
    version: u8,
    hash_algorithm: ObjectIdentifier,
    hashes: Vec<(u8, Vec<u8>)>,
    lds_version: Option<LdsVersionInfo>,
}

impl LdsSecurityObject {
    /// Builds the object: version 0, or version 1 if the LDS version is given. The hashes keep the given order.
    ///
    /// # Errors
    /// [`Error`] if a number is not of 1 to 16 or occurs twice, if there is no hash, or a version is not printable.
    pub fn build(
        hash_algorithm: ObjectIdentifier,
        hashes: &[(u8, Vec<u8>)],
        lds_version: Option<&LdsVersionInfo>,
    ) -> Result<Self, Error> {
        let values: Vec<Vec<u8>> = hashes
            .iter()
            .map(|(number, hash)| {
                tlv::constructed(
                    SEQUENCE,
                    &[der_io::emit_uint(*number), tlv::object(OCTET_STRING, hash)],
                )
            })
            .collect();
        let mut parts = vec![
            der_io::emit_uint(u8::from(lds_version.is_some())),
            // RFC 5754 §2: no parameters with SHA-2.
            tlv::constructed(SEQUENCE, &[der_io::emit_oid(hash_algorithm)]),
            tlv::constructed(SEQUENCE, &values),
        ];
        parts.extend(lds_version.map(|info| {
            let strings = [&info.lds_version, &info.unicode_version];
            tlv::constructed(
                SEQUENCE,
                &strings.map(|text| tlv::object(PRINTABLE_STRING, text.as_bytes())),
            )
        }));
        Self::parse(&tlv::constructed(SEQUENCE, &parts))
    }

    /// Reads the object.
    ///
    /// # Errors
    /// [`Error::DuplicateDataGroup`] and [`Error::DataGroupNumber`] for wrong numbers, other [`Error`]s for a wrong structure.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        der_io::limit("LDS security object", bytes, MAX_BYTES)?;
        der_io::limit_nesting(bytes)?;
        let mut fields = der_io::expect_one(bytes, SEQUENCE, "LDS security object")?.children();
        let version: u8 = der_io::read_uint(&mut fields, "LDS security object version")?;
        let mut algorithm = fields.expect(SEQUENCE)?.children();
        let hash_algorithm = der_io::read_oid(&mut algorithm, "LDS security object hashAlgorithm")?;
        algorithm.next()?;
        algorithm.finish()?;
        let hashes = read_hashes(fields.expect(SEQUENCE)?.children())?;
        let lds_version = match fields.optional(SEQUENCE)? {
            Some(tlv) => Some(read_versions(tlv.children())?),
            None => None,
        };
        fields.finish()?;
        if version > 1 || (version == 1) != lds_version.is_some() {
            return Err(Error::BadValue {
                what: "LDS security object version",
                problem: "does not fit the content",
            });
        }
        Ok(Self {
            raw: bytes.to_vec(),
            version,
            hash_algorithm,
            hashes,
            lds_version,
        })
    }

    /// 0 or 1.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.version
    }

    /// The hash function.
    #[must_use]
    pub fn hash_algorithm(&self) -> ObjectIdentifier {
        self.hash_algorithm
    }

    /// Number and hash of each data group, in the order of the object.
    #[must_use]
    pub fn hashes(&self) -> &[(u8, Vec<u8>)] {
        &self.hashes
    }

    /// The hash of one data group.
    #[must_use]
    pub fn hash(&self, group: DataGroup) -> Option<&[u8]> {
        self.hashes
            .iter()
            .find(|(number, _)| *number == group.number())
            .map(|(_, hash)| hash.as_slice())
    }

    /// The data groups that are listed, in the order of the object.
    pub fn data_groups(&self) -> impl Iterator<Item = DataGroup> {
        self.hashes
            .iter()
            .filter_map(|(number, _)| DataGroup::new(*number))
    }

    /// The LDS and Unicode version, in version 1.
    #[must_use]
    pub fn lds_version(&self) -> Option<&LdsVersionInfo> {
        self.lds_version.as_ref()
    }

    /// The DER as it was read or built.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }
}

fn read_hashes(mut list: Reader<'_>) -> Result<Vec<(u8, Vec<u8>)>, Error> {
    let mut hashes: Vec<(u8, Vec<u8>)> = Vec::new();
    while let Some(tlv) = list.next()? {
        let mut fields = der_io::expect_one(tlv.raw, SEQUENCE, "dataGroupHash")?.children();
        let number: u64 = der_io::read_uint(&mut fields, "dataGroupNumber")?;
        let hash = fields.expect(OCTET_STRING)?.value;
        fields.finish()?;
        let number = u8::try_from(number)
            .ok()
            .and_then(DataGroup::new)
            .ok_or(Error::DataGroupNumber { number })?
            .number();
        if hashes.iter().any(|(known, _)| *known == number) {
            return Err(Error::DuplicateDataGroup { number });
        }
        if hash.is_empty() || hash.len() > MAX_HASH_BYTES {
            return Err(Error::BadValue {
                what: "dataGroupHashValue",
                problem: "not the length of a hash",
            });
        }
        hashes.push((number, hash.to_vec()));
    }
    if hashes.is_empty() {
        return Err(Error::BadValue {
            what: "dataGroupHashValues",
            problem: "empty",
        });
    }
    Ok(hashes)
}

fn read_versions(mut fields: Reader<'_>) -> Result<LdsVersionInfo, Error> {
    let lds_version = printable(fields.expect(PRINTABLE_STRING)?.value)?;
    let unicode_version = printable(fields.expect(PRINTABLE_STRING)?.value)?;
    fields.finish()?;
    Ok(LdsVersionInfo {
        lds_version,
        unicode_version,
    })
}

fn printable(value: &[u8]) -> Result<String, Error> {
    if value.len() > MAX_VERSION_BYTES || !value.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') {
        return Err(Error::BadValue {
            what: "ldsVersionInfo",
            problem: "not a short printable text",
        });
    }
    Ok(value.iter().map(|byte| char::from(*byte)).collect())
}

/// Sixteen hashes of 64 bytes with their headers have under 1,200 bytes.
const MAX_BYTES: usize = 4 * 1024;
/// SHA-512.
const MAX_HASH_BYTES: usize = 64;
/// Four and six digits are in use.
const MAX_VERSION_BYTES: usize = 16;

#[cfg(test)]
mod tests {
    use antin_wire::oids::SHA256;

    use super::*;

    fn hashes(numbers: &[u8]) -> Vec<(u8, Vec<u8>)> {
        numbers
            .iter()
            .map(|number| (*number, vec![*number; 32]))
            .collect()
    }

    #[test]
    fn version_0_is_laid_out_as_the_standard_says() {
        let object = LdsSecurityObject::build(SHA256, &[(1, vec![0xAA]), (2, vec![0xBB])], None).unwrap();
        let expected = "3022020100300B0609608648016503040201301030060201010401AA30060201020401BB";
        assert_eq!(hex::encode_upper(object.as_bytes()), expected);
        assert_eq!(object.hash(DataGroup::DG2), Some(&[0xBB][..]));
        assert_eq!(object.hash(DataGroup::DG3), None);
    }

    #[test]
    fn version_1_carries_the_lds_version() {
        let versions = LdsVersionInfo {
            lds_version: "0108".to_owned(),
            unicode_version: "040000".to_owned(),
        };
        let object = LdsSecurityObject::build(SHA256, &hashes(&[1, 2]), Some(&versions)).unwrap();
        assert_eq!((object.version(), object.lds_version()), (1, Some(&versions)));
        // Either one without the other is refused.
        let mut wrong = object.as_bytes().to_vec();
        let place = wrong
            .windows(3)
            .position(|window| window == [0x02, 0x01, 0x01])
            .unwrap();
        wrong[place + 2] = 0;
        assert!(LdsSecurityObject::parse(&wrong).is_err());
    }

    #[test]
    fn wrong_numbers_are_named() {
        let build = |numbers: &[u8]| LdsSecurityObject::build(SHA256, &hashes(numbers), None);
        assert_eq!(build(&[1, 2, 1]), Err(Error::DuplicateDataGroup { number: 1 }));
        for number in [0, 17, 0xFF] {
            assert_eq!(
                build(&[1, number]),
                Err(Error::DataGroupNumber {
                    number: number.into()
                })
            );
        }
        assert!(build(&[]).is_err());
        assert!(build(&(1..=16).collect::<Vec<u8>>()).is_ok());
        assert!(LdsSecurityObject::build(SHA256, &[(1, Vec::new())], None).is_err());
        assert!(LdsSecurityObject::build(SHA256, &[(1, vec![0; 65])], None).is_err());
    }

    #[test]
    fn null_parameters_of_the_hash_algorithm_are_accepted_and_kept() {
        let with_null = "3024020100300D06096086480165030402010500301030060201010401AA30060201020401BB";
        let bytes = hex::decode(with_null).unwrap();
        assert_eq!(LdsSecurityObject::parse(&bytes).unwrap().as_bytes(), bytes);
    }
}
