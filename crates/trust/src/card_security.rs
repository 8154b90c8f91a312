//! EF.CardSecurity: what EF.CardAccess says and the chip's static keys, under the signature of the issuer, a CMS SignedData
//! over SecurityInfos (TR-03110-3 §A.1.2.5).
//!
//! The form and the rules of the signature are those of EF.SOD, with another type of content and no tag around the file.

use antin_lds::{EfCardSecurity, SecurityInfos};
use antin_wire::oids::ID_SECURITY_OBJECT;

use crate::cms::{Limits, SignedData};
use crate::error::Error;
use crate::sod::SodSigner;
use crate::time::UnixTime;

/// Signs SecurityInfos; returns the whole file. The result has been read back and verified.
///
/// # Errors
/// [`Error::SelfCheck`]: what the signer made does not verify; the signer's errors.
pub fn sign(infos: &SecurityInfos, signer: &SodSigner<'_>, signing_time: UnixTime) -> Result<Vec<u8>, Error> {
    signer.wrap(&ID_SECURITY_OBJECT, infos.as_bytes(), signing_time, None)
}

/// Reads the file without believing it: form only.
///
/// # Errors
/// [`Error::Malformed`], [`Error::TooComplex`].
pub fn parse(file: &[u8]) -> Result<SignedData, Error> {
    const WHAT: &str = "EF.CardSecurity";
    let file = EfCardSecurity::parse(file).map_err(|_| Error::Malformed { what: WHAT, at: 0 })?;
    SignedData::parse(WHAT, file.as_bytes(), &Limits::DOCUMENT)
}
