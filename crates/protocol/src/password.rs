//! Skeleton.
use crate::{Error, bac};
use antin_crypto::{SecretBytes, Suite};
/// CAN.
#[derive(Clone, Debug)]
pub struct Can(SecretBytes);
impl Can { /// Six digits.
 /// # Errors
 /// Misuse.
 pub fn parse(text: &str) -> Result<Self, Error> { let _ = text; todo!() } }
/// MRZ.
#[derive(Clone, Debug)]
pub struct MrzKey(SecretBytes);
impl MrzKey { /// docno cd dob cd exp cd
 #[must_use] pub fn from_information(information: &str) -> Self { let _ = information; todo!() } }
/// Password.
#[derive(Clone, Debug)]
pub enum Password { /// CAN
 Can(Can), /// MRZ
 Mrz(MrzKey) }
/// Reference byte of the MRZ in tag 83.
pub const REFERENCE_MRZ: u8 = 1;
/// Reference byte of the CAN in tag 83.
pub const REFERENCE_CAN: u8 = 2;
impl Password {
 /// Tag 83 value.
 #[must_use] pub fn reference(&self) -> u8 { todo!() }
 /// K_pi
 #[must_use] pub fn pace_key(&self, suite: Suite) -> SecretBytes { let _ = suite; todo!() }
 /// BAC keys; a CAN has none.
 #[must_use] pub fn bac_keys(&self) -> Option<bac::Keys> { todo!() }
}
