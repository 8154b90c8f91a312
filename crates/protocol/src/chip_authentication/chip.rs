//! Skeleton.
use crate::sm;
use antin_crypto::{PrivateKey, Suite};
use antin_wire::apdu::{Command, Response, StatusWord};
/// A static key.
#[derive(Clone, Debug)] pub struct StaticKey { /// keyId.
 pub key_id: Option<u32>, /// Suites it is offered for.
 pub suites: Vec<Suite>, /// Key.
 pub private: PrivateKey }
/// MSE:Set AT.
/// # Errors
/// 6A80, 6A88.
pub fn select(command: &Command, keys: &[StaticKey]) -> Result<(Response, Selected), StatusWord> { let _ = (command, keys); todo!() }
/// State.
#[must_use] #[derive(Debug)] pub struct Selected(());
impl Selected { /// GENERAL AUTHENTICATE: protect the response under the old channel, then use the new one.
 /// # Errors
 /// 6A80.
 pub fn agree(self, command: &Command) -> Result<(Response, sm::chip::Channel), StatusWord> { let _ = command; todo!() } }
/// MSE:Set KAT (3DES).
/// # Errors
/// 6A80, 6A88.
pub fn key_agreement(command: &Command, keys: &[StaticKey]) -> Result<(Response, sm::chip::Channel), StatusWord> { let _ = (command, keys); todo!() }
