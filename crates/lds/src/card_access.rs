//! EF.CardAccess: what a chip offers before access control (ICAO 9303-11 §9.2, file 011C of the master file).

use crate::{
    Error,
    security_infos::{SecurityInfo, SecurityInfos},
};

/// The content of EF.CardAccess: one SecurityInfos, nothing around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EfCardAccess {
    infos: SecurityInfos,
}

impl EfCardAccess {
    /// Builds the file; the infos are put in DER order.
    #[must_use]
    pub fn build(infos: impl IntoIterator<Item = SecurityInfo>) -> Self {
        Self {
            infos: SecurityInfos::from_infos(infos),
        }
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`Error`] if it is not exactly one SecurityInfos.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        Ok(Self {
            infos: SecurityInfos::parse(bytes)?,
        })
    }

    /// What the chip offers.
    #[must_use]
    pub fn infos(&self) -> &SecurityInfos {
        &self.infos
    }

    /// The file as it was read or built.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.infos.as_bytes()
    }
}
