//! Skeleton.
use super::Keys;
use crate::sm;
use antin_crypto::CryptoRng;
use antin_wire::apdu::{Command, Response, StatusWord};
/// GET CHALLENGE.
/// # Errors
/// 6700, 6A86.
pub fn challenge(command: &Command, rng: &mut dyn CryptoRng) -> Result<(Response, Challenged), StatusWord> { let _ = (command, rng); todo!() }
/// State.
#[must_use] #[derive(Debug)] pub struct Challenged(());
impl Challenged { /// EXTERNAL AUTHENTICATE.
 /// # Errors
 /// 6300, 6700.
 pub fn authenticate(self, command: &Command, keys: &Keys, rng: &mut dyn CryptoRng) -> Result<(Response, sm::chip::Channel), StatusWord> { let _ = (command, keys, rng); todo!() } }
