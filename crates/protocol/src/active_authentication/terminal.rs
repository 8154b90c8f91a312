//! Skeleton.
use antin_crypto::{SignatureAlgorithm, Verifier};
use antin_wire::{apdu::{Command, Response}, oids::ObjectIdentifier};
use crate::Error;
/// INTERNAL AUTHENTICATE.
#[must_use] pub fn command(challenge: [u8; 8]) -> Command { let _ = challenge; todo!() }
/// What came out.
#[derive(Clone, Debug, PartialEq)] pub enum Outcome { /// The signature fits.
 Genuine { /// With which.
 algorithm: SignatureAlgorithm }, /// It does not.
 Failed { /// Why.
 what: &'static str }, /// We cannot judge.
 Unsupported { /// Algorithm as named in the key or in DG14.
 algorithm: Option<ObjectIdentifier>, /// Why.
 what: &'static str } }
/// Judges the answer. `spki` = content of DG15, `algorithm` = ActiveAuthenticationInfo of DG14.
/// # Errors
/// Refused: the chip answered an error.
pub fn verify(spki: &[u8], algorithm: Option<&ObjectIdentifier>, challenge: [u8; 8], response: &Response, verifier: &dyn Verifier) -> Result<Outcome, Error> { let _ = (spki, algorithm, challenge, response, verifier); todo!() }
