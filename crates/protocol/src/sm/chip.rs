//! Skeleton.
use super::{Keys, Ssc};
use antin_wire::apdu::{Command, Response, StatusWord};
/// Chip side.
#[derive(Debug)]
pub struct Channel { keys: Keys, ssc: Ssc }
impl Channel {
 /// New.
 #[must_use] pub fn new(keys: Keys, ssc: Ssc) -> Self { Self { keys, ssc } }
 /// Opens; on error send the status word bare and drop the channel.
 /// # Errors
 /// 6987, 6988.
 pub fn open(&mut self, command: &Command) -> Result<Command, StatusWord> { let _ = (command, &self.ssc); todo!() }
 /// Protects.
 #[must_use] pub fn protect(&mut self, response: &Response) -> Response { let _ = response; todo!() }
 /// Keys.
 #[must_use] pub fn keys(&self) -> &Keys { &self.keys }
}
