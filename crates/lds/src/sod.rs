//! EF.SOD: the wrapper around the signature of the issuer (ICAO 9303-10 §4.6.2).
//!
//! ```text
//! 77 LL
//!   ContentInfo (CMS SignedData over an LDS security object)
//! ```

use antin_wire::tlv::{
    self,
    tags::{EF_SOD, SEQUENCE},
};

use crate::{Error, der_io};

/// EF.SOD, borrowed from the bytes of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EfSod<'a> {
    /// The DER of the CMS ContentInfo, one SEQUENCE; what is inside it was not looked at.
    pub cms: &'a [u8],
    raw: &'a [u8],
}

impl<'a> EfSod<'a> {
    /// Takes the wrapper off.
    ///
    /// # Errors
    /// [`Error`] if the file is not exactly one object 77 with one SEQUENCE in it.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        der_io::limit("EF.SOD", bytes, MAX_BYTES)?;
        let cms = der_io::expect_one(bytes, EF_SOD, "EF.SOD")?.value;
        der_io::expect_one(cms, SEQUENCE, "EF.SOD ContentInfo")?;
        Ok(Self { cms, raw: bytes })
    }

    /// The whole file.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.raw
    }

    /// Puts the wrapper around a CMS ContentInfo.
    #[must_use]
    pub fn wrap(cms: &[u8]) -> Vec<u8> {
        tlv::object(EF_SOD, cms)
    }
}

/// Real files have 1.5 to 6 KiB; a chip cannot hold one longer than READ BINARY can address by 15 bits.
const MAX_BYTES: usize = 32 * 1024;
