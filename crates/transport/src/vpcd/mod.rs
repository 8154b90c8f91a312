//! Being a card in a virtual reader of `vsmartcard-vpcd`: the card side.
//!
//! The driver inside the PC/SC service listens, the card connects; closing the connection pulls the card. See
//! [`frame`] for what goes over it. The reader asks for the ATR every 400 ms to see whether the card is still
//! there, so a session must answer even when nobody uses the card.
//!
//! Debian's driver writes length and command in two pieces and lets the second wait until the first is
//! acknowledged. Without a quick acknowledgement, asked for again before every receive, a command takes 44 ms
//! instead of 30 microseconds.

pub use frame::{Decoder, Message};
pub use session::{CardSide, Ended, Event, STAY_OUT, Session};

pub mod frame;
mod session;
