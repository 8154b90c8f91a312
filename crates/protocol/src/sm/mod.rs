//! Skeleton.
pub mod chip;
pub mod terminal;
use antin_crypto::{Error as CryptoError, SecretBytes, Suite};
/// Keys.
#[derive(Clone, Debug)]
pub struct Keys { suite: Suite, enc: SecretBytes, mac: SecretBytes }
impl Keys {
 /// New.
 /// # Errors
 /// Wrong lengths.
 pub fn new(suite: Suite, enc: SecretBytes, mac: SecretBytes) -> Result<Self, CryptoError> { let _ = (suite, enc, mac); todo!() }
 /// KDF.
 #[must_use] pub fn derive(suite: Suite, secret: &[u8]) -> Self { let _ = (suite, secret); todo!() }
 /// Suite.
 #[must_use] pub fn suite(&self) -> Suite { self.suite }
 /// Enc.
 #[must_use] pub fn enc(&self) -> &SecretBytes { &self.enc }
 /// Mac.
 #[must_use] pub fn mac(&self) -> &SecretBytes { &self.mac }
}
/// Send sequence counter.
#[derive(Clone, Debug)]
pub struct Ssc(Vec<u8>);
impl Ssc {
 /// All zero.
 #[must_use] pub fn zero(suite: Suite) -> Self { let _ = suite; todo!() }
 /// Given bytes, as long as a block.
 #[must_use] pub fn from_bytes(bytes: &[u8]) -> Self { Self(bytes.to_vec()) }
}
/// Most plain bytes that fit in one protected answer of `response_limit` bytes (status word not counted).
#[must_use] pub fn max_plain(suite: Suite, response_limit: usize) -> usize { let _ = (suite, response_limit); todo!() }
