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
    /// The CMS ContentInfo, one SEQUENCE; what is inside it was not looked at. Some states write it in BER with indefinite
    /// lengths, so its end is known only to who decodes it.
    pub cms: &'a [u8],
    raw: &'a [u8],
}

impl<'a> EfSod<'a> {
    /// Takes the wrapper off.
    ///
    /// # Errors
    /// [`Error`] if the file is not exactly one object 77 with one SEQUENCE in it (or what starts as one of indefinite length).
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        der_io::limit("EF.SOD", bytes, MAX_BYTES)?;
        let cms = der_io::expect_one(bytes, EF_SOD, "EF.SOD")?.value;
        let indefinite = cms.starts_with(INDEFINITE_SEQUENCE) && cms.ends_with(END_OF_CONTENTS);
        if !indefinite {
            der_io::expect_one(cms, SEQUENCE, "EF.SOD ContentInfo")?;
        }
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

const INDEFINITE_SEQUENCE: &[u8] = &[0x30, 0x80];
const END_OF_CONTENTS: &[u8] = &[0x00, 0x00];
/// Real files have 1.5 to 6 KiB; a chip cannot hold one longer than READ BINARY can address by 15 bits.
const MAX_BYTES: usize = 32 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wrapper_holds_exactly_one_sequence() {
        assert_eq!(EfSod::parse(&[0x77, 0x02, 0x30, 0x00]).unwrap().cms, [0x30, 0x00]);
        assert_eq!(EfSod::wrap(&[0x30, 0x00]), [0x77, 0x02, 0x30, 0x00]);
        for wrong in [
            &[0x78, 0x02, 0x30, 0x00][..],
            &[0x77, 0x00],
            &[0x77, 0x02, 0x31, 0x00],
            &[0x77, 0x03, 0x30, 0x00, 0x00],
        ] {
            assert!(EfSod::parse(wrong).is_err(), "{wrong:02X?}");
        }
    }

    #[test]
    fn a_sequence_of_indefinite_length_is_passed_on() {
        assert_eq!(
            EfSod::parse(&[0x77, 0x04, 0x30, 0x80, 0x00, 0x00]).unwrap().cms,
            [0x30, 0x80, 0x00, 0x00]
        );
        assert!(EfSod::parse(&[0x77, 0x04, 0x30, 0x80, 0x05, 0x00, 0x01][..6]).is_err());
        assert!(EfSod::parse(&[0x77, 0x03, 0x30, 0x80, 0x00]).is_err());
    }
}
