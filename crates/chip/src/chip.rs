//! Skeleton.
use crate::CardState;
use antin_crypto::CryptoRng;
use antin_profile::Profile;
use core::time::Duration;
/// A card.
pub struct Chip { state: CardState }
impl Chip {
 /// A blank card in the creation state.
 #[must_use] pub fn blank(profile: &Profile, serial: [u8; 8], rng: Box<dyn CryptoRng + Send>) -> Self { let _ = (profile, serial, rng); todo!() }
 /// A card as it was kept.
 #[must_use] pub fn from_state(state: CardState, rng: Box<dyn CryptoRng + Send>) -> Self { let _ = rng; Self { state } }
 /// What survives a reset.
 #[must_use] pub fn state(&self) -> &CardState { &self.state }
 /// Takes it out.
 #[must_use] pub fn into_state(self) -> CardState { self.state }
 /// Answers a command.
 pub fn process(&mut self, command: &[u8]) -> Vec<u8> { let _ = command; todo!() }
 /// Power off and on.
 pub fn reset(&mut self) { todo!() }
 /// ATR.
 #[must_use] pub fn atr(&self) -> &[u8] { &self.state.profile().atr }
 /// How long the host should wait before it sends the last answer.
 pub fn take_delay(&mut self) -> Duration { todo!() }
 /// The state changed since `take_dirty`.
 #[must_use] pub fn is_dirty(&self) -> bool { todo!() }
 /// Same, and forgets it.
 pub fn take_dirty(&mut self) -> bool { todo!() }
}
