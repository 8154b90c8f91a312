//! Skeleton.
use super::Parameters;
use crate::{Error, password::Password, sm};
use antin_crypto::CryptoRng;
use antin_wire::apdu::{Command, Response};
/// Whether MSE:Set AT names the domain parameters (tag 84).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainReference { /// Left out: the chip offers one set only.
 Omit, /// Sent.
 Send }
/// MSE:Set AT.
/// # Errors
/// Unsupported.
pub fn start(parameters: &Parameters, password: &Password, domain: DomainReference) -> Result<(Command, AwaitMse), Error> { let _ = (parameters, password, domain); todo!() }
/// State.
#[must_use] #[derive(Debug)] pub struct AwaitMse(());
/// State.
#[must_use] #[derive(Debug)] pub struct AwaitNonce(());
/// State.
#[must_use] #[derive(Debug)] pub struct AwaitMapping(());
/// State.
#[must_use] #[derive(Debug)] pub struct AwaitKeyAgreement(());
/// State.
#[must_use] #[derive(Debug)] pub struct AwaitToken(());
impl AwaitMse { /// Step.
 /// # Errors
 /// Refused.
 pub fn accept(self, response: &Response) -> Result<(Command, AwaitNonce), Error> { let _ = response; todo!() } }
impl AwaitNonce { /// Step.
 /// # Errors
 /// Refused, Breach.
 pub fn accept(self, response: &Response, rng: &mut dyn CryptoRng) -> Result<(Command, AwaitMapping), Error> { let _ = (response, rng); todo!() } }
impl AwaitMapping { /// Step.
 /// # Errors
 /// Refused, Breach.
 pub fn accept(self, response: &Response, rng: &mut dyn CryptoRng) -> Result<(Command, AwaitKeyAgreement), Error> { let _ = (response, rng); todo!() } }
impl AwaitKeyAgreement { /// Step.
 /// # Errors
 /// Refused, Breach.
 pub fn accept(self, response: &Response) -> Result<(Command, AwaitToken), Error> { let _ = response; todo!() } }
impl AwaitToken { /// Step; 6300 = wrong password.
 /// # Errors
 /// Refused, Breach.
 pub fn accept(self, response: &Response) -> Result<sm::terminal::Channel, Error> { let _ = response; todo!() } }
