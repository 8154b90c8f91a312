//! EF.CardSecurity: what EF.CardAccess says, and the chip's static keys, under the signature of the issuer (ICAO 9303-11
//! §9.2, TR-03110-3 §A.1.2.5, file 011D of the master file).
//!
//! ```text
//! ContentInfo { id-signedData, SignedData { .. encapContentInfo { id-SecurityObject, SecurityInfos } .. } }
//! ```
//!
//! Whether the signature is right is judged where certificates are; here the file is only told from other files.

use antin_wire::tlv::tags::SEQUENCE;

use crate::{Error, der_io};

/// EF.CardSecurity, borrowed from the bytes of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EfCardSecurity<'a> {
    /// The CMS ContentInfo, one SEQUENCE; what is inside it was not looked at.
    pub cms: &'a [u8],
}

impl<'a> EfCardSecurity<'a> {
    /// Reads the file.
    ///
    /// # Errors
    /// [`Error`] if it is not exactly one SEQUENCE (or what starts as one of indefinite length), or too long.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        der_io::limit("EF.CardSecurity", bytes, MAX_BYTES)?;
        if !(bytes.starts_with(INDEFINITE_SEQUENCE) && bytes.ends_with(END_OF_CONTENTS)) {
            der_io::expect_one(bytes, SEQUENCE, "EF.CardSecurity")?;
        }
        Ok(Self { cms: bytes })
    }

    /// The whole file.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.cms
    }
}

const INDEFINITE_SEQUENCE: &[u8] = &[0x30, 0x80];
const END_OF_CONTENTS: &[u8] = &[0x00, 0x00];
/// As EF.SOD: real files have 1.5 to 4 KiB.
const MAX_BYTES: usize = 32 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_exactly_one_sequence() {
        assert_eq!(
            EfCardSecurity::parse(&[0x30, 0x00]).unwrap().as_bytes(),
            [0x30, 0x00]
        );
        assert!(EfCardSecurity::parse(&[0x30, 0x80, 0x00, 0x00]).is_ok());
        for wrong in [
            &[0x31, 0x00][..],
            &[],
            &[0x30, 0x00, 0x00],
            &[0x30, 0x02, 0x00],
            &[0x30, 0x80, 0x00],
        ] {
            assert!(EfCardSecurity::parse(wrong).is_err(), "{wrong:02X?}");
        }
    }
}
