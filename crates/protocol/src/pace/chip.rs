//! Skeleton.
use crate::{password::Password, sm};
use antin_crypto::CryptoRng;
use antin_lds::security_infos::SecurityInfo;
use antin_wire::apdu::{Command, Response, StatusWord};
/// Entry.
#[derive(Debug)] pub struct Ready;
impl Ready { /// MSE:Set AT.
 /// # Errors
 /// 6A80, 6A88.
 pub fn select(offered: &[SecurityInfo], command: &Command, passwords: &dyn Fn(u8) -> Option<Password>) -> Result<(Response, AwaitNonceRequest), StatusWord> { let _ = (offered, command, passwords); todo!() } }
/// State.
#[must_use] #[derive(Debug)] pub struct AwaitNonceRequest(());
/// State.
#[must_use] #[derive(Debug)] pub struct AwaitMapping(());
/// State.
#[must_use] #[derive(Debug)] pub struct AwaitKeyAgreement(());
/// State.
#[must_use] #[derive(Debug)] pub struct AwaitToken(());
impl AwaitNonceRequest { /// Step.
 /// # Errors
 /// 6A80, 6700.
 pub fn step(self, command: &Command, rng: &mut dyn CryptoRng) -> Result<(Response, AwaitMapping), StatusWord> { let _ = (command, rng); todo!() } }
impl AwaitMapping { /// Step.
 /// # Errors
 /// 6A80, 6700.
 pub fn step(self, command: &Command, rng: &mut dyn CryptoRng) -> Result<(Response, AwaitKeyAgreement), StatusWord> { let _ = (command, rng); todo!() } }
impl AwaitKeyAgreement { /// Step.
 /// # Errors
 /// 6A80, 6700.
 pub fn step(self, command: &Command, rng: &mut dyn CryptoRng) -> Result<(Response, AwaitToken), StatusWord> { let _ = (command, rng); todo!() } }
impl AwaitToken { /// Step; wrong token = 6300.
 /// # Errors
 /// 6300, 6A80, 6700.
 pub fn step(self, command: &Command) -> Result<(Response, sm::chip::Channel), StatusWord> { let _ = command; todo!() }
 /// Which password (tag 83) is being tried.
 #[must_use] pub fn reference(&self) -> u8 { todo!() } }
