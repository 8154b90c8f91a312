//! DG14: the security options under the signature of the issuer (ICAO 9303-10 §4.7.14).
//!
//! ```text
//! 6E LL
//!   SecurityInfos
//! ```

use antin_wire::tlv::{self, tags::DG14};

use crate::{
    Error, der_io,
    security_infos::{SecurityInfo, SecurityInfos},
};

/// The content of DG14, with the bytes it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dg14 {
    raw: Vec<u8>,
    infos: SecurityInfos,
}

impl Dg14 {
    /// Builds the file; the infos are put in DER order.
    #[must_use]
    pub fn build(infos: impl IntoIterator<Item = SecurityInfo>) -> Self {
        let infos = SecurityInfos::from_infos(infos);
        Self {
            raw: tlv::object(DG14, infos.as_bytes()),
            infos,
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`Error`] if it is not exactly one DG14 with one SecurityInfos.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        der_io::limit("DG14", bytes, MAX_BYTES)?;
        let infos = SecurityInfos::parse(der_io::expect_one(bytes, DG14, "DG14")?.value)?;
        Ok(Self {
            raw: bytes.to_vec(),
            infos,
        })
    }

    /// What the issuer signed about the protocols of the chip.
    #[must_use]
    pub fn infos(&self) -> &SecurityInfos {
        &self.infos
    }

    /// The file as it was read or built.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.raw
    }
}

/// The largest SecurityInfos and its header.
const MAX_BYTES: usize = 16 * 1024 + 8;
