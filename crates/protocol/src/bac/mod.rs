//! Skeleton.
pub mod chip;
pub mod terminal;
use antin_crypto::SecretBytes;
/// K_enc, K_mac.
#[derive(Clone, Debug)]
pub struct Keys { enc: SecretBytes, mac: SecretBytes }
impl Keys { /// From MRZ information.
 #[must_use] pub fn from_mrz_information(information: &str) -> Self { let _ = information; todo!() }
 /// Enc.
 #[must_use] pub fn enc(&self) -> &SecretBytes { &self.enc }
 /// Mac.
 #[must_use] pub fn mac(&self) -> &SecretBytes { &self.mac } }
