//! DG1: the machine readable zone (ICAO 9303-10 §4.7.1).
//!
//! ```text
//! 61 LL
//!   5F1F LL  the characters of all lines, without line ends
//! ```

use antin_wire::tlv::{
    self,
    tags::{DG1, MRZ},
};

use crate::{
    Error, der_io,
    mrz::{Mrz, MrzError},
};

/// The content of DG1, with the bytes it was read from.
///
/// The file can be well formed although its text is no correct machine readable zone; the two are reported apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dg1 {
    raw: Vec<u8>,
    text: String,
    mrz: Result<Mrz, MrzError>,
}

impl Dg1 {
    /// Builds the file.
    #[must_use]
    pub fn build(mrz: &Mrz) -> Self {
        let text = mrz.text();
        let raw = tlv::constructed(DG1, &[tlv::object(MRZ, text.as_bytes())]);
        Self {
            raw,
            text,
            mrz: Ok(mrz.clone()),
        }
    }

    /// Reads the file; a wrong machine readable zone in it is kept for [`mrz`](Self::mrz).
    ///
    /// # Errors
    /// [`Error`] if it is not exactly one DG1 with one text in it.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        der_io::limit("DG1", bytes, MAX_BYTES)?;
        let mut fields = der_io::expect_one(bytes, DG1, "DG1")?.children();
        let value = fields.expect(MRZ)?.value;
        fields.finish()?;
        if !value.is_ascii() {
            return Err(Error::BadValue {
                what: "DG1 machine readable zone",
                problem: "not ASCII",
            });
        }
        let text: String = value.iter().map(|byte| char::from(*byte)).collect();
        let mrz = Mrz::parse_joined(&text);
        Ok(Self {
            raw: bytes.to_vec(),
            text,
            mrz,
        })
    }

    /// The machine readable zone.
    ///
    /// # Errors
    /// [`MrzError`] if the text is none, or one of its check digits is wrong.
    pub fn mrz(&self) -> Result<&Mrz, &MrzError> {
        self.mrz.as_ref()
    }

    /// The characters as they were read, without line ends.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file as it was read or built.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }
}

/// TD1, the longest form, makes a file of 95 bytes.
const MAX_BYTES: usize = 128;
