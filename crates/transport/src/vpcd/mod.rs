//! Being a card in a virtual reader of `vsmartcard-vpcd`, and being such a reader for cards that others emulate.
//!
//! [`Session`] is the card side. The driver inside the PC/SC service listens, the card connects; closing the connection pulls the card. See
//! [`frame`] for what goes over it. The reader asks for the ATR every 400 ms to see whether the card is still
//! there, so a session must answer even when nobody uses the card.
//!
//! Debian's driver writes length and command in two pieces and lets the second wait until the first is
//! acknowledged. Without a quick acknowledgement, asked for again before every receive, a command takes 44 ms
//! instead of 30 microseconds.
//!
//! [`VirtualReader`] is the other side: it listens as the driver does, and the card that connects is a
//! [`Transport`](antin_wire::Transport), without any PC/SC service.

pub use frame::{Control, Decoder, Message};
pub use reader::{VirtualCard, VirtualReader};
pub use session::{CardSide, Ended, Event, STAY_OUT, Session};

pub mod frame;
mod reader;
mod session;
