//! Skeleton.
use super::{Keys, Ssc};
use crate::Error;
use antin_wire::apdu::{Command, Response};
/// Terminal side.
#[derive(Debug)]
pub struct Channel { keys: Keys, ssc: Ssc }
impl Channel {
 /// New.
 #[must_use] pub fn new(keys: Keys, ssc: Ssc) -> Self { Self { keys, ssc } }
 /// Protects.
 /// # Errors
 /// Closed.
 pub fn protect(&mut self, command: &Command) -> Result<Command, Error> { let _ = (command, &self.ssc); todo!() }
 /// Opens.
 /// # Errors
 /// Breach, Refused, Closed.
 pub fn open(&mut self, response: &Response) -> Result<Response, Error> { let _ = response; todo!() }
 /// Keys.
 #[must_use] pub fn keys(&self) -> &Keys { &self.keys }
 /// False after a breach or refusal.
 #[must_use] pub fn is_open(&self) -> bool { todo!() }
}
