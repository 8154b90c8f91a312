//! Skeleton.
use super::Keys;
use crate::{Error, sm};
use antin_crypto::CryptoRng;
use antin_wire::apdu::{Command, Response};
/// GET CHALLENGE.
#[must_use] pub fn start() -> (Command, AwaitChallenge) { todo!() }
/// State.
#[must_use] #[derive(Debug)] pub struct AwaitChallenge(());
impl AwaitChallenge { /// Step.
 /// # Errors
 /// Refused, Breach.
 pub fn accept(self, response: &Response, keys: &Keys, rng: &mut dyn CryptoRng) -> Result<(Command, AwaitResponse), Error> { let _ = (response, keys, rng); todo!() } }
/// State.
#[must_use] #[derive(Debug)] pub struct AwaitResponse(());
impl AwaitResponse { /// Step.
 /// # Errors
 /// Refused, Breach.
 pub fn accept(self, response: &Response) -> Result<sm::terminal::Channel, Error> { let _ = response; todo!() } }
