//! Skeleton.
use super::Offer;
use crate::{Error, sm};
use antin_crypto::CryptoRng;
use antin_wire::apdu::{Command, Response};
/// First command.
#[derive(Debug)] pub enum Start { /// 3DES: MSE:Set KAT.
 KeyAgreementTemplate(Command, AwaitAgreement), /// AES: MSE:Set AT.
 AuthenticationTemplate(Command, AwaitSelection) }
/// Starts.
/// # Errors
/// Crypto.
pub fn start(offer: &Offer, rng: &mut dyn CryptoRng) -> Result<Start, Error> { let _ = (offer, rng); todo!() }
/// State.
#[must_use] #[derive(Debug)] pub struct AwaitSelection(());
/// State.
#[must_use] #[derive(Debug)] pub struct AwaitAgreement(());
impl AwaitSelection { /// Step.
 /// # Errors
 /// Refused.
 pub fn accept(self, response: &Response) -> Result<(Command, AwaitAgreement), Error> { let _ = response; todo!() } }
impl AwaitAgreement { /// Step: the new channel (SSC 0) replaces the old one from the next command on.
 /// # Errors
 /// Refused.
 pub fn accept(self, response: &Response) -> Result<sm::terminal::Channel, Error> { let _ = response; todo!() } }
