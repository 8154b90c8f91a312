//! EF.SOD as received: tag 77 and padding around SignedData.

use core::ops::Deref;

use antin_wire::oids::LDS_SECURITY_OBJECT;
use antin_wire::tlv::Tag;

use crate::asn1::ber::to_definite;
use crate::asn1::read::Der;
use crate::cms::{Fault, Findings, Limits, SignedData};
use crate::error::Error;

/// The largest EF.SOD that is read; real ones stay below 5 KiB.
pub const MAX_SOD_BYTES: usize = Limits::DOCUMENT.bytes;

const WHAT: &str = "EF.SOD";
const EF_SOD: Tag = Tag(0x77);

/// An EF.SOD as received: SignedData, and the padding behind it. That it was read says nothing about whether it is right.
#[derive(Clone, Debug)]
pub struct SignedSod {
    signed: SignedData,
    padding: usize,
}

impl Deref for SignedSod {
    type Target = SignedData;

    fn deref(&self) -> &SignedData {
        &self.signed
    }
}

impl SignedSod {
    /// Reads a whole file, tag 77 included. Zero or FF octets behind it are padding and counted. Indefinite lengths, which
    /// a few real documents use around the signed parts, are made definite.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::TooComplex`].
    pub fn parse(file: &[u8]) -> Result<Self, Error> {
        if file.len() > MAX_SOD_BYTES {
            return Err(Error::TooComplex { what: WHAT });
        }
        match Self::parse_definite(file) {
            Err(fault) => Self::parse_indefinite(file).ok_or(fault),
            read => read,
        }
    }

    fn parse_indefinite(file: &[u8]) -> Option<Self> {
        let definite = to_definite(WHAT, file).ok().filter(|definite| definite != file)?;
        let sod = Self::parse_definite(&definite).ok()?;
        Some(Self {
            signed: sod.signed.made_definite(),
            padding: sod.padding,
        })
    }

    fn parse_definite(file: &[u8]) -> Result<Self, Error> {
        let wrapper = Der::new(WHAT, file).take(EF_SOD)?;
        let padding = file.get(wrapper.raw.len()..).unwrap_or_default();
        let uniform = padding.iter().all(|byte| *byte == 0) || padding.iter().all(|byte| *byte == 0xFF);
        if !uniform {
            return Err(Error::Malformed {
                what: WHAT,
                at: wrapper.raw.len(),
            });
        }
        Ok(Self {
            signed: SignedData::parse_definite(WHAT, wrapper.value, &Limits::DOCUMENT)?,
            padding: padding.len(),
        })
    }

    /// Reads a CMS ContentInfo with SignedData, without the tag of the file.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::TooComplex`].
    pub fn parse_cms(cms: &[u8]) -> Result<Self, Error> {
        Ok(Self {
            signed: SignedData::parse(WHAT, cms, &Limits::DOCUMENT)?,
            padding: 0,
        })
    }

    /// What stands in the file.
    #[must_use]
    pub const fn signed_data(&self) -> &SignedData {
        &self.signed
    }

    pub(crate) fn into_signed_data(self) -> SignedData {
        self.signed
    }

    /// How many octets of padding follow the file.
    #[must_use]
    pub const fn padding(&self) -> usize {
        self.padding
    }

    /// Checks all that needs no key: form, types, and that the signed attributes were made for this content.
    pub(crate) fn examine(&self) -> Result<Findings<'_>, Fault> {
        self.signed.examine_as(&LDS_SECURITY_OBJECT)
    }
}
