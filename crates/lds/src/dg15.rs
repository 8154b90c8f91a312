//! DG15: the public key of Active Authentication (ICAO 9303-10 §4.7.15).
//!
//! ```text
//! 6F LL
//!   SubjectPublicKeyInfo
//! ```

use antin_wire::tlv::{self, tags::DG15};
use const_oid::ObjectIdentifier;

use crate::{Error, der_io};

/// The content of DG15, with the bytes it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dg15 {
    raw: Vec<u8>,
    spki: Vec<u8>,
    algorithm: ObjectIdentifier,
}

impl Dg15 {
    /// Builds the file around one SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// [`Error`] if the bytes are not exactly one SubjectPublicKeyInfo.
    pub fn build(spki_der: &[u8]) -> Result<Self, Error> {
        Self::parse(&tlv::object(DG15, spki_der))
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`Error`] if it is not exactly one DG15 with one SubjectPublicKeyInfo.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        der_io::limit("DG15", bytes, MAX_BYTES)?;
        let spki = der_io::expect_one(bytes, DG15, "DG15")?.value;
        der_io::limit_nesting(spki)?;
        let algorithm = der_io::check_spki(spki, "DG15 SubjectPublicKeyInfo")?;
        Ok(Self {
            raw: bytes.to_vec(),
            spki: spki.to_vec(),
            algorithm,
        })
    }

    /// The DER of the SubjectPublicKeyInfo, as it was read.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// The algorithm of the key, such as id-ecPublicKey or rsaEncryption.
    #[must_use]
    pub fn algorithm(&self) -> ObjectIdentifier {
        self.algorithm
    }

    /// The file as it was read or built.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }
}

/// An RSA key of 16,384 bits has about 2,100 bytes, explicit parameters of a 512 bit curve about 700.
const MAX_BYTES: usize = 4 * 1024;
