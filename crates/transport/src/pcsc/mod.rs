//! Cards in PC/SC readers: the terminal side.
//!
//! PC/SC has habits that this module hides (each was seen with pcscd 1.9):
//!
//! - a card that is pulled in mid-command yields success with an empty or cut answer, not an error;
//! - a card that hangs blocks its caller for ever, and nothing cancels the call;
//! - a card swapped within 400 ms goes on in the same session without a sign;
//! - a closed connection resets the card unless told otherwise.
//!
//! So a [`PcscCard`] whose answer lacks a status word is lost for good, every wait has a deadline of our own
//! ([`Patience`]), and the card is left as it is when the connection ends.

pub use card::{PcscCard, Protocol};
pub use patience::{Notice, Patience};
pub use readers::{Occupancy, Reader, Readers};

mod card;
mod codes;
mod patience;
mod readers;
mod worker;
